"""Steps over one number: which row holds where, and samples on both sides of every edge."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

import attrs

from sla_rules.language import program as ir
from sla_rules.language.constants import constant_value
from sla_rules.language.types import Type
from sla_rules.language.walk import chosen
from sla_rules.quantities import SECOND, Number

__all__ = ["Stair", "Step", "ends_of", "samples", "turn", "value_at"]

GRAINS: Final[Mapping[str, Number]] = {
    "percent": Fraction(1, 10000),
    "ratio": Fraction(1, 10000),
    "integer": 1,
    "duration": 60 * SECOND,
}


@attrs.frozen
class Stair:
    """Where a row holds; an end that is None is unbounded."""

    low: Number | None
    low_closed: bool
    high: Number | None
    high_closed: bool


@attrs.frozen
class Step:
    """A number, the position of the row that holds it, and what that gives."""

    x: Number
    row: int
    value: Number


def ends_of(part: ir.Interval, program: ir.Program, choices: Mapping[str, str]) -> Stair | None:
    """The interval with its ends computed; None when they are not constant."""
    ends: list[Number | None] = []
    for node in (part.low, part.high):
        value = None if node is None else constant_value(node, program, choices)
        if node is not None and not isinstance(value, int | Fraction):
            return None
        ends.append(value)
    return Stair(ends[0], part.low_closed, ends[1], part.high_closed)


def samples(
    stairs: list[Stair], kind: Type, *, whole: bool = False
) -> Iterator[tuple[Number, int]]:
    """Numbers at and beside every edge, ascending, each with the first row that holds it.

    Takes n log n steps in the rows.  With *whole* only whole numbers are taken.
    """
    edges = sorted({end for each in stairs for end in (each.low, each.high) if end is not None})
    size = 2 * len(edges) + 1
    rows: list[int | None] = [None] * size
    following = list(range(size + 1))

    def free(place: int) -> int:
        """The first place from *place* on that no row holds yet."""
        while following[place] != place:
            following[place] = following[following[place]]
            place = following[place]
        return place

    for number, each in enumerate(stairs):
        start = 0 if each.low is None else _place(edges, each.low, after=not each.low_closed)
        end = size if each.high is None else _place(edges, each.high, after=each.high_closed)
        place = free(min(start, size))
        while place < end:
            rows[place] = number
            following[place] = place + 1
            place = free(place)
    grain: Number = 1 if whole else GRAINS.get(kind.show, Fraction(1, 100))
    for place, row in enumerate(rows):
        if row is not None:
            yield from ((x, row) for x in _inside(edges, place, grain, whole=whole))


def _place(edges: list[Number], edge: Number, *, after: bool) -> int:
    return 2 * bisect_left(edges, edge) + (2 if after else 1)


def _inside(edges: list[Number], place: int, grain: Number, *, whole: bool) -> list[Number]:
    """Numbers of a place: the edge itself, or one near each end of what lies between two."""
    number, is_edge = divmod(place, 2)
    if is_edge:
        found = [edges[number]]
    elif not edges:
        found = [0, grain]
    elif number == 0:
        found = [edges[0] - 2 * grain, edges[0] - grain]
    elif number == len(edges):
        found = [edges[-1] + grain, edges[-1] + 2 * grain]
    else:
        low, high = edges[number - 1], edges[number]
        inner = {low + grain, high - grain}
        middle = {low + (high - low) * Fraction(1, 2)}
        found = sorted(each for each in inner if low < each < high) or sorted(middle)
    return [each for each in found if not whole or each.denominator == 1]


def value_at(
    node: Any, x: Number | None, program: ir.Program, choices: Mapping[str, str]
) -> Number | None:
    """The number that an expression of constants and ``x`` gives; None where it reads more."""
    node = chosen(node, choices)
    match node:
        case ir.BandInput():
            return x
        case ir.Arithmetic():
            left = value_at(node.left, x, program, choices)
            right = value_at(node.right, x, program, choices)
            if left is None or right is None or (node.op == "/" and right == 0):
                return None
            result: Number = _CALCULATE[node.op](left, right)
            return result
        case ir.Call(function="min" | "max"):
            values = [value_at(each, x, program, choices) for each in node.arguments]
            known = [each for each in values if each is not None]
            if len(known) < len(values):
                return None
            return min(known) if node.function == "min" else max(known)
    value = constant_value(node, program, choices)
    return None if isinstance(value, bool) or not isinstance(value, int | Fraction) else value


_CALCULATE: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: Fraction(left) / right,
}


def turn(steps: list[Step]) -> tuple[Step, Step] | None:
    """The first two neighbours whose values go against the way of the whole; None if none do."""
    moves = [(one, two) for one, two in pairwise(steps) if one.value != two.value]
    if not moves:
        return None
    way = steps[-1].value - steps[0].value or moves[0][1].value - moves[0][0].value
    against = (pair for pair in moves if (pair[1].value > pair[0].value) != (way > 0))
    return next(against, None)
