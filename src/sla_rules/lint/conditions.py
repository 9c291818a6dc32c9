"""Two notes of one decision, or two requirements of one level, with one condition.  W706."""

from collections.abc import Iterable, Iterator
from typing import Any

from sla_rules.diagnostics import Span
from sla_rules.language import program as ir
from sla_rules.lint.found import Found, found
from sla_rules.lint.tables import structure

__all__ = ["same_conditions"]


def same_conditions(program: ir.Program) -> Iterator[Found]:
    """Conditions that stand twice: one of the two was meant to be another."""
    for level in program.levels.values():
        for first, second in _twice((each.that, each.span) for each in level.require):
            message = f"two requirements of {level.name} have one and the same condition"
            yield _found(message, first, second, level)
        for decision in level.decisions:
            for first, second in _twice((each.when, each.span) for each in decision.notes):
                message = f"two notes of {decision.name} have one and the same condition"
                yield _found(message, first, second, decision, level)


def _found(message: str, first: Span, second: Span, *around: Any) -> Found:
    hint = "make one of them, or mend the condition of one"
    return found("W706", message, second, *around, also=(first,), hint=hint)


def _twice(conditions: Iterable[tuple[Any, Span]]) -> Iterator[tuple[Span, Span]]:
    seen: dict[Any, Span] = {}
    for condition, span in conditions:
        key = structure(condition)
        if key in seen:
            yield seen[key], span
        else:
            seen[key] = span
