"""Bands cover their domain: no gap, no overlap, under every reading of their edges."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from sla_rules.diagnostics import Diagnostic
from sla_rules.language import program as ir
from sla_rules.language.constants import constant_value
from sla_rules.language.examples import describe, example_of
from sla_rules.language.ranges import Cases, Domain, interval
from sla_rules.language.variations import readings_behind, variations
from sla_rules.language.walk import chosen, parts
from sla_rules.quantities import Number, format_duration, format_number

__all__ = ["check_bands"]


@attrs.frozen
class Edge:
    """One end of a band, comparable: *after* says that the end lies just above its number."""

    number: Number | None
    after: bool


@attrs.frozen
class Stretch:
    """A band from *start* to *end*; an end None is unbounded."""

    start: Edge | None
    end: Edge | None
    band: ir.Band


@attrs.frozen
class Flaw:
    """What no band holds, or two bands hold: *other* is the second one."""

    low: Edge | None
    high: Edge | None
    band: ir.Band
    other: ir.Band | None = None


@attrs.frozen
class Use:
    """A band set where a decision of a level uses it; *whole* if its number may be any."""

    level: ir.Level
    part: ir.BandSet
    whole: bool


def check_bands(program: ir.Program) -> Iterator[Diagnostic]:
    """Gaps, overlaps and empty bands of every band set, each reported once.

    Numbers that do not occur make neither: an integer leaves no gap between 89 and 90, and a
    score of at most 100 none above it.
    """
    seen: set[Any] = set()
    cases = Cases(program)
    for uses in _band_sets(program):
        part = uses[0].part
        readings = readings_behind(program, (part.bands, part.domain))
        for choices in variations(program, readings):
            for problem in _check_set(uses, program, choices, cases):
                key = (problem.code, problem.where, problem.message)
                if key not in seen:
                    seen.add(key)
                    yield problem


def _band_sets(program: ir.Program) -> Iterable[list[Use]]:
    """Each set of bands with everything that uses it: a scale serves many decisions."""
    found: dict[tuple[int, int], list[Use]] = {}
    for level in program.levels.values():
        for decision in level.decisions:
            graduated = {
                id(part.bands) for part in parts(decision.body) if isinstance(part, ir.Rates)
            }
            for part in parts(decision.body):
                if isinstance(part, ir.BandSet):
                    use = Use(level, part, id(part) in graduated)
                    found.setdefault((id(part.bands), id(part.domain)), []).append(use)
    return found.values()


def _check_set(
    uses: list[Use], program: ir.Program, choices: Mapping[str, str], cases: Cases
) -> Iterator[Diagnostic]:
    part = uses[0].part
    stretches: list[Stretch] = []
    for band in chosen(part.bands, choices):
        stretch = _stretch(band.interval, band, program, choices)
        if stretch is None:
            message = f"the ends of {band.interval.text} are not constant"
            hint = "write literals, parameters and + - * / of them"
            yield Diagnostic(code="E551", message=message, where=band.span, hint=hint)
            return
        if _empty(stretch):
            message = f"the band {band.interval.text} holds nothing"
            hint = "delete it, or write its smaller end first"
            yield Diagnostic(code="E552", message=message, where=band.span, hint=hint)
            return
        stretches.append(stretch)
    stretches.sort(key=lambda each: _key(each.start, low=True))
    start, end = _domain(part, program, choices)
    for flaw in _sweep(stretches, start, end):
        yield from _told(flaw, uses, program, cases)


def _sweep(stretches: list[Stretch], start: Edge | None, end: Edge | None) -> Iterator[Flaw]:
    """Walk the bands upwards; *reach* is how far the domain is covered so far."""
    reach, before = start, None
    for stretch in stretches:
        if before is None:
            if _key(stretch.start, low=True) > _key(start, low=True):
                yield Flaw(start, stretch.start, stretch.band)
        elif reach is None or _key(stretch.start, low=True) < _key(reach, low=True):
            ends = (reach, stretch.end)
            until = min(ends, key=lambda each: _key(each, low=False))
            yield Flaw(stretch.start, until, stretch.band, before.band)
        elif _key(stretch.start, low=True) > _key(reach, low=True):
            yield Flaw(reach, stretch.start, stretch.band)
        if before is None or (
            reach is not None and _key(stretch.end, low=False) > _key(reach, low=False)
        ):
            reach, before = stretch.end, stretch
    if before is not None and _key(reach, low=False) < _key(end, low=False):
        yield Flaw(reach, end, before.band)


def _told(flaw: Flaw, uses: list[Use], program: ir.Program, cases: Cases) -> Iterator[Diagnostic]:
    """The flaw as a problem, if a number that can occur lies in it; with the smallest one."""
    region = _region(flaw)
    for use in uses:
        for case in cases.of(use.level.name, use.part.on):
            on = interval(None, None) if use.whole else case.ranges.of(use.level.name, use.part.on)
            affected = on.meet(region)
            if affected.is_empty:
                continue
            number = example_of(use.part.on.type, affected)
            text = describe(program, use.level, use.part.on, number, "the number")
            yield _problem(flaw, use.part, text)
            return


def _region(flaw: Flaw) -> Domain:
    low, high = flaw.low, flaw.high
    return interval(
        None if low is None else low.number,
        None if high is None else high.number,
        low is not None and not low.after,
        high is not None and high.after,
    )


def _problem(flaw: Flaw, part: ir.BandSet, example: str) -> Diagnostic:
    if flaw.other is not None:
        return Diagnostic(
            code="E554",
            message=f"{flaw.band.interval.text} overlaps {flaw.other.interval.text}",
            where=flaw.band.span,
            also=(flaw.other.span,),
            example=(example,),
            hint="a number must fall into one band only",
        )
    low, high = flaw.low, flaw.high
    left = "(.." if low is None else f"{'(' if low.after else '['}{_show(low, part)}.."
    right = ")" if high is None else f"{_show(high, part)}{']' if high.after else ')'}"
    return Diagnostic(
        code="E553",
        message=f"no band holds {left}{right}",
        where=flaw.band.span,
        example=(example,),
        hint="let one of its neighbours hold it, or declare a domain: that leaves it out",
    )


def _show(edge: Edge, part: ir.BandSet) -> str:
    assert edge.number is not None
    if part.on.type.show in ("ratio", "percent"):
        return f"{format_number(edge.number * 100)}%"
    if part.on.type.show == "duration":
        return format_duration(edge.number)
    return format_number(edge.number)


def _key(edge: Edge | None, *, low: bool) -> tuple[int, Number, bool]:
    if edge is None:
        return (-1 if low else 1, 0, False)
    assert edge.number is not None
    return (0, edge.number, edge.after)


def _empty(stretch: Stretch) -> bool:
    if stretch.start is None or stretch.end is None:
        return False
    return _key(stretch.start, low=True) >= _key(stretch.end, low=False)


def _stretch(
    interval: ir.Interval, band: Any, program: ir.Program, choices: Mapping[str, str]
) -> Stretch | None:
    ends: list[Edge | None] = []
    low, high = (interval.low, not interval.low_closed), (interval.high, interval.high_closed)
    for node, after in (low, high):
        if node is None:
            ends.append(None)
            continue
        value = constant_value(node, program, choices)
        if value is None:
            return None
        ends.append(Edge(value, after))
    return Stretch(ends[0], ends[1], band)


def _domain(
    part: ir.BandSet, program: ir.Program, choices: Mapping[str, str]
) -> tuple[Edge | None, Edge | None]:
    if part.domain is None:
        return None, None
    stretch = _stretch(part.domain, None, program, choices)
    return (None, None) if stretch is None else (stretch.start, stretch.end)
