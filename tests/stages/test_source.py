"""Stage 1: YAML 1.2 values, exact places, bounded texts, and files of every kind."""

import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import sla_rules as sla
from sla_rules.diagnostics import Diagnostic, Span, by_place, nearest
from sla_rules.language.load import load_program, read_texts
from sla_rules.language.source import Limits, MapNode, ScalarNode, SeqNode, read

HEAD = "language: 1\nid: sample\nversion: 1.0.0\ntitle: Sample\ntimezone: Asia/Shanghai\n"
RULES = HEAD + "levels: {month: {facts: {score: {type: points}}}}\n"


def scalar(text: str) -> Any:
    node, problems = read(text, "t")
    assert not problems
    assert isinstance(node, ScalarNode)
    return node.value


def codes(text: str, limits: Limits | None = None) -> list[str]:
    _, problems = read(text, "t", limits or Limits())
    return [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("True", "True"),
        ("12:30", "12:30"),
        ("2024-01-31", "2024-01-31"),
        ("0x10", "0x10"),
        ("010", 10),
        ("1_000", "1_000"),
        ("1e3", "1e3"),
        (".5", ".5"),
        ("-0.10", Fraction(-1, 10)),
        ("+7", 7),
        ("１", "１"),
        (".nan", ".nan"),
        (".inf", ".inf"),
        ("9" * 30, 10**30 - 1),
        ("9" * 33, "9" * 33),
        ("null", None),
        ("~", None),
        ("Null", "Null"),
        ('"1"', "1"),
        ("'true'", "true"),
        ("'~'", "~"),
        ("! 1", 1),
    ],
)
def test_a_scalar_is_what_it_looks_like(text: str, value: Any) -> None:
    found = scalar(text)

    assert value == found
    assert type(value) is type(found)


def test_every_node_knows_its_place() -> None:
    node, _ = read("a: 1\nb:\n  - x\n  - {c: 'd e'}\n", "t")
    assert isinstance(node, MapNode)
    items = node.get("b")
    assert isinstance(items, SeqNode)
    inner = items.items[1]
    assert isinstance(inner, MapNode)

    assert Span("t", 1, 1, 2) == node.entries[0].span
    assert Span("t", 3, 5, 6) == items.items[0].span
    assert Span("t", 4, 9, 14) == inner.entries[0].value.span


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_places_do_not_depend_on_the_ends_of_lines(ending: str) -> None:
    node, _ = read(f"a: 1{ending}b: 2{ending}", "t")
    assert isinstance(node, MapNode)

    assert [(1, 1), (2, 1)] == [(each.span.line, each.span.column) for each in node]


def test_the_limits_are_those_of_the_caller() -> None:
    assert ["E101"] == codes("abcdef", Limits(characters=5))
    assert ["E105"] == codes("[a, b, c]", Limits(nodes=3))
    assert [] == codes("[a, b]", Limits(nodes=3))
    assert ["E106"] == codes("[[a]]", Limits(depth=1))
    assert [] == codes("[[a]]", Limits(depth=2))


def test_duplicate_keys_are_all_told_and_the_first_stays() -> None:
    node, problems = read("a: 1\nb: 2\na: 3\nb: 4\n", "t")
    assert isinstance(node, MapNode)

    assert ["E111", "E111"] == [problem.code for problem in problems]
    assert [(1, 1), (2, 1)] == [(s.line, s.column) for p in problems for s in p.also]
    assert ["1", "2"] == [e.value.text for e in node if isinstance(e.value, ScalarNode)]


def test_a_quoted_merge_key_is_a_key() -> None:
    assert [] == codes("'<<': 1")
    assert ["E110"] == codes("<<: 1")


# --- files -----------------------------------------------------------------------------------


def refused(path: Path) -> sla.RulesetError:
    with pytest.raises(sla.RulesetError) as caught:
        sla.load(path)
    return caught.value


def write(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize("data", [RULES.encode(), b"\xef\xbb\xbf" + RULES.encode(),
                                  RULES.replace("\n", "\r\n").encode()],
                         ids=["plain", "marked", "crlf"])  # fmt: skip
def test_a_file_may_have_a_mark_and_any_ends_of_lines(tmp_path: Path, data: bytes) -> None:
    assert sla.load(write(tmp_path / "r.yaml", data)).id == "sample"


@pytest.mark.parametrize(
    "data",
    [
        RULES.encode("utf-16"),
        RULES.encode("utf-32"),
        RULES.replace("Sample", "样例").encode("gb18030"),
        RULES.replace("Sample", "Café").encode("latin-1"),
        bytes(range(128, 256)) * 100,
        b"\xed\xa0\x80",
    ],
    ids=["utf-16", "utf-32", "gb18030", "latin-1", "binary", "surrogate"],
)
def test_a_file_of_another_encoding_is_refused(tmp_path: Path, data: bytes) -> None:
    error = refused(write(tmp_path / "r.yaml", data))

    assert error.codes == ("E113",)
    assert "save it as UTF-8" in str(error)


def test_every_file_of_a_folder_is_read_and_every_bad_one_named(tmp_path: Path) -> None:
    write(tmp_path / "a.yaml", RULES.encode("utf-16"))
    write(tmp_path / "b.yml", b"\xff")
    write(tmp_path / "c.txt", b"\xff")
    write(tmp_path / "d.cases.yaml", b"\xff")

    assert refused(tmp_path).codes == ("E113", "E113")


def test_a_folder_without_rules_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path).codes == ("E114",)


