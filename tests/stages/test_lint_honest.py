"""Sentences that changed, amounts in parts of a cent, names without a use, years without data."""

from pathlib import Path

import pytest

import sla_rules as sla
from sla_rules import RulesetError
from sla_rules.language.load import load_program, read_original
from sla_rules.lint.cents import lint_cents
from sla_rules.lint.declared import lint_declared
from sla_rules.lint.findings import LINTS, findings
from sla_rules.lint.found import Lint
from sla_rules.lint.numbers import lint_numbers
from sla_rules.lint.sentences import lint_sentences, seal
from sla_rules.lint.years import lint_years
from sla_rules.worktime.holidays import china
from tests.shipped import SHIPPED

HEAD = """\
language: 1
id: sample
version: 1.0.0
title: Sample
timezone: Asia/Shanghai
currency: CNY
"""


def messages(text: str, lint: Lint, original: str = "") -> list[str]:
    program, _ = load_program({"sample.yaml": HEAD + text}, original)
    return [each.message for each in findings(program, (lint,))]


# --- sentences ---------------------------------------------------------------------------------

CLAUSE = """\
clauses:
  C1: {{text: 每少一次扣 5 分。, hash: {hash}}}
calendars: {{office: {{hours: {{mon-fri: ["09:00-17:00"]}}, clause: C1}}}}
parameters: {{five: {{value: 5 points, clause: C1}}}}
scales:
  s: {{input: number, gives: number, bands: {{"[0..1)": {{value: 1, clause: C1}}, "[1..)": 2}}, domain: "[0..)"}}
readings:
  r: {{question: q, default: a, options: {{a: a, b: b}}, clause: C1}}
levels:
  month:
    facts: {{n: {{type: integer, clause: C1}}, p: {{type: list: payment}}}}
    require: [{{that: n > 0, message: none, clause: C1}}]
    decisions: {{loss: {{value: n * five, clause: C1}}}}
"""


def test_a_hash_holds_while_only_white_space_changes() -> None:
    assert seal("每少一次扣 5\n分。") == seal("每少一次扣5分。")
    assert seal("每少一次扣 6 分。") != seal("每少一次扣5分。")


def test_every_rule_of_a_changed_clause_is_stale() -> None:
    text = CLAUSE.replace(", p: {{type: list: payment}}", "")
    good, bad = text.format(hash=seal("每少一次扣5分。")), text.format(hash=seal("每少一次扣4分。"))
    (message,) = messages(bad, lint_sentences)

    assert messages(good, lint_sentences) == []
    assert message.startswith(
        "clause C1 has changed since its hash was written; stale: reading r, "
    )
    for name in ("five", "office", "a band of a scale", "n", "loss", "and 1 more"):
        assert name in message


def test_a_clause_must_stand_in_the_contract() -> None:
    text = 'clauses: {C1: {text: "每少一次扣 5 分。"}}\nlevels: {month: {facts: {}, decisions: {a: {value: 1, clause: C1}}}}\n'

    assert messages(text, lint_sentences) == []
    assert messages(text, lint_sentences, "第一条　每少一次\n扣5分。") == []
    assert messages(text, lint_sentences, "第一条 每少一次扣6分。") == [
        "the words of clause C1 do not stand in the text of the contract"
    ]
    program, _ = load_program({"s": HEAD + text}, "第一条 每少一次扣6分。")
    (near,) = findings(program, (lint_sentences,))
    (far,) = findings(load_program({"s": HEAD + text}, "无")[0], (lint_sentences,))
    assert "they agree as far as “…每少一次扣”" in near.hint
    assert "another one" in far.hint


def test_the_text_of_the_contract_lies_in_the_folder(tmp_path: Path) -> None:
    text = 'clauses: {C1: {text: "甲。"}}\nlevels: {month: {facts: {}, decisions: {a: {value: 1, clause: C1}}}}\n'
    (tmp_path / "rules.yaml").write_text(HEAD + text, encoding="utf-8")

    assert sla.load(tmp_path).program.original == ""
    (tmp_path / "contract.md").write_text("乙。", encoding="utf-8")
    program = sla.load(tmp_path).program
    assert program.original == "乙。"
    assert [each.code for each in findings(program) if each.code == "W733"] == ["W733"]
    assert read_original(tmp_path / "rules.yaml") == ""
    (tmp_path / "contract.md").write_bytes(b"\xff\xfe")
    with pytest.raises(RulesetError) as caught:
        sla.load(tmp_path)
    assert caught.value.codes == ("E114",)


