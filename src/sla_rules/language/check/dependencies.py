"""No decision may depend on itself, under any single change of the default readings."""

from collections.abc import Iterator, Mapping

from sla_rules.diagnostics import Diagnostic
from sla_rules.language import program as ir
from sla_rules.language.variations import single_changes
from sla_rules.language.walk import CyclicDecisions, ordered, readings_of, reads

__all__ = ["check_dependencies"]


def check_dependencies(program: ir.Program) -> Iterator[Diagnostic]:
    """Decisions in a circle, with every member of it."""
    defaults = program.defaults
    for level in program.levels.values():
        usual = {each.index: reads(each, defaults) for each in level.decisions}
        seen: set[frozenset[str]] = set()
        for choices, switched in _variations(program, level):
            changed = {each.index: reads(each, choices) for each in switched}
            try:
                ordered(level, {**usual, **changed})
            except CyclicDecisions as error:
                names = [decision.name for decision in error.cycle]
                if frozenset(names) not in seen:
                    seen.add(frozenset(names))
                    yield Diagnostic(
                        code="E531",
                        message=f"decisions depend on each other: {' -> '.join(names)}",
                        where=error.cycle[0].span,
                        also=tuple(decision.span for decision in error.cycle[1:]),
                        hint="let one of them rest on facts only" + _under(choices, defaults),
                    )


def _variations(
    program: ir.Program, level: ir.Level
) -> Iterator[tuple[Mapping[str, str], list[ir.Decision]]]:
    """The default readings, and each single change with the decisions that it touches."""
    yield program.defaults, []
    by_reading: dict[str, list[ir.Decision]] = {}
    for decision in level.decisions:
        for name in readings_of(decision):
            by_reading.setdefault(name, []).append(decision)
    for name, option in single_changes(program, by_reading):
        yield {**program.defaults, name: option}, by_reading[name]


def _under(choices: Mapping[str, str], defaults: Mapping[str, str]) -> str:
    changed = [f"{name}={option}" for name, option in choices.items() if option != defaults[name]]
    return f" (under {', '.join(changed)})" if changed else ""
