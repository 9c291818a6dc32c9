"""A number of a program stands in the text, in one form or another, or it is found."""

import re
from collections.abc import Iterator, Mapping

import pytest

import sla_rules as sla
from sla_rules.language import program as ir
from sla_rules.language.load import load_program
from sla_rules.lint.findings import findings
from sla_rules.lint.literals import literals
from sla_rules.lint.numbers import lint_numbers

HEAD = """\
language: 1
id: sample
version: 1.0.0
title: Sample
timezone: Asia/Shanghai
currency: CNY
"""
TEXT = (
    HEAD
    + """\
clauses:
  C1: {{text: "{clause}"}}
  C2: {{text: "其他", title: "{title}", translation: "{translation}"}}
{more}levels:
  month:
    facts:
      n: {{type: number}}
      c: {{type: money}}
      p: {{type: points}}
      t: {{type: duration}}
      when: {{type: instant}}
      day: {{type: date}}
      m: {{type: month}}
    decisions:
      result: {{{kind}: {value}, clause: [{cited}]}}
"""
)


def codes(
    value: str,
    clause: str = "无",
    *,
    kind: str = "value",
    cited: str = "C1, C2",
    title: str = "题",
    translation: str = "None",
    more: str = "",
) -> list[str]:
    text = TEXT.format(
        value=value,
        clause=clause,
        kind=kind,
        cited=cited,
        title=title,
        translation=translation,
        more=more,
    )
    program, _ = load_program({"sample.yaml": text})
    return [each.message for each in findings(program, (lint_numbers,))]


@pytest.mark.parametrize(
    ("value", "clause"),
    [
        ("c * 50%", "扣减一半"),
        ("c * 50%", "支付百分之五十"),
        ("c * 50%", "比例为 0.5"),
        ("c * 50%", "超过 50％的"),
        ("c * 0.5", "支付 50% "),
        ("n * 99.5", "可用率 99.5%"),
        ("t > 120 min", "2 小时内恢复"),
        ("t > 2 h", "120 分钟内恢复"),
        ("t > 2 h", "二小时"),
        ("t > 24 h", "一天内"),
        ("t > 30 min", "半小时内"),
        ("c - 2000 CNY", "扣罚 2,000 元"),
        ("c - 2000 CNY", "扣罚 0.2 万元"),
        ("c - 2000 CNY", "扣罚贰仟元整"),
        ("c - 2000 CNY", "（单位：万元）0.2"),
        ("p - 30 points", "扣 30 分"),
        ("p - 30 points", "响应性占 30%"),
        ("n / 1%", "每低一个百分点"),
        ("if n >= 2 then 1 else 0", "连续两期不合格"),
        ("if n >= 3 then 1 else 0", "三级故障"),
        ("n * 2", "双倍扣罚"),
        ("n * 150%", "按 1.5 倍计"),
        ("day > '2024-06-30'", "至2024年6月30日止"),
        ("m > '2024-06'", "自2024年6月起"),
        ("t > 2 h 30 min", "两个半小时"),
    ],
)
def test_equivalent_forms_are_the_same_number(value: str, clause: str) -> None:
    assert codes(f'"{value}"', clause) == []


@pytest.mark.parametrize(
    ("value", "clause"),
    [
        ("c * 50%", "支付 15% "),
        ("t > 2 h", "2 分钟内"),
        ("t > 15 min", "15%"),
        ("c - 2000 CNY", "扣 200 元"),
        ("c - 2000 CNY", "扣 2000 分"),
        ("p - 30 points", "30 元"),
        ("p - 1 points", "迟交扣分"),
        ("n + 7", "八"),
        ("day > '2024-06-30'", "至2024年6月29日止"),
        ("m > '2024-06'", "自2024年7月起"),
    ],
)
def test_another_quantity_is_not_the_number(value: str, clause: str) -> None:
    (message,) = codes(f'"{value}"', clause)

    assert message.startswith("decision result states ")
    assert message.endswith(", and clause C1, clause C2 do not")


@pytest.mark.parametrize(
    "value", ["max(0, n)", "n * 1", "100% - n", "c > 0 CNY", "t > 0 min", "-n"]
)
def test_nothing_and_the_whole_are_no_numbers_of_a_contract(value: str) -> None:
    assert codes(f'"{value}"') == []


def test_title_and_translation_of_a_clause_are_its_words() -> None:
    assert codes("c - 300 CNY", title="扣三百元") == []
    assert codes("c - 300 CNY", translation="three hundred yuan") == []
    assert len(codes("c - 300 CNY", cited="C1", translation="three hundred yuan")) == 1


def test_the_clause_that_states_the_number_is_named() -> None:
    text = TEXT.format(value="c - 300 CNY", clause="无", kind="value", cited="C1", title="题",
                       translation="300 yuan", more="")  # fmt: skip
    (problem,) = findings(load_program({"sample.yaml": text})[0], (lint_numbers,))

    assert problem.hint == "clause C2 states 300 CNY: cite it, or mend the number"


