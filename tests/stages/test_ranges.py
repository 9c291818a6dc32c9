"""Domains: which values facts, expressions and decisions can have."""

from fractions import Fraction
from typing import Any

import pytest

import sla_rules as sla
from sla_rules.language.ranges import Domain, Ranges, as_number, from_number, interval, join, just
from sla_rules.language.types import DATE, NUMBER

HEAD = """\
language: 1
id: sample
version: 1.0.0
title: Sample
timezone: Asia/Shanghai
currency: CNY
enums: {grade: {good: Good, fair: Fair, poor: Poor}}
parameters: {limit: {value: 30}, tariff: {value: {by: date, 2023-01-01: 4, 2024-05-01: 1}}}
readings: {r: {question: Q, default: a, options: {a: A, b: B}}}
calendars: {always: {hours: 24x7}}
levels:
  month:
    governed_by: m
    require:
      - {that: "10 <= small and small < 20 and not (small == 99)", message: M, at: small}
    facts:
      small: {type: integer}
      n: {type: number, min: -4, max: 6}
      w: {type: integer, min: 0, max: 90}
      half: {type: number, min: 0.3, max: 9, step: 0.5}
      fee: {type: money, min: 0 CNY}
      rate: {type: percent, min: 0, max: 1}
      opt: {type: integer, min: 1, max: 3, optional: true}
      b: {type: bool}
      g: {type: grade}
      free: {type: grade, unlisted: allowed}
      at: {type: instant, until: known}
      day: {type: date, min: "'2024-01-01'", max: "'2024-01-31'"}
      m: {type: month}
      name: {type: text}
      items: {type: {list: item}}
      head: {type: {record: item}, optional: true}
    decisions:
      limits: {table: {on: w, hit: first, give: {a: number, c: points}, rows: [{when: "<= 3", then: [1, 5 points]}, {when: "-", then: [2, 7 points]}]}}
      it: %s
  item:
    order: [start]
    decisions:
      before: {value: previous.v otherwise 9}
      rest: {type: number, value: (previous.rest otherwise 0) + 1}
    facts:
      v: {type: integer, min: 2, max: 4}
      w: {type: integer, min: 0, max: 5, from_parent: w}
      u: {type: bool, default: false}
      z: {type: integer, min: -1, max: 2}
      start: {type: instant}
"""


def domain(body: str, **readings: str) -> Domain:
    """The domain of a decision of the sample."""
    rules = sla.load(HEAD % body).with_readings(readings)
    level = rules.program.levels["month"]
    decision = level.decision("it")
    assert decision is not None
    return Ranges(rules.program, rules.readings).slot(level, decision.index)


