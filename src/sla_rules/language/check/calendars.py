"""Calendars can be built, under every reading of their hours and holidays."""

from collections.abc import Iterator, Mapping

from sla_rules.diagnostics import Diagnostic
from sla_rules.language import program as ir
from sla_rules.language.walk import chosen, parts
from sla_rules.worktime import Calendar, CalendarError

__all__ = ["build_calendar", "check_calendars"]

MOST_PROBLEMS = 50


def check_calendars(program: ir.Program) -> Iterator[Diagnostic]:
    """What the calendars refuse, at the declaration instead of at the first question."""
    defaults = {name: reading.default for name, reading in program.readings.items()}
    for part in program.calendars.values():
        seen: set[Diagnostic] = set()
        for choices in _variations(program, part, defaults):
            try:
                build_calendar(part, choices)
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


def _variations(
    program: ir.Program, part: ir.Calendar, defaults: dict[str, str]
) -> Iterator[dict[str, str]]:
    """The default readings, and each single change of a reading that the calendar uses."""
    yield defaults
    switches = (each for each in parts((part.hours, part.holidays)) if isinstance(each, ir.Choice))
    for name in sorted({each.reading for each in switches}):
        for option in program.readings[name].options:
            if option != defaults[name]:
                yield {**defaults, name: option}


def build_calendar(part: ir.Calendar, choices: Mapping[str, str]) -> Calendar:
    """The working-time calendar of a declaration; what is checked here is what runs."""
    return Calendar(
        chosen(part.hours, choices),
        zone=part.zone,
        holidays=chosen(part.holidays, choices),
        working_days=part.working_days or None,
        overrides={
            day: hours[0] if hours == ("closed",) else hours
            for day, hours in part.overrides.items()
        },
        make_up_like=part.make_up_like,
        beyond=part.beyond,
        name=part.name,
    )
