"""Hypothesis strategies for the facts of any ruleset.

They need Hypothesis, which the rest of the library does not: ``pip install sla-rules[hypothesis]``.
Everything is drawn as plain data, as it stands in a file: a failing example can be pasted into a
case.  Values are aimed at edges: the ends of ranges, the figures of the ruleset and one unit beside
them, and for instants the ends of shifts, holidays, make-up days, months and limits.

>>> import sla_rules as sla
>>> from hypothesis import given, settings
>>> from sla_rules.testing.strategies import facts
>>> rules = sla.load("gz-npc-2023")
>>> @settings(max_examples=5, derandomize=True, database=None, deadline=None)
... @given(facts(rules, "incident"))
... def every_incident_can_be_assessed(incident):
...     assert rules.assess(incident, level="incident").status
>>> every_incident_can_be_assessed()
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sla_rules.diagnostics import RulesetError, SlaError, nearest
from sla_rules.lint.drafts import Draft, public
from sla_rules.lint.palette import Moment
from sla_rules.rules import Rules
from sla_rules.testing.drawing import strategies as st
from sla_rules.testing.plainly import plainly
from sla_rules.testing.writer import Writer, one_of
from sla_rules.worktime import from_us

__all__ = ["durations", "facts", "instants", "readings", "values"]


def facts(
    rules: Rules,
    level: str | None = None,
    *,
    complete: bool = False,
    valid: bool = True,
    least: int = 0,
    most: int = 2,
) -> st.SearchStrategy[dict[str, Any]]:
    """Documents of a level, by default of the whole contract, as plain data.

    Where *complete*, every fact is stated that is not optional; else any may be missing.
    Where *valid*, the ruleset accepts the document: sums that must agree are made to agree, and
    values that requirements refuse are replaced.  What the ruleset itself then fails on, such as
    a table without a row, is kept.  A list has *least* to *most* records.  Raises ValueError for
    an unknown level.
    """
    name = _level(rules, level)
    if not 0 <= least <= most:
        raise ValueError(f"expected 0 <= least <= most, got least={least}, most={most}")
    writer = Writer(rules, complete=complete, least=least, most=most)
    workshop = writer.workshop

    def accepted(draft: Draft) -> dict[str, Any] | None:
        """The document of a draft that is mended where needed; a spare one where it cannot be."""
        document = workshop.document(draft)
        if not _refused(rules, document, name):
            return document
        ground = workshop.settled(draft)
        if ground is not None:
            return workshop.document(ground.draft)
        spare = next(iter(workshop.grounds(name, ())), None)
        return None if spare is None else workshop.document(spare.draft)

    drawn = writer.top(name)
    if not valid:
        return drawn.map(workshop.document)
    found: st.SearchStrategy[Any] = drawn.map(accepted)
    return found.filter(lambda document: document is not None)


def values(rules: Rules, level: str, fact: str) -> st.SearchStrategy[Any]:
    """Values of one fact as plain data: numbers, truths, choices, text, instants, dates, months.

    Raises ValueError for an unknown level, for an unknown fact, and for one that holds records:
    :func:`facts` draws those.

    >>> import sla_rules as sla
    >>> from hypothesis import find, settings
    >>> quiet = settings(derandomize=True, database=None)
    >>> rules = sla.load("gz-npc-2023")
    >>> find(values(rules, "incident", "impact"), lambda impact: True, settings=quiet)
    'business_affecting'
    """
    home = rules.program.levels[_level(rules, level)]
    declared = home.fact(fact)
    if declared is None:
        hint = nearest(fact, [each.name for each in home.facts])
        raise ValueError(f"there is no fact {fact!r} at level {level!r}; {hint}".rstrip("; "))
    if declared.type.kind in ("list", "record"):
        raise ValueError(f"{fact!r} holds records: use facts(rules, {declared.type.name!r})")
    if declared.type.kind == "text":
        return st.integers(1, 99).map(lambda number: f"{fact}-{number}")
    writer = Writer(rules)
    zone = rules.program.timezone
    start = writer.clock.start

    def at(day: dt.date) -> st.SearchStrategy[Any]:
        return writer.value(declared, Draft(home, Moment(day, zone)))

    timely = declared.type.kind in ("instant", "date", "month")
    drawn = writer.clock.days().flatmap(at) if timely else at(start.date)
    return drawn.map(lambda value: plainly(public(declared, value, zone)))


def instants(rules: Rules, *, calendar: str | None = None) -> st.SearchStrategy[dt.datetime]:
    """Aware instants in whole minutes within the time for which the ruleset is in force.

    Half of them lie at an end of a shift or a break, or a minute beside it, and every third day is
    special: a holiday, a make-up day, a day beside one, the end of a month or year.  *calendar*
    names the calendar meant; else all of the ruleset are.  Raises ValueError for an unknown one.
    """
    clock = Writer(rules).clock
    if calendar is not None and calendar not in clock.calendars:
        hint = nearest(calendar, clock.calendars)
        raise ValueError(f"there is no calendar {calendar!r}; {hint}".rstrip("; "))
    zone = rules.program.timezone
    return clock.instants(calendar).map(lambda us: from_us(us, zone))


def durations(rules: Rules) -> st.SearchStrategy[dt.timedelta]:
    """Durations in whole minutes: the time limits of the ruleset, a minute beside them, others."""
    return Writer(rules).clock.durations().map(lambda us: dt.timedelta(microseconds=us))


def readings(rules: Rules, *, most: int = 3) -> st.SearchStrategy[dict[str, str]]:
    """Choices for :meth:`Rules.with_readings`: at most so many other than the default.

    Choices under which decisions depend on each other are not drawn.
    """
    pairs = [
        (name, option)
        for name, reading in rules.program.readings.items()
        for option in reading.options
        if option != reading.default
    ]
    if not pairs:
        return st.just({})
    known: dict[tuple[tuple[str, str], ...], bool] = {}

    def possible(choices: Mapping[str, str]) -> bool:
        key = tuple(sorted(choices.items()))
        if key not in known:
            known[key] = _can_be(rules, choices)
        return known[key]

    return st.lists(one_of(pairs), max_size=most).map(dict).filter(possible)


def _refused(rules: Rules, document: Any, level: str) -> bool:
    """Whether the facts are at fault, and not the ruleset."""
    try:
        rules.assess(document, level)
    except RulesetError:
        return False
    except SlaError:
        return True
    return False


def _can_be(rules: Rules, choices: Mapping[str, str]) -> bool:
    try:
        rules.with_readings(choices)
    except RulesetError:
        return False
    return True


def _level(rules: Rules, level: str | None) -> str:
    if level is None:
        return rules.top_level
    if level not in rules.program.levels:
        hint = nearest(level, rules.program.levels)
        raise ValueError(f"there is no level {level!r}; {hint}".rstrip("; "))
    return level
