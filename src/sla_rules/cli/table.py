"""Plain-text tables and paragraphs in which a Chinese character is two columns wide."""

import re
from collections.abc import Iterator, Sequence
from unicodedata import category, east_asian_width

import attrs

__all__ = ["Column", "display_width", "draw", "wrap"]

GAP = "  "
NO_LINE_START = "，。；：、？！）》」』”’％%,.;:?!)]"
_PIECE = re.compile(r"[!-~‘’“”…]+|\s+|.", re.DOTALL)


@attrs.frozen
class Column:
    """A column: its heading, its cells, and whether they are aligned to the right."""

    heading: str
    cells: tuple[str, ...]
    right: bool = False


def display_width(text: str) -> int:
    """How many terminal columns *text* takes.

    >>> display_width("总分 total")
    10
    """
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if east_asian_width(char) in "WF":
        return 2
    return 0 if category(char) in ("Mn", "Me", "Cf") else 1


def pad(text: str, width: int, *, right: bool = False) -> str:
    """*text* filled with blanks to *width* terminal columns."""
    blanks = " " * (width - display_width(text))
    return blanks + text if right else text + blanks


def wrap(text: str, width: int, indent: str = "") -> list[str]:
    """*text* in lines of at most *width* columns, each behind *indent*.

    Latin words stay whole where they fit; a line does not start with a closing mark.

    >>> wrap("超时不足 50% 得几分？", 12)
    ['超时不足 50%', '得几分？']
    """
    room = max(8, width - display_width(indent))
    lines = [""]
    for piece in _pieces(text, room):
        if display_width(lines[-1] + piece.rstrip()) > room and lines[-1].strip():
            lines.append("")
        lines[-1] += piece.lstrip() if not lines[-1] else piece
    return [indent + line.rstrip() for line in lines]


def _pieces(text: str, room: int) -> Iterator[str]:
    """What may not be broken: words and single wide characters with the marks behind them."""
    held = ""
    for piece in _PIECE.findall(text):
        joined = held and (piece[0] in NO_LINE_START or held[-1] in "（《「『“([")
        if held and not joined:
            yield held
            held = ""
        held += piece
        while display_width(held) > room:
            yield held[:room]
            held = held[room:]
    if held:
        yield held


def draw(columns: Sequence[Column], width: int, *, keys: int = 1) -> list[str]:
    """The lines of a table; one too wide for *width* goes on below, repeating *keys* columns.

    >>> for line in draw([Column("月份", ("2016-02",)), Column("总分", ("71.5",), right=True)], 80):
    ...     print(line)
    月份     总分
    -------  ----
    2016-02  71.5
    """
    lines: list[str] = []
    first = columns[:keys]
    rest = list(columns[keys:])
    while rest or not lines:
        taken = 0
        while taken < len(rest) and (not taken or _total([*first, *rest[: taken + 1]]) <= width):
            taken += 1
        lines += [""] if lines else []
        lines += _block([*first, *rest[:taken]])
        rest = rest[taken:]
    return lines


def _total(columns: Sequence[Column]) -> int:
    return sum(map(_column_width, columns)) + len(GAP) * (len(columns) - 1)


def _column_width(column: Column) -> int:
    """The widest cell, and a heading folded to two lines where it is longer than that."""
    cells = max(map(display_width, column.cells), default=0)
    heading = display_width(column.heading)
    folded = max(cells, (heading + 1) // 2, 6) if heading > cells else heading
    return max(cells, min(heading, folded), max(map(display_width, _pieces(column.heading, 99))))


def _block(columns: Sequence[Column]) -> list[str]:
    widths = [_column_width(column) for column in columns]
    headings = [wrap(column.heading, width) for column, width in zip(columns, widths, strict=True)]
    height = max(map(len, headings))
    rows = [
        [heading[i - height + len(heading)] if i >= height - len(heading) else "" for heading in headings]
        for i in range(height)
    ]
    rows.append(["-" * width for width in widths])
    rows += [list(row) for row in zip(*(column.cells for column in columns), strict=True)]
    return [
        GAP.join(
            pad(cell, width, right=column.right)
            for cell, width, column in zip(row, widths, columns, strict=True)
        ).rstrip()
        for row in rows
    ]
