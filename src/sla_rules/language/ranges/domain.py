"""Sets of values: what a fact or an expression may be, as an interval with a resolution.

A domain never leaves out a value that can occur.  It may hold more.
"""

import datetime as dt
from fractions import Fraction
from math import gcd, lcm
from typing import Any, Final

import attrs

from sla_rules.language.types import Type
from sla_rules.quantities import Limit, Number

__all__ = [
    "ANYTHING",
    "NEVER",
    "TRUTHS",
    "Domain",
    "as_number",
    "common_divisor",
    "common_step",
    "from_number",
    "interval",
    "join",
    "just",
    "members",
    "ordered",
]

ORDERED: Final = ("number", "instant", "date", "month")


@attrs.frozen(kw_only=True)
class Domain:
    """The values that may occur.

    *kind* ``ordered``: the numbers from *low* to *high* (None is unbounded) that are *offset*
    plus a multiple of *step*; *step* None is any real number, 0 is one single value.  Instants
    count microseconds, dates and months days and months, see :func:`as_number`.
    *kind* ``members``: the members of an enumeration, or truths.  *kind* ``anything``: not known.
    *absent* says that there may be no value: an optional fact that is not stated, a decision
    that does not apply.
    """

    kind: str
    low: Number | None = None
    high: Number | None = None
    low_closed: bool = False
    high_closed: bool = False
    step: Number | None = None
    offset: Number = 0
    members: frozenset[Any] = frozenset()
    absent: bool = False

    @property
    def is_ordered(self) -> bool:
        """Whether it is an interval."""
        return self.kind == "ordered"

    @property
    def is_empty(self) -> bool:
        """Whether no value can occur; there may still be none at all."""
        if self.kind == "members":
            return not self.members
        if not self.is_ordered or self.low is None or self.high is None:
            return False
        ends = self.low_closed and self.high_closed
        return self.low > self.high or (self.low == self.high and not ends)

    @property
    def single(self) -> Any:
        """The only value, or None."""
        if self.kind == "members" and len(self.members) == 1:
            return next(iter(self.members))
        if self.is_ordered and self.low is not None and self.low == self.high:
            return self.low if self.low_closed and self.high_closed else None
        return None

    def holds(self, value: Any) -> bool:
        """Whether *value*, as the evaluator has it, is one of the values."""
        if self.kind == "anything":
            return True
        if self.kind == "members":
            return value in self.members
        number = as_number(value)
        if number is None:
            return False
        low, high = self.low, self.high
        if low is not None and (number < low or (number == low and not self.low_closed)):
            return False
        if high is not None and (number > high or (number == high and not self.high_closed)):
            return False
        if self.step is None or self.step == 0:
            return self.step is None or number == self.offset
        return (number - self.offset) % self.step == 0

    def present(self) -> "Domain":
        """The same values, one of which there is."""
        return attrs.evolve(self, absent=False) if self.absent else self

    def maybe(self, absent: bool) -> "Domain":
        """The same values; there may be none if *absent*."""
        return attrs.evolve(self, absent=True) if absent and not self.absent else self

    def meet(self, other: "Domain") -> "Domain":
        """The values that both hold; the resolution is that of the finer knowledge."""
        if self.kind == "anything":
            return other.maybe(absent=False)
        if other.kind == "anything" or self.kind != other.kind:
            return self
        if self.kind == "members":
            return attrs.evolve(self, members=self.members & other.members)
        low, low_closed = inner_end(self, other, 1)
        high, high_closed = inner_end(self, other, -1)
        one = self if self.step is not None else other
        return interval(
            low, high, low_closed, high_closed, one.step, one.offset, absent=self.absent
        )

    def next_above(self, number: Number, *, itself: bool = False) -> Number | None:
        """The smallest value above *number* (or *itself*) in the resolution; None if none is."""
        if self.step is None or self.step == 0:
            return None
        return self._stepped(number, 1, itself=itself)

    def next_below(self, number: Number, *, itself: bool = False) -> Number | None:
        """The greatest value below *number* (or *itself*) in the resolution; None if none is."""
        if self.step is None or self.step == 0:
            return None
        return self._stepped(number, -1, itself=itself)

    def _stepped(self, number: Number, sign: int, *, itself: bool) -> Number:
        assert self.step
        steps = Fraction(sign * (number - self.offset)) / self.step
        whole = -(-steps.numerator // steps.denominator)  # rounded up
        if whole == steps and not itself:
            whole += 1
        return plain(self.offset + sign * whole * self.step)


ANYTHING: Final = Domain(kind="anything", absent=True)
TRUTHS: Final = Domain(kind="members", members=frozenset((False, True)))
NEVER: Final = Domain(kind="members")


def plain(value: Number) -> Number:
    """The number as an int where it is whole."""
    return value.numerator if value.denominator == 1 else value


def as_number(value: Any) -> Number | None:
    """The place of an ordered value on a line: numbers as they are, dates by their day."""
    if isinstance(value, bool | Limit):
        return None
    if isinstance(value, dt.date):
        return value.toordinal()
    return value if isinstance(value, int | Fraction) else None


def from_number(kind: Type, number: Number) -> Any:
    """The value of a type at a place on its line: the inverse of :func:`as_number`."""
    if kind.kind != "date":
        return number
    last = dt.date.max.toordinal()
    return dt.date.fromordinal(min(max(int(number), 1), last))


def interval(
    low: Number | None,
    high: Number | None,
    low_closed: bool = True,
    high_closed: bool = True,
    step: Number | None = None,
    offset: Number = 0,
    *,
    absent: bool = False,
) -> Domain:
    """An interval, its ends moved inwards to values that the resolution allows."""
    low_closed, high_closed = low_closed and low is not None, high_closed and high is not None
    if low is not None and low == high and low_closed and high_closed:
        step, offset = 0, low
    elif step:
        offset = plain(offset % step)
        grid = Domain(kind="ordered", step=step, offset=offset)
        if low is not None:
            low, low_closed = grid.next_above(low, itself=low_closed), True
        if high is not None:
            high, high_closed = grid.next_below(high, itself=high_closed), True
    return Domain(
        kind="ordered",
        low=None if low is None else plain(low),
        high=None if high is None else plain(high),
        low_closed=low_closed,
        high_closed=high_closed,
        step=None if step is None else plain(step),
        offset=0 if step is None else plain(offset),
        absent=absent,
    )


def just(value: Any) -> Domain:
    """One value and no other."""
    number = as_number(value)
    if number is not None:
        return interval(number, number)
    if isinstance(value, str | bool):
        return Domain(kind="members", members=frozenset((value,)))
    return attrs.evolve(ANYTHING, absent=value is None)


def members(values: Any, *, absent: bool = False) -> Domain:
    """Some members of an enumeration, or truths."""
    return Domain(kind="members", members=frozenset(values), absent=absent)


def ordered(kind: Type, *, absent: bool = False) -> Domain:
    """All values of a type: its line, its truths, or anything."""
    if kind.kind == "bool":
        return TRUTHS.maybe(absent=absent)
    if kind.kind not in ORDERED:
        return attrs.evolve(ANYTHING, absent=absent)
    step = 1 if kind.kind != "number" else None
    return interval(None, None, step=step, absent=absent)


def join(*several: Domain) -> Domain:
    """A domain that holds the values of all."""
    absent = any(each.absent for each in several)
    full = [each for each in several if not each.is_empty]
    if not full:
        return (several[0] if several else NEVER).maybe(absent=absent)
    kinds = {each.kind for each in full}
    if len(kinds) > 1 or kinds == {"anything"}:
        return attrs.evolve(ANYTHING, absent=absent)
    if kinds == {"members"}:
        return members(frozenset().union(*(each.members for each in full)), absent=absent)
    low, low_closed = outer_end(full, 1)
    high, high_closed = outer_end(full, -1)
    step, offset = common_step(full)
    return interval(low, high, low_closed, high_closed, step, offset, absent=absent)


def end_of(each: Domain, sign: int) -> tuple[Number | None, bool]:
    return (each.low, each.low_closed) if sign > 0 else (each.high, each.high_closed)


def outer_end(several: list[Domain], sign: int) -> tuple[Number | None, bool]:
    """The lowest low (sign 1) or highest high (sign -1) end."""
    ends = [end_of(each, sign) for each in several]
    numbers = [number for number, _ in ends if number is not None]
    if len(numbers) < len(ends):
        return None, False
    furthest = min(numbers) if sign > 0 else max(numbers)
    return furthest, any(closed for number, closed in ends if number == furthest)


def inner_end(one: Domain, two: Domain, sign: int) -> tuple[Number | None, bool]:
    """The highest low (sign 1) or lowest high (sign -1) end."""
    ends = [end_of(each, sign) for each in (one, two)]
    known = [number for number, _ in ends if number is not None]
    if not known:
        return None, False
    nearest = max(known) if sign > 0 else min(known)
    return nearest, all(closed for number, closed in ends if number == nearest)


def common_step(several: list[Domain]) -> tuple[Number | None, Number]:
    """The coarsest resolution that all values have."""
    offset = several[0].offset
    step: Number = 0
    for each in several:
        if each.step is None:
            return None, 0
        step = common_divisor(step, each.step, each.offset - offset)
    return step, offset


def common_divisor(*numbers: Number) -> Number:
    """The greatest number of which all are whole multiples.

    >>> common_divisor(Fraction(1, 2), Fraction(3, 4))
    Fraction(1, 4)
    """
    below = lcm(*(number.denominator for number in numbers))
    above = gcd(*(int(number * below) for number in numbers))
    return plain(Fraction(above, below))
