"""Tables give each input one answer: no gap, no overlap, no row in vain.  W701 to W706, W709."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from sla_rules.language import program as ir
from sla_rules.language.constants import constant_value
from sla_rules.language.examples import describe, slot_of
from sla_rules.language.ranges import Case, Cases
from sla_rules.language.walk import belongs, chosen, parts
from sla_rules.lint import sweep
from sla_rules.lint.columns import Column, Computed, column_of
from sla_rules.lint.found import Found, found
from sla_rules.lint.search import Search
from sla_rules.lint.verdict import SHOWN, Budget, Exhausted, Task, Verdict, first_look

__all__ = ["judge", "structure", "tables", "task_of"]

STEPS_OF_A_TABLE: Final = 300_000
STEPS_IN_ALL: Final = 3_000_000
COUNTING: Final = ("collect sum", "collect count")
IN_VAIN: Final = ("W703", "W704", "W705", "W706")


def tables(program: ir.Program, cases: Cases) -> Iterator[Found]:
    """What is wrong with the tables of a program, each finding once.

    Two answers or none are told under the first reading that has them; a row in vain only if it
    is so under all readings under which its table is asked.
    """
    left = Budget(STEPS_IN_ALL)
    for level in program.levels.values():
        for decision in level.decisions:
            asked: dict[int, list[dict[Any, Found]]] = {}
            for case in _cases(cases, level, decision):
                for table in parts(decision.body, case.choices):
                    if isinstance(table, ir.Table):
                        report = _Report(program, level, decision, table, case)
                        found_now = report.findings(left)
                        if found_now is not None:
                            asked.setdefault(id(table), []).append(found_now)
            for several in asked.values():
                yield from _told(several)


def _cases(cases: Cases, level: ir.Level, decision: ir.Decision) -> Iterator[Case]:
    if any(isinstance(part, ir.Table) for part in parts(decision.body)):
        yield from cases.of(level.name, decision.body, decision.applies)


def _told(several: list[dict[Any, Found]]) -> Iterator[Found]:
    """Of the findings of a table under several readings those that are told, each once."""
    told: set[Any] = set()
    for found_now in several:
        for key, each in found_now.items():
            code = each.problem.code
            if key in told or (code in IN_VAIN and not all(key in other for other in several)):
                continue
            told.add(key)
            yield each


def judge(task: Task, budget: Budget) -> Verdict:
    """Everything that is found in a table; *unproven* where the budget did not suffice."""
    verdict = Verdict()
    out = first_look(task, verdict)
    try:
        if len(task.columns) == 1:
            _judge_one(task, verdict, out, budget)
        else:
            _judge_several(task, verdict, out, budget)
    except Exhausted:
        verdict.unproven = True
    return verdict


def _judge_one(task: Task, verdict: Verdict, out: frozenset[int], budget: Budget) -> None:
    if task.hit not in COUNTING:
        sweep.gaps(task, verdict)
    if task.hit in ("unique", "any"):
        sweep.overlaps(task, verdict)
    if task.hit == "first":
        sweep.first_rows(task, verdict, out)
    elif task.hit == "any" or task.ranks:
        Search(task, budget).spared_rows(verdict, out)


def _judge_several(task: Task, verdict: Verdict, out: frozenset[int], budget: Budget) -> None:
    search = Search(task, budget)
    if task.hit in ("unique", "any"):
        search.overlaps(verdict)
    if task.hit not in COUNTING and (gap := search.gap()) is not None:
        verdict.gaps.append(gap)
    if task.hit == "first":
        search.first_rows(verdict, out)
    elif task.hit == "any" or task.ranks:
        search.spared_rows(verdict, out)


def task_of(
    program: ir.Program, level: ir.Level, decision: ir.Decision, table: ir.Table, case: Case
) -> Task:
    """A table under one choice of readings.  Raises Computed where a cell is no constant."""
    columns = tuple(
        _column(program, level, decision, table, place, case) for place in range(len(table.on))
    )
    values = tuple(_values(row, program, case.choices) for row in table.rows)
    answers = tuple(
        (value, row.note, row.clauses) for value, row in zip(values, table.rows, strict=True)
    )
    return Task(table.hit, columns, values, answers, _ranks(program, table, values))


def _column(
    program: ir.Program,
    level: ir.Level,
    decision: ir.Decision,
    table: ir.Table,
    place: int,
    case: Case,
) -> Column:
    node = chosen(table.on[place], case.choices)
    slot = slot_of(program, level, node)
    kind = node.type
    names = tuple(
        member.name
        for enum in (kind.name.split("|") if kind.kind == "enum" else ())
        for member in program.enums.get(enum, ())
    )
    return column_of(
        tuple(row.cells[place] for row in table.rows),
        kind,
        case.ranges.of(level.name, node, given=decision.applies),
        names,
        program,
        case.choices,
        other=isinstance(slot, ir.Fact) and slot.unlisted,
    )


def _values(row: ir.Row, program: ir.Program, choices: Mapping[str, str]) -> tuple[Any, ...]:
    found = []
    for output in row.outputs:
        value = constant_value(output, program, choices)
        found.append(structure(output, choices) if value is None else (value,))
    return tuple(found)


def structure(node: Any, choices: Mapping[str, str] | None = None) -> Any:
    """What a node says, without where it stands: equal for texts that mean the same."""
    if choices is not None:
        node = chosen(node, choices)
    if isinstance(node, tuple):
        return tuple(structure(each, choices) for each in node)
    if isinstance(node, Mapping):
        return tuple((key, structure(each, choices)) for key, each in sorted(node.items()))
    if not belongs(node):
        return node
    fields = [each.name for each in attrs.fields(type(node))]
    kept = [name for name in fields if name not in ("type", "span", "text")]
    return (type(node).__name__, *(structure(getattr(node, name), choices) for name in kept))


def _ranks(
    program: ir.Program, table: ir.Table, values: tuple[tuple[Any, ...], ...]
) -> tuple[Any, ...]:
    """Smaller is what decides; rows whose rank is not known before the facts have none."""
    constants = [each[0][0] if len(each) == 1 and len(each[0]) == 1 else None for each in values]
    match table.hit:
        case "collect min":
            return tuple(constants)
        case "collect max":
            return tuple(None if each is None else -each for each in constants)
        case "priority" if not table.columns:
            names = [member.name for member in program.enums.get(table.type.name, ())]
            return tuple(names.index(each) if each in names else None for each in constants)
    return ()


@attrs.frozen
class _Report:
    """Says in words what was found in a table."""

    program: ir.Program
    level: ir.Level
    decision: ir.Decision
    table: ir.Table
    case: Case

    def findings(self, left: Budget) -> dict[Any, Found] | None:
        """All findings of the table under its case, by code and places.

        None if an input never has a value under these readings: then the table is not asked.
        """
        try:
            task = task_of(self.program, self.level, self.decision, self.table, self.case)
        except Computed:
            return self._keyed([self._computed()])
        if not all(column.present for column in task.columns):
            return None
        budget = Budget(min(STEPS_OF_A_TABLE, left.left))
        before = budget.left
        verdict = judge(task, budget)
        left.left -= before - max(budget.left, 0)
        several = [*self._gaps(task, verdict), *self._overlaps(task, verdict)]
        several += [*self._dead(verdict), *self._spare(task, verdict)]
        return self._keyed(several + ([self._unproven()] if verdict.unproven else []))

    def _keyed(self, several: list[Found]) -> dict[Any, Found]:
        return {
            (each.problem.code, each.problem.where, each.problem.also): each for each in several
        }

    def _computed(self) -> Found:
        name = self.decision.name
        message = f"the table of {name} is not proven: a cell is computed"
        return self._found("W709", message, self.table.span, hint="compare with constants")

    def _unproven(self) -> Found:
        message = f"the table of {self.decision.name} is not proven: it has too many cases"
        hint = "split it into tables with fewer inputs, or let its cells name fewer values"
        return self._found("W709", message, self.table.span, hint=hint)

    def _found(self, code: str, message: str, where: Any, **more: Any) -> Found:
        message += self.case.note
        return found(code, message, where, self.decision, self.level, **more)

    def _example(self, task: Task, pieces: tuple[int, ...]) -> tuple[str, ...]:
        lines = []
        for place, (column, piece) in enumerate(zip(task.columns, pieces, strict=True)):
            node = chosen(self.table.on[place], self.case.choices)
            other = "the input" if len(pieces) == 1 else f"input {place + 1}"
            value = column.example(piece)
            lines.append(describe(self.program, self.level, node, value, other))
        return tuple(lines)

    def _gaps(self, task: Task, verdict: Verdict) -> Iterator[Found]:
        if not verdict.gaps:
            return
        message = f"the table of {self.decision.name} has no row for some inputs"
        hint = "add a row, or say min, max or step of the input if that does not occur"
        shown_gaps = verdict.gaps[:SHOWN]
        example = [line for gap in shown_gaps for line in self._example(task, gap)]
        if len(verdict.gaps) > SHOWN:
            example.append(f"and {len(verdict.gaps) - SHOWN} gaps more")
        yield self._found("W701", message, self.table.span, hint=hint, example=tuple(example))

    def _overlaps(self, task: Task, verdict: Verdict) -> Iterator[Found]:
        rows = self.table.rows
        same = "they differ" if task.hit == "any" else "only one may"
        for later, earlier, pieces in verdict.overlaps:
            message = f"two rows of {self.decision.name} hold for one input, and {same}"
            yield self._found(
                "W702",
                message,
                rows[later].span,
                also=(rows[earlier].span,),
                example=self._example(task, pieces),
                hint="narrow one of them, or choose another hit policy",
            )

    def _dead(self, verdict: Verdict) -> Iterator[Found]:
        for row, place in verdict.dead:
            text = self.table.rows[row].texts[place]
            node = chosen(self.table.on[place], self.case.choices)
            slot = slot_of(self.program, self.level, node)
            name = "the input" if slot is None else slot.name
            message = f"this row of {self.decision.name} never holds: {name} is never {text!r}"
            yield self._found(
                "W703", message, self.table.rows[row].span, hint="delete the row, or mend its cell"
            )

    def _spare(self, task: Task, verdict: Verdict) -> Iterator[Found]:
        rows, name = self.table.rows, self.decision.name
        for row, by in verdict.masked:
            spans = tuple(sorted(rows[each].span for each in by[:SHOWN]))
            more = " and others" if len(by) > SHOWN else ""
            lines = ", ".join(str(span.line) for span in spans)
            first = f"line {lines} comes" if len(by) == 1 else f"lines {lines}{more} come"
            message = f"this row of {name} is never reached: {first} first"
            hint = "move it up, or delete it"
            yield self._found("W704", message, rows[row].span, also=spans, hint=hint)
        redundant = set(verdict.redundant)
        if task.hit == "collect sum":
            dead = {row for row, _ in verdict.dead}
            zero = (((0,),), "", ())
            redundant |= {row for row, each in enumerate(task.answers) if each == zero} - dead
        for row in sorted(redundant):
            message = f"this row of {name} changes nothing: without it every answer is the same"
            yield self._found("W705", message, rows[row].span, hint="delete it")
        for later, earlier in verdict.twins:
            message = f"two rows of {name} have one and the same condition"
            yield self._found(
                "W706",
                message,
                rows[later].span,
                also=(rows[earlier].span,),
                hint="make one row of them, or mend the condition of one",
            )
