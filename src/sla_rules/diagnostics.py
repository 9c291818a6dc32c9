"""Problems as values: where, which code, what, and what to do.

Every stage returns diagnostics; only the public boundary raises them, all at once, in one
:class:`RulesetError` or :class:`FactsError`.  Codes are stable, wording is not.
"""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from enum import Enum
from functools import total_ordering
from typing import Any, Final

import attrs

__all__ = [
    "Diagnostic",
    "FactsError",
    "RulesetError",
    "Severity",
    "SlaError",
    "Span",
    "nearest",
]


class Severity(Enum):
    """How bad a problem is: an error refuses, a warning is reported."""

    ERROR = "error"
    WARNING = "warning"


@total_ordering
@attrs.frozen
class Span:
    """A place in a text: file, line and column, both counted from 1."""

    file: str
    line: int
    column: int
    end_column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def __lt__(self, other: "Span") -> bool:
        return (self.file, self.line, self.column) < (other.file, other.line, other.column)

    def shifted(self, columns: int, length: int = 1) -> "Span":
        """The place *columns* further right on the same line."""
        column = self.column + columns
        return Span(self.file, self.line, column, column + length)


BUILTIN = Span("<builtin>", 0, 0)


@attrs.frozen(kw_only=True)
class Diagnostic:
    """One problem: a stable code, a message, the place, and a hint.

    *where* is a :class:`Span` for a problem in a text and a path such as
    ``payments[0].months[2]`` for a problem in facts.  A finding of the checker shows an
    *example*, the inputs that prove it, and may be *acknowledged* in the ruleset, with a reason.
    """

    code: str
    message: str
    where: Span | str
    hint: str = ""
    severity: Severity = Severity.ERROR
    also: tuple[Span, ...] = ()
    example: tuple[str, ...] = ()
    acknowledged: str = ""
    excerpt: str = attrs.field(default="", eq=False, repr=False)

    def __str__(self) -> str:
        lines = [_visible(f"{self.where or '<facts>'}: {self.code} {self.message}")]
        if self.excerpt and isinstance(self.where, Span):
            lines += _underlined(self.excerpt, self.where)
        lines.extend(f"    see also {span}" for span in self.also)
        lines.extend(f"    example: {_visible(each)}" for each in self.example)
        if self.acknowledged:
            lines.append(f"    acknowledged: {_visible(self.acknowledged)}")
        if self.hint:
            lines.append(f"    hint: {_visible(self.hint)}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """The problem as JSON-able data."""
        data: dict[str, Any] = {
            "code": self.code,
            "severity": self.severity.value,
            "message": self.message,
            "where": str(self.where),
        }
        if self.hint:
            data["hint"] = self.hint
        if self.also:
            data["also"] = [str(span) for span in self.also]
        if self.example:
            data["example"] = list(self.example)
        if self.acknowledged:
            data["acknowledged"] = self.acknowledged
        return data


SHOWN: Final = 120


def _underlined(line: str, span: Span) -> list[str]:
    """The line of a text with a caret under the place; of a long line the part around it."""
    first = 0 if len(line) <= SHOWN else max(0, span.column - 1 - SHOWN // 2)
    shown = _visible(line[first : first + SHOWN])
    start = span.column - 1 - first
    carets = display_width(shown[start : max(start + 1, span.end_column - 1 - first)])
    before, after = "… " if first else "", " …" if first + SHOWN < len(line) else ""
    indent = " " * (len(before) + display_width(shown[:start]))
    return [f"    {before}{shown}{after}", f"    {indent}{'^' * max(1, carets)}"]


def display_width(text: str) -> int:
    """How many columns of a terminal *text* takes, CJK counted double."""
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(ch) else 1 + (east_asian_width(ch) in "WF") for ch in text)


def _visible(text: str) -> str:
    """The text without what a terminal would obey instead of show, and not endless."""
    if len(text) > LONGEST_LINE:
        text = text[:LONGEST_LINE] + "…"
    if text.isprintable():
        return text
    return "".join(ch if ch.isprintable() else " " if ch in "\t\n" else "\ufffd" for ch in text)


def by_place(problems: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by place, then code; exact repetitions removed."""

    def key(problem: Diagnostic) -> tuple[Any, ...]:
        where = problem.where
        if isinstance(where, Span):
            code, message = problem.code, problem.message
            return (where.file, where.line, where.column, (), code, message)
        return ("", 0, 0, _by_number(where), problem.code, problem.message)

    return tuple(dict.fromkeys(sorted(problems, key=key)))


def _by_number(path: str) -> tuple[tuple[int, str], ...]:
    """A path as what it sorts by: ``months[2]`` before ``months[10]``."""
    parts = re.split(r"\[(\d{1,9})\]", path)
    return tuple((int(each), "") if number % 2 else (-1, each) for number, each in enumerate(parts))


LONGEST_NAME: Final = 80
MOST_NAMES: Final = 1000
MOST_HINTS: Final = 100
"""After so many problems no nearest name is sought any more: each costs time."""
MOST_SHOWN: Final = 200
LONGEST_LINE: Final = 600


def nearest(name: str, candidates: Iterable[str], *, cutoff: float = 0.6) -> str:
    """``did you mean …?`` for the closest candidates, or the list if it is short.

    Neither a text that is no name nor thousands of candidates are compared.
    """
    several = set(candidates)
    if len(name) > LONGEST_NAME or len(several) > MOST_NAMES:
        return ""
    known = sorted(several)
    close = get_close_matches(name, known, n=1, cutoff=cutoff)
    if close:
        return f"did you mean {close[0]!r}?"
    if 0 < len(known) <= 12:
        return "known: " + ", ".join(known)
    return ""


class SlaError(ValueError):
    """The base of every error that this library raises on purpose."""

    def __init__(self, problems: Sequence[Diagnostic]) -> None:
        self.problems: tuple[Diagnostic, ...] = by_place(problems)
        lines = [str(problem) for problem in self.problems[:MOST_SHOWN]]
        if len(self.problems) > MOST_SHOWN:
            lines.append(f"and {len(self.problems) - MOST_SHOWN:,} problems more")
        super().__init__("\n".join(lines))

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.problems,))

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all problems, in order of place."""
        return tuple(problem.code for problem in self.problems)


class RulesetError(SlaError):
    """The ruleset cannot be used; :attr:`problems` lists everything wrong with it."""


class FactsError(SlaError):
    """The facts cannot be assessed; :attr:`problems` lists everything wrong with them."""
