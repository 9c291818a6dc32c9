"""Laws of months, payments and the ledger, on random contracts under random readings."""

import copy
import pickle
import random
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

import sla_rules as sla

Facts = dict[str, Any]

RULES = sla.load("gz-npc-2023")
PAIRS = [
    (name, option)
    for name, reading in RULES.program.readings.items()
    for option in reading.options
    if option != reading.default
]
LEDGER = ("next-payment", "set-off-remainder", "deduction-base", "deduction-cap",
          "correction-after-payment", "rate-measurement", "money-rounding")  # fmt: skip

law = settings(max_examples=60, deadline=None)


# ---- random contracts: every fact is stated, so that every reading has what it asks for ----

scores = st.integers(0, 24).map(lambda quarters: Fraction(quarters, 4))
shares = st.one_of(
    st.just(Fraction(100)),
    st.integers(90, 100).map(Fraction),
    st.integers(0, 10_000).map(lambda basis: Fraction(basis, 100)),
)
cents = st.one_of(st.integers(0, 99), st.integers(0, 3_000_000), st.integers(5_000_000, 20_000_000))
readings = st.lists(st.sampled_from(PAIRS), max_size=5).map(dict)
bounded = readings
ledger_readings = st.lists(
    st.sampled_from([pair for pair in PAIRS if pair[0] in LEDGER]), max_size=4
).map(dict)


def yuan(amount: int) -> Fraction:
    return Fraction(amount, 100)


def month_name(index: int) -> str:
    return f"{2023 + index // 12}-{index % 12 + 1:02d}"


@st.composite
def dates(draw: st.DrawFn, first: int, last: int) -> str:
    """A date in one of the months first to last."""
    return f"{month_name(draw(st.integers(first, last)))}-{draw(st.integers(1, 28)):02d}"


@st.composite
def incidents(draw: st.DrawFn, month: str, number: int) -> Facts:
    """An incident that begins and ends within its month."""
    start = draw(st.integers(0, 20 * 1440))
    gaps = st.one_of(st.integers(0, 300), st.integers(0, 3 * 1440))

    def at(minutes: int) -> str:
        day, rest = divmod(minutes, 1440)
        return f"{month}-{day + 1:02d}T{rest // 60:02d}:{rest % 60:02d}:00+08:00"

    recovered = start + draw(gaps)
    found: Facts = {
        "id": f"{month}-{number}",
        "reported_at": at(start),
        "dispatched_at": at(start + draw(st.integers(0, 30))),
        "responded_at": at(start + draw(st.integers(0, 60))),
        "recovered_at": at(recovered),
        "fixed_at": at(start + draw(gaps)),
        "confirmed_at": at(start + draw(gaps)),
        "impact": draw(st.sampled_from(("business_affecting", "not_business_affecting"))),
        "fault_level": draw(st.sampled_from((1, 2, 2, 3, 3, 3))),
        "ruled_score": draw(st.integers(0, 30)),
    }
    if draw(st.integers(0, 3)) == 0:
        stop = {"from": at(start + 20), "to": at(start + 20 + draw(st.integers(0, 600)))}
        found["suspensions"] = [{**stop, "reason": "awaiting_user", "approved_by": "甲方"}]
    if draw(st.integers(0, 7)) == 0:
        found["exclusion"] = {"reason": "third_party", "approved_by": "甲方"}
    return found


@st.composite
def months(draw: st.DrawFn, index: int, always: bool) -> Facts:
    """A month; where *always* an assessment was made, else mostly."""
    name = month_name(index)
    criteria = ("method", "records", "attitude", "satisfaction", "suggestions")
    parts = {f"quality_{criterion}": draw(scores) for criterion in criteria}
    reports, rectified = draw(st.integers(5, 20)), draw(st.integers(5, 20))
    found: Facts = {
        "month": name,
        "incidents": [
            draw(incidents(name, n)) for n in range(draw(st.sampled_from((0, 0, 1, 1, 2))))
        ],
        **parts,
        "service_quality_base": sum(parts.values()),
        "suggestions_adopted": draw(st.sampled_from((0, 0, 1, 2))),
        "management_score": draw(st.integers(0, 80).map(lambda halves: Fraction(halves, 2))),
        "management_reports": reports,
        "management_rectification": rectified,
        "late_documents": draw(st.integers(0, 5)),
        "catalogue_completion_rate": draw(shares),
        "sla_attainment_rate": draw(shares),
    }
    if draw(st.integers(0, 5)) == 0:
        found["determined_on"] = draw(dates(index, index + 4))
    if not always and draw(st.integers(0, 4)) == 0:
        found["assessed"] = False
    return found


