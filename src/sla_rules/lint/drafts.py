"""Synthetic facts: plausible records of a level, as documents that the engine assesses.

Nothing is drawn at random: background 0 takes the middle of everything, 1 the best service, 2 the
worst, and each further one a mixture that its number and the names decide.
"""

import datetime as dt
import re
from typing import Any
from zlib import crc32

import attrs

from sla_rules.facts.values import to_public
from sla_rules.language import program as ir
from sla_rules.lint.cone import Slot, nested_level
from sla_rules.lint.palette import Moment, Palette
from sla_rules.worktime import from_us

__all__ = ["Draft", "Drafter", "public"]

_STEP = re.compile(r"(\w+)(?:\[(\d+)\])?")


@attrs.define(eq=False)
class Draft:
    """A record in the making: its values in their internal form, and its child records."""

    level: ir.Level
    moment: Moment
    values: dict[str, Any] = attrs.field(factory=dict)
    children: dict[str, "list[Draft]"] = attrs.field(factory=dict)
    dropped: set[str] = attrs.field(factory=set)

    def at(self, path: str) -> "Draft | None":
        """The draft of the record at a path of the document."""
        draft = self
        for name, number in _STEP.findall(path):
            several = draft.children.get(name, [])
            position = int(number or 0)
            if position >= len(several):
                return None
            draft = several[position]
        return draft

    def document(self, zone: str) -> dict[str, Any]:
        """The record as plain data, as a host would pass it."""
        data: dict[str, Any] = {}
        for fact in self.level.facts:
            if fact.name in self.values:
                data[fact.name] = public(fact, self.values[fact.name], zone)
            elif fact.name in self.children:
                several = [each.document(zone) for each in self.children[fact.name]]
                if fact.type.kind == "list":
                    data[fact.name] = several
                elif several:
                    data[fact.name] = several[0]
        return data


def public(fact: ir.Fact, value: Any, zone: str) -> Any:
    """An internal value as a host would state it."""
    if fact.type.kind == "instant":
        return from_us(value, zone)
    if fact.type.kind == "number" and fact.type.show == "duration":
        return dt.timedelta(microseconds=int(value))
    return to_public(fact.type, value)


class Drafter:
    """Writes drafts of the records of one program."""

    def __init__(self, program: ir.Program, palette: Palette) -> None:
        self.program = program
        self.palette = palette

    def draft(
        self, level: str, background: int, route: tuple[str, ...], needed: frozenset[Slot]
    ) -> Draft:
        """A record of *level* with what is *needed*, and a child record along *route* for sure."""
        return self._draft(level, background, route, needed, self.palette.start, level, top=True)

    def _draft(
        self,
        level: str,
        background: int,
        route: tuple[str, ...],
        needed: frozenset[Slot],
        moment: Moment,
        name: str,
        *,
        top: bool = False,
    ) -> Draft:
        declared = self.program.levels[level]
        draft = Draft(declared, moment)
        structural = {declared.key, *declared.order, *declared.interval, declared.period}
        for fact in declared.facts:
            wanted = fact.name in structural or (level, fact.index) in needed
            inherited = fact.from_parent and not top
            if not wanted or inherited or fact.default is not None or nested_level(fact):
                continue
            if not fact.optional or fact.name == declared.key:
                self.state(draft, fact, background, name)
        for fact in declared.nested:
            on_route = bool(route) and route[0] == fact.name
            wanted = (level, fact.index) in needed and not fact.optional
            if on_route or wanted:
                rest = route[1:] if on_route else ()
                self.fill(draft, fact, background, rest, needed, name, least=int(on_route))
        return draft

    def state(self, draft: Draft, fact: ir.Fact, background: int, name: str) -> None:
        """Give a fact of a draft the value that its background takes."""
        values = self.values(draft, fact)
        if fact.type.kind == "text" or not values:
            draft.values[fact.name] = name
        elif fact.name == draft.level.key:
            draft.values[fact.name] = values[0]
        elif fact.type.kind == "number" and background == 0:
            draft.values[fact.name] = self.palette.middle(fact)
        else:
            place = _pick(background, f"{name}.{fact.name}", len(values), fact)
            draft.values[fact.name] = values[place]

    def values(self, draft: Draft, fact: ir.Fact) -> list[Any]:
        """The values to try for a fact, in ascending order of its type."""
        if fact.type.kind not in ("instant", "date", "month"):
            return self.palette.spread(fact)
        before = draft.level.fact(fact.not_before) if fact.not_before else None
        since = None if before is None else draft.values.get(before.name)
        return self.palette.moments(fact, since, draft.moment)

    def fill(
        self,
        draft: Draft,
        fact: ir.Fact,
        background: int,
        route: tuple[str, ...],
        needed: frozenset[Slot],
        name: str,
        *,
        least: int,
    ) -> None:
        """Put child records into a list, or the record into its place."""
        if fact.type.kind == "record":
            count = 1
        else:
            sizes = (1, 2, 1) if background < 3 else (0, 1, 2)
            count = max(least, sizes[_spot(background, f"{name}.{fact.name}") % 3])
            count = sizes[background] if background < 3 else count
        level = fact.type.name
        moment = draft.moment
        draft.children[fact.name] = []
        for number in range(count):
            child = f"{name}-{number + 1}" if fact.type.kind == "list" else name
            one = self._draft(
                level, background, route if number == 0 else (), needed, moment, child
            )
            draft.children[fact.name].append(one)
            moment = self.following(level, moment, one)

    def following(self, level: str, moment: Moment, one: Draft) -> Moment:
        """When the following sibling takes place: a month later if they are months, else a day."""
        months = self._months(one)
        return moment.later(months=months) if months else moment.later(days=1)

    def _months(self, draft: Draft) -> int:
        own = any(fact.type.kind == "month" and not fact.from_parent for fact in draft.level.facts)
        if own:
            return 1
        return sum(self._months(each) for several in draft.children.values() for each in several)

    def complete(
        self, draft: Draft, needs: set[str], background: int, needed: frozenset[Slot]
    ) -> bool:
        """State one more of the facts that a result waits for; False when there is none."""
        paths = sorted(needs, reverse=bool(background % 2))
        for path in paths:
            place, _, name = path.rpartition(".")
            home = draft.at(place)
            fact = None if home is None else home.level.fact(name)
            if (
                home is None
                or fact is None
                or name in {*home.values, *home.children, *home.dropped}
            ):
                continue
            label = f"{home.level.name}-{place}"
            if nested_level(fact):
                self.fill(home, fact, background, (), needed, label, least=1)
            else:
                self.state(home, fact, background, label)
            return True
        return False


def _pick(background: int, name: str, count: int, fact: ir.Fact) -> int:
    """Which of *count* values a background takes: middle, best, worst, or a mixture."""
    if background == 0:
        return 0
    if background in (1, 2) and fact.better:
        best = fact.better > 0
        return count - 1 if best == (background == 1) else 0
    return _spot(background, name) % count


def _spot(background: int, name: str) -> int:
    return crc32(f"{background}/{name}".encode())
