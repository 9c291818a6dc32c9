"""Coverage: what the cases of a contract cover, and what they do not."""

from fractions import Fraction
from pathlib import Path

import pytest

import sla_rules as sla
from sla_rules.cli import main
from sla_rules.coverage import CoverageReport, least_of, measure, measure_path, text_lines
from sla_rules.testing import read_cases

RULESET = """
language: 1
id: small
version: 1.0.0
title: {zh: 小合同, en: small}
timezone: Asia/Shanghai
clauses:
  S1: {text: 每件投诉扣两分，最多扣十分。}
  S2: {text: 扣分不超过四分的为良，超过四分的为差。}
  S3: {text: 差评须书面说明。}
  S4: {text: 双方应友好协商。, not_encoded: {zh: 无从计算, en: nothing to compute}}
  S5: {text: 乙方应投保。}
enums:
  grades: {good: {zh: 良, en: good}, poor: {zh: 差, en: poor}}
readings:
  edge:
    clause: S2
    question: {zh: 恰为四分怎么办, en: what of exactly four}
    default: included
    options:
      included: {zh: 算良, en: good}
      excluded: {zh: 算差, en: poor}
levels:
  month:
    title: {zh: 月, en: month}
    facts:
      complaints: {type: integer, min: 0, title: {zh: 投诉, en: complaints}}
      explained: {type: bool, title: {zh: 已说明, en: explained}}
      site: {type: [north, south], title: {zh: 地点, en: site}}
    require:
      - {that: complaints < 1000, message: {zh: 投诉过多, en: too many}}
    decisions:
      loss:
        title: {zh: 扣分, en: loss}
        clause: S1
        type: points
        value: complaints * 2 points
        cap: 10 points
      grade:
        title: {zh: 等级, en: grade}
        clause: S2
        type: grades
        bands:
          on: loss
          rows:
            by: edge
            included: {"(..4 points]": good, "(4 points..)": poor}
            excluded: {"(..4 points)": good, "[4 points..)": poor}
      remark:
        title: {zh: 说明, en: remark}
        clause: S3
        type: bool
        value: grade == poor and not explained
      fee:
        title: {zh: 费用, en: fee}
        type: points
        table:
          on: [site]
          rows:
            - {when: [north], then: 1 points}
            - {when: [south], then: 2 points}
"""
HEAD = "ruleset: small\ndefaults: {level: month, given: {explained: true, site: north}}\ncases:\n"
FEW = """
  - {name: 没有投诉, clause: S1, given: {complaints: 0}, expect: {loss: 0, grade: good}}
  - {name: 说错了, clause: S3, given: {complaints: 9}, expect: {loss: 1}}
"""
MANY = """
  - {name: 超过上限, clause: [S1, S2], given: {complaints: 6}, expect: {loss: 10, grade: poor}}
  - name: 须说明
    clause: S3
    given: {complaints: 3, explained: false, site: south}
    expect: {remark: true}
  - name: 恰为四分
    clause: S2
    readings: {edge: excluded}
    given: {complaints: 2}
    expect: {grade: poor}
  - name: 无投诉
    clause: S2
    readings: {edge: excluded}
    given: {complaints: 0}
    expect: {grade: good}
  - {name: 投诉过多, clause: S3, given: {complaints: 1000}, expect: {error: F136}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ruleset.yaml").write_text(RULESET, encoding="utf-8")
    return tmp_path


def measured(folder: Path, cases: str) -> CoverageReport:
    rules, found, problems = read_cases(HEAD + cases, folder / "a.cases.yaml")
    assert not problems
    assert rules is not None
    return measure(rules, found)


def missing(report: CoverageReport, kind: str) -> list[str]:
    return [each.target.label.en for each in report.missing(kind)]


def test_a_sentence_is_covered_by_a_case_that_names_it_and_holds(folder: Path) -> None:
    few, many = measured(folder, FEW), measured(folder, FEW + MANY)

    assert [each.target.clauses[0] for each in few.of("clause") if each.covered] == ["S1"]
    assert [each.target.clauses[0] for each in many.missing("clause")] == ["S5"]


def test_text_that_is_no_rule_counts_nowhere_and_text_that_nothing_cites_is_missing(
    folder: Path,
) -> None:
    report = measured(folder, FEW)

    assert report.text_only == ("S4",)
    assert report.uncited == ("S5",)
    assert "S4" not in [each.target.clauses[0] for each in report.of("clause")]


def test_a_case_that_does_not_hold_covers_nothing(folder: Path) -> None:
    report = measured(folder, FEW)

    assert [each.name for each in report.failed] == ["说错了"]
    assert len(report.missing("band")) == 3


def test_rows_conditions_and_limits_are_covered_by_any_case(folder: Path) -> None:
    few, many = measured(folder, FEW), measured(folder, FEW + MANY)

    assert missing(few, "row") == ["month: fee: row south"]
    assert missing(many, "row") == missing(many, "band") == missing(many, "limit") == []
    assert missing(few, "limit") == ["month: loss: the cap cuts"]
    assert "month: remark: grade = poor — true" in missing(few, "condition")
    assert missing(many, "condition") == []


def test_each_answer_of_a_reading_is_covered_by_a_case_that_rests_on_it(folder: Path) -> None:
    few, many = measured(folder, FEW), measured(folder, FEW + MANY)

    assert missing(few, "reading") == ["reading edge taken as excluded"]
    assert missing(many, "reading") == []


def test_the_text_names_the_sentences_that_are_missing_first_and_says_why(folder: Path) -> None:
    lines = list(text_lines(measured(folder, FEW), "en"))
    start = lines.index("not covered: clauses (3)")

    assert start == 3
    assert lines[start + 1].endswith(": S2")
    assert lines[start + 2] == "    扣分不超过四分的为良，超过四分的为差。"
    assert (
        lines[start + 3]
        == "    what cites it ran, but no case that names it expects a result that rests on it"
    )
    assert "    no rule cites it" in lines
    assert lines[1] == "1 case holds and counts; 1 does not hold and does not count"


def test_a_case_that_names_a_sentence_of_which_nothing_took_part_is_told(folder: Path) -> None:
    idle = "  - {name: 投保, clause: [S1, S5], given: {complaints: 1}, expect: {loss: 2}}"
    report = measured(folder, f"{FEW}{idle}")
    lines = list(text_lines(report, "en", folder))
    start = lines.index("cases that name a clause and touch nothing of it (1)")

    assert [(case.name, clauses) for case, clauses in report.idle] == [("投保", ("S5",))]
    assert lines[start + 1] == "  a.cases.yaml:7:5: “投保” names S5"


def test_nothing_missing_is_said(folder: Path) -> None:
    text = RULESET.replace("  S5: {text: 乙方应投保。}\n", "")
    (folder / "ruleset.yaml").write_text(text, encoding="utf-8")
    report = measured(folder, FEW.splitlines()[1] + MANY)

    assert "全部覆盖" in list(text_lines(report, "zh"))


def test_shares_asked_for_are_read_and_compared_exactly(folder: Path) -> None:
    report = measured(folder, FEW)

    assert least_of("90") == dict.fromkeys(least_of("90"), Fraction(9, 10))
    assert report.below(least_of("row=50, clause=25%")) == ()
    assert report.below(least_of("row=50.1")) == ("row",)


def test_a_kind_is_called_as_the_reports_call_it() -> None:
    assert least_of("clauses=50, caps and floors=10, 分档=1, conditions=2") == {
        "clause": Fraction(1, 2),
        "limit": Fraction(1, 10),
        "band": Fraction(1, 100),
        "condition": Fraction(1, 50),
    }


def test_a_share_of_one_kind_goes_before_that_of_every_kind_wherever_it_stands() -> None:
    assert least_of("clause=100,50") == least_of("50,clause=100")
    assert least_of("clause=100,50")["clause"] == 1
    assert least_of("clause=100,50")["row"] == Fraction(1, 2)


@pytest.mark.parametrize(
    "text",
    ["rowing=1", "row=x", "row=101", "", " ", ",", "row=1,", "row=1,rows=0", "100,50", "row="],
)
def test_a_share_that_is_none_or_asked_for_twice_is_refused(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["coverage", "gz-npc-2023", "--fail-under", text]) == 2
    assert "--fail-under" in capsys.readouterr().err


def test_the_command_fails_below_what_is_asked_for(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.cases.yaml").write_text(HEAD + FEW, encoding="utf-8")

    assert main(["coverage", str(folder), "--lang", "en", "--fail-under", "row=50"]) == 0
    assert main(["coverage", str(folder), "--lang", "en", "--fail-under", "row=100"]) == 1
    assert capsys.readouterr().err == (
        "small 1.0.0: rows covered 50 %, less than the 100 % that is asked for\n"
    )


def test_a_ruleset_file_is_measured_with_the_cases_beside_it(folder: Path) -> None:
    (folder / "a.cases.yaml").write_text(HEAD + FEW, encoding="utf-8")
    (by_file,) = measure_path(folder / "ruleset.yaml").reports
    (by_folder,) = measure_path(folder).reports

    assert by_file.tallies == by_folder.tallies


def test_a_ruleset_without_cases_is_covered_by_nothing(folder: Path) -> None:
    (report,) = measure_path(folder).reports

    assert report.tallies["rule"].covered == 0


def test_what_is_wrong_with_files_is_told(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "ruleset.yaml").write_text("language: 1\nid: broken\n", encoding="utf-8")

    assert measure_path(folder).problems
    assert measure_path(folder / "ruleset.yaml").problems
    assert main(["coverage", str(tmp_path / "nothing")]) == 2
    assert "C111" in capsys.readouterr().err


def test_a_packaged_ruleset_is_measured_by_its_id() -> None:
    (report,) = measure_path("us-texas-dir").reports

    assert isinstance(report.rules, sla.Rules)
    assert report.tallies["clause"].covered


WATCH = """
language: 1
id: watched
version: 1.0.0
title: {zh: 计时, en: watched}
timezone: Asia/Shanghai
currency: CNY
clauses:
  S1: {text: 暂停时间不计入用时。}
  S2: {text: 每次暂停扣三元三角三分，四舍五入到角。}
