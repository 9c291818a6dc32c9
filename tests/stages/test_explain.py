"""Explanations of a whole contract: every decision, both languages, every reading."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

import sla_rules as sla


def clock(day: int, time: str, month: int = 3) -> str:
    return f"2024-{month:02}-{day:02}T{time}+08:00"


def incident(name: str, day: int, **changed: Any) -> dict[str, Any]:
    facts = {
        "id": name,
        "reported_at": clock(day, "10:00"),
        "responded_at": clock(day, "10:10"),
        "recovered_at": clock(day, "11:30"),
        "impact": "business_affecting",
        "fault_level": 2,
    }
    return {**facts, **changed}


def month(name: str, *incidents: Any, **changed: Any) -> dict[str, Any]:
    facts = {
        "month": name,
        "incidents": list(incidents),
        "service_quality_base": 27,
        "suggestions_adopted": 1,
        "management_score": "37.5",
        "catalogue_completion_rate": "98.5",
        "sla_attainment_rate": 97,
    }
    return {**facts, **changed}


SUSPENDED = {
    "suspensions": [
        {"from": clock(6, "10:20"), "to": clock(6, "10:50"), "reason": "awaiting_user",
         "approved_by": "李工"},
        {"from": clock(6, "11:00"), "to": clock(6, "11:10"), "reason": "喝茶"},
    ],
    "recovered_at": clock(6, "15:30"),
}  # fmt: skip

CONTRACT: dict[str, Any] = {
    "id": "C-1",
    "sub_project": 1,
    "price": 300000,
    "payments": [
        {
            "id": "P1",
            "amount": 100000,
            "pay_on": "2024-06-30",
            "months": [
                month(
                    "2024-03",
                    incident("I1", 5),
                    incident("I2", 6, **SUSPENDED),
                    incident("I3", 7, impact="not_business_affecting", recovered_at=None),
                    incident("I4", 8, recovered_at=clock(8, "17:00"), fault_level=1,
                             exclusion={"reason": "third_party", "approved_by": "王工"}),
                    incident("I5", 9, responded_at=None, recovered_at=None),
                    incident("I6", 11, recovered_at=clock(11, "18:00"), impact=None, fault_level=3),
                ),
                month("2024-04", total={"value": 88, "approved_by": "王工", "reason": "复核"}),
                month("2024-05", catalogue_completion_rate=None, catalogue_completed=19,
                      catalogue_due=20, sla_attainment_rate=None),
            ],
        },
        {"id": "P2", "amount": 100000, "pay_on": "2024-09-30", "months": [month("2024-07")],
         "paid": 90000},
        {"id": "P3", "amount": 100000, "pay_on": "2024-12-31", "months": []},
    ],
    "deductions": [{"id": "D1", "clause": "S2.2", "rate": 95, "determined_on": "2024-05-10"}],
}  # fmt: skip

DEFAULTS = sla.load("gz-npc-2023")
NAMES = {name for level in DEFAULTS.program.levels.values()
         for name in (*(each.name for each in level.facts),
                      *(each.name for each in level.decisions))}  # fmt: skip
WORD = re.compile(r"[A-Za-z][A-Za-z_]*")
IDENTIFIERS = re.compile(
    r"[A-Za-z0-9_.\[\]]*(?:_|\.|\[|-)[A-Za-z0-9_.\[\]-]*"  # names, paths and clauses have a joint
    r"|（[^（）]*=[^（）]*）"  # a reading and its option stand in brackets
    r"|尚需：.*"  # the paths of facts still needed
    r"|条款 \S+：.*"  # the words of the contract
)
ALLOWED = {"SLA", "IT", "x", "C", "P", "I", "D", "A", "S", *NAMES}


@pytest.fixture(scope="module")
def assessed() -> sla.Assessment:
    return DEFAULTS.assess(CONTRACT)


def explained(assessed: sla.Assessment, lang: str) -> Iterator[tuple[str, Any]]:
    for each in assessed.walk():
        for name in each.decisions():
            yield f"{each.path}.{name}", each.explain(name, lang)


def own_words(text: str) -> str:
    """The text without the contract's words and the reasons of readings."""
    return "\n".join(
        line
        for line in text.splitlines()
        if not re.search(r"(?:Reading|Clause|读法|条款) \S", line)
    )


