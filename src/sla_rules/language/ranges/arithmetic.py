"""Interval arithmetic with resolutions: what sums, products, limits and roundings can be."""

from collections.abc import Callable
from fractions import Fraction
from typing import Final

import attrs

from sla_rules.language import program as ir
from sla_rules.language.ranges.domain import (
    ANYTHING,
    Domain,
    common_divisor,
    common_step,
    end_of,
    inner_end,
    interval,
    just,
    ordered,
    outer_end,
    plain,
)
from sla_rules.quantities import Number, Rounding, round_exact

MIRRORED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
OPPOSITE: Final = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


Ends = tuple[Number | None, bool]


def added(one: Domain, two: Domain) -> Domain:
    """All sums."""
    low, low_closed = _plus(end_of(one, 1), end_of(two, 1))
    high, high_closed = _plus(end_of(one, -1), end_of(two, -1))
    step, offset = None, one.offset + two.offset
    if one.step is not None and two.step is not None:
        step = common_divisor(one.step, two.step)
    return interval(low, high, low_closed, high_closed, step, offset)


def _plus(one: Ends, two: Ends) -> Ends:
    if one[0] is None or two[0] is None:
        return None, False
    return one[0] + two[0], one[1] and two[1]


def negated(one: Domain) -> Domain:
    """All values with the other sign."""
    low, high = one.low, one.high
    return interval(
        None if high is None else -high,
        None if low is None else -low,
        one.high_closed,
        one.low_closed,
        one.step,
        -one.offset,
    )


def multiplied(one: Domain, two: Domain) -> Domain:
    """All products."""
    if one.is_empty or two.is_empty:
        return one if one.is_empty else two
    corners = [_times(a, i, b, j) for i, a in _corners(one) for j, b in _corners(two)]
    low, low_closed = _furthest(corners, 1)
    high, high_closed = _furthest(corners, -1)
    step, offset = None, one.offset * two.offset
    if one.step is not None and two.step is not None:
        a, b, c, d = one.step, one.offset, two.step, two.offset
        step = common_divisor(a * c, a * d, b * c)
    return interval(low, high, low_closed, high_closed, step, offset)


def _corners(one: Domain) -> list[tuple[int, Ends]]:
    return [(-1, end_of(one, 1)), (1, end_of(one, -1))]


def _times(one: Ends, at: int, two: Ends, by: int) -> tuple[int, Number, bool]:
    """A corner as (sign of infinity or 0, number, closed); *at* and *by* say which infinity."""
    (a, a_closed), (b, b_closed) = one, two
    if a == 0 or b == 0:  # zero times anything, also endless, is zero
        reached = (a == 0 and a_closed) or (b == 0 and b_closed)
        return (0, 0, reached or (a_closed and b_closed))
    if a is None or b is None:
        left = at if a is None else (1 if a > 0 else -1)
        right = by if b is None else (1 if b > 0 else -1)
        return (left * right, 0, False)
    return (0, a * b, a_closed and b_closed)


def _furthest(corners: list[tuple[int, Number, bool]], sign: int) -> Ends:
    if any(endless == -sign for endless, _, _ in corners):
        return None, False
    numbers = [(number, closed) for endless, number, closed in corners if endless == 0]
    if not numbers:
        return None, False
    end = min(n for n, _ in numbers) if sign > 0 else max(n for n, _ in numbers)
    return end, any(closed for number, closed in numbers if number == end)


def inverted(one: Domain) -> Domain | None:
    """All reciprocals; None where zero lies between the ends."""
    low, high = one.low, one.high
    if one.single is not None and one.single != 0:
        return just(plain(Fraction(1) / one.single))
    if low is not None and low >= 0:
        ceiling = None if low == 0 else Fraction(1) / low
        floor = Fraction(0) if high is None else Fraction(1) / high if high else None
        return interval(floor, ceiling, one.high_closed, one.low_closed)
    if high is not None and high <= 0:
        mirrored = inverted(negated(one))
        return None if mirrored is None else negated(mirrored)
    return None


