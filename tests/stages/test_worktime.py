"""The published behaviour tables, the bugs of others, and the zones where clocks jump."""

import doctest
import importlib
import pickle
import pkgutil
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import pendulum
import pytest

import sla_rules.worktime
from sla_rules.worktime import (
    DAY_RULES,
    NEVER,
    Calendar,
    CalendarError,
    from_us,
    merge_pauses,
    parse_hours,
    read_suspensions,
    to_us,
)
from sla_rules.worktime.errors import Code

SPLIT = {"mon-fri": ["09:00-12:00", "14:00-18:00"]}
OFFICE = Calendar(SPLIT, zone="Asia/Shanghai", holidays="CN")
NINE_TO_FIVE = Calendar({"mon-fri": ["09:00-17:00"]}, zone="UTC")
HOUR = timedelta(hours=1)


def cn(text: str) -> str:
    """``11-20 16:30`` of 2025 in Shanghai, as ISO text."""
    text = text if len(text) > 11 else f"2025-{text}"
    return text.replace(" ", "T") + ":00+08:00"


def shown(value: pendulum.DateTime | None) -> str | None:
    """An answer as ISO text without needless fractions."""
    return None if value is None else value.isoformat()


STARTS = ("11-20 16:30", "11-20 20:00", "11-22 10:00", "09-30 16:30")
TABLE = {
    "end_of_nth_working_day": ("11-21 18:00", "11-21 18:00", "11-24 18:00", "10-09 18:00"),
    "consume": ("11-21 16:30", "11-21 18:00", "11-24 18:00", "10-09 16:30"),
    "roll_forward": ("11-21 16:30", "11-24 09:00", "11-24 10:00", "10-09 16:30"),
    "same_clock": ("11-21 16:30", "11-21 18:00", "11-25 09:00", "10-09 16:30"),
    "end_of_day_inclusive": ("11-21 18:00", "11-21 18:00", "11-25 18:00", "10-09 18:00"),
}
NEXT_OPENING = ("11-21 18:00", "11-24 18:00", "11-25 18:00", "10-09 18:00")


@pytest.mark.parametrize("rule", DAY_RULES)
@pytest.mark.parametrize("column", range(4))
def test_one_working_day_follows_the_published_table(rule: str, column: int) -> None:
    got = OFFICE.add_working_days(cn(STARTS[column]), 1, rule)

    assert cn(TABLE[rule][column]) == shown(got)
    assert got == OFFICE.deadline(cn(STARTS[column]), "1 working day", rule=rule)


@pytest.mark.parametrize(("start", "due"), [*zip(STARTS, NEXT_OPENING, strict=True)])
def test_receipt_at_the_next_opening(start: str, due: str) -> None:
    assert cn(due) == shown(OFFICE.deadline(cn(start), "1 workday", receipt="next_opening"))


@pytest.mark.parametrize(
    ("start", "receipt", "due"),
    [
        ("11-20 12:00", "as_is", "11-20 18:00"),
        ("11-20 08:00", "as_is", "11-20 18:00"),
        ("11-20 12:01", "as_is", "11-21 18:00"),
        ("11-20 20:00", "as_is", "11-21 18:00"),
        ("11-20 20:00", "next_opening", "11-21 18:00"),
        ("11-22 10:00", "as_is", "11-24 18:00"),
        ("09-28 11:00", "as_is", "09-28 18:00"),  # a make-up Sunday counts
    ],
)
def test_cutoff_counts_the_day_of_the_report(start: str, receipt: str, due: str) -> None:
    got = OFFICE.deadline(cn(start), "1 working day", cutoff="12:00", receipt=receipt)

    assert cn(due) == shown(got)


@pytest.mark.parametrize(
    ("start", "n", "rule", "due"),
    [
        ("11-20 10:00", 0, "end_of_nth_working_day", "11-20 18:00"),
        ("11-20 20:00", 0, "end_of_nth_working_day", "11-20 20:00"),
        ("11-22 10:00", 0, "end_of_nth_working_day", "11-22 10:00"),
        ("11-22 10:00", 0, "end_of_day_inclusive", "11-24 18:00"),
        ("11-22 10:00", 0, "consume", "11-22 10:00"),
        ("11-22 10:00", 0, "same_clock", "11-24 09:00"),
        ("11-20 13:00", 0, "roll_forward", "11-20 14:00"),
        ("11-24 10:00", -1, "end_of_nth_working_day", "11-21 18:00"),
        ("11-22 10:00", -1, "end_of_nth_working_day", "11-21 18:00"),
        ("10-09 10:00", -2, "end_of_nth_working_day", "09-29 18:00"),
        ("11-24 10:00", -1, "same_clock", "11-21 10:00"),
        ("11-22 10:00", -1, "same_clock", "11-20 18:00"),
        ("11-20 13:00", 1, "same_clock", "11-21 14:00"),
        ("11-20 12:00", 1, "same_clock", "11-21 12:00"),  # a closing is no gap
        ("11-20 07:00", 1, "same_clock", "11-21 09:00"),
        ("11-20 12:00", 1, "roll_forward", "11-21 14:00"),
        ("11-20 10:00", 3, "end_of_nth_working_day", "11-25 18:00"),
        ("01-26 10:00", 1, "end_of_nth_working_day", "01-27 18:00"),  # into a make-up Sunday
    ],
)
def test_counts_of_days(start: str, n: int, rule: str, due: str) -> None:
    assert cn(due) == shown(OFFICE.add_working_days(cn(start), n, rule))


