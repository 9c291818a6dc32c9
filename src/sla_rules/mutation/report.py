"""What came of changing a contract: which changes the cases notice, and which they do not."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

import attrs

from sla_rules.diagnostics import Span
from sla_rules.language.program import Titles
from sla_rules.mutation.killing import KillingCase
from sla_rules.quantities import Rounding, exact_decimal, round_exact

__all__ = ["MutationReport", "Survivor"]

_TENTH: Final = Rounding(Fraction(1, 10), "down")


@attrs.frozen
class Survivor:
    """A change that no case notices.

    *text* says it in contract words.  *killing* is the smallest case found that would notice it;
    None where nothing that was tried shows a difference.  *reached* is how many cases
    run the changed part.  *because* says why it may stay unnoticed, where somebody said so.
    """

    number: int
    operator: str
    span: Span
    clauses: tuple[str, ...]
    text: Titles
    reached: int
    killing: KillingCase | None
    because: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The survivor as JSON-able data."""
        killing = None if self.killing is None else jsonable(attrs.asdict(self.killing))
        return {
            "number": self.number,
            "operator": self.operator,
            "where": str(self.span),
            "clauses": list(self.clauses),
            "text": {"zh": self.text.zh, "en": self.text.en},
            "reached": self.reached,
            "because": self.because,
            "killing": killing,
        }


@attrs.frozen
class MutationReport:
    """All changes of one ruleset by one step, and how many of them its cases notice.

    *equivalent* changes provably change nothing and count nowhere; nor do those *refused*, after
    which, under the readings of every case that could notice it, nothing can be decided any more,
    since two decisions need each other, say.  *cases* hold; those that do not were *left_out*,
    since they would notice anything.
    """

    ruleset: str
    version: str
    cases: int
    killed: int
    equivalent: int
    survivors: tuple[Survivor, ...]
    operators: Mapping[str, tuple[int, int]]
    left_out: int = 0
    refused: int = 0

    @property
    def total(self) -> int:
        """How many changes count."""
        return self.killed + len(self.survivors)

    @property
    def score(self) -> Fraction:
        """The share of the changes that are noticed; 1 where nothing can be changed."""
        return Fraction(self.killed, self.total) if self.total else Fraction(1)

    @property
    def percent(self) -> str:
        """The score in hundredths, rounded down to a tenth: 100 only when nothing survives."""
        return f"{exact_decimal(round_exact(self.score * 100, _TENTH))}"

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-able data."""
        return {
            "ruleset": self.ruleset,
            "version": self.version,
            "cases": self.cases,
            "left_out": self.left_out,
            "total": self.total,
            "killed": self.killed,
            "equivalent": self.equivalent,
            "refused": self.refused,
            "percent": self.percent,
            "operators": {
                name: {"total": total, "killed": killed}
                for name, (total, killed) in self.operators.items()
            },
            "survivors": [each.to_dict() for each in self.survivors],
        }


def jsonable(value: Any) -> Any:
    """Plain data with exact numbers as text."""
    if isinstance(value, Mapping):
        return {key: jsonable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(each) for each in value]
    return value if value is None or isinstance(value, bool | str | int) else str(value)
