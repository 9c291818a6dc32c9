"""Rewriting expectations in place: the value alone changes, and the case then holds."""

import stat
from pathlib import Path

import pytest

from sla_rules.cli import main
from sla_rules.testing import run_cases, update_cases
from sla_rules.testing.update import refusal

RULES = """\
language: 1
id: small
version: 1.0.0
title: Small
timezone: Asia/Shanghai
currency: CNY
clauses: {C1: {text: 每迟一次扣一分。}}
enums: {grade: {good: {zh: 好, en: good}, bad: {zh: 差, en: bad}}}
notes: {many: {zh: 次数多, en: many}, few: 次数少, more: 次数更多}
calendars: {always: {hours: 24x7}}
levels:
  day:
    facts:
      late: {type: integer, min: 0, max: 9}
      begun: {type: instant, optional: true}
    decisions:
      loss: {value: late * 1 points, clause: C1}
      third: {value: late / 3, clause: C1}
      cost: {value: late * 2.5 CNY, clause: C1}
      grade:
        clause: C1
        type: grade
        value: if late > 2 then bad else good
        notes: [{code: many, when: late > 2}]
      due: {clause: C1, deadline: {from: begun, calendar: always, within: 15 min}}
"""
HEAD = """\
ruleset: small   # 合同
cases:
- name: first
  clause: C1
  level: day
  given: {late: 3}
  # 由张三核对
  expect:
"""


def updated(tmp_path: Path, expect: str, given: str = "{late: 3}") -> tuple[str, list[str]]:
    """What stands below ``expect`` afterwards, and the codes of what was left."""
    head = HEAD.replace("{late: 3}", given)
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    file = tmp_path / "a.cases.yaml"
    file.write_bytes((head + expect).encode())
    update = update_cases(file)
    text = file.read_bytes().decode()
    assert text.startswith(head)
    return text.removeprefix(head), [each.code for each in update.left]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    loss: 1\n", "    loss: 3\n"),
        ("    loss:   1   # 扣分\n", "    loss:   3   # 扣分\n"),
        ("    loss: 1.50\n", "    loss: 3.00\n"),
        ("    loss: '1'\n", "    loss: '3'\n"),
        ("    {loss: 1, cost: 1.00}  # 两项\n", "    {loss: 3, cost: 7.50}  # 两项\n"),
        ("    cost: 7\n", "    cost: 7.5\n"),
        ("    third: 2/3\n", "    third: 1\n"),
        ("    grade: good\n", "    grade: bad\n"),
        ('    grade: "good"\n', '    grade: "bad"\n'),
        ("    status: final\n    loss: null\n", "    status: undetermined\n    loss: 3\n"),
        ("    loss: {high: 4,\n      value: 1}\n", "    loss: {high: null,\n      value: 3}\n"),
        ("    notes: []\n", "    notes: [many]\n"),
        ("    notes: [few, more]  # 提示\n", "    notes: [many]  # 提示\n"),
        ("    notes: few\n", "    notes: many\n"),
        ("    loss: {value: 1, status: final}\n", "    loss: {value: 3, status: final}\n"),
        (
            "    loss.value: 1\n    loss.status: final\n",
            "    loss.value: 3\n    loss.status: final\n",
        ),
        ("    loss: {value: 1, within: 0.5}\n", "    loss: {value: 3, within: 0.5}\n"),
        ("    loss.by: given\n", None),
        ("    notes: {without: many}\n", None),
        ("    loss: 1\r\n    cost: 1\r\n", "    loss: 3\r\n    cost: 7.5\r\n"),
        ("    notes: [few,\n      more]\n", None),
        ("    notes:\n    - few\n", None),
        ("    grade: >-\n      good\n", None),
        ("    error: F101\n", None),
    ],
)
def test_the_value_alone_is_written_over(tmp_path: Path, old: str, new: str | None) -> None:
    text, left = updated(tmp_path, old)
    assert text == (old if new is None else new)
    assert left == ([] if new else ["C144"])
    assert new is None or run_cases(tmp_path).passed


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2024-03-05T10:10+08:00", "2024-03-05T10:15+08:00"),
        ("2024-03-05T10:10:00+08:00", "2024-03-05T10:15:00+08:00"),
        ("2024-03-05T02:10Z", "2024-03-05T02:15Z"),
        ('"2024-03-05T02:10Z"', '"2024-03-05T02:15Z"'),
    ],
)
def test_an_instant_keeps_its_way_of_writing(tmp_path: Path, old: str, new: str) -> None:
    given = "{late: 1, begun: 2024-03-05T10:00+08:00}"
    assert updated(tmp_path, f"    due: {old}\n", given) == (f"    due: {new}\n", [])


TABLE = """\
  table:
    given: late
    expect: [loss, cost]
    rows:
    - [1, 1, 2.50]     # 一次
    - [2, 1, -]
    - [3, 3, 9.00]
"""


def test_the_cells_of_a_table_are_rewritten(tmp_path: Path) -> None:
    text, left = updated(tmp_path, "    status: undetermined\n" + TABLE)
    assert left == []
    assert text.endswith(TABLE.replace("[2, 1, -]", "[2, 2, -]").replace("9.00", "7.50"))


