"""Boundary cases: every edge of every kind of rule, found from facts, and valid as a file."""

from pathlib import Path
from typing import Any

import pytest

import sla_rules as sla
from sla_rules.cli import main
from sla_rules.testing import as_yaml, check, edge_cases, propose, read_cases
from tests.shipped import SHIPPED

FEW = 60

SAMPLE = """\
language: 1
id: sample
version: 1.0.0
title: Sample
timezone: Asia/Shanghai
currency: CNY
enums: {grade: {good: Good, poor: Poor}}
clauses:
  C1: {text: "All.", hash: ""}
calendars:
  office: {hours: {mon-fri: ["09:00-12:00", "13:30-17:30"]}}
levels:
  visit:
    facts:
      called_at: {type: instant}
      came_at: {type: instant, not_before: called_at, optional: true}
      urgent: {type: bool}
      parts: {type: integer, min: 0, max: 20}
      due_on: {type: date}
      done_on: {type: date}
      kind: {type: grade}
    decisions:
      took: {elapsed: {from: called_at, to: came_at, calendar: office}, clause: C1}
      late: {value: "took > 90 min", clause: C1}
      overdue: {value: done_on > due_on, clause: C1}
      fee: {type: money, value: "min(parts * 30, 200) * 1 CNY", clause: C1}
      score:
        clause: C1
        type: points
        table:
          on: [urgent, parts, kind]
          rows:
            - {when: ["true", ">= 3", good], then: 5 points}
            - {when: ["true", "-", "-"], then: 3 points}
            - {when: ["-", "-", "-"], then: 1 points}
          hit: first
"""


RULES = sla.load(SAMPLE)


def expected(decision: str, name: str) -> dict[str, Any]:
    """What the case whose name has a part expects of its decision."""
    found = [each for each in edge_cases(RULES, decision, lang="en") if name in each.name]
    return {each.name: each.expect[decision] for each in found}


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_proposed_is_a_file_of_cases_that_hold(name: str, tmp_path: Path) -> None:
    rules, lang = sla.load(name), ("zh", "en")[len(name) % 2]
    found = propose(rules, lang=lang, steps=FEW)
    written = as_yaml(found, rules, ruleset=name, lang=lang)
    own, cases, problems = read_cases(written, tmp_path / "edges.cases.yaml")
    assert own is not None
    assert problems == []
    assert len(cases) == len(found.cases) >= 5
    assert [(each.name, check(each, own)) for each in cases if check(each, own)] == []
    assert written.count("# to confirm" if lang == "en" else "# 待确认") >= len(cases)


def test_an_edge_of_working_time_is_found_through_the_calendar() -> None:
    found = expected("late", "1 hour 30 minutes") or expected("late", "took")
    values = [value for name, value in found.items() if "just below" in name or "exactly" in name]
    assert values
    assert not any(values)
    assert all(value for name, value in found.items() if "just above" in name)
    assert any("just above" in name for name in found)


def test_two_dates_meet_by_a_day_on_each_side() -> None:
    found = expected("overdue", "done_on")
    told = {
        side: found[name]
        for side in ("below", "exactly", "above")
        for name in found
        if side in name
    }
    assert told == {"below": False, "exactly": False, "above": True}


def test_a_cap_is_met_and_missed() -> None:
    fees = {each.expect["fee"] for each in edge_cases(RULES, "fee")}
    assert {180, 200} <= fees


def test_each_row_holds_once_and_fails_by_each_of_its_cells() -> None:
    found = expected("score", "row 1")
    assert found == {
        next(name for name in found if "row 1 holds" in name): 5,
        next(name for name in found if "but for urgent" in name): 1,
        next(name for name in found if "but for parts" in name): 3,
        next(name for name in found if "but for kind" in name): 3,
    }


def test_an_optional_fact_is_left_out_once() -> None:
    (case,) = [each for each in edge_cases(RULES, "late") if "came_at" not in each.given]
    assert case.expect == {"late": {"status": "undetermined"}}


def test_the_same_is_proposed_each_time() -> None:
    assert propose(RULES) == propose(sla.load(SAMPLE))


def test_what_was_not_found_is_told() -> None:
    told = propose(RULES, "score", lang="en", steps=3)
    assert told.left_out
    assert "there was no room" in as_yaml(told, RULES, lang="en")


def test_facts_of_ones_own_are_what_is_varied() -> None:
    own = {"called_at": "2024-03-05T10:00+08:00", "urgent": True, "parts": 7, "kind": "poor"}
    found = edge_cases(RULES, "score", documents={"visit": [own]})
    assert any(each.given.get("kind") == "poor" for each in found)


def test_readings_are_written_into_the_cases() -> None:
    rules = sla.load("gz-npc-2023").with_readings({"grade-thresholds": "provincial_90_75_60"})
    written = as_yaml(propose(rules, "grade", steps=FEW), rules)
    assert "readings: {grade-thresholds: provincial_90_75_60}" in written


def test_an_unknown_decision_is_refused() -> None:
    with pytest.raises(ValueError, match="no decision 'scor'"):
        edge_cases(RULES, "scor")


