"""Every bad ruleset says what is wrong, where, and what to do, in the words of its golden file.

``tests/bad/<code>-<slug>.yaml`` holds one defect, ``<code>-<slug>.expected`` what a person reads.
After a change of wording run with ``UPDATE_GOLDEN=1`` and read the difference; the switch is
refused where ``CI`` is set.
"""

import os
import re
from pathlib import Path

import pytest

from sla_rules import Rules, RulesetError, Severity
from sla_rules.language.load import load_program
from sla_rules.lint import findings

BAD = Path(__file__).parents[1] / "bad"
FILES = sorted(BAD.glob("*.yaml"))
UPDATE = os.environ.get("UPDATE_GOLDEN") == "1"


def told(file: Path) -> str:
    """What a person reads who loads the file."""
    text = file.read_bytes().decode("utf-8")
    try:
        program, warnings = load_program({file.name: text})
    except RulesetError as error:
        return f"{error}\n"
    assert Rules(program, warnings)
    found = [each for each in findings(program) if each.code == code(file)]
    return "".join(f"{each}\n" for each in (*warnings, *found))


def code(file: Path) -> str:
    """The code that a file shows; the lints may find more in it, which other files show."""
    return file.stem.partition("-")[0].upper()


def problems(file: Path) -> list[str]:
    """The single problems of a golden file."""
    text = file.with_suffix(".expected").read_text(encoding="utf-8")
    return re.split(rf"^(?={re.escape(file.name)}:)", text, flags=re.MULTILINE)[1:]


def test_golden_files_are_not_written_by_machines() -> None:
    assert not (UPDATE and os.environ.get("CI")), "UPDATE_GOLDEN is for people who read the result"


@pytest.mark.parametrize("file", FILES, ids=lambda each: each.stem)
def test_a_defect_is_told_in_the_words_of_its_golden_file(file: Path) -> None:
    golden = file.with_suffix(".expected")
    found = told(file)
    if UPDATE and not os.environ.get("CI"):
        golden.write_text(found, encoding="utf-8")

    assert golden.read_text(encoding="utf-8") == found


@pytest.mark.parametrize("file", FILES, ids=lambda each: each.stem)
def test_the_name_of_a_file_is_its_code(file: Path) -> None:
    codes = [each.split(" ")[1] for each in problems(file)]

    assert code(file) in codes


@pytest.mark.parametrize("file", FILES, ids=lambda each: each.stem)
def test_every_problem_shows_its_line_and_says_what_to_do(file: Path) -> None:
    for each in problems(file):
        assert "^" in each, each
        assert "\n    hint: " in each, each


def test_there_are_many_defects_and_no_orphans() -> None:
    assert len(FILES) >= 60
    assert {each.stem for each in FILES} == {each.stem for each in BAD.glob("*.expected")}


def test_problems_of_all_stages_are_told_at_once_in_the_order_of_the_text() -> None:
    text = (BAD / "e201-many-defects-of-all-kinds.yaml").read_text(encoding="utf-8")
    with pytest.raises(RulesetError) as caught:
        load_program({"many": text})

    places = [each.where for each in caught.value.problems]

    assert sorted(places) == places
    assert {code[1] for code in caught.value.codes} == {"2", "3", "4", "5"}


def test_warnings_do_not_refuse() -> None:
    text = (BAD / "w541-clause-without-a-rule.yaml").read_text(encoding="utf-8")
    _, warnings = load_program({"text": text})

    assert [(Severity.WARNING, "W541")] == [(each.severity, each.code) for each in warnings]
