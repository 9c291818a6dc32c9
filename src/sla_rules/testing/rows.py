"""The rows of a table: each is a case of its own, with its own name and line."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import attrs

from sla_rules.diagnostics import Span
from sla_rules.language.program import Level, Program
from sla_rules.language.source import Entry, MapNode, Node, ScalarNode, SeqNode
from sla_rules.testing.asking import Asker, Refused
from sla_rules.testing.expecting import Expectations, Expected
from sla_rules.testing.overlay import Overlay
from sla_rules.testing.words import SKIP, TABLE

__all__ = ["Row", "Rows", "is_chinese"]

_GROUPS: Final = ("readings", "given", "expect")
_LONGEST: Final = 60


@attrs.frozen
class Row:
    """What becomes a case: one without a table, or one row of its table."""

    name: str
    facts: Any
    readings: Mapping[str, str]
    expected: Expected
    span: Span
    sources: tuple[Node, ...] = ()
    """The facts as they are written, each laid over those before it."""


@attrs.frozen
class _Column:
    """A column: its group, what it is about, how rows are named by it."""

    group: str
    name: str
    title: str
    span: Span


class Rows:
    """Reads tables of cases of one program."""

    def __init__(
        self, program: Program, ask: Asker, overlay: Overlay, expectations: Expectations
    ) -> None:
        self._program = program
        self._ask = ask
        self._overlay = overlay
        self._expectations = expectations

    def of(self, node: Node, whole: Row, level: Level) -> list[Row]:
        """The rows of a table; *whole* is what holds for all of them."""
        ask = self._ask
        table = ask.mapping(node, TABLE, "a table")
        lang = "zh" if is_chinese(whole.name) else "en"
        before = len(ask.problems)
        columns = [
            each
            for entry in table
            if entry.key in _GROUPS
            for each in self._columns(entry, level, lang)
        ]
        written = self._written(ask.wanted(table, "rows"))
        if len(ask.problems) > before:
            self._results(columns, written, level)
            raise Refused  # what is wrong with a column is not told again for each row
        if not columns or not written:
            ask.refuse("C116", "a table has at least one column and one row", table.span)
        fitting = [each for each in written if self._fits(each, columns)]
        names = _names(columns, [cells for _, cells, _ in fitting], lang)
        rows: list[Row] = []
        for (called, cells, span), name in zip(fitting, names, strict=True):
            with suppress(Refused):
                full = f"{whole.name}{'：' if lang == 'zh' else ': '}{called or name}"
                pairs = list(zip(columns, cells, strict=True))
                rows.append(self._row(attrs.evolve(whole, name=full, span=span), pairs, level))
        return rows

    def _results(
        self,
        columns: list[_Column],
        written: list[tuple[str, tuple[Node, ...], Span]],
        level: Level,
    ) -> None:
        """Note what is wrong with the results of a table of which other columns are wrong."""
        for _, cells, _ in written:
            for column, cell in zip(columns, cells, strict=False):
                if column.group == "expect" and not _silent(cell):
                    with suppress(Refused):
                        entry = Entry(column.name, cell, column.span)
                        self._expectations.into(Expected(), entry, level)

    def _columns(self, entry: Entry, level: Level, lang: str) -> list[_Column]:
        found: list[_Column] = []
        for name, span in self._ask.texts(entry.value, entry.key):
            if any(each.name == name for each in found):
                self._ask.report("C117", f"the column {name!r} stands twice", span)
            title = name
            if entry.key == "readings":
                with suppress(Refused):
                    self._ask.known("C108", "reading", name, self._program.readings, span)
            elif entry.key == "given":
                title = self._overlay.column(name, level, span, lang)
            found.append(_Column(entry.key, name, title, span))
        return found

    def _written(self, node: Node) -> list[tuple[str, tuple[Node, ...], Span]]:
        """The rows as they are written: a list, or a mapping from their names."""
        several: list[tuple[str, Node, Span]]
        if isinstance(node, MapNode):
            several = [(entry.key, entry.value, entry.span) for entry in node]
        else:
            several = [("", item, item.span) for item in self._ask.sequence(node, "rows").items]
        for name, _, span in several:
            if isinstance(node, MapNode) and not name.strip():
                self._ask.report("C101", "the name of a row must be text", span)
        return [
            (name, cells.items if isinstance(cells, SeqNode) else (cells,), span)
            for name, cells, span in several
        ]

    def _fits(self, row: tuple[str, tuple[Node, ...], Span], columns: list[_Column]) -> bool:
        _, cells, span = row
        if len(cells) != len(columns):
            names = ", ".join(each.name for each in columns)
            message = (
                f"the row has {_counted(len(cells), 'cell')}, "
                f"the table {_counted(len(columns), 'column')}"
            )
            self._ask.report("C116", message, span, f"the columns are {names}")
        return len(cells) == len(columns)

    def _row(self, whole: Row, pairs: list[tuple[_Column, Node]], level: Level) -> Row:
        expected = whole.expected.copied()
        facts, readings, sources = whole.facts, dict(whole.readings), whole.sources
        said = [(column, cell) for column, cell in pairs if not _silent(cell)]
        if any(column.name == "error" for column, _ in said if column.group == "expect"):
            expected = Expected()  # where the facts are refused nothing else comes of them
        for column, cell in said:
            if column.group == "expect":
                with suppress(Refused):
                    entry = Entry(column.name, cell, column.span)
                    self._expectations.into(expected, entry, level)
            elif column.group == "readings":
                readings[column.name] = self.option(column.name, cell)
            else:
                sources += (_nested(column.name, cell),)
                facts = self._overlay.laid(facts, sources[-1], level)
        if not expected.values:
            self._ask.report("C103", "the row expects nothing", whole.span)
        return attrs.evolve(
            whole, facts=facts, readings=readings, expected=expected, sources=sources
        )

    def option(self, reading: str, node: Node) -> str:
        """An option of a reading."""
        found = self._program.readings[reading]
        option = self._ask.text(node, reading)
        what = f"option of {reading!r} called"
        self._ask.known("C108", what, option, found.options, node.span)
        return option


def is_chinese(text: str) -> bool:
    """Whether a text is written in Chinese characters, at least in part."""
    return any("\u4e00" <= each <= "\u9fff" for each in text)


def _silent(cell: Node) -> bool:
    return isinstance(cell, ScalarNode) and cell.text == SKIP


def _nested(path: str, cell: Node) -> Node:
    """A value at a dotted path, as the mapping that says the same."""
    for key in reversed(path.split(".")):
        cell = MapNode((Entry(key, cell, cell.span),), cell.span)
    return cell


def _names(columns: list[_Column], rows: list[tuple[Node, ...]], lang: str) -> list[str]:
    """What tells the rows apart: the cells that differ between them; else their numbers."""
    texts = [[_text(cell) for cell in row] for row in rows]
    apart = [
        number
        for number, column in enumerate(columns)
        if column.group != "expect" and (len({row[number] for row in texts}) > 1 or len(texts) < 2)
    ]
    comma = "，" if lang == "zh" else ", "
    names = [
        comma.join(f"{columns[each].title} {row[each]}" for each in apart if row[each] != SKIP)
        for row in texts
    ]
    return [
        name if name and "\0" not in name else _number(number, lang)
        for number, name in enumerate(names, 1)
    ]


def _number(number: int, lang: str) -> str:
    return f"第 {number} 行" if lang == "zh" else f"row {number}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _text(cell: Node) -> str:
    """A cell as part of a name; one that is no short text has none."""
    if not isinstance(cell, ScalarNode) or len(cell.text) > _LONGEST:
        return f"\0{cell}"
    return cell.text
