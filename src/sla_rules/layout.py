"""Plain-text tables and paragraphs in which a Chinese character is two columns wide."""

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from unicodedata import category, east_asian_width

import attrs

__all__ = ["Column", "display_width", "draw", "fold_tree", "wrap"]

GAP = "  "
NO_LINE_START = "，。；：、？！）》」』”’％%,.;:?!)]"
_PIECE = re.compile(r"[!-~‘’“”…]+|\s+|.", re.DOTALL)


@attrs.frozen
class Column:
    """A column: its heading, its cells, and how they stand.

    *right* aligns them to the right; *fold* lets long ones go on in the next line.
    """

    heading: str
    cells: tuple[str, ...]
    right: bool = False
    fold: bool = False


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
    room = max(4, width - display_width(indent))
    lines = [""]
    for piece in _pieces(text, room):
        if display_width(lines[-1] + piece.rstrip()) > room and lines[-1].strip():
            lines.append("")
        lines[-1] += piece.lstrip() if not lines[-1] else piece
    return [indent + line.rstrip() for line in lines]


def fold_tree(text: str, width: int) -> list[str]:
    r"""The lines of a tree drawn with ``│ ├── └──``, long ones folded under their own branch.

    >>> print(*fold_tree("└── 恢复时限为一个工作日", 16), sep="\n")
    └── 恢复时限为一
        个工作日
    """
    lines = []
    for line in text.splitlines():
        body = line.lstrip("│├└─ ")
        prefix = line[: len(line) - len(body)]
        below = prefix.translate({ord("├"): "│", ord("└"): " ", ord("─"): " "})
        folded = wrap(body, width - len(prefix))
        lines += [prefix + folded[0], *(below + each for each in folded[1:])]
    return [line.rstrip() for line in lines]


def _pieces(text: str, room: int) -> Iterator[str]:
    """What may not be broken: words and single wide characters with the marks behind them."""
    held = ""
    for piece in _PIECE.findall(text):
        joined = held and (piece[0] in NO_LINE_START or held[-1] in "（《「『“([")
        if held and not joined:
            yield held
            held = ""
        held += piece
        start = 0
        while (end := _fits(held, start, room)) < len(held):
            yield held[start:end]
            start = end
        held = held[start:]
    if held:
        yield held


def _fits(text: str, start: int, room: int) -> int:
    """Where the part of a text that fits ends; one character at least."""
    width = 0
    for at in range(start, len(text)):
        width += _char_width(text[at])
        if width > room and at > start:
            return at
    return len(text)


def draw(columns: Sequence[Column], width: int, *, keys: int = 1) -> list[str]:
    """The lines of a table.

    A table too wide for *width* first folds headings, then the cells of its ``fold`` columns;
    if that is not enough it goes on below, repeating the first *keys* columns.

    >>> for line in draw([Column("月份", ("2016-02",)), Column("总分", ("71.5",), right=True)], 80):
    ...     print(line)
    月份     总分
    -------  ----
    2016-02  71.5
    """
    widths = _fitted(columns, width)
    first = list(range(min(keys, len(columns))))
    rest = list(range(len(first), len(columns)))
    lines: list[str] = []
    while rest or not lines:
        taken = 1
        while taken < len(rest) and _total(widths, [*first, *rest[: taken + 1]]) <= width:
            taken += 1
        lines += [""] if lines else []
        shown = [*first, *rest[:taken]]
        lines += _block([columns[i] for i in shown], [widths[i] for i in shown])
        rest = rest[taken:]
    return lines


def _total(widths: Sequence[int], shown: Sequence[int]) -> int:
    return sum(widths[i] for i in shown) + len(GAP) * (len(shown) - 1)


def _fitted(columns: Sequence[Column], width: int) -> list[int]:
    """A width for each column: as wide as it likes, folded only as far as *width* asks."""
    cells = [max(map(display_width, column.cells), default=0) for column in columns]
    widths = [
        max(cell, display_width(each.heading)) for cell, each in zip(cells, columns, strict=True)
    ]
    folded = [max(cell, _folded(each.heading)) for cell, each in zip(cells, columns, strict=True)]
    everything = range(len(columns))
    for i in sorted(everything, key=lambda i: folded[i] - widths[i]):
        if _total(widths, everything) > width:
            widths[i] = folded[i]
    for i in everything:
        if columns[i].fold and (over := _total(widths, everything) - width) > 0:
            widths[i] = max(min(widths[i], 24), widths[i] - over)
    return widths


def _folded(heading: str) -> int:
    """The width of a heading on two lines.

    Chinese headings are cut after an even number of characters, because most words have two.
    """
    if not any(_char_width(char) == 2 for char in heading):
        longest = max(map(len, heading.split()), default=0)
        return max(longest, (len(heading) + 1) // 2)
    if len(heading) < 4:
        return display_width(heading)
    half = (len(heading) + 1) // 2
    return display_width(heading[: half if len(heading) < 6 else half + half % 2])


def _heading(text: str, width: int) -> list[str]:
    """A heading in the lines that its column has room for."""
    if display_width(text) <= width:
        return [text]
    if not any(_char_width(char) == 2 for char in text):
        return wrap(text, width)
    cut = len(text)
    while display_width(text[:cut]) > _folded(text):
        cut -= 1
    return [text[:cut], text[cut:]]


def _block(columns: Sequence[Column], widths: Sequence[int]) -> list[str]:
    headings = [_heading(each.heading, wide) for each, wide in zip(columns, widths, strict=True)]
    height = max(map(len, headings))
    rows = list(zip(*([*[""] * (height - len(each)), *each] for each in headings), strict=True))
    rows.append(tuple("-" * width for width in widths))
    for cells in zip(*(column.cells for column in columns), strict=True):
        pieces = [
            wrap(cell, width) if column.fold else [cell]
            for cell, width, column in zip(cells, widths, columns, strict=True)
        ]
        rows += zip_longest(*pieces, fillvalue="")
    return [
        GAP.join(
            pad(cell, width, right=column.right)
            for cell, width, column in zip(row, widths, columns, strict=True)
        ).rstrip()
        for row in rows
    ]
