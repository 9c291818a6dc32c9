"""The readings of one incident to one draft of its facts, or the reasons why that cannot be.

Nothing is repaired: what the rows disagree about is refused, or reported where the profile names
the column or the rule that decides.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby, pairwise
from typing import Literal

import attrs

from sla_rules.diagnostics import Diagnostic, Severity

from .problems import Code
from .profile import Profile
from .readings import Event, Reading, Suspension

__all__ = ["Draft", "settle"]


@attrs.frozen(kw_only=True)
class Draft:
    """The facts of one incident as instants in UTC."""

    id: str
    reported: datetime
    responded: datetime | None
    recovered: datetime | None
    impact: str | None
    suspensions: tuple[Suspension, ...]


@attrs.frozen
class _Rows:
    """One incident's readings in order, the events among them."""

    id: str
    readings: tuple[Reading, ...]

    @property
    def line(self) -> int:
        return min(reading.line for reading in self.readings)

    @property
    def steps(self) -> tuple[tuple[Reading, Event], ...]:
        return tuple((each, each.event) for each in self.readings if each.event is not None)

    @property
    def events(self) -> tuple[Event, ...]:
        return tuple(event for _, event in self.steps)


def settle(
    name: str, readings: list[Reading], profile: Profile
) -> tuple[Draft | None, list[Diagnostic]]:
    """The draft of the incident *name*, and every problem of it; an error leaves no draft."""
    rows = _ordered(name, readings)
    problems = [*_disorder(rows), *_disagreement(rows, profile)]
    if _refused(problems):
        return None, problems
    reported = _known(rows, "reported")[0]
    recovered = next(iter(_known(rows, "recovered")), None)
    first = next((event for event in rows.events if event.state.kind != "new"), None)
    responded = first.at if first is not None else rows.readings[0].responded
    draft = Draft(
        id=name,
        reported=reported,
        responded=responded,
        recovered=recovered,
        impact=_impact(rows, profile),
        suspensions=tuple(_suspensions(rows, reported, recovered)),
    )
    problems += [*_impossible(rows, draft), *_odd(rows, draft)]
    return (None if _refused(problems) else draft), problems


def _refused(problems: list[Diagnostic]) -> bool:
    return any(problem.severity is Severity.ERROR for problem in problems)


def _ordered(name: str, readings: list[Reading]) -> _Rows:
    """By time, then by sequence: the order of the rows in the file decides nothing."""

    def key(reading: Reading) -> tuple[object, ...]:
        event = reading.event
        return (event.at, event.sequence, event.state.name) if event is not None else ()

    return _Rows(name, tuple(sorted(readings, key=key)))


def _disorder(rows: _Rows) -> Iterator[Diagnostic]:
    if not rows.events:
        if len(rows.readings) > 1:
            lines = sorted(reading.line for reading in rows.readings)
            for line in lines:
                others = ", ".join(str(other) for other in lines if other != line)
                message = f"{rows.id}: the same id is on line {others}"
                yield Code.DUPLICATE_ID.at(line, message, "one row per incident is expected")
        return
    for (one, before), (other, after) in pairwise(rows.steps):
        same_moment = (before.at, before.sequence) == (after.at, after.sequence)
        if same_moment and (before.state, one.impact) != (after.state, other.impact):
            message = (
                f"{rows.id}: {before.state.name!r} and {after.state.name!r} are written in the "
                "same moment, with nothing to order them or to choose between them"
            )
            yield Code.UNORDERED.at(max(one.line, other.line), message)
    if any(before.sequence > after.sequence for before, after in pairwise(rows.events)):
        message = f"{rows.id}: ordered by time, the sequence numbers do not rise"
        yield Code.SEQUENCE.at(rows.line, message, "the times are trusted")


def _known(rows: _Rows, what: Literal["reported", "recovered"]) -> list[datetime]:
    values = {getattr(reading, what) for reading in rows.readings}
    return sorted(value for value in values if value is not None)


