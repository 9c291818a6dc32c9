"""The readings under which a change counts: each way through the switches down to it."""

from collections.abc import Iterator, Mapping
from typing import Any

from sla_rules.language import program as ir
from sla_rules.language.variations import readings_behind, single_changes
from sla_rules.language.walk import alternatives, fields_in
from sla_rules.mutation.mutants import Mutant

__all__ = ["aims_of"]

Way = Mapping[str, str]


def aims_of(program: ir.Program, mutant: Mutant) -> Iterator[Way]:
    """Choices of readings that lead to the change, then those with one more reading changed."""
    if mutant.operator == "reading":
        yield {}
        return
    root = _root(program, mutant)
    old, new = mutant.step.old, mutant.step.new
    within = list(_differing(old, new, {})) or [{}]
    direct = [
        {**way, **inner} for way in _ways(root, old, {}) for inner in within if _agree(way, inner)
    ]
    several = {tuple(sorted(each.items())): each for each in direct}
    yield from several.values()
    behind = readings_behind(program, root)
    for each in list(several.values())[:1]:
        taken = {**program.defaults, **each}
        for name, option in single_changes(program, behind - each.keys(), taken):
            yield {**each, name: option}


def _agree(one: Way, two: Way) -> bool:
    return all(one[name] == option for name, option in two.items() if name in one)


def _root(program: ir.Program, mutant: Mutant) -> Any:
    kind, *names = mutant.home
    if kind == "parameter":
        return program.parameters[names[0]]
    if kind == "scale":
        return program.scales[names[0]]
    level = program.levels[names[0]]
    if kind == "decision":
        return level.decision(names[1])
    return level.require if kind == "require" else level.ledger


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
    yield {**taken, part.reading: name}


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
