"""Every object of a program once, with the level whose names it reads."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import attrs

from sla_rules.language import program as ir
from sla_rules.language.walk import alternatives, belongs

__all__ = ["everything", "inside"]

_SKIPPED: Final = frozenset(("type", "span", "acknowledge", "text", "texts", "title", "titles"))


@cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in attrs.fields(kind) if each.name not in _SKIPPED)


def everything(program: ir.Program) -> Iterator[tuple[str, Any]]:
    """All parts of parameters, scales, calendars, levels and transition; bands of scales once."""
    for parameter in program.parameters.values():
        yield from inside(parameter.value)
    for scale in program.scales.values():
        yield from inside((scale.bands, scale.domain))
    for calendar in program.calendars.values():
        yield from inside((calendar.hours, calendar.seasons))
        yield from inside((calendar.holidays, calendar.day_length))
    for level in program.levels.values():
        yield from inside(level.facts, level.name)
        yield from inside((level.decisions, level.require, level.moment), level.name)
        if level.ledger is not None:
            yield from _ledger(level.ledger, level.name)
    if program.transition is not None:
        for name, moment in program.transition.moments.items():
            yield from inside(moment, name)


def _ledger(ledger: ir.Ledger, home: str) -> Iterator[tuple[str, Any]]:
    """A ledger speaks of its payments; its entries and its total cap have levels of their own."""
    yield home, ledger
    yield from inside((ledger.date, ledger.available, ledger.cap), ledger.level)
    yield from inside(ledger.total_cap, home)
    for source in ledger.sources:
        yield source.level, source
        yield from inside((source.amount, source.on), source.level)
    words = (ledger.assign, ledger.remainder, ledger.corrections, ledger.rounding)
    yield from inside(words, home)


def inside(part: Any, level: str = "") -> Iterator[tuple[str, Any]]:
    """Every object in *part*, itself first; the bands of a named scale are left to it."""
    if isinstance(part, tuple):
        for each in part:
            yield from inside(each, level)
    elif isinstance(part, Mapping):
        for each in part.values():
            yield from inside(each, level)
    elif isinstance(part, ir.Choice):
        yield level, part
        for each in alternatives(part):
            yield from inside(each, level)
    elif belongs(part):
        yield level, part
        kind: Any = type(part)
        within = _level_within(part, level)
        for name in _fields(kind):
            if name == "bands" and isinstance(part, ir.BandSet) and part.scale:
                continue
            if name == "path" and isinstance(part, ir.Aggregate):
                yield from _path(part, level)
            else:
                yield from inside(getattr(part, name), within)


def _level_within(part: Any, level: str) -> str:
    if isinstance(part, ir.Aggregate | ir.Previous | ir.Outer):
        return part.level
    return part.record.type.name if isinstance(part, ir.Through) else level


def _path(part: ir.Aggregate, level: str) -> Iterator[tuple[str, Any]]:
    """The lists that lead to the records of an aggregate, each on its level."""
    level = part.earlier or level
    for step in part.path:
        yield level, step
        level = step.type.name
