"""What changes for numbers at the edges of bands when an edge moves or changes sides."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

from sla_rules.engine.bands import BandRow, ascending, select_band
from sla_rules.language import program as ir
from sla_rules.language.ranges import Domain
from sla_rules.quantities import Number

__all__ = ["between", "given", "known_rows"]

MOST_VALUES: Final = 50
Constant = Callable[[Any], Any]
"""What a node always is; None if it is not constant."""
Rows = list[BandRow]


def known_rows(bands: tuple[ir.Band, ...], constant: Constant) -> Rows | None:
    """The bands with the numbers at their ends; None where an end is not always the same."""
    rows: Rows = []
    for band in bands:
        within = band.interval
        ends = [None if end is None else constant(end) for end in (within.low, within.high)]
        for node, value in zip((within.low, within.high), ends, strict=True):
            if node is not None and not _is_number(value):
                return None
        low, high = ends
        rows.append(BandRow(low, within.low_closed, high, within.high_closed, band, _nothing))
    return rows


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Fraction) and not isinstance(value, bool)


def _nothing(record: list[Any]) -> None:
    """Stands for what a band gives: here it is found without a record."""


def between(before: Rows, after: Rows, on: Domain) -> list[Number] | None:
    """The numbers that may have changed their band; None where they are too many to look at."""
    found: list[Number] = []
    for one, two in zip(before, after, strict=True):
        for left, right, same in (
            (one.low, two.low, one.low_closed == two.low_closed),
            (one.high, two.high, one.high_closed == two.high_closed),
        ):
            if same and left == right:
                continue
            if left is None or right is None:
                return None
            several = _values(on, min(left, right), max(left, right))
            if several is None:
                return None
            found += several
    return found


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


def given(rows: Rows, x: Number, constant: Constant) -> Any:
    """Which band holds a number, or better, what it gives; None where none does."""
    row = select_band(ascending(rows), x)
    if row is None:
        return None
    value = _at(row.band.output, x, constant)
    place = next(place for place, each in enumerate(rows) if each is row)
    return place if value is None else (value, row.band.note)


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
