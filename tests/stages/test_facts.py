"""Facts are read strictly: nothing is clamped, coerced, guessed or dropped, and all is told."""

import collections
import datetime as dt
import decimal
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pendulum
import pytest

import sla_rules as sla
from sla_rules.facts.document import read_document

BAD = Path(__file__).parents[1] / "bad_facts"
FILES = sorted(BAD.glob("*.yaml")) + sorted(BAD.glob("*.json"))
UPDATE = os.environ.get("UPDATE_GOLDEN") == "1" and not os.environ.get("CI")

RULESET = """\
language: 1
id: sample
version: 1.0.0
title: Sample
timezone: Asia/Shanghai
currency: CNY
effective: {from: 2023-01-01, to: 2024-12-31}
enums:
  grade:
    good: {title: {zh: 优, en: good}, aliases: [优秀]}
    poor: {title: {zh: 差, en: poor}}
levels:
  payment:
    key: id
    facts:
      id: {type: text}
      amount: {type: money, min: 0 CNY}
      pay_on: {type: date, min: "'2023-01-01'"}
      months: {type: {list: month}}
      region: {type: text, optional: true}
    require:
      - {that: amount < 1000000 CNY, at: amount, message: {zh: 金额过大, en: too much}}
      - {that: count(months) <= 12, message: at most 12 months}
    decisions:
      total: sum(months.score)
      due: amount * 50%
      by: {type: date, value: pay_on}
  month:
    key: month
    order: [month]
    period: month
    facts:
      month: {type: month}
      region: {type: text, optional: true, from_parent: region}
      score: {type: points, min: 0 points, max: 100 points}
      rate: {type: percent, min: 0, max: 1, optional: true}
      share: {type: ratio, min: 0, max: 1, optional: true}
      late: {type: integer, min: 0, default: 0}
      grade: {type: grade, optional: true}
      reason: {type: grade, optional: true, unlisted: allowed}
      urgent: {type: bool, default: false}
      worked: {type: duration, min: 0 h, max: 100 h, optional: true}
      report: {type: {record: report}, optional: true}
      incidents: {type: {list: incident}, optional: true}
    decisions:
      loss: 100 points - score
      tier: {type: grade, value: if score > 60 points then good else poor}
      hours: {type: duration, value: worked}
      limit: {type: limit, value: 1 workday}
  incident:
    key: id
    facts:
      id: {type: text}
      reported: {type: instant}
      recovered: {type: instant, until: known, not_before: reported}
      pauses: {type: {list: pause}, optional: true}
    decisions:
      open: not given(recovered)
  pause:
    interval: [from, to]
    disjoint: true
    facts:
      from: {type: instant}
      to: {type: instant, until: known, not_before: from}
  report:
    facts: {by: {type: text}, on: {type: date}}
"""


@pytest.fixture(scope="module")
def rules() -> sla.Rules:
    return sla.load(RULESET)


def month(**changed: Any) -> dict[str, Any]:
    return {"month": "2024-03", "score": 90, **changed}


def payment(*months: Any, **changed: Any) -> dict[str, Any]:
    facts = {"id": "P1", "amount": 100, "pay_on": "2024-06-30", "months": list(months)}
    return {**facts, **changed}


def incident(**changed: Any) -> dict[str, Any]:
    return {"id": "I1", "reported": "2024-03-05T10:00+08:00", **changed}


def told(rules: sla.Rules, facts: Any, level: str = "month", **rest: Any) -> list[tuple[str, str]]:
    """The codes and places of everything refused."""
    with pytest.raises(sla.FactsError) as caught:
        rules.assess(facts, level=level, **rest)
    assert str(caught.value)
    assert len(str(caught.value)) < 20_000
    return [(each.code, str(each.where)) for each in caught.value.problems]


