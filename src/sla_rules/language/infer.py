"""Binding and typing of expressions: syntax → typed nodes, problems collected."""

import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction
from typing import Final

import attrs

from sla_rules.diagnostics import MOST_HINTS, Diagnostic, Span, nearest
from sla_rules.language import program as ir
from sla_rules.language import syntax as sx
from sla_rules.language.collect import aggregation, elsewhere
from sla_rules.language.expression import RESERVED, ExpressionError, parse_expression
from sla_rules.language.functions import FUNCTIONS
from sla_rules.language.scope import Names, Scope
from sla_rules.language.types import (
    BOOL,
    CALENDAR,
    DATE,
    DURATION,
    EXAMPLES,
    INSTANT,
    LIMIT,
    MONTH,
    NUMBER,
    TEXT,
    Type,
    a_kind,
    assignable,
    combine,
    common,
    describe_unit,
    how_to_join,
    number_type,
)
from sla_rules.quantities import POINTS, TIME_UNITS, Limit, Number, exact_decimal

__all__ = ["Typer"]

INTEGER: Final = Type("number", show="integer")
RATIO: Final = Type("number", show="ratio")
WORKDAY_WORDS: Final = frozenset(("workday", "workdays", "工作日", "个工作日"))
POINT_WORDS: Final = frozenset(("points", "point", "分"))
ROUNDINGS: Final = frozenset(("round", "ceil", "ceiling", "floor", "int", "trunc"))
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])\Z", re.ASCII)


