"""The integer core: working time between instants, and instants at working times.

Both clocks answer the same questions in microseconds since the epoch; the indexed one in
O(log n) by bisection, the other for calendars that never close by subtraction.
"""

from bisect import bisect_left, bisect_right
from datetime import date, tzinfo
from typing import NoReturn

from sla_rules.worktime.errors import CalendarError, Code, error
from sla_rules.worktime.index import Hot, Snapshot, build, next_span
from sla_rules.worktime.instants import DAY, NEVER, local, wall
from sla_rules.worktime.pauses import Pauses
from sla_rules.worktime.schedule import Schedule

__all__ = ["IndexedClock"]


class IndexedClock:
    """A clock that runs in the windows of a schedule; the index grows by whole years."""

    __slots__ = ("_bounds", "_schedule", "_snap", "tz")

    def __init__(self, schedule: Schedule, tz: tzinfo) -> None:
        self._schedule = schedule
        self.tz = tz
        coverage = schedule.coverage
        spill = max(0, schedule.overhang - DAY)
        first, last = coverage.first.toordinal(), coverage.last.toordinal()
        self._bounds = (first, last, wall(first, spill, tz), wall(last + 1, 0, tz))
        empty: Hot = (NEVER, -NEVER, (), (), (), 0)
        self._snap = Snapshot(last + 1, first - 1, empty, (), (), ())

    def elapsed(self, a: int, b: int, pauses: Pauses = ()) -> int:
        """Working time in [a, b) outside *pauses*; a <= b."""
        lo, hi, starts, ends, cum, _ = self._snap.hot
        if a < lo or b > hi:
            _, _, starts, ends, cum, _ = self._covering(a, b).hot
        i = bisect_right(starts, a) - 1
        end = ends[i]
        before = cum[i] - starts[i] + (min(end, a))
        i = bisect_right(starts, b) - 1
        end = ends[i]
        total = cum[i] - starts[i] + (min(end, b)) - before
        for start, stop in pauses:
            if start >= b:
                break
            if stop <= a:
                continue
            first, last = max(start, a), min(stop, b)
            i = bisect_right(starts, last) - 1
            end = ends[i]
            total -= cum[i] - starts[i] + (min(end, last))
            i = bisect_right(starts, first) - 1
            end = ends[i]
            total += cum[i] - starts[i] + (min(end, first))
        return total

    def deadline(self, a: int, budget: int, pauses: Pauses = ()) -> int:
        """The first instant at or after *a* with *budget* working time since *a*.

        ``NEVER`` if an open pause stops the clock before.
        """
        if budget <= 0:
            return a
        snap = self._snap
        lo, hi, starts, ends, cum, total = snap.hot
        if not lo <= a <= hi:
            snap = self._covering(a, a)
            _, hi, starts, ends, cum, total = snap.hot
        if not pauses:
            i = bisect_right(starts, a) - 1
            end = ends[i]
            target = cum[i] - starts[i] + (min(end, a)) + budget
            if target <= total:
                i = bisect_left(cum, target) - 1
                t = starts[i] + target - cum[i]
                if t <= hi:
                    return t
        while (found := _deadline_within(snap.hot, a, budget, pauses)) is None:
            snap = self._grow_forward(snap, a, budget)
        return found

    def deadline_before(self, b: int, budget: int, pauses: Pauses = ()) -> int:
        """The last instant at or before *b* with *budget* working time until *b*."""
        if budget <= 0:
            return b
        snap = self._covering(b, b)
        while (found := _deadline_before_within(snap.hot, b, budget, pauses)) is None:
            snap = self._grow_backward(snap)
        return found

    def is_open(self, t: int) -> bool:
        """Whether a window contains *t*."""
        _, _, starts, ends, _, _ = self._covering(t, t).hot
        return t < ends[bisect_right(starts, t) - 1]

    def closes_at(self, t: int) -> bool:
        """Whether a window ends exactly at *t*."""
        _, _, _, ends, _, _ = self._covering(t, t).hot
        return ends[bisect_left(ends, t, hi=len(ends) - 1)] == t

    def next_open(self, t: int) -> int:
        """*t* itself if a window contains it, else the next opening."""
        snap = self._covering(t, t)
        while True:
            _, hi, starts, ends, _, _ = snap.hot
            i = bisect_right(starts, t) - 1
            if t < ends[i]:
                return t
            if i + 1 < len(starts) and starts[i + 1] <= hi:
                return starts[i + 1]
            snap = self._grow_forward(snap, t, 1)

    def next_close(self, t: int) -> int:
        """The first closing after *t*."""
        snap = self._covering(t, t)
        while True:
            _, hi, starts, ends, _, _ = snap.hot
            i = bisect_right(starts, t) - 1
            i += t >= ends[i]
            if i < len(ends) and (ends[i] < hi or (ends[i] == hi and hi == self._bounds[3])):
                return ends[i]
            snap = self._grow_forward(snap, t, 1)

    def previous_close(self, t: int) -> int:
        """The last closing at or before *t*."""
        snap = self._covering(t, t)
        while True:
            lo, _, _, ends, _, _ = snap.hot
            i = bisect_right(ends, t) - 1
            if i > 0 and ends[i] >= lo:
                return ends[i]
            snap = self._grow_backward(snap)

    def windows(self, a: int, b: int) -> list[tuple[int, int]]:
        """The windows inside [a, b), clipped."""
        _, _, starts, ends, _, _ = self._covering(a, b).hot
        first, last = bisect_right(ends, a), bisect_left(starts, b)
        return [
            (max(start, a), min(end, b))
            for start, end in zip(starts[first:last], ends[first:last], strict=True)
            if a < b
        ]

    def is_working(self, ordinal: int) -> bool:
        """Whether the date has working time."""
        return self._covering_day(ordinal).day_index(ordinal) >= 0

    def nth_day(self, ordinal: int, n: int) -> int:
        """The n-th working day after the date (before it, if n is negative; n is not 0)."""
        snap = self._covering_day(ordinal)
        while True:
            upto = snap.days_until(ordinal)
            at = upto + n - 1 if n > 0 else upto + n - (snap.day_index(ordinal) >= 0)
            if 0 <= at < len(snap.days):
                return snap.days[at]
            if n < 0:
                snap = self._grow_backward(snap)
            else:
                snap = self._grow_forward(snap, wall(ordinal, 0, self.tz), n)

    def count_days(self, first: int, last: int) -> int:
        """Working days in [first, last)."""
        if last <= first:
            return 0
        self._covering_day(first)
        snap = self._covering_day(last - 1)
        return snap.days_until(last - 1) - snap.days_until(first - 1)

    def open_of(self, ordinal: int) -> int:
        """The first opening of a working day."""
        snap = self._covering_day(ordinal)
        return snap.opens[snap.day_index(ordinal)]

    def close_of(self, ordinal: int) -> int:
        """The last closing of a working day, possibly on the next date."""
        snap = self._covering_day(ordinal)
        return snap.closes[snap.day_index(ordinal)]

    def _covering(self, a: int, b: int) -> Snapshot:
        snap = self._snap
        if snap.hot[0] <= a and b <= snap.hot[1]:
            return snap
        _, _, low, high = self._bounds
        if a < low:
            raise self._outside(local(a, self.tz)[0])
        if b > high:
            raise self._outside(local(b, self.tz)[0])
        return self._extend(snap, local(a, self.tz)[0] - 2, local(b, self.tz)[0] + 2)

    def _covering_day(self, ordinal: int) -> Snapshot:
        snap = self._snap
        if snap.first <= ordinal <= snap.last:
            return snap
        if not self._bounds[0] <= ordinal <= self._bounds[1]:
            raise self._outside(ordinal)
        return self._extend(snap, ordinal, ordinal)

    def _extend(self, snap: Snapshot, first: int, last: int) -> Snapshot:
        span = (snap.first, snap.last) if snap.first <= snap.last else None
        start, end = next_span(self._schedule, span, first, last)
        self._snap = snap = build(self._schedule, self.tz, start, end)
        return snap

    def _grow_forward(self, snap: Snapshot, a: int, budget: int) -> Snapshot:
        """Double the span towards the future, or say at once that it would not help."""
        if snap.last >= self._schedule.last_window.toordinal() or budget > self._bounds[3] - a:
            self._exhausted(self._bounds[1] + 1)
        return self._extend(snap, snap.first, snap.last + max(366, snap.last - snap.first))

    def _grow_backward(self, snap: Snapshot) -> Snapshot:
        if snap.first <= self._bounds[0]:
            self._exhausted(self._bounds[0] - 1)
        return self._extend(snap, snap.first - max(366, snap.last - snap.first), snap.last)

    def _exhausted(self, ordinal: int) -> NoReturn:
        if self._schedule.table is not None and self._schedule.refuse:
            raise self._outside(ordinal)
        raise error(
            Code.UNREACHABLE,
            "calendar",
            f"no such opening, closing or working time up to {date.fromordinal(ordinal)}",
            "is the budget in the unit you mean, and does the calendar have weekly hours?",
        )

    def _outside(self, ordinal: int) -> CalendarError:
        coverage, table = self._schedule.coverage, self._schedule.table
        day = date.fromordinal(max(1, ordinal))
        hint = "is the year right?"
        if table is not None:
            hint = (
                f"update the chinesecalendar package once the notice for {day.year} is out, or "
                "declare beyond='assume_weekdays' and accept a provisional answer"
            )
        message = f"{day} is outside {coverage.first} … {coverage.last}, the dates that are known"
        return error(Code.COVERAGE, "calendar", message, hint)


