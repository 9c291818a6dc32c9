"""The nearest other number that a contract might have said: one more or less of its last digit."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from sla_rules.language.types import Type
from sla_rules.quantities import Limit, Number

__all__ = ["neighbours"]

_UNITS: Final = (86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000, 1)
"""Days, hours, minutes, seconds and microseconds."""


def neighbours(value: Any, kind: Type) -> Iterator[Any]:
    """The value one step up and one step down; nothing of what is no number.

    A step is the last digit as the text would write it: 15 min gives 16 and 14 min, 0.5 % gives
    0.6 % and 0.4 %.  Nothing is taken below zero that was not.
    """
    if isinstance(value, bool) or value is None or not isinstance(value, int | Fraction | Limit):
        return
    if isinstance(value, Limit):
        step = 1 if value.workdays else _unit(value.amount)
        yield Limit(value.amount + step, workdays=value.workdays)
        if value.amount > step:
            yield Limit(value.amount - step, workdays=value.workdays)
        return
    size = _step(value, kind)
    yield _plain(value + size)
    if not 0 <= value < size:
        yield _plain(value - size)


def _step(value: Number, kind: Type) -> Number:
    if kind.show == "duration" or kind.kind == "limit":
        return _unit(int(value))
    scale = 100 if kind.show == "percent" else 1
    digit = Fraction(1)
    while (value * scale / digit).denominator != 1 and digit > Fraction(1, 10**12):
        digit /= 10
    return digit / scale


def _unit(amount: int) -> int:
    return next((each for each in _UNITS if amount and amount % each == 0), _UNITS[2])


def _plain(value: Any) -> Number:
    exact = Fraction(value)
    return exact.numerator if exact.denominator == 1 else exact
