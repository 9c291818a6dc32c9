"""Laws of the domains: what the engine computes lies within what is proven of it."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sla_rules as sla
from sla_rules.language.ranges import Ranges
from sla_rules.unknown import Unknown

LAWS = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

HEAD = """\
language: 1
id: sample
version: 1.0.0
title: Sample
timezone: Asia/Shanghai
currency: CNY
enums: {grade: {good: Good, fair: Fair, poor: Poor}}
parameters:
  k: {value: 3}
  t: {value: {by: date, 2023-01-01: 4, 2024-05-01: -1.5}}
readings:
  r: {question: Q, default: a, options: {a: A, b: B}}
levels:
  month:
    governed_by: m
    facts:
      n: {type: number, min: -4, max: 6}
      w: {type: integer, min: 0}
      h: {type: number, min: -2, max: 2, step: 0.5, optional: true}
      s: {type: percent, min: 0, max: 1}
      e: {type: number, default: 9, min: 0, max: 5}
      b: {type: bool}
      g: {type: grade, optional: true}
      m: {type: month, min: "'2024-01'", max: "'2024-12'"}
      last: {type: month, default: "'2024-06'"}
      items: {type: {list: item}}
    decisions:
"""
TAIL = """\
  item:
    order: [place]
    facts:
      place: {type: integer, min: 0}
      v: {type: integer, min: -1, max: 4, optional: true}
      u: {type: bool}
    decisions:
      d: {applies: u, value: v * 2 + 1}
      p: {value: previous.v otherwise 9}
      c: {value: "count(earlier where v > this.v)"}
