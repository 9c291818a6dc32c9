"""Three-valued arithmetic against the enumeration of everything that may turn out to be true."""

import itertools
import operator
import pickle
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla_rules.engine.functions import COUNTING, counted, divide
from sla_rules.unknown import (
    NOT_APPLICABLE,
    Unknown,
    because,
    hull,
    maximum,
    maybe,
    minimum,
    needs_of,
    negate,
    same,
)

Value = int | Unknown
STEADY = settings(deadline=None)
FAR = 5  # how far an end that is not bounded is enumerated


@st.composite
def values(draw: st.DrawFn) -> Value:
    """A known small number, or an unknown one with both, one or no bounds."""
    low, high = sorted((draw(st.integers(-3, 3)), draw(st.integers(-3, 3))))
    kind = draw(st.sampled_from(["known", "both", "low", "high", "none"]))
    if kind == "known":
        return low
    need = draw(st.sampled_from(["x", "y", "z"]))
    return Unknown(
        (need,),
        low=low if kind in ("both", "low") else None,
        high=high if kind in ("both", "high") else None,
        open=draw(st.booleans()),
    )


def completions(value: Value) -> list[int]:
    if not isinstance(value, Unknown):
        return [value]
    low = value.low if value.low is not None else (value.high or 0) - FAR
    high = value.high if value.high is not None else low + 2 * FAR
    return list(range(low, high + 1))


def bounds(value: Any) -> tuple[Any, Any]:
    return (value.low, value.high) if isinstance(value, Unknown) else (value, value)


def doubts(*values: Any) -> frozenset[str]:
    return frozenset().union(*map(needs_of, values))


NUMBERS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "min": minimum,
    "max": maximum,
}
PLAIN = {**NUMBERS, "min": min, "max": max}
TRUTHS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@pytest.mark.parametrize("name", NUMBERS)
@STEADY
@given(left=values(), right=values())
def test_bounds_hold_every_outcome(name: str, left: Value, right: Value) -> None:
    result = NUMBERS[name](left, right)
    low, high = bounds(result)

    for one, two in itertools.product(completions(left), completions(right)):
        outcome = PLAIN[name](one, two)
        assert low is None or low <= outcome
        assert high is None or outcome <= high


@pytest.mark.parametrize("name", NUMBERS)
@STEADY
@given(left=values(), right=values())
def test_bounds_are_no_wider_than_the_outcomes(name: str, left: Value, right: Value) -> None:
    if None in (*bounds(left), *bounds(right)):
        return
    outcomes = [PLAIN[name](one, two) for one in completions(left) for two in completions(right)]

    assert (min(outcomes), max(outcomes)) == bounds(NUMBERS[name](left, right))


@pytest.mark.parametrize("name", TRUTHS)
@STEADY
@given(left=values(), right=values())
def test_an_answer_is_certain_exactly_when_every_outcome_agrees(
    name: str, left: Value, right: Value
) -> None:
    answer = TRUTHS[name](left, right)
    outcomes = {TRUTHS[name](one, two) for one in completions(left) for two in completions(right)}

    if isinstance(answer, Unknown):
        assert (False, True) == answer.options
        assert doubts(left, right) == answer.needs
    else:
        assert {answer} == outcomes
    if None not in (*bounds(left), *bounds(right)):
        assert isinstance(answer, Unknown) == (len(outcomes) > 1)


@STEADY
@given(left=values(), right=values())
def test_doubts_add_up_and_are_open_only_together(left: Value, right: Value) -> None:
    result = operator.add(left, right)
    unknown = [each for each in (left, right) if isinstance(each, Unknown)]

    assert doubts(left, right) == needs_of(result)
    if unknown:
        assert all(each.open for each in unknown) == result.open


@STEADY
@given(left=values(), right=values())
def test_a_quotient_holds_every_outcome(left: Value, right: Value) -> None:
    low, high = bounds(divide(left, right))

    for one, two in itertools.product(completions(left), completions(right)):
        if two:
            assert low is None or low <= Fraction(one, two)
            assert high is None or Fraction(one, two) <= high


def test_nothing_is_divided_by_zero() -> None:
    assert {"a divisor that is not zero"} == divide(1, 0).needs
    assert (None, None) == bounds(divide(1, Unknown(("x",), low=0, high=3)))


@pytest.mark.parametrize("count", COUNTING)
@STEADY
@given(value=values())
def test_counted_units_hold_every_outcome(count: str, value: Value) -> None:
    low, high = bounds(counted(value * Fraction(1, 2), COUNTING[count]))

    for each in completions(value):
        outcome = counted(Fraction(each, 2), COUNTING[count])
        assert low is None or low <= outcome
        assert high is None or outcome <= high


@STEADY
@given(several=st.lists(values(), min_size=1, max_size=3))
def test_a_hull_holds_every_alternative(several: list[Value]) -> None:
    low, high = bounds(hull(several, Unknown(("why",))))

    for value in several:
        for each in completions(value):
            assert low is None or low <= each
            assert high is None or each <= high


def test_a_hull_of_words_lists_them() -> None:
    doubt = Unknown(("why",))

    assert ("good", "poor") == hull(["good", "poor", "good"], doubt).options
    assert (True, False) == hull([True, False], doubt).options
    assert "good" == hull(["good", "good"], doubt).settled
    assert hull(["good", Unknown(("x",))], doubt).options is None
    assert (None, None, None) == (
        hull([1, NOT_APPLICABLE], doubt).low,
        hull([1, NOT_APPLICABLE], doubt).high,
        hull([1, NOT_APPLICABLE], doubt).options,
    )


def test_words_are_the_same_when_no_alternative_differs() -> None:
    either = Unknown(("x",), options=("good", "poor"))

    assert same("good", "good") is True
    assert same(either, "fair") is False
    assert isinstance(same(either, "good"), Unknown)
    assert same(Unknown(("x",), options=("good",)), "good") is True
    assert isinstance(same(Unknown(("x",)), "good"), Unknown)


def test_what_is_unknown_is_neither_true_nor_false() -> None:
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(Unknown(("x",)))
    assert isinstance(negate(maybe(Unknown(("x",)))), Unknown)
    assert negate(True) is False
    assert isinstance(negate(because(Unknown(("x",)), options=(True,))), Unknown)


def test_what_does_not_apply_stays_the_one_it_is() -> None:
    assert pickle.loads(pickle.dumps(NOT_APPLICABLE)) is NOT_APPLICABLE

    doubt = Unknown(("x", "y"), low=1, high=Fraction(5, 2), open=True, absent=True)
    again = pickle.loads(pickle.dumps(doubt))
    assert (doubt.needs, *bounds(doubt)) == (again.needs, *bounds(again))
    assert (True, True) == (again.open, again.absent)


def test_equal_bounds_settle_a_number() -> None:
    assert 3 == Unknown(("x",), low=3, high=3).settled
    assert Unknown(("x",), low=3).settled is None
    assert "low" not in repr(Unknown(("x",), low=3, high=3))
