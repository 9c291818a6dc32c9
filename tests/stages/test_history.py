"""Records that look back: previous, earlier, this; series; what nobody told."""

import pickle
from fractions import Fraction

import pytest

import sla_rules as sla

HEAD = """language: 1
id: sample
version: 1.0.0
title: Sample
timezone: Asia/Shanghai
"""
MONTHS = (
    HEAD
    + """levels:
  contract:
    facts: {months: {type: {list: month}}}
    decisions: {}
  month:
    key: month
    order: [month]
    facts:
      month: {type: month}
      lost: {type: points, min: 0 points}
    decisions:
      doubled: {type: points, value: if (previous.lost otherwise 0 points) > 0 points then lost * 2 else lost}
      before: count(earlier)
      worst_before: max(earlier.lost)
      running: {type: points, value: lost + (previous.running otherwise 0 points)}
      first: not given(previous.lost)
"""
)
FAULTS = (
    HEAD
    + """levels:
  contract:
    facts: {months: {type: {list: month}}}
    decisions: {}
  month:
    key: month
    facts: {month: {type: month}, faults: {type: {list: fault}}}
    decisions: {again: count(faults where repeated)}
  fault:
    key: id
    order: [at]
    series: [cause]
    facts:
      id: {type: text}
      at: {type: instant}
      cause: {type: text, optional: true}
    decisions:
      number: count(earlier) + 1
      repeated: any(earlier where at >= this.at - 720 h)
"""
)


def months(*lost: int | None, start: int = 1) -> list[dict[str, object]]:
    return [
        {"month": f"2024-{n:02d}", **({} if value is None else {"lost": value})}
        for n, value in enumerate(lost, start)
    ]


def assessed(*lost: int | None) -> tuple[sla.Assessment, ...]:
    return sla.load(MONTHS).assess({"months": months(*lost)}).child("months")


def test_the_one_before_doubles_once_and_does_not_compound() -> None:
    assert [m["doubled"] for m in assessed(1, 3, 3)] == [1, 6, 6]
    assert [m["doubled"] for m in assessed(3, 1, 3)] == [3, 2, 6]


def test_a_decision_may_rest_on_its_own_earlier_value() -> None:
    assert [m["running"] for m in assessed(1, 2, 3)] == [1, 3, 6]


def test_the_order_of_the_document_changes_nothing() -> None:
    rules = sla.load(MONTHS)
    facts = months(1, 2, 3)

    one, other = (rules.assess({"months": each}) for each in (facts, facts[::-1]))

    assert [m["running"] for m in one.child("months")] == [
        m["running"] for m in other.child("months")
    ]


def test_nothing_before_the_first() -> None:
    first, second = assessed(1, 2)

    assert (first["first"], second["first"]) == (True, False)
    assert (first["before"], second["before"]) == (0, 1)
    assert first.result("worst_before").status == "undetermined"
    assert second["worst_before"] == 1


def test_what_is_unknown_before_stays_within_its_bounds() -> None:
    _, second = assessed(None, 2)

    result = second.result("doubled")

    assert (result.status, result.low, result.high) == ("undetermined", 2, 4)
    assert result.needs == ("months[0].lost",)


def test_a_series_runs_across_the_parents_and_only_along_its_facts() -> None:
    rules = sla.load(FAULTS)
    fault = {"id": "A", "at": "2024-01-31T10:00+08:00", "cause": "disk"}
    contract = rules.assess(
        {
            "months": [
                {"month": "2024-02", "faults": [
                    {"id": "B", "at": "2024-02-20T10:00+08:00", "cause": "disk"},
                    {"id": "C", "at": "2024-02-21T10:00+08:00", "cause": "network"},
                    {"id": "D", "at": "2024-02-22T10:00+08:00"},
                    {"id": "E", "at": "2024-02-23T10:00+08:00"},
                ]},
                {"month": "2024-01", "faults": [fault]},
            ]
        }
    )  # fmt: skip
    found = {each.id: (each["number"], each["repeated"]) for each in contract.walk("fault")}

    assert found == {
        "A": (1, False), "B": (2, True), "C": (1, False), "D": (1, False), "E": (1, False),
    }  # fmt: skip
    assert {m.id: m["again"] for m in contract.child("months")} == {"2024-02": 1, "2024-01": 0}


