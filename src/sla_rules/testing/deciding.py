"""What of an explanation decides: the few sentences that a person needs to see first."""

import heapq
import re
from collections.abc import Callable, Collection, Iterator
from itertools import count
from typing import Any, Final

import attrs

from sla_rules.explain.explanation import Explanation, UsedReading
from sla_rules.explain.wording import say, title_of_function

__all__ = ["Reason", "deciding"]

_Waiting = tuple[tuple[Any, ...], int, tuple[int, ...], Explanation]
_NOTHING: Final = re.compile(r"(?:[A-Z]{3} )?0(?:\.0+)?(?![.\d])")
"""A sum, a number of points or a count of nothing, as it is shown."""
MOST: Final = 200
"""So many values are looked at; a text has room for a dozen."""


@attrs.frozen
class Reason:
    """One value and how it came about, in a sentence; *place* is where it stands in the tree.

    *clauses* are those that it cites, *readings* those that it rests on.
    """

    place: tuple[int, ...]
    text: str
    clauses: tuple[str, ...]
    readings: tuple[UsedReading, ...]

    @property
    def depth(self) -> int:
        """How many values stand above it."""
        return len(self.place)


def deciding(
    why: Explanation,
    clauses: Collection[str],
    holding: Collection[str],
    below: Callable[[Explanation], tuple[Explanation, ...]],
) -> Iterator[Reason]:
    """The values that *why* rests on, the most telling first.

    What is *holding*, or makes no difference, comes last; what leads to one of *clauses* comes
    before what does not; of two values the one nearer to the result comes first.  A value that
    only passes on another one stands with it in one sentence; stated facts stand in the sentence
    that uses them.  *below* gives the inputs of a value.
    """
    lead = _Leads(frozenset(clauses), below)
    number = count()
    waiting: list[_Waiting] = [((), next(number), (), why)]
    while waiting and next(number) < MOST:
        *_, place, node = heapq.heappop(waiting)
        titles, end, passed = _passed_on(node, below)
        readings = tuple(dict.fromkeys(each for part in passed for each in part.readings))
        yield Reason(place, _sentence(titles, passed, below), _cited(*passed), readings)
        inputs = [each for each in below(end) if each.kind != "fact" and not _seen(each)]
        taken = [each for each in inputs if _is_taken(end, each)]
        for position, each in enumerate(inputs):
            idle = (
                each.name in holding
                or (taken and each not in taken)
                or _outdone(end, each)
                or _NOTHING.match(each.value)
            )
            far = len(place) + 2 * (
                each.kind == "record" and position > 0
            )  # the first stands for all
            key = (bool(idle), not lead.to(each), far, each.value != end.value)
            heapq.heappush(waiting, (key, next(number), (*place, position), each))


@attrs.frozen
class _Leads:
    """Which values rest on one of the clauses."""

    clauses: frozenset[str]
    below: Callable[[Explanation], tuple[Explanation, ...]]
    known: dict[int, tuple[Explanation, bool]] = attrs.field(factory=dict)
    """By the identity of a value, which is kept so that its id is of nothing else."""

    def to(self, node: Explanation) -> bool:
        key = id(node)
        if key not in self.known:
            own = not self.clauses.isdisjoint(_cited(node))
            self.known[key] = node, own or any(map(self.to, self.below(node)))
        return self.known[key][1]


def _cited(*nodes: Explanation) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.id for node in nodes for each in node.clauses))


def _seen(node: Explanation) -> bool:
    return node.kind == "decision" and node.remark != ""


def _is_taken(node: Explanation, part: Explanation) -> bool:
    """Whether *part* is all that the branch taken gives."""
    return any(line.endswith(f" {part.title}") for line in node.arithmetic)


def _outdone(node: Explanation, part: Explanation) -> bool:
    """Whether *node* is the larger or smaller of several, and *part* is not the one."""
    several = any(
        f"{title_of_function(each, node.lang)}(" in line
        for line in node.arithmetic
        for each in ("min", "max")
    )
    return several and part.value != node.value


def _passed_on(
    node: Explanation, below: Callable[[Explanation], tuple[Explanation, ...]]
) -> tuple[list[str], Explanation, list[Explanation]]:
    """The titles of values that only pass on another one, that other one, and all of them."""
    titles, passed = [node.title], [node]
    while not node.arithmetic and len(inputs := below(node)) == 1:
        (only,) = inputs
        if only.kind == "fact" or only.value != node.value or _seen(only):
            break
        node = only
        titles.append(node.title)
        passed.append(node)
    return titles, node, passed


def _own(node: Explanation, inputs: tuple[Explanation, ...], colon: str) -> Iterator[str]:
    """The arithmetic of a value without what its inputs say themselves."""
    told = {f"{each.title} = {each.value}" for each in inputs}
    lines = [each for each in node.arithmetic if each not in told] or list(node.arithmetic)
    for number, line in enumerate(lines):
        part, _, items = line.partition(colon)
        if not (number and items and part in lines[0]):  # an aggregate within the first line
            yield line


def _sentence(
    titles: list[str],
    passed: list[Explanation],
    below: Callable[[Explanation], tuple[Explanation, ...]],
) -> str:
    node = passed[-1]
    lang = node.lang
    text = " = ".join([*dict.fromkeys(titles), node.value])
    cited = say("comma", lang).join(_cited(*passed[:1], *passed[-1:]))
    if cited:
        text += f" [{cited}]"
    if node.kind == "parameter":
        text += say("parameter", lang)
    colon, semicolon = ("：", "；") if lang == "zh" else (": ", "; ")
    grounds = list(_own(node, below(node), colon))
    said = semicolon.join(grounds)
    facts = [
        f"{each.title} = {each.value}"
        for each in below(node)
        if each.kind == "fact" and each.value not in said
    ]
    grounds += [say("comma", lang).join(facts)] if facts else []
    grounds += [say("note", lang, text=each) for part in passed for each in part.notes]
    return text + colon + semicolon.join(grounds) if grounds else text
