"""W736: years of the effective period for which a calendar has no holiday data."""

from collections.abc import Iterator

from sla_rules.language import program as ir
from sla_rules.language.walk import parts
from sla_rules.lint.found import Found, found
from sla_rules.worktime.holidays import china

__all__ = ["lint_years"]


def lint_years(program: ir.Program) -> Iterator[Found]:
    """Calendars with China's holidays, where the period is known to go beyond the data.

    A period without an end asks for no year in particular.
    """
    first, last = program.effective_from, program.effective_to
    for calendar in program.calendars.values():
        if "CN" not in {calendar.holidays, *_options(calendar)}:
            continue
        data = china().coverage
        early = range(first.year, data.first.year) if first else range(0)
        end = last or first
        begin = max(data.last.year + 1, first.year if first else 0)
        late = range(begin, end.year + 1) if end else range(0)
        for years, known in ((early, f"begin with {data.first.year}"),
                             (late, f"end with {data.last.year}")):  # fmt: skip
            if years:
                yield _beyond(calendar, years, known)


def _options(calendar: ir.Calendar) -> Iterator[str]:
    for part in parts(calendar.holidays):
        if isinstance(part, ir.Choice):
            yield from (each for each in part.options.values() if isinstance(each, str))


def _beyond(calendar: ir.Calendar, years: range, known: str) -> Found:
    span = str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}"
    needs = f"the ruleset is in force in {span}, and the holiday data of {calendar.name} {known}"
    if calendar.beyond == "assume_weekdays":
        message = f"{needs}: there every weekday is taken as a working day"
        hint = "results of these years are provisional; state holidays and working_days for them"
    else:
        message = f"{needs}: there every question is refused"
        hint = "state holidays and working_days, write beyond: assume_weekdays, or update the data"
    return found("W736", message, calendar.span, calendar, hint=hint)