"""
ATOMS = ["n", "w", "h", "s", "e", "k", "0", "1", "2.5", "-3", "days_in(m)", "count(items where u)",
         "sum(items.v)", "sum(items.v where v > 0)", "(mean(items.d) otherwise 1)", "max(items.d)",
         "min(items.v where v >= 2)", "longest_run(items.u)", "months_between(m, last)", "t",
         "share(items.u)", "percentile(items.v, 50%)", "(mean(items.v weighted c) otherwise 7)",
         "mean(items.place weighted v)", "sum(items.p)", "max(items.c)", "month_number(m)",
         "sum(items.v highest per place)", "sum(items.v where place > this.w)"]  # fmt: skip
TRUTHS = ["b", "true", "false", "g == good", "given(h)", "any(items.u)", "g in [good, fair]",
          "m <= '2024-03'", "all(items.u)"]  # fmt: skip


@st.composite
def numbers(draw: st.DrawFn, depth: int, known: tuple[str, ...] = ()) -> str:
    """A number from facts and the decisions before it."""
    if depth == 0:
        return draw(st.sampled_from([*ATOMS, *known]))
    inner = numbers(depth - 1, known)
    one, two = draw(inner), draw(inner)
    match draw(st.integers(0, 6)):
        case 0 | 1:
            return f"({one} {draw(st.sampled_from('+-*/'))} {two})"
        case 2:
            return f"{draw(st.sampled_from(['min', 'max']))}({one}, {two})"
        case 3:
            return f"(if {draw(truths(depth - 1, known))} then {one} else {two})"
        case 4:
            return f"abs({one})"
        case 5:
            return f"(-({one}))"
    return f"({one} otherwise {two})"


@st.composite
def truths(draw: st.DrawFn, depth: int, known: tuple[str, ...] = ()) -> str:
    """A condition."""
    if depth == 0 or draw(st.booleans()):
        inner = numbers(0, known)
        sign = draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
        compared = f"({draw(inner)} {sign} {draw(inner)})"
        return draw(st.sampled_from([compared, compared, draw(st.sampled_from(TRUTHS))]))
    one, two = draw(truths(depth - 1, known)), draw(truths(depth - 1, known))
    joined = f"({one} {draw(st.sampled_from(['and', 'or']))} {two})"
    return draw(st.sampled_from([f"(not {one})", joined]))


@st.composite
def decisions(draw: st.DrawFn, known: tuple[str, ...]) -> str:
    """A decision of any kind, in flow style."""
    number, small = draw(numbers(2, known)), draw(numbers(0, known))
    rows = draw(st.permutations(['{when: ["-", "> 2"], then: 1}', '{when: ["good, fair", "-"], then: n}',
                                 '{when: [missing, "[0..2)"], then: 7}', '{when: ["not(good)", "2"], then: -5}',
                                 '{when: [poor, "<= 9"], then: w}']))  # fmt: skip
    hit = draw(
        st.sampled_from(["first", "collect sum", "collect min", "collect max", "collect count"])
    )
    count = draw(st.sampled_from(["full", "started", "pro_rata", "{by: r, a: full, b: started}"]))
    rescale = f"total: 20, rescale: {draw(st.sampled_from(['true', 'b', 'false']))}"
    body = draw(st.sampled_from([
        f'value: "{number}"', f'value: "{number}"',
        f'value: {{by: r, a: "{number}", b: "{small}"}}',
        f'table: {{on: [g, "{small}"], hit: {hit}, rows: [{", ".join(rows[: draw(st.integers(1, 5))])}]}}',
        f'bands: {{on: "{small}", rows: {{"(..0]": 1, "(0..3)": "x * 2", "[3..)": "0 - x"}}}}',
        f'units: {{of: "{small}", per: 2, count: {count}, free: 1}}',
        f'scorecard: {{sections: [{{of: "{small}", max: 9, weight: 50%}}, {{of: h, max: 2, applies: b}}], {rescale}}}',
    ]))  # fmt: skip
    keys = {"applies": f'"{draw(truths(1, known))}"', "cap": f'"{draw(numbers(0, known))}"',
            "floor": f'"{draw(numbers(0, known))}"',
            "round": draw(st.sampled_from(["0.5", "1 up", "0.01 down", "3 half_even"]))}  # fmt: skip
    used = draw(st.sets(st.sampled_from(sorted(keys)), max_size=2))
    return "{" + ", ".join([body, *(f"{key}: {keys[key]}" for key in sorted(used))]) + "}"


ITEM = st.fixed_dictionaries(
    {"u": st.booleans(), "place": st.integers(0, 5)}, optional={"v": st.integers(-1, 4)}
)
FACTS: Any = st.fixed_dictionaries(
    {"n": st.fractions(-4, 6, max_denominator=3), "w": st.integers(0, 9), "b": st.booleans(),
     "s": st.integers(0, 100), "m": st.sampled_from(["2024-01", "2024-06", "2024-12"]),
     "items": st.lists(ITEM, max_size=3)},
    optional={"h": st.sampled_from(["-2", "-0.5", "0", "1.5"]), "e": st.sampled_from(["0", "0.3", "5"]),
              "g": st.sampled_from(["good", "fair", "poor"])},
)  # fmt: skip


@LAWS
@given(data=st.data())
def test_what_the_engine_computes_lies_within_the_domain(data: st.DataObject) -> None:
    lines: list[str] = []
    for number in range(3):
        known = tuple(f"d{earlier}" for earlier in range(number))
        lines.append(f"      d{number}: {data.draw(decisions(known))}\n")
    rules = sla.load(HEAD + "".join(lines) + TAIL)
    rules = rules.with_readings({"r": data.draw(st.sampled_from(["a", "b"]))})
    ranges = Ranges(rules.program, rules.readings)
    level = rules.program.levels["month"]
    for _ in range(3):
        facts = data.draw(FACTS)
        try:
            month = rules.engine.assess(facts, "month", zone=None, as_of=None, as_if_in_force=False)
        except sla.RulesetError:  # no row for these facts, or a number without end
            continue
        for decision in level.decisions:
            domain = ranges.slot(level, decision.index)
            value = month[decision.index]
            if not isinstance(value, Unknown):
                assert domain.holds(value), (facts, decision.name, value, domain)
