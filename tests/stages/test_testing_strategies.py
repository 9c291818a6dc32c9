"""Strategies: facts of any level of any ruleset, plain as in a file, aimed at edges."""

import datetime as dt
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

import sla_rules as sla
from sla_rules.testing.strategies import durations, facts, instants, readings, values
from tests.shipped import SHIPPED

RULES = sla.load("gz-npc-2023")
quiet = settings(derandomize=True, database=None, deadline=None, max_examples=2000)
few = settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def plain(value: Any) -> bool:
    """Nothing but what a file can hold."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and plain(each) for key, each in value.items())
    return all(map(plain, value)) if isinstance(value, list) else not isinstance(value, float)


@pytest.mark.parametrize("name", SHIPPED)
def test_facts_of_every_level_of_every_ruleset_are_accepted(name: str) -> None:
    rules = sla.load(name)

    @few
    @given(st.data())
    def run(data: st.DataObject) -> None:
        level = data.draw(st.sampled_from(sorted(rules.program.levels)))
        document = data.draw(facts(rules, level))
        assert plain(document)
        with suppress(sla.RulesetError):  # what the ruleset fails on is kept, for a law to tell
            assert rules.assess(document, level).level == level

    run()


def test_a_whole_contract_has_records_at_every_level() -> None:
    levels: set[str] = set()

    @settings(few, max_examples=4, derandomize=True, database=None)
    @given(facts(RULES, complete=True, least=1))
    def run(document: dict[str, Any]) -> None:
        levels.update(each.level for each in RULES.assess(document).walk())

    run()
    assert {"contract", "payment", "month", "incident", "suspension"} <= levels


def test_a_partial_document_lacks_facts_and_a_complete_one_does_not() -> None:
    assert "responded_at" not in find(
        facts(RULES, "incident"), lambda each: "responded_at" not in each, settings=quiet
    )

    @few
    @given(facts(RULES, "incident", complete=True))
    def complete(document: dict[str, Any]) -> None:
        assert {"id", "reported_at", "responded_at", "recovered_at"} <= document.keys()

    complete()


def test_invalid_facts_are_drawn_on_request() -> None:
    def refused(document: dict[str, Any]) -> bool:
        try:
            RULES.assess(document)
        except sla.FactsError:
            return True
        return False

    assert find(facts(RULES, valid=False), refused, settings=quiet) is not None


@pytest.mark.parametrize(
    ("level", "fact", "wanted"),
    [
        ("payment", "amount", lambda value: value > 0),
        ("incident", "impact", lambda value: value == "not_business_affecting"),
        ("incident", "fault_level", lambda value: value is not None),
        ("incident", "reported_at", lambda value: value.endswith("T09:00+08:00")),
        ("payment", "pay_on", lambda value: value[-2:] != "01"),
        ("month", "month", lambda value: value.endswith("-12")),
        ("suspension", "approved_by", lambda value: value == "approved_by-2"),
    ],
)
def test_values_of_every_kind_of_fact_are_drawn(level: str, fact: str, wanted: Any) -> None:
    assert wanted(find(values(RULES, level, fact), wanted, settings=quiet))


@pytest.mark.parametrize(
    ("drawn", "message"),
    [
        (lambda: facts(RULES, "incidents"), "there is no level 'incidents'"),
        (lambda: facts(RULES, least=3), "expected 0 <= least <= most"),
        (lambda: values(RULES, "incident", "respondedat"), "did you mean"),
        (lambda: values(RULES, "month", "incidents"), r"use facts\(rules, 'incident'\)"),
        (lambda: instants(RULES, calendar="offices"), "there is no calendar 'offices'"),
    ],
)
def test_an_unknown_name_is_refused_at_once(drawn: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        drawn()


@pytest.mark.parametrize(
    "wanted",
    [
        lambda at: (at.hour, at.minute) == (18, 0),
        lambda at: (at.hour, at.minute) == (8, 59),
        lambda at: (at.month, at.day) == (10, 1),  # a holiday
        lambda at: (at.month, at.day) == (4, 23) and at.weekday() == 6,  # a make-up Sunday
        lambda at: (at + dt.timedelta(days=1)).day == 1,
    ],
)
def test_instants_come_near_openings_closings_holidays_and_ends_of_months(wanted: Any) -> None:
    found = find(instants(RULES, calendar="office"), wanted, settings=quiet)

    assert wanted(found)
    assert found.tzinfo is not None


def test_durations_hit_the_limits_of_the_ruleset_and_a_minute_beside() -> None:
    for minutes in (14, 15, 16, 120):
        wanted = dt.timedelta(minutes=minutes)
        assert find(durations(RULES), lambda each, w=wanted: each == w, settings=quiet) == wanted


def test_readings_can_be_chosen() -> None:
    several: list[dict[str, str]] = []

    @settings(few, max_examples=12, derandomize=True, database=None)
    @given(readings(RULES, most=2))
    def run(choices: dict[str, str]) -> None:
        several.append(choices)

    run()
    assert {len(each) for each in several} == {0, 1, 2}
    assert all(RULES.with_readings(each).id == RULES.id for each in several)
    silent = sla.load("us-lni-maintenance")
    assert find(readings(silent, most=0), lambda each: True, settings=quiet) == {}
