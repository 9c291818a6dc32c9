"""The cases format: backgrounds, tables of rows, tolerances, refusals with their place."""

from pathlib import Path
from typing import Any

import attrs
import pytest
from jsonschema import Draft7Validator

import sla_rules as sla
from sla_rules.language import source
from sla_rules.testing import Case, Mismatch, Refusal, cases_schema, check, read_cases
from sla_rules.testing.asking import plain

RULES = """
language: 1
id: service
version: 1.0.0
title: {zh: 服务, en: Service}
timezone: Asia/Shanghai
currency: CNY
clauses:
  S1: {text: 15 分钟内响应；超时不足一倍的扣 5 分，一倍以上的扣 10 分。}
  S2: {text: 每件投诉扣 3 分，最多扣 10 分。}
  S3: {text: 每笔付款按月扣款。}
enums:
  grade: {good: {zh: 良, en: good}, bad: {zh: 差, en: bad}}
readings:
  count-all:
    question: 重复投诉是否计入？
    default: all
    options: {all: 计入。, first: 只计首次。}
levels:
  contract:
    facts: {payments: {type: {list: payment}}}
    decisions: {total: sum(payments.net)}
  payment:
    key: id
    title: {zh: 付款, en: payment}
    facts:
      id: {type: text}
      amount: {type: money, min: 0 CNY, title: {zh: 应付, en: amount}}
      months: {type: {list: month}, optional: true}
    decisions:
      net: {value: amount * 2 / 3, clause: S3}
  month:
    key: month
    facts:
      month: {type: month}
      took: {type: duration, optional: true, title: {zh: 响应用时, en: response time}}
      complaints: {type: integer, min: 0, default: 0, title: {zh: 投诉, en: complaints}}
      ended_at: {type: instant, optional: true}
      pauses: {type: {list: pause}, optional: true}
      first: {type: {record: pause}, optional: true}
    decisions:
      late: {applies: given(took), value: "max(0 min, took - 15 min)"}
      loss: {clause: S2, cap: 10, value: {by: count-all, all: complaints * 3, first: "min(1, complaints) * 3"}}
      grade: {type: grade, value: if loss < 10 then good else bad}
      share: {type: percent, value: "loss / 100"}
      half: {value: loss / 7}
      none_left: {value: loss == 10}
      end: {value: ended_at}
      next: {value: "add_months(month, 1)"}
      day: {value: "first_day(month)"}
      paused: {value: sum(pauses.minutes)}
  pause:
    facts: {minutes: {type: integer, min: 0}, why: {type: text, optional: true}}
    decisions: {long: minutes > 60}
"""
HEAD = """\
ruleset: service
defaults: {level: month, given: {month: "2024-03", complaints: 1}}
backgrounds:
  busy: {given: {complaints: 5}}
  pausing:
    given: {pauses: [{minutes: 10}, {minutes: 20, why: rain}]}
    readings: {count-all: first}
  paid:
    level: contract
    given:
      payments:
        - {id: P1, amount: 300, months: [{month: "2024-01"}, {month: "2024-02"}]}
        - {id: P2, amount: 600}
cases:
"""
LINES = HEAD.count("\n")


@pytest.fixture(scope="module")
def rules() -> sla.Rules:
    return sla.load(RULES)


@pytest.fixture
def read(rules: sla.Rules) -> Any:
    def read(text: str, head: str = HEAD) -> tuple[list[Case], list[Any]]:
        _, cases, problems = read_cases(head + text, Path("a.cases.yaml"), loader=lambda _: rules)
        return cases, problems

    return read


@pytest.fixture
def cases_of(read: Any) -> Any:
    def cases_of(text: str, head: str = HEAD) -> list[Case]:
        cases, problems = read(text, head)
        assert [str(each) for each in problems] == []
        return list(cases)

    return cases_of


@pytest.fixture
def problems_of(read: Any) -> Any:
    """The problems of a file: line within the cases, code, message and hint."""

    def problems_of(text: str, head: str = HEAD) -> list[tuple[int, str, str]]:
        found = read(text, head)[1]
        return [
            (each.where.line - head.count("\n"), each.code, f"{each.message}; {each.hint}")
            for each in found
        ]

    return problems_of


