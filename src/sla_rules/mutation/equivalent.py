"""Changes that provably change nothing: they say the same, or what they say never shows.

A proof is made under the readings that lead to the change and each further one that bears on
it.  What cannot be proven counts as a change that no case notices.
"""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

from sla_rules.language import program as ir
from sla_rules.language.ranges import Cases, Domain, Ranges
from sla_rules.language.visit import inside
from sla_rules.language.walk import chosen
from sla_rules.mutation.absent import never
from sla_rules.mutation.aims import aims_of
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
        return proof is not None and proof(self, mutant)

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
    """Two bands that meet where both give the same: it does not matter who has the edge."""
    old, new = mutant.step.old, mutant.step.new
    if not isinstance(old, ir.BandSet | ir.Scale):
        return False
    return all(
        _same_at_edges(chosen(old.bands, choices), chosen(new.bands, choices))
        for choices in prover.choices(mutant)
    )


def _same_at_edges(old: tuple[ir.Band, ...], new: tuple[ir.Band, ...]) -> bool:
    """Whether only closed ends differ, and each number so moved is given the same."""
    for one, two in zip(old, new, strict=True):
        if (one.interval.low, one.interval.high) != (two.interval.low, two.interval.high):
            return False
    moved = {
        end.value
        for one, two in zip(old, new, strict=True)
        for end, differs in (
            (one.interval.low, one.interval.low_closed != two.interval.low_closed),
            (one.interval.high, one.interval.high_closed != two.interval.high_closed),
        )
        if differs and isinstance(end, ir.Constant)
    }
    return all(_given(old, x) == _given(new, x) is not None for x in moved)


def _given(bands: tuple[ir.Band, ...], x: Any) -> Any:
    for band in bands:
        low, high = band.interval.low, band.interval.high
        above = low is None or _beyond(x, low, 1, closed=band.interval.low_closed)
        below = high is None or _beyond(x, high, -1, closed=band.interval.high_closed)
        if above and below:
            value = _at(band.output, x)
            return None if value is None else (value, band.note, band.clauses)
    return None


def _beyond(x: Any, end: Any, sign: int, *, closed: bool) -> bool:
    if not isinstance(end, ir.Constant):
        return False
    edge: Any = end.value
    distance = sign * (Fraction(x) - Fraction(edge))
    return distance > 0 or (closed and distance == 0)


def _at(node: Any, x: Any) -> Number | None:
    """What an output gives for a number of its band; None where it takes more than arithmetic."""
    match node:
        case ir.BandInput():
            return Fraction(x)
        case ir.Constant() if isinstance(node.value, int | Fraction):
            return Fraction(node.value)
        case ir.Arithmetic():
            left, right = _at(node.left, x), _at(node.right, x)
            if left is None or right is None or (node.op == "/" and right == 0):
                return None
            value: Number = _ARITHMETIC[node.op](left, right)
            return value
    return None


_ARITHMETIC: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": lambda one, two: one + two,
    "-": lambda one, two: one - two,
    "*": lambda one, two: one * two,
    "/": lambda one, two: one / two,
}


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
            if not _certain(prover, level, when, choices):
                return False
            if not never(level, old.body, when, choices):
                return False
    return bool(levels)


def _certain(prover: Prover, level: ir.Level, when: Any, choices: Choices) -> bool:
    """Whether a condition never waits for a fact."""
    for each in _read(prover, when, level, choices):
        if isinstance(each, ir.SlotRef) and not each.decision:
            fact = level.fact(each.name)
            if fact is None or fact.default is None:
                return False
        elif isinstance(each, ir.Aggregate | ir.Through | ir.Outer | ir.Previous):
            return False
    return True


_PROOFS: Final[Mapping[str, Callable[[Prover, Mutant], bool]]] = {
    "edge": _edge,
    "day rule": _day_rule,
    "rounding": _rounding,
    "applies": _applies,
}
