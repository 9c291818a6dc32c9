"""From what a caller wrote to a closed declaration, with every problem reported at once."""

import json
from datetime import date, tzinfo
from hashlib import sha256
from typing import NamedTuple

from sla_rules.diagnostics import Diagnostic, nearest
from sla_rules.worktime.dates import (
    Named,
    Overrides,
    read_holidays,
    read_overrides,
    read_working_days,
)
from sla_rules.worktime.errors import CalendarError, Code, problem
from sla_rules.worktime.hours import WEEKDAYS, Week, empty_calendar, read_hours, weekday_index
from sla_rules.worktime.instants import zone_name
from sla_rules.worktime.schedule import Schedule, check_schedule

__all__ = ["BEYOND", "Declaration", "fingerprint", "read_declaration"]

BEYOND = ("refuse", "assume_weekdays")


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

    def schedule(self) -> Schedule:
        """The windows of every date under this declaration."""
        return Schedule(
            week=self.hours,
            holidays=self.holidays,
            working_days=self.working_days,
            overrides=self.overrides,
            make_up_like=WEEKDAYS.index(self.make_up_like),
            refuse=self.beyond == "refuse",
        )


def read_declaration(
    *,
    hours: object,
    zone: str | tzinfo,
    holidays: object,
    working_days: object,
    overrides: object,
    make_up_like: str,
    beyond: str,
    name: str,
) -> Declaration:
    """Normalise and check a declaration; raise :class:`CalendarError` with all problems."""
    week, problems = read_hours(hours)
    closed, more = read_holidays(holidays)
    problems += more
    make_up, more = read_working_days(working_days)
    problems += more
    special, more = read_overrides(overrides)
    problems += [*more, *_option_problems(make_up_like, beyond, name)]
    if isinstance(hours, str) and (closed or make_up or special):
        hint = 'for working days only, write {"mon-sun": ["00:00-24:00"]}'
        problems.append(problem(Code.ALWAYS, "hours", "24x7 takes no holidays or overrides", hint))
    unread = any(str(each.where).startswith(("hours", "overrides")) for each in problems)
    if not unread and not any(week.days) and not any(windows for _, windows in special):
        problems.append(empty_calendar())
    zone_text = ""
    try:
        zone_text = zone_name(zone)
    except CalendarError as wrong:
        problems += wrong.problems
    if problems:
        raise CalendarError(problems)
    like = WEEKDAYS[weekday_index(make_up_like) or 0]
    declaration = Declaration(week, zone_text, closed, make_up, special, like, beyond, name)
    if problems := check_schedule(declaration.schedule()):
        raise CalendarError(problems)
    return declaration


def fingerprint(declaration: Declaration, schedule: Schedule) -> str:
    """24 hex digits that change when the declaration (not its name) or the data change."""
    table = schedule.table
    data = [
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
    return sha256(json.dumps(data, separators=(",", ":")).encode()).hexdigest()[:24]


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
