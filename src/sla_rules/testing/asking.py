"""Ask the nodes of a file of cases for what must stand there; whatever is wrong is noted."""

from collections.abc import Iterable
from typing import Any, Final, NoReturn

import attrs

from sla_rules.diagnostics import Diagnostic, Span, nearest
from sla_rules.language.source import (
    WIDE_COLON,
    MapNode,
    Node,
    ScalarNode,
    SeqNode,
    unknown_key,
)

__all__ = ["Asker", "Refused", "plain"]


_RECENT: Final = 100
"""Among so many problems a repetition is sought."""


class Refused(Exception):
    """A part that cannot be used; the problem is noted already."""


class Asker:
    """Collects the problems of one file, so that all of them are told at once."""

    def __init__(self) -> None:
        self.problems: list[Diagnostic] = []
        self._misnamed: set[Span] = set()

    def report(self, code: str, message: str, span: Span, hint: str = "") -> None:
        """Note a problem, once, and go on: a column is asked again for every row."""
        problem = Diagnostic(code=code, message=message, where=span, hint=hint)
        if problem not in self.problems[-_RECENT:]:
            self.problems.append(problem)

    def refuse(self, code: str, message: str, span: Span, hint: str = "") -> NoReturn:
        """Note a problem; what it is about cannot be used."""
        self.report(code, message, span, hint)
        raise Refused

    def mapping(self, node: Node, known: tuple[str, ...], what: str) -> MapNode:
        """A mapping; keys that it does not have are noted."""
        if not isinstance(node, MapNode):
            wide = isinstance(node, ScalarNode) and "：" in node.text
            hint = WIDE_COLON if wide else ""
            self.refuse("C101", f"{what} must be a mapping", node.span, hint)
        for entry in node:
            if entry.key not in known:
                self._misnamed.add(entry.span)
                problem = unknown_key(entry, known, what)
                hint = WIDE_COLON if "：" in entry.key else problem.hint
                self.problems.append(attrs.evolve(problem, code="C102", hint=hint))
        return node

    def mapped(self, node: Node, what: str) -> None:
        """A mapping from names of its own."""
        if not isinstance(node, MapNode):
            self.refuse("C101", f"{what} must be a mapping from facts", node.span)

    def sequence(self, node: Node, what: str) -> SeqNode:
        """A list."""
        if not isinstance(node, SeqNode):
            self.refuse("C101", f"{what} must be a list", node.span)
        return node

    def wanted(self, home: MapNode, key: str) -> Node:
        """The value of a key that must be there; beside a misspelt key nothing is missed."""
        found = home.get(key)
        if found is None:
            if not any(entry.span in self._misnamed for entry in home):
                self.report("C103", f"{key!r} is missing", home.span)
            raise Refused
        return found

    def text(self, node: Node, what: str) -> str:
        """Text that is not blank."""
        if not isinstance(node, ScalarNode) or not node.text.strip():
            self.refuse("C101", f"{what} must be text", node.span)
        return node.text

    def texts(self, node: Node, what: str, *, some: bool = False) -> tuple[tuple[str, Span], ...]:
        """One text or several, each with its place; with *some* not none at all."""
        items = node.items if isinstance(node, SeqNode) else (node,)
        if some and not items:
            self.refuse("C101", f"{what} must name at least one", node.span)
        return tuple((self.text(item, what), item.span) for item in items)

    def known(self, code: str, what: str, name: str, known: Iterable[str], span: Span) -> None:
        """A name that must be one of those *known*."""
        several = list(known)
        if name not in several:
            self.refuse(code, f"there is no {what} {name!r}", span, nearest(name, several))


def plain(node: Node) -> Any:
    """A node as plain data, with exact numbers."""
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, MapNode):
        return {entry.key: plain(entry.value) for entry in node}
    return [plain(item) for item in node.items]
