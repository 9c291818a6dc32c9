"""What decided a value, by the names that a case may use for it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import attrs

from sla_rules.change.words import Words
from sla_rules.diagnostics import Span
from sla_rules.language import program as ir
from sla_rules.language.visit import inside
from sla_rules.language.walk import chosen, limit_of
from sla_rules.listening import Deed, Ear
from sla_rules.rules import Rules
from sla_rules.testing.words import BY

__all__ = ["Decided", "Deciders", "deciders", "folded", "names_of_deciders", "what_decided"]

_DEEDS = {
    Deed.CAP_HIT: "cap",
    Deed.FLOOR_HIT: "floor",
    Deed.ROUNDED: "rounding",
    Deed.GIVEN: "given",
    Deed.NOT_APPLICABLE: "not applicable",
}


def folded(text: str) -> str:
    """A name as it is compared: without blanks, in half width and small letters."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


@attrs.frozen(eq=False)
class Deciders:
    """The rows and bands that can decide, each with its names; of a column those of its table."""

    names: Mapping[int, tuple[str, ...]]
    """As one writes them: row 2, 第 2 行, its cells, its clauses."""
    table: str


@lru_cache(maxsize=4096)
def deciders(decision: ir.Decision, level: ir.Level) -> Deciders:
    """The rows and bands in the body of a decision, under every reading."""
    parts = [each for _, each in inside(decision.body)]
    column = next((each for each in parts if isinstance(each, ir.Column)), None)
    if column is not None:
        table = level.decision(column.table.name)
        assert table is not None
        return attrs.evolve(deciders(table, level), table=table.name)
    names: dict[int, tuple[str, ...]] = {}
    for each in parts:
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
    return Deciders(names, "")


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
    found = [name for each in deciders(decision, level).names.values() for name in each]
    able = {
        "cap": decision.cap,
        "floor": decision.floor,
        "rounding": decision.rounding,
        "not applicable": decision.applies,
    }
    for name, several in BY.items():
        found += several if able.get(name, several) is not None else ()
    return {folded(name): name for name in reversed(found)}


@attrs.frozen(eq=False)
class Decided:
    """One thing that decided: all its names, and how it is told."""

    names: frozenset[str]
    """Folded."""
    told: str
    needed: bool
    """Whether a case that says what decided must name it: not so a rounding."""


def what_decided(
    ear: Ear, path: str, decision: ir.Decision, level: ir.Level, rules: Rules, lang: str
) -> list[Decided]:
    """What decided the value of a decision of the record at *path*; the formula if nothing else.

    A given figure, and that a decision does not apply, decide alone.
    """
    known = deciders(decision, level)
    events = [
        *(ear.decided.get((path, known.table), ()) if known.table else ()),
        *ear.decided.get((path, decision.name), ()),
    ]
    tell = _Teller(rules, level.name, lang)
    for alone in (Deed.GIVEN, Deed.NOT_APPLICABLE):
        if any(deed is alone for _, deed in events):
            return [tell.word(_DEEDS[alone])]
    limits = {
        Deed.CAP_HIT: limit_of(decision.cap, rules.readings),
        Deed.FLOOR_HIT: limit_of(decision.floor, rules.readings),
        Deed.ROUNDED: chosen(decision.rounding, rules.readings),
    }
    found = [
        tell.part(part, known.names[id(part)])
        if deed is Deed.HELD
        else tell.word(_DEEDS[deed], limits[deed], decision.span, needed=deed is not Deed.ROUNDED)
        for part, deed in events
    ]
    if not any(each.needed for each in found):
        found.insert(0, tell.word("formula", None, decision.span, needed=not found))
    return found


@attrs.frozen
class _Teller:
    """Tells what decided in the words of the ruleset, and where it stands."""

    rules: Rules
    level: str
    lang: str

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
