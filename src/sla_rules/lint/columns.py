"""The inputs of a table, cut into pieces on which every cell has one answer."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from sla_rules.language import program as ir
from sla_rules.language.constants import constant_value
from sla_rules.language.examples import example_of
from sla_rules.language.ranges import Domain, as_number, from_number, interval
from sla_rules.language.types import Type
from sla_rules.lint.words import MISSING
from sla_rules.quantities import Number

__all__ = ["Column", "Computed", "column_of"]

Run = tuple[int, int]
"""Neighbouring pieces, from the first to before the last."""
Runs = tuple[Run, ...]

OTHER: Final = "another value"


class Computed(Exception):
    """A cell holds what is no constant."""


@attrs.frozen
class Column:
    """One input: its *pieces* are values of it, one for each answer that its cells can give.

    *present* is how many of them are values; the piece after those, if any, is that there is
    none.  *rows* says for each row on which pieces its cell holds.
    """

    kind: Type
    pieces: tuple[Any, ...]
    present: int
    rows: tuple[Runs, ...]

    @property
    def size(self) -> int:
        """How many pieces there are."""
        return len(self.pieces)

    def example(self, piece: int) -> Any:
        """A value of the evaluator in the piece."""
        found = self.pieces[piece]
        return example_of(self.kind, found) if isinstance(found, Domain) else found


def column_of(
    cells: tuple[tuple[ir.Test, ...], ...],
    kind: Type,
    domain: Domain,
    names: tuple[str, ...],
    program: ir.Program,
    choices: Mapping[str, str],
    *,
    other: bool = False,
) -> Column:
    """The pieces of an input whose values are *domain*, and where each cell holds.

    Raises Computed where a cell is not constant.  *names* are the members of an enumeration;
    *other* says that there are values besides them.
    """

    def constant(node: Any) -> Any:
        value = constant_value(node, program, choices)
        if value is None:
            raise Computed
        return value

    cutter: _Line | _List
    if domain.is_ordered:
        cutter = _Line.cut(kind, domain, _numbers(cells, constant))
    else:
        tested = [constant(test.value) for test in _flat(cells) if test.value is not None]
        cutter = _List.cut(domain, [*names, *tested], other=other or not names)
    pieces = cutter.pieces
    present = len(pieces)
    if domain.absent:
        pieces = (*pieces, MISSING)
    shared: dict[tuple[Any, ...], Runs] = {}

    def holds(tests: tuple[ir.Test, ...]) -> list[Run]:
        found: list[Run] = []
        for test in tests:
            match test.kind:
                case "any":
                    found.append((0, len(pieces)))
                case "given":
                    found.append((0, present))
                case "missing":
                    found.append((present, len(pieces)))
                case "not":
                    found += _rest(_merged(holds(test.inner)), present)
                case "equal":
                    found.append(cutter.equal(constant(test.value)))
                case _:
                    assert test.interval is not None
                    found.append(cutter.between(_between(test.interval, constant)))
        return found

    def runs(cell: tuple[ir.Test, ...]) -> Runs:
        if cell not in shared:
            shared[cell] = _merged(holds(cell))
        return shared[cell]

    return Column(kind, pieces, present, tuple(runs(cell) for cell in cells))


@attrs.frozen
class _List:
    """Values without an order: each is a piece of its own."""

    pieces: tuple[Any, ...]
    places: Mapping[Any, int]

    @classmethod
    def cut(cls, domain: Domain, named: list[Any], *, other: bool) -> "_List":
        """The values that are named, and all others as one, as far as they occur."""
        if domain.kind == "members":
            named = [each for each in named if each in domain.members]
            named += sorted(domain.members - set(named), key=str)
            other = False
        values = (*dict.fromkeys(named), *([OTHER] if other else []))
        return cls(values, {each: place for place, each in enumerate(values)})

    def equal(self, value: Any) -> Run:
        place = self.places.get(value)
        return (0, 0) if place is None else (place, place + 1)

    def between(self, held: Domain) -> Run:
        return (0, 0)


@attrs.frozen
class _Line:
    """An interval of numbers, cut at every number that a cell names."""

    cuts: list[Number]
    before: list[int]
    pieces: tuple[Domain, ...]

    @classmethod
    def cut(cls, kind: Type, domain: Domain, cuts: list[Number]) -> "_Line":
        """The pieces are in turn what lies below a cut and the cut itself, where they occur."""
        pieces: list[Domain] = []
        before = [0]
        low: Number | None = None
        for number in [*cuts, None]:
            around = domain.meet(interval(low, number, False, False))
            if not around.is_empty:
                pieces.append(around.present())
            before.append(len(pieces))
            if number is not None:
                if domain.holds(from_number(kind, number)):
                    pieces.append(interval(number, number))
                before.append(len(pieces))
            low = number
        return cls(cuts, before, tuple(pieces))

    def equal(self, value: Any) -> Run:
        place = 2 * bisect_left(self.cuts, as_number(value)) + 1  # type: ignore[type-var]
        return (self.before[place], self.before[place + 1])

    def between(self, held: Domain) -> Run:
        start, end = 0, len(self.before) - 1
        if held.low is not None:
            start = 2 * bisect_left(self.cuts, held.low) + (1 if held.low_closed else 2)
        if held.high is not None:
            end = 2 * bisect_left(self.cuts, held.high) + (2 if held.high_closed else 1)
        return (self.before[start], self.before[max(start, end)])


def _between(part: ir.Interval, constant: Any) -> Domain:
    low = None if part.low is None else as_number(constant(part.low))
    high = None if part.high is None else as_number(constant(part.high))
    return Domain(
        kind="ordered",
        low=low,
        high=high,
        low_closed=part.low_closed,
        high_closed=part.high_closed,
    )


def _flat(cells: tuple[tuple[ir.Test, ...], ...]) -> Iterator[ir.Test]:
    for cell in dict.fromkeys(cells):
        for test in cell:
            yield test
            yield from test.inner


def _numbers(cells: tuple[tuple[ir.Test, ...], ...], constant: Any) -> list[Number]:
    found: set[Number] = set()
    for test in _flat(cells):
        ends = (test.interval.low, test.interval.high) if test.interval else (test.value,)
        found.update(as_number(constant(end)) or 0 for end in ends if end is not None)
    return sorted(found)


def _merged(runs: list[Run]) -> Runs:
    """Runs in order, those that touch as one, without empty ones."""
    found: list[Run] = []
    for start, end in sorted(run for run in runs if run[0] < run[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def _rest(runs: Runs, size: int) -> list[Run]:
    """The pieces below *size* that *runs* leave."""
    found, reach = [], 0
    for start, end in runs:
        found.append((reach, min(start, size)))
        reach = end
    return [*found, (reach, size)]
