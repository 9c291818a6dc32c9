"""The files that coverage writes: a page, JSON, LCOV and Cobertura."""

import json
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import pytest

from sla_rules.cli import main
from sla_rules.coverage import CoverageReport, cobertura, data_of, html_page, lcov, measure_path

RULESET = """
language: 1
id: small
version: 1.0.0
title: {zh: 小合同, en: A small contract}
timezone: Asia/Shanghai
clauses:
  S1: {text: 每件投诉扣两分，最多扣十分。, translation: Two points for each complaint.}
  S2: {text: "扣分 < 5 分的为良，其余为差。", title: {zh: 等级, en: grades}}
  S3: {text: 双方应友好协商。, not_encoded: {zh: 无从计算, en: nothing to compute}}
  S4: {text: 最多三次。}
  S5: {text: 乙方应投保。}
enums:
  grades: {good: {zh: 良, en: good}, poor: {zh: 差, en: poor}}
levels:
  month:
    title: {zh: 月, en: month}
    facts:
      complaints: {type: integer, min: 0, title: {zh: 投诉, en: complaints}}
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
        bands: {on: loss, rows: {"(..5 points)": good, "[5 points..)": poor}}
      few:
        title: {zh: 次数不多, en: few}
        clause: S4
        type: bool
        value: complaints <= 3
      plain: {title: {zh: 件数, en: number}, value: complaints}
"""
CASES = """
ruleset: small
defaults: {level: month}
cases:
  - {name: 两件, clause: [S1, S4], given: {complaints: 2}, expect: {loss: 4, few: true}}
  - {name: "<b>一件</b>", clause: S2, given: {complaints: 1}, expect: {grade: good}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ruleset.yaml").write_text(RULESET, encoding="utf-8")
    (tmp_path / "a.cases.yaml").write_text(CASES, encoding="utf-8")
    return tmp_path


@pytest.fixture
def report(folder: Path) -> CoverageReport:
    (report,) = measure_path(folder).reports
    assert not report.failed
    return report


class Page(HTMLParser):
    """What a page says, and whether its elements are closed in order."""

    EMPTY: Final = ("meta",)

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.states: dict[str, str] = {}
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [str(given[each]) for each in ("href", "src") if each in given]
        if tag == "details" and given.get("id"):
            self.states[str(given["id"])] = str(given["class"]).split()[-1]
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_colours_each_sentence_by_what_covers_it(report: CoverageReport) -> None:
    page = Page(html_page([report], "zh"))

    assert page.open == []
    assert page.links == []
    assert page.states == {
        "small-1.0.0-S1": "partly",
        "small-1.0.0-S2": "partly",
        "small-1.0.0-S3": "text",
        "small-1.0.0-S4": "partly",
        "small-1.0.0-S5": "not",
    }


def test_a_sentence_shows_its_cases_and_targets(report: CoverageReport) -> None:
    page = Page(html_page([report], "en"))

    assert "扣分 < 5 分的为良，其余为差。" in page.words
    assert "<b>一件</b> " in page.words
    assert "month: loss: the cap cuts" in page.words
    assert "nothing to compute" in page.words
    assert "no rule cites it" in page.words
    assert "Two points for each complaint." in page.words
    assert "what cites no clause" in page.words


def test_the_page_is_in_one_language(report: CoverageReport) -> None:
    chinese = html_page([report], "zh")

    assert '<html lang="zh-CN">' in chinese
    assert "Two points" not in chinese
    assert "已覆盖" in chinese


def test_the_data_name_every_target_with_its_cases(report: CoverageReport, folder: Path) -> None:
    data = data_of([report], folder)
    (ruleset,) = json.loads(json.dumps(data))["rulesets"]
    by_label = {each["label"]["en"]: each for each in ruleset["targets"]}

    assert data == data_of([report], folder)
    assert ruleset["summary"]["clause"] == {"covered": 3, "total": 4, "percent": "75"}
    assert ruleset["uncited"] == ["S5"]
    assert [each["name"] for each in ruleset["cases"]] == ["两件", "<b>一件</b>"]
    assert by_label["S1"] == {
        "kind": "clause",
        "label": {"zh": "S1", "en": "S1"},
        "where": "ruleset.yaml:8:3",
        "clauses": ["S1"],
        "side": None,
        "option": None,
        "covered": True,
        "cases": [0],
    }
    assert by_label["month: few: complaints ≤ 3 — false"]["side"] is False


def records(text: str) -> Iterator[dict[str, list[str]]]:
    """The records of an LCOV tracefile, read line by line."""
    record: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line == "end_of_record":
            yield record
            record = {}
            continue
        key, colon, value = line.partition(":")
        assert colon
        assert key in [
            "TN",
            "SF",
            "FN",
            "FNDA",
            "FNF",
            "FNH",
            "BRDA",
            "BRF",
            "BRH",
            "DA",
            "LF",
            "LH",
        ]
        record.setdefault(key, []).append(value)
    assert record == {}


def test_lcov_counts_the_lines_and_branches_of_the_yaml(
    report: CoverageReport, folder: Path
) -> None:
    (record,) = records(lcov([report], folder))
    lines = dict(map(int, each.split(",")) for each in record["DA"])
    text = RULESET.splitlines()
    hits = {text[line - 1].strip().partition(":")[0]: count for line, count in lines.items()}
    branches = [each.split(",") for each in record["BRDA"]]

    assert record["SF"] == ["ruleset.yaml"]
    assert hits["S1"] == hits["S2"] == 1
    assert hits["S5"] == 0
    assert hits["loss"] == hits["grade"] == 2
    assert list(lines) == sorted(lines)
    assert int(record["LF"][0]) == len(lines)
    assert int(record["LH"][0]) == sum(count > 0 for count in lines.values())
    assert int(record["BRF"][0]) == len(branches) == len({tuple(each[:3]) for each in branches})
    assert int(record["BRH"][0]) == sum(each[3] not in "-0" for each in branches) == 3
    assert int(record["FNF"][0]) == len(record["FN"]) == len(record["FNDA"]) == 4
    assert {each.partition(",")[2] for each in record["FN"]} == {
        each.partition(",")[2] for each in record["FNDA"]
    }


CHILDREN: Final[Mapping[str, str]] = {
    "coverage": "(sources )?packages ",
    "sources": "(source )*",
    "source": "",
    "packages": "(package )*",
    "package": "classes ",
    "classes": "(class )*",
    "class": "methods lines ",
    "methods": "(method )*",
    "method": "lines ",
    "lines": "(line )*",
    "line": "(conditions )*",
    "conditions": "(condition )*",
    "condition": "",
}
"""What stands in which element, as coverage-04.dtd says it."""
RATES: Final = "line-rate branch-rate complexity"
REQUIRED: Final[Mapping[str, str]] = {
    "coverage": f"{RATES} lines-covered lines-valid branches-covered branches-valid version "
    "timestamp",
    "package": f"name {RATES}",
    "class": f"name filename {RATES}",
    "method": f"name signature {RATES}",
    "line": "number hits",
    "condition": "number type coverage",
}
OPTIONAL: Final[Mapping[str, str]] = {"line": "branch condition-coverage"}


def test_cobertura_is_as_its_dtd_says(report: CoverageReport, folder: Path) -> None:
    top = ET.fromstring(cobertura([report], folder))

    for each in top.iter():
        inside = "".join(f"{child.tag} " for child in each)
        assert re.fullmatch(CHILDREN[each.tag], inside), each.tag
        required = set(REQUIRED.get(each.tag, "").split())
        assert required <= set(each.attrib) <= required | set(OPTIONAL.get(each.tag, "").split())


def test_cobertura_says_what_lcov_says(report: CoverageReport, folder: Path) -> None:
    top = ET.fromstring(cobertura([report], folder))
    (record,) = records(lcov([report], folder))
    found = [(each.get("number"), each.get("hits")) for each in top.iterfind(".//class/lines/line")]

    assert [f"{number},{hits}" for number, hits in found] == record["DA"]
    assert top.get("lines-valid") == record["LF"][0]
    assert top.get("branches-covered") == record["BRH"][0]
    assert top.find(".//class").attrib["filename"] == "ruleset.yaml"  # type: ignore[union-attr]
    by_line = {each.get("number"): each.get("condition-coverage") for each in top.iter("line")}
    assert "50% (1/2)" in by_line.values()


def test_the_command_writes_all_files_and_each_is_the_same_twice(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kinds = ("html", "json", "lcov", "cobertura")
    seen = []
    for turn in ("a", "b"):
        files = [tmp_path / f"{turn}.{kind}" for kind in kinds]
        options = [
            part
            for kind, file in zip(kinds, files, strict=True)
            for part in (f"--{kind}", str(file))
        ]
        assert main(["coverage", str(folder), *options]) == 0
        seen.append([file.read_text(encoding="utf-8") for file in files])
    capsys.readouterr()

    assert seen[0] == seen[1]
    assert all(seen[0])


def test_a_file_that_cannot_be_written_is_told(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["coverage", str(folder), "--html", str(tmp_path / "no" / "a.html")]) == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--html", ""], "--html is empty"),
        (["--json", " "], "--json is empty"),
        (["--html", "same", "--lcov", "./same"], "--html and --lcov name the same file"),
        (["--html", "small.yaml"], "rulesets and cases are .yaml"),
        (["--cobertura", "link.xml"], "is the ruleset itself"),
    ],
)
def test_nothing_is_written_over_by_mistake(
    options: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (
        "language: 1\nid: small\nversion: 1\ntitle: Small\ntimezone: Asia/Shanghai\n"
        "levels: {month: {facts: {n: {type: number}}, decisions: {one: n}}}\n"
    )
    (tmp_path / "ruleset.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "link.xml").symlink_to(tmp_path / "ruleset.yaml")

    assert main(["coverage", ".", *options]) == 2
    assert said in capsys.readouterr().err
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link.xml", "ruleset.yaml"]
    assert (tmp_path / "ruleset.yaml").read_text(encoding="utf-8") == text
