"""Acknowledging: the nearest part answers, and an answer to nothing is found."""

import textwrap
from collections.abc import Iterator

import attrs

from sla_rules.language.load import load_program
from sla_rules.language.program import Program
from sla_rules.lint import findings
from sla_rules.lint.found import Found, found

TEXT = """
language: 1
id: sample
version: 1.0.0
title: Sample
timezone: Asia/Shanghai
acknowledge: {ruleset}
levels:
  month:
    acknowledge: {level}
    facts:
      score: {{type: points, acknowledge: {fact}}}
    decisions:
      total: {{value: score, acknowledge: {decision}}}
"""
BOTH = "{W799: {zh: 甲方已同意, en: agreed}}"


def program(**parts: str) -> Program:
    filled = {name: parts.get(name, "{}") for name in ("ruleset", "level", "fact", "decision")}
    return load_program({"sample.yaml": textwrap.dedent(TEXT).lstrip().format(**filled)})[0]


def on_decisions(each: Program) -> Iterator[Found]:
    for level in each.levels.values():
        for one in level.decisions:
            yield found("W799", f"{one.name} is so", one.span, one, level, hint="mend it")


def told(each: Program, lang: str = "en") -> list[tuple[str, str]]:
    return [
        (one.code, one.acknowledged) for one in findings(each, lints=(on_decisions,), lang=lang)
    ]


def test_a_finding_is_acknowledged_by_the_nearest_part_the_level_or_the_ruleset() -> None:
    assert told(program()) == [("W799", "")]
    for part in ("decision", "level", "ruleset"):
        assert told(program(**{part: BOTH})) == [("W799", "agreed")]


def test_the_reason_is_given_in_the_language_that_is_asked_for() -> None:
    assert told(program(level=BOTH), "zh") == [("W799", "甲方已同意")]


def test_an_acknowledgement_further_away_is_idle_when_a_nearer_one_answers() -> None:
    near = "{W799: {zh: 近, en: near}}"

    assert sorted(told(program(decision=near, level=BOTH))) == [("W743", ""), ("W799", "near")]


def test_an_acknowledgement_where_nothing_is_found_is_a_finding() -> None:
    assert sorted(told(program(fact=BOTH))) == [("W743", ""), ("W799", "")]


def test_an_acknowledgement_of_no_code_names_the_nearest() -> None:
    (_, problem) = sorted(
        findings(program(fact="{W798: {zh: 误, en: slip}}"), lints=(on_decisions,)),
        key=lambda each: -ord(each.code[2]),
    )

    assert problem.code == "W744"
    assert "W799" in problem.hint


def test_findings_quote_their_line() -> None:
    (problem,) = findings(program(), lints=(on_decisions,))

    assert problem.excerpt.strip().startswith("total:")
    assert attrs.evolve(problem, excerpt="") == problem
