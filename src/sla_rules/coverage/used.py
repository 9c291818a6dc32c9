"""What of the contract took part in one assessment: its sentences and the answers of readings."""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from sla_rules.assessment import Assessment
from sla_rules.diagnostics import SlaError
from sla_rules.facts.records import Record, walk_records
from sla_rules.language import program as ir
from sla_rules.language.walk import chosen, fields_in
from sla_rules.listening import Deed, Event

__all__ = ["Used", "used"]


@attrs.frozen
class Used:
    """The clauses of which something ran, those touched at all, and the readings rested on."""

    clauses: frozenset[str]
    touched: frozenset[str]
    readings: frozenset[str]


def used(
    program: ir.Program,
    choices: Mapping[str, str],
    outcome: Assessment | SlaError,
    record: Record | None,
    heard: set[Event],
    stated: tuple[str, Any],
) -> Used:
    """What took part, from what was heard and from the facts that were stated or refused.

    *stated* is the level of the facts, and the facts as the case states them.
    """
    records = [] if record is None else list(walk_records(record))
    reader = _Reader(program, choices, heard, frozenset(each.level.name for each in records))
    for level in program.levels.values():
        reader.level(level)
    if isinstance(outcome, SlaError):
        for problem in outcome.problems:
            reader.refused(stated[0], str(problem.where))
            if problem.code == "F135" and program.transition is not None:
                reader.clauses.update(program.transition.clauses)
    for each in records:
        reader.asked(each)
    reader.stated(*stated) if records else None
    ran = frozenset(reader.clauses)
    return Used(ran, ran | reader.idle, frozenset(reader.readings))


