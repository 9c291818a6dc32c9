"""What the functions of the language mean, exact and in three values."""

import datetime as dt
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from sla_rules.diagnostics import Diagnostic, RulesetError
from sla_rules.quantities import SECOND, Number
from sla_rules.unknown import NOT_APPLICABLE, Unknown, because

__all__ = ["COUNTING", "calendar_function", "counted", "divide", "listed", "month_of"]

Closure = Callable[[list[Any]], Any]
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


LONGEST_BITS: Final = 20_000
"""How many binary digits a number may grow to; money and scores need a few hundred at most."""


def bounded(value: Any) -> Any:
    """The number, if it has not grown beyond all sense."""
    if not isinstance(value, Unknown) and (
        value.numerator.bit_length() > LONGEST_BITS or value.denominator.bit_length() > LONGEST_BITS
    ):
        message = "a number of the ruleset grows without end"
        raise RulesetError([Diagnostic(code="E604", message=message, where="arithmetic")])
    return value


def multiply(left: Any, right: Any) -> Any:
    """The exact product; a ruleset that only piles up digits is refused."""
    return bounded(left * right)


def divide(left: Any, right: Any) -> Any:
    """The exact quotient; unknown when the divisor may be zero or is zero.

    >>> divide(1, 3), divide(6, 3)
    (Fraction(1, 3), 2)
    """
    if isinstance(right, Unknown):
        if right.low is not None and right.low > 0:
            upper = Fraction(1) / right.low
            lower = Fraction(0) if right.high is None else Fraction(1) / right.high
            return left * right.like(lower, upper)
        return because(left, right)
    if right == 0:
        return because(left, Unknown(("a divisor that is not zero",)))
    if isinstance(left, Unknown):
        return left * (Fraction(1) / right)
    if left.__class__ is int and right.__class__ is int:
        whole, rest = divmod(left, right)
        return whole if not rest else Fraction(left, right)
    return bounded(_whole(Fraction(left) / right))


def _whole(value: Fraction) -> Number:
    return value.numerator if value.denominator == 1 else value


def _floor(value: Number) -> Number:
    return value.numerator // value.denominator


def _ceiling(value: Number) -> Number:
    return -(-value.numerator // value.denominator)


def _as_is(value: Number) -> Number:
    return value


COUNTING: Final[Mapping[str, Callable[[Number], Number]]] = {
    "full": _floor,
    "started": _ceiling,
    "pro_rata": _as_is,
}


def counted(units: Any, count: Callable[[Number], Number]) -> Any:
    """Units counted full, started or pro rata; of bounds where they are unknown."""
    if not isinstance(units, Unknown):
        return count(units)
    if units is NOT_APPLICABLE:
        return units
    low = None if units.low is None else count(units.low)
    high = None if units.high is None else count(units.high)
    return units.like(low, high)


def listed(fact: Closure, members: frozenset[str]) -> Closure:
    """Whether a fact is one of the members of its list, where others are allowed too."""

    def run(v: list[Any]) -> Any:
        value = fact(v)
        if not isinstance(value, Unknown):
            return value in members
        return False if value.absent else because(value, options=(False, True))

    return run


FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100


@lru_cache(maxsize=64)
def _month_starts(zone: ZoneInfo) -> tuple[int, ...]:
    """The instants at which the local months of the usual years begin."""
    first, last = FIRST_YEAR * 12, LAST_YEAR * 12
    return tuple(end_of_month(month - 1, zone) for month in range(first, last + 1))


def month_of(microseconds: int, zone: ZoneInfo) -> int:
    """The number of the local month (12 x year + month - 1) in which an instant lies."""
    starts = _month_starts(zone)
    if starts[0] <= microseconds < starts[-1]:
        return FIRST_YEAR * 12 + bisect_right(starts, microseconds) - 1
    local = (_EPOCH + dt.timedelta(microseconds=microseconds)).astimezone(zone)
    return local.year * 12 + local.month - 1


def _date_of(microseconds: int, zone: ZoneInfo) -> dt.date:
    return (_EPOCH + dt.timedelta(microseconds=microseconds)).astimezone(zone).date()


def last_day(month: int) -> dt.date:
    """The last date of a month."""
    year, index = divmod(month, 12)
    return dt.date(year, index + 1, monthrange(year, index + 1)[1])


def end_of_month(month: int, zone: ZoneInfo) -> int:
    """The instant at which a local month ends."""
    year, index = divmod(month + 1, 12)
    moment = dt.datetime(year, index + 1, 1, tzinfo=zone) - _EPOCH
    return (moment.days * 86400 + moment.seconds) * SECOND


def calendar_function(name: str, arguments: list[Closure], zone: ZoneInfo) -> Closure:
    """Functions of months and dates in the zone of the ruleset."""
    plain: dict[str, Callable[..., Any]] = {
        "abs": abs,
        "last_day": last_day,
        "date_of": lambda instant: _date_of(instant, zone),
        "end_of_month": lambda month: end_of_month(month, zone),
        "days_in": lambda month: last_day(month).day,
        "months_between": lambda first, last: last - first + 1,
        "month_of": lambda moment: (
            month_of(moment, zone)
            if moment.__class__ is int
            else moment.year * 12 + moment.month - 1
        ),
    }
    function = plain[name]
    if len(arguments) == 1:
        argument = arguments[0]

        def single(v: list[Any]) -> Any:
            value = argument(v)
            return because(value) if isinstance(value, Unknown) else function(value)

        return single

    def run(v: list[Any]) -> Any:
        values = [argument(v) for argument in arguments]
        if any(isinstance(value, Unknown) for value in values):
            return because(*values)
        return function(*values)

    return run
