"""docs/guide/failures.md: each break is really made, and the text shown is what a run says then.

A ``diff`` block names a file and one step of change; the ``text`` block below it begins with the
place of the case that fails.  The number of the line may have moved on since.  With
``UPDATE_GOLDEN=1`` the texts are written anew, to be read.
"""

import os
import re
import shutil
from pathlib import Path

import attrs
import pytest

import sla_rules as sla
from sla_rules.layout import display_width
from sla_rules.testing import Case, CaseResult, check, read_cases
from sla_rules.testing.failure import LINES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "guide" / "failures.md"
SECTION = re.compile(
    r"^## (?P<title>\d+ .*?)$.*?^```diff\n--- (?P<file>.*?)\n(?P<change>.*?)^```\n"
    r".*?^```text\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
PLACE = re.compile(r"(?P<file>[^:]+):(?P<line>\d+): (?P<name>.*)")


@attrs.frozen
class Break:
    """One step of change in one file of a ruleset, and what a case says then."""

    title: str
    file: str
    change: str
    text: str

    def __str__(self) -> str:
        return self.title

    @property
    def clause(self) -> str:
        """The clause that the heading names."""
        return self.title.rpartition("(")[2].rstrip(")")

    def side(self, mark: str) -> str:
        lines = [line[1:] for line in self.change.splitlines() if line[0] in (" ", mark)]
        return "\n".join(lines) + "\n"


BREAKS = [Break(**each.groupdict()) for each in SECTION.finditer(PAGE.read_text(encoding="utf-8"))]


def broken(each: Break, folder: Path) -> tuple[sla.Rules, Case]:
    """The changed ruleset, and the case that the text is about."""
    ruleset, _, inside = each.file.partition("/")
    home = folder / ruleset
    shutil.copytree(ROOT / "rulesets" / ruleset, home)
    file = home / inside
    text = file.read_text(encoding="utf-8")
    assert text.count(each.side("-")) == 1
    file.write_text(text.replace(each.side("-"), each.side("+")), encoding="utf-8")
    place = PLACE.match(each.text)
    assert place is not None
    cases = folder / place["file"]
    rules, found, problems = read_cases(
        cases.read_text(encoding="utf-8"), cases, cases.relative_to(folder).as_posix()
    )
    assert problems == []
    assert rules is not None
    return rules, next(case for case in found if case.name == place["name"])


def test_there_are_ten_breaks_and_each_is_another_one() -> None:
    assert len({each.change for each in BREAKS}) == len(BREAKS) == 10


@pytest.mark.parametrize("each", BREAKS, ids=str)
def test_the_text_is_what_a_run_says_after_the_break(each: Break, tmp_path: Path) -> None:
    rules, case = broken(each, tmp_path)
    mismatches = check(case, rules)
    text = CaseResult(case, tuple(mismatches), rules).failure_text() + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        before, change, after = PAGE.read_text(encoding="utf-8").partition(each.change)
        page = before + change + after.replace(each.text, text, 1)
        PAGE.write_text(page, encoding="utf-8", newline="\n")
        return

    assert mismatches
    assert len(text.splitlines()) <= LINES + len(mismatches) - 1
    assert each.text.partition("\n")[2] == text.partition("\n")[2]


@pytest.mark.parametrize("each", BREAKS, ids=str)
def test_the_text_names_the_clause_within_its_width(each: Break) -> None:
    _, *lines = each.text.splitlines()

    assert each.clause in each.text
    assert max(map(display_width, lines)) <= 100


@pytest.mark.parametrize("each", BREAKS, ids=str)
def test_the_case_holds_without_the_break(each: Break) -> None:
    place = PLACE.match(each.text)
    assert place is not None
    cases = ROOT / "rulesets" / place["file"]
    rules, found, _ = read_cases(cases.read_text(encoding="utf-8"), cases)
    assert rules is not None
    case = next(case for case in found if case.name == place["name"])

    assert check(case, rules) == []
