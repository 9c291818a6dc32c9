"""The versions of one contract: families, which version governs, and what the transition says."""

import datetime as dt
import json
import os
import pickle
import re
from pathlib import Path
from types import MappingProxyType
from typing import Any

import attrs
import pytest

import sla_rules as sla
from sla_rules import rules as rules_module
from sla_rules.cli import main
from sla_rules.language.load import load_program

FAMILIES = Path(__file__).parents[1] / "families"
BAD = sorted(each for each in FAMILIES.iterdir() if (each / "expected").is_file())
UPDATE = os.environ.get("UPDATE_GOLDEN") == "1" and not os.environ.get("CI")

TEXT = """\
language: 1
id: cloud
version: "{version}"
title: Cloud
timezone: Asia/Shanghai
effective: {effective}
{more}
parameters: {{limit: {{value: {limit} h, title: {{zh: 恢复时限, en: recovery limit}}}}}}
levels:
  year:
    facts: {{months: {{type: {{list: month}}}}}}
    decisions: {{late: sum(months.late)}}
  month:
    key: month
    period: month
    facts: {{month: {{type: month}}, settled_on: {{type: date, optional: true}}, faults: {{type: {{list: fault}}, optional: true}}}}
    decisions: {{late: count(faults where took > limit)}}
  fault:
    period: reported_at
    facts:
      reported_at: {{type: instant}}
      recovered_at: {{type: instant, until: known, not_before: reported_at}}
{facts}
    decisions: {{took: {{elapsed: {{from: reported_at, to: recovered_at, calendar: always}}}}, late: took > limit}}
calendars: {{always: {{hours: 24x7}}}}
"""
PERIODS = {
    "2008": "{to: 2018-02-11}",
    "2018": "{from: 2018-02-12, to: 2022-05-24}",
    "2022": "{from: 2022-05-25}",
}
READING = """\
readings:
  transition:
    question: {zh: 按何时判断？, en: Which moment?}
    default: report
    options: {report: {zh: 报告, en: reported}, recovery: {zh: 恢复, en: recovered}}
"""


def text(version: str, limit: int, more: str = "", facts: str = "", effective: str = "") -> str:
    period = effective or PERIODS.get(version, "{from: 2030-01-01}")
    return TEXT.format(version=version, effective=period, limit=limit, more=more, facts=facts)


def write(home: Path, **members: str) -> Path:
    for name, member in members.items():
        folder = home / name.lstrip("_")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ruleset.yaml").write_text(member, encoding="utf-8")
    return home


@pytest.fixture
def cloud(tmp_path: Path) -> Path:
    return write(
        tmp_path / "cloud", _2008=text("2008", 8), _2022=text("2022", 2), _2018=text("2018", 4)
    )


def fault(reported: str, recovered: str | None = None, **more: Any) -> dict[str, Any]:
    recovered = reported if recovered is None else recovered
    zone = "+08:00"
    return {"reported_at": f"{reported}T10:00{zone}", "recovered_at": f"{recovered}T13:00{zone}", **more}  # fmt: skip


# --- families ----------------------------------------------------------------------------------


def test_a_family_is_read_in_the_order_of_time(cloud: Path) -> None:
    family = sla.versions(cloud)

    assert ["2008", "2018", "2022"] == [each.version for each in family]
    assert (3, "cloud", "2018") == (len(family), family.id, family["2018"].version)
    assert "<Versions of cloud: 2008, 2018, 2022>" == repr(family)
    assert family == pickle.loads(pickle.dumps(family))
    with pytest.raises(KeyError, match="did you mean '2018'"):
        family["2019"]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        family.rules = ()  # type: ignore[misc]


def test_load_takes_the_newest_or_the_one_that_is_named(cloud: Path) -> None:
    assert "2022" == sla.load(cloud).version
    assert "2022" == sla.load(str(cloud)).version
    assert "2008" == sla.load(f"{cloud}@2008").version
    with pytest.raises(sla.RulesetError) as caught:
        sla.load(f"{cloud}@2009")
    assert ("E569",) == caught.value.codes
    assert "2008" in caught.value.problems[0].hint
    with pytest.raises(sla.RulesetError) as caught:
        sla.load("nowhere@2009")
    assert ("E100",) == caught.value.codes


