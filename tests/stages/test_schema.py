"""The schemas agree with what they describe: what loads fits, what comes out fits, what is wrong does not."""

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import attrs
import pytest
from jsonschema import Draft7Validator

import sla_rules as sla
from sla_rules.facts.document import read_document
from sla_rules.language import structure, surface
from sla_rules.language.load import read_texts
from sla_rules.language.source import MapNode, Node, ScalarNode, read
from sla_rules.schema import ruleset as grammar
from sla_rules.schema.keys import DESCRIPTIONS, WORDS
from sla_rules.testing import cases_schema, words
from tests.shipped import SHIPPED, home, shipped

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
EXAMPLE = ROOT / "examples" / "servicenow-2016" / "monthly_facts.yaml"


def plain(node: Node) -> Any:
    """The data of a text as YAML 1.2 reads it."""
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, MapNode):
        return {entry.key: plain(entry.value) for entry in node}
    return [plain(item) for item in node.items]


def data(text: str) -> Any:
    node, problems = read(text, "some.yaml")
    assert node is not None
    assert not [each for each in problems if each.code != "E111"]
    return plain(node)


def faults(schema: dict[str, Any], instance: Any) -> list[str]:
    """Where an instance does not fit, and why."""
    found = Draft7Validator(schema).iter_errors(instance)
    return [f"{'/'.join(map(str, each.absolute_path))}: {each.message[:200]}" for each in found]


def fits(schema: dict[str, Any], instance: Any) -> bool:
    return Draft7Validator(schema).is_valid(instance)


WHOLE = sla.ruleset_schema()
PART = sla.ruleset_schema(part=True)


# --- the ruleset format ----------------------------------------------------------------------


def written() -> Iterator[Any]:
    """Every ruleset of the documentation."""
    for page in sorted(DOCS.rglob("*.md")):
        for block in page.read_text(encoding="utf-8").split("```yaml")[1:]:
            _, _, text = block.partition("\n")
            text = text.partition("\n```")[0]
            if text.startswith("language: 1"):
                yield pytest.param(text, id=f"{page.stem}-{text.split()[3]}")


@pytest.mark.parametrize("part", [False, True])
def test_the_schema_of_rulesets_is_a_schema(part: bool) -> None:
    schema = sla.ruleset_schema(part=part)
    Draft7Validator.check_schema(schema)

    assert json.loads(json.dumps(schema)) == schema
    assert ("required" in schema) is not part


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_ruleset_fits_whole_and_in_parts(name: str) -> None:
    files = read_texts(home(name))
    parts = [data(text) for text in files.values()]
    whole = {key: value for part in parts for key, value in part.items()}

    assert faults(WHOLE, whole) == []
    assert [faults(PART, part) for part in parts] == [[] for _ in parts]


@pytest.mark.parametrize("text", list(written()))
def test_a_ruleset_of_the_documentation_fits(text: str) -> None:
    assert faults(WHOLE, data(text)) == []


FORM = sorted((ROOT / "tests" / "bad").glob("e20*.yaml"))


@pytest.mark.parametrize("path", FORM, ids=lambda path: path.stem)
def test_what_has_a_wrong_form_does_not_fit(path: Path) -> None:
    assert not fits(WHOLE, data(path.read_text(encoding="utf-8")))


def fields() -> Iterator[tuple[type[Any], str]]:
    """Every key that a ruleset may have, with its class."""
    for cls in vars(surface).values():
        if isinstance(cls, type) and attrs.has(cls):
            for each in attrs.fields(cls):
                if "read" in each.metadata:
                    yield cls, each.metadata["key"] or each.name


@pytest.mark.parametrize(
    ("cls", "key"), list(fields()), ids=lambda each: getattr(each, "__name__", each)
)
def test_every_key_of_the_language_is_in_the_schema(cls: type[Any], key: str) -> None:
    home = WHOLE if cls is surface.Ruleset else WHOLE["definitions"][cls.__name__]

    assert key in home["properties"]


def test_the_keys_that_are_described_exist() -> None:
    known = {f"{cls.__name__}.{key}" for cls, key in fields()}
    known |= {key for _, key in fields()}
    known |= {f"Decision.{kind}" for kind in ("value", *structure.KINDS)}

    assert set(DESCRIPTIONS) - known == set()
    assert {*WORDS, *grammar.TYPED, *grammar.PATTERNS} - known == set()


