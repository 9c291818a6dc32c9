"""A case says what must have decided: a row, a band, a limit, a rounding, or the formula alone."""

from pathlib import Path
from typing import Any

import attrs
import pytest

import sla_rules as sla
from sla_rules.testing import check, read_cases
from sla_rules.testing.check import compare, hear_case

RULES = """
language: 1
id: by
version: 1.0.0
title: {zh: 依据, en: By}
timezone: Asia/Shanghai
clauses:
  S1: {text: 超时不足一半的得 18 分。}
  S2: {text: 超时一半以上的得 9 分。}
  S3: {text: 其他。}
readings:
  edge:
    question: 恰为一半属于哪一档？
    default: lower
    options: {lower: 属于前一档。, upper: 属于后一档。}
scales:
  steps:
    input: ratio
    gives: points
    bands:
      by: edge
      lower: {"(..0]": 30 points, "(0..50%]": {value: 18 points, clause: S1}, "(50%..)": {value: 9 points, clause: S2}}
      upper: {"(..0]": 30 points, "(0..50%)": {value: 18 points, clause: S1}, "[50%..)": {value: 9 points, clause: S2}}
levels:
  visit:
    facts:
      overrun: {type: ratio, title: {zh: 超时率, en: overrun}}
      class: {type: [high, low], optional: true}
      late: {type: integer, min: 0, default: 0}
    decisions:
      score: {clause: S3, bands: {on: overrun, scale: steps}}
      limits:
        table:
          on: [class, late]
          hit: first
          give: {response: points, weight: number}
          rows:
            - {when: [high, "> 2"], then: [1 points, 2], clause: S1}
            - {when: [high, "-"], then: [3 points, 4]}
            - {when: ["low, missing", "-"], then: [5 points, 6]}
      capped: {value: late * 3, cap: 10, floor: 3, round: 1}
      thirds: {value: "late / 3", round: 0.1, cap: 2}
      sum:
        table: {on: late, hit: collect sum, rows: [{when: ">= 1", then: 1}, {when: ">= 2", then: 1}, {when: ">= 3", then: 1}]}
      charge: {rates: {of: late, how: marginal, rows: {"(0..2]": 1 points, "(2..5]": 2 points, "(5..)": 3 points}}}
      when: {applies: late > 0, value: late * 2}
      dated: {type: points, value: {by: edge, lower: score, upper: if late > 0 then response else score}, cap: 20 points}
      passed: {value: dated, floor: 10 points}
      never: {applies: {by: edge, lower: "false", upper: "true"}, value: late}
      doubtful: {value: "if given(class) and class == high then score else response"}
  month:
    facts: {visits: {type: {list: call}}}
    decisions: {total: sum(visits.score)}
  call:
    key: id
    facts: {id: {type: text}, overrun: {type: ratio}}
    decisions: {score: {bands: {on: overrun, scale: steps}}}
"""
HEAD = "ruleset: by\ndefaults: {level: visit, given: {overrun: 0}}\ncases:\n"


@pytest.fixture(scope="module")
def rules() -> sla.Rules:
    return sla.load(RULES)


@pytest.fixture
def read(rules: sla.Rules) -> Any:
    def read(given: str, expect: str, name: str = "a", more: str = "") -> Any:
        text = f"  - name: {name}\n    clause: S1\n    given: {given}\n    expect: {expect}\n{more}"
        _, cases, problems = read_cases(HEAD + text, Path("a"), loader=lambda _: rules)
        return cases, problems

    return read


@pytest.fixture
def differs(read: Any, rules: sla.Rules) -> Any:
    def differs(given: str, expect: str, name: str = "a", more: str = "") -> Any:
        (case,), problems = read(given, expect, name, more)
        assert not problems
        return [attrs.astuple(each) for each in check(case, rules)]

    return differs


