"""Proofs that a change changes nothing: each says what it needs, and fails without it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import sla_rules as sla
from sla_rules.assessment import Assessment
from sla_rules.engine.evaluate import Engine
from sla_rules.mutation import mutate
from sla_rules.mutation.equivalent import Prover
from sla_rules.mutation.mutants import Mutant, mutants
from sla_rules.mutation.trial import assessed
from sla_rules.testing.reading import read_cases
from tests.results import finals

HEAD = """
language: 1
id: small
version: 1.0.0
title: {zh: 小合同, en: small}
timezone: Asia/Shanghai
currency: CNY
clauses: {C1: {text: a}}
calendars:
  office: {hours: {mon-fri: ["09:00-12:00", "13:00-18:00"]}}
"""


CASE = """
ruleset: small
cases:
  - {name: a, clause: C1, level: month, given: {n: 9}, expect: {t: true}}
"""


def ruleset(decisions: str, facts: str = "n: {type: integer, min: 0}", more: str = "") -> sla.Rules:
    """A ruleset with one level, *month*, and what else is said."""
    lines = "\n".join(f"      {each}" for each in decisions.strip().splitlines())
    return sla.load(
        f"{HEAD}{more}\nlevels:\n  month:\n    facts: {{{facts}}}\n    decisions:\n{lines}\n"
    )


def steps(rules: sla.Rules, operator: str, name: str = "") -> list[Mutant]:
    """The changes of one kind, of one decision where it is named."""
    every = [each for each in mutants(rules.program) if each.operator == operator]
    found = [each for each in every if not name or each.home[-1] == name]
    assert found
    return found


def proven(rules: sla.Rules, operator: str, name: str = "") -> list[bool]:
    """Which of the changes of one kind are proven to change nothing."""
    prover = Prover(rules.program)
    return [prover.changes_nothing(each) for each in steps(rules, operator, name)]


def under(rules: sla.Rules, readings: Mapping[str, str], facts: Any) -> Mapping[str, Any]:
    """The final values of facts."""
    engine = Engine(rules.program, {**rules.program.defaults, **readings})
    outcome = assessed(engine, facts, "month")
    assert isinstance(outcome, Assessment)
    return finals(outcome)


def shown(
    rules: sla.Rules,
    operator: str,
    *several: Mapping[str, Any],
    name: str = "",
    readings: Mapping[str, str] | None = None,
) -> list[bool]:
    """Which of the changes of one kind the facts show in final values."""
    found = []
    for each in steps(rules, operator, name):
        changed = sla.Rules(each.program(rules.program), (), ())
        found.append(
            any(
                under(rules, readings or {}, facts) != under(changed, readings or {}, facts)
                for facts in several
            )
        )
    return found


def reading(name: str, options: str) -> str:
    """A reading whose first option is its default."""
    first = options.split(",", 1)[0].strip()
    listed = ", ".join(f"{each.strip()}: x" for each in options.split(","))
    return f"  {name}: {{question: q, default: {first}, options: {{{listed}}}}}\n"


TWO = "readings:\n" + reading("a", "low, high") + reading("b", "low, high")


def test_two_readings_together_may_bring_a_value_to_its_cap() -> None:
    rules = ruleset(
        """
s: {type: points, value: one + two, cap: 9 points}
one: {type: points, value: {by: a, low: n * 3 points, high: n * 5 points}}
two: {type: points, value: {by: b, low: n * 3 points, high: n * 5 points}}
""",
        "n: {type: integer, min: 0, max: 1}",
        TWO,
    )

    assert shown(rules, "cap", {"n": 1}, readings={"a": "high", "b": "high"}) == [True]
    assert proven(rules, "cap") == [False]


def test_two_readings_together_may_switch_a_decision_on() -> None:
    applies = '{by: a, low: "false", high: {by: b, low: "false", high: "true"}}'
    rules = ruleset(
        f"s: {{type: number, value: n, cap: 5, applies: {applies}}}",
        "n: {type: integer, min: 0, max: 10}",
        TWO,
    )

    assert shown(rules, "cap", {"n": 8}, readings={"a": "high", "b": "high"}) == [True]
    assert proven(rules, "cap") == [False]


def test_a_decision_that_no_reading_switches_on_is_not_examined_so_nothing_is_proven() -> None:
    rules = ruleset(
        's: {type: number, value: n, cap: 5, applies: {by: a, low: "false", high: "false"}}',
        "n: {type: integer, min: 0, max: 10}",
        TWO,
    )

    assert proven(rules, "cap") == [False]


@pytest.mark.parametrize("count", [250, 500])
def test_options_beyond_any_number_are_not_left_out(count: int) -> None:
    options = ", ".join(f"o{number}" for number in range(count))
    rules = ruleset(
        """