def text(found: Domain) -> str:
    """A domain as a short text."""
    absent = "?" if found.absent else ""
    if found.kind == "members":
        return "{" + ", ".join(sorted(map(str, found.members))) + "}" + absent
    if found.kind == "anything":
        return "anything" + absent
    left = f"{'[' if found.low_closed else '('}{'' if found.low is None else found.low}"
    right = f"{'' if found.high is None else found.high}{']' if found.high_closed else ')'}"
    step = "" if found.step is None else f" by {found.step}"
    return f"{left}..{right}{step}{absent}"


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("n", "[-4..6]"),
        ("w", "[0..90] by 1"),
        ("half", "[1/2..9] by 1/2"),
        ("fee", "[0..) by 1/100"),
        ("rate", "[0..1]"),
        ("opt", "[1..3] by 1?"),
        ("g", "{fair, good, poor}"),
        ("at", "(..) by 1?"),
        ("day", "[738886..738916] by 1"),
        ("limit", "[30..30] by 0"),
        ("a", "[1..2] by 1"),
        ("c", "[5..7] by 2"),
        ("head.v", "[2..4] by 1?"),
        ("n + w", "[-4..96]"),
        ("w + half", "[1/2..99] by 1/2"),
        ("w * 2 + 1", "[1..181] by 2"),
        ("0 - w", "[-90..0] by 1"),
        ("n * n", "[-24..36]"),
        ("w / 4", "[0..45/2] by 1/4"),
        ("fee / half", "[0..)"),
        ("1 / w", "[1/90..)?"),
        ("1 / (0 - 1 - w)", "[-1..-1/91]"),
        ("1 / n", "(..)?"),
        ("1 / opt", "[1/3..1]?"),
        ("fee * rate", "[0..)"),
        ("min(w, limit)", "[0..30] by 1"),
        ("max(w, limit)", "[30..90] by 1"),
        ("min(w, 100 + w)", "[0..90] by 1"),
        ("abs(n)", "[0..6]"),
        ("abs(0 - 1 - w)", "[1..91] by 1"),
        ("days_in(m)", "[28..31] by 1"),
        ("months_between(m, m)", "(..) by 1"),
        ("date_of(at)", "(..) by 1?"),
        ("opt otherwise 0", "[0..3] by 1"),
        ("w otherwise 100", "[0..90] by 1"),
        ("if w > limit then w else n", "[-4..90]"),
        ("if w > 100 then 1000 else w", "[0..90] by 1"),
        ("if w > limit then w - limit else 0", "[0..60] by 1"),
        ("if limit < w and w < 40 then w else 35", "[31..39] by 1"),
        ("if not (w <= 80) then w else 85", "[81..90] by 1"),
        ("if w == 7 then w else 8", "[7..8] by 1"),
        ("if b then 1 else 3", "[1..3] by 2"),
        ("if g == good then g else poor", "{good, poor}"),
        ("w > 90", "{False}"),
        ("w >= 0", "{True}"),
        ("w > 89", "{False, True}"),
        ("w == 91 or w < 0", "{False}"),
        ("opt < 4", "{True}?"),
        ("not b", "{False, True}"),
        ("not (w >= 0)", "{False}"),
        ("b and w >= 0", "{False, True}"),
        ("b or w >= 0", "{True}"),
        ("w in [91, 92]", "{False}"),
        ("limit in [30, w]", "{True}"),
        ("g in [good]", "{False, True}"),
        ("w != 91", "{True}"),
        ("limit != 30", "{False}"),
        ("given(opt)", "{False, True}"),
        ("listed(free)", "{False, True}"),
        ("free", "anything"),
        ("count(items)", "[0..) by 1"),
        ("any(items.u)", "{False, True}"),
        ("sum(items.v)", "[0..) by 1"),
        ("sum(items.v where v > 4)", "[0..0] by 0"),
        ("sum(items.z)", "(..) by 1"),
        ("mean(items.v)", "[2..4]?"),
        ("max(items.v where v < 4)", "[2..3] by 1?"),
        ("max(items.w)", "[0..90] by 1?"),
        ("small", "[10..19] by 1"),
        ("tariff", "[1..4] by 3?"),
        ("max(items.before)", "[2..9] by 1?"),
        ("max(items.rest)", "(..)?"),
        ("share(items.u)", "[0..1]?"),
        ("mean(items.v weighted w)", "[2..4]?"),
        ("mean(items.v weighted z)", "(..)?"),
        ("percentile(items.v, 50%)", "(..)?"),
        ("sum(items.v where w > this.w)", "[0..) by 1"),
        ("lowered(g, 1)", "{fair, good, poor}"),
        ("month_number(m)", "(..)"),
        ("w / (n * 0)", "(..)?"),
        ("0 * w", "[0..0] by 0"),
        ("fee * (w - 100)", "(..0] by 1/100"),
        ("if name == 'x' then w else 3", "[0..90] by 1"),
        ("if given(opt) and opt == 3 then opt else 5", "[3..5] by 2"),
        ("g in [good] or w < 0", "{False, True}"),
        ("longest_run(items.u)", "[0..) by 1"),
    ],
)  # fmt: skip
def test_what_an_expression_can_be(body: str, wanted: str) -> None:
    assert text(domain(f'{{value: "{body}"}}')) == wanted


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("{value: w, cap: limit}", "[0..30] by 1"),
        ("{value: n, floor: w}", "[0..90]"),
        ("{value: n, round: 0.25}", "[-4..6] by 1/4"),
        ("{value: w, round: 0.5}", "[0..90] by 1"),
        ("{value: w / 7, round: 1 up}", "[0..13] by 1"),
        ("{value: w, applies: w > 10}", "[11..90] by 1?"),
        ("{value: w, applies: w > 100}", "(0..0)?"),
        ("{value: g, applies: w > 100}", "{}?"),
        ("{value: n * n, min: 0, max: none}", "[0..36]"),
        ("{value: w, min: 100, max: 200}", "[0..90] by 1"),
        ("{units: {of: w, per: 7, count: full}}", "[0..12] by 1"),
        ("{units: {of: w, per: 7, count: started, free: 2}}", "[0..11] by 1"),
        ("{units: {of: w, per: 4, count: pro_rata}}", "[0..45/2] by 1/4"),
        ("{units: {of: w, per: n, count: full}}", "[0..)?"),
        ("{bands: {on: w, rows: {'(..10)': 1, '[10..50)': x / 2, '[50..)': 0 - x}}}",
         "[-90..49/2] by 1/2"),
        ("{bands: {on: opt, rows: {'(..3]': 1, '(3..)': 99}}}", "[1..1] by 0?"),
        ("{table: {on: w, hit: first, rows: [{when: '> 90', then: 9}, {when: '3, 4', then: w}, {when: '-', then: 1}]}}",
         "[0..90] by 1"),
        ("{table: {on: w, hit: collect sum, rows: [{when: '> 1', then: 9}, {when: '-', then: -3}]}}",
         "[-3..9] by 3"),
        ("{table: {on: w, hit: collect count, rows: [{when: '> 1', then: 9}, {when: missing, then: 3}]}}",
         "[0..1] by 1"),
        ("{table: {on: g, rows: [{when: good, then: poor}, {when: not(good), then: good}]}, type: grade}",
         "{good, poor}"),
        ("{table: {on: w, hit: collect max, rows: [{when: '> 1', then: 9}]}}", "[9..9] by 0?"),
        ("{value: {by: r, a: w, b: 1}}", "[0..90] by 1"),
        ("{value: {by: date, 2023-01-01: w, 2024-01-01: 95}}", "[0..95] by 1?"),
        ("{table: {on: name, rows: [{when: '-', then: w}]}}", "[0..90] by 1"),
        ("{table: {on: w, hit: collect sum, rows: [{when: '-', then: opt}]}}", "[0..3] by 1?"),
        ("{units: {of: fee, per: 7 CNY, count: full}}", "[0..) by 1"),
        ("{scorecard: {sections: [{of: w, max: 90, weight: 50%}], total: 100}}", "[0..45] by 1/2"),
        ("{value: opt, floor: n}", "[1..6]?"),
        ("{elapsed: {from: at, to: at, calendar: always}}", "[0..) by 1?"),
        ("{scorecard: {sections: [{of: w, max: 90}, {of: half, max: 10, applies: b}], total: 100}}",
         "[0..99] by 1/2"),
        ("{scorecard: {sections: [{of: w, max: 90}, {of: half, max: 10, applies: b}], total: 100, rescale: true}}",
         "[0..100]"),
        ("{scorecard: {sections: [{of: n, max: 90}], total: 100, rescale: b}}", "(..)"),
    ],
)  # fmt: skip
def test_what_a_decision_can_be(body: str, wanted: str) -> None:
    assert text(domain(body)) == wanted


