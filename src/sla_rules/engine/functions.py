"""What the functions of the language mean, exact and in three values."""

import datetime as dt
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from sla_rules.diagnostics import Diagnostic, RulesetError, SlaError
from sla_rules.quantities import SECOND, Number
from sla_rules.unknown import NOT_APPLICABLE, Unknown, because, hull
from sla_rules.worktime import Calendar, from_us

__all__ = [
    "CALENDAR_FUNCTIONS",
    "COUNTING",
    "OF_MONTHS",
    "calendar_function",
    "counted",
    "date_of",
    "divide",
    "first_day",
    "listed",
    "lowered",
    "month_of",
    "on_calendar",
]

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
    local = date_of(microseconds, zone)
    return local.year * 12 + local.month - 1


def date_of(microseconds: int, zone: ZoneInfo) -> dt.date:
    """The local date of an instant."""
    since = dt.timedelta(microseconds=microseconds)
    moment: dt.datetime = _in_calendar(lambda: (_EPOCH + since).astimezone(zone))
    return moment.date()


def last_day(month: int) -> dt.date:
    """The last date of a month."""
    year, index = divmod(month, 12)
    return dt.date(year, index + 1, monthrange(year, index + 1)[1])


def end_of_month(month: int, zone: ZoneInfo) -> int:
    """The instant at which a local month ends."""
    year, index = divmod(month + 1, 12)
    moment: dt.timedelta = _in_calendar(
        lambda: dt.datetime(year, index + 1, 1, tzinfo=zone) - _EPOCH
    )
    return (moment.days * 86400 + moment.seconds) * SECOND


def first_day(month: int) -> dt.date:
    """The first date of a month."""
    return dt.date(month // 12, month % 12 + 1, 1)


def _whole_number(value: Number) -> int:
    if not isinstance(value, int):
        message = f"{value} is not a whole number of days or months"
        raise RulesetError([Diagnostic(code="E606", message=message, where="arithmetic")])
    return value


def _days_later(date: dt.date, days: Number) -> dt.date:
    later: dt.date = _in_calendar(lambda: date + dt.timedelta(days=_whole_number(days)))
    return later


def _months_later(moment: Any, months: Number) -> Any:
    """So many months later; of a date the same day, or the last of a shorter month."""
    if not isinstance(moment, dt.date):
        month = moment + _whole_number(months)
        _in_calendar(lambda: first_day(month))
        return month
    month = moment.year * 12 + moment.month - 1 + _whole_number(months)
    date: dt.date = _in_calendar(
        lambda: last_day(month).replace(day=min(moment.day, last_day(month).day))
    )
    return date


def _in_calendar(reckon: Callable[[], Any]) -> Any:
    try:
        return reckon()
    except SlaError:
        raise
    except (ValueError, OverflowError):
        message = "a date lies beyond the years 1 to 9999"
        raise RulesetError([Diagnostic(code="E606", message=message, where="arithmetic")]) from None


OF_MONTHS: Final = frozenset(("month_number", "year_of"))
CALENDAR_FUNCTIONS: Final = frozenset(("is_open", "add_workdays", "workdays_between"))


def on_calendar(name: str, arguments: list[Closure], calendars: Mapping[str, Calendar]) -> Closure:
    """Functions of dates and instants on a calendar, which is the last argument."""

    def answer(values: list[Any]) -> Any:
        *rest, calendar = values
        clock = calendars[calendar]
        match name:
            case "is_open":
                return clock.is_open(from_us(rest[0], clock.zone))
            case "add_workdays":
                count = _whole_number(rest[1])
                return clock.nth_working_day(rest[0], count) if count else rest[0]
        first, last = (_days_later(each, 1) for each in rest)  # the first is not counted
        return clock.working_days(first, last) if first <= last else 0

    def run(v: list[Any]) -> Any:
        values = [argument(v) for argument in arguments]
        if any(isinstance(value, Unknown) for value in values):
            return because(*values)
        return answer(values)

    return run


def lowered(grade: Closure, steps: Closure, members: list[str]) -> Closure:
    """The member so many places further down its list, at most the last."""

    def one(value: str, by: Number) -> Any:
        if value not in members:
            return Unknown((f"one of {', '.join(members)} in place of {value!r}",))
        return members[max(0, min(len(members) - 1, members.index(value) + _whole_number(by)))]

    def places(by: Any) -> range:
        if not isinstance(by, Unknown):
            return range(_whole_number(by), _whole_number(by) + 1)
        most = len(members) - 1  # further than that makes no difference
        low = -most if by.low is None else max(-most, min(most, int(_ceiling(by.low))))
        high = most if by.high is None else max(-most, min(most, int(_floor(by.high))))
        return range(low, high + 1)

    def run(v: list[Any]) -> Any:
        value, by = grade(v), steps(v)
        if not isinstance(value, Unknown) and not isinstance(by, Unknown):
            return one(value, by)
        possible = value.options if isinstance(value, Unknown) else (value,)
        if possible is None or value is NOT_APPLICABLE or by is NOT_APPLICABLE:
            return because(value, by)
        return hull([one(each, n) for each in possible for n in places(by)], value, by)

    return run


def calendar_function(name: str, arguments: list[Closure], zone: ZoneInfo) -> Closure:
    """Functions of months and dates in the zone of the ruleset."""
    plain: dict[str, Callable[..., Any]] = {
        "abs": abs,
        "last_day": last_day,
        "date_of": lambda instant: date_of(instant, zone),
        "add_days": _days_later,
        "add_months": _months_later,
        "days_between": lambda first, last: (last - first).days,
        "first_day": first_day,
        "month_number": lambda month: month % 12 + 1,
        "year_of": lambda month: month // 12,
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
