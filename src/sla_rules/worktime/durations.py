"""Budgets: "4 h" is working time, "1 working day" is a count of days under a named rule."""

import re
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from sla_rules.diagnostics import nearest
from sla_rules.worktime.errors import CalendarError, Code, error
from sla_rules.worktime.instants import DAY, SECOND

__all__ = ["Budget", "parse_budget", "timedelta_us", "working_time"]

_UNITS = {
    "us": 1,
    "µs": 1,
    "ms": 1_000,
    "s sec secs second seconds 秒 秒钟": SECOND,
    "m min mins minute minutes 分 分钟": 60 * SECOND,
    "h hr hrs hour hours 时 小时 个小时": 3_600 * SECOND,
}
_US_OF = {word: us for words, us in _UNITS.items() for word in words.split()}
_WORKDAY = frozenset(
    [
        "workday",
        "workdays",
        "workingday",
        "workingdays",
        "businessday",
        "businessdays",
        "wd",
        "工作日",
        "个工作日",
    ]
)
_BARE = frozenset(
    [
        "d",
        "day",
        "days",
        "w",
        "week",
        "weeks",
        "month",
        "months",
        "y",
        "year",
        "years",
        "天",
        "日",
        "周",
        "个月",
        "年",
    ]
)
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([^\W\d_]+(?:[ -]?days?)?)", re.IGNORECASE)


class Budget(NamedTuple):
    """An amount of working time in microseconds, or of whole working days."""

    amount: int
    working_days: bool = False


def timedelta_us(value: timedelta) -> int:
    """The exact microseconds of a duration; pendulum's own overrides are not consulted."""
    base = timedelta
    days, seconds = base.days.__get__(value), base.seconds.__get__(value)
    return int(days * DAY + seconds * SECOND + base.microseconds.__get__(value))


def parse_budget(value: object, where: str = "budget") -> Budget:
    """Read a budget: a ``timedelta``, ``"1 h 30 min"``, ``"30 分钟"`` or ``"2 working days"``.

    A number without unit is refused, and so is ``"1 day"``: it could be 24 hours, a calendar
    day or a working day.  ``timedelta(days=1)`` is exactly 24 hours of working time.

    Raises :class:`CalendarError` T024, T025, T026.

    >>> parse_budget("1 h 30 min")
    Budget(amount=5400000000, working_days=False)
    >>> parse_budget("2 个工作日")
    Budget(amount=2, working_days=True)
    """
    if type(value) is timedelta and value.days >= 0:
        return Budget(value.days * DAY + value.seconds * SECOND + value.microseconds)
    if isinstance(value, str):
        return _parse_text(value, where)
    if not isinstance(value, timedelta):
        raise _unreadable(value, where)
    if getattr(value, "_years", 0) or getattr(value, "_months", 0):
        raise error(
            Code.DURATION,
            where,
            "years and months have no fixed length",
            "write hours, minutes or working days",
        )
    us = timedelta_us(value)
    if us < 0:
        raise error(
            Code.NEGATIVE, where, f"{value} is negative", "use deadline_before to count backwards"
        )
    return Budget(us)


def working_time(value: object, where: str) -> int:
    """The microseconds of a budget that must not be in working days, else T027."""
    amount = parse_budget(value, where)
    if amount.working_days:
        hint = "write hours or minutes; add_working_days counts days"
        raise error(Code.UNIT, where, f"{value!r} has no fixed length", hint)
    return amount.amount


@lru_cache(maxsize=1024)
def _parse_text(text: str, where: str) -> Budget:
    rest, total, days = text.strip(), 0, None
    if rest.startswith("-"):
        raise error(Code.NEGATIVE, where, f"{text!r} is negative", "a budget counts forwards")
    while rest:
        part = _PART.match(rest)
        if part is None:
            raise _unreadable(text, where)
        number, unit = Decimal(part[1]), re.sub("[ -]", "", part[2].lower())
        rest = rest[part.end() :].lstrip(" ,")
        if unit in _WORKDAY:
            if days is not None or total or rest or number != int(number):
                raise _unreadable(text, where)
            days = int(number)
        elif unit in _BARE or unit in ("calendardays", "calendarday"):
            raise _bare_day(text, unit, where)
        elif unit not in _US_OF:
            raise _unreadable(text, where, nearest(unit, [*_US_OF, "workday"]))
        else:
            us = number * _US_OF[unit]
            if us != int(us):
                raise error(Code.DURATION, where, f"{text!r} is finer than a microsecond")
            total += int(us)
    if not text.strip():
        raise _unreadable(text, where)
    return Budget(total) if days is None else Budget(days, working_days=True)


def _bare_day(text: str, unit: str, where: str) -> CalendarError:
    return error(
        Code.BARE_DAY,
        where,
        f"{text!r} is ambiguous: working days, calendar days and 24 hours differ",
        "write '1 working day' (1 个工作日) or '24 h'"
        if unit[0] in "d天日c"
        else "write working days",
    )


def _unreadable(value: object, where: str, hint: str = "") -> CalendarError:
    return error(
        Code.DURATION,
        where,
        f"{value!r} is not a duration",
        hint or "pass a timedelta, or text such as '30 min', '1 h 30 min' or '2 working days'",
    )
