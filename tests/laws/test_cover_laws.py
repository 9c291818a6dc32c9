"""Laws of the checker of tables: it agrees with the engine, tried at every point that matters."""

import itertools
import re
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import sla_rules as sla

LAWS = settings(deadline=None, max_examples=120, suppress_health_check=list(HealthCheck))

HEAD = """\
language: 1
id: sample
version: 1.0.0
title: Sample
timezone: Asia/Shanghai
enums: {grade: {good: Good, fair: Fair, poor: Poor}}
parameters: {two: {value: 2}}
levels:
  month:
    facts:
      i: {type: integer, min: 0, max: 4}
      h: {type: number, min: 0, max: 2, step: 0.5}
      x: {type: number, min: 0, max: 3}
      d: {type: date, min: "'2024-02-28'", max: "'2024-03-02'"}
      o: {type: integer, min: 1, max: 3, optional: true}
      g: {type: grade}
      e: {type: grade, optional: true}
      b: {type: bool}
    decisions:
      it:
        KINDtable:
          on: [COLUMNS]
          hit: HIT
          rows:
"""
DAYS = ["'2024-02-28'", "'2024-02-29'", "'2024-03-01'", "'2024-03-02'"]
VALUES: dict[str, list[str]] = {
    "i": ["0", "1", "2", "3", "4", "5", "two"], "h": ["0", "0.5", "1", "1.5", "1.25", "two"],
    "x": ["0", "1", "1.5", "two", "3"], "d": DAYS, "o": ["1", "2", "3"],
    "g": ["good", "fair", "poor"], "e": ["good", "fair", "poor"], "b": ["true", "false"],
}  # fmt: skip
POINTS: dict[str, list[Any]] = {
    "i": list(range(5)), "h": ["0", "0.5", "1", "1.5", "2"],
    "x": ["0", "0.1", "1", "1.1", "1.4", "1.5", "1.6", "1.9", "2", "2.1", "3"],
    "d": [each[1:-1] for each in DAYS], "o": [1, 2, 3, None],
    "g": ["good", "fair", "poor"], "e": ["good", "fair", "poor", None], "b": [True, False],
}  # fmt: skip
HITS = ["unique", "first", "any", "priority", "collect sum", "collect count", "collect min",
        "collect max"]  # fmt: skip


@st.composite
def cells(draw: st.DrawFn, column: str) -> str:
    """One cell of any kind."""
    values = VALUES[column]
    one, two = draw(st.sampled_from(values)), draw(st.sampled_from(values))
    kinds = [
        "-",
        "-",
        one,
        f"{one}, {two}",
        f"not({one})",
        f"not({one}, {two})",
        "given",
        "missing",
    ]
    if column in "ihxdo":
        kinds += [f"{sign} {one}" for sign in ("<", "<=", ">", ">=")]
        kinds += [f"[{one}..{two})", f"({one}..{two}]", f"not([{one}..{two}])", f"< {one}, > {two}"]
    return draw(st.sampled_from(kinds))


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[str], list[str], str]:
    """A table: its columns, its hit policy, and its rows, one a line."""
    columns = draw(st.lists(st.sampled_from("ihxdogeb"), min_size=1, max_size=3, unique=True))
    assume(len(list(points(columns))) <= 250)
    hit = draw(st.sampled_from(HITS))
    gives = st.sampled_from(
        ["good", "fair", "poor"] if hit == "priority" else ["0", "1", "2", "1 + 1"]
    )
    rows = []
    for _ in range(draw(st.integers(1, 6))):
        when = ", ".join(f'"{draw(cells(each))}"' for each in columns)
        note = draw(st.sampled_from(["", "", ", note: seen"]))
        rows.append(f"            - {{when: [{when}], then: {draw(gives)}{note}}}\n")
    kind = "type: grade\n        " if hit == "priority" else ""
    head = HEAD.replace("COLUMNS", ", ".join(columns)).replace("HIT", hit).replace("KIND", kind)
    return head, columns, rows, hit


def points(columns: list[str]) -> Iterator[dict[str, Any]]:
    """All inputs that can make a difference; None is an input that is not stated."""
    for values in itertools.product(*(POINTS[each] for each in columns)):
        pairs = zip(columns, values, strict=True)
        yield {name: value for name, value in pairs if value is not None}


def answer(rules: sla.Rules, facts: dict[str, Any]) -> Any:
    """What a table gives: a value and its notes, or the code of the error."""
    try:
        month = rules.assess(facts, level="month")
    except sla.RulesetError as error:
        return error.codes
    return month["it"], month.notes


@LAWS
@given(table=tables())
def test_the_checker_agrees_with_the_engine(table: tuple[str, list[str], list[str], str]) -> None:
    head, columns, rows, _ = table
    rules = sla.load(head + "".join(rows))
    findings = [each for each in rules.findings() if each.code < "W707"]
    codes = {each.code for each in findings}
    everything = [(facts, answer(rules, facts)) for facts in points(columns)]
    known = [given for facts, given in everything if len(facts) == len(columns)]

    no_row = [given for given in known if given == ("E602",) or given[0] is None]
    two_rows = [given for _, given in everything if given == ("E601",)]
    assert ("W701" in codes) == bool(no_row), no_row
    assert ("W702" in codes) <= bool(two_rows)
    assert bool(two_rows) <= bool({"W702", "W706"} & codes)
    if not findings:
        assert all(given[0] is not None and given[0] not in ("E601", "E602") for given in known)

    lines = (head + "".join(rows)).splitlines(keepends=True)
    in_vain = {each.where.line for each in findings if each.code in ("W703", "W704", "W705")}
    left = [line for number, line in enumerate(lines, 1) if number not in in_vain]
    if in_vain and len(left) > len(lines) - len(rows):
        fewer = sla.load("".join(left))
        for facts, given in everything:
            assert answer(fewer, facts) == given, (facts, sorted(in_vain))


@LAWS
@given(table=tables())
def test_the_example_of_a_gap_has_no_row(table: tuple[str, list[str], list[str], str]) -> None:
    head, columns, rows, hit = table
    rules = sla.load(head + "".join(rows))
    for finding in rules.findings():
        if finding.code == "W701":
            first = finding.example[: len(columns)]
            facts = {name: value for name, _, value in (line.partition(" = ") for line in first)}
            shown = {name: _stated(value) for name, value in facts.items()}
            given = answer(rules, shown)
            assert given == ("E602",) or (hit.startswith("collect") and given[0] is None)


def _stated(value: str) -> Any:
    """A value of an example as a fact."""
    if value in ("true", "false"):
        return value == "true"
    titled = re.fullmatch(r".* \((\w+)\)", value)
    return titled[1] if titled else value
