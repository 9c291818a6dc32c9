"""What a case is, and what running it gives."""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from sla_rules.diagnostics import Diagnostic, Span
from sla_rules.language.source import Node
from sla_rules.rules import Rules

__all__ = ["SUFFIX", "Case", "CaseResult", "CasesReport", "Mismatch", "Refusal"]

SUFFIX: Final = ".cases.yaml"
"""How the name of a file of cases ends."""


@attrs.frozen
class Refusal:
    """An expected refusal of the facts: its code, and the path of the fact concerned if it is said.

    >>> str(Refusal("F132", "responded_at"))
    'F132 at responded_at'
    """

    code: str
    at: str = ""

    def __str__(self) -> str:
        return f"{self.code} at {self.at}" if self.at else self.code


@attrs.frozen
class Case:
    """One case, checked against its ruleset; *facts* have defaults and backgrounds merged in.

    A row of a table is a case of its own: *span* is the row's.  *places* say where each
    expectation stands, by the name that a mismatch has.
    """

    name: str
    clauses: tuple[str, ...]
    level: str
    readings: Mapping[str, str]
    reading_of: str | None
    facts: Any
    expect: Mapping[str, Any]
    span: Span
    places: Mapping[str, Span] = attrs.field(factory=dict, eq=False, repr=False)
    sources: tuple[Node, ...] = attrs.field(default=(), eq=False, repr=False)
    """The facts as they are written, each laid over those before it."""


@attrs.frozen
class Mismatch:
    """One expectation that does not hold: the result, and both values as text."""

    what: str
    expected: str
    got: str


@attrs.frozen
class CaseResult:
    """One case that was run; it passed when nothing differs."""

    case: Case
    mismatches: tuple[Mismatch, ...]
    rules: Rules = attrs.field(repr=False, eq=False)

    @property
    def passed(self) -> bool:
        """Whether every expectation holds."""
        return not self.mismatches

    def failure_text(self, lang: str | None = None, *, width: int = 100) -> str:
        """Where the case stands, what differs, and why it came out so, in a dozen lines.

        In ``zh`` or ``en``; by default in the language of the contract.
        """
        from sla_rules.testing.failure import failure_text

        return failure_text(self.case, self.mismatches, self.rules, lang=lang, width=width)

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON-able data."""
        case = self.case
        return {
            "name": case.name,
            "where": str(case.span),
            "clauses": list(case.clauses),
            "level": case.level,
            "readings": dict(case.readings),
            "passed": self.passed,
            "mismatches": [attrs.asdict(each) for each in self.mismatches],
        }


@attrs.frozen
class CasesReport:
    """All cases of all files that were run, in the order of the files.

    *problems* is what is wrong with the files themselves: such a file is not run, the others are.
    """

    files: tuple[str, ...]
    results: tuple[CaseResult, ...]
    problems: tuple[Diagnostic, ...]

    @property
    def failures(self) -> tuple[CaseResult, ...]:
        """The cases of which an expectation does not hold."""
        return tuple(each for each in self.results if not each.passed)

    @property
    def passed(self) -> bool:
        """Whether every file could be read and every case holds."""
        return not self.problems and not self.failures

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-able data."""
        failed = len(self.failures)
        return {
            "files": list(self.files),
            "passed": len(self.results) - failed,
            "failed": failed,
            "problems": [each.to_dict() for each in self.problems],
            "cases": [each.to_dict() for each in self.results],
        }