@st.composite
def payments(draw: st.DrawFn, number: int, first: int, paid: bool) -> Facts:
    """A payment for one or two months from *first*."""
    count = draw(st.integers(1, 2))
    found: Facts = {
        "id": f"P{number}",
        "amount": yuan(draw(cents)),
        "pay_on": draw(dates(first, first + 5)),
        "months": [draw(months(first + n, always=n == 0)) for n in range(count)],
        "catalogue_completion_rate": draw(shares),
        "sla_attainment_rate": draw(shares),
    }
    if paid and draw(st.integers(0, 2)) == 0:
        found["paid"] = yuan(draw(cents))
    return found


@st.composite
def contracts(draw: st.DrawFn, paid: bool = True, listed: bool = True) -> Facts:
    found: Facts = {"id": "C", "payments": []}
    index = 12
    for number in range(1, draw(st.sampled_from((1, 2, 3, 3, 4))) + 1):
        found["payments"].append(draw(payments(number, index, paid)))
        index += len(found["payments"][-1]["months"])
    found["price"] = sum(each["amount"] for each in found["payments"])
    fitting: list[int] = {2: [4], 3: [1, 2, 5], 4: [3]}.get(len(found["payments"]), [])
    stated = draw(st.booleans())
    if fitting and stated:
        found["sub_project"] = draw(st.sampled_from(fitting))
    if listed:
        found["deductions"] = [
            {
                "id": f"D{n}",
                "clause": draw(st.sampled_from(("S2.2", "S2.3"))),
                "rate": draw(shares),
                "determined_on": draw(dates(12, 24)),
            }
            for n in range(draw(st.sampled_from((0, 0, 1, 2, 3))))
        ]
    return found


def exact(value: Any) -> Fraction:
    assert value is not None
    return Fraction(value)


# ---- order ----


def shuffled(data: Any, order: random.Random) -> Any:
    """The same document with every list and every mapping in another order."""
    if isinstance(data, dict):
        keys = list(data)
        order.shuffle(keys)
        return {key: shuffled(data[key], order) for key in keys}
    if isinstance(data, list):
        items = [shuffled(each, order) for each in data]
        order.shuffle(items)
        return items
    return data


def by_name(data: Any, facts: Facts) -> Any:
    """*data* with the places in the document replaced by the keys that stand there."""
    names = {
        f"{path}": f"{parent}<{fact}:{record.get('id') or record.get('month') or record['from']}>"
        for parent, fact, path, record in reversed(list(places(facts)))
    }
    pattern = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))) or "$^")

    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: renamed(each) for key, each in value.items()}
        if isinstance(value, list):
            values = [renamed(each) for each in value]
            return sorted(values) if all(isinstance(each, str) for each in values) else values
        while isinstance(value, str) and pattern.search(value):
            value = pattern.sub(lambda match: names[match.group()], value)
        return value

    return renamed(data)


def places(data: Facts, at: str = "") -> Iterator[tuple[str, str, str, Facts]]:
    """Every record in a list: the path above it, its list, its own path, the record."""
    for fact, value in data.items():
        for number, record in enumerate(value) if isinstance(value, list) else ():
            path = f"{at}.{fact}[{number}]".lstrip(".")
            yield at, fact, path, record
            yield from places(record, path)


@law
@given(contracts(), readings, st.randoms(use_true_random=False))
def test_the_order_of_records_and_keys_changes_nothing(
    facts: Facts, choices: dict[str, str], order: random.Random
) -> None:
    rules = RULES.with_readings(choices)
    again = shuffled(facts, order)
    one, two = rules.assess(facts).to_dict(), rules.assess(again).to_dict()
    assert by_name(one, facts) == by_name(two, again)


@law
@given(readings, st.randoms(use_true_random=False))
def test_the_order_of_choices_changes_nothing(
    choices: dict[str, str], order: random.Random
) -> None:
    names = list(choices)
    order.shuffle(names)
    step_by_step = RULES
    for name in names:
        step_by_step = step_by_step.with_readings({name: choices[name]})
    assert step_by_step == RULES.with_readings(choices)


