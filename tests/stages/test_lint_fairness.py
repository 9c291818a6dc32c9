"""Fairness: what is nearly unfair is not found, and the search reaches what it must."""

import textwrap

import pytest

from sla_rules.language.load import load_program
from sla_rules.language.program import Program
from sla_rules.lint import findings
from sla_rules.lint.fairness import fairness, reversals

HEAD = """
language: 1
id: sample
version: 1.0.0
title: Sample
timezone: Asia/Shanghai
currency: CNY
"""
OURS = ("W721", "W722", "W723", "W724", "W725", "W726", "W727", "W729")


def program(text: str) -> Program:
    whole = HEAD.lstrip() + textwrap.dedent(text).lstrip("\n")
    return load_program({"sample.yaml": whole})[0]


def codes(text: str) -> list[str]:
    return [each.code for each in findings(program(text)) if each.code in OURS]


NEARLY = {
    "bands that only fall": """
levels:
  month:
    facts:
      availability: {type: percent, min: 0%, max: 100%, better: higher}
    decisions:
      credit:
        better: lower
        bands: {on: availability, rows: {"[99.99%..)": 0%, "[99%..99.99%)": 5%, "(..99%)": 10%}}
""",
    "a slope that meets the next band": """
levels:
  visit:
    facts:
      overrun: {type: ratio, min: 0, max: 3, better: lower}
    decisions:
      loss:
        better: lower
        bands: {on: overrun, rows: {"(..0]": 0 points, "(0..50%]": x * 30 points, "(50%..)": 15 points}}
""",
    "bands of a choice without a direction": """
enums: {region: {a: A, b: B, c: C}}
levels:
  month:
    facts:
      place: {type: integer, min: 0, max: 20}
    decisions:
      region: {bands: {on: place, rows: {"(..2]": a, "(2..5]": c, "(5..)": b}}}
""",
    "marginal rates that fall": """
levels:
  month:
    facts:
      hours: {type: number, min: 0, max: 90, better: lower}
    decisions:
      penalty:
        better: lower
        rates: {of: hours, how: marginal, rows: {"[0..10]": 100 CNY, "(10..)": 80 CNY}}
""",
    "a table whose columns go their own ways": """
enums: {fault: {major: 重大, minor: 一般}}
levels:
  incident:
    facts:
      fault: {type: {enum: fault}}
      hours: {type: number, min: 0, max: 100, better: lower}
    decisions:
      deduction:
        better: lower
        table:
          on: [fault, hours]
          rows:
            - {when: [major, "<= 4"], then: 500 CNY}
            - {when: [major, "> 4"], then: 900 CNY}
            - {when: [minor, "<= 4"], then: 0 CNY}
            - {when: [minor, "> 4"], then: 400 CNY}
""",
    "a cell of several tests is not judged": """
levels:
  incident:
    facts:
      minutes: {type: integer, min: 0, max: 9}
    decisions:
      score:
        table:
          on: minutes
          rows:
            - {when: "0, 2, 4, 6, 8", then: 1 points}
            - {when: "1, 3, 5, 7, 9", then: 2 points}
""",
    "sections that exclude each other and both sum": """
levels:
  month:
    facts:
      kind: {type: integer, min: 1, max: 2}
      speed: {type: points, min: 0 points, max: 30 points, better: higher}
      order: {type: points, min: 0 points, max: 70 points, better: higher}
    decisions:
      total:
        scorecard:
          total: 100 points
          sections:
            - {of: speed, max: 30 points, applies: kind == 1}
            - {of: speed, max: 30 points, applies: kind == 2}
            - {of: order, max: 70 points}
""",
    "weights that sum": """
levels:
  month:
    facts:
      speed: {type: points, min: 0 points, max: 100 points, better: higher}
      order: {type: points, min: 0 points, max: 100 points, better: higher}
    decisions:
      total:
        scorecard:
          total: 100 points
          sections:
            - {of: speed, max: 100 points, weight: 40%}
            - {of: order, max: 100 points, weight: 60%}
""",
    "a loss that ends at the score": """
levels:
  month:
    facts:
      faults: {type: integer, min: 0, better: lower}
    decisions:
      loss: {better: lower, value: faults * 2 points}
      score: {better: higher, value: "max(0 points, 100 points - loss)"}
""",
    "a cap that binds under one reading only": """
readings:
  each:
    question: {zh: 每次扣几分？, en: How much for each?}
    default: one
    options: {one: {zh: 一分。, en: One.}, five: {zh: 五分。, en: Five.}}
parameters:
  each_loss: {value: {by: each, one: 1 points, five: 5 points}}
levels:
  month:
    facts:
      faults: {type: integer, min: 0, max: 10, better: lower}
    decisions:
      loss: {better: lower, value: faults * each_loss, cap: 20 points}
""",
    "earlier is better, and so it is scored": """
calendars: {office: {hours: {mon-fri: ["09:00-12:00", "13:00-18:00"]}}}
levels:
  incident:
    facts:
      reported_at: {type: instant}
      answered_at: {type: instant, not_before: reported_at, better: earlier}
    decisions:
      due: {deadline: {from: reported_at, within: 30 min, calendar: office}}
      overrun: {overrun: {deadline: due, done: answered_at, calendar: office, per: 30 min}, better: lower}
      score: {better: higher, bands: {on: overrun, rows: {"(..0]": 10 points, "(0..)": 4 points}}}
""",
    "dates and months with a direction": """
levels:
  report:
    facts:
      due: {type: date}
      handed_in: {type: date, not_before: due, better: earlier}
      until: {type: month, better: later}
    decisions:
      late: {better: lower, value: "if handed_in > due then 2 points else 0 points"}
      kept: {better: higher, value: "if until >= '2024-04' then 1 points else 0 points"}
""",
}


