"""``sla-rules check`` and ``sla-rules seal``: what a person sees, and what programs read."""

import json
from pathlib import Path
from typing import Any

import pytest

import sla_rules as sla
from sla_rules.cli import main
from sla_rules.cli.seal import sealed
from sla_rules.layout import display_width
from sla_rules.lint.codes import CODES
from sla_rules.lint.sentences import seal

BAD = Path(__file__).parents[1] / "bad"
RULES = "gz-npc-2023"
TEXT = """\
language: 1
id: small
version: 0.1.0
title: {zh: 小合同, en: small contract}
timezone: Asia/Shanghai
clauses:
  C1: {text: 每迟一次扣一分。}
levels:
  day:
    facts:
      late: {type: integer, min: 0, clause: C1}
      spare: {type: integer}
    decisions:
      often:
        clause: C1
        value: late > 3
        acknowledge:
          W731: {zh: 三次以上为经常，系双方会议纪要所定, en: more than three is what the minutes call often}
"""


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    path = tmp_path / "small.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


Capture = pytest.CaptureFixture[str]


def test_findings_are_told_by_file_with_place_line_caret_and_hint(
    small: Path, capsys: Capture
) -> None:
    code, out, err = run(capsys, "check", str(small))

    assert (code, err) == (0, "")
    assert (
        out
        == """\
small.yaml
  12:7     W735  nothing uses the fact spare of day
    spare: {type: integer}
    ^^^^^
    hint: delete it, or write evidence: true if it is recorded for the file

small 0.1.0: 1 finding, 1 acknowledged
"""
    )


def test_acknowledged_findings_are_listed_on_request_with_their_reason(
    small: Path, capsys: Capture
) -> None:
    _, zh, _ = run(capsys, "check", str(small), "--acknowledged")
    _, en, _ = run(capsys, "check", str(small), "--acknowledged", "--lang", "en")

    assert "\n  16:23    W731  decision often states 3, and clause C1 does not\n" in zh
    assert "\n    acknowledged: 三次以上为经常，系双方会议纪要所定\n" in zh
    assert "\n    acknowledged: more than three is what the minutes call often\n" in en


def test_a_ruleset_without_findings_is_one_line(capsys: Capture) -> None:
    code, out, err = run(capsys, "check", RULES, "--strict")

    assert (code, err, out.count("\n")) == (0, "", 1)
    assert out.startswith(f"{RULES} {sla.load(RULES).version}: no findings, ")


def test_strict_fails_for_what_is_not_acknowledged(small: Path, capsys: Capture) -> None:
    assert run(capsys, "check", str(small), "--strict")[0] == 1
    small.write_text(TEXT.replace("      spare: {type: integer}\n", ""), encoding="utf-8")
    assert run(capsys, "check", str(small), "--strict")[0] == 0


def test_errors_are_told_first_and_give_1(small: Path, capsys: Capture) -> None:
    small.write_text(TEXT.replace("late > 3", "latte > 3"), encoding="utf-8")
    code, out, _ = run(capsys, "check", RULES, str(small))

    assert code == 1
    assert "\n  16:16    E404  unknown name 'latte' on level 'day'\n" in out
    assert "\n    hint: did you mean 'late'?\n" in out
    assert out.endswith("small.yaml: 1 error\n")


def test_a_problem_without_a_place_is_told_too(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "empty").mkdir()
    code, out, _ = run(capsys, "check", str(tmp_path / "empty"))

    assert code == 1
    assert "E114" in out


def test_codes_and_families_can_be_asked_for(small: Path, capsys: Capture) -> None:
    for asked, found in (
        ("W731", "no findings, 1 acknowledged"),
        ("w73x", "1 finding, 1 ack"),
        ("W7xx", "1 f"),
        ("W541", "no findings\n"),
    ):
        assert f"small 0.1.0: {found}" in run(capsys, "check", str(small), "--code", asked)[1]
    code, _, err = run(capsys, "check", str(small), "--code", "W73l")
    assert code == 2
    assert "no finding has the code 'W73l'; did you mean 'W7" in err


