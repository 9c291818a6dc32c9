"""Maxima and limits: what can grow without end, what sums, what never binds."""

import textwrap

import pytest

from sla_rules.language.load import load_program
from sla_rules.lint.limits import limits
from sla_rules.lint.maxima import maxima

HEAD = """\
language: 1
id: sample
version: 1.0.0
title: Sample
timezone: Asia/Shanghai
currency: CNY
"""
SECTION = """
levels:
  month:
    facts:
      n: {{type: integer, min: 0, max: 9}}
      many: {{type: integer, min: 0}}
      any: {{type: number}}
      share: {{type: percent, min: 0%, max: 100%}}
      maybe: {{type: points, min: 0 points, max: 5 points, optional: true}}
      faults: {{type: {{list: fault}}}}
    decisions:
      part: {{type: points, value: "{value}"}}
      total: {{scorecard: {{total: 50 points, sections: [{{of: part, max: 50 points}}]}}}}
  fault:
    facts:
      loss: {{type: points, min: 0 points, max: 3 points}}
    decisions:
      counted: {{value: loss}}
"""


def found(text: str) -> list[str]:
    program = load_program({"sample.yaml": HEAD + textwrap.dedent(text)})[0]
    return [each.problem.code for lint in (maxima, limits) for each in lint(program)]


@pytest.mark.parametrize(
    "value",
    [
        "many * 1 points",
        "any * 1 points + n * 1 points",
        "n * 1 points - any * 1 points",
        "many / 2 * 1 points",
        "max(many, n) * 1 points",
        "(if n > 2 then many else n) * 1 points",
        "maybe otherwise many * 1 points",
        "sum(faults.loss)",
        "count(faults) * 1 points",
        "any * -1 points",
    ],
)
def test_a_section_that_grows_without_end_exceeds_its_maximum(value: str) -> None:
    assert found(SECTION.format(value=value)) == ["W724"]


@pytest.mark.parametrize(
    "value",
    [
        "n * 1 points",
        "min(many, 9) * 1 points",
        "30 points - many * 1 points",
        "max(faults.loss)",
        "mean(faults.loss)",
        "(if n > 2 then 5 else n) * 1 points",
        "abs(n) * 1 points",
        "many / many * 1 points",
    ],
)
def test_a_section_that_is_bounded_or_not_known_is_not_found(value: str) -> None:
    assert found(SECTION.format(value=value)) == []


def card(*sections: str) -> list[str]:
    rows = "".join(f"            - {each}\n" for each in sections)
    text = """
levels:
  month:
    facts:
      kind: {type: integer, min: 1, max: 3}
      onsite: {type: bool}
      s: {type: points, min: 0 points, max: 20 points}
    decisions:
      most: {type: points, value: "if onsite then 50 points else 40 points"}
      total:
        scorecard:
          total: 100 points
          sections:
"""
    return found(text + rows)


def test_sections_that_exclude_each_other_are_not_summed_together() -> None:
    base = "{of: s, max: 60 points}"
    apart = [
        ("onsite", "not onsite"),
        ("not onsite", "onsite"),
        ("kind == 1", "kind == 2"),
        ("kind < 2", "kind >= 2"),
        ("kind == 1", "not kind == 1"),
    ]
    for one, two in apart:
        sections = [f"{{of: s, max: 40 points, applies: {each}}}" for each in (one, two)]
        assert card(base, *sections) == []

    together = [("onsite", "kind == 1"), ("kind == 1", "kind == 1"), ("kind < 3", "kind > 1")]
    for one, two in together:
        sections = [f"{{of: s, max: 40 points, applies: {each}}}" for each in (one, two)]
        assert card(base, *sections) == ["W723"]


def test_a_section_that_never_applies_is_not_summed() -> None:
    assert card("{of: s, max: 100 points}", '{of: s, max: 9 points, applies: "false"}') == []


def test_a_section_without_a_condition_goes_with_every_other() -> None:
    assert card("{of: s, max: 60 points}", "{of: s, max: 60 points, applies: onsite}") == ["W723"]


def test_maxima_that_are_computed_are_not_summed() -> None:
    assert card("{of: s, max: most}", "{of: s, max: 20 points}") == []


