"""A program under one choice of readings, made ready for being tried on synthetic facts."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final

import attrs

from sla_rules.diagnostics import FactsError, RulesetError
from sla_rules.engine.evaluate import Engine
from sla_rules.facts.records import Record, child_lists
from sla_rules.language import program as ir
from sla_rules.lint.cone import Cones, Slot, nested_level
from sla_rules.lint.drafts import Draft, Drafter
from sla_rules.lint.repair import Repairs
from sla_rules.lint.watch import Watch, watches
from sla_rules.unknown import Unknown

__all__ = ["Budget", "Probe", "Stage", "Target", "assessed", "size", "targets"]

ORDERED: Final = ("number", "instant", "date", "month", "bool", "enum")
MOST_COMPLETIONS: Final = 12
KNOWN: Final = (
    ir.Aggregate,
    ir.Arithmetic,
    ir.Band,
    ir.BandInput,
    ir.BandSet,
    ir.Call,
    ir.Choice,
    ir.Column,
    ir.Comparison,
    ir.Condition,
    ir.Constant,
    ir.DayRule,
    ir.Deadline,
    ir.Elapsed,
    ir.Interval,
    ir.LedgerOutput,
    ir.Logic,
    ir.Membership,
    ir.Negation,
    ir.Overrun,
    ir.ParameterRef,
    ir.Rates,
    ir.RoundingRule,
    ir.Row,
    ir.Scorecard,
    ir.Section,
    ir.SlotRef,
    ir.Table,
    ir.Test,
    ir.Through,
    ir.Units,
)
"""The parts that read nothing but their own record and the records below it."""


@attrs.define
class Budget:
    """How many steps are left: one is the work of one decision of one record."""

    left: int

    def spend(self, steps: int) -> None:
        """Take steps away."""
        self.left -= steps

    @property
    def empty(self) -> bool:
        """Whether nothing is left."""
        return self.left <= 0


@attrs.frozen
class Target:
    """A fact to vary, seen from a record of a level: the lists that lead to it, and its level."""

    level: str
    route: tuple[str, ...]
    home: str
    fact: ir.Fact = attrs.field(eq=False)
    index: int

    @property
    def slot(self) -> Slot:
        """The slot of the fact."""
        return (self.home, self.index)


def targets(program: ir.Program, level: str) -> Iterator[Target]:
    """The facts at and below a level that say which way they are better."""
    yield from _below(program, level, level, (), frozenset())


def _below(
    program: ir.Program, top: str, level: str, route: tuple[str, ...], seen: frozenset[str]
) -> Iterator[Target]:
    if level in seen:
        return
    declared = program.levels[level]
    for fact in declared.facts:
        if fact.better and fact.type.kind in ORDERED and not (route and fact.from_parent):
            yield Target(top, route, level, fact, fact.index)
    for fact in declared.nested:
        below = nested_level(fact)
        yield from _below(program, top, below, (*route, fact.name), seen | {level})


class Probe:
    """Tries one program under one choice of readings."""

    def __init__(
        self,
        cones: Cones,
        directions: Mapping[Slot, int],
        drafter: Drafter,
        budget: Budget,
    ) -> None:
        self.program = cones.program
        self.choices = cones.choices
        self.directions = directions
        self.drafter = drafter
        self.budget = budget
        self.cones = cones
        self.cone_of = {slot: cones.of(slot) for slot in directions if not cones.switched_off(slot)}
        self._stages: dict[tuple[str, tuple[str, ...], int], Stage | None] = {}
        self._watches: dict[tuple[str, Slot], list[Watch]] = {}
        self._wanted: dict[str, frozenset[Slot]] = {}
        self._parts: dict[str, Engine] = {}
        self._odd: dict[Slot, bool] = {}

    @cached_property
    def engine(self) -> Engine:
        """The engine under these readings, built when first needed."""
        self.budget.spend(6 * len(self.cones.direct))
        return Engine(self.program, self.choices)

    @cached_property
    def repairs(self) -> Repairs:
        """What the requirements of the ruleset ask of synthetic facts."""
        return Repairs(self.program, self.engine)

    def depending(self, target: Target) -> tuple[Slot, ...]:
        """The directed decisions of the level of *target* that depend on its fact."""
        return tuple(each for each in self.deciding(target.slot) if each[0] == target.level)

    def deciding(self, slot: Slot) -> tuple[Slot, ...]:
        """The directed decisions of any level that depend on a fact."""
        return tuple(self._deciding.get(slot, ()))

    @cached_property
    def _deciding(self) -> dict[Slot, list[Slot]]:
        found: dict[Slot, list[Slot]] = {}
        for slot, cone in self.cone_of.items():
            for each in cone:
                if isinstance(self.cones.slots[each], ir.Fact):
                    found.setdefault(each, []).append(slot)
        return found

    def stage(self, target: Target, background: int) -> "Stage | None":
        """Accepted facts for a background; shared by the facts that they state."""
        key = (target.level, target.route, background)
        if key not in self._stages:
            self._stages[key] = self._staged(target, background)
        shared = self._stages[key]
        if shared is not None and target.fact.name in shared.home.values:
            return shared
        return self._staged(target, background)

    def _staged(self, target: Target, background: int) -> "Stage | None":
        """Facts whose results are known, as far as stating optional facts can make them so."""
        decisions = [slot for slot in self.cone_of if slot[0] == target.level]
        cone = self.wanted(target.level)
        engine = self.part(target.level)
        needed = cone | self.repairs.needed
        drafter, zone = self.drafter, self.program.timezone
        draft = drafter.draft(target.level, background, target.route, needed)
        home = draft
        for name in target.route:
            home = home.children[name][0]
        if target.fact.name not in home.values:
            drafter.state(home, target.fact, background, target.home)
        stage = None
        for _ in range(MOST_COMPLETIONS):
            record = assessed(engine, target.level, draft.document(zone))
            self.budget.spend(20 if record is None else 10 + size(record, engine))
            if record is None:
                if not self.repairs.repair(draft, (home, target.fact.name), drafter, background):
                    break
                continue
            stage = Stage(draft, home, record, engine)
            needs = _needs(record, decisions)
            if not needs or not drafter.complete(draft, needs, background, needed):
                return stage
        if stage is not None:  # the last change was refused: what it changed is not in the record
            record = assessed(engine, target.level, draft.document(zone))
            stage = None if record is None else attrs.evolve(stage, record=record)
        return stage

    def part(self, level: str) -> Engine:
        """The engine that decides only what the directed decisions of a level depend on."""
        if level not in self._parts:
            wanted: dict[str, set[int]] = {name: set() for name in self.program.levels}
            for home, index in self._with_ledger(self.wanted(level)):
                wanted[home].add(index)
            self._parts[level] = self.engine.restricted(wanted)
        return self._parts[level]

    def _with_ledger(self, cone: frozenset[Slot]) -> frozenset[Slot]:
        """The cone, with all that the settlement of its levels decides."""
        for home in self.program.levels.values():
            if home.ledger is None:
                continue
            both = {home.name, home.ledger.level}
            if both & {level for level, _ in cone}:
                slots = (slot for slot in self.cones.direct if slot[0] in both)
                cone = cone.union(*(self.cones.of(slot) for slot in slots))
        return cone

    def watching(self, target: Target) -> list[Watch]:
        """What may turn when the fact changes."""
        key = (target.level, target.slot)
        if key not in self._watches:
            after = self.cones.after(target.slot) & self.wanted(target.level)
            found = watches(self.cones, self.engine.compiler, frozenset(after))
            self._watches[key] = found
        return self._watches[key]

    def wanted(self, level: str) -> frozenset[Slot]:
        """All that the directed decisions of a level depend on."""
        if level not in self._wanted:
            cones = (cone for slot, cone in self.cone_of.items() if slot[0] == level)
            self._wanted[level] = frozenset[Slot]().union(*cones)
        return self._wanted[level]

    def incremental(self, target: Target) -> bool:
        """Whether a change of the fact reaches nothing but the records above it."""
        level = self.program.levels[target.home]
        moves = {level.key, *level.order, *level.interval}
        inherits = any(
            fact.from_parent == target.fact.name
            for nested in level.nested
            for fact in self.program.levels[nested_level(nested)].facts
        )
        after = self.cones.after(target.slot)
        return not (
            inherits or target.fact.name in moves or any(self._strange(slot) for slot in after)
        )

    def _strange(self, slot: Slot) -> bool:
        """Whether a decision reads in a way that this module does not know, such as siblings."""
        if slot not in self._odd:
            self._odd[slot] = not all(isinstance(each, KNOWN) for _, each in self.cones.rules(slot))
        return self._odd[slot]


@attrs.frozen(eq=False)
class Stage:
    """Accepted facts, the record of them, and the engine that decides what is of interest."""

    draft: Draft
    home: Draft
    record: Record
    engine: Engine


def assessed(engine: Engine, level: str, document: dict[str, Any]) -> Record | None:
    """The record of a document, or None when it is refused."""
    try:
        return engine.assess(document, level, zone=None, as_of=None, as_if_in_force=True)
    except (FactsError, RulesetError):
        return None


def _needs(record: Record, decisions: list[Slot]) -> set[str]:
    """The facts that the decisions of a record wait for."""
    values = (record[index] for _, index in decisions)
    return {need for each in values if isinstance(each, Unknown) for need in each.needs}


def size(record: Record, engine: Engine) -> int:
    """How many decisions were computed of a record and all below it."""
    own = len(engine.steps[record.level.name].runs) if record.level.name in engine.steps else 0
    return own + sum(size(each, engine) for _, children in child_lists(record) for each in children)
