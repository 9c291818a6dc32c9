"""What the cases of a ruleset cover: each target with the cases that cover it."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

import attrs

from sla_rules.coverage.targets import KINDS, Target
from sla_rules.quantities import Rounding, exact_decimal, round_exact
from sla_rules.rules import Rules
from sla_rules.testing.cases import Case

__all__ = ["CoverageReport", "Point", "Tally", "percent"]

_TENTH: Final = Rounding(Fraction(1, 10), "down")


@attrs.frozen
class Point:
    """One target and the cases that cover it, in the order of their files."""

    target: Target
    cases: tuple[Case, ...] = attrs.field(repr=False)

    @property
    def covered(self) -> bool:
        """Whether some case covers it."""
        return bool(self.cases)


@attrs.frozen
class Tally:
    """How many targets of a kind there are, and how many are covered."""

    covered: int
    total: int

    @property
    def share(self) -> Fraction:
        """The share that is covered; 1 where there is nothing to cover."""
        return Fraction(self.covered, self.total) if self.total else Fraction(1)


@attrs.frozen
class CoverageReport:
    """What the cases of one ruleset cover.

    *cases* hold and count; *failed* do not hold and cover nothing.  *points* are all targets, by
    kind and then in the order of the text.  *text_only* are the clauses that are deliberately no
    rule, *uncited* those that nothing cites although nothing says why; neither can be covered, and
    only the latter count as not covered.  *ran* are the clauses of which something ran in a case
    that holds, whether it names them or not.  *idle* are cases with the clauses that they name and
    nothing of which took part in them.
    """

    rules: Rules = attrs.field(repr=False)
    cases: tuple[Case, ...] = attrs.field(repr=False)
    failed: tuple[Case, ...] = attrs.field(repr=False)
    points: tuple[Point, ...] = attrs.field(repr=False)
    text_only: tuple[str, ...]
    uncited: tuple[str, ...]
    ran: frozenset[str] = attrs.field(repr=False)
    idle: tuple[tuple[Case, tuple[str, ...]], ...] = attrs.field(repr=False)

    def of(self, kind: str) -> tuple[Point, ...]:
        """The targets of a kind."""
        return tuple(each for each in self.points if each.target.kind == kind)

    def missing(self, kind: str) -> tuple[Point, ...]:
        """The targets of a kind that no case covers."""
        return tuple(each for each in self.of(kind) if not each.covered)

    @property
    def tallies(self) -> Mapping[str, Tally]:
        """How much of each kind is covered; every kind is there."""
        return {
            kind: Tally(sum(each.covered for each in of), len(of))
            for kind, of in ((kind, self.of(kind)) for kind in KINDS)
        }

    def below(self, least: Mapping[str, Fraction]) -> tuple[str, ...]:
        """The kinds of which less than the share asked for is covered."""
        tallies = self.tallies
        return tuple(kind for kind in KINDS if tallies[kind].share < least.get(kind, 0))


def percent(share: Fraction) -> str:
    """A share in hundredths, rounded down to a tenth: 100 only where nothing is missing."""
    return f"{exact_decimal(round_exact(share * 100, _TENTH))}"
