"""What if: the same facts under other readings or another version, and every result that differs."""

import datetime as dt
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import pytest

import sla_rules as sla
from sla_rules.cli import main
from tests.stages.test_versions import fault, text, write

GZ = sla.load("gz-npc-2023")


def incident(name: str, day: int, recovered: str = "12:30", **changed: Any) -> dict[str, Any]:
    at = f"2024-03-{day:02}T{{}}+08:00"
    facts = {"id": name, "impact": "business_affecting", "reported_at": at.format("10:00"),
             "responded_at": at.format("10:10"), "recovered_at": at.format(recovered)}  # fmt: skip
    return {**facts, **changed}


def month(name: str, *incidents: Any, **changed: Any) -> dict[str, Any]:
    facts = {"month": name, "incidents": list(incidents), "service_quality_base": 28, "suggestions_adopted": 1,
             "management_score": 38, "catalogue_completion_rate": "97.5", "sla_attainment_rate": 99}  # fmt: skip
    return {**facts, **changed}


CONTRACT = {
    "id": "C-1", "sub_project": 1, "price": 300000,
    "payments": [
        {"id": "P1", "amount": 100000, "pay_on": "2024-06-28",
         "months": [month("2024-03", incident("I1", 5), incident("I2", 6, "16:30"), incident("I3", 7, "10:40")), month("2024-04")]},
        {"id": "P2", "amount": 100000, "pay_on": "2024-09-28", "months": [month("2024-07")]},
        {"id": "P3", "amount": 100000, "pay_on": "2024-12-28", "months": [month("2024-10")]},
    ],
}  # fmt: skip


def test_the_same_rules_come_to_the_same() -> None:
    found = GZ.compare({}, CONTRACT)

    assert () == found.differences == found.readings
    assert {} == dict(found.sums)
    assert "gz-npc-2023 1.0.0\n各项结果均无差别" == found.text() == str(found)
    assert "no result differs" in found.text("en")
    assert found.before == found.after
    assert "0 differ" in repr(found)


def test_each_result_that_differs_is_told_with_its_record_and_its_clauses() -> None:
    found = GZ.compare({"overrun-tail": "lowest_printed_nine"}, CONTRACT)
    score = next(each for each in found.differences if each.decision == "timeliness_score")

    assert (("overrun-tail", "zero_needs_ruling", "lowest_printed_nine"),) == found.readings
    assert ("payments[0].months[0].incidents[1]", "incident", "I2") == (
        score.path,
        score.level,
        score.id,
    )
    assert score.before is not None
    assert score.after is not None
    assert (Decimal(0), Decimal(9), Decimal(9)) == (
        score.before.value,
        score.after.value,
        score.difference,
    )
    assert "S3.2.1" in score.clauses
    assert ("overrun-tail",) == score.readings
    total = next(
        each for each in found.differences if each.level == "month" and each.decision == "total"
    )
    assert (Decimal(3), ()) == (total.difference, total.readings)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        score.level = ""  # type: ignore[misc]


def test_amounts_are_summed_over_records() -> None:
    found = GZ.compare({"point-counting": "started_points"}, CONTRACT)
    deductions = [
        each
        for each in found.differences
        if (each.level, each.decision) == ("month", "catalogue_deduction")
    ]
    more = [each.difference for each in deductions]

    assert 4 == len(more)
    assert sum(map(Fraction, more)) == found.sums["month.catalogue_deduction"]  # type: ignore[arg-type]
    assert (
        found.sums["contract.total_paid"] == found.after["total_paid"] - found.before["total_paid"]
    )
    lines = found.text().splitlines()
    assert [
        "gz-npc-2023 1.0.0",
        "读法 point-counting：full_points → started_points",
        "",
        "金额",
    ] == lines[:4]
    assert lines[4].split() == ["记录", "结果", "原", "改后", "增减", "依据条款"]
    assert any(line.startswith("合计（4 条记录）") for line in lines)
    assert any(line.startswith("合同 C-1") and "实付合计" in line for line in lines)
    assert "sum (4 records)" in found.text("en")


def test_a_comparison_is_data(tmp_path: Path) -> None:
    found = GZ.compare({"point-counting": "started_points"}, CONTRACT)
    data = json.loads(json.dumps(found.to_dict()))

    assert {"ruleset": "gz-npc-2023", "version": "1.0.0"} == data["before"] == data["after"]
    assert [
        {"reading": "point-counting", "before": "full_points", "after": "started_points"}
    ] == data["readings"]
    assert len(found.differences) == len(data["differences"])
    first = data["differences"][0]
    assert {
        "path",
        "level",
        "id",
        "decision",
        "title",
        "before",
        "after",
        "difference",
        "clauses",
        "readings",
    } == set(first)
    assert {"value", "status"} <= set(first["before"])
    assert all(isinstance(value, str) for value in data["sums"].values())


OPTIONS = [(name, option) for name, each in GZ.program.readings.items()
           for option in each.options if option != each.default]  # fmt: skip


