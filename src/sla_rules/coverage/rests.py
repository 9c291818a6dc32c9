"""On which clauses the results rest that a case expects: what it does not look at is not tested."""

from collections.abc import Iterable, Iterator

from sla_rules.assessment import Assessment
from sla_rules.language import program as ir
from sla_rules.lint.cone import Cones, Slot
from sla_rules.rules import Rules
from sla_rules.testing.finding import find
from sla_rules.testing.words import ABOUT

__all__ = ["Rests"]


class Rests:
    """What the decisions of a ruleset rest on, under one choice of readings."""

    def __init__(self, rules: Rules) -> None:
        self._program = rules.program
        self._cones = Cones(rules.program, rules.readings)
        self._known: dict[Slot, frozenset[str]] = {}
        self._all: frozenset[str] | None = None

    def tested(self, clause: str, assessment: Assessment, expect: Iterable[str]) -> bool:
        """Whether an expected result rests on a clause, or no single result is made by it."""
        slots = {slot for what in expect for slot in self._expected(assessment, what)}
        below = {each for slot in slots for each in self._cones.of(slot)}
        return any(clause in self._of(each) for each in below) or clause not in self._made()

    def _expected(self, assessment: Assessment, what: str) -> Iterator[Slot]:
        place = find(assessment, what.removesuffix(".by"))
        if place is None:
            return
        home, last = place
        for each in self._program.levels[home.level].decisions:
            if last in (each.name, *ABOUT) or (
                last == "ledger" and isinstance(each.body, ir.LedgerOutput)
            ):
                yield home.level, each.index

    def _made(self) -> frozenset[str]:
        """The clauses that make some result; others speak of facts, or of what is refused."""
        if self._all is None:
            slots = self._cones.slots.items()
            made = (self._of(slot) for slot, part in slots if isinstance(part, ir.Decision))
            self._all = frozenset().union(*made)
        return self._all

    def _of(self, slot: Slot) -> frozenset[str]:
        """The clauses that a fact or decision cites itself, wherever in it."""
        if slot not in self._known:
            part = self._cones.slots[slot]
            parts = [part, *(each for _, each in self._cones.rules(slot))]
            if isinstance(part, ir.Decision) and isinstance(part.body, ir.LedgerOutput):
                parts += self._ledgers(slot[0])
            found = {clause for each in parts for clause in getattr(each, "clauses", ())}
            found |= {
                self._program.readings[each.reading].clause
                for each in parts
                if isinstance(each, ir.Choice)
            }
            self._known[slot] = frozenset(found)
        return self._known[slot]

    def _ledgers(self, level: str) -> list[object]:
        return [
            part
            for home in self._program.levels.values()
            if home.ledger is not None and level in (home.name, home.ledger.level)
            for part in (home.ledger, *home.ledger.sources)
        ]
