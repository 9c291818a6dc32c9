"""Values by date, graduated rates, and functions of dates and grades."""

import datetime as dt

import pytest

import sla_rules as sla
from sla_rules import Assessment, RulesetError

HEAD = """language: 1
id: sample
version: 1.0.0
title: Sample
timezone: Asia/Shanghai
"""
DATED = (
    HEAD
    + """parameters:
  limit: {value: {by: date, 2024-01-01: 2, 2024-07-01: 4, 2025-01-01: 8}}
  half: {value: limit / 2}
  later: {value: {by: date, 2024-03-01: limit, 2024-09-01: limit * 10}}
levels:
  visit:
    governed_by: at
    facts:
      at: {type: KIND, until: known}
      size: {type: number, default: 0}
    decisions:
      now: limit
      halved: half
      nested: {value: later}
      own: {value: {by: date, 2024-01-01: size, 2024-07-01: {bands: {on: size, rows: {"(..1]": 1, "(1..)": 2}}}}}
"""
)


def visit(kind: str, at: str | None, **facts: object) -> Assessment:
    stated = {} if at is None else {"at": at}
    return sla.load(DATED.replace("KIND", kind)).assess({**stated, **facts})


@pytest.mark.parametrize(
    ("kind", "at", "limit"),
    [
        ("date", "2024-06-30", 2),
        ("date", "2024-07-01", 4),
        ("date", "2030-01-01", 8),
        ("month", "2024-06", 2),
        ("month", "2024-07", 4),
        ("instant", "2024-06-30T15:59:59Z", 2),
        ("instant", "2024-06-30T16:00:00Z", 4),  # midnight in Shanghai
    ],
)
def test_the_moment_of_the_record_decides(kind: str, at: str, limit: int) -> None:
    found = visit(kind, at)

    assert found["now"] == limit
    assert found["halved"] == limit / 2


def test_parameters_by_date_may_rest_on_each_other() -> None:
    assert [
        visit("date", each)["nested"] for each in ("2024-03-01", "2024-07-01", "2024-09-01")
    ] == [2, 4, 40]


def test_a_decision_may_change_its_kind() -> None:
    assert visit("date", "2024-06-30", size=5)["own"] == 5
    assert visit("date", "2024-07-01", size=5)["own"] == 2


def test_before_the_first_value_the_ruleset_has_no_answer() -> None:
    with pytest.raises(RulesetError) as caught:
        visit("date", "2024-02-29")

    assert caught.value.codes == ("E605",)
    assert "the first holds from 2024-03-01 on" in str(caught.value)


def test_an_unknown_moment_may_be_any_time() -> None:
    result = visit("date", None).result("now")

    assert (result.status, result.low, result.high) == ("provisional", 2, 8)


RATES = (
    HEAD
    + """levels:
  order:
    facts:
      days: {type: integer, min: 0, max: 9, until: known}
      hours: {type: number, min: -5, max: 9, until: known}
    decisions:
      marginal: {rates: {of: days, how: marginal, rows: {"(0..3)": 0.5 points, "[3..)": 1 points}}}
      whole: {rates: {of: days, how: whole, rows: {"(0..3)": 0.5 points, "[3..)": 1 points}}}
      flow: {rates: {of: hours, how: marginal, rows: {"(0..2]": 1 points, "(2..)": 3 points}}}
      jump: {rates: {of: hours, how: whole, rows: {"(0..2]": 3 points, "(2..)": 1 points}}}
"""
)


