"""The command line: every command in one process, and encodings, pipes and start-up in another."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sla_rules as sla
from sla_rules.cli import main
from sla_rules.cli.columns import lines_of_record
from sla_rules.cli.console import UsageError, progress
from sla_rules.cli.facts import find
from sla_rules.layout import Column, display_width, draw, fold_tree, wrap

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "servicenow-2016"
LOG = EXAMPLE / "incident_event_log.csv"
RULES = "gz-npc-2023"
CONTRACT = (RULES, str(EXAMPLE / "monthly_facts.yaml"), "--as-if-in-force")
EXPORT = ("--incidents", str(LOG), "--profile", "servicenow", "--zone", "Asia/Shanghai")
LATE = {
    "id": "INC-1",
    "impact": "business_affecting",
    "reported_at": "2024-03-05T10:00+08:00",
    "responded_at": "2024-03-05T10:10+08:00",
    "recovered_at": "2024-03-05T12:30+08:00",
}
SMALL = """\
language: 1
id: small
version: 0.1.0
title: {zh: 小合同, en: small contract}
currency: CNY
timezone: Asia/Shanghai
clauses:
  C1: {title: {zh: 一, en: one}, text: 每迟一次扣一分。}
levels:
  day:
    title: {zh: 日, en: day}
    facts:
      late: {type: integer, min: 0, title: {zh: 迟到, en: late}, clause: C1}
    decisions:
      often:
        title: {zh: 经常, en: often}
        clause: C1
        value: late > 3
"""


class Ran:
    """What a run left: its exit code and both streams."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def lines(self) -> list[str]:
        """The lines of standard output."""
        return self.out.splitlines()

    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)

    def row(self, start: str) -> list[str]:
        """The cells of the first table row that starts so."""
        return next(line for line in self.lines if line.startswith(start)).split()


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line in this process, 100 columns wide."""
    monkeypatch.setenv("COLUMNS", "100")

    def call(*arguments: str) -> Ran:
        code = main(arguments)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return call


@pytest.fixture
def incident(tmp_path: Path) -> str:
    """A file with one incident that recovered a quarter too late."""
    path = tmp_path / "incident.json"
    path.write_text(json.dumps(LATE), encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module")
def contract() -> sla.Assessment:
    """The made-up contract without incidents of its first two months."""
    return sla.load(RULES).assess(Path(CONTRACT[1]), as_if_in_force=True)


# the command line itself


def test_help_names_every_command_and_exit_code(run: Run) -> None:
    """A first-time user sees the commands, examples and what the exit codes mean."""
    ran = run("--help")

    assert ran.code == 0
    for word in (
        "list",
        "check",
        "readings",
        "facts",
        "assess",
        "explain",
        "calendar",
        "exit codes",
    ):
        assert word in ran.out


@pytest.mark.parametrize(
    "command", ["list", "check", "readings", "facts", "assess", "explain", "calendar"]
)
def test_every_command_has_help(run: Run, command: str) -> None:
    """``COMMAND --help`` works and fits a terminal of 100 columns."""
    ran = run(command, "--help")

    assert ran.code == 0
    assert f"usage: sla-rules {command}" in ran.out
    assert max(map(display_width, ran.lines)) <= 100


@pytest.mark.parametrize(
    "wrong", [(), ("asess",), ("assess", RULES), ("list", "--form", "json"), ("check",)]
)
def test_a_wrong_command_line_is_2(run: Run, wrong: tuple[str, ...]) -> None:
    """Missing arguments, unknown commands and abbreviated options are usage errors."""
    ran = run(*wrong)

    assert (ran.code, ran.out) == (2, "")
    assert "usage: sla-rules" in ran.err


def test_version(run: Run) -> None:
    """``--version`` names the program."""
    ran = run("--version")

    assert (ran.code, ran.out.split()[0]) == (0, "sla-rules")


def test_an_interrupt_is_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends with one line, not with a traceback."""

    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("sla_rules.cli.rulesets.list_rulesets", interrupted)
    ran = run("list")

    assert (ran.code, ran.err) == (130, "sla-rules: interrupted\n")


# list, check, readings


def test_list_shows_the_packaged_rulesets(run: Run) -> None:
    """Id, version and the numbers of clauses and readings, with the Chinese title."""
    program = sla.load(RULES).program
    row = run("list").row(RULES)

    assert row[:4] == [
        RULES,
        program.version,
        str(len(program.clauses)),
        str(len(program.readings)),
    ]
    assert "广州市人大常委会" in row[4]


