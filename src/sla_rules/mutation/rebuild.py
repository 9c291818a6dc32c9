"""A program with one of its parts replaced; everything else is shared."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import attrs

from sla_rules.language import program as ir
from sla_rules.language.walk import fields_in
from sla_rules.mutation.sites import Home

__all__ = ["DROPPED", "rebuilt"]

DROPPED = object()
"""Stands for nothing: the part is left out of the sequence in which it stands."""


def rebuilt(program: ir.Program, home: Home, old: Any, new: Any, number: int = 0) -> ir.Program:
    """The program in which *new* stands for *old*, by identity, within one home.

    It equals no program but those that were made of the same one by the change of this *number*.
    """
    change = (program.changed, home, number)
    made = _rebuilt(program, home, old, new)
    return attrs.evolve(made, changed=sha256(repr(change).encode()).hexdigest())


def _rebuilt(program: ir.Program, home: Home, old: Any, new: Any) -> ir.Program:
    kind, *names = home
    if old.__class__ is ir.Scale:  # its bands stand at each band set that uses it, too
        old, new = old.bands, new.bands
    swap = _Swap(old, new)
    if kind == "reading":
        reading = attrs.evolve(program.readings[names[0]], default=new)
        return attrs.evolve(program, readings={**program.readings, names[0]: reading})
    if kind == "parameter":
        (name,) = names
        parameters = {**program.parameters, name: swap.part(program.parameters[name])}
        return attrs.evolve(program, parameters=parameters)
    if kind == "scale":
        return _with_scale(program, names[0], swap)
    level = program.levels[names[0]]
    if kind == "decision":
        several = tuple(
            swap.part(each) if each.name == names[1] else each for each in level.decisions
        )
        level = attrs.evolve(level, decisions=several)
    elif kind == "require":
        level = attrs.evolve(level, require=swap.part(level.require))
    else:
        level = attrs.evolve(level, ledger=swap.part(level.ledger))
    return attrs.evolve(program, levels={**program.levels, level.name: level})


def _with_scale(program: ir.Program, name: str, swap: "_Swap") -> ir.Program:
    scale = swap.part(program.scales[name])
    levels = {each.name: swap.part(each) for each in program.levels.values()}
    return attrs.evolve(program, scales={**program.scales, name: scale}, levels=levels)


class _Swap:
    """Replaces one object wherever it stands."""

    def __init__(self, old: Any, new: Any) -> None:
        self._old = old
        self._new = new
        self._done: dict[int, Any] = {}

    def part(self, part: Any) -> Any:
        if part is self._old:
            return self._new
        if isinstance(part, tuple):
            several = [self.part(each) for each in part]
            if all(one is two for one, two in zip(part, several, strict=True)):
                return part
            return tuple(each for each in several if each is not DROPPED)
        if id(part) in self._done:
            return self._done[id(part)]
        self._done[id(part)] = changed = self._fields(part)
        return changed

    def _fields(self, part: Any) -> Any:
        if isinstance(part, Mapping):
            several = {key: self.part(each) for key, each in part.items()}
            same = all(several[key] is each for key, each in part.items())
            return part if same else several
        names = fields_in(part.__class__)
        if names is None:
            return part
        changes = {}
        for name in names:
            before = getattr(part, name)
            after = self.part(before)
            if after is not before:
                changes[name] = None if after is DROPPED else after
        return attrs.evolve(part, **changes) if changes else part