def flat(explanation: Any) -> Iterator[Any]:
    yield explanation
    for each in explanation.inputs:
        yield from flat(each)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_decision_is_explained(assessed: sla.Assessment, lang: str) -> None:
    count = 0
    for path, explanation in explained(assessed, lang):
        text = own_words(str(explanation))
        count += 1

        assert "None" not in text, (path, text)
        assert "Unknown" not in text, (path, text)
        assert "Fraction" not in text, (path, text)
        assert "{" not in text, (path, text)
        assert all(each.title and each.value for each in flat(explanation)), path
    assert count > 200


def test_chinese_sentences_have_no_english_words(assessed: sla.Assessment) -> None:
    strange: dict[str, str] = {}
    for _, explanation in explained(assessed, "zh"):
        for line in own_words(str(explanation)).splitlines():
            for word in WORD.findall(IDENTIFIERS.sub(" ", line)):
                if word not in ALLOWED:
                    strange.setdefault(word, line)

    assert {} == strange


def test_english_sentences_have_no_chinese_words(assessed: sla.Assessment) -> None:
    """But for the words of the contract, of its grades, and of those who wrote the facts."""
    written = re.compile(r"王工|李工|复核|喝茶|优|良|不合格|合格")
    strange: dict[str, str] = {}
    for _, explanation in explained(assessed, "en"):
        for line in own_words(str(explanation)).splitlines():
            for word in re.findall(r"[\u4e00-\u9fff]+", written.sub(" ", line)):
                strange.setdefault(word, line)

    assert {} == strange


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_explanation_is_data(assessed: sla.Assessment, lang: str) -> None:
    for _, explanation in explained(assessed, lang):
        data = json.loads(json.dumps(explanation.to_dict(), ensure_ascii=False))

        assert {"name", "title", "value", "kind", "lang"} <= data.keys()
        assert lang == data["lang"]


def test_explaining_changes_nothing(assessed: sla.Assessment) -> None:
    before = assessed.to_json()
    for _ in explained(assessed, "zh"):
        pass

    assert before == assessed.to_json()
    first, second = (str(assessed.explain("total_paid")) for _ in range(2))
    assert first == second


MAIN = {"contract": ("total_paid",), "payment": ("net",), "month": ("total", "total_deduction")}
OTHER = [
    (name, option)
    for name, reading in DEFAULTS.program.readings.items()
    for option in reading.options
    if option != reading.default
]


@pytest.mark.parametrize(("reading", "option"), OTHER, ids=lambda each: each)
def test_every_reading_can_be_explained(reading: str, option: str) -> None:
    rules = DEFAULTS.with_readings({reading: option})
    try:
        assessed = rules.assess(CONTRACT)
    except sla.FactsError as error:  # some readings ask for more facts
        assert set(error.codes) <= {"F136"}
        return
    lang = "zh" if len(option) % 2 else "en"
    few = {each.level: each for each in reversed(list(assessed.walk()))}  # the first of each level
    for each in few.values():
        for name in MAIN.get(each.level, each.decisions()):
            text = own_words(str(each.explain(name, lang)))

            assert "None" not in text, (each.path, name)
            assert "Unknown" not in text, (each.path, name)


def test_only_chinese_and_english_are_spoken(assessed: sla.Assessment) -> None:
    with pytest.raises(ValueError, match="'zh' or 'en'"):
        assessed.explain("total_paid", "de")
    with pytest.raises(KeyError, match="total_paid"):
        assessed.explain("total_payd")


