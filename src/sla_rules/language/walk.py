"""Walking a program: the parts of a node, and what a decision depends on."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from operator import attrgetter
from typing import Any, Final

import attrs

from sla_rules.diagnostics import Span
from sla_rules.language import nodes
from sla_rules.language import program as ir
from sla_rules.language.types import Type

__all__ = [
    "CyclicDecisions",
    "alternatives",
    "belongs",
    "children_first",
    "chosen",
    "evaluation_order",
    "fields_in",
    "ordered",
    "parts",
    "readings_of",
    "reads",
    "slots_of",
]


class CyclicDecisions(Exception):
    """Decisions depend on each other in a circle; carries them in order."""

    def __init__(self, cycle: tuple[ir.Decision, ...]) -> None:
        super().__init__(" -> ".join(decision.name for decision in cycle))
        self.cycle = cycle


_HOMES: Final = frozenset((ir.__name__, nodes.__name__))


_PLAIN: Final = (str, bool, int, tuple[str, ...], Type, Span, ir.Titles, ir.Value)
"""The types of fields in which no program object stands: a large table is mostly these."""


@cache
def fields_in(kind: Any) -> tuple[str, ...] | None:
    """The fields of a kind of program object in which others may stand; None of anything else."""
    if kind.__module__ not in _HOMES or not attrs.has(kind):
        return None
    return tuple(each.name for each in attrs.fields(kind) if each.type not in _PLAIN)


@cache
def _walked(kind: Any) -> Callable[[Any], tuple[Any, ...]] | None:
    """Reads off a program object what stands in it, the last first; None for anything else."""
    fields = fields_in(kind)
    if not fields:
        return None if fields is None else lambda each: ()
    read = attrgetter(*reversed(fields))
    return read if len(fields) > 1 else lambda each: (read(each),)


def belongs(part: Any) -> bool:
    """Whether *part* is an object of a program, with parts of its own to walk."""
    return fields_in(part.__class__) is not None


def chosen(part: Any, choices: Mapping[str, str]) -> Any:
    """The alternative that *choices* select, through any number of nested switches."""
    while isinstance(part, ir.Choice):
        part = part.options[choices[part.reading]]
    return part


def limit_of(part: Any, choices: Mapping[str, str]) -> Any:
    """The cap or floor that *choices* select; None where there is none, or they say ``none``."""
    found = chosen(part, choices)
    return None if isinstance(found, ir.Constant) and found.value is None else found


def parts(node: Any, choices: Mapping[str, str] | None = None) -> Iterator[Any]:
    """Every program object inside *node*, itself first; of a switch all, or the chosen one."""
    waiting = [node]
    while waiting:  # no recursion: this is walked many times over
        each = waiting.pop()
        if each.__class__ is tuple:
            waiting += reversed(each)
            continue
        fields = _walked(each.__class__)
        if fields is None:
            continue
        yield each
        if each.__class__ is not ir.Choice:
            waiting += fields(each)
        elif choices is None:
            waiting += reversed(alternatives(each))
        else:
            waiting.append(each.options[choices[each.reading]])


def alternatives(node: ir.Choice) -> list[Any]:
    """The options of a switch, one that serves several readings only once.

    Nested ``otherwise:`` would else be walked once for each path through the switches.
    """
    return list({id(option): option for option in node.options.values()}.values())


def slots_of(node: Any, choices: Mapping[str, str] | None = None) -> Iterator[ir.SlotRef]:
    """The slots of the same record that *node* reads; child records have slots of their own."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        kind = each.__class__
        if kind is tuple:
            waiting += reversed(each)
        elif kind is ir.SlotRef:
            yield each
        elif kind is ir.Previous or (fields := _walked(kind)) is None:
            continue  # what came before is another record
        elif kind is ir.Aggregate:
            yield from _slots_around(each, choices)
        elif kind is ir.Through:
            yield each.record
        elif kind is not ir.Choice:
            waiting += fields(each)
        elif choices is None:
            waiting += reversed(alternatives(each))
        else:
            waiting.append(each.options[choices[each.reading]])


def _slots_around(node: ir.Aggregate, choices: Mapping[str, str] | None) -> Iterator[ir.SlotRef]:
    """What an aggregate reads of the record at which it stands: its list, and ``this.…``."""
    if not node.earlier:
        yield node.path[0]
    for each in parts(node.where, choices):
        if isinstance(each, ir.Outer):
            yield from slots_of(each.inner, choices)


def readings_of(decision: ir.Decision) -> tuple[str, ...]:
    """The readings that a decision switches by, in order of first use."""
    found = [part.reading for part in parts(decision) if isinstance(part, ir.Choice)]
    return tuple(dict.fromkeys(found))


def reads(decision: ir.Decision, choices: Mapping[str, str]) -> tuple[int, ...]:
    """The slots that a decision reads; its notes may read the decision itself."""
    rules = (decision.body, decision.applies, decision.cap, decision.floor)
    found = [slot.index for slot in slots_of(rules, choices)]
    noted = (slot.index for slot in slots_of(decision.notes, choices))
    return (*found, *(index for index in noted if index != decision.index))


def evaluation_order(level: ir.Level, choices: Mapping[str, str]) -> tuple[ir.Decision, ...]:
    """The decisions of a level, each after those it reads.

    Raises CyclicDecisions when there is no such order under *choices*.
    """
    return ordered(level, {each.index: reads(each, choices) for each in level.decisions})


def children_first(program: ir.Program) -> tuple[str, ...]:
    """The names of all levels, each after those that it contains; the top of the document last."""
    inner = {
        name: {each.type.name for each in level.nested} for name, level in program.levels.items()
    }
    found: list[str] = []
    waiting = list(program.levels)
    while waiting:
        ready = [name for name in waiting if inner[name] <= set(found)]
        found += ready or waiting  # a circle is told by the checker
        waiting = [name for name in waiting if name not in found]
    contained = set().union(*inner.values())
    top = next((name for name in program.levels if name not in contained), found[-1])
    return (*(name for name in found if name != top), top)


def ordered(level: ir.Level, needed: Mapping[int, tuple[int, ...]]) -> tuple[ir.Decision, ...]:
    """The decisions in an order in which each comes after what it needs.

    Walks with a stack of its own: a ruleset may chain more decisions than Python calls.
    """
    by_index = {decision.index: decision for decision in level.decisions}
    done: dict[int, ir.Decision] = {}
    for start in by_index:
        path: dict[int, Iterator[int]] = {}
        if start not in done:
            path[start] = iter(needed[start])
        while path:
            index, rest = next(reversed(path.items()))
            following = next((each for each in rest if each in by_index and each not in done), None)
            if following is None:
                done[index] = by_index[index]
                del path[index]
            elif following in path:
                cycle = list(path)[list(path).index(following) :]
                raise CyclicDecisions(tuple(by_index[each] for each in cycle))
            else:
                path[following] = iter(needed[following])
    return tuple(done.values())
