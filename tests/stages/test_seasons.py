"""Seasons: whose hours a date has, what is refused, and what a working day is then."""

import pickle
from datetime import date, timedelta

import attrs
import pytest

import sla_rules as sla
from sla_rules.worktime import Calendar, CalendarError, parse_hours

WINTER = {"mon-fri": ["09:00-12:00", "14:00-18:00"]}
SUMMER = {"mon-fri": ["09:00-12:00", "15:00-19:00"]}
SHORT = {"mon-fri": ["08:00-12:00"]}
YEARLY = "05-01..09-30"
OFFICE = Calendar(WINTER, zone="Asia/Shanghai", holidays="CN", seasons={YEARLY: SUMMER})


def hours_of(calendar: Calendar, day: str) -> list[str]:
    """The windows of a date as text."""
    start = f"{day}T00:00+08:00"
    end = f"{date.fromisoformat(day) + timedelta(days=1)}T00:00+08:00"
    found = calendar.windows(start, end)
    return [f"{opening:%H:%M}-{closing:%H:%M}" for opening, closing in found]


def codes(**changes: object) -> tuple[str, ...]:
    """What a calendar with these changes is refused for."""
    declared: dict = {"hours": WINTER, "zone": "Asia/Shanghai", **changes}
    with pytest.raises(CalendarError) as refused:
        Calendar(declared.pop("hours"), **declared)
    return refused.value.codes


def refusal(**changes: object) -> str:
    declared: dict = {"hours": WINTER, "zone": "Asia/Shanghai", **changes}
    with pytest.raises(CalendarError) as refused:
        Calendar(declared.pop("hours"), **declared)
    return str(refused.value)


@pytest.mark.parametrize(
    ("day", "afternoon"),
    [
        ("2024-04-30", "14:00-18:00"),
        ("2024-05-06", "15:00-19:00"),
        ("2024-09-30", "15:00-19:00"),
        ("2024-10-08", "14:00-18:00"),
        ("2024-05-11", "15:00-19:00"),  # a make-up Saturday has the hours of its season
        ("2024-10-12", "14:00-18:00"),
    ],
)
def test_both_days_of_a_season_belong_to_it(day: str, afternoon: str) -> None:
    assert ["09:00-12:00", afternoon] == hours_of(OFFICE, day)


def test_holidays_and_weekends_of_a_season_are_closed() -> None:
    assert [] == hours_of(OFFICE, "2024-05-01")
    assert [] == hours_of(OFFICE, "2024-06-01")


def test_a_budget_runs_across_the_border() -> None:
    start = "2024-09-30T18:00+08:00"

    assert OFFICE.deadline(start, "5 h").isoformat() == "2024-10-08T15:00:00+08:00"
    assert OFFICE.elapsed(start, "2024-10-08T15:00+08:00") == timedelta(hours=5)
    back = OFFICE.deadline_before("2024-10-08T15:00+08:00", "5 h")
    assert back.isoformat() == "2024-09-30T18:00:00+08:00"


def test_the_close_of_a_working_day_is_that_of_its_season() -> None:
    due = OFFICE.deadline("2024-04-30T16:30+08:00", "1 working day")

    assert due.isoformat() == "2024-05-06T19:00:00+08:00"


def test_a_season_of_one_year_beats_that_of_every_year_and_an_override_beats_both() -> None:
    calendar = attrs.evolve(
        OFFICE,
        seasons={YEARLY: SUMMER, "2024-07-01..2024-08-31": SHORT},
        overrides={"2024-07-02": ["10:00-11:00"]},
    )

    assert ["09:00-12:00", "15:00-19:00"] == hours_of(calendar, "2024-06-28")
    assert ["08:00-12:00"] == hours_of(calendar, "2024-07-01")
    assert ["10:00-11:00"] == hours_of(calendar, "2024-07-02")
    assert ["08:00-12:00"] == hours_of(calendar, "2024-08-30")
    assert ["09:00-12:00", "15:00-19:00"] == hours_of(calendar, "2024-09-02")
    assert ["09:00-12:00", "15:00-19:00"] == hours_of(calendar, "2025-07-01")


