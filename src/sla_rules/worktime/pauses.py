"""Suspensions: intervals in which the clock is stopped, as sorted disjoint integers."""

from collections.abc import Iterable, Mapping, Sequence

from sla_rules.worktime.errors import CalendarError, Code, problem
from sla_rules.worktime.hours import merged
from sla_rules.worktime.instants import NEVER, to_us

__all__ = ["Pauses", "merge_pauses", "read_suspensions"]

Pauses = tuple[tuple[int, int], ...]
"""Sorted disjoint (start, end) in microseconds; an end of ``NEVER`` is still open."""

_MISSING = object()


def merge_pauses(pairs: Iterable[tuple[int, int]]) -> Pauses:
    """The union of *pairs* as sorted, disjoint, non-empty intervals.

    Integers are microseconds since the epoch; ``NEVER`` as an end means still open.  A pair
    whose end is not after its start covers nothing and is dropped.

    >>> merge_pauses([(5, 9), (1, 3), (3, 4), (8, 12), (20, 20)])
    ((1, 4), (5, 12))
    """
    return merged(sorted((start, end) for start, end in pairs if end > start))


def read_suspensions(suspensions: object) -> Pauses:
    """Read suspensions and unite them; every malformed one is reported.

    Each is a pair ``(start, end)``, a mapping with ``from`` and ``to`` (or ``start`` and
    ``end``), or an object with such attributes.  An end of ``None`` is still open.

    Raises :class:`CalendarError` T028 (end before start), T029 (not a suspension), and those
    of :func:`to_us`.

    >>> read_suspensions([{"from": "1970-01-01T00:00Z", "to": "1970-01-01T00:00:01Z"}])
    ((0, 1000000),)
    """
    if suspensions is None or suspensions == ():
        return ()
    if isinstance(suspensions, (str, Mapping)) or not isinstance(suspensions, Iterable):
        message = f"expected a list of suspensions, got {suspensions!r}"
        raise CalendarError([problem(Code.SUSPENSION, "suspensions", message, _FORM)])
    pairs, problems = [], []
    for index, item in enumerate(suspensions):
        where = f"suspensions[{index}]"
        ends = _ends(item)
        if ends is None:
            message = f"{item!r} is not a suspension"
            problems.append(problem(Code.SUSPENSION, where, message, _FORM))
            continue
        try:
            start = to_us(ends[0], where=f"{where}.from")
            end = NEVER if ends[1] is None else to_us(ends[1], where=f"{where}.to")
        except CalendarError as wrong:
            problems += wrong.problems
            continue
        if end < start:
            message = f"it ends at {ends[1]}, before it starts at {ends[0]}"
            problems.append(problem(Code.REVERSED, where, message, "swap them"))
        pairs.append((start, end))
    if problems:
        raise CalendarError(problems)
    return merge_pauses(pairs)


_FORM = "write (start, end), with end None while it is still open"


def _ends(item: object) -> tuple[object, object] | None:
    """The two ends of one suspension as given, or None if it has none."""
    if isinstance(item, str):
        return None
    if isinstance(item, Mapping):
        if set(item) <= {"from", "to"} and "from" in item:
            return item["from"], item.get("to")
        if "start" in item:
            return item["start"], item.get("end")
        return (item["from"], item.get("to")) if "from" in item else None
    if isinstance(item, Sequence):
        return (item[0], item[1]) if len(item) == 2 else None
    for first, last in (("start", "end"), ("from", "to"), ("from_", "to")):
        start = getattr(item, first, _MISSING)
        if start is not _MISSING:
            return start, getattr(item, last, None)
    return None
