"""Small facts: minimal documents of every level, and shrinking."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

import sla_rules as sla
from sla_rules.testing import minimal_document, shrink
from sla_rules.testing.plainly import flow, plainly, yaml_lines
from tests.shipped import SHIPPED

PLAIN = ("row", "limit", "calendar")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_level_of_every_ruleset_has_a_smallest_accepted_document(name: str) -> None:
    rules = sla.load(name)
    for level in rules.program.levels.values():
        document = minimal_document(rules, level.name)
        assert document is not None
        rules.assess(document, level.name)
        for key in document:
            with pytest.raises(sla.FactsError):
                rules.assess({k: v for k, v in document.items() if k != key}, level.name)


@pytest.mark.parametrize("name", SHIPPED)
def test_decisions_that_were_asked_for_are_known(name: str) -> None:
    rules = sla.load(name)
    top = rules.program.levels[rules.top_level]
    asked = [each.name for each in top.decisions if each.type.kind not in PLAIN]
    document = minimal_document(rules, decided=asked[:1])
    assert document is not None
    assert rules.assess(document).result(asked[0]).status == "final"


def test_an_unknown_decision_is_refused() -> None:
    with pytest.raises(ValueError, match="no decision 'totl'"):
        minimal_document(sla.load("gz-npc-2023"), "month", decided=["totl"])


@pytest.mark.parametrize(
    ("facts", "holds", "smallest"),
    [
        ({"a": 1, "b": {"c": 2}}, lambda each: "b" in each, {"b": {}}),
        ([5, 6, 7], lambda each: 6 in each, [6]),
        ({"n": 4711}, lambda each: each.get("n", 0) > 30, {"n": 4000}),
        ({"n": Decimal("7.5")}, lambda each: each.get("n", 0) > 7, {"n": Decimal("7.5")}),
        ({"t": "x", "b": True}, lambda each: len(each) == 2, {"t": "x", "b": True}),
    ],
)
def test_nothing_is_left_that_can_go(facts: Any, holds: Any, smallest: Any) -> None:
    assert shrink(facts, holds) == smallest


def test_shrinking_asks_no_more_than_it_may_and_leaves_numbers_alone_when_told() -> None:
    asked: list[Any] = []

    def holds(each: Any) -> bool:
        asked.append(each)
        return "n" in each

    assert shrink({"n": 12, "m": 1}, holds, most=1) == {"n": 12}
    assert len(asked) == 1
    assert shrink({"n": 12, "m": 1}, holds, numbers=False) == {"n": 12}


def test_yaml_is_read_as_the_same_facts() -> None:
    facts = {
        "text": "no",
        "digits": "0123",
        "number": Decimal("1.50"),
        "truth": False,
        "none": [],
        "of text": ["a: b", "#x", "甲方", ""],
        "long": [{"name": "x" * 60, "value": "y" * 60, "more": {"deep": "z" * 100}}],
    }
    text = "\n".join(yaml_lines(plainly(facts)))
    from sla_rules.facts.document import read_document

    assert read_document(text + "\n") == facts
    assert flow(None) == "null"


@pytest.mark.parametrize(
    "odd",
    [
        *(Decimal(each) for each in ("NaN", "-Infinity", "1E+5000", "1E+999999999")),
        10**5000,
        -(10**5000),
        Fraction(10**5000, 3),
    ],
    ids=["nan", "infinite", "long", "longest", "whole", "negative", "share"],
)
def test_no_number_is_too_odd_to_shrink(odd: Any) -> None:
    assert shrink({"a": odd, "b": 7}, lambda each: "a" in each).keys() == {"a"}


def test_facts_may_be_nested_deeply() -> None:
    deep: Any = [1]
    for _ in range(3000):
        deep = [deep]

    assert shrink({"deep": deep, "b": 7}, lambda each: "b" in each, most=9) == {"b": 0}


def test_questions_are_not_counted_below_nothing() -> None:
    with pytest.raises(ValueError, match="most >= 0, got -1"):
        shrink({"a": 1}, lambda _: True, most=-1)
