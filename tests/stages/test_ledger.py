"""The ledger: deductions set off against payments, carried, capped, lapsed, outstanding."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest

import sla_rules as sla
from sla_rules.engine.book import Book, Entry

RULES = sla.load("gz-npc-2023")
DAY = dt.date(2024, 3, 31)

# ---- one book with exact amounts ----


def entry(name: str, amount: Any, position: int = 0, on: dt.date = DAY) -> Entry:
    return Entry(name, amount, on, position, ("S2.2",))


def book(*entries: Entry, remainder: str = "carried_forward", total_cap: Any = None) -> Book:
    return Book(list(entries), remainder, total_cap)


def test_an_empty_book_sets_nothing_off() -> None:
    empty = book()
    line = empty.pay(0, 100, None)
    assert (line.determined, line.set_off, line.carried_forward, line.postings) == (0, 0, 0, ())
    assert empty.outstanding == 0


def test_an_entry_comes_off_the_payment_at_its_position() -> None:
    one = book(entry("A", 30, position=1))
    assert one.pay(0, 100, None).set_off == 0
    assert one.outstanding == 30
    line = one.pay(1, 100, None)
    assert (line.determined, line.set_off, one.outstanding) == (30, 30, 0)


def test_a_remainder_is_carried_forward_until_nothing_is_left() -> None:
    one = book(entry("A", 25))
    lines = [one.pay(position, 10, None) for position in range(4)]
    assert [line.set_off for line in lines] == [10, 10, 5, 0]
    assert [line.brought_forward for line in lines] == [0, 25 - 10, 5, 0]
    assert [line.carried_forward for line in lines] == [15, 5, 0, 0]
    assert [line.determined for line in lines] == [25, 0, 0, 0]


def test_what_no_payment_is_left_for_is_outstanding() -> None:
    one = book(entry("A", 25), entry("B", 7, position=9))
    one.pay(0, 10, None)
    assert one.outstanding == 15 + 7


def test_under_lapses_nothing_is_carried() -> None:
    one = book(entry("A", 25), remainder="lapses")
    line = one.pay(0, 10, None)
    assert (line.set_off, line.lapsed, line.carried_forward, one.outstanding) == (10, 15, 0, 0)


def test_nothing_available_sets_nothing_off() -> None:
    one = book(entry("A", 25))
    line = one.pay(0, 0, None)
    assert (line.set_off, line.carried_forward) == (0, 25)


def test_entries_are_settled_by_position_then_date_then_name() -> None:
    early, late = dt.date(2024, 1, 1), dt.date(2024, 2, 1)
    one = book(
        entry("C", 5, on=late), entry("B", 5, on=early), entry("A", 5, on=early), entry("Z", 5, 1)
    )
    postings = [each for at in range(3) for each in one.pay(at, 8, None).postings]
    assert [(each.entry, each.amount) for each in postings] == [
        ("A", 5), ("B", 3), ("B", 2), ("C", 5), ("Z", 1), ("Z", 4),
    ]  # fmt: skip
    assert all(each.clauses == ("S2.2",) for each in postings)


def test_the_cap_counts_what_is_new_and_the_rest_lapses() -> None:
    one = book(entry("A", 8), entry("B", 8), entry("C", 8, position=1))
    first, second = one.pay(0, 100, 10), one.pay(1, 100, 10)
    assert (first.determined, first.set_off, first.lapsed) == (16, 10, 6)
    assert [(each.entry, each.amount) for each in first.postings] == [("A", 8), ("B", 2)]
    assert (second.set_off, second.lapsed, one.outstanding) == (8, 0, 0)


def test_the_total_cap_is_used_up_over_all_payments() -> None:
    one = book(entry("A", 8), entry("B", 8, 1), entry("C", 8, 2), total_cap=10)
    lines = [one.pay(position, 100, None) for position in range(3)]
    assert [line.set_off for line in lines] == [8, 2, 0]
    assert [line.lapsed for line in lines] == [0, 6, 8]


def test_both_caps_hold_together() -> None:
    one = book(entry("A", 50), entry("B", 50, 1), total_cap=25)
    lines = [one.pay(position, 100, 20) for position in range(2)]
    assert [line.set_off for line in lines] == [20, 5]
    assert [line.lapsed for line in lines] == [30, 45]


def test_an_overpayment_comes_off_the_next_payment() -> None:
    one = book()
    one.pay(0, 100, None)
    one.enter(attrs.evolve(entry("correction", 30, position=1), correction=True))
    assert one.outstanding == 30
    assert one.pay(1, 100, None).set_off == 30


def test_an_underpayment_tops_the_next_payment_up() -> None:
    one = book(entry("A", 120, position=1))
    one.pay(0, 100, None)
    one.enter(attrs.evolve(entry("correction", -30, position=1), correction=True))
    line = one.pay(1, 100, None)
    assert (line.top_up, line.determined, line.set_off, line.carried_forward) == (30, 120, 100, 20)


def test_amounts_stay_exact() -> None:
    one = book(entry("A", Fraction(200, 3)))
    line = one.pay(0, Fraction(100, 3), None)
    assert (line.set_off, line.carried_forward) == (Fraction(100, 3), Fraction(100, 3))


# ---- the ledger of a contract, through the public API ----


def month(name: str, quality: int = 25, management: int = 35, **more: Any) -> dict[str, Any]:
    return {
        "month": name,
        "incidents": [],
        "service_quality_base": quality,
        "suggestions_adopted": 0,
        "management_score": management,
        **more,
    }


def contract(*payments: dict[str, Any], deductions: Any = (), **more: Any) -> dict[str, Any]:
    price = sum(each.get("amount", 0) for each in payments)
    return {"id": "C", "price": price, "payments": list(payments),
            "deductions": list(deductions), **more}  # fmt: skip


FIRST: dict[str, Any] = {"id": "P1", "amount": 100_000, "pay_on": "2024-04-10",
                         "months": [month("2024-03")]}  # fmt: skip
SECOND: dict[str, Any] = {"id": "P2", "amount": 100_000, "pay_on": "2024-07-10",
                          "months": [month("2024-06")]}  # fmt: skip


def deduction(name: str, rate: int, on: str, clause: str = "S2.2") -> dict[str, Any]:
    return {"id": name, "clause": clause, "rate": rate, "determined_on": on}


def paid(facts: dict[str, Any], **choices: str) -> tuple[list[sla.Assessment], sla.Assessment]:
    named = {name.replace("_", "-"): option for name, option in choices.items()}
    assessed = RULES.with_readings(named).assess(facts)
    return list(assessed.child("payments")), assessed


@pytest.mark.parametrize(
    ("on", "nets", "outstanding"),
    [
        ("2024-04-09", (90_000, 100_000), 0),
        ("2024-04-10", (90_000, 100_000), 0),
        ("2024-04-11", (100_000, 90_000), 0),
        ("2024-07-10", (100_000, 90_000), 0),
        ("2024-07-11", (100_000, 100_000), 10_000),
    ],
)
def test_the_date_of_determination_picks_the_payment(
    on: str, nets: tuple[int, int], outstanding: int
) -> None:
    facts = contract(FIRST, SECOND, deductions=[deduction("D", 95, on)])
    rows, whole = paid(facts)
    assert tuple(each["net"] for each in rows) == nets
    assert whole["outstanding"] == outstanding


def test_postings_name_the_deduction_its_amount_and_its_clauses() -> None:
    facts = contract(
        {**FIRST, "amount": 5_000},
        SECOND,
        deductions=[deduction("D2", 99, "2024-04-01"), deduction("D1", 97, "2024-03-01")],
    )
    rows, _ = paid(facts)
    assert [(each.entry, int(each.amount)) for each in rows[0].postings] == [("D1", 5000)]
    assert [(each.entry, int(each.amount)) for each in rows[1].postings] == [
        ("D1", 1000),
        ("D2", 2000),
    ]
    assert rows[0].postings[0].clauses == ("S2.2",)


def test_deductions_of_months_and_of_the_list_stand_side_by_side() -> None:
    rated = month("2024-03", catalogue_completion_rate=98, sla_attainment_rate=99)
    facts = contract({**FIRST, "months": [rated]}, deductions=[deduction("D", 99, "2024-04-01")])
    rows, _ = paid(facts)
    assert {each.entry: each.amount for each in rows[0].postings} == {"2024-03": 5000, "D": 2000}


def test_a_payment_alone_settles_its_own_months() -> None:
    rated = month("2024-03", catalogue_completion_rate=98, sla_attainment_rate=100)
    alone = RULES.assess({**FIRST, "months": [rated]}, level="payment")
    assert (alone["set_off"], alone["net"], alone["carried_forward"]) == (4000, 96_000, 0)
    assert alone.status == "final"


def test_money_is_handed_out_with_cents() -> None:
    rows, whole = paid(contract(FIRST, deductions=[deduction("D", 95, "2024-04-01")]))
    assert [str(rows[0][name]) for name in ("set_off", "net")] == ["10000.00", "90000.00"]
    assert str(whole["total_paid"]) == "90000.00"
    assert isinstance(whole["outstanding"], Decimal)


def test_a_contract_without_payments_pays_nothing() -> None:
    rows, whole = paid(contract(deductions=[deduction("D", 99, "2024-04-01")]))
    assert (rows, whole["total_paid"], whole["outstanding"]) == ([], 0, 2000)


def test_a_rate_that_is_missing_leaves_bounds() -> None:
    open_rate = {"id": "D", "clause": "S2.3", "determined_on": "2024-04-01"}
    rows, whole = paid(contract(FIRST, deductions=[open_rate]))
    result = rows[0].result("set_off")
    assert (result.value, result.low, result.high) == (None, 0, 100_000)
    assert whole.result("outstanding").value == 0
    assert whole.needs
    assert "deductions[0].rate" in whole.needs


# ---- once wrong: each of these gave wrong money, bounds, status or names ----


def test_a_known_deduction_is_never_dropped() -> None:
    half = month("2024-03", catalogue_completion_rate=98)
    rows, _ = paid(contract({**FIRST, "months": [half]}))
    assert rows[0]["net"] in (96_000, None)


def test_unknown_months_leave_the_payment_open() -> None:
    facts = contract({key: value for key, value in FIRST.items() if key != "months"})
    del facts["deductions"]
    rows, whole = paid(facts)
    low = rows[0].result("net").low
    assert whole["outstanding"] is None
    assert low is None or low <= 0


OVERPAID: dict[str, Any] = {**FIRST, "months": [month("2024-03", 5, 20)], "paid": 100_000}


@pytest.mark.parametrize("cap", ["ten_percent_of_instalment", "ten_percent_of_contract"])
def test_a_cap_of_deductions_does_not_cut_an_overpayment(cap: str) -> None:
    facts = contract(OVERPAID, {**SECOND, "amount": 50_000})
    rows, whole = paid(facts, deduction_cap=cap)
    assert (rows[1]["net"], whole["total_paid"]) == (30_000, 130_000)


def test_an_overpayment_does_not_lapse() -> None:
    facts = contract(OVERPAID, {**SECOND, "amount": 15_000})
    _, whole = paid(facts, set_off_remainder="lapses")
    assert whole["outstanding"] == 5_000


def test_an_overpayment_is_no_deduction() -> None:
    _, whole = paid(contract(OVERPAID, {**SECOND, "amount": 50_000}))
    assert "deduction_above_30_percent" not in whole.notes


def test_the_split_base_is_never_below_zero() -> None:
    facts = contract({**FIRST, "paid": 50_000}, {**SECOND, "amount": 10_000},
                     deductions=[deduction("D", 70, "2024-06-30")])  # fmt: skip
    rows, _ = paid(facts, deduction_base="reduces_split_base")
    assert rows[1]["split_base"] >= 0


def test_the_bounds_of_outstanding_allow_for_an_underpayment() -> None:
    undated = {"id": "P1", "amount": 100_000, "months": [month("2024-03")], "paid": 90_000}
    _, whole = paid(contract(undated))
    low = whole.result("outstanding").low
    assert low is None or low <= -10_000


def test_the_bounds_under_a_total_cap_hold_what_lies_between() -> None:
    choices = {"deduction_cap": "ten_percent_of_contract",
               "deduction_base": "from_performance_part"}  # fmt: skip
    failed = {**SECOND, "months": [month("2024-06", 5, 20)]}
    rates = deduction("A", 100, "2024-03-31"), deduction("B", 80, "2024-06-30")
    _, whole = paid(contract(FIRST, failed, deductions=rates), **choices)
    missing = [{k: v for k, v in each.items() if k != "rate"} for each in rates]
    _, partial = paid(contract(FIRST, failed, deductions=missing), **choices)
    high = partial.result("outstanding").high
    assert whole["outstanding"] == 20_000
    assert high is None or high >= 20_000


def test_a_later_doubt_leaves_an_earlier_payment_final() -> None:
    open_rate = {"id": "D", "clause": "S2.2", "determined_on": "2024-06-01"}
    rows, _ = paid(contract(FIRST, SECOND, deductions=[open_rate]))
    assert rows[0].result("net").status == "final"


def test_a_figure_of_the_ledger_cannot_be_given() -> None:
    given = {**FIRST, "set_off": {"value": "1000", "approved_by": "甲方"}}
    with pytest.raises(sla.FactsError) as error:
        RULES.assess(contract(given))
    assert error.value.codes == ("F121",)


def test_an_open_incident_leaves_a_contract_provisional() -> None:
    incident = {"id": "I", "impact": "business_affecting",
                "reported_at": "2024-03-29T10:00+08:00", "responded_at": "2024-03-29T10:05+08:00"}  # fmt: skip
    _, whole = paid(contract({**FIRST, "months": [month("2024-03", incidents=[incident])]}))
    assert whole.needs == ("payments[0].months[0].incidents[0].recovered_at",)
    assert whole.status == "provisional"


def test_a_contract_without_price_is_not_final() -> None:
    facts = contract(FIRST)
    del facts["price"]
    _, whole = paid(facts)
    assert "price" in whole.needs


def test_a_correction_is_named_by_its_payment() -> None:
    rows, _ = paid(contract({**FIRST, "paid": 101_000}, SECOND))
    again, _ = paid(contract(SECOND, {**FIRST, "paid": 101_000}))
    assert rows[1].postings == again[1].postings


def test_a_veto_is_no_shared_cause() -> None:
    incident = {"id": "I", "fault_level": 1, "reported_at": "2024-03-05T10:00+08:00",
                "responded_at": "2024-03-05T10:05+08:00", "recovered_at": "2024-03-05T13:00+08:00"}  # fmt: skip
    rated = month("2024-03", 28, 38, incidents=[incident], catalogue_completion_rate=100,
                  sla_attainment_rate=95)  # fmt: skip
    rows, _ = paid(contract({**FIRST, "months": [rated]}), same_cause="larger_only",
                   level_one_fault="grade_fails")  # fmt: skip
    assert rows[0]["remission"] == 0


def test_an_open_timeliness_leaves_the_shared_cause_open() -> None:
    incident = {"id": "I", "impact": "business_affecting",
                "reported_at": "2024-03-05T10:00+08:00", "responded_at": "2024-03-05T10:05+08:00"}  # fmt: skip
    rated = month("2024-03", incidents=[incident], catalogue_completion_rate=100,
                  sla_attainment_rate=95)  # fmt: skip
    alone = RULES.assess(rated, level="month")
    assert alone["shared_cause"] is None


def test_the_cap_of_an_instalment_holds_for_all_that_comes_off_it() -> None:
    facts = contract({**FIRST, "months": [month("2024-03", 5, 20)]}, SECOND,
                     deductions=[deduction("A", 90, "2024-03-31"),
                                 deduction("B", 90, "2024-06-30")])  # fmt: skip
    rows, _ = paid(
        facts, deduction_cap="ten_percent_of_instalment", deduction_base="from_performance_part"
    )
    assert rows[1]["set_off"] <= 10_000


def test_a_run_over_an_undated_payment_is_open() -> None:
    bad, good = [month("2024-01", 5, 20)], [month("2024-02")]
    last = {"id": "P3", "amount": 1, "pay_on": "2024-12-10", "months": [month("2024-03", 5, 20)]}
    undated = {"id": "P2", "amount": 1, "months": good}
    first = {"id": "P1", "amount": 1, "pay_on": "2024-04-10", "months": bad}
    rules = RULES.with_readings({"failing-consequence": "two_in_a_row_end_the_contract"})
    partial = rules.assess(contract(first, undated, last)).result("termination_right")
    whole = rules.assess(contract(first, {**undated, "pay_on": "2024-07-10"}, last))
    assert whole["termination_right"] is False  # fail, excellent, fail
    assert partial.value is not True


def test_a_deduction_without_rate_and_date_leaves_the_payments_open() -> None:
    rows, _ = paid(contract(FIRST, deductions=[{"id": "D", "clause": "S2.2"}]))
    assert rows[0]["net"] is None


@pytest.mark.parametrize("cap", ["ten_percent_of_instalment", "ten_percent_of_contract"])
def test_a_cap_is_rounded_to_the_cent(cap: str) -> None:
    odd = {**FIRST, "amount": Decimal("33333.33")}
    rows, _ = paid(contract(odd, deductions=[deduction("D", 90, "2024-04-01")]), deduction_cap=cap)
    assert (str(rows[0]["set_off"]), str(rows[0]["net"])) == ("3333.33", "30000.00")


def test_a_part_of_a_deduction_may_recur() -> None:
    """An amount without a finite expansion is handed out, and written, exactly."""
    text = """\
language: 1
id: thirds
version: 1.0.0
title: Thirds
timezone: Asia/Shanghai
currency: CNY
levels:
  contract:
    facts: {payments: {type: {list: payment}}, deductions: {type: {list: deduction}}}
    ledger:
      payments: payments
      date: pay_on
      available: amount
      pays: net
      sources: [{from: deductions, amount: amount, on: determined_on}]
  payment:
    key: id
    facts: {id: {type: text}, amount: {type: money}, pay_on: {type: date}}
    decisions: {net: {value: amount - set_off, round: 0.01}}
  deduction:
    key: id
    facts: {id: {type: text}, points: {type: points}, determined_on: {type: date}}
    decisions: {amount: {value: points / 3 points * 1 CNY}}
"""
    result = sla.load(text).assess(
        {
            "payments": [{"id": "P1", "amount": 100, "pay_on": "2024-04-10"}],
            "deductions": [{"id": "D1", "points": 1, "determined_on": "2024-04-10"}],
        }
    )
    (payment,) = result.child("payments")

    assert [each.amount for each in payment.postings] == [Fraction(1, 3)]
    assert result.to_dict()["children"]["payments"][0]["postings"][0]["amount"] == "1/3"
