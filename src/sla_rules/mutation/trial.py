"""One changed contract against the cases that can feel the change."""

from collections.abc import Mapping, Sequence
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

__all__ = ["Suite", "Trials", "assessed"]

Key = tuple[tuple[str, str], ...]


def key_of(readings: Mapping[str, str]) -> Key:
    """Chosen readings as a key."""
    return tuple(sorted(readings.items()))


@attrs.frozen(eq=False)
class Suite:
    """A ruleset and its cases; *heard* are the parts of the program that each case ran."""

    rules: Rules
    cases: tuple[Case, ...]
    heard: tuple[frozenset[Event], ...]

    @classmethod
    def of(cls, rules: Rules, cases: Sequence[Case]) -> "Suite":
        """The suite of a ruleset, heard once."""
        engines: dict[Key, tuple[Rules, ListeningEngine]] = {}
        heard = []
        for case in cases:
            key = key_of(case.readings)
            if key not in engines:
                chosen = rules.with_readings(case.readings)
                engines[key] = chosen, ListeningEngine(rules.program, chosen.readings)
            chosen, engine = engines[key]
            _, ear = listen(chosen, case.facts, case.level, engine=engine)
            heard.append(frozenset(ear.heard))
        return cls(rules, tuple(cases), tuple(heard))

    def reaching(self, mutant: Mutant) -> list[int]:
        """The cases that run what was changed: those of its clauses first, in order of the file."""
        wanted = {(part, Deed.RAN) for part in mutant.reached_by}
        found = [
            number
            for number, heard in enumerate(self.heard)
            if not wanted or not wanted.isdisjoint(heard)
        ]
        if mutant.operator == "reading":
            name = mutant.home[1]
            found = [number for number in found if name not in self.cases[number].readings]
        clauses = set(mutant.clauses)
        return sorted(found, key=lambda n: (clauses.isdisjoint(self.cases[n].clauses), n))


class Trials:
    """Tries changes of one ruleset; remembers the engines of what was not changed."""

    def __init__(self, rules: Rules, cases: Sequence[Case]) -> None:
        self.rules = rules
        self.cases = cases
        self._plain: dict[Key, Engine] = {}

    def killer(self, mutant: Mutant, numbers: Sequence[int]) -> int | None:
        """The first of the cases that does not hold any more; None if all still hold."""
        program = mutant.program(self.rules.program)
        engines: dict[Key, Engine | None] = {}
        for number in numbers:
            case = self.cases[number]
            key = key_of(case.readings)
            if key not in engines:
                engines[key] = self.changed(mutant, program, case.readings)
            engine = engines[key]
            if engine is None or compare(case, assessed(engine, case.facts, case.level)):
                return number
            if says_what_decided(case) and self._decided_otherwise(case, program):
                return number
        return None

    def _decided_otherwise(self, case: Case, program: ir.Program) -> bool:
        """Whether another row, band or limit decides what a case says."""
        rules = Rules(program, (), key_of({**program.defaults, **case.readings}))
        engine = ListeningEngine(program, rules.readings)
        outcome, ear = listen(rules, case.facts, case.level, engine=engine)
        return bool(compare(case, outcome, ear))

    def plain(self, readings: Mapping[str, str]) -> Engine:
        """The engine of the contract as it stands."""
        key = key_of(readings)
        if key not in self._plain:
            self._plain[key] = self.rules.with_readings(readings).engine
        return self._plain[key]

    def changed(
        self, mutant: Mutant, program: ir.Program, readings: Mapping[str, str]
    ) -> Engine | None:
        """The engine of the changed contract; None when there is no order to decide in."""
        decisions = self._decisions(mutant)
        plain = self.plain(readings)
        try:
            if decisions:
                return plain.with_decisions(program, decisions)
            return Engine(program, {**program.defaults, **readings})
        except (SlaError, CyclicDecisions):
            return None

    def _decisions(self, mutant: Mutant) -> Mapping[str, set[str]]:
        """The decisions that a change touches, by level; none where it touches more than them."""
        found: dict[str, set[str]] = {}
        levels = self.rules.program.levels.values()
        for user in mutant.users:
            home = next((level for level in levels if user in level.decisions), None)
            if home is None or not isinstance(user, ir.Decision):
                return {}
            found.setdefault(home.name, set()).add(user.name)
        return found


def assessed(engine: Engine, facts: Any, level: str) -> Assessment | SlaError:
    """The assessment of facts by an engine, or why there is none."""
    try:
        record = engine.assess(
            read_document(facts), level, zone=None, as_of=None, as_if_in_force=False
        )
    except SlaError as error:
        return error
    return Assessment(Rules(engine.program, (), key_of(engine.choices)), record)