READINGS = """\
readings:
  r:
    question: {zh: 几分？, en: How many?}
    default: a
    options: {a: {zh: 扣 4 分, en: 4 points}, b: {zh: 不扣, en: none}}
"""


def test_a_number_under_a_reading_may_stand_in_its_words() -> None:
    assert codes("{by: r, a: p - 4 points, b: p}", more=READINGS) == []
    assert len(codes("{by: r, a: p - 5 points, b: p}", more=READINGS)) == 1
    assert len(codes("p - 4 points", more=READINGS)) == 1


def test_a_parameter_that_serves_one_reading_may_stand_in_its_words() -> None:
    more = READINGS + "parameters: {loss: {value: 4 points, clause: C1}}\n"

    assert codes("{by: r, a: p - loss, b: p}", more=more) == []
    assert len(codes("p - loss", more=more)) == 1


def test_a_decision_that_applies_under_a_reading_may_stand_in_its_words() -> None:
    applies = '{by: r, a: "true", b: "false"}'

    assert codes(f"p - 4 points, applies: {applies}", more=READINGS) == []


def test_hours_and_cut_offs_are_times_of_the_text() -> None:
    calendar = 'calendars: {office: {clause: C1, hours: {mon-fri: ["09:00-17:30"]}}}\n'
    due = '{from: when, within: 1 workday, calendar: office, workday: {rule: end_of_nth_working_day, cutoff: "12:00"}}'
    held = "工作日上午9点至下午5点半，中午以后报修的"

    assert codes(due, f"一个{held}", kind="deadline", more=calendar) == []
    messages = codes(due, "一个工作日", kind="deadline", more=calendar)
    assert [each.split()[3] for each in messages] == ["09:00,", "17:30,", "12:00,"]


def test_a_ruleset_without_clauses_has_no_text_to_be_honest_about() -> None:
    text = HEAD + "levels: {month: {facts: {n: {type: number}}, decisions: {result: n * 7}}}\n"

    assert findings(load_program({"sample.yaml": text})[0], (lint_numbers,)) == ()


def test_a_rule_without_a_clause_is_one_finding_with_all_its_numbers() -> None:
    assert codes("(n + 2) * 5 + 2", cited="") == ["decision result states 2, 5 and cites no clause"]


def test_a_table_of_names_without_a_clause_is_a_rule_too() -> None:
    more = "enums: {a: {x: X, y: Y}}\n"
    table = "{on: n > 0, type: a, rows: [{when: true, then: x%s}, {when: false, then: y%s}]}"

    message = "decision result decides by a table and cites no clause"
    assert codes(table.replace(" type: a,", "") % ("", ""), kind="table", cited="", more=more) == [
        message
    ]
    cited = table.replace(" type: a,", "") % (", clause: C1", ", clause: C1")
    assert codes(cited, kind="table", cited="", more=more) == []


def test_a_helper_without_numbers_needs_no_clause() -> None:
    assert codes("c + c", cited="") == []


def test_the_packaged_ruleset_answers_for_each_of_its_numbers() -> None:
    program = sla.load("gz-npc-2023").program

    found = [each.code for each in findings(program, (lint_numbers,)) if not each.acknowledged]

    assert set(found) <= {"W743"}  # what is acknowledged for other lints


def test_five_thousand_rows_are_read_once() -> None:
    rows = "\n".join(
        f"            - {{when: '[{n} points..{n + 1} points)', then: {n}}}" for n in range(5000)
    )
    text = HEAD + (
        "clauses: {C1: {text: 无}}\nlevels:\n  month:\n    facts: {p: {type: points}}\n    decisions:\n"
        f"      result:\n        clause: C1\n        table:\n          on: p\n          rows:\n{rows}\n"
    )
    program, _ = load_program({"sample.yaml": text})

    found = findings(program, (lint_numbers,))

    assert 1 < len(found) <= 2 * 5001
    assert all(each.code == "W731" for each in found)


NUMBER = re.compile(r"\d+")


def changed(program: ir.Program) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The texts of a ruleset with one of its numbers doubled, for every tenth number."""
    spans = {each.span for each in literals(program) if each.value not in (0, 1)}
    for span in sorted(spans)[::10]:
        lines = program.texts[span.file].splitlines(keepends=True)
        line, column = lines[span.line - 1], span.column - 1
        match = NUMBER.match(line, column)
        if match is not None and line[match.end()] != ":":  # not the name of a calendar
            lines[span.line - 1] = f"{line[:column]}{2 * int(match[0]) + 7}{line[match.end() :]}"
            yield f"{span.line}: {match[0]}", {**program.texts, span.file: "".join(lines)}


def test_a_slip_in_any_number_of_the_packaged_ruleset_is_found() -> None:
    program = sla.load("gz-npc-2023").program
    missed, tried = [], 0
    for place, texts in changed(program):
        tried += 1
        slipped, _ = load_program(texts)
        if all(each.acknowledged for each in findings(slipped, (lint_numbers,))):
            missed.append(place)

    assert tried >= 5
    assert missed == []
