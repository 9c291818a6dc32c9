"""Stage 4: what a typed program must still satisfy, under every reading."""

from collections.abc import Iterator

import pytest

import sla_rules as sla
from sla_rules.diagnostics import Diagnostic
from sla_rules.language.check import CHECKS, check
from sla_rules.language.program import Program

HEAD = """\
language: 1
id: sample
version: 1.0.0
title: Sample
timezone: Asia/Shanghai
currency: CNY
readings:
  edges: {question: Q, default: one, options: {one: A, two: B, three: C}}
"""
LEDGER = """\
levels:
  contract:
    facts: {payments: {type: {list: payment}}, deductions: {type: {list: deduction}}}
    ledger:
      payments: payments
      date: pay_on
      available: AVAILABLE
      pays: net
      sources: [{from: deductions, amount: amount, on: on}]
  payment:
    facts: {amount: {type: money}, pay_on: {type: date}}
    decisions: {gross: amount, net: gross - set_off}
  deduction:
    facts: {amount: {type: money}, on: {type: date}}
"""


def codes(text: str) -> list[str]:
    try:
        return [each.code for each in sla.load(HEAD + text).warnings]
    except sla.RulesetError as error:
        return list(error.codes)


def bands(*edges: str, more: str = "") -> list[str]:
    rows = ", ".join(f'"{edge}": 1' for edge in edges)
    text = (
        f"levels: {{m: {{facts: {{n: {{type: number}}}}, decisions: {{d: {{bands: {{on: n, {more}"
    )
    return codes(f"{text}rows: {{{rows}}}}}}}}}}}}}\n")


RESOLUTION = """\
levels:
  month:
    facts: {n: {type: integer}, m: {type: integer}, x: {type: number}, d: {type: duration}}
    decisions:
      rate: {bands: {on: "ON", rows: {"[90..)": 1, "(..89]": 2}}}
"""


@pytest.mark.parametrize(
    ("on", "found"),
    [("n", []), ("n + m", []), ("n - 2 * m + 5", []), ("n / 2", ["E553"]), ("x", ["E553"]),
     ("min(n, 95)", []), ("min(n, 89.5)", ["E553"]), ("max(n, x)", ["E553"]), ("d / 1 h", ["E553"])],
)  # fmt: skip
def test_what_no_number_can_be_is_no_gap(on: str, found: list[str]) -> None:
    assert codes(RESOLUTION.replace("ON", on)) == found


def test_bands_of_whole_numbers_overlap_only_in_whole_numbers() -> None:
    text = RESOLUTION.replace("ON", "n")
    assert codes(text.replace("(..89]", "(..90)").replace("[90", "(89")) == []
    assert codes(text.replace("(..89]", "(..90]")) == ["E554"]


def test_a_scale_has_the_gaps_of_the_finest_of_its_numbers() -> None:
    text = """\
scales:
  rates: {input: number, gives: number, bands: {"[90..)": 1, "(..89]": 2}}
levels:
  month:
    facts: {n: {type: integer}, x: {type: number}}
    decisions:
      one: {bands: {on: n, scale: rates}}
      two: {bands: {on: OTHER, scale: rates}}
"""
    assert codes(text.replace("OTHER", "n + 1")) == []
    assert codes(text.replace("OTHER", "x")) == ["E553"]


@pytest.mark.parametrize(
    ("edges", "found"),
    [
        (["(..)"], []),
        (["(..0]", "(0..)"], []),
        (["(..0)", "[0..)"], []),
        (["[..0]", "(0..]"], []),
        (["(0..)", "(..0]"], []),
        (["(..0)", "[0..0]", "(0..)"], []),
        (["(..0)", "(0..)"], ["E553"]),
        (["(..0]", "[0..)"], ["E554"]),
        (["(..0]"], ["E553"]),
        (["(0..)"], ["E553"]),
        (["(..2]", "(1..3]", "(3..)"], ["E554"]),
        (["(..9]", "(1..2]", "(9..)"], ["E554"]),
        (["(..0]", "(0..)", "(5..6]"], ["E554"]),
        (["(..)", "(..)".replace("..", " .. ")], ["E554"]),
        (["(..0]", "(2..1]", "(0..)"], ["E552"]),
        (["(..0]", "(1..1)", "(0..)"], ["E552"]),
        (["(..0]", "(1..2]", "(3..)"], ["E553", "E553"]),
        (["(..1 + 1]", "(2..)"], []),
        (["(..1 / 0]", "(1..)"], ["E551"]),
    ],
)
def test_bands_cover_every_number_once(edges: list[str], found: list[str]) -> None:
    assert found == bands(*edges)


