"""Stage 3: names, types and units, whatever the order of the parts."""

from decimal import Decimal
from typing import Any

import pytest

import sla_rules as sla
from sla_rules.language import program as ir

HEAD = """\
language: 1
id: sample
version: 1.0.0
title: Sample
timezone: Asia/Shanghai
currency: CNY
"""
FACTS = (
    "a: {type: number}, p: {type: points}, c: {type: money}, t: {type: duration}, b: {type: bool}"
)


def rules(decisions: str, before: str = "") -> sla.Rules:
    lines = "".join(f"      {line.strip()}\n" for line in decisions.strip().splitlines())
    return sla.load(f"{HEAD}{before}levels:\n  m:\n    facts: {{{FACTS}}}\n    decisions:\n{lines}")


def decision(loaded: sla.Rules, name: str) -> ir.Decision:
    found = loaded.program.levels["m"].decision(name)
    assert found is not None
    return found


def refused(decisions: str, before: str = "") -> tuple[str, ...]:
    with pytest.raises(sla.RulesetError) as caught:
        rules(decisions, before)
    return caught.value.codes


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("a", "number"),
        ("p * 2", "points"),
        ("c / p", "CNY/points"),
        ("c / p * p", "CNY"),
        ("p / p", "ratio"),
        ("p * p", "points^2"),
        ("1 / t", "1/time"),
        ("a * 50%", "ratio"),
        ("2 h + 30 min", "time"),
        ("-p", "points"),
        ("if b then p else 0 points", "points"),
        ("p otherwise 3 points", "points"),
        ("max(c, 5 CNY)", "CNY"),
        ("abs(a)", "number"),
        ("p > 3 points", "bool"),
        ("given(p)", "bool"),
        ("not b", "bool"),
        ("p in [1 points, 2 points]", "bool"),
        ("5 元 + 1 CNY", "CNY"),
        ("5 分 + 1 point", "points"),
    ],
)
def test_an_expression_has_the_type_of_its_units(expression: str, kind: str) -> None:
    assert kind == str(decision(rules(f"d: {expression}"), "d").type)


def test_types_are_found_whatever_the_order() -> None:
    loaded = rules("x: y + 1 points\ny: z * 2\nz: p")

    assert ["points"] * 3 == [str(decision(loaded, name).type) for name in "xyz"]
    assert Decimal(7) == loaded.assess({"p": 3}, level="m")["x"]


def test_what_depends_on_itself_is_told_with_the_rest() -> None:
    assert ("E519",) == refused("x: y\ny: x")
    assert ("E519",) == refused("v: w\nw: x\nx: y\ny: z\nz: v")
    assert ("E519", "E404") == refused("x: y\ny: x\nz: nothing_like_it")


def test_a_circle_of_parameters_is_told() -> None:
    """It used to drop the parameters, and every decision that named them, without a word."""
    assert ("E519",) == refused(
        "d: one + 1", "parameters: {one: {value: two}, two: {value: one}}\n"
    )
    assert ("E519",) == refused("d: 1", "parameters: {one: {value: one}}\n")


def test_parameters_rest_on_parameters_in_any_order() -> None:
    before = "parameters: {one: {value: two * 2}, two: {value: three + 1}, three: {value: 4}}\n"

    assert Decimal(10) == rules("d: one", before).assess({}, level="m")["d"]


def test_a_bad_period_is_not_overlooked() -> None:
    """It used to be read as no period at all."""
    assert ("E523",) == refused("d: a", "effective: {from: 2023-13-01}\n")
    assert ("E523",) == refused("d: a", "effective: {to: 20231231}\n")


READING = "readings: {r: {question: Q, default: x, options: {x: X, y: Y}}}\n"


def test_every_option_of_a_switch_has_the_declared_type() -> None:
    scale = 'scales: {s: {input: points, gives: number, bands: {"(..)": 1}}}\n'
    switch = "{by: r, x: {bands: {on: p, scale: s}}, otherwise: {bands: {on: p, scale: s}}}"

    assert ("E401",) == refused(f"d: {{type: points, value: {switch}}}", READING + scale)
    assert "number" == str(decision(rules(f"d: {{value: {switch}}}", READING + scale), "d").type)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (
            "{table: {on: b, rows: [{when: true, then: 1 points}, {when: '-', then: 1 CNY}]}}",
            "E505",
        ),
        ("{bands: {on: a, rows: {'(..0]': 1 points, '(0..)': 1 CNY}}}", "E505"),
        ("{value: {by: r, x: 1 points, y: 1 CNY}}", "E505"),
        ("{table: {on: b, hit: collect sum, rows: [{when: '-', then: true}]}}", "E528"),
        ("{table: {on: b, hit: collect max, rows: [{when: '-', then: true}]}}", "E528"),
        ("{table: {on: b, hit: priority, rows: [{when: '-', then: 1}]}}", "E528"),
        ("{value: b, round: 1}", "E528"),
        ("{table: {on: a, rows: [{when: '> p / p', then: 1}]}}", "E525"),
        ("{bands: {on: b, rows: {'(..)': 1}}}", "E407"),
    ],
)
def test_what_has_no_meaning_is_refused(body: str, code: str) -> None:
    assert (code,) == refused(f"d: {body}", READING)


def test_a_limit_may_be_a_duration_or_working_days() -> None:
    loaded = rules(
        "d: {type: limit, value: if b then 2 h else 1 workday}\ne: {type: limit, value: 30 min}"
    )

    assert ["2 h", "1 workday"] == [loaded.assess({"b": b}, level="m")["d"] for b in (True, False)]
    assert "30 min" == loaded.assess({}, level="m")["e"]


def test_a_figure_of_another_kind_cannot_be_given() -> None:
    loaded = rules("d: {type: limit, value: 2 h}\ne: a")
    with pytest.raises(sla.FactsError) as caught:
        loaded.assess({"given": {"d": "3 h"}}, level="m")

    assert ("E121".replace("E", "F"),) == caught.value.codes


@pytest.mark.parametrize(
    "text",
    [
        "facts: {a: {type: {list: none_such}}}",
        "facts: {a: {type: bool}}, key: b",
        "facts: {a: {type: bool}}, key: a",
        "facts: {a: {type: date, not_before: b}}",
        "facts: {a: {type: date, not_before: b}, b: {type: month}}",
        "facts: {a: {type: bool, not_before: b}, b: {type: bool}}",
        "facts: {a: {type: text}}, period: a",
        "facts: {a: {type: text, min: \"'b'\"}}",
        "facts: {a: {type: limit}}",
        "facts: {if: {type: bool}}",
    ],
)
def test_what_a_level_says_of_its_facts_must_make_sense(text: str) -> None:
    with pytest.raises(sla.RulesetError):
        sla.load(f"{HEAD}levels: {{m: {{{text}}}}}\n")


def test_the_program_is_closed() -> None:
    """Every node of the packaged ruleset has a type, and every name a slot."""
    from sla_rules.language.walk import parts

    program = sla.load("gz-npc-2023").program
    count = 0
    for level in program.levels.values():
        size: Any = {each.index for each in (*level.facts, *level.decisions)}
        assert size == set(range(1, level.size))
        for each in level.decisions:
            for part in parts(each.body):
                count += 1
                assert getattr(part, "type", None) is None or part.type.kind != "error"
    assert count > 1000
