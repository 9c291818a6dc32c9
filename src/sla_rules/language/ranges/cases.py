"""Under which readings a part is judged: the defaults, and each single change that it feels."""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from sla_rules.language import program as ir
from sla_rules.language.ranges.program import Ranges
from sla_rules.language.variations import single_changes
from sla_rules.language.visit import inside

__all__ = ["Case", "Cases"]

Slot = tuple[str, int]
"""A level, and the index of a fact or decision in its records."""


@attrs.frozen
class Case:
    """One choice of readings; *note* says which differs from the defaults."""

    choices: Mapping[str, str]
    ranges: Ranges
    note: str = ""


class Cases:
    """The choices of readings of a program; what a reading does not touch is computed once."""

    def __init__(self, program: ir.Program) -> None:
        self.program = program
        self.defaults = program.defaults
        self._default = Case(self.defaults, Ranges(program, self.defaults))
        self._cases: dict[tuple[str, str], Case] = {}
        self._behind: dict[Slot, frozenset[Any]] = {}
        self._touched_by: dict[str, frozenset[Slot]] = {}

    def of(self, level: str, *nodes: Any) -> Iterator[Case]:
        """The defaults, then each single change of a reading that *nodes* depend on."""
        yield self._default
        if not self.program.readings:
            return
        for name, option in single_changes(self.program, self.felt(level, nodes)):
            yield self._case(name, option)

    def _case(self, name: str, option: str) -> Case:
        key = (name, option)
        if key not in self._cases:
            choices = {**self.defaults, name: option}
            ranges = Ranges(self.program, choices, same=(self._default.ranges, self._touched(name)))
            self._cases[key] = Case(choices, ranges, f" (under {name}={option})")
        return self._cases[key]

    def felt(self, level: str, nodes: Any) -> set[str]:
        """The readings that *nodes* depend on, directly or through what they read."""
        found: set[str] = set()
        seen: set[Slot] = set()
        waiting: list[Any] = list(_touched(self.program, level, nodes))
        while waiting:
            each = waiting.pop()
            if isinstance(each, str):
                found.add(each)
            elif each not in seen:
                seen.add(each)
                waiting += self.behind(each)
        return found

    def behind(self, slot: Slot) -> frozenset[Any]:
        """The readings and slots that a slot is computed from at first hand."""
        if slot not in self._behind:
            level = self.program.levels[slot[0]]
            position = slot[1] - 1 - len(level.facts)
            part = () if position < 0 else _rules(level.decisions[position])
            self._behind[slot] = frozenset(_touched(self.program, level.name, part))
        return self._behind[slot]

    def _touched(self, name: str) -> frozenset[Slot]:
        """The slots that depend on a reading."""
        if name not in self._touched_by:
            readers: dict[Any, list[Slot]] = {}
            for level in self.program.levels.values():
                for decision in level.decisions:
                    for each in self.behind((level.name, decision.index)):
                        readers.setdefault(each, []).append((level.name, decision.index))
            found: set[Slot] = set()
            waiting = list(readers.get(name, ()))
            while waiting:
                each = waiting.pop()
                if each not in found:
                    found.add(each)
                    waiting += readers.get(each, ())
            self._touched_by[name] = frozenset(found)
        return self._touched_by[name]


def _rules(decision: ir.Decision) -> tuple[Any, ...]:
    return (
        decision.body,
        decision.applies,
        decision.cap,
        decision.floor,
        decision.rounding,
        decision.min,
        decision.max,
    )


def _touched(program: ir.Program, level: str, node: Any) -> Iterator[Any]:
    """The readings in *node* by name, and the slots that it reads as (level, index)."""
    for home, part in inside(node, level, program=program):
        if isinstance(part, ir.Choice):
            yield part.reading
        elif isinstance(part, ir.SlotRef):
            yield (home, part.index)
