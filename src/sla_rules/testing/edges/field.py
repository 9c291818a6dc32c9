"""Facts and their single variations: one fact of a document at a time, each assessed once."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

import attrs

from sla_rules.diagnostics import SlaError
from sla_rules.facts.records import Record, walk_records
from sla_rules.language import program as ir
from sla_rules.lint.cone import Slot
from sla_rules.lint.drafts import public
from sla_rules.lint.palette import grain, snapped
from sla_rules.quantities import SECOND, Number
from sla_rules.testing.minimal import Workshop
from sla_rules.testing.plainly import plainly
from sla_rules.testing.shrink import GONE, Path, replaced
from sla_rules.unknown import Unknown

__all__ = ["Exhausted", "Field", "Locus", "Variant", "crossing", "path_of", "unit_of"]

_STEP: Final = re.compile(r"(\w+)(?:\[(\d+)\])?")
REACH: Final = {"instant": 17, "date": 10, "month": 5, "number": 20}
"""How far from its value a fact is tried, in doublings of its unit."""
_SIDES: Final = {-1: "below", 0: "at", 1: "above"}


class Exhausted(Exception):
    """The assessments that were allowed are used up."""


@attrs.frozen(eq=False)
class Locus:
    """A fact in a document, with its value in its internal form."""

    path: Path
    fact: ir.Fact
    value: Any

    @property
    def ordered(self) -> bool:
        """Whether it can be moved by units."""
        return self.fact.type.kind in REACH

    def moved(self, steps: int, unit: Number) -> Any:
        """Its value so many units further."""
        if self.fact.type.kind == "date":
            return self.value + dt.timedelta(days=steps)
        value = self.value if self.fact.type.kind != "number" else snapped(self.value, self.fact)
        value += steps * unit
        return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


@attrs.frozen(eq=False)
class Variant:
    """Facts that the ruleset accepts: the document, its record, and what was changed."""

    document: Any
    record: Record
    locus: Locus | None = None
    value: Any = None

    def first(self, level: str) -> Record | None:
        """The first record of a level."""
        return next((each for each in walk_records(self.record) if each.level.name == level), None)


class Field:
    """Tries documents of one level; every assessment is a step of what is allowed."""

    def __init__(self, workshop: Workshop, level: str, allowed: int) -> None:
        self.workshop = workshop
        self.level = level
        self.left = allowed
        self._known: dict[tuple[int, Path, Any], Variant | None] = {}
        self._kept: list[Variant] = []

    def assessed(self, document: Any) -> Record | None:
        """The record of a document; None where the ruleset refuses it."""
        if self.left <= 0:
            raise Exhausted
        self.left -= 1
        try:
            return self.workshop.rules.engine.assess(
                document, self.level, zone=None, as_of=None, as_if_in_force=False
            )
        except SlaError:
            return None

    def base(self, document: Any) -> Variant | None:
        """A document to start from."""
        record = self.assessed(document)
        return None if record is None else Variant(document, record)

    def loci(self, variant: Variant, cone: frozenset[Slot]) -> Iterator[Locus]:
        """The facts stated in a document, and the optional ones of its records, in *cone*."""
        for record in walk_records(variant.record):
            path = tuple(path_of(record.path))
            for fact in record.level.facts:
                kept = fact.name == record.level.key or fact.type.kind in ("list", "record", "text")
                if kept or (record.level.name, fact.index) not in cone:
                    continue
                value = record[fact.index]
                known = not isinstance(value, Unknown)
                yield Locus((*path, fact.name), fact, value if known else None)

    def varied(self, variant: Variant, locus: Locus, value: Any) -> Variant | None:
        """The document with another value of a fact; GONE leaves it out."""
        key = (id(variant), locus.path, "" if value is GONE else value)
        if key not in self._known:
            self._kept.append(variant)  # so that its id is of nothing else
            self._known[key] = self._varied(variant, locus, value)
        return self._known[key]

    def _varied(self, variant: Variant, locus: Locus, value: Any) -> Variant | None:
        zone = self.workshop.zone
        stated = GONE if value is GONE else plainly(public(locus.fact, value, zone))
        try:
            document = replaced(variant.document, locus.path, stated)
        except LookupError:  # it is not stated, so it cannot be left out
            return None
        record = self.assessed(document)
        return None if record is None else Variant(document, record, locus, value)

    def others(self, locus: Locus) -> list[Any]:
        """A few other values of a fact, in order; an optional one may be left out."""
        found: list[Any] = []
        if locus.fact.type.kind in ("bool", "enum", "number"):
            found = self.workshop.drafter.palette.spread(locus.fact)
        elif locus.value is not None:
            units = (1, -1, 60, -60, 1440, -1440, 10080) if _is_instant(locus) else (1, -1, 31, -31)
            found = [locus.moved(each, unit_of(locus)) for each in units]
        if locus.fact.optional and locus.value is not None:
            found = [*found, GONE]
        return [each for each in found if each != locus.value]

    def steps(self, locus: Locus) -> list[int]:
        """How many units to move a fact to see how a number behaves."""
        unit = unit_of(locus)
        far = {1 << power for power in range(REACH[locus.fact.type.kind])}
        found = {0, *far, *(-each for each in far)}
        if locus.fact.type.kind == "number":
            here = snapped(locus.value, locus.fact)
            spread = self.workshop.drafter.palette.spread(locus.fact)
            found |= {int((each - here) // unit) for each in spread}
            ends = (locus.fact.min, locus.fact.max)
            limits: list[Any] = [None if each is None else each.value for each in ends]
            least, most = limits
            low = 0 if least is None else least
            found = {
                each
                for each in found
                if here + each * unit >= low and (most is None or here + each * unit <= most)
            }
        return sorted(found)


def unit_of(locus: Locus, *, fine: bool = False) -> Number:
    """The unit in which a fact is moved; a *fine* one for times that no minute meets."""
    if locus.fact.type.kind in ("date", "month"):
        return 1
    timely = _is_instant(locus) or locus.fact.type.show == "duration"
    return SECOND if fine and timely and locus.fact.step is None else grain(locus.fact)


def _is_instant(locus: Locus) -> bool:
    return locus.fact.type.kind == "instant"


def path_of(text: str) -> Iterator[Any]:
    """A path such as ``payments[0].months[2]`` as keys and numbers."""
    for name, number in _STEP.findall(text):
        yield name
        if number:
            yield int(number)


Sign = Callable[[Variant], int | None]


def crossing(
    field: Field, base: Variant, locus: Locus, sign: Sign, steps: list[int]
) -> dict[str, Variant] | None:
    """The variants just before, at and just behind the place where *sign* changes.

    The nearest change between two of *steps* is halved down to one unit, then, where no unit
    meets the edge itself, down to one second for times.
    """
    found = _nearest(field, base, locus, sign, steps, unit_of(locus))
    if found is None or "at" in found:
        return found
    fine, coarse = unit_of(locus, fine=True), unit_of(locus)
    if fine == coarse:
        return found
    ends = [(each.value - locus.moved(0, fine)) // fine for each in found.values()]
    closer = _nearest(field, base, locus, sign, sorted({int(e) for e in ends}), fine)
    return found if closer is None else closer


def _nearest(
    field: Field, base: Variant, locus: Locus, sign: Sign, steps: list[int], unit: Number
) -> dict[str, Variant] | None:
    def at(step: int) -> Variant | None:
        return field.varied(base, locus, locus.moved(step, unit))

    def signed(step: int) -> int | None:
        variant = at(step)
        return None if variant is None else sign(variant)

    signs = [(step, each) for step in steps if (each := signed(step)) is not None]
    pairs = [(one, two) for one, two in pairwise(signs) if one[1] != two[1]]
    for (low, first), (high, _) in sorted(pairs, key=lambda pair: abs(pair[0][0] + pair[1][0])):
        last = _last(signed, low, high, first)
        if last is None:
            continue
        ends = {first: last}
        if first == 0:  # the change met was the one behind the edge
            start = next((pair for pair in reversed(signs) if pair[0] < low and pair[1]), None)
            before = None if start is None else _last(signed, start[0], low, start[1])
            if start is not None and before is not None:
                ends[start[1]] = before
        behind = last + 1
        if signed(behind) == 0:
            ends[0] = behind
            end = next((step for step, each in signs if step > behind and each), None)
            held = None if end is None else _last(signed, behind, end, 0)
            behind = behind + 1 if held is None else held + 1
        after = signed(behind)
        if after is not None:
            ends.setdefault(after, behind)
        found = {_SIDES[each]: at(step) for each, step in ends.items()}
        return {side: each for side, each in found.items() if each is not None}
    return None


def _last(signed: Callable[[int], int | None], low: int, high: int, held: int) -> int | None:
    """The last step from *low* towards *high* that has the sign *held*."""
    while high - low > 1:
        middle = (low + high) // 2
        found = signed(middle)
        if found is None:
            return None
        if found == held:
            low = middle
        else:
            high = middle
    return low
