"""Walking a program: the parts of a node, and what a decision depends on."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from sla_rules.language import nodes
from sla_rules.language import program as ir

__all__ = [
    "CyclicDecisions",
    "alternatives",
    "belongs",
    "children_first",
    "chosen",
    "evaluation_order",
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


def belongs(part: object) -> bool:
    """Whether *part* is an object of a program, with parts of its own to walk."""
    return type(part).__module__ in _HOMES and attrs.has(type(part))


def chosen(part: Any, choices: Mapping[str, str]) -> Any:
    """The alternative that *choices* select, through any number of nested switches."""
    while isinstance(part, ir.Choice):
        part = part.options[choices[part.reading]]
    return part


def parts(node: Any, choices: Mapping[str, str] | None = None) -> Iterator[Any]:
    """Every program object inside *node*, itself first; of a switch all, or the chosen one."""
    if isinstance(node, tuple):
        for each in node:
            yield from parts(each, choices)
        return
    if isinstance(node, ir.Choice) and choices is not None:
        yield node
        yield from parts(node.options[choices[node.reading]], choices)
        return
    if isinstance(node, ir.Choice):
        yield node
        for option in alternatives(node):
            yield from parts(option, choices)
        return
    if not belongs(node):
        return
    yield node
    for field in attrs.fields(type(node)):
        if field.name not in ("type", "span"):
            yield from parts(getattr(node, field.name), choices)


def alternatives(node: ir.Choice) -> list[Any]:
    """The options of a switch, one that serves several readings only once.

    Nested ``otherwise:`` would else be walked once for each path through the switches.
    """
    return list({id(option): option for option in node.options.values()}.values())


def slots_of(node: Any, choices: Mapping[str, str] | None = None) -> Iterator[ir.SlotRef]:
    """The slots of the same record that *node* reads; child records have slots of their own."""
    if isinstance(node, tuple):
        for each in node:
            yield from slots_of(each, choices)
    elif isinstance(node, ir.SlotRef):
        yield node
    elif isinstance(node, ir.Previous):
        return  # it reads another record
    elif isinstance(node, ir.Aggregate):
        yield from _slots_around(node, choices)
    elif isinstance(node, ir.Through):
        yield node.record
    elif isinstance(node, ir.Choice):
        chosen_one = () if choices is None else (node.options[choices[node.reading]],)
        for option in chosen_one or alternatives(node):
            yield from slots_of(option, choices)
    elif belongs(node):
        for field in attrs.fields(type(node)):
            if field.name not in ("type", "span"):
                yield from slots_of(getattr(node, field.name), choices)


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
