"""One changed contract against the cases that can feel the change."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import attrs

from sla_rules.assessment import Assessment
from sla_rules.diagnostics import SlaError
from sla_rules.engine.evaluate import Engine
from sla_rules.facts.document import read_document
from sla_rules.language import program as ir
from sla_rules.language.walk import CyclicDecisions
from sla_rules.listening import Deed, Event, ListeningEngine, listen
from sla_rules.mutation.mutants import Mutant
from sla_rules.rules import Rules
from sla_rules.testing.cases import Case
from sla_rules.testing.check import compare, says_what_decided
from sla_rules.testing.runner import CaseRunner, Key, key_of

__all__ = ["Suite", "Trials", "assessed"]


@attrs.frozen(eq=False)
class Suite:
    """A ruleset and its cases; *heard* are the parts of the program that each case ran."""

    rules: Rules
    cases: tuple[Case, ...]
    heard: tuple[frozenset[Event], ...]

    @classmethod
    def of(cls, rules: Rules, cases: Sequence[Case]) -> "Suite":
        """The suite of a ruleset, heard once."""
        runner = CaseRunner(rules)
        heard = tuple(frozenset(runner.hear(case)[1].heard) for case in cases)
        return cls(rules, tuple(cases), heard)

    def reaching(self, mutant: Mutant) -> list[int]:
        """The cases that run what was changed, in the order in which they are tried."""
        deeds = (Deed.RAN, Deed.EMPTY)
        wanted = {(part, deed) for part in mutant.reached_by for deed in deeds}
        found = [
            number
            for number, heard in enumerate(self.heard)
            if not wanted or not wanted.isdisjoint(heard)
        ]
        if mutant.operator == "reading":
            name = mutant.home[1]
            found = [number for number in found if name not in self.cases[number].readings]
        return sorted(found, key=partial(self._rank, frozenset(mutant.clauses)))

    def _rank(self, clauses: frozenset[str], number: int) -> tuple[bool, bool, Key, int]:
        """Those of the clauses first; then those under the same readings, the defaults first."""
        case = self.cases[number]
        key = key_of(case.readings)
        return clauses.isdisjoint(case.clauses), bool(key), key, number


@attrs.frozen
class Tried:
    """Which case notices a change, by its number; *refused* where none had a contract to try."""

    killer: int | None = None
    refused: bool = False


class Trials:
    """Tries changes of one ruleset; remembers the engines of what was not changed."""

    def __init__(self, rules: Rules, cases: Sequence[Case]) -> None:
        self.rules = rules
        self.cases = cases
        self._plain: dict[Key, Engine] = {}

    def tried(self, mutant: Mutant, numbers: Sequence[int]) -> Tried:
        """The first of the cases that does not hold any more.

        Under readings under which there is nothing to decide by, no case is tried.
        """
        program = mutant.program(self.rules.program)
        engines: dict[Key, Engine | None] = {}
        listening: dict[Key, ListeningEngine] = {}
        for number in numbers:
            case = self.cases[number]
            key = key_of(case.readings)
            if key not in engines:
                engines[key] = self.changed(mutant, program, case.readings)
            engine = engines[key]
            if engine is None:
                continue
            if compare(case, assessed(engine, case.facts, case.level)):
                return Tried(number)
            if says_what_decided(case) and _decided_otherwise(case, program, listening):
                return Tried(number)
        return Tried(refused=all(each is None for each in engines.values()))

    def stands(self, mutant: Mutant) -> bool:
        """Whether the changed contract is one that can decide under the default readings."""
        return self.changed(mutant, mutant.program(self.rules.program), {}) is not None

    def plain(self, readings: Mapping[str, str]) -> Engine:
        """The engine of the contract as it stands."""
        key = key_of(readings)
        if key not in self._plain:
            self._plain[key] = self.rules.with_readings(readings).engine
        return self._plain[key]

    def changed(
        self, mutant: Mutant, program: ir.Program, readings: Mapping[str, str]
    ) -> Engine | None:
        """The engine of the changed contract; None when it is no contract any more.

        So it is when decisions need each other, when a rule does not compute, and when the
        readings exclude each other.
        """
        try:
            if mutant.operator == "reading":
                return self.plain({mutant.home[1]: mutant.step.new, **readings})
            touched = self._touched(mutant)
            if touched is not None:
                return self.plain(readings).with_changes(program, *touched)
            return Engine(program, {**program.defaults, **readings})
        except (SlaError, CyclicDecisions):
            return None

    def _touched(self, mutant: Mutant) -> tuple[Mapping[str, set[str]], set[str]] | None:
        """The decisions that a change touches, by level, and the levels whose other rules it does.

        None where it touches something else, or nothing.
        """
        decisions: dict[str, set[str]] = {}
        levels: set[str] = set()
        for user in mutant.users:
            for level in self.rules.program.levels.values():
                if isinstance(user, ir.Decision) and user in level.decisions:
                    decisions.setdefault(level.name, set()).add(user.name)
                elif user in level.require or user is level.ledger:
                    levels.add(level.name)
        return (decisions, levels) if decisions or levels else None


def _decided_otherwise(
    case: Case, program: ir.Program, listening: dict[Key, ListeningEngine]
) -> bool:
    """Whether another row, band or limit decides what a case says."""
    key = key_of({**program.defaults, **case.readings})
    rules = Rules(program, (), key)
    if key not in listening:
        listening[key] = ListeningEngine(program, rules.readings)
    outcome, ear = listen(rules, case.facts, case.level, engine=listening[key])
    return bool(compare(case, outcome, ear))


def assessed(engine: Engine, facts: Any, level: str) -> Assessment | SlaError:
    """The assessment of facts by an engine, or why there is none."""
    try:
        record = engine.assess(
            read_document(facts), level, zone=None, as_of=None, as_if_in_force=False
        )
    except SlaError as error:
        return error
    return Assessment(Rules(engine.program, (), key_of(engine.choices)), record)
