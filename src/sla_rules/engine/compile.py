"""Nodes → closures over a record, so that evaluation walks no tree.

A record is a list: slot 0 collects notes, facts and decisions follow at their index, and the
last slot holds the ``x`` of a band while its output is computed.  Closures are pure functions
of the record.
"""

import datetime as dt
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

from sla_rules.diagnostics import Diagnostic, RulesetError
from sla_rules.engine import functions
from sla_rules.engine.aggregates import AGGREGATES, Gather
from sla_rules.engine.averages import percentile, picker, weighted_mean
from sla_rules.engine.bands import compile_bands
from sla_rules.engine.clocks import Clocks, compile_deadline, compile_elapsed, compile_overrun
from sla_rules.engine.dated import compile_dated, compile_dated_parameter, timeline_of
from sla_rules.engine.neighbours import outer, previous
from sla_rules.engine.rates import compile_rates
from sla_rules.engine.scorecards import compile_scorecard
from sla_rules.engine.tables import compile_table
from sla_rules.facts.values import to_public
from sla_rules.language import program as ir
from sla_rules.language.walk import chosen, limit_of, parts
from sla_rules.quantities import Rounding, exact_decimal, round_exact
from sla_rules.unknown import (
    NOT_APPLICABLE,
    Unknown,
    because,
    hull,
    maximum,
    maybe,
    minimum,
    negate,
    same,
)

__all__ = ["Closure", "Compiler", "Record"]

Record = list[Any]
Closure = Callable[[Record], Any]

_COMPARE: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_ARITHMETIC: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": functions.multiply,
    "/": functions.divide,
}