class _Reader:
    """Walks from the rules that ran to what they rest on."""

    def __init__(
        self,
        program: ir.Program,
        choices: Mapping[str, str],
        heard: set[Event],
        levels: frozenset[str],
    ) -> None:
        self.program = program
        self.choices = choices
        self.heard = heard
        self.levels = levels
        self.clauses: set[str] = set()
        self.idle: set[str] = set()
        self.readings: set[str] = set()
        self._done: set[tuple[str, str]] = set()

    def level(self, level: ir.Level) -> None:
        """The rules of a level that ran."""
        for decision in level.decisions:
            if (decision, Deed.RAN) in self.heard:
                self.clauses.update(decision.clauses)
                self._walk(decision, level.name)
            elif self._not_applied(decision) or self._left_out(decision, level):
                self.idle.update(decision.clauses)
                self._walk(decision.applies, level.name)
        for each in level.require:
            if self._ran(each.that):
                self.clauses.update(each.clauses)
                self._walk(each.that, level.name)
        ledger = level.ledger
        if ledger is not None and (ledger, Deed.RAN) in self.heard:
            self.clauses.update(ledger.clauses)
            self._walk(attrs.evolve(ledger, sources=()), level.name)
            for source in ledger.sources:
                if self._ran(source.amount):
                    self._walk(source, source.level)
                elif source.level in self.levels and self._constant(source.amount):
                    self._walk(source.amount, source.level)  # it rests on what makes it so

    def _not_applied(self, decision: ir.Decision) -> bool:
        """Whether it was asked if a decision applies, and it did not, or that is not known."""
        return any((decision, deed) in self.heard for deed in (Deed.NOT_APPLICABLE, Deed.OPEN))

    def _left_out(self, decision: ir.Decision, level: ir.Level) -> bool:
        """Whether the text, or a reading of it, has a decision never apply: it is not compiled."""
        return level.name in self.levels and self._constant(decision.applies)

    def _constant(self, node: Any) -> bool:
        return isinstance(chosen(node, self.choices), ir.Constant)

    def _ran(self, node: Any) -> bool:
        return (chosen(node, self.choices), Deed.RAN) in self.heard

    def stated(self, level: str, facts: Any) -> None:
        """The facts that a document of a level states, not those that hold by default."""
        for fact in self.program.levels[level].facts:
            value = facts.get(fact.name) if isinstance(facts, Mapping) else None
            if value is None:
                continue
            self.clauses.update(fact.clauses)
            if fact.type.kind in ("list", "record"):
                for each in value if fact.type.kind == "list" else [value]:
                    self.stated(fact.type.name, each)

    def asked(self, record: Record) -> None:
        """A record of the facts: the transition asks when it was."""
        transition = self.program.transition
        if transition is not None and record.level.name in transition.moments:
            self.clauses.update(transition.clauses)
            self._walk(transition.moments[record.level.name], record.level.name)

    def refused(self, level: str, where: str) -> None:
        """The path at which facts of a level were refused: its last step may be a fact."""
        fact = None
        for step in where.split("."):
            fact = self.program.levels[level].fact(step.partition("[")[0]) if level else None
            if fact is None:
                return
            level = fact.type.name if fact.type.kind in ("list", "record") else ""
        if fact is not None:
            self.clauses.update(fact.clauses)

    def _walk(self, part: Any, level: str) -> None:
        waiting = [(part, level)]
        while waiting:
            each, home = waiting.pop()
            if isinstance(each, tuple | list):
                waiting += [(one, home) for one in each]
            elif isinstance(each, ir.Choice):
                self._reading(each.reading)
                waiting.append((each.options[self.choices[each.reading]], home))
            else:
                waiting += self._inside(each, home)

    def _inside(self, part: Any, home: str) -> Iterator[tuple[Any, str]]:
        """What stands in a part and took part, with the level whose names it reads."""
        match part:
            case ir.SlotRef():
                self._fact(home, part)
            case ir.ParameterRef():
                self._named("parameter", part.name, self.program.parameters, "value")
                yield part.moment, home
            case ir.Constant() if part.type.kind == "calendar":
                self._named("calendar", str(part.value), self.program.calendars, None)
            case ir.Logic() | ir.Call() | ir.Table() if home:  # not what was computed beforehand
                yield from ((each, home) for each in self._reached(part))
            case ir.Row() | ir.Band() | ir.Section() | ir.Condition():
                yield from ((each, home) for each in self._taken(part))
            case ir.Through():
                self._fact(home, part.record)
                yield part.inner, part.record.type.name
            case ir.Previous() | ir.Outer():
                yield part.inner, part.level
            case ir.Aggregate():
                yield from self._aggregate(part, home)
            case ir.BandSet():
                if part.scale:
                    self._named("scale", part.scale, self.program.scales, None)
                yield (part.on, part.bands, part.domain), home
            case _:
                self.clauses.update(getattr(part, "clauses", ()))
                for name in fields_in(part.__class__) or ():
                    yield getattr(part, name), home

    def _reached(self, part: Any) -> Iterator[Any]:
        """Of a part that stops when it knows enough what it came to."""
        match part:
            case ir.Logic():
                yield part.left
                if self._ran(part.right) or not self._ran(part):
                    yield part.right
            case ir.Call(function="otherwise"):
                first, second = part.arguments
                yield first
                if self._ran(second) or not self._ran(part):
                    yield second
            case ir.Call():
                yield part.arguments
            case ir.Table():
                held = [at for at, row in enumerate(part.rows, 1) if (row, Deed.HELD) in self.heard]
                yield part.on
                yield part.rows[: held[-1]] if held and part.hit == "first" else part.rows

    def _taken(self, part: Any) -> Iterator[Any]:
        """Of a part that may be passed over what took part in this assessment."""
        match part:
            case ir.Row():
                yield part.cells
                if (part, Deed.HELD) in self.heard:
                    self.clauses.update(part.clauses)
                    yield part.outputs
            case ir.Band():
                yield part.interval
                if (part, Deed.HELD) in self.heard:
                    self.clauses.update(part.clauses)
                    yield part.output
            case ir.Section():
                yield part.applies
                if self._ran(part.of):
                    self.clauses.update(part.clauses)
                    yield part.of, part.max, part.weight
            case ir.Condition():
                yield part.condition
                condition = chosen(part.condition, self.choices)
                true, false = ((condition, way) in self.heard for way in (Deed.TRUE, Deed.FALSE))
                if true or not false:
                    yield part.then
                if false or not true:
                    yield part.otherwise

    def _aggregate(self, part: ir.Aggregate, home: str) -> Iterator[tuple[Any, str]]:
        at = part.level if part.earlier else home
        for slot in part.path:
            self._fact(at, slot)
            at = slot.type.name
        yield (part.element, part.where, part.weight, part.per), part.level
        yield part.share, home

    def _fact(self, level: str, slot: ir.SlotRef) -> None:
        fact = self.program.levels[level].fact(slot.name) if level else None
        if fact is not None:
            self.clauses.update(fact.clauses)

    def _named(self, kind: str, name: str, known: Mapping[str, Any], field: str | None) -> None:
        """A parameter, calendar or scale: its clauses, and the readings by which it switches."""
        part = known.get(name)
        if part is None or (kind, name) in self._done:
            return
        self._done.add((kind, name))
        self.clauses.update(part.clauses)
        if kind == "parameter":
            self._walk(part.value, "")
        elif kind == "calendar":
            fields = (part.hours, part.holidays, part.seasons, part.overrides, part.day_length)
            self._walk([*fields[:3], *part.overrides.values(), part.day_length], "")

    def _reading(self, name: str) -> None:
        self.readings.add(name)
        clause = self.program.readings[name].clause
        if clause:
            self.clauses.add(clause)
