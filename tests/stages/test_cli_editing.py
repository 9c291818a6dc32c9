"""The command line for those who write rulesets: cases, schemas, a new ruleset."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

import sla_rules as sla
from sla_rules.cli import main
from sla_rules.facts.document import read_document

Run = Callable[..., tuple[int, str, str]]

SMALL = """\
language: 1
id: small
version: 1.0.0
title: Small
timezone: Asia/Shanghai
clauses: {C1: {text: 每迟一次扣一分。}}
levels:
  day:
    facts: {late: {type: integer, min: 0}}
    decisions: {loss: {value: late * 1 points, clause: C1}}
"""
CASES = """\
ruleset: small
cases:
  - {name: two, clause: C1, level: day, given: {late: 2}, expect: {loss: 2}}
  - {name: wrong, clause: C1, level: day, given: {late: 2}, expect: {loss: 3, status: final}}
"""


def home(folder: Path, cases: str = CASES) -> Path:
    """A ruleset in *folder* with cases in a folder below."""
    (folder / "cases").mkdir(parents=True)
    (folder / "ruleset.yaml").write_text(SMALL, encoding="utf-8")
    (folder / "cases" / "some.cases.yaml").write_text(cases, encoding="utf-8")
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line in this process: exit code, output, errors."""
    monkeypatch.setenv("COLUMNS", "100")

    def call(*arguments: Any) -> tuple[int, str, str]:
        code = main([str(each) for each in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.mark.parametrize("command", ["test", "schema", "init"])
def test_every_command_has_help(run: Run, command: str) -> None:
    code, out, _ = run(command, "--help")

    assert code == 0
    assert f"usage: sla-rules {command}" in out


# --- test ------------------------------------------------------------------------------------


def test_a_failing_case_is_told_with_place_clause_and_table(run: Run, tmp_path: Path) -> None:
    folder = home(tmp_path / "contract")
    code, out, err = run("test", folder, "--lang", "en")

    assert (code, err) == (1, "")
    assert out.splitlines() == [
        f"{folder / 'cases' / 'some.cases.yaml'}:4: wrong",
        "  result  name  expected  got       clause",
        "  ------  ----  --------  --------  ------",
        "  loss    loss  3 points  2 points  C1",
        "  Clause C1: 每迟一次扣一分。",
        "  loss = 2 points [C1]: late × 1 points = 2 × 1 points = 2 points",
        "",
        "1 file, 2 cases: 1 passed, 1 failed",
    ]


def test_cases_that_hold_give_one_line(run: Run, tmp_path: Path) -> None:
    folder = home(tmp_path / "contract", CASES.replace("loss: 3", "loss: 2"))

    assert run("test", folder) == (0, "1 个文件，2 个案例：2 个相符，0 个不符\n", "")


def test_a_broken_file_is_worse_than_a_failing_case(run: Run, tmp_path: Path) -> None:
    folder = home(tmp_path / "contract")
    code, out, err = run("test", folder, "nowhere", "--lang", "en")

    assert code == 2
    assert err.startswith("nowhere:1:1: C111 there is no such file or folder")
    assert out.splitlines()[-1] == "1 file, 2 cases: 1 passed, 1 failed; 1 problem in files"
    assert "文件中有 1 处错误" in run("test", "nowhere")[1]


def test_cases_as_json(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("test", home(tmp_path / "contract"), "--format", "json")
    (report,) = json.loads(out)

    assert code == 1
    assert (report["passed"], report["failed"]) == (1, 1)
    assert report["cases"][1]["mismatches"] == [{"what": "loss", "expected": "3", "got": "2"}]


# --- schema ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        ((), "levels"),
        (("--of", "part"), "clauses"),
        (("--of", "cases"), "cases"),
        (("gz-npc-2023",), "payments"),
        (("gz-npc-2023", "--level", "month"), "management_score"),
        (("gz-npc-2023", "--of", "assessment"), "decisions"),
        (("gz-npc-2023", "--of", "cases"), "defaults"),
    ],
)
def test_a_schema_is_printed(run: Run, arguments: tuple[str, ...], key: str) -> None:
    code, out, err = run("schema", *arguments)

    assert (code, err) == (0, "")
    assert key in json.loads(out)["properties"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("gz-npc-2023", "--of", "ruleset"), "name no ruleset or level"),
        (("--of", "cases", "--level", "month"), "name no level"),
        (("--of", "facts"), "needs a RULESET"),
        (("gz-npc-2023", "--level", "moth"), "did you mean 'month'?"),
        (("gz-npc-2024",), "did you mean 'gz-npc-2023'?"),
    ],
)
def test_a_schema_of_nothing_is_a_wrong_command(
    run: Run, arguments: tuple[str, ...], message: str
) -> None:
    code, out, err = run("schema", *arguments)

    assert (code, out) == (2, "")
    assert message in err