UNBOUNDED = (
    HEAD
    + """levels:
  order:
    facts:
      days: {type: integer, min: 4, until: known}
      any: {type: integer, until: known}
      most: {type: integer, max: 2, until: known}
      rate: {type: points, default: 1 points}
      unknown: {type: points, until: known}
    decisions:
      marginal: {rates: {of: days, how: marginal, rows: {"(0..3)": 0.5 points, "[3..)": 1 points}}}
      whole: {rates: {of: days, how: whole, rows: {"(0..3)": 9 points, "[3..6)": 2 points, "[6..)": 1 points}}}
      from_nothing: {rates: {of: any, how: marginal, rows: {"(0..3)": 0.5 points, "[3..)": 1 points}}}
      up_to_two: {rates: {of: most, how: marginal, rows: {"(0..3)": 0.5 points, "[3..)": 1 points}}}
      refund: {rates: {of: days, how: marginal, rows: {"(0..3)": 0.5 points, "[3..)": -1 points}}}
      doubtful: {rates: {of: days, how: marginal, rows: {"(0..3)": rate, "[3..)": unknown}}}
"""
)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("marginal", 3, None),  # two at half a point, two at one
        ("whole", 4, None),  # four at the lowest rate that may be reached
        ("from_nothing", 0, None),
        ("up_to_two", 0, 1),
        ("refund", None, None),
        ("doubtful", None, None),
    ],
)
def test_an_amount_without_a_known_end_costs_at_least_what_is_certain(
    name: str, low: object, high: object
) -> None:
    found = sla.load(UNBOUNDED).assess({}).result(name)

    assert (found.low, found.high) == (low, high)


def order(**facts: object) -> Assessment:
    return sla.load(RATES).assess(facts)


@pytest.mark.parametrize(
    ("days", "marginal", "whole"), [(0, 0, 0), (1, "0.5", "0.5"), (2, 1, 1), (3, 2, 3), (5, 4, 5)]
)
def test_rates_of_counted_days(days: int, marginal: object, whole: object) -> None:
    found = order(days=days)

    assert (str(found["marginal"]), str(found["whole"])) == (str(marginal), str(whole))


def test_rates_of_a_line() -> None:
    assert [order(hours=each)["flow"] for each in (-5, 0, 1, 2, "2.5", 4)] == [
        0,
        0,
        1,
        2,
        sla_half(7),
        8,
    ]


def sla_half(value: int) -> object:
    from decimal import Decimal

    return Decimal(value) / 2


@pytest.mark.parametrize("name", ["marginal", "whole"])
def test_bounds_of_rates_enclose_every_completion(name: str) -> None:
    open_ = order().result(name)

    values = [order(days=each)[name] for each in range(10)]

    assert open_.low <= min(values)
    assert max(values) <= open_.high


def test_bounds_enclose_a_rate_that_falls() -> None:
    for name in ("flow", "jump"):
        open_ = order().result(name)
        for each in ("-5", "0", "1.9", "2", "2.01", "9"):
            assert open_.low <= order(hours=each)[name] <= open_.high


def test_rates_are_explained_part_by_part() -> None:
    text = order(days=4).explain("marginal").text()

    assert "分段计：2 × 0.5 分 + 2 × 1 分 = 3 分" in text
    assert "全额按所在档计：4 × 1 分 = 4 分" in order(days=4).explain("whole").text()
    assert "计 0 分 至 8 分" in order().explain("marginal").text()


FUNCTIONS = (
    HEAD
    + """enums: {grade: {A: A, B: B, C: C}}
calendars: {office: {hours: {mon-fri: ["09:00-18:00"]}, holidays: CN}}
levels:
  claim:
    facts:
      day: {type: date, until: known}
      at: {type: instant, until: known}
      month: {type: month, until: known}
      n: {type: number, default: 1}
      grade: {type: {enum: grade}, until: known}
    decisions:
      days_later: "add_days(day, n)"
      months_later: "add_months(day, n)"
      month_later: "add_months(month, n)"
      workdays_later: "add_workdays(day, n, office)"
      passed: "days_between(day, '2024-03-01')"
      worked: "workdays_between(day, '2024-03-01', office)"
      open: "is_open(at, office)"
      numbers: {type: number, value: month_number(at) * 10000 + year_of(day)}
      of_month: {type: number, value: month_number(month)}
      first: first_day(month)
      worse: "lowered(grade, n)"
"""
)


def claim(**facts: object) -> Assessment:
    return sla.load(FUNCTIONS).assess(facts)