def _disagreement(rows: _Rows, profile: Profile) -> Iterator[Diagnostic]:
    if not rows.events and len(rows.readings) > 1:
        return
    subjects: tuple[tuple[Literal["reported", "recovered"], str], ...] = (
        ("reported", profile.reported.header),
        ("recovered", profile.recovered.header),
    )
    for what, header in subjects:
        known = _known(rows, what)
        unknown = [reading.line for reading in rows.readings if getattr(reading, what) is None]
        if len(known) > 1:
            message = f"{rows.id}: {header} has {len(known)} different values"
            yield Code.CONFLICT.at(rows.line, message)
        elif known and unknown:
            message = f"{rows.id}: {header} is unknown on {len(unknown)} of the incident's rows"
            yield Code.PARTLY_UNKNOWN.at(min(unknown), message, "the one known value is used")
        elif not known and what == "reported":
            message = f"{rows.id}: {header} is unknown"
            yield Code.NO_REPORT.at(rows.line, message)
    classes = [reading.impact for reading in rows.readings if reading.impact is not None]
    if not classes:
        yield Code.NO_IMPACT.at(rows.line, f"{rows.id}: the impact is unknown")
    elif len(set(classes)) > 1 and profile.impact_rule == "agree":
        message = f"{rows.id}: the rows name different impact classes"
        yield Code.CONFLICT.at(rows.line, message, "choose impact_rule 'first' or 'last'")
    elif len(set(classes)) > 1:
        message = f"{rows.id}: the impact class goes {' → '.join(c for c, _ in groupby(classes))}"
        hint = f"the {profile.impact_rule} one is used"
        yield Code.RECLASSIFIED.at(rows.line, message, hint)


def _impact(rows: _Rows, profile: Profile) -> str | None:
    classes = [reading.impact for reading in rows.readings if reading.impact is not None]
    if not classes:
        return None
    return classes[0] if profile.impact_rule == "first" else classes[-1]


def _suspensions(
    rows: _Rows, reported: datetime, recovered: datetime | None
) -> Iterator[Suspension]:
    """The spans between a suspended state and the next other one, within the incident."""
    stated = rows.readings[0].suspension
    if stated is not None:
        yield stated
    runs = [list(run) for _, run in groupby(rows.events, key=lambda event: event.state)]
    ends = [run[0].at for run in runs[1:]]
    for run, left in zip(runs, [*ends, None], strict=bool(runs)):
        start, state = max(run[0].at, reported), run[0].state
        end = min((each for each in (left, recovered) if each is not None), default=None)
        if state.kind == "suspended" and (end is None or start < end):
            yield Suspension(start, end, state.reason)


def _impossible(rows: _Rows, draft: Draft) -> Iterator[Diagnostic]:
    if draft.recovered is not None and draft.recovered < draft.reported:
        yield Code.RECOVERED_EARLY.at(rows.line, f"{draft.id}: recovered before it was reported")
    if draft.responded is not None and draft.responded < draft.reported:
        line = next((r.line for r, e in rows.steps if e.state.kind != "new"), rows.line)
        yield Code.RESPONDED_EARLY.at(line, f"{draft.id}: responded to before it was reported")
    for span in draft.suspensions:
        if span.end is not None and span.end < span.start:
            message = f"{draft.id}: the suspension ends before it starts"
        elif span.start < draft.reported or (
            draft.recovered is not None and (span.end is None or span.end > draft.recovered)
        ):
            message = f"{draft.id}: the suspension is not within the incident"
        else:
            continue
        yield Code.BAD_SUSPENSION.at(rows.line, message)


def _odd(rows: _Rows, draft: Draft) -> Iterator[Diagnostic]:
    """What is possible, used as recorded, and worth a look."""
    recovered = draft.recovered
    if recovered is not None and draft.responded is not None and draft.responded > recovered:
        message = f"{draft.id}: the first response is written after the recovery"
        yield Code.RESPONDED_LATE.at(rows.line, message, "both are kept as recorded")
    if not rows.events:
        return
    for reading, event in rows.steps:
        if event.at < draft.reported and event.state.kind == "new":
            message = f"{draft.id}: an event is dated before the report"
            yield Code.EARLY_EVENT.at(reading.line, message)
    for (_, before), (reading, event) in pairwise(rows.steps):
        if before.state.kind == "ended" and event.state.kind != "ended":
            if recovered is not None and event.at > recovered:
                message = f"{draft.id}: {event.state.name!r} is written after the recovery"
                yield Code.WORK_AFTER.at(reading.line, message)
            else:
                message = f"{draft.id}: {event.state.name!r} follows {before.state.name!r}"
                hint = "the time in between counts; the trusted recovery time is the last"
                yield Code.REOPENED.at(reading.line, message, hint)
    ends = {event.at for event in rows.events if event.state.kind == "ended"}
    if recovered is None and rows.events[-1].state.kind == "ended":
        message = f"{draft.id}: it ended, but its recovery time is unknown"
        yield Code.ENDED_UNKNOWN.at(rows.line, message, "recovered_at is left out, not guessed")
    if recovered is not None and recovered not in ends:
        message = f"{draft.id}: no ending event has the recovery time"
        yield Code.UNCONFIRMED.at(rows.line, message)
