"""Tables, bands and grades that are covered, or not: what the checker says of near misses."""

import datetime as dt
from fractions import Fraction

import pytest

import sla_rules as sla
from sla_rules.language.types import (
    DATE,
    DURATION,
    INSTANT,
    LIMIT,
    MONTH,
    NUMBER,
    PLAIN_TYPES,
    TEXT,
    Type,
)
from sla_rules.lint.words import MISSING, described, shown
from sla_rules.quantities import POINTS, Limit

HEAD = """\
language: 1
id: sample
version: 1.0.0
title: Sample
timezone: Asia/Shanghai
enums: {grade: {good: {zh: 好, en: good}, fair: {zh: 中, en: fair}, poor: {zh: 差, en: poor}}}
readings: {r: {question: Q, default: a, options: {a: A, b: B}}}
parameters: {top: {value: {by: r, a: 5, b: 6}}}
levels:
  month:
    facts:
      n: {type: integer, min: 0, max: 9}
      x: {type: number}
      h: {type: number, step: 0.5, min: 0, max: 2}
      g: {type: grade}
      opt: {type: grade, optional: true}
      free: {type: grade, unlisted: allowed, optional: true}
      b: {type: bool}
      name: {type: text}
      late: {type: duration}
      item: {type: {record: item}}
    decisions:
"""
TAIL = """
  item:
    facts: {n: {type: integer, min: 1, max: 2, title: {zh: 数, en: number}}}
"""


def found(decisions: str, *codes: str) -> list[sla.Diagnostic]:
    """The findings of a sample with these decisions."""
    text = HEAD + "".join(f"      {line}\n" for line in decisions.splitlines()) + TAIL
    wanted = codes or tuple(f"W70{n}" for n in range(1, 10))
    return [each for each in sla.load(text).findings() if each.code in wanted]


def table(on: str, *rows: str, hit: str = "unique", more: str = "") -> str:
    """A decision that is a table; a row is its cells, and what it gives after an arrow."""
    parts = (row.rpartition(" -> ") for row in rows)
    several = ", ".join(f"{{when: [{when}], then: {then}}}" for when, _, then in parts)
    return f"it: {{{more}table: {{on: [{on}], hit: {hit}, rows: [{several}]}}}}"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (table("n", '"<= 4" -> 1', '">= 5" -> 2'), ""),
        (table("x", '"<= 4" -> 1', '">= 5" -> 2'), "W701"),
        (table("h", '"<= 1" -> 1', '"[1.5..)" -> 2'), ""),
        (table("h", '"<= 1" -> 1', '"2" -> 2'), "W701"),
        (table("g", "good -> 1", '"not(good)" -> 2'), ""),
        (table("g", "good -> 1", '"fair" -> 2'), "W701"),
        (table("opt", "good -> 1", '"fair, poor" -> 2'), ""),
        (table("opt", "given -> 1", "missing -> 2"), ""),
        (table("opt", "given -> 1", '"-" -> 2'), "W702"),
        (table("free", "good -> 1", '"fair, poor" -> 2'), "W701"),
        (table("free", "good -> 1", '"not(good)" -> 2', "missing -> 3"), ""),
        (table("name", "\"'a'\" -> 1", "\"not('a')\" -> 2"), ""),
        (table("name", "\"'a'\" -> 1", "\"'b'\" -> 2"), "W701"),
        (table("b", '"true" -> 1', '"false" -> 2'), ""),
        (table("b", '"true" -> 1'), "W701"),
        (table("b", '"true" -> 1', hit="'collect sum'"), ""),
        (table("b", '"true" -> 1', hit="'collect count'"), ""),
        (table("b", '"true" -> 1', hit="'collect max'"), "W701"),
        (table("item.n", "1 -> 1", "2 -> 2"), ""),
        (table("n * 2", '"<= 9" -> 1', '">= 10" -> 2'), ""),
        (table("n * 2 + 1", '"<= 9" -> 1', '"> 11" -> 2'), "W701"),
        (table("n", '"<= top" -> 1', '"> 5" -> 2'), "W702"),
        (table("n", '"< top" -> 1', '"> 5" -> 2'), "W701"),
        (table("n", '"-" -> 1', more='applies: "n > 100", '), ""),
        (table("n", '"5" -> 1', more='applies: "n == 5", '), ""),
        (table("n, b", '"<= 4", "true" -> 1', '"> 4", "-" -> 2', '"-", "false" -> 1', hit="any"), "W702"),
        (table("n, b", '"<= 4", "true" -> 1', '"> 4", "-" -> 1', '"-", "false" -> 1', hit="any"), ""),
        (table("n, g", '"-", good -> 1', '"<= 4", "not(good)" -> 2', '"[5..9]", "fair, poor" -> 3'), ""),
        (table("n, b, g", '"<= 4", "true", "-" -> 1', '"> 4", "-", "-" -> 2', '"-", "false", good -> 3', hit="first"),
         "W701"),
        (table("n, b", '"> 4", "true" -> 1', '"> 4", "false" -> 2', '"[6..8]", "-" -> 3', '"-", "-" -> 4', hit="first"),
         "W704"),
        (table("n, b", '"> 4", "true" -> 2', '"> 6", "-" -> 3', '"> 2", "-" -> 2', '"-", "-" -> 4', hit="first"), ""),
        (table("n, b", '"> 4", "true" -> 2', '"> 2", "-" -> 2', '"-", "-" -> 4', hit="first"), "W705"),
        (table("n", '"> 2" -> 5', '"> 4" -> 5', '"<= 2" -> 1', hit="any"), "W705"),
        (table("n", '"> 2" -> n', '"> 4" -> n + 0', '"<= 2" -> 1', hit="any"), "W702"),
        (table("n", '"-" -> 5', '"> 4" -> n', hit="'collect max'"), ""),
        (table("n", '"-" -> 5', '"> 4" -> 6', hit="'collect min'"), "W705"),
        (table("n", '"-" -> fair', '"> 4" -> good', '"> 7" -> fair', hit="priority", more="type: grade, "), "W707 W705"),
        (table("n", '"-" -> g', hit="priority", more="type: grade, "), ""),
        (table("n", '"> 3" -> 1', '"> 3" -> 2', '"<= 3" -> 2'), "W706"),
        (table("n", '"> 3" -> 1', '"(3..)" -> 2', '"-" -> 2', hit="first"), "W706"),
        (table("n", '"> 9" -> 1', '"> 12" -> 2', '"-" -> 2', hit="first"), "W703 W703"),
    ],
)  # fmt: skip
def test_a_table_has_these_findings_and_no_others(text: str, codes: str) -> None:
    assert " ".join(each.code for each in found(text)) == codes


