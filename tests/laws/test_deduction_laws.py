"""Three shipped contracts of deductions computed twice: by their rulesets, and by a few lines here.

The lines below were written from the clauses and not from the rulesets, under the default readings.
"""

import datetime as dt
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import sla_rules as sla

Facts = dict[str, Any]

law = settings(max_examples=60, deadline=None)
BUREAU, SHEET, MEXICO = map(sla.load, ("cn-bureau-om", "cn-daily-sheet", "mx-federal-deductivas"))
HALF = Fraction(1, 2)


def cent(amount: Fraction) -> Fraction:
    """An amount in whole hundredths, half up."""
    whole = amount * 100 + HALF
    return Fraction(whole.numerator // whole.denominator, 100)


def dates(*spans: tuple[str, str]) -> frozenset[dt.date]:
    """All dates of some spans, both ends included."""
    found = set()
    for first, last in spans:
        day = dt.date.fromisoformat(first)
        while day <= dt.date.fromisoformat(last):
            found.add(day)
            day += dt.timedelta(1)
    return frozenset(found)


def working(
    first: dt.date, last: dt.date, off: frozenset[dt.date], on: frozenset[dt.date] = frozenset()
) -> int:
    """The working days after *first* up to *last*."""
    days = (first + dt.timedelta(each) for each in range(1, (last - first).days + 1))
    return sum(day in on or (day.weekday() < 5 and day not in off) for day in days)


# --- the bureau -----------------------------------------------------------------------------------

# The notice of the State Council for the second quarter of 2024, and the Sundays and Saturday worked.
OFF = dates(
    ("2024-04-04", "2024-04-06"), ("2024-05-01", "2024-05-05"), ("2024-06-10", "2024-06-10")
)
MADE_UP = dates(*((day, day) for day in ("2024-04-07", "2024-04-28", "2024-05-11")))


def bureau_points(days: int) -> Fraction:
    """Half a point for each of the first two days, one for each later one, five at most."""
    return min(Fraction(5), HALF * min(days, 2) + max(0, days - 2))


def order(number: int, due: int, taken: int, hour: int) -> Facts:
    """An order that is due some days into the quarter, at noon, and completed days later."""
    first = dt.datetime(2024, 4, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    at = first + dt.timedelta(days=due)
    return {
        "id": f"GD-{number}",
        "issued_at": first - dt.timedelta(days=30),
        "due_at": at,
        "completed_at": (at + dt.timedelta(days=taken)).replace(hour=hour),
    }


orders = st.lists(
    st.tuples(st.integers(0, 90), st.integers(-3, 12), st.integers(0, 23)), max_size=8
)


@law
@given(orders, st.integers(0, 50), st.integers(0, 10**9))
def test_a_year_of_the_bureau_is_what_the_clauses_say(
    several: list[tuple[int, int, int]], halves: int, amount: int
) -> None:
    listed = [order(number, *each) for number, each in enumerate(several)]
    price = Fraction(amount, 100)
    year = BUREAU.assess(
        {
            "first_month": "2024-01",
            "amount": price,
            "quarters": [
                {
                    "first_month": "2024-04",
                    "orders": listed,
                    "items": [{"id": "A", "on": "2024-05-06", "points": HALF * halves}],
                }
            ],
        },
        level="year",
    )
    points = HALF * halves + sum(
        bureau_points(working(each["due_at"].date(), each["completed_at"].date(), OFF, MADE_UP))
        for each in listed
    )
    excess = max(Fraction(0), points - 10).__floor__()

    assert year["points"] == points
    assert year["standing"] == (
        "excellent" if points <= 10 else "fee_cut" if points <= 20 else "unfit"
    )
    assert year["cut"] == cent(excess * Fraction(2, 100) * price)
    assert year["may_terminate"] is (points > 20)


@law
@given(
    st.integers(0, 90),
    st.tuples(st.integers(-3, 20), st.integers(0, 23)),
    st.tuples(st.integers(-3, 20), st.integers(0, 23)),
    st.sampled_from(["by_date", "full_days", "started_days"]),
    st.sampled_from(["from_third_day", "all_days"]),
)
def test_a_later_completion_never_loses_less(
    due: int, one: tuple[int, int], other: tuple[int, int], day: str, rate: str
) -> None:
    rules = BUREAU.with_readings({"part-of-day": day, "higher-rate": rate})
    sooner, later = sorted(
        (order(0, due, *each) for each in (one, other)), key=lambda each: each["completed_at"]
    )
    first, second = (rules.assess(each, level="order")["points"] for each in (sooner, later))

    assert first <= second


# --- the sheet ------------------------------------------------------------------------------------

few = st.integers(0, 4)
sheets = st.fixed_dictionaries(
    {
        "calls": st.integers(0, 200),
        "missed_calls": st.integers(0, 60),
        "hours": st.lists(st.integers(0, 16), max_size=4),
        "late": few,
        "in_time": few,
        "inspections_missed": st.integers(0, 12),
        "visits_missed": few,
        "faults": st.integers(0, 300),
        "called_back": st.integers(0, 12),
        "supports_requested": few,
        "supports_failed": few,
        "reports": st.lists(st.tuples(st.booleans(), st.booleans()), max_size=4),
    }
)


def sheet_facts(sheet: Facts) -> Facts:
    called = {"called_at": "2024-03-04T10:00+08:00", "due_at": "2024-03-04T12:00+08:00"}
    arrived = ["2024-03-04T12:01+08:00"] * sheet["late"] + ["2024-03-04T12:00+08:00"] * sheet[
        "in_time"
    ]
    return {
        "month": "2024-03",
        "calls": sheet["calls"],
        "calls_answered": max(0, sheet["calls"] - sheet["missed_calls"]),
        "cameras": [
            {
                "id": str(number),
                "outages": [
                    {"from": "2024-03-04T00:00+08:00", "to": f"2024-03-04T{hours:02d}:00+08:00"}
                ],
            }
            for number, hours in enumerate(sheet["hours"])
        ],
        "callouts": [
            {"id": str(number), **called, "arrived_at": at} for number, at in enumerate(arrived)
        ],
        "inspections_missed": sheet["inspections_missed"],
        "visits_missed": sheet["visits_missed"],
        "faults": sheet["faults"],
        "called_back": min(sheet["faults"], sheet["called_back"]),
        "supports_requested": sheet["supports_requested"],
        "supports_failed": min(sheet["supports_requested"], sheet["supports_failed"]),
        "reports": [
            {
                "id": str(number),
                "due_on": "2024-03-31",
                "submitted_on": "2024-04-01" if late else "2024-03-31",
                "falsified": falsified,
            }
            for number, (late, falsified) in enumerate(sheet["reports"])
        ],
    }


def points_below(target: int, done: int, of: int) -> int:
    """The whole percentage points by which a share of counts falls short; none of nothing."""
    return max(Fraction(0), target - Fraction(100 * done, of)).__floor__() if of else 0


@law
@given(sheets)
def test_an_assessment_of_the_sheet_is_what_its_rows_say(sheet: Facts) -> None:
    facts = sheet_facts(sheet)
    assessment = SHEET.assess(facts, level="assessment")
    lost = (
        HALF * points_below(90, facts["calls_answered"], facts["calls"])
        + sum(hours > 8 for hours in sheet["hours"])
        + sheet["late"]
        + 5 * sheet["inspections_missed"]
        + sheet["visits_missed"]
        + HALF * points_below(3, facts["called_back"], facts["faults"])
        + 3 * facts["supports_failed"]
        + sum(late + 3 * falsified for late, falsified in sheet["reports"])
    )
    total = max(Fraction(0), 100 - lost)

    assert assessment["total"] == total
    assert assessment["grade"] == ("合格" if total >= 90 else "一般" if total >= 80 else "不合格")


# --- Mexico ---------------------------------------------------------------------------------------

REST = dates(
    *((day, day) for day in ("2024-01-01", "2024-02-05", "2024-03-18", "2024-05-01", "2024-09-16"))
)
failures = st.lists(
    st.tuples(st.integers(0, 150), st.integers(-2, 30), st.integers(0, 10**7)), max_size=5
)
repairs = st.lists(st.tuples(st.integers(0, 900), st.integers(0, 10**7)), max_size=4)


@law
@given(failures, repairs)
def test_the_deductions_of_a_mexican_contract_are_what_the_clauses_say(
    failed: list[tuple[int, int, int]], repaired: list[tuple[int, int]]
) -> None:
    listed, accrued = [], Fraction(0)
    for number, (due, taken, value) in enumerate(failed):
        due_on = dt.date(2024, 1, 2) + dt.timedelta(due)
        done = due_on + dt.timedelta(taken)
        unmet = Fraction(value, 100)
        late = max(0, working(due_on, done, REST) - 3)
        accrued += cent(Fraction(25, 1000) * late * unmet)
        listed.append(
            {"id": f"F{number}", "unmet_value": unmet, "due_on": due_on, "fulfilled_on": done}
        )
    start = dt.datetime(2024, 3, 4, 10, tzinfo=dt.timezone(dt.timedelta(hours=-6)))
    mended = []
    for number, (minutes, value) in enumerate(repaired):
        affected = Fraction(value, 100)
        accrued += cent(Fraction(15, 1000) * (max(0, minutes - 120) // 60) * affected)
        mended.append(
            {
                "id": f"R{number}",
                "affected_value": affected,
                "reported_at": start,
                "restored_at": start + dt.timedelta(minutes=minutes),
            }
        )
    contract = MEXICO.assess(
        {
            "id": "C",
            "maximum": 1_000_000,
            "invoices": [
                {
                    "id": "P1",
                    "amount": 900_000,
                    "pay_on": "2024-12-20",
                    "failures": listed,
                    "repairs": mended,
                }
            ],
        }
    )
    applied = min(accrued, Fraction(100_000))

    assert contract["accrued"] == accrued
    assert contract["applied"] == applied
    assert contract["total_paid"] == 900_000 - applied
    assert contract["rescission"] is (accrued >= 100_000)
