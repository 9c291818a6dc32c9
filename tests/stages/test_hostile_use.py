"""What a careless or hostile caller hands over is refused with a reason, and costs no time."""

from decimal import Decimal
from fractions import Fraction
from time import perf_counter
from typing import Any

import pytest

import sla_rules as sla

HEAD = """language: 1
id: sample
version: 1.0.0
title: Sample
timezone: Asia/Shanghai
"""
SERIES = sla.load(
    HEAD
    + """levels:
  contract:
    facts: {faults: {type: {list: fault}}}
    decisions: {again: sum(faults.number)}
  fault:
    order: [at]
    series: [cause, site]
    facts:
      at: {type: integer}
      cause: {type: text}
      site: {type: text, optional: true}
      parts: {type: {list: part}, optional: true}
    decisions:
      number: count(earlier)
      cost: sum(parts.cost)
      before: previous.cost otherwise 0
      follows: given(previous.at)
  part:
    facts: {cost: {type: number}, spare: {type: number, optional: true}}
"""
)
DATES = (
    HEAD
    + """enums: {grade: {good: 优, fair: 良, poor: 差}}
levels:
  record:
    facts:
      month: {type: month, optional: true}
      date: {type: date, optional: true}
      at: {type: instant, optional: true}
      n: {type: number, optional: true}
      grade: {type: {enum: grade}, optional: true, unlisted: allowed}
    decisions: {found: "EXPRESSION"}
"""
)


def found(expression: str, **facts: Any) -> sla.Assessment:
    return sla.load(DATES.replace("EXPRESSION", expression)).assess(facts)


def faults(*stated: dict[str, Any]) -> list[tuple[Any, Any]]:
    contract = SERIES.assess({"faults": list(stated)})
    return [(each["number"], each["before"]) for each in contract.child("faults")]


def test_one_fact_of_a_series_may_be_missing_where_another_is_stated() -> None:
    one, other = {"at": 1, "cause": "disk"}, {"at": 2, "cause": "disk"}

    assert faults(one, other) == [(0, 0), (0, 0)]  # each stands alone
    assert faults({"at": 1, "site": "A"}, {**other, "site": "A"}) == [(None, None), (None, None)]


def test_records_at_one_place_in_the_order_follow_by_all_that_they_state() -> None:
    place = {"at": 1, "cause": "disk", "site": "A"}
    one, other = ({**place, "parts": [{"cost": cost}]} for cost in (5, 7))
    spare, more = ({**place, "parts": [{name: 5, "cost": 1}]} for name in ("spare", "cost"))

    assert faults(one, other) == faults(other, one)
    assert faults(spare, more) == faults(more, spare)


def test_the_place_among_equal_records_may_hang_on_what_is_around_them() -> None:
    rules = sla.load(
        HEAD
        + """levels:
  contract:
    facts: {months: {type: {list: month}}}
  month:
    facts: {name: {type: text}, faults: {type: {list: fault}}}
    decisions: {first: any(faults.first)}
  fault:
    order: [at]
    facts: {at: {type: integer}}
    decisions: {first: not given(previous.at)}
"""
    )
    months = [{"name": name, "faults": [{"at": 1}]} for name in ("A", "B")]
    one, other = (rules.assess({"months": each}) for each in (months, months[::-1]))

    def first(contract: sla.Assessment) -> dict[str, bool]:
        return {month["name"]: month["first"] for month in contract.child("months")}

    assert first(one) == first(other)


def test_whether_something_was_stated_before_is_unknown_where_nobody_told_the_history() -> None:
    fault = {"at": 1, "cause": "disk", "site": "A"}
    alone = SERIES.assess(fault, level="fault").result("follows")
    first = SERIES.assess(fault, level="fault", earlier={"fault": []})

    assert (alone.status, alone.options) == ("undetermined", (False, True))
    assert first["follows"] is False


def test_an_earlier_record_is_not_the_one_that_is_assessed() -> None:
    rules = sla.load(
        HEAD
        + """levels:
  contract: {facts: {months: {type: {list: month}}}}
  month:
    key: month
    order: [month]
    facts: {month: {type: month}}
    decisions: {number: count(earlier)}
"""
    )
    march = {"month": "2024-03"}
    with pytest.raises(sla.FactsError) as caught:
        rules.assess(march, level="month", earlier={"month": [march]})

    (problem,) = caught.value.problems
    assert (problem.code, problem.where) == ("F131", "earlier.month[0].month")
    assert problem.hint == "it is the record that is assessed"


