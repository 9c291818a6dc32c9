"""The cases format and its collector; and the law that every option of every reading has a case."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest

import sla_rules as sla
from sla_rules.cli import main
from sla_rules.language import program as ir
from sla_rules.language.visit import everything
from sla_rules.testing import Case, Mismatch, check, read_cases, run_cases
from tests.shipped import SHIPPED, shipped

ROOT = Path(__file__).parents[2]
HEAD = """\
ruleset: gz-npc-2023
defaults:
  level: incident
  given: {id: INC-1, impact: business_affecting, reported_at: 2024-03-05T10:00+08:00}
cases:
"""
IN_TIME = """\
  - name: in time
    clause: S3.2.1
    given: {responded_at: 2024-03-05T10:10+08:00, recovered_at: 2024-03-05T11:00+08:00}
    expect: {timeliness_score: 30, response_deadline: 2024-03-05T02:15Z, overrun_response: -1/3}
"""


def cases_of(text: str) -> list[Case]:
    _, cases, problems = read_cases(text, Path("some.cases.yaml"))
    assert not problems
    return cases


def problems_of(text: str) -> list[tuple[int, str]]:
    _, _, problems = read_cases(text, Path("some.cases.yaml"))
    return [(each.where.line, each.code) for each in problems]


def mismatches(text: str) -> list[str]:
    rules = sla.load("gz-npc-2023")
    return [each.what for case in cases_of(HEAD + text) for each in check(case, rules)]


# --- what holds and what does not ------------------------------------------------------------


def test_a_case_that_holds_has_no_mismatch() -> None:
    assert mismatches(IN_TIME) == []


@pytest.mark.parametrize(
    ("right", "wrong", "what"),
    [
        ("timeliness_score: 30", "timeliness_score: 18", "timeliness_score"),
        ("timeliness_score: 30", "timeliness_score: null", "timeliness_score"),
        ("timeliness_score: 30", "timeliness_score: 30.0000000000000000001", "timeliness_score"),
        ("timeliness_score: 30", "timeliness_score: {high: 29}", "timeliness_score"),
        ("timeliness_score: 30", "timeliness_score: {status: provisional}", "timeliness_score"),
        ("timeliness_score: 30", "in_time: false", "in_time"),
        ("timeliness_score: 30", "impact_class: not_business_affecting", "impact_class"),
        ("timeliness_score: 30", "status: provisional", "status"),
        ("timeliness_score: 30", "notes: needs_ruling", "notes"),
        ("timeliness_score: 30", "needs: recovered_at", "needs"),
        ("timeliness_score: 30", "exclusion.counts: true", "exclusion.counts"),
        ("overrun_response: -1/3", "overrun_response: -0.333333", "overrun_response"),
        ("02:15Z", "02:15:00.000001Z", "response_deadline"),
        ("02:15Z", "02:15+08:00", "response_deadline"),
    ],
)
def test_a_wrong_expectation_is_a_mismatch(right: str, wrong: str, what: str) -> None:
    assert right in IN_TIME
    assert mismatches(IN_TIME.replace(right, wrong)) == [what]


def test_numbers_and_instants_are_compared_as_what_they_are() -> None:
    same = IN_TIME.replace("30", '"30.00"').replace("02:15Z", "10:15:00.000+08:00")
    assert mismatches(same.replace("-1/3", "-2/6")) == []


def test_all_mismatches_of_a_case_are_found() -> None:
    text = IN_TIME.replace("timeliness_score: 30", "timeliness_score: 1, overrun: 2, status: final")
    assert mismatches(text) == ["timeliness_score", "overrun"]


def test_an_expected_error_is_the_exact_set_of_codes() -> None:
    late = IN_TIME.replace("10:10+", "09:10+").replace("11:00+", "09:00+")
    late = late[: late.index("    expect")]
    both = late + "    expect: {error: F132}\n"
    assert mismatches(both) == []
    assert mismatches(both.replace("F132", "[F132, F131]")) == ["error"]
    assert mismatches(both.replace("error: F132", "timeliness_score: 30")) == ["error"]
    assert mismatches(IN_TIME[: IN_TIME.index("    expect")] + "    expect: {error: F132}") == [
        "error"
    ]


def test_a_path_leads_to_the_record_with_that_key() -> None:
    text = """\