# --- cents -------------------------------------------------------------------------------------

MONEY = """\
readings:
  r: {question: q, default: a, options: {a: a, b: b}}
parameters:
  tenth: {value: 10%}
  fee: {value: 12.34 CNY}
enums: {grade: {good: good, fair: fair}}
scales:
  shares: {input: points, gives: ratio, bands: {"[90 points..)": 1, "(..90 points)": 0.5}}
levels:
  payment:
    facts:
      amount: {type: money}
      n: {type: integer}
      rate: {type: percent}
      cut: {type: percent, step: 1%}
      grade: {type: {enum: grade}}
      score: {type: points}
      parts: {type: {list: part}}
    decisions:
      share: {bands: {on: score, scale: shares}}
      net: {VALUE}
  part:
    facts: {cost: {type: money}}
    decisions: {whole: {value: cost}}
"""


@pytest.mark.parametrize(
    "value",
    [
        "amount",
        "n * amount",
        "n * fee - amount * 3",
        "if n > 1 then amount else 0.5 CNY",
        '"max(amount, 2 CNY)"',
        "sum(parts.whole)",
        "sum(parts.cost) * n",
        "{by: r, a: amount, b: 2 * amount}",
        "amount * 3 / 1",
        "fee * 50%",  # 6.17
    ],
)
def test_whole_cents_need_no_rounding(value: str) -> None:
    assert messages(MONEY.replace("VALUE", f"value: {value}"), lint_cents) == []


@pytest.mark.parametrize(
    ("value", "such"),
    [
        ("amount * tenth", "such as 0.001"),
        ("amount * share", "such as 0.005"),
        ("amount * cut", "such as 0.0001"),
        ("amount * rate", "any"),
        ("amount / 3", "such as 0.0033…"),
        ("amount / n", "any"),
        ("mean(parts.cost)", "any"),
        ("amount - amount * rate", "any"),
        ("if n > 1 then amount * 10% else amount", "such as 0.001"),
        ("fee / 8", "such as 1.5425"),
        ("{by: r, a: amount, b: amount / 2}", "such as 0.005 (under r=b)"),
    ],
)
def test_parts_of_a_cent_need_a_rounding(value: str, such: str) -> None:
    said = f"net is paid or deducted unrounded and may be parts of a cent, {such}"

    assert messages(MONEY.replace("VALUE", f"value: {value}"), lint_cents) == [said]
    for rounding in ("0.01", "none"):
        rounded = MONEY.replace("VALUE", f"value: {value}, round: {rounding}")
        assert messages(rounded, lint_cents) == []


@pytest.mark.parametrize(
    "table",
    [
        "{on: grade, rows: [{when: good, then: amount}, {when: fair, then: amount / 2}]}",
        "{on: grade, rows: [{when: good, then: 0.125 CNY}, {when: fair, then: 1 CNY}]}",
    ],
)
def test_a_table_gives_parts_of_a_cent(table: str) -> None:
    assert len(messages(MONEY.replace("VALUE", f"table: {table}"), lint_cents)) == 1


def test_bands_give_parts_of_a_cent() -> None:
    bands = 'bands: {on: score, rows: {"[90 points..)": amount, "(..90 points)": amount * 12.5%}}'

    assert len(messages(MONEY.replace("VALUE", bands), lint_cents)) == 1


def test_what_is_rounded_before_it_is_paid_needs_no_rounding_of_its_own() -> None:
    rounded = "value: half, round: 0.01}\n      half: {value: amount / 2"

    assert messages(MONEY.replace("VALUE", rounded), lint_cents) == []


def test_the_fractions_are_found_where_they_arise() -> None:
    passed_on = "value: half}\n      half: {value: amount / 2"

    (message,) = messages(MONEY.replace("VALUE", passed_on), lint_cents)
    assert message.startswith("half is paid")


