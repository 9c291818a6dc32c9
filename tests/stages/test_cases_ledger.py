"""A case says what became of each deduction at a payment: set off, lapsed, carried forward."""

from pathlib import Path
from typing import Any

import attrs
import pytest
from jsonschema import Draft7Validator

import sla_rules as sla
from sla_rules.language import source
from sla_rules.testing import cases_schema, check, read_cases
from sla_rules.testing.asking import plain

RULES = """
language: 1
id: ledger
version: 1.0.0
title: Ledger
timezone: Asia/Shanghai
currency: CNY
clauses: {S1: {text: 扣款从付款中扣除。}, S2: {text: 每笔最多扣 30%。}, S3: {text: 合同总扣款不超过 500 元。}}
readings:
  rest:
    question: 未扣足的部分如何处理？
    default: carried
    options: {carried: 结转。, lapses: 免除。}
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
      cap: 30% * amount
      total_cap: 500 CNY
      remainder: {by: rest, carried: carried_forward, lapses: lapses}
      sources:
        - {from: deductions, amount: amount, on: determined_on, clause: S1}
    decisions: {total: sum(payments.net)}
  payment:
    key: id
    facts:
      id: {type: text}
      amount: {type: money, min: 0 CNY}
      pay_on: {type: date}
      paid: {type: money, optional: true}
    decisions: {net: amount - set_off + top_up}
  deduction:
    key: id
    facts: {id: {type: text}, amount: {type: money, min: 0 CNY, until: known}, determined_on: {type: date}}
"""
HEAD = """\
ruleset: ledger
defaults: {level: contract}
backgrounds:
  two:
    given:
      payments:
        - {id: P1, amount: 1000, pay_on: "2024-04-10"}
        - {id: P2, amount: 1000, pay_on: "2024-07-10"}
      deductions:
        - {id: D1, amount: 200, determined_on: "2024-04-01"}
        - {id: D2, amount: 250, determined_on: "2024-04-02"}
        - {id: D3, amount: 400, determined_on: "2024-07-01"}
cases:
"""
FIRST = "{entry: D1, clause: S1, determined: 200, set_off: 200}"
SECOND = "{entry: D2, determined: 250, set_off: 100, lapsed: 150, lapsed_by: cap}"


@pytest.fixture(scope="module")
def rules() -> sla.Rules:
    return sla.load(RULES)


@pytest.fixture
def read(rules: sla.Rules) -> Any:
    def read(expect: str, given: str = "{}", more: str = "") -> Any:
        text = f"  - name: a\n    clause: S1\n    background: two\n    given: {given}\n    expect: {expect}\n{more}"
        _, cases, problems = read_cases(HEAD + text, Path("a"), loader=lambda _: rules)
        return cases, problems, HEAD + text

    return read


@pytest.fixture
def differs(read: Any, rules: sla.Rules) -> Any:
    def differs(expect: str, given: str = "{}", more: str = "") -> Any:
        (case,), problems, text = read(expect, given, more)
        assert not problems
        node, _ = source.read(text, "a")
        assert node is not None
        for schema in (cases_schema(), cases_schema(rules)):
            Draft7Validator(schema).validate(plain(node))
        return [attrs.astuple(each) for each in check(case, rules)]

    return differs


@pytest.mark.parametrize(
    "ledger",
    [
        f"[{FIRST}, {SECOND}]",
        f"[{SECOND}, {FIRST}]",
        "[{entry: D1}, {entry: D2}]",
        f"{{exactly: [{FIRST}, {SECOND}]}}",
        f"{{including: [{SECOND}]}}",
        "[{entry: D1, brought_forward: 0, carried_forward: 0}, {entry: D2, lapsed: 150.00}]",
    ],
)
def test_a_ledger_that_is_as_expected_has_no_mismatch(differs: Any, ledger: str) -> None:
    assert differs(f"{{payments.P1.ledger: {ledger}}}") == []


@pytest.mark.parametrize(
    ("ledger", "expected", "got"),
    [
        (f"[{FIRST}]", "no other entry", "D2: clause S1, determined 250, set_off 100, lapsed 150, lapsed_by cap"),
        (
            "[{entry: D1, set_off: 199.99}, {entry: D2}]",
            "D1: set_off 199.99",
            "D1: clause S1, determined 200, set_off 200",
        ),
        (
            f"[{FIRST}, {SECOND.replace('cap', 'total_cap')}]",
            "D2: determined 250, set_off 100, lapsed 150, lapsed_by total_cap",
            "D2: clause S1, determined 250, set_off 100, lapsed 150, lapsed_by cap",
        ),
        (f"[{FIRST}, {SECOND}, {{entry: D3}}]", "D3", "no other entry"),
        (f"[{FIRST}, {FIRST}, {SECOND}]", "D1: clause S1, determined 200, set_off 200", "no other entry"),
        ("{including: [{entry: D9}]}", "D9", "D1: "),
        ("[{entry: D1, clause: [S1, S2]}, {entry: D2}]", "D1: clause S1+S2", "D1: clause S1"),
    ],
)  # fmt: skip
def test_only_what_differs_is_told(differs: Any, ledger: str, expected: str, got: str) -> None:
    ((what, wanted, found),) = differs(f"{{payments.P1.ledger: {ledger}}}")
    assert (what, wanted) == ("payments.P1.ledger", expected)
    assert found.startswith(got)


