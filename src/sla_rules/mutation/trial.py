"""One changed contract against the cases that can feel the change."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

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
from sla_rules.testing.check import compare

__all__ = ["Suite", "outcome_of"]

Key = tuple[tuple[str, str], ...]
_RAN: Final = Deed.RAN


@attrs.frozen(eq=False)
class Suite:
    """A ruleset and its cases, those that hold; *heard* are the parts that each case ran."""

    rules: Rules
    cases: tuple[Case, ...]
    heard: tuple[frozenset[Event], ...]
    engines: Mapping[Key, Engine]

    @classmethod
    def of(cls, rules: Rules, cases: Sequence[Case]) -> "Suite":
        """The suite of a ruleset, heard once."""
        engines: dict[Key, tuple[Rules, ListeningEngine]] = {}
        heard = []
        for case in cases:
            key = key_of(case)
            if key not in engines:
                chosen = rules.with_readings(case.readings)
                engines[key] = chosen, ListeningEngine(rules.program, chosen.readings)
            chosen, engine = engines[key]
            _, ear = listen(chosen, case.facts, case.level, engine=engine)
            heard.append(frozenset(ear.heard))
        plain = {key: chosen.engine for key, (chosen, _) in engines.items()}
        return cls(rules, tuple(cases), tuple(heard), plain)

    def reaching(self, mutant: Mutant) -> list[int]:
        """The cases that run what was changed: those of its clauses first, then the smaller."""
        wanted = {(part, _RAN) for part in mutant.reached_by}
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


def key_of(case: Case) -> Key:
    """The readings of a case as a key."""
    return tuple(sorted(case.readings.items()))


def outcome_of(mutant: Mutant, suite: Suite, numbers: Sequence[int]) -> int | None:
    """The first of the cases that does not hold any more; None if all still hold."""
    program = mutant.program(suite.rules.program)
    engines: dict[Key, Engine | None] = {}
    for number in numbers:
        case = suite.cases[number]
        key = key_of(case)
        if key not in engines:
            engines[key] = _engine(suite, mutant, program, case)
        engine = engines[key]
        if engine is None or compare(case, assessed(program, engine, case)):
            return number
    return None


def _engine(suite: Suite, mutant: Mutant, program: ir.Program, case: Case) -> Engine | None:
    """The engine of a changed program; None when there is no order to decide in."""
    base = suite.engines[key_of(case)]
    changed = _decisions(suite.rules.program, mutant)
    if changed:
        return base.with_decisions(program, changed)
    try:
        return Engine(program, {**program.defaults, **case.readings})
    except (SlaError, CyclicDecisions):
        return None


def _decisions(program: ir.Program, mutant: Mutant) -> Mapping[str, set[str]]:
    """The decisions that a change touches, by level; nothing where it touches anything else."""
    found: dict[str, set[str]] = {}
    for user in mutant.users:
        home = next((level for level in program.levels.values() if user in level.decisions), None)
        if home is None or not isinstance(user, ir.Decision):
            return {}
        found.setdefault(home.name, set()).add(user.name)
    return found


def assessed(program: ir.Program, engine: Engine, case: Case) -> Any:
    """The assessment of a case, or why there is none."""
    try:
        record = engine.assess(
            read_document(case.facts), case.level, zone=None, as_of=None, as_if_in_force=False
        )
    except SlaError as error:
        return error
    return Assessment(Rules(program, (), key_of(case)), record)