@pytest.mark.parametrize(
    ("span", "day", "inside"),
    [
        ("11-01..02-28", "2024-10-31", False),
        ("11-01..02-28", "2024-11-01", True),
        ("11-01..02-28", "2024-12-31", True),
        ("11-01..02-28", "2024-01-01", True),
        ("11-01..02-28", "2024-02-28", True),
        ("11-01..02-28", "2024-02-29", False),
        ("11-01..02-28", "2023-03-01", False),
        ("11-01..02-29", "2024-02-29", True),
        ("11-01..02-29", "2024-03-01", False),
        ("11-01..02-29", "2023-02-28", True),
        ("11-01..02-29", "2023-03-01", False),
        ("02-29..03-31", "2024-02-29", True),
        ("02-29..03-31", "2023-02-28", False),
        ("02-29..03-31", "2023-03-01", True),
        ("02-01..03-31", "2024-02-29", True),
        ("03-01..02-29", "2024-02-29", True),
    ],
)
def test_a_leap_day_belongs_to_spans_that_name_it_or_reach_across(
    span: str, day: str, inside: bool
) -> None:
    every_day = {"mon-sun": ["08:00-09:00"]}
    calendar = Calendar(
        {"mon-sun": ["10:00-11:00"]}, zone="Asia/Shanghai", seasons={span: every_day}
    )

    assert ["08:00-09:00" if inside else "10:00-11:00"] == hours_of(calendar, day)


@pytest.mark.parametrize("closed", ["closed", " Closed ", {}, {"mon": []}])
def test_a_season_can_be_closed(closed: object) -> None:
    calendar = Calendar(WINTER, zone="UTC", seasons={"07-15..08-31": closed})

    assert not calendar.is_working_day("2024-08-30")
    assert calendar.nth_working_day("2024-07-12", 1) == date(2024, 9, 2)


def test_hours_may_stand_in_seasons_only() -> None:
    pool = Calendar({}, zone="UTC", seasons={"2024-06-01..2024-08-31": SHORT})

    assert pool.deadline("2024-01-01T00:00Z", "1 h").isoformat() == "2024-06-03T09:00:00+00:00"
    with pytest.raises(CalendarError) as refused:
        pool.deadline("2024-08-31T00:00Z", "1 h")
    assert refused.value.codes == ("T031",)
    assert pool.day_length_us == 4 * 3_600_000_000


def test_a_yearly_season_alone_never_runs_out_before_the_coverage_does() -> None:
    pool = Calendar({}, zone="UTC", seasons={"06-01..06-30": SHORT})

    assert pool.deadline("2098-07-01T00:00Z", "1 h").isoformat() == "2099-06-01T09:00:00+00:00"


def test_seasons_of_all_kinds_have_a_normal_form() -> None:
    one = Calendar(
        WINTER,
        zone="UTC",
        seasons={"2024-07-01..2024-07-31": SHORT, "06-01..08-31": SUMMER, "01-01..02-29": SHORT},
    )
    two = Calendar(
        WINTER,
        zone="UTC",
        seasons={"01-01 .. 02-29": parse_hours(SHORT), " 06-01..08-31": SUMMER,
                 "2024-07-01..2024-07-31": SHORT},
    )  # fmt: skip

    assert one == two
    assert hash(one) == hash(two)
    assert one.fingerprint == two.fingerprint
    assert [each.span for each in one.seasons] == [
        "01-01..02-29",
        "06-01..08-31",
        "2024-07-01..2024-07-31",
    ]
    assert repr(one.seasons[0]).startswith("<Season 01-01..02-29 <Week mon 08:00-12:00, tue")


def test_seasons_are_part_of_the_identity_and_survive_pickling() -> None:
    plain = attrs.evolve(OFFICE, seasons=None)
    longer = attrs.evolve(OFFICE, day_length="8 h")
    copy = pickle.loads(pickle.dumps(longer))

    assert len({OFFICE, plain, longer}) == 3
    assert len({each.fingerprint for each in (OFFICE, plain, longer)}) == 3
    assert longer == copy
    assert longer.fingerprint == copy.fingerprint
    assert copy.day_length == timedelta(hours=8)
    assert OFFICE.coverage == plain.coverage
    assert OFFICE.provisional("2026-12-30T10:00+08:00")