def test_the_depth_of_a_text_can_be_chosen(assessed: sla.Assessment) -> None:
    explanation = assessed.explain("total_paid")
    lengths = [len(explanation.text(depth=depth).splitlines()) for depth in (0, 1, 2, 9)]

    assert sorted(lengths) == lengths
    assert lengths[0] < lengths[1]
    assert str(explanation) == explanation.text()


def test_a_given_figure_names_who_approved_it(assessed: sla.Assessment) -> None:
    (april,) = [each for each in assessed.walk("month") if each.id == "2024-04"]

    assert "批准人：王工" in str(april.explain("total"))
    assert "理由：复核" in str(april.explain("total"))
    assert "approved by 王工" in str(april.explain("total", "en"))


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        ("2500 CNY / 1 points", "2,500.00 元/分", "CNY 2,500.00/point"),
        ("120 CNY / 1 h", "120.00 元/小时", "CNY 120.00/h"),
        ("1% / 1 points", "0.01/分", "0.01/point"),
        ("3 / 2 h", "1.5/小时", "1.5/h"),
        ("4 points * 2 CNY", "8.00 元·分", "CNY 8.00·point"),
        ("4 CNY * 2 CNY", "8·CNY^2", "8·CNY^2"),
    ],
)
def test_a_rate_says_for_what_it_is(value: str, zh: str, en: str) -> None:
    text = (
        "language: 1\nid: t\nversion: 1\ntitle: T\ntimezone: Asia/Shanghai\ncurrency: CNY\n"
        f"parameters: {{rate: {{value: {value}}}}}\n"
        "levels: {m: {facts: {n: {type: number}}, decisions: {out: {value: n * rate / rate}}}}\n"
    )
    out = sla.load(text).assess({"n": 1})

    assert f"rate = {zh}（" in out.explain("out").text()
    assert f"rate = {en} (" in out.explain("out", lang="en").text()


TIERS = """language: 1
id: tiers
version: 1.0.0
title: tiers
timezone: Asia/Shanghai
currency: CNY
readings:
  tail: {question: q, default: low, options: {low: because it is low, high: because it is high}}
parameters:
  last: {value: {by: tail, low: 1 CNY, high: 2 CNY}}
  first: {value: 9 CNY}
levels:
  month:
    facts:
      rate: {type: percent}
      fee: {type: money}
      tip: {type: money}
      kind: {type: [a, b]}
    decisions:
      banded: {type: money, bands: {on: rate, rows: {"[90%..)": first, "[50%..90%)": 10% * fee, "(..50%)": last}}}
      listed: {type: money, table: {on: kind, rows: [{when: a, then: first}, {when: b, then: last}]}}
      both: {table: {on: kind, give: {one: money, two: money}, rows: [{when: a, then: [first, tip]}, {when: b, then: [last, fee]}]}}
      one_twice: 2 * one
"""


def inputs(facts: dict[str, Any], decision: str) -> list[str]:
    return [each.name for each in sla.load(TIERS).assess(facts).explain(decision).inputs]


def test_an_explanation_shows_what_the_band_or_row_that_decided_gives() -> None:
    facts = {"fee": 100, "tip": 5, "kind": "b"}

    assert inputs({**facts, "rate": 95}, "banded") == ["rate", "first"]
    assert inputs({**facts, "rate": 60}, "banded") == ["rate", "fee"]
    assert inputs({**facts, "rate": 40}, "banded") == ["rate", "last"]
    assert inputs(facts, "banded") == ["rate"]  # no band has decided
    assert inputs({"kind": "a"}, "listed") == ["kind", "first"]
    assert inputs({}, "listed") == ["kind"]


def test_a_column_shows_what_it_gives_and_not_what_the_others_give() -> None:
    facts = {"fee": 100, "tip": 5, "kind": "a"}

    assert inputs(facts, "one") == ["kind", "first"]
    assert inputs(facts, "two") == ["kind", "tip"]


def test_the_reading_of_a_band_that_decided_is_told() -> None:
    why = sla.load(TIERS).assess({"rate": 40}).explain("banded", lang="en").text()

    assert "tail=low" in why
    assert "because it is low" in why