# ---- the ledger ----


def entered(contract: sla.Assessment, choices: dict[str, str]) -> Fraction:
    """All deductions that were determined anywhere."""
    measured = choices.get("rate-measurement", "monthly")
    entries = [each["deduction_amount"] for each in contract.child("deductions")]
    for payment in contract.child("payments"):
        if measured == "monthly":
            entries += [month["total_deduction"] for month in payment.child("months")]
        if measured == "per_payment":
            entries.append(payment["period_deduction"])
    return sum(map(exact, entries), Fraction(0))


@law
@given(contracts(), ledger_readings)
def test_every_yuan_is_set_off_lapsed_or_outstanding(facts: Facts, choices: dict[str, str]) -> None:
    contract = RULES.with_readings(choices).assess(facts)
    rows = contract.child("payments")
    corrections = Fraction(0)
    if choices.get("correction-after-payment") is None:
        corrections = sum((exact(each["paid_in_excess"]) for each in rows), Fraction(0))
    settled = sum(
        (exact(each["set_off"]) + exact(each["lapsed"]) - exact(each["top_up"]) for each in rows),
        Fraction(0),
    )
    outstanding = exact(contract["outstanding"])
    assert entered(contract, choices) + corrections == settled + outstanding


@law
@given(contracts(), ledger_readings)
def test_what_goes_out_of_a_payment_came_into_it(facts: Facts, choices: dict[str, str]) -> None:
    contract = RULES.with_readings(choices).assess(facts)
    carried = Fraction(0)
    for payment in contract.child("payments"):
        line = {name: exact(payment[name]) for name in payment.decisions()
                if name in ("brought_forward", "determined", "corrected", "set_off", "lapsed", "top_up")}  # fmt: skip
        assert line["brought_forward"] == carried
        carried = exact(payment["carried_forward"])
        assert all(value >= 0 for value in (*line.values(), carried))
        into = line["brought_forward"] + line["determined"] + line["corrected"]
        assert into == line["set_off"] + line["lapsed"] + carried
        assert sum(exact(each.amount) for each in payment.postings) == line["set_off"]
        for name, value in {**line, "carried_forward": carried}.items():
            assert sum(exact(getattr(each, name)) for each in payment.ledger) == value
        for each in payment.ledger:
            came = exact(each.brought_forward) + exact(each.determined) + exact(each.corrected)
            assert came == exact(each.set_off) + exact(each.lapsed) + exact(each.carried_forward)
            assert bool(each.lapsed) == bool(each.lapsed_by)


@law
@given(contracts(), ledger_readings)
def test_no_payment_is_below_zero(facts: Facts, choices: dict[str, str]) -> None:
    for payment in RULES.with_readings(choices).assess(facts).child("payments"):
        assert exact(payment["net"]) >= 0


@law
@given(contracts(paid=False), readings)
def test_the_payments_add_up(facts: Facts, choices: dict[str, str]) -> None:
    """What is paid is what is due less what is set off."""
    contract = RULES.with_readings(choices).assess(facts)
    assume(contract.result("total_paid").status == "final")
    rows = contract.child("payments")
    due = sum((exact(each["gross"]) for each in rows), Fraction(0))
    if choices.get("deduction-base") != "reduces_split_base":
        due -= sum((exact(each["set_off"]) for each in rows), Fraction(0))
    at_the_end = choices.get("money-rounding") == "at_the_end"
    slack = Fraction(len(rows), 200) if at_the_end else 0
    assert abs(exact(contract["total_paid"]) - due) <= slack
    assert exact(contract["outstanding"]) >= 0
    assert due <= sum(each["amount"] for each in facts["payments"])


@law
@given(contracts(paid=False), ledger_readings)
def test_basic_and_performance_fee_are_the_whole(facts: Facts, choices: dict[str, str]) -> None:
    choices.pop("deduction-cap", None)  # 10% of an instalment is not rounded to 0.01
    for payment in RULES.with_readings(choices).assess(facts).child("payments"):
        basic, pool = exact(payment["basic"]), exact(payment["performance_pool"])
        assert basic + pool == exact(payment["split_base"])
        if payment["performance_paid"] is not None:
            assert 0 <= exact(payment["performance_paid"]) <= pool


