"""Where a contract can be changed: every part of a program, with what it belongs to."""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from sla_rules.diagnostics import Span
from sla_rules.language import program as ir
from sla_rules.language.visit import inside
from sla_rules.language.walk import alternatives, fields_in

__all__ = ["Home", "Site", "sites"]

Home = tuple[str, ...]
"""The part of a program that is rebuilt: ``("decision", level, name)``, ``("parameter", name)``."""


@attrs.frozen(eq=False)
class Site:
    """A part of a program, the place of the text that says it, and its clauses.

    *reached_by* are the parts of which one must have run for a case to feel a change here, none
    where any case may feel it;
    *users* are those that are made of it: decisions, requirements, ledgers.
    """

    part: Any
    home: Home
    span: Span
    clauses: tuple[str, ...]
    reached_by: tuple[Any, ...]
    users: tuple[Any, ...]


def sites(program: ir.Program) -> Iterator[Site]:
    """Every part that a change can touch, in the order of the program."""
    users = _users(program)
    for name, parameter in program.parameters.items():
        home: Home = ("parameter", name)
        yield from _below(users[home].site(parameter, home), parameter.value)
    for name, scale in program.scales.items():
        home = ("scale", name)
        start = users[home].site(scale, home)
        yield start
        yield from _below(start, scale.bands)
    for level in program.levels.values():
        yield from _of_level(level)


def _of_level(level: ir.Level) -> Iterator[Site]:
    for decision in level.decisions:
        home: Home = ("decision", level.name, decision.name)
        start = Site(decision, home, decision.span, decision.clauses, (decision,), (decision,))
        yield start
        limits = (decision.cap, decision.floor, decision.rounding)
        yield from _below(start, (decision.body, *limits, decision.notes))
        anywhere = attrs.evolve(start, reached_by=())  # also where it did not apply
        yield from _below(anywhere, decision.applies)
    for number, each in enumerate(level.require):
        home = ("require", level.name, str(number))
        start = Site(each, home, each.span, each.clauses, (each.that,), (each,))
        yield start
        yield from _below(start, each.that)
    ledger = level.ledger
    if ledger is not None:
        home = ("ledger", level.name)
        start = Site(ledger, home, ledger.span, ledger.clauses, (ledger,), (ledger,))
        yield start
        parts = (ledger.date, ledger.available, ledger.cap, ledger.total_cap, ledger.rounding)
        yield from _below(start, parts)
        for source in ledger.sources:
            below = Site(source, home, source.span, source.clauses, (ledger,), (ledger,))
            yield below
            yield from _below(below, (source.amount, source.on))


def _below(above: Site, part: Any) -> Iterator[Site]:
    """The parts below one, each once; what has a place or clauses of its own is told there."""
    known: set[int] = set()
    waiting = [(above, part)]
    while waiting:
        site, each = waiting.pop()
        if isinstance(each, tuple):
            waiting += [(site, inner) for inner in reversed(each)]
            continue
        fields = fields_in(each.__class__)
        if fields is None or id(each) in known:
            continue
        known.add(id(each))
        site = _at(site, each)
        yield site
        if isinstance(each, ir.Choice):
            waiting += [(site, inner) for inner in reversed(alternatives(each))]
            continue
        waiting += [(site, getattr(each, name)) for name in reversed(_walked(each, fields))]


def _walked(part: Any, fields: tuple[str, ...]) -> tuple[str, ...]:
    """What is changed inside a part; the edges of bands move where two of them meet."""
    match part:
        case ir.BandSet():
            return ("on",) if part.scale else ("on", "bands")
        case ir.Band():
            return ("output",)
    return fields


def _at(above: Site, part: Any) -> Site:
    span = getattr(part, "span", None) or above.span
    clauses = getattr(part, "clauses", ()) or above.clauses
    reached = (part,) if isinstance(part, ir.Table | ir.BandSet | ir.Rates) else above.reached_by
    return attrs.evolve(above, part=part, span=span, clauses=clauses, reached_by=reached)


def _users(program: ir.Program) -> Mapping[Home, "_Users"]:
    """Which parts rest on each parameter and scale, directly or through other parameters."""
    found: dict[Home, _Users] = {("parameter", name): _Users() for name in program.parameters}
    found |= {("scale", name): _Users() for name in program.scales}
    for level in program.levels.values():
        for decision in level.decisions:
            for home in _named(program, level.name, decision):
                found[home].add(decision, decision)
            for home in _named(program, level.name, decision.applies):
                found[home].anywhere = True  # also where it did not apply
        for each in level.require:
            for home in _named(program, level.name, each.that):
                found[home].add(each.that, each)
        if level.ledger is not None:
            for home in _named(program, level.name, level.ledger):
                found[home].add(level.ledger, level.ledger)
    for name, scale in program.scales.items():
        for home in _named(program, "", scale.bands):
            if home[0] == "parameter":
                found[home].join(found["scale", name])
    return found


def _named(program: ir.Program, level: str, part: Any) -> Iterator[Home]:
    """The parameters and scales that a part names."""
    for _, each in inside(part, level, program=program):
        if isinstance(each, ir.ParameterRef):
            yield "parameter", each.name
        elif isinstance(each, ir.BandSet) and each.scale:
            yield "scale", each.scale


@attrs.define
class _Users:
    """The parts that rest on something, and what is heard of each when it runs."""

    heard: list[Any] = attrs.field(factory=list)
    parts: list[Any] = attrs.field(factory=list)
    anywhere: bool = False

    def add(self, heard: Any, part: Any) -> None:
        """One more, unless it is known."""
        if not any(part is each for each in self.parts):
            self.heard.append(heard)
            self.parts.append(part)

    def join(self, other: "_Users") -> None:
        """Those of another, too."""
        for heard, part in zip(other.heard, other.parts, strict=True):
            self.add(heard, part)
        self.anywhere |= other.anywhere

    def site(self, part: Any, home: Home) -> Site:
        """What a change of the part belongs to."""
        heard = () if self.anywhere else tuple(self.heard)
        return Site(part, home, part.span, part.clauses, heard, tuple(self.parts))
