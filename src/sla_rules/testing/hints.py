"""What a wrong number has to do with the one that is expected."""

import decimal
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from sla_rules.assessment import Assessment
from sla_rules.language import program as ir

__all__ = ["rounding_to", "same_amounts"]

_MODES: Final = {
    "half_up": decimal.ROUND_HALF_UP,
    "half_even": decimal.ROUND_HALF_EVEN,
    "up": decimal.ROUND_UP,
    "down": decimal.ROUND_DOWN,
}
_STEP: Final = Decimal("0.01")


def rounding_to(expected: Any, got: Any) -> tuple[str, Decimal] | None:
    """The rounding to hundredths that makes the expected number of the other one.

    >>> rounding_to(Fraction(83333, 100), Fraction(2500, 3))
    ('half_up', Decimal('0.01'))
    """
    if not isinstance(expected, int | Decimal | Fraction) or isinstance(expected, bool):
        return None
    if not isinstance(got, int | Decimal | Fraction) or isinstance(got, bool):
        return None
    wanted, value = Fraction(expected), Fraction(got)
    parts, exact = wanted / Fraction(_STEP), value / Fraction(_STEP)
    if parts.denominator != 1 or exact.denominator == 1 or abs(parts - exact) >= 1:
        return None
    shown = Decimal(exact.numerator) / Decimal(exact.denominator)
    modes = (mode for mode, how in _MODES.items() if Fraction(shown.quantize(1, how)) == parts)
    return next(modes, "half_up"), _STEP


def same_amounts(record: Assessment, decision: ir.Decision, expected: Any) -> Iterator[str]:
    """The decisions and facts of a record, but one, that are exactly the amount expected."""
    if decision.type.show != "money" or not isinstance(expected, int | Decimal | Fraction):
        return
    level = record.rules.program.levels[record.level]
    parts: tuple[ir.Decision | ir.Fact, ...] = (*level.decisions, *level.facts)
    for each in parts:
        if each.type == decision.type and each.name != decision.name:
            value = record[each.name]
            if value is not None and expected and Fraction(value) == Fraction(expected):
                yield each.name