@pytest.fixture
def differs(cases_of: Any, rules: sla.Rules) -> Any:
    def differs(text: str, head: str = HEAD) -> list[tuple[str, str, str]]:
        return [attrs.astuple(each) for case in cases_of(text, head) for each in check(case, rules)]  # type: ignore[misc]

    return differs


def one(given: str = "{}", expect: str = "{loss: 3}", more: str = "") -> str:
    return f"  - name: a\n    clause: S2\n    given: {given}\n    expect: {expect}\n{more}"


# --- backgrounds -----------------------------------------------------------------------------


def test_a_background_lies_between_the_defaults_and_what_the_case_says(cases_of: Any) -> None:
    (case,) = cases_of(one("{took: 20 min}", "{loss: 3}", "    background: busy\n"))
    assert case.facts == {"month": "2024-03", "complaints": 5, "took": "20 min"}
    (case,) = cases_of(one("{complaints: 2}", "{loss: 3}", "    background: busy\n"))
    assert case.facts["complaints"] == 2


def test_several_backgrounds_are_laid_over_each_other_in_their_order(cases_of: Any) -> None:
    (case,) = cases_of(one("{}", "{loss: 3}", "    background: [busy, pausing]\n"))
    assert case.facts["complaints"] == 5
    assert case.facts["pauses"] == [{"minutes": 10}, {"minutes": 20, "why": "rain"}]
    assert case.readings == {"count-all": "first"}


def test_the_readings_of_a_case_hold_above_those_of_its_background(cases_of: Any) -> None:
    more = "    background: pausing\n    readings: {count-all: all}\n"
    assert cases_of(one("{}", "{loss: 3}", more))[0].readings == {"count-all": "all"}


def test_a_background_says_the_level_and_is_enough_for_facts(cases_of: Any) -> None:
    text = "  - {name: a, clause: S3, background: paid, expect: {total: 600}}\n"
    (case,) = cases_of(text)
    assert case.level == "contract"
    assert len(case.facts["payments"]) == 2


def paid(given: str) -> str:
    return f"  - name: a\n    clause: S3\n    background: paid\n    given: {given}\n    expect: {{total: 600}}\n"


def test_a_mapping_over_a_list_changes_the_records_with_these_keys(cases_of: Any) -> None:
    (case,) = cases_of(
        paid("{payments: {P2: {amount: 50}, P1: {months: {2024-02: {complaints: 4}}}}}")
    )
    first, second = case.facts["payments"]
    assert second == {"id": "P2", "amount": 50}
    assert first["months"] == [{"month": "2024-01"}, {"month": "2024-02", "complaints": 4}]


def test_null_takes_a_record_away_and_a_stated_key_adds_one(cases_of: Any) -> None:
    (case,) = cases_of(paid("{payments: {P1: null, P3: {id: P3, amount: 1}}}"))
    assert [each["id"] for each in case.facts["payments"]] == ["P2", "P3"]


def test_a_list_replaces_a_list(cases_of: Any) -> None:
    (case,) = cases_of(paid("{payments: [{id: P9, amount: 1}]}"))
    assert case.facts["payments"] == [{"id": "P9", "amount": 1}]


def test_records_may_be_written_by_their_keys_from_the_start(cases_of: Any) -> None:
    text = "  - name: a\n    clause: S3\n    level: contract\n    given: {payments: {P1: {amount: 3}, P2: {amount: 4}}}\n    expect: {total: 14/3}\n"
    assert cases_of(text)[0].facts == {
        "payments": [{"id": "P1", "amount": 3}, {"id": "P2", "amount": 4}]
    }


