"""The domains of a program under one choice of readings."""

from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

from sla_rules.language import program as ir
from sla_rules.language.constants import constant_value
from sla_rules.language.ranges.domain import (
    ANYTHING,
    Domain,
    as_number,
    interval,
    join,
    just,
    members,
    ordered,
)
from sla_rules.language.ranges.reader import Reader
from sla_rules.language.types import Type
from sla_rules.language.walk import slots_of
from sla_rules.quantities import Number

__all__ = ["Ranges"]

RESOLUTION: Final[Mapping[str, Number]] = {
    "integer": 1,
    "money": Fraction(1, 100),
    "duration": 1,
}


class Ranges:
    """The domains of a program under one choice of readings; decisions are computed once.

    *same* are other ranges of the program, and the slots in which these may differ from them.
    """

    def __init__(
        self,
        program: ir.Program,
        choices: Mapping[str, str],
        *,
        same: "tuple[Ranges, Collection[tuple[str, int]]] | None" = None,
    ) -> None:
        self._same = same
        self.program = program
        self.choices = choices
        self._known: dict[tuple[str, int], Domain] = {}
        self._running: set[tuple[str, int]] = set()
        self._parameters: dict[str, Domain] = {}
        self._requirements: dict[str, Mapping[int, Domain]] = {}

    def of(self, level: str, node: Any, *, given: ir.Node | None = None) -> Domain:
        """What *node*, in a record of *level*, can be; where *given* holds, if it is said."""
        reader = Reader(self, self.program.levels[level], {})
        return (reader if given is None else reader.given(given, truth=True)).node(node)

    def held(self, test: ir.Test, kind: Any) -> Domain | None:
        """The values that a test of a cell holds for; None where that is no simple domain."""
        if test.kind == "equal":
            value = constant_value(test.value, self.program, self.choices)
            return None if value is None else just(value)
        return None if test.interval is None else self.between(test.interval)

    def between(self, part: ir.Interval) -> Domain | None:
        """The domain of an interval of the text; None where an end is not constant."""
        ends: list[Number | None] = []
        for node in (part.low, part.high):
            value = None if node is None else constant_value(node, self.program, self.choices)
            number = as_number(value)
            if node is not None and number is None:
                return None
            ends.append(number)
        return interval(ends[0], ends[1], part.low_closed, part.high_closed)

    def slot(self, level: ir.Level, index: int) -> Domain:
        """What a fact or a decision of a level can be."""
        key = (level.name, index)
        if self._same is not None and key not in self._same[1]:
            return self._same[0].slot(level, index)
        if key not in self._known:
            if index <= len(level.facts):
                self._compute(level, index)
            else:
                self._prepare(level, index)
        return self._known.get(key, ANYTHING)

    def _prepare(self, level: ir.Level, index: int) -> None:
        """Compute what a decision reads before it, with a stack of its own: chains may be long."""
        stack = [index]
        path: set[int] = set()
        while stack:
            top = stack[-1]
            if (level.name, top) in self._known or (level.name, top) in self._running:
                stack.pop()
                continue
            needed = self._needs(level, top) if top not in path else ()
            path.add(top)
            waiting = [each for each in needed if (level.name, each) not in self._known]
            waiting = [each for each in waiting if each not in path]
            if waiting:
                stack += waiting
            else:
                self._compute(level, stack.pop())

    def _needs(self, level: ir.Level, index: int) -> tuple[int, ...]:
        decision = level.decisions[index - 1 - len(level.facts)]
        rules = (decision.body, decision.applies, decision.cap, decision.floor)
        found = (slot.index for slot in slots_of(rules, self.choices))
        return tuple(dict.fromkeys(each for each in found if each > len(level.facts)))

    def _compute(self, level: ir.Level, index: int) -> None:
        key = (level.name, index)
        if key in self._running:
            return
        self._running.add(key)
        if index <= len(level.facts):
            self._known[key] = self._fact(level, level.facts[index - 1])
        else:
            decision = level.decisions[index - 1 - len(level.facts)]
            self._known[key] = Reader(self, level, {}).decision(decision)
        self._running.discard(key)

    def _fact(self, level: ir.Level, fact: ir.Fact) -> Domain:
        absent = (fact.optional or fact.open) and fact.default is None
        found = self._declared(fact).maybe(absent=absent)
        if fact.from_parent:
            for parent in self._parents(level):
                source = parent.fact(fact.from_parent)
                if source is not None:
                    found = join(found, self.slot(parent, source.index))
        if fact.default is not None:
            found = join(found.present(), just(fact.default.value))
        required = self._required(level).get(fact.index)
        return found if required is None else found.meet(required)

    def _required(self, level: ir.Level) -> Mapping[int, Domain]:
        """What the requirements of a level leave of its facts, compared with constants."""
        if level.name not in self._requirements:
            reader = Reader(self, level, {})
            for each in level.require:
                reader = reader.given(each.that, truth=True, constant=True)
            self._requirements[level.name] = reader.bounds
        return self._requirements[level.name]

    def everything(self, kind: Type, *, absent: bool = False) -> Domain:
        """All values of a type."""
        enum = self.program.enums.get(kind.name, ()) if kind.kind == "enum" else ()
        if enum:
            return members((each.name for each in enum), absent=absent)
        return ordered(kind, absent=absent)

    def _declared(self, fact: ir.Fact) -> Domain:
        kind = fact.type
        if kind.kind == "enum" and not fact.unlisted:
            return self.everything(kind)
        all_of = ordered(kind)
        if not all_of.is_ordered:
            return all_of
        low, high = (None if end is None else as_number(end.value) for end in (fact.min, fact.max))
        if kind.show == "duration":
            low = max(low or 0, 0)
        step = RESOLUTION.get(kind.show, all_of.step)
        if fact.step is not None and isinstance(fact.step.value, int | Fraction):
            step = fact.step.value
        return interval(low, high, step=step)

    def _parents(self, level: ir.Level) -> Iterator[ir.Level]:
        for parent in self.program.levels.values():
            if any(each.type.name == level.name for each in parent.nested):
                yield parent

    def parameter(self, name: str) -> Domain:
        """What a named constant is."""
        if name not in self._parameters:
            part = self.program.parameters[name].value
            value = constant_value(part, self.program, self.choices)
            if value is None:  # it changes in time: it reads no record, so any level will do
                level = next(iter(self.program.levels.values()))
                self._parameters[name] = Reader(self, level, {}).node(part)
            else:
                self._parameters[name] = just(value)
        return self._parameters[name]
