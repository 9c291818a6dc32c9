"""Three shipped contracts computed twice: by their rulesets, and by a few lines of Python here.

The lines below were written from the clauses and not from the rulesets, under the default readings.
"""

import datetime as dt
from calendar import monthrange
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

import sla_rules as sla

Facts = dict[str, Any]

law = settings(max_examples=60, deadline=None)
AWS, TEXAS, LNI = map(sla.load, ("aws-compute", "us-texas-dir", "us-lni-maintenance"))
PACIFIC = ZoneInfo("America/Los_Angeles")


def cent(amount: Fraction) -> Fraction:
    """An amount in whole hundredths, half up."""
    whole = amount * 100 + Fraction(1, 2)
    return Fraction(whole.numerator // whole.denominator, 100)


def money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


# --- AWS: regions, bills, credits on later bills ---------------------------------------------------

outages = st.lists(st.one_of(st.integers(1, 600), st.integers(1, 200_000)), max_size=4)
regions = st.tuples(
    st.integers(0, 500_000),  # charges in cents
    outages,  # seconds
    st.one_of(st.just(-1), st.integers(0, 100)),  # days from the month's end to the claim
)


def outage_facts(start: dt.datetime, seconds: list[int]) -> list[Facts]:
    found = []
    for number, length in enumerate(seconds):
        begin = start + dt.timedelta(days=3 * number)
        end = begin + dt.timedelta(seconds=length)
        found.append({"from": begin.isoformat(), "to": end.isoformat()})
    return found


def region_credit(charges: int, seconds: list[int], days: int, month: int) -> Fraction:
    minutes = sum(-(-length // 60) for length in seconds)
    uptime = 1 - Fraction(minutes, monthrange(2024, month)[1] * 1440)
    steps = (("0.9999", 0), ("0.99", 10), ("0.95", 30))
    rate = next((rate for edge, rate in steps if uptime >= Fraction(edge)), 100)
    window = sum(monthrange(2024, month + later)[1] for later in (1, 2))
    return cent(Fraction(charges * rate, 10_000)) if 0 <= days < window else Fraction(0)


@given(st.lists(regions, min_size=1, max_size=4))
@law
def test_credits_of_aws_are_those_of_its_clauses(months: list[tuple[int, list[int], int]]) -> None:
    bills: list[Facts] = []
    entries: list[tuple[dt.date, int, Fraction]] = []
    for number, (charges, seconds, days) in enumerate(months):
        month = number + 1
        end = dt.datetime(2024, month + 1, 1, tzinfo=dt.UTC)
        claimed = end + dt.timedelta(days=max(days, 0), seconds=1)
        region = {
            "name": "r", "charges": money(charges), "complete": days >= 0,
            "claimed_at": claimed.isoformat(),
            "outages": outage_facts(end - dt.timedelta(days=28), seconds),
        }  # fmt: skip
        due = end.date() + dt.timedelta(days=4)
        bills.append({"month": f"2024-{month:02d}", "due_on": str(due), "regions": [region]})
        credit = region_credit(charges, seconds, days, month)
        entries.append((claimed.date(), number, credit if credit > 1 else Fraction(0)))

    waiting, left = sorted(entries), [Fraction(charges, 100) for charges, _, _ in months]
    outstanding = Fraction(0)
    for claimed_on, number, credit in waiting:
        rest = credit
        for later in range(number + 1, len(bills)):
            if dt.date.fromisoformat(bills[later]["due_on"]) >= claimed_on:
                part = min(rest, left[later])
                left[later] -= part
                rest -= part
        outstanding += rest

    found = AWS.assess({"id": "1", "included_service": "ec2", "bills": bills})
    assert [Fraction(each["due"]) for each in found.child("bills")] == left
    assert Fraction(found["outstanding"]) == outstanding


# --- Texas: pool × allocation × amount at risk -----------------------------------------------------

levels = st.lists(
    st.tuples(st.integers(0, 5_000), st.integers(9_000, 10_000), st.integers(9_000, 10_000)),
    max_size=2,
)


@given(st.integers(0, 10_000_000), st.lists(st.tuples(st.integers(0, 10_000), levels), max_size=2))
@law
def test_credits_of_texas_are_those_of_its_clauses(
    invoice: int, categories: list[tuple[int, list[tuple[int, int, int]]]]
) -> None:
    at_risk = cent(Fraction(invoice, 1000))
    parts = [
        cent(Fraction(pool * part, 10**8) * at_risk)
        for pool, inside in categories
        for part, target, actual in inside
        if actual < target
    ]
    facts = {
        "month": "2024-03", "invoice": money(invoice), "invoiced_on": "2024-04-05", "pool_available": 200,
        "categories": [
            {"name": f"C{one}", "pool_allocation": money(pool), "service_levels": [
                {"id": f"L{two}", "credit_allocation": money(part), "target": money(target), "actual": money(actual)}
                for two, (part, target, actual) in enumerate(inside)
            ]}
            for one, (pool, inside) in enumerate(categories)
        ],
    }  # fmt: skip
    month = TEXAS.assess(facts, level="month")

    assert Fraction(month["credit"]) == min(sum(parts, Fraction(0)), at_risk)
    assert month["defaults"] == sum(
        actual < target for _, i in categories for _, target, actual in i
    )


# --- Washington L&I: the clocks of severity 1 and 2 ------------------------------------------------


@given(
    st.integers(0, 365 * 24 * 60 - 1), st.integers(0, 400), st.integers(400, 9000),
    st.sampled_from([1, 2]), st.integers(0, 10_000_000),
)  # fmt: skip
@law
def test_clocks_and_credits_of_lni_are_those_of_its_clauses(
    minute: int, answered: int, resolved: int, severity: int, fee: int
) -> None:
    """2025 has no hour in which core hours and a change of clocks meet."""
    reported = dt.datetime(2025, 1, 1, 8, tzinfo=dt.UTC) + dt.timedelta(minutes=minute)
    local = reported.astimezone(PACIFIC)
    holidays = {
        (1, 1),
        (1, 20),
        (2, 17),
        (5, 26),
        (6, 19),
        (7, 4),
        (9, 1),
        (11, 11),
        (11, 27),
        (11, 28),
        (12, 25),
    }
    core = local.weekday() < 5 and 8 <= local.hour < 17 and (local.month, local.day) not in holidays
    limit = 30 if core else 60 if local.month in (1, 4, 7, 10) else 240
    late = max(0, resolved - (120 if severity == 1 else 1440))
    days = -(-late // 1440)
    facts = {
        "id": "I", "month": f"{local:%Y-%m}", "fee": money(fee), "severity": severity,
        "reported_at": reported.isoformat(),
        "responded_at": (reported + dt.timedelta(minutes=answered)).isoformat(),
        "resolved_at": (reported + dt.timedelta(minutes=resolved)).isoformat(),
    }  # fmt: skip
    incident = LNI.assess(facts, level="incident")

    assert incident["response_late"] is (answered > limit)
    assert incident["days_late"] == days
    length = monthrange(2025, local.month)[1]
    assert Fraction(incident["credit"]) == cent(Fraction(fee * days, 100 * length))
