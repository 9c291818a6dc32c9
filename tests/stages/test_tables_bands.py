"""Tables under every hit policy and bands at every edge, with known and unknown inputs."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

import sla_rules as sla

HEAD = """\
language: 1
id: sample
version: 1.0.0
title: Sample
timezone: Asia/Shanghai
currency: CNY
enums:
  grade: {best: Best, good: Good, poor: Poor}
levels:
  month:
    facts:
      n: {type: number, optional: true}
      m: {type: number}
      g: {type: grade, optional: true}
      day: {type: date, optional: true}
      b: {type: bool, optional: true}
      listed: {type: {list: item}, optional: true}
    decisions:
"""
TAIL = "  item:\n    facts: {n: {type: number}, g: {type: grade}}\n"


def rules(decision: str) -> sla.Rules:
    return sla.load(f"{HEAD}      d: {decision}\n{TAIL}")


def result(decision: str, **facts: Any) -> Any:
    found = rules(decision).assess(facts, level="month").result("d")
    if found.status == "final":
        return found.value
    return found.options or (found.low, found.high)


def refused(decision: str, **facts: Any) -> tuple[str, ...]:
    with pytest.raises(sla.SlaError) as caught:
        rules(decision).assess(facts, level="month")
    assert "t>:" in str(caught.value.problems[0].where)
    return caught.value.codes


def table(hit: str, *rows: str, on: str = "m", more: str = "") -> str:
    listed = ", ".join(f"{{{row}}}" for row in rows)
    return f"{{{more}table: {{on: {on}, hit: {hit}, rows: [{listed}]}}}}"


OVERLAPPING = ("when: '>= 1', then: 1", "when: '>= 2', then: 2", "when: '>= 3', then: 2")


def test_unique_takes_the_only_row_that_holds() -> None:
    d = table("unique", *OVERLAPPING)

    assert Decimal(1) == result(d, m=1)
    assert ("E601",) == refused(d, m=2)
    assert ("E602",) == refused(d, m=0)


def test_first_takes_the_upper_row() -> None:
    d = table("first", *OVERLAPPING)

    assert Decimal(1) == result(d, m=3)
    assert ("E602",) == refused(d, m=0)


def test_any_takes_what_all_rows_agree_on() -> None:
    d = table("any", *OVERLAPPING)

    assert ("E601",) == refused(d, m=2)
    assert Decimal(2) == result(table("any", *OVERLAPPING[1:]), m=3)


def test_priority_takes_the_member_declared_first() -> None:
    rows = ("when: '> 0', then: poor", "when: '> 1', then: best", "when: '> 2', then: good")
    d = table("priority", *rows, more="type: grade, ")

    assert ["poor", "best", "best"] == [result(d, m=m) for m in (1, 2, 3)]


@pytest.mark.parametrize(
    ("hit", "found"),
    [
        ("collect sum", [0, 1, 3, 5]),
        ("collect count", [0, 1, 2, 3]),
        ("collect min", [None, 1, 1, 1]),
        ("collect max", [None, 1, 2, 2]),
    ],
)
def test_collect_takes_all_rows_together(hit: str, found: list[int | None]) -> None:
    d = table(hit, *OVERLAPPING)
    if found[0] is None:
        assert (None, None) == result(d, m=0)

    assert found[1:] == [result(d, m=m) for m in (1, 2, 3)]
    assert found[0] is None or result(d, m=0) == found[0]


@pytest.mark.parametrize(
    ("hit", "ends"),
    [
        ("first", (1, 3)),
        ("unique", (1, 3)),
        ("collect sum", (0, 6)),
        ("collect count", (0, 3)),
        ("collect max", (1, 3)),
    ],
)
def test_an_unknown_input_leaves_every_row_possible(hit: str, ends: tuple[int, int]) -> None:
    rows = [f"when: '>= {n}', then: {n}" for n in (1, 2, 3)]
    low, high = result(table(hit, *rows))

    assert low is None or low <= ends[0]
    assert high is None or high >= ends[1]


def test_first_is_certain_when_an_upper_row_holds_anyway() -> None:
    rows = ("when: ['> 0', '-'], then: best", "when: ['-', '> 0'], then: poor")
    d = table("first", *rows, on="[m, n + 0]", more="type: grade, ")

    assert "best" == result(d, m=1)
    assert "best" == result(d, m=1, n=1)
    assert "poor" == result(d, m=0, n=1)


@pytest.mark.parametrize(
    ("cell", "holds"),
    [
        ("5", [5]),
        ("5, 7", [5, 7]),
        ("[5..7]", [5, 6, 7]),
        ("(5..7)", [6]),
        ("[5..7)", [5, 6]),
        ("(5..7]", [6, 7]),
        ("(..5]", [4, 5]),
        ("[7..)", [7, 8]),
        ("< 5", [4]),
        ("<= 5", [4, 5]),
        ("> 7", [8]),
        (">= 7", [7, 8]),
        ("not(5, 7)", [4, 6, 8]),
        ("not([5..7])", [4, 8]),
        ("not(> 5)", [4, 5]),
        ("[4..5], 8", [4, 5, 8]),
        ("-", [4, 5, 6, 7, 8]),
        ("given", [4, 5, 6, 7, 8]),
        ("missing", []),
        ("2 + 3", [5]),
        (" 5 , 7 ", [5, 7]),
    ],
)
def test_a_cell_holds_what_it_says(cell: str, holds: list[int]) -> None:
    loaded = rules(table("first", f"when: '{cell}', then: true", "when: '-', then: false", on="n"))
    found = [n for n in range(4, 9) if loaded.assess({"m": 0, "n": n}, level="month")["d"]]

    assert holds == found
    left_out = loaded.assess({"m": 0}, level="month")["d"]
    assert (cell in ("-", "missing")) == left_out


def test_cells_compare_dates_truths_and_choices() -> None:
    dates = table("first", "when: \"< '2024-02-01'\", then: 1", "when: '-', then: 2", on="day")
    assert [1, 2] == [result(dates, m=0, day=f"2024-0{n}-01") for n in (1, 2)]
    truths = table("unique", "when: true, then: 1", "when: false, then: 2", on="b")
    assert [1, 2] == [result(truths, m=0, b=b) for b in (True, False)]
    choices = table(
        "unique", "when: 'best, good', then: 1", "when: 'not(best, good)', then: 2", on="g"
    )
    assert [1, 1, 2] == [result(choices, m=0, g=g) for g in ("best", "good", "poor")]


def test_several_columns_come_from_one_row() -> None:
    text = (
        "{table: {on: m, give: {one: number, two: grade}, rows: "
        "[{when: '< 5', then: [1, best]}, {when: '>= 5', then: [m, poor]}]}}"
    )
    loaded = rules(text)

    low, high = (loaded.assess({"m": m}, level="month") for m in (1, 7))
    assert (Decimal(1), "best", Decimal(7), "poor") == (
        low["one"],
        low["two"],
        high["one"],
        high["two"],
    )


def test_several_columns_may_all_be_open() -> None:
    text = (
        "{table: {on: m, give: {one: number, two: grade}, rows: "
        "[{when: '< 5', then: [1, best]}, {when: '>= 5', then: [m, poor]}]}}"
    )
    found = rules(text).assess({}, level="month").result("two")

    assert ("undetermined", ("best", "poor")) == (found.status, found.options)


# --- bands -----------------------------------------------------------------------------------


def bands(*rows: str, on: str = "m", more: str = "") -> str:
    return f"{{bands: {{on: {on}, {more}rows: {{{', '.join(rows)}}}}}}}"


STEPS = bands('"(..0]": 30', '"(0..50%]": 18', '"(50%..100%]": 9', '"(100%..)": 0')


@pytest.mark.parametrize(
    ("m", "score"),
    [
        (-1, 30),
        (0, 30),
        ("0.000001", 18),
        ("0.5", 18),
        (Fraction(1, 2) + Fraction(1, 10**20), 9),
        (1, 9),
        ("1.1", 0),
    ],
)
def test_a_number_falls_into_its_band(m: Any, score: int) -> None:
    assert Decimal(score) == result(STEPS, m=m)


def test_the_order_of_bands_changes_nothing() -> None:
    shuffled = bands('"(100%..)": 0', '"(0..50%]": 18', '"(..0]": 30', '"(50%..100%]": 9')

    assert [result(STEPS, m=m) for m in (0, 1, 2)] == [result(shuffled, m=m) for m in (0, 1, 2)]


def test_an_output_may_reckon_with_the_number() -> None:
    sliding = bands('"(..0]": 30', '"(0..1]": 30 - 12 * x', '"(1..)": 18 + m - x')

    assert [30, 27, 18, 18] == [result(sliding, m=m) for m in (0, Fraction(1, 4), 1, 5)]
    low, high = result(sliding)
    assert low is None or low <= 18
    assert high is None or high >= 30


def test_an_unknown_number_may_fall_into_the_bands_within_its_bounds() -> None:
    assert (Decimal(0), Decimal(30)) == result(STEPS)
    limited = STEPS.replace("on: m", "on: 'min(max(m, 0.1), 1)'")
    assert (Decimal(9), Decimal(18)) == result(limited)
    settled = STEPS.replace("on: m", "on: 'max(m, 2)'")
    loaded = rules(settled).assess({}, level="month").result("d")
    assert (Decimal(0), "provisional") == (loaded.value, loaded.status)


def test_a_number_outside_the_domain_is_refused() -> None:
    d = bands('"[0..1]": 1', more='domain: "[0..1]", ')

    assert Decimal(1) == result(d, m="0.5")
    assert ("E603",) == refused(d, m=2)


def test_a_note_is_left_by_the_row_or_band_that_decides() -> None:
    band = bands('"(..0]": 1', '"(0..)": {value: 2, note: high}')
    row = table("first", "when: '<= 0', then: 1", "when: '> 0', then: 2, note: high")
    for d in (band, row):
        loaded = rules(d)
        assert [(), ("high",), ()] == [
            loaded.assess(facts, level="month").notes for facts in ({"m": 0}, {"m": 1}, {})
        ]
