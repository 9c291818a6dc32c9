"""Band sets as closures: which band holds a number, and what it gives."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import attrs

from sla_rules.diagnostics import Diagnostic, RulesetError
from sla_rules.language import program as ir
from sla_rules.quantities import Number
from sla_rules.unknown import NOT_APPLICABLE, Unknown, because, hull

if TYPE_CHECKING:
    from sla_rules.engine.compile import Compiler

__all__ = ["BandRow", "ascending", "band_rows", "compile_bands", "select_band"]


@attrs.frozen
class BandRow:
    """A band with its ends evaluated; None is unbounded."""

    low: Number | None
    low_closed: bool
    high: Number | None
    high_closed: bool
    band: ir.Band
    output: Callable[[list[Any]], Any] = attrs.field(eq=False)


def band_rows(compiler: "Compiler", node: ir.BandSet) -> list[BandRow]:
    """The bands of a set under the chosen readings, in ascending order."""
    rows = []
    for band in compiler.chosen(node.bands):
        interval = band.interval
        low = None if interval.low is None else compiler.constant(interval.low)
        high = None if interval.high is None else compiler.constant(interval.high)
        output = compiler.node(band.output)
        rows.append(BandRow(low, interval.low_closed, high, interval.high_closed, band, output))
    return ascending(rows)


def ascending(rows: list[BandRow]) -> list[BandRow]:
    """The bands in the order in which a number is looked for."""
    return sorted(rows, key=lambda row: (row.low is not None, row.low or 0, not row.low_closed))


def holds_low(row: BandRow, numerator: int, denominator: int) -> bool:
    """Whether the number is not below the band."""
    low = row.low
    if low is None:
        return True
    left, right = numerator * low.denominator, low.numerator * denominator
    return left > right or (left == right and row.low_closed)


def select_band(rows: list[BandRow], x: Number) -> BandRow | None:
    """The first band that holds *x*."""
    numerator, denominator = x.numerator, x.denominator
    for row in rows:
        high = row.high
        if high is not None:  # cross-multiplied: integers compare faster than fractions
            left, right = numerator * high.denominator, high.numerator * denominator
            if left > right or (left == right and not row.high_closed):
                continue
        return row if holds_low(row, numerator, denominator) else None
    return None


def possible_bands(rows: list[BandRow], x: Unknown) -> list[BandRow]:
    """The bands that a number within the bounds of *x* may fall into."""

    def reachable(row: BandRow) -> bool:
        high, low = x.high, x.low
        below = (
            high is not None
            and row.low is not None
            and (high < row.low or (high == row.low and not row.low_closed))
        )
        above = (
            low is not None
            and row.high is not None
            and (low > row.high or (low == row.high and not row.high_closed))
        )
        return not below and not above

    return [row for row in rows if reachable(row)]


def compile_bands(compiler: "Compiler", node: ir.BandSet) -> Callable[[list[Any]], Any]:
    """The step function as a closure; a number in no band is refused."""
    on = compiler.node(node.on)
    rows = band_rows(compiler, node)

    def give(row: BandRow, x: Any, v: list[Any]) -> Any:
        v[-1] = x
        return row.output(v)

    def run(v: list[Any]) -> Any:
        x = on(v)
        if isinstance(x, Unknown):
            return _doubtful(x, v)
        row = select_band(rows, x)
        if row is None:
            message = f"no band holds {x}"
            raise RulesetError([Diagnostic(code="E603", message=message, where=node.span)])
        if row.band.note:
            v[0].append((row.band.note, row.band.span))
        return give(row, x, v)

    def _doubtful(x: Unknown, v: list[Any]) -> Any:
        if x is NOT_APPLICABLE:
            return x
        possible = possible_bands(rows, x)
        if not possible:
            return because(x)
        if len(possible) == 1 and possible[0].band.note:
            v[0].append((possible[0].band.note, possible[0].band.span))
        clipped = [x.like(_end(row, x, low=True), _end(row, x, low=False)) for row in possible]
        return hull([give(row, part, v) for row, part in zip(possible, clipped, strict=True)], x)

    return run


def _end(row: BandRow, x: Unknown, *, low: bool) -> Number | None:
    """The end of the band or of the bounds, whichever is nearer."""
    ends = (row.low, x.low) if low else (row.high, x.high)
    known = [end for end in ends if end is not None]
    if not known:
        return None
    return max(known) if low else min(known)