@pytest.mark.parametrize("text", NEARLY.values(), ids=NEARLY.keys())
def test_what_is_fair_is_not_found(text: str) -> None:
    assert codes(text) == []


def test_a_decision_that_turns_only_with_another_is_told_with_it() -> None:
    text = """
levels:
  month:
    facts:
      faults: {type: integer, min: 0, max: 9, better: lower}
    decisions:
      loss: {better: lower, bands: {on: faults, rows: {"(..3]": 5 points, "(3..)": 1 points}}}
      twice: {better: lower, value: loss * 2}
"""
    found = [each.problem for each in fairness(program(text))]

    assert [each.message.split(":")[0] for each in found] == ["worse faults, better loss"]
    assert "twice" in found[0].hint


def test_requirements_are_met_by_the_facts_that_are_made_up() -> None:
    text = """
levels:
  contract:
    facts:
      price: {type: money, min: 0 CNY}
      parts: {type: {list: part}}
    require:
      - {that: sum(parts.amount) == price, at: price, message: {zh: 不等, en: not equal}}
    decisions:
      paid: {better: higher, value: "sum(parts.pay) + price * 0"}
  part:
    facts:
      amount: {type: money, min: 0 CNY, max: 1000 CNY}
      done: {type: integer, min: 0, optional: true, better: higher}
      due: {type: integer, min: 0, optional: true}
    require:
      - {that: "if given(done) then given(due) else not given(due)", at: done, message: {zh: 一并, en: both}}
      - {that: done <= due and due >= 2, at: done, message: {zh: 过多, en: too many}}
    decisions:
      pay: {better: higher, value: "if done < due then amount else amount / 2"}
"""
    found = reversals(program(text))

    assert {(each.target.level, each.slot[0]) for each in found} == {("part", "part")}
    assert all(each.better.value > each.worse.value for each in found)


def test_a_fact_that_children_inherit_is_varied_at_their_parent() -> None:
    text = """
levels:
  month:
    facts:
      crew: {type: integer, min: 0, max: 9, better: higher}
      visits: {type: {list: visit}}
    decisions:
      fee: {better: higher, value: sum(visits.fee)}
  visit:
    facts:
      crew: {type: integer, min: 0, max: 9, from_parent: crew}
    decisions:
      fee: {value: "if crew > 4 then 1 CNY else 2 CNY"}
"""
    found = reversals(program(text))

    assert [(each.slot[0], each.better.value, each.worse.value) for each in found] == [
        ("month", 5, 4)
    ]


def test_a_sibling_that_is_looked_back_at_is_decided_anew() -> None:
    text = """
levels:
  year:
    facts:
      months: {type: {list: month}}
    decisions:
      paid: {better: higher, value: sum(months.fee)}
  month:
    order: [month]
    facts:
      month: {type: month}
      faults: {type: integer, min: 0, max: 9, better: lower}
    decisions:
      fee: {value: "if (previous.faults otherwise 0) > 3 then 2 CNY else 1 CNY"}
"""
    found = reversals(program(text))

    assert [(each.slot[0], each.better.value, each.worse.value) for each in found] == [
        ("year", 3, 4)
    ]


