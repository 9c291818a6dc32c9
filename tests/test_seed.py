"""The Guangzhou ruleset against its source text: nothing missing, nothing invented."""

import re
from pathlib import Path

import pytest

import sla_rules as sla
from sla_rules.language.check.clauses import cited_clauses

SOURCE = Path(__file__).parents[1] / "rulesets" / "gz-npc-2023" / "source.txt"
FIRST, AFTER_LAST = "二、项目绩效目标和绩效指标设定情况", "五、项目综合评价等级和评价结论"


def bare(text: str) -> str:
    """The text without white space: the source breaks its lines inside sentences."""
    return re.sub(r"\s+", "", text)


@pytest.fixture(scope="module")
def sections() -> str:
    whole = bare(SOURCE.read_text(encoding="utf-8"))
    return whole[whole.index(FIRST) : whole.index(AFTER_LAST)]


@pytest.fixture(scope="module")
def rules() -> sla.Rules:
    return sla.load("gz-npc-2023")


def test_every_sentence_of_sections_two_to_four_is_a_clause(
    rules: sla.Rules, sections: str
) -> None:
    """Walk the source clause by clause: each begins where the one before ended."""
    place = 0
    for clause in rules.program.clauses.values():
        text = bare(clause.text)
        assert sections.startswith(text, place), (clause.id, sections[place : place + 40])
        place += len(text)
    assert sections[place:] == ""


def test_every_clause_is_encoded_or_says_why_not(rules: sla.Rules) -> None:
    cited = cited_clauses(rules.program)
    for clause in rules.program.clauses.values():
        if clause.not_encoded is None:
            assert clause.id in cited, clause.id
        else:
            assert clause.id not in cited, clause.id
            assert clause.not_encoded.zh
            assert clause.not_encoded.en


def test_every_open_entry_of_the_register_is_a_reading(rules: sla.Rules) -> None:
    """A-29, A-30, A-33 and A-35 have no alternatives; all others are readings."""
    registered = {reading.register for reading in rules.program.readings.values()}
    settled = {"A-29", "A-30", "A-32", "A-33", "A-35"} - registered
    assert registered | settled == {f"A-{number:02d}" for number in range(1, 37)}
    assert settled == {"A-29", "A-30", "A-33", "A-35"}


def test_a_ruleset_without_warnings(rules: sla.Rules) -> None:
    assert rules.warnings == ()


def test_every_reading_switches_something(rules: sla.Rules) -> None:
    """No option is a mere name: the program has a switch for each reading."""
    from sla_rules.language.nodes import Choice
    from sla_rules.language.walk import parts

    used = {
        part.reading
        for home in (
            rules.program.levels,
            rules.program.parameters,
            rules.program.calendars,
        )
        for item in home.values()
        for part in parts(item)
        if isinstance(part, Choice)
    }
    used |= {
        name
        for calendar in rules.program.calendars.values()
        for part in (calendar.hours, calendar.holidays)
        if isinstance(part, Choice)
        for name in [part.reading]
    }
    assert used == set(rules.program.readings)