def test_a_reader_without_a_schema_is_told() -> None:
    def _unheard_of() -> None: ...

    with pytest.raises(KeyError, match="_unheard_of"):
        grammar._Grammar().of(_unheard_of)
    with pytest.raises(KeyError, match="mirrored"):
        grammar._Grammar().of(structure.Form("mirrored", None, _unheard_of))


HEAD = {"language": 1, "id": "a", "version": "1", "title": "A", "timezone": "UTC"}


def of_decision(decision: Any, **more: Any) -> dict[str, Any]:
    return {**HEAD, "levels": {"a": {"facts": {}, "decisions": {"b": decision}}}, **more}


@pytest.mark.parametrize(
    "decision",
    [
        "1 + 1",
        7,
        True,
        {"value": 1},
        {"value": {"by": "r", "one": "1", "otherwise": {"by": "s", "two": {"table": {"on": "x", "rows": []}}}}},
        {"table": {"on": ["x"], "rows": [{"when": "-", "then": 3}], "hit": "collect sum"}},
        {"units": {"of": "a", "per": "b", "count": {"by": "r", "one": "full", "otherwise": "started"}}},
        {"bands": {"on": "x", "rows": {"[0..1)": {"value": 3, "note": "n"}}}},
        {"value": 1, "round": {"to": 0.01, "mode": "up"}, "better": "higher"},
    ],
)  # fmt: skip
def test_a_form_of_the_language_fits(decision: Any) -> None:
    assert faults(WHOLE, of_decision(decision)) == []


@pytest.mark.parametrize(
    "decision",
    [
        "",
        None,
        [1],
        {},
        {"value": None},
        {"value": 1, "table": {"on": "x", "rows": []}},
        {"value": {"table": {"on": "x", "rows": []}, "bands": {"on": "x"}}},
        {"value": {"by": "r"}},
        {"value": {"by": "r", "one": [1]}},
        {"table": {"on": ["x"], "rows": [], "hit": "collect all"}},
        {"units": {"of": "a", "per": "b", "count": {"by": "r", "one": "fulll"}}},
        {"bands": {"on": "x", "rows": {}}},
        {"value": 1, "round": {"to": 0.01, "mode": "upwards"}},
        {"value": 1, "caps": 2},
    ],
)
def test_another_form_does_not_fit(decision: Any) -> None:
    assert not fits(WHOLE, of_decision(decision))


@pytest.mark.parametrize(
    ("key", "value"),
    [("language", 2), ("id", "A b"), ("effective", {"since": "2024-01-01"}), ("title", {"fr": "a"})],
)  # fmt: skip
def test_another_head_does_not_fit(key: str, value: Any) -> None:
    assert fits(WHOLE, of_decision(1, effective={"from": "2024-01-01"}, language="1"))
    assert not fits(WHOLE, of_decision(1, **{key: value}))


# --- facts and assessments -------------------------------------------------------------------


@lru_cache(maxsize=64)
def validator(name: str, of: Any, level: str | None) -> Draft7Validator:
    schema = sla.load(name).schema(of, level=level)
    Draft7Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema
    return Draft7Validator(schema, format_checker=Draft7Validator.FORMAT_CHECKER)


def wrong(name: str, of: str, level: str | None, instance: Any) -> list[str]:
    found = validator(name, of, level).iter_errors(instance)
    return [f"{'/'.join(map(str, each.absolute_path))}: {each.message[:200]}" for each in found]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_level_has_both_schemas(name: str) -> None:
    for level in (None, *sla.load(name).program.levels):
        for of in ("facts", "assessment"):
            assert validator(name, of, level).schema["$schema"].endswith("draft-07/schema#")


@pytest.mark.parametrize("name", SHIPPED)
def test_the_facts_of_every_case_fit_and_so_does_what_comes_of_them(name: str) -> None:
    rules, _, cases = shipped(name)
    tried = 0
    for case in cases:
        if "error" in case.expect:
            continue
        tried += 1
        assert (case.span, wrong(name, "facts", case.level, case.facts)) == (case.span, [])
        result = rules.with_readings(case.readings).assess(case.facts, level=case.level).to_dict()
        assert (case.span, wrong(name, "assessment", case.level, result)) == (case.span, [])

    assert tried