def test_a_long_line_is_shown_around_the_place_within_the_terminal(
    small: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    long = "每迟一次扣一分" * 20
    text = TEXT.replace("late > 3", f"late > 3 and late < 777 # {long}").replace(
        "late: {type", f"late: {{title: {long}, type"
    )
    text = text.replace(
        "spare: {type: integer}", f"spare: {{title: {long}, type: integer}}"
    ).replace("        value: late", "        title: " + "x" * 30 + "\n        value: late")
    small.write_text(text, encoding="utf-8")
    _, out, _ = run(capsys, "check", str(small), "--acknowledged")

    assert all(display_width(line) <= 60 for line in out.splitlines())
    for above, carets in zip(out.splitlines(), out.splitlines()[1:], strict=False):
        if set(carets.strip()) == {"^"}:
            shown = above.encode("gbk", "replace")[len(carets) - len(carets.lstrip()) :].decode(
                "gbk"
            )
            assert shown.startswith(("spare", "3", "777", "late"))


def test_many_places_are_counted(small: Path, capsys: Capture) -> None:
    more = "".join(f"      d{n}: {{value: late > 7, clause: C1}}\n" for n in range(2))
    five = "      five: {value: late > 7 and late < 8 or late > 7 or late == 7 or late != 7 or late > 7, clause: C1}\n"
    small.write_text(TEXT + more + five, encoding="utf-8")
    _, out, _ = run(capsys, "check", str(small))

    assert out.count("see also") == 6  # three, and the clause of each of the other three
    assert "    and 2 other places\n" in out


def test_check_as_json(small: Path, capsys: Capture) -> None:
    code, out, err = run(capsys, "check", str(small), "--format", "json")
    (report,) = json.loads(out)

    assert (code, err) == (0, "")
    assert [report[key] for key in ("id", "errors", "warnings", "acknowledged")] == [
        "small",
        0,
        1,
        1,
    ]
    assert [each["code"] for each in report["problems"]] == ["W735", "W731"]
    assert report["problems"][1]["acknowledged"].startswith("三次")


def sarif(capsys: Capture, *arguments: str) -> dict[str, Any]:
    run_of: dict[str, Any] = json.loads(run(capsys, "check", *arguments, "--format", "sarif")[1])
    return run_of


def test_check_as_sarif(small: Path, capsys: Capture) -> None:
    (only,) = sarif(capsys, str(small))["runs"]
    rules, (unused, states) = only["tool"]["driver"]["rules"], only["results"]

    assert [each["id"] for each in rules] == ["W731", "W735"]
    assert unused["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "small.yaml"},
        "region": {"startLine": 12, "startColumn": 7, "endColumn": 12},
        "contextRegion": {"startLine": 12, "snippet": {"text": "      spare: {type: integer}"}},
    }
    assert "suppressions" not in unused
    assert states["suppressions"] == [
        {"kind": "inSource", "justification": "三次以上为经常，系双方会议纪要所定"}
    ]


FILES = sorted(BAD.glob("w7*.yaml")) + sorted(BAD.glob("e4*.yaml"))[:5]


def test_sarif_has_the_structure_of_its_standard(capsys: Capture) -> None:
    """The essential demands of SARIF 2.1.0: required keys, indices, positions, no unknown words."""
    log = sarif(capsys, RULES, *map(str, FILES))
    assert log["version"] == "2.1.0"
    assert log["$schema"].startswith("https://")
    (only,) = log["runs"]
    assert set(only) == {"tool", "columnKind", "results"}
    assert only["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    driver = only["tool"]["driver"]
    assert driver["name"] == "sla-rules"
    for rule in driver["rules"]:
        assert set(rule) == {"id", "shortDescription", "help", "defaultConfiguration"}
        assert rule["shortDescription"]["text"].endswith(".")
        assert rule["defaultConfiguration"]["level"] in ("error", "warning")
    assert len(only["results"]) >= len(FILES)
    for result in only["results"]:
        assert {"ruleId", "ruleIndex", "level", "message", "locations"} <= set(result)
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        related = [each["physicalLocation"] for each in result.get("relatedLocations", [])]
        for place in (*(each["physicalLocation"] for each in result["locations"]), *related):
            region = place["region"]
            assert region["startLine"] >= 1
            assert region.get("endColumn", 10**6) > region["startColumn"] >= 1
            assert "\\" not in place["artifactLocation"]["uri"]
            assert " " not in place["artifactLocation"]["uri"]
        for each in result.get("suppressions", []):
            assert each["kind"] in ("inSource", "external")
            assert each["justification"]


def test_a_file_elsewhere_has_a_whole_uri(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "合 同.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    (only,) = sarif(capsys, str(tmp_path / "合 同.yaml"))["runs"]
    uri = only["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]

    assert uri.startswith("file:///")
    assert uri.endswith("/%E5%90%88%20%E5%90%8C.yaml")


def test_a_problem_without_a_place_has_no_location(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = sla.Diagnostic(code="E999", message="lost", where="load")
    monkeypatch.setattr(
        "sla_rules.cli.check.load", lambda _: (_ for _ in ()).throw(sla.RulesetError([lost]))
    )
    (only,) = sarif(capsys, "x")["runs"]
    _, out, _ = run(capsys, "check", "x")

    assert only["results"][0]["locations"] == []
    assert "  load     E999  lost\n" in out


def test_every_finding_of_the_reference_has_its_meaning() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "errors.md").read_text(
        encoding="utf-8"
    )
    listed = {line[2:6] for line in page.splitlines() if line.startswith(("| W5", "| W7"))}

    assert listed == set(CODES)


@pytest.mark.parametrize("code", [code for code in CODES if code.startswith("W7")])
def test_every_finding_has_a_page_that_the_index_links(code: str) -> None:
    folder = Path(__file__).parents[2] / "docs" / "reference" / "findings"
    page = (folder / f"{code.lower()}.md").read_text(encoding="utf-8")

    assert f"[{code}]({code.lower()}.md)" in (folder / "index.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {code}: ")
    assert f" {code}  " in page  # the example shows it


# --- seal --------------------------------------------------------------------------------------

LAYOUTS = """\
# the whole contract
clauses:
  C1:
    # from page 2
    text: 每迟一次扣一分。   # as printed
    title: 一
  C2: {title: 二, text: "其他，另行商定。", not_encoded: 无}  # kept
  C3:
    text: >-
      第一行
      第二行
    translation: two lines
  C4: {hash: 000000000000, text: 旧}
  C5:
    hash: "000000000000"   # old
    text: 旧
  C6: {title: nothing}
levels: {}
"""


def test_sealing_keeps_comments_and_layout() -> None:
    one, two, three, old = (
        seal(each) for each in ("每迟一次扣一分。", "其他，另行商定。", "第一行第二行", "旧")
    )

    assert sealed(LAYOUTS) == LAYOUTS.replace(
        "    text: 每迟", f"    hash: {one}\n    text: 每迟"
    ).replace("二, text", f"二, hash: {two}, text").replace(
        "    text: >-", f"    hash: {three}\n    text: >-"
    ).replace('"000000000000"', old).replace("000000000000", old)


def test_sealing_twice_is_sealing_once() -> None:
    once = sealed(LAYOUTS)

    assert sealed(once) == once
    assert sealed(LAYOUTS.replace("\n", "\r\n")) == once.replace("\n", "\r\n")


@pytest.mark.parametrize(
    "text",
    ["", "- a\n", "levels: {}\n", "clauses: 3\n", "clauses: {C1: 3, C2: {text: [a]}}\n", "a: [\n"],
)
def test_what_has_no_clauses_stays_as_it_is(text: str) -> None:
    assert sealed(text) == text


def test_the_packaged_clauses_can_be_sealed_and_mean_the_same() -> None:
    texts = sla.load(RULES).program.texts
    text = next(each for name, each in texts.items() if name.endswith("clauses.yaml"))
    lines = sealed(text).splitlines()

    assert [line for line in lines if not line.strip().startswith("hash:")] == [
        line for line in text.splitlines() if not line.strip().startswith("hash:")
    ]


def test_seal_writes_the_hashes_and_a_changed_clause_is_found(
    small: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    small.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    told = run(capsys, "seal", str(small), "--check")
    assert told == (1, "not sealed: C1\nsmall 0.1.0: 0 of 1 clauses are sealed\n", "")
    assert run(capsys, "seal", str(small))[:2] == (
        0,
        "sealed: C1\nsmall 0.1.0: 1 of 1 clauses are sealed\n",
    )
    assert run(capsys, "seal", str(small)) == (0, "small 0.1.0: 1 of 1 clauses are sealed\n", "")
    assert small.read_bytes().startswith(b"\xef\xbb\xbflanguage")
    assert "W732" not in run(capsys, "check", str(small))[1]
    small.write_text(small.read_text(encoding="utf-8").replace("一分", "二分"), encoding="utf-8")
    assert (
        "clause C1 has changed since its hash was written; stale: late, often"
        in run(capsys, "check", str(small))[1]
    )


def test_machines_do_not_seal(
    small: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    code, _, err = run(capsys, "seal", str(small))

    assert code == 2
    assert "--check" in err
    assert small.read_text(encoding="utf-8") == TEXT
    assert run(capsys, "seal", str(small), "--check")[0] == 1


def test_a_ruleset_with_errors_is_not_sealed(
    small: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    small.write_text(TEXT.replace("late > 3", "latte > 3"), encoding="utf-8")

    assert run(capsys, "seal", str(small))[0] == 1
    assert "hash" not in small.read_text(encoding="utf-8")
