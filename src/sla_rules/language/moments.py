"""Binding of ``transition``: which moment of a record decides between two versions."""

from functools import partial
from typing import Any, Final

from sla_rules.diagnostics import nearest
from sla_rules.language import program as ir
from sla_rules.language import surface as sf
from sla_rules.language.bodies import Binder
from sla_rules.language.declare import Declarations
from sla_rules.language.scope import Scope
from sla_rules.language.types import a_kind
from sla_rules.language.walk import parts, slots_of

__all__ = ["bind_transition"]

KINDS: Final = ("instant", "date", "month")


def bind_transition(
    declared: Declarations, binder: Binder, part: sf.Transition | None
) -> ir.Transition | None:
    """The bound transition rule; a moment is an expression over the facts of its level."""
    if part is None:
        return None
    moments: dict[str, Any] = {}
    levels = declared.surface.levels
    for level, source in part.moments.items():
        if level not in levels:
            span = source.span if isinstance(source, sf.Source | sf.Switch) else part.span
            message = f"there is no level {level!r}"
            declared.problem("E566", message, span, nearest(level, levels))
            continue
        moment = binder.switch(source, partial(_moment, declared, binder, level))
        if moment is not None:
            moments[level] = moment
    clauses = declared.clauses(part.clause)
    return ir.Transition(moments=moments, clauses=clauses, span=part.span)


def _moment(
    declared: Declarations, binder: Binder, level: str, source: sf.Source
) -> ir.Moment | None:
    node = binder.expression(source, Scope(level))
    if node is None:
        return None
    decision = next((slot for slot in slots_of(node) if slot.decision), None)
    if decision is not None:
        message = f"{decision.name!r} is a decision, and no version has decided yet"
        hint = "name a fact: which version holds is known before anything is assessed"
        declared.problem("E567", message, decision.span, hint)
        return None
    nested = any(isinstance(each, ir.Aggregate | ir.Through | ir.Previous) for each in parts(node))
    if node.type.kind not in KINDS or nested:
        what = "reads other records" if nested else f"is {a_kind(node.type)}"
        message = f"a moment is an instant, a date or a month of the record, and this {what}"
        declared.problem("E567", message, source.span, "name such a fact, such as reported_at")
        return None
    return ir.Moment(value=node, span=source.span)
