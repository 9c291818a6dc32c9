"""Evaluation: certainty where facts are open, and refusals that only evaluation can tell."""

from typing import Any

import pytest

import sla_rules as sla

GZ = sla.load("gz-npc-2023")
HEADER = "language: 1\nid: t\nversion: 1\ntitle: T\ntimezone: Asia/Shanghai\ncurrency: CNY\n"


def assess(body: str, facts: dict[str, Any], **options: Any) -> sla.Assessment:
    return sla.load(HEADER + body).assess(facts, **options)


def level(
    decisions: str, facts: str = "a: {type: number}, b: {type: number, optional: true}"
) -> str:
    return f"levels: {{month: {{facts: {{{facts}}}, decisions: {{{decisions}}}}}}}\n"


def test_a_level_that_is_not_there_is_refused() -> None:
    with pytest.raises(sla.FactsError) as error:
        GZ.assess({}, level="incidnt")
    assert error.value.codes == ("F100",)
    assert "incident" in str(error.value)


@pytest.mark.parametrize("source", ["nowhere", "a" * 5000, "a\0b", 5, None])
def test_a_ruleset_that_is_not_there_is_refused(source: Any) -> None:
    with pytest.raises(sla.RulesetError) as error:
        sla.load(source)
    assert error.value.codes == ("E100",)
    assert "a" * 100 not in str(error.value)


def test_a_level_is_a_name() -> None:
    with pytest.raises(sla.FactsError) as error:
        GZ.assess({}, level=5)  # type: ignore[arg-type]
    assert error.value.codes == ("F100",)


def test_a_given_figure_beyond_its_range_is_refused() -> None:
    with pytest.raises(sla.FactsError) as error:
        GZ.assess({"month": "2024-03", "total": 150}, level="month")
    assert error.value.codes == ("F124",)
    assert error.value.problems[0].where == "total"


def test_a_number_that_grows_without_end_is_refused() -> None:
    squares = ", ".join(f"d{n}: d{n - 1} * d{n - 1}" for n in range(1, 22))
    with pytest.raises(sla.RulesetError) as error:
        assess(level(f"d0: a + 9, {squares}"), {"a": "123456789.123"})
    assert error.value.codes == ("E604",)


LEDGER = """
clauses: {S1: {text: a}, S2: {text: b}}
levels:
  contract:
    facts: {payments: {type: {list: payment}}, entries: {type: {list: entry}}}
    ledger:
      payments: payments
      date: pay_on
      available: amount
      pays: net
      sources: [{from: entries, amount: sum, on: day, clause: S1, clause_from: FACT}]
  payment:
    order: [pay_on]
    facts: {amount: {type: money}, pay_on: {type: date}}
    decisions: {net: amount - set_off}
  entry:
    facts: {value: {type: money}, day: {type: date}, by: {type: [S1, S2]}, text: {type: text, optional: true}}
    decisions: {sum: value}
"""


def contract(value: int) -> dict[str, Any]:
    return {
        "payments": [{"amount": 100, "pay_on": "2024-02-01"}],
        "entries": [{"value": value, "day": "2024-01-01", "by": "S2"}],
    }


def test_a_deduction_below_zero_is_refused() -> None:
    with pytest.raises(sla.FactsError) as error:
        assess(LEDGER.replace("FACT", "by"), contract(-50))
    assert error.value.codes == ("F125",)


def test_an_entry_may_name_its_own_clause() -> None:
    (payment,) = assess(LEDGER.replace("FACT", "by"), contract(50)).child("payments")
    assert payment["net"] == 50
    assert [posting.clauses for posting in payment.postings] == [("S2",)]


def test_only_an_enumeration_of_clauses_names_clauses() -> None:
    with pytest.raises(sla.RulesetError) as error:
        sla.load(HEADER + LEDGER.replace("FACT", "text"))
    assert error.value.codes == ("E540",)


INCIDENT = {
    "id": "I",
    "impact": "business_affecting",
    "reported_at": "2024-03-05T10:00+08:00",
    "responded_at": "2024-03-05T10:05+08:00",
    "recovered_at": "2024-03-05T18:00+08:00",
}