def test_a_folder_with_a_ruleset_of_its_own_is_no_family(tmp_path: Path) -> None:
    home = write(tmp_path / "c", old=text("2018", 4))
    (home / "contract.yaml").write_text(text("2022", 2), encoding="utf-8")
    (home / "contract.cases.yaml").write_text("cases: []\n", encoding="utf-8")

    assert "2022" == sla.load(home).version
    assert 1 == len(sla.versions(home))
    (home / "contract.yaml").unlink()
    assert "2018" == sla.load(home).version


def test_a_version_may_be_asked_of_a_single_ruleset(cloud: Path) -> None:
    assert "2018" == sla.load(f"{cloud / '2018'}@2018").version
    assert "1.0.0" == sla.load("gz-npc-2023@1.0.0").version
    with pytest.raises(sla.RulesetError) as caught:
        sla.load("gz-npc-2023@2.0.0")
    assert ("E569",) == caught.value.codes


def test_a_packaged_family_is_listed_once(cloud: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules_module, "_packaged", lambda: cloud.parent)
    (cloud.parent / "nothing").mkdir()

    assert ("cloud",) == sla.rulesets()
    assert "2022" == sla.load("cloud").version
    assert "2018" == sla.load("cloud@2018").version
    assert 3 == len(sla.versions("cloud"))
    with pytest.raises(sla.RulesetError) as caught:
        sla.load("clout")
    assert "did you mean 'cloud'?" == caught.value.problems[0].hint


def test_a_family_of_one_and_a_single_ruleset_are_families(tmp_path: Path) -> None:
    one = sla.versions(write(tmp_path / "one", only=text("2008", 8)))

    assert 1 == len(one)
    assert () == one.changes()
    assert ["1.0.0"] == [each.version for each in sla.versions("gz-npc-2023")]
    assert 1 == len(sla.versions(text("2022", 2)))
    with pytest.raises(sla.RulesetError) as caught:
        sla.versions("nowhere")
    assert ("E100",) == caught.value.codes


def test_a_version_that_cannot_be_read_says_so_itself(cloud: Path) -> None:
    file = cloud / "2018" / "ruleset.yaml"
    for before, after, code in [
        ("id: cloud\n", "", "E203"),
        ("2018-02-12", "2018-02-30", "E523"),
        ("limit: {value", "limit: {valeu", "E201"),
    ]:
        file.write_text(text("2018", 4).replace(before, after), encoding="utf-8")
        with pytest.raises(sla.RulesetError) as caught:
            sla.versions(cloud)
        assert code in caught.value.codes
        assert all(str(each.where).startswith(str(file)) for each in caught.value.problems)


def told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(folder)
    with pytest.raises(sla.RulesetError) as caught:
        sla.versions(Path("family"))
    return f"{caught.value}\n"


@pytest.mark.parametrize("folder", BAD, ids=lambda each: each.name)
def test_what_is_no_family_is_told_in_the_words_of_its_golden_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = told(folder, monkeypatch)
    if UPDATE:
        (folder / "expected").write_text(found, encoding="utf-8")

    assert (folder / "expected").read_text(encoding="utf-8") == found
    code = folder.name.partition("-")[0].upper()
    assert code in re.findall(r": (E\d{3}) ", found)
    assert found.count("see also") == found.count("hint:") == len(re.findall(r": E\d{3} ", found))


def test_each_fault_of_a_family_has_a_golden_file() -> None:
    assert {"E561", "E562", "E563", "E564", "E565"} == {each.name[:4].upper() for each in BAD}


# --- which version governs ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "version"),
    [("1999-01-01", "2008"), ("2018-02-11", "2008"), ("2018-02-12", "2018"), ("2022-05-24", "2018"),
     (dt.date(2022, 5, 25), "2022"), (dt.datetime.fromisoformat("2022-05-24T16:00:00+00:00"), "2022")],
    ids=str,
)  # fmt: skip
def test_one_version_is_in_force_on_a_day(cloud: Path, day: Any, version: str) -> None:
    assert version == sla.versions(cloud).at(day).version


