"""Deadlines, elapsed time and overruns as closures over the working-time calendars."""

import datetime as dt
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from sla_rules.diagnostics import Span
from sla_rules.engine.functions import divide
from sla_rules.language import program as ir
from sla_rules.language.check.calendars import build_calendar
from sla_rules.quantities import SECOND, Limit
from sla_rules.unknown import Unknown, because, hull
from sla_rules.worktime import NEVER, Calendar, merge_pauses, to_us

if TYPE_CHECKING:
    from sla_rules.engine.compile import Compiler

__all__ = ["Clocks", "compile_deadline", "compile_elapsed", "compile_overrun"]

Closure = Callable[[list[Any]], Any]
Pauses = tuple[tuple[int, int], ...]
PROVISIONAL_CALENDAR: Final = "calendar_provisional"
UNLIMITED: Final = 9000


class Clocks:
    """The calendars of a program under one choice of readings."""

    def __init__(self, program: ir.Program, choices: Mapping[str, str]) -> None:
        self.zone = ZoneInfo(program.timezone)
        self.calendars = {
            name: build_calendar(part, choices, program) for name, part in program.calendars.items()
        }
        self.sure_until = {name: _sure_until(calendar) for name, calendar in self.calendars.items()}


def _sure_until(calendar: Calendar) -> int | None:
    """The first instant after the sure part of a calendar's holiday data; None if all is sure."""
    coverage = calendar.coverage
    if coverage.sure.year >= UNLIMITED:
        return None
    return to_us(f"{coverage.sure + dt.timedelta(days=1)}T00:00:00", calendar.zone)


def _stops(compiler: "Compiler", node: ir.Aggregate | None) -> Closure | None:
    """The pauses of a record, merged; unknown when it is not certain which of them count."""
    if node is None:
        return None
    gather = compiler.gather(node)
    level = compiler.program.levels[node.level]
    names = level.interval
    start, end = (level.fact(name) for name in names)
    assert start is not None and end is not None
    first, last = start.index, end.index
    path = gather.path[0]

    def run(v: list[Any]) -> Any:
        records = v[path]
        if records.absent if isinstance(records, Unknown) else not records:
            return ()
        records, doubtful, missing = gather(v)
        if doubtful or missing:
            return because(*(doubt for _, doubt in doubtful), *missing)
        pairs = []
        for record in records:
            if isinstance(record[first], Unknown):
                return because(record[first])
            stop = record[last]
            pairs.append((record[first], NEVER if isinstance(stop, Unknown) else stop))
        return merge_pauses(pairs)

    return run


def _open_ends(compiler: "Compiler", node: ir.Aggregate | None) -> Closure:
    """The ends of the pauses that are still running: what a stopped clock waits for."""
    if node is None:
        return lambda v: []
    gather = compiler.gather(node)
    end = compiler.program.levels[node.level].fact(compiler.program.levels[node.level].interval[1])
    assert end is not None
    index = end.index
    return lambda v: [each[index] for each in gather(v)[0] if isinstance(each[index], Unknown)]


def _note_if_provisional(v: list[Any], clocks: Clocks, name: str, instant: int, span: Span) -> None:
    sure = clocks.sure_until[name]
    if sure is not None and instant >= sure:
        v[0].append((PROVISIONAL_CALENDAR, span))


def compile_deadline(compiler: "Compiler", node: ir.Deadline) -> Closure:
    """The instant at which a limit is used up."""
    start, within = compiler.node(node.start), compiler.node(node.within)
    calendar, stops = compiler.node(node.calendar), _stops(compiler, node.stops)
    open_ends = _open_ends(compiler, node.stops)
    clocks, calendars, sure_until = (
        compiler.clocks,
        compiler.clocks.calendars,
        compiler.clocks.sure_until,
    )
    rule, cutoff, receipt = _day_rule(compiler, node.day_rule)

    def one(v: list[Any], begin: int, limit: Any, name: str, pauses: Pauses) -> Any:
        clock = calendars[name]
        if limit.__class__ is int:
            due = clock.deadline_us(begin, limit, pauses)
        elif limit.workdays:
            due = clock.day_deadline_us(
                begin,
                limit.amount,
                rule,
                pauses,
                cutoff_us=cutoff,
                receipt=receipt,
            )
        else:
            due = clock.deadline_us(begin, limit.amount, pauses)
        if due >= NEVER:
            return _stopped(v, begin, pauses)
        if sure_until[name] is not None:
            _note_if_provisional(v, clocks, name, due, node.span)
        return due

    def _stopped(v: list[Any], begin: int, pauses: Pauses) -> Any:
        """The clock stands still from the start of the open pause until somebody ends it."""
        assert stops is not None
        last = max(begin, pauses[-1][0])
        return because(*open_ends(v), low=last)

    def run(v: list[Any]) -> Any:
        begin, limit, name = start(v), within(v), calendar(v)
        pauses = stops(v) if stops is not None else ()
        if (
            begin.__class__ is int
            and (limit.__class__ is int or limit.__class__ is Limit)
            and name.__class__ is str
            and pauses.__class__ is tuple
        ):
            return one(v, begin, limit, name, pauses)
        if isinstance(begin, Unknown) or isinstance(pauses, Unknown):
            return because(begin, limit, name, pauses)
        limits = limit.options if isinstance(limit, Unknown) else (limit,)
        names = name.options if isinstance(name, Unknown) else (name,)
        if limits is None or names is None:
            return because(limit, name)
        values = [one(v, begin, each, home, pauses) for each in limits for home in names]
        return hull(values, limit, name) if len(values) > 1 else values[0]

    return run