def test_the_fingerprint_of_a_calendar_without_seasons_has_not_changed() -> None:
    plain = Calendar({"mon-fri": ["09:00-17:00"]}, zone="UTC")

    assert plain.fingerprint == "fd75cf1dc2ac4bce1d3f3b79"


def test_a_night_shift_of_a_season_reaches_into_the_day_after_it() -> None:
    calendar = Calendar(
        {"mon-sun": ["09:00-12:00"]}, zone="UTC", seasons={"06-01..06-30": {"mon-sun": ["22:00-30:00"]}}
    )  # fmt: skip

    assert calendar.is_open("2024-07-01T05:59Z")
    assert not calendar.is_open("2024-07-01T06:00Z")
    assert calendar.elapsed("2024-07-01T00:00Z", "2024-07-02T00:00Z") == timedelta(hours=9)
    assert calendar.is_open("2199-06-30T23:00Z")


NIGHT = {"mon-sun": ["22:00-30:00"]}


@pytest.mark.parametrize(
    ("hours", "seasons", "place"),
    [
        ({"mon-sun": ["05:00-08:00"]}, {"06-01..06-30": NIGHT}, "window of 06-30 (mon) that ends 30:00"),
        (NIGHT, {"06-01..06-30": {"sun": ["05:00-08:00"]}}, "window of 05-31 (sat) that ends 30:00"),
        (NIGHT, {"01-01..02-28": SHORT, "03-01..03-31": {"mon-sun": ["05:00-08:00"]}}, "window of 02-29"),
        ({"mon": ["08:00-12:00"]}, {"11-01..02-28": NIGHT, "03-01..03-31": {"sun": ["05:00-08:00"]}},
         "window of 02-28 (sat)"),
        (SHORT, {"11-01..12-31": NIGHT, "01-01..01-31": {"wed": ["05:00-08:00"]}}, "window of 12-31 (tue)"),
        (NIGHT, {"2024-06-02..2024-06-30": {"sun": ["05:00-08:00"]}}, "window of 2024-06-01 (sat)"),
        ({"mon": ["05:00-08:00"]}, {"2024-06-01..2024-06-30": NIGHT}, "window of 2024-06-30 (sun)"),
        (SHORT, {"2024-06-01..2024-06-30": NIGHT, "2024-07-01..2024-07-31": {"mon": ["05:00-08:00"]}},
         "window of 2024-06-30 (sun)"),
    ],
)  # fmt: skip
def test_a_window_may_not_run_into_hours_across_a_border(
    hours: object, seasons: object, place: str
) -> None:
    assert codes(hours=hours, seasons=seasons) == ("T004",)
    assert place in refusal(hours=hours, seasons=seasons)


@pytest.mark.parametrize(
    ("hours", "seasons"),
    [
        (NIGHT, {"06-01..06-30": {"mon-sun": ["06:00-08:00"]}}),
        (NIGHT, {"2024-06-02..2024-06-30": {"mon": ["05:00-08:00"]}}),  # a Sunday comes first
        (NIGHT, {"0001-01-01..9999-12-31": SHORT}),
    ],
)
def test_windows_that_touch_or_never_meet_across_a_border_are_fine(
    hours: object, seasons: object
) -> None:
    assert Calendar(hours, zone="UTC", seasons=seasons).seasons


def test_an_override_meets_the_hours_of_the_season_next_to_it() -> None:
    seasons = {"06-01..06-30": {"mon-sun": ["05:00-08:00"]}}

    assert codes(overrides={"2024-05-31": ["22:00-30:00"]}, seasons=seasons) == ("T004",)