def test_a_row_that_another_reading_needs_is_not_in_vain() -> None:
    rows = '"<= top" -> 1', '"6" -> 2', '"-" -> 3'
    assert found(table("n", *rows, hit="first")) == []
    dead = table("n", '"> top + 9" -> 1', '"-" -> 3', hit="first")
    assert [each.code for each in found(dead)] == ["W703"]


def test_a_table_that_another_reading_asks_is_judged_under_it() -> None:
    one = "{on: n, rows: [{when: '<= 4', then: 1}]}"
    (gap,) = found(f"it: {{value: {{by: r, a: n, b: {{table: {one}}}}}}}")
    assert "(under r=b)" in gap.message


def test_bands_and_grades_under_another_reading_are_reached() -> None:
    rows = 'rows: {"(..0)": good, "[0..5]": fair, "(5..)": poor}'
    (band,) = found(f"g2: {{type: grade, bands: {{on: n, {rows}}}}}", "W708")
    assert "(..0)" in band.message
    shifted = (
        f"k: {{value: {{by: r, a: n, b: n - 1}}}}\ng2: {{type: grade, bands: {{on: k, {rows}}}}}"
    )
    assert found(shifted) == []
    assert (
        found("k: {value: n, applies: n > 9}\nz: {bands: {on: k, rows: {'(..0)': 1, '[0..)': 2}}}")
        == []
    )


def test_a_grade_that_comes_from_a_fact_is_not_unreached() -> None:
    assert found("it: {value: g}") == []
    assert found("it: {value: free}") == []
    assert [each.code for each in found("it: {value: if b then good else fair}")] == ["W707"]


def test_two_requirements_with_one_condition() -> None:
    text = HEAD + "      it: n\n" + TAIL + (
        "    require:\n"
        "      - {that: n > 1, message: M, at: n}\n"
        "      - {that: n > 1, message: N, at: n}\n"
    )  # fmt: skip
    assert [each.code for each in sla.load(text).findings() if each.code == "W706"] == ["W706"]


def test_findings_that_are_acknowledged_can_be_left_out() -> None:
    text = table("b", '"true" -> 1', more="acknowledge: {W701: {zh: 已知, en: known}}, ")
    rules = sla.load(HEAD + "      " + text + TAIL)
    (one,) = (each for each in rules.findings() if each.code == "W701")
    assert one.acknowledged == "known"
    assert "W701" not in [each.code for each in rules.findings(acknowledged=False)]


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (NUMBER, Fraction(179, 2), "89.5"),
        (NUMBER, Fraction(1, 3), "1/3"),
        (Type("number", unit=POINTS, show="points"), 5, "5 points"),
        (Type("number", unit=(("CNY", 1),), show="money"), Fraction(1, 100), "0.01 CNY"),
        (PLAIN_TYPES["percent"], Fraction(199, 200), "99.5 %"),
        (DURATION, 9_000_000_000, "2 h 30 min"),
        (LIMIT, Limit(2, workdays=True), "2 workday"),
        (LIMIT, 60_000_000, "1 min"),
        (DATE, dt.date(2024, 2, 29), "2024-02-29"),
        (MONTH, 24288, "2024-01"),
        (INSTANT, 1_704_067_200_000_000, "2024-01-01 08:00:00+08:00"),
        (TEXT, "x", "x"),
        (PLAIN_TYPES["bool"], True, "true"),
        (Type("enum", "grade"), "good", "好 (good)"),
        (Type("enum", "grade"), "another value", "another value"),
        (NUMBER, MISSING, "missing"),
    ],
)  # fmt: skip
def test_values_are_shown_exactly_and_with_their_unit(kind: Type, value: object, text: str) -> None:
    assert shown(sla.load(HEAD + "      it: n\n" + TAIL).program, kind, value) == text


def test_a_fact_is_described_by_its_titles() -> None:
    program = sla.load(HEAD + "      it: n\n" + TAIL).program
    plain, titled = program.levels["month"].fact("n"), program.levels["item"].fact("n")
    assert described(program, plain, 3) == "n = 3"
    assert described(program, titled, 3) == "数 (n) = 3"