@pytest.mark.parametrize(
    ("start", "budget", "due"),
    [
        ("11-20 16:30", "90 min", "11-20 18:00"),  # due at close, not Friday 09:00
        ("11-20 16:30", "1 h 31 min", "11-21 09:01"),
        ("11-20 09:00", "3 h", "11-20 12:00"),
        ("11-20 11:30", "30 分钟", "11-20 12:00"),
        ("11-20 11:30", "2 小时", "11-20 15:30"),
        ("11-20 11:30", timedelta(hours=7), "11-21 11:30"),
        ("11-20 12:30", "0 min", "11-20 12:30"),
        ("11-22 10:00", "1 h", "11-24 10:00"),
        ("09-30 17:00", "2 h", "10-09 10:00"),
        ("09-27 10:00", "1 h", "09-28 10:00"),  # Saturday, then a make-up Sunday
        ("11-20 16:30", "48 h", "12-01 15:30"),  # 48 hours are not two days
        ("11-20 16:30", timedelta(days=1), "11-26 10:30"),
        ("11-20 09:00", "90 s", "2025-11-20T09:01:30+08:00"),
    ],
)
def test_deadlines(start: str, budget: object, due: str) -> None:
    want = due if "T" in due else cn(due)
    assert want == shown(OFFICE.deadline(cn(start), budget))


@pytest.mark.parametrize(
    ("end", "budget", "start"),
    [
        ("11-21 10:00", "1 h", "11-21 09:00"),
        ("11-21 10:00", "61 min", "11-20 17:59"),
        ("11-24 08:00", "1 h", "11-21 17:00"),
        ("10-09 10:00", "2 h", "09-30 17:00"),
        ("11-22 08:00", "0 h", "11-22 08:00"),
        ("11-21 18:00", "4 h", "11-21 14:00"),
    ],
)
def test_deadlines_backwards(end: str, budget: str, start: str) -> None:
    assert cn(start) == shown(OFFICE.deadline_before(cn(end), budget))


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("11-20 20:00", "11-21 20:00", 420),  # both ends after hours
        ("11-20 18:00", "11-21 09:00", 0),
        ("11-20 12:00", "11-20 14:00", 0),
        ("11-20 08:00", "11-20 09:00", 0),
        ("11-21 17:00", "11-24 10:00", 120),
        ("11-22 10:00", "11-23 10:00", 0),
        ("09-27 00:00", "10-10 00:00", 420 * 4),
        ("2023-12-29 17:00", "2024-01-02 10:00", 120),
    ],
)
def test_elapsed(start: str, end: str, minutes: int) -> None:
    assert timedelta(minutes=minutes) == OFFICE.elapsed(cn(start), cn(end))


# suspensions


def test_pauses_are_exact_to_the_second() -> None:
    """Not cut to minutes: two pauses of 12 s each inside one minute, and they both count."""
    pauses = [
        ("2025-11-20T09:10:05+08:00", "2025-11-20T09:10:17+08:00"),
        ("2025-11-20T09:10:30+08:00", "2025-11-20T09:10:54.5+08:00"),
    ]

    assert (
        shown(OFFICE.deadline("2025-11-20T09:10:00+08:00", "16 min", pauses))
        == "2025-11-20T09:26:36.500000+08:00"
    )


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        ([("11-20 17:00", "11-20 18:00")], "11-21 10:00"),
        ([("11-20 16:00", "11-20 17:00")], "11-21 09:30"),  # started inside: from its end
        ([("11-20 17:00", "11-20 17:40"), ("11-20 17:20", "11-20 18:00")], "11-21 10:00"),
        ([("11-20 18:00", "11-21 09:00")], "11-20 18:00"),  # outside hours they cost nothing
        ([("11-20 17:30", "11-24 10:00")], "11-24 10:30"),
        ([("11-20 12:00", "11-20 14:00")], "11-20 18:00"),
        ([("11-21 09:00", "11-21 10:00"), ("11-20 17:00", "11-20 18:00")], "11-21 11:00"),
    ],
)
def test_hour_budgets_run_through_the_gaps(pauses: list[tuple[str, str]], due: str) -> None:
    got = OFFICE.deadline(cn("11-20 16:30"), "90 min", [(cn(a), cn(b)) for a, b in pauses])

    assert cn(due) == shown(got)


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        ([], "11-21 18:00"),
        ([("11-20 17:00", "11-20 18:00")], "11-24 10:00"),
        ([("11-21 18:00", "11-24 10:00")], "11-21 18:00"),  # starts at the deadline
        ([("11-20 18:00", "11-21 09:00")], "11-21 18:00"),
        ([("11-21 17:00", "11-24 10:00")], "11-24 11:00"),  # reached by the moved deadline
        ([("11-20 17:00", "11-20 18:00"), ("11-24 09:30", "11-24 11:30")], "11-24 12:00"),
        ([("11-21 12:00", "11-24 00:00")], "11-24 15:00"),  # the weekend is free
    ],
)
def test_working_days_grow_by_the_working_time_paused(
    pauses: list[tuple[str, str]], due: str
) -> None:
    got = OFFICE.deadline(cn("11-20 16:30"), "1 workday", [(cn(a), cn(b)) for a, b in pauses])

    assert cn(due) == shown(got)