def test_list_as_json(run: Run) -> None:
    """The same for programs, with titles in both languages."""
    listed = {each["id"]: each for each in run("list", "--format", "json").json()}
    found = listed[RULES]

    assert tuple(listed) == sla.rulesets()
    assert found["title"]["en"].startswith("Guangzhou")
    assert found["calendars"] == ["office", "always"]


def test_an_unknown_ruleset_is_2_and_gets_the_nearest_name(run: Run) -> None:
    """A typing mistake is answered with the right name."""
    ran = run("check", "gz-npc-2032")

    assert ran.code == 2
    assert "did you mean 'gz-npc-2023'?" in ran.err


def test_readings_mark_the_default(run: Run) -> None:
    """The register lists each question and marks what holds unless told otherwise."""
    ran = run("readings", RULES)

    assert ran.lines[0] == "overrun-bands  A-01 S3.2.1"
    assert "  * ceiling_bands（默认）" in ran.lines
    assert "  - literal_over_50_gets_18" in ran.lines
    assert "第四百九十八条" not in ran.out


def test_one_reading_is_given_with_its_reasons(run: Run) -> None:
    """The reasons of the options, folded to the terminal, in the language asked for."""
    zh, en = (
        run("readings", RULES, "overrun-bands"),
        run("readings", RULES, "overrun-bands", "--lang", "en"),
    )

    assert "第四百九十八条" in zh.out.replace("\n      ", "")
    assert "  * ceiling_bands (default)" in en.lines
    assert max(map(display_width, zh.lines)) <= 100
    assert "overrun-tail" not in zh.out


def test_an_unknown_reading_gets_the_nearest_name(run: Run) -> None:
    """Both where readings are shown and where they are chosen."""
    shown = run("readings", RULES, "overrun-band")
    chosen = run("assess", *CONTRACT, "--reading", "overrun-band=linear")
    option = run("assess", *CONTRACT, "--reading", "overrun-bands=liner")

    assert (shown.code, chosen.code, option.code) == (2, 2, 2)
    assert "did you mean 'overrun-bands'?" in shown.err
    assert "did you mean 'overrun-bands'?" in chosen.err
    assert "did you mean 'linear'?" in option.err


def test_a_ruleset_without_readings_says_so(run: Run, tmp_path: Path) -> None:
    """One line in the language asked for; as data an empty list."""
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")

    assert run("readings", str(path)).out == "small 0.1.0：没有登记任何读法\n"
    assert run("readings", str(path), "--lang", "en").out == (
        "small 0.1.0: no readings are registered\n"
    )
    assert run("readings", str(path), "--format", "json").json() == []


# facts


def test_facts_of_every_level_as_documents_write_them(run: Run) -> None:
    """All levels in order; units, ranges of percent as percent, and what may be missing."""
    ran = run("facts", RULES)
    month = run("facts", RULES, "month")

    assert [level for level in sla.load(RULES).program.levels if f" {level}" in ran.out] == list(
        sla.load(RULES).program.levels
    )
    assert month.lines[0] == "月度考核 month"
    assert month.row("month ")[1:4] == ["月份", "月份", "必报（记录名）"]
    assert month.row("service_quality_base")[2:6] == ["分数", "points", "0–30", "必报"]
    assert month.row("sla_attainment_rate")[3:7] == ["百分数", "%", "0–100", "可无"]
    assert month.row("assessed ")[2:5] == ["是否", "默认", "true"]
    assert month.row("incidents")[2:4] == ["列表：incident", "必报"]
    assert month.row("total_deduction")[1:] == [
        "当月扣款合计",
        "金额",
        "CNY",
        "是",
        "S2.2,",
        "S2.3",
    ]
    assert max(map(display_width, ran.lines)) <= 100


def test_facts_in_english_name_choices_and_what_may_be_unknown(run: Run) -> None:
    """Enumerations with their members, records, parents, instants that may still be unknown."""
    ran = run("facts", RULES, "incident", "--lang", "en")
    stop = run("facts", RULES, "suspension", "--lang", "en")

    assert "one of impact" in ran.out
    assert ran.row("impact   business")[1:] == ["business_affecting,", "not_business_affecting"]
    assert "record exclusion" in ran.out
    assert "until known" in ran.out
    assert "else the parent’s" in ran.out
    assert "force_majeure, or others" in stop.out
    assert "limits" not in [line.split(" ")[0] for line in ran.lines]


