"""What a part is made of, through the decisions it reads, and whether it can ever be open."""

from collections.abc import Iterator
from typing import Any

from sla_rules.language import program as ir
from sla_rules.language.ranges import Ranges
from sla_rules.language.visit import inside

__all__ = ["behind", "certain"]


def behind(ranges: Ranges, level: str, node: Any) -> Iterator[tuple[str, Any]]:
    """Every part of what a node comes to, with its level; facts as they are.

    Decisions are followed, those of other records too, with all their conditions and limits.
    """
    program, choices = ranges.program, ranges.choices
    seen: set[tuple[str, int]] = set()
    waiting: list[tuple[str, Any]] = [(level, node)]
    while waiting:
        start, part = waiting.pop()
        for home, each in inside(part, start, choices=choices, program=program):
            yield home, each
            if isinstance(each, ir.SlotRef) and each.decision and (home, each.index) not in seen:
                seen.add((home, each.index))
                its = program.levels[home]
                waiting.append((home, its.decisions[each.index - 1 - len(its.facts)]))


def certain(ranges: Ranges, level: str, node: Any) -> bool:
    """Whether a part always has a value, whichever facts are left out.

    It must always apply, and rest on nothing but what the ruleset says, facts with a default, and
    facts that may be left out for good, where it says what holds without them.
    """
    if node is None:
        return True
    if ranges.of(level, node).absent:
        return False
    for home, each in behind(ranges, level, node):
        if isinstance(each, ir.SlotRef) and not each.decision:
            if not _spared(ranges.program, home, each.name):
                return False
        elif isinstance(each, ir.Aggregate | ir.Through | ir.Outer | ir.Previous):
            return False
    return True


def _spared(program: ir.Program, level: str, name: str) -> bool:
    """Whether a fact is settled although it is left out, here and where it is taken from."""
    seen: set[tuple[str, str]] = set()
    waiting = [(level, name)]
    while waiting:
        home, called = waiting.pop()
        fact = program.levels[home].fact(called)
        if fact is None or fact.open or (fact.default is None and not fact.optional):
            return False
        if fact.default is not None and fact.from_parent:  # which of them holds is another matter
            return False
        if fact.from_parent and (home, called) not in seen:
            seen.add((home, called))
            waiting += [(each, fact.from_parent) for each in _parents(program, home)]
    return True


def _parents(program: ir.Program, level: str) -> Iterator[str]:
    for parent in program.levels.values():
        if any(each.type.name == level for each in parent.nested):
            yield parent.name
