"""What names mean in a ruleset: readings, enumerations, fact types, slots of records.

Declared before anything is bound, so that the order of a ruleset's parts does not matter.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sla_rules.diagnostics import MOST_HINTS, Diagnostic, Span, nearest
from sla_rules.language import program as ir
from sla_rules.language import surface as sf
from sla_rules.language.expression import KEYWORDS, RESERVED
from sla_rules.language.types import PLAIN_TYPES, Type, number_type
from sla_rules.worktime import DAY_RULES

__all__ = [
    "ERROR",
    "LEDGER_OUTPUTS",
    "OUTSTANDING",
    "Declarations",
    "columns_of",
    "reasons",
    "titles",
]

_NAME: Final = re.compile(r"[^\W\d]\w*\Z")
SHAPES: Final = ("list", "record", "enum")
LEDGER_OUTPUTS: Final[dict[str, ir.Titles]] = {
    "brought_forward": ir.Titles("上期结转", "brought forward"),
    "determined": ir.Titles("本期新增扣款", "newly determined"),
    "corrected": ir.Titles("多付更正", "corrected"),
    "set_off": ir.Titles("本期抵扣", "set off"),
    "top_up": ir.Titles("补付", "paid in addition"),
    "lapsed": ir.Titles("不再追扣", "lapsed"),
    "carried_forward": ir.Titles("结转下期", "carried forward"),
}
OUTSTANDING: Final = "outstanding"
ERROR: Final = Type("error")


def titles(phrase: sf.Phrase | None, name: str) -> ir.Titles:
    """The title in both languages; what has none is called by its name."""
    return ir.Titles(name, name) if phrase is None else ir.Titles(phrase.zh, phrase.en)


def reasons(part: Any) -> dict[str, ir.Titles]:
    """The findings that a part acknowledges, by code, each with the reason."""
    return {code: titles(phrase, code) for code, phrase in part.acknowledge.items()}


def columns_of(body: Any) -> dict[str, sf.Column]:
    """The columns that a table body declares; of a switch, those of its first option."""
    while isinstance(body, sf.Switch) and body.options:
        body = next(iter(body.options.values()))
    return body.give if isinstance(body, sf.Table) else {}


class Declarations:
    """The declared names of one ruleset; problems are collected as they are met."""

    def __init__(self, ruleset: sf.Ruleset) -> None:
        self.surface = ruleset
        self.problems: list[Diagnostic] = []
        self.scales: Mapping[str, sf.Scale] = ruleset.scales
        self.day_rules = DAY_RULES
        self.currency = ruleset.currency.text if ruleset.currency else ""
        self.readings = {name: self._reading(name, r) for name, r in ruleset.readings.items()}
        self.enums: dict[str, tuple[ir.Member, ...]] = {
            name: self._members(members) for name, members in ruleset.enums.items()
        }
        self.inline: set[str] = set()
        self.facts = {
            level: {name: self._fact_type(level, name, fact) for name, fact in part.facts.items()}
            for level, part in ruleset.levels.items()
        }
        self.columns: dict[tuple[str, str], tuple[str, int, sf.Column]] = {}
        self.outputs: dict[tuple[str, str], sf.Ledger] = {}
        self.unsettled = False  # a ledger is in doubt, and with it the names that it writes
        self.slots = {name: self._slots(name, part) for name, part in ruleset.levels.items()}
        self._shared_names()
        self._find_ledgers()

    def problem(self, code: str, message: str, span: Span, hint: str = "") -> None:
        """Remember one problem."""
        self.problems.append(Diagnostic(code=code, message=message, where=span, hint=hint))

    def clauses(self, sources: tuple[sf.Source, ...]) -> tuple[str, ...]:
        """The clause ids, each checked to exist."""
        for source in sources:
            if source.text not in self.surface.clauses:
                known = self.surface.clauses if len(self.problems) < MOST_HINTS else ()
                hint = nearest(source.text, known) or "declare it under clauses:"
                self.problem("E513", f"there is no clause {source.text!r}", source.span, hint)
        return tuple(source.text for source in sources)

    def type_named(self, source: sf.Source) -> Type | None:
        """The type that a type name means: a plain one, money, or an enumeration."""
        name = source.text
        if name in PLAIN_TYPES:
            return PLAIN_TYPES[name]
        if name in ("money", self.currency) and self.currency:
            return number_type(((self.currency, 1),))
        if name in self.enums:
            return Type("enum", name)
        if name == "money":
            self.problem("E514", "money needs a currency", source.span, "add currency: CNY")
            return None
        known = [*PLAIN_TYPES, "money", *self.enums]
        hint = nearest(name, known) or f"known: {', '.join((*PLAIN_TYPES, 'money'))}, enumerations"
        self.problem("E514", f"there is no type {name!r}", source.span, hint)
        return None

    def fact_named(self, level: str, source: sf.Source) -> Type | None:
        """The type of the fact of a level that a text names; where there is none, that is told."""
        facts = self.facts[level]
        if source.text not in facts:
            message = f"level {level!r} has no fact {source.text!r}"
            self.problem("E524", message, source.span, nearest(source.text, facts))
        return facts.get(source.text)

    def _fact_type(self, level: str, name: str, fact: sf.Fact) -> Type:
        kind = fact.type
        if isinstance(kind, sf.Source):
            named = self.type_named(kind) or ERROR
            if named.kind in ("limit", "calendar"):
                hint = "a limit or calendar is part of the rules: make it a parameter or a decision"
                self.problem("E514", f"a fact cannot be a {named.kind}", kind.span, hint)
                return ERROR
            return named
        if isinstance(kind, tuple):
            label = name if name not in self.enums else f"{level}.{name}"
            self.inline.add(label)
            self.enums[label] = tuple(
                ir.Member(name=each.text, title=ir.Titles(each.text, each.text), aliases=())
                for each in kind
            )
            return Type("enum", label)
        for shape, source in kind.items():
            if shape not in SHAPES or len(kind) > 1:
                break
            known: Iterable[str] = self.enums if shape == "enum" else self.surface.levels
            if source.text in known:
                return Type(shape, source.text)
            what = "enum" if shape == "enum" else "level"
            hint = nearest(source.text, known)
            self.problem("E514", f"there is no {what} {source.text!r}", source.span, hint)
            return ERROR
        hint = "write a name, {list: level}, {record: level}, {enum: name} or [members]"
        self.problem("E514", f"the type of {name!r} has no form", fact.span, hint)
        return ERROR

    def _members(self, members: dict[str, sf.Member]) -> tuple[ir.Member, ...]:
        return tuple(
            ir.Member(
                name=name,
                title=titles(member.title, name),
                aliases=tuple(alias.text for alias in member.aliases),
            )
            for name, member in members.items()
        )

    def _reading(self, name: str, reading: sf.Reading) -> ir.Reading:
        if reading.default.text not in reading.options:
            self.problem(
                "E515",
                f"the default {reading.default.text!r} of {name!r} is none of its options",
                reading.default.span,
                nearest(reading.default.text, reading.options),
            )
        clause = self.clauses((reading.clause,)) if reading.clause else ()
        return ir.Reading(
            id=name,
            register=reading.register.text if reading.register else "",
            clause="".join(clause),
            question=titles(reading.question, name),
            default=reading.default.text,
            options={option: titles(each, option) for option, each in reading.options.items()},
            acknowledge=reasons(reading),
            span=reading.span,
        )

    def _check_name(self, name: str, span: Span) -> None:
        """A name must be such that expressions can say it."""
        if name in KEYWORDS:
            hint = "it is a word of expressions: choose another"
            self.problem("E516", f"{name!r} cannot be a name", span, hint)
        elif name in RESERVED:
            hint = "it names other records in expressions: choose another"
            self.problem("E516", f"{name!r} cannot be a name", span, hint)
        elif not _NAME.match(name):
            hint = "letters, digits and _, and no digit first"
            self.problem("E516", f"{name!r} is no name", span, hint)

    def _shared_names(self) -> None:
        """Parameters and calendars are named in every expression."""
        for name, parameter in self.surface.parameters.items():
            self._check_name(name, parameter.span)
            if name in self.surface.calendars:
                message = f"{name!r} is also the name of a calendar"
                self.problem("E517", message, parameter.span, "rename one of them")
        for name, calendar in self.surface.calendars.items():
            self._check_name(name, calendar.span)

    def _slots(self, level: str, part: sf.Level) -> dict[str, int]:
        slots: dict[str, int] = {}

        def declare(name: str, span: Span) -> None:
            self._check_name(name, span)
            if name in slots:
                message = f"level {level!r} has two things called {name!r}"
                self.problem("E517", message, span, "rename one of them")
            elif name in self.surface.parameters or name in self.surface.calendars:
                what = "parameter" if name in self.surface.parameters else "calendar"
                message = f"{name!r} is also the name of a {what}"
                self.problem("E517", message, span, "rename one of them")
            slots[name] = len(slots) + 1

        for name, fact in part.facts.items():
            declare(name, fact.span)
        for name, decision in part.decisions.items():
            declare(name, decision.span)
            for position, (column, part_) in enumerate(columns_of(decision.body).items()):
                self.columns[level, column] = (name, position, part_)
                declare(column, part_.span)
        return slots

    def _find_ledgers(self) -> None:
        """Declare the ledger's outputs on the level of the payments, and what stays open."""
        for level, part in self.surface.levels.items():
            if part.ledger is None:
                continue
            kind = self.facts[level].get(part.ledger.payments.text, ERROR)
            if kind.kind != "list":
                lists = [name for name, each in self.facts[level].items() if each.kind == "list"]
                hint = nearest(part.ledger.payments.text, lists) or "declare it: {list: level}"
                message = f"{part.ledger.payments.text!r} is no list of records"
                self.problem("E518", message, part.ledger.payments.span, hint)
                self.unsettled = True
                continue
            for name in LEDGER_OUTPUTS:
                self._declare_output(kind.name, name, part.ledger)
            self._declare_output(level, OUTSTANDING, part.ledger)

    def _declare_output(self, level: str, name: str, ledger: sf.Ledger) -> None:
        slots = self.slots[level]
        if name in slots:
            decision = self.surface.levels[level].decisions.get(name)
            fact = self.surface.levels[level].facts.get(name)
            span = next((each.span for each in (decision, fact) if each is not None), ledger.span)
            message = f"the ledger writes {name!r} itself"
            self.problem("E517", message, span, "rename it, or leave it to the ledger")
        slots[name] = len(slots) + 1
        self.outputs[level, name] = ledger