def test_facts_as_json(run: Run) -> None:
    """Everything as data, in both languages, numbers as text."""
    (payment,) = run("facts", RULES, "payment", "--format", "json").json()
    facts = {each["name"]: each for each in payment["facts"]}
    decisions = {each["name"]: each for each in payment["decisions"]}

    assert facts["amount"]["type"] == {"kind": "money", "unit": "CNY"}
    assert (facts["amount"]["min"], facts["amount"]["max"]) == ("0", None)
    assert facts["sla_attainment_rate"]["max"] == "100"
    assert facts["months"]["type"] == {"kind": "list", "level": "month"}
    assert (facts["id"]["key"], facts["id"]["required"], facts["paid"]["required"]) == (
        True, True, False,
    )  # fmt: skip
    assert facts["sub_project"]["from_parent"] == "sub_project"
    assert list(decisions["grade"]["type"]["members"]) == ["优", "良", "合格", "不合格"]
    assert decisions["net"]["clauses"] == ["S2.2", "S2.3", "S3.2.P1", "S3.2.P2"]
    assert (decisions["net"]["can_be_given"], decisions["set_off"]["can_be_given"]) == (True, False)


FORMS = """\
      minutes: {type: duration, min: 5 min, max: 2 h, default: 1 h}
      on: {type: date, min: "'2024-01-01'", max: "'2024-12-31'", until: known}
      in_month: {type: month, min: "'2024-01'"}
      rate: {type: percent, max: 12.5%, default: 5%}
      share: {type: ratio, max: 0.5}
      how: {type: [fast, slow], default: slow}
"""


def test_ends_and_defaults_of_every_type(run: Run, tmp_path: Path) -> None:
    """Each as a document writes it: shares of a percent as percent, a ratio as it is."""
    path = tmp_path / "forms.yaml"
    head = "late}, clause: C1}\n"
    text = SMALL.replace(head, head + FORMS)
    path.write_text(text, encoding="utf-8")
    ran = run("facts", str(path), "day", "--format", "json")
    (day,) = ran.json()
    found = {each["name"]: (each["min"], each["max"], each["default"]) for each in day["facts"]}

    assert found == {
        "late": ("0", None, None),
        "minutes": ("5 min", "2 h", "1 h"),
        "on": ("2024-01-01", "2024-12-31", None),
        "in_month": ("2024-01", None, None),
        "rate": (None, "12.5", "5"),
        "share": (None, "0.5", None),
        "how": (None, None, "slow"),
    }
    assert run("facts", str(path)).row("rate")[1:] == ["rate", "百分数", "%", "<=12.5", "默认", "5"]


def test_an_unknown_level_is_2(run: Run) -> None:
    """With the nearest name."""
    ran = run("facts", RULES, "incidnt")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "sla-rules: there is no level 'incidnt'; did you mean 'incident'?\n"


# assess


def test_a_contract_is_tables_of_months_and_payments(run: Run) -> None:
    """The real log with the made-up months: bounds where open, money with two places."""
    ran = run("assess", *CONTRACT, *EXPORT)

    assert ran.code == 0
    assert ran.row("2016-02") == [
        "2016-02", "3.91–5.22", "27", "37.5", "68.41–69.72", "2,000.00", "2,000.00", "4,000.00",
    ]  # fmt: skip
    assert ran.row("P1") == [
        "P1", "2016-04-15", "70.245–71.34", "合格", "240,000.00", "36,000.00", "12,000.00",
        "264,000.00", "0.00",
    ]  # fmt: skip
    assert ran.row("实付合计") == ["实付合计", "total_paid", "837,000.00", "元", "已定"]
    assert ran.row(" 364")[:2] == ["364", "suspension_ignored"]
    assert "故障（888）：已定 859，暂定 29；未逐条列出，见 --rows" in ran.lines


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_note_has_its_meaning(run: Run, tmp_path: Path, lang: str) -> None:
    """Notes of rules, of bands and of the library itself say what they mean."""
    path = tmp_path / "incident.json"
    late = LATE | {"recovered_at": "2024-03-06T12:30+08:00", "given": {"response_score": 18}}
    path.write_text(json.dumps(late), encoding="utf-8")
    ran = run("assess", RULES, str(path), "--level", "incident", "--lang", lang)
    rules = sla.load(RULES)

    for code in ("given", "given_without_approver", "needs_ruling"):
        (row,) = (cells for cells in map(str.split, ran.lines) if cells[:2] == ["1", code])
        assert row[2:]
        assert rules.note_text(code, lang).startswith(" ".join(row[2:]))


