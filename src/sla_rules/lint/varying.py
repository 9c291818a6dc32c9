"""One fact varied while all else stays, and what its service is paid, compared.

Every reversal that is found was computed by the engine from facts that it accepts, so it is real;
that none is found proves nothing.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

import attrs

from sla_rules.diagnostics import FactsError, RulesetError
from sla_rules.engine.evaluate import Engine
from sla_rules.facts.records import Record
from sla_rules.language import program as ir
from sla_rules.lint.cone import Slot
from sla_rules.lint.drafts import Draft, public
from sla_rules.lint.palette import grain, snapped
from sla_rules.lint.probing import Probe, Stage, Target, assessed, size
from sla_rules.lint.watch import crossings
from sla_rules.quantities import Number
from sla_rules.unknown import Unknown
from sla_rules.worktime import CalendarError

__all__ = ["Point", "Reversal", "vary"]

MOST_TURNS: Final = 32
MOST_HALVINGS: Final = 80
BRIEF: Final = 6


@attrs.frozen(eq=False)
class Point:
    """One value of the varied fact and what came of it along the way to it."""

    value: Any
    goods: Mapping[Slot, Any]
    results: Mapping[Slot, Any]
    watched: tuple[Any, ...]


@attrs.frozen(eq=False, kw_only=True)
class Reversal:
    """Worse service that is better paid: two values of a fact, and what comes of each."""

    slot: Slot
    target: Target
    worse: Point
    better: Point
    draft: Draft
    also: tuple[Slot, ...]
    cone: frozenset[Slot]
    choices: Mapping[str, str]

    def document(self, point: Point, zone: str) -> dict[str, Any]:
        """The whole facts for one of the two values, as a host would pass them."""
        data = self.draft.document(zone)
        place = data
        for name in self.target.route:
            inside = place[name]
            place = inside[0] if isinstance(inside, list) else inside
        place[self.target.fact.name] = public(self.target.fact, point.value, zone)
        return data


def vary(
    probe: Probe, target: Target, background: int, *, brief: bool = False
) -> tuple[set[Slot], list[Reversal]]:
    """Vary the fact of *target* on one background: what was compared, and what reverses."""
    stage = probe.stage(target, background)
    if stage is None:
        return set(), []
    sweep = _Sweep(probe, stage, target)
    points = sweep.points(brief=brief)
    known = Counter(slot for point in points for slot in point.goods)
    found = list(sweep.reversals(points))
    sweep.restore()
    return {slot for slot, times in known.items() if times > 1}, found


class _Sweep:
    """One fact varied on one stage."""

    def __init__(self, probe: Probe, stage: Stage, target: Target) -> None:
        self.probe = probe
        self.stage = stage
        self.target = target
        self.path = _along(stage.record, target.route)
        self.held = self.path[-1][target.index]
        self.engine: Engine | None = None
        if probe.incremental(target):
            after = probe.cones.after(target.slot)
            wanted: dict[str, set[int]] = {name: set() for name in probe.program.levels}
            for level, index in after:
                wanted[level].add(index)
            self.engine = stage.engine.restricted(wanted)
            self.cost = 6 + sum(len(self.engine.steps[each.level.name].runs) for each in self.path)
        self.document: dict[str, Any] | None = None
        levels = {record.level.name for record in self.path}
        self.judged = [
            (slot, probe.directions[slot], probe.cones.slots[slot])
            for slot in probe.deciding(target.slot)
            if slot[0] in levels
        ]

    def points(self, *, brief: bool) -> list[Point]:
        """The results over the values of the fact, in ascending order of its type."""
        fact = self.target.fact
        values = self.probe.drafter.values(self.stage.home, fact)
        if brief and len(values) > BRIEF:
            values = [values[(len(values) - 1) * n // (BRIEF - 1)] for n in range(BRIEF)]
        points = self._at(values)
        if fact.type.kind in ("number", "instant"):
            points = self._refined(points, *((1, 2 * BRIEF) if brief else (2, MOST_TURNS)))
        return points

    def _refined(self, points: list[Point], rounds: int, most: int) -> list[Point]:
        """With the points around everything that turns between two of them."""
        fact = self.target.fact
        step = grain(fact)
        for _ in range(rounds):
            known = {each.value for each in points}
            turns: dict[Any, None] = {}
            for one, two in pairwise(points):
                for turn in self._turns(one, two):
                    down = snapped(turn, fact)
                    for each in (down, down + step, down - step):
                        if one.value < each < two.value and each not in known:
                            turns[each] = None
            few = list(turns)
            if len(few) > most:
                few = [few[len(few) * n // most] for n in range(most)]
            if not few or self.probe.budget.empty:
                break
            points = sorted([*points, *self._at(few)], key=lambda each: each.value)
        return points

    def _turns(self, one: Point, two: Point) -> Iterator[Number]:
        for watch, a, b in zip(
            self.probe.watching(self.target), one.watched, two.watched, strict=True
        ):
            if a is not None and b is not None:
                yield from crossings(watch, one.value, two.value, a, b)

    def _at(self, values: list[Any]) -> list[Point]:
        """The points at *values*, in their order; values that the engine refuses are left out."""
        found = []
        for value in values:
            if self.probe.budget.empty:
                break
            path = self._decided(value)
            if path is not None:
                found.append(self._point(value, path))
        return found

    def _decided(self, value: Any) -> tuple[Record, ...] | None:
        """The records from the top to the fact, decided for a value; None when it is refused."""
        if self.engine is None:
            record = self._assessed(self.stage.engine, value)
            return None if record is None else _along(record, self.target.route)
        self.probe.budget.spend(self.cost)
        self.path[-1][self.target.index] = value
        if not self._allowed():
            return None
        for record in self.path:
            record[0].clear()
        try:
            self.engine.again(self.path)
        except (FactsError, RulesetError, CalendarError):
            return None
        return self.path

    def _allowed(self) -> bool:
        """Whether order in time and the requirements along the path allow the value."""
        home = self.path[-1]
        for later, before in home.level.sequences:
            one, two = home[before.index], home[later.index]
            if not isinstance(one, Unknown) and not isinstance(two, Unknown) and two < one:
                return False
        return all(self.probe.repairs.allows(record) for record in self.path)

    def _assessed(self, engine: Engine, value: Any) -> Record | None:
        """The whole record for a value, from the document."""
        zone = self.probe.program.timezone
        if self.document is None:
            self.document = self.stage.draft.document(zone)
        place = self.document
        for name in self.target.route:
            inside = place[name]
            place = inside[0] if isinstance(inside, list) else inside
        place[self.target.fact.name] = public(self.target.fact, value, zone)
        record = assessed(engine, self.target.level, self.document)
        self.probe.budget.spend(10 if record is None else 10 + size(record, engine))
        return record

    def restore(self) -> None:
        """Put the fact back to what it was, for the sweeps that share the stage."""
        if self.engine is not None:
            self.path[-1][self.target.index] = self.held
            self.engine.again(self.path)

    def _point(self, value: Any, path: tuple[Record, ...]) -> Point:
        along = {record.level.name: record for record in path}
        goods, results = {}, {}
        for slot, sign, decision in self.judged:
            result = along[slot[0]][slot[1]]
            if result is None or isinstance(result, Unknown):
                continue
            results[slot] = result
            goods[slot] = sign * _rank(self.probe.program, decision, result)
        watched = tuple(
            each.value(along[each.level]) if each.level in along else None
            for each in self.probe.watching(self.target)
        )
        return Point(value, goods, results, watched)

    def reversals(self, points: list[Point]) -> Iterator[Reversal]:
        """Where worse service is better paid; the decision nearest to the fact is named."""
        ascending = self.target.fact.better > 0
        last: dict[Slot, Point] = {}
        seen: set[Slot] = set()
        for point in points if ascending else reversed(points):
            turned: dict[Slot, Point] = {}
            for slot, good in point.goods.items():
                if slot in last and last[slot].goods[slot] > good:
                    turned[slot] = last[slot]
                last[slot] = point
            for slot, worse in turned.items():
                cone = self.probe.cone_of[slot]
                if slot in seen or any(each in cone for each in turned if each != slot):
                    continue
                seen.add(slot)
                also = tuple(
                    each for each in turned if each != slot and slot in self.probe.cone_of[each]
                )
                found = self._proven(slot, *self._nearest(slot, worse, point), also)
                if found is not None:
                    yield found

    def _nearest(self, slot: Slot, worse: Point, better: Point) -> tuple[Point, Point]:
        """The same reversal between two values as near to each other as can be found."""
        for _ in range(MOST_HALVINGS):
            middle = _middle(self.target.fact, worse.value, better.value)
            found = [] if middle is None else self._at([middle])
            if not found or slot not in found[0].goods:
                break
            if worse.goods[slot] > found[0].goods[slot]:
                better = found[0]
            else:
                worse = found[0]
        return worse, better

    def _proven(
        self, slot: Slot, worse: Point, better: Point, also: tuple[Slot, ...]
    ) -> Reversal | None:
        """The reversal, once the whole documents have been assessed and show it."""
        results = []
        for point in (worse, better):
            record = self._assessed(self.probe.engine, point.value)
            if record is None:
                return None
            along = {each.level.name: each for each in _along(record, self.target.route)}
            results.append(along[slot[0]][slot[1]])
        if results != [worse.results[slot], better.results[slot]]:
            return None
        return Reversal(
            slot=slot,
            target=self.target,
            worse=worse,
            better=better,
            draft=self.stage.draft,
            also=also,
            cone=self.probe.cone_of[slot],
            choices=self.probe.choices,
        )


def _middle(fact: ir.Fact, one: Any, two: Any) -> Any:
    """A value on the steps of a fact between two others, or None."""
    if fact.type.kind in ("bool", "enum"):
        return None
    low, high = min(one, two), max(one, two)
    if fact.type.kind == "date":
        days = (high - low).days // 2
        return low + dt.timedelta(days=days) if days else None
    if fact.type.kind == "number":
        middle = snapped(low + Fraction(high - low) / 2, fact)
    else:
        middle = low + (high - low) // (2 * grain(fact)) * grain(fact)
    return middle if low < middle < high else None


def _rank(program: ir.Program, decision: ir.Fact | ir.Decision, value: Any) -> Any:
    """A result as a number that grows in the order of its type."""
    if decision.type.kind == "enum":
        names = [member.name for member in program.enums[decision.type.name]]
        return names.index(value) if value in names else 0
    if isinstance(value, dt.date):
        return value.toordinal()
    amount = getattr(value, "amount", value)
    return int(amount) if isinstance(amount, bool) else amount


def _along(record: Record, route: tuple[str, ...]) -> tuple[Record, ...]:
    """The records from the top to the one whose fact is varied."""
    found = [record]
    for name in route:
        fact = record.level.fact(name)
        assert fact is not None
        inside = record[fact.index]
        several = inside if isinstance(inside, tuple) else (inside,)
        wanted = name if fact.type.kind == "record" else f"{name}[0]"
        record = next(each for each in several if each.place == wanted)
        found.append(record)
    return tuple(found)
