"""Coverage counts only what took part: not what a case merely passes by."""

from pathlib import Path

import pytest

import sla_rules as sla
from sla_rules.coverage import CoverageReport, measure
from sla_rules.listening import Deed, listen
from sla_rules.testing import read_cases

HEAD = """
language: 1
id: small
version: 1.0.0
title: {zh: 小合同, en: small}
timezone: Asia/Shanghai
currency: CNY
clauses: {C1: {text: 一}, C2: {text: 二}, C3: {text: 三}, C4: {text: 四}}
"""
LEDGER = """
levels:
  contract:
    facts:
      payments: {type: {list: payment}}
      deductions: {type: {list: deduction}, optional: true}
    ledger:
      payments: payments
      date: pay_on
      available: amount
      pays: net
      paid: paid
      cap: 10 CNY
      total_cap: 1000 CNY
      clause: C1
      sources: [{from: deductions, amount: amount, on: determined_on}]
    decisions: {total: sum(payments.net)}
  payment:
    key: id
    facts:
      id: {type: text}
      amount: {type: money, min: 0 CNY}
      pay_on: {type: date}
      paid: {type: money, min: 0 CNY, optional: true}
    decisions: {net: {value: amount - set_off + top_up, round: 0.01}}
  deduction:
    key: id
    facts: {id: {type: text}, amount: {type: money, min: 0 CNY}, determined_on: {type: date}}
"""


def measured(tmp_path: Path, levels: str, case: str) -> CoverageReport:
    rules = sla.load(HEAD + levels)
    text = f"ruleset: small\ncases:\n  - {{name: a, {case}}}\n"
    _, cases, problems = read_cases(text, tmp_path / "a.cases.yaml", loader=lambda _: rules)
    assert not problems
    report = measure(rules, cases)
    assert not report.failed
    return report


def covered(report: CoverageReport, kind: str) -> list[str]:
    return [each.target.label.en for each in report.of(kind) if each.covered]


CAPPED = """
levels:
  month:
    facts: {n: {type: integer, min: 0}, ok: {type: bool}}
    decisions: {s: {type: number, clause: C1, value: n * 2, cap: 5, applies: ok}}
"""


def test_a_decision_that_may_not_apply_covers_neither_its_rule_nor_its_cap(tmp_path: Path) -> None:
    case = "clause: C1, level: month, given: {n: 10}, expect: {s: {status: undetermined}}"
    report = measured(tmp_path, CAPPED, case)

    assert [covered(report, kind) for kind in ("clause", "rule", "limit")] == [[], [], []]
    assert report.idle == ()  # it is about the sentence, all the same


WHOLE = """
levels:
  month:
    facts: {n: {type: integer, min: 0}}
    decisions:
      s:
        type: points
        clause: C1
        rates: {of: n, how: whole, rows: {"[0..5)": 1 points, "[5..)": 2 points}}
"""


@pytest.mark.parametrize(("n", "bands"), [(0, 0), (1, 1)])
def test_of_nothing_no_rate_is_taken(tmp_path: Path, n: int, bands: int) -> None:
    report = measured(
        tmp_path, WHOLE, f"clause: C1, level: month, given: {{n: {n}}}, expect: {{status: final}}"
    )

    assert len(covered(report, "band")) == bands


PAID = "payments: [{id: P1, amount: 100, pay_on: 2024-04-10, paid: %s}, {id: P2, amount: 100, pay_on: 2024-05-10}]"


@pytest.mark.parametrize(
    ("paid", "deductions", "cut"),
    [
        (150, "[]", False),
        (100, "[{id: D, amount: 10, determined_on: 2024-04-01}]", False),
        (100, "[{id: D, amount: 11, determined_on: 2024-04-01}]", True),
    ],
    ids=["a correction", "exactly the cap", "beyond the cap"],
)
def test_the_cap_of_a_ledger_cuts_only_where_it_does(
    tmp_path: Path, paid: int, deductions: str, cut: bool
) -> None:
    facts = f"{PAID % paid}, deductions: {deductions}"
    report = measured(
        tmp_path,
        LEDGER,
        f"clause: C1, level: contract, given: {{{facts}}}, expect: {{status: final}}",
    )

    assert ("contract: ledger: the cap cuts" in covered(report, "limit")) is cut
    assert "contract: ledger: the total cap cuts" not in covered(report, "limit")


TAKEN = """
parameters: {p: {value: 3, clause: C2}, q: {value: 3, clause: C3}}
levels:
  month:
    facts: {n: {type: integer, min: 0}, o: {type: integer, optional: true}}
    decisions:
      s: {type: bool, clause: C1, value: n > 5 and n > p}
      t: {type: integer, clause: C1, value: o otherwise q}
"""


@pytest.mark.parametrize(
    ("given", "clauses"),
    [("n: 0, o: 4", ["C1"]), ("n: 6, o: 4", ["C1", "C2"]), ("n: 0", ["C1", "C3"])],
    ids=["passed by", "both sides of and", "otherwise"],
)
def test_what_is_passed_by_covers_no_clause(tmp_path: Path, given: str, clauses: list[str]) -> None:
    case = f"clause: [C1, C2, C3], level: month, given: {{{given}}}, expect: {{status: final}}"

    assert covered(measured(tmp_path, TAKEN, case), "clause") == clauses


