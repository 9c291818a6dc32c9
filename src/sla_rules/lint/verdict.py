"""What is asked of a table, and what was found in it; rows and pieces by their numbers."""

from functools import cached_property
from typing import Any, Final

import attrs

from sla_rules.lint.columns import Column, Runs

__all__ = ["Budget", "Exhausted", "Task", "Verdict"]

SHOWN: Final = 3
"""How many gaps of a table, and how many rows that mask another, are named."""


class Exhausted(Exception):
    """The steps of a lint are used up."""


class Budget:
    """So many steps, and no more."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def take(self, steps: int) -> None:
        """Use some; raises Exhausted when they are not there."""
        self.left -= steps
        if self.left < 0:
            raise Exhausted


@attrs.frozen
class Task:
    """A table without its words.

    *values* are what the rows give: equal values of an ``any`` table are no conflict.
    *answers* are what leaves the table with a row: its values, its note, its clauses.
    *ranks* order the rows where the best of them decides; a row without rank is never spared.
    """

    hit: str
    columns: tuple[Column, ...]
    values: tuple[Any, ...]
    answers: tuple[Any, ...]
    ranks: tuple[Any, ...] = ()

    @property
    def size(self) -> int:
        """How many rows there are."""
        return len(self.values)

    def cells(self, row: int) -> tuple[Runs, ...]:
        """Where the cells of a row hold."""
        return tuple(column.rows[row] for column in self.columns)

    @cached_property
    def _plain_ranks(self) -> frozenset[Any]:
        """The ranks whose rows all leave the same: which of them comes first says nothing."""
        left: dict[Any, set[Any]] = {}
        for rank, answer in zip(self.ranks, self.answers, strict=True):
            left.setdefault(rank, set()).add(answer)
        return frozenset(rank for rank, several in left.items() if len(several) == 1)

    def spares(self, kept: int, row: int) -> bool:
        """Whether *row* changes no value wherever *kept* holds too."""
        if self.hit == "any":
            return bool(self.values[kept] == self.values[row])
        ranks = self.ranks
        if not ranks or ranks[kept] is None or ranks[row] is None:
            return False
        if self.hit != "priority":
            return bool(ranks[kept] <= ranks[row])
        tie = ranks[kept] == ranks[row] and ranks[row] in self._plain_ranks
        return bool(tie or ranks[kept] < ranks[row])


@attrs.define
class Verdict:
    """What was found: the pieces of an example, and the rows."""

    gaps: list[tuple[int, ...]] = attrs.field(factory=list)
    overlaps: list[tuple[int, int, tuple[int, ...]]] = attrs.field(factory=list)
    dead: list[tuple[int, int]] = attrs.field(factory=list)
    masked: list[tuple[int, tuple[int, ...]]] = attrs.field(factory=list)
    redundant: list[int] = attrs.field(factory=list)
    twins: list[tuple[int, int]] = attrs.field(factory=list)
    unproven: bool = False


def first_look(task: Task, verdict: Verdict) -> frozenset[int]:
    """Rows that can never hold, and rows with one condition; returns both the kinds."""
    seen: dict[Any, int] = {}
    out = set()
    for row in range(task.size):
        cells = task.cells(row)
        empty = next((place for place, runs in enumerate(cells) if not runs), None)
        if empty is not None:
            verdict.dead.append((row, empty))
            out.add(row)
        elif cells in seen:
            verdict.twins.append((row, seen[cells]))
            out.add(row)
        else:
            seen[cells] = row
    return frozenset(out)