# --- init ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_new_ruleset_is_right_holds_and_answers(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    """The commands that ``init`` names are run as they are printed."""
    monkeypatch.chdir(tmp_path)
    code, out, err = run("init", "demo", "--lang", lang)
    first, *commands = out.splitlines()

    assert (code, err) == (0, "")
    assert "demo" in first
    check, test, assess = ([*each.partition("#")[0].split()] for each in commands)
    assert run(*check[1:], "--strict")[0] == 0
    assert run(*test[1:])[0] == 0
    code, out, _ = run(*assess[1:], "--format", "json")
    assert code == 0
    assert json.loads(out)["decisions"]["deduction"]["value"] == "400.00"
    assert json.loads(out)["status"] == "final"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_file_names_a_schema_that_it_fits(run: Run, tmp_path: Path, lang: str) -> None:
    run("init", tmp_path / "demo", "--lang", lang)
    files = sorted((tmp_path / "demo").rglob("*.yaml"))

    assert [each.name for each in files] == ["first.cases.yaml", "sample.yaml", "ruleset.yaml"]
    for file in files:
        line = file.read_text(encoding="utf-8").splitlines()[0]
        start, _, place = line.partition("$schema=")
        schema = json.loads((file.parent / place).read_text(encoding="utf-8"))

        assert start == "# yaml-language-server: "
        assert list(Draft7Validator(schema).iter_errors(read_document(file))) == []


def test_both_languages_have_one_ruleset(run: Run, tmp_path: Path) -> None:
    programs = []
    for lang in ("zh", "en"):
        run("init", tmp_path / lang, "--lang", lang, "--id", "demo")
        programs.append(sla.load(tmp_path / lang))
    facts = {"month": "2024-03", "fee": 20000, "response_rate": "92.5"}

    assert programs[0].readings == programs[1].readings
    assert programs[0].assess(facts).to_json() == programs[1].assess(facts).to_json()


def test_id_and_title_can_be_chosen(run: Run, tmp_path: Path) -> None:
    title = 'A: "contract" #1'
    run("init", tmp_path / "我的 合同", "--id", "mine-1", "--title", title)
    rules = sla.load(tmp_path / "我的 合同")

    assert rules.id == "mine-1"
    assert rules.title("en") == title
    assert run("test", tmp_path / "我的 合同")[0] == 0


def test_a_place_with_blanks_is_quoted(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "my contract"
    _, out, _ = run("init", folder, "--id", "mine")

    assert f'sla-rules check "{folder}" ' in out
    assert f'"{folder.as_posix()}/facts/sample.yaml"' in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("full",), "full is there already"),
        (("file",), "file is there already"),
        (("file/below",), "cannot be written"),
        (("我的合同",), "is no id of a ruleset"),
        (("new", "--id", "A B"), "is no id of a ruleset"),
        (("new", "--title", " "), "--title is empty"),
    ],
)
def test_nothing_is_overwritten_and_nothing_half_done(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "note.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    code, out, err = run("init", *arguments)

    assert (code, out) == (2, "")
    assert message in err
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "full"]
    assert [each.name for each in (tmp_path / "full").iterdir()] == ["note.txt"]
