"""What facts must satisfy before they are assessed: each violation is an error of its own."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import Any

from sla_rules.diagnostics import Diagnostic
from sla_rules.facts.records import Record, walk_records
from sla_rules.facts.values import from_public, to_public
from sla_rules.language import program as ir
from sla_rules.language.types import Type
from sla_rules.quantities import exact_decimal
from sla_rules.unknown import Unknown
from sla_rules.worktime import NEVER, from_us, to_us

__all__ = ["show_fact", "validate"]

Truth = Callable[[Record], Any]


def validate(
    program: ir.Program,
    roots: Iterable[Record],
    requirements: dict[str, list[tuple[ir.Requirement, Truth]]],
    *,
    ranges: Mapping[str, Mapping[int, tuple[Any, Any]]],
    as_if_in_force: bool,
) -> list[Diagnostic]:
    """Everything wrong with the facts under *roots*, in order of their paths."""
    problems: list[Diagnostic] = []
    seen: dict[tuple[Any, ...], Record] = {}
    for record in chain.from_iterable(map(walk_records, roots)):
        level = record.level
        problems += _key(record, seen)
        if record.given:
            problems += _given(record, ranges)
        if level.sequences:
            problems += _sequence(record, program)
        if level.nested:
            problems += _disjoint(record)
        if level.inherited:
            problems += _inherited(record)
        if level.period and not as_if_in_force:
            problems += _period(record, program)
        for requirement, truth in requirements.get(record.level.name, ()):
            if truth(record) is False:
                problems.append(_violated(record, requirement))
    return problems


def _key(record: Record, seen: dict[tuple[Any, ...], Record]) -> Iterator[Diagnostic]:
    level = record.level
    fact = level.fact(level.key) if level.key else None
    if fact is None:
        return
    value = record[fact.index]
    path = record.path_of(fact.name)
    if isinstance(value, Unknown):
        yield Diagnostic(
            code="F130",
            message=f"a record of level {level.name!r} needs its {fact.name!r}",
            where=path,
            hint="without it no result can name the record",
        )
        return
    home = id(record.parent) if level.recurs else None
    other = seen.setdefault((level.name, value, home), record)
    if other is not record:
        shown = to_public(fact.type, value)
        first, second = sorted((other, record), key=_in_document)
        yield Diagnostic(
            code="F131",
            message=f"{level.name} {shown!r} stands twice",
            where=second.path_of(fact.name),
            hint=f"also at {first.path}" if first.path else "it is the record that is assessed",
        )


def _in_document(record: Record) -> list[tuple[str, int]]:
    """The place of a record in the document, for comparing: the tenth comes after the second."""
    steps = re.findall(r"(\w+)(?:\[(\d+)\])?", record.path)
    return [(name, int(number or 0)) for name, number in steps]


def _given(
    record: Record, ranges: Mapping[str, Mapping[int, tuple[Any, Any]]]
) -> Iterator[Diagnostic]:
    """A figure that is given must lie in the range that its decision declares."""
    for decision in record.level.decisions:
        figure = record.given.get(decision.index)
        limits = ranges[record.level.name].get(decision.index)
        if figure is None or limits is None:
            continue
        least, most = limits
        value = from_public(decision.type, figure.value)
        beyond = (
            ("below the minimum", least)
            if least is not None and value < least
            else ("above the maximum", most)
            if most is not None and value > most
            else None
        )
        if beyond is not None:
            words, limit = beyond
            shown, end = figure.value, exact_decimal(to_public(decision.type, limit))
            message = f"{shown} given for {decision.name!r} is {words} {end}"
            yield Diagnostic(code="F124", message=message, where=record.path_of(decision.name))


def _sequence(record: Record, program: ir.Program) -> Iterator[Diagnostic]:
    for fact, before in record.level.sequences:
        first, second = record[before.index], record[fact.index]
        if isinstance(first, Unknown) or isinstance(second, Unknown) or second >= first:
            continue
        earlier, later = (
            show_fact(program, fact.type, second),
            show_fact(program, before.type, first),
        )
        yield Diagnostic(
            code="F132",
            message=f"{fact.name} ({earlier}) is before {before.name} ({later})",
            where=record.path_of(fact.name),
            hint="one of the two is wrong; leave out what is not known yet",
        )


def show_fact(program: ir.Program, kind: Type, value: Any) -> str:
    """A known value as a document states it."""
    if kind.kind == "instant":
        return str(from_us(value, program.timezone).isoformat())
    return str(to_public(kind, value))


def _disjoint(record: Record) -> Iterator[Diagnostic]:
    """Siblings whose level says so must not overlap in time."""
    for fact in record.level.nested:
        children = record[fact.index]
        if fact.type.kind != "list" or not isinstance(children, tuple) or len(children) < 2:
            continue
        level = children[0].level
        if not (level.disjoint and level.interval):
            continue
        start, end = (level.fact(name) for name in level.interval)
        assert start is not None and end is not None
        spans = [
            (
                child[start.index],
                None if isinstance(child[end.index], Unknown) else child[end.index],
                child,
            )
            for child in children
            if not isinstance(child[start.index], Unknown)
        ]
        spans.sort(key=lambda span: span[0])
        (_, reach, one), *later = spans or [(0, 0, record)]
        for begin, stop, two in later:  # the one that reaches furthest need not be the one before
            if reach is None or begin < reach:
                yield Diagnostic(
                    code="F133",
                    message=f"{two.path} overlaps {one.path}",
                    where=two.path,
                    hint="one span of time may be stated once only",
                )
            if reach is not None and (stop is None or stop > reach):
                reach, one = stop, two


def _inherited(record: Record) -> Iterator[Diagnostic]:
    """A fact stated here and at the parent must say the same."""
    parent = record.parent
    if parent is None:
        return
    for fact in record.level.inherited:
        source = parent.level.fact(fact.from_parent)
        if source is None:
            continue
        mine, theirs = record[fact.index], parent[source.index]
        if not isinstance(mine, Unknown) and not isinstance(theirs, Unknown) and mine != theirs:
            yield Diagnostic(
                code="F134",
                message=f"{fact.name} differs from {source.name} of {parent.level.name}",
                where=record.path_of(fact.name),
                hint="leave it out here, or correct one of the two",
            )


def _period(record: Record, program: ir.Program) -> Iterator[Diagnostic]:
    """A fact outside the effective period of the ruleset is refused."""
    fact = record.level.fact(record.level.period) if record.level.period else None
    if fact is None or isinstance(record[fact.index], Unknown):
        return
    value = record[fact.index]
    start, end = program.effective_from, program.effective_to
    if fact.type.kind == "instant":
        after, before = _instants_in_force(program)
        if after <= value < before:
            return
    else:
        first, last = _dates(fact, value)
        if (start is None or last >= start) and (end is None or first <= end):
            return
    shown = show_fact(program, fact.type, value)
    yield Diagnostic(
        code="F135",
        message=f"{shown} lies outside the period in which "
        f"{program.id} is in force ({start or '…'} to {end or '…'})",
        where=record.path_of(fact.name),
        hint="assess with as_if_in_force=True to apply it all the same",
    )


@lru_cache(maxsize=32)
def _instants_in_force(program: ir.Program) -> tuple[int, int]:
    """The first instant in force and the first that no longer is, in the ruleset's zone."""
    start, end = program.effective_from, program.effective_to
    endless = end is None or end.year >= dt.MAXYEAR
    following = None if end is None or endless else end + dt.timedelta(days=1)
    zone = program.timezone
    return (
        -NEVER if start is None else to_us(f"{start}T00:00:00", zone),
        NEVER if following is None else to_us(f"{following}T00:00:00", zone),
    )


def _dates(fact: ir.Fact, value: Any) -> tuple[dt.date, dt.date]:
    if fact.type.kind == "month":
        year, index = divmod(value, 12)
        following = dt.date(year + (index == 11), (index + 1) % 12 + 1, 1)
        return dt.date(year, index + 1, 1), following - dt.timedelta(days=1)
    return value, value


def _violated(record: Record, requirement: ir.Requirement) -> Diagnostic:
    path = record.path_of(requirement.at) if requirement.at else record.path
    message = requirement.message.en
    if requirement.message.zh != message:
        message = f"{message}（{requirement.message.zh}）"
    return Diagnostic(
        code="F136",
        message=message,
        where=path,
        hint=f"clause {', '.join(requirement.clauses)}" if requirement.clauses else "",
    )
