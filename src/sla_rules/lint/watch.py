"""Where a result may turn: differences that change their sign at an edge, a cap, a comparison."""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Any, Final

import attrs

from sla_rules.diagnostics import RulesetError
from sla_rules.engine.compile import Compiler
from sla_rules.language import program as ir
from sla_rules.language.walk import limit_of, parts
from sla_rules.lint.cone import Cones, Slot
from sla_rules.quantities import Limit, Number
from sla_rules.unknown import Unknown

__all__ = ["Watch", "crossings", "needs_a_frame", "turning", "watches"]

MOST_EDGES: Final = 40


@attrs.frozen(eq=False)
class Watch:
    """A number computed of the records of a level, and the values at which something turns.

    With no *edges* it turns at every whole number.
    """

    level: str
    run: Callable[[Any], Any]
    edges: tuple[Number, ...]

    def value(self, record: Any) -> Number | None:
        """The number for a record, or None where it is not known."""
        try:
            found = self.run(record)
        except RulesetError:  # a branch that the record itself does not take
            return None
        if isinstance(found, Limit):
            found = None if found.workdays else found.amount
        if isinstance(found, Unknown) or not isinstance(found, int | Fraction):
            return None
        return found

    def between(self, one: Number, two: Number) -> Iterator[Number]:
        """The edges from the smaller of two values to the larger, both included."""
        low, high = min(one, two), max(one, two)
        if self.edges:
            yield from (each for each in self.edges if low <= each <= high)
        elif high > low:
            first, last = -(-low // 1), high // 1
            yield from dict.fromkeys((first, last)) if first <= last else ()


def watches(cones: Cones, compiler: Compiler, cone: frozenset[Slot]) -> list[Watch]:
    """Everything that may turn within a cone."""
    found: list[Watch] = []
    for slot in sorted(cone):
        decision = cones.slots[slot]
        if not isinstance(decision, ir.Decision):
            continue
        for level, part in cones.rules(slot):
            for node, edges in turning(part, compiler):
                if node is not None and not needs_a_frame(node):
                    found.append(Watch(level, _value(compiler, node), edges))
        limits = [limit_of(each, compiler.choices) for each in (decision.cap, decision.floor)]
        found += [
            Watch(slot[0], _gap(compiler, decision.body, each), (0,)) for each in limits if each
        ]
    return found


def turning(part: Any, compiler: Compiler) -> Iterator[tuple[Any, tuple[Number, ...]]]:
    """The numbers of a part, or pairs whose difference counts, and where each turns it."""
    match part:
        case ir.Comparison() if part.left.type.kind in ("number", "instant"):
            yield (part.left, part.right), (0,)
        case ir.BandSet():
            yield part.on, _few(_edges(compiler, part))
        case ir.Rates():
            yield part.bands.on, _few(_edges(compiler, part.bands))
        case ir.Table():
            for position, on in enumerate(part.on):
                if on.type.kind == "number":
                    tests = (test for row in part.rows for test in row.cells[position])
                    yield on, _few(_tested(compiler, tests))
        case ir.Call(function="min" | "max"):
            first, *others = part.arguments
            if first.type.kind in ("number", "instant"):
                for other in others:
                    yield (first, other), (0,)
        case ir.Units():
            yield part, ()
            ratio = ir.Arithmetic(
                op="/", left=part.of, right=part.per, type=part.type, span=part.span
            )
            yield ratio, ()
            if part.free is not None:
                yield (ratio, part.free), (0,)


def _edges(compiler: Compiler, part: ir.BandSet) -> set[Number]:
    return _ends(compiler, (band.interval for band in compiler.chosen(part.bands)))


def _ends(compiler: Compiler, intervals: Iterable[ir.Interval]) -> set[Number]:
    found = set()
    for interval in intervals:
        for end in (interval.low, interval.high):
            value = None if end is None or _reads_record(end) else compiler.constant(end)
            if isinstance(value, int | Fraction):
                found.add(value)
    return found


def _tested(compiler: Compiler, tests: Iterable[ir.Test]) -> set[Number]:
    found: set[Number] = set()
    for test in tests:
        if test.interval is not None:
            found |= _ends(compiler, [test.interval])
        elif test.value is not None and not _reads_record(test.value):
            value = compiler.constant(test.value)
            found |= {value} if isinstance(value, int | Fraction) else set()
        found |= _tested(compiler, test.inner)
    return found


def _few(edges: set[Number]) -> tuple[Number, ...]:
    several = sorted(edges)
    if len(several) <= MOST_EDGES:
        return tuple(several)
    return tuple(several[len(several) * n // MOST_EDGES] for n in range(MOST_EDGES))


def _reads_record(node: Any) -> bool:
    return any(isinstance(each, ir.SlotRef | ir.BandInput | ir.Column) for each in parts(node))


def needs_a_frame(node: Any) -> bool:
    """Whether a node reads what a record does not hold: ``x`` of a band, ``this`` in ``where``."""
    nodes = node if isinstance(node, tuple) else (node,)
    return any(isinstance(each, ir.BandInput | ir.Outer) for one in nodes for each in parts(one))


def _value(compiler: Compiler, node: Any) -> Callable[[Any], Any]:
    return _gap(compiler, *node) if isinstance(node, tuple) else compiler.node(node)


def _gap(compiler: Compiler, one: Any, two: Any) -> Callable[[Any], Any]:
    left, right = compiler.node(one), compiler.node(two)

    def run(record: Any) -> Any:
        first, second = left(record), right(record)
        if isinstance(first, Unknown) or isinstance(second, Unknown):
            return None
        return first - second

    return run


def crossings(
    watch: Watch, low: Number, high: Number, at_low: Number, at_high: Number
) -> Iterator[Number]:
    """Where, between two values of a fact, the watched number meets an edge, were it straight."""
    rise = at_high - at_low
    if rise == 0:
        return
    for edge in watch.between(at_low, at_high):
        yield low + (high - low) * Fraction(edge - at_low) / rise