s: {type: number, value: one, cap: 9}
one: {type: number, value: {by: a, o240: n * 100, otherwise: n}}
""",
        "n: {type: integer, min: 0, max: 1}",
        "readings:\n" + reading("a", options),
    )

    assert shown(rules, "cap", {"n": 1}, readings={"a": "o240"}) == [True]
    assert proven(rules, "cap") == [False]


def test_more_readings_than_can_be_tried_leave_a_change_unproven() -> None:
    options = ", ".join(f"o{number}" for number in range(401))
    rules = ruleset(
        "s: {type: number, value: {by: a, o0: n, otherwise: n * 2}, cap: 9}",
        "n: {type: integer, min: 0, max: 1}",
        "readings:\n" + reading("a", options),
    )

    assert proven(rules, "cap") == [False]


def test_options_that_share_the_changed_part_are_each_looked_at() -> None:
    """``otherwise`` serves b and c; only under c are there numbers at the edge."""
    rules = ruleset(
        """
x: {type: number, value: {by: r, c: n / 2, otherwise: n * 10}}
s: {type: points, bands: {on: x, rows: {by: r, a: {"[0..5)": 1 points, "[5..)": 2 points}, otherwise: {"[0..1.5)": 1 points, "[1.5..)": 2 points}}}}
""",
        more="readings:\n" + reading("r", "a, b, c"),
    )

    assert any(shown(rules, "edge", {"n": 3}, readings={"r": "c"}))
    assert not any(
        both
        for both in zip(
            proven(rules, "edge"),
            shown(rules, "edge", {"n": 3}, readings={"r": "c"}),
            strict=True,
        )
        if both == (True, True)
    )


def test_every_amount_above_a_marginal_edge_feels_it() -> None:
    rules = ruleset("""
ten: {type: number, value: n * 10}
fee: {type: money, rates: {of: ten, how: marginal, rows: {"[0..15)": 2 CNY, "[15..)": 3 CNY}}}
""")
    several = [{"n": number} for number in range(5)]

    assert any(shown(rules, "edge", *several))
    assert not any(proven(rules, "edge"))


def test_every_count_above_a_marginal_edge_feels_it() -> None:
    rules = ruleset("""
twice: {type: number, value: n * 2}
fee: {type: money, rates: {of: twice, how: marginal, rows: {"(0..3]": 2 CNY, "(3..)": 3 CNY}}}
""")

    assert any(shown(rules, "edge", *[{"n": number} for number in range(5)]))
    assert not any(proven(rules, "edge"))


def test_rates_of_the_whole_amount_are_steps() -> None:
    rules = ruleset("""
ten: {type: number, value: n * 10}
fee: {type: money, rates: {of: ten, how: whole, rows: {"[0..15)": 2 CNY, "[15..)": 3 CNY}}}
""")

    assert not any(shown(rules, "edge", *[{"n": number} for number in range(5)]))
    assert all(proven(rules, "edge"))


def test_an_end_that_is_a_parameter_is_known_by_its_value() -> None:
    rules = ruleset(
        """