def test_alone_the_history_is_unknown_until_it_is_told() -> None:
    rules = sla.load(MONTHS)
    march = months(3, start=3)[0]

    alone = rules.assess(march, level="month")
    first = rules.assess(march, level="month", earlier={"month": []})
    third = rules.assess(march, level="month", earlier={"month": months(1, 3)})

    assert alone.result("doubled").needs == ("the earlier records of level month",)
    assert (alone.result("doubled").low, alone.result("doubled").high) == (3, 6)
    assert alone.result("before").status == "undetermined"
    assert (first["doubled"], first["before"]) == (3, 0)
    assert (third["doubled"], third["before"], third["running"]) == (6, 2, 7)


def test_earlier_records_are_refused_like_others() -> None:
    rules = sla.load(MONTHS)
    march = months(3, start=3)[0]
    for earlier, code, where in (
        ({"months": []}, "F100", "earlier"),
        ({"month": {"month": "2024-02"}}, "F120", "earlier.month"),
        ({"month": [{"month": "2024-02", "lost": -1}]}, "F116", "earlier.month[0].lost"),
        ({"month": [{"lost": 1}]}, "F130", "earlier.month[0].month"),
    ):
        with pytest.raises(sla.FactsError) as caught:
            rules.assess(march, level="month", earlier=earlier)

        assert caught.value.codes == (code,)
        assert caught.value.problems[0].where == where


def test_an_uncertain_order_makes_the_whole_series_uncertain() -> None:
    text = MONTHS.replace("order: [month]", "order: [closed]").replace(
        "lost: {", "closed: {type: date, until: known}\n      lost: {"
    )
    contract = sla.load(text).assess(
        {"months": [{**each, "closed": f"2024-0{n}-01"} if n == 1 else each
                    for n, each in enumerate(months(1, 2), 1)]}
    )  # fmt: skip

    assert [m.result("before").needs for m in contract.child("months")] == [
        ("months[1].closed",), ("months[1].closed",),
    ]  # fmt: skip


def test_an_unknown_series_fact_makes_the_series_uncertain() -> None:
    text = FAULTS.replace("cause: {type: text, optional: true}", "cause: {type: text}")
    month = {"month": "2024-02", "faults": [{"id": "B", "at": "2024-02-20T10:00+08:00"}]}
    contract = sla.load(text).assess({"months": [month]})

    fault = next(contract.walk("fault"))

    assert fault.result("number").needs == ("months[0].faults[0].cause",)


def test_assessments_with_a_history_can_be_pickled() -> None:
    contract = sla.load(MONTHS).assess({"months": months(1, 2)})

    assert pickle.loads(pickle.dumps(contract)) == contract


def test_explanations_name_the_one_before() -> None:
    second = assessed(1, 2)[1]

    assert "上一期的lost = 1 分" in second.explain("doubled").text()
    assert "lost of the earlier ones" in second.explain("worst_before", lang="en").text()


AVERAGES = (
    HEAD
    + """levels:
  month:
    facts: {effects: {type: {list: effect}}}
    decisions:
      largest: sum(effects.points highest per cause)
      smallest: sum(effects.points lowest per cause where counted)
      how_many: count(effects highest per cause) if_not
      median: "percentile(effects.points, 50%)"
      ninth: "percentile(effects.points, 90%)"
      average: mean(effects.points weighted weight)
      counted: {type: percent, value: share(effects.counted)}
  effect:
    facts:
      points: {type: points, min: 0 points, until: known}
      cause: {type: text, optional: true}
      weight: {type: number, default: 1}
      counted: {type: bool, default: true}
    decisions: {}
"""
).replace("      how_many: count(effects highest per cause) if_not\n", "")