def test_the_problems_of_an_export_go_to_stderr(run: Run) -> None:
    """The counts, then the first ten problems with those that refused in front."""
    err = run("assess", *CONTRACT, *EXPORT).err.splitlines()

    assert err[0] == (
        "incident_event_log.csv: 5,998 rows, 890 incidents: 888 used (29 of them open), 2 refused"
    )
    assert err[1].startswith("84 problems: P015 2, P051 29")
    assert err[2].startswith("line 336: P015 INC0000131")
    assert err[-1] == "... and 74 more; --verbose lists all of them"


def test_verbose_lists_every_problem_and_need(run: Run) -> None:
    """Nothing is shortened."""
    ran = run("assess", *CONTRACT, *EXPORT, "--verbose")

    assert sum(line.startswith("line ") for line in ran.err.splitlines()) == 84
    assert sum(line.endswith(".recovered_at") for line in ran.lines) == 29
    assert "more; --verbose" not in ran.err


def test_an_approver_makes_suspensions_count(run: Run) -> None:
    """With an approver only the 36 with an unlisted reason are ignored, and the score rises."""
    ran = run("assess", *CONTRACT, *EXPORT, "--approver", "甲方")

    assert ran.row("  36")[:2] == ["36", "suspension_ignored"]
    assert ran.row("2016-02")[1] == "8.44–9.76"


def test_every_table_fits_and_is_aligned(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 80 columns nothing is wider, and the amounts of a column end at the same place."""
    monkeypatch.setenv("COLUMNS", "80")
    zh = run("assess", *CONTRACT, *EXPORT)
    en = run("assess", *CONTRACT, *EXPORT, "--lang", "en")

    for ran in (zh, en):
        tables = [line for line in ran.lines if not line.startswith("Guangzhou")]
        assert max(map(display_width, tables)) <= 80
    ends = {
        display_width(line[: line.index(".00") + 3])
        for line in zh.lines
        if line.startswith("2016-") and ".00" in line
    }
    assert len(ends) == 1


def test_columns_can_be_chosen(run: Run) -> None:
    """Facts and decisions of a level, however many records it has."""
    ran = run("assess", *CONTRACT, *EXPORT, "--columns", "incident=impact_class,timeliness_score")
    rows = [line for line in ran.lines if line.startswith("INC")]

    assert len(rows) == 888
    assert rows[0].split()[-2:] == ["不影响业务正常开展", "0"]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ("incident", "write LEVEL=NAME,NAME"),
        ("incidnt=id", "did you mean 'incident'?"),
        ("month=totl", "did you mean 'total'?"),
        ("payment=months", "level 'payment' has no 'months' to show"),
    ],
)
def test_wrong_columns_are_2(run: Run, columns: str, said: str) -> None:
    """An unknown level or name is answered with the nearest; a list is no column."""
    ran = run("assess", *CONTRACT, "--columns", columns)

    assert ran.code == 2
    assert said in ran.err


def test_one_incident_alone(run: Run, incident: str) -> None:
    """Every decision that applies, with title, name, value and status."""
    ran = run("assess", RULES, incident, "--level", "incident")

    assert ran.row("时效性得分") == ["时效性得分", "timeliness_score", "18", "分", "已定"]
    assert ran.row("超时比例") == ["超时比例", "overrun", "25%", "已定"]
    assert ran.row("恢复截止时间")[1:] == ["recovery_deadline", "2024-03-05", "12:00", "已定"]


def test_a_reading_changes_the_result_and_is_named(run: Run, incident: str) -> None:
    """The score under another reading, which the second line names."""
    choice = "overrun-bands=tolerant_until_50"
    ran = run("assess", RULES, incident, "--level", "incident", "--reading", choice)

    assert ran.row("时效性得分")[2] == "30"
    assert ran.lines[1].endswith(f"；另取 {choice}")


def test_an_open_incident_is_shown_with_bounds_and_needs(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Facts from standard input; what is not known yet is bounded, and asked for."""
    facts = {key: value for key, value in LATE.items() if key != "recovered_at"}
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(facts)))
    ran = run("assess", RULES, "-", "--level", "incident", "--lang", "en")

    assert ran.row("timeliness score")[2:] == ["timeliness_score", "0–30", "points", "provisional"]
    assert ran.lines[-2:] == ["facts not known yet: 1", "  recovered_at"]