s: {type: points, bands: {on: n, rows: {"[0..p)": 0 points, "[p..8)": 1 points, "[8..q)": 2 points, "[q..)": 3 points}}}
""",
        more="parameters:\n  p: {value: 3}\n  q: {value: 20}\n",
    )
    several = [{"n": number} for number in range(25)]

    assert all(shown(rules, "edge", *several))
    assert not any(proven(rules, "edge"))


def test_an_edge_that_no_number_meets_between_parameters_is_proven() -> None:
    rules = ruleset(
        """
ten: {type: number, value: n * 10}
s: {type: points, bands: {on: ten, rows: {"[0..p)": 0 points, "[p..85)": 1 points, "[85..)": 2 points}}}
""",
        more="parameters:\n  p: {value: 30}\n",
    )

    assert proven(rules, "edge") == [False, True, True, True]  # the side of p; then 85


def test_a_cap_that_may_not_apply_is_not_the_greatest() -> None:
    rules = ruleset(
        """
limit: {type: number, value: 50, applies: big}
s: {type: number, value: n * 2, cap: limit}
""",
        "n: {type: integer, min: 0, max: 3}, big: {type: bool}",
    )

    assert shown(rules, "cap", {"n": 2, "big": False}) == [True]
    assert proven(rules, "cap") == [False]


@pytest.mark.parametrize(("operator", "limit"), [("cap", "min: 10"), ("floor", "min: 0, max: 0")])
@pytest.mark.parametrize("more", ["", ", optional: true", ", until: known"])
def test_a_limit_that_may_be_unstated_is_waited_for(operator: str, limit: str, more: str) -> None:
    rules = ruleset(
        f"s: {{type: number, value: n * 2, {operator}: most}}",
        f"n: {{type: integer, min: 0, max: 3}}, most: {{type: integer, {limit}{more}}}",
    )

    assert shown(rules, operator, {"n": 2}) == [True]
    assert proven(rules, operator) == [False]


def test_a_limit_that_always_has_a_value_is_enough() -> None:
    rules = ruleset(
        """
s: {type: number, value: n * 2, cap: most}
t: {type: number, value: n * 2, cap: least otherwise 9}
""",
        "n: {type: integer, min: 0, max: 3}, most: {type: integer, min: 10, default: 12}, "
        "least: {type: integer, min: 6, optional: true}",
    )

    assert proven(rules, "cap") == [True, True]


def test_a_floor_may_lift_what_a_cap_has_cut() -> None:
    rules = ruleset(
        "s: {type: number, value: n, cap: 3, floor: 5}", "n: {type: integer, min: 6, max: 9}"
    )

    assert shown(rules, "floor", {"n": 7}) == [True]
    assert proven(rules, "floor") == [False]


GIVEN = """
loss: {type: points, value: n * 2 points}
grade: {type: points, bands: {on: loss, rows: {"(..4 points]": 1 points, "(4 points..)": 2 points}}}
capped: {type: points, value: loss, cap: 10 points}
whole: {type: points, value: loss, round: {to: 1, mode: half_up}}
"""


@pytest.mark.parametrize(
    ("operator", "name", "figure"),
    [("edge", "grade", 5), ("cap", "capped", 50), ("rounding", "whole", "4.5")],
)
def test_a_proof_is_about_computed_figures(operator: str, name: str, figure: Any) -> None:
    """A figure that is given instead of a computed one may be any; the guide says so."""
    rules = ruleset(GIVEN, "n: {type: integer, min: 0, max: 3}")

    assert any(proven(rules, operator, name))
    assert any(
        both == (True, True)
        for both in zip(
            proven(rules, operator, name),
            shown(rules, operator, {"n": 1, "loss": figure}, name=name),
            strict=True,
        )
    )


def test_a_proof_is_about_final_results() -> None:
    """What is still open may have other bounds; the guide says so."""
    rules = ruleset(
        "s: {type: number, value: if n > 5 then 5 else n, cap: 5}",
        "n: {type: integer, min: 0, max: 10}",
    )
    (change,) = steps(rules, "cap")
    changed = sla.Rules(change.program(rules.program), (), ())

    assert rules.assess({}, level="month").result("s").high == 5
    assert changed.assess({}, level="month").result("s").high == 10
    assert proven(rules, "cap") == [True]


OFF = "n: {type: integer, min: 0, max: 10}, ok: {type: bool, default: true}, m: {type: bool}"


@pytest.mark.parametrize("how", ["collect count", "collect sum"])
def test_a_collecting_table_gives_nought_for_what_has_no_value(how: str) -> None:
    rules = ruleset(
        f"""
