"""Seasons: weekly hours of their own between two days, every year or once."""

import re
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Final

from attrs import Factory, field, frozen

from sla_rules.diagnostics import Diagnostic
from sla_rules.worktime.errors import Code, problem
from sla_rules.worktime.hours import WEEKDAYS, Week, read_hours, show_clock, spill

__all__ = ["Season", "Timetable", "read_seasons"]

_EVERY_YEAR: Final = 0
_LEAP: Final = 2000
_DAY = r"(?:(\d{4})-)?(\d{2})-(\d{2})"
_SPAN = re.compile(rf"\s*{_DAY}\s*\.\.\s*{_DAY}\s*")
_FORM = 'write "05-01..09-30" for every year, or "2024-07-01..2024-08-31" for once'
_CLOSED: Final = Week(((),) * 7)
_YEAR: Final = tuple(
    f"{month:02}-{day:02}"
    for month in range(1, 13)
    for day in range(1, monthrange(_LEAP, month)[1] + 1)
)
_INDEX: Final = {(int(text[:2]), int(text[3:])): index for index, text in enumerate(_YEAR)}
_NO_LEAP_DAY: Final = (_INDEX[2, 28], _INDEX[3, 1])

Day = tuple[int, int, int]
"""Year, month and day; the year is 0 in a season of every year."""


@frozen(repr=False)
class Season:
    """Weekly hours that replace all others from *first* to *last*, both included.

    A season of every year may cross New Year; its *last* day then comes before its *first*.
    """

    first: Day
    last: Day
    week: Week

    @property
    def yearly(self) -> bool:
        """Whether the season comes back every year."""
        return self.first[0] == _EVERY_YEAR

    @property
    def span(self) -> str:
        """The season as one declares it, such as ``05-01..09-30``."""
        return f"{_show(self.first)}..{_show(self.last)}"

    def __repr__(self) -> str:
        return f"<Season {self.span} {self.week!r}>"


Seasons = tuple[Season, ...]


def read_seasons(value: object) -> tuple[Seasons, list[Diagnostic]]:
    """Seasons, those of every year first, each in the order of the calendar; disjoint by kind."""
    if value is None:
        return (), []
    if isinstance(value, tuple) and all(isinstance(each, Season) for each in value):
        pairs: Iterable[tuple[object, object]] = [(each.span, each.week) for each in value]
    elif isinstance(value, Mapping):
        pairs = value.items()
    else:
        hint = 'write {"05-01..09-30": {"mon-fri": ["09:00-12:00", "15:00-18:00"]}}'
        message = f"{value!r} are not spans of days with their hours"
        return (), [problem(Code.SEASONS, "seasons", message, hint)]
    found: list[Season] = []
    problems: list[Diagnostic] = []
    for key, hours in pairs:
        place = f"seasons.{key}"
        span, wrong = _read_span(key, place)
        week, more = _read_week(hours, place)
        problems += [*wrong, *more]
        if span is not None:
            found.append(Season(*span, week))
    found.sort(key=lambda season: (season.first, season.last))
    problems += _overlaps(found)
    return tuple(found), problems


def _read_week(hours: object, place: str) -> tuple[Week, list[Diagnostic]]:
    if isinstance(hours, str) and hours.strip().lower() == "closed":
        return _CLOSED, []
    week, problems = read_hours(hours, place)
    if isinstance(hours, str) and not problems:
        message = "24x7 is for a calendar without seasons"
        hint = 'write {"mon-sun": ["00:00-24:00"]}; holidays then close it too'
        problems.append(problem(Code.ALWAYS, place, message, hint))
    return week, problems


def _read_span(key: object, place: str) -> tuple[tuple[Day, Day] | None, list[Diagnostic]]:
    """Both days of a span, or None with what is wrong."""
    match = _SPAN.fullmatch(key) if isinstance(key, str) else None
    if match is None:
        return None, [problem(Code.SEASON, place, f"{key!r} is not a span of days", _FORM)]
    ends = [
        (int(year or _EVERY_YEAR), int(month), int(day))
        for year, month, day in (match.groups()[:3], match.groups()[3:])
    ]
    if (match[1] is None) != (match[4] is None):
        message = f"{key!r} says the year of one day only"
        return None, [problem(Code.SEASON, place, message, _FORM)]
    wrong = [
        problem(Code.SEASON, place, f"there is no day {_show(each)}", "is the month right?")
        for each in ends
        if not _exists(each, every_year=match[1] is None)
    ]
    if not wrong and match[1] is not None and ends[1] < ends[0]:
        message = f"it ends on {_show(ends[1])}, before it begins on {_show(ends[0])}"
        wrong.append(problem(Code.REVERSED, place, message, "exchange the two days"))
    return (None, wrong) if wrong else ((ends[0], ends[1]), [])


def _exists(day: Day, *, every_year: bool) -> bool:
    try:
        date(_LEAP if every_year else day[0], day[1], day[2])
    except ValueError:
        return False
    return True


def _show(day: Day) -> str:
    year, month, number = day
    return f"{year:04}-{month:02}-{number:02}" if year else f"{month:02}-{number:02}"


def _pieces(season: Season) -> list[tuple[Day, Day]]:
    """The season as spans that do not cross New Year."""
    if season.first <= season.last:
        return [(season.first, season.last)]
    return [(season.first, (_EVERY_YEAR, 12, 31)), ((_EVERY_YEAR, 1, 1), season.last)]