def paused(**end: str) -> sla.Result:
    pause = {"from": "2024-03-05T13:00+08:00", "reason": "awaiting_user", "approved_by": "甲方"}
    incident = {**INCIDENT, "suspensions": [{**pause, **end}]}
    return GZ.assess(incident, level="incident").result("timeliness_score")


def test_a_pause_without_end_leaves_the_score_open() -> None:
    """It may have ended long before the recovery, or lasted until it."""
    open_ended = paused()
    assert (open_ended.status, open_ended.low, open_ended.high) == ("provisional", 0, 18)
    assert open_ended.needs == ("suspensions[0].to",)
    assert paused(to="2024-03-05T13:10+08:00").value == 0
    assert paused(to="2024-03-05T18:00+08:00").value == 18


def test_a_step_function_is_bounded_over_its_whole_band() -> None:
    body = level('s: {bands: {on: a, rows: {"(..)": x * x}}}', "a: {type: number, min: -5, max: 5}")
    found = assess(body, {}).result("s")
    assert found.low is not None
    assert found.low <= 0
    assert found.high == 25


@pytest.mark.parametrize(
    "decision", ["n + 1", "{value: n, cap: 10}", "n > 5", "{units: {of: n, per: 1, count: full}}"]
)
def test_what_rests_on_something_that_does_not_apply_does_not_apply(decision: str) -> None:
    body = level(f'n: {{value: a, applies: "false"}}, d: {decision}')
    found = assess(body, {"a": 1}).result("d")
    assert (found.value, found.status, found.needs) == (None, "final", ())


def test_a_conflict_is_told_although_something_else_is_unknown() -> None:
    rows = "[{when: ['> 1', '-'], then: 1}, {when: ['> 2', '-'], then: 2}, {when: ['-', '> 3'], then: 3}]"
    body = level(
        f"d: {{table: {{on: [a, b], rows: {rows}}}}}", "a: {type: number}, b: {type: number}"
    )
    with pytest.raises(sla.RulesetError) as error:
        assess(body, {"a": 5})
    assert error.value.codes == ("E601",)


def test_a_time_limit_equals_the_same_duration() -> None:
    body = level(
        "t: {table: {on: a, give: {lim: limit}, rows: [{when: '-', then: 2 h}]}}, same: lim == 2 h"
    )
    assert assess(body, {"a": 1})["same"] is True


def test_ties_are_broken_by_what_records_state_and_not_by_their_order() -> None:
    body = """
levels:
  year: {facts: {months: {type: {list: month}}}, decisions: {run: longest_run(months.bad)}}
  month: {order: [n], facts: {n: {type: number}, s: {type: number}}, decisions: {bad: s > 1}}
"""
    months = [{"n": 1, "s": 2}, {"n": 2, "s": 0}, {"n": 2, "s": 2}]
    assert assess(body, {"months": months})["run"] == assess(body, {"months": months[::-1]})["run"]


def test_a_run_over_records_that_may_not_count_is_open() -> None:
    body = """
levels:
  year: {facts: {months: {type: {list: month}}}, decisions: {run: longest_run(months.bad where c)}}
  month: {order: [n], facts: {n: {type: number}, c: {type: bool}}, decisions: {bad: "true"}}
"""
    months = [{"n": 1, "c": True}, {"n": 2}, {"n": 3, "c": True}]
    found = assess(body, {"months": months}).result("run")
    assert found.status == "undetermined"
    assert found.low is not None
    assert found.low <= 1
    assert found.high == 3


def test_a_table_cell_does_not_take_an_open_decision_for_missing() -> None:
    body = level(
        "n: a + 1, d: {table: {on: n, hit: first, rows: "
        "[{when: given, then: 1}, {when: '-', then: 2}]}}"
    )
    assert assess(body, {}).result("d").status == "undetermined"
    assert assess(body, {"a": 1})["d"] == 1


def test_a_scorecard_that_may_be_rescaled_is_open() -> None:
    body = level(
        "c: {scorecard: {total: 100, rescale: r, sections: [{of: a, max: 30}]}}",
        "a: {type: number}, r: {type: bool}",
    )
    found = assess(body, {"a": 15}).result("c")
    assert (found.low, found.high, found.status) == (15, 50, "undetermined")


