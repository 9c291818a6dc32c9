"""Small documents of facts that a ruleset accepts, for its tests to start from."""

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any, Final

import attrs

from sla_rules.diagnostics import SlaError
from sla_rules.facts.records import Record
from sla_rules.language import program as ir
from sla_rules.lint.cone import Cones, Slot
from sla_rules.lint.drafts import Draft, Drafter
from sla_rules.lint.palette import Palette
from sla_rules.lint.probing import assessed
from sla_rules.lint.repair import Repairs
from sla_rules.rules import Rules
from sla_rules.testing.plainly import plainly
from sla_rules.testing.shrink import shrink
from sla_rules.unknown import Unknown

__all__ = ["Ground", "Workshop", "minimal_document"]

BACKGROUNDS: Final = 6
MOST_CHANGES: Final = 40


@attrs.frozen(eq=False)
class Ground:
    """Facts that the ruleset accepts, still as a draft, and the record that they come to."""

    draft: Draft
    record: Record


class Workshop:
    """Makes synthetic facts of one ruleset under its readings."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.program = rules.program
        self.zone = rules.program.timezone
        self.cones = Cones(rules.program, rules.readings)
        self.drafter = Drafter(rules.program, Palette(rules.program))
        self.repairs = Repairs(rules.program, rules.engine)

    def document(self, draft: Draft) -> dict[str, Any]:
        """A draft as plain data, exactly as it could stand in a file."""
        found: dict[str, Any] = plainly(draft.document(self.zone))
        return found

    def record(self, draft: Draft) -> Record | None:
        """What a draft comes to; None where the ruleset refuses it."""
        return assessed(self.rules.engine, draft.level.name, self.document(draft))

    def slots(self, level: str, decided: Collection[str]) -> list[Slot]:
        """The slots of some decisions of a level."""
        found = self.program.levels[level].decisions
        return [(level, each.index) for each in found if each.name in decided]

    def grounds(self, level: str, decided: Collection[str]) -> Iterator[Ground]:
        """Accepted facts, one for each background, in which the decisions are known if can be."""
        slots = self.slots(level, decided)
        needed = self.repairs.needed.union(*(self.cones.of(each) for each in slots))
        for background in range(BACKGROUNDS):
            draft = self.drafter.draft(level, background, (), needed)
            ground = self.settled(draft, background, needed, slots)
            if ground is not None:
                yield ground

    def settled(
        self,
        draft: Draft,
        background: int = 0,
        needed: frozenset[Slot] = frozenset(),
        slots: Collection[Slot] = (),
    ) -> Ground | None:
        """The draft changed until it is accepted and the slots have values, if that can be."""
        held = (draft, "")
        for _ in range(MOST_CHANGES):
            record = self.record(draft)
            if record is None:
                if not self.repairs.repair(draft, held, self.drafter, background):
                    return self._climbed(draft)
                continue
            waiting = (record[index] for _, index in slots)
            needs = {need for each in waiting if isinstance(each, Unknown) for need in each.needs}
            if not needs or not self.drafter.complete(draft, needs, background, needed):
                return Ground(draft, record)
        record = self.record(draft)
        return self._climbed(draft) if record is None else Ground(draft, record)

    def _climbed(self, draft: Draft) -> Ground | None:
        """The draft with single values changed as long as that leaves fewer problems."""
        left = self._problems(draft)
        while left:
            for _ in self._changes(draft, left):
                fewer = self._problems(draft)
                if len(fewer) < len(left):
                    left = fewer
                    break
            else:
                return None
        record = self.record(draft)
        return None if record is None else Ground(draft, record)

    def _problems(self, draft: Draft) -> list[str]:
        """The paths of what is wrong, one for each problem."""
        try:
            self.rules.assess(self.document(draft), draft.level.name)
        except SlaError as error:
            return [str(each.where) for each in error.problems]
        return []

    def _changes(self, draft: Draft, paths: Collection[str]) -> Iterator[None]:
        """Change the draft in one place after another; each is taken back when the next is due.

        Values before records, and first where the *paths* of problems lead.
        """
        near = [draft.at(each) for path in paths for each in (path, path.rpartition(".")[0])]
        places = dict.fromkeys([*(each for each in near if each is not None), *drafts_in(draft)])
        for place in places:
            for name, old in list(place.values.items()):
                fact = place.level.fact(name)
                assert fact is not None
                if fact.optional:
                    del place.values[name]
                    yield
                for value in self._others(fact, old):
                    place.values[name] = value
                    yield
                place.values[name] = old
        for place in places:
            for several in place.children.values():
                for number in reversed(range(len(several))):
                    gone = several.pop(number)
                    yield
                    several.insert(number, gone)

    def _others(self, fact: ir.Fact, old: Any) -> list[Any]:
        """Other values of a fact: months and dates around the old one, else what its type has."""
        if fact.type.kind == "month":
            return [old + each for each in (*range(1, 13), *range(-1, -13, -1))]
        if fact.type.kind == "date":
            return [old + dt.timedelta(days=each) for each in (1, 10, 31, 62, 93, -1, -10, -31)]
        return [each for each in self.drafter.palette.spread(fact) if each != old]


def drafts_in(draft: Draft) -> Iterator[Draft]:
    """A draft and all below it."""
    yield draft
    for several in draft.children.values():
        for each in several:
            yield from drafts_in(each)


def minimal_document(
    rules: Rules, level: str | None = None, *, decided: Collection[str] = ()
) -> dict[str, Any] | None:
    """A smallest document of *level* that the ruleset accepts, as plain data.

    Each decision named by *decided* has a value in it that no further fact can change, where
    that can be had.  No part of the document can be left out, and no number made simpler by one
    step.  None where none was found: requirements may ask for more than is tried.

    >>> import sla_rules as sla
    >>> minimal_document(sla.load("gz-npc-2023"), "month")
    {'month': '2023-03'}
    """
    name = rules.top_level if level is None else level
    workshop = Workshop(rules)
    for ground in workshop.grounds(name, decided):
        known = [each for each in decided if _is_final(rules, name, ground.record, each)]

        def accepted(facts: Any, known: list[str] = known) -> bool:
            try:
                found = rules.assess(facts, level=name)
            except SlaError:
                return False
            return all(found.result(each).status == "final" for each in known)

        document = workshop.document(ground.draft)
        if accepted(document):
            smallest: dict[str, Any] = shrink(document, accepted)
            return smallest
    return None


def _is_final(rules: Rules, level: str, record: Record, name: str) -> bool:
    decision: ir.Decision | None = rules.program.levels[level].decision(name)
    if decision is None:
        raise ValueError(f"there is no decision {name!r} at level {level!r}")
    return not isinstance(record[decision.index], Unknown)
