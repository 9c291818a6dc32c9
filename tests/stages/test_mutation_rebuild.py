"""A changed contract is another one: equal only to what the same change makes."""

from pathlib import Path

import pytest

import sla_rules as sla
from sla_rules.facts.shapes import shapes_for
from sla_rules.mutation.mutants import mutants
from sla_rules.rules import Rules
from sla_rules.testing import check, read_cases

RULES = """
language: 1
id: small
version: 1.0.0
title: {zh: 小合同, en: small}
timezone: Asia/Shanghai
clauses: {C1: {text: 加一。}}
levels:
  month:
    facts: {n: {type: integer, min: 0}}
    decisions: {s: {type: number, clause: C1, value: n + 1}}
"""
CASES = """
ruleset: small
cases: [{name: a, clause: C1, level: month, given: {n: 1}, expect: {s: 2}}]
"""


@pytest.mark.parametrize("name", ["gz-npc-2023", "us-texas-dir"])
def test_no_two_changes_of_a_contract_make_equal_programs(name: str) -> None:
    program = sla.load(name).program
    made = [each.program(program) for each in mutants(program)]
    again = [each.program(program) for each in mutants(sla.load(name).program)][:50]

    assert len({program, *made}) == len(made) + 1
    assert made[:50] == again


def test_two_changes_one_after_the_other_are_told_apart_from_either() -> None:
    program = sla.load(RULES).program
    first, *_ = mutants(program)
    once = first.program(program)
    twice = next(iter(mutants(once))).program(once)

    assert len({program, once, twice}) == 3
    assert shapes_for(twice, None) is shapes_for(program, None)


def test_a_case_is_checked_against_the_changed_contract(tmp_path: Path) -> None:
    rules = sla.load(RULES)
    _, cases, _ = read_cases(CASES, tmp_path / "a.cases.yaml", loader=lambda _: rules)
    changed = Rules(next(iter(mutants(rules.program))).program(rules.program))

    assert not check(cases[0], rules)
    assert [each.what for each in check(cases[0], changed)] == ["s"]
    assert not check(cases[0], rules)
