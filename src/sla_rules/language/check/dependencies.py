"""No decision may depend on itself, under any single change of the default readings."""

from collections.abc import Iterator

from sla_rules.diagnostics import Diagnostic
from sla_rules.language import program as ir
from sla_rules.language.walk import CyclicDecisions, evaluation_order, readings_of

__all__ = ["check_dependencies"]


def check_dependencies(program: ir.Program) -> Iterator[Diagnostic]:
    """Decisions in a circle, with every member of it."""
    defaults = {name: reading.default for name, reading in program.readings.items()}
    for level in program.levels.values():
        used = {name for decision in level.decisions for name in readings_of(decision)}
        seen: set[frozenset[str]] = set()
        for choices in _variations(program, defaults, used):
            try:
                evaluation_order(level, choices)
            except CyclicDecisions as error:
                names = [decision.name for decision in error.cycle]
                if frozenset(names) not in seen:
                    seen.add(frozenset(names))
                    yield Diagnostic(
                        code="E531",
                        message=f"decisions depend on each other: {' -> '.join(names)}",
                        where=error.cycle[0].span,
                        also=tuple(decision.span for decision in error.cycle[1:]),
                        hint="break the circle" + _under(choices, defaults),
                    )


def _variations(
    program: ir.Program, defaults: dict[str, str], used: set[str]
) -> Iterator[dict[str, str]]:
    """The default readings, and each single change of a reading that is used."""
    yield defaults
    for name in sorted(used):
        for option in program.readings[name].options:
            if option != defaults[name]:
                yield {**defaults, name: option}


def _under(choices: dict[str, str], defaults: dict[str, str]) -> str:
    changed = [f"{name}={option}" for name, option in choices.items() if option != defaults[name]]
    return f" (under {', '.join(changed)})" if changed else ""