@pytest.mark.parametrize(
    ("domain", "found"),
    [
        ("[0..10]", []),
        ("[0..10)", []),
        ("[1..9]", []),
        ("[0..11]", ["E553"]),
        ("(..)", ["E553"] * 2),
    ],
)
def test_a_domain_says_what_must_be_covered(domain: str, found: list[str]) -> None:
    assert sorted(set(found)) == sorted(
        set(bands("[0..5)", "[5..10]", more=f'domain: "{domain}", '))
    )


def test_edges_are_checked_under_every_reading() -> None:
    text = """\
parameters: {edge: {value: {by: edges, one: 5, two: 5, three: 6}}}
levels:
  m:
    facts: {n: {type: number}}
    decisions:
      d: {bands: {on: n, rows: {"(..5]": 1, "(edge..)": 2}}}
"""
    assert ["E553"] == codes(text)


@pytest.mark.parametrize(
    ("available", "found"),
    [
        ("amount", []),
        ("gross", []),
        ("net", ["E537"]),
        ("{by: edges, one: amount, otherwise: net}", ["E537"]),
        ("{by: edges, two: net, otherwise: gross}", ["E537"]),
        ("amount - set_off", ["E537"]),
    ],
)
def test_a_ledger_reads_what_is_known_before_it(available: str, found: list[str]) -> None:
    assert found == codes(LEDGER.replace("AVAILABLE", available))


@pytest.mark.parametrize(
    ("calendar", "found"),
    [
        ("hours: 24x7", []),
        ('hours: {mon-fri: ["09:00-18:00"]}, holidays: CN', []),
        ("hours: {by: edges, one: 24x7, two: 24x7, three: {mon: []}}", ["E536"]),
        ("hours: 24x7, holidays: CN", ["E536"]),
        ("hours: {by: edges, one: 24x7, otherwise: 25x7}", ["E536"]),
        ("hours: 24x7, zone: Mars/Olympus", ["E536"]),
        ("hours: {mon: ['09:00-12:00']}, holidays: [2024-02-30]", ["E536"]),
        ("hours: {mon: ['09:00-12:00']}, overrides: {2024-02-28: ['1-2']}", ["E536"]),
    ],
)
def test_a_calendar_can_be_built_under_every_reading(calendar: str, found: list[str]) -> None:
    text = f"calendars: {{c: {{{calendar}}}}}\nlevels: {{m: {{facts: {{n: {{type: bool}}}}}}}}\n"

    assert found == codes(text)


def test_circles_are_found_under_every_reading_and_told_once() -> None:
    text = """\
levels:
  m:
    facts: {n: {type: number}}
    decisions:
      a: {type: number, value: {by: edges, one: n, otherwise: b}}
      b: {type: number, value: {by: edges, one: n, otherwise: a}}
"""
    assert ["E531"] == codes(text)
    assert [] == codes(text.replace("otherwise: a}", "otherwise: n}"))


def test_readings_that_exclude_a_circle_do_not_make_one() -> None:
    text = """\
levels:
  m:
    facts: {n: {type: number}}
    decisions:
      a: {type: number, value: {by: edges, one: n, two: b, three: n}}
      b: {type: number, value: {by: edges, one: a, two: n, three: a}}
"""
    assert [] == codes(text)


def test_levels_and_requirements() -> None:
    assert ["E533"] == codes("levels: {m: {facts: {m: {type: {record: m}}}}}\n")
    reads = "levels: {m: {facts: {n: {type: number}}, decisions: {d: n}, require: [{that: d > 0, message: M}]}}\n"
    assert ["E532"] == codes(reads)


def test_checks_are_data() -> None:
    def complain(program: Program) -> Iterator[Diagnostic]:
        yield Diagnostic(code="E000", message=program.id, where="here")

    program = sla.load("gz-npc-2023").program

    assert ["E000"] == [each.code for each in check(program, (*CHECKS, complain))]
    assert [] == check(program)
