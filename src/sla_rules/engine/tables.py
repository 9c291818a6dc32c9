"""Decision tables as closures, with DMN hit policies and three-valued cells."""

from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING, Any, Final

import attrs

from sla_rules.diagnostics import Diagnostic, RulesetError
from sla_rules.language import program as ir
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

if TYPE_CHECKING:
    from sla_rules.engine.compile import Compiler

__all__ = ["TableRow", "compile_table", "matching_rows", "table_rows"]

REMEMBERED: Final = 1024
_ABSENT: Final = object()
_OPEN: Final = object()

Cell = Callable[[Any], Any]


@attrs.frozen
class TableRow:
    """A row with its cells and outputs compiled; cells that take anything are left out."""

    position: int
    cells: tuple[tuple[int, Cell], ...] = attrs.field(eq=False)
    outputs: tuple[Callable[[list[Any]], Any], ...] = attrs.field(eq=False)
    row: ir.Row


def table_rows(compiler: "Compiler", node: ir.Table) -> list[TableRow]:
    """The rows of a table under the chosen readings."""
    rows = []
    for number, row in enumerate(node.rows):
        cells = [
            (position, _cell(compiler, tests, decided=_decided(node.on[position])))
            for position, tests in enumerate(row.cells)
            if tests[0].kind != "any"
        ]
        outputs = tuple(compiler.node(output) for output in row.outputs)
        rows.append(TableRow(number, tuple(cells), outputs, row))
    return rows


def _decided(node: Any) -> bool:
    """Whether an input is a decision, whose value may still come, and not a fact."""
    while isinstance(node, ir.Through):
        node = node.inner
    return not (isinstance(node, ir.SlotRef) and not node.decision)


def _is_there(x: Any, *, decided: bool) -> Any:
    """Whether an input has a value; of a decision that is still open nobody knows yet."""
    if not isinstance(x, Unknown):
        return True
    return maybe(x) if decided and _present(x) else False


def _cell(compiler: "Compiler", tests: tuple[ir.Test, ...], *, decided: bool) -> Cell:
    alternatives = [_test(compiler, test, decided=decided) for test in tests]
    if len(alternatives) == 1:
        return alternatives[0]

    def any_of(x: Any) -> Any:
        doubt: Any = False
        for alternative in alternatives:
            truth = alternative(x)
            if truth is True:
                return True
            if truth is not False:
                doubt = truth
        return doubt

    return any_of


def _test(compiler: "Compiler", test: ir.Test, *, decided: bool) -> Cell:
    match test.kind:
        case "any":
            return lambda x: True
        case "missing":
            return lambda x: not _present(x) or (decided and negate(_is_there(x, decided=decided)))
        case "given":
            return lambda x: _is_there(x, decided=decided)
        case "equal":
            assert test.value is not None
            value = compiler.constant(test.value)
            return lambda x: (
                x == value if not isinstance(x, Unknown) else _present(x) and same(x, value)
            )
        case "not":
            inner = _cell(compiler, test.inner, decided=decided)
            return lambda x: _present(x) and negate(inner(x))
    assert test.interval is not None
    return _range(compiler, test.interval)


def _range(compiler: "Compiler", interval: ir.Interval) -> Cell:
    low = None if interval.low is None else compiler.constant(interval.low)
    high = None if interval.high is None else compiler.constant(interval.high)

    def within(x: Any) -> Any:
        if not _present(x):
            return False
        above: Any = True
        if low is not None:
            above = x >= low if interval.low_closed else x > low
            if above is False:
                return False
        below: Any = True
        if high is not None:
            below = x <= high if interval.high_closed else x < high
            if below is False:
                return False
        return True if above is True and below is True else maybe(x)

    return within


def _present(x: Any) -> bool:
    """An optional fact that is not given meets no test but ``missing`` and ``-``."""
    return not (isinstance(x, Unknown) and (x.absent or x is NOT_APPLICABLE))


def matching_rows(rows: list[TableRow], inputs: list[Any]) -> tuple[list[TableRow], list[TableRow]]:
    """The rows that certainly match, and those that may."""
    certain: list[TableRow] = []
    possible: list[TableRow] = []
    for row in rows:
        truth: Any = True
        for position, cell in row.cells:
            answer = cell(inputs[position])
            if answer is False:
                truth = False
                break
            if answer is not True:
                truth = answer
        if truth is True:
            certain.append(row)
        elif truth is not False:
            possible.append(row)
    return certain, possible


@attrs.frozen(eq=False)
class _Compiled:
    """A table with its rows compiled; *fixed* are outputs that are the same for every record."""

    node: ir.Table
    rows: list[TableRow]
    fixed: list[Any]
    rank: Callable[[Any], int]

    def output(self, row: TableRow, v: list[Any]) -> Any:
        """What a row that holds gives; it leaves its note."""
        if row.row.note:
            v[0].append((row.row.note, row.row.span))
        constant = self.fixed[row.position]
        return self.computed(row, v) if constant is None else constant

    def computed(self, row: TableRow, v: list[Any]) -> Any:
        """What a row gives, without a note: it only may hold."""
        values = tuple(each(v) for each in row.outputs)
        return values if self.node.columns else values[0]

    def doubtful(
        self, certain: list[TableRow], possible: list[TableRow], inputs: list[Any], v: list[Any]
    ) -> Any:
        """What the table may give while it is not certain which row holds."""
        candidates = _candidates(self.node.hit, self.rows, certain, possible)
        if self.node.hit == "first" and candidates == certain[:1]:
            return self.output(certain[0], v)
        values = [self.computed(row, v) for row in candidates]
        return hull(values, *(x for x in inputs if isinstance(x, Unknown)))


