"""Bands cover their domain: no gap, no overlap, under every reading of their edges."""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from sla_rules.diagnostics import Diagnostic
from sla_rules.language import program as ir
from sla_rules.language.constants import constant_value
from sla_rules.language.walk import parts
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


def check_bands(program: ir.Program) -> Iterator[Diagnostic]:
    """Gaps, overlaps and empty bands of every band set, each reported once."""
    seen: set[Any] = set()
    checked: set[tuple[int, int]] = set()  # a scale serves many decisions, and is checked once
    for level in program.levels.values():
        for decision in level.decisions:
            for part in parts(decision.body):
                if not isinstance(part, ir.BandSet) or (id(part.bands), id(part.domain)) in checked:
                    continue
                checked.add((id(part.bands), id(part.domain)))
                for choices in _choices(part, program):
                    for problem in _check_set(part, program, choices):
                        key = (problem.code, problem.where, problem.message)
                        if key not in seen:
                            seen.add(key)
                            yield problem


def _choices(part: ir.BandSet, program: ir.Program) -> Iterator[dict[str, str]]:
    """The default readings, and each single change of a reading that the bands depend on."""
    defaults = {name: reading.default for name, reading in program.readings.items()}
    yield defaults
    used = {each.reading for each in parts(part.bands) if isinstance(each, ir.Choice)}
    for each in parts(part.bands):
        if isinstance(each, ir.ParameterRef):
            value = program.parameters[each.name].value
            used |= {inner.reading for inner in parts(value) if isinstance(inner, ir.Choice)}
    for name in sorted(used):
        for option in program.readings[name].options:
            if option != defaults[name]:
                yield {**defaults, name: option}


def _selected(part: Any, choices: Mapping[str, str]) -> tuple[ir.Band, ...]:
    while isinstance(part, ir.Choice):
        part = part.options[choices[part.reading]]
    bands: tuple[ir.Band, ...] = part
    return bands


def _check_set(
    part: ir.BandSet, program: ir.Program, choices: Mapping[str, str]
) -> Iterator[Diagnostic]:
    stretches: list[Stretch] = []
    for band in _selected(part.bands, choices):
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
    yield from _sweep(part, stretches, start, end)


def _sweep(
    part: ir.BandSet, stretches: list[Stretch], start: Edge | None, end: Edge | None
) -> Iterator[Diagnostic]:
    """Walk the bands upwards; *reach* is how far the domain is covered so far."""
    reach, before = start, None
    first = True
    for stretch in stretches:
        if first:
            if _key(stretch.start, low=True) > _key(start, low=True):
                yield _gap(part, start, stretch.start, stretch.band)
        elif reach is None or _key(stretch.start, low=True) < _key(reach, low=True):
            assert before is not None
            yield Diagnostic(
                code="E554",
                message=f"{stretch.band.interval.text} overlaps {before.band.interval.text}",
                where=stretch.band.span,
                also=(before.band.span,),
                hint="a number must fall into one band only",
            )
        elif _key(stretch.start, low=True) > _key(reach, low=True):
            yield _gap(part, reach, stretch.start, stretch.band)
        if first or (reach is not None and _key(stretch.end, low=False) > _key(reach, low=False)):
            reach, before = stretch.end, stretch
        first = False
    if _key(reach, low=False) < _key(end, low=False):
        assert before is not None
        yield _gap(part, reach, end, before.band)


def _gap(part: ir.BandSet, low: Edge | None, high: Edge | None, band: ir.Band) -> Diagnostic:
    left = "(.." if low is None else f"{'(' if low.after else '['}{_show(low, part)}.."
    right = ")" if high is None else f"{_show(high, part)}{']' if high.after else ')'}"
    return Diagnostic(
        code="E553",
        message=f"no band holds {left}{right}",
        where=band.span,
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
