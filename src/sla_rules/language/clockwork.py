"""Binding of deadlines, elapsed time and overruns: what runs on a calendar."""

import re
from typing import Any, Final

from sla_rules.language import program as ir
from sla_rules.language import surface as sf
from sla_rules.language.cells import expression_span
from sla_rules.language.collect import aggregation
from sla_rules.language.expression import ExpressionError, parse_expression
from sla_rules.language.scope import Scope
from sla_rules.language.switches import Switches
from sla_rules.language.syntax import Aggregation
from sla_rules.language.types import CALENDAR, DURATION, INSTANT, LIMIT, number_type
from sla_rules.worktime.dayrules import RECEIPTS

__all__ = ["ClockBinder"]

_TIME: Final = re.compile(r"([01]?[0-9]|2[0-3]):[0-5][0-9]\Z")


class ClockBinder(Switches):
    """Binds the bodies that measure time."""

    def stops(self, source: sf.Source | None, scope: Scope) -> ir.Aggregate | None:
        """``suspensions where counts``: the child records during which a clock stands still."""
        if source is None:
            return None
        span = expression_span(source)
        try:
            tree = parse_expression(f"count({source.text})", span.shifted(-6))
        except ExpressionError as error:
            self.typer.problems.append(error.problem)
            return None
        if not isinstance(tree, Aggregation):
            hint = "like suspensions where counts"
            message = "stops: names a list of records, and which of them count"
            self.typer.problem("E511", message, span, hint)
            return None
        return aggregation(self.typer, tree, scope)

    def _clock(self, part: Any, scope: Scope) -> tuple[Any, Any]:
        return self.expression(part.calendar, scope, CALENDAR), self.stops(part.stops, scope)

    def deadline(self, part: sf.Deadline, scope: Scope) -> ir.Node | None:
        """The instant at which a limit is used up."""
        start = self.expression(part.start, scope, INSTANT)
        within = self.expression(part.within, scope, LIMIT)
        calendar, stops = self._clock(part, scope)
        rule = None
        if part.workday is not None:
            rules = self._context.day_rules
            rule = ir.DayRule(
                rule=self.word(part.workday.rule, rules, "day rule"),
                cutoff=self._cutoff(part.workday.cutoff),
                receipt=self.word(part.workday.receipt, RECEIPTS, "receipt rule"),
            )
        if start is None or within is None or calendar is None:
            return None
        return ir.Deadline(
            start=start,
            within=within,
            calendar=calendar,
            stops=stops,
            day_rule=rule,
            type=INSTANT,
            span=part.span,
        )

    def _cutoff(self, part: sf.Source | sf.Switch | None) -> Any:
        def build(source: sf.Source) -> str | None:
            if _TIME.match(source.text):
                return source.text
            if source.text == "none":
                return ""
            hint = 'write it like "12:00", or none'
            self.typer.problem("E512", f"{source.text!r} is no time of day", source.span, hint)
            return None

        return None if part is None else self.switch(part, build)

    def elapsed(self, part: sf.Elapsed, scope: Scope) -> ir.Node | None:
        """Working time between two instants."""
        start = self.expression(part.start, scope, INSTANT)
        end = self.expression(part.end, scope, INSTANT)
        calendar, stops = self._clock(part, scope)
        if start is None or end is None or calendar is None:
            return None
        return ir.Elapsed(
            start=start, end=end, calendar=calendar, stops=stops, type=DURATION, span=part.span
        )

    def overrun(self, part: sf.Overrun, scope: Scope) -> ir.Node | None:
        """How far after its deadline something was done."""
        deadline = self.expression(part.deadline, scope, INSTANT)
        done = self.expression(part.done, scope, INSTANT)
        per = self.expression(part.per, scope, DURATION)
        calendar, stops = self._clock(part, scope)
        if deadline is None or done is None or per is None or calendar is None:
            return None
        return ir.Overrun(
            deadline=deadline,
            done=done,
            calendar=calendar,
            per=per,
            stops=stops,
            type=number_type((), "ratio"),
            span=part.span,
        )