def test_a_given_figure_is_marked_with_its_approver(run: Run, tmp_path: Path) -> None:
    """A figure that was not computed carries a star, and a line says who approved it."""
    month = {
        "month": "2024-03",
        "incidents": [],
        "suggestions_adopted": 0,
        "total": {"value": "91.5", "approved_by": "张三", "reason": "纪要"},
    }
    given = tmp_path / "month.json"
    given.write_text(json.dumps(month, ensure_ascii=False), encoding="utf-8")
    result = sla.load(RULES).assess(given, level="month").result("total")
    ran = run("assess", RULES, str(given), "--level", "month")

    assert result.given is not None
    assert "91.5*" in ran.out
    assert "批准人：张三；事由：纪要" in ran.out


def test_json_is_the_assessment_itself(run: Run, incident: str) -> None:
    """Stable keys and exact numbers as text, and nothing else on stdout."""
    ran = run("assess", RULES, incident, "--level", "incident", "--format", "json")
    expected = sla.load(RULES).assess(LATE, level="incident").to_dict()

    assert ran.json() == expected
    assert ran.json()["decisions"]["overrun"]["value"] == "0.25"


def test_refused_facts_are_1_with_every_problem(run: Run, tmp_path: Path) -> None:
    """All problems on stderr with their paths, nothing on stdout."""
    path = tmp_path / "bad.yaml"
    path.write_text("id: 1\nimpakt: x\nreported_at: 2024-03-05T10:00\n", encoding="utf-8")
    ran = run("assess", RULES, str(path), "--level", "incident")

    assert (ran.code, ran.out) == (1, "")
    assert "impakt: F" in ran.err
    assert "reported_at: F" in ran.err
    assert "did you mean 'impact'?" in ran.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--level", "incidnt"), "did you mean 'incident'?"),
        (("--zone", "Asia/Shangai"), "did you mean 'Asia/Shanghai'?"),
        (("--as-of", "yesterday"), "not an ISO 8601 instant"),
        (("--reading", "linear"), "write NAME=OPTION"),
        (("--incidents", str(LOG)), "needs --profile and --zone"),
        (("--profile", "flat"), "--profile belongs to --incidents"),
        (("--level", "month", *EXPORT), "belongs to a whole contract"),
        (("--profile", "flat", "--zone", "UTC", "--incidents", "no.csv"), "no file 'no.csv'"),
    ],
)
def test_wrong_options_of_assess_are_2(run: Run, options: tuple[str, ...], said: str) -> None:
    """What the command line itself gets wrong, with the nearest name or the form to write."""
    ran = run("assess", *CONTRACT, *options)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_file_that_is_not_there_is_2(run: Run) -> None:
    """The facts must be a file."""
    ran = run("assess", RULES, "facts.yaml")

    assert (ran.code, ran.err) == (2, "sla-rules: there is no file 'facts.yaml'\n")


def test_facts_out_of_force_are_refused_unless_asked_for(run: Run) -> None:
    """A log of 2016 is assessed under a contract of 2023 only on request."""
    assert run("assess", *CONTRACT[:2], *EXPORT).code == 1


def test_columns_come_from_the_program_alone(contract: sla.Assessment) -> None:
    """Sections, rounded lines and what a level above takes; a stated figure adds its column."""
    program, months = contract.rules.program, tuple(contract.walk("month"))
    names = lines_of_record(program, program.levels["month"], contract.rules.readings, months)

    assert names == (
        "timeliness",
        "service_quality",
        "management",
        "total",
        "catalogue_deduction",
        "sla_deduction",
        "total_deduction",
    )


def test_other_readings_have_other_columns(contract: sla.Assessment) -> None:
    """What applies only under a reading has a column only under it."""
    payments = contract.child("payments")
    program, level = contract.rules.program, contract.rules.program.levels["payment"]
    other = contract.rules.with_readings({"same-cause": "larger_only"})
    now = lines_of_record(program, level, contract.rules.readings, payments)
    then = lines_of_record(program, level, other.readings, payments)

    assert "remission" not in now
    assert "remission" in then


