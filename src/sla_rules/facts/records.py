"""Structured facts → records: flat lists that the evaluator's closures read.

A fact that is not there becomes an :class:`Unknown` that names its path, so that whatever needs
it can say so.  Child records stand in the order that their level declares, whatever the order
of the document.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import pairwise
from operator import attrgetter, itemgetter
from typing import Any, Final

from sla_rules.facts.shapes import Given, attribute_name
from sla_rules.facts.values import from_public
from sla_rules.language import program as ir
from sla_rules.language.types import Type
from sla_rules.unknown import Unknown
from sla_rules.worktime import from_us, to_us

__all__ = ["Record", "build_record", "doubts_of_order", "in_order", "walk_records"]


class Record(list[Any]):
    """The slots of one record: notes, facts, decisions, and the ``x`` of a band."""

    __slots__ = ("given", "level", "moved", "parent", "place", "position", "postings", "series")

    def __init__(self, level: ir.Level, parent: "Record | None", place: str) -> None:
        super().__init__([None] * (level.size + 1))
        self[0] = []
        self.level = level
        self.parent = parent
        self.place = place
        self.given: Mapping[int, Given] = {}
        self.postings: tuple[Any, ...] = ()
        self.moved: tuple[Any, ...] = ()
        self.series: tuple[Record, ...] | Unknown = Unknown(())
        self.position = 0

    @property
    def path(self) -> str:
        """Where the record stands in the document: ``payments[0].months[2]``."""
        above = self.parent.path if self.parent is not None else ""
        return f"{above}.{self.place}" if above and self.place else above or self.place

    def path_of(self, fact: str) -> str:
        """The path of one of its facts."""
        return f"{self.path}.{fact}".lstrip(".")

    def __reduce__(self) -> Any:
        series = (self.series, self.position)
        ledger = (self.postings, self.moved)
        state = (self.parent, self.place, self.given, ledger, series, list(self))
        return (Record, (self.level, None, ""), state)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.parent, self.place, self.given, ledger, series, slots = state
        self.postings, self.moved = ledger
        self.series, self.position = series
        self[:] = slots

    def copied(self) -> "Record":
        """A copy to evaluate on: what it is given is not left on this one."""
        copy = Record(self.level, self.parent, self.place)
        copy[:] = self
        copy[0] = []
        copy.series, copy.position = self.series, self.position
        return copy

    __hash__ = object.__hash__  # type: ignore[assignment]  # a record is itself, not its slots


MOMENTS: Final = frozenset(("instant", "date", "month"))


class Missing(Unknown):
    """A fact that is not there.  What is known about it all the same is told when asked."""

    __slots__ = ("_as_of", "_fact", "_record")

    def __init__(self, record: Record, fact: ir.Fact, as_of: Any) -> None:
        self._record = record
        self._fact = fact
        self._as_of = as_of

    def __reduce__(self) -> Any:
        return (Missing, (self._record, self._fact, self._as_of))

    @property
    def needs(self) -> frozenset[str]:
        """The path of the fact."""
        return frozenset((self._record.path_of(self._fact.name),))

    @property
    def low(self) -> Any:
        """Its declared minimum; an open moment is neither before what it follows nor *as_of*."""
        fact = self._fact
        if fact.type.kind == "number":
            return None if fact.min is None else fact.min.value
        if not fact.open or fact.type.kind not in MOMENTS:
            return None
        source = self._record.level.fact(fact.not_before)
        after = None if source is None else self._record[source.index]
        known = [each for each in (after, self._as_of) if isinstance(each, int | dt.date)]
        return max(known) if known else None

    @property
    def high(self) -> Any:
        """Its declared maximum."""
        if self._fact.type.kind != "number" or self._fact.max is None:
            return None
        return self._fact.max.value

    @property
    def options(self) -> tuple[Any, ...] | None:  # type: ignore[override]
        """Both truths for a yes-or-no fact."""
        return (False, True) if self._fact.type.kind == "bool" else None

    @property
    def open(self) -> bool:  # type: ignore[override]
        """Whether the fact may rightly still be unknown."""
        return self._fact.open

    @property
    def absent(self) -> bool:  # type: ignore[override]
        """Whether it is certain that the fact is not given, not merely unknown."""
        return self._fact.optional or self._fact.open


Layout = tuple[tuple[str, int, Callable[[Any], Any] | None, ir.Fact], ...]


@lru_cache(maxsize=256)
def _layout(level: ir.Level) -> Layout:
    """For each plain fact: its attribute, its slot, how it becomes internal, its declaration."""
    layout = []
    for fact in level.facts:
        kind = fact.type
        convert: Callable[[Any], Any] | None = None
        if kind.kind in ("number", "instant", "month"):
            convert = _converter(kind)
        layout.append((attribute_name(fact.name), fact.index, convert, fact))
    return tuple(layout)


def _converter(kind: Type) -> Callable[[Any], Any]:
    return to_us if kind.kind == "instant" else partial(from_public, kind)


@lru_cache(maxsize=256)
def _values(level: ir.Level) -> Callable[[Any], tuple[Any, ...]]:
    """Reads all facts off an instance at once."""
    names = [attribute for attribute, *_ in _layout(level)]
    if not names:
        return lambda instance: ()
    read = attrgetter(*names)
    return read if len(names) > 1 else lambda instance: (read(instance),)


def build_record(
    program: ir.Program,
    level: str,
    instance: Any,
    *,
    as_of: int | None = None,
    parent: Record | None = None,
    place: str = "",
) -> Record:
    """The record of a structured instance, with its child records below it.

    *as_of* is the instant up to which an open fact is known not to have happened.
    """
    declared = program.levels[level]
    record = Record(declared, parent, place)
    until = partial(_passed, as_of, program.timezone)
    nested: list[tuple[ir.Fact, Any]] = []
    values = _values(declared)(instance)
    for value, (_, index, convert, fact) in zip(values, _layout(declared), strict=True):
        if value is None:
            plain = fact.default is None and not fact.from_parent
            record[index] = (
                Missing(record, fact, until(fact)) if plain else _told(record, fact, parent, until)
            )
        elif convert is not None:
            record[index] = convert(value)
        elif fact.type.kind in ("list", "record"):
            nested.append((fact, value))
        else:
            record[index] = value
    for fact, value in nested:
        home = fact.type.name
        if fact.type.kind == "record":
            record[fact.index] = build_record(
                program, home, value, as_of=as_of, parent=record, place=fact.name
            )
            continue
        children = [
            build_record(
                program, home, each, as_of=as_of, parent=record, place=f"{fact.name}[{number}]"
            )
            for number, each in enumerate(value)
        ]
        record[fact.index] = in_order(program.levels[home], children)
    if instance.given:
        record.given = _given(declared, instance.given)
    return record


def _inherited(fact: ir.Fact, parent: Record) -> Any:
    source = parent.level.fact(fact.from_parent)
    return parent[source.index] if source is not None else Unknown((fact.name,), absent=True)


def _passed(as_of: int | None, zone: str, fact: ir.Fact) -> Any:
    """The instant of the question as a fact of its kind: its own day or month may still come."""
    if as_of is None or fact.type.kind == "instant":
        return as_of
    local = from_us(as_of, zone)
    if fact.type.kind == "month":
        return local.year * 12 + local.month - 1
    return dt.date(local.year, local.month, local.day) if fact.type.kind == "date" else None


def _told(
    record: Record, fact: ir.Fact, parent: Record | None, until: Callable[[ir.Fact], Any]
) -> Any:
    """A fact that is not stated here, but perhaps at the parent, or by its default."""
    if fact.from_parent and parent is not None:
        inherited = _inherited(fact, parent)
        if fact.default is None or not isinstance(inherited, Unknown):
            return inherited
    return Missing(record, fact, until(fact)) if fact.default is None else fact.default.value


def _places(level: ir.Level) -> list[int]:
    """The slots that order the records of a level; its key, which no two share, is the last."""
    names = dict.fromkeys((*level.order, *((level.key,) if level.key else ())))
    return [fact.index for name in names if (fact := level.fact(name)) is not None]


def in_order(level: ir.Level, children: list[Record]) -> tuple[Record, ...]:
    """Children by the facts that the level orders by; then by its key, or all that they state."""
    indexes = _places(level)
    known = not any(isinstance(child[index], Unknown) for child in children for index in indexes)
    if indexes and known:
        first = itemgetter(*indexes)
        if len(set(map(first, children))) == len(children):
            return tuple(sorted(children, key=first))

    def place(record: Record) -> tuple[Any, ...]:
        values = [record[index] for index in indexes]
        return tuple((True, "") if isinstance(each, Unknown) else (False, each) for each in values)

    return _sorted(children, place)


def doubts_of_order(level: ir.Level, records: Sequence[Record]) -> list[Unknown]:
    """What is not known, and may exchange records that stand in the order of their level."""
    indexes = _places(level)
    found = [
        value
        for record in records
        for index in indexes
        if isinstance(value := record[index], Unknown)
    ]
    for one, two in pairwise(records):
        if not found and all(one[index] == two[index] for index in indexes):
            found += [*_pending(one), *_pending(two)]
    return found


def _pending(record: Record) -> Iterator[Unknown]:
    """The facts of a record, and of those below it, that may still be stated."""
    for each in walk_records(record):
        for fact in each.level.facts:
            value = each[fact.index]
            if isinstance(value, Unknown) and (value.open or not value.absent):
                yield value


def _sorted(
    records: list[Record], place: Callable[[Record], tuple[Any, ...]]
) -> tuple[Record, ...]:
    """Records by their place; ties are broken by what they state, then by all that is around."""

    def key(record: Record) -> tuple[Any, ...]:
        return (place(record), _stated(record))

    found = sorted(records, key=key)
    keys = list(map(key, found))
    if all(one != two for one, two in pairwise(keys)):
        return tuple(found)
    around: dict[int, tuple[str, ...]] = {}
    return tuple(sorted(found, key=lambda each: (*key(each), _around(each, around))))


def _stated(record: Record) -> str:
    """All that a record itself states, as text."""
    plain = [
        None if isinstance(value, Unknown | Record | tuple) else str(value)
        for fact in record.level.facts
        for value in (record[fact.index],)
    ]
    return repr((plain, sorted((index, str(each)) for index, each in record.given.items())))


def _around(record: Record, known: dict[int, tuple[str, ...]]) -> tuple[str, ...]:
    """All that is stated below a record, and below each record around it."""
    if id(record) not in known:
        above = _around(record.parent, known) if record.parent is not None else ()
        known[id(record)] = (repr([_stated(each) for each in walk_records(record)]), *above)
    return known[id(record)]


def _given(level: ir.Level, given: Mapping[str, Given]) -> dict[int, Given]:
    return {
        decision.index: given[decision.name]
        for decision in level.decisions
        if decision.name in given
    }


def child_lists(record: Record) -> list[tuple[ir.Fact, tuple[Record, ...]]]:
    """The facts of a record that hold child records, with those records."""
    found = []
    for fact in record.level.nested:
        value = record[fact.index]
        if value.__class__ is tuple:
            found.append((fact, value))
        elif value.__class__ is Record:
            found.append((fact, (value,)))
    return found


def walk_records(record: Record) -> list[Record]:
    """The record and everything below it, parents first."""
    found = [record]
    for each in found:  # grows while it is walked
        for _, children in child_lists(each):
            found += children
    return found