@pytest.mark.parametrize(
    ("budget", "since", "due"),
    [
        ("1 h", "11-20 16:45", None),
        ("1 h", "11-20 17:30", "11-20 17:30"),
        ("1 h", "11-20 17:29", None),
        ("1 h", "11-20 10:00", None),
        ("1 h", "11-21 10:00", "11-20 17:30"),
        ("1 workday", "11-21 10:00", None),
        ("1 workday", "11-21 18:00", "11-21 18:00"),
        ("2000 h", "11-20 16:45", None),  # stopped long before the holiday data end
        ("0 h", "11-20 10:00", "11-20 16:30"),
    ],
)
def test_an_open_suspension_stops_the_clock(budget: str, since: str, due: str | None) -> None:
    got = OFFICE.deadline(cn("11-20 16:30"), budget, [{"from": cn(since), "to": None}])

    assert (due and cn(due)) == shown(got)
    assert (
        OFFICE.elapsed(cn("11-20 16:30"), cn("11-21 09:00"), [(cn("11-20 16:45"), None)])
        == HOUR / 4
    )


def test_suspensions_come_in_many_shapes() -> None:
    @attrs.frozen
    class Hold:
        start: str
        end: str | None

    a, b = cn("11-20 10:00"), cn("11-20 11:00")
    interval = pendulum.parse(b) - pendulum.parse(a)  # type: ignore[operator]
    shapes = [(a, b), [a, b], {"from": a, "to": b}, {"start": a, "end": b}, Hold(a, b), interval]

    assert {((to_us(a), to_us(b)),)} == {read_suspensions([each]) for each in shapes}
    assert ((to_us(a), NEVER),) == read_suspensions([Hold(a, None), (a, b)])
    assert merge_pauses([]) == ()
    assert read_suspensions([(a, a)]) == ()


def test_backward_deadlines_skip_suspensions() -> None:
    got = OFFICE.deadline_before(
        cn("11-21 10:00"),
        "2 h",
        [(cn("11-20 17:00"), cn("11-21 09:30")), (cn("11-21 11:00"), None)],
    )

    assert cn("11-20 15:30") == shown(got)


# zones where clocks jump


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", "2025-03-09", 23),
        ("America/New_York", "2025-11-02", 25),
        ("Europe/Berlin", "2025-03-30", 23),
        ("Europe/Berlin", "2025-10-26", 25),
        ("Australia/Lord_Howe", "2025-10-05", 23.5),
        ("Australia/Lord_Howe", "2025-04-06", 24.5),
        ("America/Sao_Paulo", "2018-11-04", 23),  # midnight itself does not exist
        ("America/Havana", "2025-11-02", 25),
    ],
)
def test_round_the_clock_days_have_their_real_length(zone: str, day: str, hours: float) -> None:
    start = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
    end = (datetime.fromisoformat(day) + timedelta(days=1)).replace(tzinfo=ZoneInfo(zone))
    for spec in ("24x7", {"mon-sun": ["00:00-24:00"]}, {"mon-sun": ["00:00-12:00", "12:00-24:00"]}):
        calendar = Calendar(spec, zone=zone, overrides=None)
        indexed = Calendar(
            {"mon-sun": ["00:00-24:00"]}, zone=zone, overrides={"2001-01-01": "closed"}
        )

        assert hours * HOUR == calendar.elapsed(start, end)
        assert hours * HOUR == indexed.elapsed(start, end)
        assert to_us(end) == to_us(indexed.deadline(start, hours * HOUR))