def test_a_whole_contract_fits() -> None:
    facts = read_document(EXAMPLE)
    result = sla.load("gz-npc-2023").assess(facts, as_if_in_force=True)

    assert wrong("gz-npc-2023", "facts", None, facts) == []
    assert wrong("gz-npc-2023", "assessment", None, result.to_dict()) == []
    assert wrong("gz-npc-2023", "assessment", None, json.loads(result.to_json())) == []


BLIND = ("f108", "f119", "f131", "f132", "f133", "f134", "f135", "f136")
"""What one value alone does not show, or no schema can say."""
BAD = sorted((ROOT / "tests" / "bad_facts").glob("*.yaml"))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_wrong_facts_do_not_fit(path: Path) -> None:
    found = wrong("gz-npc-2023", "facts", None, read_document(path))

    assert bool(found) is not path.stem.startswith(BLIND)


VARIED = """\
language: 1
id: varied
version: 1.0.0
title: Varied
timezone: Asia/Shanghai
currency: CNY
enums:
  cause: {hardware: {title: {zh: 硬件, en: Hardware}, aliases: [设备]}, software: }
levels:
  month:
    key: month
    facts:
      month: {type: month, default: "'2024-01'"}
      share: {type: percent, min: 0%, max: 12.5%, default: 3%}
      whole: {type: integer, min: 1, step: 1}
      price: {type: money, min: 0.01 CNY}
      spent: {type: duration, max: 2 h}
      cause: {type: {enum: cause}, optional: true, unlisted: allowed}
      grade: {type: [1, 2, true], until: known}
      on: {type: date}
      at: {type: instant}
      done: {type: bool, default: true}
      name: {type: text}
      visit: {type: {record: visit}}
    decisions:
      same: cause
      third: whole / 3
      again: spent
      picked: grade
      late: at
      day: on
      limit: if done then 2 h else 1 workday
  visit:
    facts: {of: {type: month, from_parent: month}, until: {type: instant}, from: {type: instant, not_before: until}}
    decisions: {known: given(from)}
"""


def stated(**facts: Any) -> bool:
    """Whether facts fit, which must agree with whether they are taken."""
    rules = sla.load(VARIED)
    schema = rules.schema("facts")
    Draft7Validator.check_schema(schema)
    fit = Draft7Validator(schema, format_checker=Draft7Validator.FORMAT_CHECKER).is_valid(facts)
    try:
        result = rules.assess(facts).to_dict()
    except sla.FactsError:
        taken = False
    else:
        taken = True
        assert faults(rules.schema("assessment"), result) == []
    assert fit is taken

    return fit


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"month": None, "visit": None, "given": None, "cause": None},
        {"share": 0}, {"share": " 12.5% "}, {"share": "3％"}, {"share": "+3"},
        {"whole": 3}, {"whole": "3.00"}, {"whole": 10},
        {"price": "0.100"}, {"price": 2},
        {"spent": "1 h 30 min"},
        {"cause": "hardware"}, {"cause": "Hardware"}, {"cause": "设备"}, {"cause": "flood"}, {"cause": 7},
        {"grade": 1}, {"grade": "2"},
        {"on": "2024-02-29"}, {"at": "2024-02-29T10:00Z"}, {"at": "2024-02-29 10:00:00.5+08:00"},
        {"done": False}, {"name": "A"}, {"name": 12},
        {"visit": {"until": "2024-02-29T10:00+08:00", "from": "2024-02-29T10:00+08:00"}},
        {"third": "1.5"}, {"given": {"third": 2, "again": "1 h", "picked": 1, "day": "2024-03-01"}},
        {"given": {"late": {"value": "2024-02-29T10:00Z", "approved_by": "A", "on": "2024-03-01"}}},
    ],
)  # fmt: skip
def test_what_is_taken_fits(facts: dict[str, Any]) -> None:
    assert stated(**facts)


