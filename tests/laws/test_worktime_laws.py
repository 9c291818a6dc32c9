"""Laws of working-time arithmetic, on random calendars, against a minute-by-minute walk."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla_rules.worktime import DAY_RULES, NEVER, Calendar, from_us, merge_pauses, to_us

MINUTE = 60_000_000
DAY = 1440 * MINUTE
BASE = to_us("2025-10-20T00:00Z")
SPAN = 21 * 1440
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ZONES = ("UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe")

minutes = st.integers(0, SPAN)
instants = st.integers(0, SPAN * MINUTE).map(lambda us: BASE + us)
budgets = st.integers(1, 30 * 60 * MINUTE)


@st.composite
def windows(draw: st.DrawFn) -> list[str]:
    """Up to three disjoint windows of one day, on five-minute marks."""
    marks = sorted(draw(st.sets(st.integers(0, 288), max_size=6)))
    pairs = zip(marks[::2], marks[1::2], strict=False)
    return [f"{a // 12:02}:{a % 12 * 5:02}-{b // 12:02}:{b % 12 * 5:02}" for a, b in pairs]


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """A calendar with working time in every week."""
    hours = {name: draw(windows()) for name in NAMES}
    hours["wed"] = hours["wed"] or ["09:00-17:30"]
    days = [
        f"2025-{month}-{day:02}" for month, day in [(10, 25), (10, 26), (11, 1), (11, 2), (11, 4)]
    ]
    return Calendar(
        hours,
        zone=draw(st.sampled_from(ZONES)),
        holidays=draw(st.lists(st.sampled_from(days), max_size=3)),
        working_days=draw(st.lists(st.sampled_from(days), max_size=2)),
        make_up_like="wed",
        overrides=draw(st.dictionaries(st.sampled_from(days), windows(), max_size=2)),
    )


@st.composite
def pause_lists(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """Merged pauses of up to two days, some of them reaching outside the span."""
    pairs = draw(st.lists(st.tuples(instants, st.integers(0, 2 * DAY)), max_size=5))
    return merge_pauses((start, start + length) for start, length in pairs)


def open_by_hand(calendar: Calendar, us: int) -> bool:
    """Whether the wall clock at *us* lies in a window; from the declaration, not the index."""
    at = datetime.fromtimestamp(us // 1_000_000, UTC).astimezone(ZoneInfo(calendar.zone))
    special = dict(calendar.overrides)
    closed = {day for day, _ in calendar.holidays or ()}
    found = calendar.hours.days[at.weekday()]
    if at.date() in special:
        found = special[at.date()]
    elif at.date() in calendar.make_up_days:
        found = calendar.hours.days[NAMES.index(calendar.make_up_like)]
    elif at.date() in closed:
        found = ()
    clock = (at.hour * 60 + at.minute) * MINUTE
    return any(start <= clock < end for start, end in found)


@settings(max_examples=60, deadline=None)
@given(calendars().filter(lambda c: c.zone in ZONES[:2]), minutes, minutes, pause_lists())
def test_elapsed_is_what_a_minute_walk_counts(
    calendar: Calendar, one: int, two: int, pauses: tuple[tuple[int, int], ...]
) -> None:
    first, last = sorted((one, two))
    pauses = merge_pauses((a - a % MINUTE, b - b % MINUTE) for a, b in pauses)
    ticks = (BASE + minute * MINUTE for minute in range(first, min(last, first + 4320)))
    walked = sum(
        MINUTE
        for us in ticks
        if not any(a <= us < b for a, b in pauses) and open_by_hand(calendar, us)
    )
    end = BASE + min(last, first + 4320) * MINUTE

    assert walked == calendar.elapsed_us(BASE + first * MINUTE, end, pauses)


@given(calendars(), st.lists(instants, min_size=3, max_size=3), pause_lists())
def test_elapsed_is_additive(
    calendar: Calendar, three: list[int], pauses: tuple[tuple[int, int], ...]
) -> None:
    a, b, c = sorted(three)
    parts = calendar.elapsed_us(a, b, pauses) + calendar.elapsed_us(b, c, pauses)

    assert calendar.elapsed_us(a, c, pauses) == parts
    assert 0 <= parts <= c - a


@given(calendars(), instants, budgets, pause_lists())
def test_deadline_is_the_first_instant_that_uses_up_the_budget(
    calendar: Calendar, a: int, budget: int, pauses: tuple[tuple[int, int], ...]
) -> None:
    due = calendar.deadline_us(a, budget, pauses)

    assert budget == calendar.elapsed_us(a, due, pauses)
    assert budget - 1 == calendar.elapsed_us(a, due - 1, pauses)


@given(calendars(), instants, budgets, pause_lists())
def test_deadline_before_is_the_last_instant_that_leaves_the_budget(
    calendar: Calendar, b: int, budget: int, pauses: tuple[tuple[int, int], ...]
) -> None:
    begin = calendar.deadline_before_us(b, budget, pauses)

    assert budget == calendar.elapsed_us(begin, b, pauses)
    assert budget - 1 == calendar.elapsed_us(begin + 1, b, pauses)


@given(calendars(), instants, budgets)
def test_forward_and_backward_mirror_each_other(calendar: Calendar, a: int, budget: int) -> None:
    due = calendar.deadline_us(a, budget)
    back = calendar.deadline_before_us(due, budget)

    assert back >= a
    assert calendar.elapsed_us(a, back) == 0
    assert due == calendar.deadline_us(back, budget)


@given(calendars(), instants, budgets, budgets, pause_lists())
def test_budgets_can_be_used_up_in_two_steps(
    calendar: Calendar, a: int, one: int, two: int, pauses: tuple[tuple[int, int], ...]
) -> None:
    half = calendar.deadline_us(a, one, pauses)

    assert calendar.deadline_us(a, one + two, pauses) == calendar.deadline_us(half, two, pauses)


@given(calendars(), instants, instants, budgets, budgets, pause_lists())
def test_later_starts_and_larger_budgets_are_due_later(
    calendar: Calendar, s: int, t: int, x: int, y: int, pauses: tuple[tuple[int, int], ...]
) -> None:
    first, last = sorted((s, t))
    small, large = sorted((x, y))

    assert calendar.deadline_us(first, small, pauses) <= calendar.deadline_us(last, small, pauses)
    assert calendar.deadline_us(first, small, pauses) <= calendar.deadline_us(first, large, pauses)


@given(calendars(), instants, budgets, instants)
def test_an_open_pause_stops_every_deadline_after_it(
    calendar: Calendar, a: int, budget: int, since: int
) -> None:
    due = calendar.deadline_us(a, budget)
    stopped = calendar.deadline_us(a, budget, ((since, NEVER),))

    assert stopped == (due if due <= since else NEVER)


@pytest.mark.parametrize("rule", DAY_RULES)
@given(calendar=calendars(), a=instants, n=st.integers(1, 6), pauses=pause_lists())
def test_day_rules_end_in_hours_and_grow_by_what_was_paused(
    rule: str, calendar: Calendar, a: int, n: int, pauses: tuple[tuple[int, int], ...]
) -> None:
    base = calendar.day_deadline_us(a, n, rule)
    moved = calendar.day_deadline_us(a, n, rule, pauses)
    at = from_us(base, "UTC")
    paused = calendar.elapsed_us(a, moved) - calendar.elapsed_us(a, moved, pauses)

    assert a < base <= moved
    assert calendar.is_open(at) or base == to_us(calendar.previous_close(at))
    assert base <= calendar.day_deadline_us(a, n + 1, rule)
    assert calendar.elapsed_us(base, moved) == paused


@given(calendars(), instants)
def test_edges_agree_with_the_windows(calendar: Calendar, us: int) -> None:
    t = from_us(us, calendar.zone)
    opens, closes = calendar.next_open(t), calendar.next_close(t)

    assert calendar.is_open(opens)
    assert calendar.is_open(t) == (us == to_us(opens))
    assert not calendar.is_open(closes)
    assert us < to_us(closes)
    assert timedelta(0) == calendar.elapsed(t, opens)
    windows = calendar.windows(t, from_us(us + 9 * DAY, calendar.zone))
    assert calendar.elapsed_us(us, us + 9 * DAY) == sum(to_us(b) - to_us(a) for a, b in windows)


@given(calendars(), st.permutations(range(4)))
def test_answers_do_not_depend_on_the_order_of_questions(
    calendar: Calendar, order: list[int]
) -> None:
    questions = [BASE, BASE + 4000 * DAY, BASE - 3000 * DAY, BASE + 365 * DAY]
    fresh = Calendar(
        calendar.hours, zone=calendar.zone, holidays=calendar.holidays, make_up_like="wed",
        working_days=calendar.make_up_days, overrides=calendar.overrides,
    )  # fmt: skip
    mixed = {index: fresh.deadline_us(questions[index], 10**11) for index in order}

    assert [calendar.deadline_us(each, 10**11) for each in questions] == [
        mixed[i] for i in range(4)
    ]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8))
def test_merged_pauses_cover_the_same_instants(pairs: list[tuple[int, int]]) -> None:
    merged = merge_pauses(pairs)
    covered = {each for start, end in pairs for each in range(start, end)}

    assert covered == {each for start, end in merged for each in range(start, end)}
    assert all(a < b for a, b in merged)
    assert all(one[1] < two[0] for one, two in pairwise(merged))
