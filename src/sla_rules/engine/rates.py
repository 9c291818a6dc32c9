"""Graduated rates as closures: each part of an amount at its own rate, or the whole at one."""

from collections.abc import Callable
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from sla_rules.engine.bands import BandRow, band_rows, possible_bands, select_band
from sla_rules.language import program as ir
from sla_rules.language.walk import parts
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
        if counted:  # the units of a band are those whose number it holds
            low = ceil(low) - 1 if row.low_closed else floor(low)
            high = None if high is None else floor(high) if row.high_closed else ceil(high) - 1
        part = (amount if high is None else min(amount, high)) - max(low, 0)
        if part > 0:
            found.append((row, part))
    return found


def compile_rates(compiler: "Compiler", node: ir.Rates) -> Closure:
    """The amount times its rate; nothing for nothing, and for less than nothing."""
    on = compiler.node(node.bands.on)
    rows = band_rows(compiler, node.bands)
    marginal = compiler.chosen(node.how) == "marginal"
    outputs = tuple(row.band.output for row in rows)
    steady = not any(isinstance(each, ir.BandInput) for each in parts(outputs))

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
        if not steady:  # a rate that follows the amount may rise and fall in between
            return because(x)
        if x.high is None:
            reached = possible_bands(rows, x.like(0 if marginal else max(x.low or 0, 0), None))
            rates = [(row, _lowest(rate(row, x, v))) for row in reached]
            return because(x, low=_least(x, rows, rates, node, marginal=marginal))
        if x.low is None:
            x = x.like(0, x.high)  # less than nothing costs nothing too
        ends = [known(x.low, v), known(x.high, v)]
        edges = [end for row in possible_bands(rows, x) for end in _edges(row, x)]
        return hull([*ends, *(_near(known, rows, end, v) for end in edges)], x)

    def _near(value: Any, rows: list[BandRow], end: Number, v: list[Any]) -> Any:
        """What the rates on both sides of an edge make of it: a jump there is enclosed."""
        beside = [row for row in rows if end in (row.low, row.high)]
        each = [end * rate(row, end, v) for row in beside] if not marginal else []
        return hull([value(end, v), *each])

    return run


def _lowest(value: Any) -> Any:
    """The least that a value can be; None where that is not known."""
    return value.low if isinstance(value, Unknown) else value


def _least(
    x: Unknown,
    rows: list[BandRow],
    rates: list[tuple[BandRow, Any]],
    node: ir.Rates,
    *,
    marginal: bool,
) -> Any:
    """What an amount without a known end comes to at least, if no rate is below zero."""
    if any(each is None or each < 0 for _, each in rates):
        return None
    low = max(x.low or 0, 0)
    if not marginal:
        return low * min(each for _, each in rates)
    parts = shares_of(low, rows, counted=node.counted)
    return sum(part * each for row, part in parts for one, each in rates if one is row)


def _edges(row: BandRow, x: Unknown) -> list[Number]:
    ends = (row.low, row.high)
    return [end for end in ends if end is not None and x.low < end < x.high and end > 0]
