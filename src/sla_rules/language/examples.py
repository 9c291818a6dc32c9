"""Which value shows a problem best, and how it is told."""

from fractions import Fraction
from typing import Any, Final

from sla_rules.language import program as ir
from sla_rules.language.ranges import Domain, from_number, interval, plain
from sla_rules.language.types import Type
from sla_rules.language.words import described, shown
from sla_rules.quantities import SECOND, Number

__all__ = ["describe", "example_of", "slot_of"]

_COARSE: Final = (86400 * SECOND, 3600 * SECOND, 60 * SECOND, SECOND)


def describe(program: ir.Program, level: ir.Level, node: Any, value: Any, other: str) -> str:
    """What an input is: by the title of the fact or decision, of another expression as *other*."""
    slot = slot_of(program, level, node)
    if slot is not None:
        return described(program, slot, value)
    return f"{other} = {shown(program, node.type, value)}"


def slot_of(program: ir.Program, level: ir.Level, node: Any) -> ir.Fact | ir.Decision | None:
    """The fact or decision that an input is; None for another expression."""
    while isinstance(node, ir.Through):
        level = program.levels[node.record.type.name]
        node = node.inner
    if not isinstance(node, ir.SlotRef):
        return None
    return level.fact(node.name) or level.decision(node.name)


def example_of(kind: Type, piece: Domain) -> Any:
    """A value in the piece: at its edge where that is one, and no odder than it need be."""
    if piece.single is not None:
        return from_number(kind, piece.single)
    if kind.show == "duration" or kind.kind == "instant":
        for coarse in _COARSE:
            grid = interval(piece.low, piece.high, piece.low_closed, piece.high_closed, coarse)
            if not grid.is_empty:
                return _nearest_edge(grid)
    return from_number(kind, _nearest_edge(piece))


def _nearest_edge(piece: Domain) -> Number:
    low, high = piece.low, piece.high
    if low is not None and piece.low_closed:
        return low
    if high is not None and piece.high_closed:
        return high
    if low is not None and high is not None:
        return plain(Fraction(low + high, 2))
    if low is None and high is None:
        return piece.next_above(0, itself=True) or 0
    return high - 1 if low is None and high is not None else (low or 0) + 1