@pytest.mark.parametrize(
    "span",
    [
        "05-01",
        "05-01-09-30",
        "5-1..9-30",
        "05-01..2024-09-30",
        "2024-05-01..09-30",
        "05-01..09-31",
        "02-30..03-01",
        "00-01..01-02",
        "2023-02-29..2023-03-01",
        "2024-12-31..2024-13-01",
        "0000-01-01..2024-01-02",
        "summer",
        "",
        5,
        None,
        ("05-01", "09-30"),
    ],
)
def test_a_span_that_cannot_be_read_is_refused(span: object) -> None:
    assert codes(seasons={span: SUMMER}) == ("T035",)


@pytest.mark.parametrize("seasons", ["05-01..09-30", 7, [("05-01..09-30", SUMMER)], {1, 2}, (1,)])
def test_seasons_are_a_mapping(seasons: object) -> None:
    assert codes(seasons=seasons) == ("T036",)


@pytest.mark.parametrize(
    ("spans", "shared"),
    [
        (("05-01..09-30", "09-30..10-31"), ["09-30"]),
        (("05-01..09-30", "05-01 .. 09-30"), ["05-01"]),
        (("11-01..02-28", "02-01..04-30"), ["02-01"]),
        (("11-01..02-28", "12-24..12-26"), ["12-24"]),
        (("11-01..02-28", "10-01..01-15"), ["11-01"]),
        (("01-01..12-31", "02-29..02-29"), ["02-29"]),
        (("01-01..12-31", "03-01..03-31", "06-01..06-30"), ["03-01", "06-01"]),
        (("2024-07-01..2024-08-31", "2024-08-31..2024-09-01"), ["2024-08-31"]),
    ],
)
def test_seasons_of_one_kind_that_share_days_are_refused_with_both(
    spans: tuple[str, ...], shared: list[str]
) -> None:
    found = refusal(seasons=dict.fromkeys(spans, SUMMER))

    assert codes(seasons=dict.fromkeys(spans, SUMMER)) == ("T037",) * len(shared)
    assert all(f"overlap: both have {day}" in found for day in shared)
    assert all("".join(span.split()) in found for span in spans)


def test_seasons_that_meet_do_not_overlap() -> None:
    spans = ("11-01..02-28", "02-29..02-29", "03-01..10-31", "2024-01-01..2024-12-31")

    assert Calendar(WINTER, zone="UTC", seasons=dict.fromkeys(spans, SUMMER)).seasons


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"hours": "24x7", "seasons": {YEARLY: SUMMER}}, ("T013",)),
        ({"seasons": {YEARLY: "24x7"}}, ("T013",)),
        ({"seasons": {"2024-09-01..2024-08-31": SUMMER}}, ("T028",)),
        ({"seasons": {YEARLY: {"mno": ["9-12"]}, "06-01": "open"}}, ("T001", "T002", "T002", "T035")),
        ({"hours": {}, "seasons": {YEARLY: "closed"}}, ("T006",)),
        ({"seasons": {"01-01..12-31": "closed"}}, ("T006",)),
        ({"seasons": {"03-01..02-29": {}}}, ("T006",)),
        ({"holidays": "CN", "seasons": {YEARLY: {"tue-sat": ["09:00-12:00"]}}}, ("T012",)),
        ({"day_length": "0 h"}, ("T038",)),
        ({"day_length": "24 h 1 us"}, ("T038",)),
        ({"day_length": "1 workday"}, ("T027",)),
        ({"day_length": 8}, ("T024",)),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(changes: dict, found: tuple[str, ...]) -> None:
    assert found == tuple(sorted(codes(**changes)))


def test_the_refusal_of_make_up_days_names_the_season() -> None:
    found = refusal(holidays="CN", seasons={YEARLY: {"tue-sat": ["09:00-12:00"]}})

    assert f"seasons.{YEARLY}: T012" in found
    assert Calendar(
        WINTER, zone="UTC", holidays="CN", seasons={YEARLY: {"tue-sat": ["09:00-12:00"]}},
        make_up_like="tue",
    )  # fmt: skip


def test_a_working_day_is_as_long_as_all_seasons_agree() -> None:
    start = "2024-06-03T10:00+08:00"
    halves = attrs.evolve(OFFICE, seasons={"06-01..08-31": SHORT})

    assert OFFICE.day_length_us == 7 * 3_600_000_000
    assert OFFICE.deadline(start, "1 workday", rule="consume").isoformat() == (
        "2024-06-04T10:00:00+08:00"
    )
    with pytest.raises(CalendarError) as refused:
        halves.deadline(start, "1 workday", rule="consume")
    assert refused.value.codes == ("T033",)
    assert "4:00:00 and 7:00:00" in str(refused.value)


