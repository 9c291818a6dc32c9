"""A case that says nothing, or what cannot be, is refused; one that fails says so and never crashes."""

import re
from pathlib import Path
from typing import Any

import attrs
import pytest

import sla_rules as sla
from _sla_rules_pytest import _one_line
from sla_rules.layout import wrap
from sla_rules.testing import check, read_cases
from sla_rules.testing.failure import failure_text
from sla_rules.testing.words import REFUSALS

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "cases.md"
ENUMS = """\
enums:
  how: {late: {zh: 迟, en: late}, early: {zh: 早, en: early}}
levels:
"""
MORE = """\
      reached: {type: how, value: if overrun > 0 then late else early, clause: H1}
      at: {value: closed_at, clause: H1}
"""
HEAD = """\
ruleset: helpdesk
defaults: {level: incident, given: {id: G-1, priority: 1, responded_after: 15 min}}
cases:
"""


@pytest.fixture(scope="module")
def rules() -> sla.Rules:
    return sla.load(rules_text())


def rules_text() -> str:
    """The help desk of the guide to cases, and two decisions more."""
    page = GUIDE.read_text(encoding="utf-8")
    text = page.split('title="helpdesk/ruleset.yaml"\n', 1)[1].split("```", 1)[0]
    text = text.replace(
        "      complaints: {",
        "      closed_at: {type: instant, optional: true}\n      complaints: {",
    )
    return str(text.replace("levels:\n", ENUMS, 1) + MORE)


@pytest.fixture
def read(rules: sla.Rules) -> Any:
    def read(text: str, head: str = HEAD) -> tuple[list[Any], list[Any]]:
        _, cases, problems = read_cases(
            head + text, Path("some.cases.yaml"), loader=lambda _: rules
        )
        return cases, problems

    return read


def one(expect: str, given: str = "{}", more: str = "") -> str:
    return f"  - {{name: case, clause: H1, given: {given}, expect: {expect}{more}}}\n"


@pytest.fixture
def told(read: Any, rules: sla.Rules) -> Any:
    """The text of the only case, which fails."""

    def told(text: str, **options: Any) -> str:
        (case,), problems = read(text)
        assert problems == []
        mismatches = check(case, rules)
        assert mismatches
        return failure_text(case, mismatches, rules, **{"lang": "en", **options})

    return told


# --- values ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expect", "expected", "got"),
    [
        ("{limit: 14 min}", "14 min", "15 min"),
        ("{limit: -14 min}", "-14 min", "15 min"),
        ("{limit: {value: 14 min}}", "14 min", "15 min"),
        ("{limit: {value: 14 min, by: row 1}}", "14 min", "15 min"),
        ("{limit: {value: 10 min, within: 1 min}}", "10 min ± 1 min", "15 min"),
        ("{score: {value: 18, by: band 1}}", "18 points", "30 points"),
        ("{overrun: {value: 1/3, within: 0.1}}", "33.3333…% ± 10%", "0%"),
        ("{reached: late}", "late", "early"),
    ],
)
def test_what_is_expected_is_told_in_the_words_of_what_came_out(
    told: Any, expect: str, expected: str, got: str
) -> None:
    row = told(one(expect)).splitlines()[3]
    assert re.split(r"\s{2,}", row.strip())[2:4] == [expected, got]


@pytest.mark.parametrize(
    ("expect", "says"),
    [
        ("{reached: true}", "reached cannot be true without quotes"),
        ("{score: true}", "score cannot be true without quotes"),
        ("{at: 2024-03-05T10:00:00.1234567+08:00}", "is no instant"),
        ("{at: 2024-03-05T10:00}", "is no instant with a zone"),
        (f"{{score: 1/{'9' * 5000}}}", "score is a number"),
        (f"{{score: {'9' * 5000}/7}}", "score is a number"),
    ],
)
def test_what_a_result_can_never_be_is_a_problem_of_the_file(
    read: Any, expect: str, says: str
) -> None:
    cases, (problem,) = read(one(expect))
    assert cases == []
    assert problem.code == "C109"
    assert says in problem.message


# --- the reading that decides ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "expect", "idle"),
    [
        ("{}", "{limit: 15 min}", True),
        ("{responded_after: 31 min}", "{score: 9}", True),
        ("{responded_after: 31 min}", "{score.by: band 3}", True),
        ("{responded_after: 30 min}", "{score: 9}", False),
        ("{responded_after: 30 min}", "{score.by: band 3}", False),
    ],
)
@pytest.mark.parametrize("more", ["", ", readings: {exactly-double: nine}"])
def test_a_case_about_a_reading_fails_where_every_option_gives_the_same(
    read: Any, rules: sla.Rules, given: str, expect: str, more: str, *, idle: bool
) -> None:
    (case,), _ = read(one(expect, given, f", reading_of: exactly-double{more}"))
    assert [each.what for each in check(case, rules)] == ["reading_of"] * idle


