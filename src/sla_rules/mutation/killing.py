"""The smallest case that would notice a change: sought near the cases that there are.

Facts of existing cases are assessed by the contract as it stands and as changed, under the
readings that make the changed part count; where a decision differs, the facts are made smaller
for as long as it does.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

import attrs

from sla_rules.assessment import Assessment, recorded
from sla_rules.diagnostics import SlaError
from sla_rules.language import program as ir
from sla_rules.mutation.aims import aims_of
from sla_rules.mutation.mutants import Mutant
from sla_rules.mutation.trial import Trials, assessed
from sla_rules.mutation.varied import varied
from sla_rules.mutation.wander import Wanderer
from sla_rules.testing.cases import Case
from sla_rules.testing.plainly import plainly
from sla_rules.testing.runner import key_of
from sla_rules.testing.shrink import shrink
from sla_rules.testing.written import expected

__all__ = ["KillingCase", "killing_case"]

NEAR: Final = 300
"""How many documents near the existing cases are tried."""
FAR: Final = 1200
"""How many more, under all readings together, before a change is taken to show nowhere."""
LEAST: Final = 40
"""How many at least under each choice of readings."""
MOST_VARIED: Final = 12
"""Of how many cases the facts are varied."""
MOST_NEAR: Final = 5
"""Under how many choices of readings the facts of cases are tried."""
MOST_EDGES: Final = 2
"""Under how many choices of readings facts are sought at the edges of decisions."""
MOST_AIMS: Final = 60
"""Under how many choices of readings facts are sought away from the cases."""


@attrs.frozen
class KillingCase:
    """A case that holds today and would not under a change, for a person to confirm."""

    clauses: tuple[str, ...]
    level: str
    readings: Mapping[str, str]
    given: Any
    expect: Mapping[str, Any]


@attrs.frozen
class _Try:
    level: str
    readings: Mapping[str, str]
    facts: Any


def killing_case(
    mutant: Mutant, trials: Trials, numbers: Sequence[int], wanderer: Wanderer
) -> KillingCase | None:
    """A case that notices the change; None if no facts that were tried show it.

    *numbers* are the cases to begin with.
    """
    program = mutant.program(trials.rules.program)
    hunt = _Hunt(mutant, trials, program)
    cases = [trials.cases[number] for number in numbers]
    aims = list(aims_of(trials.rules.program, mutant, wanderer.cases))
    open_one: tuple[_Try, Mapping[str, Any]] | None = None
    for each in chain(_near(cases, aims), _far(mutant, cases, aims, wanderer)):
        expect = hunt.difference(each)
        if expect is None:
            continue
        if not _is_open(expect):
            return hunt.smallest(each, expect)
        open_one = open_one or (each, expect)
    return None if open_one is None else hunt.smallest(*open_one)


def _is_open(expect: Mapping[str, Any]) -> bool:
    """Whether all that differs is what may still come: a weak reason for a case."""
    return any(isinstance(value, Mapping) for value in expect.values())


def _near(cases: Sequence[Case], aims: Sequence[Mapping[str, str]]) -> Iterator[_Try]:
    """The facts of cases, under their readings and those that select the part, then varied."""
    grounds = [(case.level, case.facts, case.readings) for case in cases]
    smaller = sorted(grounds, key=lambda each: len(repr(each[1])))[:MOST_VARIED]
    known: set[str] = set()
    for level, facts, readings in chain(grounds, _varied(smaller)):
        for aim in aims[:MOST_NEAR]:
            for chosen in ({**readings, **aim}, aim):
                mark = repr((level, key_of(chosen), facts))
                if mark in known:
                    continue
                if len(known) == NEAR:
                    return
                known.add(mark)
                yield _Try(level, chosen, facts)


def _far(
    mutant: Mutant,
    cases: Sequence[Case],
    aims: Sequence[Mapping[str, str]],
    wanderer: Wanderer,
) -> Iterator[_Try]:
    """Small documents with some facts set anew, under the readings that select the part."""
    smaller = sorted(cases, key=lambda each: len(repr(each.facts)))
    own = [(case.level, case.facts) for case in smaller]
    for aim in aims[:MOST_EDGES]:
        for level, facts in wanderer.at_edges(mutant, aim):
            yield _Try(level, aim, facts)
    several = aims[:MOST_AIMS]
    tries = max(LEAST, FAR // len(several))
    for aim in several:
        for level, facts in wanderer.documents(mutant, aim, own, tries):
            yield _Try(level, aim, facts)


def _varied(
    grounds: list[tuple[str, Any, Mapping[str, str]]],
) -> Iterator[tuple[str, Any, Mapping[str, str]]]:
    for level, facts, readings in grounds:
        for other in varied(plainly(facts)):
            yield level, other, readings


class _Hunt:
    """Looks for a decision that differs between the contract and one change of it."""

    def __init__(self, mutant: Mutant, trials: Trials, program: ir.Program) -> None:
        self._mutant = mutant
        self._trials = trials
        self._program = program
        self._engines: dict[Any, Any] = {}

    def _both(self, each: _Try) -> tuple[Any, Any] | None:
        key = key_of(each.readings)
        if key not in self._engines:
            try:
                plain = self._trials.plain(each.readings)
            except SlaError:  # readings that exclude each other
                self._engines[key] = None
            else:
                changed = self._trials.changed(self._mutant, self._program, each.readings)
                self._engines[key] = None if changed is None else (plain, changed)
        engines = self._engines[key]
        if engines is None:
            return None
        one, two = (assessed(engine, each.facts, each.level) for engine in engines)
        return one, two

    def difference(self, each: _Try) -> Mapping[str, Any] | None:
        """What a case would expect that only the contract as it stands gives."""
        both = self._both(each)
        if both is None:
            return None
        one, two = both
        if isinstance(one, SlaError):
            codes = list(dict.fromkeys(one.codes))
            same = isinstance(two, SlaError) and set(two.codes) == set(codes)
            return None if same else {"error": codes[0] if len(codes) == 1 else codes}
        if isinstance(two, SlaError):
            return next(iter(_final(one)), None)
        return next(_differences(one, two, self._wanted()), None)

    def _wanted(self) -> frozenset[str]:
        return frozenset(user.name for user in self._mutant.users if isinstance(user, ir.Decision))

    def smallest(self, each: _Try, expect: Mapping[str, Any]) -> KillingCase:
        """The same difference with as few facts as it takes."""
        wanted = set(expect)

        def still(facts: Any) -> bool:
            found = self.difference(attrs.evolve(each, facts=facts))
            if found is None or set(found) != wanted or _is_open(found) > _is_open(expect):
                return False
            return "error" not in found or found == expect

        facts = (
            shrink(plainly(each.facts), still, most=300)
            if still(plainly(each.facts))
            else each.facts
        )
        small = attrs.evolve(each, facts=facts)
        readings = {
            name: option
            for name, option in each.readings.items()
            if option != self._trials.rules.program.defaults[name]
        }
        found = self.difference(small)
        assert found is not None
        return KillingCase(self._mutant.clauses, each.level, readings, plainly(facts), found)


def _final(one: Assessment, way: str = "") -> Iterator[Mapping[str, Any]]:
    for name in one.decisions():
        result = one.result(name)
        if result.status == "final" and result.value is not None:
            yield {way + name: expected(result)}
    for step, child in _children(one):
        yield from _final(child, f"{way}{step}.")


def _differences(
    one: Assessment, two: Assessment, wanted: frozenset[str], way: str = ""
) -> Iterator[Mapping[str, Any]]:
    """The decisions that differ, the deepest records first, final ones before open ones."""
    for (step, before), (_, after) in zip(_children(one), _children(two), strict=False):
        yield from _differences(before, after, wanted, f"{way}{step}.")
    results = [(name, one.result(name), two.result(name)) for name in one.decisions()]
    changed = [(name, left) for name, left, right in results if left != right]
    changed.sort(key=lambda each: (each[1].status != "final", each[0] not in wanted))
    for name, left in changed:
        yield {way + name: expected(left)}
    own = {str(note) for note in one.notes}
    if not changed and own != {str(note) for note in two.notes} and own:
        yield {way + "notes": sorted(own)}


def _children(one: Assessment) -> Iterator[tuple[str, Assessment]]:
    """The child records that are decided on, each with the way to it in ``expect``."""
    for fact in recorded(one).level.nested:  # what stands in which list is not told otherwise
        for child in one.child(fact.name):
            named = child.id is not None or fact.type.kind == "record"
            if named and recorded(child).level.decisions:
                yield f"{fact.name}.{child.id}" if child.id is not None else fact.name, child
