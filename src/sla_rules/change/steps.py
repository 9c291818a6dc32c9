"""Bands and rows: which of the newer ones are which of the older, and what of them changed."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from sla_rules.change.pair import Pair
from sla_rules.change.same import key
from sla_rules.change.told import Change, Place, both
from sla_rules.change.words import Words, in_both
from sla_rules.language import program as ir
from sla_rules.language.constants import constant_value
from sla_rules.language.program import Titles

__all__ = ["band_sets", "rows"]

Bands = Sequence[ir.Band]
Rows = Sequence[ir.Row]


def band_sets(pair: Pair, place: Place, old: Any, new: Any) -> Iterator[Change]:
    """Two band sets: edges moved, outputs changed, bands added and dropped.

    Bands stand in the order of their edges, whatever the order of the text.  Of the ways to match
    them the one with the fewest changes is told.
    """
    one, two = _sorted(pair.old, old), _sorted(pair.new, new)
    found = _by_interval(pair, place, one, two)
    if len(one) == len(two):
        found = min(found, _matched(pair, place, list(zip(one, two, strict=True))), key=len)
    yield from found


def _sorted(program: ir.Program, bands: Bands) -> list[ir.Band]:
    def low(band: ir.Band) -> Any:
        if band.interval.low is None:
            return (0, 0, 0)
        value = constant_value(band.interval.low, program, program.defaults)
        return (1, value, not band.interval.low_closed)

    keys = [low(band) for band in bands]
    if any(each[1] is None for each in keys):
        return list(bands)
    return [bands[index] for index in sorted(range(len(bands)), key=keys.__getitem__)]


def _by_interval(pair: Pair, place: Place, old: Bands, new: Bands) -> list[Change]:
    """Match equal intervals, then equal outputs; the rest came or went."""
    left, right = list(old), list(new)
    matched: list[tuple[ir.Band, ir.Band]] = []
    for same in (_same_interval, _same_output):
        for band in tuple(left):
            other = next((each for each in right if same(pair, place, band, each)), None)
            if other is not None:
                matched.append((band, other))
                left.remove(band)
                right.remove(other)
    order = {id(band): number for number, band in enumerate(old)}
    matched.sort(key=lambda each: order[id(each[0])])
    found = _matched(pair, place, matched)
    for band in left:
        inner = _band_place(pair.old, place, band, "one_band")
        found.append(inner.removed(pair.old_words(band.output, place.level)))
    for band in right:
        inner = _band_place(pair.new, place, band, "one_band")
        found.append(inner.added(pair.new_words(band.output, place.level)))
    return found


def _same_interval(pair: Pair, place: Place, old: ir.Band, new: ir.Band) -> bool:
    return pair.same(old.interval, new.interval, place.level)


def _same_output(pair: Pair, place: Place, old: ir.Band, new: ir.Band) -> bool:
    return pair.same(old.output, new.output, place.level)


def _matched(pair: Pair, place: Place, bands: list[tuple[ir.Band, ir.Band]]) -> list[Change]:
    """What differs between bands that are one another; an edge that two bands share counts once."""
    found: list[Change] = []
    seen: set[Any] = set()
    for old, new in bands:
        for end in ("low", "high"):
            before, after = _edge(old.interval, end, pair), _edge(new.interval, end)
            if before != after and (before, after) not in seen:
                seen.add((before, after))
                found.append(_moved(pair, place, old, new, end))
        inner = _band_place(pair.old, place, old, "of_band")
        found += pair.formula(inner, old.output, new.output)
        found += pair.citations(inner, old.clauses, new.clauses)
        found += pair.flags(inner, old, new, ("note",))
    return found


def _edge(interval: ir.Interval, end: str, pair: Pair | None = None) -> Any:
    """Where one band ends and the next begins: the value, and whether it belongs below."""
    node = interval.low if end == "low" else interval.high
    below = not interval.low_closed if end == "low" else interval.high_closed
    value = key(node, "", pair.renamed if pair else None)
    return (end, None) if node is None else (value, below)


def _moved(pair: Pair, place: Place, old: ir.Band, new: ir.Band, end: str) -> Change:
    inner = place.inside(f".bands[{old.interval.text}].{end}", "edge", old.clauses or new.clauses)
    before, after = _edge(old.interval, end, pair), _edge(new.interval, end)
    marks = before[1] != after[1] and None not in (before[1], after[1])

    def told(words: Any, interval: ir.Interval, below: bool) -> Titles:
        text: Titles = words(interval.low if end == "low" else interval.high)
        return both("at_most" if below else "below", edge=text) if marks else text

    return inner.changed(
        told(pair.old_words, old.interval, before[1]), told(pair.new_words, new.interval, after[1])
    )


def _band_place(program: ir.Program, place: Place, band: ir.Band, phrase: str) -> Place:
    named = in_both(program, band.interval)
    return place.inside(f".bands[{band.interval.text}]", phrase, band.clauses, band=named)


def rows(
    pair: Pair, place: Place, old: ir.Table, new: ir.Table, columns: Sequence[str], inputs: Any
) -> Iterator[Change]:
    """The rows of two tables with the same inputs; *columns* are the outputs that both have.

    *inputs* says at which position of the newer cells each older input stands.
    """
    table = _Rows(pair, place, old, new, columns, inputs)
    yield from table.changes()


class _Rows:
    def __init__(
        self,
        pair: Pair,
        place: Place,
        old: ir.Table,
        new: ir.Table,
        columns: Sequence[str],
        inputs: Sequence[int],
    ) -> None:
        self.pair, self.place, self.old, self.new = pair, place, old, new
        self.inputs = inputs
        self.outputs = (
            [(name, old.columns.index(name), new.columns.index(name)) for name in columns]
            if old.columns
            else [("", 0, 0)]
        )

    def cells(self, row: ir.Row, *, new: bool = False) -> list[Any]:
        """The tests of a row in the order of the older inputs, as what they mean."""
        renamed = None if new else self.pair.renamed
        cells = [row.cells[at] for at in self.inputs] if new else list(row.cells)
        return [frozenset(key(test, "", renamed) for test in tests) for tests in cells]

    def gives(self, row: ir.Row, *, new: bool = False) -> list[Any]:
        """What a row gives in the columns that both tables have."""
        level, renamed = self.place.level, None if new else self.pair.renamed
        return [
            key(row.outputs[two if new else one], level, renamed) for _, one, two in self.outputs
        ]

    def matches(self) -> tuple[list[tuple[ir.Row, ir.Row]], list[ir.Row], list[ir.Row]]:
        """Equal rows first, then equal cells, then equal results, then the rest in order."""
        left, right = list(self.old.rows), list(self.new.rows)
        matched: list[tuple[ir.Row, ir.Row]] = []
        kinds: tuple[Any, ...] = (
            lambda row, new: (self.cells(row, new=new), self.gives(row, new=new)),
            lambda row, new: self.cells(row, new=new),
            lambda row, new: self.gives(row, new=new),
        )
        for number, kind in enumerate(kinds):
            pool = [(kind(row, True), row) for row in right]
            for row in tuple(left):
                wanted = kind(row, False)
                at = next((n for n, (each, _) in enumerate(pool) if each == wanted), None)
                if at is not None and (number < 2 or any(wanted)):
                    other = pool.pop(at)[1]
                    matched.append((row, other))
                    left.remove(row)
                    right.remove(other)
        if len(left) == len(right):
            matched += zip(left, right, strict=True)
            left, right = [], []
        order = {id(row): number for number, row in enumerate(self.old.rows)}
        return sorted(matched, key=lambda each: order[id(each[0])]), left, right

    def changes(self) -> Iterator[Change]:
        """Every row that differs."""
        matched, gone, come = self.matches()
        for old, new in matched:
            yield from self._row(old, new)
        for row in gone:
            yield self._named(row, "one_row", self.pair.old).removed(self._then(row, self.pair.old))
        for row in come:
            yield self._named(row, "one_row", self.pair.new).added(self._then(row, self.pair.new))
        if self.old.hit == self.new.hit == "first":
            yield from self._order(matched)

    def _named(self, row: ir.Row, phrase: str, program: ir.Program, **more: Any) -> Place:
        words = Titles(*(_when(row, program, lang, self.place.level) for lang in ("zh", "en")))
        where = f".rows[{', '.join(row.texts)}]"
        return self.place.inside(where, phrase, row.clauses, row=words, **more)

    def _then(self, row: ir.Row, program: ir.Program) -> Titles:
        return in_both(program, row.outputs, self.place.level)

    def _row(self, old: ir.Row, new: ir.Row) -> Iterator[Change]:
        pair, level = self.pair, self.place.level
        if self.cells(old) != self.cells(new, new=True):
            before = Titles(*(_when(old, pair.old, lang, level) for lang in ("zh", "en")))
            after = Titles(*(_when(new, pair.new, lang, level) for lang in ("zh", "en")))
            yield self._named(old, "cell", pair.old).changed(before, after)
        for name, one, two in self.outputs:
            inner = self._named(old, "of_row", pair.old)
            if name:
                column = Titles(*(_column(pair.new, level, name, lang) for lang in ("zh", "en")))
                inner = self._named(old, "of_column", pair.old, column=column)
                inner = _below(inner, name)
            yield from pair.formula(inner, old.outputs[one], new.outputs[two])
        inner = self._named(old, "one_row", pair.old)
        yield from pair.citations(inner, old.clauses, new.clauses)
        yield from pair.flags(inner, old, new, ("note",))

    def _order(self, matched: list[tuple[ir.Row, ir.Row]]) -> Iterator[Change]:
        """The fewest rows that must have moved for the others to stand in their old order."""
        position = {id(row): number for number, row in enumerate(self.new.rows)}
        places = [position[id(new)] for _, new in matched]
        kept = _longest_rise(places)
        before = {id(row): number for number, row in enumerate(self.old.rows)}
        for number, (old, new) in enumerate(matched):
            if number not in kept:
                inner = self._named(old, "place_of_row", self.pair.old)
                yield inner.changed(
                    both("place", number=before[id(old)] + 1),
                    both("place", number=position[id(new)] + 1),
                )


def _below(place: Place, name: str) -> Place:
    return attrs.evolve(place, path=f"{place.path}.{name}")


def _when(row: ir.Row, program: ir.Program, lang: str, level: str) -> str:
    return Words(program, lang, level).when(row)


def _column(program: ir.Program, level: str, name: str, lang: str) -> str:
    found = program.levels[level].decision(name)
    return name if found is None else found.title.of(lang)


def _longest_rise(numbers: list[int]) -> set[int]:
    """The indexes of a longest rising selection."""
    ends: list[int] = []
    at: list[int] = []
    before: list[int | None] = []
    for index, number in enumerate(numbers):
        where = bisect_left(ends, number)
        before.append(at[where - 1] if where else None)
        ends[where : where + 1] = [number]
        at[where : where + 1] = [index]
    kept: set[int] = set()
    index_: int | None = at[-1] if at else None
    while index_ is not None:
        kept.add(index_)
        index_ = before[index_]
    return kept