calendars:
  always: {hours: 24x7}
levels:
  incident:
    title: {zh: 故障, en: incident}
    facts:
      at: {type: instant}
      done: {type: instant}
      stops: {type: {list: stop}, optional: true}
    decisions:
      time:
        title: {zh: 用时, en: time}
        clause: S1
        elapsed: {from: at, to: done, calendar: always, stops: stops}
      loss: {title: {zh: 扣款, en: loss}, clause: S2, value: count(stops) * 3.33 CNY, round: 0.1}
  stop:
    interval: [begin, end]
    facts:
      begin: {type: instant}
      end: {type: instant}
"""
WATCHED = """
ruleset: watched
defaults: {level: incident, given: {at: "2024-03-05T10:00+08:00", done: "2024-03-05T12:00+08:00"}}
cases:
"""
NONE = """
  - {name: 没有暂停, clause: S1, given: {stops: []}, expect: {loss: 0}}
"""
BESIDE = """
  - name: 暂停在恢复之后
    clause: S1
    given: {stops: [{begin: "2024-03-05T13:00+08:00", end: "2024-03-05T14:00+08:00"}]}
    expect: {time: 2 h}
"""
PAUSED = """
  - name: 暂停一小时
    clause: S2
    given: {stops: [{begin: "2024-03-05T11:00+08:00", end: "2024-03-05T12:00+08:00"}]}
    expect: {time: 1 h, loss: 3.3}
