"""Every literal number of a program, with the sentences that may state it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Any, Final

import attrs

from sla_rules.diagnostics import Span
from sla_rules.language import program as ir
from sla_rules.language.types import Type
from sla_rules.language.walk import alternatives, belongs
from sla_rules.quantities import Limit

__all__ = ["CLOCK_TIME", "Basis", "Literal", "Owner", "literals", "owners"]

CLOCK_TIME: Final = Type("clock")
"""The type of a time of day: minutes after midnight."""
_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})")
_SKIPPED: Final = frozenset(("type", "span", "clauses", "acknowledge", "text", "texts", "title"))


@attrs.frozen
class Basis:
    """The sentences that may state a number: those cited, and the readings around it."""

    clauses: tuple[str, ...]
    readings: tuple[str, ...]
    span: Span


@attrs.frozen(eq=False)
class Owner:
    """A part that states numbers: what to call it, the parts around it, its fields with numbers.

    *tabled* says that it is a table or has bands: a rule even where it has no number.
    """

    name: str
    part: Any
    inside: tuple[Any, ...]
    around: tuple[Any, ...] = ()
    hours: Any = None
    tabled: bool = False

    @property
    def basis(self) -> Basis:
        """The clauses that the part itself cites, and the reading under which it applies."""
        applies = getattr(self.part, "applies", None)
        readings = (applies.reading,) if isinstance(applies, ir.Choice) else ()
        return Basis(self.part.clauses, readings, self.part.span)


@attrs.frozen
class Literal:
    """A number, date or time of day of a program."""

    owner: Owner
    value: Any
    type: Type
    span: Span
    basis: Basis


def literals(program: ir.Program) -> list[Literal]:
    """All literal numbers; rows, bands and sections stand on their own clauses if they cite any.

    A parameter that is used under some reading only may stand in the words of that reading.
    """
    met: list[Literal] = []
    uses: dict[str, list[frozenset[str]]] = defaultdict(list)
    for owner in owners(program):
        for node, basis in (*_walk(owner.inside, owner.basis), *_clocks(owner.hours, owner.basis)):
            if isinstance(node, ir.ParameterRef):
                uses[node.name].append(frozenset(basis.readings))
            else:
                met.append(Literal(owner, node.value, node.type, node.span, basis))
    lent = {name: frozenset.intersection(*each) for name, each in uses.items()}
    return [_with_readings(each, lent) for each in met]


def _with_readings(each: Literal, lent: Mapping[str, frozenset[str]]) -> Literal:
    if not isinstance(each.owner.part, ir.Parameter) or not lent.get(each.owner.part.name):
        return each
    readings = tuple(sorted({*each.basis.readings, *lent[each.owner.part.name]}))
    return attrs.evolve(each, basis=attrs.evolve(each.basis, readings=readings))


def owners(program: ir.Program) -> Iterator[Owner]:
    """The parts of a program that may state numbers."""
    for parameter in program.parameters.values():
        yield Owner(f"parameter {parameter.name}", parameter, (parameter.value,))
    for scale in program.scales.values():
        yield Owner(f"scale {scale.name}", scale, (scale.bands, scale.domain), tabled=True)
    for calendar in program.calendars.values():
        inside = (calendar.day_length,)
        hours = (calendar.hours, calendar.seasons)
        yield Owner(f"calendar {calendar.name}", calendar, inside, hours=hours)
    for level in program.levels.values():
        for fact in level.facts:
            yield Owner(f"fact {fact.name}", fact, (fact.default,), (level,))
        for number, each in enumerate(level.require, 1):
            name = f"requirement {number} of {level.name}"
            yield Owner(name, each, (each.that,), (level,))
        if level.ledger is not None:
            yield Owner(f"ledger of {level.name}", level.ledger, (level.ledger,), (level,))
        for one in level.decisions:
            if not isinstance(one.body, ir.LedgerOutput | ir.Column):
                yield _decision(one, level)


def _decision(one: ir.Decision, level: ir.Level) -> Owner:
    inside = (one.body, one.applies, one.cap, one.floor, one.min, one.max, one.notes)
    waiting, tabled = [one.body], False
    while waiting:
        body = waiting.pop()
        if isinstance(body, ir.Choice):
            waiting += alternatives(body)
        elif isinstance(body, ir.Table):
            tabled |= not all(row.clauses for row in body.rows)
        elif isinstance(body, ir.BandSet):
            tabled |= not body.scale
    return Owner(f"decision {one.name}", one, inside, (level,), tabled=tabled)


@cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in attrs.fields(kind) if each.name not in _SKIPPED)


def _walk(part: Any, basis: Basis) -> Iterator[tuple[Any, Basis]]:
    """Constants that are numbers or dates, and references to parameters."""
    match part:
        case ir.Constant():
            if _is_number(part):
                yield part, basis
        case ir.ParameterRef():
            yield part, basis
        case ir.RoundingRule() | None | str():
            return
        case tuple():
            for each in part:
                yield from _walk(each, basis)
        case Mapping():
            yield from _walk(tuple(part.values()), basis)
        case ir.Choice():
            inner = attrs.evolve(basis, readings=(*basis.readings, part.reading))
            yield from _walk(tuple(alternatives(part)), inner)
        case ir.BandSet() if part.scale:
            yield from _walk(part.on, basis)
        case ir.DayRule():
            yield from _clocks(part.cutoff, basis)
        case _ if belongs(part):
            yield from _walk(tuple(_inside(part)), _own(part, basis))


def _inside(part: Any) -> Iterator[Any]:
    kind: Any = type(part)
    return (getattr(part, name) for name in _fields(kind))


def _own(part: Any, basis: Basis) -> Basis:
    """What a part rests on: its own clauses, where it cites any."""
    own, span = getattr(part, "clauses", ()), getattr(part, "span", basis.span)
    return Basis(own or basis.clauses, basis.readings, span)


def _is_number(part: ir.Constant) -> bool:
    if isinstance(part.value, bool) or part.value is None:
        return False
    return isinstance(part.value, int | Fraction | Limit) or part.type.kind in ("date", "month")


def _clocks(part: Any, basis: Basis) -> Iterator[tuple[ir.Constant, Basis]]:
    """The times of day of hours and cut-offs."""
    match part:
        case str():
            for hour, minute in _TIME.findall(part):
                value = 60 * int(hour) + int(minute)
                yield ir.Constant(value=value, type=CLOCK_TIME, span=basis.span), basis
        case tuple():
            for each in part:
                yield from _clocks(each, basis)
        case Mapping():
            for each in part.values():
                yield from _clocks(each, basis)
        case ir.Choice():
            inner = Basis(basis.clauses, (*basis.readings, part.reading), part.span)
            for option in alternatives(part):
                yield from _clocks(option, inner)