# ---- worse service never pays more ----


def lower(value: Fraction, share: int) -> Fraction:
    return Fraction(int(value * share), 100)


@law
@given(contracts(paid=False), st.data())
def test_worse_service_never_pays_more(facts: Facts, data: st.DataObject) -> None:
    worse = copy.deepcopy(facts)
    payment = data.draw(st.sampled_from(worse["payments"]))
    month = data.draw(st.sampled_from(payment["months"]))
    share = data.draw(st.integers(0, 99))
    names = ["management_score", "catalogue_completion_rate", "sla_attainment_rate", "quality"]
    names += ["responded_at", "recovered_at"] if month["incidents"] else []
    name = data.draw(st.sampled_from(names))
    if name == "quality":
        month["quality_method"] = lower(month["quality_method"], share)
        parts = [value for key, value in month.items() if key.startswith("quality_")]
        month["service_quality_base"] = sum(parts)
    elif name in ("responded_at", "recovered_at"):
        incident = data.draw(st.sampled_from(month["incidents"]))
        hours = data.draw(st.integers(0, 9))
        clock = incident[name]
        incident[name] = f"{clock[:8]}{int(clock[8:10]) + hours // 3:02d}{clock[10:]}"
    else:
        month[name] = lower(month[name], share)
    before, after = RULES.assess(facts), RULES.assess(worse)
    assume(before["total_paid"] is not None)
    assert after["total_paid"] <= before["total_paid"]
    assert after["outstanding"] >= before["outstanding"]


@law
@given(contracts(paid=False), ledger_readings, st.data())
def test_a_further_deduction_never_pays_more(
    facts: Facts, choices: dict[str, str], data: st.DataObject
) -> None:
    more = copy.deepcopy(facts)
    rate = data.draw(st.integers(0, 99))
    on = data.draw(dates(12, 24))
    more["deductions"].append({"id": "D9", "clause": "S2.2", "rate": rate, "determined_on": on})
    rules = RULES.with_readings(choices)
    before, after = rules.assess(facts), rules.assess(more)
    assume(before["total_paid"] is not None)
    slack = Fraction(len(facts["payments"]), 100)  # lines rounded to 0.01 on another split base
    loose = choices.get("deduction-base") == "reduces_split_base"
    assert exact(after["total_paid"]) <= exact(before["total_paid"]) + (slack if loose else 0)


# ---- what is not known: every completion lies within the bounds ----

OPEN = ("dispatched_at", "responded_at", "recovered_at", "fixed_at", "confirmed_at")
FORGOTTEN = {
    "payments": ("amount", "pay_on"),
    "months": ("incidents", "service_quality_base", "suggestions_adopted", "management_score",
               "management_reports", "late_documents", "quality_method"),
    "deductions": ("clause", "rate", "determined_on"),
    "incidents": (*OPEN, "reported_at", "ruled_score"),
}  # fmt: skip
LISTS = {"contract": ("payments", "deductions"), "payment": ("months",), "month": ("incidents",)}
RATES = ("catalogue_completion_rate", "sla_attainment_rate")


def forgettable(
    facts: Facts, choices: dict[str, str] | None = None
) -> list[tuple[str, Facts, str]]:
    """The facts that can be left out: path of the fact, its record, its name."""
    found = []
    for _, level, path, record in places(facts):
        names = FORGOTTEN.get(level, ())
        if choices and "open-incidents" in choices:  # an open time is then cut off, not open
            names = tuple(name for name in names if name not in OPEN)
        if level in ("payments", "months") and "deductions" not in facts:
            names += RATES  # beside a list of deductions a rate that is not given means none
        found += [(f"{path}.{name}", record, name) for name in names if name in record]
    return found


def inside(partial: sla.Assessment, whole: sla.Assessment) -> list[str]:
    """Where the assessment of partial facts excludes what the whole facts gave."""
    wrong = []
    for name in partial.decisions():
        result, true = partial.result(name), whole[name]
        where = f"{whole.path}.{name}: {true!r} is not in {result}"
        if result.status == "final" or result.value is not None:
            if result.value != true:
                wrong.append(where)
        elif true is None:
            continue
        elif result.options:
            if true not in result.options:
                wrong.append(where)
        elif (result.low is not None and true < result.low) or (
            result.high is not None and true > result.high
        ):
            wrong.append(where)
    for fact in LISTS.get(partial.level, ()):
        keyed = {each.id: each for each in whole.child(fact)}
        for child in partial.child(fact):
            if child.id is not None:
                wrong += inside(child, keyed[child.id])
    return wrong