def test_records_without_key_are_counted(cases_of: Any) -> None:
    (case,) = cases_of(
        one("{pauses: {2: {minutes: 9}}}", "{paused: 19}", "    background: pausing\n")
    )
    assert case.facts["pauses"] == [{"minutes": 10}, {"minutes": 9, "why": "rain"}]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("{payments: {P4: {amount: 1}}}", "has no record 'P4'"),
        ("{payments: {P4: null}}", "has no record 'P4'"),
        ("{payments: {P1: {months: {2024-03: null}}}}", "has no record '2024-03'"),
    ],
)
def test_a_record_that_is_not_there_cannot_be_changed(
    problems_of: Any, given: str, says: str
) -> None:
    ((line, code, message),) = problems_of(paid(given))
    assert (line, code) == (4, "C118")
    assert says in message


def test_records_without_key_cannot_be_made_by_a_mapping(problems_of: Any) -> None:
    assert [each[1] for each in problems_of(one("{pauses: {1: {minutes: 9}}}"))] == ["C118"]


@pytest.mark.parametrize(
    ("more", "line", "code", "says"),
    [
        ("    background: bussy\n", 5, "C114", "did you mean 'busy'?"),
        ("    background: [busy, paid]\n", 5, "C115", "'contract'"),
        ("    background: paid\n    level: month\n", 5, "C115", "'month'"),
    ],
)
def test_a_background_must_be_there_and_fit(
    problems_of: Any, more: str, line: int, code: str, says: str
) -> None:
    ((found, its, message),) = problems_of(one(more=more))
    assert (found, its) == (line, code)
    assert says in message


def test_mistakes_in_backgrounds_are_told_once_at_their_line(problems_of: Any) -> None:
    head = """\
ruleset: service
backgrounds:
  a: {level: month, givn: {}}
  b: {given: {}}
  c: {level: mont, given: {}}
  d: {level: month, given: {complaint: 1}, readings: {count-all: alll}}
cases:
"""
    text = one(more="    background: b\n") + one(more="    background: c\n")
    assert [each[:2] for each in problems_of(text, head)] == [
        (-4, "C102"), (-3, "C103"), (-2, "C106"), (-1, "C113"), (-1, "C108"),
    ]  # fmt: skip


# --- names of facts --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("{complaint: 1}", "'complaints'"),
        ("{pauses: [{minute: 1}]}", "'minutes'"),
        ("{first: {minute: 1}}", "'minutes'"),
        ("{given: {los: 1}}", "'loss'"),
        ("{amount: 1}", "it is a fact of level 'payment'"),
    ],
)
def test_a_name_that_is_no_fact_is_told_with_the_nearest(
    problems_of: Any, given: str, says: str
) -> None:
    ((line, code, message),) = problems_of(one(given))
    assert (line, code) == (3, "C113")
    assert says in message


def test_figures_are_given_by_the_names_of_their_decisions(cases_of: Any) -> None:
    cases_of(one("{loss: 4, given: {grade: {value: bad, approved_by: 监理}}}", "{loss: 4}"))
    cases_of(one("{given: 4}", "{error: F118}"))


def test_a_case_that_expects_a_refusal_may_name_what_does_not_exist(differs: Any) -> None:
    assert differs(one("{complaint: 1}", "{error: F123}")) == []


# --- tables ----------------------------------------------------------------------------------

TABLE = """\
  - name: 投诉扣分
    clause: S2
    given: {took: 20 min}
    expect: {late: 5 min}
    table:
      readings: count-all
      given: [complaints, took]
      expect: [loss, grade]
      rows:
        - [all, 0, -, 0, good]
        - [all, 3, "-", 9, good]
        - [first, 4, 20 min, 3, -]
        - [all, 4, 20 min, 10, bad]
"""


def test_each_row_is_a_case_of_its_own(cases_of: Any, differs: Any) -> None:
    cases = cases_of(TABLE)
    assert [each.span.line - LINES for each in cases] == [10, 11, 12, 13]
    assert [dict(each.readings) for each in cases][1:3] == [
        {"count-all": "all"},
        {"count-all": "first"},
    ]
    assert [dict(each.expect) for each in cases][2:] == [
        {"late": "5 min", "loss": 3},
        {"late": "5 min", "loss": 10, "grade": "bad"},
    ]
    assert cases[0].facts == {"month": "2024-03", "complaints": 0, "took": "20 min"}
    assert cases[0].places["loss"].line == cases[0].span.line
    assert differs(TABLE) == []