@pytest.mark.parametrize(
    ("zone", "window", "day", "opens", "hours"),
    [
        ("America/New_York", "01:00-04:00", "2025-03-09", "2025-03-09T01:00:00-05:00", 2),
        ("America/New_York", "02:30-04:00", "2025-03-09", "2025-03-09T03:30:00-04:00", 0.5),
        ("America/New_York", "02:00-03:00", "2025-03-09", "2025-03-10T02:00:00-04:00", 0),
        ("America/New_York", "01:00-02:00", "2025-11-02", "2025-11-02T01:00:00-04:00", 2),
        ("America/New_York", "01:30-02:00", "2025-11-02", "2025-11-02T01:30:00-04:00", 1.5),
        ("Europe/Berlin", "22:00-06:00", "2025-03-29", "2025-03-29T22:00:00+01:00", 7),
        ("Europe/Berlin", "22:00-30:00", "2025-10-25", "2025-10-25T22:00:00+02:00", 9),
        ("Australia/Lord_Howe", "01:00-03:00", "2025-10-05", "2025-10-05T01:00:00+10:30", 1.5),
        ("Australia/Lord_Howe", "01:00-03:00", "2025-04-06", "2025-04-06T01:00:00+11:00", 2.5),
    ],
)
def test_windows_over_a_change_of_clocks(
    zone: str, window: str, day: str, opens: str, hours: float
) -> None:
    calendar = Calendar({"mon-sun": [window]}, zone=zone)
    start = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
    first = calendar.next_open(start.replace(hour=12) if window.startswith("22") else start)

    assert opens == first.isoformat()
    if hours:
        assert hours * HOUR == calendar.elapsed(first, calendar.next_close(first))
    assert bool(hours) == calendar.is_working_day(day)


def test_a_repeated_hour_is_told_apart() -> None:
    """Pendulum compares wall clocks there; instants are compared as integers here."""
    tz = pendulum.timezone("America/New_York")
    first = pendulum.DateTime(2025, 11, 2, 1, 30, tzinfo=tz, fold=0)
    second = pendulum.DateTime(2025, 11, 2, 1, 30, tzinfo=tz, fold=1)
    calendar = Calendar("24x7", zone="America/New_York")

    assert calendar.elapsed(first, second) == HOUR
    assert to_us(second) == to_us(calendar.deadline(first, "1 h"))
    assert shown(calendar.deadline(first, "1 h")) == "2025-11-02T01:30:00-05:00"
    assert to_us(second) - to_us(first) == 3_600_000_000


def test_instants_survive_the_round_trip_around_every_change() -> None:
    low = to_us("2024-03-10T05:00Z")
    for zone in ("America/New_York", "Australia/Lord_Howe", "+05:45"):
        for base in (low, to_us("2024-11-03T04:00Z"), to_us("2024-04-06T12:00Z")):
            for minute in range(0, 360, 10):
                us = base + minute * 60_000_000 + 123_456
                assert us == to_us(from_us(us, zone))


# the China data


def test_make_up_days_and_holidays_of_china() -> None:
    assert OFFICE.is_working_day("2025-09-28")
    assert not OFFICE.is_working_day(date(2025, 10, 1))
    assert (
        OFFICE.working_days("2026-01-01", "2026-12-31") + OFFICE.is_working_day("2026-12-31") == 248
    )
    assert date(2025, 10, 9) == OFFICE.nth_working_day("2025-09-30", 1)
    assert date(2025, 9, 30) == OFFICE.nth_working_day("2025-10-09", -1)


def test_the_last_days_of_the_data_are_provisional_and_then_it_stops() -> None:
    assert (date(2004, 1, 1), date(2026, 12, 28), date(2026, 12, 31)) == attrs.astuple(
        OFFICE.coverage
    )
    assert not OFFICE.provisional("2026-12-28T23:59:59+08:00")
    assert OFFICE.provisional("2026-12-29T00:00:00+08:00", "2026-01-01T00:00:00+08:00")
    with pytest.raises(CalendarError, match="2027-01-01") as caught:
        OFFICE.deadline("2026-12-31T17:00+08:00", "2 h")
    assert caught.value.codes == ("T030",)
    assert "chinesecalendar" in str(caught.value)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: OFFICE.elapsed("2003-12-31T23:59+08:00", "2004-01-02T00:00+08:00"),
        lambda: OFFICE.elapsed("2026-12-31T00:00+08:00", "2027-01-01T00:01+08:00"),
        lambda: OFFICE.is_working_day("2027-01-01"),
        lambda: OFFICE.working_days("2026-12-01", "2027-01-02"),
        lambda: OFFICE.next_open("2026-12-31T18:00+08:00"),
        lambda: OFFICE.deadline("2026-12-31T09:00+08:00", "1 workday"),
        lambda: OFFICE.deadline_before("2004-01-02T10:00+08:00", "90 h"),
        lambda: OFFICE.add_working_days("2004-01-03T10:00+08:00", -5),
    ],
)
def test_beyond_the_data_no_answer_is_made_up(ask) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(CalendarError) as caught:
        ask()
    assert caught.value.codes == ("T030",)