def effects(**changed: object) -> sla.Assessment:
    rows = [
        {"points": 3, "cause": "disk", "weight": 2},
        {"points": 5, "cause": "disk"},
        {"points": 4, "cause": "net", "counted": False},
        {"points": 1},
        {"points": 1},
    ]
    rows[1] = {**rows[1], **changed}
    return sla.load(AVERAGES).assess(
        {"effects": [{k: v for k, v in row.items() if v is not None} for row in rows]}
    )


def test_of_each_cause_one_effect_counts() -> None:
    month = effects()

    assert month["largest"] == 5 + 4 + 1 + 1
    assert month["smallest"] == 3 + 1 + 1


def test_an_unknown_effect_leaves_its_cause_open() -> None:
    assert effects(points=None).result("largest").status == "provisional"


def test_shares_weighted_means_and_percentiles() -> None:
    month = effects()

    assert month["average"] == Fraction(3 * 2 + 5 + 4 + 1 + 1, 6)
    assert (month["median"], month["ninth"]) == (3, 5)
    assert month["counted"] == 80


def test_bounds_of_averages_enclose_every_completion() -> None:
    for name in ("average", "median", "ninth", "largest"):
        open_ = effects(points=None).result(name)
        for points in (0, 1, 2, 4, 9):
            value = effects(points=points)[name]
            assert open_.low is None or open_.low <= value
            assert open_.high is None or value <= open_.high


def test_of_nothing_there_is_no_share_no_rank_no_average() -> None:
    month = sla.load(AVERAGES).assess({"effects": []})

    assert {month.result(name).status for name in ("counted", "median", "average")} == {
        "undetermined"
    }
    assert month["largest"] == 0


def test_the_key_decides_between_records_at_one_instant() -> None:
    rules = sla.load(FAULTS)
    at = "2024-02-20T10:00+08:00"
    faults = [{"id": each, "at": at, "cause": "disk"} for each in "CAB"]

    found = rules.assess({"months": [{"month": "2024-02", "faults": faults}]}).walk("fault")

    assert {each.id: each["number"] for each in found} == {"A": 1, "B": 2, "C": 3}


BOUNDS = (
    HEAD
    + """levels:
  month:
    facts: {effects: {type: {list: effect}}}
    decisions:
      run: longest_run(effects.ok highest per cause)
      average: mean(effects.points weighted weight)
  effect:
    order: [at]
    facts:
      at: {type: date, until: known}
      points: {type: points, min: 0 points, max: 9 points, default: 1 points}
      weight: {type: number, default: 1}
      cause: {type: text, optional: true}
      ok: {type: bool}
    decisions: {}
"""
)


def test_which_of_two_equal_effects_is_kept_may_hang_on_an_open_date() -> None:
    rules = sla.load(BOUNDS)
    rows = [
        {"ok": True, "cause": "disk"},
        {"at": "2024-01-02", "ok": False},
        {"at": "2024-01-03", "ok": True, "cause": "disk"},
        {"at": "2024-01-04", "ok": True},
    ]
    open_ = rules.assess({"effects": rows}).result("run")
    for at in ("2024-01-01", "2024-01-05"):
        value = rules.assess({"effects": [{**row, "at": row.get("at", at)} for row in rows]})["run"]
        assert open_.status != "final" or open_.value == value
        assert open_.low is None or open_.low <= value
        assert open_.high is None or value <= open_.high


@pytest.mark.parametrize("weight", ["-0.5", "0", "3"])
def test_weights_that_may_be_below_zero_leave_no_bounds_that_do_not_hold(weight: str) -> None:
    text = BOUNDS.replace("weight: {type: number, default: 1}", "weight: {type: number}")
    rules = sla.load(text)
    one = {"at": "2024-01-01", "ok": True, "points": 9, "weight": 1}
    two = {"at": "2024-01-02", "ok": True, "points": 0}

    bounds = rules.assess({"effects": [one, two]}).result("average")
    value = rules.assess({"effects": [one, {**two, "weight": weight}]})["average"]

    assert bounds.low is None or bounds.low <= value
    assert bounds.high is None or value <= bounds.high
