"""The functions of the language: what they take and give.  Their meaning is in the engine."""

from collections.abc import Callable
from typing import Final

import attrs

from sla_rules.language.types import (
    BOOL,
    CALENDAR,
    DATE,
    INSTANT,
    MONTH,
    NUMBER,
    Type,
    common,
)

__all__ = ["FUNCTIONS", "Function"]

Result = Type | str
INTEGER: Final = Type("number", show="integer")


@attrs.frozen
class Function:
    """A function: its result type for argument types, or a sentence saying what is wrong."""

    usage: str
    result: Callable[[tuple[Type, ...]], Result]
    needs_name: bool = False


def _extreme(types: tuple[Type, ...]) -> Result:
    if len(types) < 2:
        return "needs two values or more"
    kind: Type | None = types[0]
    for each in types[1:]:
        kind = kind and common(kind, each)
    if kind is None:
        return f"{' and '.join(dict.fromkeys(map(str, types)))} do not go together"
    return kind if kind.kind in ("number", "instant", "date", "month") else f"{kind} has no order"


def _one_number(types: tuple[Type, ...]) -> Result:
    return types[0] if [each.kind for each in types] == ["number"] else "takes one number"


def _fixed(wanted: tuple[tuple[Type, ...], ...], gives: Type, text: str) -> Callable[..., Result]:
    return lambda types: gives if types in wanted else text


def _given(types: tuple[Type, ...]) -> Result:
    return BOOL if len(types) == 1 else "takes one fact or decision"


def _listed(types: tuple[Type, ...]) -> Result:
    return BOOL if [each.kind for each in types] == ["enum"] else "takes one fact with a list"


def _lowered(types: tuple[Type, ...]) -> Result:
    fits = len(types) == 2 and types[0].kind == "enum" and types[1] == NUMBER
    if not fits or "|" in types[0].name:
        return "takes a member of an enumeration and a number of places"
    return types[0]


def _later(types: tuple[Type, ...]) -> Result:
    fits = len(types) == 2 and types[0] in (DATE, MONTH) and types[1] == NUMBER
    return types[0] if fits else "takes a date or month and a number of months"


_MOMENTS = ((MONTH,), (DATE,), (INSTANT,))

FUNCTIONS: Final[dict[str, Function]] = {
    "min": Function("min(a, b, …)", _extreme),
    "max": Function("max(a, b, …)", _extreme),
    "abs": Function("abs(x)", _one_number),
    "given": Function("given(fact)", _given, needs_name=True),
    "listed": Function("listed(fact)", _listed, needs_name=True),
    "month_of": Function("month_of(instant or date)", _fixed(_MOMENTS[1:], MONTH, "takes a time")),
    "last_day": Function("last_day(month)", _fixed(((MONTH,),), DATE, "takes a month")),
    "date_of": Function("date_of(instant)", _fixed(((INSTANT,),), DATE, "takes an instant")),
    "end_of_month": Function(
        "end_of_month(month), the instant at which it ends",
        _fixed(_MOMENTS[:1], INSTANT, "takes a month"),
    ),
    "days_in": Function("days_in(month)", _fixed(((MONTH,),), NUMBER, "takes a month")),
    "first_day": Function("first_day(month)", _fixed(((MONTH,),), DATE, "takes a month")),
    "add_days": Function(
        "add_days(date, days)", _fixed(((DATE, NUMBER),), DATE, "takes a date and a number")
    ),
    "add_months": Function("add_months(date or month, months)", _later),
    "days_between": Function(
        "days_between(first, last), the first not counted",
        _fixed(((DATE, DATE),), INTEGER, "takes two dates"),
    ),
    "month_number": Function(
        "month_number(month, date or instant), 1 to 12",
        _fixed(_MOMENTS, INTEGER, "takes a time"),
    ),
    "year_of": Function(
        "year_of(month, date or instant)", _fixed(_MOMENTS, INTEGER, "takes a time")
    ),
    "is_open": Function(
        "is_open(instant, calendar)",
        _fixed(((INSTANT, CALENDAR),), BOOL, "takes an instant and a calendar"),
    ),
    "add_workdays": Function(
        "add_workdays(date, days, calendar)",
        _fixed(((DATE, NUMBER, CALENDAR),), DATE, "takes a date, a number and a calendar"),
    ),
    "workdays_between": Function(
        "workdays_between(first, last, calendar), the first not counted",
        _fixed(((DATE, DATE, CALENDAR),), INTEGER, "takes two dates and a calendar"),
    ),
    "lowered": Function("lowered(grade, places)", _lowered),
    "months_between": Function(
        "months_between(first, last), both counted",
        _fixed(((MONTH, MONTH),), NUMBER, "takes two months"),
    ),
}