def codes(call: Any) -> tuple[tuple[str, str], ...]:
    with pytest.raises(sla.FactsError) as caught:
        call()
    return tuple((each.code, str(each.where)) for each in caught.value.problems)


def test_there_are_days_on_which_no_version_is_in_force(tmp_path: Path) -> None:
    home = write(
        tmp_path / "c",
        a=text("2018", 4),
        b=text("2022", 2, effective="{from: 2022-05-25, to: 2022-12-31}"),
    )
    family = sla.versions(home)

    assert (("F142", "day"),) == codes(lambda: family.at("2018-02-11"))
    assert (("F144", "day"),) == codes(lambda: family.at("2023-01-01"))
    assert (("F110", "day"),) == codes(lambda: family.at("soon"))
    assert (("F142", ""),) == codes(lambda: family.governing({"month": "2018-01"}, "month"))
    assert "2018" == family.governing({"month": "2018-02"}, "month").version
    assert (("F144", ""),) == codes(lambda: family.governing({"month": "2023-01"}, "month"))
    assert (("F144", ""),) == codes(lambda: family.governing(fault("2023-01-01"), "fault"))
    assert "2022" == family.governing(fault("2022-12-31"), "fault").version


def test_the_period_of_the_level_decides_without_a_transition(cloud: Path) -> None:
    family = sla.versions(cloud)

    assert "2018" == family.governing(fault("2022-05-24", "2022-05-26"), level="fault").version
    assert "2022" == family.governing(fault("2022-05-25"), level="fault").version
    found = family.assess(fault("2018-02-11"), level="fault")
    assert ("2008", False) == (found.rules.version, found["late"])
    assert family.assess(fault("2022-06-01"), level="fault")["late"] is True
    naive = {"reported_at": "2022-05-25T00:30", "recovered_at": "2022-05-25T00:40"}
    assert "2022" == family.assess(naive, "fault", zone="Asia/Shanghai").rules.version
    assert "2018" == family.assess(naive, "fault", zone="Asia/Tokyo").rules.version


def test_the_rule_of_the_later_version_decides(tmp_path: Path) -> None:
    rule = "transition: {fault: recovered_at}"
    later = sla.versions(
        write(tmp_path / "a", a=text("2008", 8), b=text("2018", 4, rule), c=text("2022", 2))
    )
    earlier = sla.versions(
        write(tmp_path / "b", a=text("2008", 8, rule), b=text("2018", 4), c=text("2022", 2))
    )
    over = fault("2018-02-11", "2018-02-13")

    assert "2018" == later.governing(over, "fault").version
    assert "2008" == earlier.governing(over, "fault").version
    assert "2018" == later.governing(fault("2022-05-24", "2022-05-26"), "fault").version
    found = later.assess(over, level="fault")
    assert ("2018", True) == (found.rules.version, found["late"])


def test_which_moment_decides_may_be_a_reading(tmp_path: Path) -> None:
    rule = (
        READING
        + "transition: {fault: {by: transition, report: reported_at, recovery: recovered_at}}"
    )
    family = sla.versions(
        write(tmp_path / "a", a=text("2008", 8), b=text("2018", 4, rule), c=text("2022", 2))
    )
    other = family.with_readings({"transition": "recovery"})
    over = fault("2018-02-11", "2018-02-13")

    assert "2008" == family.governing(over, "fault").version
    assert "2018" == other.governing(over, "fault").version
    assert {"transition": "recovery"} == dict(other["2018"].readings)
    for wrong, code in [({"transiton": "recovery"}, "E502"), ({"transition": "recvery"}, "E50")]:
        with pytest.raises(sla.RulesetError) as caught:
            family.with_readings(wrong)
        assert caught.value.codes[0].startswith(code)


