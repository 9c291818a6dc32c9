"""From what a caller wrote to a closed declaration, with every problem reported at once."""

import json
from datetime import date, timedelta, tzinfo
from hashlib import sha256
from typing import Any, NamedTuple

from sla_rules.diagnostics import Diagnostic, nearest
from sla_rules.worktime.dates import (
    Named,
    Overrides,
    read_holidays,
    read_overrides,
    read_working_days,
)
from sla_rules.worktime.durations import timedelta_us, working_time
from sla_rules.worktime.errors import CalendarError, Code, problem
from sla_rules.worktime.hours import WEEKDAYS, Week, empty_calendar, read_hours, weekday_index
from sla_rules.worktime.instants import DAY, zone_name
from sla_rules.worktime.schedule import Schedule, check_schedule
from sla_rules.worktime.seasons import Seasons, read_seasons

__all__ = ["BEYOND", "Declaration", "Written", "fingerprint", "read_declaration"]

BEYOND = ("refuse", "assume_weekdays")
_WINDOWS = ("hours", "overrides", "seasons")


class Declaration(NamedTuple):
    """What a calendar is: normalised, hashable, and all that is pickled of it."""

    hours: Week
    zone: str
    holidays: str | Named | None
    working_days: tuple[date, ...]
    overrides: Overrides
    make_up_like: str
    beyond: str
    name: str
    seasons: Seasons
    day_length: timedelta | None

    def schedule(self) -> Schedule:
        """The windows of every date under this declaration."""
        return Schedule(
            week=self.hours,
            seasons=self.seasons,
            holidays=self.holidays,
            working_days=self.working_days,
            overrides=self.overrides,
            make_up_like=WEEKDAYS.index(self.make_up_like),
            refuse=self.beyond == "refuse",
        )


class Written(NamedTuple):
    """A declaration as a caller wrote it, nothing checked yet."""

    hours: object
    zone: str | tzinfo
    holidays: object
    working_days: object
    overrides: object
    make_up_like: str
    beyond: str
    name: str
    seasons: object
    day_length: object


def read_declaration(written: Written) -> Declaration:
    """Normalise and check a declaration; raise :class:`CalendarError` with all problems."""
    hours, zone, holidays, working_days, overrides, make_up_like, beyond, name = written[:8]
    week, problems = read_hours(hours)
    closed, more = read_holidays(holidays)
    problems += more
    make_up, more = read_working_days(working_days)
    problems += more
    special, more = read_overrides(overrides)
    problems += more
    seasons, more = read_seasons(written.seasons)
    problems += [*more, *_option_problems(make_up_like, beyond, name)]
    length, more = _read_length(written.day_length)
    problems += more
    if isinstance(hours, str) and (closed or make_up or special or seasons):
        hint = 'for working days only, write {"mon-sun": ["00:00-24:00"]}'
        message = "24x7 takes no holidays, overrides or seasons"
        problems.append(problem(Code.ALWAYS, "hours", message, hint))
    unread = any(str(each.where).startswith(_WINDOWS) for each in problems)
    weeks = (week, *(season.week for season in seasons))
    if (
        not unread
        and not any(any(each.days) for each in weeks)
        and not any(windows for _, windows in special)
    ):
        problems.append(empty_calendar())
    zone_text = ""
    try:
        zone_text = zone_name(zone)
    except CalendarError as wrong:
        problems += wrong.problems
    if problems:
        raise CalendarError(problems)
    like = WEEKDAYS[weekday_index(make_up_like) or 0]
    declaration = Declaration(
        week, zone_text, closed, make_up, special, like, beyond, name, seasons, length
    )
    if problems := check_schedule(declaration.schedule()):
        raise CalendarError(problems)
    return declaration


def fingerprint(declaration: Declaration, schedule: Schedule) -> str:
    """24 hex digits that change when the declaration (not its name) or the data change."""
    table = schedule.table
    data: list[Any] = [
        "worktime 1",
        declaration.hours.days,
        declaration.zone,
        [[day.isoformat(), name] for day, name in declaration.holidays or ()]
        if not isinstance(declaration.holidays, str)
        else declaration.holidays,
        [day.isoformat() for day in declaration.working_days],
        [[day.isoformat(), windows] for day, windows in declaration.overrides],
        declaration.make_up_like,
        declaration.beyond,
        sorted(day.isoformat() for day in table.closed) if table else [],
        sorted(day.isoformat() for day in table.make_up) if table else [],
    ]
    if declaration.seasons:  # what has none keeps the hash that it always had
        data.append([[season.span, season.week.days] for season in declaration.seasons])
    if declaration.day_length is not None:
        data.append(timedelta_us(declaration.day_length))
    return sha256(json.dumps(data, separators=(",", ":")).encode()).hexdigest()[:24]


def _read_length(value: object) -> tuple[timedelta | None, list[Diagnostic]]:
    """The declared length of a working day."""
    if value is None:
        return None, []
    try:
        length = working_time(value, "day_length")
    except CalendarError as wrong:
        return None, list(wrong.problems)
    if not 0 < length <= DAY:
        message = f"a working day is longer than nothing and not longer than 24 h, not {value}"
        return None, [problem(Code.DAY_LENGTH, "day_length", message, "write it like '8 h'")]
    return timedelta(0, 0, length), []


def _option_problems(make_up_like: object, beyond: object, name: object) -> list[Diagnostic]:
    """Words that no option knows."""
    problems = []
    if weekday_index(make_up_like) is None:
        hint = nearest(str(make_up_like), WEEKDAYS)
        message = f"no weekday is called {make_up_like!r}"
        problems.append(problem(Code.WEEKDAY, "make_up_like", message, hint))
    if beyond not in BEYOND:
        hint = nearest(str(beyond), BEYOND)
        problems.append(problem(Code.OPTION, "beyond", f"{beyond!r} is not a policy", hint))
    if not isinstance(name, str):
        problems.append(problem(Code.OPTION, "name", f"{name!r} is not text"))
    return problems
