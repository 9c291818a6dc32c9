"""Tables with several inputs: column by column, on sets of rows as bits of an integer.

From the first column to the last the set of rows that still hold shrinks; pieces that leave the
same set are one branch, and a set that was seen in a column is not searched again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from operator import or_

from sla_rules.lint.columns import Runs
from sla_rules.lint.verdict import SHOWN, Budget, Task, Verdict

__all__ = ["Search"]

Leaf = Callable[[int], bool]


class Search:
    """One table; every look at a piece is a step of the budget."""

    def __init__(self, task: Task, budget: Budget) -> None:
        self.task = task
        self.budget = budget
        self.at = [self._rows_at(place) for place in range(len(task.columns))]
        self._touching: dict[tuple[int, Runs], int] = {}

    def _rows_at(self, place: int) -> list[int]:
        """For each piece of a column the rows that hold there."""
        column = self.task.columns[place]
        change = [0] * (column.size + 1)
        for row, runs in enumerate(column.rows):
            for start, end in runs:
                change[start] ^= 1 << row
                change[end] ^= 1 << row
        self.budget.take(column.size + self.task.size)
        held, found = 0, []
        for piece in range(column.size):
            held ^= change[piece]
            found.append(held)
        return found

    def gap(self) -> tuple[int, ...] | None:
        """Pieces for which no row holds."""
        everywhere: list[Runs] = [((0, column.present),) for column in self.task.columns]
        return self._hole(everywhere, (1 << self.task.size) - 1)

    def _hole(self, cells: Sequence[Runs], rows: int) -> tuple[int, ...] | None:
        """Pieces of *cells* where none of *rows* holds; None if there are none."""
        last = len(cells)
        full = [self._everywhere(place, runs) for place, runs in enumerate(cells)]
        for place in reversed(range(last - 1)):
            full[place] &= full[place + 1]
        safe: set[tuple[int, int]] = set()

        def search(place: int, mask: int) -> tuple[int, ...] | None:
            if not mask:
                return tuple(runs[0][0] for runs in cells[place:])
            if place == last or mask & full[place] or (place, mask) in safe:
                return None
            branches: dict[int, int] = {}
            for start, end in cells[place]:
                self.budget.take(end - start)
                for piece in range(start, end):
                    branches.setdefault(mask & self.at[place][piece], piece)
            for following, piece in branches.items():
                rest = search(place + 1, following)
                if rest is not None:
                    return (piece, *rest)
            safe.add((place, mask))
            return None

        return search(0, rows) if all(cells) else None

    def _everywhere(self, place: int, runs: Runs) -> int:
        """The rows that hold on all pieces of *runs*."""
        found = (1 << self.task.size) - 1
        for start, end in runs:
            self.budget.take(end - start)
            for piece in range(start, end):
                found &= self.at[place][piece]
        return found

    def touching(self, row: int) -> int:
        """The rows that hold somewhere where *row* does, itself left out."""
        found = ~(1 << row)
        for place, runs in enumerate(self.task.cells(row)):
            key = (place, runs)
            if key not in self._touching:
                pieces = [each for start, end in runs for each in self.at[place][start:end]]
                self.budget.take(len(pieces))
                self._touching[key] = reduce(or_, pieces, 0)
            found &= self._touching[key]
        return found

    def overlaps(self, verdict: Verdict) -> None:
        """Of each row an earlier one that holds for one value too, and may not."""
        twins: dict[int, int] = {}
        for later, earlier in verdict.twins:
            twins[later] = twins.get(later, 0) | 1 << earlier
        alike: dict[object, int] = {}
        for row in range(self.task.size):
            self.budget.take(1)
            others = self.touching(row) & ((1 << row) - 1) & ~twins.get(row, 0)
            if self.task.hit == "any":
                others &= ~alike.get(self.task.values[row], 0)
                alike[self.task.values[row]] = alike.get(self.task.values[row], 0) | 1 << row
            if others:
                other = next(_bits(others))
                verdict.overlaps.append((row, other, self._common(row, other)))

    def _common(self, one: int, two: int) -> tuple[int, ...]:
        found = []
        for left, right in zip(self.task.cells(one), self.task.cells(two), strict=True):
            starts = (max(a, c) for a, b in left for c, d in right if max(a, c) < min(b, d))
            found.append(next(starts))
        return tuple(found)

    def first_rows(self, verdict: Verdict, out: frozenset[int]) -> None:
        """Rows that earlier rows leave nothing, and rows that a later row could stand in for."""
        task = self.task
        gone = _mask(row for row, _ in verdict.dead)
        for row in range(task.size):
            before = self.touching(row) & ((1 << row) - 1) & ~gone
            if not before or not all(task.cells(row)):
                continue
            if self._hole(task.cells(row), before) is None and row not in out:
                gone |= 1 << row
                verdict.masked.append((row, self._needed(row, before)))
        for row in reversed(range(task.size)):
            if gone >> row & 1 or row in out:
                continue
            others = self.touching(row) & ~gone
            later = (each for each in _bits(others) if each > row)
            if not any(task.answers[each] == task.answers[row] for each in later):
                continue
            if self._replaced(row, others):
                verdict.redundant.append(row)
                gone |= 1 << row

    def _replaced(self, row: int, others: int) -> bool:
        """Whether wherever *row* is the first that holds, the next one gives the same."""
        answers = self.task.answers
        before = (1 << row) - 1

        def spared(mask: int) -> bool:
            if mask & before:
                return True
            following = next(_bits(mask), None)
            return following is not None and bool(answers[following] == answers[row])

        return self._everywhere_spared(row, others, spared)

    def _everywhere_spared(self, row: int, others: int, spared: Leaf) -> bool:
        """Whether *spared* holds for the rows that hold on every piece of a row."""
        cells = self.task.cells(row)
        safe: set[tuple[int, int]] = set()

        def holds(place: int, mask: int) -> bool:
            if place == len(cells) or not mask:
                return spared(mask)
            if (place, mask) in safe:
                return True
            branches = set()
            for start, end in cells[place]:
                self.budget.take(end - start)
                branches |= {mask & each for each in self.at[place][start:end]}
            if all(holds(place + 1, each) for each in branches):
                safe.add((place, mask))
                return True
            return False

        return holds(0, others)

    def _needed(self, row: int, before: int) -> tuple[int, ...]:
        """Few rows that mask a row: those that cannot be left out, tried one by one."""
        needed = before
        for each in list(_bits(before))[::-1][:50]:
            fewer = needed & ~(1 << each)
            if fewer and self._hole(self.task.cells(row), fewer) is None:
                needed = fewer
        return tuple(_bits(needed))[: SHOWN + 1]

    def spared_rows(self, verdict: Verdict, out: frozenset[int]) -> None:
        """Rows that change nothing, because wherever they hold others say as much.

        Under ``any`` the first row that holds leaves its note, so the next must leave the same.
        """
        task = self.task
        gone = _mask(row for row, _ in verdict.dead)
        told = _mask(out)
        for row in reversed(range(task.size)):
            if row in out:
                continue
            others = self.touching(row) & ~gone
            enough = _mask(each for each in _bits(others & ~told) if task.spares(each, row))
            self.budget.take(task.size)
            if not enough or self._hole(task.cells(row), enough) is not None:
                continue
            if task.hit != "any" or self._replaced(row, others):
                verdict.redundant.append(row)
                gone |= 1 << row


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _mask(rows: Iterable[int]) -> int:
    found = 0
    for row in rows:
        found |= 1 << row
    return found
