"""Changes that provably change nothing: they say the same, or what they say never shows.

A proof is made under the readings that lead to the change and each further one that bears on
it.  What cannot be proven counts as a change that no case notices.
"""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import partial
from typing import Any, Final

from sla_rules.language import program as ir
from sla_rules.language.constants import constant_value
from sla_rules.language.ranges import Cases, Domain, Ranges
from sla_rules.language.ranges.domain import ANYTHING
from sla_rules.language.visit import inside
from sla_rules.language.walk import chosen, limit_of
from sla_rules.mutation.absent import never
from sla_rules.mutation.aims import aims_of
from sla_rules.mutation.moved import between, given
from sla_rules.mutation.mutants import Mutant
from sla_rules.quantities import Limit, Number

__all__ = ["Prover"]

Choices = Mapping[str, str]
MOST_AIMS: Final = 200


class Prover:
    """Proves of changes of one program that they change nothing."""

    def __init__(self, program: ir.Program) -> None:
        self.program = program
        self._cases = Cases(program)
        self._ranges: dict[tuple[tuple[str, str], ...], Ranges] = {}

    def changes_nothing(self, mutant: Mutant) -> bool:
        """Whether it is certain that no facts and readings show the change."""
        proof = _PROOFS.get(mutant.operator)
        known = any(True for _ in self.home(mutant))
        return proof is not None and known and proof(self, mutant)

    def choices(self, mutant: Mutant) -> Iterator[Choices]:
        """The readings under which a change has to be looked at."""
        defaults = self.program.defaults
        for number, aim in enumerate(aims_of(self.program, mutant, self._cases)):
            if number == MOST_AIMS:
                return
            yield {**defaults, **aim}

    def ranges(self, choices: Choices) -> Ranges:
        """What everything can be under some readings."""
        key = tuple(sorted(choices.items()))
        if key not in self._ranges:
            self._ranges[key] = Ranges(self.program, choices)
        return self._ranges[key]

    def home(self, mutant: Mutant) -> Iterator[tuple[ir.Level, ir.Decision]]:
        """The decisions that a change touches, with their levels."""
        for level in self.program.levels.values():
            for user in mutant.users:
                if isinstance(user, ir.Decision) and user in level.decisions:
                    yield level, user


def _edge(prover: Prover, mutant: Mutant) -> bool:
    """An edge that no number meets on its way, or where both bands give the same."""
    old, new = mutant.step.old, mutant.step.new
    if not isinstance(old, ir.BandSet | ir.Scale):
        return False
    for choices in prover.choices(mutant):
        constant = partial(constant_value, program=prover.program, choices=choices)
        before, after = chosen(old.bands, choices), chosen(new.bands, choices)
        for on in _inputs(prover, mutant, old, choices):
            moved = between(before, after, on)
            if moved is None or any(
                given(before, x, constant) != given(after, x, constant) for x in moved
            ):
                return False
    return True


def _inputs(prover: Prover, mutant: Mutant, old: Any, choices: Choices) -> Iterator[Domain]:
    """What the number can be that the bands divide."""
    if isinstance(old, ir.Scale):
        yield ANYTHING
        return
    for level, _ in prover.home(mutant):
        yield prover.ranges(choices).of(level.name, old.on)


def _day_rule(prover: Prover, mutant: Mutant) -> bool:
    """How working days are counted does not matter where no limit is in working days."""
    part = mutant.step.old
    if not isinstance(part, ir.Deadline):
        return False
    for choices in prover.choices(mutant):
        for level, _ in prover.home(mutant):
            if any(
                isinstance(each, ir.Constant)
                and isinstance(each.value, Limit)
                and each.value.workdays
                for each in _read(prover, part.within, level, choices)
            ):
                return False
    return True