def test_a_folder_with_the_name_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").mkdir()

    assert refused(tmp_path).codes == ("E114",)


def test_two_files_are_one_ruleset_and_share_no_key(tmp_path: Path) -> None:
    write(tmp_path / "a.yaml", RULES)
    write(tmp_path / "b.yaml", "clauses: {}\n")
    assert sla.load(tmp_path).id == "sample"

    write(tmp_path / "b.yaml", "title: Other\nclauses: {}\nid: [other\n")
    write(tmp_path / "c.yaml", "title: Other\n")
    error = refused(tmp_path)

    assert error.codes == ("E102", "E112")
    assert "a.yaml:4:1" in str(error)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")

    assert refused(tmp_path).codes == ("E114",)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes are a thing of Unix")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")

    assert refused(tmp_path).codes == ("E114",)


def test_a_huge_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    with (tmp_path / "r.yaml").open("wb") as stream:
        stream.truncate(3 << 30)

    assert refused(tmp_path).codes == ("E101",)


def test_many_files_share_one_limit(tmp_path: Path) -> None:
    for name in "abcde":
        write(tmp_path / f"{name}.yaml", "# " + "x" * 1_900_000)
    with pytest.raises(sla.RulesetError) as caught:
        read_texts(tmp_path)

    assert caught.value.codes == ("E101",)


def test_several_texts_share_one_limit() -> None:
    with pytest.raises(sla.RulesetError) as caught:
        load_program({"a": "#" * 1_500_000, "b": "#" * 1_500_000})

    assert caught.value.codes == ("E101",)


# --- how problems are shown --------------------------------------------------------------------


def shown(excerpt: str, column: int, end: int) -> list[str]:
    where = Span("t", 1, column, end)
    problem = Diagnostic(code="E000", message="bad", where=where, excerpt=excerpt)
    return str(problem).splitlines()[1:]


def test_the_caret_stands_under_wide_characters() -> None:
    assert ["    时效性: x", "    " + " " * 8 + "^"] == shown("时效性: x", 6, 7)
    assert ["    时效性: x", "    ^^^^^^"] == shown("时效性: x", 1, 4)


def test_a_long_line_is_cut_around_the_place() -> None:
    line = "a" * 500 + "!" + "b" * 500
    excerpt, caret = shown(line, 501, 502)

    assert len(excerpt) < 140
    assert "!" == excerpt[caret.index("^")]


def test_what_a_terminal_would_obey_is_not_printed() -> None:
    excerpt, caret = shown("a\x1b[31m\u202eb\tc", 7, 8)

    assert "    a\ufffd[31m\ufffdb c" == excerpt
    assert 4 + 6 == caret.index("^")


def test_problems_stand_in_the_order_of_their_places() -> None:
    def at(where: Span | str) -> Diagnostic:
        return Diagnostic(code="F000", message="bad", where=where)

    paths = ["months[10].score", "months[2].score", "months[2]", "id"]

    assert ["id", "months[2]", "months[2].score", "months[10].score"] == [
        each.where for each in by_place(map(at, paths))
    ]
    spans = [Span("b", 1, 1), Span("a", 10, 1), Span("a", 2, 9), Span("a", 2, 1)]
    assert sorted(spans) == [each.where for each in by_place(map(at, spans))]
    assert 1 == len(by_place([at("x"), at("x")]))


def test_the_nearest_name_is_sought_among_few_and_short_names() -> None:
    assert "did you mean 'score'?" == nearest("scroe", ["score", "fee"])
    assert "known: fee, score" == nearest("zzz", ["score", "fee"])
    assert "" == nearest("zzz", [f"name{n}" for n in range(13)])
    assert "" == nearest("name" * 100, ["name"])
    assert "" == nearest("name", [f"name{n}" for n in range(10_000)])


def test_of_very_many_problems_the_text_shows_the_first() -> None:
    problems = [Diagnostic(code="F000", message="bad", where=f"a[{n}]") for n in range(1000)]
    error = sla.FactsError(problems)

    assert 1000 == len(error.problems)
    assert str(error).endswith("and 800 problems more")


@pytest.mark.parametrize("source", ["no-such-ruleset", "gz-npc-2032", Path("nowhere.yaml")])
def test_what_is_not_there_is_told(source: str | Path) -> None:
    with pytest.raises(sla.RulesetError) as caught:
        sla.load(source)

    assert caught.value.codes == ("E100",)


def test_the_nearest_packaged_ruleset_is_suggested() -> None:
    with pytest.raises(sla.RulesetError, match="did you mean 'gz-npc-2023'"):
        sla.load("gz-npc-2032")


def test_a_problem_is_data() -> None:
    with pytest.raises(sla.RulesetError) as caught:
        sla.load(RULES.replace("points", "point"))
    (problem,) = caught.value.problems

    assert {
        "code": "E514",
        "severity": "error",
        "message": "there is no type 'point'",
        "where": "<text>:6:40",
        "hint": "did you mean 'points'?",
    } == problem.to_dict()
