"""The README and the documentation: every example runs, every page is reachable, nothing is left out.

The blocks of a page are executed from top to bottom, in one namespace and one folder:

- ``title="…"`` after the language names a file: the block is written to it, and later blocks read it;
- ``python`` is executed; with ``>>>``, and in ``pycon``, what it prints is compared exactly;
- ``text`` directly after ``python`` is what that block prints, exactly;
- ``console`` holds ``$ sla-rules …`` lines, each with the whole of its output below it;
- ``sh`` and anything else is shown only.

In ``text`` and ``console`` a line ``…`` stands for any number of lines.  The files of the example
log lie in the folder of every page that names them.
"""

import doctest
import io
import re
import shlex
import shutil
import textwrap
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import attrs
import pytest

import sla_rules
from sla_rules import coverage, mutation, profiles, testing
from sla_rules.cli import main
from sla_rules.language import structure, surface
from sla_rules.language.bodies import HIT_POLICIES
from sla_rules.language.expression import AGGREGATES, KEYWORDS, MAX_DEPTH, MAX_LENGTH, MAX_TOKENS
from sla_rules.language.functions import FUNCTIONS
from sla_rules.language.resolve import LARGEST
from sla_rules.language.source import Limits
from sla_rules.language.types import PLAIN_TYPES
from sla_rules.quantities import MAX_DIGITS, MODES
from sla_rules.worktime import DAY_RULES

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
EXECUTED = [ROOT / "README.md", *PAGES]
EXAMPLES = ROOT / "examples" / "servicenow-2016"
OPENING_LINES = 12
SESSIONS_SHOWN_ONLY = ("docs/reference/cli.md",)  # they read files that the page does not write

FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>```+)(?P<lang>[\w+-]*)(?P<info>.*)$")
TITLE = re.compile(r'title="([^"]+)"')
SESSION = re.compile(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


@attrs.frozen
class Block:
    """A fenced block: its language, the file that it names, its text and the line of the text."""

    lang: str
    title: str
    text: str
    line: int
    follows: bool

    @property
    def prompts(self) -> bool:
        return self.lang == "pycon" or (self.lang == "python" and ">>>" in self.text)


def at(page: Path) -> str:
    return page.relative_to(ROOT).as_posix() if page.is_relative_to(ROOT) else page.name


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page; *follows* when nothing but blank lines stands since the last."""
    lines = page.read_text(encoding="utf-8").splitlines()
    number, follows = 0, False
    while number < len(lines):
        match = FENCE.match(lines[number])
        if match is None:
            follows = follows and not lines[number].strip()
            number += 1
            continue
        end = number + 1
        while lines[end].strip() != match["ticks"]:
            end += 1
        text = textwrap.dedent("\n".join(lines[number + 1 : end])) + "\n"
        title = TITLE.search(match["info"])
        yield Block(match["lang"], title[1] if title else "", text, number + 2, follows)
        number, follows = end + 1, True


def agrees(expected: str, got: str) -> bool:
    """Whether two outputs are equal but for blanks at the ends, ``…`` standing for any lines."""
    wanted = [line.rstrip() for line in expected.strip("\n").splitlines()]
    pattern = "".join(r"(?:.*\n)*?" if line == "…" else re.escape(line) + "\n" for line in wanted)
    lines = [line.rstrip() for line in got.strip("\n").splitlines()]

    return re.fullmatch(pattern, "".join(f"{line}\n" for line in lines)) is not None


class Reader:
    """Executes the blocks of one page and collects what does not hold."""

    def __init__(self, page: Path) -> None:
        self.page = page
        self.name = at(page)
        self.names: dict[str, object] = {"__name__": "__main__"}
        self.printed = ""
        self.failures: list[str] = []

    def run(self) -> int:
        """Execute everything; the number of blocks that were."""
        found = list(blocks(self.page))
        for number, block in enumerate(found):
            before = found[number - 1] if number else None
            if block.title:
                Path(block.title).parent.mkdir(parents=True, exist_ok=True)
                Path(block.title).write_text(block.text, encoding="utf-8", newline="\n")
            elif block.prompts:
                self.doctest(block)
            elif block.lang == "python":
                self.python(block)
            elif block.lang == "console" and self.name not in SESSIONS_SHOWN_ONLY:
                self.console(block)
            elif block.lang == "text" and block.follows and before and before.lang == "python":
                self.compare(block.line, block.text, self.printed)
        return sum(each.prompts or each.lang in ("python", "console") for each in found)

    def compare(self, line: int, expected: str, got: str) -> None:
        if not agrees(expected, got):
            self.failures.append(f"{self.name}:{line}: expected\n{expected}\ngot\n{got}")

    def doctest(self, block: Block) -> None:
        example = doctest.DocTestParser().get_doctest(
            block.text, {}, self.name, self.name, block.line - 1
        )
        example.globs = self.names
        report = io.StringIO()
        runner = doctest.DocTestRunner(optionflags=doctest.REPORT_ONLY_FIRST_FAILURE)
        runner.run(example, out=report.write, clear_globs=False)
        if runner.failures:
            self.failures.append(report.getvalue())

    def python(self, block: Block) -> None:
        code = compile("\n" * (block.line - 1) + block.text, self.name, "exec")
        output = io.StringIO()
        with redirect_stdout(output):
            exec(code, self.names)
        self.printed = output.getvalue()

    def console(self, block: Block) -> None:
        for command, expected in SESSION.findall(block.text):
            program, *arguments = shlex.split(command.replace("\\\n", " "))
            if program != "sla-rules":
                self.failures.append(f"{self.name}:{block.line}: only sla-rules runs in a console")
                continue
            output = io.StringIO()
            with redirect_stdout(output), redirect_stderr(output):
                main(arguments)
            self.compare(block.line, expected, output.getvalue())


@pytest.mark.parametrize("page", EXECUTED, ids=at)
def test_the_examples_of_a_page_hold(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = page.read_text(encoding="utf-8")
    for each in EXAMPLES.iterdir():
        if each.name in text:
            shutil.copy(each, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("CI", raising=False)  # the pages show what a person does at a desk
    reader = Reader(page)
    reader.run()

    assert not reader.failures, "\n".join(reader.failures)


@pytest.mark.parametrize(
    ("text", "failures"),
    [
        ("```pycon\n>>> 1 + 1\n2\n```\n", 0),
        ("```pycon\n>>> 1 + 1\n3\n```\n", 1),
        ("```python\nprint(1)\n```\n\n```text\n1\n```\n", 0),
        ("```python\nprint(1)\n```\n\n```text\n2\n```\n", 1),
        ("```python\nfor i in range(9): print(i)\n```\n```text\n0\n…\n8\n```\n", 0),
        ("```python\nfor i in range(9): print(i)\n```\n```text\n0\n…\n9\n```\n", 1),
        ("```console\n$ sla-rules --version\nsomething else\n```\n", 1),
        (
            '```text title="a.txt"\na\n```\n```pycon\n>>> from pathlib import Path\n>>> Path("a.txt").stat().st_size\n9\n```\n',
            1,
        ),
    ],
)
def test_an_example_that_does_not_hold_is_reported(
    text: str, failures: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    reader = Reader(page)

    assert reader.run() == 1
    assert len(reader.failures) == failures


def test_the_readme_opens_with_a_short_example() -> None:
    first = next(block for block in blocks(ROOT / "README.md") if block.lang == "python")

    assert len(first.text.splitlines()) <= OPENING_LINES


def test_the_commands_of_the_readme_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rules = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?:^|`)make (\w+)", text, re.MULTILINE))

    assert {"demo", "test"} <= targets
    assert targets <= set(re.findall(r"^(\w+):", rules, re.MULTILINE))


def test_every_page_is_in_the_navigation() -> None:
    nav = re.findall(
        r": ([\w/.-]+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE
    )

    assert sorted(nav) == sorted(page.relative_to(DOCS).as_posix() for page in PAGES)


# --- complete ----------------------------------------------------------------------------------


