"""What decided a value, by the names that a case may use for it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import attrs

from sla_rules.assessment import Assessment, recorded
from sla_rules.change.words import Words
from sla_rules.diagnostics import Span
from sla_rules.language import program as ir
from sla_rules.language.visit import inside
from sla_rules.language.walk import chosen, limit_of
from sla_rules.listening import Deed, Ear, Event
from sla_rules.rules import Rules
from sla_rules.testing.words import BY
from sla_rules.unknown import NOT_APPLICABLE

__all__ = ["Decided", "ambiguous_names", "deciders", "folded", "names_of_deciders", "what_decided"]

_DEEDS = {
    Deed.CAP_HIT: "cap",
    Deed.FLOOR_HIT: "floor",
    Deed.ROUNDED: "rounding",
    Deed.GIVEN: "given",
    Deed.NOT_APPLICABLE: "not applicable",
}
_CLAUSES = 3
"""Among the names of a row or band, the clauses come behind so many."""
_ALONE = (Deed.GIVEN, Deed.NOT_APPLICABLE)


def folded(text: str) -> str:
    """A name as it is compared: without blanks, in half width and small letters."""
    return _plain(text).lower()


def _plain(text: str) -> str:
    """A name without blanks and in half width."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=4096)
def deciders(decision: ir.Decision, level: ir.Level) -> Mapping[int, tuple[str, ...]]:
    """The rows and bands that can decide under some reading, each with its names.

    Those of a column are its table's; a value that is only passed on is decided where it is made.
    """
    names: dict[int, tuple[str, ...]] = {}
    for _, each in (part for one in _sources(decision, level) for part in inside(one.body)):
        match each:
            case ir.Table():
                for number, row in enumerate(each.rows, 1):
                    cells = ", ".join(row.texts)
                    names[id(row)] = _names("row", "行", number, cells, row.clauses)
            case ir.BandSet():
                for bands in _band_sets(each.bands):
                    for number, band in enumerate(bands, 1):
                        text = band.interval.text
                        names[id(band)] = _names("band", "档", number, text, band.clauses)
    return names


@lru_cache(maxsize=4096)
def _sources(decision: ir.Decision, level: ir.Level) -> tuple[ir.Decision, ...]:
    """A decision and those whose values it may pass on, under some reading and facts."""
    found = {decision.name: decision}
    waiting = [decision.body]
    while waiting:
        part = waiting.pop()
        match part:
            case ir.Choice():
                waiting += part.options.values()
            case ir.Condition():
                waiting += [part.then, part.otherwise]
            case _:
                source = _passed_on(part, level)
                if source is not None and source.name not in found:
                    found[source.name] = source
                    waiting.append(source.body)
    return tuple(found.values())


def _passed_on(part: Any, level: ir.Level) -> ir.Decision | None:
    """The decision of the same record whose value, or a column of it, a part is."""
    if isinstance(part, ir.Column):
        part = part.table
    return level.decision(part.name) if isinstance(part, ir.SlotRef) and part.decision else None


def _taken(part: Any, home: Assessment) -> Any:
    """The branch that holds for a record, under the readings; None where that is not certain."""
    rules = home.rules
    part = chosen(part, rules.readings)
    while isinstance(part, ir.Condition):
        truth = rules.engine.compiler.node(part.condition)(recorded(home).copied())
        branches: dict[Any, Any] = {True: part.then, False: part.otherwise}
        branch = branches[truth] if isinstance(truth, bool) else None
        part = chosen(branch, rules.readings)
    return part


def _names(
    what: str, counter: str, number: int, text: str, clauses: Iterable[str]
) -> tuple[str, ...]:
    return (f"{what} {number}", f"第 {number} {counter}", text, *clauses)


def _band_sets(part: Any) -> Iterator[tuple[ir.Band, ...]]:
    """Every alternative of the bands of a scale or decision."""
    if isinstance(part, tuple):
        yield part
    else:
        for each in part.options.values():
            yield from _band_sets(each)


@lru_cache(maxsize=4096)
def names_of_deciders(decision: ir.Decision, level: ir.Level) -> Mapping[str, str]:
    """All names that ``by`` of a decision may use: folded, and as one writes them."""
    found = [name for each in deciders(decision, level).values() for name in each]
    found += [word for each in _words(decision, level) for word in BY[each]]
    return {folded(name): name for name in reversed(found)}


def _words(decision: ir.Decision, level: ir.Level) -> list[str]:
    """What can decide a value beside a row or band."""
    several = _sources(decision, level)
    able = {
        "cap": any(each.cap is not None for each in several),
        "floor": any(each.floor is not None for each in several),
        "rounding": any(each.rounding is not None for each in several),
        "not applicable": any(each.applies is not None for each in several),
    }
    return [name for name in BY if able.get(name, True)]


