"""Facts away from the existing cases: small documents with a few of their facts set anew.

What is tried is decided by the number of the change alone, so that it is the same in every run.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from random import Random
from typing import Any, Final

import attrs

from sla_rules.diagnostics import SlaError
from sla_rules.language import program as ir
from sla_rules.language.ranges import Cases
from sla_rules.language.visit import inside
from sla_rules.lint.cone import Slot
from sla_rules.lint.drafts import public
from sla_rules.mutation.grown import grown
from sla_rules.mutation.mutants import Mutant
from sla_rules.rules import Rules
from sla_rules.testing.edges.field import Field, Locus, Variant
from sla_rules.testing.edges.propose import UNSTATED, propose
from sla_rules.testing.minimal import Workshop
from sla_rules.testing.plainly import plainly
from sla_rules.testing.runner import Key, key_of
from sla_rules.testing.shrink import GONE, replaced

__all__ = ["Wanderer"]

ODD: Final = {
    "money": (Fraction(33333, 100), Fraction(7777, 100), Fraction(100_001, 3).__floor__()),
    "percent": (Fraction(9737, 10000), Fraction(97375, 100_000), Fraction(334_567, 1_000_000)),
    "points": (Fraction(12345, 1000), Fraction(6667, 1000)),
}
"""Figures that hardly divide: what is rounded shows with them."""
AT_ONCE: Final = (1, 1, 1, 2, 2, 3, 4)
"""How many facts are set anew, one number as likely as another."""
GROUNDS: Final = 8
STEPS: Final = 1500
"""How many assessments may be made to find the edges of one decision."""
GROWING: Final = 3
"""In how many of ten documents a list is made longer."""


@attrs.frozen(eq=False)
class _Start:
    level: str
    variant: Variant
    loci: tuple[Locus, ...]
    values: tuple[tuple[Any, ...], ...]


class Wanderer:
    """Sets facts of small documents anew, those first that a change can feel."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.cases = Cases(rules.program)
        self._at_edges: dict[Any, list[Any]] = {}
        self._workshops: dict[Key, Workshop | None] = {}

    def at_edges(self, mutant: Mutant, readings: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
        """The facts at the edges of the decisions that a change touches, with their levels."""
        workshop = self._workshop(readings)
        if workshop is None:
            return
        for level, user in self._decided(mutant):
            if isinstance(user, ir.Decision) and user.type.kind not in UNSTATED:
                for document in self._edges(workshop, level, user.name):
                    yield level, document

    def _edges(self, workshop: Workshop, level: str, name: str) -> list[Any]:
        key = (id(workshop), level, name)
        if key not in self._at_edges:
            found = propose(workshop.rules, name, level, steps=STEPS)
            self._at_edges[key] = [case.given for case in found.cases]
        return self._at_edges[key]

    def documents(
        self,
        mutant: Mutant,
        readings: Mapping[str, str],
        own: Sequence[tuple[str, Any]],
        tries: int,
    ) -> Iterator[tuple[str, Any]]:
        """Documents with their levels; *own* are facts to start from, beside those made up."""
        workshop = self._workshop(readings)
        if workshop is None:
            return
        starts = list(self._starts(workshop, mutant, own))
        if not starts:
            return
        for start in starts:
            yield start.level, start.variant.document
        draw = Random(mutant.number)  # noqa: S311  # a fixed series is what is wanted
        for _ in range(tries):
            start = draw.choice(starts)
            document = start.variant.document
            count = min(draw.choice(AT_ONCE), len(start.loci))
            for place in draw.sample(range(len(start.loci)), count):
                stated = draw.choice(start.values[place])
                try:
                    document = replaced(document, start.loci[place].path, stated)
                except LookupError:  # it is not stated, so it cannot be left out
                    continue
            if draw.randrange(10) < GROWING:
                level = self.rules.program.levels[start.level]
                document = grown(self.rules.program, level, document, draw)
            yield start.level, document

    def _workshop(self, readings: Mapping[str, str]) -> Workshop | None:
        key = key_of(readings)
        if key not in self._workshops:
            try:
                self._workshops[key] = Workshop(self.rules.with_readings(readings))
            except SlaError:  # readings that exclude each other
                self._workshops[key] = None
        return self._workshops[key]

    def _starts(
        self, workshop: Workshop, mutant: Mutant, own: Sequence[tuple[str, Any]]
    ) -> Iterator[_Start]:
        cone = self._cone(workshop, mutant)
        homes = dict.fromkeys(home for home, _ in self._decided(mutant))
        for home in homes:
            decided = [
                each.name
                for level, each in self._decided(mutant)
                if level == home and isinstance(each, ir.Decision)
            ]
            made = [workshop.document(each.draft) for each in workshop.grounds(home, decided[:4])]
            given = [plainly(facts) for level, facts in own if level == home]
            field = Field(workshop, home, allowed=10_000)
            for document in [*made, *given[:GROUNDS]]:
                variant = field.base(document)
                if variant is None:
                    continue
                loci = tuple(field.loci(variant, cone))
                values = tuple(tuple(self._stated(field, each)) for each in loci)
                kept = [n for n, several in enumerate(values) if several]
                if kept:
                    yield _Start(
                        home,
                        variant,
                        tuple(loci[n] for n in kept),
                        tuple(values[n] for n in kept),
                    )

    def _stated(self, field: Field, locus: Locus) -> Iterator[Any]:
        zone = field.workshop.zone
        kind = locus.fact.type
        found = list(field.others(locus))
        if kind.kind == "number":
            found += ODD.get(kind.show, ())
            found += self._near(locus)
        if locus.value is not None:
            found.append(GONE)
        for value in found:
            yield GONE if value is GONE else plainly(public(locus.fact, value, zone))

    def _near(self, locus: Locus) -> Iterator[Any]:
        if locus.value is not None:
            yield from (locus.moved(1, 1), locus.moved(-1, 1))

    def _decided(self, mutant: Mutant) -> list[tuple[str, Any]]:
        """The parts that a change touches, each with its level."""
        found = []
        for level in self.rules.program.levels.values():
            for user in mutant.users:
                mine = user in level.decisions or user in level.require or user is level.ledger
                if mine:
                    found.append((level.name, user))
        return found

    def _cone(self, workshop: Workshop, mutant: Mutant) -> frozenset[Slot]:
        """The facts on which the parts depend."""
        found: set[Slot] = set()
        for level, user in self._decided(mutant):
            if isinstance(user, ir.Decision):
                found |= workshop.cones.of((level, user.index))
                continue
            choices = workshop.rules.readings
            for home, part in inside(user, level, choices=choices, program=self.rules.program):
                if isinstance(part, ir.SlotRef):
                    found |= workshop.cones.of((home, part.index))
        return frozenset(found)
