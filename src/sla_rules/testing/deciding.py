"""What of an explanation decides: the few sentences that a person needs to see first."""

import heapq
from collections.abc import Callable, Collection, Iterator
from itertools import count
from typing import Final

import attrs

from sla_rules.explain.explanation import Explanation
from sla_rules.explain.wording import say, title_of_function

__all__ = ["Reason", "deciding"]

_Waiting = tuple[bool, bool, int, int, tuple[int, ...], Explanation]
MOST: Final = 200
"""So many values are looked at; a text has room for a dozen."""


@attrs.frozen
class Reason:
    """One value and how it came about, in a sentence; *place* is where it stands in the tree."""

    place: tuple[int, ...]
    text: str
    clauses: tuple[str, ...]

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

    What leads to one of *clauses* comes before what does not, what is *holding* comes last, and
    of two values the one nearer to the result comes first.  A value that only passes on another
    one stands with it in one sentence; stated facts stand in the sentence that uses them.
    *below* gives the inputs of a value.
    """
    lead = _Leads(frozenset(clauses), below)
    number = count()
    waiting: list[_Waiting] = [(False, False, 0, next(number), (), why)]
    while waiting and next(number) < MOST:
        *_, place, node = heapq.heappop(waiting)
        titles, end = _passed_on(node, below)
        yield Reason(place, _sentence(titles, end, below), _cited(end))
        inputs = [each for each in below(end) if each.kind != "fact" and not _seen(each)]
        for position, each in enumerate(inputs):
            settled = each.name in holding or _outdone(end, each)
            key = (settled, not lead.to(each), len(place) + 1, next(number))
            heapq.heappush(waiting, (*key, (*place, position), each))


@attrs.frozen
class _Leads:
    """Which values rest on one of the clauses."""

    clauses: frozenset[str]
    below: Callable[[Explanation], tuple[Explanation, ...]]
    known: dict[int, bool] = attrs.field(factory=dict)

    def to(self, node: Explanation) -> bool:
        key = id(node)
        if key not in self.known:
            own = not self.clauses.isdisjoint(_cited(node))
            self.known[key] = own or any(map(self.to, self.below(node)))
        return self.known[key]


def _cited(node: Explanation) -> tuple[str, ...]:
    return tuple(each.id for each in node.clauses)


def _seen(node: Explanation) -> bool:
    return node.kind == "decision" and node.remark != ""


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
) -> tuple[list[str], Explanation]:
    """The titles of values that only pass on another one, and that other one."""
    titles = [node.title]
    while not node.arithmetic and not node.notes and len(inputs := below(node)) == 1:
        (only,) = inputs
        if only.kind == "fact" or only.value != node.value or _seen(only):
            break
        node = only
        titles.append(node.title)
    return titles, node


def _sentence(
    titles: list[str],
    node: Explanation,
    below: Callable[[Explanation], tuple[Explanation, ...]],
) -> str:
    lang = node.lang
    value = " = ".join([*dict.fromkeys(titles), node.value])
    remark = say("parameter", lang) if node.kind == "parameter" else ""
    text = f"{value}{remark}"
    colon, semicolon = ("：", "；") if lang == "zh" else (": ", "; ")
    grounds = list(node.arithmetic)
    said = semicolon.join(grounds)
    facts = [
        f"{each.title} = {each.value}"
        for each in below(node)
        if each.kind == "fact" and each.value not in said
    ]
    grounds += [say("comma", lang).join(facts)] if facts else []
    grounds += [say("note", lang, text=each) for each in node.notes]
    grounds += [f"{each.id}={each.option}" for each in node.readings]
    if grounds:
        text += colon + semicolon.join(grounds)
    cited = say("comma", lang).join(_cited(node))
    if cited:
        text += f" [{cited}]"
    return text