@lru_cache(maxsize=4096)
def ambiguous_names(decision: ir.Decision, level: ir.Level) -> Mapping[str, tuple[str, ...]]:
    """The folded names that mean different things, each with names of these that do not.

    Such as those of two rows whose cells differ in capitals only, or a clause called ``cap``.
    Several rows of one clause, or of the same cells, are one thing that all of them are.
    """
    things: dict[int | str, tuple[str, ...]] = dict(deciders(decision, level).items())
    things.update((word, BY[word]) for word in _words(decision, level))
    meant: dict[str, dict[tuple[str, str], set[int | str]]] = {}
    for thing, names in things.items():
        for number, name in enumerate(names):
            source = (str(thing), "")
            if isinstance(thing, int):
                kind = ("number", "number", "cells")[number] if number < _CLAUSES else "clause"
                source = (kind, folded(name) if kind == "number" else _plain(name))
            meant.setdefault(folded(name), {}).setdefault(source, set()).add(thing)
    several = {
        name: set().union(*sources.values())
        for name, sources in meant.items()
        if len({frozenset(each) for each in sources.values()}) > 1
    }
    return {
        name: tuple(
            dict.fromkeys(
                next((each for each in things[thing] if folded(each) not in several), "")
                for thing in things
                if thing in those
            )
        )
        for name, those in several.items()
    }


@attrs.frozen(eq=False)
class Decided:
    """One thing that decided: all its names, and how it is told."""

    names: frozenset[str]
    """Folded."""
    told: str
    needed: bool
    """Whether a case that says what decided must name it: not so a rounding."""


def what_decided(name: str, home: Assessment, ear: Ear, lang: str) -> list[Decided]:
    """What decided the value of a decision of a record; the formula if nothing else did.

    A given figure, and that a decision does not apply, decide alone.
    """
    level = home.rules.program.levels[home.level]
    decision: ir.Decision | None = level.decision(name)
    tell = _Teller(home.rules, home.level, lang)
    found: list[Decided] = []
    while decision is not None:
        events = ear.decided.get((home.path, decision.name), [])
        if recorded(home)[decision.index] is NOT_APPLICABLE:  # also by a reading
            events = [(decision, Deed.NOT_APPLICABLE)]
        here = [tell.event(each, decision, deciders(decision, level)) for each in events]
        if any(deed in _ALONE for _, deed in events):
            return [here[-1], *found]
        found = [*here, *found]
        last, decision = decision, _passed_on(_taken(decision.body, home), level)
    if not any(each.needed for each in found):
        found.insert(0, tell.word("formula", None, last.span, needed=not found))
    return found


@attrs.frozen
class _Teller:
    """Tells what decided in the words of the ruleset, and where it stands."""

    rules: Rules
    level: str
    lang: str

    def event(
        self, event: Event, decision: ir.Decision, names: Mapping[int, tuple[str, ...]]
    ) -> Decided:
        """What took part in the value of a decision."""
        part, deed = event
        if deed is Deed.HELD:
            return self.part(part, names[id(part)])
        limits = {
            Deed.CAP_HIT: limit_of(decision.cap, self.rules.readings),
            Deed.FLOOR_HIT: limit_of(decision.floor, self.rules.readings),
            Deed.ROUNDED: chosen(decision.rounding, self.rules.readings),
        }
        span = None if deed in _ALONE else decision.span
        return self.word(_DEEDS[deed], limits.get(deed), span, needed=deed is not Deed.ROUNDED)

    def part(self, part: ir.Row | ir.Band, names: tuple[str, ...]) -> Decided:
        """A row or band."""
        name = names[self.lang == "zh"]
        return Decided(
            frozenset(map(folded, names)), self._told(name, part, part.span), needed=True
        )

    def word(
        self, name: str, limit: Any = None, span: Span | None = None, *, needed: bool = True
    ) -> Decided:
        """What is called by one word: a limit, the formula."""
        told = self._told(BY[name][self.lang == "zh"], limit, span)
        return Decided(frozenset(map(folded, BY[name])), told, needed=needed)

    def _told(self, name: str, part: Any, span: Span | None) -> str:
        if part is not None:
            words = Words(self.rules.program, self.lang, self.level).of(part)
            name += f"（{words}）" if self.lang == "zh" else f" ({words})"
        if span is None:
            return name
        at = "，见 " if self.lang == "zh" else " at "
        return f"{name}{at}{Path(span.file).name}:{span.line}"