def test_the_command_prints_or_writes_a_new_file_and_replaces_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ruleset.yaml").write_text(SAMPLE, encoding="utf-8")
    target = tmp_path / "edges.cases.yaml"
    ruleset = str(tmp_path / "ruleset.yaml")
    assert main(["cases", ruleset, "score", "--edges"]) == 0
    assert "# 待确认" in capsys.readouterr().out
    assert main(["cases", ruleset, "--edges", "-o", str(target), "--lang", "en"]) == 0
    assert "cases" in capsys.readouterr().out
    assert main(["test", str(target)]) == 0
    assert main(["cases", ruleset, "score", "--edges"]) == 0  # now with facts of cases
    assert main(["cases", ruleset, "--edges", "-o", str(target)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert main(["cases", ruleset, "scor", "--edges"]) == 2
    assert main(["cases", "gz-npc-2023", "grade", "--edges", "--level", "payment"]) == 0
    assert "ruleset: gz-npc-2023" in capsys.readouterr().out


BOOKED = """\
language: 1
id: booked
version: 1.0.0
title: Booked
timezone: Asia/Shanghai
currency: CNY
clauses:
  C1: {text: "All."}
levels:
  contract:
    facts: {payments: {type: {list: payment}}}
    ledger:
      payments: payments
      date: pay_on
      available: amount
      pays: net
      sources: [{from: payments, amount: loss, on: pay_on, clause: C1}]
    decisions: {late: {type: bool, value: any(payments.repeated), clause: C1}}
  payment:
    key: id
    facts:
      id: {type: text}
      pay_on: {type: date}
      amount: {type: money, min: 0 CNY, max: 9000 CNY}
      faults: {type: integer, min: 0, max: 50}
      visits: {type: {list: visit}}
    decisions:
      loss: {type: money, cap: 100 CNY, value: faults * 30 CNY + (if faults > 5 then 1 CNY else 0 CNY), clause: C1}
      net: {type: money, value: "max(0 CNY, amount - set_off)", clause: C1}
      repeated: {value: count(visits) > 1, clause: C1}
  visit:
    facts: {minutes: {type: integer, min: 0, max: 600}}
    decisions: {long: {value: minutes > 60, clause: C1}}
"""


def test_an_edge_is_shown_where_it_changes_what_comes_out() -> None:
    """The cap of 100 would hide that faults above 4 cost more."""
    rules = sla.load(BOOKED.replace("faults > 5", "faults > 2"))
    found = edge_cases(rules, "loss", "payment", lang="en")
    shown = {case.aim: case.expect["loss"] for case in found}

    assert shown["faults just below 2"] == 30
    assert shown["faults exactly 2"] == 60
    assert shown["faults just above 2"] == 91


def test_what_a_ledger_writes_is_proposed_only_by_name() -> None:
    rules = sla.load(BOOKED)

    assert "set_off" not in {case.decision for case in edge_cases(rules)}
    assert {case.decision for case in edge_cases(rules, "set_off")} == {"set_off"}


def test_a_number_of_records_is_reached_by_leaving_some_out_and_not_sought_below_none() -> None:
    found = propose(sla.load(BOOKED), "repeated", lang="en")
    named = " ".join(case.name for case in found.cases)

    assert "exactly 1" in named
    assert not any("just below 0" in each for each in found.left_out)


def test_a_figure_that_depends_on_a_condition_is_not_called_by_one_of_its_branches() -> None:
    told = " ".join(case.name for case in propose(sla.load(BOOKED), "loss", lang="en").cases)

    assert "the figure computed just below CNY 100.00" in told
    assert "else" not in told


def test_a_figure_before_a_constant_is_told_first() -> None:
    found = propose(sla.load(BOOKED), "net", lang="en")
    told = [*(case.name for case in found.cases), *found.left_out]

    assert not any("CNY 0.00 exactly" in each for each in told)
    assert any(" exactly CNY 0.00" in each for each in told)


def test_what_is_misspelt_is_answered_with_the_nearest_name() -> None:
    rules = sla.load("gz-npc-2023")
    with pytest.raises(ValueError, match="no decision 'grad'; did you mean 'grade'"):
        propose(rules, "grad")
    with pytest.raises(ValueError, match="no level 'mont'; did you mean 'month'"):
        propose(rules, None, "mont")
    with pytest.raises(ValueError, match="no decision 'grad' of level 'incident'"):
        propose(rules, "grad", "incident")
    with pytest.raises(TypeError, match="lists by level"):
        propose(rules, documents=[{}])  # type: ignore[arg-type]


def test_a_file_of_cases_that_cannot_be_read_is_told_and_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "ruleset.yaml"
    file.write_text(SAMPLE, encoding="utf-8")
    command = ["cases", str(file), "late", "--edges", "--lang", "en"]
    assert main(command) == 0
    alone = capsys.readouterr()
    (tmp_path / "a.cases.yaml").write_bytes(b"\xff\xfe")
    (tmp_path / "b.cases.yaml").write_text("ruleset: [", encoding="utf-8")

    assert main(command) == 0
    beside = capsys.readouterr()
    assert alone.err == ""
    assert "a.cases.yaml:1:1: C112" in beside.err
    assert "b.cases.yaml:" in beside.err
    assert beside.out == alone.out
