"""What the edges of a decision are: where its numbers turn, its conditions, its rows."""

import datetime as dt
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, Final

import attrs

from sla_rules.diagnostics import RulesetError
from sla_rules.engine.compile import Compiler
from sla_rules.engine.tables import TableRow, table_rows
from sla_rules.facts.records import Record
from sla_rules.language import program as ir
from sla_rules.language.walk import limit_of
from sla_rules.lint.cone import Cones
from sla_rules.lint.watch import needs_a_frame, turning
from sla_rules.quantities import Limit, Number
from sla_rules.unknown import Unknown
from sla_rules.worktime import CalendarError

__all__ = ["Goals", "Option", "Rows", "Turn", "goals_of"]

ORDERED: Final = ("number", "instant", "date", "month")
JOINING: Final = (ir.Logic, ir.Negation, ir.Condition, ir.Choice, ir.Constant)
FIRST_WHOLE: Final[tuple[Number, ...]] = (0, 1, 2)


@attrs.frozen(eq=False)
class Turn:
    """A number of the records of a level, or of two numbers their difference, and its edges."""

    level: str
    node: Any
    other: Any
    run: Callable[[Any], Any]
    edges: tuple[Number, ...]
    ends: tuple[Number | None, Number | None] = (None, None)

    def beyond(self, side: str, edge: Number) -> bool:
        """Whether a side of an edge lies beyond what the number can be."""
        low, high = self.ends
        if side == "below":
            return low is not None and edge <= low
        return side == "above" and high is not None and edge >= high

    @property
    def counts(self) -> bool:
        """Whether it is a whole number of something."""
        return self.other is None and self.node.type.show == "integer"

    def value(self, record: Record) -> Number | None:
        """The number for a record; None where it is not known."""
        found = _tried(self.run, record)
        if isinstance(found, dt.timedelta):
            return found.days
        if isinstance(found, Limit):
            return None if found.workdays else found.amount
        if isinstance(found, Unknown | bool) or not isinstance(found, int | Fraction):
            return None
        return found


@attrs.frozen(eq=False)
class Option:
    """A condition or a choice: each value that it can have."""

    level: str
    node: Any
    run: Callable[[Any], Any]
    values: tuple[Any, ...]

    def value(self, record: Record) -> Any:
        """Its value for a record; None where it is not known."""
        found = _tried(self.run, record)
        return None if isinstance(found, Unknown) else found


@attrs.frozen(eq=False)
class Rows:
    """The rows of a table."""

    level: str
    node: ir.Table
    rows: tuple[TableRow, ...]
    inputs: tuple[Callable[[Any], Any], ...]

    def cells(self, record: Record) -> tuple[tuple[bool, ...], ...]:
        """Of each row which of its cells hold for a record."""
        inputs = [_tried(each, record) for each in self.inputs]
        return tuple(
            tuple(cell(inputs[place]) is True for place, cell in row.cells) for row in self.rows
        )


@attrs.frozen(eq=False)
class Goals:
    """Everything of a decision at which cases aim."""

    turns: tuple[Turn, ...]
    options: tuple[Option, ...]
    tables: tuple[Rows, ...]


def _tried(run: Callable[[Any], Any], record: Record) -> Any:
    try:
        return run(record)
    except (RulesetError, CalendarError):
        return Unknown(())  # a branch that the record itself does not take


def goals_of(cones: Cones, compiler: Compiler, level: str, decision: ir.Decision) -> Goals:
    """The edges in the decision's own rules, as the readings choose them.

    Of a decision without bands or tables of its own, those of the decisions of its record that it
    passes on are edges too: whatever it reads of its own kind.
    """
    found = Goals((), (), ())
    seen = {decision.index}
    waiting = [decision]
    while waiting:
        each = waiting.pop(0)
        own = _own_goals(cones, compiler, level, each)
        found = Goals(
            (*found.turns, *own.turns), (*found.options, *own.options), (*found.tables, *own.tables)
        )
        if own.tables or any(len(turn.edges) > 1 for turn in own.turns):
            break
        for home, index in sorted(cones.direct[level, each.index][0]):
            read = cones.slots[home, index]
            passed_on = isinstance(read, ir.Decision) and read.type == decision.type
            if home == level and passed_on and index not in seen:
                seen.add(index)
                waiting.append(read)  # type: ignore[arg-type]
    return found