@pytest.mark.parametrize(("name", "option"), OPTIONS, ids=lambda each: each)
def test_every_other_reading_differs_by_what_it_switches(name: str, option: str) -> None:
    try:
        found = GZ.compare({name: option}, CONTRACT)
    except sla.FactsError:
        pytest.skip("the facts are refused under this reading")
    back = GZ.with_readings({name: option}).compare({name: GZ.readings[name]}, CONTRACT)
    told = {(each.path, each.decision) for each in found.differences}

    assert told == {(each.path, each.decision) for each in back.differences}
    for one, two in zip(found.differences, back.differences, strict=True):
        assert (one.before, one.after) == (two.after, two.before)
        assert one.difference is None or one.difference == -two.difference  # type: ignore[operator]
    assert not found.differences or any(name in each.readings for each in found.differences)
    for record, other in zip(found.before.walk(), found.after.walk(), strict=True):
        for decision in record.decisions():
            same = record[decision] == other[decision]
            assert same or (record.path, decision) in told
    assert found.text("en").startswith("gz-npc-2023")


def test_what_is_not_known_is_told_by_its_bounds() -> None:
    open_ = incident("I1", 5, recovered_at=None)
    found = GZ.compare(
        {"overrun-tail": "lowest_printed_nine"}, month("2024-03", open_), level="month"
    )
    total = next(each for each in found.differences if each.decision == "total")

    assert total.difference is None
    assert "（未定）" in found.text()
    paid = {
        "id": "P1",
        "amount": 100000,
        "pay_on": "2024-06-28",
        "months": [month("2024-03", catalogue_completion_rate=None)],
    }
    sums = GZ.compare({"point-counting": "started_points"}, paid, level="payment")
    assert not sums.sums or None in sums.sums.values()
    assert sums.text("en")


# --- between versions ----------------------------------------------------------------------------


@pytest.fixture
def family(tmp_path: Path) -> sla.Versions:
    return sla.versions(
        write(tmp_path / "cloud", a=text("2008", 8), b=text("2018", 4), c=text("2022", 2))
    )


def test_versions_are_compared_as_if_each_were_in_force(family: sla.Versions) -> None:
    facts = {"month": "2020-01", "faults": [fault("2020-01-05"), fault("2020-01-06")]}
    found = family["2018"].compare(family["2022"], facts, level="month")

    assert [("", "late", Decimal(2)), ("faults[0]", "late", None), ("faults[1]", "late", None)] == [
        (each.path, each.decision, each.difference) for each in found.differences
    ]
    assert "cloud 2018 → cloud 2022" == found.text().splitlines()[0]
    with pytest.raises(sla.FactsError) as caught:
        family["2018"].compare(family["2022"], facts, level="month", as_if_in_force=False)
    assert "F135" in caught.value.codes


def test_results_of_one_version_alone_are_told(family: sla.Versions) -> None:
    newer = sla.load(
        text("2018", 4).replace("late: took > limit", "overdue: took > limit, half: took / 2")
    )
    facts = fault("2020-01-05")
    found = family["2018"].compare(newer, facts, level="fault")

    assert ["half"] == [each.decision for each in found.differences], "late is renamed"
    assert found.differences[0].before is None
    assert "无此项" in found.text()
    back = newer.compare(family["2018"], facts, level="fault")
    assert [("half", None)] == [(each.decision, each.after) for each in back.differences]
    assert "1 小时 30 分钟" in back.text()


def test_rulesets_of_other_facts_are_not_compared(family: sla.Versions) -> None:
    old = family["2018"]
    edits = {
        "recovered_at: {type: instant, until: known, not_before: reported_at}\n": "recovered_at: {type: instant}\n      by: {type: text}\n",
        "month: {type: month}": "month: {type: date}",
    }
    for before, after in edits.items():
        assert before in text("2018", 4)
        new = sla.load(text("2018", 4).replace(before, after, 1))
        for one, two in ((old, new), (new, old)):
            with pytest.raises(sla.RulesetError) as caught:
                one.compare(two, {"month": "2020-01"}, level="month")
            assert ("E568",) == caught.value.codes
    optional = sla.load(text("2018", 4, facts="      note: {type: text, optional: true}"))
    assert () == old.compare(optional, fault("2020-01-05"), level="fault").differences
    assert () == optional.compare(old, fault("2020-01-05"), level="fault").differences
    with pytest.raises(sla.RulesetError) as caught:
        old.compare(GZ, {"month": "2020-01"}, level="month")
    assert "E568" in caught.value.codes
    visit = sla.load(text("2018", 4).replace("  fault:\n", "  visit: {facts: {on: {type: date}}}\n  fault:\n").replace("faults: {type: {list: fault}, optional: true}", "faults: {type: {list: fault}, optional: true}, visits: {type: {list: visit}}"))  # fmt: skip
    with pytest.raises(sla.RulesetError) as caught:
        visit.compare(old, {"month": "2020-01"}, level="month")
    assert "version '2018' of cloud has no level 'visit'" in [
        each.message for each in caught.value.problems
    ]