def _deadline_within(hot: Hot, a: int, budget: int, pauses: Pauses) -> int | None:
    """The deadline, or None if the snapshot does not reach far enough to tell."""
    _, hi, starts, ends, cum, total = hot
    stopped = pauses[-1][0] if pauses and pauses[-1][1] >= NEVER else NEVER
    beyond = NEVER if stopped <= hi else None
    i = bisect_right(starts, a) - 1
    target = cum[i] - starts[i] + min(a, ends[i]) + budget
    if target > total:
        return beyond
    i = bisect_left(cum, target) - 1
    t = starts[i] + target - cum[i]
    for start, stop in pauses:
        if stop <= a:
            continue
        if start >= t:
            break
        if stop > hi:
            return NEVER if stop >= NEVER else None
        first = max(start, a)
        i = bisect_right(starts, stop) - 1
        end = ends[i]
        target += cum[i] - starts[i] + (min(end, stop))
        i = bisect_right(starts, first) - 1
        end = ends[i]
        target -= cum[i] - starts[i] + (min(end, first))
        if target > total:
            return beyond
        i = bisect_left(cum, target) - 1
        t = starts[i] + target - cum[i]
    return t if t <= hi else beyond


def _deadline_before_within(hot: Hot, b: int, budget: int, pauses: Pauses) -> int | None:
    """The backward deadline, or None if the snapshot does not reach far enough to tell."""
    lo, _, starts, ends, cum, _ = hot

    def work(t: int) -> int:
        i = bisect_right(starts, t) - 1
        return cum[i] - starts[i] + min(t, ends[i])

    def last_at(target: int) -> int:
        i = bisect_right(cum, target) - 1
        return starts[i] + target - cum[i] if i >= 0 else starts[0]

    target = work(b) - budget
    t = last_at(target)
    for start, stop in reversed(pauses):
        if start >= b:
            continue
        if stop <= t:
            break
        if start < lo:
            return None
        target -= work(min(stop, b)) - work(start)
        t = last_at(target)
    return t if target >= 0 and t >= lo else None