def test_equal_rules_that_were_loaded_apart_are_heard_apart(read: Any, rules: sla.Rules) -> None:
    text = one("{score.by: band 3}", "{responded_after: 30 min}", ", reading_of: exactly-double")
    (case,), _ = read(text)
    again = sla.load(rules_text())
    for readings in ({}, {"exactly-double": "nine"}):
        chosen = attrs.evolve(case, readings=readings)
        assert [check(chosen, each) for each in (rules, again)] == [[], []]


def test_an_idle_reading_is_told_with_its_question(told: Any) -> None:
    text = one("{limit: 15 min}", more=", reading_of: exactly-double")
    lines = told(text, lang="zh").splitlines()
    assert lines[3] == "  所涉读法  reading_of  换一种读法，结果不同  无论哪种读法，结果都一样"
    assert lines[4].endswith("（exactly-double=nine）：恰好超时一倍的，得 18 分还是 9 分？")
    assert "another outcome under another option" in told(text)


def test_what_differs_by_itself_is_told_before_the_reading(read: Any, rules: sla.Rules) -> None:
    (case,), _ = read(one("{limit: 14 min}", more=", reading_of: exactly-double"))
    assert [each.what for each in check(case, rules)] == ["limit"]


# --- expectations that say nothing -----------------------------------------------------------


@pytest.mark.parametrize(
    ("expect", "line"),
    [
        ("{score: {}}", 4),
        ("{limit: 15 min, notes: {}}", 4),
        ("{notes: {including: []}}", 4),
        ("{notes: {without: []}}", 4),
        ("{score: {by: []}}", 4),
        ("{score.by: []}", 4),
        ("{error: []}", 4),
    ],
)
def test_an_expectation_that_says_nothing_is_refused(read: Any, expect: str, line: int) -> None:
    cases, (problem,) = read(one(expect))
    assert (cases, problem.code, problem.where.line) == ([], "C101", line)


def test_that_there_is_none_may_be_expected(read: Any, rules: sla.Rules) -> None:
    (case,), _ = read(one("{notes: [], needs: closed_at, score.value: 30}"))
    assert check(case, rules) == []
    (case,), _ = read(one("{notes: {exactly: []}}"))
    assert check(case, rules) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  - {name: a, clause: [], given: {}, expect: {score: 30}}\n", 4),
        ("  - {name: a, clause: H1, given: hello, expect: {score: 30}}\n", 4),
        (
            (
                "  - name: a\n    clause: H1\n    table:\n      given: complaints\n"
                "      expect: loss\n      rows: [[1, {}]]\n"
            ),
            9,
        ),
        (
            (
                "  - name: a\n    clause: H4\n    level: contract\n    given: {payments: [{id: P1, amount: 1, pay_on: '2024-01-01'}]}\n"
                "    expect: {payments.P1.ledger: {including: []}}\n"
            ),
            8,
        ),
    ],
)
def test_a_part_that_says_nothing_is_refused(read: Any, text: str, line: int) -> None:
    cases, problems = read(text)
    assert cases == []
    assert ("C101", line) in [(each.code, each.where.line) for each in problems]


@pytest.mark.parametrize("given", ["hello", "[1]", "3"])
@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("defaults: {level: incident, given: VALUE}\n", 2),
        ("backgrounds:\n  b: {level: incident, given: VALUE}\n", 3),
    ],
)
def test_facts_below_the_cases_are_a_mapping(read: Any, given: str, head: str, line: int) -> None:
    start = f"ruleset: helpdesk\n{head.replace('VALUE', given)}cases:\n"
    _, problems = read(one("{score: 30}", more=", level: incident"), start)
    assert [(each.code, each.where.line) for each in problems] == [("C101", line)]


# --- records that are laid over ----------------------------------------------------------------

TWICE = """\
  - name: a
    clause: H4
    level: contract
    background: twice
    given: GIVEN
    expect: EXPECT
"""
GROUND = """\
ruleset: helpdesk
backgrounds:
  twice:
    level: contract
    given:
      payments: [{id: P1, amount: 1000, pay_on: "2024-04-10"}]
      deductions: DEDUCTIONS
cases:
"""


def records(*keys: str) -> str:
    """Deductions with these keys; one without is written without."""
    each = ", ".join(
        f"{{{f'id: {key!r}, ' if key else ''}amount: {number}00, determined_on: '2024-03-31'}}"
        for number, key in enumerate(keys, 1)
    )
    return f"[{each}]"


