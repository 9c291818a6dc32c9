"""Exact numbers and their units.

A number is an :class:`int` or a :class:`fractions.Fraction`, never a float.  A unit is a sorted
tuple of ``(base, exponent)``; the bases are a currency code, ``points`` and ``time`` (durations
count microseconds).  Shares and percentages have no unit: 80 % is 4/5.
"""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

import attrs

__all__ = [
    "Limit",
    "Number",
    "Rounding",
    "Unit",
    "exact_decimal",
    "format_duration",
    "format_number",
    "parse_number",
    "round_exact",
]

Number = int | Fraction
Unit = tuple[tuple[str, int], ...]

NO_UNIT: Final[Unit] = ()
POINTS: Final[Unit] = (("points", 1),)
TIME: Final[Unit] = (("time", 1),)

SECOND: Final = 1_000_000
TIME_UNITS: Final[dict[str, int]] = {
    "s": SECOND,
    "sec": SECOND,
    "秒": SECOND,
    "min": 60 * SECOND,
    "分钟": 60 * SECOND,
    "h": 3600 * SECOND,
    "小时": 3600 * SECOND,
}

MAX_DIGITS: Final = 30
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?\Z", re.ASCII)

Mode = Literal["half_up", "half_even", "up", "down"]
MODES: Final[tuple[str, ...]] = ("half_up", "half_even", "up", "down")


@attrs.frozen
class Rounding:
    """Round to a multiple of *quantum*; ``half_up`` is 四舍五入, away from zero at the half."""

    quantum: Fraction
    mode: str = "half_up"


@attrs.frozen
class Limit:
    """A time limit: *amount* microseconds of clock time, or *amount* working days."""

    amount: int
    workdays: bool = False

    def __str__(self) -> str:
        return f"{self.amount} workday" if self.workdays else format_duration(self.amount)


def parse_number(text: str) -> Number | None:
    """The exact value of a plain decimal number, or None if *text* is not one.

    Exponents, separators and more than 30 digits are not numbers of this language.

    >>> parse_number("98.50")
    Fraction(197, 2)
    >>> parse_number("1e9") is None
    True
    """
    if len(text) > MAX_DIGITS + 2 or not _NUMBER.match(text):
        return None
    if "." not in text:
        return int(text)
    value = Fraction(text)
    return value.numerator if value.denominator == 1 else value


def round_exact(value: Number, rounding: Rounding) -> Number:
    """The multiple of the quantum nearest to *value* by the declared mode.

    >>> round_exact(Fraction(1, 8), Rounding(Fraction(1, 100)))
    Fraction(13, 100)
    >>> round_exact(Fraction(-5, 2), Rounding(Fraction(1)))
    -3
    """
    steps = value / rounding.quantum
    numerator, denominator = abs(steps.numerator), steps.denominator
    whole, rest = divmod(numerator, denominator)
    match rounding.mode:
        case "half_up":
            whole += 2 * rest >= denominator
        case "half_even":
            whole += 2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1)
        case "up":
            whole += rest > 0
    result = (whole if steps >= 0 else -whole) * rounding.quantum
    return result.numerator if result.denominator == 1 else result


def exact_decimal(value: Number) -> Decimal | Fraction:
    """The value as a Decimal where it has a finite expansion, else as a Fraction.

    >>> exact_decimal(Fraction(59, 2)), exact_decimal(Fraction(1, 3))
    (Decimal('29.5'), Fraction(1, 3))
    """
    if isinstance(value, int):
        return Decimal(value)
    digits = _decimal_places(value.denominator)
    if digits is None:
        return value
    scaled = value.numerator * (10**digits // value.denominator)
    return Decimal((0 if scaled >= 0 else 1, tuple(map(int, str(abs(scaled)))), -digits))


def _decimal_places(denominator: int) -> int | None:
    """How many decimal places a fraction with *denominator* needs; None for a recurring one."""
    twos = fives = 0
    while denominator % 2 == 0:
        denominator //= 2
        twos += 1
    while denominator % 5 == 0:
        denominator //= 5
        fives += 1
    return max(twos, fives) if denominator == 1 else None


def format_number(value: Number, places: int = 4, *, grouped: bool = False) -> str:
    """Decimal text for people; a recurring or longer number is cut and marked with ``…``.

    >>> format_number(Fraction(268, 3)), format_number(Fraction(37, 2)), format_number(1)
    ('89.3333…', '18.5', '1')
    """
    scaled, rest = divmod(abs(value.numerator) * 10**places, value.denominator)
    whole, fraction = divmod(scaled, 10**places)
    digits = f"{fraction:0{places}d}" if places else ""
    digits = digits if rest else digits.rstrip("0")
    sign = "-" if value < 0 else ""
    text = f"{whole:,}" if grouped else str(whole)
    return sign + text + ("." + digits if digits else "") + ("…" if rest else "")


def format_duration(microseconds: Number) -> str:
    """Hours, minutes and seconds, exact to the microsecond.

    >>> format_duration(3 * 3600 * SECOND + 60 * SECOND)
    '3 h 1 min'
    """
    if microseconds < 0:
        return "-" + format_duration(-microseconds)
    whole, part = divmod(Fraction(microseconds), SECOND)
    hours, rest = divmod(int(whole), 3600)
    minutes, seconds = divmod(rest, 60)
    pieces = [f"{hours} h"] if hours else []
    if minutes:
        pieces.append(f"{minutes} min")
    if seconds or part or not pieces:
        pieces.append(f"{format_number(seconds + part / SECOND, 6)} s")
    return " ".join(pieces)
