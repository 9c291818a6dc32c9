"""Single values, read strictly: no coercion, no floats, no naive instants.

A reader takes what a host supplied and gives the exact public value, or raises
:class:`FactProblem` with a stable code.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from sla_rules.diagnostics import nearest
from sla_rules.language import program as ir
from sla_rules.language.types import Type
from sla_rules.quantities import MAX_DIGITS, Number, format_number, parse_number
from sla_rules.worktime import CalendarError, from_us, quick_instant, to_us
from sla_rules.worktime.durations import working_time

__all__ = ["FactProblem", "Reader", "from_public", "to_public", "value_reader"]

Reader = Callable[[Any], Any]
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])\Z", re.ASCII)


class FactProblem(ValueError):
    """One value is refused: a code, a message, a hint."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


LONGEST: Final = 60


def called(value: Any) -> str:
    """What kind of thing a value is, in words: text, a list, a mapping."""
    if isinstance(value, str):
        return f"the text {_shown(value)}"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    return _shown(value) if value is None or isinstance(value, int) else type(value).__name__


def _shown(value: Any) -> str:
    """A value as it is quoted in a message: short, whatever a host supplied."""
    if isinstance(value, str):
        return repr(value if len(value) <= LONGEST else value[: LONGEST - 1] + "…")
    if value is None or isinstance(value, bool | float):
        return repr(value)
    if isinstance(value, int | Decimal | Fraction):
        return _digits(value)
    return f"a value of type {type(value).__name__}"


def _digits(value: int | Decimal | Fraction) -> str:
    """A number as text; of a huge one its kind, for its digits alone may take minutes."""
    small = isinstance(value, Decimal) or max(map(abs, value.as_integer_ratio())) < 10**LONGEST
    text = str(value) if small else ""
    return text if 0 < len(text) <= LONGEST else f"a number of more than {MAX_DIGITS} digits"


def read_text(value: Any) -> str:
    """Text that is not blank."""
    if not isinstance(value, str):
        raise FactProblem("F101", f"expected text, got {_shown(value)}")
    if not value.strip():
        raise FactProblem("F102", "blank text", "leave the key out when it is not known")
    if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
        hint = "half of a character: the source was cut or decoded wrongly"
        raise FactProblem("F101", "the text cannot be written as UTF-8", hint)
    return value


def _identifier(value: Any) -> str:
    """Text, or a whole number written as an identifier."""
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) >= 10**MAX_DIGITS:
            raise FactProblem("F107", f"a number of more than {MAX_DIGITS} digits")
        return str(value)
    return read_text(value)


