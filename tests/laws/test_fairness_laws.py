"""Of rulesets that are fair by construction nothing is found; of one planted reversal, it is."""

import textwrap
from fractions import Fraction

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

import sla_rules as sla
from sla_rules.lint.fairness import reversals
from sla_rules.lint.steps import steps

STEPS = 12_000
TEXT = """
language: 1
id: random
version: 1.0.0
title: Random
timezone: Asia/Shanghai
levels:
  month:
    facts:
      rate: {{type: percent, min: 0%, max: 100%, better: higher}}
      failures: {{type: integer, min: 0, max: 60, better: lower}}
      late: {{type: duration, min: 0 min, max: 90 h, better: lower}}
      incidents: {{type: {{list: incident}}}}
    decisions:
      rate_loss: {{better: lower, bands: {{on: rate, rows: {rate_rows}}}}}
      failure_loss: {{better: lower, value: failures * {each} points, cap: {cap} points}}
      late_units: {{units: {{of: late, per: {per} h, count: {count}, free: {free}}}}}
      late_loss: {{better: lower, value: late_units * {unit} points}}
      incident_loss: {{better: lower, value: {aggregate}(incidents.loss)}}
      loss: {{better: lower, value: "min({most} points, rate_loss + failure_loss + late_loss + incident_loss)"}}
      score: {{better: higher, value: 100 points - loss, floor: {floor} points}}
  incident:
    facts:
      minutes: {{type: integer, min: 0, max: 600, better: lower}}
    decisions:
      loss: {{better: lower, bands: {{on: minutes, rows: {minute_rows}}}}}
"""


@attrs.frozen
class Random:
    """A random ruleset: edges and losses of two band sets, and the figures of the rest."""

    rate_edges: tuple[int, ...]
    rate_losses: tuple[int, ...]
    minute_edges: tuple[int, ...]
    minute_losses: tuple[int, ...]
    figures: dict[str, object]

    def text(self) -> str:
        return textwrap.dedent(TEXT).format(
            rate_rows=_bands(self.rate_edges, self.rate_losses, "%"),
            minute_rows=_bands(self.minute_edges, self.minute_losses, ""),
            **self.figures,
        )


def _bands(edges: tuple[int, ...], losses: tuple[int, ...], unit: str) -> str:
    lows = ["", *(f"{each}{unit}" for each in edges)]
    highs = [*(f"{each}{unit}" for each in edges), ""]
    rows = (
        f'"[{low}..{high})": {loss} points'
        for low, high, loss in zip(lows, highs, losses, strict=True)
    )
    return "{" + ", ".join(rows) + "}"


def _band_sets(most: int, *, rising: bool) -> st.SearchStrategy[tuple[tuple[int, ...], ...]]:
    def built(edges: set[int]) -> st.SearchStrategy[tuple[tuple[int, ...], ...]]:
        ordered = tuple(sorted(edges))
        size = len(edges) + 1
        losses = st.lists(st.integers(0, 40), min_size=size, max_size=size)
        return losses.map(lambda each: (ordered, tuple(sorted(each, reverse=not rising))))

    return st.sets(st.integers(1, most - 1), min_size=1, max_size=5).flatmap(built)


@st.composite
def fair(draw: st.DrawFn) -> Random:
    """A ruleset in which every decision goes one way, by construction."""
    rate_edges, rate_losses = draw(_band_sets(100, rising=False))
    minute_edges, minute_losses = draw(_band_sets(600, rising=True))
    figures = {
        "each": draw(st.integers(0, 9)),
        "cap": draw(st.integers(0, 60)),
        "per": draw(st.integers(1, 12)),
        "count": draw(st.sampled_from(["full", "started", "pro_rata"])),
        "free": draw(st.integers(0, 3)),
        "unit": draw(st.integers(0, 5)),
        "aggregate": draw(st.sampled_from(["sum", "max", "mean"])),
        "most": draw(st.integers(1, 150)),
        "floor": draw(st.integers(0, 30)),
    }
    return Random(rate_edges, rate_losses, minute_edges, minute_losses, figures)


@st.composite
def unfair(draw: st.DrawFn) -> tuple[Random, str, str]:
    """A fair ruleset, one band of which costs less than a better one; its level and decision."""
    ruleset = draw(fair())
    of_rate = draw(st.booleans())
    losses = list(ruleset.rate_losses if of_rate else ruleset.minute_losses)
    # bands of the rate get better upwards, those of the minutes get worse
    worse = (
        draw(st.integers(0, len(losses) - 2)) if of_rate else draw(st.integers(1, len(losses) - 1))
    )
    better = worse + 1 if of_rate else worse - 1
    losses[worse] = draw(st.integers(0, 20))
    losses[better] = losses[worse] + draw(st.integers(1, 20))
    if of_rate:
        return attrs.evolve(ruleset, rate_losses=tuple(losses)), "month", "rate_loss"
    return attrs.evolve(ruleset, minute_losses=tuple(losses)), "incident", "loss"


@settings(max_examples=25, deadline=None)
@given(fair())
def test_of_a_fair_ruleset_nothing_is_found(ruleset: Random) -> None:
    program = sla.load(ruleset.text()).program

    assert reversals(program, STEPS) == ()
    assert list(steps(program)) == []


@settings(max_examples=25, deadline=None)
@given(unfair())
def test_one_planted_reversal_is_found_and_its_two_inputs_show_it(
    planted: tuple[Random, str, str],
) -> None:
    ruleset, level, decision = planted
    rules = sla.load(ruleset.text())
    program = rules.program
    wanted = program.levels[level].decision(decision)
    assert wanted is not None
    found = [each for each in reversals(program, STEPS) if each.slot == (level, wanted.index)]

    assert found
    for each in found:
        better, worse = (
            rules.assess(each.document(point, "Asia/Shanghai"), each.target.level)
            for point in (each.better, each.worse)
        )
        facts = [_value(each.better.value), _value(each.worse.value)]
        sign = each.target.fact.better
        assert sign * facts[0] > sign * facts[1]  # better service, and yet …
        if each.target.level == level:
            assert better[decision] > worse[decision]  # … a greater loss


def _value(value: object) -> Fraction:
    assert isinstance(value, int | Fraction)
    return Fraction(value)
