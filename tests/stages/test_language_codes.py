"""Codes are stable: each is tested, and each stands in the reference, and nothing else does."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "sla_rules"
PAGE = ROOT / "docs" / "reference" / "errors.md"
TESTS = (ROOT / "tests" / "stages", ROOT / "tests" / "laws")
CODE = re.compile(r'"([EWFPTC][0-9]{3})"')
GENERAL = ("E", "W", "F", "C")  # the codes of calendars and ticket exports have tests of their own


def in_source() -> set[str]:
    return {
        code
        for module in SOURCE.rglob("*.py")
        for code in CODE.findall(module.read_text(encoding="utf-8"))
    }


def in_page() -> list[str]:
    return re.findall(r"^\| ([A-Z][0-9]{3}) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def met_by_tests() -> set[str]:
    golden = (ROOT / "tests" / "bad").glob("*.expected")
    codes = {
        code
        for file in golden
        for code in re.findall(r":\d+:\d+: ([EW]\d{3}) ", file.read_text(encoding="utf-8"))
    }
    for folder in TESTS:
        for file in folder.glob("test_*.py"):
            if file.name != Path(__file__).name:
                codes |= set(CODE.findall(file.read_text(encoding="utf-8")))
    return codes


def test_every_code_is_met_by_a_test() -> None:
    general = {code for code in in_source() if code.startswith(GENERAL)}

    assert set() == general - met_by_tests()


def test_the_reference_has_every_code_and_no_other() -> None:
    assert sorted(in_source()) == sorted(in_page())


def test_the_reference_has_every_code_once() -> None:
    assert {1} == set(Counter(in_page()).values())


@pytest.mark.parametrize("line", [line for line in PAGE.read_text(encoding="utf-8").splitlines()
                                  if re.match(r"\| [EWFPTC]\d", line)])  # fmt: skip
def test_every_line_of_the_reference_says_what_it_means_and_what_to_do(line: str) -> None:
    _, code, meaning, remedy, _ = (cell.strip() for cell in line.split("|"))

    assert re.fullmatch("[EWFPTC][0-9]{3}", code)
    assert meaning
    assert remedy
