"""Structured facts → records: flat lists that the evaluator's closures read.

A fact that is not there becomes an :class:`Unknown` that names its path, so that whatever needs
it can say so.  Child records stand in the order that their level declares, whatever the order
of the document.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

from sla_rules.unknown import Missing, Unknown
from sla_rules.facts.shapes import Given, attribute_name
from sla_rules.facts.values import from_public
from sla_rules.language import program as ir

__all__ = ["Record", "build_record", "walk_records"]


class Record(list[Any]):
    """The slots of one record: notes, facts, decisions, and the ``x`` of a band."""

    __slots__ = ("given", "level", "parent", "place", "postings")

    def __init__(self, level: ir.Level, parent: "Record | None", place: str) -> None:
        super().__init__([None] * (level.size + 1))
        self[0] = []
        self.level = level
        self.parent = parent
        self.place = place
        self.given: Mapping[int, Given] = {}
        self.postings: tuple[Any, ...] = ()

    @property
    def path(self) -> str:
        """Where the record stands in the document: ``payments[0].months[2]``."""
        above = self.parent.path if self.parent is not None else ""
        return f"{above}.{self.place}" if above and self.place else above or self.place

    def path_of(self, fact: str) -> str:
        """The path of one of its facts."""
        return f"{self.path}.{fact}".lstrip(".")

    def __reduce__(self) -> Any:
        state = (self.parent, self.place, self.given, self.postings, list(self))
        return (Record, (self.level, None, ""), state)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.parent, self.place, self.given, self.postings, slots = state
        self[:] = slots

    def __hash__(self) -> int:
        return id(self)


Layout = tuple[tuple[str, int, Callable[[Any], Any] | None, ir.Fact], ...]


@lru_cache(maxsize=256)
def _layout(program: ir.Program, level: str) -> Layout:
    """For each plain fact: its attribute, its slot, how it becomes internal, its declaration."""
    layout = []
    for fact in program.levels[level].facts:
        kind = fact.type
        convert: Callable[[Any], Any] | None = None
        if kind.kind in ("number", "instant", "month"):
            convert = _converter(kind)
        layout.append((attribute_name(fact.name), fact.index, convert, fact))
    return tuple(layout)


def _converter(kind: Any) -> Callable[[Any], Any]:
    return lambda value: from_public(kind, value)


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
    nested: list[tuple[ir.Fact, Any]] = []
    for attribute, index, convert, fact in _layout(program, level):
        value = getattr(instance, attribute)
        if value is None and fact.from_parent and parent is not None:
            record[index] = _inherited(fact, parent)
        elif value is None:
            record[index] = _missing(record, fact, as_of)
        elif fact.type.kind in ("list", "record"):
            nested.append((fact, value))
        else:
            record[index] = value if convert is None else convert(value)
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
        record[fact.index] = _ordered(program.levels[home], children)
    if instance.given:
        record.given = _given(declared, instance.given)
    return record


def _inherited(fact: ir.Fact, parent: Record) -> Any:
    source = parent.level.fact(fact.from_parent)
    return parent[source.index] if source is not None else Unknown((fact.name,), absent=True)


def _missing(record: Record, fact: ir.Fact, as_of: int | None) -> Any:
    if fact.default is not None:
        return fact.default.value
    low: Any = None
    high: Any = None
    if fact.type.kind == "number":
        low = fact.min.value if fact.min is not None else None
        high = fact.max.value if fact.max is not None else None
    if fact.open and fact.type.kind == "instant":
        low = _earliest(record, fact, as_of)
    options = (False, True) if fact.type.kind == "bool" else None
    return Missing(
        partial(record.path_of, fact.name),
        low=low,
        high=high,
        options=options,
        open=fact.open,
        absent=fact.optional or fact.open,
    )


def _earliest(record: Record, fact: ir.Fact, as_of: int | None) -> int | None:
    """An open instant lies neither before what it follows nor before *as_of*."""
    source = record.level.fact(fact.not_before) if fact.not_before else None
    after = record[source.index] if source is not None else None
    known = [each for each in (after, as_of) if isinstance(each, int)]
    return max(known) if known else None


def _ordered(level: ir.Level, children: list[Record]) -> tuple[Record, ...]:
    """Children by the facts that the level orders by; then by all that they state."""
    indexes = [fact.index for name in level.order if (fact := level.fact(name)) is not None]
    if not indexes:
        return tuple(children)

    def key(record: Record) -> tuple[Any, ...]:
        values = [record[index] for index in indexes]
        return tuple((isinstance(value, Unknown), str(value) if isinstance(value, Unknown) else
                      value) for value in values)  # fmt: skip

    return tuple(sorted(children, key=key))


def _given(level: ir.Level, given: Mapping[str, Given]) -> dict[int, Given]:
    return {
        decision.index: given[decision.name]
        for decision in level.decisions
        if decision.name in given
    }


def child_lists(record: Record) -> list[tuple[ir.Fact, tuple[Record, ...]]]:
    """The facts of a record that hold child records, with those records."""
    found = []
    for fact in record.level.facts:
        if fact.type.kind == "list" and isinstance(record[fact.index], tuple):
            found.append((fact, record[fact.index]))
        elif fact.type.kind == "record" and isinstance(record[fact.index], Record):
            found.append((fact, (record[fact.index],)))
    return found


def walk_records(record: Record) -> Any:
    """The record and everything below it, parents first."""
    yield record
    for _, children in child_lists(record):
        for child in children:
            yield from walk_records(child)