class Typer:
    """Types expressions in a scope; a problem makes the result None and is remembered."""

    def __init__(self, names: Names, problems: list[Diagnostic]) -> None:
        self.names = names
        self.problems = problems
        self._homes: dict[str, list[str]] = {}  # of each member, the enumerations that have it
        for enum, members in sorted(names.enums.items()):
            for name in {member.name for member in members}:
                self._homes.setdefault(name, []).append(enum)

    def problem(self, code: str, message: str, span: Span, hint: str = "") -> None:
        """Remember one problem."""
        self.problems.append(Diagnostic(code=code, message=message, where=span, hint=hint))

    def expression(
        self, text: str, span: Span, scope: Scope, expected: Type | None = None
    ) -> ir.Node | None:
        """Parse, bind and type *text*; with *expected*, the result must be assignable to it."""
        try:
            tree = parse_expression(text, span)
        except ExpressionError as error:
            self.problems.append(error.problem)
            return None
        node = self.node(tree, scope)
        if node is None or expected is None:
            return node
        return self.as_type(node, expected)

    def as_type(self, node: ir.Node, expected: Type) -> ir.Node | None:
        """The node as *expected*: literals take the type, anything else must already have it."""
        node = self._literal_as(node, expected)
        if assignable(node.type, expected):
            if isinstance(node, ir.Constant):
                return attrs.evolve(node, type=expected)
            return node
        message = f"this is {a_kind(node.type)}, but {a_kind(expected)} is needed here"
        self.problem("E401", message, node.span, self._how_to_get(expected, node))
        return None

    def _how_to_get(self, expected: Type, node: ir.Node) -> str:
        """What to write where something of type *expected* is needed."""
        actual = node.type
        if expected == BOOL:
            literal = isinstance(node, ir.Constant)
            return "write true or false" if literal else "compare it: ==, <, <=, >, >="
        if actual.kind == expected.kind == "number":
            if actual.show in ("ratio", "percent"):
                return "say of what it is a share, such as 90% * x"
            if not actual.unit and isinstance(node, ir.Constant):
                figure = node.value
                if isinstance(figure, Fraction):  # a/b would be read as a division
                    decimal = exact_decimal(figure)
                    figure = f"{decimal:f}" if isinstance(decimal, Decimal) else f"({decimal})"
                return f"write its unit: {figure} {describe_unit(expected.unit)}"
            return "mend the units of the expression, or the declared type"
        if expected.kind == "enum":
            members = self.names.enums.get(expected.name, ())
            names = ", ".join(member.name for member in members[:12])
            return f"its members: {names}"
        if expected.kind in EXAMPLES:
            return f"write one such as {EXAMPLES[expected.kind]}"
        if expected.kind == "calendar":
            return "known: " + ", ".join(self.names.calendars)
        return f"name a fact or decision that is {a_kind(expected)}"

    def _literal_as(self, node: ir.Node, expected: Type) -> ir.Node:
        """Text literals become dates and months where one is expected."""
        if not (isinstance(node, ir.Constant) and isinstance(node.value, str)):
            return node
        if node.type != TEXT:
            return node
        if expected.kind == "enum" and "|" not in expected.name:
            members = self.names.enums.get(expected.name, ())
            if any(member.name == node.value for member in members):
                return attrs.evolve(node, type=expected)
        if expected == DATE:
            try:
                return attrs.evolve(node, value=dt.date.fromisoformat(node.value), type=DATE)
            except ValueError:
                return node
        if expected == MONTH and (match := _MONTH.match(node.value)):
            number = int(match[1]) * 12 + int(match[2]) - 1
            return attrs.evolve(node, value=number, type=MONTH)
        return node

    def node(self, tree: sx.Syntax, scope: Scope) -> ir.Node | None:
        """The typed node of a syntax tree."""
        match tree:
            case sx.Literal():
                return self._literal(tree)
            case sx.Text():
                return ir.Constant(value=tree.text, type=TEXT, span=tree.span)
            case sx.Truth():
                return ir.Constant(value=tree.value, type=BOOL, span=tree.span)
            case sx.Name():
                return self.name(tree, scope)
            case sx.Unary():
                return self._unary(tree, scope)
            case sx.Binary():
                return self._binary(tree, scope)
            case sx.Conditional():
                return self._conditional(tree, scope)
            case sx.Membership():
                return self._membership(tree, scope)
            case sx.Call():
                return self._call(tree, scope)
            case sx.Aggregation():
                return aggregation(self, tree, scope)

    def _literal(self, tree: sx.Literal) -> ir.Node | None:
        unit, number, span = tree.unit, tree.number, tree.span
        if not unit:
            show = "integer" if isinstance(number, int) else "number"
            return ir.Constant(value=number, type=number_type((), show), span=span)
        if unit == "%":
            share = Fraction(number, 100)
            return ir.Constant(value=_whole(share), type=number_type((), "ratio"), span=span)
        if unit in TIME_UNITS:
            value = _whole(number * TIME_UNITS[unit])
            if not isinstance(value, int):
                hint = "write fewer digits"
                self.problem("E402", "durations go down to the microsecond", span, hint)
                return None
            return ir.Constant(value=value, type=DURATION, span=span)
        if unit in WORKDAY_WORDS:
            if not isinstance(number, int):
                hint = "write 1 workday, or a part of a day in h"
                self.problem("E402", "working days come in whole numbers", span, hint)
                return None
            return ir.Constant(value=Limit(number, workdays=True), type=LIMIT, span=span)
        if unit in POINT_WORDS:
            return ir.Constant(value=number, type=number_type(POINTS), span=span)
        currency = self.names.currency
        if currency and unit in (currency, "元", "yuan"):
            return ir.Constant(value=number, type=number_type(((currency, 1),)), span=span)
        known = [*TIME_UNITS, "workday", "points", "%", currency]
        hint = nearest(unit, filter(None, known))
        if unit in ("day", "days", "天", "d"):
            hint = "say 'workday', or 24 h"
        elif re.fullmatch(r"[eE][0-9]+", unit):
            hint = "write all its digits: there are no exponents"
        self.problem("E403", f"unknown unit {unit!r}", span, hint)
        return None

    def name(self, tree: sx.Name, scope: Scope) -> ir.Node | None:
        """What a name or a path of names means in a scope."""
        first, *rest = tree.path
        if scope.band_input is not None and first == "x" and not rest:
            return ir.BandInput(type=scope.band_input, span=tree.span)
        if first in RESERVED:
            return elsewhere(self, tree, scope)
        slot = self.names.slot(scope.level, first, tree.span) if scope.level else None
        if rest:
            return self._through(tree, slot, tuple(rest), scope)
        if slot is not None:
            return slot if slot.type.kind != "error" else None
        if first in self.names.parameters:
            return self._parameter(first, tree.span, scope)
        if first in self.names.calendars:
            return ir.Constant(value=first, type=CALENDAR, span=tree.span)
        homes = self._homes.get(first)
        if homes:
            return ir.Constant(value=first, type=Type("enum", "|".join(homes)), span=tree.span)
        known: list[str] = []
        if len(self.problems) < MOST_HINTS:
            known += [*self.names.slot_names(scope.level), *self.names.parameters]
            known += [*self.names.calendars, *self._homes]
        at = f" on level {scope.level!r}" if scope.level else ""
        hint = self._called_otherwise(first) or nearest(first, known)
        hint = hint or "declare it as a fact, a decision, a parameter, or a member under enums:"
        if not scope.level and not hint.startswith(("did", "it is")):
            hint = "only literals and parameters may stand here"
        self.problem("E404", f"unknown name {first!r}{at}", tree.span, hint)
        return None

    def _called_otherwise(self, text: str) -> str:
        """What to write for the title or another spelling of a member; only its name is known."""
        for members in self.names.enums.values():
            for each in members:
                if text in (each.title.zh, each.title.en, *each.aliases):
                    return f"it is another word for {each.name!r}: write {each.name}"
        return ""

    def _parameter(self, name: str, span: Span, scope: Scope) -> ir.Node | None:
        kind = self.names.parameter(name)
        if kind is None:
            return None
        if not self.names.dated(name):
            return ir.ParameterRef(name=name, type=kind, span=span)
        moment = None if scope.undated else self.moment(repr(name), span, scope)
        if moment is None and not scope.undated:
            return None
        return ir.ParameterRef(name=name, dated=True, moment=moment, type=kind, span=span)

    def moment(self, what: str, span: Span, scope: Scope) -> ir.Node | None:
        """The moment that decides which of several values by date holds on a level."""
        if not scope.level:
            hint = "put the whole decision under by: date, with one value for each time"
            self.problem("E545", f"{what} changes in time, and only constants may stand here",
                         span, hint)  # fmt: skip
            return None
        moment = self.names.moment(scope.level)
        if moment is None and not self.names.governed(scope.level):
            hint = f"add governed_by: and a fact to level {scope.level!r}"
            message = f"{what} changes in time, and level {scope.level!r} does not say when it is"
            self.problem("E546", message, span, hint)
        return moment

    def _through(
        self, tree: sx.Name, slot: ir.SlotRef | None, rest: tuple[str, ...], scope: Scope
    ) -> ir.Node | None:
        if slot is None:
            known = self.names.slot_names(scope.level) if scope.level else ()
            hint = nearest(tree.path[0], known) or "only records have parts"
            self.problem("E404", f"unknown name {tree.path[0]!r}", tree.span, hint)
            return None
        if slot.type.kind == "list":
            self.problem(
                "E405",
                f"{tree.path[0]!r} is a list of records",
                tree.span,
                f"say which: sum({tree}), max({tree}), …",
            )
            return None
        if slot.type.kind != "record":
            hint = f"write {tree.path[0]} alone"
            message = f"{tree.path[0]!r} is no record: it has no parts"
            self.problem("E406", message, tree.span, hint)
            return None
        inner = self.name(sx.Name(rest, tree.span), Scope(slot.type.name))
        return inner and ir.Through(record=slot, inner=inner, type=inner.type, span=tree.span)

    def _unary(self, tree: sx.Unary, scope: Scope) -> ir.Node | None:
        operand = self.node(tree.operand, scope)
        if operand is None:
            return None
        if tree.op == "not":
            typed = self.as_type(operand, BOOL)
            return typed and ir.Negation(operand=typed, type=BOOL, span=tree.span)
        if operand.type.kind != "number":
            hint = "say 'not'" if operand.type == BOOL else "only numbers have a sign"
            self.problem("E407", f"{a_kind(operand.type)} has no negative", tree.span, hint)
            return None
        if isinstance(operand, ir.Constant) and isinstance(operand.value, int | Fraction):
            return attrs.evolve(operand, value=-operand.value)
        zero = ir.Constant(value=0, type=operand.type, span=tree.span)
        return ir.Arithmetic(op="-", left=zero, right=operand, type=operand.type, span=tree.span)

    def _binary(self, tree: sx.Binary, scope: Scope) -> ir.Node | None:
        terms = [tree]  # a long sum leans to the left: it is long, not deep
        while isinstance(terms[-1].left, sx.Binary):
            terms.append(terms[-1].left)
        left = self.node(terms[-1].left, scope)
        for term in reversed(terms):
            right = self.node(term.right, scope)
            left = (
                self._joined(term, left, right) if left is not None and right is not None else None
            )
        return left

    def _joined(self, tree: sx.Binary, left: ir.Node, right: ir.Node) -> ir.Node | None:
        if tree.op in ("and", "or"):
            one, two = self.as_type(left, BOOL), self.as_type(right, BOOL)
            if one is None or two is None:
                return None
            return ir.Logic(op=tree.op, left=one, right=two, type=BOOL, span=tree.span)
        if tree.op == "otherwise":
            joint = self._joint(left, right, tree.span, "otherwise")
            if joint is None:
                return None
            kind, one, two = joint
            return ir.Call(function="otherwise", arguments=(one, two), type=kind, span=tree.span)
        if tree.op in ("+", "-", "*", "/"):
            return self._arithmetic(tree, left, right)
        joint = self._joint(left, right, tree.span, tree.op)
        if joint is None:
            return None
        kind, one, two = joint
        ordered = kind.kind in ("number", "instant", "date", "month")
        if tree.op not in ("==", "!=") and not ordered:
            message = f"{a_kind(kind)} has no order, so {tree.op!r} says nothing"
            self.problem("E408", message, tree.span, 'write "==", or "in" with a list')
            return None
        return ir.Comparison(op=tree.op, left=one, right=two, type=BOOL, span=tree.span)

    def _joint(
        self, left: ir.Node, right: ir.Node, span: Span, op: str
    ) -> tuple[Type, ir.Node, ir.Node] | None:
        left = self._literal_as(left, right.type)
        right = self._literal_as(right, left.type)
        kind = common(left.type, right.type)
        if kind is None:
            message = f"{a_kind(left.type)} and {a_kind(right.type)} do not go together ({op})"
            hint = how_to_join(left.type, right.type)
            self.problem("E409", message, span, hint)
            return None
        return kind, left, right

    def _arithmetic(self, tree: sx.Binary, left: ir.Node, right: ir.Node) -> ir.Node | None:
        kind = self._arithmetic_type(tree.op, left.type, right.type)
        if kind is None:
            verb = {"+": "added to", "-": "taken from", "*": "multiplied by", "/": "divided by"}
            one, two = (right, left) if tree.op in "+-" else (left, right)
            self.problem(
                "E410",
                f"{a_kind(one.type)} cannot be {verb[tree.op]} {a_kind(two.type)}",
                tree.span,
                _how_to_reckon(tree.op, left.type, right.type),
            )
            return None
        return ir.Arithmetic(op=tree.op, left=left, right=right, type=kind, span=tree.span)

    @staticmethod
    def _arithmetic_type(op: str, left: Type, right: Type) -> Type | None:
        if left.kind == right.kind == "number":
            if op in "+-":
                return common(left, right)
            unit = combine(left.unit, right.unit, 1 if op == "*" else -1)
            if unit:
                return number_type(unit)
            both = {left.show, right.show}
            return RATIO if op == "/" or both & {"ratio", "percent"} else NUMBER
        if left == INSTANT and right == DURATION and op in "+-":
            return INSTANT
        if left == right == INSTANT and op == "-":
            return DURATION
        return None

    def _conditional(self, tree: sx.Conditional, scope: Scope) -> ir.Node | None:
        condition = self.node(tree.condition, scope)
        then, otherwise = self.node(tree.then, scope), self.node(tree.otherwise, scope)
        typed = condition and self.as_type(condition, BOOL)
        if typed is None or then is None or otherwise is None:
            return None
        joint = self._joint(then, otherwise, tree.span, "if")
        if joint is None:
            return None
        kind, one, two = joint
        return ir.Condition(condition=typed, then=one, otherwise=two, type=kind, span=tree.span)

    def _membership(self, tree: sx.Membership, scope: Scope) -> ir.Node | None:
        item = self.node(tree.item, scope)
        options = [self.node(option, scope) for option in tree.options]
        if item is None or not all(options):
            return None
        typed: list[ir.Node] = []
        for option in options:
            joint = option and self._joint(item, option, tree.span, "in")
            if not joint:
                return None
            typed.append(joint[2])
        return ir.Membership(item=item, options=tuple(typed), type=BOOL, span=tree.span)

    def _as_time(self, node: ir.Node) -> ir.Node:
        """Text that is a date or a month; no function takes other text."""
        as_date = self._literal_as(node, DATE)
        return as_date if as_date is not node else self._literal_as(node, MONTH)

    def _call(self, tree: sx.Call, scope: Scope) -> ir.Node | None:
        function = FUNCTIONS.get(tree.function)
        if function is None:
            hint = nearest(tree.function, [*FUNCTIONS, "sum", "mean", "count", "any", "all"])
            if tree.function in ROUNDINGS:
                hint = "rounding is a key of the decision, beside value: round: 1"
            self.problem("E411", f"there is no function {tree.function!r}", tree.span, hint)
            return None
        arguments = [self.node(argument, scope) for argument in tree.arguments]
        known = [self._as_time(argument) for argument in arguments if argument is not None]
        if len(known) < len(arguments):
            return None
        outcome = function.result(tuple(argument.type for argument in known))
        if isinstance(outcome, str):
            usage = f"write {function.usage}"
            self.problem("E412", f"{tree.function}(…): {outcome}", tree.span, usage)
            return None
        named = ir.SlotRef | ir.Through | ir.Previous | ir.Outer
        if function.needs_name and not isinstance(known[0], named):
            message = f"{tree.function}(…) takes the name of a fact"
            self.problem("E412", message, tree.span, f"write {function.usage}")
            return None
        return ir.Call(function=tree.function, arguments=tuple(known), type=outcome, span=tree.span)


def _how_to_reckon(op: str, left: Type, right: Type) -> str:
    """What may be added, taken away, multiplied or divided."""
    if left.kind == right.kind == "number":
        return "both sides need one unit"
    if left.kind == right.kind == "month":
        return "months_between(first, last) counts them, both included"
    return "only numbers are" if op in "*/" else "only numbers of one unit are, and times"


def _whole(value: Number) -> Number:
    return value.numerator if value.denominator == 1 else value
