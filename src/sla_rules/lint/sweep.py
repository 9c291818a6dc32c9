"""Tables with one input: its pieces are walked once, so that rows cost n log n."""

from typing import Any

from sla_rules.lint.columns import Run, Runs
from sla_rules.lint.verdict import SHOWN, Task, Verdict

__all__ = ["first_rows", "gaps", "overlaps"]


def gaps(task: Task, verdict: Verdict) -> None:
    """Values that no row holds: the first of each stretch."""
    (column,) = task.columns
    change = [0] * (column.size + 1)
    for runs in column.rows:
        for start, end in runs:
            change[start] += 1
            change[end] -= 1
    held, before = 0, True
    for piece in range(column.present):
        held += change[piece]
        if not held and before:
            verdict.gaps.append((piece,))
        before = bool(held)


def overlaps(task: Task, verdict: Verdict) -> None:
    """Rows that hold for one value and may not: of each row one that began before it.

    Under ``any`` only rows with different values may not; the two furthest runs with different
    values are remembered.
    """
    (column,) = task.columns
    twins = set(verdict.twins)
    told = set()
    one: tuple[int, Any, int] | None = None
    two: tuple[int, Any, int] | None = None
    for start, end, row in _by_start(column.rows):
        value = task.values[row] if task.hit == "any" else row
        for other in (one, two):
            if other is None or other[1] == value or other[0] <= start:
                continue
            pair = (max(row, other[2]), min(row, other[2]))
            if pair not in told and pair not in twins:
                told.add(pair)
                verdict.overlaps.append((*pair, (start,)))
            break
        new = (end, value, row)
        if one is None or one[1] == value:
            one = new if one is None or end > one[0] else one
        elif end > one[0]:
            one, two = new, one
        elif two is None or end > two[0]:
            two = new


def _by_start(rows: tuple[Runs, ...]) -> list[tuple[int, int, int]]:
    return sorted((start, end, row) for row, runs in enumerate(rows) for start, end in runs)


def first_rows(task: Task, verdict: Verdict, out: frozenset[int]) -> None:
    """Rows that earlier rows leave nothing, and rows that a later row could stand in for.

    Each piece gets its first and its second row; a piece that has both is not visited again.
    *out* are rows of which enough is said already.
    """
    (column,) = task.columns
    first: list[int | None] = [None] * column.size
    free = _Free(column.size)
    owned: dict[int, list[int]] = {}
    masked = set()
    for row, runs in enumerate(column.rows):
        mine = list(free.taken(runs))
        owned[row] = mine
        for piece in mine:
            first[piece] = row
        if runs and not mine:
            masked.add(row)
            if row not in out:
                verdict.masked.append((row, _owners(first, runs)))
    second: list[int | None] = [None] * column.size
    open_ = _Free(column.size)
    for row, runs in enumerate(column.rows):
        if row not in masked or row in out:
            for piece in open_.taken(runs, unless=lambda piece, row=row: first[piece] == row):
                second[piece] = row
    dropped: set[int] = set()
    for row in reversed(range(task.size)):
        if not owned[row] or row in out:
            continue
        following = {second[piece] for piece in owned[row]}
        if all(
            each is not None and each not in dropped and task.answers[each] == task.answers[row]
            for each in following
        ):
            dropped.add(row)
            verdict.redundant.append(row)


def _owners(first: list[int | None], runs: Runs) -> tuple[int, ...]:
    """The rows that hold first where *runs* are: some of them."""
    found: dict[int, None] = {}
    for start, end in runs:
        for piece in range(start, min(end, start + 1000)):
            owner = first[piece]
            if owner is not None:
                found.setdefault(owner)
            if len(found) > SHOWN:
                break
    return tuple(found)


class _Free:
    """Pieces that are not taken yet; finding the next one skips all that are."""

    def __init__(self, size: int) -> None:
        self._next = list(range(size + 1))

    def _find(self, piece: int) -> int:
        root = piece
        while self._next[root] != root:
            root = self._next[root]
        while self._next[piece] != root:
            self._next[piece], piece = root, self._next[piece]
        return root

    def taken(self, runs: tuple[Run, ...], unless: Any = None) -> Any:
        """The free pieces of *runs*, which are free no more; but not those named by *unless*."""
        for start, end in runs:
            piece = self._find(start)
            while piece < end:
                if unless is None or not unless(piece):
                    self._next[piece] = piece + 1
                    yield piece
                piece = self._find(piece + 1)
