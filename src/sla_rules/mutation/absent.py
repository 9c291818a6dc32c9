"""Where an expression does not apply, because something that it cannot do without does not."""

from typing import Any, Final

import attrs

from sla_rules.language import program as ir
from sla_rules.language.ranges import Ranges
from sla_rules.language.walk import belongs, chosen
from sla_rules.mutation.behind import certain

__all__ = ["never"]

PLACES: Final = ("span", "type")
STRICT: Final = ("equal", "interval", "not")
"""Tests of cells that what is not there does not meet."""
COLLECTING: Final = ("collect count", "collect sum", "collect min", "collect max")
"""Hit policies that have an answer although no row holds: none are counted, the sum is zero."""


def never(ranges: Ranges, level: ir.Level, node: Any, when: Any) -> bool:
    """Whether *node* does not apply in any record of *level* in which *when* does not hold.

    It does not merely wait for a fact: its result is final.
    """
    return _Reader(ranges, level, when).absent(node)


class _Reader:
    def __init__(self, ranges: Ranges, level: ir.Level, when: Any) -> None:
        self.ranges = ranges
        self.level = level
        self.when = when
        self.choices = ranges.choices
        self._known: dict[int, bool] = {}
        self._failing: dict[int, bool] = {}

    def absent(self, node: Any) -> bool:
        node = chosen(node, self.choices)
        match node:
            case ir.SlotRef() if node.decision:
                return self._decision(node.index)
            case ir.Column():
                return self.absent(node.table)
            case ir.Arithmetic() | ir.Comparison():
                return self.absent(node.left) or self.absent(node.right)
            case ir.Negation():
                return self.absent(node.operand)
            case ir.Condition():
                branches = self.absent(node.then) and self.absent(node.otherwise)
                return branches or self.absent(node.condition)
            case ir.BandSet():
                return self.absent(node.on)
            case ir.Rates():
                return self.absent(node.bands)
            case ir.Units():
                return self.absent(node.of) or self.absent(node.per)
            case ir.Table() if node.hit not in COLLECTING:
                return any(
                    _asked(node, place) and self.absent(each) for place, each in enumerate(node.on)
                )
            case ir.Scorecard():
                return all(
                    self.fails(each.applies) or self.absent(each.of) for each in node.sections
                )
        return False

    def _decision(self, index: int) -> bool:
        if index not in self._known:
            self._known[index] = False  # while it is being found out
            decision = self.level.decisions[index - 1 - len(self.level.facts)]
            self._known[index] = self._without(decision)
        return self._known[index]

    def _without(self, decision: ir.Decision) -> bool:
        """Whether a decision has no value; not while it is open whether it applies."""
        if self.fails(decision.applies):
            return True
        applies = chosen(decision.applies, self.choices)
        return self.absent(decision.body) and certain(self.ranges, self.level.name, applies)

    def fails(self, condition: Any) -> bool:
        """Whether a condition does not hold where the assumed one does not."""
        condition = chosen(condition, self.choices)
        if condition is None:
            return False
        if isinstance(condition, ir.Constant) and condition.value is False:
            return True
        if self.when is not None and _alike(condition, self.when):
            return True
        if isinstance(condition, ir.Logic) and condition.op == "and":
            return self.fails(condition.left) or self.fails(condition.right)
        if isinstance(condition, ir.SlotRef) and condition.decision:
            return self._decided(condition.index)
        return False

    def _decided(self, index: int) -> bool:
        """Whether a decision that always applies fails itself."""
        if index not in self._failing:
            self._failing[index] = False  # while it is being found out
            decision = self.level.decisions[index - 1 - len(self.level.facts)]
            self._failing[index] = decision.applies is None and self.fails(decision.body)
        return self._failing[index]


def _asked(table: ir.Table, place: int) -> bool:
    """Whether every row asks for the value of a column."""
    return bool(table.rows) and all(
        test.kind in STRICT for row in table.rows for test in row.cells[place]
    )


def _alike(one: Any, two: Any) -> bool:
    """Whether two expressions read the same, wherever they stand."""
    if one is two:
        return True
    if isinstance(one, tuple) and isinstance(two, tuple) and len(one) == len(two):
        return all(_alike(*pair) for pair in zip(one, two, strict=True))
    if one.__class__ is not two.__class__ or not belongs(one) or isinstance(one, ir.Choice):
        return bool(one == two)
    names = [each.name for each in attrs.fields(one.__class__) if each.name not in PLACES]
    return all(_alike(getattr(one, name), getattr(two, name)) for name in names)