def _day_rule(compiler: "Compiler", part: ir.DayRule | None) -> tuple[str, int | None, str]:
    if part is None:
        return "end_of_nth_working_day", None, "as_is"
    cutoff = compiler.chosen(part.cutoff)
    time = None
    if cutoff:
        hours, _, minutes = cutoff.partition(":")
        time = (int(hours) * 60 + int(minutes)) * 60 * SECOND
    return compiler.chosen(part.rule), time, compiler.chosen(part.receipt) or "as_is"


def compile_elapsed(compiler: "Compiler", node: ir.Elapsed) -> Closure:
    """Working time between two instants."""
    start, end = compiler.node(node.start), compiler.node(node.end)
    calendar, stops = compiler.node(node.calendar), _stops(compiler, node.stops)
    calendars = compiler.clocks.calendars
    open_ends = _open_ends(compiler, node.stops)

    def run(v: list[Any]) -> Any:
        begin, stop, name = start(v), end(v), calendar(v)
        pauses = stops(v) if stops is not None else ()
        if isinstance(stop, Unknown) and begin.__class__ is int and isinstance(name, str):
            least = max(begin, stop.low) if stop.low is not None else begin
            low = 0
            if not isinstance(pauses, Unknown):
                low = calendars[name].elapsed_us(begin, least, pauses)
            return because(stop, pauses, low=low)
        if any(isinstance(each, Unknown) for each in (begin, name, pauses)):
            return because(begin, stop, name, pauses, low=0)
        least = calendars[name].elapsed_us(begin, stop, pauses)
        if pauses and pauses[-1][1] >= NEVER and pauses[-1][0] < stop:
            most = calendars[name].elapsed_us(begin, stop, pauses[:-1])
            return because(*open_ends(v), low=least, high=most)
        return least

    return run


def compile_overrun(compiler: "Compiler", node: ir.Overrun) -> Closure:
    """(done - deadline) on one calendar, as a share of the limit; negative when early."""
    deadline, done, per = (compiler.node(each) for each in (node.deadline, node.done, node.per))
    calendar, stops = compiler.node(node.calendar), _stops(compiler, node.stops)
    calendars = compiler.clocks.calendars

    open_ends = _open_ends(compiler, node.stops)

    def signed(due: int, at: int, name: str, pauses: Pauses) -> int:
        clock = calendars[name]
        if at >= due:
            return clock.elapsed_us(due, at, pauses)
        return -clock.elapsed_us(at, due, pauses)

    def run(v: list[Any]) -> Any:
        due, at, name, unit = deadline(v), done(v), calendar(v), per(v)
        pauses = stops(v) if stops is not None else ()
        if (
            due.__class__ is int
            and at.__class__ is int
            and name.__class__ is str
            and pauses.__class__ is tuple
            and not isinstance(unit, Unknown)
        ):
            over = signed(due, at, name, pauses)
            if pauses and pauses[-1][1] >= NEVER and pauses[-1][0] < at:
                most = signed(due, at, name, pauses[:-1])  # the pause may have ended at once
                return divide(because(*open_ends(v), low=over, high=most), unit)
            if unit.__class__ is int and unit and not over % unit:
                return over // unit
            return Fraction(over, unit) if unit.__class__ is int and unit else divide(over, unit)
        sure = not any(isinstance(each, Unknown) for each in (at, name, unit, pauses))
        if sure and isinstance(due, Unknown) and due.low is not None:
            return divide(because(due, high=signed(due.low, at, name, pauses)), unit)
        known = not any(isinstance(each, Unknown) for each in (due, name, unit, pauses))
        if isinstance(at, Unknown) and known:
            low = None if at.low is None else signed(due, at.low, name, pauses)
            high = None if at.high is None else signed(due, at.high, name, pauses)
            return divide(at.like(low, high), unit)
        return because(due, at, name, unit, pauses)

    return run
