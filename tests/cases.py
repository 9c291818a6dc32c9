"""Cases: facts of a contract and what must come of them, as sentences that anybody can check.

A file ``*.cases.yaml`` beside a ruleset::

    ruleset: gz-npc-2023
    defaults: {level: incident, given: {id: INC-1}}    # optional; merged under each case's given
    cases:
      - name: 影响业务的故障在第 15 分钟响应，仍算按时
        clause: S3.2.1.a                               # or a list
        level: incident                                # unless the defaults say it
        readings: {band-edges: number_included}        # optional
        reading_of: band-edges                         # optional: some other option must differ
        given: {reported_at: "2024-03-05T10:00+08:00", ...}
        expect: {overrun_response: 0, timeliness_score: 30}

``expect`` names decisions, of the record itself or of a child (``payments.P2.net``,
``months.2024-03.total``, ``exclusion.counts``).  A value is a number (compared exactly; ``1/3``
where it recurs), an instant (compared as such), true or false, text, or null for no value; a
mapping with ``value``, ``status``, ``low``, ``high`` looks at a result that is still open.  Besides
decisions there are ``status``, ``notes`` (must all be there; ``[]``: none at all), ``needs``
(exactly these) and ``error`` (a code or codes, exactly these, and then nothing else).
"""

import datetime as dt
import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NoReturn

import attrs

from sla_rules import (
    Assessment,
    Diagnostic,
    Result,
    Rules,
    RulesetError,
    SlaError,
    Span,
    load,
)
from sla_rules.diagnostics import nearest
from sla_rules.language.program import Decision, Level
from sla_rules.language.source import Entry, MapNode, Node, ScalarNode, SeqNode, read, unknown_key
from sla_rules.quantities import exact_decimal, format_duration, parse_number

__all__ = ["SUFFIX", "Case", "Mismatch", "check", "read_cases", "rules_beside"]

SUFFIX: Final = ".cases.yaml"
_TOP: Final = ("ruleset", "defaults", "cases")
_CASE: Final = ("name", "clause", "level", "readings", "reading_of", "given", "expect")
_ABOUT: Final = ("status", "notes", "needs")
_OPEN: Final = ("value", "status", "low", "high")
_STATUS: Final = ("final", "provisional", "undetermined")
_FRACTION: Final = re.compile(r"-?\d+/[1-9]\d*\Z", re.ASCII)


@attrs.frozen
class Case:
    """One case, checked against its ruleset; *facts* have the defaults of the file merged in."""

    name: str
    clauses: tuple[str, ...]
    level: str
    readings: Mapping[str, str]
    reading_of: str | None
    facts: Any
    expect: Mapping[str, Any]
    span: Span


@attrs.frozen
class Mismatch:
    """One expectation that does not hold."""

    what: str
    expected: str
    got: str


def rules_beside(path: Path, name: str) -> Rules:
    """The ruleset that the folder ``cases`` of *path* lies in if it has that *name*, else a packaged one."""
    home = path.resolve().parent.parent
    beside = home.name == name and (home / "ruleset.yaml").is_file()
    return _loaded(str(home) if beside else name)


@lru_cache(maxsize=16)
def _loaded(source: str) -> Rules:
    return load(source)


@lru_cache(maxsize=1024)
def _under(rules: Rules, readings: tuple[tuple[str, str], ...]) -> Rules:
    return rules.with_readings(dict(readings))


# --- running ---------------------------------------------------------------------------------


def check(case: Case, rules: Rules) -> list[Mismatch]:
    """Assess the facts of *case* under its readings; every expectation that does not hold."""
    rules = _under(rules, tuple(sorted(case.readings.items())))
    try:
        assessment = rules.assess(case.facts, level=case.level)
        results = {what: _look_up(assessment, what) for what in case.expect if what != "error"}
    except SlaError as error:
        return _compare_codes(case.expect.get("error", ()), error)
    except LookupError as error:
        return [Mismatch(str(error.args[0]), "a record", "none")]
    if "error" in case.expect:
        return [Mismatch("error", _shown(case.expect["error"]), "none")]
    return [
        Mismatch(what, _shown(case.expect[what]), _shown(got))
        for what, got in results.items()
        if not _agrees(what, case.expect[what], got)
    ]