# explain


def test_explain_is_the_explanation_itself(run: Run, incident: str) -> None:
    """The text of the library, in both languages, and its data as JSON."""
    result = sla.load(RULES).assess(LATE, level="incident")
    asked = ("explain", RULES, incident, "timeliness_score", "--level", "incident")

    assert run(*asked).out == f"{result.explain('timeliness_score')}\n"
    english = f"{result.explain('timeliness_score', lang='en')}\n"
    assert run(*asked, "--lang", "en").out == english
    assert run(*asked, "--format", "json").json() == json.loads(
        json.dumps(result.explain("timeliness_score").to_dict())
    )


def test_an_explanation_as_deep_as_asked_for(run: Run, incident: str) -> None:
    """``--depth`` cuts the text below so many levels of inputs."""
    result = sla.load(RULES).assess(LATE, level="incident").explain("timeliness_score")
    asked = ("explain", RULES, incident, "timeliness_score", "--level", "incident")

    for depth in (0, 1):
        assert run(*asked, "--depth", str(depth)).out == f"{result.text(depth=depth)}\n"
    wrong = run(*asked, "--depth", "-1")
    assert wrong.code == 2
    assert "is no count of levels" in wrong.err


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("", ""),
        ("payments.P2", "payments[1]"),
        ("payments[1]", "payments[1]"),
        ("payments.P2.months.2016-05", "payments[1].months[1]"),
        ("payments[1].months.2016-05", "payments[1].months[1]"),
        ("payments.P2.months[1]", "payments[1].months[1]"),
    ],
)
def test_a_path_leads_to_a_record(contract: sla.Assessment, path: str, place: str) -> None:
    """By key, by position, or both."""
    assert find(contract, path).path == place


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("payments.P4", "known: P1, P2, P3"),
        ("payments[3]", "payments has 3 records, from 0 on"),
        ("paymets.P1", "did you mean 'payments'?"),
        ("payments", "known: P1, P2, P3"),
        ("[0]", "cannot be read"),
    ],
)
def test_a_path_that_leads_nowhere(contract: sla.Assessment, path: str, said: str) -> None:
    """It says where it ends and what is there."""
    with pytest.raises(UsageError, match=said.replace("[", r"\[").replace("?", r"\?")):
        find(contract, path)


def test_a_key_with_dots_is_found_whole() -> None:
    """The longest key wins, so that ``A.1`` is not taken for ``A``."""
    payments: list[dict[str, Any]] = [
        {"id": name, "amount": 5, "pay_on": "2024-02-01", "months": []} for name in ("A", "A.1")
    ]
    result = sla.load(RULES).assess({"id": "x", "price": 10, "payments": payments})

    assert find(result, "payments.A.1").id == "A.1"


def test_a_position_is_that_of_the_document() -> None:
    """Payments are assessed by date, but ``payments[0]`` is the first of the file."""
    payments = [
        {"id": name, "amount": 5, "pay_on": day, "months": []}
        for name, day in (("late", "2024-09-01"), ("early", "2024-02-01"))
    ]
    result = sla.load(RULES).assess({"id": "x", "price": 10, "payments": payments})

    assert [each.id for each in result.child("payments")] == ["early", "late"]
    assert find(result, "payments[0]").id == "late"


def test_an_unknown_decision_is_2(run: Run) -> None:
    """With the nearest name."""
    ran = run("explain", *CONTRACT, "gradee", "--at", "payments.P2")

    assert ran.code == 2
    assert "did you mean 'grade'?" in ran.err


# calendar


def test_a_deadline_by_hand(run: Run) -> None:
    """One working day from the eve of Spring Festival ends on a make-up Sunday."""
    asked = ("calendar", RULES, "office", "deadline", "2024-02-09T10:00+08:00", "1 工作日")
    ran = run(*asked)

    assert ran.out == "截止时间：2024-02-18 18:00 +0800 周日\n"
    assert run(*asked, "--format", "json").json()["deadline"] == "2024-02-18T18:00:00+08:00"