LIMITED = (
    "readings: {r: {question: q, default: capped, options: {capped: x, floored: y, neither: z}}}\n"
    + level(
        "c: {value: a, cap: {by: r, capped: 5, otherwise: none}, "
        "floor: {by: r, floored: 2, otherwise: none}}"
    )
)


@pytest.mark.parametrize(
    ("option", "small", "large"), [("capped", 1, 5), ("floored", 2, 9), ("neither", 1, 9)]
)
def test_a_reading_may_leave_a_decision_without_cap_or_floor(
    option: str, small: int, large: int
) -> None:
    rules = sla.load(HEADER + LIMITED).with_readings({"r": option})

    assert [rules.assess({"a": a})["c"] for a in (1, 9)] == [small, large]
    said = rules.assess({"a": 9}).explain("c", lang="en").text()
    assert ("not above 5" in said) == (option == "capped")
    assert rules.findings() == sla.load(HEADER + LIMITED).findings()


TRUTHS = (False, True)
CARD = level(
    "c: {scorecard: {total: 100, rescale: 'true', sections: "
    "[{of: a, max: 30, applies: p}, {of: b, max: 30, applies: q}, {of: b, max: 40, applies: r}]}}",
    "a: {type: number, min: 0, max: 30}, b: {type: number, min: 0, max: 30}, "
    "p: {type: bool}, q: {type: bool}, r: {type: bool}",
)


def test_a_section_that_may_apply_leaves_bounds_over_both() -> None:
    known = {"a": 15, "b": 27, "r": True}
    found = assess(CARD, known).result("c")

    each = [assess(CARD, {**known, "p": p, "q": q})["c"] for p in TRUTHS for q in TRUTHS]
    assert (found.low, found.high, found.status) == (min(each), max(each), "undetermined")
    assert found.needs == ("p", "q")


def test_a_scorecard_of_which_nothing_is_certain_to_apply_has_no_bounds() -> None:
    found = assess(CARD, {"a": 15, "b": 27, "r": False}).result("c")

    assert (found.low, found.high, found.status) == (None, None, "undetermined")


def test_readings_that_form_a_circle_together_are_refused() -> None:
    two = "{question: q, default: a, options: {a: x, b: y}}"
    body = f"readings: {{r1: {two}, r2: {two}}}\n" + level(
        "p: {type: number, value: {by: r1, a: a, b: q}}, q: {type: number, value: {by: r2, a: a, b: p}}"
    )
    rules = sla.load(HEADER + body)
    with pytest.raises(sla.RulesetError) as error:
        rules.with_readings({"r1": "b", "r2": "b"})
    assert error.value.codes == ("E531",)


def test_a_note_without_a_text_means_what_the_ruleset_says_of_its_code() -> None:
    decisions = "x: {value: a, applies: a > 0, notes: [{code: odd, when: a < 3}]}"
    body = "notes: {odd: {zh: 异常, en: odd indeed}}\n" + level(decisions)
    noted = assess(body, {"a": 2})

    assert noted.notes == ("odd",)
    assert noted.rules.note_text("odd", "en") == "odd indeed"
    assert "提示：异常" in noted.explain("x").text()
    assert assess(body, {"a": -1}).notes == ()


def test_a_formula_beyond_the_range_that_its_decision_declares_is_told_with_the_mend() -> None:
    text = """language: 1
id: sample
version: 1.0.0
title: Sample
timezone: Asia/Shanghai
levels:
  quarter:
    facts: {score: {type: points}, praise: {type: integer, default: 0}}
    decisions:
      final: {type: points, value: score + praise * 2 points, min: 0 points, max: 100 points}
"""
    rules = sla.load(text)

    assert rules.assess({"score": 98, "praise": 1})["final"] == 100
    for facts, hint in (
        ({"score": 98, "praise": 3}, "write cap:"),
        ({"score": -1}, "write floor:"),
    ):
        with pytest.raises(sla.RulesetError) as error:
            rules.assess(facts)
        assert error.value.codes == ("E607",)
        assert hint in str(error.value)