def test_what_several_rows_share_is_left(tmp_path: Path) -> None:
    shared = "    grade: good\n" + TABLE.replace("2, 1,", "2, 2,").replace("9.00", "7.50")
    assert updated(tmp_path, shared) == (shared, ["C144"])


def test_what_is_open_or_refused_is_left_to_a_person(tmp_path: Path) -> None:
    assert updated(tmp_path, "    loss: 1\n", "{}") == ("    loss: 1\n", ["C144"])
    assert updated(tmp_path, "    loss: 1\n", "{late: 99}") == ("    loss: 1\n", ["C144"])


def test_expected_codes_of_a_refusal_are_rewritten(tmp_path: Path) -> None:
    text, left = updated(tmp_path, "    error: F101\n", "{late: 99}")
    assert left == []
    assert text != "    error: F101\n"
    assert run_cases(tmp_path).passed


def test_one_expectation_is_rewritten_where_another_cannot_be(tmp_path: Path) -> None:
    text, left = updated(tmp_path, "    loss: 1\n    due: 2024-03-05T10:10+08:00\n")
    assert text == "    loss: 3\n    due: 2024-03-05T10:10+08:00\n"
    assert left == ["C144"]


def test_two_cases_of_one_line_are_kept_apart(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    file = tmp_path / "a.cases.yaml"
    case = "{name: NAME, clause: C1, level: day, given: {late: 3}, expect: {loss: 1}}"
    text = f"ruleset: small\ncases: [{case.replace('NAME', 'a')}, {case.replace('NAME', 'b')}]\n"
    file.write_text("\ufeff" + text, encoding="utf-8")
    changes = update_cases(tmp_path).changes

    assert [str(each) for each in changes] == [
        f"{file}:2: a: loss: 1 → 3",
        f"{file}:2: b: loss: 1 → 3",
    ]
    assert file.read_text(encoding="utf-8") == "\ufeff" + text.replace("loss: 1", "loss: 3")


def test_a_broken_file_is_told_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "a.cases.yaml"
    for data, code in ((b"ruleset: [", "E102"), ("ruleset: 合同".encode("gbk"), "C112")):
        file.write_bytes(data)
        assert [each.code for each in update_cases(file).left] == [code]
        assert file.read_bytes() == data
    assert [each.code for each in update_cases(tmp_path / "nowhere").left] == ["C111"]


@pytest.mark.parametrize(
    ("ci", "workers", "code"),
    [(True, False, "C142"), (False, True, "C143"), (True, True, "C142"), (False, False, None)],
)
def test_where_nobody_looks_nothing_is_rewritten(ci: bool, workers: bool, code: str | None) -> None:
    refused = refusal("--update", ci=ci, workers=workers)
    assert (None if refused is None else refused.code) == code


def test_the_command_rewrites_and_says_what(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text, expect = HEAD + "    loss: 1\n    error: F1\n", HEAD + "    loss: 1\n    notes: [\n]\n"
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    file = tmp_path / "a.cases.yaml"
    file.write_text(expect, encoding="utf-8")
    monkeypatch.setenv("CI", "true")
    assert main(["test", str(tmp_path), "--update"]) == 2
    assert "C142" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == expect
    monkeypatch.delenv("CI")
    assert main(["test", str(tmp_path), "--update", "--lang", "en"]) == 1
    out, err = capsys.readouterr()
    assert "first: loss: 1 → 3" in out
    assert "C144 notes is left as it is: the list stands on several lines" in err
    assert "loss: 3" in file.read_text(encoding="utf-8")
    assert text


def test_the_command_can_require_cases(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    (tmp_path / "a.cases.yaml").write_text("ruleset: small\ncases: []\n", encoding="utf-8")
    assert main(["test", str(tmp_path)]) == 0
    assert main(["test", str(tmp_path), "--require-cases"]) == 2
    err = capsys.readouterr().err
    assert "C140" in err
    assert "C141" in err


def test_a_file_that_may_not_be_written_is_left_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    file = tmp_path / "a.cases.yaml"
    file.write_text(HEAD + "    loss: 1\n", encoding="utf-8")
    monkeypatch.setattr("os.access", lambda *_: False)
    update = update_cases(file)

    assert update.changes == ()
    assert [each.code for each in update.left] == ["C144"]
    assert "loss: 1" in file.read_text(encoding="utf-8")


def test_a_file_is_replaced_at_once_and_keeps_its_mode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    file = tmp_path / "a.cases.yaml"
    file.write_text(HEAD + "    loss: 1\n", encoding="utf-8")
    file.chmod(0o640)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        assert [each.code for each in update_cases(file).left] == ["C144"]
    assert "loss: 1" in file.read_text(encoding="utf-8")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.cases.yaml", "rules.yaml"]
    assert update_cases(file).left == ()
    assert "loss: 3" in file.read_text(encoding="utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_what_decides_is_not_rewritten_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    file = tmp_path / "a.cases.yaml"
    file.write_text(HEAD + "    loss.by: given\n", encoding="utf-8")
    update = update_cases(file)
    assert update.changes == ()
    (left,) = update.left
    assert (
        left.message == "loss.by is left as it is: by is what the case shows, and is not rewritten"
    )
