"""Listening: what took part is heard, and hearing it changes nothing."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import sla_rules as sla
from sla_rules.language import program as ir
from sla_rules.listening import Deed, ListeningEngine, listen

RULES = """
language: 1
id: heard
version: 1.0.0
title: {zh: 听, en: heard}
timezone: Asia/Shanghai
clauses:
  S1: {text: 每件扣两分，最多扣十分。}
  S2: {text: 按时得分。}
levels:
  month:
    title: {zh: 月, en: month}
    facts:
      complaints: {type: integer, min: 0, title: {zh: 投诉, en: complaints}}
      late: {type: bool, title: {zh: 迟, en: late}}
    decisions:
      loss:
        title: {zh: 扣分, en: loss}
        clause: S1
        value: complaints * 2
        cap: 10
      size:
        title: {zh: 档, en: size}
        clause: S2
        type: number
        bands: {on: complaints, rows: {"[0..3)": 1, "[3..)": 2}}
      grade:
        title: {zh: 级, en: grade}
        clause: S2
        type: number
        table:
          on: [late, size]
          rows:
            - {when: [true, "-"], then: 0}
            - {when: [false, 1], then: 1}
            - {when: [false, 2], then: 2}
"""


@pytest.fixture(scope="module")
def rules() -> sla.Rules:
    return sla.load(RULES)


def heard_of(rules: sla.Rules, **facts: Any) -> dict[str, list[Any]]:
    assessment, ear = listen(rules, facts)
    assert isinstance(assessment, sla.Assessment)
    assert assessment == rules.assess(facts)
    return {name: events for (_, name), events in ear.decided.items()}


def test_the_row_and_the_band_that_held_are_heard(rules: sla.Rules) -> None:
    decided = heard_of(rules, complaints=3, late=False)
    (band, _), (row, _) = decided["size"][0], decided["grade"][0]

    assert isinstance(band, ir.Band)
    assert band.interval.text == "[3..)"
    assert isinstance(row, ir.Row)
    assert row.texts[1] == "2"


@pytest.mark.parametrize(("complaints", "hit"), [(5, False), (6, True)])
def test_a_cap_is_hit_only_where_it_cuts(rules: sla.Rules, complaints: int, hit: bool) -> None:
    loss = rules.program.levels["month"].decision("loss")
    _, ear = listen(rules, {"complaints": complaints, "late": True})

    assert ((loss, Deed.CAP_HIT) in ear.heard) is hit
    assert ((loss, Deed.CAP_FREE) in ear.heard) is not hit


def test_what_was_heard_before_a_refusal_is_kept(rules: sla.Rules) -> None:
    outcome, ear = listen(rules, {"complaints": -1, "late": True})

    assert isinstance(outcome, sla.FactsError)
    assert not ear.decided


@pytest.mark.parametrize("name", sla.rulesets())
def test_listening_changes_no_result(name: str) -> None:
    from sla_rules.testing import run_cases

    for each in run_cases(name).results[::7]:
        assert each.rules is not None
        rules = each.rules.with_readings(each.case.readings)
        try:
            plain: Any = rules.assess(each.case.facts, level=each.case.level).to_json()
        except sla.SlaError as error:
            plain = error.codes
        outcome, _ = listen(rules, each.case.facts, each.case.level)
        heard = outcome.codes if isinstance(outcome, sla.SlaError) else outcome.to_json()

        assert heard == plain


def test_two_threads_share_an_engine_and_hear_each_its_own(rules: sla.Rules) -> None:
    engine = ListeningEngine(rules.program, rules.readings)
    loss = rules.program.levels["month"].decision("loss")
    start = threading.Barrier(2)

    def caps(complaints: int) -> set[Deed]:
        start.wait()
        found = set()
        for _ in range(200):
            _, ear = listen(rules, {"complaints": complaints, "late": True}, engine=engine)
            found |= {deed for part, deed in ear.heard if part is loss}
        return found

    with ThreadPoolExecutor(2) as pool:
        few, many = pool.map(caps, (1, 9))

    assert few == {Deed.RAN, Deed.CAP_FREE}
    assert many == {Deed.RAN, Deed.CAP_HIT}


def test_an_engine_to_which_nobody_listens_decides_all_the_same(rules: sla.Rules) -> None:
    engine = ListeningEngine(rules.program, rules.readings)
    document = {"complaints": 3, "late": False}
    asked: dict[str, Any] = {"zone": None, "as_of": None, "as_if_in_force": False}

    assert [*engine.assess(document, "month", **asked)][1:] == [
        *rules.engine.assess(document, "month", **asked)
    ][1:]


def test_what_was_heard_of_a_case_stays_as_it_was(rules: sla.Rules) -> None:
    engine = ListeningEngine(rules.program, rules.readings)
    _, first = listen(rules, {"complaints": 9, "late": True}, engine=engine)
    before = set(first.heard)
    listen(rules, {"complaints": 1, "late": False}, engine=engine)

    assert first.heard == before
