"""Laws of the language: expressions are total, units are types, texts never surprise."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sla_rules as sla
from sla_rules.diagnostics import BUILTIN, Diagnostic, Span
from sla_rules.language import program as ir
from sla_rules.language.cells import bind_cell, bind_interval
from sla_rules.language.expression import KEYWORDS, ExpressionError, parse_expression
from sla_rules.language.infer import Names, Scope, Typer
from sla_rules.language.load import load_program
from sla_rules.language.surface import Source
from sla_rules.language.types import NUMBER, Type

HERE = Span("t", 1, 1)

UNITS = {"n": "number", "p": "points", "c": "money", "t": "duration"}
LITERALS = {"n": "2.5", "p": "3 points", "c": "7 CNY", "t": "90 min"}
HEAD = """\
language: 1
id: sample
version: 1.0.0
title: Sample
timezone: Asia/Shanghai
currency: CNY
enums: {grade: {good: Good, poor: Poor}}
levels:
  month:
    facts:
      n: {type: number, optional: true}
      n2: {type: number}
      p: {type: points}
      p2: {type: points, min: 0 points, max: 9 points}
      c: {type: money}
      t: {type: duration}
      b: {type: bool}
      b2: {type: bool, optional: true}
      g: {type: grade}
      m: {type: month}
      d: {type: date, optional: true}
      i: {type: instant, until: known}
      items: {type: {list: item}}
    decisions:
"""
TAIL = "  item:\n    facts: {n: {type: number}, b: {type: bool}, g: {type: grade}}\n"

NUMBERS = {"n": ["n", "n2", "1", "0", "50%", "count(items)", "days_in(m)"],
           "p": ["p", "p2", "30 points"], "c": ["c", "7 CNY"], "t": ["t", "90 min", "1 h 30 min"]}  # fmt: skip


@st.composite
def numbers(draw: st.DrawFn, unit: str, depth: int) -> str:
    """A well-typed expression of a unit."""
    if depth == 0:
        return draw(st.sampled_from(NUMBERS[unit]))
    inner = numbers(unit, depth - 1)
    match draw(st.integers(0, 7)):
        case 0:
            return f"({draw(inner)} {draw(st.sampled_from('+-'))} {draw(inner)})"
        case 1:
            return f"({draw(inner)} * {draw(numbers('n', depth - 1))})"
        case 2:
            return f"({draw(inner)} / {draw(numbers('n', depth - 1))})"
        case 3:
            name = draw(st.sampled_from(["min", "max"]))
            return f"{name}({draw(inner)}, {draw(inner)})"
        case 4:
            return f"(if {draw(truths(depth - 1))} then {draw(inner)} else {draw(inner)})"
        case 5:
            return f"abs({draw(inner)})"
        case 6:
            return f"(-{draw(st.sampled_from(NUMBERS[unit]))})"
    return f"({draw(inner)} otherwise {draw(inner)})"


@st.composite
def truths(draw: st.DrawFn, depth: int) -> str:
    """A well-typed condition."""
    if depth == 0:
        return draw(st.sampled_from(["b", "b2", "true", "false", "given(n)", "g == good", "any(items.b)",
                                     "month_of(i) == m", "all(items where n > 1)"[:3] + "(items.b)",
                                     "m < '2024-06'", "g in [good]", "d == '2024-01-01'"]))  # fmt: skip
    one, two = truths(depth - 1), truths(depth - 1)
    unit = draw(st.sampled_from(list(UNITS)))
    match draw(st.integers(0, 3)):
        case 0:
            return f"({draw(one)} {draw(st.sampled_from(['and', 'or']))} {draw(two)})"
        case 1:
            return f"(not {draw(one)})"
        case 2:
            sign = draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
            return f"({draw(numbers(unit, depth - 1))} {sign} {draw(numbers(unit, depth - 1))})"
    return f"({draw(numbers(unit, depth - 1))} in [{draw(numbers(unit, depth - 1))}])"


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Any]:
    """Facts of a month, each perhaps missing."""
    whole = st.integers(-9, 9)
    several = {
        "n": whole, "n2": whole, "p": whole, "p2": st.integers(0, 9), "c": whole,
        "t": st.integers(0, 9).map(lambda n: f"{n} min"), "b": st.booleans(), "b2": st.booleans(),
        "g": st.sampled_from(["good", "poor"]), "m": st.sampled_from(["2024-01", "2024-12"]),
        "d": st.just("2024-01-01"), "i": st.just("2024-01-31T23:30+08:00"),
        "items": st.lists(st.fixed_dictionaries({"n": whole, "b": st.booleans()}), max_size=3),
    }  # fmt: skip
    return {name: draw(value) for name, value in several.items() if draw(st.integers(0, 4))}


def rules(expression: str) -> sla.Rules:
    return sla.load(f'{HEAD}      it: {{value: "{expression}"}}\n{TAIL}')


LAWS = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("unit", UNITS)
@LAWS
@given(data=st.data())
def test_a_well_typed_expression_never_raises(unit: str, data: st.DataObject) -> None:
    loaded = rules(data.draw(numbers(unit, 3)))
    stated = data.draw(facts())
    result = loaded.assess(stated, level="month").result("it")

    assert result.status in ("final", "provisional", "undetermined")
    assert not isinstance(result.value, float)
    if result.low is not None and type(result.low) is type(result.high):
        assert result.low <= result.high


@LAWS
@given(data=st.data())
def test_a_well_typed_condition_never_raises(data: st.DataObject) -> None:
    result = rules(data.draw(truths(3))).assess(data.draw(facts()), level="month").result("it")

    assert result.value in (True, False, None)
    assert (result.value is None) == (result.status != "final") or result.options


@LAWS
@given(data=st.data())
def test_more_facts_never_leave_the_bounds(data: st.DataObject) -> None:
    """What was said while something was missing holds when it is known."""
    loaded = rules(data.draw(numbers("p", 2)))
    known = {"n": 2, "n2": -3, "p": 4, "p2": 5, "c": 6, "t": "7 min", "b": True, "b2": False,
             "g": "good", "m": "2024-01", "d": "2024-01-01", "i": "2024-01-31T23:30+08:00",
             "items": [{"n": 1, "b": True}]}  # fmt: skip
    # an optional fact that is left out is known not to be there, so it is no doubt
    left_out = data.draw(st.sets(st.sampled_from(sorted(set(known) - {"n", "b2", "d", "items"}))))
    before = loaded.assess({k: v for k, v in known.items() if k not in left_out}, level="month")
    after = loaded.assess(known, level="month").result("it")
    said = before.result("it")

    if after.value is not None and said.status != "final":
        assert said.low is None or said.low <= after.value
        assert said.high is None or after.value <= said.high
    elif said.status == "final":
        assert (said.value, "final") == (after.value, after.status)


NAMES = Names(
    slot=lambda level, name, span: None,
    slot_names=lambda level: (),
    lists=lambda level: (),
    ordered=lambda level: False,
    parameter=lambda name: None,
    dated=lambda name: False,
    governed=lambda level: False,
    moment=lambda level: None,
    parameters={},
    calendars={},
    enums={},
    currency="CNY",
)


@pytest.mark.parametrize("right", UNITS)
@pytest.mark.parametrize("left", UNITS)
@pytest.mark.parametrize("op", ["+", "-", "<", "==", "otherwise"])
def test_a_sum_or_comparison_is_typed_exactly_when_the_units_agree(
    op: str, left: str, right: str
) -> None:
    problems: list[Diagnostic] = []
    text = f"{LITERALS[left]} {op} {LITERALS[right]}"
    node = Typer(NAMES, problems).expression(text, HERE, Scope())

    assert (node is not None) == (left == right)
    assert bool(problems) == (left != right)


@pytest.mark.parametrize("right", UNITS)
@pytest.mark.parametrize("left", UNITS)
def test_products_and_quotients_reckon_with_units(left: str, right: str) -> None:
    typer = Typer(NAMES, [])
    product = typer.expression(f"{LITERALS[left]} * {LITERALS[right]}", HERE, Scope())
    quotient = typer.expression(f"{LITERALS[left]} / {LITERALS[right]}", HERE, Scope())
    assert product is not None
    assert quotient is not None

    def power(kind: Type) -> dict[str, int]:
        return dict(kind.unit)

    one, two = (
        power(typer.expression(LITERALS[each], HERE, Scope()).type) for each in (left, right)
    )
    bases = one.keys() | two.keys()
    for found, sign in ((product, 1), (quotient, -1)):
        wanted = {base: one.get(base, 0) + sign * two.get(base, 0) for base in bases}
        assert {base: n for base, n in wanted.items() if n} == power(found.type)


ALPHABET = st.sampled_from(
    [*"abnx019.,%()[]+-*/<>=!'\" \t\n", "if ", " then ", " else ", " and ", " not ", " in ", "..",
     "points", "CNY", " workday", "max(", "sum(", "（", "％", "＝", "分", "é", "\u202e", "²", "१"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(text=st.one_of(st.text(), st.lists(ALPHABET, max_size=30).map("".join)))
def test_any_text_is_an_expression_or_refused_at_a_place(text: str) -> None:
    span = Span("t", 1, 1, 1 + len(text))
    try:
        parse_expression(text, span)
    except ExpressionError as error:
        assert isinstance(error.problem.where, Span)
        assert 1 <= error.problem.where.column <= len(text) + 1
        assert error.problem.code.startswith("E30")


@settings(max_examples=300, deadline=None)
@given(text=st.one_of(st.text(), st.lists(ALPHABET, max_size=30).map("".join)))
def test_any_text_is_a_cell_an_interval_or_a_problem(text: str) -> None:
    problems: list[Diagnostic] = []
    typer = Typer(NAMES, problems)
    interval = bind_interval(text, HERE, typer, Scope(), NUMBER)
    assert (interval is None) == bool(problems)
    problems.clear()
    cell = bind_cell(Source(text, plain=True, span=HERE), typer, Scope(), NUMBER)
    assert (cell is None) == bool(problems)


@settings(max_examples=300, deadline=None)
@given(text=st.one_of(st.text(), st.text(alphabet="abc:,-[]{}&*!|>'\"%@`#? \n\t0"),
                      st.text(alphabet="abc: \n-").map(lambda tail: HEAD + tail)))  # fmt: skip
def test_any_text_is_a_ruleset_or_refused(text: str) -> None:
    try:
        load_program({"text": text})
    except sla.RulesetError as error:
        assert error.problems
        for problem in error.problems:
            assert isinstance(problem.where, Span)
            assert problem.where.line >= 1
            assert str(problem)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_ruleset_with_one_character_changed_is_a_ruleset_or_refused(data: st.DataObject) -> None:
    text = HEAD + '      it: {value: "n2 * 2", round: 0.01 half_up}\n' + TAIL
    place = data.draw(st.integers(0, len(text) - 1))
    char = data.draw(st.sampled_from("ab0:,-[]{}&*!|>'\"%@`#? \n\t（％"))
    changed = text[:place] + char + text[place + data.draw(st.integers(0, 2)) :]
    try:
        sla.load(changed)
    except sla.SlaError as error:
        assert error.problems


EDGE = st.one_of(st.none(), st.integers(-3, 3))


@LAWS
@given(low=EDGE, high=EDGE, closed=st.tuples(st.booleans(), st.booleans()),
       blanks=st.sampled_from(["", " ", "  "]))  # fmt: skip
def test_an_interval_is_read_as_it_is_written(
    low: int | None, high: int | None, closed: tuple[bool, bool], blanks: str
) -> None:
    ends = ("" if low is None else str(low), "" if high is None else str(high))
    text = ("[" if closed[0] else "(") + blanks + ends[0] + blanks + ".." + blanks + ends[1]
    text += blanks + ("]" if closed[1] else ")")
    interval = bind_interval(text, HERE, Typer(NAMES, []), Scope(), NUMBER)
    assert interval is not None

    def value(node: ir.Node | None) -> Any:
        return node.value if isinstance(node, ir.Constant) else None

    assert (low, high) == (value(interval.low), value(interval.high))
    assert closed == (interval.low_closed, interval.high_closed)


@LAWS
@given(value=st.fractions(-100, 100, max_denominator=1000))
def test_a_number_is_exact_from_the_text_to_the_result(value: Fraction) -> None:
    from sla_rules.quantities import exact_decimal, parse_number

    exact = exact_decimal(value)
    text = f"{exact:f}" if not isinstance(exact, Fraction) else ""
    if text:
        assert value == parse_number(text)


def test_no_word_of_the_language_is_a_name() -> None:
    for word in KEYWORDS - {"true", "false"}:
        with pytest.raises(ExpressionError):
            parse_expression(word, BUILTIN)
