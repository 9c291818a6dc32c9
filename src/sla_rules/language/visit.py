"""Walking a program with the level whose names each part reads."""

from collections.abc import Iterator, Mapping
from typing import Any

from sla_rules.language import program as ir
from sla_rules.language.walk import alternatives, fields_in

__all__ = ["everything", "inside"]


def everything(program: ir.Program) -> Iterator[tuple[str, Any]]:
    """All parts of parameters, scales, calendars, levels and transition, each with its level.

    The bands of a named scale are met once, at the scale.
    """
    for parameter in program.parameters.values():
        yield from inside(parameter.value)
    for scale in program.scales.values():
        yield from inside((scale.bands, scale.domain))
    for calendar in program.calendars.values():
        yield from inside((calendar.hours, calendar.seasons))
        yield from inside((calendar.holidays, calendar.day_length))
    for level in program.levels.values():
        yield from inside(level.facts, level.name, scales=False)
        rules = (level.decisions, level.require, level.moment)
        yield from inside(rules, level.name, scales=False)
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


def inside(
    part: Any,
    level: str = "",
    *,
    choices: Mapping[str, str] | None = None,
    program: ir.Program | None = None,
    scales: bool = True,
) -> Iterator[tuple[str, Any]]:
    """Every program object in *part*, itself first, with the level whose names it reads.

    Of a switch all alternatives, or the one that *choices* take.  With *program*, the values of
    the parameters are followed too, each once; what is read of a record never is.  Without
    *scales* the bands of named scales are left out.
    """
    waiting: list[tuple[str, Any]] = [(level, part)]
    known: set[str] = set()
    while waiting:  # no recursion: this is walked many times over
        level, each = waiting.pop()
        kind = each.__class__
        if kind is tuple:
            waiting += [(level, inner) for inner in reversed(each)]
            continue
        if isinstance(each, Mapping):
            waiting += [(level, inner) for inner in each.values()]
            continue
        fields = fields_in(kind)
        if fields is None:
            continue
        yield level, each
        if kind is ir.Choice:
            one = None if choices is None else each.options[choices[each.reading]]
            several = alternatives(each) if choices is None else (one,)
            waiting += [(level, inner) for inner in reversed(several)]
            continue
        if kind is ir.ParameterRef and program is not None and each.name not in known:
            known.add(each.name)
            waiting.append((level, program.parameters[each.name].value))
        waiting += _fields(each, fields, level, scales=scales)


def _fields(
    part: Any, names: tuple[str, ...], level: str, *, scales: bool
) -> Iterator[tuple[str, Any]]:
    """What stands in the fields of a part, the last first, each with the level that it reads."""
    within = _level_within(part, level)
    for name in reversed(names):
        if name == "bands" and not scales and isinstance(part, ir.BandSet) and part.scale:
            continue
        if name == "path" and isinstance(part, ir.Aggregate):
            yield from _path(part, level)
        elif name == "record" and isinstance(part, ir.Through):
            yield level, part.record
        else:
            yield within, getattr(part, name)


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