def test_a_moment_that_is_not_known_is_asked_for(tmp_path: Path) -> None:
    rule = "transition: {fault: recovered_at}"
    family = sla.versions(
        write(
            tmp_path / "a",
            a=text("2008", 8),
            b=text("2018", 4, rule, effective="{from: 2018-02-12}"),
        )
    )
    one = {**fault("2018-02-11"), "recovered_at": None}

    assert (("F141", "recovered_at"),) == codes(lambda: family.governing(one, "fault"))
    month = {"month": "2018-01", "faults": [fault("2018-01-01"), one]}
    assert (("F141", "faults[1].recovered_at"),) == codes(lambda: family.governing(month, "month"))
    late = {**one, "reported_at": "2018-03-01T10:00+08:00"}
    assert "2018" == family.governing(late, "fault").version, "it cannot have recovered before"
    assert (("F141", "recovered_at"),) == codes(lambda: family.governing({}, "fault"))
    assert (("F113", "recovered_at"),) == codes(
        lambda: family.governing({"recovered_at": "soon"}, "fault")
    )


def test_a_month_in_which_the_version_changes_needs_a_word_of_the_contract(tmp_path: Path) -> None:
    silent = sla.versions(write(tmp_path / "a", a=text("2008", 8), b=text("2018", 4)))
    with pytest.raises(sla.FactsError) as caught:
        silent.governing({"month": "2018-02"}, "month")
    (problem,) = caught.value.problems
    assert "F143" == problem.code
    assert (
        "month 2018-02 is governed by version '2008' until 2018-02-11 and by '2018' from 2018-02-12"
    ) == problem.message
    assert "2008" == silent.governing({"month": "2018-01"}, "month").version
    assert "2018" == silent.governing({"month": "2018-03"}, "month").version
    rule = READING.replace("recovery:", "last:").replace("report", "first")
    rule += "transition: {month: {by: transition, first: month, last: last_day(month)}}"
    family = sla.versions(write(tmp_path / "b", a=text("2008", 8), b=text("2018", 4, rule)))
    assert "2008" == family.governing({"month": "2018-02"}, "month").version
    other = family.with_readings({"transition": "last"})
    assert "2018" == other.governing({"month": "2018-02"}, "month").version


def test_a_date_may_decide(tmp_path: Path) -> None:
    rule = "transition: {month: settled_on}"
    family = sla.versions(write(tmp_path / "a", a=text("2008", 8), b=text("2018", 4, rule)))

    assert (
        "2018"
        == family.governing({"month": "2018-01", "settled_on": "2018-02-12"}, "month").version
    )
    assert (
        "2008"
        == family.governing({"month": "2018-02", "settled_on": "2018-02-11"}, "month").version
    )
    assert (("F141", "settled_on"),) == codes(
        lambda: family.governing({"month": "2018-01"}, "month")
    )


def test_a_document_is_governed_by_one_version(cloud: Path) -> None:
    family = sla.versions(cloud)
    month = {"month": "2022-04", "faults": [fault("2022-04-10")]}

    assert "2018" == family.assess(month, "month").rules.version
    mixed = {"month": "2022-04", "faults": [fault("2022-04-10"), fault("2022-06-01")]}
    with pytest.raises(sla.FactsError) as caught:
        family.assess(mixed, "month")
    (problem,) = caught.value.problems
    assert ("F143", "faults[1]") == (problem.code, problem.where)
    assert (
        "the month is governed by version '2018', and fault faults[1] is governed by version '2022'"
    ) == problem.message
    assert "level=" in problem.hint
    assert "dated values" in problem.hint


def test_a_level_without_a_moment_is_governed_by_what_is_in_it(cloud: Path) -> None:
    family = sla.versions(cloud)
    year = {"months": [{"month": "2019-01"}, {"month": "2019-02", "faults": [fault("2019-02-03")]}]}

    assert "2018" == family.governing(year).version
    assert "2018" == family.assess(year).rules.version
    year["months"].append({"month": "2023-01"})
    assert (("F143", "months[2]"),) == codes(lambda: family.governing(year))
    assert (("F145", ""),) == codes(lambda: family.governing({"months": []}))
    assert (("F118", "months[0]"),) == codes(lambda: family.governing({"months": [3]}))
    assert (("F100", "level"),) == codes(lambda: family.governing({}, "mnth"))


