"""Stage 1, read: YAML text → nodes that know their place.

YAML 1.2 semantics with a small surface: no aliases, no tags, no merge keys, no duplicate keys;
``no`` is text, ``12:30`` is text, a date is text.  Size, depth and node count are bounded, so a
hostile document ends in a diagnostic, not in a full memory.  The only module that imports yaml.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import attrs
import yaml

from sla_rules.diagnostics import Diagnostic, Span, nearest
from sla_rules.quantities import Number, parse_number

__all__ = ["Entry", "Limits", "MapNode", "Node", "ScalarNode", "SeqNode", "read"]

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@attrs.frozen
class Limits:
    """How large a text may be before it is refused unread."""

    characters: int = 2_000_000
    nodes: int = 60_000
    depth: int = 40


@attrs.frozen
class ScalarNode:
    """A scalar; *plain* is false for quoted text, which is never a number, truth or null."""

    text: str
    plain: bool
    span: Span = attrs.field(eq=False)

    @property
    def value(self) -> bool | Number | str | None:
        """The YAML 1.2 core value, with numbers exact."""
        if self.plain:
            if self.text in ("", "~", "null"):
                return None
            if self.text in ("true", "false"):
                return self.text == "true"
            number = parse_number(self.text)
            if number is not None:
                return number
        return self.text


@attrs.frozen
class SeqNode:
    """A sequence of nodes."""

    items: tuple["Node", ...]
    span: Span = attrs.field(eq=False)


@attrs.frozen
class Entry:
    """One key of a mapping with its value."""

    key: str
    value: "Node"
    span: Span = attrs.field(eq=False)


@attrs.frozen
class MapNode:
    """A mapping in the order of the text; keys are unique."""

    entries: tuple[Entry, ...]
    span: Span = attrs.field(eq=False)

    def get(self, key: str) -> "Node | None":
        """The value of *key*, or None."""
        return next((entry.value for entry in self.entries if entry.key == key), None)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)


Node = ScalarNode | SeqNode | MapNode


class _Refused(Exception):
    def __init__(self, code: str, message: str, span: Span, hint: str = "") -> None:
        self.problem = Diagnostic(code=code, message=message, where=span, hint=hint)


def read(text: str, name: str, limits: Limits = Limits()) -> tuple[Node | None, list[Diagnostic]]:
    """Turn *text* into nodes.  Afterwards every node has its place and every key is unique."""
    start = Span(name, 1, 1)
    if len(text) > limits.characters:
        message = f"the text has {len(text):,} characters, more than {limits.characters:,}"
        hint = "leave out what is no rule"
        return None, [Diagnostic(code="E101", message=message, where=start, hint=hint)]
    if (bad := _UNREADABLE.search(text)) is not None:
        message = f"the character U+{ord(bad.group()):04X} may not stand in a text"
        return None, [
            Diagnostic(code="E102", message=message, where=_place(name, text, bad.start()),
                       hint="delete it; it is invisible in most editors")
        ]  # fmt: skip
    problems: list[Diagnostic] = []
    try:
        return _Composer(text, name, limits, problems).document(), problems
    except _Refused as refused:
        return None, [*problems, refused.problem]
    except yaml.MarkedYAMLError as error:
        return None, [*problems, _unreadable(error, name, text)]
    except (yaml.YAMLError, ValueError) as error:
        message = f"not readable as YAML: {str(error).splitlines()[0]}"
        return None, [*problems, Diagnostic(code="E102", message=message, where=start)]


_UNREADABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)

_WIDE_KEY: Final = re.compile(r"[\s-]*[A-Za-z_][\w.-]*：")
WIDE_COLON: Final = "write the colon in half width, and a blank after it"

_YAML_HINTS: Final = {
    "mapping values are not allowed": 'text that holds ": " must stand in quotes',
    "cannot start any token": "put the text in quotes",
    "expected ',' or": "a bracket is not closed, or a comma is missing",
    "did not find expected key": "look at the indentation, and for a missing quote or comma",
    "could not find expected ':'": "after a key stand a colon and a blank",
    "unexpected end of stream": "a quote is not closed",
    "unknown escape character": "in 'single quotes' a backslash is only a backslash",
    "block sequence entries": "the items of a list begin on lines of their own",
    "expected '-' indicator": "look at the indentation of the list",
    "block mapping": "look at the indentation",
}


def _unreadable(error: yaml.MarkedYAMLError, name: str, text: str) -> Diagnostic:
    """What is wrong with a text that is no YAML, at the place where it shows."""
    mark: Any = error.problem_mark or error.context_mark
    message = str(error.problem or error.context)
    lines = text.splitlines()
    also: tuple[Span, ...] = ()
    if error.context_mark is not None and error.context_mark.line < mark.line:
        if mark.line >= len(lines):  # the end of the text says less than what was left open
            mark = error.context_mark
        else:
            also = (_span(name, error.context_mark),)
    hint = next((hint for part, hint in _YAML_HINTS.items() if part in message), "")
    wide = _wide_colon(error, lines) if ":" in message or "mapping values" in message else None
    if wide is not None:
        where = Span(name, wide[0] + 1, wide[1] + 1, wide[1] + 2)
        message = "not readable as YAML: a key ends with a colon in full width"
        return Diagnostic(code="E102", message=message, where=where, hint=WIDE_COLON)
    if "nesting depth" in message:  # newer parsers refuse it before we can
        depth = Limits().depth
        return Diagnostic(
            code="E106",
            message=f"nested more than {depth} levels deep",
            where=_span(name, mark),
            hint="look for a bracket too many",
        )
    tab = "cannot start any token" in message and lines[mark.line][mark.column :].startswith("\t")
    if tab or "found a tab character" in message:
        message, hint = "a tab cannot indent", "indent with blanks"
    return Diagnostic(
        code="E102",
        message=f"not readable as YAML: {message}",
        where=_span(name, mark),
        hint=hint,
        also=also,
    )


def _wide_colon(error: yaml.MarkedYAMLError, lines: list[str]) -> tuple[int, int] | None:
    """Where a colon in full width stands behind a key, in one of the lines that do not fit."""
    marks = [each.line for each in (error.problem_mark, error.context_mark) if each is not None]
    for line in dict.fromkeys([*marks, *(each - 1 for each in marks)]):
        found = _WIDE_KEY.match(lines[line]) if 0 <= line < len(lines) else None
        if found is not None:
            return line, found.end() - 1
    return None


def _place(name: str, text: str, index: int) -> Span:
    """The place of one character of a text."""
    before = text[:index].splitlines(keepends=True)
    line = len(before) + (not before or before[-1].endswith(("\n", "\r")))
    column = len(before[-1]) if line == len(before) else 0
    return Span(name, line, column + 1, column + 2)


def _span(name: str, mark: Any, end: Any = None) -> Span:
    width = end.column - mark.column if end is not None and end.line == mark.line else 1
    return Span(name, mark.line + 1, mark.column + 1, mark.column + 1 + max(1, width))


_FORBIDDEN_KEYS: Final = {"<<": "merge keys are not part of this language"}


class _Composer:
    """Builds nodes from parser events with an explicit depth and node budget."""

    def __init__(self, text: str, name: str, limits: Limits, problems: list[Diagnostic]) -> None:
        self._events = yaml.parse(text, Loader=_LOADER)
        self._name = name
        self._limits = limits
        self._problems = problems
        self._nodes = 0

    def document(self) -> Node | None:
        node: Node | None = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if node is not None:
                    raise _Refused(
                        "E103", "more than one document in the text", self._at(event), "remove ---"
                    )
            elif isinstance(event, yaml.NodeEvent):
                node = self._node(event, 0)
        if node is None:
            raise _Refused("E104", "the text is empty", Span(self._name, 1, 1), "write key: value")
        return node

    def _at(self, event: Any) -> Span:
        return _span(self._name, event.start_mark, event.end_mark)

    def _node(self, event: Any, depth: int) -> Node:
        span = self._at(event)
        self._nodes += 1
        if self._nodes > self._limits.nodes:
            message = f"more than {self._limits.nodes:,} values in the text"
            raise _Refused("E105", message, span, "leave out what is no rule")
        if depth > self._limits.depth:
            message = f"nested more than {self._limits.depth} levels deep"
            raise _Refused("E106", message, span, "look for a bracket too many")
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise _Refused(
                "E107", "anchors and aliases are not part of this language", span, "write it out"
            )
        if event.tag is not None and event.tag != "!":
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            hint = "delete it; quoted text is text, plain numbers are numbers"
            raise _Refused("E108", f"the tag {tag} is not part of this language", span, hint)
        if isinstance(event, yaml.ScalarEvent):
            return ScalarNode(event.value, not event.style, span)
        if isinstance(event, yaml.SequenceStartEvent):
            return SeqNode(tuple(self._items(depth)), span)
        return self._mapping(span, depth)

    def _items(self, depth: int) -> Iterator[Node]:
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self._node(event, depth + 1)

    def _mapping(self, span: Span, depth: int) -> MapNode:
        entries: dict[str, Entry] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            place = self._at(event)
            if not isinstance(event, yaml.ScalarEvent):
                hint = "text with brackets in it must stand in quotes"
                raise _Refused("E109", "a key must be one text", place, hint)
            self._node(event, depth + 1)
            key = event.value
            value = self._node(next(self._events), depth + 1)
            if not event.style and key in _FORBIDDEN_KEYS:
                raise _Refused("E110", _FORBIDDEN_KEYS[key], place, "write it out")
            if key in entries:
                self._problems.append(
                    Diagnostic(
                        code="E111",
                        message=f"the key {key!r} stands twice in one mapping",
                        where=place,
                        hint="keep one of them",
                        also=(entries[key].span,),
                    )
                )
                continue
            entries[key] = Entry(key, value, place)
        return MapNode(tuple(entries.values()), span)


_IN_QUOTES: Final = "an expression with a comma must stand in quotes here"


def unknown_key(entry: Entry, known: tuple[str, ...], what: str) -> Diagnostic:
    """The diagnostic for a key that *what* does not have; without *known* keys it has no hint."""
    return Diagnostic(
        code="E201",
        message=f"{what} has no key {entry.key!r}",
        where=entry.span,
        hint=_IN_QUOTES if entry.key.endswith(")") else nearest(entry.key, known),
    )
