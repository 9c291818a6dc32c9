"""Levels fit together: requirements read facts only, children form no circle."""

from collections.abc import Iterator

from sla_rules.diagnostics import Diagnostic
from sla_rules.language import program as ir
from sla_rules.language.walk import parts

__all__ = ["check_records"]


def check_records(program: ir.Program) -> Iterator[Diagnostic]:
    """Requirements that read decisions, and levels that contain themselves."""
    for level in program.levels.values():
        for requirement in level.require:
            for part in parts(requirement.that):
                if isinstance(part, ir.SlotRef) and part.decision:
                    yield Diagnostic(
                        code="E532",
                        message=f"a requirement reads facts only, and {part.name!r} is a decision",
                        where=part.span,
                        hint="facts come before decisions: read the facts it rests on",
                    )
        if level.name in _below(program, level.name):
            yield Diagnostic(
                code="E533",
                message=f"level {level.name!r} contains itself",
                where=level.span,
                hint="let a level list only what lies below it",
            )
        if level.interval and len(level.interval) != 2:
            yield Diagnostic(
                code="E534",
                message=f"level {level.name!r}: interval: takes two facts",
                where=level.span,
                hint="write interval: [from, to]",
            )
    yield from _stops(program)


def _below(program: ir.Program, name: str) -> set[str]:
    """The names of all levels below a level."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for fact in program.levels[waiting.pop()].facts:
            if fact.type.kind in ("list", "record") and fact.type.name not in found:
                found.add(fact.type.name)
                waiting.append(fact.type.name)
    return found


def _stops(program: ir.Program) -> Iterator[Diagnostic]:
    """A clock can only be stopped by records that say from when to when."""
    for level in program.levels.values():
        for decision in level.decisions:
            for part in parts(decision.body):
                stops = getattr(part, "stops", None)
                if stops is not None and len(program.levels[stops.level].interval) != 2:
                    yield Diagnostic(
                        code="E535",
                        message=f"level {stops.level!r} stops a clock but names no interval",
                        where=program.levels[stops.level].span,
                        hint="add interval: [from, to] to the level",
                    )