a: {{type: number, value: n * 2, applies: ok}}
s: {{type: number, applies: ok, table: {{on: a, hit: {how}, rows: [{{when: "<= 3", then: 1}}, {{when: "> 3", then: 2}}]}}}}
""",
        OFF,
    )

    assert shown(rules, "applies", {"n": 2, "ok": False}, name="s") == [True]
    assert proven(rules, "applies", "s") == [False]


@pytest.mark.parametrize(
    "body",
    [
        "value: a + 1",
        "value: 0 * a",
        "value: a / n",
        "value: n / a",
        "value: if a > 3 then 1 else 2",
        'bands: {on: a, rows: {"(..3]": 1, "(3..)": 2}}',
        'table: {on: a, rows: [{when: "<= 3", then: 1}, {when: "> 3", then: 2}]}',
        "units: {of: a, per: 3, count: full}",
        'rates: {of: a, how: whole, rows: {"(0..)": 1}}',
        "value: a, cap: 5, floor: 3, round: 1",
    ],
)
def test_what_is_made_of_nothing_has_no_value(body: str) -> None:
    rules = ruleset(
        f"""
a: {{type: number, value: n * 2, applies: ok}}
s: {{type: number, applies: ok, {body}}}
""",
        OFF,
    )

    assert shown(rules, "applies", {"n": 2, "ok": False}, {"n": 2}, {"ok": False}, name="s") == [
        False
    ]
    assert proven(rules, "applies", "s") == [True]


def test_what_may_yet_apply_is_not_known_to_have_no_value() -> None:
    """While *m* is not stated, *b* may come to have no value in another way."""
    rules = ruleset(
        """
a: {type: number, value: n * 2, applies: ok}
b: {type: number, value: a + 1, applies: m}
s: {type: number, value: b + 1, applies: ok}
""",
        OFF,
    )

    assert shown(rules, "applies", {"n": 2, "ok": False}, name="s") == [True]
    assert proven(rules, "applies", "s") == [False]


def test_a_condition_that_waits_for_a_fact_is_felt() -> None:
    rules = ruleset(
        """
a: {type: number, value: n * 2, applies: m}
s: {type: number, value: a + 1, applies: m}
""",
        OFF,
    )

    assert proven(rules, "applies", "s") == [False]


DUE = "due: {deadline: {from: at, within: %s, calendar: office, workday: {rule: consume}}}"


def test_a_limit_of_another_record_may_be_in_working_days() -> None:
    rules = sla.load(
        HEAD
        + f"""
levels:
  month:
    facts: {{service: {{type: {{record: service}}}}, at: {{type: instant}}}}
    decisions:
      {DUE % "service.own"}
  service:
    facts: {{slow: {{type: bool}}}}
    decisions:
      own: {{type: limit, value: if slow then 2 workday else 1 h}}
"""
    )
    facts = {"service": {"slow": True}, "at": "2024-03-05T10:00+08:00"}

    assert any(shown(rules, "day rule", facts))
    assert not any(proven(rules, "day rule"))


def test_a_limit_of_another_record_in_hours_leaves_the_day_rule_alone() -> None:
    rules = sla.load(
        HEAD
        + f"""
levels:
  month:
    facts: {{service: {{type: {{record: service}}}}, at: {{type: instant}}}}
    decisions:
      {DUE % "service.own"}
  service:
    facts: {{slow: {{type: bool}}}}
    decisions:
      own: {{type: limit, value: if slow then 2 h else 1 h}}
