"""The kinds of decision: what of a table, a deadline, a scorecard, … changed."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import attrs

from sla_rules.change.pair import Pair
from sla_rules.change.steps import band_sets, rows
from sla_rules.change.told import Change, Place
from sla_rules.change.words import in_both
from sla_rules.language import program as ir
from sla_rules.language.program import Titles

__all__ = ["bands_of", "body"]


def body(pair: Pair, place: Place, old: Any, new: Any) -> Iterator[Change]:
    """The body of a decision, under each option of its switches."""
    yield from pair.switched(place, old, new, lambda at, one, two: _body(pair, at, one, two))


def bands_of(pair: Pair, place: Place, old: Any, new: Any) -> Iterator[Change]:
    """The bands of a scale or of a decision, under each option of their switches."""

    def compare(at: Place, one: Any, two: Any) -> Iterator[Change]:
        if isinstance(one, tuple) and isinstance(two, tuple):
            yield from band_sets(pair, at, one, two)
        else:
            yield from pair.plain(at, one, two)

    yield from pair.switched(place, old, new, compare)


def _body(pair: Pair, place: Place, old: Any, new: Any) -> Iterator[Change]:
    if pair.same(old, new, place.level):
        return
    teller = _TELLERS.get(type(old)) if type(old) is type(new) else None
    if teller is None:
        yield from pair.formula(place, old, new)
    else:
        yield from teller(pair, place, old, new)


def _parts(
    pair: Pair, place: Place, old: Any, new: Any, names: Mapping[str, str]
) -> Iterator[Change]:
    """Fields that are expressions; *names* are their words."""
    for field, word in names.items():
        inner = place.part(field, word)
        yield from pair.value(inner, getattr(old, field), getattr(new, field))


def _table(pair: Pair, place: Place, old: ir.Table, new: ir.Table) -> Iterator[Change]:
    inputs = _inputs(pair, place, old, new)
    if inputs is None or bool(old.columns) != bool(new.columns):
        yield place.changed(pair.old_words(old, place.level), pair.new_words(new, place.level))
        return
    yield from pair.value(place.part("hit"), old.hit, new.hit)
    for number, at in enumerate(inputs):
        inner = place.inside(f".on[{number}]", "input")
        yield from pair.formula(inner, old.on[number], new.on[at])
    for name in old.columns:
        if name not in new.columns:
            yield _column_place(pair.old, place, name).removed()
    for name in new.columns:
        if name not in old.columns:
            yield _column_place(pair.new, place, name).added()
    shared = [name for name in old.columns if name in new.columns]
    yield from rows(pair, place, old, new, shared, inputs)


def _inputs(pair: Pair, place: Place, old: ir.Table, new: ir.Table) -> list[int] | None:
    """At which position of the newer table each older input stands; None if some came or went."""
    if len(old.on) != len(new.on):
        return None
    free = list(range(len(new.on)))
    found: list[int | None] = []
    for node in old.on:
        at = next((n for n in free if pair.same(node, new.on[n], place.level)), None)
        found.append(at)
        if at is not None:
            free.remove(at)
    return [free.pop(0) if at is None else at for at in found]


def _column_place(program: ir.Program, place: Place, name: str) -> Place:
    found = program.levels[place.level].decision(name)
    title = Titles(name, name) if found is None else found.title
    return place.inside(f".give.{name}", "column", column=title)


def _bands(pair: Pair, place: Place, old: ir.BandSet, new: ir.BandSet) -> Iterator[Change]:
    if bool(old.scale) != bool(new.scale):
        yield place.changed(pair.old_words(old, place.level), pair.new_words(new, place.level))
        return
    yield from pair.value(place.part("on"), old.on, new.on)
    if old.scale:
        if old.scale != new.scale:
            one, two = pair.old.scales[old.scale].title, pair.new.scales[new.scale].title
            yield place.part("scale").changed(one, two)
        return
    yield from bands_of(pair, place, old.bands, new.bands)
    yield from pair.plain(place.part("domain"), old.domain, new.domain)


def _rates(pair: Pair, place: Place, old: ir.Rates, new: ir.Rates) -> Iterator[Change]:
    yield from pair.value(place.part("of", "amount_rated"), old.bands.on, new.bands.on)
    yield from pair.value(place.part("how"), old.how, new.how)
    yield from bands_of(pair, place, old.bands.bands, new.bands.bands)


def _units(pair: Pair, place: Place, old: ir.Units, new: ir.Units) -> Iterator[Change]:
    names = {name: name for name in ("of", "per", "count", "free")}
    yield from _parts(pair, place, old, new, names)


def _stops(pair: Pair, place: Place, old: Any, new: Any) -> Iterator[Change]:
    yield from pair.plain(place.part("stops"), old.stops, new.stops)


def _deadline(pair: Pair, place: Place, old: ir.Deadline, new: ir.Deadline) -> Iterator[Change]:
    yield from _parts(
        pair, place, old, new, {name: name for name in ("start", "within", "calendar")}
    )
    yield from _stops(pair, place, old, new)
    if old.day_rule is None or new.day_rule is None:
        yield from pair.plain(place.part("workday"), old.day_rule, new.day_rule)
        return
    names = {name: name for name in ("rule", "cutoff", "receipt")}
    within = attrs.evolve(place, path=f"{place.path}.workday")  # its rule has the same name
    yield from _parts(pair, within, old.day_rule, new.day_rule, names)


def _elapsed(pair: Pair, place: Place, old: ir.Elapsed, new: ir.Elapsed) -> Iterator[Change]:
    yield from _parts(pair, place, old, new, {name: name for name in ("start", "end", "calendar")})
    yield from _stops(pair, place, old, new)


def _overrun(pair: Pair, place: Place, old: ir.Overrun, new: ir.Overrun) -> Iterator[Change]:
    names = {name: name for name in ("deadline", "done", "calendar", "per")}
    yield from _parts(pair, place, old, new, names)
    yield from _stops(pair, place, old, new)


def _scorecard(pair: Pair, place: Place, old: ir.Scorecard, new: ir.Scorecard) -> Iterator[Change]:
    """Sections are known by their scores; their order says nothing."""
    yield from _parts(pair, place, old, new, {"total": "total", "rescale": "rescale"})
    left, right = list(old.sections), list(new.sections)
    matched = []
    for section in tuple(left):
        other = next((each for each in right if pair.same(section.of, each.of, place.level)), None)
        if other is not None:
            matched.append((section, other))
            left.remove(section)
            right.remove(other)
    if len(left) == len(right):
        matched += zip(left, right, strict=True)
        left, right = [], []
    for one, two in matched:
        inner = _section_place(pair.old, place, one)
        yield from pair.formula(inner, one.of, two.of)
        yield from pair.value(inner.part("max", "section_max"), one.max, two.max)
        yield from pair.value(inner.part("applies"), one.applies, two.applies)
        yield from pair.value(inner.part("weight"), one.weight, two.weight)
        yield from pair.citations(inner, one.clauses, two.clauses)
    for section in left:
        gone = pair.old_words(section.max, place.level)
        yield _section_place(pair.old, place, section).removed(gone)
    for section in right:
        come = pair.new_words(section.max, place.level)
        yield _section_place(pair.new, place, section).added(come)


def _section_place(program: ir.Program, place: Place, section: ir.Section) -> Place:
    words = in_both(program, section.of, place.level)
    name = section.of.name if isinstance(section.of, ir.SlotRef) else words.en
    return place.inside(f".sections[{name}]", "one_section", section.clauses, section=words)


_TELLERS: Final[Mapping[type[Any], Callable[[Pair, Place, Any, Any], Iterator[Change]]]] = {
    ir.Table: _table,
    ir.BandSet: _bands,
    ir.Rates: _rates,
    ir.Units: _units,
    ir.Deadline: _deadline,
    ir.Elapsed: _elapsed,
    ir.Overrun: _overrun,
    ir.Scorecard: _scorecard,
}