def test_a_row_is_called_by_what_tells_it_from_the_others(cases_of: Any) -> None:
    assert [each.name for each in cases_of(TABLE)] == [
        "投诉扣分：count-all all，投诉 0",
        "投诉扣分：count-all all，投诉 3",
        "投诉扣分：count-all first，投诉 4，响应用时 20 min",
        "投诉扣分：count-all all，投诉 4，响应用时 20 min",
    ]
    english = TABLE.replace("投诉扣分", "complaints")
    assert cases_of(english)[0].name == "complaints: count-all all, complaints 0"


def test_rows_may_have_names(cases_of: Any) -> None:
    text = TABLE[: TABLE.index("        - [")] + "        没有投诉: [all, 0, -, 0, good]\n"
    (case,) = cases_of(text)
    assert case.name == "投诉扣分：没有投诉"
    assert case.span.line - LINES == 10


def test_columns_lead_to_records_by_key(cases_of: Any) -> None:
    text = """\
  - name: payments
    clause: S3
    background: paid
    table:
      given: [payments.P2.amount, payments.P1.given.net]
      expect: [payments.P2.net, total]
      rows:
        - [60, -, 40, 240]
        - [60, 1, 40, 41]
"""
    cases = cases_of(text)
    assert [each.name for each in cases] == ["payments: row 1", "payments: P1 net 1"]
    assert cases[1].facts["payments"][0]["given"] == {"net": 1}


def test_cells_may_be_lists_and_rows_are_then_called_by_number(cases_of: Any) -> None:
    text = """\
  - name: pauses
    clause: S2
    table:
      given: pauses
      expect: paused
      rows:
        - [[{minutes: 1}], 1]
        - [[{minutes: 1}, {minutes: 2}], 3]
"""
    assert [each.name for each in cases_of(text)] == ["pauses: row 1", "pauses: row 2"]


def test_a_row_may_expect_a_refusal_and_then_nothing_else(differs: Any) -> None:
    text = """\
  - name: refused
    clause: S2
    expect: {late: null}
    table:
      given: complaints
      expect: [loss, error]
      rows:
        - [1, 3, -]
        - [-1, -, F116]
"""
    assert differs(text) == []
    assert differs(text.replace("- [-1, -,", "- [-2, -,").replace("F116", "F117"))[0][0] == "error"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("[all, 0, -, 0, good]", "[all, 0, -, 0]", [(10, "C116", "the columns are count-all, ")]),
        ("expect: [loss, grade]", "expect: [loss, los]", [(8, "C110", "'loss'")]),
        ("given: [complaints,", "given: [complaint,", [(7, "C113", "'complaints'")]),
        ("given: [complaints,", "given: [took.x,", [(7, "C113", "no parts")]),
        ("given: [complaints,", "given: [pauses.1.minute,", [(7, "C113", "'minutes'")]),
        ("given: [complaints,", "given: [given.lss,", [(7, "C113", "'loss'")]),
        ("given: [complaints,", "given: [took,", [(7, "C117", "twice")]),
        ("readings: count-all", "readings: count", [(6, "C108", "'count-all'")]),
        ("[all, 0, -", "[alll, 0, -", [(10, "C108", "'all'")]),
        ("0, good]", "nought, good]", [(10, "C109", "a number")]),
        ("    table:", "    tabel:", [(5, "C102", "'table'")]),
        ("      rows:", "      row:", [(9, "C102", "'rows'")]),
        ("expect: {late: 5 min}", "expect: {loss: 9}", [(8, "C117", "said twice")]),
        ("[first, 4, 20 min, 3, -]", "[all, 0, -, 3, -]", [(12, "C104", "line 24")]),
    ],
)
def test_a_mistake_in_a_table_is_told_at_its_line(
    problems_of: Any, old: str, new: str, expected: list[tuple[int, str, str]]
) -> None:
    assert old in TABLE
    found = problems_of(TABLE.replace(old, new, 1))
    assert [each[:2] for each in found] == [each[:2] for each in expected]
    for (_, _, message), (_, _, says) in zip(found, expected, strict=True):
        assert says in message