def compile_table(compiler: "Compiler", node: ir.Table) -> Callable[[list[Any]], Any]:
    """The table as a closure: one output, or the tuple of its columns."""
    on = [compiler.node(each) for each in node.on]
    rows = table_rows(compiler, node)
    fixed = [_fixed_output(compiler, row, node) for row in rows]
    table = _Compiled(node, rows, fixed, _priority(compiler, node))
    single = node.hit in ("unique", "first")
    decided: dict[tuple[Any, ...], TableRow] = {}

    def run(v: list[Any]) -> Any:
        inputs = [each(v) for each in on]
        key = tuple(
            [x if not isinstance(x, Unknown) else _ABSENT if x.absent else _OPEN for x in inputs]
        )
        row = decided.get(key)
        if row is not None:
            return table.output(row, v)
        certain, possible = matching_rows(rows, inputs)
        if not single or possible or len(certain) != 1 or _OPEN in key:
            return _undecided(table, certain, possible, inputs, v)
        if len(decided) < REMEMBERED:
            decided[key] = certain[0]
        return table.output(certain[0], v)

    return run


def _undecided(
    table: _Compiled,
    certain: list[TableRow],
    possible: list[TableRow],
    inputs: list[Any],
    v: list[Any],
) -> Any:
    """The answer by hit policy where it is not plainly one row."""
    hit = table.node.hit
    if hit.startswith("collect"):
        return _collect(hit, certain, possible, inputs, v)
    if len(certain) > 1 and hit in ("unique", "any"):
        _conflict(table.node, certain, v)
    if possible:
        return table.doubtful(certain, possible, inputs, v)
    if not certain:
        return _nothing(table.node, inputs)
    if hit == "priority":
        values = [table.computed(row, v) for row in certain]
        if any(isinstance(value, Unknown) for value in values):
            return hull(values, *values)
        best = min(certain, key=lambda row: table.rank(table.computed(row, v)))
        return table.output(best, v)
    return table.output(certain[0], v)


def _fixed_output(compiler: "Compiler", row: TableRow, node: ir.Table) -> Any:
    """The output of a row that is the same for every record; None if it is not."""
    outputs = [compiler.chosen(output) for output in row.row.outputs]
    if not all(map(compiler.is_fixed, outputs)):
        return None
    values = tuple(each([]) for each in row.outputs)
    return values if node.columns else values[0]


def _candidates(
    hit: str, rows: list[TableRow], certain: list[TableRow], possible: list[TableRow]
) -> list[TableRow]:
    """Rows that may decide, in the order of the table; under *first* none after a certain one."""
    candidates = [row for row in rows if row in certain or row in possible]
    if hit != "first" or not certain:
        return candidates
    return candidates[: candidates.index(certain[0]) + 1]


def _nothing(node: ir.Table, inputs: list[Any]) -> Any:
    if any(isinstance(x, Unknown) for x in inputs):
        return because(*inputs)
    values = ", ".join(map(str, inputs))
    raise RulesetError(
        [
            Diagnostic(
                code="E602",
                message=f"no row of the table holds for {values}",
                where=node.span,
                hint="add a row",
            )
        ]
    )


def _conflict(node: ir.Table, rows: list[TableRow], v: list[Any]) -> None:
    """Two rows that claim one value are an error; under *any* only when they differ."""
    if node.hit == "any":
        values = [tuple(each(v) for each in row.outputs) for row in rows]
        answers = [same(a, b) for value in values for a, b in zip(value, values[0], strict=True)]
        if all(answer is not False for answer in answers):
            return
    first, second, *_ = (row.row.span for row in rows)
    message = f"two rows of a table with hit policy {node.hit!r} claim one value"
    raise RulesetError([Diagnostic(code="E601", message=message, where=second, also=(first,))])


def _priority(compiler: "Compiler", node: ir.Table) -> Callable[[Any], int]:
    """The rank of an output: the order in which its enumeration is declared."""
    members = [member.name for member in compiler.program.enums.get(node.type.name, ())]
    return lambda value: members.index(value) if value in members else len(members)


def _collect(
    hit: str,
    certain: list[TableRow],
    possible: list[TableRow],
    inputs: list[Any],
    v: list[Any],
) -> Any:
    doubts = [x for x in inputs if isinstance(x, Unknown)]
    if hit == "collect count":
        if not possible:
            return len(certain)
        return because(*doubts, low=len(certain), high=len(certain) + len(possible))
    values = [row.outputs[0](v) for row in certain]
    maybes = [row.outputs[0](v) for row in possible]
    if hit == "collect sum":
        total: Any = sum(values)
        for value in maybes:
            total = total + hull((0, value), *doubts)
        return total
    if maybes:
        return hull(values + maybes, *doubts)
    if not values:
        return because(Unknown(("a row that holds",)), *doubts)
    return reduce(minimum if hit == "collect min" else maximum, values)
