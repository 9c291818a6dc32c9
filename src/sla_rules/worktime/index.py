"""The prefix-sum index: every window of a span of years as instants, with running totals.

A snapshot is immutable.  Growing makes a new one, so threads may share a calendar freely.
"""

from bisect import bisect_left, bisect_right
from datetime import date, datetime, timedelta, tzinfo
from itertools import accumulate

from attrs import frozen

from sla_rules.worktime.hours import merged
from sla_rules.worktime.instants import DAY, SECOND, wall
from sla_rules.worktime.schedule import Schedule

__all__ = ["Snapshot", "build", "next_span"]

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_BEFORE_ALL = -(1 << 62)

Hot = tuple[int, int, tuple[int, ...], tuple[int, ...], tuple[int, ...], int]


@frozen(eq=False)
class Snapshot:
    """Windows of the dates *first* … *last*, valid for instants ``lo`` … ``hi``.

    ``hot`` is ``(lo, hi, starts, ends, cum, total)``: the united windows, how much working time
    lies before each, and how much there is in all.  Position 0 is an empty window before all
    others.  ``days`` are the ordinals of dates with windows, ``opens`` and ``closes`` the first
    opening and last closing of each.
    """

    first: int
    last: int
    hot: Hot
    days: tuple[int, ...]
    opens: tuple[int, ...]
    closes: tuple[int, ...]

    def day_index(self, ordinal: int) -> int:
        """Where *ordinal* is among the working days, or −1 if it is none."""
        index = bisect_left(self.days, ordinal)
        found = index < len(self.days) and self.days[index] == ordinal
        return index if found else -1

    def days_until(self, ordinal: int) -> int:
        """How many working days of the snapshot are at or before *ordinal*."""
        return bisect_right(self.days, ordinal)


def build(schedule: Schedule, tz: tzinfo, first: int, last: int) -> Snapshot:
    """Index the dates *first* … *last*; overlaps that data or DST create are united."""
    spill = max(0, schedule.overhang - DAY)
    instants: list[tuple[int, int]] = []
    days: list[int] = []
    opens: list[int] = []
    closes: list[int] = []
    midnights = [_midnight(ordinal, tz) for ordinal in range(first, last + 4)]
    for ordinal in range(first, last + 1):
        windows = schedule.windows(ordinal)
        if not windows:
            continue
        at = ordinal - first
        midnight = midnights[at]
        if midnights[at + 3] - midnight == 3 * DAY and midnights[at + 1] - midnight == DAY:
            day = [(midnight + start, midnight + end) for start, end in windows]
        else:  # the offset changes nearby: ask for each edge
            edges = [(wall(ordinal, start, tz), wall(ordinal, end, tz)) for start, end in windows]
            day = [(start, end) for start, end in edges if start < end]
        if day:
            instants += day
            days.append(ordinal)
            opens.append(min(start for start, _ in day))
            closes.append(max(end for _, end in day))
    instants.sort()
    united = merged(instants)
    lengths = [end - start for start, end in united]
    cum = (0, *accumulate(lengths, initial=0))
    hot = (
        midnights[0] + spill,
        midnights[last + 1 - first],
        (_BEFORE_ALL, *(start for start, _ in united)),
        (_BEFORE_ALL, *(end for _, end in united)),
        cum[:-1],
        cum[-1],
    )
    return Snapshot(first, last, hot, tuple(days), tuple(opens), tuple(closes))


def _midnight(ordinal: int, tz: tzinfo) -> int:
    """When the date begins, as :func:`wall` says but faster."""
    offset = tz.utcoffset(datetime.fromordinal(ordinal)) or timedelta()
    return (ordinal - _EPOCH_ORDINAL - offset.days) * DAY - offset.seconds * SECOND


def next_span(
    schedule: Schedule, span: tuple[int, int] | None, first: int, last: int
) -> tuple[int, int]:
    """Whole years around *first* … *last* and the old *span*, within what is answered for."""
    if span is not None:
        first, last = min(first, span[0]), max(last, span[1])
    low, high = schedule.coverage.first, schedule.coverage.last
    start = date.fromordinal(max(first, low.toordinal())).replace(month=1, day=1)
    end = date.fromordinal(min(last, high.toordinal())).replace(month=12, day=31)
    if (
        schedule.overhang > DAY
        and start > low + timedelta(days=366)
        and first - start.toordinal() < 3
    ):
        start = start.replace(year=start.year - 1)
    return max(start, low).toordinal(), min(end, high).toordinal()