def test_suspensions_and_rules_of_a_deadline(run: Run) -> None:
    """A suspension moves it; one that is still open leaves none; a rule changes it."""
    asked = ("calendar", RULES, "office", "deadline", "2024-03-05T10:00", "1 h", "--lang", "en")
    zone = ("--zone", "Asia/Shanghai")
    moved = run(*asked, *zone, "--suspend", "2024-03-05T10:30/2024-03-05T10:45")
    still = run(*asked, *zone, "--suspend", "2024-03-05T10:30/")
    day = (*asked[:5], "1 workday", "--rule", "same_clock", *zone)

    assert moved.out == "due: 2024-03-05 11:15 +0800 Tue\n"
    assert still.out == "the clock still stands, so there is no deadline yet\n"
    assert "2024-03-06 10:00" in run(*day).out


def test_working_time_by_hand(run: Run) -> None:
    """Over the holiday only the working hours count."""
    asked = ("calendar", RULES, "office", "elapsed", "2024-02-09T10:00", "2024-02-18T11:30")
    ran = run(*asked, "--zone", "Asia/Shanghai")
    data = run(*asked, "--zone", "Asia/Shanghai", "--format", "json").json()

    assert ran.out == "工作时间：9 小时 30 分钟\n"
    assert data["microseconds"] == int(9.5 * 3600 * 1_000_000)


def test_a_date_by_hand(run: Run) -> None:
    """A make-up Sunday with its hours, a holiday, and a clock without night."""
    worked = run("calendar", RULES, "office", "day", "2024-02-18").out
    holiday = run("calendar", RULES, "office", "day", "2024-02-12", "--format", "json").json()
    always = run("calendar", RULES, "always", "day", "2024-02-12").out

    assert worked == "2024-02-18 周日：工作日；工作时间 09:00-12:00, 13:00-18:00\n"
    assert (holiday["working_day"], holiday["windows"]) == (False, [])
    assert "00:00-24:00" in always


def test_a_reading_changes_the_calendar(run: Run) -> None:
    """The office hours are a reading of the contract."""
    choice = ("--reading", "office-hours=eight_to_six")

    assert (
        "08:00-12:00, 14:00-18:00"
        in run("calendar", RULES, "office", "day", "2024-02-18", *choice).out
    )


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (("offise", "day", "2024-02-18"), 2, "did you mean 'office'?"),
        (("office", "day", "2024-02-30"), 2, "is not a date"),
        (("office", "deadline", "2024-02-09T10:00", "1 h"), 2, "has no time zone"),
        (("office", "deadline", "2024-02-09T10:00Z", "1 day"), 2, "1 working day"),
        (("office", "elapsed", "2024-02-09T10:00Z", "2024-02-08T10:00Z"), 2, "swap them"),
        (("office", "deadline", "2024-02-09T10:00Z", "1 h", "--suspend", "x"), 2, "write FROM/TO"),
        (("office", "day", "1995-01-01"), 1, "T030"),
    ],
)
def test_questions_without_answer(run: Run, asked: tuple[str, ...], code: int, said: str) -> None:
    """A wrong question is 2; a right one that the holiday data cannot answer is 1."""
    ran = run("calendar", RULES, *asked)

    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


# tables


def test_wide_characters_take_two_columns() -> None:
    """Headings and cells in Chinese and Latin stand under each other."""
    lines = draw([Column("名", ("总分", "ab")), Column("值", ("1", "10"), right=True)], 80)

    assert lines == ["名    值", "----  --", "总分   1", "ab    10"]


def test_a_table_too_wide_goes_on_below_with_its_key() -> None:
    """Every block repeats the first column and fits."""
    columns = [Column(name, (name * 6,)) for name in "abcdefgh"]
    lines = draw(columns, 24)

    assert max(map(len, lines)) <= 24
    assert [line.split()[0] for line in lines if line.startswith("a")] == ["a", "aaaaaa"] * 4


def test_long_cells_fold_only_where_they_may() -> None:
    """A folding cell goes on in the next line of its own column."""
    text = "一二三四五六七八九十" * 2
    lines = draw([Column("编号", ("1",)), Column("含义", (text,), fold=True)], 34)

    assert "".join(line[2:].strip() for line in lines[2:]).replace("1", "") == text
    assert max(map(display_width, lines)) <= 34


@pytest.mark.parametrize("width", range(12, 60, 7))
def test_wrapping_loses_nothing_and_starts_no_line_with_a_stop(width: int) -> None:
    """All characters are kept, all lines fit, and a full stop stays with its word."""
    text = "时限 15 分钟而第 31 分钟才响应，即已超时 100% 以上。依民法典第一千二百五十九条，“超过”不含本数。"
    lines = wrap(text, width)

    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert max(map(display_width, lines)) <= width
    assert not any(line[0] in "，。”%" for line in lines)


