"""Drawing drafts of records, and moments on the calendars of a ruleset."""

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

import attrs

from sla_rules.diagnostics import SlaError
from sla_rules.language import program as ir
from sla_rules.lint.cone import nested_level
from sla_rules.lint.drafts import Draft
from sla_rules.lint.palette import Moment, Palette, grain, snapped
from sla_rules.quantities import SECOND, Number
from sla_rules.rules import Rules
from sla_rules.testing.drawing import strategies as st
from sla_rules.testing.minimal import Workshop
from sla_rules.worktime import Calendar, from_us, to_us

__all__ = ["Clock", "Writer", "one_of"]

MINUTE: Final = 60 * SECOND
DAY: Final = 24 * 60 * MINUTE
SPAN: Final = 400
"""How many days from its start the moments of a ruleset are drawn from."""


def one_of(several: Sequence[Any]) -> st.SearchStrategy[Any]:
    """One of several values, the first being the simplest; however many, its text stays short."""
    return st.integers(0, len(several) - 1).map(lambda place: several[place])


class Clock:
    """Draws moments, in microseconds, on the calendars of one ruleset."""

    def __init__(self, rules: Rules, palette: Palette) -> None:
        self.calendars = rules.engine.clocks.calendars
        self.start = palette.start
        self._palette = palette
        self._zone = rules.program.timezone
        self._last = rules.program.effective_to or dt.date.max
        self._shifts: dict[tuple[str | None, int], list[int]] = {}

    def _named(self, name: str | None) -> list[Calendar]:
        return list(self.calendars.values()) if name is None else [self.calendars[name]]

    @cached_property
    def every_day(self) -> list[dt.date]:
        """The days to draw from: from the start of what is made up, as long as it is in force."""
        days = (self.start.date + dt.timedelta(days=number) for number in range(SPAN))
        return [each for each in days if each <= self._last]

    def days(self, calendar: str | None = None) -> st.SearchStrategy[dt.date]:
        """Days, every third of them special."""
        plain = one_of(self.every_day)
        special = self._special(calendar)
        return st.one_of(plain, plain, one_of(special)) if special else plain

    def _special(self, calendar: str | None) -> list[dt.date]:
        """Days that are open or closed against their weekday, days beside them, ends of months."""
        several = [each for each in self._named(calendar) if not _daily(each)]
        found: dict[dt.date, None] = {}
        for day in self.every_day:
            following = day + dt.timedelta(days=1)
            if any(_open(each, day) != (day.weekday() < 5) for each in several):
                found |= dict.fromkeys((day - dt.timedelta(days=1), day, following))
            if following.day == 1:
                found |= dict.fromkeys((day, following))
        known = set(self.every_day)
        return [each for each in found if each in known]

    def instants(self, calendar: str | None = None) -> st.SearchStrategy[int]:
        """Instants in whole minutes; half of them lie at the ends of shifts."""

        def at(day: dt.date) -> st.SearchStrategy[int]:
            midnight = to_us(f"{day}T00:00:00", self._zone)
            free = st.integers(0, 24 * 60 - 1).map(lambda minute: midnight + minute * MINUTE)
            edges = self.edges(midnight, calendar)
            return st.one_of(free, one_of(edges)) if edges else free

        return self.days(calendar).flatmap(at)

    def edges(self, midnight: int, calendar: str | None = None) -> list[int]:
        """The ends of the shifts of the day from *midnight*, and the minutes beside them."""
        key = (calendar, midnight)
        if key not in self._shifts:
            found: set[int] = set()
            for each in self._named(calendar):
                try:
                    ends = (from_us(midnight, each.zone), from_us(midnight + DAY, each.zone))
                    windows = each.windows(*ends)
                except SlaError:  # no data for that year
                    continue
                found |= {to_us(end) for window in windows for end in window}
            beside = (-MINUTE, 0, MINUTE)
            self._shifts[key] = sorted(each + minute for each in found for minute in beside)
        return self._shifts[key]

    def durations(self) -> st.SearchStrategy[int]:
        """The time limits of the ruleset, a minute beside them, and any others."""
        limits = self._palette.figures((("time", 1),))
        edges = {each + beside for each in limits for beside in (-MINUTE, 0, MINUTE)}
        near = [int(each) for each in sorted(edges) if 0 <= each < 60 * DAY]
        free = st.integers(0, 5 * 24 * 60).map(lambda minutes: minutes * MINUTE)
        return st.one_of(one_of(near), free) if near else free


def _open(calendar: Calendar, day: dt.date) -> bool:
    try:
        return calendar.is_working_day(day)
    except SlaError:
        return day.weekday() < 5


def _daily(calendar: Calendar) -> bool:
    """Whether weekdays make no difference."""
    return _open(calendar, dt.date(2023, 3, 11))  # a Saturday that is no holiday anywhere