def test_functions_of_dates() -> None:
    found = claim(day="2024-01-31", month="2024-12", at="2024-02-18T09:00+08:00")

    assert found["days_later"] == dt.date(2024, 2, 1)
    assert found["months_later"] == dt.date(2024, 2, 29)
    assert found["month_later"] == "2025-01"
    assert found["workdays_later"] == dt.date(2024, 2, 1)
    assert (found["passed"], found["worked"]) == (30, 19)
    assert found["open"] is True  # a Sunday made up for a holiday
    assert (found["numbers"], found["of_month"], found["first"]) == (
        22024,
        12,
        dt.date(2024, 12, 1),
    )


def test_counting_backwards() -> None:
    found = claim(day="2024-03-08", n=-5)

    assert found["workdays_later"] == dt.date(2024, 3, 1)
    assert (found["passed"], found["worked"]) == (-7, 0)
    assert claim(day="2024-03-08", n=0)["workdays_later"] == dt.date(2024, 3, 8)


def test_grades_are_lowered_to_the_last_at_most() -> None:
    assert [claim(grade="A", n=each)["worse"] for each in (0, 1, 2, 3, -1)] == [
        "A",
        "B",
        "C",
        "C",
        "A",
    ]


CLAIMS = (
    HEAD
    + """levels:
  claim:
    facts:
      told: {type: date}
      claimed: {type: date, until: known, not_before: told}
      closed: {type: month, until: known}
      never: {type: date}
      first: {type: month, default: "'2025-01'"}
      limit: {type: date, default: "'2024-06-30'"}
    decisions:
      late: claimed > limit
      next_year: closed >= first
      unknown: never > limit
"""
)


@pytest.mark.parametrize(
    ("as_of", "late", "next_year"),
    [
        (None, None, None),
        ("2024-06-30T23:59+08:00", None, None),  # it may still come today
        ("2024-06-30T16:00+00:00", True, None),  # in Shanghai it is July
        ("2024-12-31T23:59+08:00", True, None),
        ("2025-01-01T00:00+08:00", True, True),
    ],
)
def test_the_instant_of_the_question_narrows_open_dates_and_months(
    as_of: str | None, late: object, next_year: object
) -> None:
    found = sla.load(CLAIMS).assess({"told": "2024-05-01"}, as_of=as_of)

    assert (found["late"], found["next_year"]) == (late, next_year)
    assert found["unknown"] is None  # it is not open but missing


def test_an_open_date_is_not_before_what_it_follows() -> None:
    assert sla.load(CLAIMS).assess({"told": "2024-07-01"})["late"] is True


LOWERED = (
    HEAD
    + """enums: {grade: {A: A, B: B, C: C, D: D}}
levels:
  quarter:
    facts:
      grade: {type: {enum: grade}, default: A}
      known: {type: bool, default: true}
      n: {type: integer, min: 0}
      any: {type: integer}
    decisions:
      by_one: "lowered(grade, min(1, n))"
      by_some: "lowered(if known then A else B, n)"
      by_any: "lowered(if known then B else A, any)"
"""
)


def test_grades_that_may_be_lowered_keep_the_grades_that_are_possible() -> None:
    found = sla.load(LOWERED).assess({})

    assert found.result("by_one").options == ("A", "B")
    assert set(found.result("by_some").options) == {"A", "B", "C", "D"}
    assert set(found.result("by_any").options) == {"A", "B", "C", "D"}
    assert sla.load(LOWERED).assess({"grade": "D"})["by_one"] == "D"


def test_what_is_unknown_stays_unknown() -> None:
    found = claim()

    assert {found.result(name).status for name in found.decisions()} == {"provisional"}


@pytest.mark.parametrize(
    "facts", [{"day": "2024-01-31", "n": "0.5"}, {"day": "9999-12-31"}, {"grade": "A", "n": "1.5"}]
)
def test_what_no_calendar_has_is_refused(facts: dict[str, object]) -> None:
    with pytest.raises(sla.SlaError) as caught:
        claim(**facts)

    assert caught.value.codes[0] in ("E606", "T030", "T031")


def test_a_figure_between_two_steps_is_refused() -> None:
    text = (
        HEAD
        + "levels: {m: {facts: {rate: {type: percent, step: 0.01%}, t: {type: duration, step: 1 min}}, decisions: {r: rate}}}\n"
    )
    rules = sla.load(text)

    assert rules.assess({"rate": "98.75", "t": "2 min"})["r"] == sla_half(197) + sla_half(1) / 2
    with pytest.raises(sla.FactsError) as caught:
        rules.assess({"rate": "98.755", "t": "90 s"})
    assert caught.value.codes == ("F126", "F126")


