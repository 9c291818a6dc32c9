"""What "N working days" means: five named rules, none of them 24 hours.

Systems differ by days here, so the rule is always named.  Every rule maps an instant and a
count to an instant in microseconds; the calendar date of an instant is its local date, also
during a night shift, and a shift belongs to the date on which it starts.
"""

from collections.abc import Callable
from typing import Final

from attrs import frozen

from sla_rules.diagnostics import nearest
from sla_rules.worktime.always import AlwaysClock
from sla_rules.worktime.clock import IndexedClock
from sla_rules.worktime.errors import CalendarError, Code, error
from sla_rules.worktime.instants import DAY, NEVER, local, wall
from sla_rules.worktime.pauses import Pauses

__all__ = ["DAY_RULES", "DEFAULT_RULE", "RECEIPTS", "day_deadline"]

Clock = IndexedClock | AlwaysClock

RECEIPTS: Final = ("as_is", "next_opening")
DEFAULT_RULE: Final = "end_of_nth_working_day"


@frozen
class Question:
    """*n* working days from *start* (already rolled by the receipt option)."""

    clock: Clock
    start: int
    n: int
    cutoff: int | None
    day_length: int

    def dated(self, start: int) -> tuple[int, int]:
        """The local date and time of day of an instant."""
        return local(start, self.clock.tz)

    def counted(self, start: int) -> int:
        """How many days remain to count after the date of *start*: one less before the cutoff."""
        if self.cutoff is None:
            return self.n
        day, time = self.dated(start)
        in_time = (
            time <= self.cutoff and self.clock.is_working(day) and start < self.clock.close_of(day)
        )
        return self.n - in_time


def _end_of_nth(ask: Question) -> int:
    """Close of business of the n-th working day after the report's date."""
    day, n = ask.dated(ask.start)[0], ask.counted(ask.start)
    if n:
        return ask.clock.close_of(ask.clock.nth_day(day, n))
    return max(ask.start, ask.clock.close_of(day)) if ask.clock.is_working(day) else ask.start


def _end_of_day_inclusive(ask: Question) -> int:
    """The same, but a report on a closed date counts as made at the next opening."""
    start, day = ask.start, ask.dated(ask.start)[0]
    if not ask.clock.is_working(day):
        day = ask.clock.nth_day(day, 1)
        start = ask.clock.open_of(day)
    n = ask.counted(start)
    return max(start, ask.clock.close_of(ask.clock.nth_day(day, n) if n else day))


def _consume(ask: Question) -> int:
    """N times the length of a working day, used up in the windows."""
    return ask.clock.deadline(ask.start, ask.n * ask.day_length)


def _same_clock(ask: Question) -> int:
    """The same time of day on the n-th working day, moved into that day's hours."""
    clock, n = ask.clock, ask.n
    if n == 0:
        return clock.next_open(ask.start)
    day, time = ask.dated(ask.start)
    if not clock.is_working(day):
        day = clock.nth_day(day, 1 if n > 0 else -1)
        edge, time = ask.dated(clock.open_of(day) if n > 0 else clock.close_of(day))
        time += (edge - day) * DAY
    target = clock.nth_day(day, n)
    t, last = wall(target, time, clock.tz), clock.close_of(target)
    if clock.is_open(t) or clock.closes_at(t):
        return t
    return last if t > last else clock.next_open(t)


def _roll_forward(ask: Question) -> int:
    """The same time of day on the n-th working day, rolled forward to the next open instant."""
    if ask.n == 0:
        return ask.clock.next_open(ask.start)
    day, time = ask.dated(ask.start)
    return ask.clock.next_open(wall(ask.clock.nth_day(day, ask.n), time, ask.clock.tz))


_RULES: Final[dict[str, Callable[[Question], int]]] = {
    DEFAULT_RULE: _end_of_nth,
    "consume": _consume,
    "same_clock": _same_clock,
    "roll_forward": _roll_forward,
    "end_of_day_inclusive": _end_of_day_inclusive,
}
DAY_RULES: Final[tuple[str, ...]] = tuple(_RULES)
"""The names of the rules for working-day budgets, the default first."""

_BACKWARD = frozenset({DEFAULT_RULE, "same_clock"})
_WITH_CUTOFF = frozenset({DEFAULT_RULE, "end_of_day_inclusive"})


def day_deadline(
    clock: Clock,
    start: int,
    n: int,
    rule: str,
    pauses: Pauses,
    *,
    cutoff: int | None,
    receipt: str,
    day_length: int,
) -> int:
    """The deadline under *rule*, moved by the working time paused before it.

    The base deadline ignores pauses.  Working time that was paused between *start* and the
    base is added to it, outside the later pauses; ``NEVER`` if an open pause starts before the
    result.
    """
    _check(n, rule, cutoff, receipt, pauses)
    received = clock.next_open(start) if receipt == "next_opening" else start
    base = _RULES[rule](Question(clock, received, n, cutoff, day_length))
    relevant = [pause for pause in pauses if start < pause[1] and pause[0] < base]
    if not relevant:
        return base
    if relevant[-1][1] >= NEVER:
        return NEVER
    paused = clock.elapsed(start, base) - clock.elapsed(start, base, pauses)
    return clock.deadline(base, paused, pauses)


def _check(n: int, rule: str, cutoff: int | None, receipt: str, pauses: Pauses) -> None:
    """Refuse what the rule cannot honour."""
    if rule not in _RULES:
        raise error(Code.RULE, "rule", f"no day rule is called {rule!r}", nearest(rule, DAY_RULES))
    if receipt not in RECEIPTS:
        hint = "use 'as_is' or 'next_opening'"
        raise error(Code.OPTION, "receipt", f"{receipt!r} is not a way to receive", hint)
    if n < 0 and (rule not in _BACKWARD or receipt != "as_is" or pauses):
        message = "negative counts work only with " + " and ".join(sorted(_BACKWARD))
        raise _unfit(message, "leave receipt and suspensions out, or use deadline_before")
    if cutoff is not None and (rule not in _WITH_CUTOFF or n < 1):
        message = "a cutoff makes sense only with " + " and ".join(sorted(_WITH_CUTOFF))
        raise _unfit(message, "and with at least one working day")


def _unfit(message: str, hint: str) -> CalendarError:
    return error(Code.RULE_OPTION, "rule", message, hint)