def test_a_declared_day_length_settles_it_and_the_question_may_say_another() -> None:
    start = "2024-06-03T08:00+08:00"
    calendar = attrs.evolve(OFFICE, seasons={"06-01..08-31": SHORT}, day_length="6 h")

    assert calendar.day_length_us == 6 * 3_600_000_000
    assert calendar.deadline(start, "1 workday", rule="consume").isoformat() == (
        "2024-06-04T10:00:00+08:00"
    )
    assert calendar.deadline(start, "1 workday", rule="consume", day_length="1 h").isoformat() == (
        "2024-06-03T09:00:00+08:00"
    )


def test_an_override_outside_the_coverage_hangs_no_deadline() -> None:
    calendar = Calendar({}, zone="UTC", overrides={"2300-01-01": ["09:00-10:00"]})
    with pytest.raises(CalendarError) as refused:
        calendar.deadline("2025-01-01T00:00Z", "1 min")

    assert refused.value.codes == ("T031",)


@pytest.mark.parametrize("seasons", [None, {YEARLY: SHORT}])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_date_may_be_overridden(day: str, seasons: object) -> None:
    assert Calendar(WINTER, zone="UTC", overrides={day: ["09:00-10:00"]}, seasons=seasons)


# in a ruleset

RULES = """\
language: 1
id: seasons
version: 1.0.0
title: Seasons
timezone: Asia/Shanghai
readings:
  summer:
    question: Are there summer hours?
    default: official
    options: {official: There are., late: They begin later., none: There are none.}
  day:
    question: How long is a working day?
    default: seven
    options: {seven: Seven hours., eight: Eight hours.}
parameters:
  day_hours: {value: {by: day, seven: 7 h, eight: 8 h}}
calendars:
  office:
    hours: {mon-fri: ["09:00-12:00", "14:00-18:00"]}
    CALENDAR
levels:
  incident:
    facts: {reported: {type: instant}}
    decisions:
      in_hours: {deadline: {from: reported, within: 3.5 h, calendar: office}}
      in_days: {deadline: {from: reported, within: 1 workday, calendar: office, workday: {rule: consume}}}
"""
SEASONS = """\
seasons:
      by: summer
      none: {}
      otherwise:
        05-01..09-30: {by: summer, late: {mon-fri: ["09:00-12:00", "16:00-20:00"]},
                       otherwise: {mon-fri: ["09:00-12:00", "15:00-19:00"]}}
        2024-07-01..2024-07-31: closed"""
SHORTER = 'seasons: {05-01..09-30: {mon-fri: ["09:00-12:00"]}}'
JUNE = "2024-06-03T09:00:00+08:00"


def due(calendar: str, name: str, reported: str = JUNE, **readings: str) -> str:
    rules = sla.load(RULES.replace("CALENDAR", calendar))
    chosen = rules.with_readings(readings) if readings else rules
    return chosen.assess({"reported": reported})[name].isoformat()


@pytest.mark.parametrize(
    ("summer", "reported", "expected"),
    [
        ("official", JUNE, "2024-06-03T15:30:00+08:00"),
        ("late", JUNE, "2024-06-03T16:30:00+08:00"),
        ("none", JUNE, "2024-06-03T14:30:00+08:00"),
        ("official", "2024-06-30T09:00:00+08:00", "2024-08-01T15:30:00+08:00"),
        ("none", "2024-06-30T09:00:00+08:00", "2024-07-01T14:30:00+08:00"),
    ],
)
def test_a_ruleset_has_seasons_and_readings_of_them(
    summer: str, reported: str, expected: str
) -> None:
    assert expected == due(SEASONS, "in_hours", reported, summer=summer)


