"""Laws of the proofs: what is proven to change nothing shows in no final result."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import sla_rules as sla
from sla_rules.assessment import Assessment
from sla_rules.diagnostics import SlaError
from sla_rules.engine.evaluate import Engine
from sla_rules.language.ranges import Cases
from sla_rules.language.walk import CyclicDecisions
from sla_rules.mutation.aims import aims_of
from sla_rules.mutation.equivalent import PROOFS, Prover
from sla_rules.mutation.mutants import Mutant, mutants
from sla_rules.mutation.trial import assessed
from sla_rules.testing.strategies import facts, readings

FEW = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
WITH_PROOFS = {"ca-telus-ivr": 3, "gz-npc-2023": 20, "uk-failure-points": 3, "uk-service-points": 1}
"""The shipped rulesets of which changes are proven, and of how many at least."""


@lru_cache(maxsize=8)
def proven(rules: sla.Rules) -> tuple[Mutant, ...]:
    """The changes that are proven to change nothing."""
    prover = Prover(rules.program)
    return tuple(each for each in mutants(rules.program) if prover.changes_nothing(each))


def engine(program: Any, choices: Mapping[str, str]) -> Engine | None:
    """The engine under some readings; None where decisions depend on each other."""
    try:
        return Engine(program, {**program.defaults, **choices})
    except (SlaError, CyclicDecisions):
        return None


Results = dict[tuple[str, str, str], tuple[bool, Any]]


def results(assessment: Assessment, path: str = "") -> Iterator[Any]:
    """Each result by record, level and decision: whether it is final, and its value."""
    for name in assessment.decisions():
        result = assessment.result(name)
        yield (path, assessment.level, name), (result.status == "final", result.value)
    for number, child in enumerate(assessment.children):
        yield from results(child, f"{path}{number}.")


def assert_nothing_shows(
    rules: sla.Rules, change: Mutant, choices: Mapping[str, str], level: str, document: Any
) -> None:
    """The change shows in no final result of some facts under some readings.

    What it touches is final with and without it alike.  What rests on something that is still
    open may follow from its bounds with the one and not the other, but never comes out otherwise.
    """
    plain = engine(rules.program, choices)
    changed = engine(change.program(rules.program), choices)
    assert (plain is None) == (changed is None)
    if plain is None or changed is None:
        return
    one, two = (assessed(each, document, level) for each in (plain, changed))
    if isinstance(one, SlaError) or isinstance(two, SlaError):
        assert getattr(one, "codes", None) == getattr(two, "codes", None)
        return
    before: Results = dict(results(one))
    after: Results = dict(results(two))
    touched = {id(each) for each in change.users}
    own = [
        place
        for place in before
        if id(rules.program.levels[place[1]].decision(place[2])) in touched
    ]
    settled = all(before[place][0] for place in own)
    for place, (final, value) in before.items():
        finally_, instead = after[place]
        if settled or place in own:
            assert final == finally_, place
        if final and finally_:
            assert value == instead, place


@pytest.mark.parametrize("name", WITH_PROOFS)
def test_what_is_proven_of_a_shipped_ruleset_never_shows(name: str) -> None:
    rules = sla.load(name)
    changes = proven(rules)
    assert len(changes) >= WITH_PROOFS[name]
    cases = Cases(rules.program)

    @settings(FEW, max_examples=30 if len(changes) > 3 else 8)
    @given(st.data())
    def run(data: st.DataObject) -> None:
        change = data.draw(st.sampled_from(changes))
        ways = list(aims_of(rules.program, change, cases))
        choices = {**data.draw(readings(rules)), **data.draw(st.sampled_from(ways))}
        levels = [
            level.name
            for level in rules.program.levels.values()
            if any(each in change.users for each in level.decisions)
        ]
        level = data.draw(st.sampled_from(levels))
        document = data.draw(facts(rules, level, complete=data.draw(st.booleans())))
        assert_nothing_shows(rules, change, choices, level, document)

    run()


HEAD = """\
language: 1
id: small
version: 1.0.0
title: {zh: 小合同, en: small}
timezone: Asia/Shanghai
currency: CNY
parameters:
  p: {value: 3}
  q: {value: 8}
readings:
  r: {question: q, default: a, options: {a: a, b: b}}
  s: {question: q, default: a, options: {a: a, b: b, c: c}}
levels:
  month:
    facts:
      n: {type: integer, min: 0, max: 10}
      m: {type: integer, min: 2, max: 20, optional: true}
      k: {type: integer, min: 0, max: 4, default: 2}
      ok: {type: bool, default: true}
      yes: {type: bool}
    decisions:
"""
NUMBERS = ["n", "n * 2", "n / 2", "n * 10", "k", "k * 3", "m", "m otherwise 5", "0 * n"]
CONDITIONS = ["", "", "ok", "yes", "given(m)", "k > 1", "ok and yes", "ok and k > 1", '"false"']
EDGES = ["2", "2.5", "p", "4", "5", "6.5", "q", "9", "15"]


def switched(drawn: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Something, or one thing under one reading and another under the next."""
    by_r = st.builds("{{by: r, a: {}, b: {}}}".format, drawn, drawn)
    by_s = st.builds("{{by: s, b: {}, otherwise: {}}}".format, drawn, drawn)
    return st.one_of(drawn, drawn, by_r, by_s)


def conditions() -> st.SearchStrategy[str]:
    """What a decision applies under, if anything."""
    return st.sampled_from(CONDITIONS).map(lambda text: f"applies: {text}, " if text else "")


@st.composite
def limits(draw: st.DrawFn, others: tuple[str, ...] = ()) -> str:
    """A cap, a floor, a rounding; each or none."""
    bounds = switched(st.sampled_from(("0", "3", "5", "10", "20", "q", "m", "k", *others)))
    parts = [
        f"{name}: {draw(bounds)}" for name in ("cap", "floor") if draw(st.sampled_from((0, 0, 1)))
    ]
    parts += draw(st.sampled_from(([], [], ["round: 1"], ["round: 0.5"])))
    return "".join(f", {each}" for each in parts)


@st.composite
def bodies(draw: st.DrawFn) -> str:
    """Ways to make a value of *x*."""
    low, middle, high = draw(
        st.lists(st.sampled_from(EDGES), min_size=3, max_size=3, unique=True).map(
            lambda edges: sorted(
                edges, key=lambda each: {"p": 3.0, "q": 8.0}.get(each) or float(each)
            )
        )
    )
    one, two, three = (draw(st.sampled_from(("1", "2", "x", "n"))) for _ in range(3))
    bands = f'"(..{low})": 1, "[{low}..{middle})": 1, "[{middle}..{high}]": 2, "({high}..)": 3'
    linear = f'"(..{low}]": x, "({low}..)": {low} + 0 * x'
    rates = f'"[0..{low})": 1, "[{low}..)": 2'
    rows = f'{{when: "<= {low}", then: 1}}, {{when: "> {low}", then: 2}}'
    hit = draw(
        st.sampled_from(("unique", "first", "any", "collect count", "collect sum", "collect max"))
    )
    return draw(
        st.sampled_from(
            (
                f"value: x + {one}",
                f"value: if ok then {two} else x",
                f"value: if x > {low} then x else {three} / 2",
                "value: x otherwise 1",
                f"bands: {{on: x, rows: {{{bands}}}}}",
                f"bands: {{on: x, rows: {{{linear}}}}}",
                f"rates: {{of: x, how: {{by: r, a: whole, b: marginal}}, rows: {{{rates}}}}}",
                f"rates: {{of: x, how: whole, rows: {{{rates}}}}}",
                f"table: {{on: x, hit: {hit}, rows: [{rows}]}}",
                "units: {of: x, per: 3, count: started}",
            )
        )
    )


@st.composite
def small(draw: st.DrawFn) -> sla.Rules:
    """A small ruleset in which much can be capped, rounded, divided and left out."""
    x = f"{draw(conditions())}value: {draw(switched(st.sampled_from(NUMBERS)))}{draw(limits())}"
    y = f"{draw(conditions())}{draw(bodies())}{draw(limits(('x',)))}"
    text = (
        f"{HEAD}      x: {{type: number, {x}}}\n      y: {{type: number, {y}}}\n"
        "      z: {type: number, value: y + 1}\n"
    )
    try:
        return sla.load(text)
    except sla.RulesetError:
        assume(False)
        raise


@settings(FEW, max_examples=150)
@given(small(), st.data())
def test_what_is_proven_of_any_ruleset_never_shows(rules: sla.Rules, data: st.DataObject) -> None:
    changes = proven(rules)
    assume(changes)
    documents = data.draw(
        st.lists(
            st.fixed_dictionaries(
                {},
                optional={
                    "n": st.integers(0, 10),
                    "m": st.integers(2, 20),
                    "k": st.integers(0, 4),
                    "ok": st.booleans(),
                    "yes": st.booleans(),
                },
            ),
            min_size=3,
            max_size=8,
        )
    )
    choices = data.draw(
        st.fixed_dictionaries({"r": st.sampled_from("ab"), "s": st.sampled_from("abc")})
    )
    for change in changes:
        for document in documents:
            assert_nothing_shows(rules, change, choices, "month", document)


def test_every_kind_of_proof_is_tried() -> None:
    found = {
        each.operator
        for name in ("ca-telus-ivr", "gz-npc-2023", "uk-failure-points")
        for each in proven(sla.load(name))
    }

    assert found | {"cap", "floor"} == set(PROOFS)