def test_facts_may_be_text_files_and_instances(cloud: Path, tmp_path: Path) -> None:
    family = sla.versions(cloud)
    file = tmp_path / "facts.yaml"
    file.write_text("month: 2019-01\nfaults: []\n", encoding="utf-8")
    instance = family["2018"].fact_class("month")(month="2019-01", faults=[])

    assert "2018" == family.governing(file, "month").version
    assert "2018" == family.governing('{"month": "2019-01"}', "month").version
    assert "2018" == family.governing(instance, "month").version


def test_a_mapping_that_cannot_be_read_is_refused(cloud: Path) -> None:
    class Strange(dict[str, Any]):
        def __getitem__(self, key: str) -> Any:
            raise ValueError(key)

    family = sla.versions(cloud)
    assert (("F118", ""),) == codes(lambda: family.governing(Strange(month="2019-01"), "month"))
    proxy = MappingProxyType(
        {"month": "2019-01", "faults": (MappingProxyType(fault("2019-01-02")),)}
    )
    assert "2018" == family.governing(proxy, "month").version


def test_a_version_need_not_know_the_facts_of_another(tmp_path: Path) -> None:
    facts = "      weight: {type: integer, default: 1}\n      from_month: {type: month, from_parent: month}"
    rule = "transition: {fault: from_month otherwise '2018-01'}".replace("'", '"')
    rule = "transition: {fault: from_month}"
    home = write(tmp_path / "a", a=text("2008", 8), b=text("2018", 4, rule, facts))
    family = sla.versions(home)

    month = {"month": "2018-03", "faults": [fault("2018-03-03", weight=2)]}
    assert "2018" == family.assess(month, "month").rules.version
    assert (
        "2018"
        == family.governing({**fault("2018-03-03"), "from_month": "2018-03"}, "fault").version
    )
    assert (("F141", "from_month"),) == codes(
        lambda: family.governing(fault("2018-03-03"), "fault")
    )


def test_a_level_that_came_with_a_version_is_of_that_version(tmp_path: Path) -> None:
    visits = "  visit: {period: on, facts: {on: {type: date}}, decisions: {day: on}}\n"
    newer = text("2018", 4).replace("  fault:\n", visits + "  fault:\n")
    family = sla.versions(write(tmp_path / "a", a=text("2008", 8), b=newer))

    assert "2018" == family.governing({"on": "2018-02-12"}, "visit").version
    assert "2008" == family.governing({"on": "2018-02-11"}, "visit").version


# --- amendments --------------------------------------------------------------------------------


def test_what_changed_from_version_to_version(cloud: Path) -> None:
    one, two = sla.versions(cloud).changes()

    assert ("2008", "2018", "2022") == (one.older.version, one.newer.version, two.newer.version)
    assert ["effective", "parameters.limit"] == [each.path for each in one.changes]
    assert (
        "cloud 2008 → 2018（2018-02-12 起）\n"
        "* 合同的生效期间 由 起始不限 至 2018-02-11 改为 2018-02-12 至 2022-05-24\n"
        "* 恢复时限 由 8 小时 改为 4 小时"
    ) == one.text()
    assert one.text("en").startswith("cloud 2008 → 2018 (from 2018-02-12)\n* ")


def test_a_transition_is_a_part_of_the_contract() -> None:
    old = sla.load(text("2018", 4))
    new = sla.load(
        text(
            "2018",
            4,
            "clauses: {C9: {text: 过渡。}}\ntransition: {fault: recovered_at, clause: C9}",
        )
    )
    (clause, moment) = sla.changes(old, new)

    assert ("clauses.C9", "transition.fault") == (clause.path, moment.path)
    assert "C9: fault, moment that decides between versions is new: recovered_at" == moment.text(
        "en"
    )
    assert () == new.warnings
    assert ["removed", "removed"] == [each.kind for each in sla.changes(new, old)]
    other = sla.load(
        text(
            "2018", 4, "clauses: {C9: {text: 过渡。}}\ntransition: {fault: reported_at, clause: C9}"
        )
    )
    assert ["C9：fault适用哪一版本的判断时点 由 recovered_at 改为 reported_at"] == [each.text() for each in sla.changes(new, other)]  # fmt: skip


