"""Values that hold from a date on, chosen by the moment that governs a record."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sla_rules.diagnostics import Diagnostic, RulesetError, Span
from sla_rules.engine.functions import date_of, first_day
from sla_rules.language import program as ir
from sla_rules.language.walk import parts
from sla_rules.unknown import NOT_APPLICABLE, Unknown, because, hull

if TYPE_CHECKING:
    from sla_rules.engine.compile import Compiler

__all__ = ["compile_dated", "compile_dated_parameter", "day_of", "timeline_of"]

Closure = Callable[[list[Any]], Any]


def compile_dated(compiler: "Compiler", node: ir.Dated) -> Closure:
    """The value that holds at the moment of a record; in a parameter, at the compiler's date."""
    since = [date for date, _ in node.cases]
    if node.moment is None:
        assert compiler.today is not None
        index = bisect_right(since, compiler.today) - 1
        if index < 0:
            raise _too_early(compiler.today, since[0], node.span)
        return compiler.node(node.cases[index][1])
    runs = [compiler.node(value) for _, value in node.cases]
    return _by_date(compiler, node.moment, since, runs, node.span)


def compile_dated_parameter(compiler: "Compiler", node: ir.ParameterRef) -> Closure:
    """A parameter as of the moment of a record; inside another parameter, at the same date."""
    if node.moment is None:
        value = compiler.parameter(node.name)
        return lambda _: value
    return _by_date(compiler, node.moment, *compiler.timeline(node.name), node.span)


def timeline_of(compiler: "Compiler", name: str) -> tuple[list[dt.date], list[Closure]]:
    """The dates on which a parameter changes, and its value from each on.

    A value is reckoned when it is first asked for: most records lie within few of the dates.
    """
    since = sorted(_breaks(compiler, compiler.program.parameters[name].value))
    return since, [_at(compiler, name, date) for date in since]


def _at(compiler: "Compiler", name: str, date: dt.date) -> Closure:
    return lambda _: compiler.at(date).parameter(name)


def _breaks(compiler: "Compiler", value: Any) -> set[dt.date]:
    """The dates on which a value changes, itself or by what it rests on.

    On some of them nothing may hold yet: that is told when a record asks for one.
    """
    found: set[dt.date] = set()
    for each in parts(value, compiler.choices):
        if isinstance(each, ir.Dated):
            found.update(date for date, _ in each.cases)
        elif isinstance(each, ir.ParameterRef) and each.dated:
            found.update(compiler.timeline(each.name)[0])
    return found


def day_of(compiler: "Compiler", moment: Any) -> Closure:
    """The local date of a moment: of a month its first day."""
    run, kind = compiler.node(moment), moment.type.kind
    zone = compiler.clocks.zone

    def local(value: Any) -> Any:
        if kind == "instant":
            return date_of(value, zone)
        return first_day(value) if kind == "month" else value

    def date(v: list[Any]) -> Any:
        value = run(v)
        if not isinstance(value, Unknown):
            return local(value)
        if value is NOT_APPLICABLE or kind != "instant":
            return value
        low, high = (None if end is None else local(end) for end in (value.low, value.high))
        return value.like(low, high)

    return date


def _by_date(
    compiler: "Compiler", moment: Any, since: list[dt.date], runs: list[Closure], span: Span
) -> Closure:
    date = day_of(compiler, moment)

    def run(v: list[Any]) -> Any:
        day = date(v)
        if isinstance(day, Unknown):
            return _any_of(_possible(day), day, v)
        index = bisect_right(since, day) - 1
        if index < 0:
            raise _too_early(day, since[0], span)
        return runs[index](v)

    def _possible(day: Unknown) -> list[Closure]:
        """The values that may hold within the bounds of a day."""
        first = 0 if day.low is None else max(0, bisect_right(since, day.low) - 1)
        last = len(runs) if day.high is None else max(1, bisect_right(since, day.high))
        return runs[first:last]

    def _any_of(possible: list[Closure], day: Unknown, v: list[Any]) -> Any:
        if len(possible) == 1 and day.low is not None and day.low >= since[0]:
            return possible[0](v)  # whichever day it is
        tried = [_tried(each, v) for each in possible]
        _keep_certain(v, [notes for _, notes in tried])
        values = [value for value, _ in tried]
        return hull(values, day) if len(values) > 1 else because(day, *values)

    return run


def _tried(run: Closure, v: list[Any]) -> tuple[Any, list[Any]]:
    """A value that may hold, and the notes of it; one that is refused may also not hold."""
    start = len(v[0])
    try:
        value = run(v)
    except RulesetError:
        value = Unknown(())
    notes = v[0][start:]
    del v[0][start:]
    return value, notes


def _keep_certain(v: list[Any], several: list[list[Any]]) -> None:
    """Leave on the record the notes that each of several values leaves."""
    codes = [{code for code, _ in notes} for notes in several]
    v[0] += [note for note in several[0] if all(note[0] in each for each in codes)]


def _too_early(day: dt.date, first: dt.date, span: Span) -> RulesetError:
    message = f"no value holds on {day}: the first holds from {first} on"
    hint = "add the value of that time under by: date"
    return RulesetError([Diagnostic(code="E605", message=message, where=span, hint=hint)])