LEDGER = """
levels:
  contract:
    facts:
      payments: {{type: {{list: payment}}}}
      others: {{type: {{list: other}}}}
    ledger: {{payments: payments, date: on, available: amount, pays: net, {caps}sources: [{{from: others, amount: deducted, on: on}}]}}
    decisions:
      all: {{value: sum(payments.net)}}
  payment:
    facts:
      amount: {{type: money, min: 0 CNY{most}}}
      on: {{type: date}}
    decisions:
      net: {{value: amount - set_off}}
  other:
    facts:
      amount: {{type: money, min: 0 CNY}}
      on: {{type: date}}
    decisions:
      deducted: {{better: lower, value: {deducted}}}
"""


def ledger(caps: str = "", most: str = "", deducted: str = "amount") -> list[str]:
    return found(LEDGER.format(caps=caps, most=most, deducted=deducted))


def test_a_ledger_limits_what_ends_in_it() -> None:
    assert ledger() == ["W725"]
    assert ledger("cap: 10% * amount, ") == []
    assert ledger("total_cap: 500 CNY, ") == []


def test_a_ledger_that_deducts_nothing_needs_no_cap() -> None:
    assert ledger(deducted="0 CNY") == []
    assert ledger(deducted="amount, cap: 5 CNY") == []


def test_a_total_over_months_is_no_deduction_without_end() -> None:
    text = """
levels:
  contract:
    facts: {{months: {{type: {{list: month}}}}}}
    decisions: {{total: {{better: lower, value: sum(months.fine)}}}}
  month:
    key: {key}
    facts:
      month: {{type: month}}
      faults: {{type: integer, min: 0{most}}}
      id: {{type: text}}
    decisions: {{fine: {{value: faults * 5 CNY}}}}
"""
    assert found(text.format(key="month", most=", max: 9")) == []
    assert found(text.format(key="month", most="")) == ["W725"]
    assert found(text.format(key="id", most=", max: 9")) == ["W725"]


def test_the_cap_of_a_ledger_is_idle_only_where_the_ranges_prove_it() -> None:
    assert ledger("cap: 500 CNY, ", ", max: 400 CNY") == ["W727"]
    assert ledger("cap: 300 CNY, ", ", max: 400 CNY") == []
    assert ledger("cap: 500 CNY, ") == []


def limited(value: str, limit: str) -> list[str]:
    return found(f"""
readings:
  each:
    question: {{zh: 每次几分？, en: How much for each?}}
    default: one
    options: {{one: {{zh: 一分。, en: One.}}, nine: {{zh: 九分。, en: Nine.}}}}
parameters:
  each_loss: {{value: {{by: each, one: 1 points, nine: 9 points}}}}
levels:
  month:
    facts:
      n: {{type: integer, min: 0, max: 9}}
      many: {{type: integer}}
    decisions:
      loss: {{value: {value}, {limit}}}
""")


def test_limits_that_cut_nothing_are_found_and_others_are_not() -> None:
    assert limited("n * 1 points", "cap: 9 points") == ["W726"]
    assert limited("n * 1 points", "cap: 8 points") == []
    assert limited("n * 1 points", "floor: 0 points") == ["W726"]
    assert limited("n * 1 points", "floor: 1 points") == []
    assert limited("many * 1 points", "cap: 9 points") == []
    assert limited("n * each_loss", "cap: 9 points") == []


@pytest.mark.parametrize(
    ("loss", "codes"),
    [
        ("{better: lower, value: many * 1 points}", ["W725"]),
        ("{better: lower, value: many * 1 points, cap: 40 points}", []),
        ("{better: lower, units: {of: late, per: 1 h, count: started}}", []),
        ("{better: lower, rates: {of: many, how: marginal, rows: {'[0..)': 2 points}}}", ["W725"]),
    ],
)
def test_deductions_without_limit(loss: str, codes: list[str]) -> None:
    text = f"""
levels:
  month:
    facts:
      many: {{type: integer, min: 0}}
      late: {{type: duration, min: 0 min}}
    decisions:
      loss: {loss}
      doubled: {{better: lower, value: loss * 2}}
"""
    assert found(text) == codes
