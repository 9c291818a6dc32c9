"""One month of 100 incidents: `rules.assess` against a hand-written function.

Both sides take the same mapping, read the same ISO texts into instants, use the same calendar
index and exact fractions, and give the same total.  Ratios within one run are what counts; the
figures of single runs depend on the machine.

    python bench/month.py
"""

import datetime as dt
import random
import statistics
import time
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import sla_rules as sla
from sla_rules.worktime import Calendar, to_us

ROUNDS = 60
MINUTE = 60_000_000
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def month(incidents: int = 100, seed: int = 7) -> dict[str, Any]:
    """A month with random incidents of both classes, in time and late."""
    rng = random.Random(seed)
    start = dt.datetime(2024, 3, 1, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    records = []
    for number in range(incidents):
        reported = start + dt.timedelta(minutes=rng.randrange(31 * 24 * 60 - 1))
        affecting = rng.random() < 0.5
        responded = reported + dt.timedelta(minutes=rng.randrange(40))
        recovered = responded + dt.timedelta(minutes=rng.randrange(300 if affecting else 4000))
        record: dict[str, Any] = {
            "id": f"INC-{number:03d}",
            "reported_at": reported.isoformat(),
            "responded_at": responded.isoformat(),
            "recovered_at": recovered.isoformat(),
            "impact": "business_affecting" if affecting else "not_business_affecting",
        }
        if number % 20 == 0:
            record["suspensions"] = [
                {
                    "from": responded.isoformat(),
                    "to": recovered.isoformat(),
                    "reason": "awaiting_user",
                    "approved_by": "监理",
                }
            ]
        records.append(record)
    return {
        "month": "2024-03",
        "incidents": records,
        "service_quality_base": 27,
        "suggestions_adopted": 0,
        "management_score": "37.5",
        "catalogue_completion_rate": "98.5",
        "sla_attainment_rate": "97.2",
    }


def by_hand(facts: Mapping[str, Any], office: Calendar) -> Fraction:
    """The month's total under the default readings, written for this contract alone."""
    scores = []
    for incident in facts["incidents"]:
        reported = to_us(incident["reported_at"])
        responded = to_us(incident["responded_at"])
        recovered = to_us(incident["recovered_at"])
        if responded < reported or recovered < reported:
            raise ValueError(incident["id"])
        pauses = tuple(
            (to_us(each["from"]), to_us(each["to"]))
            for each in incident.get("suspensions", ())
            if each["reason"] == "awaiting_user" and each.get("approved_by")
        )
        if incident["impact"] == "business_affecting":
            response_limit, recovery_limit = 15 * MINUTE, 120 * MINUTE
            response_due = wall_deadline(reported, response_limit, pauses)
            recovery_due = wall_deadline(reported, recovery_limit, pauses)
            late = wall_elapsed(recovery_due, recovered, pauses)
        else:
            response_limit, recovery_limit = 30 * MINUTE, 480 * MINUTE
            response_due = wall_deadline(reported, response_limit, pauses)
            recovery_due = office.day_deadline_us(reported, 1, "end_of_nth_working_day", pauses)
            if recovered >= recovery_due:
                late = office.elapsed_us(recovery_due, recovered, pauses)
            else:
                late = -office.elapsed_us(recovered, recovery_due, pauses)
        overrun = max(
            Fraction(wall_elapsed(response_due, responded, pauses), response_limit),
            Fraction(late, recovery_limit),
        )
        if overrun <= 0:
            scores.append(30)
        elif overrun <= Fraction(1, 2):
            scores.append(18)
        elif overrun <= 1:
            scores.append(9)
        else:
            scores.append(0)
    mean = Fraction(sum(scores), len(scores))
    timeliness = Fraction((200 * mean.numerator + mean.denominator) // (2 * mean.denominator), 100)
    quality = min(30, facts["service_quality_base"] + 10 * facts["suggestions_adopted"])
    return timeliness + quality + Fraction(facts["management_score"])


def wall_elapsed(start: int, end: int, pauses: tuple[tuple[int, int], ...]) -> int:
    """Clock time between two instants outside the pauses; negative when reversed."""
    if end < start:
        return -wall_elapsed(end, start, pauses)
    return end - start - sum(max(0, min(b, end) - max(a, start)) for a, b in pauses)


def wall_deadline(start: int, budget: int, pauses: tuple[tuple[int, int], ...]) -> int:
    """The instant at which the budget of clock time is used up."""
    due = start + budget
    for begin, end in pauses:
        if end > start and begin < due:
            due += end - max(begin, start)
    return due


def timed(run: Callable[[], Any]) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def main() -> None:
    """Print the medians of interleaved rounds and their ratios."""
    rules = sla.load("gz-npc-2023")
    facts = month()
    office = rules.calendar("office")
    ours = rules.assess(facts, "month")
    assert Fraction(ours["total"]) == by_hand(facts, office), "the two sides disagree"
    structured = rules.fact_class("month")(
        **{
            **facts,
            "incidents": [rules.fact_class("incident")(**each) for each in facts["incidents"]],
        }
    )
    candidates: dict[str, Callable[[], Any]] = {
        "by hand, from the mapping": lambda: by_hand(facts, office),
        "rules.assess, from the mapping": lambda: rules.assess(facts, "month")["total"],
        "rules.assess, from attrs facts": lambda: rules.assess(structured, "month")["total"],
    }
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(ROUNDS):
        for name, run in candidates.items():
            times[name].append(timed(run))
    base = statistics.median(times["by hand, from the mapping"])
    print(f"{'one month of 100 incidents':34} {'ms':>8} {'us/incident':>12} {'ratio':>7}")
    for name, values in times.items():
        median = statistics.median(values)
        print(f"{name:34} {median * 1e3:8.2f} {median * 1e4:12.1f} {median / base:7.2f}")


if __name__ == "__main__":
    main()
