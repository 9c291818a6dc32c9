"""Dates as people list them: holidays, make-up days and hours of single dates."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sla_rules.diagnostics import Diagnostic
from sla_rules.worktime.errors import Code, error, problem
from sla_rules.worktime.hours import Windows, read_windows

__all__ = ["read_date", "read_holidays", "read_overrides", "read_working_days"]

_DATE_HINT = "pass a datetime.date or text like 2026-10-01"
Named = tuple[tuple[date, str], ...]
Overrides = tuple[tuple[date, Windows], ...]


def as_date(value: object) -> date | None:
    """The plain date that *value* is or spells; None for anything else, instants included."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return date(value.year, value.month, value.day)
    return None


def read_date(value: object, where: str) -> date:
    """The date that *value* is or spells, else T009."""
    day = as_date(value)
    if day is None:
        raise error(Code.DATE, where, f"{value!r} is not a date", _DATE_HINT)
    return day


def read_holidays(value: object) -> tuple["str | Named | None", list[Diagnostic]]:
    """``None``, ``"CN"``, or closed dates with their names, sorted."""
    if value is None:
        return None, []
    if isinstance(value, str):
        if value.upper() == "CN":
            return "CN", []
        hint = 'use "CN", or list the closed dates yourself'
        return None, [problem(Code.HOLIDAYS, "holidays", f"no holiday data for {value!r}", hint)]
    if not isinstance(value, Iterable):
        hint = 'use "CN", a list of dates, or {date: name}'
        return None, [problem(Code.HOLIDAYS, "holidays", f"{value!r} are not holidays", hint)]
    named: dict[date, str] = {}
    problems: list[Diagnostic] = []
    pairs = value.items() if isinstance(value, Mapping) else map(_unnamed, value)
    for index, (key, name) in enumerate(pairs):
        day = as_date(key)
        if day is None:
            place = f"holidays[{index}]"
            problems.append(problem(Code.DATE, place, f"{key!r} is not a date", _DATE_HINT))
        else:
            named[day] = str(name)
    return tuple(sorted(named.items())), problems


def read_working_days(value: object) -> tuple[tuple[date, ...], list[Diagnostic]]:
    """Make-up working days, sorted."""
    if value is None:
        return (), []
    if isinstance(value, str) or not isinstance(value, Iterable):
        message = f"expected a list of dates, got {value!r}"
        return (), [problem(Code.DATE, "working_days", message, _DATE_HINT)]
    items = list(value)
    days = [as_date(item) for item in items]
    problems = [
        problem(Code.DATE, f"working_days[{index}]", f"{item!r} is not a date", _DATE_HINT)
        for index, (item, day) in enumerate(zip(items, days, strict=True))
        if day is None
    ]
    return tuple(sorted({day for day in days if day is not None})), problems


def read_overrides(value: object) -> tuple[Overrides, list[Diagnostic]]:
    """The windows of single dates, sorted by date; ``"closed"`` means none."""
    if value is None:
        return (), []
    pairs = value.items() if isinstance(value, Mapping) else value
    if not isinstance(pairs, Iterable) or isinstance(pairs, str):
        hint = 'write {"2026-02-14": ["10:00-12:00"], "2026-02-15": "closed"}'
        return (), [problem(Code.OVERRIDES, "overrides", f"{value!r} are not overrides", hint)]
    found: dict[date, Windows] = {}
    problems: list[Diagnostic] = []
    for index, pair in enumerate(pairs):
        if not (isinstance(pair, tuple) and len(pair) == 2):
            message = f"{pair!r} is not a date with windows"
            problems.append(problem(Code.OVERRIDES, f"overrides[{index}]", message))
            continue
        key, listed = pair
        day, place = as_date(key), f"overrides.{key}"
        if day is None:
            problems.append(problem(Code.DATE, place, f"{key!r} is not a date", _DATE_HINT))
            continue
        if day in found:
            problems.append(
                problem(Code.TWICE, place, f"{day} is declared twice", "once is enough")
            )
        if isinstance(value, tuple) and _is_windows(listed):
            found[day] = listed
        elif isinstance(listed, str) and listed.strip().lower() == "closed":
            found[day] = ()
        else:
            found[day], more = read_windows(listed, place)
            problems += more
    return tuple(sorted(found.items())), problems


def _unnamed(item: object) -> tuple[object, str]:
    """A date alone, or a pair of a date and its name."""
    if isinstance(item, tuple) and len(item) == 2:
        return item[0], str(item[1])
    return item, ""


def _is_windows(value: object) -> bool:
    """Whether *value* is already what :func:`read_overrides` returns for a date."""
    return isinstance(value, tuple) and all(
        isinstance(each, tuple) and len(each) == 2 and all(type(us) is int for us in each)
        for each in value
    )