def check_bounds(
    facts: Facts, choices: dict[str, str], left_out: list[tuple[str, Facts, str]], whole: Facts
) -> None:
    for _, record, name in left_out:
        record.pop(name, None)
    rules = RULES.with_readings(choices)
    partial, complete = rules.assess(facts), rules.assess(whole)
    assert inside(partial, complete) == []


@law
@given(contracts(), bounded, st.data())
def test_one_missing_fact_leaves_every_completion_inside_the_bounds(
    facts: Facts, choices: dict[str, str], data: st.DataObject
) -> None:
    whole = copy.deepcopy(facts)
    candidates = forgettable(facts, choices)
    left_out = data.draw(st.sampled_from(candidates))
    check_bounds(facts, choices, [left_out], whole)


@law
@given(contracts(paid=False, listed=False), bounded, st.data())
def test_missing_rates_leave_every_completion_inside_the_bounds(
    facts: Facts, choices: dict[str, str], data: st.DataObject
) -> None:
    whole = copy.deepcopy(facts)
    candidates = [each for each in forgettable(facts) if each[2] in RATES]
    left_out = data.draw(st.lists(st.sampled_from(candidates), min_size=1, max_size=3))
    check_bounds(facts, choices, left_out, whole)


@law
@given(contracts(), bounded, st.data())
def test_several_open_facts_leave_every_completion_inside_the_bounds(
    facts: Facts, choices: dict[str, str], data: st.DataObject
) -> None:
    whole = copy.deepcopy(facts)
    candidates = list(forgettable(facts, choices))
    left_out = data.draw(st.lists(st.sampled_from(candidates), min_size=2, max_size=4))
    check_bounds(facts, choices, left_out, whole)


@law
@given(contracts(), bounded, st.data())
def test_an_open_incident_leaves_every_completion_inside_the_bounds(
    facts: Facts, choices: dict[str, str], data: st.DataObject
) -> None:
    whole = copy.deepcopy(facts)
    candidates = [each for each in forgettable(facts, choices) if each[2] in OPEN]
    assume(candidates)
    left_out = data.draw(st.sampled_from(candidates))
    # an incident that is open is neither recovered nor fixed nor confirmed
    _, record, name = left_out
    later = OPEN[2:] if name in OPEN[2:] else (name,)
    check_bounds(facts, choices, [("", record, each) for each in later], whole)


@law
@given(contracts(), readings, st.data())
def test_what_is_not_final_names_the_fact_that_is_missing(
    facts: Facts, choices: dict[str, str], data: st.DataObject
) -> None:
    path, record, name = data.draw(st.sampled_from(forgettable(facts)))
    rules = RULES.with_readings(choices)
    before = set(rules.assess(facts).needs)
    del record[name]
    after = rules.assess(facts)
    if set(after.needs) - before:
        assert any(path in need for need in after.needs)


# ---- copies ----


@settings(max_examples=30, deadline=None)
@given(contracts(), readings, st.data())
def test_a_pickled_assessment_is_equal(
    facts: Facts, choices: dict[str, str], data: st.DataObject
) -> None:
    if data.draw(st.booleans()):
        _, record, name = data.draw(st.sampled_from(forgettable(facts)))
        del record[name]
    contract = RULES.with_readings(choices).assess(facts)
    again = pickle.loads(pickle.dumps(contract))
    assert again == contract
    assert hash(again) == hash(contract)
    assert again.to_dict() == contract.to_dict()
    assert again.rules == contract.rules
    assert again.rules.assess(facts) == contract


@law
@given(contracts(), readings)
def test_assessing_twice_gives_the_same_and_leaves_the_facts_alone(
    facts: Facts, choices: dict[str, str]
) -> None:
    before = copy.deepcopy(facts)
    rules = RULES.with_readings(choices)
    assert rules.assess(facts) == rules.assess(facts)
    assert facts == before
