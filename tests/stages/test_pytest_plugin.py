"""The pytest plugin: cases as tests, in any project in which sla_rules is installed."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from sla_rules.testing import failure, run_cases

run_cases("uk-service-points")  # imports all that is imported late: pytester forgets it each time

SMALL = """\
language: 1
id: small
version: 1.0.0
title: {zh: 小合同, en: Small}
timezone: Asia/Shanghai
clauses:
  C1: {text: 每迟一次扣一分。, translation: Each delay loses one point.}
  C2: {text: 扣分以三分为限。, translation: At most three points are lost.}
levels:
  day:
    title: {zh: 每日, en: day}
    facts: {late: {type: integer, min: 0, title: {zh: 迟到次数, en: delays}}}
    decisions:
      loss:
        title: {zh: 扣分, en: loss}
        clause: [C1, C2]
        value: late * 1 points
        cap: 3 points
"""
CASES = """\
ruleset: small
cases:
  # 两次
  - {name: 迟到两次，扣两分, clause: C1, level: day, given: {late: 2}, expect: {loss: 2}}
  - name: 迟到四次，只扣三分
    clause: C2
    level: day
    given: {late: 4}
    expect: {loss: 4}
"""
ALONE = ("-p", "no:hypothesispytest")  # which would be imported anew in each run
QUIET = (*ALONE, "-p", "no:cacheprovider")


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with an outside ruleset and two cases, of which the second fails."""
    write(pytester, CASES)
    return pytester


def write(pytester: pytest.Pytester, cases: str, rules: str = SMALL) -> Path:
    folder = pytester.path / "rulesets" / "small" / "cases"
    folder.mkdir(parents=True, exist_ok=True)
    (folder.parent / "ruleset.yaml").write_text(rules, encoding="utf-8")
    (folder / "day.cases.yaml").write_text(cases, encoding="utf-8")
    return folder / "day.cases.yaml"


