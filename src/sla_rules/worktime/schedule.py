"""Which windows a date has: override, then make-up day, then holiday, then weekly hours.

Weekly hours are those of the season that the date belongs to.
"""

from datetime import date
from itertools import chain

from attrs import Factory, field, frozen

from sla_rules.diagnostics import Diagnostic
from sla_rules.worktime.dates import Named, Overrides
from sla_rules.worktime.errors import Code, problem
from sla_rules.worktime.holidays import Coverage, HolidayTable, china
from sla_rules.worktime.hours import (
    ALWAYS,
    WEEKDAYS,
    Week,
    Windows,
    empty_calendar,
    show_clock,
    spill,
)
from sla_rules.worktime.seasons import Seasons, Timetable

__all__ = ["Schedule", "check_schedule"]

WIDE = Coverage(date(1900, 1, 1), date(2199, 12, 31), date(2199, 12, 31))
"""The years an indexed calendar without holiday data answers for."""

ENDLESS = Coverage(date(1, 1, 2), date(9998, 12, 31), date(9998, 12, 31))


@frozen(kw_only=True, eq=False)
class Schedule:
    """The windows of every date, as a pure function of a calendar's declaration."""

    week: Week
    seasons: Seasons
    holidays: str | Named | None
    working_days: tuple[date, ...]
    overrides: Overrides
    make_up_like: int
    refuse: bool
    table: HolidayTable | None = field(
        init=False,
        default=Factory(lambda self: china() if self.holidays == "CN" else None, takes_self=True),
    )
    _timetable: Timetable = field(
        init=False,
        default=Factory(
            lambda self: Timetable(week=self.week, seasons=self.seasons), takes_self=True
        ),
    )
    _closed: frozenset[int] = field(init=False)
    _make_up: frozenset[int] = field(init=False)
    _special: dict[int, Windows] = field(init=False)

    @_closed.default
    def _closed_dates(self) -> frozenset[int]:
        named = self.holidays if isinstance(self.holidays, tuple) else ()
        days = self.table.closed if self.table else frozenset[date]()
        return frozenset(day.toordinal() for day in chain(days, (day for day, _ in named)))

    @_make_up.default
    def _make_up_dates(self) -> frozenset[int]:
        days = self.table.make_up if self.table else frozenset[date]()
        return frozenset(day.toordinal() for day in chain(days, self.working_days))

    @_special.default
    def _special_dates(self) -> dict[int, Windows]:
        return {day.toordinal(): windows for day, windows in self.overrides}

    def windows(self, ordinal: int) -> Windows:
        """The windows of the date with this ordinal; outside the data, its weekly hours."""
        special = self._special.get(ordinal)
        if special is not None:
            return special
        made_up = ordinal in self._make_up
        if not made_up and ordinal in self._closed:
            return ()
        week = self._timetable.week_on(ordinal) if self.seasons else self.week
        return week.days[self.make_up_like if made_up else (ordinal - 1) % 7]

    @property
    def always(self) -> bool:
        """Whether the calendar is open at every instant by declaration."""
        return self.week == ALWAYS and not (self.holidays or self.overrides or self.seasons)

    @property
    def coverage(self) -> Coverage:
        """What the calendar answers for; the last *sure* date is where the data stop changing."""
        if self.always:
            return ENDLESS
        if self.table is None:
            return WIDE
        known = self.table.coverage
        return known if self.refuse else Coverage(WIDE.first, known.sure, WIDE.last)

    @property
    def last_window(self) -> date:
        """No date after this one has windows."""
        opened = [day for day, windows in self.overrides if windows]
        return min(self.coverage.last, max(self._timetable.last_open, *opened, date.min))

    @property
    def weeks(self) -> tuple[Week, ...]:
        """The weekly hours, and those of each season."""
        return (self.week, *(season.week for season in self.seasons))

    @property
    def spills(self) -> list[Diagnostic]:
        """Windows that run over a border between seasons into hours of the other side."""
        return list(self._timetable.spills()) if self.seasons else []

    @property
    def overhang(self) -> int:
        """The largest end of any window, in microseconds since its midnight."""
        days = chain(*(week.days for week in self.weeks), self._special.values())
        return max((windows[-1][1] for windows in days if windows), default=0)

    def is_sure(self, ordinal: int) -> bool:
        """Whether the answer for this date rests on data that no later notice changes."""
        if self.table is None:
            return True
        known = self.table.coverage
        return known.first.toordinal() <= ordinal <= known.sure.toordinal()


def check_schedule(schedule: Schedule) -> list[Diagnostic]:
    """Problems that show only when hours, seasons, holidays and overrides meet."""
    problems = schedule.spills
    if schedule.last_window == date.min:
        problems.append(empty_calendar())
    if schedule.working_days or schedule.table:
        like, places = WEEKDAYS[schedule.make_up_like], ["make_up_like"]
        places += [f"seasons.{season.span}" for season in schedule.seasons]
        problems += [
            problem(
                Code.MAKE_UP,
                place,
                f"make-up working days take the hours of {like}, which has none",
                "name a weekday that has hours",
            )
            for place, week in zip(places, schedule.weeks, strict=True)
            if any(week.days) and not week.days[schedule.make_up_like]
        ]
    for day, _ in schedule.overrides:
        ordinal = day.toordinal()
        problems += [
            problem(
                Code.OVERLAP,
                f"overrides.{day}",
                f"the window of {date.fromordinal(today)} that ends {show_clock(end)} "
                "runs into the next day's",
                "override that date too, or shorten one of them",
            )
            for today in (ordinal - 1, ordinal)
            if 0 < today < date.max.toordinal()
            and (end := spill(schedule.windows(today), schedule.windows(today + 1)))
        ]
    return problems
