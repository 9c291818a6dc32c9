"""Laws of calendars with seasons: each day is a day of a plain calendar, and time adds up."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from sla_rules.worktime import Calendar, Week, from_us, to_us

MINUTE = 60_000_000
DAY = 1440 * MINUTE
ZONES = ("UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe")
FIRST = date(2023, 1, 1)
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

days = st.integers(0, 3 * 366).map(lambda n: FIRST + timedelta(days=n))
instants = st.integers(0, 3 * 366 * 1440).map(
    lambda minute: to_us("2023-01-01T00:00Z") + minute * MINUTE
)
budgets = st.integers(1, 90 * 60 * MINUTE)


@st.composite
def hours(draw: st.DrawFn) -> dict[str, list[str]]:
    """Weekly hours on five-minute marks, open on Wednesdays."""
    week = {}
    for name in NAMES:
        marks = sorted(draw(st.sets(st.integers(0, 288), max_size=4)))
        pairs = zip(marks[::2], marks[1::2], strict=False)
        week[name] = [
            f"{a // 12:02}:{a % 12 * 5:02}-{b // 12:02}:{b % 12 * 5:02}" for a, b in pairs
        ]
    week["wed"] = week["wed"] or ["09:00-17:30"]
    return week


@st.composite
def spans(draw: st.DrawFn, *, yearly: bool) -> list[str]:
    """Disjoint spans between cuts of the year, or of three years; some gaps are left."""
    some = st.integers(0, 365).map(lambda n: date(2024, 1, 1) + timedelta(days=n))
    cuts = sorted(draw(st.sets(some if yearly else days, min_size=2, max_size=6)))
    form = "%m-%d" if yearly else "%Y-%m-%d"
    found = [
        f"{start.strftime(form)}..{(end - timedelta(days=1)).strftime(form)}"
        for start, end in pairwise(cuts)
        if draw(st.booleans())
    ]
    if yearly and draw(st.booleans()):  # the last one crosses New Year
        found.append(f"{cuts[-1].strftime(form)}..{(cuts[0] - timedelta(days=1)).strftime(form)}")
    return found


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """A calendar with seasons, holidays, make-up days and overrides."""
    every = [*draw(spans(yearly=True)), *draw(spans(yearly=False))]
    return Calendar(
        draw(hours()),
        zone=draw(st.sampled_from(ZONES)),
        holidays=draw(st.one_of(st.just("CN"), st.lists(days, max_size=4))),
        working_days=draw(st.lists(days, max_size=4)),
        make_up_like="wed",
        overrides=draw(st.dictionaries(days, st.just(["10:00-11:00"]), max_size=2)),
        seasons={span: draw(hours()) for span in every},
    )


def week_by_hand(calendar: Calendar, day: date) -> Week:
    """The weekly hours of a date, from the text of the spans alone."""
    found = calendar.hours
    for season in calendar.seasons:  # those of one year come last
        first, last = season.span.split("..")
        text = day.isoformat()[-len(first) :]
        inside = first <= text <= last if first <= last else not last < text < first
        found = season.week if inside else found
    return found


@settings(max_examples=60, deadline=None)
@given(calendars(), st.lists(days, min_size=8, max_size=8))
def test_each_day_is_that_of_the_plain_calendar_with_the_hours_of_its_season(
    calendar: Calendar, some: list[date]
) -> None:
    borders = [date(2024, 2, 28), date(2024, 2, 29), date(2025, 2, 28), date(2024, 12, 31)]
    for day in [*some, *borders]:
        plain = Calendar(
            week_by_hand(calendar, day), zone=calendar.zone, holidays=calendar.holidays,
            working_days=calendar.make_up_days, overrides=calendar.overrides, make_up_like="wed",
        )  # fmt: skip
        a = to_us(f"{day}T00:00:00", zone=calendar.zone)
        b = to_us(f"{day + timedelta(days=1)}T00:00:00", zone=calendar.zone)

        assert plain.is_working_day(day) == calendar.is_working_day(day)
        assert plain.elapsed_us(a, b) == calendar.elapsed_us(a, b)
        edges = from_us(a, calendar.zone), from_us(b, calendar.zone)
        assert plain.windows(*edges) == calendar.windows(*edges)


@given(calendars(), st.lists(instants, min_size=3, max_size=3))
def test_elapsed_is_additive_across_borders(calendar: Calendar, three: list[int]) -> None:
    a, b, c = sorted(three)

    assert calendar.elapsed_us(a, c) == calendar.elapsed_us(a, b) + calendar.elapsed_us(b, c)


@given(calendars(), st.lists(days, min_size=2, max_size=2))
def test_elapsed_is_the_sum_of_its_days(calendar: Calendar, two: list[date]) -> None:
    first, last = sorted(two)
    last = min(last, first + timedelta(days=200))
    cuts = [
        to_us(f"{first + timedelta(days=n)}T00:00:00", zone=calendar.zone)
        for n in range((last - first).days + 1)
    ]
    steps = pairwise(cuts)

    assert calendar.elapsed_us(cuts[0], cuts[-1]) == sum(
        calendar.elapsed_us(*each) for each in steps
    )


@given(calendars(), instants, budgets)
def test_deadline_inverts_elapsed_across_borders(calendar: Calendar, a: int, budget: int) -> None:
    due = calendar.deadline_us(a, budget)
    back = calendar.deadline_before_us(due, budget)

    assert budget == calendar.elapsed_us(a, due)
    assert budget - 1 == calendar.elapsed_us(a, due - 1)
    assert back >= a
    assert calendar.elapsed_us(a, back) == 0


@given(calendars(), instants, budgets, budgets)
def test_budgets_can_be_used_up_in_two_steps_across_borders(
    calendar: Calendar, a: int, one: int, two: int
) -> None:
    half = calendar.deadline_us(a, one)

    assert calendar.deadline_us(a, one + two) == calendar.deadline_us(half, two)


@given(calendars())
def test_a_calendar_is_what_its_parts_say(calendar: Calendar) -> None:
    again = Calendar(
        calendar.hours, zone=calendar.zone, holidays=calendar.holidays,
        working_days=calendar.make_up_days, overrides=calendar.overrides, make_up_like="wed",
        seasons={each.span: each.week for each in reversed(calendar.seasons)},
    )  # fmt: skip

    assert again == calendar
    assert again.fingerprint == calendar.fingerprint