class Compiler:
    """Compiles nodes of one program under one choice of readings."""

    def __init__(
        self,
        program: ir.Program,
        choices: Mapping[str, str],
        clocks: Clocks,
        today: dt.date | None = None,
    ) -> None:
        self.program = program
        self.choices = choices
        self.clocks = clocks
        self.today = today
        self._parameters: dict[str, Any] = {}
        self._dates: dict[dt.date, Compiler] = {}
        self._timelines: dict[str, tuple[list[dt.date], list[Closure]]] = {}

    def at(self, today: dt.date) -> "Compiler":
        """The compiler of parameters as they are on a date."""
        if today not in self._dates:
            self._dates[today] = Compiler(self.program, self.choices, self.clocks, today)
        return self._dates[today]

    def timeline(self, name: str) -> tuple[list[dt.date], list[Closure]]:
        """The dates on which a parameter changes, and its value from each on."""
        if name not in self._timelines:
            self._timelines[name] = timeline_of(self, name)
        return self._timelines[name]

    def constant(self, node: Any) -> Any:
        """The value of a node that reads no record."""
        return self.node(node)([])

    @staticmethod
    def is_fixed(node: Any) -> bool:
        """Whether a node is the same for every record; a parameter that changes in time is not."""
        return isinstance(node, ir.Constant) or (
            isinstance(node, ir.ParameterRef) and not node.dated
        )

    def chosen(self, part: Any) -> Any:
        """The alternative of a switch that the readings select."""
        return chosen(part, self.choices)

    def parameter(self, name: str) -> Any:
        """The value of a named constant."""
        if name not in self._parameters:
            self._parameters[name] = self.constant(self.program.parameters[name].value)
        return self._parameters[name]

    def decision(self, decision: ir.Decision) -> Closure:
        """The closure of a decision with its modifiers: applies, cap, floor, rounding."""
        run = self.node(decision.body)
        for limit, pick in ((decision.cap, minimum), (decision.floor, maximum)):
            held = limit_of(limit, self.choices)
            if held is not None:
                run = _pairwise(pick, run, self.node(held))
        run = self.rounded(run, decision.rounding)
        if decision.min is not None or decision.max is not None:
            run = _within(run, *self.range(decision), decision)
        if decision.applies is not None:
            run = _applicable(run, self.node(decision.applies))
        return run

    def rounded(self, run: Closure, rounding: Any) -> Closure:
        """The closure with the declared rounding, if the readings leave one."""
        rule = self.chosen(rounding)
        if rule is None or rule.quantum is None:
            return run
        return _rounded(run, Rounding(Fraction(rule.quantum), rule.mode))

    def range(self, decision: ir.Decision) -> tuple[Any, Any]:
        """The least and most that a decision may be; None where it is not limited."""
        least = None if decision.min is None else self.constant(decision.min)
        most = None if decision.max is None else self.constant(decision.max)
        return least, most

    def node(self, node: Any) -> Closure:
        """The closure of any node."""
        node = self.chosen(node)
        match node:
            case ir.Constant():
                return _constantly(node.value)
            case ir.SlotRef():
                return operator.itemgetter(node.index)
            case ir.ParameterRef() if node.dated:
                return compile_dated_parameter(self, node)
            case ir.ParameterRef():
                return _constantly(self.parameter(node.name))
            case ir.Dated():
                return compile_dated(self, node)
            case ir.Previous():
                return previous(self.node(node.inner))
            case ir.Outer():
                return outer(self.node(node.inner))
            case ir.BandInput():
                return operator.itemgetter(-1)
            case ir.Arithmetic():
                return self._binary(_ARITHMETIC[node.op], node.left, node.right)
            case ir.Comparison():
                return self._binary(_COMPARE[node.op], node.left, node.right)
            case ir.Logic():
                return _logic(node.op, self.node(node.left), self.node(node.right))
            case ir.Negation():
                inner = self.node(node.operand)
                return lambda v: negate(inner(v))
            case ir.Condition():
                return _condition(
                    self.node(node.condition), self.node(node.then), self.node(node.otherwise)
                )
            case ir.Membership():
                return _membership(self.node(node.item), [self.node(n) for n in node.options])
            case ir.Call():
                return self._call(node)
            case ir.Through():
                return _through(node.record.index, self.node(node.inner))
            case ir.Aggregate():
                return self._aggregate(node)
            case ir.Table():
                return compile_table(self, node)
            case ir.Column():
                return _column(node.table.index, node.position)
            case ir.BandSet():
                return compile_bands(self, node)
            case ir.Rates():
                return compile_rates(self, node)
            case ir.Units():
                return self._units(node)
            case ir.Deadline():
                return compile_deadline(self, node)
            case ir.Elapsed():
                return compile_elapsed(self, node)
            case ir.Overrun():
                return compile_overrun(self, node)
            case ir.Scorecard():
                return compile_scorecard(self, node)
        raise TypeError(f"no closure for {type(node).__name__}")

    def _binary(self, combine: Callable[[Any, Any], Any], left: Any, right: Any) -> Closure:
        one = self.node(left)
        fixed = self.chosen(right)
        if self.is_fixed(fixed):
            value = self.constant(fixed)
            return lambda v: combine(one(v), value)
        return _pairwise(combine, one, self.node(fixed))

    def _call(self, node: ir.Call) -> Closure:
        arguments = [self.node(argument) for argument in node.arguments]
        match node.function:
            case "given":
                return self._given(node.arguments[0])
            case "otherwise":
                first, second = arguments
                return lambda v: _otherwise(first(v), second, v)
            case "listed":
                members = frozenset(
                    member.name for member in self.program.enums[node.arguments[0].type.name]
                )
                return functions.listed(arguments[0], members)
            case "min" | "max":
                pick = minimum if node.function == "min" else maximum
                run = arguments[0]
                for following in arguments[1:]:
                    run = _pairwise(pick, run, following)
                return run
        if node.function == "lowered":
            grades = [each.name for each in self.program.enums[node.type.name]]
            return functions.lowered(arguments[0], arguments[1], grades)
        if node.function in functions.CALENDAR_FUNCTIONS:
            return functions.on_calendar(node.function, arguments, self.clocks.calendars)
        zone = self.clocks.zone
        if node.function in functions.OF_MONTHS and node.arguments[0].type.kind != "month":
            arguments = [functions.calendar_function("month_of", arguments, zone)]
        return functions.calendar_function(node.function, arguments, zone)

    def _given(self, node: Any) -> Closure:
        """Whether a fact is stated, or a decision has a value, here or at another record."""
        match node:
            case ir.Previous():
                return _certain(previous(self._given(node.inner), none=False))
            case ir.Outer():
                return _certain(outer(self._given(node.inner)))
        only = self.node(node)
        return _given(only) if _innermost(node).decision else _stated(only)

    def gather(self, node: ir.Aggregate) -> Gather:
        """The closure that collects the child records of an aggregate."""
        where = None if node.where is None else self.node(node.where)
        framed = any(isinstance(each, ir.Outer) for each in parts(node.where))
        path = tuple(slot.index for slot in node.path)
        pick = picker(node, self) if node.per is not None else None
        return Gather(path, where, earlier=bool(node.earlier), framed=framed, pick=pick)

    def _aggregate(self, node: ir.Aggregate) -> Closure:
        element = None if node.element is None else self.node(node.element)
        names = ".".join(slot.name for slot in node.path) or "earlier"
        if node.weight is not None:
            assert element is not None
            return weighted_mean(self.gather(node), element, self.node(node.weight), names)
        if node.share is not None:
            assert element is not None
            return percentile(self.gather(node), element, self.constant(node.share), names)
        return AGGREGATES[node.function](self.gather(node), element, names)

    def _units(self, node: ir.Units) -> Closure:
        amount = self._binary(functions.divide, node.of, node.per)
        free = None if node.free is None else self.node(node.free)
        count = functions.COUNTING[self.chosen(node.count)]

        def run(v: Record) -> Any:
            units = amount(v)
            if free is not None:
                units = units - free(v)
            return functions.counted(maximum(units, 0), count)

        return run


def _constantly(value: Any) -> Closure:
    return lambda v: value