def test_a_table_without_rows_or_expectations_is_refused(problems_of: Any) -> None:
    start = "  - {name: a, clause: S2, table: "
    assert [each[1] for each in problems_of(start + "{given: complaints, rows: []}}")] == ["C116"]
    assert [each[1] for each in problems_of(start + "{given: complaints, rows: [[1]]}}")] == [
        "C103"
    ]
    assert [each[1] for each in problems_of(start + "{given: complaints, rows: 3}}")] == ["C101"]


# --- tolerance -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expect", "holds"),
    [
        ("{half: 0.43}", False),
        ("{half: {value: 0.43, within: 0.01}}", True),
        ("{half: {value: 0.43, within: 0.001}}", False),
        ("{half: {value: 0, within: 3/7}}", None),
        ("{share: {value: 3.4, within: 0.4}}", True),
        ("{share: {value: 3.4, within: 0.39}}", False),
        ("{late: {value: 4 min, within: 1 min}}", True),
        ("{late: {value: 4 min, within: 59 s}}", False),
        ("{late: {value: -1 min, within: 6 min}}", True),
        ("{end: {value: 2024-03-05T10:00+08:00, within: 1 s}}", True),
        ("{end: {value: 2024-03-05T10:00+08:00, within: 400 ms}}", False),
        ("{half: 3/7, half.within: 1}", True),
        ("{half: {within: 1}}", None),
        ("{half: {value: 1, within: 0}}", None),
        ("{half: {value: 1, within: -1}}", None),
        ("{late: {value: 1 min, within: 1}}", None),
        ("{grade: {value: good, within: 1}}", None),
    ],
)
def test_a_value_is_exact_unless_a_tolerance_is_asked_for(
    differs: Any, problems_of: Any, expect: str, *, holds: bool | None
) -> None:
    text = one("{took: 20 min, ended_at: 2024-03-05T10:00:00.5+08:00}", expect)
    if holds is None:
        assert [each[:2] for each in problems_of(text)] == [(4, "C120")]
    else:
        assert (differs(text) == []) is holds


def test_a_mismatch_tells_the_tolerance(differs: Any) -> None:
    assert differs(one(expect="{half: {value: 0.43, within: 0.001}}")) == [
        ("half", "value 0.43, within 0.001", "3/7")
    ]
    text = one("{took: 20 min}", "{late: {value: 4 min, within: 30 s}}")
    assert differs(text) == [("late", "value 4 min, within 30 s", "5 min")]


# --- values ----------------------------------------------------------------------------------


def test_durations_are_compared_as_what_they_are(differs: Any) -> None:
    assert differs(one("{took: 120 min}", "{late: 1 h 45 min}")) == []
    assert differs(one("{took: 120 min}", "{late: 105 min}")) == []
    assert differs(one("{took: 120 min}", "{late: 106 min}")) == [("late", "106 min", "1 h 45 min")]


def test_a_percentage_may_be_written_with_its_sign(differs: Any) -> None:
    assert differs(one(expect="{share: 3%}")) == []


@pytest.mark.parametrize(
    ("expect", "says"),
    [
        ("{late: 5}", "write it like 1 h 30 min"),
        ("{day: 2024-3-1}", "write it like 2024-03-05"),
        ("{next: 2024-13}", "write it like 2024-03"),
        ("{none_left: 'yes'}", "write true or false"),
        ("{grade: god}", "did you mean 'good'?"),
        ("{grade: {value: god}}", "did you mean 'good'?"),
    ],
)
def test_what_no_result_can_be_is_told_at_its_line(
    problems_of: Any, expect: str, says: str
) -> None:
    ((line, code, message),) = problems_of(one(expect=expect))
    assert (line, code) == (4, "C109")
    assert says in message


