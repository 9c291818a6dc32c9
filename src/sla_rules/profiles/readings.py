"""One row to one reading: cells become instants, states and classes, or problems of that line."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import attrs

from sla_rules.diagnostics import Diagnostic, nearest

from .problems import Code, shown
from .profile import Column, Pause, Profile, State, Timeline
from .table import Row
from .times import Unreadable

__all__ = ["Event", "Reading", "Suspension", "read_row"]

DIGITS: Final = 18
Clock = Callable[[str], datetime | Unreadable]


@attrs.frozen
class Event:
    """A state that an incident entered or stayed in, and when that was written."""

    at: datetime
    sequence: int
    state: State


@attrs.frozen
class Suspension:
    """A span in which the clock may stop; without *end* it is still running."""

    start: datetime
    end: datetime | None
    reason: str
    approved_by: str | None = None


@attrs.frozen(kw_only=True)
class Reading:
    """What one row says.  None is unknown, never zero."""

    line: int
    reported: datetime | None
    recovered: datetime | None
    impact: str | None
    event: Event | None = None
    responded: datetime | None = None
    suspension: Suspension | None = None


def read_row(row: Row, name: str, profile: Profile, clock: Clock) -> Reading | list[Diagnostic]:
    """What *row* says about the incident *name*, or everything in it that cannot be read."""
    problems: list[Diagnostic] = []

    def instant(column: Column | None) -> datetime | None:
        text = None if column is None else row.text(column)
        if column is None or text is None:
            return None
        found = clock(text)
        if isinstance(found, Unreadable):
            problems.append(found.at(row.line, f"{name}: {column.header}"))
            return None
        return found

    reading = Reading(
        line=row.line,
        reported=instant(profile.reported),
        recovered=instant(profile.recovered),
        responded=instant(profile.responded),
        impact=_impact(row, name, profile, problems),
        event=_event(row, name, profile.timeline, instant, problems),
        suspension=_suspension(row, name, profile.pause, instant, problems),
    )
    return problems or reading


def _impact(row: Row, name: str, profile: Profile, problems: list[Diagnostic]) -> str | None:
    classes = dict(profile.impact_classes)
    text = row.text(profile.impact)
    if text is None or text in classes:
        return None if text is None else classes[text]
    message = f"{name}: impact {shown(text)} is not mapped to a class"
    problems.append(Code.UNKNOWN_IMPACT.at(row.line, message, nearest(text, classes)))
    return None


def _event(
    row: Row,
    name: str,
    timeline: Timeline | None,
    instant: Callable[[Column], datetime | None],
    problems: list[Diagnostic],
) -> Event | None:
    if timeline is None:
        return None
    before = len(problems)
    at = instant(timeline.at)
    if at is None and len(problems) == before:
        message = f"{name}: {timeline.at.header} is unknown"
        hint = "without it the order of the incident's events is unknown"
        problems.append(Code.NO_EVENT_TIME.at(row.line, message, hint))
    text = row.text(timeline.state) or ""
    state = next((state for state in timeline.states if state.name == text), None)
    if state is None:
        message = f"{name}: state {shown(text)} is not among the profile's states"
        hint = nearest(text, [state.name for state in timeline.states])
        problems.append(Code.UNKNOWN_STATE.at(row.line, message, hint))
    number = "0"
    if timeline.sequence in row.table.places and timeline.sequence is not None:
        number = row.text(timeline.sequence) or ""
        if not (number.isascii() and number.isdecimal() and len(number) <= DIGITS):
            message = f"{name}: {timeline.sequence.header} {shown(number)} is not a whole number"
            problems.append(Code.BAD_SEQUENCE.at(row.line, message))
    if at is None or state is None or len(problems) > before:
        return None
    return Event(at, int(number), state)


def _suspension(
    row: Row,
    name: str,
    pause: Pause | None,
    instant: Callable[[Column], datetime | None],
    problems: list[Diagnostic],
) -> Suspension | None:
    if pause is None:
        return None
    before = len(problems)
    start, end, reason = instant(pause.start), instant(pause.end), row.text(pause.reason)
    if len(problems) > before or (start is None and end is None and reason is None):
        return None
    if start is None or reason is None:
        lacking = pause.start.header if start is None else pause.reason.header
        message = f"{name}: the suspension has no {lacking}"
        problems.append(Code.BAD_SUSPENSION.at(row.line, message))
        return None
    return Suspension(start, end, reason, row.text(pause.approved_by))
