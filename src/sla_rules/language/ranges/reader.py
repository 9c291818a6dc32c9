"""Nodes → domains: what an expression can be, from what the slots of its record can be."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import attrs

from sla_rules.language import program as ir
from sla_rules.language.constants import constant_value
from sla_rules.language.ranges.arithmetic import (
    MIRRORED,
    OPPOSITE,
    added,
    computed,
    cut,
    extreme,
    fits,
    inverted,
    mapped,
    multiplied,
    negated,
    possible,
    rounded,
    total,
)
from sla_rules.language.ranges.domain import (
    ANYTHING,
    NEVER,
    TRUTHS,
    Domain,
    as_number,
    interval,
    join,
    just,
    members,
    ordered,
)
from sla_rules.language.ranges.settled import settled
from sla_rules.language.walk import belongs, chosen, limit_of
from sla_rules.quantities import Rounding

if TYPE_CHECKING:
    from sla_rules.language.ranges.program import Ranges

__all__ = ["Reader"]

Bounds = Mapping[int, Domain]


@attrs.frozen
class Reader:
    """Reads the nodes of one level; *bounds* narrow single slots, *x* is the input of a band."""

    ranges: "Ranges"
    level: ir.Level
    bounds: Bounds
    x: Domain = ANYTHING

    def decision(self, decision: ir.Decision) -> Domain:
        """A decision with its modifiers, in the order of the engine."""
        truth = TRUTHS if decision.applies is None else self.node(decision.applies)
        inner = self if decision.applies is None else self.given(decision.applies, truth=True)
        found = inner.node(decision.body)
        for limit, sign in ((decision.cap, 1), (decision.floor, -1)):
            held = limit_of(limit, self.ranges.choices)
            if held is not None:
                found = cut(found, inner.node(held), sign)
        rule = chosen(decision.rounding, self.ranges.choices)
        if rule is not None and rule.quantum is not None and found.is_ordered:
            rounding = Rounding(Fraction(rule.quantum), rule.mode)
            found = rounded(found, rounding).maybe(absent=found.absent)
        found = self._within(found, decision)
        if decision.applies is None:
            return found
        if True not in truth.members and truth.kind == "members":
            empty = NEVER if found.kind != "ordered" else interval(0, 0, False, False)
            return empty.maybe(absent=True)
        return found.maybe(absent=truth.absent or False in truth.members)

    def _within(self, found: Domain, decision: ir.Decision) -> Domain:
        if decision.min is None and decision.max is None:
            return found
        ends = [
            None if end is None else as_number(self._constant(end))
            for end in (decision.min, decision.max)
        ]
        believed = found.meet(interval(ends[0], ends[1]))
        return found if believed.is_empty else believed.maybe(absent=found.absent)

    def _constant(self, node: Any) -> Any:
        return constant_value(node, self.ranges.program, self.ranges.choices)

    def node(self, node: Any) -> Domain:
        """What any node can be."""
        node = chosen(node, self.ranges.choices)
        reader = _READERS.get(type(node))
        if reader is not None:
            return reader(self, node)
        kind = getattr(node, "type", None)
        return ANYTHING if kind is None or not belongs(node) else ordered(kind, absent=True)

    def slot(self, node: ir.SlotRef) -> Domain:
        """A fact or a decision, narrowed by what is assumed of it: then it has a value."""
        found = self.ranges.slot(self.level, node.index)
        assumed = self.bounds.get(node.index)
        return found if assumed is None else found.meet(assumed).present()

    def arithmetic(self, node: ir.Arithmetic) -> Domain:
        """Interval arithmetic; a quotient by what may be zero is anything."""
        one, two = self.node(node.left), self.node(node.right)
        absent = one.absent or two.absent
        if not one.is_ordered or not two.is_ordered:
            return ordered(node.type, absent=absent)
        match node.op:
            case "+":
                found = added(one, two)
            case "-":
                found = added(one, negated(two))
            case "*":
                found = multiplied(one, two)
            case _:
                below = inverted(two)
                absent = absent or two.holds(0)
                found = ordered(node.type) if below is None else multiplied(one, below)
        return found.maybe(absent=absent)

    def comparison(self, node: ir.Comparison) -> Domain:
        """The truths that a comparison can have."""
        one, two = self.node(node.left), self.node(node.right)
        truths = [each for each in (False, True) if possible(node.op, one, two, truth=each)]
        return members(truths, absent=one.absent or two.absent)

    def logic(self, node: ir.Logic) -> Domain:
        """``and`` and ``or``; the right side is read as what the left side leaves open."""
        decisive = node.op == "or"
        one = self.node(node.left)
        two = self.given(node.left, truth=not decisive).node(node.right)
        if one.kind != "members" or two.kind != "members":
            return TRUTHS.maybe(absent=True)
        found = {each for each in (*one.members, *two.members) if each is decisive}
        if (not decisive) in one.members and (not decisive) in two.members:
            found.add(not decisive)
        return members(found, absent=one.absent or two.absent)

    def negation(self, node: ir.Negation) -> Domain:
        """The other truths."""
        one = self.node(node.operand)
        if one.kind != "members":
            return one
        return members((not each for each in one.members), absent=one.absent)

    def condition(self, node: ir.Condition) -> Domain:
        """The branches that can be taken, each as its condition leaves it."""
        truth = self.node(node.condition)
        branches = [
            self.given(node.condition, truth=each).node(branch)
            for each, branch in ((True, node.then), (False, node.otherwise))
            if truth.kind != "members" or each in truth.members
        ]
        return join(*branches).maybe(absent=truth.absent) if branches else ANYTHING

    def membership(self, node: ir.Membership) -> Domain:
        """The truths of ``x in [a, b]``."""
        item = self.node(node.item)
        options = [self.node(each) for each in node.options]
        absent = item.absent or any(each.absent for each in options)
        if all(possible("==", item, each, truth=True) is False for each in options):
            return members([False], absent=absent)
        if any(not possible("==", item, each, truth=False) for each in options):
            return members([True], absent=absent)
        return TRUTHS.maybe(absent=absent)

    def call(self, node: ir.Call) -> Domain:
        """The functions of the language; of one that is not known, its type."""
        if node.function in ("given", "listed"):
            return TRUTHS
        values = [self.node(each) for each in node.arguments]
        absent = any(each.absent for each in values)
        if node.function == "otherwise":
            first, second = values
            return join(first.present(), second) if first.absent else first
        if any(not each.is_ordered for each in values):
            return self.ranges.everything(node.type, absent=absent)
        return computed(node, values).maybe(absent=absent)

    def through(self, node: ir.Through) -> Domain:
        """A value of a record in the record."""
        record = self.ranges.slot(self.level, node.record.index)
        home = self.ranges.program.levels[node.record.type.name]
        found = Reader(self.ranges, home, {}).node(node.inner)
        return found.maybe(absent=record.absent)

    def previous(self, node: ir.Previous | ir.Outer) -> Domain:
        """A value of another record, before or around this one, if there is one."""
        home = self.ranges.program.levels[node.level]
        return Reader(self.ranges, home, {}).node(node.inner).maybe(absent=True)

    def dated(self, node: ir.Dated) -> Domain:
        """The values of all times."""
        return join(*(self.node(value) for _, value in node.cases)).maybe(absent=True)

    def aggregate(self, node: ir.Aggregate) -> Domain:
        """A function over any number of records."""
        if node.function in ("count", "longest_run"):
            return interval(0, None, step=1)
        if node.function in ("any", "all"):
            return TRUTHS
        home = self.ranges.program.levels.get(node.level)
        if node.function == "share":
            return interval(0, 1).maybe(absent=True)
        if node.function not in ("sum", "mean", "min", "max") or home is None:
            return ordered(node.type, absent=True)
        reader = Reader(self.ranges, home, {})
        if node.where is not None:
            reader = reader.given(node.where, truth=True)
        each = reader.node(node.element)
        if not each.is_ordered:
            return ordered(node.type, absent=True)
        if node.function == "sum":
            return total(each)
        if node.weight is not None:
            weight = reader.node(node.weight)
            if not weight.is_ordered or weight.low is None or weight.low < 0:
                return ordered(node.type, absent=True)
        if node.function == "mean" and each.single is None:
            return attrs.evolve(each, step=None, offset=0, absent=True)
        return each.maybe(absent=True)

    def table(self, node: ir.Table, position: int = 0) -> Domain:
        """What the rows give that can hold at all."""
        inputs = [self.node(each) for each in node.on]
        absent = any(each.absent for each in inputs)
        outputs = [
            self.node(row.outputs[position])
            for row in node.rows
            if all(map(self._can_hold, row.cells, inputs))
        ]
        if node.hit == "collect count":
            return interval(0, len(outputs), step=1).maybe(absent=absent)
        if node.hit == "collect sum":
            zero = just(0)
            found = just(0)
            for each in outputs:
                if not each.is_ordered:
                    return ordered(node.type, absent=True)
                found = added(found, join(zero, each))
            return found.maybe(absent=absent or any(each.absent for each in outputs))
        found = join(*outputs) if outputs else ordered(node.type)
        return found.maybe(absent=absent or node.hit in ("collect min", "collect max"))

    def _can_hold(self, cell: tuple[ir.Test, ...], domain: Domain) -> bool:
        """Whether a cell can hold for some value of its input; yes, when that is not plain."""
        for test in cell:
            if test.kind == "missing":
                if domain.absent:
                    return True
                continue
            held = self.ranges.held(test, None)
            if held is None or not domain.meet(held).is_empty:
                return True
        return False

    def column(self, node: ir.Column) -> Domain:
        """One column of the rows of a table decision."""
        decision = self.level.decisions[node.table.index - 1 - len(self.level.facts)]
        body = chosen(decision.body, self.ranges.choices)
        if not isinstance(body, ir.Table):
            return ordered(node.type, absent=True)
        absent = decision.applies is not None
        return self.table(body, node.position).maybe(absent=absent)

    def bands(self, node: ir.BandSet) -> Domain:
        """What the bands give that the number can fall into; each knows where it is."""
        on = self.node(node.on)
        outputs = []
        for band in chosen(node.bands, self.ranges.choices):
            held = self.ranges.between(band.interval)
            part = on if held is None else on.meet(held)
            if not part.is_empty:
                outputs.append(attrs.evolve(self, x=part.present()).node(band.output))
        return (join(*outputs) if outputs else ordered(node.type)).maybe(absent=on.absent)

    def units(self, node: ir.Units) -> Domain:
        """Units are never less than none; whole, unless they are counted pro rata."""
        of, per = self.node(node.of), self.node(node.per)
        free = just(0) if node.free is None else self.node(node.free)
        absent = of.absent or per.absent or free.absent
        if not (of.is_ordered and per.is_ordered and free.is_ordered):
            return interval(0, None).maybe(absent=True)
        below = inverted(per)
        if below is None or per.holds(0):
            return interval(0, None).maybe(absent=True)
        amount = extreme(added(multiplied(of, below), negated(free)), just(0), -1)
        match chosen(node.count, self.ranges.choices):
            case "full":
                amount = mapped(amount, lambda x: x.numerator // x.denominator, 1)
            case "started":
                amount = mapped(amount, lambda x: -(-x.numerator // x.denominator), 1)
        return amount.maybe(absent=absent)

    def elapsed(self, node: ir.Elapsed) -> Domain:
        """Working time is never negative, and counted in microseconds."""
        return interval(0, None, step=1).maybe(absent=True)

    def scorecard(self, node: ir.Scorecard) -> Domain:
        """The sum of any of the sections; rescaled, a share of the total if each keeps its max."""
        found, unused, kept = just(0), True, True
        for section in node.sections:
            of, most = self.node(section.of), self.node(section.max)
            weight = just(1) if section.weight is None else self.node(section.weight)
            truth = TRUTHS if section.applies is None else self.node(section.applies)
            skipped = of.absent or (section.applies is not None and truth.single is not True)
            unused = unused and skipped
            if not of.is_ordered or not weight.is_ordered:
                return ordered(node.type, absent=True)
            kept = kept and fits(of, most) and weight.low is not None and weight.low >= 0
            of = multiplied(of, weight).maybe(absent=of.absent)
            found = added(found, join(of.present(), just(0)) if skipped else of)
        rescale = None if node.rescale is None else self.node(node.rescale)
        if rescale is not None and rescale.single is not False:
            total = self.node(node.total)
            scaled = interval(0, total.high) if kept and total.is_ordered else interval(None, None)
            found = join(found, scaled)
        return found.maybe(absent=unused)

    def given(self, condition: Any, *, truth: bool, constant: bool = False) -> "Reader":
        """The same reader, where *condition* is known to be *truth*: slots are narrowed.

        With *constant* by comparisons with constants alone, which are answered although other
        facts are missing.
        """
        bounds = dict(self.bounds)
        self._assume(condition, bounds, truth=truth, constant=constant)
        return attrs.evolve(self, bounds=bounds)

    def _assume(self, node: Any, bounds: dict[int, Domain], *, truth: bool, constant: bool) -> None:
        node = chosen(node, self.ranges.choices)
        if isinstance(node, ir.Negation):
            self._assume(node.operand, bounds, truth=not truth, constant=constant)
        elif isinstance(node, ir.Logic) and truth == (node.op == "and"):
            self._assume(node.left, bounds, truth=truth, constant=constant)
            self._assume(node.right, bounds, truth=truth, constant=constant)
        elif isinstance(node, ir.SlotRef) and node.type.kind == "bool":
            bounds[node.index] = members([truth])
        elif isinstance(node, ir.Call) and node.function == "given" and truth:
            slot = chosen(node.arguments[0], self.ranges.choices)
            if isinstance(slot, ir.SlotRef) and not constant:
                bounds.setdefault(slot.index, ANYTHING)
        elif isinstance(node, ir.Comparison):
            op = node.op if truth else OPPOSITE[node.op]
            for slot, sign, other in (
                (node.left, op, node.right),
                (node.right, MIRRORED[op], node.left),
            ):
                if not constant or self._constant(other) is not None:
                    self._narrow(slot, sign, other, bounds)

    def _narrow(self, slot: Any, op: str, other: Any, bounds: dict[int, Domain]) -> None:
        slot = chosen(slot, self.ranges.choices)
        limit = self.node(other)
        if not isinstance(slot, ir.SlotRef) or op == "!=":
            return
        if limit.kind == "members":
            found = limit.present()
        elif limit.is_ordered:
            low = limit.low if op in (">", ">=", "==") else None
            high = limit.high if op in ("<", "<=", "==") else None
            closed = limit.low_closed and op != ">", limit.high_closed and op != "<"
            found = interval(low, high, *closed)
        else:
            return
        before = bounds.get(slot.index)
        bounds[slot.index] = found if before is None else before.meet(found)


_READERS: Final[Mapping[type, Callable[[Reader, Any], Domain]]] = {
    ir.Constant: lambda reader, node: just(node.value),
    ir.SlotRef: Reader.slot,
    ir.ParameterRef: lambda reader, node: reader.ranges.parameter(node.name),
    ir.BandInput: lambda reader, node: reader.x,
    ir.Arithmetic: Reader.arithmetic,
    ir.Comparison: Reader.comparison,
    ir.Logic: Reader.logic,
    ir.Negation: Reader.negation,
    ir.Condition: Reader.condition,
    ir.Membership: Reader.membership,
    ir.Call: Reader.call,
    ir.Through: Reader.through,
    ir.Previous: Reader.previous,
    ir.Outer: Reader.previous,
    ir.Dated: Reader.dated,
    ir.Aggregate: Reader.aggregate,
    ir.Table: Reader.table,
    ir.Column: Reader.column,
    ir.BandSet: Reader.bands,
    ir.Units: Reader.units,
    ir.Elapsed: Reader.elapsed,
    ir.Scorecard: Reader.scorecard,
    ir.LedgerOutput: lambda reader, node: settled(reader.ranges, reader.level.name, node),
}