def _overlaps(seasons: list[Season]) -> list[Diagnostic]:
    """Two seasons of one kind that share days; a season of one year beats one of every year."""
    pieces = sorted(
        (first, last, index)
        for index, season in enumerate(seasons)
        for first, last in _pieces(season)
    )
    problems: dict[tuple[int, int], Diagnostic] = {}
    furthest = ((-1, 0, 0), -1)
    for start, last, index in pieces:
        if start <= furthest[0]:
            one, two = sorted((furthest[1], index))
            spans = f"{seasons[one].span} and {seasons[two].span}"
            message = f"{spans} overlap: both have {_show(start)}"
            hint = "end one of them on the day before the other begins"
            place = f"seasons.{seasons[two].span}"
            problems[one, two] = problem(Code.SEASON_OVERLAP, place, message, hint)
        furthest = max(furthest, (last, index))
    return list(problems.values())


@frozen(kw_only=True, eq=False)
class Timetable:
    """The weekly hours of every date: a season of that year, else one of every year, else *week*.

    29 February belongs to a season of every year that names it or reaches across it, so one that
    ends on 02-28 ends before a leap day.
    """

    week: Week
    seasons: Seasons
    _yearly: tuple[int, ...] = field(init=False)
    _once: tuple[Season, ...] = field(
        init=False,
        default=Factory(
            lambda self: tuple(each for each in self.seasons if not each.yearly), takes_self=True
        ),
    )
    _starts: tuple[int, ...] = field(
        init=False,
        default=Factory(
            lambda self: tuple(date(*each.first).toordinal() for each in self._once),
            takes_self=True,
        ),
    )
    _ends: tuple[int, ...] = field(
        init=False,
        default=Factory(
            lambda self: tuple(date(*each.last).toordinal() for each in self._once),
            takes_self=True,
        ),
    )
    _weeks: tuple[Week, ...] = field(
        init=False,
        default=Factory(
            lambda self: tuple(self._week(self._season(each)) for each in self._yearly),
            takes_self=True,
        ),
    )

    @_yearly.default
    def _days_of_the_year(self) -> tuple[int, ...]:
        """For each day, where its season stands among all, or −1."""
        table = [-1] * len(_YEAR)
        for position, season in enumerate(self.seasons):
            if season.yearly:
                first, last = (_INDEX[day[1], day[2]] for day in (season.first, season.last))
                for index in range(first, last + 1 + (first > last) * len(_YEAR)):
                    table[index % len(_YEAR)] = position
        return tuple(table)

    def season_on(self, ordinal: int) -> Season | None:
        """The season that this date belongs to."""
        if self._starts:
            at = bisect_right(self._starts, ordinal) - 1
            if at >= 0 and ordinal <= self._ends[at]:
                return self._once[at]
        day = date.fromordinal(ordinal)
        return self._season(self._yearly[_INDEX[day.month, day.day]])

    def week_on(self, ordinal: int) -> Week:
        """The weekly hours in force on this date: what an index asks for each of its days."""
        if self._starts:
            at = bisect_right(self._starts, ordinal) - 1
            if at >= 0 and ordinal <= self._ends[at]:
                return self._once[at].week
        day = date.fromordinal(ordinal)
        return self._weeks[_INDEX[day.month, day.day]]

    @property
    def last_open(self) -> date:
        """No date after this one has weekly hours."""
        if any(any(self._week(self._season(each)).days) for each in set(self._yearly)):
            return date.max
        opened = (date(*each.last) for each in self._once if any(each.week.days))
        return max(opened, default=date.min)

    def spills(self) -> Iterator[Diagnostic]:
        """Windows that run over a border between seasons into hours of the other side."""
        for one, two in (*pairwise(range(len(_YEAR))), (len(_YEAR) - 1, 0), _NO_LEAP_DAY):
            before, after = self._yearly[one], self._yearly[two]
            if before != after:
                sides = self._season(before), self._season(after)
                yield from self._spill(*sides, _YEAR[one], range(7))
        borders = {*(start - 1 for start in self._starts), *self._ends}
        for today in sorted(borders - {0, date.max.toordinal()}):
            sides = self.season_on(today), self.season_on(today + 1)
            day = date.fromordinal(today)
            yield from self._spill(*sides, f"{day}", (day.weekday(),))

    def _season(self, position: int) -> Season | None:
        return self.seasons[position] if position >= 0 else None

    def _week(self, season: Season | None) -> Week:
        return self.week if season is None else season.week

    def _spill(
        self, before: Season | None, after: Season | None, day: str, weekdays: Iterable[int]
    ) -> Iterator[Diagnostic]:
        today, tomorrow = self._week(before).days, self._week(after).days
        for weekday in weekdays:
            if end := spill(today[weekday], tomorrow[(weekday + 1) % 7]):
                season = after or before
                assert season is not None  # the two sides differ
                message = (
                    f"the window of {day} ({WEEKDAYS[weekday]}) that ends {show_clock(end)} "
                    "runs into the next day's"
                )
                hint = "end it earlier or start the next day's later"
                yield problem(Code.OVERLAP, f"seasons.{season.span}", message, hint)
                return
