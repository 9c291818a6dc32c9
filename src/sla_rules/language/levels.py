"""Binding of levels: facts, decisions and requirements."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final, Protocol

from sla_rules.diagnostics import Span
from sla_rules.language import program as ir
from sla_rules.language import surface as sf
from sla_rules.language.bodies import Binder
from sla_rules.language.declare import (
    ERROR,
    LEDGER_OUTPUTS,
    Declarations,
    columns_of,
    reasons,
    titles,
)
from sla_rules.language.ledgers import LedgerBinder
from sla_rules.language.scope import Scope
from sla_rules.language.types import BOOL, Type, a_kind, is_ordered

__all__ = ["LevelBinder"]

_NESTED = ("list", "record")
UNTIL: Final = "known"
UNLISTED: Final = "allowed"
_IN_TIME: Final = {"later": 1, "earlier": -1}
BETTER: Final[Mapping[str, Mapping[str, int]]] = {
    "number": {"higher": 1, "lower": -1},
    "limit": {"higher": 1, "lower": -1},
    "instant": _IN_TIME,
    "date": _IN_TIME,
    "month": _IN_TIME,
    "bool": {"true": 1, "false": -1},
    "enum": {"first": -1, "last": 1},
}
"""What is better, by kind of value; of an enumeration, the members in the order of writing."""


class Bodies(Protocol):
    """What binding a level needs from the resolving stage."""

    binder: Binder

    def slot(self, level: str, name: str, span: Span) -> ir.SlotRef | None:
        """The slot of a name at a level."""

    def decision_type(self, level: str, name: str, span: Span) -> Type:
        """The type of a decision."""

    def body(self, level: str, name: str) -> Any:
        """The bound body of a decision."""

    def moment(self, level: str) -> ir.Node | None:
        """The fact that says as of when a record of the level is judged."""


class LevelBinder:
    """Binds the levels of a ruleset, with the names and bodies that *resolver* supplies."""

    def __init__(self, declared: Declarations, resolver: Bodies) -> None:
        self.declared = declared
        self.resolver = resolver
        self.binder = resolver.binder
        self.ledgers = LedgerBinder(declared, resolver, self.binder)
        self.modifiers = self.ledgers.modifiers

    def level(self, name: str, part: sf.Level) -> ir.Level:
        """The bound level; problems of its parts are collected."""
        scope = Scope(name)
        single = filter(None, (part.key, part.period))
        for source in (*part.order, *part.series, *part.interval, *single):
            self.declared.fact_named(name, source)
        if part.recurs and part.key is None:
            message = f"level {name!r} has no key that could come back"
            self.declared.problem("E524", message, part.span, "add key: and a fact")
        self._kinds(name, part)
        return ir.Level(
            name=name,
            title=titles(part.title, name),
            facts=tuple(self._fact(name, fact, each) for fact, each in part.facts.items()),
            decisions=tuple(self._decisions(name, part)),
            key=part.key.text if part.key else "",
            recurs=part.recurs,
            order=tuple(source.text for source in part.order),
            series=tuple(source.text for source in part.series),
            moment=self.resolver.moment(name),
            interval=tuple(source.text for source in part.interval),
            disjoint=part.disjoint,
            period=part.period.text if part.period else "",
            require=tuple(
                requirement
                for each in part.require
                if (requirement := self._requirement(each, scope)) is not None
            ),
            ledger=self.ledgers.ledger(name, part.ledger) if part.ledger else None,
            acknowledge=reasons(part),
            span=part.span,
        )

    def _kinds(self, level: str, part: sf.Level) -> None:
        """What a level says of its facts must make sense for their types."""
        simple = ("text", "number", "enum", "month", "date", "instant")
        wanted: list[tuple[sf.Source, tuple[str, ...], str]] = [
            (source, ("instant",), "E534") for source in part.interval
        ]
        named = filter(None, (part.key, *part.order, *part.series))
        wanted += [(source, simple, "E538") for source in named]
        if part.period is not None:
            wanted.append((part.period, ("month", "date", "instant"), "E538"))
        for source, kinds, code in wanted:
            kind = self.declared.facts[level].get(source.text, ERROR)
            if kind != ERROR and kind.kind not in kinds:
                message = f"{source.text!r} is {a_kind(kind)}, which cannot stand here"
                hint = f"name a fact that is one of: {', '.join(kinds)}"
                self.declared.problem(code, message, source.span, hint)

    def _relations(self, level: str, name: str, part: sf.Fact) -> None:
        """The facts that a fact refers to must be there, and be of its type."""
        facts, kind = self.declared.facts, self.declared.facts[level][name]
        pairs: list[tuple[sf.Source, str]] = []
        if part.not_before is not None:
            pairs.append((part.not_before, level))
        if part.from_parent is not None:
            pairs += [
                (part.from_parent, home)
                for home, kinds in facts.items()
                if any(each.kind in _NESTED and each.name == level for each in kinds.values())
            ]
        for source, home in pairs:
            other = self.declared.fact_named(home, source)
            if other is not None and ERROR not in (kind, other) and other != kind:
                message = f"{name!r} is {a_kind(kind)}, and {source.text!r} is {a_kind(other)}"
                self.declared.problem("E538", message, source.span, "both must be of one type")
        if part.not_before is not None and kind != ERROR and not is_ordered(kind):
            hint = "only numbers, instants, dates and months have an order"
            self.declared.problem("E538", f"{kind} has no order", part.not_before.span, hint)

    def _fact(self, level: str, name: str, part: sf.Fact) -> ir.Fact:
        kind = self.declared.facts[level][name]

        def constant(source: sf.Source | None) -> ir.Constant | None:
            if source is None or kind == ERROR:
                return None
            node = self.binder.expression(source, Scope(), kind)
            if node is None or isinstance(node, ir.Constant):
                return node
            hint = "write the value itself, such as 30 points"
            self.declared.problem("E525", "only a literal may stand here", source.span, hint)
            return None

        words = ((part.until, "until", UNTIL), (part.unlisted, "unlisted", UNLISTED))
        for source, key, word in words:
            if source is not None and source.text != word:
                message = f"{key}: {source.text!r} is not understood"
                self.declared.problem("E526", message, source.span, f"write {key}: {word}")
        for source in filter(None, (part.min, part.max)):
            if kind != ERROR and not is_ordered(kind):
                message = f"{kind} has no smallest and no largest value"
                self.declared.problem("E528", message, source.span, "delete min: and max:")
        self._relations(level, name, part)
        return ir.Fact(
            name=name,
            index=self.declared.slots[level][name],
            type=kind,
            title=titles(part.title, name),
            optional=part.optional,
            open=part.until is not None,
            default=constant(part.default),
            min=constant(part.min),
            max=constant(part.max),
            not_before=part.not_before.text if part.not_before else "",
            from_parent=part.from_parent.text if part.from_parent else "",
            unlisted=part.unlisted is not None and part.unlisted.text == UNLISTED,
            step=self._step(part, constant(part.step)),
            better=self._better(part.better, kind),
            evidence=part.evidence,
            clauses=self.declared.clauses(part.clause),
            acknowledge=reasons(part),
            span=part.span,
        )

    def _decisions(self, level: str, part: sf.Level) -> Iterable[ir.Decision]:
        for name, decision in part.decisions.items():
            bound = self._decision(level, name, decision)
            if bound is not None:
                yield bound
            for column in columns_of(decision.body):
                yield self._column(level, name, column, decision)
        for (home, name), ledger in self.declared.outputs.items():
            if home == level:
                titles = LEDGER_OUTPUTS.get(name, ir.Titles("未了扣款", "outstanding"))
                kind = self.resolver.decision_type(level, name, ledger.span)
                body = ir.LedgerOutput(output=name, type=kind, span=ledger.span)
                clauses = tuple(each.text for each in ledger.clause)
                yield self._plain(level, name, titles, body, clauses)

    def _plain(
        self, level: str, name: str, titles: ir.Titles, body: ir.Node, clauses: tuple[str, ...]
    ) -> ir.Decision:
        return ir.Decision(
            name=name,
            index=self.declared.slots[level][name],
            type=body.type,
            title=titles,
            body=body,
            applies=None,
            cap=None,
            floor=None,
            min=None,
            max=None,
            rounding=None,
            notes=(),
            better=0,
            clauses=clauses,
            acknowledge={},
            span=body.span,
        )

    def _column(self, level: str, table: str, name: str, part: sf.Decision) -> ir.Decision:
        _, position, column = self.declared.columns[level, name]
        slot = self.resolver.slot(level, table, column.span)
        assert slot is not None
        kind = self.declared.type_named(column.type) or ERROR
        body = ir.Column(table=slot, position=position, type=kind, span=column.span)
        named = titles(column.title, name)
        return self._plain(level, name, named, body, tuple(each.text for each in part.clause))

    def _decision(self, level: str, name: str, part: sf.Decision) -> ir.Decision | None:
        scope = Scope(level)
        body = self.resolver.body(level, name)
        clauses = self.declared.clauses(part.clause)
        rounding = self.modifiers.rounded(part.round, scope)
        if body is None:
            return None
        declared = self.declared.type_named(part.type) if part.type else None
        kind = declared or body.type
        for key, modifier in (("round", part.round), ("cap", part.cap), ("floor", part.floor)):
            if modifier is not None and kind.kind != "number":
                message = f"{key}: has no meaning for {kind}"
                self.declared.problem("E528", message, modifier.span, "only numbers take it")
        meanings = self.declared.surface.notes
        return ir.Decision(
            name=name,
            index=self.declared.slots[level][name],
            type=kind,
            title=titles(part.title, name),
            body=body,
            applies=self.binder.value(part.applies, scope, BOOL),
            cap=self.modifiers.ceiling(part.cap, scope, kind),
            floor=self.modifiers.ceiling(part.floor, scope, kind),
            min=self.modifiers.ceiling(part.min, Scope(), kind),
            max=self.modifiers.ceiling(part.max, Scope(), kind),
            rounding=rounding,
            notes=tuple(
                ir.NoteRule(
                    code=rule.code.text,
                    when=when,
                    text=titles(rule.text or meanings.get(rule.code.text), rule.code.text),
                    span=rule.span,
                )
                for rule in part.notes
                if (when := self.binder.expression(rule.when, scope, BOOL)) is not None
            ),
            better=self._better(part.better, kind),
            clauses=clauses,
            acknowledge=reasons(part),
            span=part.span,
        )

    def _step(self, part: sf.Fact, step: ir.Constant | None) -> ir.Constant | None:
        """The resolution of a fact, which must be a positive amount."""
        if step is None or (isinstance(step.value, int | Fraction) and step.value > 0):
            return step
        assert part.step is not None
        hint = "write the smallest difference, such as 0.01"
        self.declared.problem("E541", "a step is a number above 0", part.step.span, hint)
        return None

    def _better(self, source: sf.Source | None, kind: Type) -> int:
        """Which direction is better: 1 for more, -1 for less, in the order of the type."""
        if source is None or kind == ERROR:
            return 0
        words = BETTER.get(kind.kind, {})
        if source.text in words:
            return words[source.text]
        hint = f"write {' or '.join(words)}" if words else "delete better:"
        self.declared.problem(
            "E542", f"better: {source.text!r} has no meaning for {kind}", source.span, hint
        )
        return 0

    def _requirement(self, part: sf.Requirement, scope: Scope) -> ir.Requirement | None:
        that = self.binder.value(part.that, scope, BOOL)
        clauses = self.declared.clauses(part.clause)
        if part.at is not None:
            self.declared.fact_named(scope.level, part.at)
        if that is None:
            return None
        return ir.Requirement(
            that=that,
            message=titles(part.message, ""),
            at=part.at.text if part.at else "",
            clauses=clauses,
            span=part.span,
        )
