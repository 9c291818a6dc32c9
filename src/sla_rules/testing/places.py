"""Where the results stand that a case expects, and which of them rests on another."""

from collections.abc import Sequence

import attrs

from sla_rules.assessment import Assessment
from sla_rules.diagnostics import SlaError
from sla_rules.language import program as ir
from sla_rules.language.walk import reads
from sla_rules.testing.finding import find
from sla_rules.testing.words import ABOUT

__all__ = ["Place", "first_of", "place_of"]


@attrs.frozen
class Place:
    """Where a result stands: its record, and the decision where it is one."""

    record: Assessment = attrs.field(eq=False)
    path: str
    name: str
    decision: ir.Decision | None = attrs.field(eq=False)


def place_of(outcome: Assessment | SlaError, what: str) -> Place | None:
    """The place of a result by its path; None where there is no such record or result."""
    if isinstance(outcome, SlaError):
        return None
    found = find(outcome, what.removesuffix(".by"))
    if found is None:
        return None
    record, last = found
    if last in ABOUT:
        return Place(record, record.path, last, None)
    if last not in record.decisions():
        return None
    level = record.rules.program.levels[record.level]
    return Place(record, record.path, last, level.decision(last))


def first_of(places: Sequence[Place]) -> Place:
    """The first result that rests on no other one of them."""
    for place in places:
        assert place.decision is not None
        if not any(_rests(place, other) for other in places if other is not place):
            return place
    return places[0]


def _rests(place: Place, other: Place) -> bool:
    """Whether a result rests on another one, of its own record or of one below it."""
    above, below = place.path, other.path
    if above != below:
        return below.startswith(f"{above}." if above else "")
    waiting, reached = [place.name], set()
    level = place.record.rules.program.levels[place.record.level]
    names = {each.index: each.name for each in level.decisions}
    while waiting:
        decision = level.decision(waiting.pop())
        assert decision is not None
        for index in reads(decision, place.record.rules.readings):
            if index in names and names[index] not in reached:
                reached.add(names[index])
                waiting.append(names[index])
    return other.name in reached
