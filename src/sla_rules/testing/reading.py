"""Read a file of cases: every mistake in it is a problem at its line."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, NoReturn

import attrs

from sla_rules.diagnostics import Diagnostic, RulesetError, Span, nearest
from sla_rules.language.program import Decision, Level
from sla_rules.language.source import Entry, MapNode, Node, ScalarNode, SeqNode, read, unknown_key
from sla_rules.quantities import parse_number
from sla_rules.rules import Rules, load
from sla_rules.testing.beside import ruleset_beside
from sla_rules.testing.cases import Case
from sla_rules.testing.words import ABOUT, CASE, DEFAULTS, OPEN, STATUS, TOP

__all__ = ["read_cases"]

_FRACTION: Final = re.compile(r"-?\d+/[1-9]\d*\Z", re.ASCII)


def read_cases(
    text: str, path: Path, name: str | None = None, *, loader: Callable[[str], Rules] = load
) -> tuple[Rules | None, list[Case], list[Diagnostic]]:
    """The ruleset and the cases of a file, and everything wrong with the file at its line.

    *path* is where the file lies: its ruleset is sought from there.  *name* is what problems call
    the file.  *loader* loads the ruleset; a host that reads many files passes one that remembers.
    """
    node, problems = read(text, name or str(path))
    if node is None or problems:
        return None, [], problems
    return _Reader(path, loader).file(node)


class _Refused(Exception):
    """A part that cannot be used; the problem is reported already."""


class _Reader:
    """Reads one file; collects problems and goes on with the next case."""

    def __init__(self, path: Path, loader: Callable[[str], Rules]) -> None:
        self._path = path
        self._load = loader
        self._problems: list[Diagnostic] = []
        self._rules: Rules
        self._default_level: str | None = None
        self._default_given: Any = {}

    def file(self, node: Node) -> tuple[Rules | None, list[Case], list[Diagnostic]]:
        try:
            top = self._mapping(node, TOP, "a file of cases")
            self._rules = self._ruleset(top)
            self._defaults(top.get("defaults"))
            listed = self._wanted(top, "cases")
            if not isinstance(listed, SeqNode):
                self._refuse("C101", "cases must be a list", listed.span)
        except _Refused:
            return None, [], self._problems
        cases: dict[str, Case] = {}
        for item in listed.items:
            try:
                case = self._case(item)
            except _Refused:
                continue
            if case.name in cases:
                hint = f"the other one stands in line {cases[case.name].span.line}"
                self._report("C104", f"two cases are named {case.name!r}", case.span, hint)
            cases.setdefault(case.name, case)
        return self._rules, list(cases.values()), self._problems

    def _report(self, code: str, message: str, span: Span, hint: str = "") -> None:
        self._problems.append(Diagnostic(code=code, message=message, where=span, hint=hint))

    def _refuse(self, code: str, message: str, span: Span, hint: str = "") -> NoReturn:
        self._report(code, message, span, hint)
        raise _Refused

    def _mapping(self, node: Node, known: tuple[str, ...], what: str) -> MapNode:
        if not isinstance(node, MapNode):
            self._refuse("C101", f"{what} must be a mapping", node.span)
        unknown = [entry for entry in node if entry.key not in known]
        for entry in unknown:
            problem = unknown_key(entry, known, what)
            self._problems.append(attrs.evolve(problem, code="C102"))
        if unknown:
            raise _Refused
        return node

    def _wanted(self, home: MapNode, key: str) -> Node:
        found = home.get(key)
        if found is None:
            self._refuse("C103", f"{key!r} is missing", home.span)
        return found

    def _text(self, node: Node, what: str) -> str:
        if not isinstance(node, ScalarNode) or not node.text.strip():
            self._refuse("C101", f"{what} must be text", node.span)
        return node.text

    def _texts(self, node: Node, what: str) -> tuple[tuple[str, Span], ...]:
        items = node.items if isinstance(node, SeqNode) else (node,)
        return tuple((self._text(item, what), item.span) for item in items)

    def _known(self, code: str, what: str, name: str, known: Any, span: Span) -> None:
        if name not in known:
            self._refuse(code, f"there is no {what} {name!r}", span, nearest(name, known))

    def _ruleset(self, top: MapNode) -> Rules:
        node = self._wanted(top, "ruleset")
        try:
            return self._load(ruleset_beside(self._path, self._text(node, "ruleset")))
        except RulesetError as error:
            self._refuse("C105", f"the ruleset cannot be loaded: {error}", node.span)

    def _defaults(self, node: Node | None) -> None:
        if node is None:
            return
        home = self._mapping(node, DEFAULTS, "defaults")
        self._default_level = self._level_name(self._wanted(home, "level"))
        given = home.get("given")
        self._default_given = {} if given is None else _plain(given)

    def _level_name(self, node: Node) -> str:
        name = self._text(node, "level")
        self._known("C106", "level", name, self._rules.program.levels, node.span)
        return name

    def _case(self, node: Node) -> Case:
        home = self._mapping(node, CASE, "a case")
        name = self._text(self._wanted(home, "name"), "name")
        before = len(self._problems)
        clauses = self._texts(self._wanted(home, "clause"), "clause")
        for clause, span in clauses:
            self._known("C107", "clause", clause, self._rules.program.clauses, span)
        stated = home.get("level")
        level = self._default_level if stated is None else self._level_name(stated)
        if level is None:
            self._refuse("C103", "'level' is missing", home.span)
        given = _plain(self._wanted(home, "given"))
        if level == self._default_level:
            given = _merged(self._default_given, given)
        case = Case(
            name=name,
            clauses=tuple(clause for clause, _ in clauses),
            level=level,
            readings=self._readings(home.get("readings")),
            reading_of=self._reading_of(home.get("reading_of")),
            facts=given,
            expect=self._expect(self._wanted(home, "expect"), self._rules.program.levels[level]),
            span=home.span,
        )
        if len(self._problems) > before:
            raise _Refused
        return case

    def _readings(self, node: Node | None) -> Mapping[str, str]:
        if node is None:
            return {}
        declared = self._rules.program.readings
        chosen: dict[str, str] = {}
        for entry in self._mapping(node, tuple(declared), "readings"):
            option = self._text(entry.value, entry.key)
            known = declared[entry.key].options
            self._known("C108", f"option of {entry.key!r} called", option, known, entry.value.span)
            chosen[entry.key] = option
        return chosen

    def _reading_of(self, node: Node | None) -> str | None:
        if node is None:
            return None
        name = self._text(node, "reading_of")
        self._known("C108", "reading", name, self._rules.program.readings, node.span)
        return name

    def _expect(self, node: Node, level: Level) -> Mapping[str, Any]:
        if not isinstance(node, MapNode) or not node.entries:
            self._refuse("C101", "expect must name at least one result", node.span)
        expected: dict[str, Any] = {}
        for entry in node:
            if entry.key == "error":
                if len(node.entries) > 1:
                    self._report(
                        "C109", "with an error there is nothing else to expect", entry.span
                    )
                expected["error"] = tuple(code for code, _ in self._texts(entry.value, "error"))
            else:
                expected[entry.key] = self._expected(entry, level)
        return expected

    def _expected(self, entry: Entry, level: Level) -> Any:
        *way, last = entry.key.split(".")
        while way:
            level = self._down(way, level, entry.span)
        if last == "status":
            return self._status(entry.value)
        if last in ABOUT:
            return [text for text, _ in self._texts(entry.value, last)]
        decision = level.decision(last)
        if decision is None or decision.type.kind == "row":
            known = [each.name for each in level.decisions if each.type.kind != "row"]
            what = f"decision of level {level.name!r} called"
            hint = nearest(last, [*known, *ABOUT])
            self._refuse("C110", f"there is no {what} {last!r}", entry.span, hint)
        if isinstance(entry.value, MapNode):
            parts = self._mapping(entry.value, OPEN, "an expected result")
            return {
                part.key: self._status(part.value)
                if part.key == "status"
                else self._value(part.value, decision)
                for part in parts
            }
        return self._value(entry.value, decision)

    def _status(self, node: Node) -> str:
        status = self._text(node, "status")
        self._known("C109", "status", status, STATUS, node.span)
        return status

    def _down(self, way: list[str], level: Level, span: Span) -> Level:
        """One step of a path: a list and the key of a record in it, or a single record."""
        lists = [each for each in level.facts if each.type.kind in ("list", "record")]
        name = way.pop(0)
        self._known(
            "C110", f"list at level {level.name!r} called", name, [f.name for f in lists], span
        )
        fact = next(each for each in lists if each.name == name)
        child = self._rules.program.levels[fact.type.name]
        if fact.type.kind == "list":
            if not child.key or not way:
                self._refuse("C110", f"{name!r} must be followed by the key of a record", span)
            way.pop(0)
        return child

    def _value(self, node: Node, decision: Decision) -> Any:
        if not isinstance(node, ScalarNode):
            self._refuse("C109", f"{decision.name} is one value", node.span)
        value, kind = node.value, decision.type.kind
        if value is None or isinstance(value, bool):
            return value
        if kind == "number" and decision.type.show != "duration":
            number = Fraction(node.text) if _FRACTION.match(node.text) else parse_number(node.text)
            if number is None:
                self._refuse("C109", f"{decision.name} is a number, not {value!r}", node.span)
            return number
        if kind == "instant" and not _has_zone(node.text):
            hint = "write it like 2024-03-05T10:00+08:00"
            self._refuse("C109", f"{node.text!r} is no instant with a zone", node.span, hint)
        return node.text


def _has_zone(text: str) -> bool:
    try:
        return dt.datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _plain(node: Node) -> Any:
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, MapNode):
        return {entry.key: _plain(entry.value) for entry in node}
    return [_plain(item) for item in node.items]


def _merged(below: Any, above: Any) -> Any:
    """*above* laid over *below*: mappings are merged key by key, anything else is replaced."""
    if not isinstance(below, Mapping) or not isinstance(above, Mapping):
        return above
    return {
        key: _merged(below[key], above[key]) if key in below and key in above
        else above.get(key, below.get(key))
        for key in {**below, **above}
    }  # fmt: skip
