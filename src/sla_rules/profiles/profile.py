"""What a ticket system's export looks like, as data.

A :class:`Profile` is all that is known about one kind of export.  Another ticket system is another
value; a local difference is ``attrs.evolve(profile, …)``.  Nothing in here reads anything.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final, Literal
from unicodedata import normalize

import attrs

__all__ = ["IMPACTS", "Column", "Pause", "Profile", "State", "Timeline", "folded"]

StateKind = Literal["new", "working", "suspended", "ended"]

IMPACTS: Final = ("business_affecting", "not_business_affecting")
DIRECTIVES: Final = frozenset("YmdHMSfz")


def folded(header: str) -> str:
    r"""A header as it is compared: without outer blanks, full-width forms and case.

    >>> folded(" Reported AT "), folded("\uff29\uff24")
    ('reported at', 'id')
    """
    return normalize("NFKC", header).strip().casefold()


def _pairs(values: Mapping[str, str] | Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(values.items() if isinstance(values, Mapping) else values)


def _texts(values: Iterable[str]) -> tuple[str, ...]:
    if isinstance(values, str):
        raise TypeError(f"expected several texts, got the one text {values!r}")
    return tuple(values)


def _states(values: Iterable["State"]) -> tuple["State", ...]:
    return tuple(values)


@attrs.frozen
class Column:
    """One column: its header, the other headers it answers to, and whether it must be there."""

    header: str
    aliases: tuple[str, ...] = attrs.field(default=(), converter=_texts)
    required: bool = True

    @property
    def names(self) -> frozenset[str]:
        """Every header of the column, folded for comparison."""
        return frozenset(folded(name) for name in (self.header, *self.aliases))


@attrs.frozen
class State:
    """One state of a ticket and what it means for the clock.

    ``new``: nobody has acted yet.  ``working``: a person acts.  ``suspended``: the clock may stop,
    for *reason*.  ``ended``: the ticket counts as done.
    """

    name: str
    kind: StateKind
    reason: str = ""

    def __attrs_post_init__(self) -> None:
        if (self.kind == "suspended") != bool(self.reason):
            raise ValueError(f"state {self.name!r}: a reason belongs to suspended states, only")


@attrs.frozen(kw_only=True)
class Timeline:
    """Where an event log keeps its events: moment, state, and the order within one moment."""

    at: Column
    state: Column
    states: tuple[State, ...] = attrs.field(converter=_states)
    sequence: Column | None = None

    def __attrs_post_init__(self) -> None:
        if len({state.name for state in self.states}) < len(self.states):
            raise ValueError("a state is listed twice")


@attrs.frozen(kw_only=True)
class Pause:
    """Where a one-row-per-incident export keeps its single suspension."""

    start: Column
    end: Column
    reason: Column
    approved_by: Column


@attrs.frozen(kw_only=True)
class Profile:
    """One kind of export: columns, formats, values, and which column is trusted for what.

    An event log has a *timeline*: response and suspensions are derived from it.  An export with
    one row per incident has a *responded* column, and perhaps a *pause*.  *recovered* is the
    column that is trusted for the recovery time.  *impact_rule* says what happens when the rows of
    one incident name different impact classes: ``agree`` refuses, ``first`` and ``last`` take the
    one recorded first or last and report it.

    Time formats use numeric directives only (``%Y %m %d %H %M %S %f %z``): month names depend on
    a locale and two-digit years on a guess.  All formats are tried, and a text that two of them
    read differently is refused.

    >>> ticket = Column("id")
    >>> Profile(name="x", id=ticket, reported=Column("r"), recovered=Column("f"),
    ...         responded=Column("a"), impact=Column("i"), time_formats=["%d %b %Y"],
    ...         impact_classes={"high": "business_affecting"})
    Traceback (most recent call last):
    ValueError: profile 'x': time format '%d %b %Y' needs %Y %m %d and numeric directives only
    """

    name: str
    id: Column
    reported: Column
    recovered: Column
    impact: Column
    time_formats: tuple[str, ...] = attrs.field(converter=_texts)
    impact_classes: tuple[tuple[str, str], ...] = attrs.field(converter=_pairs)
    impact_rule: Literal["agree", "first", "last"] = "agree"
    timeline: Timeline | None = None
    responded: Column | None = None
    pause: Pause | None = None
    unknown: tuple[str, ...] = attrs.field(default=("", "?"), converter=_texts)
    delimiters: tuple[str, ...] = attrs.field(default=(",", ";", "\t"), converter=_texts)
    encodings: tuple[str, ...] = attrs.field(default=("utf-8-sig", "gb18030"), converter=_texts)

    def __attrs_post_init__(self) -> None:
        for fault in self._faults():
            raise ValueError(f"profile {self.name!r}: {fault}")

    def _faults(self) -> Iterable[str]:
        if (self.timeline is None) == (self.responded is None):
            yield "either a timeline or a responded column is needed, not both"
        if self.timeline is not None and self.pause is not None:
            yield "a timeline has its suspensions in its states"
        for text in self.time_formats:
            used = re.findall("%(.)", text)
            if not {*"Ymd"} <= {*used} <= DIRECTIVES:
                yield f"time format {text!r} needs %Y %m %d and numeric directives only"
        for value, meaning in self.impact_classes:
            if meaning not in IMPACTS:
                yield f"impact {value!r} must mean one of {', '.join(IMPACTS)}"
        if self.impact_rule not in ("agree", "first", "last"):
            yield "impact_rule is agree, first or last"
        taken: set[str] = set()
        for column in self.columns:
            if taken & column.names:
                yield f"column {column.header!r} shares a header with another column"
            taken |= column.names

    @property
    def columns(self) -> tuple[Column, ...]:
        """Every column that the profile reads."""
        found: list[Column | None] = [self.id, self.reported, self.responded, self.recovered]
        found.append(self.impact)
        if self.timeline is not None:
            found += [self.timeline.at, self.timeline.state, self.timeline.sequence]
        if self.pause is not None:
            pause = self.pause
            found += [pause.start, pause.end, pause.reason, pause.approved_by]
        return tuple(column for column in found if column is not None)