def test_weights_of_sections() -> None:
    text = (
        HEAD
        + """levels:
  month:
    facts: {speed: {type: points}, quality: {type: points, optional: true}}
    decisions:
      total:
        scorecard:
          total: 100 points
          rescale: "true"
          sections:
            - {of: speed, max: 100 points, weight: 40%}
            - {of: quality, max: 100 points, weight: 60%, applies: given(quality)}
"""
    )
    rules = sla.load(text)

    assert rules.assess({"speed": 50, "quality": 100})["total"] == 80
    assert rules.assess({"speed": 50})["total"] == 50
    assert "× 40%" in rules.assess({"speed": 50, "quality": 100}).explain("total").text()


def test_an_open_moment_is_not_before_what_is_known_of_it() -> None:
    rules = sla.load(DATED.replace("KIND", "instant"))

    assert rules.assess({}, as_of="2025-02-01T00:00+08:00")["now"] == 8
    result = rules.assess({}, as_of="2024-08-01T00:00+08:00").result("now")
    assert (result.low, result.high) == (4, 8)


def test_a_value_that_may_not_hold_leaves_no_note_and_refuses_nothing() -> None:
    text = (
        HEAD
        + """levels:
  visit:
    governed_by: at
    facts: {at: {type: date, until: known}, kind: {type: [a, b]}}
    decisions:
      points:
        type: number
        value:
          by: date
          2024-01-01: {table: {on: kind, rows: [{when: a, then: 1, note: old}]}}
          2024-07-01: {table: {on: kind, rows: [{when: "a, b", then: 2}]}}
"""
    )
    rules = sla.load(text)

    assert rules.assess({"kind": "a"}).notes == ()
    assert rules.assess({"kind": "a", "at": "2024-03-01"}).notes == ("old",)
    assert rules.assess({"kind": "b"}).result("points").value is None
    assert rules.assess({"kind": "b", "at": "2024-08-01"})["points"] == 2


def test_an_early_value_holds_although_another_rests_on_what_begins_later() -> None:
    text = (
        HEAD
        + """parameters:
  inner: {value: {by: date, 2024-07-01: 4}}
  outer: {value: {by: date, 2024-01-01: 1, 2024-09-01: inner}}
  broken: {value: {by: date, 2024-01-01: inner}}
levels: {visit: {governed_by: at, facts: {at: {type: date}}, decisions: {now: outer, other: broken}}}
"""
    )
    rules = sla.load(text.replace(", other: broken", ""))

    assert [rules.assess({"at": f"2024-{month}-01"})["now"] for month in ("01", "08", "09")] == [
        1,
        1,
        4,
    ]
    with pytest.raises(RulesetError) as caught:
        sla.load(text).assess({"at": "2024-03-01"})
    assert caught.value.codes == ("E605",)


@pytest.mark.parametrize(("count", "loss"), [(1, 1), (2, 2), (3, 7), (4, 12)])
def test_units_belong_to_the_band_that_holds_their_number(count: int, loss: int) -> None:
    text = (
        HEAD
        + """levels:
  order:
    facts: {days: {type: integer, min: 0}}
    decisions: {loss: {type: points, rates: {of: days, how: marginal, rows: {"(0..2.5)": 1 points, "[2.5..)": 5 points}}}}
"""
    )

    assert sla.load(text).assess({"days": count})["loss"] == loss


def test_a_rate_that_follows_the_amount_is_not_bounded_by_its_ends() -> None:
    text = (
        HEAD
        + """levels:
  order:
    facts: {n: {type: number, min: 0, max: 10, until: known}}
    decisions: {loss: {type: points, rates: {of: n, how: whole, rows: {"(0..)": (10 - x) * 1 points}}}}
"""
    )
    rules = sla.load(text)
    open_ = rules.assess({}).result("loss")

    assert rules.assess({"n": 5})["loss"] == 25
    assert open_.high is None or open_.high >= 25