@pytest.mark.parametrize(
    ("given", "expect"),
    [
        ("{overrun: 0.5}", '{score: {value: 18, by: "(0..50%]"}}'),
        ("{overrun: 0.5}", '{score: {value: 18, by: "(0 .. 50%]"}}'),
        ("{overrun: 0.5}", "{score: 18, score.by: band 2}"),
        ("{overrun: 0.5}", "{score.by: 第 2 档}"),
        ("{overrun: 0.5}", "{score.by: 第2档}"),
        ("{overrun: 0.5}", "{score.by: S1}"),
        ("{overrun: 0.6}", "{score.by: S2}"),
        ("{class: high, late: 3}", "{response.by: row 1, weight.by: row 1}"),
        ("{class: high, late: 3}", "{response.by: 第 1 行}"),
        ("{class: high, late: 3}", '{response.by: "high, > 2"}'),
        ("{class: high, late: 2}", "{response.by: row 2}"),
        ("{}", "{response.by: row 3}"),
        ("{late: 2}", "{capped: 6, capped.by: formula}"),
        ("{late: 2}", "{capped.by: 公式}"),
        ("{late: 4}", "{capped: 10, capped.by: cap}"),
        ("{late: 4}", "{capped.by: 封顶}"),
        ("{late: 0}", "{capped: 3, capped.by: floor}"),
        ("{late: 1}", "{thirds: 0.3, thirds.by: rounding}"),
        ("{late: 1}", "{thirds.by: formula}"),
        ("{late: 1}", "{thirds.by: [formula, 取整]}"),
        ("{late: 3}", "{thirds: 1, thirds.by: formula}"),
        ("{late: 2}", "{sum: 2, sum.by: [row 1, row 2]}"),
        ("{late: 0}", "{sum: 0, sum.by: formula}"),
        ("{late: 4}", '{charge: 6, charge.by: ["(0..2]", band 2]}'),
        ("{late: 0}", "{when: null, when.by: not applicable}"),
        ("{late: 0}", "{when.by: 不适用}"),
        ("{late: 2}", "{never: null, never.by: 不适用}"),
        ("{late: 1}", "{when.by: formula}"),
        ("{late: 1, given: {score: 12}}", "{score: 12, score.by: given}"),
        ("{late: 1, score: 12}", "{score.by: 给定值}"),
        ("{overrun: 0.5}", "{dated: 18, dated.by: band 2, passed: 18, passed.by: band 2}"),
        ("{overrun: 0}", "{dated.by: [band 1, cap], passed: 20, passed.by: [cap, band 1]}"),
        ("{overrun: 0.6}", "{dated: 9, dated.by: S2, passed: 10, passed.by: [band 3, 扣完为止]}"),
        ("{dated: 5}", "{passed: 10, passed.by: [given, floor]}"),
        ("{score: 12}", "{passed: 12, passed.by: given}"),
        ("{class: high, late: 3, overrun: 2}", "{doubtful: 9, doubtful.by: band 3}"),
        ("{class: low, overrun: 2}", "{doubtful: 5, doubtful.by: row 3}"),
    ],
)
def test_what_decided_is_found_by_any_of_its_names(differs: Any, given: str, expect: str) -> None:
    assert differs(given, expect) == []


@pytest.mark.parametrize(
    ("given", "expect", "got"),
    [
        (
            "{overrun: 0.5}",
            "{score.by: band 3}",
            "band 2 (above 0% and at most 50%: 18 points) at <text>:",
        ),
        ("{overrun: 0.5}", "{score.by: [band 2, band 3]}", "band 2 "),
        (
            "{class: high, late: 3}",
            "{response.by: row 2}",
            "row 1 (high, above 2: 1 points, 2) at ",
        ),
        ("{late: 4}", "{capped.by: formula}", "cap (10) at "),
        ("{late: 0}", "{capped.by: cap}", "floor (3) at "),
        ("{late: 2}", "{capped.by: cap}", "formula at "),
        ("{late: 3}", "{thirds.by: rounding}", "formula at "),
        ("{late: 2}", "{sum.by: row 1}", "; row 2 "),
        ("{late: 1}", "{when.by: not applicable}", "formula at "),
        ("{score: 12}", "{score.by: band 1}", "given"),
        ("{overrun: null}", "{score.by: band 1}", "nothing yet"),
    ],
)
def test_a_mismatch_tells_what_decided_instead_and_where(
    differs: Any, given: str, expect: str, got: str
) -> None:
    ((what, _, found),) = differs(given, expect)
    assert what.endswith(".by")
    assert got in found


def test_in_chinese_it_is_told_in_chinese(differs: Any) -> None:
    ((_, expected, got),) = differs("{overrun: 0.5}", "{score.by: 第 3 档}", "恰为一半")
    assert expected == "第 3 档"
    assert got.startswith("第 2 档（高于 0%且不高于 50%：18 分），见 ")


def test_the_branch_that_was_taken_says_what_decided(differs: Any) -> None:
    more = "    readings: {edge: upper}\n"
    given = "{late: 3, class: high, overrun: 2}"
    assert differs(given, "{dated: 1, dated.by: row 1, passed.by: [row 1, floor]}", "a", more) == []
    ((_, _, got),) = differs(given, "{dated.by: band 3}", "a", more)
    assert got.startswith("row 1 (high, above 2: 1 points, 2) at ")


def test_a_reading_decides_which_bands_are_meant(differs: Any) -> None:
    more = "    readings: {edge: upper}\n"
    assert differs("{overrun: 0.5}", '{score: {value: 9, by: "[50%..)"}}', "a", more) == []
    assert differs("{overrun: 0.5}", '{score.by: "(0..50%]"}', "a", more)[0][0] == "score.by"