def _pairwise(combine: Callable[[Any, Any], Any], one: Closure, two: Closure) -> Closure:
    return lambda v: combine(one(v), two(v))


def _rounded(run: Closure, rounding: Rounding) -> Closure:
    whole = rounding.quantum.numerator == 1

    def rounded(v: Record) -> Any:
        value = run(v)
        if value is None or (whole and type(value) is int):
            return value
        if isinstance(value, Unknown):
            if value.options is not None or value is NOT_APPLICABLE:
                return value
            low = None if value.low is None else round_exact(value.low, rounding)
            high = None if value.high is None else round_exact(value.high, rounding)
            return value.like(low, high)
        return round_exact(value, rounding)

    return rounded


def _within(run: Closure, least: Any, most: Any, decision: ir.Decision) -> Closure:
    """What is not known yet lies at least within the declared range; what is known must."""

    def within(v: Record) -> Any:
        value = run(v)
        if not isinstance(value, Unknown):
            if (least is not None and value < least) or (most is not None and value > most):
                raise _beyond(decision, value, least, most)
            return value
        if value.options is not None or value is NOT_APPLICABLE:
            return value
        low, high = value.low, value.high
        if least is not None and (low is None or low < least):
            low = least
        if most is not None and (high is None or high > most):
            high = most
        return value.like(low, high)

    return within


def _beyond(decision: ir.Decision, value: Any, least: Any, most: Any) -> RulesetError:
    """A formula that reaches beyond what its decision declares is a fault of the ruleset."""
    below = least is not None and value < least
    key, limit, word, end = (
        ("min", least, "below", "floor") if below else ("max", most, "above", "cap")
    )
    shown, declared = (exact_decimal(to_public(decision.type, each)) for each in (value, limit))
    message = f"{decision.name!r} is {shown}, {word} the {key}: {declared} that it declares"
    hint = f"{key}: cuts nothing; write {end}: if the value is to be cut there"
    return RulesetError([Diagnostic(code="E607", message=message, where=decision.span, hint=hint)])


def _applicable(run: Closure, applies: Closure) -> Closure:
    def applicable(v: Record) -> Any:
        truth = applies(v)
        if truth is True:
            return run(v)
        return NOT_APPLICABLE if truth is False else because(truth)

    return applicable


def _logic(op: str, one: Closure, two: Closure) -> Closure:
    decisive = op == "or"

    def run(v: Record) -> Any:
        left = one(v)
        if left is decisive:
            return decisive
        right = two(v)
        if right is decisive:
            return decisive
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            return maybe(left, right)
        return right

    return run


def _condition(condition: Closure, then: Closure, otherwise: Closure) -> Closure:
    def run(v: Record) -> Any:
        truth = condition(v)
        if truth is True:
            return then(v)
        if truth is False:
            return otherwise(v)
        return hull((then(v), otherwise(v)), truth)

    return run


def _membership(item: Closure, options: list[Closure]) -> Closure:
    def run(v: Record) -> Any:
        value = item(v)
        answer: Any = False
        for option in options:
            truth = same(value, option(v))
            if truth is True:
                return True
            if truth is not False:
                answer = truth
        return answer

    return run


def _otherwise(value: Any, second: Closure, v: Record) -> Any:
    if not isinstance(value, Unknown):
        return value
    if not value.absent and value is not NOT_APPLICABLE:
        return value
    substitute = second(v)
    if isinstance(substitute, Unknown) and not value.open and not substitute.open:
        return because(value, substitute, low=substitute.low, high=substitute.high)
    return substitute


def _innermost(node: Any) -> ir.SlotRef:
    """The slot at the end of a path through records."""
    while isinstance(node, ir.Through | ir.Previous | ir.Outer):
        node = node.inner
    assert isinstance(node, ir.SlotRef)
    return node


def _given(only: Closure) -> Closure:
    """Whether a decision has a value; not certain while one may still come."""

    def run(v: Record) -> Any:
        value = only(v)
        if not isinstance(value, Unknown):
            return True
        return False if value.absent or value is NOT_APPLICABLE else maybe(value)

    return run


def _certain(truth: Closure) -> Closure:
    """A truth about another record; either where it is not known which record that is."""

    def run(v: Record) -> Any:
        value = truth(v)
        return maybe(value) if isinstance(value, Unknown) else value

    return run


def _stated(only: Closure) -> Closure:
    return lambda v: not isinstance(only(v), Unknown)


def _through(index: int, inner: Closure) -> Closure:
    def run(v: Record) -> Any:
        record = v[index]
        return because(record) if isinstance(record, Unknown) else inner(record)

    return run


def _column(index: int, position: int) -> Closure:
    def run(v: Record) -> Any:
        row = v[index]
        if isinstance(row, Unknown):
            if row.options is None:
                return because(row)
            return hull([outputs[position] for outputs in row.options], row)
        return row[position]

    return run