class Lying(Mapping[str, Any]):
    """A mapping of a host that fails when it is asked."""

    def __init__(self, fails: str) -> None:
        self.fails = fails

    def __getitem__(self, key: str) -> Any:
        if self.fails == "item":
            raise RuntimeError("no connection")
        return 1

    def __iter__(self) -> Iterator[str]:
        if self.fails == "iter":
            raise OSError("no connection")
        return iter(("month", "score"))

    def __len__(self) -> int:
        if self.fails == "len":
            raise RuntimeError("no connection")
        return 2


class Mute:
    """An object that cannot even be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("no text")


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


LOOP: list[Any] = []
LOOP.append(LOOP)

VALUES: list[tuple[str, Any, str]] = [
    # numbers
    ("score", 90.0, "F105"),
    ("score", float("nan"), "F105"),
    ("score", float("inf"), "F105"),
    ("score", True, "F104"),
    ("score", "ninety", "F104"),
    ("score", "1e1", "F104"),
    ("score", "9_0", "F104"),
    ("score", "1,000", "F104"),
    ("score", "９０", "F104"),
    ("score", "0x5a", "F104"),
    ("score", "90 points", "F104"),
    ("score", "NaN", "F104"),
    ("score", ".5", "F104"),
    ("score", "", "F104"),
    ("score", " ", "F104"),
    ("score", [90], "F104"),
    ("score", {"value": 90}, "F104"),
    ("score", {90}, "F104"),
    ("score", b"90", "F104"),
    ("score", 90 + 0j, "F104"),
    ("score", dt.timedelta(1), "F104"),
    ("score", Mute(), "F104"),
    ("score", deep(5000), "F104"),
    ("score", LOOP, "F104"),
    ("score", Decimal("NaN"), "F106"),
    ("score", Decimal("-Infinity"), "F106"),
    ("score", Decimal("sNaN"), "F106"),
    ("score", Decimal("1e999999"), "F107"),
    ("score", Decimal("1e-999999"), "F107"),
    ("score", Decimal("0e-999999"), "F107"),
    ("score", Decimal("0." + "3" * 40), "F107"),
    ("score", 10**5000, "F107"),
    ("score", -(10**40), "F107"),
    ("score", Fraction(1, 10**40), "F107"),
    ("score", "9" * 33, "F104"),
    ("score", "9" * 10_000_000, "F104"),
    ("score", 101, "F117"),
    ("score", "100.0000000001", "F117"),
    ("score", -1, "F116"),
    ("score", Fraction(-1, 10**20), "F116"),
    ("rate", 100.5, "F105"),
    ("rate", "100.5", "F117"),
    ("rate", 101, "F117"),
    ("rate", "101%", "F117"),
    ("rate", "101％", "F117"),
    ("rate", "-1%", "F116"),
    ("rate", "50%%", "F104"),
    ("rate", "%", "F104"),
    ("share", "50%", "F104"),
    ("share", 50, "F117"),
    ("late", "1.5", "F109"),
    ("late", Decimal("0.5"), "F109"),
    ("late", -1, "F116"),
    # durations
    ("worked", 15, "F104"),
    ("worked", "15", "F104"),
    ("worked", "1 day", "F104"),
    ("worked", "1 workday", "F104"),
    ("worked", "two hours", "F104"),
    ("worked", "-1 h", "F104"),
    ("worked", dt.timedelta(hours=-1), "F104"),
    ("worked", 1.5, "F104"),
    ("worked", "101 h", "F117"),
    ("worked", dt.timedelta(days=5), "F117"),
    # months, truths, choices
    ("month", "2024-13", "F111"),
    ("month", "2024-3", "F111"),
    ("month", "2024/03", "F111"),
    ("month", "2024-03-01", "F111"),
    ("month", "２０２４-03", "F111"),
    ("month", "0000-01", "F111"),
    ("month", "9999-12", "F111"),
    ("month", 202403, "F111"),
    ("month", dt.date(2024, 3, 1), "F111"),
    ("month", "2022-12", "F135"),
    ("month", "2025-01", "F135"),
    ("month", None, "F130"),
    ("urgent", "yes", "F103"),
    ("urgent", "true", "F103"),
    ("urgent", 1, "F103"),
    ("urgent", 0, "F103"),
    ("grade", "god", "F115"),
    ("grade", "", "F102"),
    ("grade", ["good"], "F101"),
    ("grade", True, "F101"),
    ("grade", 1, "F115"),
    ("reason", " ", "F102"),
    ("reason", "\ud800", "F101"),
    # parts
    ("report", "me", "F118"),
    ("report", ["me"], "F118"),
    ("incidents", "none", "F120"),
    ("incidents", b"none", "F120"),
    ("incidents", {}, "F120"),
    ("incidents", set(), "F120"),
    ("incidents", (each for each in ()), "F120"),
    ("incidents", 5, "F120"),
    ("incidents", dict.fromkeys("ab").keys(), "F120"),
]


@pytest.mark.parametrize(
    ("fact", "value", "code"),
    VALUES,
    ids=[f"{number}-{fact}-{code}" for number, (fact, _, code) in enumerate(VALUES)],
)
def test_a_value_is_refused_with_its_code_and_path(
    rules: sla.Rules, fact: str, value: Any, code: str
) -> None:
    assert [(code, fact)] == told(rules, month(**{fact: value}))
    facts = payment(month(), month(month="2024-04"), month(month="2024-05") | {fact: value})
    assert (code, f"months[2].{fact}") in told(rules, facts, "payment")


@pytest.mark.parametrize(
    ("fact", "value", "found"),
    [
        ("score", 90, Decimal(90)),
        ("score", "90.50", Decimal("90.5")),
        ("score", " 90 ", Decimal(90)),
        ("score", Decimal("90.50"), Decimal("90.5")),
        ("score", Fraction(1, 3), Fraction(1, 3)),
        ("score", "+7", Decimal(7)),
        ("score", 0, Decimal(0)),
        ("score", 100, Decimal(100)),
        ("score", Decimal("1e1"), Decimal(10)),
        ("rate", "98.5", Decimal("98.5")),
        ("rate", "98.5%", Decimal("98.5")),
        ("rate", "98.5 ％", Decimal("98.5")),
        ("rate", 100, Decimal(100)),
        ("share", "0.985", Decimal("0.985")),
        ("late", 3, Decimal(3)),
        ("late", "3.0", Decimal(3)),
        ("late", None, Decimal(0)),
        ("worked", "1 h 30 min", dt.timedelta(minutes=90)),
        ("worked", "30 分钟", dt.timedelta(minutes=30)),
        ("worked", dt.timedelta(hours=2), dt.timedelta(hours=2)),
        ("worked", pendulum.duration(hours=2), dt.timedelta(hours=2)),
        ("worked", None, None),
        ("grade", "good", "good"),
        ("grade", "GOOD", "good"),
        ("grade", "优", "good"),
        ("grade", "优秀", "good"),
        ("reason", "something else", "something else"),
        ("urgent", True, True),
        ("urgent", None, False),
        ("month", "2024-12", "2024-12"),
    ],
)
def test_a_value_is_taken_exactly(rules: sla.Rules, fact: str, value: Any, found: Any) -> None:
    taken = rules.assess(month(**{fact: value}), level="month")[fact]

    assert found == taken
    assert type(found) is type(taken)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("2024-03-05T10:00", "F112"),
        (dt.datetime(2024, 3, 5, 10), "F112"),
        ("2024-03-05 10:00:00", "F112"),
        ("5 March", "F113"),
        ("2024-02-30T10:00+08:00", "F113"),
        ("", "F113"),
        (1709604000, "F114"),
        (True, "F114"),
        (dt.date(2024, 3, 5), "F114"),
        (dt.time(10), "F114"),
        ([], "F114"),
        (Mute(), "F199"),
    ],
    ids=lambda each: None if isinstance(each, Mute) else str(each),
)
def test_an_instant_needs_its_zone(rules: sla.Rules, value: Any, code: str) -> None:
    assert [(code, "reported")] == told(rules, incident(reported=value), "incident")


UTC8 = dt.timezone(dt.timedelta(hours=8))


@pytest.mark.parametrize(
    "value",
    [
        "2024-03-05T10:00+08:00",
        "2024-03-05T02:00Z",
        "2024-03-05 10:00:00.000000+08:00",
        dt.datetime(2024, 3, 5, 10, tzinfo=UTC8),
        dt.datetime(2024, 3, 5, 10, tzinfo=ZoneInfo("Asia/Shanghai")),
        dt.datetime(2024, 3, 5, 2, tzinfo=dt.UTC),
        pendulum.datetime(2024, 3, 5, 10, tz="Asia/Shanghai"),
        pendulum.datetime(2024, 3, 4, 21, tz="America/New_York"),
    ],
    ids=str,
)
def test_an_instant_may_be_written_in_any_zone(rules: sla.Rules, value: Any) -> None:
    found = rules.assess(incident(reported=value), level="incident")["reported"]

    assert "2024-03-05T10:00:00+08:00" == found.isoformat()


def test_a_caller_may_name_the_zone_of_instants_without(rules: sla.Rules) -> None:
    facts = incident(reported="2024-03-05T10:00")
    taken = rules.assess(facts, level="incident", zone="Asia/Tokyo")

    assert "2024-03-05T09:00:00+08:00" == taken["reported"].isoformat()
    with pytest.raises(sla.CalendarError, match="did you mean 'Asia/Tokyo'"):
        rules.assess(facts, level="incident", zone="Asia/Tokio")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("2024-02-30", "F110"),
        ("20240630", "F110"),
        ("2024-6-30", "F110"),
        ("2024-06-30T00:00+08:00", "F110"),
        (dt.datetime(2024, 6, 30, tzinfo=dt.UTC), "F110"),
        (20240630, "F110"),
        ("2024-W26-7", "F110"),
        ("2022-12-31", "F116"),
    ],
)
def test_a_date_is_no_instant(rules: sla.Rules, value: Any, code: str) -> None:
    assert [(code, "pay_on")] == told(rules, payment(month(), pay_on=value), "payment")


def test_money_has_two_places(rules: sla.Rules) -> None:
    assert [("F108", "amount")] == told(rules, payment(amount="0.001"), "payment")
    assert [("F116", "amount")] == told(rules, payment(amount="-0.01"), "payment")
    taken = rules.assess(payment(amount="0.05", months=[month()]), level="payment")
    assert Decimal("0.05") == taken["amount"]


@pytest.mark.parametrize(
    ("value", "code"),
    [(5, None), ("", "F102"), ("\t ", "F102"), (5.0, "F101"), (True, "F101"), (b"P", "F101"),
     ("\udc00", "F101"), (10**40, "F107"), (["P"], "F101"), (Mute(), "F101")],
    ids=lambda each: ascii(each) if isinstance(each, str) else None,
)  # fmt: skip
def test_an_identifier_is_text_or_a_whole_number(
    rules: sla.Rules, value: Any, code: str | None
) -> None:
    facts = payment(month(), id=value)
    if code is None:
        assert "5" == rules.assess(facts, level="payment").id
    else:
        assert [(code, "id")] == told(rules, facts, "payment")


# --- records -----------------------------------------------------------------------------------


@pytest.mark.parametrize("facts", [5, "month", b"{}", [], (), None, {1}, month().items(), Mute()],
                         ids=lambda each: type(each).__name__)  # fmt: skip
def test_a_document_is_a_mapping(rules: sla.Rules, facts: Any) -> None:
    assert [("F118", "")] == told(rules, facts)


@pytest.mark.parametrize("fails", ["item", "iter", "len"])
def test_a_mapping_that_lies_is_a_problem_of_the_facts(rules: sla.Rules, fails: str) -> None:
    if fails != "len":
        assert [("F118", "")] == told(rules, Lying(fails))
        assert [("F118", "months[0]")] == told(rules, payment(Lying(fails)), "payment")
        assert [("F118", "given")] == told(rules, month(given=Lying(fails)))
    else:
        assert told(rules, Lying(fails)) == [("F111", "month")]


def test_any_mapping_and_any_sequence_will_do(rules: sla.Rules) -> None:
    class Rows(Sequence[Any]):
        def __init__(self, *rows: Any) -> None:
            self.rows = rows

        def __getitem__(self, index: Any) -> Any:
            return self.rows[index]

        def __len__(self) -> int:
            return len(self.rows)

    chained = collections.ChainMap({"score": 80}, month())
    plain = rules.assess(payment(month(score=80)), level="payment")

    for rows in (Rows(chained), (chained,), collections.deque([chained])):
        facts = collections.OrderedDict(payment(months=rows))
        assert plain == rules.assess(facts, level="payment")


def test_an_unknown_key_is_told_with_the_nearest(rules: sla.Rules) -> None:
    with pytest.raises(sla.FactsError) as caught:
        rules.assess(month(scroe=1), level="month")
    (problem,) = caught.value.problems

    assert ("F123", "scroe") == (problem.code, problem.where)
    assert "did you mean 'score'?" == problem.hint


@pytest.mark.parametrize("key", [1, None, 1.5, ("a",), "", "a" * 1000, "\ud800", "\x1b[31m", Mute])
def test_a_key_that_is_no_name_is_unknown(rules: sla.Rules, key: Any) -> None:
    ((code, _),) = told(rules, month() | {key: 1})

    assert "F123" == code


def test_thousands_of_unknown_keys_are_told(rules: sla.Rules) -> None:
    with pytest.raises(sla.FactsError) as caught:
        rules.assess(month(**{f"k{n}": 1 for n in range(20_000)}), level="month")

    assert 20_000 == len(caught.value.problems)


def test_all_problems_are_told_at_once_in_the_order_of_their_paths(rules: sla.Rules) -> None:
    bad = month(score=101, late=-1, grade="god", extra=1)
    months = [{**bad, "month": f"2024-{n:02}"} for n in range(1, 13)]
    found = told(rules, payment(*months, amount=1.5, other=1), "payment")

    assert 4 * 12 + 2 == len(found)
    assert ("F105", "amount") == found[0]
    assert ("F123", "months[0].extra") == found[1]
    assert ("F116", "months[11].late") == found[-3]
    assert ("F123", "other") == found[-1]


def test_values_are_refused_before_records_are_compared(rules: sla.Rules) -> None:
    """What a record means is asked only when every value can be read."""
    facts = payment(month(score=101), month())

    assert [("F117", "months[0].score")] == told(rules, facts, "payment")


def test_a_record_may_stand_once_in_a_document(rules: sla.Rules) -> None:
    found = told(rules, payment(month(), month(score=80)), "payment")
    assert [("F131", "months[1].month")] == found

    months = month(incidents=[incident()]), month(month="2024-04", incidents=[incident()])
    assert [("F131", "months[1].incidents[0].id")] == told(rules, payment(*months), "payment")


def test_a_key_that_recurs_may_come_back_under_another_parent_only() -> None:
    recurring = sla.load(RULESET.replace("  incident:\n", "  incident:\n    recurs: true\n"))
    twice = [incident(), incident()]
    months = [month(incidents=[incident()]), month(month="2024-04", incidents=[incident()])]

    assert [("F131", "incidents[1].id")] == told(recurring, month(incidents=twice))
    found = recurring.assess(payment(*months), level="payment")
    assert [["I1"], ["I1"]] == [
        [each.id for each in one.child("incidents")] for one in found.child("months")
    ]


def test_a_record_needs_its_key(rules: sla.Rules) -> None:
    facts = payment(month(), {"score": 80, "month": None})
    assert [("F130", "months[1].month")] == told(rules, facts, "payment")
    assert [("F130", "id")] == told(rules, {"reported": "2024-03-05T10:00+08:00"}, "incident")


def test_nothing_ends_before_it_begins(rules: sla.Rules) -> None:
    early = incident(recovered="2024-03-05T09:59:59.999999+08:00")
    assert [("F132", "recovered")] == told(rules, early, "incident")
    same = incident(recovered="2024-03-05T10:00+08:00")
    assert rules.assess(same, level="incident")["open"] is False


@pytest.mark.parametrize(
    ("spans", "paths"),
    [
        ([("10:00", "11:00"), ("10:30", "11:30")], ["pauses[1]"]),
        ([("10:30", "11:30"), ("10:00", "11:00")], ["pauses[0]"]),
        ([("10:00", None), ("10:30", "11:30")], ["pauses[1]"]),
        ([("10:00", "12:00"), ("10:10", "10:20"), ("11:00", "11:30")], ["pauses[1]", "pauses[2]"]),
        ([("10:00", "11:00"), ("10:00", "11:00")], ["pauses[1]"]),
    ],
)
def test_a_span_of_time_is_stated_once(
    rules: sla.Rules, spans: list[tuple[str, str | None]], paths: list[str]
) -> None:
    day = "2024-03-05T{}+08:00"
    pauses = [{"from": day.format(start), "to": end and day.format(end)} for start, end in spans]

    assert [("F133", path) for path in paths] == told(rules, incident(pauses=pauses), "incident")


def test_spans_may_touch(rules: sla.Rules) -> None:
    day = "2024-03-05T{}+08:00"
    pauses = [{"from": day.format(a), "to": day.format(b)} for a, b in
              [("11:00", "12:00"), ("10:00", "11:00")]]  # fmt: skip

    assert rules.assess(incident(pauses=pauses), level="incident")["open"] is True


def test_what_a_record_takes_over_must_agree(rules: sla.Rules) -> None:
    facts = payment(month(region="south"), month(month="2024-04"), region="north")
    assert [("F134", "months[0].region")] == told(rules, facts, "payment")

    taken = rules.assess(payment(month(), region="north"), level="payment")
    assert "north" == taken.child("months")[0]["region"]


def test_the_period_is_kept_unless_the_caller_says_otherwise(rules: sla.Rules) -> None:
    for outside in ("2022-12", "2025-01"):
        assert [("F135", "month")] == told(rules, month(month=outside))
        taken = rules.assess(month(month=outside), level="month", as_if_in_force=True)
        assert Decimal(10) == taken["loss"]
    for inside in ("2023-01", "2024-12"):
        assert "final" == rules.assess(month(month=inside), level="month").result("loss").status


def test_requirements_are_told_where_they_point(rules: sla.Rules) -> None:
    many = [month(month=f"{year}-{n:02}") for year in (2023, 2024) for n in range(1, 9)]
    found = told(rules, payment(*many, amount=2_000_000), "payment")

    assert [("F136", ""), ("F136", "amount")] == found


def test_an_unknown_level_is_told(rules: sla.Rules) -> None:
    with pytest.raises(sla.FactsError, match="did you mean 'month'"):
        rules.assess({}, level="moth")


# --- given figures -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"los": 1}, [("F121", "given.los")]),
        ({1: 1}, [("F121", "given.1")]),
        ({"limit": "2 h"}, [("F121", "given.limit")]),
        ({"loss": None}, [("F122", "given.loss")]),
        ({"loss": {}}, [("F122", "given.loss")]),
        ({"loss": {"value": 1, "by": "me"}}, [("F122", "given.loss")]),
        ({"loss": {"value": 1.5}}, [("F105", "given.loss")]),
        ({"loss": {"value": 1, "approved_by": 5}}, [("F101", "given.loss")]),
        ({"loss": {"value": 1, "approved_by": " "}}, [("F102", "given.loss")]),
        ({"loss": {"value": 1, "on": "yesterday"}}, [("F110", "given.loss")]),
        ({"tier": "fair"}, [("F115", "given.tier")]),
        ({"hours": 5}, [("F104", "given.hours")]),
        ([("loss", 1)], [("F118", "given")]),
        ("loss", [("F118", "given")]),
        (5, [("F118", "given")]),
    ],
    ids=repr,
)
def test_a_given_figure_is_read_as_strictly(
    rules: sla.Rules, given: Any, found: list[tuple[str, str]]
) -> None:
    assert found == told(rules, month(given=given))


def test_a_figure_is_given_once(rules: sla.Rules) -> None:
    found = told(rules, month(loss=5, tier="good", given={"loss": 5, "tier": "good"}))

    assert [("F119", "loss"), ("F119", "tier")] == found


def test_a_figure_of_a_library_is_read_like_one_of_a_document(rules: sla.Rules) -> None:
    from sla_rules.facts.shapes import Given

    bad = {"loss": Given(1.5), "tier": Given("good", approved_by="")}
    assert [("F105", "given.loss"), ("F102", "given.tier")] == told(rules, month(given=bad))
    taken = rules.assess(month(given={"loss": Given("5", "王工")}), level="month")
    assert Decimal(5) == taken["loss"]


def test_given_figures_stand_for_computed_ones(rules: sla.Rules) -> None:
    written = {"value": "5.5", "approved_by": "王工", "reason": "复核", "on": "2024-04-02"}
    for facts in (month(loss=written), month(given={"loss": written})):
        result = rules.assess(facts, level="month").result("loss")
        assert result.given is not None

        assert (Decimal("5.5"), "final") == (result.value, result.status)
        assert ("王工", "复核", dt.date(2024, 4, 2)) == (
            result.given.approved_by,
            result.given.reason,
            result.given.on,
        )
    assert "poor" == rules.assess(month(tier="差"), level="month")["tier"]
    taken = rules.assess(month(hours="2 h"), level="month")
    assert dt.timedelta(hours=2) == taken["hours"]


# --- documents -------------------------------------------------------------------------------


def test_text_instances_and_mappings_say_the_same(rules: sla.Rules, tmp_path: Path) -> None:
    facts = payment(month(score="90.5", incidents=[incident()]))
    by_class = rules.fact_class
    made = by_class("payment")(
        id="P1",
        amount=Decimal(100),
        pay_on=dt.date(2024, 6, 30),
        months=(by_class("month")(month="2024-03", score=Fraction(181, 2),
                                  incidents=[by_class("incident")(**incident())]),),
    )  # fmt: skip
    text = json.dumps(facts)
    (tmp_path / "facts.json").write_bytes(b"\xef\xbb\xbf" + text.encode())
    yaml = (
        "id: P1\namount: 100\npay_on: 2024-06-30\nmonths:\n- month: 2024-03\n  score: 90.5\n"
        "  incidents: [{id: I1, reported: 2024-03-05T10:00+08:00}]\n"
    )
    (tmp_path / "facts.yaml").write_text(yaml, encoding="utf-8")
    wanted = rules.assess(facts, level="payment").to_json()

    for each in (made, text, "\n " + text, yaml, tmp_path / "facts.json", tmp_path / "facts.yaml",
                 str(tmp_path / "facts.json"), text.replace('"90.5"', "9.05e1")):  # fmt: skip
        assert wanted == rules.assess(each, level="payment").to_json()


def test_instances_are_read_as_strictly(rules: sla.Rules) -> None:
    made = rules.fact_class("month")(month="2024-03", score=90.5, late=True)

    assert [("F104", "late"), ("F105", "score")] == told(rules, made)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"score": 1, "score": 2}', "F003"),
        ('{"a": {"b": 1, "b": 2}}', "F003"),
        ('{"score": NaN}', "F106"),
        ('{"score": -Infinity}', "F106"),
        ('{"score": ' + "9" * 5000 + "}", "F107"),
        ('{"score": ' + "9" * 1_000_000 + "}", "F107"),
        ('{"score": 1e999999999}', "F107"),
        ('{"score": 1e99999999999999999999}', "F107"),
        ('{"score": }', "F004"),
        ('{"score": 1', "F004"),
        ("{'score': 1}", "F004"),
        ('{"score": 1} {"score": 2}', "F004"),
        ("[" * 100_000, "F005"),
        ('{"a":' * 100_000, "F005"),
        ("", "E104"),
        (" \n", "E104"),
        ("a: 1\na: 2\n", "E111"),
        ("score: &a 1\n", "E107"),
        ("score: !!python/name:os.system 1\n", "E108"),
        ("a: 1\n---\nb: 2\n", "E103"),
        ("- " * 100_000, "E106"),
        ("score: \ud800\n", "E102"),
        ("a:\tb: c\n", "E102"),
        ("x" * 64_000_001, "F002"),
    ],
    ids=lambda each: ascii(each[:24]),
)
def test_a_text_is_refused_with_its_code(rules: sla.Rules, text: str, code: str) -> None:
    assert code in {found for found, _ in told(rules, text)}


def test_a_deep_text_is_refused_wherever_its_depth_lies(rules: sla.Rules) -> None:
    """Depths that the reader of JSON still bears must not be too much for the message."""
    for depth in (100, 300, 500, 700, 900, 950):
        text = json.dumps(month(score=0)).replace(
            '"score": 0', f'"score": {"[" * depth}{"]" * depth}'
        )
        assert told(rules, text)[0][0] in ("F104", "F005")


@pytest.mark.parametrize("make", ["missing", "folder", "utf-16", "loop", "nul", "long"])
def test_a_file_that_cannot_be_read_is_refused(rules: sla.Rules, tmp_path: Path, make: str) -> None:
    path = tmp_path / "facts.json"
    if make == "folder":
        path.mkdir()
    elif make == "utf-16":
        path.write_bytes("{}".encode("utf-16"))
    elif make == "loop":
        path.symlink_to(path)
    elif make == "nul":
        path = Path("a\0b.json")
    elif make == "long":
        path = Path("a" * 5000 + ".json")

    assert "F001" == told(rules, path)[0][0]
    assert "F001" == told(rules, str(path))[0][0]


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are set on Unix")
def test_a_huge_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    with (tmp_path / "facts.json").open("wb") as stream:
        stream.truncate(3 << 30)
    code = f"""
