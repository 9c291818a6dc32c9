"""Stage 4, check: what a typed program must still satisfy before it may be used.

Each check is a function from the program to diagnostics; the order is data.
"""

from collections.abc import Callable, Iterable
from typing import Final

from sla_rules.diagnostics import Diagnostic
from sla_rules.language.check.bands import check_bands
from sla_rules.language.check.calendars import check_calendars, check_day_lengths
from sla_rules.language.check.clauses import check_clauses
from sla_rules.language.check.dependencies import check_dependencies
from sla_rules.language.check.ledgers import check_ledgers
from sla_rules.language.check.records import check_records
from sla_rules.language.program import Program

__all__ = ["CHECKS", "check"]

Check = Callable[[Program], Iterable[Diagnostic]]

CHECKS: Final[tuple[Check, ...]] = (
    check_dependencies,
    check_records,
    check_calendars,
    check_day_lengths,
    check_bands,
    check_ledgers,
    check_clauses,
)


def check(program: Program, checks: tuple[Check, ...] = CHECKS) -> list[Diagnostic]:
    """Everything that the checks find."""
    return [problem for each in checks for problem in each(program)]