def test_a_tree_folds_under_its_own_branch() -> None:
    """The strokes of the branches above go on beside the folded lines."""
    tree = "根\n├── 一二三四五六七八\n│   └── 一二三四五六七八"

    assert fold_tree(tree, 14) == [
        "根", "├── 一二三四五", "│   六七八", "│   └── 一二三", "│       四五六", "│       七八",
    ]  # fmt: skip


def test_progress_needs_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal one line is rewritten; elsewhere there is no counter at all."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert progress("rows") is None
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    show = progress("rows")
    assert show is not None
    show(1000)
    show(2000)

    assert terminal.getvalue() == "\rrows 1,000\rrows 2,000"


# processes


def spawn(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command line as a process of its own, under an environment."""
    inherited = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PYTHONIOENCODING", "PYTHONUTF8", "LC_", "LANG"))
    }
    return subprocess.run(
        [sys.executable, "-m", "sla_rules.cli", *arguments],
        env={**inherited, "PYTHONPATH": str(ROOT / "src"), **environment},
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("environment", "encoding"),
    [
        ({"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "utf-8"),
        ({"LANG": "zh_CN.GBK"}, "utf-8"),
        ({"PYTHONIOENCODING": "gbk"}, "gbk"),
    ],
)
def test_chinese_is_printed_on_any_console(environment: dict[str, str], encoding: str) -> None:
    """UTF-8 whatever the locale says, unless another encoding is asked for by name."""
    done = spawn("readings", RULES, "overrun-bands", **environment)

    assert done.returncode == 0, done.stderr
    assert "超时不足 50%" in done.stdout.decode(encoding)


def test_what_an_encoding_cannot_say_is_escaped() -> None:
    """ASCII output and ASCII errors name the characters instead of failing."""
    done = spawn("list", PYTHONIOENCODING="ascii")
    wrong = spawn("check", "广州", PYTHONIOENCODING="ascii:strict")

    assert done.returncode == 0
    assert rb"\u5e7f\u5dde" in done.stdout
    assert wrong.returncode == 2
    assert rb"\u5e7f\u5dde" in wrong.stderr


def test_a_reader_that_goes_away_is_no_crash() -> None:
    """``| head -1`` gets its line, and there is no traceback."""
    command = [sys.executable, "-m", "sla_rules.cli", "readings", RULES, "--reasons"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()

    assert first.startswith(b"overrun-bands")
    assert (process.returncode, errors) == (141, b"")


def test_import_sla_rules_does_not_import_the_command_line() -> None:
    """The command line is never a cost of the library, nor are its commands of ``--help``."""
    code = (
        "import sys, sla_rules; before = [n for n in sys.modules if n.startswith('sla_rules.cli')];"
        "from sla_rules.cli import main; main(['--help']);"
        "print(before, 'sla_rules.cli.facts' in sys.modules, 'argparse' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=True, timeout=60
    )

    assert done.stdout.splitlines()[-1] == b"[] False True"


def test_the_demonstration_prints_everything() -> None:
    """Scorecards, deductions, tiers, payments and one explanation in Chinese, in 80 columns."""
    done = subprocess.run(
        [sys.executable, str(EXAMPLE / "demo.py")],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "80"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    text = done.stdout.decode("utf-8")

    assert done.returncode == 0, done.stderr
    for part in (
        "虚构",
        "as_if_in_force",
        "INC0000131",
        "68.41–69.72",
        "12,000.00",
        "264,000.00",
        "837,000.00",
        "合格",
        "时效性得分 = ",
        "条款 S3.2.1",
        "364",
    ):
        assert part in text
    assert max(map(display_width, text.splitlines())) <= 80


def test_amounts_are_shown_in_the_currency_of_the_ruleset(run: Run) -> None:
    """US dollars are no yuan, in tables and in explanations."""
    facts = str(ROOT / "rulesets" / "us-texas-dir" / "facts" / "sample.yaml")
    ran = run("assess", "us-texas-dir", facts, "--lang", "en")
    assert "201,600.00 USD" in ran.out
    assert "201,600.00 美元" in run("assess", "us-texas-dir", facts).out
    explained = run("explain", "us-texas-dir", facts, "credit", "--at", "months.2024-01").out
    assert "当月抵扣 = 2,900.00 美元" in explained
