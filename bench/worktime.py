"""What pendulum in and out costs on top of the bare integer index, and what a day-walk costs.

Run it with ``python bench/worktime.py``; it prints medians of several interleaved rounds over
10,000 random pairs, and ratios against the bare index in the same run.
"""

import random
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from statistics import median
from time import perf_counter_ns
from typing import Any
from zoneinfo import ZoneInfo

from chinese_calendar import constants

from sla_rules.worktime import Calendar, from_us, to_us

ZONE = "Asia/Shanghai"
HOURS = ((time(9), time(12)), (time(14), time(18)))
PAIRS = 10_000
ROUNDS = 7
SECOND = 1_000_000
SEASONS = {
    "05-01..09-30": {"mon-fri": ["09:00-12:00", "15:00-19:00"]},
    "2024-07-01..2024-08-31": {"mon-fri": ["08:00-12:00"]},
}


def main() -> None:
    """Measure and print."""
    tz = ZoneInfo(ZONE)
    office = build()
    builds: dict[str, list[int]] = {"": [], " with seasons": []}
    for _ in range(ROUNDS):
        for name, costs in builds.items():
            seasonal = build(SEASONS if name else None)
            begin = perf_counter_ns()
            seasonal.elapsed_us(to_us("2022-01-01T00:00+08:00"), to_us("2026-12-31T00:00+08:00"))
            costs.append(perf_counter_ns() - begin)
    for name, costs in builds.items():
        ratio = median(a / b for a, b in zip(costs, builds[""], strict=True))
        what = f"build of a 5-year index{name}"
        print(f"{what:52} {median(costs) / 1e6:8.2f} ms   x {ratio:.1f}")

    rng = random.Random(20261123)
    low, high = to_us("2023-01-01T00:00+08:00"), to_us("2025-11-30T00:00+08:00")
    starts = [rng.randrange(low, high) for _ in range(PAIRS)]
    ends = [start + rng.randrange(120 * 86_400) * SECOND for start in starts]
    budgets = [rng.randrange(1, 200 * 3600) * SECOND for _ in range(PAIRS)]
    texts = [f"{1 + index % 200} h" for index in range(PAIRS)]
    deltas = [timedelta(microseconds=budget) for budget in budgets]
    p_starts = [from_us(each, ZONE) for each in starts]
    p_ends = [from_us(each, ZONE) for each in ends]
    d_starts = [datetime.fromtimestamp(0, tz) + timedelta(microseconds=each) for each in starts]
    d_ends = [datetime.fromtimestamp(0, tz) + timedelta(microseconds=each) for each in ends]
    pauses = [
        tuple((a + i * 7 * 3600 * SECOND, a + (i * 7 + 2) * 3600 * SECOND) for i in range(10))
        for a in starts
    ]

    rows: dict[str, tuple[Callable[..., Any], tuple[Sequence[Any], ...]]] = {
        "elapsed: bare index": (office.elapsed_us, (starts, ends)),
        "elapsed: with seasons": (seasonal.elapsed_us, (starts, ends)),
        "elapsed: 10 pauses": (office.elapsed_us, (starts, ends, pauses)),
        "elapsed: pendulum in, timedelta out": (office.elapsed, (p_starts, p_ends)),
        "elapsed: day-walk by hand": (walk_elapsed, (d_starts, d_ends)),
        "deadline: bare index": (office.deadline_us, (starts, budgets)),
        "deadline: with seasons": (seasonal.deadline_us, (starts, budgets)),
        "deadline: 10 pauses": (office.deadline_us, (starts, budgets, pauses)),
        "deadline: pendulum and timedelta in, pendulum out": (office.deadline, (p_starts, deltas)),
        "deadline: pendulum and text in, pendulum out": (office.deadline, (p_starts, texts)),
        "deadline: day-walk by hand": (walk_deadline, (d_starts, deltas)),
        "1 working day: integers": (lambda a: office.day_deadline_us(a, 1), (starts,)),
    }
    costs: dict[str, list[int]] = {name: [] for name in rows}
    for _ in range(ROUNDS):
        for name, (function, columns) in rows.items():
            begin = perf_counter_ns()
            for arguments in zip(*columns, strict=True):
                function(*arguments)
            costs[name].append(perf_counter_ns() - begin)
    for name, taken in costs.items():
        base = costs[name.split(":")[0] + ": bare index"] if "working" not in name else taken
        ratio = median(a / b for a, b in zip(taken, base, strict=True))
        print(f"{name:52} {median(taken) / PAIRS / 1000:8.2f} us   x {ratio:.1f}")


def build(seasons: dict[str, Any] | None = None) -> Calendar:
    """An office calendar, its index still empty."""
    hours = {"mon-fri": [list(each) for each in HOURS]}
    return Calendar(hours, zone=ZONE, holidays="CN", seasons=seasons)


CLOSED = frozenset(constants.holidays)
MAKE_UP = frozenset(constants.workdays)


def is_working(day: date) -> bool:
    """Whether China works on this date."""
    return day in MAKE_UP or (day.weekday() < 5 and day not in CLOSED)


def walk_elapsed(start: datetime, end: datetime) -> timedelta:
    """Working time the way one writes it by hand: day by day."""
    total, day = timedelta(0), start.date()
    while day <= end.date():
        if is_working(day):
            for opening, closing in HOURS:
                first = max(start, datetime.combine(day, opening, start.tzinfo))
                last = min(end, datetime.combine(day, closing, start.tzinfo))
                total += max(last - first, timedelta(0))
        day += timedelta(days=1)
    return total


def walk_deadline(start: datetime, budget: timedelta) -> datetime:
    """The deadline the way one writes it by hand: day by day."""
    day = start.date()
    while True:
        if is_working(day):
            for opening, closing in HOURS:
                first = max(start, datetime.combine(day, opening, start.tzinfo))
                length = datetime.combine(day, closing, start.tzinfo) - first
                if length >= budget:
                    return first + budget
                budget -= max(length, timedelta(0))
        day += timedelta(days=1)


if __name__ == "__main__":
    main()
