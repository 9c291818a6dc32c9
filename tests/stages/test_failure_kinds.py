"""The text of a failing case, for each kind of expectation that a case can have."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import pytest

from sla_rules.explain.explanation import Explanation
from sla_rules.layout import display_width
from sla_rules.testing import check, read_cases
from sla_rules.testing.deciding import deciding
from sla_rules.testing.failure import LINES, failure_text, language_of
from sla_rules.testing.hints import rounding_to
from tests.shipped import SHIPPED, shipped

HEAD = """\
ruleset: gz-npc-2023
defaults:
  level: incident
  given: {id: I, impact: business_affecting, reported_at: 2024-03-05T10:00+08:00, responded_at: 2024-03-05T10:10+08:00, recovered_at: 2024-03-05T11:00+08:00}
cases:
"""
MONTH = (
    "{month: '2024-03', incidents: [{id: A, impact: business_affecting, "
    "reported_at: 2024-03-05T10:00+08:00, recovered_at: 2024-03-05T17:00+08:00}]}"
)


def text(expect: str, given: str = "{}", **more: Any) -> list[str]:
    """The lines that a case with these expectations and facts gives."""
    options = {key: more.pop(key) for key in ("lang", "width", "whole") if key in more}
    rest = "".join(f", {key}: {value}" for key, value in more.items())
    case = f"  - {{name: 案例, clause: S3.2.1, given: {given}, expect: {expect}{rest}}}\n"
    rules, (only,), problems = read_cases(HEAD + case, Path("some.cases.yaml"))
    assert problems == []
    assert rules is not None
    mismatches = check(only, rules)
    assert mismatches
    lines = failure_text(only, mismatches, rules, **options).splitlines()
    assert lines[0] == "some.cases.yaml:6: 案例"
    if "whole" not in options:
        assert len(lines) < LINES + len(mismatches)
        assert max(map(display_width, lines[1:])) <= options.get("width", 100)
    return lines


@pytest.mark.parametrize(
    ("expect", "more", "told"),
    [
        ("{status: provisional}", {}, "  状态  status  provisional  final"),
        ("{notes: needs_ruling}", {}, "  提示  notes  needs_ruling  无"),
        ("{needs: recovered_at}", {}, "  尚需事实  needs  recovered_at  无"),
        ("{error: F132}", {}, "  拒绝  error  F132  无"),
        ("{overrun: null}", {}, "  超时比例  overrun  无数值（null）  -33.3333…%  S3.2.1, S3.2.1.head"),
        ("{timeliness_score: {low: 2}}", {}, "  时效性得分  timeliness_score  low 2  30    S3.2.1"),
        (
            "{in_time: false}",
            {"readings": "{band-edges: number_excluded}"},
            "  读法 A-03（band-edges=number_excluded）：用时恰等于时限，或超时恰为 50%、100% 的，归入哪一档？",
        ),
        ("{timeliness_score: 18}", {"lang": "en"}, "  timeliness score  timeliness_score  18 points  30 points  S3.2.1"),
        (
            "{impact_class: not_business_affecting}",
            {},
            "  影响类别  impact_class  不影响业务正常开展  影响业务正常开展  S3.2.1.a, S3.2.1.b",
        ),
        (
            "{impact_class: not_business_affecting}",
            {},
            "  条款 S3.2.1（这一结果没有用到）：如按限定的时间内完成，30 分；如果在超过限定时限 50％，18 分；超",
        ),
    ],
)  # fmt: skip
def test_what_is_expected_and_what_came_out_are_told(
    expect: str, more: Mapping[str, Any], told: str
) -> None:
    assert told in text(expect, **more)


def test_a_refusal_is_told_with_its_reason() -> None:
    lines = text("{timeliness_score: 30}", "{responded_at: 2024-03-05T09:00+08:00}")
    assert "  拒绝  error  无    F132" in lines
    assert any("F132 responded_at" in line for line in lines)
    assert any("hint: one of the two is wrong" in line for line in lines)


def test_what_decided_is_told_beside_what_should_have() -> None:
    lines = text("{worst_score.by: 第 2 档}")
    assert any(line.startswith("  按超时比例得分  第 2 档  第 1 档") for line in lines)
    assert any("不高于 0%，得 30 分" in line for line in lines)


def test_a_record_that_is_not_there_and_open_facts_are_told() -> None:
    expect = "{incidents.X.overrun: 0, incidents.A.status: final, incidents.A.notes: []}"
    lines = text(expect, MONTH, level="month")
    assert any("incidents.X.overrun" in line and "有此记录" in line for line in lines)
    assert any(line.startswith("  A 的状态") for line in lines)
    assert any(line.startswith("  needs_ruling (incidents[0]): 超时超过 100% 的") for line in lines)
    assert "  尚需：incidents[0].responded_at" in lines


def test_a_narrow_terminal_folds_the_text() -> None:
    assert text("{timeliness_score: 18, overrun: 0}", width=60)


def test_what_several_records_came_to_is_followed_into_the_first() -> None:
    answered = MONTH.replace("recovered_at", "responded_at: 2024-03-05T10:10+08:00, recovered_at")
    lines = text("{timeliness: 30}", answered, level="month")
    assert any("A 的时效性得分" in line for line in lines)


def test_nothing_is_cut_when_all_is_asked_for() -> None:
    lines = text("{timeliness_score: 18}", whole=True)
    assert len(lines) > 2 * LINES
    assert any("影响业务的响应时限 = 15 分钟（合同约定）" in line for line in lines)
    assert not any(line.endswith(" …") for line in lines)


@pytest.mark.parametrize("ruleset", SHIPPED)
def test_the_language_is_that_of_the_contract(ruleset: str) -> None:
    rules, _, _ = shipped(ruleset)
    assert language_of(rules) == ("zh" if ruleset.startswith(("gz-", "cn-")) else "en")


@pytest.mark.parametrize(
    ("expected", "got", "rounding"),
    [
        (Fraction(83334, 100), Fraction(833335, 1000), ("half_up", Decimal("0.01"))),
        (Fraction(83333, 100), Fraction(833339, 1000), ("down", Decimal("0.01"))),
        (Fraction(83334, 100), Fraction(833331, 1000), ("up", Decimal("0.01"))),
        (Fraction(83336, 100), Fraction(833331, 1000), None),
        (Fraction(1, 3), Fraction(833331, 1000), None),
        (3, Fraction(4), None),
        (True, Fraction(4), None),
        (3, "3", None),
    ],
)
def test_a_rounding_is_recognised(expected: Any, got: Any, rounding: Any) -> None:
    assert rounding_to(expected, got) == rounding


def test_the_order_of_reasons_depends_on_no_memory() -> None:
    """Values made anew at each question may get the ids of those that are gone."""
    rules, _, _ = shipped("gz-npc-2023")
    facts = {
        "month": "2024-03",
        "incidents": [
            {
                "id": f"I{number}",
                "impact": "business_affecting",
                "reported_at": f"2024-03-0{number}T10:00+08:00",
                "responded_at": f"2024-03-0{number}T10:{10 * number}+08:00",
                "recovered_at": f"2024-03-0{number}T{10 + number}:00+08:00",
            }
            for number in range(1, 6)
        ],
    }
    why = rules.assess(facts, level="month").explain("total")

    def anew(node: Explanation) -> tuple[Explanation, ...]:
        return tuple(attrs.evolve(each) for each in node.inputs)

    once = list(deciding(why, ["S3.2.1"], (), lambda node: node.inputs))
    assert len(once) > 5
    assert list(deciding(why, ["S3.2.1"], (), anew)) == once