class Writer:
    """Draws drafts of the records of one ruleset."""

    def __init__(
        self, rules: Rules, *, complete: bool = False, least: int = 0, most: int = 2
    ) -> None:
        self.workshop = Workshop(rules)
        self.palette = self.workshop.drafter.palette
        self.clock = Clock(rules, self.palette)
        self.complete = complete
        self.least = least
        self.most = most

    def top(self, level: str) -> st.SearchStrategy[Draft]:
        """Records of a level, each around a day of its own."""

        @st.composite
        def record(draw: st.DrawFn) -> Draft:
            day = draw(self.clock.days())
            moment = attrs.evolve(self.clock.start, date=day)
            return self._drawn(draw, level, moment, level, top=True)

        return record()

    def _drawn(self, draw: st.DrawFn, level: str, moment: Moment, name: str, *, top: bool) -> Draft:
        """A record around a moment; *name* tells its key from those of its siblings."""
        declared = self.workshop.program.levels[level]
        draft = Draft(declared, moment)
        needed = {declared.key, *declared.order, *declared.interval, declared.period}
        for fact in declared.facts:
            if nested_level(fact) or not self._states(draw, fact, needed, top=top):
                continue
            if fact.name == declared.key or fact.type.kind == "text":
                draft.values[fact.name] = self._name(fact, moment, name)
            else:
                draft.values[fact.name] = draw(self.value(fact, draft))
        for fact in declared.nested:
            if (self.complete and not fact.optional) or draw(st.integers(0, 3)):
                self._children(draw, draft, fact, name)
        return draft

    def _states(self, draw: st.DrawFn, fact: ir.Fact, needed: set[str], *, top: bool) -> bool:
        if fact.from_parent and not top:
            return False
        if fact.name in needed and not fact.optional:
            return True
        if self.complete and not fact.optional and fact.default is None:
            return True
        chances = 1 if fact.optional or fact.default is not None else 7
        return draw(st.integers(0, chances)) > 0

    def _name(self, fact: ir.Fact, moment: Moment, name: str) -> Any:
        """A key that no sibling has, as far as its type has enough values."""
        number = int(name.rpartition("-")[2]) if "-" in name else 0
        match fact.type.kind:
            case "text":
                return name
            case "month":
                return moment.month
            case "date":
                return moment.date
            case "instant":
                return moment.us
            case "number":
                low, _ = self.palette.bounds(fact)
                return snapped(low, fact) + number * grain(fact)
        several = self.palette.spread(fact)
        return several[number % len(several)]

    def _children(self, draw: st.DrawFn, draft: Draft, fact: ir.Fact, name: str) -> None:
        level, moment = fact.type.name, draft.moment
        single = fact.type.kind == "record"
        declared = self.workshop.program.levels[level]
        key = declared.fact(declared.key)
        most = self.most
        if key is not None and key.type.kind in ("enum", "bool"):
            most = min(most, len(self.palette.spread(key)))
        count = 1 if single else draw(st.integers(min(self.least, most), most))
        draft.children[fact.name] = several = []
        for number in range(count):
            child = name if single else f"{name}-{number + 1}"
            one = self._drawn(draw, level, moment, child, top=False)
            several.append(one)
            moment = self.workshop.drafter.following(level, moment, one)

    def value(self, fact: ir.Fact, draft: Draft) -> st.SearchStrategy[Any]:
        """A value of a fact in its internal form."""
        match fact.type.kind:
            case "number":
                return self._number(fact)
            case "instant" | "date" | "month":
                return self._moment(fact, draft)
        return one_of(self.palette.spread(fact))

    def _number(self, fact: ir.Fact) -> st.SearchStrategy[Any]:
        low, high = self.palette.bounds(fact)
        step = grain(fact)
        first = snapped(low, fact)
        first = first if first >= low else first + step
        steps = int((high - first) // step)
        free = st.integers(0, max(0, steps)).map(lambda count: _plain(first + count * step))
        edges = [
            _plain(each)
            for value in self.palette.spread(fact)
            for each in (snapped(value, fact) - step, snapped(value, fact))
            if low <= each <= high
        ]
        return st.one_of(free, one_of(edges)) if edges else free

    def _moment(self, fact: ir.Fact, draft: Draft) -> st.SearchStrategy[Any]:
        before = draft.level.fact(fact.not_before) if fact.not_before else None
        since = None if before is None else draft.values.get(before.name)
        near = one_of(self.palette.moments(fact, since, draft.moment))
        if fact.type.kind != "instant":
            return near
        if since is not None:
            after = self.clock.durations().map(lambda us: since + us)
            return st.one_of(near, after, after)
        midnight = to_us(f"{draft.moment.date}T00:00:00", draft.moment.zone)
        edges = [each for day in range(3) for each in self.clock.edges(midnight + day * DAY)]
        return st.one_of(near, one_of(edges)) if edges else near


def _plain(value: Number) -> Number:
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value