def test_a_reading_chooses_what_is_read() -> None:
    assert text(domain("{value: {by: r, a: w, b: 1}}", r="b")) == "[1..1] by 0"


def test_a_chain_of_decisions_is_longer_than_python_calls() -> None:
    chain = "".join(f"\n      c{n}: {{value: c{n + 1} + 1}}" for n in range(1900))
    assert text(domain(f"{{value: c0}}{chain}\n      c1900: {{value: w}}")) == "[1900..1990] by 1"


def test_what_has_no_order_is_anything() -> None:
    assert text(domain("{value: name}")) == "anything"
    assert text(domain("{value: {by: r, a: b, b: true}}", r="b")) == "{True}"


@pytest.mark.parametrize(
    ("value", "held"),
    [(1, True), (Fraction(3, 2), True), (Fraction(5, 4), False), (Fraction(1, 2), False), (4, False),
     (True, False), ("good", False)],
)  # fmt: skip
def test_a_domain_knows_its_values(value: Any, held: bool) -> None:
    assert interval(Fraction(1, 2), 3, False, True, Fraction(1, 2)).holds(value) == held


def test_neighbours_in_the_resolution() -> None:
    grid = interval(None, None, step=Fraction(1, 2))
    assert (grid.next_above(Fraction(1, 3)), grid.next_below(Fraction(1, 3))) == (Fraction(1, 2), 0)
    assert (grid.next_above(1), grid.next_below(1)) == (Fraction(3, 2), Fraction(1, 2))
    assert (grid.next_above(1, itself=True), grid.next_below(1, itself=True)) == (1, 1)
    assert interval(0, 1).next_above(0) is None
    assert just(3).next_below(0) is None


def test_a_place_on_the_line_of_dates_is_a_date() -> None:
    day = from_number(DATE, 738886)
    assert (day.isoformat(), as_number(day), from_number(NUMBER, 3)) == ("2024-01-01", 738886, 3)


def test_the_join_of_different_kinds_is_anything() -> None:
    assert join(just(1), just("good")).kind == "anything"
    assert join().is_empty
    assert just(None).absent
    assert join(just("good")).single == "good"
    assert interval(1, 2).meet(just("good")) == interval(1, 2)
    assert just("good").meet(just("poor")).is_empty