def test_a_record_within_a_record_is_varied_too() -> None:
    text = """
levels:
  visit:
    facts:
      survey: {type: {record: survey}}
    decisions:
      fee: {better: higher, value: "if survey.happy then 1 CNY else 2 CNY"}
  survey:
    facts:
      happy: {type: bool, better: "true"}
    decisions:
      counts: {value: happy}
"""
    assert [each.target.route for each in reversals(program(text))] == [("survey",)]


def test_the_search_ends_with_its_budget_and_says_so() -> None:
    facts = "\n".join(f"      f{n}: {{type: number, min: 0, better: higher}}" for n in range(40))
    total = " + ".join(f"f{n}" for n in range(40))
    text = f"levels:\n  month:\n    facts:\n{facts}\n    decisions:\n"
    text += f"      total: {{better: higher, value: {total}}}\n"
    found = [each.problem for each in fairness(program(text), steps=900)]

    assert [each.code for each in found] == ["W729"]
    assert "the search was long" in found[0].message
    assert "more" in found[0].message


def test_nothing_is_tried_where_nothing_says_what_is_better() -> None:
    text = """
levels:
  month:
    facts: {faults: {type: integer, min: 0}}
    decisions: {loss: {better: lower, value: faults * 1 points}}
"""
    assert list(fairness(program(text))) == []


def test_two_searches_find_the_same() -> None:
    text = NEARLY["a loss that ends at the score"].replace("100 points - loss", "loss")
    first, second = ([each.problem for each in fairness(program(text))] for _ in range(2))

    assert first == second
    assert first


def test_optional_facts_that_contradict_each_other_are_left_out() -> None:
    text = """
levels:
  month:
    facts:
      met: {type: integer, min: 0, max: 9, optional: true}
      due: {type: integer, min: 1, max: 9, optional: true}
      rate: {type: percent, min: 0%, max: 100%, optional: true, better: higher}
      calm: {type: integer, min: 0, max: 9, optional: true}
    require:
      - that: "if given(rate) and given(met) and given(due) then rate * due == met else true"
        at: rate
        message: {zh: 不符, en: they differ}
    decisions:
      fee: {better: higher, value: "if rate < 50% then 2 CNY else (if met >= 0 and due > 0 and calm >= 0 then 1 CNY else 1 CNY)"}
"""
    assert [each.better.value * 2 for each in reversals(program(text))] == [1]


def test_facts_that_no_row_or_band_holds_are_passed_over() -> None:
    text = """
levels:
  month:
    facts:
      faults: {type: integer, min: 0, max: 40, better: lower}
    decisions:
      loss:
        better: lower
        bands: {on: faults, domain: "[0..20]", rows: {"[0..5]": 3 points, "(5..20]": 1 points}}
"""
    assert [(each.better.value, each.worse.value) for each in reversals(program(text))] == [(5, 6)]


def test_cells_of_all_kinds_say_where_a_result_may_turn() -> None:
    text = """
levels:
  month:
    facts:
      faults: {type: integer, min: 0, max: 1000, better: lower}
    decisions:
      loss:
        better: lower
        table:
          on: faults
          hit: first
          rows:
            - {when: "137", then: 9 points}
            - {when: "not(< 600)", then: 4 points}
            - {when: "-", then: 4 points}
"""
    assert [(each.better.value, each.worse.value) for each in reversals(program(text))] == [
        (137, 138)
    ]


def test_dates_are_narrowed_to_the_day() -> None:
    text = """
levels:
  report:
    facts:
      due: {type: date}
      handed_in: {type: date, not_before: due, better: earlier}
    decisions:
      loss: {better: lower, value: "if days_between(due, handed_in) > 12 then 1 points else 2 points"}
"""
    found = reversals(program(text))

    assert [(each.worse.value - each.better.value).days for each in found] == [1]


def test_what_is_better_is_also_known_of_truths_and_amounts_that_end_in_a_ledger() -> None:
    text = """
levels:
  contract:
    facts:
      payments: {type: {list: payment}}
    ledger: {payments: payments, date: on, available: gross, pays: net, sources: [{from: payments, amount: fine, on: on}]}
    decisions:
      ends: {better: "false", value: "count(payments where fine > 100 CNY) > 0"}
  payment:
    facts:
      amount: {type: money, min: 0 CNY, max: 1000 CNY}
      on: {type: date}
      faults: {type: integer, min: 0, max: 9, better: lower}
    decisions:
      gross: {value: amount}
      fine: {type: money, value: "if faults > 4 then 0 CNY else faults * 50 CNY"}
      net: {value: gross - set_off}
"""
    found = {
        (each.slot[0], each.better.value, each.worse.value) for each in reversals(program(text))
    }

    assert found == {("payment", 4, 5)}