ruleset: gz-npc-2023
cases:
  - name: a month with two incidents
    clause: S3.2.1
    level: month
    given:
      month: 2024-03
      incidents:
        - {id: A, impact: business_affecting, reported_at: 2024-03-05T10:00+08:00}
        - {id: B, fault_level: 2, reported_at: 2024-03-05T10:00+08:00}
    expect:
      incidents.A.impact_class: business_affecting
      incidents.B.impact_class: not_business_affecting
      incidents.B.status: provisional
      catalogue_points: {value: null, low: 0, status: undetermined}
"""
    rules = sla.load("gz-npc-2023")
    assert check(cases_of(text)[0], rules) == []
    wrong = check(cases_of(text.replace("incidents.B.impact", "incidents.C.impact"))[0], rules)
    assert [(each.what, each.expected) for each in wrong] == [
        ("incidents.C.impact_class", "a record")
    ]


def test_defaults_are_merged_key_by_key_and_null_takes_a_fact_away() -> None:
    more = IN_TIME.replace("given: {", "given: {impact: null, given: {overrun: 0}, ")
    facts = cases_of(HEAD + more)[0].facts
    assert facts["id"] == "INC-1"
    assert facts["impact"] is None
    assert facts["given"] == {"overrun": 0}


def test_defaults_hold_for_their_own_level_only() -> None:
    month = "  - {name: a, clause: S2.2, level: month, given: {month: 2024-03}, expect: {total: 1}}"
    assert cases_of(HEAD + month)[0].facts == {"month": "2024-03"}


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "wrong", "line", "code"),
    [
        ("    clause:", "    clouse:", 8, "C102"),
        ("    clause: S3.2.1\n", "", 6, "C103"),
        ("S3.2.1", "S3.2.11", 7, "C107"),
        ("S3.2.1", "[S3.2.1, S9]", 7, "C107"),
        ("timeliness_score: 30", "timelines_score: 30", 9, "C110"),
        ("timeliness_score: 30", "incidents.A.total: 30", 9, "C110"),
        ("timeliness_score: 30", "limits: 30", 9, "C110"),
        ("timeliness_score: 30", "timeliness_score: thirty", 9, "C109"),
        ("timeliness_score: 30", "in_time: 1", 9, "C109"),
        ("timeliness_score: 30", "timeliness_score: [30]", 9, "C109"),
        ("timeliness_score: 30", "timeliness_score: {least: 30}", 9, "C102"),
        ("timeliness_score: 30", "status: done", 9, "C109"),
        ("timeliness_score: 30", "error: F132", 9, "C109"),
        ("02:15Z", "02:15", 9, "C109"),
        ("02:15Z", "25:15Z", 9, "C109"),
        ("    given:", "    level: incidnet\n    given:", 8, "C106"),
        ("    given:", "    readings: {overrun: linear}\n    given:", 8, "C102"),
        ("    given:", "    readings: {overrun-bands: lineer}\n    given:", 8, "C108"),
        ("    given:", "    reading_of: overrun-band\n    given:", 8, "C108"),
        ("    clause: S3.2.1\n", "    clause: S3.2.1\n    clause: S2.2\n", 8, "E111"),
    ],
)
def test_a_mistake_is_a_problem_at_its_line(right: str, wrong: str, line: int, code: str) -> None:
    text = HEAD + IN_TIME.replace(right, wrong, 1)
    found = problems_of(text)
    if code == "C102" and wrong.endswith("clouse:"):
        line = 7
    assert found == [(line, code)]


def test_two_cases_may_not_have_one_name() -> None:
    assert problems_of(HEAD + IN_TIME + IN_TIME) == [(10, "C104")]


def test_mistakes_of_several_cases_are_found_at_once() -> None:
    text = HEAD + IN_TIME.replace("S3.2.1", "S9") + IN_TIME.replace("expect", "expects")
    assert problems_of(text) == [(7, "C107"), (13, "C102")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("- a", "C101"),
        ("cases: []", "C103"),
        ("ruleset: gz-npc-2023", "C103"),
        ("ruleset: gz-npc-2023\ncases: {}", "C101"),
        ("ruleset: gz-npc-2203\ncases: []", "C105"),
        ("ruleset: gz-npc-2023\ncase: []", "C102"),
        ("", "E104"),
        ("cases: [", "E102"),
    ],
)
def test_a_file_that_is_no_file_of_cases_is_refused(text: str, code: str) -> None:
    _, cases, problems = read_cases(text, Path("some.cases.yaml"))
    assert cases == []
    assert [each.code for each in problems] == [code]


# --- facts that a file of cases cannot say ----------------------------------------------------


def test_a_float_is_refused() -> None:
    facts = {"month": "2024-03", "incidents": [], "management_score": 38.5}
    with pytest.raises(sla.FactsError) as refused:
        sla.load("gz-npc-2023").assess(facts, level="month")
    assert refused.value.codes == ("F105",)


# --- the shipped cases -----------------------------------------------------------------------


def differs(case: Case, rules: sla.Rules, reading: str, option: str) -> bool:
    """Whether the expectation of *case* fails once *reading* alone is read as *option*."""
    readings = {**case.readings, reading: option}
    return bool(check(attrs.evolve(case, readings=readings, reading_of=None), rules))


def chosen_by_cases(rules: sla.Rules) -> list[str]:
    """The readings that change a result; one that only chooses between versions changes none."""
    without = attrs.evolve(rules.program, transition=None)
    used, anywhere = (
        {part.reading for _, part in everything(program) if isinstance(part, ir.Choice)}
        for program in (without, rules.program)
    )
    return [name for name in rules.program.readings if name in used or name not in anywhere]


def is_shown(rules: sla.Rules, cases: Sequence[Case], reading: str, option: str) -> bool:
    """Whether some case has one outcome under *option* and another one without it.

    An alternative must differ from the default, the default from some alternative.
    """
    part = rules.program.readings[reading]
    chosen = [each for each in cases if each.readings.get(reading, part.default) == option]
    chosen.sort(
        key=lambda each: (reading not in (each.reading_of, *each.readings), len(each.readings))
    )
    others = [part.default] if option != part.default else [*part.options]
    return any(
        differs(case, rules, reading, other)
        for case in chosen
        for other in others
        if other != option
    )


@pytest.mark.parametrize("ruleset", SHIPPED)
def test_every_option_of_every_reading_has_a_case_that_it_decides(ruleset: str) -> None:
    rules, _, cases = shipped(ruleset)
    lacking = [
        f"{reading}: {option}"
        for reading in chosen_by_cases(rules)
        for option in rules.program.readings[reading].options
        if not is_shown(rules, cases, reading, option)
    ]
    assert lacking == []


@pytest.mark.parametrize("ruleset", SHIPPED)
def test_a_case_about_a_reading_would_end_otherwise_under_another_option(ruleset: str) -> None:
    rules, _, cases = shipped(ruleset)
    idle = [
        f"{case.span}: {case.reading_of}"
        for case in cases
        if case.reading_of is not None
        and not any(
            differs(case, rules, case.reading_of, option)
            for option in rules.program.readings[case.reading_of].options
        )
    ]
    assert idle == []


@pytest.mark.parametrize("ruleset", SHIPPED)
def test_every_clause_that_is_a_rule_has_a_case(ruleset: str) -> None:
    rules, _, cases = shipped(ruleset)
    shown = {clause for case in cases for clause in case.clauses}
    rest = [
        clause.id
        for clause in rules.program.clauses.values()
        if clause.not_encoded is None and clause.id not in shown
    ]
    assert rest == []


SAMPLES = sorted((ROOT / "rulesets").rglob("facts/sample.yaml"))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda each: "/".join(each.parts[-4:-2]))
def test_the_sample_facts_of_a_ruleset_lack_nothing(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sample may show what is still to come, but leaves nothing undetermined."""
    assert main(["assess", str(sample.parents[1]), str(sample), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["status"] in ("final", "provisional")


# --- running without pytest ------------------------------------------------------------------

SMALL = """\
language: 1
id: small
version: 1.0.0
title: Small
timezone: Asia/Shanghai
clauses: {C1: {text: 每迟一次扣一分。}}
levels:
  day:
    facts: {late: {type: integer, min: 0}}
    decisions: {loss: {value: late * 1 points, clause: C1}}
"""
CASES = """\
ruleset: small
cases:
  - {name: two, clause: C1, level: day, given: {late: 2}, expect: {loss: 2}}
  - {name: wrong, clause: C1, level: day, given: {late: 2}, expect: {loss: 3, status: final}}
"""


def home(folder: Path, cases: str = CASES, rules: str = SMALL) -> Path:
    """A ruleset in *folder* with cases in a folder below."""
    (folder / "cases").mkdir(parents=True)
    (folder / "whatever.yaml").write_text(rules, encoding="utf-8")
    (folder / "cases" / "some.cases.yaml").write_text(cases, encoding="utf-8")
    return folder


def test_a_folder_is_run_with_all_below_it(tmp_path: Path) -> None:
    report = run_cases(home(tmp_path / "contract"))
    (failure,) = report.failures

    assert [each.case.name for each in report.results] == ["two", "wrong"]
    assert [each.passed for each in report.results] == [True, False]
    assert failure.mismatches == (Mismatch("loss", "3", "2"),)
    assert failure.case.span.line == 4
    assert not report.passed
    assert report.problems == ()
    assert report.to_dict()["cases"][1]["mismatches"] == [
        {"what": "loss", "expected": "3", "got": "2"}
    ]


def test_a_file_is_run_alone(tmp_path: Path) -> None:
    file = home(tmp_path / "contract") / "cases" / "some.cases.yaml"

    assert run_cases(str(file)).files == (str(file),)
    assert len(run_cases(file).results) == 2


def test_an_edited_ruleset_is_read_anew(tmp_path: Path) -> None:
    folder = home(tmp_path / "contract")
    assert not run_cases(folder).passed
    (folder / "whatever.yaml").write_text(SMALL.replace("* 1", "* 1.5"), encoding="utf-8")

    assert [len(each.mismatches) for each in run_cases(folder).results] == [1, 0]


def test_the_ruleset_may_lie_in_parts_beside_its_cases(tmp_path: Path) -> None:
    head, _, levels = SMALL.partition("levels:")
    (tmp_path / "a.yaml").write_text(head, encoding="utf-8")
    (tmp_path / "b.yml").write_text("levels:" + levels, encoding="utf-8")
    (tmp_path / "some.cases.yaml").write_text(CASES, encoding="utf-8")

    assert len(run_cases(tmp_path).results) == 2


def test_several_rulesets_may_share_the_folder_of_their_cases(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SMALL.replace("id: small", "id: other"), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "some.cases.yaml").write_text(CASES, encoding="utf-8")

    assert len(run_cases(tmp_path).results) == 2


def test_a_packaged_ruleset_is_found_beside_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "facts.yaml").write_text("late: 2", encoding="utf-8")
    (tmp_path / "id.yaml").write_text("id: [small]", encoding="utf-8")
    (tmp_path / "some.cases.yaml").write_text(HEAD + IN_TIME, encoding="utf-8")

    assert run_cases(tmp_path).passed


@pytest.mark.parametrize("broken", ["levels: [", "leevels:"])
def test_a_broken_ruleset_is_told_and_not_taken_for_missing(tmp_path: Path, broken: str) -> None:
    report = run_cases(home(tmp_path / "contract", rules=SMALL.replace("levels:", broken)))
    (problem,) = report.problems

    assert problem.code == "C105"
    assert "whatever.yaml" in problem.message


def test_a_broken_file_hides_no_other(tmp_path: Path) -> None:
    folder = home(tmp_path / "contract")
    (folder / "cases" / "a.cases.yaml").write_text(CASES.replace("loss", "los"), encoding="utf-8")
    (folder / "cases" / "b.cases.yaml").write_bytes("ruleset: 合同".encode("gbk"))
    report = run_cases(folder)

    assert [each.code for each in report.problems] == ["C110", "C110", "C112"]
    assert len(report.results) == 2
    assert len(report.files) == 3


@pytest.mark.parametrize(
    "name", ["nowhere", ".", "whatever.yaml", "nowhere.cases.yaml", "a" * 999, "a\0"]
)
def test_a_path_without_cases_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "whatever.yaml").write_text(SMALL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (problem,) = run_cases(name).problems

    assert problem.code == "C111"


def test_an_instant_in_the_repeated_hour_of_autumn_equals_itself_in_another_zone() -> None:
    """01:30 comes twice on 3 November 2024; Python holds the second unequal to 09:30 UTC."""
    text = """
ruleset: us-lni-maintenance
cases:
  - name: the second half past one
    clause: U2.1
    level: incident
    given: {id: I, month: "2024-11", fee: 30000, severity: 1, reported_at: "2024-11-03T00:30-07:00"}
    expect: {resolution_due: "2024-11-03T09:30Z"}
  - name: not the first
    clause: U2.1
    level: incident
    given: {id: I, month: "2024-11", fee: 30000, severity: 1, reported_at: "2024-11-03T00:30-07:00"}
    expect: {resolution_due: "2024-11-03T08:30Z"}
"""
    rules, cases, problems = read_cases(text, ROOT / "some.cases.yaml")
    assert problems == []
    assert rules is not None
    assert [not check(case, rules) for case in cases] == [True, False]


def test_a_share_that_is_expected_in_hundredths_says_how_to_have_it_so(tmp_path: Path) -> None:
    folder = tmp_path / "rate"
    (folder / "cases").mkdir(parents=True)
    (folder / "ruleset.yaml").write_text(
        "language: 1\nid: rate\nversion: 1.0.0\ntitle: Rate\ntimezone: Asia/Shanghai\n"
        "clauses: {C1: {text: 95%}}\n"
        "levels: {q: {facts: {n: {type: number}}, decisions: {rate: {value: 95%, clause: C1}}}}\n",
        encoding="utf-8",
    )
    cases = folder / "cases" / "first.cases.yaml"
    cases.write_text(
        "ruleset: rate\ncases:\n- {name: a, clause: C1, level: q, given: {n: 1}, expect: {rate: 95}}\n"
        "- {name: b, clause: C1, level: q, given: {n: 1}, expect: {rate: 94}}\n",
        encoding="utf-8",
    )

    report = run_cases(cases)
    got = [each.got for result in report.results for each in result.mismatches]

    assert got == ["0.95 (a share; with type: percent the decision counts in hundredths)", "0.95"]


@pytest.mark.parametrize(
    "name", [".", "/etc/passwd", "small", "small@1", "../small", "'a\n\n  b: 1'"]
)
def test_a_file_of_cases_means_a_ruleset_by_its_id_and_never_a_path(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "ruleset.yaml").write_text("language: 1\nid: other\n", encoding="utf-8")
    file = tmp_path / "far" / "a.cases.yaml"
    file.parent.mkdir()
    file.write_text(f"ruleset: {name}\ncases: []\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    (problem,) = run_cases(file).problems
    assert problem.code == "C105"
    assert "root:" not in str(problem)


def test_an_id_is_that_of_the_packaged_ruleset_wherever_the_program_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gz-npc-2023").mkdir()
    file = tmp_path / "a.cases.yaml"
    file.write_text("ruleset: gz-npc-2023\ncases: []\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert run_cases(file).problems == ()
    assert main(["readings", "gz-npc-2023"]) == 0
    said = "gz-npc-2023 is the packaged ruleset; write ./gz-npc-2023 for the folder"
    assert said in capsys.readouterr().err
    assert main(["check", "gz-npc-2023", "./gz-npc-2023"]) == 1
    assert capsys.readouterr().err.count(said) == 1


@pytest.mark.parametrize("kind", ["pipe", "folder", "dangling", "latin-1"])
def test_what_is_no_readable_file_is_told_and_waited_for_by_nobody(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ruleset.yaml").write_text(
        "language: 1\nid: rate\nversion: 1.0.0\ntitle: Rate\ntimezone: Asia/Shanghai\n"
        "clauses: {C1: {text: 95%}}\n"
        "levels: {q: {facts: {n: {type: number}}, decisions: {rate: {value: n, clause: C1}}}}\n",
        encoding="utf-8",
    )
    file = tmp_path / "x.cases.yaml"
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "folder":
        file.mkdir()
    elif kind == "dangling":
        file.symlink_to(tmp_path / "nowhere")
    else:
        file.write_bytes("ruleset: é\n".encode("latin-1"))

    assert [each.code for each in run_cases(tmp_path).problems] == ["C112"]
    assert main(["cases", str(tmp_path), "--edges"]) == 0
    assert main(["test", str(tmp_path), "--require-cases"]) == 2
    assert "x.cases.yaml:1:1: C112" in capsys.readouterr().err


def test_the_place_of_a_file_of_cases_may_be_text() -> None:
    place: Any = "some.cases.yaml"
    rules, cases, problems = read_cases("ruleset: gz-npc-2023\ncases: []\n", place)

    assert rules is not None
    assert (rules.id, cases, problems) == ("gz-npc-2023", [], [])