def test_the_cap_over_all_payments_is_told_apart(differs: Any) -> None:
    expect = "{payments.P2.ledger: [{entry: D3, determined: 400, set_off: 200, lapsed: 200, lapsed_by: [cap, total_cap]}]}"
    assert differs(expect) == []


def test_what_a_payment_cannot_bear_is_carried_or_lapses(differs: Any) -> None:
    given = '{payments: {P1: {amount: 1000, paid: 1000}}, deductions: [{id: D1, amount: 100, determined_on: "2024-04-01"}]}'
    expect = "{payments.P1.ledger: [{entry: D1, set_off: 100}], payments.P2.ledger: [{entry: P1, corrected: 100, set_off: 100, clause: []}]}"
    assert differs(expect, given) == []
    short = given.replace("paid: 1000", "paid: 800")
    assert differs("{payments.P2.ledger: [{entry: P1, top_up: 100, set_off: 0}]}", short) == []


def test_what_is_carried_forward_is_brought_forward_at_the_next(rules: sla.Rules) -> None:
    payments = [
        {"id": "P1", "amount": 100, "pay_on": "2024-04-10", "paid": 300},
        {"id": "P2", "amount": 50, "pay_on": "2024-07-10"},
        {"id": "P3", "amount": 900, "pay_on": "2024-10-10"},
    ]
    for reading, carried in (("carried", 150), ("lapses", 150)):
        contract = rules.with_readings({"rest": reading}).assess({"payments": payments})
        second, third = (each.ledger for each in contract.child("payments")[1:])
        assert [(each.corrected, each.set_off, each.carried_forward) for each in second] == [
            (200, 50, carried)
        ]
        assert [(each.brought_forward, each.set_off) for each in third] == [(carried, 150)]


def test_a_ledger_that_is_not_known_yet_has_no_entries(differs: Any, rules: sla.Rules) -> None:
    given = '{deductions: [{id: D1, determined_on: "2024-04-01"}]}'
    assert differs("{payments.P1.ledger: []}", given) == [
        ("payments.P1.ledger", "no entry", "not known yet")
    ]


def test_the_amounts_of_the_entries_sum_to_the_results(rules: sla.Rules, read: Any) -> None:
    (case,), _, _ = read("{total: 1}")
    for payment in rules.assess(case.facts).child("payments"):
        for name in ("brought_forward", "determined", "set_off", "lapsed", "carried_forward"):
            assert sum(getattr(each, name) for each in payment.ledger) == payment[name]


def test_a_payment_alone_has_its_ledger_too(read: Any, rules: sla.Rules) -> None:
    text = (
        HEAD
        + """\
  - name: a
    clause: S1
    level: payment
    given: {id: P1, amount: 9, pay_on: "2024-04-10"}
    expect: {ledger: []}
"""
    )
    _, cases, problems = read_cases(text, Path("a"), loader=lambda _: rules)
    assert (problems, check(cases[0], rules)) == ([], [])


@pytest.mark.parametrize(
    ("expect", "code"),
    [
        ("{ledger: []}", "C110"),
        ("{payments.P1.ledger: {including: [D1], exactly: []}}", "C101"),
        ("{payments.P1.ledger: {entry: D1}}", "C102"),
        ("{payments.P1.ledger: D1}", "C101"),
        ("{payments.P1.ledger: [D1]}", "C101"),
        ("{payments.P1.ledger: [{set_off: 1}]}", "C103"),
        ("{payments.P1.ledger: [{entry: D1, set_of: 1}]}", "C102"),
        ("{payments.P1.ledger: [{entry: D1, set_off: all}]}", "C109"),
        ("{payments.P1.ledger: [{entry: D1, clause: S9}]}", "C107"),
        ("{payments.P1.ledger: [{entry: D1, lapsed_by: limit}]}", "C109"),
    ],
)
def test_a_mistaken_ledger_is_told(read: Any, expect: str, code: str) -> None:
    assert code in [each.code for each in read(expect)[1]]


def test_levels_without_ledger_say_where_one_is(read: Any) -> None:
    _, (problem,), _ = read("{ledger: []}")
    assert problem.hint == "the payments are of level payment"
