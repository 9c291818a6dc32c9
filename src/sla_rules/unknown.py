"""What is not known: a value with bounds or alternatives, and the facts that it waits for.

Arithmetic and comparisons accept it on either side, so the compiled program needs no second
path: missing is never zero and never false, it stays missing until an answer is certain anyway.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Final

__all__ = ["NOT_APPLICABLE", "Unknown", "hull", "maximum", "minimum", "needs_of"]

TRUTHS: Final = (False, True)


class Unknown:
    """A value that is not known yet.

    *needs* are the paths of the facts that would settle it; *open* says that all of them are
    facts that may rightly still be unknown (an incident not yet recovered).  *absent* marks a
    fact that is known not to be given.  Bounds are inclusive, None is unbounded; a value that is
    no number lists its *options* where they are known.
    """

    __slots__ = ("_needs", "absent", "high", "low", "open", "options")

    def __init__(
        self,
        needs: Iterable[str],
        *,
        low: Any = None,
        high: Any = None,
        options: tuple[Any, ...] | None = None,
        open: bool = False,  # noqa: A002  the word of the contract language
        absent: bool = False,
    ) -> None:
        self._needs = frozenset(needs)
        self.low = low
        self.high = high
        self.options = options
        self.open = open
        self.absent = absent

    def __repr__(self) -> str:
        span = f"{self.low}..{self.high}" if self.options is None else f"{self.options}"
        return f"Unknown({span}, needs={sorted(self.needs)})"

    def __bool__(self) -> bool:
        raise TypeError("an unknown value is neither true nor false")

    __hash__ = object.__hash__

    def __reduce__(self) -> Any:
        if self is NOT_APPLICABLE:
            return "NOT_APPLICABLE"
        return (_rebuild, (self.needs, self.low, self.high, self.options, self.open, self.absent))

    @property
    def needs(self) -> frozenset[str]:
        """The paths of the facts that would settle the value."""
        return self._needs

    @property
    def settled(self) -> Any:
        """The only possible value, or None: known although something is still open."""
        if self.options is not None:
            return self.options[0] if len(self.options) == 1 else None
        return self.low if self.low is not None and self.low == self.high else None

    def like(self, low: Any, high: Any) -> "Unknown":
        """The same doubt with other bounds."""
        return Unknown(self.needs, low=low, high=high, open=self.open)

    def __add__(self, other: Any) -> "Unknown":
        return _joint(self, other, lambda a, b: a + b, same_direction=True)

    __radd__ = __add__

    def __sub__(self, other: Any) -> "Unknown":
        return _joint(self, other, lambda a, b: a - b, same_direction=False)

    def __rsub__(self, other: Any) -> "Unknown":
        return _joint(other, self, lambda a, b: a - b, same_direction=False)

    def __mul__(self, other: Any) -> "Unknown":
        if self is NOT_APPLICABLE:
            return self
        if isinstance(other, Unknown):
            ends = (self.low, self.high, other.low, other.high)
            if None in ends:
                positive = self.low is not None and other.low is not None
                positive = positive and self.low >= 0 and other.low >= 0
                low = self.low * other.low if positive else None
                return _joined((self, other), low=low, high=None)
            corners = [a * b for a in ends[:2] for b in ends[2:]]
            return _joined((self, other), low=min(corners), high=max(corners))
        low = None if self.low is None else self.low * other
        high = None if self.high is None else self.high * other
        return self.like(low, high) if other >= 0 else self.like(high, low)

    __rmul__ = __mul__

    def __lt__(self, other: Any) -> Any:
        low, high = _bounds(other)
        if self.high is not None and low is not None and self.high < low:
            return True
        if self.low is not None and high is not None and self.low >= high:
            return False
        return maybe(self, other)

    def __le__(self, other: Any) -> Any:
        low, high = _bounds(other)
        if self.high is not None and low is not None and self.high <= low:
            return True
        if self.low is not None and high is not None and self.low > high:
            return False
        return maybe(self, other)

    def __gt__(self, other: Any) -> Any:
        return _not(self.__le__(other))

    def __ge__(self, other: Any) -> Any:
        return _not(self.__lt__(other))

    def __eq__(self, other: object) -> Any:
        return same(self, other)

    def __ne__(self, other: object) -> Any:
        return _not(same(self, other))


def _rebuild(
    needs: frozenset[str], low: Any, high: Any, options: Any, open_: bool, absent: bool
) -> Unknown:
    return Unknown(needs, low=low, high=high, options=options, open=open_, absent=absent)


NOT_APPLICABLE: Final = Unknown((), open=True)


def _bounds(value: Any) -> tuple[Any, Any]:
    return (value.low, value.high) if isinstance(value, Unknown) else (value, value)


def _joined(values: Iterable[Any], **bounds: Any) -> Unknown:
    """Unknown because of all unknown *values*; it does not apply where one of them does not."""
    values = tuple(values)
    if any(value is NOT_APPLICABLE for value in values):
        return NOT_APPLICABLE
    doubts = [value for value in values if isinstance(value, Unknown)]
    needs = frozenset().union(*(doubt.needs for doubt in doubts))
    return Unknown(needs, open=all(doubt.open for doubt in doubts), **bounds)


def maybe(*values: Any) -> Unknown:
    """Neither certainly true nor certainly false, because of *values*."""
    return _joined(values, options=TRUTHS)


def because(*values: Any, **bounds: Any) -> Unknown:
    """Unknown because of *values*, with the bounds or options that are known."""
    return _joined(values, **bounds)


def _joint(left: Any, right: Any, combine: Any, *, same_direction: bool) -> Unknown:
    (a, b), (c, d) = _bounds(left), _bounds(right)
    if not same_direction:
        c, d = d, c
    low = None if a is None or c is None else combine(a, c)
    high = None if b is None or d is None else combine(b, d)
    return _joined((left, right), low=low, high=high)


def alternatives(value: Any) -> tuple[Any, ...] | None:
    """The possible values of something that is no range, or None when they are not known."""
    if isinstance(value, Unknown):
        return value.options
    return (value,)


def same(left: Any, right: Any) -> Any:
    """Equality in three values."""
    one, two = alternatives(left), alternatives(right)
    if one is not None and two is not None:
        if not set(one) & set(two):
            return False
        return True if len(set(one) | set(two)) == 1 else maybe(left, right)
    (a, b), (c, d) = _bounds(left), _bounds(right)
    if (b is not None and c is not None and b < c) or (a is not None and d is not None and a > d):
        return False
    return True if a is not None and a == b == c == d else maybe(left, right)


def _not(truth: Any) -> Any:
    return truth if isinstance(truth, Unknown) else not truth


def negate(truth: Any) -> Any:
    """``not`` in three values."""
    if isinstance(truth, Unknown):
        return because(truth, options=tuple(not each for each in truth.options or TRUTHS))
    return not truth


def hull(values: Iterable[Any], *doubts: Any) -> Any:
    """One value that may be any of *values*, because of *doubts*."""
    values = list(values)
    if any(value is NOT_APPLICABLE for value in values):
        return because(*values, *doubts)
    numeric = [
        value
        for value in values
        if not isinstance(value, str | bool)
        and (not isinstance(value, Unknown) or value.options is None)
    ]
    if values and len(numeric) == len(values) and all(map(_is_ordered, values)):
        ends = [_bounds(value) for value in values]
        lows, highs = [low for low, _ in ends], [high for _, high in ends]
        low = None if None in lows else min(lows)
        high = None if None in highs else max(highs)
        return because(*values, *doubts, low=low, high=high)
    options: list[Any] = []
    for value in values:
        several = alternatives(value)
        if several is None:
            return because(*values, *doubts)
        options += [each for each in several if not any(_alike(each, one) for one in options)]
    return because(*values, *doubts, options=tuple(options))


def _alike(one: Any, two: Any) -> bool:
    """Whether two alternatives are one; rows of tables are so only if they are identical."""
    return one is two or (not isinstance(one, tuple) and type(one) is type(two) and one == two)


def _is_ordered(value: Any) -> bool:
    return isinstance(value, int | Fraction | Unknown)


def minimum(left: Any, right: Any) -> Any:
    """The smaller one; of bounds where a side is unknown."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        (a, b), (c, d) = _bounds(left), _bounds(right)
        low = None if a is None or c is None else min(a, c)
        high = d if b is None else b if d is None else min(b, d)
        return because(left, right, low=low, high=high)
    return min(left, right)


def maximum(left: Any, right: Any) -> Any:
    """The larger one; of bounds where a side is unknown."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        (a, b), (c, d) = _bounds(left), _bounds(right)
        low = c if a is None else a if c is None else max(a, c)
        high = None if b is None or d is None else max(b, d)
        return because(left, right, low=low, high=high)
    return max(left, right)


def needs_of(value: Any) -> frozenset[str]:
    """The facts that a value waits for; empty when it is known."""
    return value.needs if isinstance(value, Unknown) else frozenset()