LEDGER = """\
levels:
  contract:
    facts: {payments: {type: {list: payment}}, fines: {type: {list: fine}}}
    ledger:
      payments: payments
      date: on
      available: amount
      pays: net
      sources: [{from: fines, amount: due, on: day}]
  payment:
    facts: {amount: {type: money}, on: {type: date}}
    decisions: {net: {value: amount - set_off}, half: {value: amount / 2}}
  fine:
    facts: {sum: {type: money}, day: {type: date}}
    decisions: {due: {value: sum * 5%ROUND}}
"""


def test_with_a_ledger_what_it_pays_and_sets_off_is_paid() -> None:
    text = LEDGER.replace("%ROUND", "%")
    (message,) = messages(text, lint_cents)

    assert message.startswith("due is paid or deducted")
    assert messages(LEDGER.replace("%ROUND", "%, round: 0.01"), lint_cents) == []


def test_without_a_currency_there_is_no_money() -> None:
    text = (
        HEAD.replace("currency: CNY\n", "")
        + "levels: {m: {facts: {n: {type: number}}, decisions: {x: n / 3}}}\n"
    )

    assert findings(load_program({"s": text})[0], (lint_cents,)) == ()


# --- declared ----------------------------------------------------------------------------------


def test_every_declared_name_needs_a_use() -> None:
    text = """\
enums: {grade: {good: good}}
calendars: {office: {hours: 24x7}}
parameters: {full: {value: 100 points}}
scales: {s: {input: number, gives: number, bands: {"[0..)": 1}, domain: "[0..)"}}
readings: {r: {question: q, default: a, options: {a: a, b: b}}}
notes: {odd: odd}
levels: {month: {facts: {n: {type: number}, m: {type: [one, two]}}, decisions: {x: n}}}
"""
    assert sorted(messages(text, lint_declared)) == [
        "nothing uses the calendar office",
        "nothing uses the enumeration grade",
        "nothing uses the fact m of month",
        "nothing uses the note odd",
        "nothing uses the parameter full",
        "nothing uses the reading r",
        "nothing uses the scale s",
    ]


def test_structure_is_use() -> None:
    text = """\
enums: {kind: {a: a, b: b}}
scales: {s: {input: number, gives: kind, bands: {"[0..)": a}, domain: "[0..)"}}
notes: {odd: odd, even: even, often: often}
levels:
  month:
    key: id
    period: month
    order: [place]
    interval: [start, end]
    facts:
      id: {type: text}
      month: {type: month}
      place: {type: integer}
      start: {type: instant}
      end: {type: instant}
      checked: {type: instant, not_before: seen}
      seen: {type: instant}
      remark: {type: text, evidence: true}
      weight: {type: number}
      days: {type: {list: day}}
      asked: {type: bool}
    require: [{that: start < end, at: asked, message: none}]
    decisions:
      x: {bands: {on: place, scale: s}, notes: [{code: odd, when: place > 1, text: odd}]}
      y:
        table: {on: place, rows: [{when: 1, then: 1, note: even}, {when: "-", then: 2}], hit: first}
      z: {bands: {on: place, rows: {"[0..)": {value: 1, note: often}}, domain: "[0..)"}}
  day:
    facts: {weight: {type: number, from_parent: weight}}
    decisions: {twice: {value: 2}}
"""
    assert messages(text, lint_declared) == []


def test_options_differ_in_any_one_switch() -> None:
    text = """\
readings: {r: {question: q, default: a, options: {a: a, b: b, c: c}}}
parameters: {p: {value: {by: r, a: 1, otherwise: 2}}}
levels: {month: {facts: {n: {type: number}}, decisions: {x: {value: {by: r, b: n + p, otherwise: n}}}}}
"""
    assert messages(text, lint_declared) == []
    less = text.replace("b: n + p, otherwise: n", "a: n + p, otherwise: n")
    assert messages(less, lint_declared) == [
        "the options b and c of the reading r make no difference"
    ]


# --- years -------------------------------------------------------------------------------------

OFFICE = """\
effective: {effective}
readings: {{r: {{question: q, default: a, options: {{a: a, b: b}}}}}}
calendars: {{office: {{hours: {{mon-fri: ["09:00-17:00"]}}, holidays: {holidays}}}}}
levels: {{m: {{facts: {{n: {{type: number}}}}, decisions: {{x: n}}}}}}
"""