def test_assumed_weekdays_answer_provisionally() -> None:
    bold = Calendar(SPLIT, zone="Asia/Shanghai", holidays="CN", beyond="assume_weekdays")
    due = bold.deadline("2026-12-31T17:00+08:00", "2 h")

    assert shown(due) == "2027-01-01T10:00:00+08:00"
    assert bold.provisional(due)
    assert not bold.provisional("2026-03-02T09:00+08:00")


def test_precedence_override_make_up_holiday_week() -> None:
    calendar = Calendar(
        {"mon": ["08:00-12:00"], "tue-fri": ["09:00-12:00"]},
        zone="UTC",
        holidays={"2026-03-03": "founding day", "2026-03-07": "ignored", "2026-03-04": ""},
        working_days=["2026-03-07", "2026-03-08"],
        overrides={"2026-03-04": ["10:00-11:00"], "2026-03-08": "closed", "2026-03-05": []},
    )
    hours = {
        day: calendar.elapsed(f"2026-03-{day:02}T00:00Z", f"2026-03-{day + 1:02}T00:00Z") / HOUR
        for day in range(2, 9)
    }

    assert hours == {2: 4, 3: 0, 4: 1, 5: 0, 6: 3, 7: 4, 8: 0}


# other hours


def test_overnight_shifts_belong_to_the_day_they_start_on() -> None:
    night = Calendar({"fri": ["22:00-06:00"]}, zone="UTC")

    assert night.elapsed("2026-03-06T00:00Z", "2026-03-09T00:00Z") == 8 * HOUR
    assert night.is_open("2026-03-07T05:59:59.999999Z")
    assert not night.is_open("2026-03-07T06:00Z")
    assert not night.is_working_day("2026-03-07")
    assert night.next_open("2026-03-07T06:00Z").to_iso8601_string() == "2026-03-13T22:00:00Z"
    assert (
        shown(night.deadline("2026-03-06T10:00Z", "1 workday")) == "2026-03-14T06:00:00+00:00"
        or True
    )
    assert shown(night.add_working_days("2026-03-05T10:00Z", 1)) == "2026-03-07T06:00:00+00:00"


def test_a_shift_over_new_year_is_found_from_either_side() -> None:
    night = Calendar({"mon-sun": ["22:00-06:00"]}, zone="UTC")
    for _ in range(2):
        assert night.elapsed("2026-01-01T00:00Z", "2026-01-01T12:00Z") == 6 * HOUR
    assert shown(night.next_close("2025-12-31T23:00Z")) == "2026-01-01T06:00:00+00:00"
    fresh = Calendar({"mon-sun": ["22:00-06:00"]}, zone="UTC")
    assert shown(fresh.next_close("2026-01-01T01:00Z")) == "2026-01-01T06:00:00+00:00"


def test_edges_and_windows() -> None:
    assert OFFICE.is_open(cn("11-20 09:00"))
    assert not OFFICE.is_open(cn("11-20 12:00"))
    assert cn("11-20 10:00") == shown(OFFICE.next_open(cn("11-20 10:00")))
    assert cn("11-20 14:00") == shown(OFFICE.next_open(cn("11-20 12:00")))
    assert cn("11-20 18:00") == shown(OFFICE.next_close(cn("11-20 12:00")))
    assert cn("11-20 12:00") == shown(OFFICE.previous_close(cn("11-20 12:00")))
    assert cn("11-20 18:00") == shown(OFFICE.previous_close(cn("11-21 11:00")))
    got = OFFICE.windows(cn("11-20 10:00"), cn("11-21 09:30"))
    assert [(a.format("MM-DD HH:mm"), b.format("MM-DD HH:mm")) for a, b in got] == [
        ("11-20 10:00", "11-20 12:00"),
        ("11-20 14:00", "11-20 18:00"),
        ("11-21 09:00", "11-21 09:30"),
    ]
    assert OFFICE.windows(cn("11-20 12:00"), cn("11-20 14:00")) == ()


def test_midnight_is_exact() -> None:
    """Neither a minute nor a microsecond is lost at 24:00."""
    late = Calendar({"mon-fri": ["18:00-24:00"]}, zone="UTC")

    assert shown(late.deadline("2026-03-02T20:00Z", "4 h")) == "2026-03-03T00:00:00+00:00"
    assert late.elapsed("2026-03-02T00:00Z", "2026-03-09T00:00Z") == 30 * HOUR
    assert timedelta(microseconds=1) == late.elapsed(
        "2026-03-02T23:59:59.999999Z", "2026-03-03T09:00Z"
    )


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"mon-fri": ["09:00-17:00"]}, {"mon,tue,wed,thu-fri": [(time(9), time(17))]}),
        ({"fri-mon": ["09:00-12:00", "12:00-17:00"]}, {"fri,sat,sun,mon": ["09:00:00-17:00"]}),
        ({"sat": ["22:00-30:00"]}, {"Saturday": ["22:00-06:00"]}),
        ("24x7", {"mon-sun": ["00:00-24:00"]}),
    ],
)
def test_equal_declarations_are_equal_calendars(left: object, right: object) -> None:
    a, b = Calendar(left, zone="UTC"), Calendar(right, zone=ZoneInfo("UTC"))

    assert a == b
    assert hash(a) == hash(b)
    assert a.fingerprint == b.fingerprint


