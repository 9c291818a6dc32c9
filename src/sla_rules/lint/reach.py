"""Grades and bands that nothing reaches, under any reading.  W707, W708."""

from collections.abc import Iterator
from typing import Any

from sla_rules.language import program as ir
from sla_rules.language.ranges import Case, Cases, Domain
from sla_rules.language.walk import chosen, parts
from sla_rules.lint.found import Found, found
from sla_rules.lint.words import shown, titled

__all__ = ["unreached_bands", "unreached_members"]


def unreached_members(program: ir.Program, cases: Cases) -> Iterator[Found]:
    """Members of an enumeration that no decision of its type gives."""
    homes: dict[str, tuple[ir.Level, ir.Decision]] = {}
    given: dict[str, set[Any] | None] = {}
    for level in program.levels.values():
        for decision in level.decisions:
            enum = decision.type.name
            if decision.type.kind != "enum" or enum not in program.enums:
                continue
            homes.setdefault(enum, (level, decision))
            for case in cases.of(level.name, decision.body):
                domain = case.ranges.slot(level, decision.index)
                before = given.setdefault(enum, set())
                known = domain.kind == "members" and before is not None
                given[enum] = before | domain.members if known and before is not None else None
    for enum, members in given.items():
        level, decision = homes[enum]
        for member in program.enums[enum]:
            if members is None or not members or member.name in members:
                continue
            message = f"no decision ever gives {titled(member)}, a choice of {enum}"
            hint = "let a row or band give it, or delete it from the choices"
            yield found("W707", message, decision.span, decision, level, hint=hint)


def unreached_bands(program: ir.Program, cases: Cases) -> Iterator[Found]:
    """Bands into which their number never falls, under none of the readings.

    A scale serves several decisions: a band of it is in vain if it is so for all.
    """
    reached: dict[int, bool] = {}
    first: dict[int, Found] = {}
    for level in program.levels.values():
        for decision in level.decisions:
            if not any(isinstance(part, ir.BandSet) for part in parts(decision.body)):
                continue
            for case in cases.of(level.name, decision.body, decision.applies):
                for part in parts(decision.body, case.choices):
                    if isinstance(part, ir.BandSet):
                        _look(program, level, decision, part, case, reached, first)
    yield from (each for key, each in first.items() if not reached[key])


def _look(
    program: ir.Program,
    level: ir.Level,
    decision: ir.Decision,
    part: ir.BandSet,
    case: Case,
    reached: dict[int, bool],
    first: dict[int, Found],
) -> None:
    on = case.ranges.of(level.name, part.on, given=decision.applies)
    if on.is_empty:
        return
    for band in chosen(part.bands, case.choices):
        held = case.ranges.between(band.interval)
        falls = held is None or not on.meet(held).is_empty
        reached[id(band)] = reached.get(id(band), False) or falls
        if not falls and id(band) not in first:
            message = f"no number falls into the band {band.interval.text} of {decision.name}"
            scale = program.scales.get(part.scale)
            around = (decision, level) if scale is None else (scale, decision, level)
            lies = _between(program, part.on, on)
            hint = f"delete it, and declare a domain where need be: the number is {lies}"
            first[id(band)] = found("W708", message, band.span, *around, hint=hint)


def _between(program: ir.Program, node: Any, on: Domain) -> str:
    low = None if on.low is None else shown(program, node.type, on.low)
    high = None if on.high is None else shown(program, node.type, on.high)
    if low is None or high is None:
        return f"never below {low}" if high is None else f"never above {high}"
    return f"always {low}" if low == high else f"between {low} and {high}"
