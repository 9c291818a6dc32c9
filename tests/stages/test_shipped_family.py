"""The shipped family of versions: one contract, its versions joined, and which of them governs."""

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest

import sla_rules as sla

FAMILIES = [name for name in sla.rulesets() if len(sla.versions(name)) > 1]
OUTAGE = {"from": "2018-02-05T10:00Z", "to": "2018-02-05T17:30Z"}
FEBRUARY: dict[str, Any] = {
    "name": "us-east-1", "month": "2018-02", "charges": "1000.00",
    "claimed_at": "2018-03-10T12:00Z", "outages": [OUTAGE],
}  # fmt: skip


def bill(month: str) -> dict[str, Any]:
    return {"month": month, "due_on": "2030-01-01", "regions": []}


@pytest.mark.parametrize("name", FAMILIES)
def test_the_versions_of_a_shipped_family_follow_each_other_day_by_day(name: str) -> None:
    family = sla.versions(name)
    for older, newer in pairwise(family):
        assert older.program.effective_to + dt.timedelta(days=1) == newer.program.effective_from
    assert family.rules[-1].program.effective_to is None


@pytest.mark.parametrize("name", FAMILIES)
def test_each_step_of_a_shipped_family_tells_what_it_changed_in_both_languages(name: str) -> None:
    for step in sla.versions(name).changes():
        assert step.changes
        for lang in ("zh", "en"):
            assert all(each.text(lang).strip() for each in step.changes)


def test_the_cycle_in_which_aws_changed_its_terms_is_governed_by_its_first_day() -> None:
    family = sla.versions("aws-compute")

    assert ["2008", "2018", "2022"] == [each.version for each in family]
    for month, version in [
        ("2008-11", "2008"), ("2018-01", "2008"), ("2018-02", "2008"), ("2018-03", "2018"),
        ("2022-04", "2018"), ("2022-05", "2018"), ("2022-06", "2022"),
    ]:  # fmt: skip
        assert version == family.governing(bill(month), level="bill").version


def test_or_by_its_last_day_under_the_other_reading() -> None:
    family = sla.versions("aws-compute").with_readings({"transition": "cycle_end"})

    for month, version in [("2018-01", "2008"), ("2018-02", "2018"), ("2022-05", "2022")]:
        assert version == family.governing(bill(month), level="bill").version


def test_one_outage_is_worth_10_percent_by_the_year_and_30_by_the_month() -> None:
    """7.5 hours: 90 of 105,120 periods of the year; 450 of 40,320 minutes of February, 1.116 %."""
    family = sla.versions("aws-compute")
    by_year = family.assess(FEBRUARY, level="region")
    by_month = family.with_readings({"transition": "cycle_end"}).assess(FEBRUARY, level="region")

    assert ("2008", 100) == (by_year.rules.version, by_year["credit"])
    assert ("2018", 300) == (by_month.rules.version, by_month["credit"])


def test_a_service_whose_bills_belong_to_two_versions_is_assessed_version_by_version() -> None:
    facts = {"id": "1", "included_service": "ec2", "bills": [bill("2018-02"), bill("2018-03")]}
    with pytest.raises(sla.FactsError) as caught:
        sla.versions("aws-compute").assess(facts)
    assert ("F143",) == caught.value.codes


def test_the_step_of_2022_names_what_it_added() -> None:
    *_, step = sla.versions("aws-compute").changes()
    told = {each.text("en") for each in step.changes}

    assert (
        "REG.3: credit percentage, region level, band at least 0% and below 95% is new: 100%"
        in told
    )
    assert "HOUR: unavailability of an hour that is still charged is new: 6 min" in told
