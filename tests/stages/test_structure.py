"""Stage 2: every form of the language knows its keys, and tells of those it does not."""

import inspect
from typing import Any

import attrs
import pytest

from sla_rules.language import surface
from sla_rules.language.source import Entry, MapNode, ScalarNode, read
from sla_rules.language.structure import READERS, Structurer, structure
from sla_rules.language.surface import Source

FORMS = [
    form
    for _, form in inspect.getmembers(surface, inspect.isclass)
    if attrs.has(form)
    and any("read" in field.metadata for field in attrs.fields(form))
    and form is not surface.Decision  # its body is read under one of several keys
]
HEAD = "language: 1\nid: sample\nversion: 1.0.0\ntitle: Sample\ntimezone: Asia/Shanghai\n"


def keys(form: type[Any]) -> list[str]:
    return [
        field.metadata["key"] or field.name
        for field in attrs.fields(form)
        if "read" in field.metadata
    ]


def mapping(text: str) -> MapNode:
    node, problems = read(text, "t")
    assert not problems
    assert isinstance(node, MapNode)
    return node


def form_of(text: str) -> tuple[Any, list[str]]:
    ruleset, problems = structure(mapping(HEAD + text))
    return ruleset, [problem.code for problem in problems]


@pytest.mark.parametrize("form", FORMS, ids=lambda each: each.__name__)
def test_a_typing_error_in_any_key_of_any_form_is_told(form: type[Any]) -> None:
    for key in keys(form):
        structurer = Structurer()
        wrong = f"{key}s"
        structurer.record(mapping(f"{wrong}: 1"), form, "this")
        told = [each for each in structurer.problems if each.code == "E201"]

        assert [f"this has no key {wrong!r}"] == [each.message for each in told]
        assert told[0].hint.startswith("did you mean ")


@pytest.mark.parametrize("form", FORMS, ids=lambda each: each.__name__)
def test_every_required_key_that_lacks_is_told(form: type[Any]) -> None:
    structurer = Structurer()
    made = structurer.record(MapNode((), mapping("a: 1").span), form, "this")
    required = [
        field.metadata["key"] or field.name
        for field in attrs.fields(form)
        if field.metadata.get("required")
    ]

    assert sorted(f"add {key}:" for key in required) == sorted(
        each.hint for each in structurer.problems
    )
    assert (made is None) == bool(required)


@pytest.mark.parametrize("form", FORMS, ids=lambda each: each.__name__)
def test_every_reader_is_there(form: type[Any]) -> None:
    for field in attrs.fields(form):
        if "read" in field.metadata:
            assert field.metadata["read"] in READERS


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("text", ["a: ", "a: []", "a: {}", "a: [[]]", "a: {b: {c: {d: e}}}",
                                  "a: [1, {}]", "a: {by: [x], y: 1}", "a: {by: x}", "a: ''"])  # fmt: skip
def test_no_form_of_a_text_surprises_a_reader(name: str, text: str) -> None:
    """Whatever stands there, a reader gives a part, or nothing and a problem."""
    structurer = Structurer()
    node = mapping(text).get("a")
    assert node is not None
    found = READERS[name](structurer, node, "this")

    assert found is not None or structurer.problems


def test_a_part_stands_where_its_name_stands() -> None:
    text = "levels:\n  month:\n    facts:\n      score: {type: points}\n    decisions: {total: score}\n"
    ruleset, _ = form_of(text)
    month = ruleset.levels["month"]

    assert (7, 3) == (month.span.line, month.span.column)
    assert (9, 7) == (month.facts["score"].span.line, month.facts["score"].span.column)
    total = month.decisions["total"]
    assert (10, 17) == (total.span.line, total.span.column)
    assert isinstance(total.body, Source)
    assert (10, 24) == (total.body.span.line, total.body.span.column)


def test_titles_may_be_in_one_language_or_two() -> None:
    for title, zh, en in [("月度", "月度", "月度"), ("{zh: 月度}", "月度", "月度"),
                          ("{zh: 月度, en: month}", "月度", "month")]:  # fmt: skip
        ruleset, problems = form_of(f"levels: {{m: {{title: {title}, facts: {{}}}}}}\n")
        assert [] == problems
        assert (zh, en) == (ruleset.levels["m"].title.zh, ruleset.levels["m"].title.en)


def test_one_or_several_is_written_as_it_comes() -> None:
    for clause, count in [("S1", 1), ("[S1]", 1), ("[S1, S2]", 2), ("[]", 0)]:
        ruleset, problems = form_of(
            f"levels: {{m: {{facts: {{a: {{type: bool, clause: {clause}}}}}}}}}\n"
        )
        assert [] == problems
        assert count == len(ruleset.levels["m"].facts["a"].clause)


def test_a_switch_knows_the_places_of_its_options() -> None:
    ruleset, _ = form_of(
        "levels: {m: {facts: {}, decisions: {d: {value: {by: r, one: 1, two: {by: s, x: 2}}}}}}\n"
    )
    switch = ruleset.levels["m"].decisions["d"].body

    assert ["one", "two"] == list(switch.options)
    assert {"by", "one", "two"} == switch.places.keys()
    assert isinstance(switch.options["two"], surface.Switch)


def test_problems_of_all_parts_are_collected() -> None:
    ruleset, problems = form_of("levels: {a: 1, b: {facts: 2}, c: {facts: {d: {}}}}\nenums: []\n")

    assert ["E202", "E202", "E202", "E203"] == sorted(problems)
    assert {"c"} == ruleset.levels.keys()


def test_an_entry_is_equal_wherever_it_stands() -> None:
    one, two = mapping("a: 1\n"), mapping("\n\n  a:   1\n")

    assert one == two
    assert Entry("a", ScalarNode("1", plain=True, span=one.span), one.span) == two.entries[0]