@pytest.mark.parametrize(
    ("length", "readings", "expected"),
    [
        ("", {}, "2024-06-03T18:00:00+08:00"),
        ("day_length: 4 h", {}, "2024-06-03T15:00:00+08:00"),
        ("day_length: day_hours", {}, "2024-06-03T18:00:00+08:00"),
        ("day_length: day_hours", {"day": "eight"}, "2024-06-04T10:00:00+08:00"),
        ("day_length: day_hours + 1 h", {}, "2024-06-04T10:00:00+08:00"),
        ("day_length: {by: day, seven: 1 h, eight: 2 h}", {"day": "eight"}, "2024-06-03T11:00:00+08:00"),
    ],
)  # fmt: skip
def test_the_day_length_of_a_calendar_is_that_of_consumed_working_days(
    length: str, readings: dict[str, str], expected: str
) -> None:
    rules = sla.load(RULES.replace("CALENDAR", length))
    clock = (rules.with_readings(readings) if readings else rules).calendar("office")

    assert expected == due(length, "in_days", **readings)
    assert expected == clock.deadline(JUNE, "1 workday", rule="consume").isoformat()


@pytest.mark.parametrize(
    ("calendar", "found"),
    [
        ("day_length: 0 h", "office: day_length: a working day has a fixed length"),
        ("day_length: 25 h", "office: day_length: a working day has a fixed length"),
        ("day_length: 999999999999999 h", "office: day_length: a working day has a fixed length"),
        ("day_length: max(7 h, 8 h)", "office: day_length: a working day has a fixed length"),
        ("day_length: {by: day, seven: 7 h, eight: 30 h}", "office: day_length: a working day"),
        ("seasons: {by: summer, late: {05-01: closed}, otherwise: {}}", "'05-01' is not a span of days"),
        ("seasons: {05-01..09-30: {by: summer, late: closed, otherwise: open}}", "'open' are not opening hours"),
    ],
)  # fmt: skip
def test_a_calendar_is_checked_under_every_reading_of_its_seasons_and_day_length(
    calendar: str, found: str
) -> None:
    with pytest.raises(sla.RulesetError) as refused:
        sla.load(RULES.replace("CALENDAR", calendar))

    assert {each.code for each in refused.value.problems} == {"E536"}
    assert found in str(refused.value)


@pytest.mark.parametrize(
    ("calendar", "rule", "found"),
    [
        (SHORTER, "consume", ["E536"]),
        (f"{SHORTER}\n    day_length: 5 h", "consume", []),
        (SHORTER, "same_clock", []),
        (SHORTER, "{by: day, seven: same_clock, eight: consume}", ["E536"]),
        ("make_up_like: sat", "consume", ["E536"]),
        (f"seasons: {{by: summer, official: {{}}, late: {SHORTER[9:]}, none: {{}}}}", "consume", ["E536"]),
        ("day_length: 0 h", "consume", ["E536"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "name", ["office", "the_office", "{if reported > reported then office else the_office}"]
)
def test_where_days_are_consumed_the_calendar_says_how_long_one_is(
    calendar: str, rule: str, name: str, found: list[str]
) -> None:
    text = RULES.replace("rule: consume", f"rule: {rule}").replace("CALENDAR", calendar)
    text = text.replace("calendars:", "  the_office: {value: office}\ncalendars:")
    text = text.replace("1 workday, calendar: office", f"1 workday, calendar: {name.strip('{}')}")
    try:
        sla.load(text)
    except sla.RulesetError as refused:
        assert found == [each.code for each in refused.problems]
    else:
        assert found == []


def test_a_duration_needs_no_length_of_a_day() -> None:
    text = RULES.replace("1 workday", "8 h").replace("CALENDAR", SHORTER)

    assert sla.load(text)


CHOSEN = """\
      home: {type: calendar, value: office}
"""


def test_a_calendar_that_a_decision_chooses_is_refused_with_the_facts() -> None:
    text = RULES.replace("CALENDAR", SHORTER) + CHOSEN
    rules = sla.load(text.replace("1 workday, calendar: office", "1 workday, calendar: home"))
    with pytest.raises(sla.FactsError) as refused:
        rules.assess({"reported": JUNE})

    assert refused.value.codes == ("T033",)
