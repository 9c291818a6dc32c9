"""Binding of what bounds and rounds a result: caps, floors, ranges, declared roundings."""

from fractions import Fraction
from typing import Any

from sla_rules.language import program as ir
from sla_rules.language import surface as sf
from sla_rules.language.bodies import Binder
from sla_rules.language.declare import Declarations
from sla_rules.language.scope import Scope
from sla_rules.language.types import Type
from sla_rules.quantities import MODES, Number, parse_number

__all__ = ["Modifiers"]


class Modifiers:
    """Binds caps and roundings, which decisions and ledgers have in common."""

    def __init__(self, declared: Declarations, binder: Binder) -> None:
        self.declared = declared
        self.binder = binder

    def ceiling(self, part: Any, scope: Scope, kind: Type) -> Any:
        """A cap or floor of type *kind*, where a reading may also say ``none``."""

        def build(source: sf.Source) -> ir.Node | None:
            if source.text == "none":
                return ir.Constant(value=None, type=kind, span=source.span)
            return self.binder.expression(source, scope, kind)

        return None if part is None else self.binder.switch(part, build)

    def rounded(self, part: Any, scope: Scope) -> Any:
        """A declared rounding, or a switch between several."""
        if part is None:
            return None
        return self.binder.switch(part, lambda each: self._rounding(each, scope))

    def _rounding(self, part: Any, scope: Scope) -> ir.RoundingRule | None:
        if isinstance(part, sf.Source):
            text, *rest = part.text.split() or [""]
            clauses: tuple[str, ...] = ()
            mode, span = " ".join(rest) or "half_up", part.span
        else:
            mode = part.mode.text if part.mode else "half_up"
            span, clauses, text = part.span, self.declared.clauses(part.clause), part.to.text
        if text == "none" and mode in MODES:
            return ir.RoundingRule(quantum=None, mode=mode, clauses=clauses, span=span)
        quantum = parse_number(text.removesuffix("%"))
        if quantum is None or quantum <= 0 or mode not in MODES:
            hint = f"write none, or a step and a mode: 0.01 half_up; modes: {', '.join(MODES)}"
            self.declared.problem("E527", f"'{text} {mode}' is no rounding", span, hint)
            return None
        exact: Number = Fraction(quantum, 100) if text.endswith("%") else quantum
        return ir.RoundingRule(quantum=exact, mode=mode, clauses=clauses, span=span)