def test_what_decided_in_a_record_below_is_found_by_its_path(differs: Any) -> None:
    given = "{visits: [{id: A, overrun: 0.1}, {id: B, overrun: 2}]}"
    more = "    level: month\n"
    assert differs(given, "{visits.A.score.by: band 2, visits.B.score.by: band 3}", "a", more) == []
    assert differs(given, "{visits.B.score.by: band 2}", "a", more)[0][0] == "visits.B.score.by"


@pytest.mark.parametrize(
    ("by", "says"),
    [
        ("row 1", "a row is called row 2, a band by its interval"),
        ("band 4", "did you mean 'band 3'?"),
        ("(0..60%]", "did you mean '(0..50%]'?"),
        ("S3", "a row is called row 2, a band by its interval"),
        ("cap", "a row is called row 2, a band by its interval"),
        ("not applicable", "a row is called row 2, a band by its interval"),
        ("the moon and the stars above", "a row is called row 2, a band by its interval"),
    ],
)
def test_a_name_of_nothing_that_could_decide_is_told(read: Any, by: str, says: str) -> None:
    _, (problem,) = read("{}", f'{{score.by: "{by}"}}')
    assert (problem.code, problem.where.line, problem.hint) == ("C119", 7, says)


def test_each_name_of_several_is_asked(read: Any) -> None:
    _, problems = read("{}", "{score.by: [band 1, band 8, band 9]}")
    assert [each.code for each in problems] == ["C119", "C119"]


def test_rows_of_a_table_of_cases_may_say_what_decided(rules: sla.Rules) -> None:
    text = """\
  - name: 分档
    clause: S1
    table:
      given: overrun
      expect: [score, score.by]
      rows:
        - [0, 30, 第 1 档]
        - [0.5, 18, 第 2 档]
        - [0.51, {value: 9, status: final}, 第 3 档]
"""
    _, cases, problems = read_cases(HEAD + text, Path("a"), loader=lambda _: rules)
    assert problems == []
    assert [check(case, rules) for case in cases] == [[], [], []]
    assert cases[0].places["score.by"].line == cases[0].span.line


def test_an_assessment_that_nobody_heard_says_nothing_of_it(read: Any, rules: sla.Rules) -> None:
    (case,), _ = read("{overrun: 0.5}", "{score: 18, score.by: band 3}")
    assert compare(case, rules.assess(case.facts, level="visit")) == []
    assert [each.what for each in compare(case, *hear_case(case, rules))] == ["score.by"]


# --- names that mean several things -----------------------------------------------------------

CLASH = """
language: 1
id: clash
version: 1.0.0
title: Clash
timezone: Asia/Shanghai
clauses: {cap: {text: 封顶。}, S1: {text: 甲。}, s1: {text: 乙。}}
enums: {size: {A: {zh: 甲, en: A}, a: {zh: 乙, en: a}, formula: {zh: 丙, en: f}, given: {zh: 丁, en: g}}}
levels:
  visit:
    facts: {size: {type: size}, late: {type: integer, min: 0}}
    decisions:
      loss:
        cap: 3
        table:
          on: size
          rows:
            - {when: A, then: 1, clause: S1}
            - {when: a, then: 2, clause: s1}
            - {when: formula, then: 3, clause: cap}
            - {when: given, then: 4, clause: S1}
      twice: {table: {on: late, hit: collect sum, rows: [{when: ">= 1", then: 1}, {when: ">=1", then: 1}]}}
"""


@pytest.mark.parametrize(
    ("by", "hint"),
    [
        ("A", "say row 1 or row 2"),
        ("a", "say row 1 or row 2"),
        ("S1", "say row 1 or row 2 or row 4"),
        ("cap", "say row 3 or 封顶"),
        ("formula", "say row 3 or 公式"),
        ("given", "say row 4 or 给定值"),
        ("row 1", None),
        ("封顶", None),
        ("公式", None),
    ],
)
def test_a_name_that_means_several_things_is_refused(by: str, hint: str | None) -> None:
    head = "ruleset: clash\ndefaults: {level: visit, given: {late: 1}}\ncases:\n"
    case = f"  - {{name: a, clause: S1, given: {{size: A}}, expect: {{loss.by: {by}}}}}\n"
    rules = sla.load(CLASH)
    _, _, problems = read_cases(head + case, Path("a.cases.yaml"), loader=lambda _: rules)
    assert [(each.code, each.hint) for each in problems] == [("C119", hint)] * (hint is not None)
    assert all("ambiguous" in each.message for each in problems)


def test_rows_with_the_same_cells_are_named_together() -> None:
    head = "ruleset: clash\ndefaults: {level: visit, given: {size: given}}\ncases:\n"
    case = '  - {name: a, clause: S1, given: {late: 1}, expect: {twice.by: ">= 1"}}\n'
    rules = sla.load(CLASH)
    _, (only,), problems = read_cases(head + case, Path("a.cases.yaml"), loader=lambda _: rules)
    assert problems == []
    assert check(only, rules) == []
