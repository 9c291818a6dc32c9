"""Binding of the ledger: what it settles against what, and by which rules."""

from typing import Any, Final, Protocol

from sla_rules.diagnostics import Span, nearest
from sla_rules.language import program as ir
from sla_rules.language import surface as sf
from sla_rules.language.bodies import Binder
from sla_rules.language.cells import expression_span
from sla_rules.language.declare import ERROR, Declarations, reasons
from sla_rules.language.modifiers import Modifiers
from sla_rules.language.scope import Scope
from sla_rules.language.types import DATE, Type, a_kind

__all__ = ["LedgerBinder"]

ASSIGN: Final = ("on_or_after", "following")
REMAINDER: Final = ("carried_forward", "lapses")
CORRECTIONS: Final = ("next_payment", "at_once")


class Slots(Protocol):
    """What binding a ledger needs from the resolving stage."""

    def slot(self, level: str, name: str, span: Span) -> ir.SlotRef | None:
        """The slot of a name at a level."""

    def decision_type(self, level: str, name: str, span: Span) -> Type:
        """The type of a decision."""


class LedgerBinder:
    """Binds the ledger of a level; problems of its parts are collected."""

    def __init__(self, declared: Declarations, resolver: Slots, binder: Binder) -> None:
        self.declared = declared
        self.resolver = resolver
        self.binder = binder
        self.modifiers = Modifiers(declared, binder)

    def ledger(self, level: str, part: sf.Ledger) -> ir.Ledger | None:
        """The bound ledger; None where it cannot be bound, and what is wrong was told."""
        kind = self.declared.facts[level].get(part.payments.text, ERROR)
        if kind.kind != "list":
            return None
        scope = Scope(kind.name)
        money = self.resolver.decision_type(kind.name, "set_off", part.span)
        slots = self.declared.slots[kind.name]
        for source in filter(None, (part.pays, part.paid)):
            if source.text not in slots:
                hint = nearest(source.text, slots)
                message = f"level {kind.name!r} has no {source.text!r}"
                self.declared.problem("E524", message, source.span, hint)
                continue
            slot = self.resolver.slot(kind.name, source.text, source.span)
            if slot is not None and slot.type not in (money, ERROR):
                message = f"{source.text!r} is {a_kind(slot.type)}, and a payment pays {money}"
                self.declared.problem("E401", message, source.span, "name an amount of money")
        for each in part.sources:
            if each.unknown is not None:
                self.declared.fact_named(level, each.unknown)
        date = self.binder.expression(part.date, scope, DATE)
        available = self.binder.value(part.available, scope, money)
        cap = self.modifiers.ceiling(part.cap, scope, money)
        total_cap = self.modifiers.ceiling(part.total_cap, Scope(level), money)
        sources = [self._source(level, each, money) for each in part.sources]
        word = self.binder.word
        assign = word(part.assign, ASSIGN, "way to assign entries")
        remainder = word(part.remainder, REMAINDER, "fate of a remainder")
        corrections = word(part.corrections, CORRECTIONS, "way to correct")
        if date is None or available is None or any(source is None for source in sources):
            return None
        return ir.Ledger(
            payments=part.payments.text,
            level=kind.name,
            date=date,
            available=available,
            pays=part.pays.text,
            sources=tuple(source for source in sources if source is not None),
            paid=part.paid.text if part.paid else "",
            cap=cap,
            total_cap=total_cap,
            assign=assign or "on_or_after",
            remainder=remainder or "carried_forward",
            corrections=corrections or "next_payment",
            rounding=self.modifiers.rounded(part.round, scope),
            clauses=self.declared.clauses(part.clause),
            acknowledge=reasons(part),
            span=part.span,
        )

    def _source(self, level: str, part: sf.LedgerSource, kind: Type) -> Any:
        path = tuple(part.path.text.split("."))
        home = level
        for name in path:
            step = self.declared.facts.get(home, {}).get(name, ERROR)
            if step.kind != "list":
                facts = self.declared.facts[home]
                lists = [each for each, kind in facts.items() if kind.kind == "list"]
                hint = nearest(name, lists) or "only lists of records hold entries"
                message = f"{name!r} is no list of records of level {home!r}"
                self.declared.problem("E518", message, part.path.span, hint)
                return None
            home = step.name
        scope = Scope(home)
        amount = self.binder.value(part.amount, scope, kind)
        on = self.binder.typer.expression(part.on.text, expression_span(part.on), scope, DATE)
        if amount is None or on is None:
            return None
        return ir.LedgerSource(
            path=path,
            level=home,
            amount=amount,
            on=on,
            clauses=self.declared.clauses(part.clause),
            skip_unknown_if_given=part.unknown.text if part.unknown else "",
            clause_from=self._clause_fact(home, part.clause_from),
            span=part.span,
        )

    def _clause_fact(self, level: str, source: sf.Source | None) -> str:
        """The fact of an entry that names the clause by which it is deducted."""
        if source is None:
            return ""
        kind = self.declared.facts[level].get(source.text, ERROR)
        members = self.declared.enums.get(kind.name, ()) if kind.kind == "enum" else ()
        if not members or any(each.name not in self.declared.surface.clauses for each in members):
            message = f"{source.text!r} is no fact that names clauses"
            self.declared.problem("E540", message, source.span, "an enumeration of clause ids")
        return source.text
