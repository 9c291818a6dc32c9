"""Bytes to rows: encoding, delimiter, header.  The file is read twice and never held."""

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Final, TextIO

import attrs

from sla_rules.diagnostics import Diagnostic, nearest

from .problems import Code, shown
from .profile import Column, Profile, folded

__all__ = ["Row", "Table", "open_table"]

CHUNK: Final = 1 << 16


@attrs.frozen
class Row:
    """One record: the line it starts at and its cells, by the profile's columns."""

    line: int
    cells: tuple[str, ...]
    table: "Table" = attrs.field(repr=False, eq=False)

    def text(self, column: Column) -> str | None:
        """The cell without outer blanks; None when it is unknown or the column is absent."""
        place = self.table.places.get(column)
        if place is None or place >= len(self.cells):
            return None
        cell = self.cells[place].strip()
        return None if cell in self.table.profile.unknown else cell

    @property
    def ragged(self) -> bool:
        """Whether the row has another number of cells than the header."""
        return len(self.cells) != len(self.table.header)


@attrs.frozen(eq=False)
class Table:
    """A header that the profile understands, and the rows under it."""

    source: "Source"
    profile: Profile
    delimiter: str
    header: tuple[str, ...]
    places: dict[Column, int]

    def rows(self) -> Iterator[Row]:
        """Every row under the header, blank lines left out; ``csv.Error`` where CSV ends."""
        with closing(self.source.open()) as stream:
            records = _records(stream, self.delimiter)
            next(records)
            for line, cells in records:
                yield Row(line, tuple(cells), self)


@attrs.frozen(eq=False)
class Source:
    """Something that can be opened as text, again and again."""

    content: Path | bytes | str
    encoding: str

    def open(self) -> TextIO:
        """The content as text, line ends untouched."""
        if isinstance(self.content, str):
            return io.StringIO(self.content.removeprefix("\ufeff"), newline="")
        return io.TextIOWrapper(_binary(self.content), encoding=self.encoding, newline="")


def open_table(source: Path | bytes | str, profile: Profile) -> Table | list[Diagnostic]:
    """The table in *source*, or everything that keeps its header from being understood.

    A text without a line break is the path of a file, unless it is empty.
    """
    if isinstance(source, str) and source and not {*"\r\n"} & {*source}:
        source = Path(source)
    encoding = "" if isinstance(source, str) else _encoding(source, profile.encodings)
    if encoding is None:
        tried = " nor ".join(profile.encodings)
        return [Code.ENCODING.at(1, f"the bytes are neither {tried}", "save the export as UTF-8")]
    opened = Source(source, encoding)
    known = frozenset[str]().union(*(column.names for column in profile.columns))
    best: tuple[str, int, list[str]] = ("", 0, [])
    for delimiter in profile.delimiters:
        with closing(opened.open()) as stream:
            try:
                line, header = next(_records(stream, delimiter), (0, []))
            except csv.Error as error:
                return [Code.SYNTAX.at(1, f"the header is not CSV: {error}")]
        if _fit(header, known) > _fit(best[2], known):
            best = (delimiter, line, header)
    delimiter, line, header = best
    if not header:
        return [Code.EMPTY.at(1, "the export is empty", "a header row is needed")]
    places, problems = _places(tuple(header), profile, line)
    return problems or Table(opened, profile, delimiter, tuple(header), places)


def _fit(header: list[str], known: frozenset[str]) -> tuple[int, int]:
    return (sum(folded(name) in known for name in header), len(header))


def _places(
    header: tuple[str, ...], profile: Profile, line: int
) -> tuple[dict[Column, int], list[Diagnostic]]:
    places: dict[Column, int] = {}
    problems: list[Diagnostic] = []
    for column in profile.columns:
        found = [i for i, name in enumerate(header) if folded(name) in column.names]
        if len(found) > 1:
            names = ", ".join(f"{shown(header[i])} (column {i + 1})" for i in found)
            message = f"{column.header!r} is in the header {len(found)} times: {names}"
            problems.append(Code.DUPLICATE_HEADER.at(line, message, "keep one of them"))
        elif found:
            places[column] = found[0]
        elif column.required:
            message = f"column {column.header!r} is missing"
            problems.append(Code.MISSING_COLUMN.at(line, message, _similar(column, header)))
    return places, problems


def _similar(column: Column, header: tuple[str, ...]) -> str:
    hints = [nearest(name, header) for name in (column.header, *column.aliases)]
    return next((hint for hint in hints if hint.startswith("did you mean")), hints[0])


def _records(stream: TextIO, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Every record that is not blank, with the line it starts at."""
    records = csv.reader(stream, delimiter=delimiter, strict=True)
    line = 1
    for cells in records:
        if cells:
            yield line, cells
        line = records.line_num + 1


def _binary(content: Path | bytes) -> IO[bytes]:
    return content.open("rb") if isinstance(content, Path) else io.BytesIO(content)


def _encoding(content: Path | bytes, encodings: tuple[str, ...]) -> str | None:
    """The first encoding in which every byte makes sense."""
    for encoding in encodings:
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        try:
            with closing(_binary(content)) as stream:
                while chunk := stream.read(CHUNK):
                    decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    return None
