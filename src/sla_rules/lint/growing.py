"""Whether an expression can grow without end: shown by what makes it grow, not merely unbounded."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from sla_rules.language import program as ir
from sla_rules.language.ranges import Case, Domain
from sla_rules.language.walk import chosen

__all__ = ["Growth"]

MOST_DEPTH: Final = 60


@attrs.frozen
class Growth:
    """Growth under one choice of readings; a cap, a range or a limit of any kind ends it."""

    program: ir.Program
    case: Case

    def endless(self, level: str, node: Any, sign: int = 1, depth: int = 0) -> bool:
        """Whether *node* can grow (or with *sign* -1 fall) beyond every number."""
        node = chosen(node, self.case.choices)
        if depth > MOST_DEPTH or not self._open(level, node, sign):
            return False
        judge = _JUDGES.get(type(node))
        return judge is not None and judge(self, level, node, sign, depth + 1)

    def _open(self, level: str, node: Any, sign: int) -> bool:
        domain = self.domain(level, node)
        return domain.is_ordered and (domain.high if sign > 0 else domain.low) is None

    def domain(self, level: str, node: Any) -> Domain:
        """What a node can be."""
        return self.case.ranges.of(level, node)

    def slot(self, level: str, node: ir.SlotRef, sign: int, depth: int) -> bool:
        """A fact without end, or a decision whose body has none."""
        declared = self.program.levels[level]
        if not node.decision:
            return True
        decision = declared.decision(node.name)
        return decision is not None and self.endless(level, decision.body, sign, depth)

    def arithmetic(self, level: str, node: ir.Arithmetic, sign: int, depth: int) -> bool:
        """A sum grows by either side, a product by one where the other can be positive."""
        if node.op == "/":
            below = self.domain(level, node.right)
            sure = below.low is not None and below.low > 0
            return sure and self.endless(level, node.left, sign, depth)
        if node.op in "+-":
            other = sign if node.op == "+" else -sign
            grows = self.endless(level, node.left, sign, depth)
            return grows or self.endless(level, node.right, other, depth)
        for one, two in ((node.left, node.right), (node.right, node.left)):
            factor = self.domain(level, two)
            positive = factor.is_ordered and (factor.high is None or factor.high > 0)
            negative = factor.is_ordered and (factor.low is None or factor.low < 0)
            if positive and self.endless(level, one, sign, depth):
                return True
            if negative and self.endless(level, one, -sign, depth):
                return True
        return False

    def aggregate(self, level: str, node: ir.Aggregate, sign: int, depth: int) -> bool:
        """A sum or a count over a list that may be as long as it likes.

        A contract has as many months as it has: a total over them is no deduction without end.
        """
        child = self.program.levels[node.level]
        key = child.fact(child.key) if child.key else None
        if key is not None and key.type.kind == "month":
            each = node.element
            return each is not None and self.endless(node.level, each, sign, depth)
        if node.function in ("count", "longest_run"):
            return sign > 0
        if node.element is None:
            return False
        element = self.domain(node.level, node.element)
        if node.function == "sum" and element.is_ordered:
            end = element.high if sign > 0 else element.low
            if end is None or end * sign > 0:
                return True
        return self.endless(node.level, node.element, sign, depth)

    def units(self, level: str, node: ir.Units, sign: int, depth: int) -> bool:
        """Units of what grows; there are never fewer than none."""
        return sign > 0 and self.endless(level, node.of, 1, depth)

    def rates(self, level: str, node: ir.Rates, sign: int, depth: int) -> bool:
        """Rates of what grows."""
        return sign > 0 and self.endless(level, node.bands.on, 1, depth)

    def condition(self, level: str, node: ir.Condition, sign: int, depth: int) -> bool:
        """Either branch."""
        branches = (node.then, node.otherwise)
        return any(self.endless(level, each, sign, depth) for each in branches)

    def call(self, level: str, node: ir.Call, sign: int, depth: int) -> bool:
        """The largest of several grows with one of them, the smallest with all."""
        grows = [self.endless(level, each, sign, depth) for each in node.arguments]
        match node.function:
            case "max":
                return any(grows) if sign > 0 else all(grows)
            case "min":
                return all(grows) if sign > 0 else any(grows)
            case "otherwise":
                return any(grows)
        return False


Judge = Callable[[Growth, str, Any, int, int], bool]
_JUDGES: Final[Mapping[type, Judge]] = {
    ir.SlotRef: Growth.slot,
    ir.Arithmetic: Growth.arithmetic,
    ir.Aggregate: Growth.aggregate,
    ir.Units: Growth.units,
    ir.Rates: Growth.rates,
    ir.Condition: Growth.condition,
    ir.Call: Growth.call,
}
