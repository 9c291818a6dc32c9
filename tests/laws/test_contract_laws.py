"""Three shipped contracts computed twice: by their rulesets, and by a few lines of Python here.

The lines below were written from the clauses and not from the rulesets, under the default readings.
Months may be missing, and come in any order.
"""

from calendar import monthrange
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import sla_rules as sla

Facts = dict[str, Any]

law = settings(max_examples=60, deadline=None)
FIRST_YEAR = 2024
POINTS, FAILURES, TELUS = map(sla.load, ("uk-service-points", "uk-failure-points", "ca-telus-ivr"))


def name(month: int) -> str:
    return f"{FIRST_YEAR + month // 12}-{month % 12 + 1:02d}"


def cent(amount: Fraction, *, up: Fraction = Fraction(1, 2)) -> Fraction:
    """An amount in whole hundredths, half up, or down when *up* is nothing."""
    whole = amount * 100 + up
    return Fraction(whole.numerator // whole.denominator, 100)


def band(value: int, edges: Sequence[int]) -> int:
    """How many edges a value falls short of."""
    return sum(value < edge for edge in edges)


def values(assessment: sla.Assessment, *names: str) -> dict[str | None, tuple[Any, ...]]:
    """Some decisions of every month."""
    months = assessment.child("months")
    return {each.id: tuple(each[decision] for decision in names) for each in months}


@st.composite
def contracts(draw: st.DrawFn, month: st.SearchStrategy[Facts]) -> list[Facts]:
    """Months of at most a year and a half, with gaps, in any order; `at` is the number of each."""
    numbers = draw(st.sets(st.integers(0, 17), min_size=1, max_size=12))
    return draw(st.permutations([{"at": each, **draw(month)} for each in sorted(numbers)]))


def in_order(months: list[Facts]) -> list[Facts]:
    return sorted(months, key=lambda each: each["at"])


# --- service points, United Kingdom --------------------------------------------------------------

thousandths = st.one_of(
    st.integers(94_000, 100_000),
    st.sampled_from([99_000, 98_950, 98_949, 98_000, 97_950, 96_950, 96_949, 96_000, 95_950]),
)
british_months = contracts(
    st.fixed_dictionaries(
        {
            "charges": st.integers(0, 2_000_000),
            "availability": thousandths,
            "queries": st.integers(9_000, 10_000),
            "performance": st.lists(st.integers(8_000, 10_000), max_size=2),
            "delays": st.sampled_from([0, 0, 0, 1, 1, 2]),
            "withholds": st.booleans(),
        }
    )
)


def british_facts(month: Facts) -> Facts:
    kpis = [{"kpi": "service_availability", "level": Fraction(month["availability"], 1000)}]
    if month["at"] % 3 == 2:  # the end of a quarter
        kpis.append({"kpi": "query_resolution", "level": Fraction(month["queries"], 100)})
    return {
        "month": name(month["at"]),
        "charges": Fraction(month["charges"], 100),
        "kpis": kpis,
        "criteria": [
            {"name": str(number), "performance": Fraction(each, 100)}
            for number, each in enumerate(month["performance"])
        ],
        "delays": [{"order": str(number), "delay": "25 h"} for number in range(month["delays"])],
        "losses": [],
        "customer_withholds": month["withholds"],
    }


def british_points(month: Facts, months: dict[int, Facts]) -> int:
    """The points of a month; a failure in the period before doubles."""

    def availability(each: Facts) -> int:
        tenths = (each["availability"] + 50) // 100
        return band(tenths, (990, 980, 970, 960))

    def queries(each: Facts) -> int:
        return band(each["queries"], (9_800, 9_600, 9_400, 9_200))

    at = month["at"]
    before = months.get(at - 1)
    points = availability(month) * (2 if before and availability(before) else 1)
    if at % 3 == 2:
        before = months.get(at - 3)
        points += queries(month) * (2 if before and queries(before) else 1)
    return points


@law
@given(british_months, st.sampled_from([0, 100, 333, 1_000, 10_000]))
def test_british_credits_are_those_of_the_clauses(drawn: list[Facts], cap: int) -> None:
    months = {each["at"]: each for each in drawn}
    expected = {}
    taken: dict[int, Fraction] = {}
    for month in in_order(drawn):
        at = month["at"]
        year = [each for each in months.values() if at - 12 < each["at"] <= at]
        quarter = [each for each in year if at - 3 < each["at"]]
        long = [sum(each["delays"] for each in window) for window in (quarter, year)]
        critical = month["delays"] > 0 and (long[0] > 1 or long[1] > 3)
        points = british_points(month, months)
        missing = sum(max(0, 9_800 - each) for each in month["performance"])
        charges = Fraction(month["charges"], 100)
        credit = cent((Fraction(points, 100) + Fraction(missing, 10_000)) * charges)
        paid = Fraction(sum(each["charges"] for each in year), 100)
        used = sum(amount for when, amount in taken.items() if at - 12 < when)
        room = max(Fraction(0), cent(Fraction(cap, 10_000) * paid - used, up=Fraction(0)))
        credit = Fraction(0) if critical else min(credit, room)
        withheld = min(charges, room) if critical and month["withholds"] else Fraction(0)
        taken[at] = credit + withheld
        expected[name(at)] = (points, credit, withheld, critical)
    contract = POINTS.assess(
        {
            "id": "C",
            "credit_cap": Fraction(cap, 100),
            "months": [british_facts(each) for each in drawn],
            "invoices": [{"id": "I", "issued_on": "2030-01-01", "charged": 10_000_000}],
        }
    )

    assert expected == values(contract, "points", "credit", "withheld", "critical")
    assert contract["total_net"] == 10_000_000 - sum(taken.values())


# --- service failure points, United Kingdom ------------------------------------------------------

performances = st.one_of(
    st.none(), st.integers(7_000, 10_000), st.sampled_from([9_500, 9_000, 8_000])
)
failing_months = contracts(
    st.fixed_dictionaries(
        {
            "charges": st.one_of(st.integers(0, 9_000), st.just(500_000)),
            "uptime": st.one_of(st.integers(97_000, 100_000), st.sampled_from([98_900, 98_901])),
            "indicators": st.dictionaries(
                st.sampled_from("ABC"), st.tuples(performances, st.integers(0, 3)), max_size=3
            ),
        }
    )
)


def failing_facts(month: Facts) -> Facts:
    scheme = {
        "acceptable": 95,
        "band_1_from": 90,
        "band_2_from": 80,
        "band_1_points": 5,
        "band_2_points": 10,
        "band_3_points": 20,
    }
    return {
        "month": name(month["at"]),
        "charges": Fraction(month["charges"], 100),
        "uptime": Fraction(month["uptime"], 1000),
        "indicators": [
            {"pi": pi, **scheme, "occurrences": times}
            | ({"reported": False} if level is None else {"performance": Fraction(level, 100)})
            for pi, (level, times) in month["indicators"].items()
        ],
    }


@law
@given(failing_months)
def test_failure_points_are_those_of_the_clauses(drawn: list[Facts]) -> None:
    expected = {}
    runs: dict[tuple[str, int], int] = {}
    for month in in_order(drawn):
        at = month["at"]
        points = {"uptime": max(0, 99_000 - month["uptime"]) // 100}
        for pi, (level, times) in month["indicators"].items():
            reached = 3 if level is None else band(level, (9_500, 9_000, 8_000))
            points[pi] = times * (0, 5, 10, 20)[reached]
        for trigger, each in points.items():
            runs[trigger, at] = runs.get((trigger, at - 1), 0) + 1 if each else 0
        total = sum(points.values())
        breach = any(runs[trigger, at] >= 3 for trigger in points)
        expected[name(at)] = (total, min(total, Fraction(month["charges"], 100)), breach)
    contract = FAILURES.assess({"id": "C", "months": [failing_facts(each) for each in drawn]})

    assert expected == values(contract, "points", "deduction", "material_breach")


# --- TELUS, Canada -------------------------------------------------------------------------------

telus_months = contracts(
    st.fixed_dictionaries(
        {
            "billed": st.integers(0, 2_000_000),
            "measured": st.booleans() | st.just(True),
            "outage": st.integers(0, 1_200),
            "planned": st.integers(0, 1_200),
            "missed": st.lists(st.sampled_from([3, 5, 10]), max_size=3),
        }
    )
)


def telus_facts(month: Facts) -> Facts:
    outage = {
        "outage": f"{month['outage']} min",
        "planned_outage": f"{min(month['outage'], month['planned'])} min",
    }
    return {
        "month": name(month["at"]),
        "billed": Fraction(month["billed"], 100),
        "measures": [
            {"id": str(number), "target": 90, "attained": 89, "credit_points": points}
            for number, points in enumerate(month["missed"])
        ],
        **(outage if month["measured"] else {"measured": False}),
    }


@law
@given(telus_months, st.integers(9_700, 9_990), st.sampled_from([5, 10, 12, 20]))
def test_reductions_are_those_of_the_table(drawn: list[Facts], target: int, weight: int) -> None:
    expected = {}
    attained: dict[int, Fraction] = {}
    percent = 0
    for month in in_order(drawn):
        at = month["at"]
        points = sum(month["missed"])
        if month["measured"]:
            length = 1440 * monthrange(FIRST_YEAR + at // 12, at % 12 + 1)[1]
            down = max(0, month["outage"] - month["planned"])
            attained[at] = 1 - Fraction(down, length)
            average = (attained[at] + attained.get(at - 1, attained[at])) / 2
            points += weight if average < Fraction(target, 10_000) else 0
        bill = Fraction(month["billed"], 100)
        expected[name(at)] = (points, cent(Fraction(percent, 100) * bill))
        percent = (0, 0, 2, 4, 6, 8, 10)[min(points // 5, 6)]
    contract = TELUS.assess(
        {
            "id": "C",
            "availability_target": Fraction(target, 100),
            "availability_points": weight,
            "months": [telus_facts(each) for each in drawn],
        }
    )

    assert expected == values(contract, "points", "reduction")