def test_what_only_the_transition_uses_is_used() -> None:
    rule = "transition: {month: settled_on, fault: {by: transition, report: reported_at, recovery: recovered_at}}"
    found = sla.load(text("2018", 4, READING + rule)).findings()

    assert "W735" not in [each.code for each in found]
    unused = sla.load(text("2018", 4, READING)).findings()
    assert ["W735", "W735"] == [each.code for each in unused if each.code == "W735"]


@pytest.mark.parametrize(
    ("rule", "code", "message"),
    [
        ("{falt: reported_at}", "E566", "there is no level 'falt'"),
        ("{fault: took}", "E567", "'took' is a decision, and no version has decided yet"),
        ("{fault: 2 h}", "E567", "a moment is an instant, a date or a month of the record, and this is a quantity in time"),
        ("{year: min(months.month)}", "E567", "a moment is an instant, a date or a month of the record, and this reads other records"),
        ("{fault: reportet_at}", "E404", None),
        ("{fault: reported_at, clause: C1}", "E513", None),
        ("[fault]", "E202", None),
        ("{fault: [a]}", "E204", None),
        ("{fault: {by: nothing, a: reported_at}}", "E502", None),
    ],
    ids=range(9),
)  # fmt: skip
def test_a_transition_that_cannot_be_is_told(rule: str, code: str, message: str | None) -> None:
    with pytest.raises(sla.RulesetError) as caught:
        load_program({"t": text("2018", 4, f"transition: {rule}")})

    assert code in caught.value.codes
    if message is not None:
        assert message in [each.message for each in caught.value.problems]
        assert all(each.hint for each in caught.value.problems)


def test_the_facts_decide_on_the_command_line_too(tmp_path: Path, capsys: Any) -> None:
    rule = (
        READING
        + "transition: {fault: {by: transition, report: reported_at, recovery: recovered_at}}"
    )
    home = write(
        tmp_path / "a", a=text("2008", 8), b=text("2018", 4, rule, effective="{from: 2018-02-12}")
    )
    facts = tmp_path / "facts.json"
    facts.write_text(json.dumps(fault("2018-02-11", "2018-02-12")), encoding="utf-8")
    call = ["assess", str(home), str(facts), "--level", "fault", "--lang", "en"]

    for more, version in [
        ([], "2008"),
        (["--reading", "transition=recovery"], "2018"),
        (["--as-if-in-force"], "2018"),
    ]:
        assert 0 == main([*call, *more])
        assert capsys.readouterr().out.startswith(f"Cloud (cloud {version})")
    assert 0 == main(["explain", str(home), str(facts), "late", "--level", "fault"])
    assert "8 小时" in capsys.readouterr().out
    facts.write_text('{"recovered_at": null}', encoding="utf-8")
    assert 1 == main([*call, "--reading", "transition=recovery"])
    assert "F141" in capsys.readouterr().err


def test_the_command_line_takes_versions(cloud: Path, capsys: Any) -> None:
    assert 1 == main(["diff", f"{cloud}@2008", str(cloud), "--lang", "en"])
    assert "* recovery limit: 8 h → 2 h" in capsys.readouterr().out
    assert 1 == main(["diff", str(cloud)])
    assert 2 == capsys.readouterr().out.count("恢复时限 由")
    assert 1 == main(["diff", str(cloud), "--format", "json"])
    assert '"older": "2008"' in capsys.readouterr().out
    assert 0 == main(["diff", str(cloud / "2018")])
    assert 0 == main(["check", str(cloud)])
    lines = [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert ["cloud 2008", "cloud 2018", "cloud 2022"] == [
        line for line in lines if line.startswith("cloud 20")
    ]
    assert 2 == main(["diff", f"{cloud}@2009"])
