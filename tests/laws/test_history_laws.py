"""Laws of records that look back, of values by date and of graduated rates."""

import datetime as dt
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import sla_rules as sla
from sla_rules import Rules

HEAD = """language: 1
id: sample
version: 1.0.0
title: Sample
timezone: Asia/Shanghai
"""
HISTORY: Rules = sla.load(
    HEAD
    + """levels:
  contract:
    facts: {months: {type: {list: month}}}
    decisions: {total: {type: points, value: sum(months.points)}}
  month:
    key: month
    order: [month]
    series: [system]
    facts:
      month: {type: month}
      system: {type: text}
      lost: {type: points, min: 0 points, max: 9 points}
    decisions:
      failed: lost > 3 points
      again: failed and (previous.failed otherwise false)
      points: {type: points, value: if again then 2 * lost else lost}
      rolling: {value: "sum(earlier.lost where months_between(month, this.month) <= 3) + lost"}
      often: {value: count(earlier where failed) >= 2}
      worst: {type: points, value: "max(lost, previous.worst otherwise lost)"}
"""
)
losses = st.lists(st.integers(0, 9), min_size=1, max_size=8)


def months(lost: list[int | None]) -> list[dict[str, Any]]:
    return [
        {"month": f"2024-{number:02d}", "system": "A", **({} if value is None else {"lost": value})}
        for number, value in enumerate(lost, 1)
    ]


def decided(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    contract = HISTORY.assess({"months": rows})
    return {
        month.id or "": {name: month[name] for name in month.decisions()}
        for month in contract.child("months")
    }


@given(losses, st.randoms())
def test_the_order_of_the_document_never_matters(lost: list[int], random: Any) -> None:
    rows = months(list(lost))
    shuffled = list(rows)
    random.shuffle(shuffled)

    assert decided(shuffled) == decided(rows)


@given(losses)
def test_looking_back_says_what_a_loop_says(lost: list[int]) -> None:
    found = decided(months(list(lost)))
    for index, value in enumerate(lost):
        month = found[f"2024-{index + 1:02d}"]
        before = lost[:index]
        again = value > 3 and bool(before) and before[-1] > 3
        assert month["points"] == (2 * value if again else value)
        assert month["rolling"] == value + sum(before[-2:])
        assert month["often"] == (sum(each > 3 for each in before) >= 2)
        assert month["worst"] == max([*before, value])


@given(losses)
def test_what_is_assessed_alone_with_its_past_is_what_it_is_in_the_contract(
    lost: list[int],
) -> None:
    *past, last = months(list(lost))

    alone = HISTORY.assess(last, level="month", earlier={"month": past})

    assert {name: alone[name] for name in alone.decisions()} == decided([*past, last])[
        last["month"]
    ]


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 9)), min_size=1, max_size=5),
    st.lists(st.integers(0, 9), min_size=5, max_size=5),
)
def test_every_completion_lies_within_the_bounds(lost: list[int | None], rest: list[int]) -> None:
    partial = HISTORY.assess({"months": months(lost)})
    whole = decided(months([rest[n] if value is None else value for n, value in enumerate(lost)]))

    for month in partial.child("months"):
        for name in month.decisions():
            result, value = month.result(name), whole[month.id or ""][name]
            if result.status == "final":
                assert result.value == value
            if not isinstance(value, bool):
                assert result.low is None or result.low <= value
                assert result.high is None or value <= result.high
            elif result.options:
                assert value in result.options


@given(losses, losses)
def test_one_series_knows_nothing_of_another(first: list[int], second: list[int]) -> None:
    one = months(list(first))
    other = [
        {**each, "system": "B", "month": f"2025-{n:02d}"}
        for n, each in enumerate(months(list(second)), 1)
    ]

    both = decided([*one, *other])

    assert {key: value for key, value in both.items() if key < "2025"} == decided(one)


DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31))


@given(st.dictionaries(DAYS, st.integers(0, 99), min_size=1, max_size=6), DAYS)
def test_the_latest_value_that_began_holds(values: dict[dt.date, int], day: dt.date) -> None:
    cases = ", ".join(f"{since}: {value}" for since, value in values.items())
    rules = sla.load(
        HEAD
        + f"parameters: {{limit: {{value: {{by: date, {cases}}}}}}}\n"
        + "levels: {visit: {governed_by: day, facts: {day: {type: date}}, decisions: {now: limit}}}\n"
    )
    begun = [since for since in values if since <= day]
    if begun:
        assert rules.assess({"day": day})["now"] == values[max(begun)]
        return
    try:
        rules.assess({"day": day})
    except sla.RulesetError as error:
        assert error.codes == ("E605",)
    else:
        raise AssertionError("a value from before the first")


def rates_of(edges: list[int], rates: list[int], how: str, kind: str) -> Rules:
    ends = ["0", *map(str, sorted(set(edges)))]
    rows = [
        f'"({low}..{high}": {rates[n]}'
        for n, (low, high) in enumerate(
            zip(ends, [*(f"{end}]" for end in ends[1:]), ")"], strict=True)
        )
    ]
    body = "{rates: {of: n, how: " + how + ", rows: {" + ", ".join(rows) + "}}}"
    facts = "{n: {type: " + kind + "}}"
    return sla.load(f"{HEAD}levels: {{order: {{facts: {facts}, decisions: {{loss: {body}}}}}}}\n")


edges = st.lists(st.integers(1, 20), min_size=1, max_size=4)
prices = st.lists(st.integers(0, 9), min_size=5, max_size=5)


def unit_rate(edges: list[int], rates: list[int], unit: int) -> int:
    return rates[sum(edge < unit for edge in sorted(set(edges)))]


@given(edges, prices, st.integers(0, 30))
def test_marginal_rates_are_the_sum_over_units(edges: list[int], rates: list[int], n: int) -> None:
    rules = rates_of(edges, rates, "marginal", "integer")

    assert rules.assess({"n": n})["loss"] == sum(
        unit_rate(edges, rates, k) for k in range(1, n + 1)
    )


@given(edges, prices, st.integers(0, 30))
def test_whole_rates_are_one_rate_for_all(edges: list[int], rates: list[int], n: int) -> None:
    rules = rates_of(edges, rates, "whole", "integer")

    assert rules.assess({"n": n})["loss"] == (n * unit_rate(edges, rates, n) if n else 0)


@given(
    edges, prices, st.fractions(0, 30, max_denominator=8), st.fractions(0, 30, max_denominator=8)
)
def test_marginal_rates_never_fall(
    edges: list[int], rates: list[int], one: Fraction, two: Fraction
) -> None:
    rules = rates_of(edges, rates, "marginal", "number")
    less, more = sorted((one, two))

    assert rules.assess({"n": less})["loss"] <= rules.assess({"n": more})["loss"]