KINDS = """\
language: 1
id: kinds
version: 1
title: Kinds
timezone: Asia/Shanghai
currency: CNY
enums: {grade: {good: {zh: 良, en: good}, poor: {zh: 差, en: poor}}}
readings: {r: {question: Which?, default: a, options: {a: A, b: B}}}
calendars: {day: {hours: {by: r, a: {mon-sun: ["08:00-20:00"]}, b: {mon-sun: ["08:00-18:00"]}}}}
parameters: {p: {value: {by: r, a: 1, b: 2}}}
levels:
  it:
    facts: {at: {type: instant}, n: {type: number, optional: true}}
    decisions:
      due: {deadline: {from: at, within: 11 h, calendar: day}}
      used: {value: {by: r, a: 1 h, b: 30 min}}
      limit: {type: limit, value: {by: r, a: 1 h, b: 2 workday}}
      grade: {type: grade, value: {by: r, a: good, b: poor}}
      yes: {value: {by: r, a: "true", b: "false"}}
      month: {value: {by: r, a: month_of(at), b: '"2020-01"'}, type: month}
      share: {type: percent, value: p * 10%}
      none: {value: p, applies: {by: r, a: "true", b: "false"}}
      open: {value: p * n, type: number}
      cost: {value: p * 1 CNY * n}
      third: {value: 100 CNY * p / 3}
      choice: {value: if n > p then good else poor, type: grade}
"""


def test_every_kind_of_result_can_be_told() -> None:
    found = sla.load(KINDS).compare({"r": "b"}, {"at": "2020-03-02T08:00+08:00"})
    lines = found.text("en").splitlines()
    rows = {each.split("  ")[0] + line[4:]: line for line in lines for each in (line,)}
    words = "\n".join(rows.values())

    for part in ("2020-03-02 19:00", "2020-03-03 09:00", "+14 h", "-30 min", "2 working day(s)", "good  ", "yes",
                 "2020-01", "+10 pp", "does not apply", "+CNY 33.3333…"):  # fmt: skip
        assert part in words, part
    assert {"due": ("r",), "share": ("r",), "third": ("r",)}.items() <= {each.decision: each.readings for each in found.differences}.items()  # fmt: skip
    assert Fraction(100, 3) == found.sums["it.third"]
    known = sla.load(KINDS).compare({"r": "b"}, {"at": "2020-03-02T08:00+08:00", "n": 2})
    assert {"open", "cost", "choice"} <= {each.decision for each in known.differences}
    assert "2 个工作日" in found.text()


def test_many_results_are_counted() -> None:
    faults = [incident(f"I{n}", 5 + n % 20, "16:30", id=f"I{n}") for n in range(60)]
    found = GZ.compare(
        {"overrun-tail": "lowest_printed_nine"}, month("2024-03", *faults), level="month"
    )

    assert 60 < len(found.differences)
    assert len(found.text().splitlines()) < 60
    assert "另有" in found.text()


def test_the_command_line_compares(tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(CONTRACT), encoding="utf-8")
    call = ["compare", "gz-npc-2023", str(file), "--reading", "point-counting=started_points"]

    assert 0 == main(call)
    assert "合计（4 条记录）" in capsys.readouterr().out
    assert 0 == main([*call, "--format", "json"])
    assert "contract.total_paid" in json.loads(capsys.readouterr().out)["sums"]
    assert 0 == main([*call, "--with", "gz-npc-2023@1.0.0", "--lang", "en", "--as-if-in-force"])
    assert "reading point-counting" in capsys.readouterr().out
    assert 2 == main(["compare", "gz-npc-2023", str(file)])
    assert "--reading NAME=OPTION or --with OTHER" in capsys.readouterr().err
    assert 2 == main([*call, "--level", "mnth"])
    assert "did you mean 'month'" in capsys.readouterr().err
    assert 1 == main([*call, "--level", "month"])


def test_instants_of_the_repeated_hour_and_over_a_change_of_clocks_differ_by_what_passed() -> None:
    """Half past one comes twice on 3 November 2024; on 10 March two o'clock is three."""
    rules = sla.load("""
language: 1
id: fold
version: 1.0.0
title: Fold
timezone: America/Los_Angeles
readings: {r: {question: q, default: one, options: {one: a, two: b}}}
calendars: {always: {hours: 24x7}}
levels:
  i:
    facts: {at: {type: instant}}
    decisions:
      later: {deadline: {from: at, within: 1 h, calendar: always}}
      chosen: {value: {by: r, one: at, two: later}}
""")
    for at in ("2024-11-03T01:30-07:00", "2024-03-10T01:30-08:00"):
        (found,) = rules.compare({"r": "two"}, {"at": at}).differences
        assert (found.decision, found.difference) == ("chosen", dt.timedelta(hours=1))
