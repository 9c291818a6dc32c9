"""Laws of versions: every day and every moment has one version, and both ways to ask agree."""

import datetime as dt
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import sla_rules as sla
from sla_rules.amendments import Versions
from tests.stages.test_versions import text

ZONE = dt.timezone(dt.timedelta(hours=8))
DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2030, 12, 31))
LAWS = settings(deadline=None, max_examples=60)


@st.composite
def families(draw: st.DrawFn) -> Versions:
    """A family that changes on some days, from before all time to after it."""
    days = sorted(draw(st.sets(DAYS, min_size=1, max_size=4)))
    ends = [day - dt.timedelta(days=1) for day in days]
    periods = [
        f"{{to: {ends[0]}}}",
        *(f"{{from: {start}, to: {end}}}" for start, end in zip(days, ends[1:], strict=False)),
        f"{{from: {days[-1]}}}",
    ]
    texts = (text(f"v{n}", n + 1, effective=each) for n, each in enumerate(periods))
    return Versions(tuple(map(sla.load, texts)))


def fault(moment: dt.datetime) -> dict[str, Any]:
    return {"reported_at": moment, "recovered_at": moment + dt.timedelta(hours=3)}


@LAWS
@given(
    families(),
    st.datetimes(dt.datetime(1999, 1, 1), dt.datetime(2031, 12, 30), timezones=st.just(ZONE)),
)
def test_the_version_of_a_moment_is_that_of_its_day(family: Versions, moment: dt.datetime) -> None:
    found = family.assess(fault(moment), level="fault")
    other = moment.astimezone(dt.UTC)

    assert family.at(moment.date()) == family.at(moment) == found.rules
    assert found.rules == family.governing(fault(other), level="fault")
    start, end = found.rules.program.effective_from, found.rules.program.effective_to
    assert start is None or start <= moment.date()
    assert end is None or moment.date() <= end


@LAWS
@given(families(), DAYS)
def test_each_day_has_one_version_and_time_only_moves_on(family: Versions, day: dt.date) -> None:
    order = list(family)
    today, tomorrow = (order.index(family.at(day + dt.timedelta(days=n))) for n in (0, 1))

    assert today <= tomorrow
    first = [each.program.effective_from for each in order]
    assert all(one is None or (two is not None and one < two) for one, two in pairwise(first))


@LAWS
@given(families(), DAYS)
def test_a_month_is_of_one_version_or_refused(family: Versions, day: dt.date) -> None:
    last = (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    ends = {family.at(day.replace(day=1)).version, family.at(last).version}
    try:
        found = family.governing({"month": f"{day:%Y-%m}"}, level="month")
    except sla.FactsError as error:
        assert ("F143",) == error.codes
        assert len(ends) > 1
    else:
        assert {found.version} == ends
