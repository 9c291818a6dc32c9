"""What changed of the levels: facts, decisions, requirements, ledgers."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sla_rules.change.bodies import body
from sla_rules.change.contract import members
from sla_rules.change.pair import Pair
from sla_rules.change.told import Change, Place, both, listed, step
from sla_rules.change.words import in_both
from sla_rules.language import program as ir
from sla_rules.language.program import Titles
from sla_rules.language.types import Type

__all__ = ["level_changes", "plain_decisions"]

_BETTER: Final = {1: "more", -1: "less", 0: None}
_WORDS: Final = {"default": "default_value", "min": "least", "max": "most"}


def level_changes(pair: Pair) -> Iterator[Change]:
    """Every change of every level; a level that came or went is told as a whole."""
    for name, new in pair.new.levels.items():
        place = Place(path=step("levels", name), subject=both("level", title=new.title), level=name)
        old = pair.old.levels.get(name)
        if old is None:
            yield place.added()
        else:
            yield from _level(pair, place, old, new)
    for name, old in pair.old.levels.items():
        if name not in pair.new.levels:
            title = both("level", title=old.title)
            yield Place(path=step("levels", name), subject=title).removed()


def _level(pair: Pair, place: Place, old: ir.Level, new: ir.Level) -> Iterator[Change]:
    yield from pair.titles(place, old.title, new.title)
    for field in ("key", "order", "series", "interval", "period"):
        one, two = _renamed(pair, old.name, getattr(old, field)), getattr(new, field)
        if one != two:
            before = _facts_named(old, getattr(old, field))
            yield place.part(field).changed(before, _facts_named(new, two))
    yield from pair.flags(place, old, new, ("recurs", "disjoint"))
    yield from pair.value(place.part("governed_by"), old.moment, new.moment)
    yield from _facts(pair, place, old, new)
    yield from _requirements(pair, place, old, new)
    yield from _decisions(pair, place, old, new)
    yield from _ledger(pair, place, old, new)


def _renamed(pair: Pair, level: str, name: Any) -> Any:
    """A name of the older program, or several, as the newer one calls them."""
    if isinstance(name, tuple):
        return tuple(_renamed(pair, level, each) for each in name)
    return pair.renamed.get((level, name), name)


def _facts_named(level: ir.Level, names: Any) -> Titles:
    several = names if isinstance(names, tuple) else (names,) if names else ()
    if not several:
        return both("none")
    found = [(name, level.fact(name) or level.decision(name)) for name in several]
    return listed([Titles(name, name) if each is None else each.title for name, each in found])


def _matched(
    pair: Pair, level: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[tuple[str, Any, Any]]:
    """The parts of a level by name, or by what they were renamed to; those that are gone last."""
    again = {after: before for (home, before), after in pair.renamed.items() if home == level}
    for name, each in new.items():
        yield name, old.get(again.get(name, name)), each
    for name, each in old.items():
        if name not in new and (level, name) not in pair.renamed:
            yield name, each, None


def _facts(pair: Pair, place: Place, old: ir.Level, new: ir.Level) -> Iterator[Change]:
    one = {each.name: each for each in old.facts}
    two = {each.name: each for each in new.facts}
    for name, before, after in _matched(pair, new.name, one, two):
        fact = after or before
        inner = Place(
            path=step(f"{place.path}.facts", name),
            subject=both("fact", level=new.title, title=fact.title),
            clauses=fact.clauses,
            level=new.name,
        )
        if before is None:
            yield inner.added(_type(pair.new, after.type))
        elif after is None:
            yield inner.removed(_type(pair.old, before.type))
        else:
            yield from _fact(pair, inner, before, after)


def _type(program: ir.Program, kind: Type) -> Titles:
    if kind.kind == "enum" and kind.name in program.inline:
        return both("type_enum", name=listed([each.title for each in program.enums[kind.name]]))
    return in_both(program, kind)


def _fact(pair: Pair, place: Place, old: ir.Fact, new: ir.Fact) -> Iterator[Change]:
    if old.name != new.name:
        yield place.renamed(old.name, new.name)
    if old.title.zh != old.name or new.title.zh != new.name:
        yield from pair.titles(place, old.title, new.title)
    yield from _types(pair, place, old.type, new.type)
    for field in ("default", "min", "max", "step"):
        word = _WORDS.get(field, field)
        one, two = getattr(old, field), getattr(new, field)
        yield from pair.plain(place.part(field, word), one, two)
    flags = {"optional": "optional", "open": "until", "unlisted": "unlisted",
             "evidence": "evidence"}  # fmt: skip
    yield from pair.flags(place, old, new, flags)
    before = _renamed(pair, place.level, old.not_before)
    if before != new.not_before:
        one, two = (
            Titles(each, each) if each else both("none")
            for each in (old.not_before, new.not_before)
        )
        yield place.part("not_before").changed(one, two)
    names = {after for (_, before), after in pair.renamed.items() if before == old.from_parent}
    if new.from_parent not in (old.from_parent, *names):
        yield from pair.flags(place, old, new, ("from_parent",))
    yield from _better(pair, place, old, new)
    yield from pair.citations(place, old.clauses, new.clauses)


def _better(pair: Pair, place: Place, old: Any, new: Any) -> Iterator[Change]:
    yield from pair.plain(place.part("better"), _BETTER[old.better], _BETTER[new.better])


def _types(pair: Pair, place: Place, old: Type, new: Type) -> Iterator[Change]:
    if old.kind == new.kind == "enum" and (
        old.name in pair.old.inline or new.name in pair.new.inline
    ):
        one, two = pair.old.enums[old.name], pair.new.enums[new.name]
        yield from members(pair, place.part("type"), one, two)
    elif (old, old.show) != (new, new.show):
        yield place.part("type").changed(_type(pair.old, old), _type(pair.new, new))


def _requirements(pair: Pair, place: Place, old: ir.Level, new: ir.Level) -> Iterator[Change]:
    """Requirements have no names: the same condition, or the same message, is the same one."""
    left, right = list(old.require), list(new.require)
    matched: list[tuple[ir.Requirement, ir.Requirement]] = []
    tests: tuple[Any, ...] = (
        lambda one, two: one.message == two.message and pair.same(one.that, two.that, new.name),
        lambda one, two: pair.same(one.that, two.that, new.name),
        lambda one, two: one.message == two.message,
    )
    for test in tests:
        for one in tuple(left):
            other = next((each for each in right if test(one, each)), None)
            if other is not None:
                matched.append((one, other))
                left.remove(one)
                right.remove(other)

    def at(requirement: ir.Requirement, number: int) -> Place:
        return Place(
            path=f"{place.path}.require[{number}]",
            subject=both("requirement", level=new.title, message=requirement.message),
            clauses=requirement.clauses,
            level=new.name,
        )

    for one, two in matched:
        inner = at(two, new.require.index(two))
        yield from pair.value(inner.inside(".that", "itself"), one.that, two.that)
        yield from pair.titles(inner, one.message, two.message, "message")
        if _renamed(pair, new.name, one.at) != two.at:
            yield from pair.flags(inner, one, two, ("at",))
        yield from pair.citations(inner, one.clauses, two.clauses)
    for one in left:
        yield at(one, old.require.index(one)).removed(pair.old_words(one.that, new.name))
    for two in right:
        yield at(two, new.require.index(two)).added(pair.new_words(two.that, new.name))


def plain_decisions(level: ir.Level) -> dict[str, ir.Decision]:
    """The decisions that the text declares itself: neither columns nor what a ledger writes."""
    return {
        each.name: each
        for each in level.decisions
        if not isinstance(each.body, ir.Column | ir.LedgerOutput)
    }


def _decisions(pair: Pair, place: Place, old: ir.Level, new: ir.Level) -> Iterator[Change]:
    one, two = plain_decisions(old), plain_decisions(new)
    for name, before, after in _matched(pair, new.name, one, two):
        decision = after or before
        inner = Place(
            path=step(f"{place.path}.decisions", name),
            subject=both("decision", level=new.title, title=decision.title),
            clauses=decision.clauses,
            level=new.name,
        )
        if before is None:
            yield inner.added(pair.new_words(after.body, new.name))
        elif after is None:
            yield inner.removed(pair.old_words(before.body, new.name))
        else:
            yield from _decision(pair, inner, before, after)
    for column in old.decisions:
        other = new.decision(column.name)
        if isinstance(column.body, ir.Column) and other and isinstance(other.body, ir.Column):
            inner = place.inside(f".decisions.{column.name}", "column", column=column.title)
            yield from pair.titles(inner, column.title, other.title)
            yield from _types(pair, inner, column.type, other.type)


def _decision(pair: Pair, place: Place, old: ir.Decision, new: ir.Decision) -> Iterator[Change]:
    if old.name != new.name:
        yield place.renamed(old.name, new.name)
    if old.title.zh != old.name or new.title.zh != new.name:
        yield from pair.titles(place, old.title, new.title)
    yield from body(pair, place, old.body, new.body)
    for field in ("applies", "cap", "floor", "min", "max"):
        yield from pair.value(place.part(field), getattr(old, field), getattr(new, field))
    rounding = place.part("round")
    yield from pair.value(rounding, old.rounding, new.rounding)
    yield from _shown(pair, place, old, new)
    yield from _note_rules(pair, place, old, new)
    yield from _better(pair, place, old, new)
    yield from pair.citations(place, old.clauses, new.clauses)


def _shown(pair: Pair, place: Place, old: ir.Decision, new: ir.Decision) -> Iterator[Change]:
    """A declared type that shows the same body otherwise; an inferred one follows from others."""
    if old.type.show == new.type.show or not pair.same(old.body, new.body, place.level):
        return
    if (old.type.show, new.type.show) != (old.body.type.show, new.body.type.show):
        yield place.part("type").changed(_type(pair.old, old.type), _type(pair.new, new.type))


def _note_rules(pair: Pair, place: Place, old: ir.Decision, new: ir.Decision) -> Iterator[Change]:
    before = {each.code: each for each in old.notes}
    after = {each.code: each for each in new.notes}
    for code in (*after, *(each for each in before if each not in after)):
        one, two = before.get(code), after.get(code)
        inner = place.inside(f".notes[{code}]", "note_rule", code=code)
        if one is None and two is not None:
            yield inner.added(two.text)
        elif two is None and one is not None:
            yield inner.removed(one.text)
        elif one is not None and two is not None:
            yield from pair.formula(inner.part("when"), one.when, two.when)
            yield from pair.titles(inner, one.text, two.text, "text")


def _ledger(pair: Pair, place: Place, old: ir.Level, new: ir.Level) -> Iterator[Change]:
    ledger = new.ledger or old.ledger
    if ledger is None:
        return
    inner = Place(
        path=f"{place.path}.ledger",
        subject=both("ledger", level=new.title),
        clauses=ledger.clauses,
        level=ledger.level,
    )
    if old.ledger is None or new.ledger is None:
        yield inner.added() if old.ledger is None else inner.removed()
        return
    one, two = old.ledger, new.ledger
    if _renamed(pair, new.name, one.payments) != two.payments:
        yield from pair.flags(inner, one, two, ("payments",))
    for field in ("pays", "paid"):
        if _renamed(pair, one.level, getattr(one, field)) != getattr(two, field):
            yield from pair.flags(inner, one, two, (field,))
    parts = ("date", "available", "cap", "assign", "remainder", "corrections")
    for field in parts:
        yield from pair.value(inner.part(field), getattr(one, field), getattr(two, field))
    home = Place(path=inner.path, subject=inner.subject, clauses=inner.clauses, level=new.name)
    yield from pair.value(home.part("total_cap"), one.total_cap, two.total_cap)
    yield from pair.value(inner.part("round"), one.rounding, two.rounding)
    yield from pair.citations(inner, one.clauses, two.clauses)
    yield from _sources(pair, home, one, two)


def _sources(pair: Pair, place: Place, old: ir.Ledger, new: ir.Ledger) -> Iterator[Change]:
    """Sources are known by the path of their entries."""
    left, right = list(old.sources), list(new.sources)
    matched: list[tuple[ir.LedgerSource, ir.LedgerSource]] = []
    for one in tuple(left):
        same_path = [each for each in right if each.path == _path(pair, place.level, one)]
        if same_path:
            matched.append((one, same_path[0]))
            left.remove(one)
            right.remove(same_path[0])

    def at(source: ir.LedgerSource) -> Place:
        name = ".".join(source.path)
        inner = place.inside(f".sources[{name}]", "source_of", source.clauses, source=name)
        return Place(
            path=inner.path, subject=inner.subject, clauses=inner.clauses, level=source.level
        )

    for one, two in matched:
        inner = at(two)
        yield from pair.value(inner.part("amount"), one.amount, two.amount)
        yield from pair.formula(inner.part("on", "determined"), one.on, two.on)
        names = {"skip_unknown_if_given": "unknown", "clause_from": "clause_from"}
        yield from pair.flags(inner, one, two, names)
        yield from pair.citations(inner, one.clauses, two.clauses)
    for one in left:
        yield at(one).removed(pair.old_words(one.amount, one.level))
    for two in right:
        yield at(two).added(pair.new_words(two.amount, two.level))


def _path(pair: Pair, level: str, source: ir.LedgerSource) -> tuple[str, ...]:
    found = []
    for name in source.path:
        found.append(_renamed(pair, level, name))
        fact = pair.old.levels[level].fact(name)
        level = fact.type.name if fact else level
    return tuple(found)