def read_truth(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        hint = "write true or false, without quotes"
        raise FactProblem("F103", f"expected true or false, got {_shown(value)}", hint)
    return value


def read_number(value: Any) -> Number:
    """An exact number: int, Decimal, Fraction, or plain decimal text; never a float.

    >>> read_number("98.5")
    Fraction(197, 2)
    """
    if isinstance(value, bool):
        raise FactProblem("F104", f"expected a number, got {_shown(value)}")
    if isinstance(value, float):
        raise FactProblem(
            "F105", f"{value!r} is a float, which is not exact", f'write "{value}" or a Decimal'
        )
    if isinstance(value, str):
        number = parse_number(value.strip())
        if number is None:
            hint = "digits and one point, without separators, exponents and units"
            raise FactProblem("F104", f"{_shown(value)} is no number", hint)
        return number
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise FactProblem("F106", f"{value} is no number")
        if abs(value.adjusted()) > MAX_DIGITS or len(value.as_tuple().digits) > MAX_DIGITS:
            raise FactProblem("F107", f"a number of more than {MAX_DIGITS} digits")
        value = Fraction(value)
    if isinstance(value, int | Fraction):
        if value.numerator.bit_length() > 110 or value.denominator.bit_length() > 110:
            raise FactProblem("F107", f"a number of more than {MAX_DIGITS} digits")
        return value.numerator if value.denominator == 1 else value
    raise FactProblem("F104", f"expected a number, got {_shown(value)}")


def _percent(value: Any) -> Number:
    if isinstance(value, str) and value.strip().endswith(("%", "％")):
        value = value.strip()[:-1].strip()
    return read_number(value)


def _money(value: Any) -> Number:
    number = read_number(value)
    if number.denominator not in (1, 2, 4, 5, 10, 20, 25, 50, 100):
        message = f"{format_number(number)} has more than two decimal places"
        raise FactProblem("F108", message, "no sum of money has less than 0.01")
    return number


def _duration(value: Any) -> int:
    """A duration as microseconds: a timedelta, or text such as ``1 h 30 min``; no bare number."""
    if not isinstance(value, str | dt.timedelta):
        hint = 'write it like "1 h 30 min", or pass a timedelta'
        raise FactProblem("F104", f"expected a duration, got {_shown(value)}", hint)
    try:
        return working_time(value, "duration")
    except CalendarError as error:
        problem = error.problems[0]
        raise FactProblem("F104", problem.message, problem.hint) from None


def _integer(value: Any) -> int:
    number = read_number(value)
    if not isinstance(number, int):
        raise FactProblem(
            "F109", f"{format_number(number)} is not a whole number", "count it again"
        )
    return number


def read_date(value: Any) -> dt.date:
    """A date: datetime.date, or text like 2024-06-30; no instant."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if isinstance(value, str) and _DATE.match(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    raise FactProblem("F110", f"{_shown(value)} is no date", "write it like 2024-06-30")


def read_month(value: Any) -> str:
    """A month: text like 2024-03."""
    if isinstance(value, str) and _MONTH.match(value) and "0001" <= value[:4] <= "9998":
        return value
    raise FactProblem("F111", f"{_shown(value)} is no month", 'write it like "2024-03"')


def _instant(zone: str, naive_zone: str | None) -> Reader:
    def read(value: Any) -> Any:
        try:
            if isinstance(value, str) and (moment := quick_instant(value)) is not None:
                return moment
            us = to_us(value, naive_zone)
            return value if isinstance(value, dt.datetime) and value.tzinfo else from_us(us, zone)
        except CalendarError as error:
            problem = error.problems[0]
            code = {"T020": "F112", "T022": "F113"}.get(problem.code, "F114")
            raise FactProblem(code, problem.message, problem.hint) from None

    return read


def normal(text: str) -> str:
    """Spelling without case, width, blanks, hyphens and underscores, for matching names."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(ch for ch in folded if ch not in " -_\t")


def _member(members: tuple[ir.Member, ...], *, unlisted: bool) -> Reader:
    known: dict[str, str] = {}
    for member in members:
        for spelling in (member.name, member.title.zh, member.title.en, *member.aliases):
            known.setdefault(normal(spelling), member.name)
    exact = {member.name: member.name for member in members}  # most hosts write the name itself

    def read(value: Any) -> str:
        text = _identifier(value)
        name = exact.get(text) or known.get(normal(text))
        if name is not None:
            return name
        if unlisted:
            return text
        hint = nearest(text, [member.name for member in members])
        raise FactProblem("F115", f"{_shown(value)} is none of the known values", hint)

    return read


def value_reader(
    kind: Type, program: ir.Program, naive_zone: str | None, *, unlisted: bool = False
) -> Reader:
    """The reader for a declared type; *naive_zone* is the zone of instants written without."""
    if kind.kind == "number":
        by_show: dict[str, Reader] = {
            "percent": _percent,
            "integer": _integer,
            "money": _money,
            "duration": _duration,
        }
        return by_show.get(kind.show, read_number)
    if kind.kind == "enum":
        return _member(program.enums[kind.name], unlisted=unlisted)
    readers: dict[str, Reader] = {
        "text": _identifier,
        "bool": read_truth,
        "date": read_date,
        "month": read_month,
        "instant": _instant(program.timezone, naive_zone),
    }
    if kind.kind not in readers:
        raise TypeError(f"a fact cannot be {kind}")
    return readers[kind.kind]


def in_steps(read: Reader, step: ir.Constant | None, kind: Type) -> Reader:
    """A reader that refuses values between two steps of the declared resolution."""
    if step is None:
        return read
    unit = Fraction(to_public(kind, step.value))

    def stepped(value: Any) -> Any:
        result = read(value)
        number = from_public(kind, result) if kind.show == "duration" else result
        if Fraction(number) % unit:
            message = f"{_plain(result)} is no multiple of {_plain(to_public(kind, step.value))}"
            raise FactProblem("F126", message, "state it in the resolution of the contract")
        return result

    return stepped


def in_range(read: Reader, low: ir.Constant | None, high: ir.Constant | None, kind: Type) -> Reader:
    """A reader that refuses values beyond the declared ends, both allowed themselves."""
    if low is None and high is None:
        return read
    least = None if low is None else to_public(kind, low.value)
    most = None if high is None else to_public(kind, high.value)

    ends = [] if least is None else [f"from {_plain(least)}"]
    allowed = " ".join(["allowed:", *ends, *([] if most is None else [f"to {_plain(most)}"])])

    def ranged(value: Any) -> Any:
        result = read(value)
        if least is not None and result < least:
            message = f"{_plain(result)} is below the minimum {_plain(least)}"
            raise FactProblem("F116", message, allowed)
        if most is not None and result > most:
            message = f"{_plain(result)} is above the maximum {_plain(most)}"
            raise FactProblem("F117", message, allowed)
        return result

    return ranged


def _plain(value: Any) -> str:
    return format_number(value) if isinstance(value, int | Fraction) else str(value)


def from_public(kind: Type, value: Any) -> Any:
    """The evaluator's value of a public value."""
    match kind.kind:
        case "number":
            number = Fraction(value) if isinstance(value, Decimal) else value
            number = Fraction(number, 100) if kind.show == "percent" else number
            return number.numerator if number.denominator == 1 else number
        case "instant":
            return to_us(value)
        case "month":
            return int(value[:4]) * 12 + int(value[5:]) - 1
    return value


def to_public(kind: Type, value: Any) -> Any:
    """The plain exact value of the evaluator's value: percent as percent, months as text."""
    if kind.kind == "number" and kind.show == "percent":
        number = Fraction(value) * 100
        return number.numerator if number.denominator == 1 else number
    if kind.kind == "month":
        return f"{value // 12:04d}-{value % 12 + 1:02d}"
    return value