def extreme(one: Domain, two: Domain, sign: int) -> Domain:
    """The smaller (sign 1) or greater (sign -1) of two values."""
    if sign < 0:
        return negated(extreme(negated(one), negated(two), 1))
    if one.is_empty or two.is_empty:
        return one if one.is_empty else two
    low, low_closed = outer_end([one, two], 1)
    high, high_closed = inner_end(one, two, -1)
    step, offset = common_step([one, two])
    # one value lies wholly below the other: it is the smaller one
    for each, other in ((one, two), (two, one)):
        if each.high is not None and other.low is not None and each.high <= other.low:
            step, offset = each.step, each.offset
    return interval(low, high, low_closed, high_closed, step, offset)


def mapped(one: Domain, function: Callable[[Number], Number], step: Number | None) -> Domain:
    """The values of a function that never falls and gives multiples of *step*."""
    low = None if one.low is None else function(one.low)
    high = None if one.high is None else function(one.high)
    return interval(low, high, low is not None, high is not None, step)


def rounded(one: Domain, rounding: Rounding) -> Domain:
    """All values after rounding; what lies on the quantum already stays as it is."""
    quantum = rounding.quantum
    on_it = one.step is not None and one.step % quantum == 0 and one.offset % quantum == 0
    return one if on_it else mapped(one, lambda x: round_exact(x, rounding), quantum)


def fits(of: Domain, most: Domain) -> bool:
    """Whether a section certainly lies between 0 and its maximum, which is above 0."""
    if of.low is None or of.high is None or most.low is None:
        return False
    return of.low >= 0 and of.high <= most.low and most.low > 0


def cut(found: Domain, limit: Domain, sign: int) -> Domain:
    """A value after a cap (sign 1) or floor (sign -1)."""
    absent = found.absent or limit.absent
    if not found.is_ordered or not limit.is_ordered:
        return attrs.evolve(ANYTHING, absent=absent)
    return extreme(found, limit, sign).maybe(absent=absent)


def total(each: Domain) -> Domain:
    """The sum of any number of values, none included."""
    low = 0 if each.low is not None and each.low >= 0 else None
    high = 0 if each.high is not None and each.high <= 0 else None
    step = None if each.step is None else common_divisor(each.step, each.offset)
    if each.is_empty or each.single == 0:
        return just(0)
    return interval(low, high, step=step).maybe(absent=each.absent)


def possible(op: str, one: Domain, two: Domain, *, truth: bool) -> bool:
    """Whether a comparison of a value of *one* with a value of *two* can be *truth*."""
    if not truth:
        return possible(OPPOSITE[op], one, two, truth=True)
    if one.kind != two.kind or one.kind == "anything":
        return True
    if op == "==":
        return not one.meet(two).is_empty
    if op == "!=":
        return one.single is None or one.single != two.single
    if not one.is_ordered:
        return True
    if op in (">", ">="):
        one, two, op = two, one, MIRRORED[op]
    if one.low is None or two.high is None:
        return True
    if op == "<=":
        reached = one.low_closed and two.high_closed
        return one.low < two.high or (one.low == two.high and reached)
    return one.low < two.high


def computed(node: ir.Call, values: list[Domain]) -> Domain:
    """What a function gives whose arguments are all ordered."""
    match node.function:
        case "min" | "max":
            found = values[0]
            for each in values[1:]:
                found = extreme(found, each, 1 if node.function == "min" else -1)
            return found
        case "abs":
            (one,) = values
            return _not_below_zero(extreme(one, negated(one), -1))
        case "days_in":
            return interval(28, 31, step=1)
        case "months_between":
            return added(added(values[1], negated(values[0])), just(1))
    return ordered(node.type)


def _not_below_zero(one: Domain) -> Domain:
    if one.low is None or one.low < 0:
        return interval(0, one.high, True, one.high_closed, one.step, one.offset)
    return one