@pytest.mark.parametrize(
    "facts",
    [
        {"month": "2024-13"}, {"month": 202401},
        {"share": -1}, {"share": 13}, {"share": "3 p"}, {"share": True},
        {"whole": 0}, {"whole": "3.5"}, {"whole": "three"},
        {"price": "0.001"}, {"price": "1,000"}, {"price": 0},
        {"spent": 3}, {"spent": "long"},
        {"cause": ""}, {"cause": True},
        {"grade": 3},
        {"on": "2024-02-30"}, {"on": "2024-2-3"}, {"at": "2024-02-29T10:00"}, {"at": "2024-02-29"},
        {"done": "yes"}, {"name": " "}, {"name": False},
        {"visit": []}, {"visit": {"month": "2024-01"}}, {"visits": {}},
        {"third": None}, {"third": "x"}, {"limit": "2 h"}, {"given": {"limit": "2 h"}}, {"given": {"fourth": 1}},
        {"given": {"third": {"approved_by": "A"}}}, {"given": {"third": {"value": 1, "by": "A"}}},
    ],
)  # fmt: skip
def test_what_is_refused_does_not_fit(facts: dict[str, Any]) -> None:
    assert not stated(**facts)


def test_a_fact_says_what_holds_without_it() -> None:
    schema = sla.load(VARIED).schema("facts")
    parts = schema["properties"]

    assert parts["share"]["title"] == "share (%)"
    assert parts["share"]["description"] == "3 unless stated"
    assert parts["whole"]["description"] == "in steps of 1"
    assert parts["done"]["description"] == "true unless stated"
    assert parts["cause"]["description"] == "may rightly be missing"
    assert parts["grade"]["description"] == "may still be unknown"
    below = schema["definitions"]["visit"]["properties"]
    assert below["from"]["description"] == "not before until"
    assert "(month)" in below["of"]["description"]


def test_an_unknown_schema_or_level_is_refused_with_the_nearest() -> None:
    rules = sla.load("gz-npc-2023")
    with pytest.raises(ValueError, match="did you mean 'facts'"):
        rules.schema("fact")
    with pytest.raises(sla.FactsError, match="did you mean 'month'"):
        rules.schema("facts", level="moth")


# --- cases -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_cases_fit(name: str) -> None:
    schemas = (cases_schema(), cases_schema(sla.load(name)))
    for schema in schemas:
        Draft7Validator.check_schema(schema)
    for path in shipped(name)[1]:
        written = data(path.read_text(encoding="utf-8"))

        assert [faults(schema, written) for schema in schemas] == [[], []]


def test_every_word_of_cases_is_in_their_schema() -> None:
    schema = cases_schema()
    case = schema["properties"]["cases"]["items"]

    assert list(schema["properties"]) == list(words.TOP)
    assert list(schema["properties"]["defaults"]["properties"]) == list(words.DEFAULTS)
    assert list(case["properties"]) == list(words.CASE)


CASE = {"name": "a", "clause": "S2.2", "level": "month", "given": {}, "expect": {"total": 1}}


@pytest.mark.parametrize(
    ("changed", "general", "special"),
    [
        ({}, True, True),
        ({"clause": ["S2.2", "S3.2.1"]}, True, True),
        ({"expect": {"incidents.A.overrun": {"low": 0}, "notes": [], "status": "final"}}, True, True),
        ({"readings": {"overrun-tail": "lowest_printed_nine"}}, True, True),
        ({"clause": "S99"}, True, False),
        ({"level": "moth"}, True, False),
        ({"readings": {"overrun-tail": "lowest"}}, True, False),
        ({"reading_of": "overrun"}, True, False),
        ({"expect": {}}, False, False),
        ({"expect": {"total": [1]}}, False, False),
        ({"expect": {"total": {"least": 1}}}, False, False),
        ({"expect": {"status": "done"}}, False, False),
        ({"given": 1}, False, False),
        ({"more": 1}, False, False),
    ],
)  # fmt: skip
def test_a_case_fits_or_not(changed: dict[str, Any], general: bool, special: bool) -> None:
    written = {"ruleset": "gz-npc-2023", "cases": [{**CASE, **changed}]}

    assert fits(cases_schema(), written) is general
    assert fits(cases_schema(sla.load("gz-npc-2023")), written) is special