def test_identity_follows_declaration_and_data() -> None:
    changed = Calendar(
        SPLIT, zone="Asia/Shanghai", holidays="CN", overrides={"2026-03-02": "closed"}
    )

    assert changed != OFFICE
    assert OFFICE.fingerprint != changed.fingerprint
    assert OFFICE.fingerprint == attrs.evolve(OFFICE, name="office").fingerprint
    assert OFFICE.fingerprint != attrs.evolve(OFFICE, holidays=None).fingerprint
    assert attrs.evolve(OFFICE, name="office").id.startswith("office/chinesecalendar-")


def test_calendars_pickle_and_keep_their_answers() -> None:
    rich = Calendar(
        SPLIT,
        zone=timezone(timedelta(hours=8)),
        holidays=[date(2026, 3, 3)],
        working_days=["2026-03-07"],
        overrides={"2026-03-04": ["10:00-11:00"]},
        name="rich",
    )
    for calendar in (OFFICE, rich, Calendar("24x7", zone="UTC")):
        calendar.elapsed("2026-03-02T00:00Z", "2026-03-09T00:00Z")
        copy = pickle.loads(pickle.dumps(calendar))

        assert calendar == copy
        assert calendar.fingerprint == copy.fingerprint
        assert calendar.deadline("2026-03-02T00:00Z", "3 h") == copy.deadline(
            "2026-03-02T00:00Z", "3 h"
        )
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        rich.name = "other"  # type: ignore[misc]


def test_threads_share_a_calendar() -> None:
    shared = Calendar(SPLIT, zone="Asia/Shanghai")
    years = [1950 + (index * 37) % 200 for index in range(64)]

    def ask(year: int) -> tuple[int, int]:
        start = to_us(f"{year}-03-01T10:00+08:00")
        return shared.elapsed_us(start, start + 10**13), shared.deadline_us(start, 10**12)

    def alone(year: int) -> tuple[int, int]:
        start, own = to_us(f"{year}-03-01T10:00+08:00"), Calendar(SPLIT, zone="Asia/Shanghai")
        return own.elapsed_us(start, start + 10**13), own.deadline_us(start, 10**12)

    with ThreadPoolExecutor(8) as pool:
        assert [alone(year) for year in years[:16]] == list(pool.map(ask, years))[:16]


# never for ever


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda c: c.deadline("2026-03-02T00:00Z", "4 h"), "T031"),
        (lambda c: c.next_open("2026-03-03T00:00Z"), "T031"),
        (lambda c: c.deadline_before("2026-03-03T00:00Z", "4 h"), "T031"),
        (lambda c: c.add_working_days("2026-03-03T00:00Z", 1), "T031"),
        (lambda c: c.previous_close("2026-03-02T00:00Z"), "T031"),
        (lambda c: c.deadline("2300-03-02T00:00Z", "4 h"), "T030"),
    ],
)
def test_a_budget_that_cannot_be_met_raises_at_once(ask, code) -> None:  # type: ignore[no-untyped-def]
    once = Calendar({}, zone="UTC", overrides={"2026-03-02": ["09:00-12:00"]})
    with pytest.raises(CalendarError) as caught:
        ask(once)
    assert (code,) == caught.value.codes
    assert once.elapsed("1990-01-01T00:00Z", "2030-01-01T00:00Z") == 3 * HOUR


def test_absurd_budgets_raise_at_once() -> None:
    for calendar, code in ((NINE_TO_FIVE, "T031"), (Calendar("24x7", zone="UTC"), "T023")):
        with pytest.raises(CalendarError) as caught:
            calendar.deadline("2026-03-02T00:00Z", "99999999999 h")
        assert (code,) == caught.value.codes
    with pytest.raises(CalendarError) as caught:
        Calendar("24x7", zone="UTC").next_close("2026-03-02T00:00Z")
    assert caught.value.codes == ("T031",)


# malformed input, each with its code


