"""What changes for numbers at the edges of bands when an edge moves or changes sides."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

from sla_rules.language import program as ir
from sla_rules.language.ranges import Domain
from sla_rules.quantities import Number

__all__ = ["between", "given"]

MOST_VALUES: Final = 50
Constant = Callable[[Any], Any]
"""What a node always is; None if it is not constant."""


def between(
    before: tuple[ir.Band, ...], after: tuple[ir.Band, ...], on: Domain
) -> list[Number] | None:
    """The numbers that may have changed their band; None where they are too many to look at."""
    found: list[Number] = []
    for one, two in zip(before, after, strict=True):
        for left, right, closed in (
            (one.interval.low, two.interval.low, "low_closed"),
            (one.interval.high, two.interval.high, "high_closed"),
        ):
            same = getattr(one.interval, closed) == getattr(two.interval, closed)
            if same and (left is right or left == right):
                continue
            ends = [_number(left), _number(right)]
            known = [end for end in ends if end is not None]
            several = _values(on, min(known), max(known)) if len(known) == len(ends) else None
            if several is None:
                return None
            found += several
    return found


def _number(end: Any) -> Number | None:
    value = end.value if isinstance(end, ir.Constant) else None
    return value if isinstance(value, int | Fraction) and not isinstance(value, bool) else None


def _values(on: Domain, low: Any, high: Any) -> list[Number] | None:
    """The values of a domain from *low* to *high*; of a continuous one only if that is one."""
    if low == high:
        return [low] if on.holds(low) else []
    if not on.is_ordered or not on.step:
        return None
    found: list[Number] = []
    value = on.next_above(low, itself=True)
    while value is not None and value <= high:
        if len(found) == MOST_VALUES:
            return None
        found += [value] if on.holds(value) else []
        value = on.next_above(value)
    return found


def given(bands: tuple[ir.Band, ...], x: Any, constant: Constant) -> Any:
    """Which band holds a number, or better, what it gives; None where none does."""
    for place, band in enumerate(bands):
        low, high = band.interval.low, band.interval.high
        above = low is None or _beyond(x, low, 1, closed=band.interval.low_closed)
        below = high is None or _beyond(x, high, -1, closed=band.interval.high_closed)
        if above and below:
            value = _at(band.output, x, constant)
            return place if value is None else (value, band.note)
    return None


def _beyond(x: Any, end: Any, sign: int, *, closed: bool) -> bool:
    if not isinstance(end, ir.Constant):
        return False
    edge: Any = end.value
    distance = sign * (Fraction(x) - Fraction(edge))
    return distance > 0 or (closed and distance == 0)


def _at(node: Any, x: Any, constant: Constant) -> Number | None:
    """What an output gives for a number of its band; None where it takes more than arithmetic."""
    match node:
        case ir.BandInput():
            return Fraction(x)
        case ir.Constant() | ir.ParameterRef():
            value = constant(node)
            return Fraction(value) if isinstance(value, int | Fraction) else None
        case ir.Arithmetic():
            left, right = _at(node.left, x, constant), _at(node.right, x, constant)
            if left is None or right is None or (node.op == "/" and right == 0):
                return None
            result: Number = _ARITHMETIC[node.op](left, right)
            return result
    return None


_ARITHMETIC: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": lambda one, two: one + two,
    "-": lambda one, two: one - two,
    "*": lambda one, two: one * two,
    "/": lambda one, two: one / two,
}
