"""Readings under which a change may be seen: each way through the switches down to it.

They are where a case that notices the change is looked for; they prove nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sla_rules.language import program as ir
from sla_rules.language.ranges import Cases
from sla_rules.language.variations import readings_behind, single_changes
from sla_rules.language.walk import alternatives, chosen, fields_in
from sla_rules.mutation.effect import root_of
from sla_rules.mutation.mutants import Mutant

__all__ = ["aims_of"]

Way = Mapping[str, str]


def aims_of(program: ir.Program, mutant: Mutant, cases: Cases) -> Iterator[Way]:
    """Choices of readings that lead to the change, then those with one more reading changed.

    Each further reading is one that the decisions feel that the change touches.
    """
    if mutant.operator == "reading":
        yield {}
        return
    known: set[tuple[tuple[str, str], ...]] = set()
    for each in _all_aims(program, mutant, cases):
        key = tuple(sorted(each.items()))
        if key not in known:
            known.add(key)
            yield each


def _all_aims(program: ir.Program, mutant: Mutant, cases: Cases) -> Iterator[Way]:
    root = root_of(program, mutant)
    old, new = mutant.step.old, mutant.step.new
    within = list(_differing(old, new, {})) or [{}]
    direct = [
        {**way, **inner} for way in _ways(root, old, {}) for inner in within if _agree(way, inner)
    ]
    applied = [each for way in direct for each in _applied(program, root, way)]
    yield from applied
    felt = _felt(program, mutant, cases)
    for each in applied:
        taken = {**program.defaults, **each}
        for name, option in single_changes(program, felt - each.keys(), taken):
            yield {**each, name: option}


def _applied(program: ir.Program, root: Any, way: Way) -> Iterator[Way]:
    """The way itself; where it leaves the decision switched off, with what switches it on."""
    applies = root.applies if isinstance(root, ir.Decision) else None
    taken = {**program.defaults, **way}
    if not _is_off(chosen(applies, taken)):
        yield way
        return
    yield way
    for name in sorted(readings_behind(program, applies) - way.keys()):
        for option in program.readings[name].options:
            if not _is_off(chosen(applies, {**taken, name: option})):
                yield {**way, name: option}


def _is_off(applies: Any) -> bool:
    return isinstance(applies, ir.Constant) and applies.value is False


def _felt(program: ir.Program, mutant: Mutant, cases: Cases) -> set[str]:
    """The readings on which the parts depend that the change touches, however far away."""
    found: set[str] = set()
    for level in program.levels.values():
        for user in mutant.users:
            if isinstance(user, ir.Decision):
                if user in level.decisions:
                    found |= cases.felt(level.name, (user.body, user.applies, user.cap, user.floor))
            elif user in level.require:
                found |= cases.felt(level.name, user)
            elif user is level.ledger and level.ledger is not None:
                found |= cases.felt(level.name, [each.amount for each in level.ledger.sources])
    return found | readings_behind(program, root_of(program, mutant))


def _agree(one: Way, two: Way) -> bool:
    return all(one[name] == option for name, option in two.items() if name in one)


def _ways(part: Any, wanted: Any, taken: Way) -> Iterator[Way]:
    """The choices on each way from a part down to another."""
    if part is wanted:
        yield taken
        return
    if isinstance(part, tuple):
        for each in part:
            yield from _ways(each, wanted, taken)
        return
    if isinstance(part, ir.Choice):
        for inner in alternatives(part):
            for chosen in _options(part, inner, taken):
                yield from _ways(inner, wanted, chosen)
        return
    for name in fields_in(part.__class__) or ():
        yield from _ways(getattr(part, name), wanted, taken)


def _options(part: ir.Choice, inner: Any, taken: Way) -> Iterator[Way]:
    """The choice of one alternative, unless what is taken already excludes it."""
    if part.reading in taken:
        if part.options[taken[part.reading]] is inner:
            yield taken
        return
    name = next(name for name, each in part.options.items() if each is inner)
    yield {**taken, part.reading: name}  # one is enough to look for a case


def _differing(old: Any, new: Any, taken: Way) -> Iterator[Way]:
    """The choices under which two parts differ."""
    if old is new:
        return
    if isinstance(old, ir.Choice) and isinstance(new, ir.Choice):
        for name, option in new.options.items():
            if taken.get(old.reading, name) == name:
                chosen = {**taken, old.reading: name}
                yield from _differing(old.options[name], option, chosen)
        return
    fields = fields_in(old.__class__) if old.__class__ is new.__class__ else None
    pairs = [(getattr(old, name), getattr(new, name)) for name in fields or ()]
    if isinstance(old, tuple) and isinstance(new, tuple) and len(old) == len(new):
        pairs = list(zip(old, new, strict=True))
    found = [way for one, two in pairs for way in _differing(one, two, taken)]
    yield from found or [taken]
