"""What differs between two assessments of the same facts, as values."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs

from sla_rules.assessment import Assessment, Result, json_value, result_dict
from sla_rules.language.program import Titles
from sla_rules.quantities import exact_decimal

__all__ = ["Comparison", "Difference"]


@attrs.frozen(kw_only=True)
class Difference:
    """One result that differs: of which record, before and after, by which clauses.

    *before* or *after* is None where that ruleset has no such decision.  *difference* is after
    minus before, where both are known numbers, durations or instants.  *readings* are those of the
    changed readings by which the decision itself is switched; without any it follows from others.
    """

    path: str
    level: str
    id: str | None
    decision: str
    title: Titles
    before: Result | None
    after: Result | None
    difference: Decimal | Fraction | dt.timedelta | None
    clauses: tuple[str, ...]
    readings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The difference as JSON-able data; numbers are exact text."""
        sides = {"before": self.before, "after": self.after}
        return {
            "path": self.path,
            "level": self.level,
            "id": self.id,
            "decision": self.decision,
            "title": {"zh": self.title.zh, "en": self.title.en},
            **{name: None if each is None else result_dict(each) for name, each in sides.items()},
            "difference": json_value(self.difference),
            "clauses": list(self.clauses),
            "readings": list(self.readings),
        }


@attrs.frozen(eq=False)
class Comparison:
    """Two assessments of the same facts, and what differs between them.

    Obtained from :meth:`Rules.compare`.

    >>> import sla_rules as sla
    >>> facts = {"id": "I1", "impact": "business_affecting",
    ...     "reported_at": "2024-03-05T10:00+08:00", "responded_at": "2024-03-05T10:10+08:00",
    ...     "recovered_at": "2024-03-05T15:30+08:00"}
    >>> what_if = sla.load("gz-npc-2023").compare(
    ...     {"overrun-tail": "lowest_printed_nine"}, facts, level="incident")
    >>> [(each.decision, each.before.value, each.after.value) for each in what_if.differences][:1]
    [('worst_score', Decimal('0'), Decimal('9'))]
    """

    before: Assessment
    after: Assessment
    differences: tuple[Difference, ...]

    def __repr__(self) -> str:
        return (
            f"<Comparison of {self.after.level} {self.after.id!r}: {len(self.differences)} differ>"
        )

    @property
    def readings(self) -> tuple[tuple[str, str, str], ...]:
        """The readings that differ: name, option before, option after."""
        old, new = self.before.rules.readings, self.after.rules.readings
        return tuple(
            (name, old[name], option)
            for name, option in new.items()
            if name in old and old[name] != option
        )

    @property
    def sums(self) -> Mapping[str, Decimal | Fraction | None]:
        """By level and decision (``payment.net``): what all amounts together come to more.

        None where some amount is not known yet.
        """
        found: dict[str, list[Any]] = defaultdict(list)
        for each in self.amounts():
            found[f"{each.level}.{each.decision}"].append(each.difference)
        return {
            name: None if None in amounts else exact_decimal(sum(map(Fraction, amounts)))
            for name, amounts in found.items()
        }

    def amounts(self) -> Iterator[Difference]:
        """The differences that are amounts of money."""
        for each in self.differences:
            kind = self.type_of(each)
            if kind is not None and kind.kind == "number" and kind.show == "money":
                yield each

    def type_of(self, each: Difference) -> Any:
        """The type of the decision that differs."""
        for side in (self.after, self.before):
            level = side.rules.program.levels.get(each.level)
            decision = level and level.decision(each.decision)
            if decision:
                return decision.type
        return None

    def to_dict(self) -> dict[str, Any]:
        """The comparison as JSON-able data with stable keys; numbers are exact text."""
        sides = {"before": self.before.rules, "after": self.after.rules}
        return {
            **{name: {"ruleset": each.id, "version": each.version} for name, each in sides.items()},
            "readings": [
                {"reading": name, "before": one, "after": two} for name, one, two in self.readings
            ],
            "sums": {name: json_value(amount) for name, amount in self.sums.items()},
            "differences": [each.to_dict() for each in self.differences],
        }

    def text(self, lang: str = "zh") -> str:
        """A table for people: which amounts differ, how much and by which clauses; then the rest.

        Amounts stand by level from the top, each decision with its sum over all records.
        """
        from sla_rules.comparison.page import page

        return "\n".join(page(self, lang))

    def __str__(self) -> str:
        return self.text()