@pytest.mark.parametrize(
    ("expression", "facts"),
    [
        ("last_day(add_months(month, n))", {"month": "2024-01", "n": 10**9}),
        ("add_months(month, n)", {"month": "2024-01", "n": -(10**9)}),
        ("end_of_month(month_of(date))", {"date": "9999-12-31"}),
        ("add_days(date, n)", {"date": "2024-01-01", "n": 10**20}),
        ("date_of(at)", {"at": "9999-12-31T23:59Z"}),
        ("month_of(at)", {"at": "9999-12-31T23:59Z"}),
        ("year_of(at)", {"at": "9999-12-31T23:59-12:00"}),
    ],
)
def test_dates_beyond_the_calendar_are_refused(expression: str, facts: dict[str, Any]) -> None:
    with pytest.raises(sla.RulesetError, match="beyond the years 1 to 9999") as caught:
        found(expression, **facts)

    assert caught.value.codes == ("E606",)


def test_half_a_day_is_told_as_such() -> None:
    with pytest.raises(sla.RulesetError, match="3/2 is not a whole number of days"):
        found("add_days(date, n)", date="2024-01-01", n="1.5")


def test_what_is_no_grade_has_none_below_it() -> None:
    result = found("lowered(grade, 1)", grade="odd").result("found")

    assert result.status == "undetermined"
    assert result.needs == ("one of good, fair, poor in place of 'odd'",)
    assert found("lowered(grade, 1)", grade="优")["found"] == "fair"


def chain(length: int, dates: str) -> str:
    rests = "".join(f"  p{n}: {{value: (p{n - 1} + p{n - 1}) / 2}}\n" for n in range(1, length))
    level = (
        f"  day: {{governed_by: d, facts: {{d: {{type: date}}}}, decisions: {{x: p{length - 1}}}}}"
    )
    return f"{HEAD}parameters:\n  p0: {{value: {{by: date, {dates}}}}}\n{rests}levels:\n{level}\n"


def test_parameters_that_rest_on_one_that_changes_are_reckoned_once() -> None:
    began = perf_counter()
    rules = sla.load(chain(29, "2023-01-01: 1, 2024-01-01: 2"))

    assert rules.findings() == ()
    assert rules.assess({"d": "2023-12-31"})["x"] == 1
    assert rules.assess({"d": "2024-01-01"})["x"] == 2
    assert perf_counter() - began < 10  # it was two to the power of 29 steps


def test_a_parameter_may_change_on_thousands_of_days() -> None:
    days = ", ".join(f"{1900 + n // 12}-{n % 12 + 1:02d}-01: {n}" for n in range(1_500))
    began = perf_counter()
    rules = sla.load(chain(29, days))

    assert rules.assess({"d": "1950-01-31"})["x"] == 600
    assert (rules.assess({}).result("x").low, rules.assess({}).result("x").high) == (0, 1_499)
    assert perf_counter() - began < 10


@pytest.mark.parametrize("earlier", [[{"at": 1}], 5, "x", {"fault": b"x"}, {"fault": None}])
def test_earlier_records_are_told_by_level(earlier: Any) -> None:
    with pytest.raises(sla.FactsError) as caught:
        SERIES.assess({"at": 1}, level="fault", earlier=earlier)

    assert caught.value.codes == ("F120",)


@pytest.mark.parametrize("wrong", [None, 5, "x", [("a", "b")]])
def test_what_is_no_ruleset_and_no_reading_is_told_so(wrong: Any) -> None:
    with pytest.raises(TypeError, match="expected readings"):
        SERIES.with_readings(wrong)
    with pytest.raises(TypeError, match="expected readings"):
        SERIES.compare(wrong, {"faults": []})
    with pytest.raises(TypeError, match="expected rules"):
        sla.changes(SERIES, wrong)
    with pytest.raises(sla.FactsError, match="there is no level"):
        SERIES.assess({}, level=[wrong])  # type: ignore[arg-type]


@pytest.mark.parametrize("fee", ["9" * 26, "-" + "9" * 26, "9" * 28 + ".5", "0", "-0.5", "1.05"])
def test_an_amount_is_exact_however_large_it_is(fee: str) -> None:
    rules = sla.load(
        HEAD
        + """
currency: CNY
levels:
  record: {facts: {fee: {type: money, step: 0.01 CNY}}, decisions: {half: fee / 2}}
"""
    )
    half = rules.assess({"fee": Decimal(fee)})["half"]

    assert Fraction(half) * 2 == Fraction(fee)
    assert half.as_tuple().exponent == (-3 if fee == "1.05" else -2)


def test_a_part_of_a_unit_is_told_as_it_can_be_written() -> None:
    text = "currency: CNY\nlevels: {record: {facts: {fee: {type: money, step: 0.001}}}}\n"
    with pytest.raises(sla.RulesetError, match=r"write its unit: 0\.001 CNY"):
        sla.load(HEAD + text)
