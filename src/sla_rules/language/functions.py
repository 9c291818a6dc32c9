"""The functions of the language: what they take and give.  Their meaning is in the engine."""

from collections.abc import Callable
from typing import Final

import attrs

from sla_rules.language.types import BOOL, DATE, INSTANT, MONTH, NUMBER, Type, common

__all__ = ["FUNCTIONS", "Function"]

Result = Type | str


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
    "months_between": Function(
        "months_between(first, last), both counted",
        _fixed(((MONTH, MONTH),), NUMBER, "takes two months"),
    ),
}
