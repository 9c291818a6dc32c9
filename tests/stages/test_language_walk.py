"""Walking a program: which level each part reads, and under which readings a part is judged."""

import sla_rules as sla
from sla_rules.language import program as ir
from sla_rules.language.ranges import Cases
from sla_rules.language.variations import readings_behind, single_changes, variations
from sla_rules.language.visit import everything, inside

PROGRAM = sla.load(
    """\
language: 1
id: sample
version: 1.0.0
title: Sample
timezone: Asia/Shanghai
currency: CNY
readings:
  edge: {question: Q, default: low, options: {low: Low, high: High}}
  cause: {question: Q, default: named, options: {named: Named, none: None, first: First}}
parameters:
  base: {value: {by: edge, low: 1, high: 2}}
  least: {value: base + 0}
scales:
  steps: {input: number, gives: points, bands: {"(..5)": 1 points, "[5..)": 2 points}}
levels:
  month:
    facts:
      most: {type: number}
      faults: {type: {list: fault}}
    decisions:
      large: {value: "count(faults where number > least and number < this.most)"}
      once: {value: sum(faults.number highest per group)}
      one: {type: points, bands: {on: most, scale: steps}}
      two: {type: points, bands: {on: large, scale: steps}}
  fault:
    facts:
      number: {type: number}
      cause: {type: integer}
    decisions:
      group: {type: integer, value: {by: cause, named: cause, none: 0, first: 0}}
"""
).program


def body(level: str, name: str) -> ir.Node:
    decision = PROGRAM.levels[level].decision(name)
    assert decision is not None
    return decision.body


def slots(level: str, name: str, **ways) -> list[tuple[str, str]]:
    parts = inside(body(level, name), level, **ways)
    return sorted({(home, each.name) for home, each in parts if isinstance(each, ir.SlotRef)})


def test_each_part_is_met_with_the_level_whose_names_it_reads():
    expected = [("fault", "number"), ("month", "faults"), ("month", "most")]

    assert expected == slots("month", "large")
    expected = [("fault", "group"), ("fault", "number"), ("month", "faults")]

    assert expected == slots("month", "once")


def test_parameters_are_followed_only_through_the_program_and_each_once():
    def constants(**ways) -> list[object]:
        parts = inside((body("month", "large"), body("month", "large")), "month", **ways)
        return [each.value for _, each in parts if isinstance(each, ir.Constant)]

    assert [] == constants()
    assert [1, 2, 0] == constants(program=PROGRAM)
    assert [2, 0] == constants(program=PROGRAM, choices={**PROGRAM.defaults, "edge": "high"})


def test_of_everything_the_bands_of_a_scale_are_met_once():
    everywhere = [each for _, each in everything(PROGRAM) if isinstance(each, ir.Band)]

    assert 2 == len(everywhere)
    alone = [each for _, each in inside(body("month", "one")) if isinstance(each, ir.Band)]

    assert everywhere == alone


def test_readings_behind_a_part_are_found_through_parameters_of_parameters():
    assert {"edge"} == readings_behind(PROGRAM, body("month", "large"))
    assert set() == readings_behind(PROGRAM, body("month", "once"))


def test_the_defaults_come_first_and_then_each_single_change():
    found = list(variations(PROGRAM, ("edge", "cause")))
    usual = {"edge": "low", "cause": "named"}

    assert [
        usual,
        {**usual, "cause": "none"},
        {**usual, "cause": "first"},
        {**usual, "edge": "high"},
    ] == found
    given = {"edge": "high", "cause": "first"}

    assert [("edge", "low")] == list(single_changes(PROGRAM, ("edge",), given))
    assert [given, {**given, "edge": "low"}] == list(variations(PROGRAM, ("edge",), given))


def test_a_part_feels_a_reading_by_which_children_are_told_apart():
    assert {"cause"} == Cases(PROGRAM).felt("month", body("month", "once"))