def _compare_codes(expected: tuple[str, ...], error: SlaError) -> list[Mismatch]:
    if set(expected) == set(error.codes):
        return []
    got = "; ".join(str(problem).replace("\n", " ") for problem in error.problems)
    return [Mismatch("error", _shown(expected), got)]


def _look_up(assessment: Assessment, what: str) -> Any:
    """The result that a path of ``expect`` leads to."""
    *way, last = what.split(".")
    while way:
        children = assessment.child(way.pop(0))
        if children and children[0].id is not None:
            key = way.pop(0)
            children = tuple(each for each in children if each.id == key)
        if not children:
            raise LookupError(what)
        assessment = children[0]
    return getattr(assessment, last) if last in _ABOUT else assessment.result(last)


def _agrees(what: str, expected: Any, got: Any) -> bool:
    about = what.rpartition(".")[2]
    if about == "status":
        return bool(expected == got)
    if about == "needs":
        return set(expected) == set(got)
    if about == "notes":
        return set(expected) <= set(got) if expected else not got
    if isinstance(expected, Mapping):
        return all(_same(each, getattr(got, name)) for name, each in expected.items())
    return _same(expected, got.value)


def _same(expected: Any, got: Any) -> bool:
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    if isinstance(expected, int | Fraction):
        return got is not None and not isinstance(got, str) and expected == Fraction(got)
    if isinstance(got, dt.timedelta):
        return bool(expected == _shown(got))
    if isinstance(got, dt.datetime):
        return expected is not None and dt.datetime.fromisoformat(expected) == got
    if isinstance(got, dt.date):
        return bool(expected == got.isoformat())
    return bool(expected == got)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_shown(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, dt.timedelta):
        return format_duration(value // dt.timedelta(microseconds=1))
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Result):
        shown = _shown(value.value)
        if value.status == "final":
            return shown
        return f"{shown} ({value.status}, low {_shown(value.low)}, high {_shown(value.high)})"
    if isinstance(value, Fraction):
        return str(exact_decimal(value))
    return "null" if value is None else str(value)


# --- reading ---------------------------------------------------------------------------------


def read_cases(
    text: str, path: Path, name: str | None = None
) -> tuple[Rules | None, list[Case], list[Diagnostic]]:
    """The ruleset and the cases of a file, and everything wrong with the file at its line."""
    node, problems = read(text, name or str(path))
    if node is None or problems:
        return None, [], problems
    return _Reader(path).file(node)


class _Refused(Exception):
    """A part that cannot be used; the problem is reported already."""


class _Reader:
    """Reads one file; collects problems and goes on with the next case."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._problems: list[Diagnostic] = []
        self._rules: Rules
        self._default_level: str | None = None
        self._default_given: Any = {}

    def file(self, node: Node) -> tuple[Rules | None, list[Case], list[Diagnostic]]:
        try:
            top = self._mapping(node, _TOP, "a file of cases")
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
            return rules_beside(self._path, self._text(node, "ruleset"))
        except RulesetError as error:
            self._refuse("C105", f"the ruleset cannot be loaded: {error}", node.span)

    def _defaults(self, node: Node | None) -> None:
        if node is None:
            return
        home = self._mapping(node, ("level", "given"), "defaults")
        self._default_level = self._level_name(self._wanted(home, "level"))
        given = home.get("given")
        self._default_given = {} if given is None else _plain(given)

    def _level_name(self, node: Node) -> str:
        name = self._text(node, "level")
        self._known("C106", "level", name, self._rules.program.levels, node.span)
        return name

    def _case(self, node: Node) -> Case:
        home = self._mapping(node, _CASE, "a case")
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
        if last in _ABOUT:
            return [text for text, _ in self._texts(entry.value, last)]
        decision = level.decision(last)
        if decision is None or decision.type.kind == "row":
            known = [each.name for each in level.decisions if each.type.kind != "row"]
            what = f"decision of level {level.name!r} called"
            hint = nearest(last, [*known, *_ABOUT])
            self._refuse("C110", f"there is no {what} {last!r}", entry.span, hint)
        if isinstance(entry.value, MapNode):
            parts = self._mapping(entry.value, _OPEN, "an expected result")
            return {
                part.key: self._status(part.value)
                if part.key == "status"
                else self._value(part.value, decision)
                for part in parts
            }
        return self._value(entry.value, decision)

    def _status(self, node: Node) -> str:
        status = self._text(node, "status")
        self._known("C109", "status", status, _STATUS, node.span)
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
