"""The parts at the top of a ruleset: header, clauses, readings, enumerations, calendars, …."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import attrs

from sla_rules.change.bodies import bands_of
from sla_rules.change.excerpt import excerpts
from sla_rules.change.pair import Pair
from sla_rules.change.same import PARAMETERS
from sla_rules.change.told import Change, Place, both, listed, step
from sla_rules.language import program as ir
from sla_rules.language.program import Titles
from sla_rules.language.walk import parts
from sla_rules.worktime.hours import WEEKDAYS, Week, read_hours, show_window

__all__ = ["contract_changes", "members"]


def contract_changes(pair: Pair) -> Iterator[Change]:
    """Every change above the levels, in the order of the reference."""
    yield from _header(pair)
    yield from _clauses(pair)
    yield from _readings(pair)
    yield from _enums(pair)
    yield from _calendars(pair)
    yield from _parameters(pair)
    yield from _scales(pair)
    yield from _notes(pair)
    yield from _transition(pair)


def _same_text(text: str) -> Titles:
    return Titles(text, text)


def _header(pair: Pair) -> Iterator[Change]:
    old, new = pair.old, pair.new
    top = Place(path="", subject=both("ruleset"))
    pairs: list[tuple[str, Titles | None, Titles | None]] = [
        ("title", old.title, new.title),
        ("source", old.source, new.source),
        ("currency", _text(old.currency), _text(new.currency)),
        ("timezone", _text(old.timezone), _text(new.timezone)),
        ("effective", _period(old), _period(new)),
    ]
    for name, before, after in pairs:
        if before != after:
            place = attrs.evolve(top.part(name), path=name)
            none = both("none")
            yield place.changed(before or none, after or none)


def _text(text: str) -> Titles | None:
    return _same_text(text) if text else None


def _period(program: ir.Program) -> Titles | None:
    start, end = program.effective_from, program.effective_to
    if start is None and end is None:
        return None
    return both(
        "period",
        start=both("open_start") if start is None else str(start),
        end=both("open_end") if end is None else str(end),
    )


def _named(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """The parts of two mappings by name, those that are gone last."""
    yield from ((name, old.get(name), each) for name, each in new.items())
    yield from ((name, each, None) for name, each in old.items() if name not in new)


def _clauses(pair: Pair) -> Iterator[Change]:
    for name, old, new in _named(pair.old.clauses, pair.new.clauses):
        place = Place(path=step("clauses", name), subject=both("the_clause"), clauses=(name,))
        if old is None or new is None:
            told = _same_text(new.text if old is None else old.text)
            yield place.added(told) if old is None else place.removed(told)
            continue
        for field in ("text", "translation"):
            before, after = getattr(old, field), getattr(new, field)
            if before != after:
                one, two = excerpts(before, after)
                none = both("none")
                yield place.part(field).changed(
                    _same_text(one) if before else none, _same_text(two) if after else none
                )
        yield from pair.titles(place, old.title, new.title)
        if old.not_encoded != new.not_encoded:
            none = both("none")
            yield place.part("not_encoded").changed(
                old.not_encoded or none, new.not_encoded or none
            )


def _readings(pair: Pair) -> Iterator[Change]:
    for name, old, new in _named(pair.old.readings, pair.new.readings):
        reading = new or old
        place = Place(
            path=step("readings", name),
            subject=both("reading", id=name, question=reading.question),
            clauses=(reading.clause,) if reading.clause else (),
        )
        if old is None or new is None:
            told = _same_text(reading.default)
            yield place.added(told) if old is None else place.removed(told)
            continue
        yield from pair.titles(place, old.question, new.question, "question")
        if old.default != new.default:
            yield place.part("default").changed(_same_text(old.default), _same_text(new.default))
        yield from pair.flags(place, old, new, ("register",))
        yield from pair.citations(place, _one(old.clause), _one(new.clause))
        for option, before, after in _named(old.options, new.options):
            inner = place.inside(step(".options", option), "option", option=option)
            if before is None or after is None:
                yield inner.added(after) if before is None else inner.removed(before)
            else:
                yield from pair.titles(inner, before, after, "reason")


def _one(clause: str) -> tuple[str, ...]:
    return (clause,) if clause else ()


def _enums(pair: Pair) -> Iterator[Change]:
    old = {name: each for name, each in pair.old.enums.items() if name not in pair.old.inline}
    new = {name: each for name, each in pair.new.enums.items() if name not in pair.new.inline}
    for name, before, after in _named(old, new):
        place = Place(path=step("enums", name), subject=both("enumeration", name=name))
        if before is None or after is None:
            told = listed([each.title for each in after or before])
            yield place.added(told) if before is None else place.removed(told)
            continue
        yield from members(pair, place, before, after)
        names = [each.name for each in before], [each.name for each in after]
        if sorted(names[0]) == sorted(names[1]) and names[0] != names[1] and _ranked(pair, name):
            yield place.part("order", "order_of_members").changed(
                listed([each.title for each in before]), listed([each.title for each in after])
            )


def _ranked(pair: Pair, enum: str) -> bool:
    """Whether a table takes the first of several results by the order of the enumeration."""
    return any(
        isinstance(each, ir.Table) and each.type.name == enum and "priority" in repr(each.hit)
        for program in (pair.old, pair.new)
        for level in program.levels.values()
        for decision in level.decisions
        for each in parts(decision.body)
    )


def members(
    pair: Pair, place: Place, old: tuple[ir.Member, ...], new: tuple[ir.Member, ...]
) -> Iterator[Change]:
    """The members of an enumeration by name."""
    pairs = _named({each.name: each for each in old}, {each.name: each for each in new})
    for name, before, after in pairs:
        title = (after or before).title
        inner = place.inside(step("", name), "member", title=title)
        if before is None or after is None:
            yield inner.added() if before is None else inner.removed()
            continue
        yield from pair.titles(inner, before.title, after.title)
        if set(before.aliases) != set(after.aliases):
            one, two = pair.old_words(before.aliases or None), pair.new_words(after.aliases or None)
            yield inner.part("aliases").changed(one, two)


def _calendars(pair: Pair) -> Iterator[Change]:
    for name, old, new in _named(pair.old.calendars, pair.new.calendars):
        calendar = new or old
        place = Place(
            path=step("calendars", name),
            subject=both("calendar", title=calendar.title),
            clauses=calendar.clauses,
        )
        if old is None or new is None:
            yield place.added() if old is None else place.removed()
            continue
        yield from pair.titles(place, old.title, new.title)
        yield from pair.citations(place, old.clauses, new.clauses)
        yield from pair.switched(
            place.part("hours"),
            old.hours,
            new.hours,
            lambda at, one, two: _hours(pair, at, one, two),
        )
        yield from pair.switched(
            place.part("seasons"),
            old.seasons,
            new.seasons,
            lambda at, one, two: _seasons(pair, at, one, two),
        )
        yield from pair.switched(
            place.part("holidays"),
            old.holidays,
            new.holidays,
            _days,
        )
        yield from _days(place.part("working_days"), old.working_days, new.working_days)
        for day, before, after in _named(old.overrides, new.overrides):
            if before != after:
                inner = place.inside(f".overrides.{day}", "day", day=day)
                yield inner.changed(pair.old_words(before), pair.new_words(after))
        yield from pair.flags(place, old, new, ("make_up_like", "beyond"))
        if (old.zone, new.zone) != (pair.old.timezone, pair.new.timezone):
            yield from pair.flags(place, old, new, ("zone",))
        yield from pair.value(place.part("day_length"), old.day_length, new.day_length)


def _hours(pair: Pair, place: Place, old: Any, new: Any) -> Iterator[Change]:
    """The windows of each weekday; days that change alike are told together."""
    if isinstance(old, ir.Choice) or isinstance(new, ir.Choice):
        if not pair.same(old, new):
            yield place.changed(pair.old_words(old), pair.new_words(new))
        return
    before, after = read_hours(old)[0], read_hours(new)[0]
    alike: dict[tuple[Any, Any], list[str]] = {}
    for day, one, two in zip(WEEKDAYS, before.days, after.days, strict=True):
        if one != two:
            alike.setdefault((one, two), []).append(day)
    if len(alike) > 1 and (before.days.count(before.days[0]) == 7) != (
        after.days.count(after.days[0]) == 7
    ):
        yield place.changed(_week(before), _week(after))
        return
    for (one, two), days in alike.items():
        if len(days) == len(WEEKDAYS):
            yield place.changed(_windows(one), _windows(two))
        else:
            inner = place.inside(f"[{','.join(days)}]", "day", day=_weekdays(days))
            yield inner.changed(_windows(one), _windows(two))


def _seasons(pair: Pair, place: Place, old: Any, new: Any) -> Iterator[Change]:
    """The hours of each season, by the span of its days."""
    if isinstance(old, ir.Choice) or isinstance(new, ir.Choice):
        if not pair.same(old, new):
            yield place.changed(pair.old_words(old or None), pair.new_words(new or None))
        return
    for span, before, after in _named(dict(old), dict(new)):
        inner = place.inside(f"[{span}]", "day", day=span)
        if before is None or after is None:
            yield (
                inner.added(_whole(pair, after))
                if before is None
                else inner.removed(_whole(pair, before))
            )
        else:
            yield from pair.switched(inner, before, after, partial(_hours, pair))


def _whole(pair: Pair, hours: Any) -> Titles:
    return pair.new_words(hours) if isinstance(hours, ir.Choice) else _week(read_hours(hours)[0])


def _windows(windows: Any) -> Titles:
    if not windows:
        return both("word_closed")
    return _same_text(" ".join(show_window(*each) for each in windows))


def _weekdays(days: list[str]) -> Titles:
    """Weekdays in words; three or more that follow each other as a range."""
    named = [both(f"word_{day}") for day in days]
    first, last = (WEEKDAYS.index(days[at]) for at in (0, -1))
    if len(days) > 2 and last - first == len(days) - 1:
        return both("range", first=named[0], last=named[-1])
    return listed(named)


def _week(week: Week) -> Titles:
    """A whole week in words: days of equal hours together."""
    alike: dict[Any, list[str]] = {}
    for day, windows in zip(WEEKDAYS, week.days, strict=True):
        alike.setdefault(windows, []).append(day)
    if len(alike) == 1:
        return _windows(week.days[0])
    told = []
    for windows, days in alike.items():
        named, hours = _weekdays(days), _windows(windows)
        told.append(Titles(f"{named.zh} {hours.zh}", f"{named.en} {hours.en}"))
    return Titles("；".join(each.zh for each in told), "; ".join(each.en for each in told))


def _days(place: Place, old: Any, new: Any) -> Iterator[Change]:
    """Holidays or working days: a list of dates by date, a name as a whole."""
    if not isinstance(old, tuple) or not isinstance(new, tuple):
        if old != new:
            yield place.changed(*(_named_days(each) for each in (old, new)))
        return
    for day in sorted({*old} ^ {*new}):
        inner = place.inside(f"[{day}]", "day", day=day)
        yield inner.added() if day in new else inner.removed()


def _named_days(days: Any) -> Titles:
    if not days:
        return both("none")
    if isinstance(days, tuple):
        return listed([_same_text(each) for each in days])
    return both("word_CN") if days == "CN" else _same_text(str(days))


def _parameters(pair: Pair) -> Iterator[Change]:
    again = {new: old for (level, old), new in pair.renamed.items() if level == PARAMETERS}
    for name, old, new in _named(pair.old.parameters, pair.new.parameters):
        before = pair.old.parameters[again[name]] if name in again else old
        if new is None and (PARAMETERS, name) in pair.renamed:
            continue
        parameter = new or before
        place = Place(
            path=step("parameters", name), subject=parameter.title, clauses=parameter.clauses
        )
        if before is None or new is None:
            told = pair.new_words(new.value) if before is None else pair.old_words(before.value)
            yield place.added(told) if before is None else place.removed(told)
            continue
        if before.name != new.name:
            yield place.renamed(before.name, new.name)
        yield from _titled(pair, place, before, new)
        yield from pair.value(place, before.value, new.value)
        yield from pair.citations(place, before.clauses, new.clauses)


def _titled(pair: Pair, place: Place, old: Any, new: Any) -> Iterator[Change]:
    """The title, unless it is only the name of a thing that was renamed."""
    bare = old.title.zh == old.name and new.title.zh == new.name
    if not bare:
        yield from pair.titles(place, old.title, new.title)


def _scales(pair: Pair) -> Iterator[Change]:
    for name, old, new in _named(pair.old.scales, pair.new.scales):
        scale = new or old
        place = Place(path=step("scales", name), subject=scale.title, clauses=scale.clauses)
        if old is None or new is None:
            told = pair.new_words(new.bands) if old is None else pair.old_words(old.bands)
            yield place.added(told) if old is None else place.removed(told)
            continue
        yield from pair.titles(place, old.title, new.title)
        yield from bands_of(pair, place, old.bands, new.bands)
        yield from pair.plain(place.part("domain"), old.domain, new.domain)
        yield from pair.citations(place, old.clauses, new.clauses)
        for field in ("input", "gives"):
            one, two = getattr(old, field), getattr(new, field)
            if (one, one.show) != (two, two.show):
                yield place.part(field).changed(pair.old_words(one), pair.new_words(two))


def _notes(pair: Pair) -> Iterator[Change]:
    for code, old, new in _named(pair.old.notes, pair.new.notes):
        place = Place(path=step("notes", code), subject=both("note", code=code))
        if old is None or new is None:
            yield place.added(new) if old is None else place.removed(old)
        elif old != new:
            yield place.changed(old, new)


def _transition(pair: Pair) -> Iterator[Change]:
    """Which moment decides between this version and the one before it."""
    old, new = pair.old.transition, pair.new.transition
    before, after = (each.moments if each else {} for each in (old, new))
    cited = tuple(dict.fromkeys((*(new.clauses if new else ()), *(old.clauses if old else ()))))
    for level, one, two in _named(before, after):
        program = pair.old if two is None else pair.new
        place = Place(
            path=step("transition", level),
            subject=both("moment", level=program.levels[level].title),
            clauses=cited,
            level=level,
        )
        if one is None or two is None:
            told = pair.new_words(two, level) if one is None else pair.old_words(one, level)
            yield place.added(told) if one is None else place.removed(told)
        else:
            yield from pair.value(place, one, two)
    if old is not None and new is not None:
        whole = Place(path="transition", subject=both("transition"))
        yield from pair.citations(whole, old.clauses, new.clauses)