ROWS = """
parameters: {fee: {value: 5, clause: C2}}
levels:
  month:
    facts: {n: {type: integer, min: 0}}
    decisions:
      s:
        type: number
        clause: C1
        table: {on: n, hit: first, rows: [{when: "< 5", then: 1}, {when: ">= fee", then: 2}]}
"""


@pytest.mark.parametrize(("n", "clauses"), [(1, ["C1"]), (6, ["C1", "C2"])])
def test_the_cells_of_a_row_that_is_not_reached_cover_nothing(
    tmp_path: Path, n: int, clauses: list[str]
) -> None:
    case = f"clause: [C1, C2], level: month, given: {{n: {n}}}, expect: {{status: final}}"

    assert covered(measured(tmp_path, ROWS, case), "clause") == clauses


DEFAULTED = """
levels:
  month:
    facts:
      n: {type: integer, min: 0}
      m: {type: integer, default: 1, clause: C2}
      days: {type: {list: day}, optional: true}
    decisions: {s: {type: number, clause: C1, value: n}}
  day:
    facts:
      n: {type: integer, max: 3, clause: C3}
      m: {type: integer, from_parent: m, clause: C4}
    decisions: {s: {type: number, value: n}}
"""


@pytest.mark.parametrize(
    ("given", "expect", "clauses"),
    [
        ("n: 1, days: [{n: 1}]", "", ["C1", "C3"]),
        ("n: 1, m: 1, days: [{n: 1}]", "", ["C1", "C2", "C3"]),
        ("n: 1, days: [{n: 1, m: 1}]", "", ["C1", "C3", "C4"]),
        ("n: -1, days: []", "error: F116", []),
        ("n: 1, days: [{n: 4}]", "error: F117", ["C3"]),
    ],
    ids=["by default", "stated", "stated below", "refused above", "refused below"],
)
def test_a_fact_counts_where_it_is_stated_or_refused(
    tmp_path: Path, given: str, expect: str, clauses: list[str]
) -> None:
    case = f"clause: [C1, C2, C3, C4], level: month, given: {{{given}}}, expect: {{{expect or 'status: final'}}}"

    assert covered(measured(tmp_path, DEFAULTED, case), "clause") == clauses


FAILING = """
levels:
  month:
    facts: {n: {type: integer, min: 0}}
    decisions:
      s: {type: number, clause: C1, table: {on: n, rows: [{when: "<= 3", then: 1}]}}
"""


def test_what_ran_into_an_error_is_heard(tmp_path: Path) -> None:
    rules = sla.load(HEAD + FAILING)
    decision = rules.program.levels["month"].decisions[0]
    _, ear = listen(rules, {"n": 4})
    report = measured(
        tmp_path, FAILING, "clause: C1, level: month, given: {n: 4}, expect: {error: E602}"
    )

    assert {(decision, Deed.RAN), (decision.body, Deed.RAN)} <= ear.heard
    assert covered(report, "clause") == ["C1"]


def test_a_decision_that_applies_and_comes_to_nothing_is_heard() -> None:
    rules = sla.load(HEAD + CAPPED.replace("{s:", "{r: {type: number, value: s}, s:"))
    r, s = (rules.program.levels["month"].decision(name) for name in "rs")
    _, ear = listen(rules, {"n": 4, "ok": False})

    assert (r, Deed.EMPTY) in ear.heard
    assert (s, Deed.EMPTY) not in ear.heard


def test_a_ledger_without_payments_is_heard() -> None:
    rules = sla.load(HEAD + LEDGER)
    ledger = rules.program.levels["contract"].ledger
    owed = [{"id": "D", "amount": 5, "determined_on": "2024-01-01"}]
    outcome, ear = listen(rules, {"payments": [], "deductions": owed})

    assert isinstance(outcome, sla.Assessment)
    assert outcome["outstanding"] == 5
    assert (ledger, Deed.RAN) in ear.heard


TWO = """
levels:
  month:
    facts: {n: {type: integer, min: 0}}
    decisions:
      one: {clause: C1, value: n * 2}
      two: {clause: C2, value: one + 1}
      three: {clause: C3, value: n + 5}
"""


@pytest.mark.parametrize(
    ("expect", "clauses"),
    [
        ("one: 6", ["C1"]),
        ("two: 7", ["C1", "C2"]),
        ("three: 8", ["C3"]),
        ("{one: 6, three.by: formula}", ["C1", "C3"]),
        ("status: final", ["C1", "C2", "C3"]),
    ],
)
def test_a_clause_is_covered_by_what_a_case_expects(
    tmp_path: Path, expect: str, clauses: list[str]
) -> None:
    inner = expect if expect.startswith("{") else f"{{{expect}}}"
    case = f"level: month, clause: [C1, C2, C3], given: {{n: 3}}, expect: {inner}"
    report = measured(tmp_path, TWO, case)
    covered = [
        point.target.clauses[0]
        for point in report.points
        if point.target.kind == "clause" and point.cases
    ]

    assert covered == clauses