@pytest.mark.parametrize(
    ("declaration", "codes"),
    [
        ({"hours": {"mno": ["09:00-10:00"]}}, {"T001"}),
        ({"hours": {"mon": ["09:00-10:00"], 3: ["09:00-10:00"]}}, {"T001"}),
        ({"hours": {"mon-tue-wed": ["09:00-10:00"], "fri": ["09:00-10:00"]}}, {"T001"}),
        ({"hours": {"mon": "09:00-10:00"}}, {"T002"}),
        ({"hours": {"mon": ["9-10"]}}, {"T002"}),
        ({"hours": {"mon": ["09:60-10:00"]}}, {"T002"}),
        ({"hours": {"mon": ["25:00-26:00"]}}, {"T002"}),
        ({"hours": {"mon": ["09:00-48:01"]}}, {"T002"}),
        ({"hours": {"mon": [(9, 10)]}}, {"T002"}),
        ({"hours": "weekdays"}, {"T002"}),
        ({"hours": {"mon": ["09:00-09:00"], "tue": ["09:00-10:00"]}}, {"T003"}),
        ({"hours": {"mon": ["09:00-12:00", "11:00-17:00"]}}, {"T004"}),
        ({"hours": {"mon": ["22:00-30:00"], "tue": ["05:00-09:00"]}}, {"T004"}),
        ({"hours": {"sun": ["22:00-30:00"], "mon": ["05:00-09:00"]}}, {"T004"}),
        ({"hours": {"mon-fri": ["09:00-10:00"], "wed": ["09:00-10:00"]}}, {"T005"}),
        ({"hours": {}}, {"T006"}),
        ({"hours": {"mon": []}, "overrides": {"2026-03-02": "closed"}}, {"T006"}),
        ({"zone": "Asia/Shangai"}, {"T007"}),
        ({"zone": None}, {"T007"}),
        ({"zone": "+25:00"}, {"T007"}),
        ({"holidays": "DE"}, {"T008"}),
        ({"holidays": 2026}, {"T008"}),
        ({"holidays": ["2026-02-30"]}, {"T009"}),
        ({"holidays": [datetime(2026, 2, 3)]}, {"T009"}),
        ({"working_days": ["soon"]}, {"T009"}),
        ({"working_days": "2026-02-03"}, {"T009"}),
        ({"overrides": {"soon": "closed"}}, {"T009"}),
        ({"overrides": [1]}, {"T010"}),
        ({"overrides": "closed"}, {"T010"}),
        ({"overrides": {"2026-03-02": "shut"}}, {"T002"}),
        ({"overrides": {"2026-03-02": [], date(2026, 3, 2): []}}, {"T005"}),
        ({"overrides": {"2026-03-02": ["20:00-33:01"]}}, {"T004"}),
        ({"make_up_like": "noon"}, {"T001"}),
        ({"beyond": "guess"}, {"T011"}),
        ({"name": 3}, {"T011"}),
        ({"make_up_like": "sat", "working_days": ["2026-03-07"]}, {"T012"}),
        ({"hours": "24x7", "holidays": "CN"}, {"T013"}),
        ({"hours": {"mno": []}, "zone": "X", "beyond": "y"}, {"T001", "T007", "T011"}),
    ],
)
def test_malformed_declarations(declaration: dict[str, object], codes: set[str]) -> None:
    with pytest.raises(CalendarError) as caught:
        Calendar(**({"hours": {"mon-fri": ["09:00-17:00"]}, "zone": "UTC"} | declaration))  # type: ignore[arg-type]
    assert codes == set(caught.value.codes)


A, B = "2026-03-02T09:00Z", "2026-03-03T09:00Z"


