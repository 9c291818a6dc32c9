"""How problems show inputs: in the contract's own terms, exact, with the unit."""

import datetime as dt
from fractions import Fraction
from typing import Any, Final

from sla_rules.language import program as ir
from sla_rules.language.types import Type, describe_unit
from sla_rules.quantities import Limit, format_duration, format_number
from sla_rules.worktime import from_us

__all__ = ["MISSING", "described", "shown", "titled"]

MISSING: Final = object()
"""What stands for a value that there is not."""
PLACES: Final = 12


def described(program: ir.Program, part: Any, value: Any) -> str:
    """``考核得分 (total) = 89.5 points``: a fact or decision and what it is.

    A fact without a title is shown by its name alone.
    """
    return f"{titled(part)} = {shown(program, part.type, value)}"


def titled(part: Any) -> str:
    """``考核得分 (total)``, or the name alone where that is the title."""
    title = part.title.zh
    return part.name if title in ("", part.name) else f"{title} ({part.name})"


def shown(program: ir.Program, kind: Type, value: Any) -> str:
    """A value of the evaluator as text: exact, with its unit; a member with its title."""
    if value is MISSING:
        return "missing"
    if kind.kind == "enum":
        return _member(program, kind, value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Limit):
        return str(value)
    if kind.kind == "limit":
        return format_duration(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if kind.kind == "month":
        return f"{value // 12:04d}-{value % 12 + 1:02d}"
    if kind.kind == "instant":
        return from_us(value, program.timezone).isoformat(sep=" ")
    if kind.kind != "number":
        return str(value)
    return _number(kind, value)


def _number(kind: Type, value: int | Fraction) -> str:
    if kind.show == "duration":
        return format_duration(value)
    if kind.show in ("percent", "ratio"):
        return f"{format_number(value * 100, PLACES)} %"
    unit = describe_unit(kind.unit)
    text = format_number(value, PLACES)
    if text.endswith("…"):
        text = str(value)
    return f"{text} {unit}" if unit else text


def _member(program: ir.Program, kind: Type, value: Any) -> str:
    for name in kind.name.split("|"):
        for member in program.enums.get(name, ()):
            if member.name == value:
                return titled(member)
    return str(value)
