"""Under which readings a change is in effect: those that lead down to it, and to what differs."""

from typing import Any

from sla_rules.language import program as ir
from sla_rules.language.walk import alternatives, fields_in
from sla_rules.mutation.everywhere import Choices
from sla_rules.mutation.mutants import Mutant

__all__ = ["Effect", "root_of"]


def root_of(program: ir.Program, mutant: Mutant) -> Any:
    """The part of the program that is rebuilt for a change."""
    kind, *names = mutant.home
    if kind == "parameter":
        return program.parameters[names[0]]
    if kind == "scale":
        return program.scales[names[0]]
    level = program.levels[names[0]]
    if kind == "decision":
        return level.decision(names[1])
    return level.require if kind == "require" else level.ledger


class Effect:
    """Whether a change is in effect, asking no more of the readings than it takes to know."""

    def __init__(self, program: ir.Program, mutant: Mutant) -> None:
        self._root = root_of(program, mutant)
        self._old, self._new = mutant.step.old, mutant.step.new
        self._around: dict[int, bool] = {}

    def under(self, choices: Choices) -> bool:
        """Whether some readings lead to what differs."""
        return self._reached(self._root, choices) and _differ(self._old, self._new, choices)

    def _reached(self, part: Any, choices: Choices) -> bool:
        if part is self._old or not self._holds(part):
            return part is self._old
        if isinstance(part, ir.Choice):
            return self._reached(part.options[choices[part.reading]], choices)
        return any(self._reached(each, choices) for each in _within(part))

    def _holds(self, part: Any) -> bool:
        """Whether the changed part stands anywhere in another, under whichever readings."""
        if part is self._old:
            return True
        if id(part) not in self._around:  # the program keeps all its parts, so ids stay theirs
            self._around[id(part)] = any(self._holds(each) for each in _within(part))
        return self._around[id(part)]


def _within(part: Any) -> list[Any]:
    if isinstance(part, tuple):
        return list(part)
    if isinstance(part, ir.Choice):
        return alternatives(part)
    return [getattr(part, name) for name in fields_in(part.__class__) or ()]


def _differ(old: Any, new: Any, choices: Choices) -> bool:
    """Whether two parts, of which one was made of the other, read differently."""
    if old is new:
        return False
    if isinstance(old, ir.Choice) and isinstance(new, ir.Choice):
        option = choices[old.reading]
        return _differ(old.options[option], new.options[option], choices)
    fields = fields_in(old.__class__) if old.__class__ is new.__class__ else None
    pairs = [(getattr(old, name), getattr(new, name)) for name in fields or ()]
    if isinstance(old, tuple) and isinstance(new, tuple) and len(old) == len(new):
        pairs = list(zip(old, new, strict=True))
    unlike = [pair for pair in pairs if pair[0] is not pair[1]]
    return not unlike or any(_differ(*pair, choices) for pair in unlike)
