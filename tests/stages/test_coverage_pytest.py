"""Coverage from pytest: exactly of the cases that ran, in however many processes."""

import re

import pytest

from sla_rules.coverage import measure_path

measure_path("us-texas-dir")  # imports all that is imported late: pytester forgets it each time

RULESET = """
language: 1
id: small
version: 1.0.0
title: {zh: 小合同, en: Small}
timezone: Asia/Shanghai
clauses:
  C1: {text: Each delay loses one point.}
  C2: {text: No more than three points are lost for reports that come late.}
levels:
  day:
    title: {zh: 每日, en: day}
    facts: {late: {type: integer, min: 0, title: {zh: 迟到次数, en: delays}}}
    decisions:
      loss: {title: {zh: 扣分, en: loss}, clause: [C1, C2], value: late * 1 points, cap: 3 points}
"""
CASES = """
ruleset: small
defaults: {level: day}
cases:
  - {name: two delays, clause: C1, given: {late: 2}, expect: {loss: 2}}
  - {name: "four :: delays", clause: C2, given: {late: 4}, expect: {loss: 3}}
"""
QUIET = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest")


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    (pytester.path / "ruleset.yaml").write_text(RULESET, encoding="utf-8")
    (pytester.path / "a.cases.yaml").write_text(CASES, encoding="utf-8")
    return pytester


def test_nothing_is_measured_unless_it_is_asked_for(project: pytest.Pytester) -> None:
    assert "coverage of contracts" not in project.runpytest(*QUIET).stdout.str()


def test_what_is_not_covered_is_told_after_the_tests(project: pytest.Pytester) -> None:
    done = project.runpytest(*QUIET, "--sla-cov", "-k", "two")

    assert done.ret == 0
    assert "coverage of contracts by --sla-cov" in done.stdout.str()
    assert "not covered: clauses (1)\n  ruleset.yaml:9:3: C2" in done.stdout.str()
    assert "the cap cuts" in done.stdout.str()


LEAST = "--sla-cov-fail-under=clause=100,limit=100"
SHORT = "small 1.0.0: clauses covered 50 %, less than the 100 % that is asked for"


def test_the_shares_are_those_of_the_cases_that_ran(project: pytest.Pytester) -> None:
    whole, part = (project.runpytest(*QUIET, LEAST, *some) for some in ((), ("-k", "four")))

    assert (whole.ret, part.ret) == (0, 1)
    assert re.search(r"^clauses +2 +2 +100 %$", whole.stdout.str(), re.MULTILINE)
    part.stdout.fnmatch_lines([SHORT])


def test_workers_tell_the_process_that_measures_which_cases_ran(project: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    part = project.runpytest_subprocess(*QUIET, LEAST, "-n1", "-k", "four")

    assert part.ret == 1
    part.stdout.fnmatch_lines([SHORT])


def test_a_case_that_fails_covers_nothing(project: pytest.Pytester) -> None:
    (project.path / "a.cases.yaml").write_text(
        CASES.replace("expect: {loss: 3}", "expect: {loss: 4}"), encoding="utf-8"
    )
    done = project.runpytest(*QUIET, "--sla-cov")

    assert done.ret == 1
    assert "1 case holds and counts; 1 does not hold and does not count" in done.stdout.str()


def test_shares_asked_of_no_case_at_all_are_not_reached(project: pytest.Pytester) -> None:
    (project.path / "a.cases.yaml").unlink()
    done = project.runpytest(*QUIET, "--sla-cov-fail-under=clause=1")

    assert done.ret == 1
    assert "no case was run: nothing is covered" in done.stdout.str()


def test_a_share_that_is_none_is_refused(project: pytest.Pytester) -> None:
    done = project.runpytest(*QUIET, "--sla-cov-fail-under=claus=1")

    assert done.ret == 4
    assert "did you mean 'clause'?" in done.stderr.str()


@pytest.mark.parametrize("text", ["", " ", ","])
def test_a_share_left_empty_is_refused(project: pytest.Pytester, text: str) -> None:
    done = project.runpytest(*QUIET, f"--sla-cov-fail-under={text}")

    assert done.ret == 4
    assert "a share is left empty" in done.stderr.str()
