"""Every sentence is encoded, or says why it is not."""

from collections.abc import Iterator

from sla_rules.diagnostics import Diagnostic, Severity
from sla_rules.language import program as ir
from sla_rules.language.walk import parts

__all__ = ["check_clauses", "cited_clauses"]


def cited_clauses(program: ir.Program) -> frozenset[str]:
    """The clauses that some rule, row, band, parameter, fact or reading cites."""
    cited: set[str] = {reading.clause for reading in program.readings.values()}
    for parameter in program.parameters.values():
        cited.update(parameter.clauses)
    for calendar in program.calendars.values():
        cited.update(calendar.clauses)
    if program.transition is not None:
        cited.update(program.transition.clauses)
    for level in program.levels.values():
        for each in parts(level):
            cited.update(getattr(each, "clauses", ()))
    return frozenset(cited)


def check_clauses(program: ir.Program) -> Iterator[Diagnostic]:
    """Clauses that nothing cites and that do not say that they are no rule; and the reverse."""
    cited = cited_clauses(program)
    for clause in program.clauses.values():
        if clause.id not in cited and clause.not_encoded is None:
            yield Diagnostic(
                code="W541",
                message=f"clause {clause.id} is cited by no rule",
                where=clause.span,
                hint="encode it, or add not_encoded: with the reason",
                severity=Severity.WARNING,
            )
        elif clause.id in cited and clause.not_encoded is not None:
            yield Diagnostic(
                code="W542",
                message=f"clause {clause.id} is cited by a rule and marked not_encoded",
                where=clause.span,
                hint="delete not_encoded:, or the citation",
                severity=Severity.WARNING,
            )