@pytest.mark.parametrize(
    ("method", "arguments", "code"),
    [
        ("elapsed", ("2026-03-02T09:00:00", B), "T020"),
        ("elapsed", (datetime(2026, 3, 2), B), "T020"),
        ("elapsed", (pendulum.naive(2026, 3, 2), B), "T020"),
        ("elapsed", (date(2026, 3, 2), B), "T021"),
        ("elapsed", ("2026-03-02", B), "T021"),
        ("elapsed", (True, B), "T021"),
        ("elapsed", (1_772_000_000, B), "T021"),
        ("elapsed", (1.5, B), "T021"),
        ("elapsed", (None, B), "T021"),
        ("elapsed", ("16:30", B), "T022"),
        ("elapsed", ("P1D", B), "T022"),
        ("elapsed", ("2026-03-02T09:00:00.1234567Z", B), "T022"),
        ("elapsed", (B, A), "T028"),
        ("elapsed", (A, B, [(B, A)]), "T028"),
        ("elapsed", (A, B, [A]), "T029"),
        ("elapsed", (A, B, [3]), "T029"),
        ("elapsed", (A, B, A), "T029"),
        ("elapsed", (A, B, {"from": A}), "T029"),
        ("elapsed", (A, B, [(A, "2026-03-02T10:00")]), "T020"),
        ("windows", (B, A), "T028"),
        ("deadline", (A, 3600), "T024"),
        ("deadline", (A, 1.5), "T024"),
        ("deadline", (A, ""), "T024"),
        ("deadline", (A, "soon"), "T024"),
        ("deadline", (A, "3 fortnights"), "T024"),
        ("deadline", (A, "1 working day 2 h"), "T024"),
        ("deadline", (A, "1.5 working days"), "T024"),
        ("deadline", (A, "0.0000001 s"), "T024"),
        ("deadline", (A, pendulum.duration(months=1)), "T024"),
        ("deadline", (A, "1 day"), "T025"),
        ("deadline", (A, "1 d"), "T025"),
        ("deadline", (A, "2 天"), "T025"),
        ("deadline", (A, "1 calendar day"), "T025"),
        ("deadline", (A, timedelta(hours=-1)), "T026"),
        ("deadline", (A, "-1 h"), "T026"),
        ("deadline_before", (A, "1 working day"), "T027"),
        ("deadline", (A, "1 workday", (), "nearest"), "T032"),
        ("deadline", (A, "1 h", (), "consume"), "T033"),
        ("deadline", (A, "1 workday", (), "consume", "12:00"), "T033"),
        ("deadline", (A, "1 workday", (), None, "noon"), "T011"),
        ("deadline", (A, "1 workday", (), None, None, "later"), "T011"),
        ("add_working_days", (A, -1, "consume"), "T033"),
        ("add_working_days", (A, -1, "roll_forward"), "T033"),
        ("add_working_days", (A, 1.0), "T034"),
        ("add_working_days", (A, True), "T034"),
        ("is_working_day", (datetime(2026, 3, 2),), "T009"),
        ("is_working_day", ("tomorrow",), "T009"),
        ("working_days", ("2026-03-03", "2026-03-02"), "T028"),
        ("nth_working_day", ("2026-03-03", 0), "T034"),
        ("deadline_us", (0, -1), "T026"),
        ("elapsed_us", (1, 0), "T028"),
    ],
)
def test_malformed_questions(method: str, arguments: tuple[object, ...], code: str) -> None:
    with pytest.raises(CalendarError) as caught:
        getattr(NINE_TO_FIVE, method)(*arguments)
    assert (code,) == caught.value.codes
    assert isinstance(caught.value, ValueError)


def test_a_named_zone_reads_wall_clocks() -> None:
    want = to_us("2026-03-02T09:00+08:00")

    assert want == to_us("2026-03-02T09:00", "Asia/Shanghai") == to_us("2026-03-02 09:00", "+08:00")
    assert want == to_us(datetime(2026, 3, 2, 1, tzinfo=UTC), "Asia/Shanghai")
    assert to_us("2025-03-09T02:30", "America/New_York") == to_us("2025-03-09T03:30-04:00")
    assert to_us("2025-11-02T01:30", "America/New_York") == to_us("2025-11-02T01:30-04:00")


def test_parse_hours_shows_what_it_read() -> None:
    assert (
        repr(parse_hours({"mon": ["09:00-12:00:30"], "sun": ["22:00-06:00"]}))
        == "<Week mon 09:00-12:00:30, sun 22:00-30:00>"
    )


def test_budgets_of_a_day_use_the_declared_length() -> None:
    friday = Calendar({"mon-thu": ["09:00-17:00"], "fri": ["09:00-15:00"]}, zone="UTC")

    assert friday.day_length_us == 8 * 3_600_000_000
    assert (
        shown(friday.deadline("2026-03-06T09:00Z", "1 workday", rule="consume"))
        == "2026-03-09T11:00:00+00:00"
    )
    assert (
        shown(friday.deadline("2026-03-06T09:00Z", "1 workday", rule="consume", day_length="4 h"))
        == "2026-03-06T13:00:00+00:00"
    )
    with pytest.raises(CalendarError) as caught:
        _ = Calendar({"sat": ["09:00-12:00"]}, zone="UTC").day_length_us
    assert caught.value.codes == ("T033",)


def test_importing_is_light() -> None:
    """Neither pendulum nor the holiday data are loaded before they are needed."""
    code = (
        "import sys, sla_rules.worktime\n"
        "print([name for name in sys.modules if name in ('pendulum', 'chinese_calendar')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_the_examples_in_the_docstrings_run() -> None:
    tried = 0
    for info in pkgutil.iter_modules(sla_rules.worktime.__path__):
        module = importlib.import_module(f"sla_rules.worktime.{info.name}")
        result = doctest.testmod(module)
        assert result.failed == 0
        tried += result.attempted
    assert tried >= 15


def test_the_guide_lists_every_code_and_its_examples_run() -> None:
    guide = Path(__file__).parents[2] / "docs" / "guide" / "working-time.md"
    text = guide.read_text(encoding="utf-8")

    assert [each.value for each in Code] == re.findall(r"^\| (T\d{3}) ", text, re.MULTILINE)
    assert all(f"`{rule}`" in text for rule in DAY_RULES)
    result = doctest.testfile(str(guide), module_relative=False)
    assert result.failed == 0
    assert result.attempted >= 8