@pytest.mark.parametrize(
    ("effective", "said"),
    [
        ("{from: 2005-01-01}", None),
        ("{to: 2005-12-31}", None),
        ("{from: 2003-12-31}", "in 2003, and the holiday data of office begin with 2004"),
        ("{from: 2001-06-30, to: 2004-12-31}", "in 2001 to 2003, and"),
        ("{from: 2005-01-01, to: 9999-12-31}", f"in {china().coverage.last.year + 1} to 9999, and"),
        (
            "{from: 9998-01-01}",
            f"in 9998, and the holiday data of office end with {china().coverage.last.year}",
        ),
    ],
)
def test_years_without_holiday_data_are_told(effective: str, said: str | None) -> None:
    for holidays in ("CN", "{by: r, a: CN, b: ['2024-01-01']}"):
        found = messages(OFFICE.format(effective=effective, holidays=holidays), lint_years)
        assert len(found) == (said is not None)
        assert said is None or said in found[0]
    assert messages(OFFICE.format(effective=effective, holidays="['2024-01-01']"), lint_years) == []


@pytest.mark.parametrize("ruleset", SHIPPED)
def test_the_packaged_rulesets_have_nothing_unanswered(ruleset: str) -> None:
    program = sla.load(ruleset).program

    assert [str(each) for each in findings(program, LINTS) if not each.acknowledged] == []


# --- the newer parts of the language -----------------------------------------------------------

HISTORY = """\
parameters:
  rate: {value: {by: date, 2024-01-01: 5 CNY, 2025-01-01: 6 CNY}}
  spare: {value: 7 CNY}
levels:
  year:
    facts: {months: {type: {list: month}}, limit: {type: integer}}
    decisions:
      above: {value: count(months where minutes > this.limit)}
      total: {value: sum(months.fee)}
  month:
    key: month
    order: [month]
    series: [line]
    governed_by: month
    facts:
      month: {type: month}
      line: {type: text}
      minutes: {type: integer, min: 0}
      before: {type: integer, min: 0}
      late: {type: integer, min: 0}
    decisions:
      fee: {rates: {of: minutes, how: marginal, rows: {"[0..60]": 0 CNY, "(60..)": RATE}}}
      last: {value: previous.before otherwise 0}
      sum_late: {value: sum(earlier.late)}
      dated: {value: {by: date, 2024-01-01: minutes * rate, 2025-01-01: SECOND}}
"""


def history(rate: str = "1 CNY", second: str = "0 CNY") -> str:
    return HISTORY.replace("RATE", rate).replace("SECOND", second)


def test_what_looks_back_around_or_forward_uses_its_facts() -> None:
    assert messages(history(), lint_declared) == ["nothing uses the parameter spare"]


def test_rates_and_values_by_date_may_give_parts_of_a_cent() -> None:
    said = "is paid or deducted unrounded and may be parts of a cent, such as"

    assert messages(history(), lint_cents) == []
    assert messages(history(rate="0.125 CNY"), lint_cents) == [f"fee {said} 0.125"]
    assert messages(history(second="minutes * 0.005 CNY"), lint_cents) == [f"dated {said} 0.005"]


def test_numbers_of_rates_and_of_values_by_date_stand_in_the_text() -> None:
    clause = "clauses: {C1: {text: 无}}\n"
    found = messages(clause + history(), lint_numbers)

    assert found[:3] == [
        "parameter rate states 5 CNY, 6 CNY and cites no clause",
        "parameter spare states 7 CNY and cites no clause",
        "decision fee states 60, 1 CNY and cites no clause",
    ]


def test_the_longest_expression_is_read() -> None:
    terms = "amount" + " - amount" * 190
    shares = "amount * 7%" + " + amount * 7%" * 65
    text = MONEY.replace("VALUE", f"value: {{by: r, a: {terms}, b: {shares}}}")

    for lint in LINTS:
        messages(text, lint)
    assert messages(text, lint_cents) == [
        "net is paid or deducted unrounded and may be parts of a cent, such as 0.0007 (under r=b)"
    ]