def _read(prover: Prover, node: Any, level: ir.Level, choices: Choices) -> Iterator[Any]:
    """Every part of what a node comes to, through decisions of its record; facts as they are."""
    seen: set[int] = set()
    waiting: list[Any] = [node]
    while waiting:
        for home, each in inside(
            waiting.pop(), level.name, choices=choices, program=prover.program
        ):
            if home == level.name and isinstance(each, ir.SlotRef) and each.index not in seen:
                seen.add(each.index)
                if each.decision:
                    waiting.append(level.decisions[each.index - 1 - len(level.facts)])
                elif each.type.kind == "limit":
                    yield ir.Constant(value=Limit(1, workdays=True), type=each.type, span=each.span)
            yield each


def _limit(prover: Prover, mutant: Mutant) -> bool:
    """A cap or floor that nothing reaches."""
    name = mutant.operator
    for level, decision in prover.home(mutant):
        for choices in prover.choices(mutant):
            limit = limit_of(getattr(decision, name), choices)
            if limit is None or _off(decision, choices):
                continue
            most = prover.ranges(choices).of(level.name, limit)
            body = prover.ranges(choices).of(level.name, decision.body)
            low, high = (body, most) if name == "cap" else (most, body)
            if low.high is None or high.low is None or low.high > high.low:
                return False
    return True


def _rounding(prover: Prover, mutant: Mutant) -> bool:
    """A value that is always a whole multiple of what it is rounded to."""
    for level, decision in prover.home(mutant):
        for choices in prover.choices(mutant):
            if chosen(decision.applies, choices) is not None and _off(decision, choices):
                continue
            rule = chosen(decision.rounding, choices)
            quantum = None if rule is None else rule.quantum
            if quantum is None:
                continue
            body = prover.ranges(choices).of(level.name, decision.body)
            limits = [chosen(each, choices) for each in (decision.cap, decision.floor)]
            known = [prover.ranges(choices).of(level.name, each) for each in limits if each]
            if not all(_whole(each, quantum) for each in (body, *known)):
                return False
    return True


def _off(decision: ir.Decision, choices: Choices) -> bool:
    applies = chosen(decision.applies, choices)
    return isinstance(applies, ir.Constant) and applies.value is False


def _whole(domain: Domain, quantum: Number) -> bool:
    if domain.is_empty:
        return True
    if not domain.is_ordered or domain.step is None:
        single = domain.single
        return isinstance(single, int | Fraction) and Fraction(single) % quantum == 0
    return Fraction(domain.step) % quantum == 0 and Fraction(domain.offset) % quantum == 0


def _applies(prover: Prover, mutant: Mutant) -> bool:
    """Where a decision would not apply, it has no value anyhow: what it reads has none."""
    old = mutant.step.old
    if not isinstance(old, ir.Decision):
        return False
    levels = [level for level, _ in prover.home(mutant)]
    for level in levels:
        for choices in prover.choices(mutant):
            when = chosen(old.applies, choices)
            if isinstance(when, ir.Constant) and when.value is True:
                continue
            if not _certain(prover, level, when, choices):
                return False
            if not never(level, old.body, when, choices):
                return False
    return bool(levels)


def _certain(prover: Prover, level: ir.Level, when: Any, choices: Choices) -> bool:
    """Whether a condition never waits for a fact: what may be left out it asks for first."""
    total = when is None or not prover.ranges(choices).of(level.name, when).absent
    for each in _read(prover, when, level, choices):
        if isinstance(each, ir.SlotRef) and not each.decision:
            fact = level.fact(each.name)
            spared = fact is not None and fact.optional and not fact.open and total
            if fact is None or (fact.default is None and not spared):
                return False
        elif isinstance(each, ir.Aggregate | ir.Through | ir.Outer | ir.Previous):
            return False
    return True


_PROOFS: Final[Mapping[str, Callable[[Prover, Mutant], bool]]] = {
    "edge": _edge,
    "day rule": _day_rule,
    "cap": _limit,
    "floor": _limit,
    "rounding": _rounding,
    "applies": _applies,
}