def readings_table(rules: sla_rules.Rules) -> str:
    """The table of readings as `docs/guide/readings.md` shows it."""
    rows = [
        "| register | reading | question | options, the default first |",
        "| --- | --- | --- | --- |",
    ]
    for name, each in rules.program.readings.items():
        rest = [option for option in each.options if option != each.default]
        options = "<br>".join([f"**`{each.default}`**", *(f"`{option}`" for option in rest)])
        question = f"{each.question.zh}<br>{each.question.en}"
        rows.append(f"| {each.register} | `{name}` | {question} | {options} |")
    return "\n".join(rows) + "\n"


def test_the_table_of_readings_is_complete() -> None:
    """When it is not: replace the table by the text in this message."""
    page = (DOCS / "guide" / "readings.md").read_text(encoding="utf-8")
    table = readings_table(sla_rules.load("gz-npc-2023"))

    assert table in page


def keys() -> Iterator[str]:
    """Every key that a ruleset may have, from the classes that read it."""
    for cls in vars(surface).values():
        if isinstance(cls, type) and attrs.has(cls):
            for field in attrs.fields(cls):
                if "read" in field.metadata:
                    yield field.metadata["key"] or field.name


LANGUAGE = sorted(
    {
        *keys(),
        *structure.KINDS,
        *PLAIN_TYPES,
        *HIT_POLICIES,
        *AGGREGATES,
        *FUNCTIONS,
        *KEYWORDS,
        *MODES,
        *DAY_RULES,
        *("by", "money", "missing", "full", "started", "pro_rata", "on_or_after", "following"),
        *("carried_forward", "lapses", "next_payment", "at_once", "outstanding", "set_off"),
    }
)


def spelled(page: Path) -> frozenset[str]:
    """The words between backticks, outside fenced blocks."""
    prose = re.sub(
        r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    spans = re.findall(r"`([^`\n]+)`", prose)
    return frozenset(word for span in spans for word in (span, *re.findall(r"\w+", span)))


def test_the_reference_has_every_word_of_the_language() -> None:
    described = spelled(DOCS / "reference" / "language.md")

    assert [word for word in LANGUAGE if word not in described] == []


def test_the_reference_has_every_limit() -> None:
    page = (DOCS / "reference" / "language.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| .* \| ([\d,]+) \|$", page.partition("\n## Limits\n")[2], re.MULTILINE)
    limits = [*attrs.astuple(Limits()), MAX_LENGTH, MAX_TOKENS, MAX_DEPTH, MAX_DIGITS]

    assert [f"{limit:,}" for limit in (*limits, *LARGEST.values())] == listed


def test_the_reference_has_every_name_of_the_packages() -> None:
    page = (DOCS / "reference" / "api.md").read_text(encoding="utf-8")
    wanted = [*profiles.__all__, *sla_rules.worktime.__all__, *testing.__all__]
    wanted += [*mutation.__all__, *coverage.__all__]

    assert [name for name in wanted if not re.search(rf"\b{name}\b", page)] == []


def test_every_construct_has_a_page_and_names_rulesets_that_are_shipped() -> None:
    rows = re.findall(
        r"^\| \[C(\d+)\]\((\S+)\) \|.*\| ([^|]+) \|$",
        (DOCS / "constructs" / "index.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    named = {name for *_, last in rows for name in re.findall(r"`([^`]+)`", last)}

    assert [int(number) for number, *_ in rows] == list(range(1, 36))
    assert sorted(page for _, page, _ in rows) == sorted(
        page.name for page in PAGES if page.parent.name == "constructs" and page.name != "index.md"
    )
    assert named <= set(sla_rules.rulesets())


WITH_FINDINGS = ("c33-findings.md",)  # what it shows


@pytest.mark.parametrize(
    "page", [each for each in PAGES if re.match(r"c\d\d-", each.name)], ids=lambda each: each.stem
)
def test_nothing_is_found_in_the_ruleset_of_a_construct(page: Path) -> None:
    rules = next(sla_rules.load(each.text) for each in blocks(page) if each.lang == "yaml")
    found = rules.findings(acknowledged=False)

    assert bool(found) == (page.name in WITH_FINDINGS), found


@pytest.mark.parametrize("ruleset", sla_rules.rulesets())
def test_every_shipped_ruleset_is_described(ruleset: str) -> None:
    page = (DOCS / "guide" / "rulesets.md").read_text(encoding="utf-8")

    assert f"| `{ruleset}` |" in page