"""


@pytest.mark.parametrize(
    ("cases", "suspension", "rounding"),
    [
        (NONE, ["incident: time: a suspension counts"], 1),
        (BESIDE, ["incident: time: a suspension counts"], 0),
        (BESIDE + PAUSED, [], 0),
        (PAUSED, ["incident: time: no suspension counts"], 0),
    ],
    ids=["none", "beside the clock", "both", "counted"],
)
def test_a_suspension_counts_where_it_moves_the_clock(
    tmp_path: Path, cases: str, suspension: list[str], rounding: int
) -> None:
    (tmp_path / "ruleset.yaml").write_text(WATCH, encoding="utf-8")
    rules, found, problems = read_cases(WATCHED + cases, tmp_path / "a.cases.yaml")
    assert not problems
    assert rules is not None
    report = measure(rules, found)

    assert not report.failed
    assert missing(report, "suspension") == suspension
    assert len(report.missing("rounding")) == rounding


@pytest.mark.parametrize("ruleset", sla.rulesets())
def test_every_shipped_ruleset_can_be_measured(ruleset: str) -> None:
    measured = measure_path(ruleset)

    assert measured.problems == ()
    for report in measured.reports:
        known = [
            (each.target.kind, each.target.label.zh, each.target.span) for each in report.points
        ]
        assert report.failed == ()
        assert report.uncited == ()
        assert len(set(known)) == len(known)
        assert all(each.target.label.zh and each.target.label.en for each in report.points)


SWITCHED = """
language: 1
id: switched
version: 1.0.0
title: {zh: 读法, en: switched}
timezone: Asia/Shanghai
clauses:
  S1: {text: 逾期的可以扣分。}
readings:
  may:
    clause: S1
    question: {zh: 可以是否等于必须, en: is it a duty}
    default: duty
    options: {duty: {zh: 是, en: it is}, choice: {zh: 否, en: it is not}}
levels:
  day:
    title: {zh: 日, en: day}
    facts: {late: {type: bool, title: {zh: 逾期, en: late}}}
    decisions:
      loss:
        title: {zh: 扣分, en: loss}
        clause: S1
        applies: {by: may, duty: late, choice: "false"}
        value: 2 points
"""


def test_a_reading_under_which_a_rule_never_applies_is_rested_on(tmp_path: Path) -> None:
    (tmp_path / "ruleset.yaml").write_text(SWITCHED, encoding="utf-8")
    text = """
ruleset: switched
defaults: {level: day}
cases:
  - {name: 不扣, clause: S1, readings: {may: choice}, given: {late: true}, expect: {loss: null}}
"""
    rules, found, problems = read_cases(text, tmp_path / "a.cases.yaml")
    assert not problems
    assert rules is not None
    report = measure(rules, found)

    assert missing(report, "reading") == ["reading may taken as duty"]
    assert missing(report, "rule") == ["day: loss"]
