"""The order in which records are written decides nothing, not even which entry is settled first."""

from typing import Any

import pytest

import sla_rules as sla
from sla_rules.engine import book
from sla_rules.testing.judging import JUDGES, Trial
from sla_rules.testing.lawful import posted
from sla_rules.testing.lawtold import Voice

RULES = """
language: 1
id: unkeyed
version: 1.0.0
title: {zh: 无编号扣款, en: deductions without a key}
timezone: Asia/Shanghai
currency: CNY
clauses: {A: {text: 甲}, B: {text: 乙}}
enums: {by: {A: 甲, B: 乙}}
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
      clause: A
      cap: 6 CNY
      sources: [{from: deductions, amount: amount, on: determined_on, clause_from: by}]
    decisions: {total: sum(payments.net)}
  payment:
    key: id
    facts: {id: {type: text}, amount: {type: money, min: 0 CNY}, pay_on: {type: date}}
    decisions: {net: {value: amount - set_off + top_up, round: 0.01}}
  deduction:
    facts: {amount: {type: money, min: 0 CNY}, determined_on: {type: date}, by: {type: {enum: by}}}
"""


@pytest.fixture(scope="module")
def rules() -> sla.Rules:
    return sla.load(RULES)


def document(*amounts: tuple[int, str]) -> dict[str, Any]:
    return {
        "payments": [{"id": "P", "amount": 100, "pay_on": "2024-02-01"}],
        "deductions": [
            {"amount": amount, "determined_on": "2024-01-01", "by": clause}
            for amount, clause in amounts
        ],
    }


def test_of_deductions_of_one_day_the_same_is_settled_first_in_any_order(rules: sla.Rules) -> None:
    several = [(5, "A"), (8, "B")]
    one, two = (rules.assess(document(*each)) for each in (several, several[::-1]))
    told = [
        [(each.clauses, each.amount) for each in assessment.child("payments")[0].postings]
        for assessment in (one, two)
    ]

    assert told[0] == [(("A",), 5), (("B",), 1)]
    assert told[1] == told[0]
    assert posted(one.child("payments")[0]) == posted(two.child("payments")[0])


def test_deductions_without_a_key_are_settled_in_the_order_of_their_level(rules: sla.Rules) -> None:
    several = [(amount, "A") for amount in (3, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2)]
    (payment,) = rules.assess(document(*several)).child("payments")

    assert [each.amount for each in payment.postings] == [1, 1, 1, 1, 1, 1]


def test_a_ledger_that_settles_in_the_order_of_the_document_is_found(
    rules: sla.Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    def by_path(each: Any) -> Any:
        return each.on, each.name, each.clauses

    trial = Trial(rules, None, Voice(rules, "en"))
    facts = document((5, "A"), (8, "B"))
    judge = JUDGES["order_never_matters"]

    assert not [*judge.again(trial, facts, None)]
    monkeypatch.setattr(book, "_settled_first", by_path)
    first, *_ = judge.again(trial, facts, None)
    assert first.lines == ("payments[0]: A 5; B 1 is settled in this order, B 6 in the other",)
