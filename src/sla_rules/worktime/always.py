"""The clock of a calendar that never closes: plain subtraction, every date a working day."""

from datetime import MAXYEAR, date, tzinfo
from typing import NoReturn

from sla_rules.worktime.errors import Code, error
from sla_rules.worktime.instants import EARLIEST, LATEST, NEVER, beyond_years, wall
from sla_rules.worktime.pauses import Pauses

__all__ = ["AlwaysClock"]

_LAST_DAY = date(MAXYEAR - 1, 12, 30).toordinal()


class AlwaysClock:
    """The same questions as the indexed clock, answered without any data."""

    __slots__ = ("tz",)

    def __init__(self, tz: tzinfo) -> None:
        self.tz = tz

    def elapsed(self, a: int, b: int, pauses: Pauses = ()) -> int:
        """Time in [a, b) outside *pauses*; a <= b."""
        total = b - a
        for start, stop in pauses:
            if start >= b:
                break
            if stop > a:
                total -= min(stop, b) - max(start, a)
        return total

    def deadline(self, a: int, budget: int, pauses: Pauses = ()) -> int:
        """The first instant with *budget* time since *a*; ``NEVER`` if a pause stays open."""
        t = a + max(0, budget)
        for start, stop in pauses:
            if stop <= a or budget <= 0:
                continue
            if start >= t:
                break
            if stop >= NEVER:
                return NEVER
            t += stop - max(start, a)
        if t > LATEST:
            raise beyond_years(t)
        return t

    def deadline_before(self, b: int, budget: int, pauses: Pauses = ()) -> int:
        """The last instant with *budget* time until *b*."""
        t = b - max(0, budget)
        for start, stop in reversed(pauses):
            if start >= b or budget <= 0:
                continue
            if stop <= t:
                break
            t -= min(stop, b) - start
        if t < EARLIEST:
            raise beyond_years(t)
        return t

    def is_open(self, t: int) -> bool:
        """Always."""
        return True

    def closes_at(self, t: int) -> bool:
        """Never."""
        return False

    def next_open(self, t: int) -> int:
        """*t* itself."""
        return t

    def next_close(self, t: int) -> NoReturn:
        """An error: the calendar never closes."""
        message = "the calendar never closes"
        raise error(Code.UNREACHABLE, "calendar", message, "ask a calendar that has hours")

    previous_close = next_close

    def windows(self, a: int, b: int) -> list[tuple[int, int]]:
        """The whole of [a, b)."""
        return [(a, b)] if a < b else []

    def is_working(self, ordinal: int) -> bool:
        """Every date is a working day."""
        return True

    def nth_day(self, ordinal: int, n: int) -> int:
        """The n-th date after this one."""
        day = ordinal + n
        if not 2 <= day <= _LAST_DAY:
            raise beyond_years(n)
        return day

    def count_days(self, first: int, last: int) -> int:
        """Dates in [first, last)."""
        return max(0, last - first)

    def open_of(self, ordinal: int) -> int:
        """Midnight."""
        return wall(ordinal, 0, self.tz)

    def close_of(self, ordinal: int) -> int:
        """The next midnight."""
        return wall(ordinal + 1, 0, self.tz)
