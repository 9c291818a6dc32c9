"""Graduated rates as closures: each part of an amount at its own rate, or the whole at one."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sla_rules.engine.bands import BandRow, band_rows, possible_bands, select_band
from sla_rules.language import program as ir
from sla_rules.quantities import Number
from sla_rules.unknown import NOT_APPLICABLE, Unknown, because, hull

if TYPE_CHECKING:
    from sla_rules.engine.compile import Compiler

__all__ = ["compile_rates", "shares_of"]

Closure = Callable[[list[Any]], Any]


def shares_of(
    amount: Number, rows: list[BandRow], *, counted: bool
) -> list[tuple[BandRow, Number]]:
    """How much of an amount lies in each band; of a count, ``[3..`` begins with the third."""
    found: list[tuple[BandRow, Number]] = []
    for row in rows:
        low, high = row.low or 0, row.high
        if counted and row.low is not None and row.low_closed:
            low = low - 1
        if counted and high is not None and not row.high_closed:
            high = high - 1
        part = (amount if high is None else min(amount, high)) - max(low, 0)
        if part > 0:
            found.append((row, part))
    return found


def compile_rates(compiler: "Compiler", node: ir.Rates) -> Closure:
    """The amount times its rate; nothing for nothing, and for less than nothing."""
    on = compiler.node(node.bands.on)
    rows = band_rows(compiler, node.bands)
    marginal = compiler.chosen(node.how) == "marginal"

    def rate(row: BandRow, x: Any, v: list[Any]) -> Any:
        v[-1] = x
        return row.output(v)

    def known(x: Number, v: list[Any]) -> Any:
        if x <= 0:
            return 0
        if not marginal:
            row = select_band(rows, x)
            assert row is not None
            return x * rate(row, x, v)
        shares = shares_of(x, rows, counted=node.counted)
        total: Any = 0
        for row, part in shares:
            total = total + part * rate(row, x, v)
        return total

    def run(v: list[Any]) -> Any:
        x = on(v)
        if not isinstance(x, Unknown):
            return known(x, v)
        if x is NOT_APPLICABLE:
            return x
        if x.low is None or x.high is None:
            return because(x, low=None)
        ends = [known(x.low, v), known(x.high, v)]
        edges = [end for row in possible_bands(rows, x) for end in _edges(row, x)]
        return hull([*ends, *(_near(known, rows, end, v) for end in edges)], x)

    def _near(value: Any, rows: list[BandRow], end: Number, v: list[Any]) -> Any:
        """What the rates on both sides of an edge make of it: a jump there is enclosed."""
        beside = [row for row in rows if end in (row.low, row.high)]
        each = [end * rate(row, end, v) for row in beside] if not marginal else []
        return hull([value(end, v), *each])

    return run


def _edges(row: BandRow, x: Unknown) -> list[Number]:
    ends = (row.low, row.high)
    return [end for end in ends if end is not None and x.low < end < x.high and end > 0]
