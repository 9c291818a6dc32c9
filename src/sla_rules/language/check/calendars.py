"""Calendars can be built, under every reading that one of their parts depends on."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Any

from sla_rules.diagnostics import Diagnostic
from sla_rules.language import program as ir
from sla_rules.language.constants import constant_value
from sla_rules.language.types import CALENDAR, LIMIT
from sla_rules.language.variations import readings_behind, variations
from sla_rules.language.visit import inside
from sla_rules.language.walk import chosen, parts
from sla_rules.quantities import Limit
from sla_rules.worktime import Calendar, CalendarError
from sla_rules.worktime.errors import Code, error
from sla_rules.worktime.instants import DAY

__all__ = ["build_calendar", "check_calendars", "check_day_lengths"]

MOST_PROBLEMS = 50


def check_calendars(program: ir.Program) -> Iterator[Diagnostic]:
    """What the calendars refuse, at the declaration instead of at the first question."""
    for part in program.calendars.values():
        seen: set[Diagnostic] = set()
        for choices in variations(program, readings_behind(program, _of_calendar(part))):
            try:
                build_calendar(part, choices, program)
            except CalendarError as error:
                for problem in error.problems[:MOST_PROBLEMS]:
                    found = Diagnostic(
                        code="E536",
                        message=f"{part.name}: {problem.where}: {problem.message}",
                        where=part.span,
                        hint=problem.hint,
                    )
                    if found not in seen:
                        seen.add(found)
                        yield found


def check_day_lengths(program: ir.Program) -> Iterator[Diagnostic]:
    """Where working days are consumed, the calendar says how long one is.

    A calendar that a decision chooses is not followed here; the question itself then refuses.
    """
    nodes = parts(tuple(each.body for level in program.levels.values() for each in level.decisions))
    for node in nodes:
        if isinstance(node, ir.Deadline) and node.day_rule and _counts_days(program, node.within):
            yield from _lengths(program, node, node.day_rule)


def _lengths(program: ir.Program, node: ir.Deadline, workday: ir.DayRule) -> Iterator[Diagnostic]:
    told: set[str] = set()
    used = readings_behind(program, (workday.rule, node.calendar))
    for choices in variations(program, used):
        if chosen(workday.rule, choices) != "consume":
            continue
        for part in _calendars(program, node.calendar, choices):
            felt = readings_behind(program, _of_calendar(part))
            for each in variations(program, felt, choices):
                problem = _without_length(part, each, program)
                if problem is not None and part.name not in told:
                    told.add(part.name)
                    yield Diagnostic(
                        code="E536",
                        message=f"{part.name}: {problem.message}",
                        where=node.span,
                        also=(part.span,),
                        hint="declare day_length at the calendar, or choose another rule",
                    )


def _calendars(
    program: ir.Program, node: ir.Node, choices: Mapping[str, str]
) -> Iterator[ir.Calendar]:
    for _, each in inside(node, choices=choices, program=program):
        if isinstance(each, ir.Constant) and each.type == CALENDAR:
            yield program.calendars[str(each.value)]


def _counts_days(program: ir.Program, node: ir.Node) -> bool:
    """Whether a limit may be in working days."""
    return any(
        isinstance(each.value, Limit) and each.value.workdays
        if isinstance(each, ir.Constant)
        else isinstance(each, ir.SlotRef) and each.type == LIMIT
        for _, each in inside(node, program=program)
    )


def _without_length(
    part: ir.Calendar, choices: Mapping[str, str], program: ir.Program
) -> Diagnostic | None:
    try:
        calendar = build_calendar(part, choices, program)
    except CalendarError:
        return None  # told at the calendar
    try:
        assert calendar.day_length_us
    except CalendarError as wrong:
        return wrong.problems[0]
    return None


def _of_calendar(part: ir.Calendar) -> tuple[Any, ...]:
    """Every part of a calendar that a reading may choose."""
    return (part.hours, part.holidays, part.seasons, part.day_length)


def build_calendar(part: ir.Calendar, choices: Mapping[str, str], program: ir.Program) -> Calendar:
    """The working-time calendar of a declaration; what is checked here is what runs."""
    return Calendar(
        chosen(part.hours, choices),
        zone=part.zone,
        holidays=chosen(part.holidays, choices),
        working_days=part.working_days or None,
        seasons={span: chosen(hours, choices) for span, hours in chosen(part.seasons, choices)}
        or None,
        overrides={
            day: hours[0] if hours == ("closed",) else hours
            for day, hours in part.overrides.items()
        },
        make_up_like=part.make_up_like,
        beyond=part.beyond,
        name=part.name,
        day_length=_day_length(part, choices, program),
    )


def _day_length(
    part: ir.Calendar, choices: Mapping[str, str], program: ir.Program
) -> timedelta | None:
    """The declared length of a working day."""
    if part.day_length is None:
        return None
    value = constant_value(part.day_length, program, choices)
    if value is None or not 0 < value <= DAY or Fraction(value).denominator != 1:
        message = "a working day has a fixed length, more than nothing and at most 24 h"
        raise error(Code.DAY_LENGTH, "day_length", message, "write it like 8 h, or as a parameter")
    return timedelta(0, 0, int(value))