def test_parts_of_a_result_may_be_said_apart_but_not_twice(problems_of: Any, differs: Any) -> None:
    assert differs(one(expect="{loss: 3, loss.status: final, loss.low: null}")) == []
    assert differs(one(expect="{loss: 3, loss.status: provisional}"))[0][0] == "loss"
    assert [each[:2] for each in problems_of(one(expect="{loss: 3, loss.value: 3}"))] == [
        (4, "C117")
    ]
    ((_, code, message),) = problems_of(one(expect="{loss: 3, loss.lo: 3}"))
    assert (code, "'low'" in message) == ("C110", True)


# --- refusals --------------------------------------------------------------------------------


def test_a_refusal_may_be_expected_at_its_fact(differs: Any) -> None:
    text = one("{complaints: -1, took: 3}", "{error: [{code: F116, at: complaints}, F104]}")
    assert differs(text) == []
    assert differs(text.replace("at: complaints", "at: took"))[0][:2] == (
        "error", "F116 at took, F104",
    )  # fmt: skip


def test_a_refusal_names_records_by_key_or_number(cases_of: Any, rules: sla.Rules) -> None:
    text = paid("{payments: {P2: {amount: -1}}}").replace(
        "{total: 600}", "{error: {code: F116, at: PATH}}"
    )
    for path in ("payments.P2.amount", '"payments[1].amount"'):
        (case,) = cases_of(text.replace("PATH", path))
        assert case.expect["error"] == (Refusal("F116", "payments[1].amount"),)
        assert check(case, rules) == []
    for path in ("payments.P1.amount", "payments.P9.amount", "payment.P2", "payments"):
        assert len(check(cases_of(text.replace("PATH", path))[0], rules)) == 1


def test_another_refusal_at_another_place_is_a_mismatch(differs: Any) -> None:
    text = one("{complaints: -1, took: 3}", "{error: {code: F116, at: complaints}}")
    ((what, expected, got),) = differs(text)
    assert (what, expected) == ("error", "F116 at complaints")
    assert "took: F104" in got


@pytest.mark.parametrize(
    ("expect", "line", "code"),
    [
        ("{error: F16}", 4, "C123"),
        ("{error: {cod: F116}}", 4, "C102"),
        ("{error: {at: took}}", 4, "C103"),
        ("{error: F116, loss: 3}", 4, "C109"),
    ],
)
def test_a_mistaken_refusal_is_told(problems_of: Any, expect: str, line: int, code: str) -> None:
    assert [each[:2] for each in problems_of(one(expect=expect))] == [(line, code)]


# --- all at once -----------------------------------------------------------------------------


def test_all_mistakes_of_a_case_are_told_at_once(problems_of: Any) -> None:
    text = """\
  - name: a
    clause: [S8, S9]
    readings: {count-all: never}
    given: {complaint: 1, complaints: 2}
    expect: {los: 3, late: soon, loss: {valu: 3, low: x}, status: finl}
    extra: 1
"""
    assert sorted(each[:2] for each in problems_of(text)) == [
        (2, "C107"), (2, "C107"), (3, "C108"), (4, "C113"),
        (5, "C102"), (5, "C109"), (5, "C109"), (5, "C109"), (5, "C110"), (6, "C102"),
    ]  # fmt: skip


def test_a_mismatch_is_a_value(rules: sla.Rules, cases_of: Any) -> None:
    (case,) = cases_of(one(expect="{loss: 4}"))
    assert check(case, rules) == [Mismatch("loss", "4", "3")]
    assert case.places["loss"].line == LINES + 4


# --- notes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("notes", "holds"),
    [
        ("given", True),
        ("[given, given_without_approver]", True),
        ("[]", False),
        ("{exactly: given}", False),
        ("{exactly: [given_without_approver, given]}", True),
        ("{including: given, without: calendar_provisional}", True),
        ("{without: given}", False),
        ("{including: [given, calendar_provisional]}", False),
    ],
)
def test_notes_may_be_exact_or_forbidden(differs: Any, notes: str, *, holds: bool) -> None:
    assert (differs(one("{loss: 4}", f"{{notes: {notes}}}")) == []) is holds