def fresh(folder: Path, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """A command of its own in *folder*, with the modules of this run."""
    path = os.pathsep.join(each for each in sys.path if each)
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1", "COLUMNS": "100", **environ},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


# --- what is collected -------------------------------------------------------------------------


def test_an_outside_ruleset_and_its_cases_are_collected_and_run(tmp_path: Path) -> None:
    """In a process of its own, as in a project that merely has sla_rules installed."""
    cases = tmp_path / "rulesets" / "small" / "cases" / "day.cases.yaml"
    cases.parent.mkdir(parents=True)
    cases.write_text(CASES, encoding="utf-8")
    (cases.parents[1] / "ruleset.yaml").write_text(SMALL, encoding="utf-8")
    done = fresh(tmp_path, "-m", "pytest", "rulesets/", "-p", "no:cacheprovider", "-v")

    assert done.returncode == 1, done.stderr
    assert "rulesets/small/cases/day.cases.yaml::迟到两次，扣两分 PASSED" in done.stdout
    assert "rulesets/small/cases/day.cases.yaml::迟到四次，只扣三分 FAILED" in done.stdout
    assert "1 failed, 1 passed" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_the_names_of_cases_are_ids_that_can_be_called(project: pytest.Pytester) -> None:
    result = project.runpytest(*QUIET, "--collect-only", "-q")
    result.stdout.fnmatch_lines(
        [
            "rulesets/small/cases/day.cases.yaml::迟到两次，扣两分",
            "rulesets/small/cases/day.cases.yaml::迟到四次，只扣三分",
        ]
    )
    one = project.runpytest(*QUIET, "rulesets/small/cases/day.cases.yaml::迟到两次，扣两分")
    one.assert_outcomes(passed=1)
    few = project.runpytest(*QUIET, "-k", "四次")
    few.assert_outcomes(failed=1, deselected=1)


@pytest.mark.parametrize("name", ["a::b", "[1..2] 分", "两行\n  的名字", "50%/100%：得 9 分"])
def test_any_name_can_be_called(pytester: pytest.Pytester, name: str) -> None:
    cases = CASES.replace("迟到两次，扣两分", repr(name).replace("'", '"'))
    write(pytester, cases)
    listed = pytester.runpytest(*QUIET, "--collect-only", "-q").outlines[0]
    result = pytester.runpytest(*QUIET, listed)
    result.assert_outcomes(passed=1)


def test_other_files_can_be_named_in_the_configuration(project: pytest.Pytester) -> None:
    home = project.path / "rulesets" / "small" / "cases"
    (home / "day.cases.yaml").rename(home / "每日.案例.yaml")
    project.runpytest(*QUIET).assert_outcomes()
    project.makeini("[pytest]\nsla_rules_files = *.案例.yaml contracts/*.yaml")
    project.runpytest(*QUIET).assert_outcomes(passed=1, failed=1)


def test_a_broken_file_is_a_collection_error_with_its_diagnostics(
    project: pytest.Pytester,
) -> None:
    write(project, CASES.replace("expect: {loss: 4}", "expect: {los: 4}"))
    result = project.runpytest(*QUIET)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "rulesets/small/cases/day.cases.yaml:9:14: C110 there is no decision *",
            "*did you mean 'loss'?",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*_sla_rules_pytest*")


def test_a_file_that_is_no_text_is_a_collection_error(project: pytest.Pytester) -> None:
    home = project.path / "rulesets" / "small" / "cases"
    (home / "day.cases.yaml").write_bytes("ruleset: 合同".encode("gbk"))
    result = project.runpytest(*QUIET)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*day.cases.yaml:1:1: C112 *not UTF-8*"])


# --- what a failure says -----------------------------------------------------------------------


def test_a_failure_tells_the_place_the_difference_and_the_reason(
    project: pytest.Pytester,
) -> None:
    result = project.runpytest(*QUIET)
    result.stdout.fnmatch_lines(
        [
            "rulesets/small/cases/day.cases.yaml:5: 迟到四次，只扣三分",
            "  结果  名称  预期  实得  条款",
            "  扣分  loss  4 分  3 分  C1, C2",
            "  条款 C2：扣分以三分为限。",
            "  扣分 = 3 分*不超过 3 分*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_failure_is_told_in_the_language_that_is_asked_for(project: pytest.Pytester) -> None:
    result = project.runpytest(*QUIET, "--sla-lang", "en")
    result.stdout.fnmatch_lines(
        [
            "  result  name  expected  got       clause",
            "  Clause C2: At most three points are lost.",
        ]
    )


def test_a_person_and_a_program_without_pytest_read_the_same_text(
    project: pytest.Pytester,
) -> None:
    (failed,) = run_cases(project.path / "rulesets" / "small").failures
    _, *lines = failed.failure_text().splitlines()

    assert len(lines) < failure.LINES
    project.runpytest(*QUIET).stdout.fnmatch_lines(lines, consecutive=True)


def test_an_error_of_the_program_keeps_its_traceback(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("sla_rules.testing.check", broken)
    result = project.runpytest(*QUIET)
    result.stdout.fnmatch_lines(["*RuntimeError: a defect"])


# --- beside the other parts of pytest ----------------------------------------------------------


def test_junit_has_line_clause_and_text(project: pytest.Pytester) -> None:
    project.runpytest(*QUIET, "--junit-xml=report.xml", "-o", "junit_family=xunit1")
    cases = list(ET.parse(project.path / "report.xml").iter("testcase"))
    passed, failed = cases

    assert [each.get("name") for each in cases] == ["迟到两次，扣两分", "迟到四次，只扣三分"]
    assert failed.get("file") == str(Path("rulesets/small/cases/day.cases.yaml"))
    assert [each.get("line") for each in cases] == ["3", "4"]  # counted from 0 there
    properties = {each.get("name"): each.get("value") for each in failed.iter("property")}
    assert properties == {"ruleset": "small 1.0.0", "clause": "C2"}
    assert "day.cases.yaml:5: 迟到四次" in (failed.findtext("failure") or "")
    assert passed.find("failure") is None


def test_the_failed_case_alone_runs_again_and_the_first_failure_stops(
    project: pytest.Pytester,
) -> None:
    project.runpytest(*ALONE, "-x").assert_outcomes(passed=1, failed=1)
    project.runpytest(*ALONE, "--lf").assert_outcomes(failed=1)
    write(project, CASES.replace("{loss: 2}", "{loss: 1}"))
    project.runpytest("-x", *QUIET).assert_outcomes(failed=1)


def test_several_workers_share_the_cases(project: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    result = project.runpytest_subprocess(*QUIET, "-n2", "-q")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["  扣分  loss  4 分  3 分  C1, C2"])


# --- cases that are required -------------------------------------------------------------------


def test_a_run_without_a_case_fails_where_cases_are_required(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_something(): pass")
    assert pytester.runpytest(*QUIET).ret == 0
    result = pytester.runpytest(*QUIET, "--sla-require-cases")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*C140 no case was found, and cases are required"])


def test_a_ruleset_without_a_case_fails_where_cases_are_required(
    project: pytest.Pytester,
) -> None:
    other = project.path / "rulesets" / "other.yaml"
    other.write_text(SMALL.replace("id: small", "id: other"), encoding="utf-8")
    (project.path / "rulesets" / "facts.yaml").write_text("late: 2", encoding="utf-8")
    project.runpytest(*QUIET).assert_outcomes(passed=1, failed=1)
    result = project.runpytest(*QUIET, "--sla-require-cases")
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(
        ["rulesets/other.yaml:1:1: C141 no case is about this ruleset", "*hint: write one in *"]
    )
    report = run_cases(project.path, require_cases=True)
    assert [each.code for each in report.problems] == ["C141"]
    assert not report.passed


def test_a_ruleset_whose_files_of_cases_are_empty_has_none(project: pytest.Pytester) -> None:
    file = write(project, "ruleset: small\ncases: []\n")
    result = project.runpytest(*QUIET, "--sla-require-cases")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*ruleset.yaml:1:1: C141 *", "*C140 *"])
    assert [each.code for each in run_cases(file, require_cases=True).problems] == ["C140"]
    assert run_cases(file).problems == ()


def test_cases_that_workers_collected_are_cases(project: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    write(project, CASES.replace("loss: 4", "loss: 3"))
    result = project.runpytest_subprocess(*QUIET, "-n1", "--sla-require-cases")
    result.assert_outcomes(passed=3)
    assert result.ret == 0


# --- expectations that are rewritten -----------------------------------------------------------


@pytest.fixture
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)


def test_nothing_is_rewritten_in_ci(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    result = project.runpytest(*QUIET, "--sla-update")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--sla-update: C142 expectations are not rewritten in CI"])


@pytest.mark.usefixtures("at_home")
def test_nothing_is_rewritten_by_several_workers(project: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    result = project.runpytest_subprocess(*QUIET, "--sla-update", "-n2")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*C143 several workers*", "*hint: run it with -n 0"])
    assert "loss: 4" in (project.path / "rulesets/small/cases/day.cases.yaml").read_text("utf-8")


@pytest.mark.usefixtures("at_home")
def test_a_failing_case_is_rewritten_in_place_and_then_holds(project: pytest.Pytester) -> None:
    file = project.path / "rulesets" / "small" / "cases" / "day.cases.yaml"
    result = project.runpytest(*QUIET, "--sla-update")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        ["rulesets/small/cases/day.cases.yaml:9: 迟到四次，只扣三分: loss: 4 → 3"]
    )
    assert file.read_text(encoding="utf-8") == CASES.replace("loss: 4", "loss: 3")
    project.runpytest(*QUIET).assert_outcomes(passed=2)


@pytest.mark.usefixtures("at_home")
def test_what_cannot_be_rewritten_fails_and_says_so(project: pytest.Pytester) -> None:
    text = CASES.replace("expect: {loss: 4}", "expect:\n      error: F101")
    file = write(project, text)
    result = project.runpytest(*QUIET, "--sla-update")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["*day.cases.yaml:10:14: C144 error is left as it is: the facts are no longer refused"]
    )
    assert file.read_text(encoding="utf-8") == text


# --- what it costs -----------------------------------------------------------------------------

PROBE = """\
import sys

def test_nothing_of_sla_rules_is_there():
    ours = [name for name in sys.modules if name.partition(".")[0] in ("sla_rules", "attrs", "yaml")]
    assert "_sla_rules_pytest" in sys.modules
    assert ours == []
"""


def test_nothing_of_the_package_is_imported_before_a_file_of_cases_is_met(tmp_path: Path) -> None:
    (tmp_path / "test_probe.py").write_text(PROBE, encoding="utf-8")
    (tmp_path / "ordinary.yaml").write_text("a: 1", encoding="utf-8")
    done = fresh(tmp_path, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:hypothesispytest")

    assert done.returncode == 0, done.stdout