"""
    )

    assert all(proven(rules, "day rule"))


def test_a_change_without_words_counts_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """That the contract reads the same proves nothing."""
    rules = ruleset("s: {type: number, value: n}\nt: {type: bool, value: s > 3}")
    _, cases, problems = read_cases(CASE, Path("small.cases.yaml"), loader=lambda _: rules)
    assert not problems
    before = mutate(rules, cases, workers=1, propose=False)
    monkeypatch.setattr("sla_rules.mutation.words.program_changes", lambda old, new: ())

    after = mutate(rules, cases, workers=1, propose=False)

    assert after.equivalent == before.equivalent == 0
    assert len(after.survivors) == len(before.survivors) > 0
    assert {each.text.en for each in after.survivors} == {
        "decision month t: a change (number) that no contract words tell",
        "decision month t: a change (comparison) that no contract words tell",
    }
    assert all("无法用合同语言说明" in each.text.zh for each in after.survivors)


def test_only_what_is_whole_needs_no_rounding() -> None:
    rules = ruleset("""
s: {type: number, value: n * 2, round: 1}
t: {type: number, value: n / 2, round: 1}
u: {type: number, value: n * 2, cap: 2.5, round: 1}
""")

    assert proven(rules, "rounding") == [True, True, False, False, False, False]


def test_an_edge_that_moves_among_any_numbers_is_felt() -> None:
    rules = ruleset(
        's: {type: number, bands: {on: n, rows: {"[0..4)": 1, "[4..)": 2}}}',
        "n: {type: number, min: 0}",
    )

    assert shown(rules, "edge", {"n": 4}, {"n": "3.5"}) == [True, True, True]
    assert proven(rules, "edge") == [False, False, False]


def test_more_numbers_than_can_be_tried_leave_an_edge_unproven() -> None:
    rules = ruleset(
        's: {type: number, bands: {on: n, rows: {"[0..4)": x / x * 2, "[4..)": 2}}}',
        "n: {type: number, min: 1, step: 0.01}",
    )

    assert proven(rules, "edge") == [True, False, False]


def test_what_a_band_gives_may_be_more_than_arithmetic() -> None:
    rules = ruleset(
        's: {type: number, bands: {on: n, rows: {"[0..4)": "max(x, 2)", "[4..)": "max(x, 2)"}}}',
    )

    assert not any(shown(rules, "edge", {"n": 3}, {"n": 4}, {"n": 5}))
    assert not any(proven(rules, "edge"))  # true, and not known to be


def test_negations_and_decisions_without_a_condition_pass_on_that_there_is_no_value() -> None:
    rules = ruleset(
        """
a: {type: number, value: n * 2, applies: ok}
b: {type: number, value: a + 1}
s: {type: bool, value: not (b > 3), applies: ok}
""",
        OFF,
    )

    assert shown(rules, "applies", {"n": 2, "ok": False}, {"n": 2}, name="s") == [False]
    assert proven(rules, "applies", "s") == [True]


def test_columns_of_a_table_without_a_value_have_none() -> None:
    rules = ruleset(
        """
row: {table: {on: n, give: {one: number, two: number}, rows: [{when: "<= 3", then: [1, 2]}, {when: "> 3", then: [3, 4]}]}, applies: ok}
s: {type: number, value: two + 1, applies: ok}
""",
        OFF,
    )

    assert proven(rules, "applies", "s") == [True]


def test_a_condition_that_counts_records_waits_for_them() -> None:
    rules = sla.load(
        HEAD
        + """
levels:
  month:
    facts: {n: {type: integer, min: 0}, items: {type: {list: item}}}
    decisions:
      a: {type: number, value: n * 2, applies: count(items) > 0}
      s: {type: number, value: a + 1, applies: count(items) > 0}
  item:
    facts: {at: {type: instant}}
    decisions: {late: {type: bool, value: given(at)}}
"""
    )

    assert shown(rules, "applies", {"n": 2}, {"n": 2, "items": []}, name="s") == [False]
    assert proven(rules, "applies", "s") == [False]  # the list may be missing
