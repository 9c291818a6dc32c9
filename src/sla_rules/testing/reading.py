"""Read a file of cases: every mistake in it is a problem at its line."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import attrs

from sla_rules.diagnostics import Diagnostic, RulesetError, Span
from sla_rules.language.program import Level
from sla_rules.language.source import MapNode, Node, read
from sla_rules.rules import Rules, load
from sla_rules.testing.asking import Asker, Refused
from sla_rules.testing.beside import ruleset_beside
from sla_rules.testing.cases import Case, Refusal
from sla_rules.testing.expecting import Expectations, Expected
from sla_rules.testing.overlay import Overlay
from sla_rules.testing.rows import Row, Rows
from sla_rules.testing.words import BACKGROUND, CASE, DEFAULTS, TOP

__all__ = ["read_cases"]


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
    ask = Asker()
    try:
        top = ask.mapping(node, TOP, "a file of cases")
        rules = _ruleset(ask, ask.wanted(top, "ruleset"), path, loader)
        listed = ask.sequence(ask.wanted(top, "cases"), "cases")
    except Refused:
        return None, [], ask.problems
    return rules, _Reader(rules, ask, top).cases(listed.items), ask.problems


def _ruleset(ask: Asker, node: Node, path: Path, loader: Callable[[str], Rules]) -> Rules:
    try:
        return loader(ruleset_beside(path, ask.text(node, "ruleset")))
    except RulesetError as error:
        told, hint = str(error), ""
        if error.codes == ("E100",):  # there is none: its hint stands on a line of its own
            told, hint = error.problems[0].message, error.problems[0].hint
        ask.refuse("C105", f"the ruleset cannot be loaded: {told}", node.span, hint)


@attrs.frozen
class _Ground:
    """What a background says: facts of a level, and the readings under which they are seen."""

    level: str
    given: Node | None
    readings: Mapping[str, str]


class _Reader:
    """Reads the cases of one file."""

    def __init__(self, rules: Rules, ask: Asker, top: MapNode) -> None:
        self._ask = ask
        self._program = rules.program
        self._overlay = Overlay(rules.program.levels, ask)
        self._expectations = Expectations(rules.program, ask)
        self._rows = Rows(rules.program, ask, self._overlay, self._expectations)
        self._default: _Ground | None = None
        self._grounds: dict[str, _Ground | None] = {}
        self._level_known = True
        try:
            self._defaults(top.get("defaults"))
        except Refused:  # told there; which level the cases are of cannot be asked then
            self._level_known = False
        with suppress(Refused):
            self._backgrounds(top.get("backgrounds"))

    def cases(self, items: tuple[Node, ...]) -> list[Case]:
        """All cases in their order; one with a mistake is left out."""
        cases: dict[str, Case] = {}
        for item in items:
            for case in self._case(item):
                name = " ".join(case.name.split())  # as it is told
                if name in cases:
                    hint = f"the other one stands in line {cases[name].span.line}"
                    message = f"two cases are named {case.name!r}"
                    self._ask.report("C104", message, case.span, hint)
                cases.setdefault(name, case)
        return list(cases.values())

    def _defaults(self, node: Node | None) -> None:
        if node is None:
            return
        home = self._ask.mapping(node, DEFAULTS, "defaults")
        self._default = self._ground(home, self._level_name(self._ask.wanted(home, "level")))

    def _backgrounds(self, node: Node | None) -> None:
        if node is None:
            return
        if not isinstance(node, MapNode):
            self._ask.refuse("C101", "backgrounds must be a mapping from names", node.span)
        for entry in node:
            self._grounds[entry.key] = None
            with suppress(Refused):
                home = self._ask.mapping(entry.value, BACKGROUND, "a background")
                stated = home.get("level")
                if stated is None and self._default is None:
                    self._missing_level(home)
                level = self._default.level if self._default is not None else ""
                level = level if stated is None else self._level_name(stated)
                self._grounds[entry.key] = self._ground(home, level)

    def _ground(self, home: MapNode, level: str) -> _Ground:
        given = home.get("given")
        if given is not None:
            self._ask.mapped(given, "given")
            self._overlay.check(given, self._program.levels[level])
        return _Ground(level, given, self._readings(home.get("readings")))

    def _missing_level(self, home: MapNode) -> NoReturn:
        if self._level_known:
            self._ask.wanted(home, "level")
        raise Refused

    def _level_name(self, node: Node) -> str:
        name = self._ask.text(node, "level")
        self._ask.known("C106", "level", name, self._program.levels, node.span)
        return name

    def _case(self, node: Node) -> list[Case]:
        """A case, or the cases of its table; none if anything is wrong with it."""
        before = len(self._ask.problems)
        try:
            home = self._ask.mapping(node, CASE, "a case")
            found = self._cases_of(home)
        except Refused:
            return []
        return [] if len(self._ask.problems) > before else found

    def _cases_of(self, home: MapNode) -> list[Case]:
        ask = self._ask
        name, reading_of = "", None
        clauses: tuple[str, ...] = ()
        readings: Mapping[str, str] = {}
        with suppress(Refused):
            name = ask.text(ask.wanted(home, "name"), "name")
        with suppress(Refused):
            clauses = self._clauses(ask.wanted(home, "clause"))
        with suppress(Refused):
            readings = self._readings(home.get("readings"))
        with suppress(Refused):
            reading_of = self._reading_of(home.get("reading_of"))
        grounds = self._grounds_of(home.get("background"))
        level = self._level(home, grounds)
        expected = Expected()
        with suppress(Refused):
            stated = home.get("expect") if home.get("table") else ask.wanted(home, "expect")
            if stated is not None:
                expected = self._expectations.read(stated, level)
        sources = self._sources(home, level, grounds, fails="error" in expected.values)
        facts: Any = {}
        for node in sources:
            facts = self._overlay.laid(facts, node, level)
        for each in reversed(grounds):
            readings = {**each.readings, **readings}
        whole = Row(name, facts, readings, expected, home.span, sources)
        table, about = home.get("table"), home.get("reading_of")
        rows = [whole] if table is None else self._rows.of(table, whole, level)
        for row in rows:
            self._expectations.close(row.expected)
        return [
            Case(
                name=row.name,
                clauses=clauses,
                level=level.name,
                readings=row.readings,
                reading_of=reading_of,
                facts=row.facts,
                expect=self._pointed(row.expected.values, row.facts, level),
                span=row.span,
                sources=row.sources,
                places=row.expected.places
                if about is None
                else {**row.expected.places, "reading_of": about.span},
            )
            for row in rows
        ]

    def _pointed(self, expect: dict[str, Any], facts: Any, level: Level) -> dict[str, Any]:
        """What is expected, with the places of refusals as the facts count them."""
        refusals: tuple[Refusal, ...] = expect.get("error", ())
        if not any(each.at for each in refusals):
            return expect
        return {
            "error": tuple(
                attrs.evolve(each, at=self._overlay.pointed(each.at, facts, level))
                for each in refusals
            )
        }

    def _clauses(self, node: Node) -> tuple[str, ...]:
        found = self._ask.texts(node, "clause", some=True)
        for clause, span in found:
            with suppress(Refused):
                self._ask.known("C107", "clause", clause, self._program.clauses, span)
        return tuple(clause for clause, _ in found)

    def _grounds_of(self, node: Node | None) -> list[_Ground]:
        found: list[_Ground] = []
        for name, span in () if node is None else self._ask.texts(node, "background"):
            self._ask.known("C114", "background", name, self._grounds, span)
            ground = self._grounds[name]
            if ground is None:
                raise Refused  # the background itself is wrong, and told there
            if found and ground.level != found[0].level:
                self._other_level(ground, found[0].level, span)
            found.append(ground)
        return found

    def _other_level(self, ground: _Ground, level: str, span: Span) -> None:
        message = f"the background is of level {ground.level!r}, the case of level {level!r}"
        self._ask.refuse("C115", message, span, "take a background of the same level")

    def _level(self, home: MapNode, grounds: list[_Ground]) -> Level:
        stated = home.get("level")
        if stated is None:
            first = grounds[0] if grounds else self._default
            name = first.level if first is not None else ""
            if not name:
                self._missing_level(home)
        else:
            name = self._level_name(stated)
            background = home.get("background")
            if grounds and grounds[0].level != name and background is not None:
                self._other_level(grounds[0], name, background.span)
        return self._program.levels[name]

    def _sources(
        self, home: MapNode, level: Level, grounds: list[_Ground], *, fails: bool
    ) -> tuple[Node, ...]:
        """The facts of a case: defaults, backgrounds in their order, then its own.

        A case that expects a refusal may name what does not exist.
        """
        own = home.get("given")
        if own is None and home.get("table") is None and not grounds:
            own = self._ask.wanted(home, "given")
        if own is not None and not fails:
            self._ask.mapped(own, "given")
            self._overlay.check(own, level)
        below = (
            [] if self._default is None or self._default.level != level.name else [self._default]
        )
        several = (*(each.given for each in (*below, *grounds)), own)
        return tuple(each for each in several if each is not None)

    def _readings(self, node: Node | None) -> dict[str, str]:
        if node is None:
            return {}
        declared = self._program.readings
        chosen: dict[str, str] = {}
        for entry in self._ask.mapping(node, tuple(declared), "readings"):
            if entry.key in declared:
                chosen[entry.key] = self._rows.option(entry.key, entry.value)
        return chosen

    def _reading_of(self, node: Node | None) -> str | None:
        if node is None:
            return None
        name = self._ask.text(node, "reading_of")
        self._ask.known("C108", "reading", name, self._program.readings, node.span)
        return name
