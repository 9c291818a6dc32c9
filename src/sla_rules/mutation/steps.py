"""The changes by one step: what else a sentence of the contract might have said."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

import attrs

from sla_rules.language import program as ir
from sla_rules.language.bodies import COUNTS, RATE_WORDS
from sla_rules.language.ledgers import ASSIGN, CORRECTIONS, REMAINDER
from sla_rules.mutation.numbers import neighbours
from sla_rules.mutation.rebuild import DROPPED
from sla_rules.mutation.sites import Site
from sla_rules.quantities import MODES
from sla_rules.worktime import DAY_RULES

__all__ = ["Step", "steps"]


@attrs.frozen(eq=False)
class Step:
    """One change: *operator* names its kind, *new* stands for *old*."""

    operator: str
    old: Any
    new: Any


def steps(site: Site, program: ir.Program) -> Iterator[Step]:
    """Every change by one step of a part, in a fixed order."""
    part = site.part
    changes = [of(part) for kind, of in _OF.items() if isinstance(part, kind)]
    if isinstance(part, ir.Constant):
        changes.append(_constant(part, program))
    for operator, new in chain.from_iterable(changes):
        yield Step(operator, part, new)


Changes = Iterator[tuple[str, Any]]


def _constant(part: ir.Constant, program: ir.Program) -> Changes:
    for value in neighbours(part.value, part.type):
        yield "number", attrs.evolve(part, value=value)
    if part.type.kind == "calendar":
        for name in program.calendars:
            if name != part.value:
                yield "calendar", attrs.evolve(part, value=name)


_OPPOSITE: Final[Mapping[str, str]] = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==",
    "and": "or", "or": "and", "+": "-", "-": "+", "min": "max", "max": "min",
}  # fmt: skip


def _comparison(part: ir.Comparison) -> Changes:
    yield "comparison", attrs.evolve(part, op=_OPPOSITE[part.op])


def _logic(part: ir.Logic) -> Changes:
    yield "logic", attrs.evolve(part, op=_OPPOSITE[part.op])


def _negation(part: ir.Negation) -> Changes:
    yield "negation", part.operand


def _condition(part: ir.Condition) -> Changes:
    yield "branches", attrs.evolve(part, then=part.otherwise, otherwise=part.then)


def _membership(part: ir.Membership) -> Changes:
    for number in range(len(part.options)):
        if len(part.options) > 1:
            yield "member", attrs.evolve(part, options=_without(part.options, number))


def _arithmetic(part: ir.Arithmetic) -> Changes:
    minus = part.op == "-" and isinstance(part.left, ir.Constant) and part.left.value == 0
    if part.op in "+-" and not minus:
        yield "sign", attrs.evolve(part, op=_OPPOSITE[part.op])


def _call(part: ir.Call) -> Changes:
    if part.function in ("min", "max"):
        yield "extreme", attrs.evolve(part, function=_OPPOSITE[part.function])
    if part.function == "otherwise":
        yield "otherwise", part.arguments[0]


def _aggregate(part: ir.Aggregate) -> Changes:
    if part.where is not None:
        yield "where", attrs.evolve(part, where=None)
    if part.function in ("min", "max"):
        yield "extreme", attrs.evolve(part, function=_OPPOSITE[part.function])


def _table(part: ir.Table) -> Changes:
    rows = part.rows
    for number, row in enumerate(rows):
        if len(rows) > 1:
            yield "row", attrs.evolve(part, rows=_without(rows, number))
        if row.note:
            kept = attrs.evolve(row, note="")
            yield "note", attrs.evolve(part, rows=_with(rows, number, kept))
        following = rows[number + 1] if number + 1 < len(rows) else None
        if following is not None and not _alike(row.outputs, following.outputs):
            one = attrs.evolve(row, outputs=following.outputs)
            two = attrs.evolve(following, outputs=row.outputs)
            swapped = _with(_with(rows, number, one), number + 1, two)
            yield "swap", attrs.evolve(part, rows=swapped)


def _test(part: ir.Test) -> Changes:
    if part.interval is not None:
        for operator, interval in _ends(part.interval):
            yield operator, attrs.evolve(part, interval=interval)


def _ends(interval: ir.Interval) -> Changes:
    if interval.low is not None:
        yield "edge", attrs.evolve(interval, low_closed=not interval.low_closed)
    if interval.high is not None:
        yield "edge", attrs.evolve(interval, high_closed=not interval.high_closed)


def _bands(part: Any) -> Changes:
    """Neighbours of one set exchange what they give; an edge moves on both of its sides."""
    bands: Any = part.bands
    if isinstance(part, ir.BandSet) and part.scale:
        return
    for build, several in _tuples(bands):
        for number, band in enumerate(several):
            if band.note:
                kept = attrs.evolve(band, note="")
                yield "note", attrs.evolve(part, bands=build(_with(several, number, kept)))
            following = several[number + 1] if number + 1 < len(several) else None
            if following is None:
                continue
            if not _alike((band.output,), (following.output,)):
                one = attrs.evolve(band, output=following.output)
                two = attrs.evolve(following, output=band.output)
                swapped = _with(_with(several, number, one), number + 1, two)
                yield "swap", attrs.evolve(part, bands=build(swapped))
            for operator, one, two in _shared_edge(band, following):
                moved = _with(_with(several, number, one), number + 1, two)
                yield operator, attrs.evolve(part, bands=build(moved))


def _tuples(bands: Any) -> Iterator[tuple[Callable[[Any], Any], tuple[ir.Band, ...]]]:
    """Each tuple of bands in a switch, with the way to put another one in its place."""
    if not isinstance(bands, ir.Choice):
        yield lambda new: new, bands
        return
    done: set[int] = set()
    for option in bands.options.values():
        if id(option) in done:
            continue
        done.add(id(option))

        def replace(new: Any, old: Any = option) -> Any:
            options = {k: new if each is old else each for k, each in bands.options.items()}
            return attrs.evolve(bands, options=options)

        for build, several in _tuples(option):
            yield lambda new, build=build, put=replace: put(build(new)), several  # type: ignore[misc]


def _shared_edge(one: ir.Band, two: ir.Band) -> Iterator[tuple[str, ir.Band, ir.Band]]:
    """The edge between two bands in either order: moved by a step, or given to the other side."""
    for lower, upper in ((one, two), (two, one)):
        high, low = lower.interval.high, upper.interval.low
        if not _same_number(high, low) or lower.interval.high_closed == upper.interval.low_closed:
            continue
        for below, above in _moved(lower.interval, upper.interval):
            pair = attrs.evolve(lower, interval=below), attrs.evolve(upper, interval=above)
            yield "edge", *(pair if lower is one else pair[::-1])
        return


def _moved(lower: ir.Interval, upper: ir.Interval) -> Iterator[tuple[ir.Interval, ir.Interval]]:
    yield (
        attrs.evolve(lower, high_closed=not lower.high_closed),
        attrs.evolve(upper, low_closed=not upper.low_closed),
    )
    if isinstance(lower.high, ir.Constant):
        for value in neighbours(lower.high.value, lower.high.type):
            edge = attrs.evolve(lower.high, value=value)
            yield attrs.evolve(lower, high=edge), attrs.evolve(upper, low=edge)


def _same_number(one: Any, two: Any) -> bool:
    if isinstance(one, ir.Constant) and isinstance(two, ir.Constant):
        return bool(one.value == two.value)
    return (
        isinstance(one, ir.ParameterRef)
        and isinstance(two, ir.ParameterRef)
        and one.name == two.name
    )


def _rates(part: ir.Rates) -> Changes:
    for how in _other(part.how, RATE_WORDS):
        yield "rates", attrs.evolve(part, how=how)


def _units(part: ir.Units) -> Changes:
    for count in _other(part.count, COUNTS):
        yield "counting", attrs.evolve(part, count=count)
    if part.free is not None:
        yield "free", attrs.evolve(part, free=None)


def _clock(part: Any) -> Changes:
    if part.stops is not None:
        yield "suspension", attrs.evolve(part, stops=None)
    rule = part.day_rule if isinstance(part, ir.Deadline) else None
    if rule is not None:
        for other in _other(rule.rule, DAY_RULES):
            yield "day rule", attrs.evolve(part, day_rule=attrs.evolve(rule, rule=other))


def _scorecard(part: ir.Scorecard) -> Changes:
    for number, section in enumerate(part.sections):
        if len(part.sections) > 1:
            yield "section", attrs.evolve(part, sections=_without(part.sections, number))
        for name in ("weight", "applies"):
            if getattr(section, name) is not None:
                kept = _evolved(section, name, None)
                yield name, attrs.evolve(part, sections=_with(part.sections, number, kept))
    if part.rescale is not None:
        yield "rescale", attrs.evolve(part, rescale=None)


def _decision(part: ir.Decision) -> Changes:
    for name in ("cap", "floor", "applies"):
        if getattr(part, name) is not None and not _no_limit(getattr(part, name)):
            yield name, _evolved(part, name, None)
    if part.rounding is not None:
        yield "rounding", attrs.evolve(part, rounding=None)
    for number in range(len(part.notes)):
        yield "note", attrs.evolve(part, notes=_without(part.notes, number))


def _no_limit(part: Any) -> bool:
    return isinstance(part, ir.Constant) and part.value in (None, True)


def _rounding(part: ir.RoundingRule) -> Changes:
    if part.quantum is not None:
        other = "down" if part.mode != "down" else MODES[0]
        yield "rounding", attrs.evolve(part, mode=other)


def _requirement(part: ir.Requirement) -> Changes:
    yield "requirement", DROPPED


def _ledger(part: ir.Ledger) -> Changes:
    for name in ("cap", "total_cap", "rounding"):
        if getattr(part, name) is not None and not _no_limit(getattr(part, name)):
            yield name.replace("_", " "), _evolved(part, name, None)
    for name, words in (
        ("assign", ASSIGN),
        ("remainder", REMAINDER),
        ("corrections", CORRECTIONS if part.paid else ()),
    ):
        for other in _other(getattr(part, name), words):
            yield "ledger", _evolved(part, name, other)
    for number in range(len(part.sources)):
        yield "source", attrs.evolve(part, sources=_without(part.sources, number))


def _dated(part: ir.Dated) -> Changes:
    for number, (date, value) in enumerate(part.cases[1:], 1):
        later = (date + dt.timedelta(days=1), value)
        yield "date", attrs.evolve(part, cases=_with(part.cases, number, later))


def _other(value: Any, words: Sequence[str]) -> Iterator[Any]:
    """The other words in place of one; of a switch, in place of each option."""
    if not isinstance(value, ir.Choice):
        yield from (word for word in words if word != value and isinstance(value, str))
        return
    for name, option in value.options.items():
        for other in _other(option, words):
            yield attrs.evolve(value, options={**value.options, name: other})


def _alike(one: tuple[Any, ...], two: tuple[Any, ...]) -> bool:
    """Whether two rows plainly give the same."""
    return all(
        left is right
        or (
            isinstance(left, ir.Constant)
            and isinstance(right, ir.Constant)
            and left.value == right.value
        )
        for left, right in zip(one, two, strict=True)
    )


def _evolved(part: Any, name: str, value: Any) -> Any:
    return attrs.evolve(part, **{name: value})


def _with(several: tuple[Any, ...], number: int, new: Any) -> tuple[Any, ...]:
    return (*several[:number], new, *several[number + 1 :])


def _without(several: tuple[Any, ...], number: int) -> tuple[Any, ...]:
    return (*several[:number], *several[number + 1 :])


_OF: Final[Mapping[Any, Callable[[Any], Changes]]] = {
    ir.Comparison: _comparison,
    ir.Logic: _logic,
    ir.Negation: _negation,
    ir.Condition: _condition,
    ir.Membership: _membership,
    ir.Arithmetic: _arithmetic,
    ir.Call: _call,
    ir.Aggregate: _aggregate,
    ir.Table: _table,
    ir.Test: _test,
    (ir.BandSet, ir.Scale): _bands,
    ir.Rates: _rates,
    ir.Units: _units,
    (ir.Deadline, ir.Elapsed, ir.Overrun): _clock,
    ir.Scorecard: _scorecard,
    ir.Decision: _decision,
    ir.RoundingRule: _rounding,
    ir.Requirement: _requirement,
    ir.Ledger: _ledger,
    ir.Dated: _dated,
}
