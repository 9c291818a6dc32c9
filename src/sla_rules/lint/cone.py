"""What a decision depends on, through child records and the ledger, and which way is better."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import attrs

from sla_rules.language import program as ir
from sla_rules.language.variations import readings_behind
from sla_rules.language.visit import inside
from sla_rules.language.walk import chosen

__all__ = ["Cones", "Slot", "better", "nested_level"]

Slot = tuple[str, int]
"""A slot of the records of a level."""


def nested_level(fact: ir.Fact) -> str:
    """The level of the records that a fact holds; nothing for another fact."""
    return fact.type.name if fact.type.kind in ("list", "record") else ""


@attrs.define(eq=False)
class Cones:
    """What everything of a program depends on under one choice of readings."""

    program: ir.Program
    choices: Mapping[str, str]
    known: dict[Slot, tuple[frozenset[Slot], frozenset[str]]] = attrs.field(factory=dict)
    walked: dict[Slot, list[tuple[str, Any]]] = attrs.field(factory=dict)

    @cached_property
    def slots(self) -> dict[Slot, ir.Fact | ir.Decision]:
        """Every slot of the program."""
        found: dict[Slot, ir.Fact | ir.Decision] = {}
        for level in self.program.levels.values():
            found.update(((level.name, each.index), each) for each in level.facts)
            found.update(((level.name, each.index), each) for each in level.decisions)
        return found

    @cached_property
    def direct(self) -> dict[Slot, tuple[frozenset[Slot], frozenset[str]]]:
        """What each decision reads itself and the readings it asks; what a fact is taken from."""
        if self.known:
            return self.known
        found: dict[Slot, tuple[frozenset[Slot], frozenset[str]]] = {}
        for level in self.program.levels.values():
            for each in level.decisions:
                found[level.name, each.index] = self._reads(level, each)
            for nested in level.nested:
                found.update(self._inherited(level, nested_level(nested), found))
        return found

    def _inherited(
        self,
        parent: ir.Level,
        level: str,
        known: dict[Slot, tuple[frozenset[Slot], frozenset[str]]],
    ) -> Iterator[tuple[Slot, tuple[frozenset[Slot], frozenset[str]]]]:
        """The facts that the records of a level take from their parent."""
        for fact in self.program.levels[level].inherited:
            source = parent.fact(fact.from_parent)
            if source is not None:
                slot = (level, fact.index)
                before = known.get(slot, (frozenset(), frozenset()))[0]
                yield slot, (before | {(parent.name, source.index)}, frozenset())

    def under(self, reading: str, option: str) -> "Cones":
        """The same with one reading changed; only what mentions the reading is walked again."""
        other = Cones(self.program, {**self.choices, reading: option})
        changed = {
            slot: other._reads(self.program.levels[slot[0]], decision)
            for slot, decision in self.slots.items()
            if isinstance(decision, ir.Decision) and reading in self.mentioned[slot]
        }
        other.known = {**self.direct, **changed}
        return other

    def asks(self, reading: str) -> bool:
        """Whether any decision has an alternative for a reading."""
        return any(reading in each for each in self.mentioned.values())

    @cached_property
    def mentioned(self) -> dict[Slot, frozenset[str]]:
        """The readings that each decision has an alternative for, chosen or not."""
        found = {}
        for slot, decision in self.slots.items():
            if isinstance(decision, ir.Decision):
                mentioned = readings_behind(self.program, decision)
                if isinstance(decision.body, ir.LedgerOutput):
                    for level in self.program.levels.values():
                        if level.ledger is not None:
                            mentioned |= readings_behind(self.program, level.ledger)
                found[slot] = mentioned
        return found

    def of(self, slot: Slot) -> frozenset[Slot]:
        """All slots that a decision depends on, itself included."""
        found: dict[Slot, None] = {}
        waiting = [slot]
        while waiting:
            each = waiting.pop()
            if each not in found:
                found[each] = None
                if each in self.direct:
                    waiting += self.direct[each][0]
        return frozenset(found)

    @cached_property
    def readers(self) -> dict[Slot, set[Slot]]:
        """The decisions that read each slot themselves."""
        found: dict[Slot, set[Slot]] = {}
        for decision, (slots, _) in self.direct.items():
            for slot in slots:
                found.setdefault(slot, set()).add(decision)
        return found

    def after(self, slot: Slot) -> set[Slot]:
        """The decisions that depend on a slot."""
        found: set[Slot] = set()
        waiting = [slot]
        while waiting:
            more = self.readers.get(waiting.pop(), set()) - found
            found |= more
            waiting += more
        return found

    def switched_off(self, slot: Slot) -> bool:
        """Whether the readings leave a decision without a value on every record."""
        decision = self.slots[slot]
        applies = decision.applies if isinstance(decision, ir.Decision) else None
        applies = chosen(applies, self.choices)
        return isinstance(applies, ir.Constant) and applies.value is False

    def _reads(
        self, level: ir.Level, decision: ir.Decision
    ) -> tuple[frozenset[Slot], frozenset[str]]:
        slots: set[Slot] = set()
        readings: set[str] = set()
        for name, part in self.rules((level.name, decision.index)):
            if isinstance(part, ir.Choice):
                readings.add(part.reading)
            elif isinstance(part, ir.SlotRef):
                slots.add((name, part.index))
        if isinstance(decision.body, ir.LedgerOutput):
            more, asked = self._ledger(level)
            slots |= more
            readings |= asked
        return frozenset(slots - {(level.name, decision.index)}), frozenset(readings)

    def _ledger(self, level: ir.Level) -> tuple[set[Slot], set[str]]:
        """What a ledger reads on the payments and of its sources."""
        slots: set[Slot] = set()
        readings: set[str] = set()
        for home in self.program.levels.values():
            ledger = home.ledger
            if ledger is None or level.name not in (home.name, ledger.level):
                continue
            rules = [
                ((ledger.available, ledger.date, ledger.cap), ledger.level),
                (
                    (ledger.total_cap, ledger.assign, ledger.remainder, ledger.corrections),
                    home.name,
                ),
                *(((each.amount, each.on), each.level) for each in ledger.sources),
            ]
            for rule, name in rules:
                for where, part in self.walk(rule, name):
                    if isinstance(part, ir.Choice):
                        readings.add(part.reading)
                    elif isinstance(part, ir.SlotRef):
                        slots.add((where, part.index))
            names = [name for name in (ledger.pays, ledger.paid) if name]
            payments = self.program.levels[ledger.level]
            slots |= {(ledger.level, self._index(payments, name)) for name in names}
            for source in ledger.sources:
                slots |= set(self._path(home, source.path))
        own = {(level.name, each.index) for each in level.decisions}
        outputs = {slot for slot in own if self._is_output(slot)}
        return slots - outputs, readings

    def _is_output(self, slot: Slot) -> bool:
        decision = self.slots[slot]
        return isinstance(decision, ir.Decision) and isinstance(decision.body, ir.LedgerOutput)

    def _path(self, home: ir.Level, path: tuple[str, ...]) -> Iterator[Slot]:
        for name in path:
            fact = home.fact(name)
            if fact is None:
                return
            yield home.name, fact.index
            home = self.program.levels[nested_level(fact)]

    @staticmethod
    def _index(level: ir.Level, name: str) -> int:
        found = level.fact(name) or level.decision(name)
        assert found is not None
        return found.index

    def rules(self, slot: Slot) -> list[tuple[str, Any]]:
        """All that decides a slot as the readings choose, each part with the level it reads."""
        if slot not in self.walked:
            each = self.slots[slot]
            parts_of: tuple[Any, ...] = ()
            if isinstance(each, ir.Decision):
                parts_of = (each.body, each.applies, each.cap, each.floor, each.rounding)
            self.walked[slot] = self.walk(parts_of, slot[0])
        return self.walked[slot]

    def walk(self, node: Any, level: str) -> list[tuple[str, Any]]:
        """Every program object in *node* as the readings choose, with the level that it reads."""
        return list(inside(node, level, choices=self.choices, program=self.program))


def better(program: ir.Program) -> dict[Slot, int]:
    """Which way the decisions are better for the supplier: as declared, else as their use implies.

    A score is better when higher, and so is what is paid or available; a deduction when lower.
    """
    implied: dict[Slot, int] = {}
    for level in program.levels.values():
        for decision in level.decisions:
            for card in _cards(decision.body):
                implied[level.name, decision.index] = 1
                _imply(implied, level, (section.of for section in card.sections), 1)
        if level.ledger is not None:
            _of_ledger(implied, program, level.ledger)
    for level in program.levels.values():
        for decision in level.decisions:
            if decision.better:
                implied[level.name, decision.index] = decision.better
    return implied


def _cards(body: Any) -> Iterator[ir.Scorecard]:
    if isinstance(body, ir.Choice):
        for option in body.options.values():
            yield from _cards(option)
    elif isinstance(body, ir.Scorecard):
        yield body


def _of_ledger(implied: dict[Slot, int], program: ir.Program, ledger: ir.Ledger) -> None:
    payments = program.levels[ledger.level]
    _imply(implied, payments, _ends(ledger.available), 1)
    pays = payments.decision(ledger.pays)
    if pays is not None:
        implied[payments.name, pays.index] = 1
    for source in ledger.sources:
        _imply(implied, program.levels[source.level], _ends(source.amount), -1)


def _ends(node: Any) -> Iterator[Any]:
    """The alternatives of a switch."""
    if isinstance(node, ir.Choice):
        for option in node.options.values():
            yield from _ends(option)
    else:
        yield node


def _imply(implied: dict[Slot, int], level: ir.Level, nodes: Any, sign: int) -> None:
    for node in nodes:
        for each in _ends(node):
            if isinstance(each, ir.SlotRef) and each.decision:
                implied[level.name, each.index] = sign
