"""All lints over a program, and which of their findings the ruleset acknowledges."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from sla_rules.diagnostics import Diagnostic, by_place, nearest
from sla_rules.language.load import with_excerpts
from sla_rules.language.program import Program, Titles
from sla_rules.lint.cents import lint_cents
from sla_rules.lint.codes import CODES
from sla_rules.lint.cover import cover
from sla_rules.lint.declared import lint_declared
from sla_rules.lint.fairness import fairness
from sla_rules.lint.found import Found, Lint, found
from sla_rules.lint.limits import limits
from sla_rules.lint.maxima import maxima
from sla_rules.lint.numbers import lint_numbers
from sla_rules.lint.percentages import lint_percentages
from sla_rules.lint.sentences import lint_sentences
from sla_rules.lint.steps import steps
from sla_rules.lint.years import lint_years

__all__ = ["LINTS", "findings"]

LINTS: Final[tuple[Lint, ...]] = (
    cover,
    steps,
    fairness,
    maxima,
    limits,
    lint_numbers,
    lint_sentences,
    lint_cents,
    lint_declared,
    lint_years,
    lint_percentages,
)

Used = set[tuple[int, str]]


def findings(
    program: Program, lints: tuple[Lint, ...] = LINTS, *, lang: str = "en"
) -> tuple[Diagnostic, ...]:
    """Everything that the lints find, in order of place; acknowledged findings carry the reason.

    A finding is acknowledged by the nearest part around it that does so, at last by the program;
    an acknowledgement that answers nothing is a finding too.  Reasons are given in *lang*.
    """
    everything = [each for lint in lints for each in lint(program)]
    used: Used = set()
    answered = [_answered(each, program, used, lang) for each in everything]
    known = {code for code in CODES if code.startswith("W7")}  # W541 has not_encoded instead
    known |= {each.problem.code for each in everything}
    answered += [each.problem for each in _idle(program, used, known)]
    return with_excerpts(by_place(answered), program.texts)


def _answered(each: Found, program: Program, used: Used, lang: str) -> Diagnostic:
    code = each.problem.code
    for part in (*each.parts, program):
        reasons: Mapping[str, Titles] = getattr(part, "acknowledge", {})
        if code in reasons:
            used.add((id(part), code))
            return attrs.evolve(each.problem, acknowledged=reasons[code].of(lang) or code)
    return each.problem


def _idle(program: Program, used: Used, known: set[str]) -> Iterator[Found]:
    """Acknowledgements of what is not found, and of what cannot be found."""
    for name, part in _acknowledging(program):
        for code in part.acknowledge:
            if code not in known:
                message = f"{name} acknowledges {code!r}, which is no code of a finding"
                hint = nearest(code, known, cutoff=0.5) or "delete the line"
                yield found("W744", message, part.span, hint=hint)
            elif (id(part), code) not in used:
                message = f"{name} acknowledges {code}, and nothing like it is found there"
                hint = "delete the line: what it excused is gone, or a nearer part answers for it"
                yield found("W743", message, part.span, hint=hint)


def _acknowledging(program: Program) -> Iterator[tuple[str, Any]]:
    """Every part that can acknowledge something, and what to call it."""
    yield "the ruleset", program
    shared: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("clause", program.clauses),
        ("calendar", program.calendars),
        ("parameter", program.parameters),
        ("scale", program.scales),
        ("reading", program.readings),
    )
    for what, those in shared:
        yield from ((f"{what} {name}", each) for name, each in those.items())
    for level in program.levels.values():
        yield f"level {level.name}", level
        if level.ledger is not None:
            yield f"the ledger of {level.name}", level.ledger
        yield from ((each.name, each) for each in level.facts)
        yield from ((each.name, each) for each in level.decisions)