def _own_goals(cones: Cones, compiler: Compiler, level: str, decision: ir.Decision) -> Goals:
    turns: dict[tuple[int, int], Turn] = {}
    options: dict[int, Option] = {}
    tables: list[Rows] = []
    for home, part in cones.rules((level, decision.index)):
        for node, other, edges in _numbers(part, compiler):
            if not needs_a_frame((node, other)) and (id(node), id(other)) not in turns:
                run = _difference(compiler, node, other)
                ends = _ends(cones.program.levels[home], compiler, node, other)
                turns[id(node), id(other)] = Turn(
                    home, node, other, run, edges or FIRST_WHOLE, ends
                )
        for node in _choices(part):
            if not needs_a_frame(node):
                run = compiler.node(node)
                options.setdefault(id(node), Option(home, node, run, _values(cones.program, node)))
        if isinstance(part, ir.Table) and not any(needs_a_frame(each) for each in part.on):
            inputs = tuple(map(compiler.node, part.on))
            tables.append(Rows(home, part, tuple(table_rows(compiler, part)), inputs))
    for limit in (decision.cap, decision.floor):
        held = limit_of(limit, compiler.choices)
        if held is not None and not needs_a_frame((decision.body, held)):
            run = _difference(compiler, decision.body, held)
            turns[id(decision.body), id(held)] = Turn(level, decision.body, held, run, (0,))
    return Goals(tuple(turns.values()), tuple(options.values()), tuple(tables))


def _numbers(part: Any, compiler: Compiler) -> Iterator[tuple[Any, Any, tuple[Number, ...]]]:
    if isinstance(part, ir.Comparison):
        if part.left.type.kind in ORDERED and part.right.type.kind in ORDERED:
            fixed = compiler.constant(part.right) if compiler.is_fixed(part.right) else None
            if isinstance(fixed, int | Fraction) and part.left.type.kind == "number":
                yield part.left, None, (fixed,)
            else:
                yield part.left, part.right, (0,)
        return
    for node, edges in turning(part, compiler):
        if isinstance(node, tuple):
            yield node[0], node[1], edges
        elif edges or isinstance(part, ir.Units):
            yield node, None, edges


def _ends(
    level: ir.Level, compiler: Compiler, node: Any, other: Any
) -> tuple[Number | None, Number | None]:
    """The least and the most that a fact or decision is declared to be; a count is not below 0."""
    if other is not None or not isinstance(node, ir.SlotRef):
        return (0 if other is None and _is_count(node) else None), None
    part = level.decision(node.name) if node.decision else level.fact(node.name)
    if isinstance(part, ir.Decision):
        least, most = compiler.range(part)
        return (0 if least is None and _is_count(part.body) else least), most
    if part is None:
        return None, None
    limits: list[Any] = [None if each is None else each.value for each in (part.min, part.max)]
    return limits[0], limits[1]


def _is_count(node: Any) -> bool:
    return isinstance(node, ir.Aggregate) and node.function == "count"


def _difference(compiler: Compiler, node: Any, other: Any) -> Callable[[Any], Any]:
    left = compiler.node(node)
    if other is None:
        return left
    right = compiler.node(other)

    def run(record: Any) -> Any:
        first, second = left(record), right(record)
        if isinstance(first, Unknown) or isinstance(second, Unknown):
            return Unknown(())
        return first - second

    return run


def _choices(part: Any) -> Iterator[Any]:
    """The conditions that a part joins or asks, and the choices that it looks up."""
    match part:
        case ir.Logic():
            several: tuple[Any, ...] = (part.left, part.right)
        case ir.Negation():
            several = (part.operand,)
        case ir.Condition():
            several = (part.condition,)
        case ir.Table():
            several = part.on
        case ir.Comparison() if part.left.type.kind in ("enum", "bool"):
            several = (part.left,)
        case ir.Membership():
            several = (part.item,)
        case _:
            several = ()
    for each in several:
        if each.type.kind in ("bool", "enum") and not isinstance(each, JOINING):
            yield each


def _values(program: ir.Program, node: Any) -> tuple[Any, ...]:
    if node.type.kind == "bool":
        return (False, True)
    names = node.type.name.split("|")
    return tuple(member.name for name in names for member in program.enums.get(name, ()))