def test_a_note_that_no_rule_leaves_is_told(problems_of: Any) -> None:
    assert [each[:2] for each in problems_of(one(expect="{notes: givn}"))] == [(4, "C122")]
    assert [each[:2] for each in problems_of(one(expect="{notes: {only: given}}"))] == [(4, "C102")]


# --- the schema ------------------------------------------------------------------------------


def data(text: str) -> Any:
    node, _ = source.read(text, "a.yaml")
    assert node is not None
    return plain(node)


def fits(text: str, rules: sla.Rules) -> bool:
    return all(
        Draft7Validator(schema).is_valid(data(HEAD + text))
        for schema in (cases_schema(), cases_schema(rules))
    )


@pytest.mark.parametrize(
    "text",
    [
        TABLE,
        TABLE[: TABLE.index("        - [")] + "        没有投诉: [all, 0, -, 0, good]\n",
        "  - {name: a, clause: S2, background: busy, expect: {loss: 10}}\n",
        one(expect="{half: {value: 0.43, within: 0.01}, loss: {by: [cap]}, loss.by: cap}"),
        one(expect="{notes: {exactly: [], without: given}}"),
        one(expect="{error: [{code: F116, at: complaints}, F104]}"),
    ],
)
def test_the_schema_takes_what_the_reader_takes(text: str, rules: sla.Rules) -> None:
    assert fits(text, rules)


@pytest.mark.parametrize(
    "text",
    [
        "  - {name: a, clause: S2, expect: {loss: 10}}\n",
        "  - {name: a, clause: S2, given: {}}\n",
        TABLE.replace("      rows:", "      row:"),
        TABLE.replace("readings: count-all", "readings: {}"),
        one(expect="{notes: {only: given}}"),
        one(expect="{loss: {within: []}}"),
        one(expect="{error: {at: complaints}}"),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(
    text: str, rules: sla.Rules, problems_of: Any
) -> None:
    assert problems_of(text)
    assert not fits(text, rules)


# --- mistakes that hide others -----------------------------------------------------------------


def test_a_mistake_in_the_defaults_is_told_once(problems_of: Any) -> None:
    head = "ruleset: service\ndefaults: {level: mont, given: {}}\nbackgrounds: {b: {given: {}}}\ncases:\n"
    assert [each[:2] for each in problems_of(one() + one(), head)] == [(-2, "C106")]


@pytest.mark.parametrize(
    ("head", "text", "code"),
    [
        ("ruleset: service\nbackgrounds: [a]\ncases:\n", one(more="    level: month\n"), "C101"),
        ("ruleset: service\ncases:\n", one(), "C103"),
        (HEAD, one(expect="{}"), "C101"),
        (HEAD, one(expect="loss"), "C101"),
        (HEAD, one(expect="{pauses.1.long: true}"), "C110"),
    ],
)
def test_parts_of_another_form_are_refused(
    problems_of: Any, head: str, text: str, code: str
) -> None:
    assert [each[1] for each in problems_of(text, head)] == [code]


def test_a_mapping_over_what_is_no_list_is_left_to_the_facts(differs: Any) -> None:
    text = "  - name: a\n    clause: S3\n    level: contract\n    background: odd\n    given: {payments: {P1: {amount: 1}}}\n    expect: {error: F120}\n"
    assert (
        differs(
            text, HEAD.replace("  busy:", "  odd: {level: contract, given: {payments: 3}}\n  busy:")
        )
        == []
    )


def test_a_date_and_an_open_result_are_compared(differs: Any) -> None:
    assert differs(one(expect="{day: 2024-03-02}")) == [("day", "2024-03-02", "2024-03-01")]
    ((_, expected, got),) = differs(one("{pauses: [{}]}", "{paused: 3}"))
    assert (expected, got) == ("3", "null (undetermined, low 0, high null)")
