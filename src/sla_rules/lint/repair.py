"""Synthetic facts that a requirement refuses, changed until it does not."""

from typing import Any, Final

import attrs

from sla_rules.diagnostics import FactsError
from sla_rules.engine.evaluate import Engine
from sla_rules.facts.records import Record, build_record, walk_records
from sla_rules.facts.shapes import shapes_for
from sla_rules.language import program as ir
from sla_rules.language.walk import belongs, chosen
from sla_rules.lint.cone import Cones, Slot, nested_level
from sla_rules.lint.drafts import Draft, Drafter
from sla_rules.unknown import Unknown

__all__ = ["Repairs"]

EQUALITIES: Final = ("==", "<=", ">=")


@attrs.frozen(eq=False)
class _Rule:
    """A requirement as the readings choose it, compiled."""

    that: Any
    truth: Any
    sides: tuple[tuple[Any, ir.SlotRef, Any], ...]
    slots: tuple[str, ...]


class Repairs:
    """The requirements of a program under one choice of readings."""

    def __init__(self, program: ir.Program, engine: Engine) -> None:
        self._program = program
        self._rules: dict[str, list[_Rule]] = {}
        cones = Cones(program, engine.choices)
        slots: set[Slot] = set()
        for level in program.levels.values():
            rules = []
            for each in level.require:
                rules.append(self._rule(each, level, engine))
                for name, part in cones.walk(each.that, level.name):
                    if isinstance(part, ir.SlotRef):
                        slots.add((name, part.index))
            self._rules[level.name] = rules
        self.needed = frozenset(slots)

    def _rule(self, each: ir.Requirement, level: ir.Level, engine: Engine) -> _Rule:
        that = chosen(each.that, engine.choices)
        sides = []
        for part in _conjuncts(that):
            if not isinstance(part, ir.Comparison) or part.op not in EQUALITIES:
                continue
            for one, other in ((part.left, part.right), (part.right, part.left)):
                if isinstance(one, ir.SlotRef) and one.type.kind in ("number", "month", "date"):
                    node = engine.compiler.node
                    sides.append((node(part), one, node(other)))
        names = {fact.index: fact.name for fact in level.facts}
        read = tuple(
            names[index]
            for index in dict.fromkeys(slot.index for slot in _own_slots(that))
            if index in names
        )
        return _Rule(that, engine.compiler.node(that), tuple(sides), read)

    def allows(self, record: Record) -> bool:
        """Whether no requirement refuses a record."""
        return all(rule.truth(record) is not False for rule in self._rules[record.level.name])

    def repair(
        self, draft: Draft, held: tuple[Draft, str], drafter: Drafter, background: int
    ) -> bool:
        """Change one value of the draft so that a requirement holds; *held* stays as it is."""
        zone = self._program.timezone
        level = draft.level.name
        try:
            instance = shapes_for(self._program, None).structure(level, draft.document(zone))
            top = build_record(self._program, level, instance)
        except FactsError:
            return False
        for record in walk_records(top):
            place = draft.at(record.path)
            if place is None:
                continue
            for rule in self._rules[record.level.name]:
                if rule.truth(record) is False and (
                    self._mend(rule, place, record)
                    or self._restate(rule, place, held, drafter, background)
                ):
                    return True
        return False

    @staticmethod
    def _mend(rule: _Rule, draft: Draft, record: Record) -> bool:
        """Bring one side of a comparison that does not hold to the other."""
        for truth, slot, other in rule.sides:
            if slot.name not in draft.values or truth(record) is not False:
                continue
            value = other(record)
            if isinstance(value, Unknown):
                continue
            draft.values[slot.name] = value
            return True
        return False

    @staticmethod
    def _restate(
        rule: _Rule, draft: Draft, held: tuple[Draft, str], drafter: Drafter, background: int
    ) -> bool:
        """State an optional fact that the requirement asks about, else leave one out."""
        facts = [fact for name in rule.slots if (fact := draft.level.fact(name)) is not None]
        facts = [fact for fact in facts if fact.optional and not nested_level(fact)]
        for fact in facts:
            if fact.name not in {*draft.values, *draft.dropped}:
                drafter.state(draft, fact, background, draft.level.name)
                return True
        for fact in reversed(facts):
            if fact.name in draft.values and held != (draft, fact.name):
                del draft.values[fact.name]
                draft.dropped.add(fact.name)
                return True
        return False


def _conjuncts(node: Any) -> list[Any]:
    """The conditions that ``and`` joins."""
    if isinstance(node, ir.Logic) and node.op == "and":
        return [*_conjuncts(node.left), *_conjuncts(node.right)]
    return [node]


def _own_slots(node: Any) -> list[ir.SlotRef]:
    """The slots that an expression reads of its own record."""
    if isinstance(node, tuple):
        return [slot for each in node for slot in _own_slots(each)]
    if isinstance(node, ir.SlotRef):
        return [node]
    if isinstance(node, ir.Aggregate):
        return [node.path[0]]
    if not belongs(node):
        return []
    fields = [
        field.name for field in attrs.fields(type(node)) if field.name not in ("type", "span")
    ]
    return [slot for name in fields for slot in _own_slots(getattr(node, name))]