@pytest.mark.parametrize("given", ["{}", "{deductions: {}}", "{deductions: {'1': {amount: 3}}}"])
def test_records_of_one_key_stay_two_and_are_refused(
    read: Any, rules: sla.Rules, given: str
) -> None:
    text = TWICE.replace("GIVEN", given).replace("EXPECT", "{error: F131}")
    (case,), _ = read(text, GROUND.replace("DEDUCTIONS", records("2", "2", "1")))
    assert [each["id"] for each in case.facts["deductions"]] == ["2", "2", "1"]
    assert check(case, rules) == []


@pytest.mark.parametrize("keys", [("2", "2"), ("2", ""), ("", "1")])
def test_a_key_that_means_several_records_changes_none(read: Any, keys: tuple[str, ...]) -> None:
    key = next(filter(None, keys))
    text = TWICE.replace("GIVEN", f"{{deductions: {{'{key}': {{amount: 3}}}}}}")
    cases, (problem,) = read(
        text.replace("EXPECT", "{total: 1}"), GROUND.replace("DEDUCTIONS", records(*keys))
    )
    assert cases == []
    assert (problem.code, problem.where.line) == ("C118", 13)
    assert f"has several records '{key}'" in problem.message


def test_a_column_that_leads_to_several_records_is_told(read: Any) -> None:
    text = TWICE.replace("    given: GIVEN\n", "").replace("EXPECT", "{total: 1}")
    text += "    table: {given: deductions.2.amount, expect: payments.P1.net, rows: [[1, 2]]}\n"
    cases, (problem,) = read(text, GROUND.replace("DEDUCTIONS", records("2", "2")))
    assert (cases, problem.code) == ([], "C118")


def test_records_without_a_key_do_not_hide_each_other(read: Any) -> None:
    text = TWICE.replace("GIVEN", "{deductions: {}}").replace("EXPECT", "{error: F120}")
    (case,), _ = read(text, GROUND.replace("DEDUCTIONS", records("2", "", "")))
    assert len(case.facts["deductions"]) == 3


# --- the text of a failing case ----------------------------------------------------------------


def test_a_wide_table_keeps_the_names_that_tell_two_rows_apart(told: Any) -> None:
    text = told(one("{score: 18, score.by: band 2, limit: 14 min}"), width=60)
    assert re.search(r"^  score \(score\) +18 points", text, re.MULTILINE)
    assert re.search(r"^  score \(score.by\) +band 2", text, re.MULTILINE)
    assert re.search(r"^  response limit +14 min", text, re.MULTILINE)


@pytest.mark.parametrize("whole", [False, True])
def test_the_words_of_a_clause_are_cut_only_where_the_text_is_short(*, whole: bool) -> None:
    words = "逾期 " * 200
    rules = sla.load(rules_text().replace("一级故障 15 分钟内响应，", words))
    _, (case,), _ = read_cases(
        HEAD + one("{limit: 14 min}"), Path("some.cases.yaml"), loader=lambda _: rules
    )
    text = failure_text(case, check(case, rules), rules, whole=whole)
    unfolded = "".join(text.split()).partition("其他故障")[0]
    assert (unfolded.count("逾期") == 200) is whole


def test_a_text_of_any_length_is_folded_at_once() -> None:
    path = "a." * 200_000
    assert "".join(wrap(path, 80)) == path
    assert "".join(wrap("（" * 50_000, 80)) == "（" * 50_000


# --- what is told of a file ----------------------------------------------------------------------

WIDE = "write the colon in half width, and a blank after it"


@pytest.mark.parametrize(
    ("text", "line", "code", "hint"),
    [
        ("ruleset：helpdesk\ncases:\n  - {name: a}\n", 1, "E102", WIDE),
        ("ruleset：helpdesk\n", 1, "C101", WIDE),
        ("ruleset: helpdesk\ncases:\n  - name：a\n    clause: H1\n", 3, "E102", WIDE),
        (
            "ruleset: helpdesk\ncases:\n  - name: a\n    clause：H1\n    given: {}\n",
            4,
            "E102",
            WIDE,
        ),
        (f"{HEAD}  - {{name：a, clause: H1}}\n", 4, "C102", WIDE),
        (f"{HEAD}  - name: a\n\tclause: H1\n", 5, "E102", "indent with blanks"),
        (HEAD + one("{score: 100 points}"), 4, "C109", "write 100"),
        (HEAD + one("{score: 9.5分}"), 4, "C109", "write 9.5"),
        (HEAD + one("{error: F999}"), 4, "C123", "did you mean 'F199'?"),
        (
            HEAD
            + "  - {name: a, clause: H1, table: {given: complaints, expect: loss, rows: [[1]]}}\n",
            4,
            "C116",
            "the columns are complaints, loss",
        ),
        (
            HEAD
            + "  - {name: a, clause: H1, table: {given: complaints, expect: loss, rows: {' ': [1, 3]}}}\n",
            4,
            "C101",
            "",
        ),
    ],
)
def test_a_mistake_is_told_at_its_line_with_what_to_write(
    read: Any, text: str, line: int, code: str, hint: str
) -> None:
    _, (problem,) = read(text, "")
    assert (problem.where.line, problem.code, problem.hint) == (line, code, hint)
    assert "1 cells" not in problem.message