import resource
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
import sla_rules as sla
try:
    sla.load("gz-npc-2023").assess({str(tmp_path / "facts.json")!r})
except sla.FactsError as error:
    print(*error.codes)
"""
    source = Path(__file__).parents[2] / "src"
    env = {**os.environ, "PYTHONPATH": str(source)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", env=env, check=False
    )

    assert ("F002\n", "") == (done.stdout, done.stderr[-2000:])


def test_text_that_is_no_path_is_text() -> None:
    assert {"a": 1} == read_document("a: 1")
    assert {"a": Decimal("1.5")} == read_document('{"a": 1.5}')
    assert {"a": [None, True, "no"]} == read_document("a: [null, true, no]\n")
    assert b"{}" == read_document(b"{}")


def test_the_precision_of_the_host_changes_nothing(rules: sla.Rules) -> None:
    with decimal.localcontext() as context:
        context.prec = 3
        taken = rules.assess(month(score=Decimal("12.3456")), level="month")

    assert Decimal("87.6544") == taken["loss"]


# --- the Guangzhou contract: facts a person writes ------------------------------------------------


@pytest.mark.parametrize("file", FILES, ids=lambda each: each.stem)
def test_bad_facts_are_told_in_the_words_of_the_golden_file(file: Path) -> None:
    with pytest.raises(sla.FactsError) as caught:
        sla.load("gz-npc-2023").assess(read_document(file))
    golden, found = file.with_suffix(".expected"), f"{caught.value}\n"
    if UPDATE:
        golden.write_text(found, encoding="utf-8")

    assert golden.read_text(encoding="utf-8") == found
    assert file.stem.partition("-")[0].upper() in re.findall(r": (F\d+) ", found)
