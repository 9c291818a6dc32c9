"""All lints over a program, and which of their findings the ruleset acknowledges."""

from collections.abc import Mapping
from typing import Final

import attrs

from sla_rules.diagnostics import Diagnostic, by_place
from sla_rules.language.program import Program, Titles
from sla_rules.lint.found import Found, Lint

__all__ = ["LINTS", "findings"]

LINTS: Final[tuple[Lint, ...]] = ()


def findings(program: Program, lints: tuple[Lint, ...] = LINTS) -> tuple[Diagnostic, ...]:
    """Everything that the lints find, in order of place; acknowledged findings carry the reason."""
    return by_place(_answered(each, program) for lint in lints for each in lint(program))


def _answered(each: Found, program: Program) -> Diagnostic:
    for part in (*each.parts, program):
        reasons: Mapping[str, Titles] = getattr(part, "acknowledge", {})
        if each.problem.code in reasons:
            return attrs.evolve(each.problem, acknowledged=reasons[each.problem.code].en)
    return each.problem