def test_mistakes_of_all_columns_of_a_table_are_told_at_once(read: Any) -> None:
    table = (
        "{given: [priorit, complaints], expect: [scor, loss], rows: [[1, 2, 3, x], [1, 2, 3, -]]}"
    )
    _, problems = read(f"  - {{name: a, clause: H1, table: {table}}}\n")
    assert sorted(each.code for each in problems) == ["C109", "C110", "C113"]


def test_names_that_differ_in_blanks_only_are_one_name(read: Any) -> None:
    _, (problem,) = read(one("{score: 30}") + one("{score: 30}").replace("case", "'case '"))
    assert (problem.code, problem.where.line) == ("C104", 5)


def test_the_ids_of_a_folder_are_proposed_before_packaged_ones(tmp_path: Path) -> None:
    (tmp_path / "ruleset.yaml").write_text(
        rules_text().replace("id: helpdesk", "id: mycontract"), encoding="utf-8"
    )
    text = HEAD.replace("helpdesk", "mycontrct") + one("{score: 30}")
    _, _, (problem,) = read_cases(text, tmp_path / "a.cases.yaml")
    assert (problem.code, problem.hint) == ("C105", "did you mean 'mycontract'?")
    assert "\n" not in problem.message


def test_every_refusal_of_facts_is_known_to_cases() -> None:
    page = (GUIDE.parents[1] / "reference" / "errors.md").read_text(encoding="utf-8")
    assert sorted(REFUSALS) == sorted(set(re.findall(r"^\| (F\d{3}) \|", page, re.MULTILINE)))


# --- facts that are refused ----------------------------------------------------------------------

GROUND_OF_PAYMENTS = """\
ruleset: helpdesk
defaults: {level: contract, given: {deductions: [{id: D, amount: -7, determined_on: "2024-03-31"}]}}
backgrounds:
  paid:
    given:
      payments:
        - {id: P1, amount: 1, pay_on: "2024-03-01"}
        - {id: P2, amount: 1,
           pay_on: 2024-02-30}
cases:
"""
PAID = """\
  - name: case
    clause: H1
    background: paid
    given:
      payments:
        P1: {amount: -1}
    expect: {total: 1}
"""


def places(text: str) -> list[tuple[str, int]]:
    """The facts of which a text tells the line, each with it."""
    found = re.findall(r"^ *([^ ]+): F\d{3} .*\(at some.cases.yaml:(\d+)\)", text, re.MULTILINE)
    return [(path, int(line)) for path, line in found]


def test_a_refused_fact_is_told_with_the_line_where_it_stands(read: Any, rules: sla.Rules) -> None:
    (case,), _ = read(PAID, GROUND_OF_PAYMENTS)
    text = failure_text(case, check(case, rules), rules, lang="en", width=120)
    assert sorted(places(text)) == [
        ("deductions[0].amount", 2),
        ("payments[0].amount", 16),
        ("payments[1].pay_on", 9),
    ]


def test_a_refused_fact_of_a_row_is_told_at_the_row(read: Any, rules: sla.Rules) -> None:
    table = "    table:\n      given: complaints\n      expect: loss\n      rows:\n"
    text = f"  - name: a\n    clause: H1\n{table}        - [1, 3]\n        - [-1, 3]\n"
    (_, case), _ = read(text)
    assert places(
        failure_text(case, check(case, rules), rules, lang="en", width=120)
    ) == [("complaints", 11)]  # fmt: skip


def test_a_refused_fact_of_a_record_that_moved_is_told_only_where_it_stands(
    read: Any, rules: sla.Rules
) -> None:
    text = PAID.replace("{amount: -1}", "null")
    (case,), _ = read(text, GROUND_OF_PAYMENTS)
    told = places(failure_text(case, check(case, rules), rules, lang="en", width=120))
    assert told == [("deductions[0].amount", 2)]


def test_what_is_refused_but_not_written_has_no_line(read: Any, rules: sla.Rules) -> None:
    (case,), _ = read(
        "  - {name: a, clause: H1, given: {priority: null}, expect: {limit: 15 min}}\n"
    )
    (case,) = [attrs.evolve(case, facts={**case.facts, "nonsense": 1})]
    assert places(failure_text(case, check(case, rules), rules, lang="en")) == []


def test_ids_of_tests_keep_names_apart() -> None:
    assert _one_line("a::b") != _one_line("a: :b")
    assert "::" not in _one_line("a::b")
