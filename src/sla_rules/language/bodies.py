"""Binding of decision bodies: tables, bands, units, deadlines, scorecards, and their switches."""

from typing import Any, Final

from sla_rules.diagnostics import Span, nearest
from sla_rules.language import program as ir
from sla_rules.language import surface as sf
from sla_rules.language.cells import bind_cell, bind_interval, expression_span
from sla_rules.language.clockwork import ClockBinder
from sla_rules.language.infer import Typer
from sla_rules.language.scope import Scope
from sla_rules.language.switches import ONE_TYPE, Context
from sla_rules.language.types import (
    BOOL,
    NUMBER,
    Type,
    a_kind,
    common,
    is_ordered,
)
from sla_rules.language.walk import parts

__all__ = ["HIT_POLICIES", "Binder"]

ROW: Final = Type("row")
HIT_POLICIES: Final = (
    "unique",
    "first",
    "any",
    "priority",
    "collect sum",
    "collect min",
    "collect max",
    "collect count",
)
COUNTS: Final = ("full", "started", "pro_rata")
RATE_WORDS: Final = ("marginal", "whole")
RATIO: Final = Type("number", show="ratio")
MOST_BANDS: Final = 200


class Binder(ClockBinder):
    """Binds the parts of decision bodies to typed nodes."""

    def __init__(self, context: Context, typer: Typer) -> None:
        super().__init__(context, typer)
        self._scales: dict[str, tuple[Type, Type, Any, ir.Interval | None] | None] = {}

    def body(self, part: Any, scope: Scope, declared: Type | None) -> Any:
        """The node of any decision body."""
        return self.switch(part, lambda each: self._body(each, scope, declared), scope)

    def _body(self, part: Any, scope: Scope, declared: Type | None) -> ir.Node | None:
        match part:
            case sf.Source():
                return self.expression(part, scope, declared)
            case sf.Table():
                return self._table(part, scope, declared)
            case sf.Bands():
                return self._bands(part, scope, declared)
            case sf.Units():
                return self._units(part, scope)
            case sf.Rates():
                return self._rates(part, scope, declared)
            case sf.Deadline():
                return self.deadline(part, scope)
            case sf.Elapsed():
                return self.elapsed(part, scope)
            case sf.Overrun():
                return self.overrun(part, scope)
            case _:
                return self._scorecard(part, scope)

    def _table(self, part: sf.Table, scope: Scope, declared: Type | None) -> ir.Node | None:
        on = [self.expression(source, scope) for source in part.on]
        hit = "unique" if part.hit is None else self.word(part.hit, HIT_POLICIES, "hit policy")
        columns: dict[str, Type | None] = {
            name: self._context.type_named(column.type) for name, column in part.give.items()
        }
        kinds: list[Type | None] = list(columns.values()) if columns else [declared]
        if part.matrix and len(on) != 2:
            message = f"a matrix crosses two inputs, and the table has {len(on)} under on:"
            hint = "name both: on: [urgency, impact]"
            self.typer.problem("E508", message, part.span, hint)
            return None
        written = part.rows or _crossed(part.matrix)
        rows = [self._row(row, on, kinds, scope) for row in written]
        if part.rows and part.matrix:
            hint = "delete one of them"
            self.typer.problem("E509", "a table has rows: or matrix:, not both", part.span, hint)
            return None
        if not written:
            hint = "write rows: with {when: …, then: …}, or matrix:"
            self.typer.problem("E507", "a table needs a row", part.span, hint)
        if any(node is None for node in on) or any(row is None for row in rows) or hit is None:
            return None
        known = [row for row in rows if row is not None]
        if not known:
            return None
        kind = declared
        if columns:
            kind = ROW
        elif kind is None:
            kind = self._one_type([row.outputs[0] for row in known], "rows of the table")
        if kind is None or not self._can_hit(hit, kind, part):
            return None
        if hit == "collect count":
            kind = NUMBER
        return ir.Table(
            on=tuple(node for node in on if node is not None),
            hit=hit,
            columns=tuple(columns),
            rows=tuple(known),
            type=kind,
            span=part.span,
        )

    def _one_type(self, outputs: list[ir.Node], what: str) -> Type | None:
        """The type of all outputs; a problem at the first that differs."""
        kind = outputs[0].type
        for output in outputs[1:]:
            joint = common(kind, output.type)
            if joint is None:
                message = f"the {what} give different types, {kind} and {output.type}"
                self.typer.problem("E505", message, output.span, ONE_TYPE)
                return None
            kind = joint
        return kind

    def _can_hit(self, hit: str, kind: Type, part: sf.Table) -> bool:
        """Whether a hit policy can make one value of outputs of this type."""
        wanted = {
            "priority": (kind.kind == "enum", "choices of an enumeration, which stand in order"),
            "collect sum": (kind.kind == "number", "numbers"),
            "collect min": (is_ordered(kind), "numbers, dates or months"),
            "collect max": (is_ordered(kind), "numbers, dates or months"),
            "collect count": (kind != ROW, "one output"),
        }
        fits, what = wanted.get(hit, (True, ""))
        if not fits:
            assert part.hit is not None
            message = f"hit policy {hit!r} has no meaning for rows that give {kind}"
            span = part.hit.span if isinstance(part.hit, sf.Source) else part.span
            self.typer.problem("E528", message, span, f"it takes {what}")
        return fits

    def _row(
        self, row: sf.Row, on: list[ir.Node | None], kinds: list[Type | None], scope: Scope
    ) -> ir.Row | None:
        clauses = self._context.clauses(row.clause)
        if len(row.when) != len(on):
            message = f"the row has {len(row.when)} under when: and the table {len(on)} under on:"
            hint = "one cell for each input; - for any value"
            self.typer.problem("E508", message, row.span, hint)
            return None
        if len(row.then) != len(kinds):
            message = f"the row has {len(row.then)} under then: and the table gives {len(kinds)}"
            self.typer.problem("E508", message, row.span, "one value for each output")
            return None
        cells = [
            bind_cell(cell, self.typer, scope, node.type)
            for cell, node in zip(row.when, on, strict=True)
            if node is not None
        ]
        outputs = [
            self.expression(source, scope, kind)
            for source, kind in zip(row.then, kinds, strict=True)
        ]
        if len(cells) < len(on) or any(cell is None for cell in cells) or not all(outputs):
            return None
        return ir.Row(
            cells=tuple(cell for cell in cells if cell is not None),
            texts=tuple(cell.text for cell in row.when),
            outputs=tuple(output for output in outputs if output is not None),
            clauses=clauses,
            note=row.note.text if row.note else "",
            span=row.span,
        )

    def scale(self, name: str) -> tuple[Type, Type, Any, ir.Interval | None] | None:
        """Input type, output type, bands and domain of a named scale, bound once."""
        if name not in self._scales:
            part = self._context.scales[name]
            self._context.clauses(part.clause)
            input_type = self._context.type_named(part.input)
            output_type = self._context.type_named(part.gives)
            bound = None
            if input_type is not None and output_type is not None:
                bands = self._band_rows(part.bands, input_type, output_type, Scope(), part.span)
                domain = self._domain(part.domain, input_type)
                bound = None if bands is None else (input_type, output_type, bands, domain)
            self._scales[name] = bound
        return self._scales[name]

    def _domain(self, source: sf.Source | None, kind: Type) -> ir.Interval | None:
        if source is None:
            return None
        return bind_interval(source.text, expression_span(source), self.typer, Scope(), kind)

    def _band_rows(
        self, part: Any, kind: Type, gives: Type | None, scope: Scope, span: Span
    ) -> Any:
        if kind.kind != "number":
            hint = "a table compares other values"
            self.typer.problem("E407", f"bands hold numbers, not {kind}", span, hint)
            return None

        def build(rows: tuple[tuple[sf.Source, sf.Output], ...]) -> Any:
            if len(rows) > MOST_BANDS:
                message = f"a band set of {len(rows):,} bands, more than {MOST_BANDS}"
                self.typer.problem("E529", message, span, "say it with an expression of x")
                return None
            bands = [self._band(edge, output, kind, gives, scope) for edge, output in rows]
            if not bands:
                hint = 'write "(..0]": … and so on'
                self.typer.problem("E507", "a band set needs a band", span, hint)
            return None if not bands or None in bands else tuple(bands)

        return self.switch(part, build)

    def _band(
        self, edge: sf.Source, output: sf.Output, kind: Type, gives: Type | None, scope: Scope
    ) -> ir.Band | None:
        interval = bind_interval(edge.text, edge.span, self.typer, Scope(), kind)
        inner = Scope(scope.level, band_input=kind)
        value = self.expression(output.value, inner, gives)
        clauses = self._context.clauses(output.clause)
        if interval is None or value is None:
            return None
        note = output.note.text if output.note else ""
        return ir.Band(interval=interval, output=value, note=note, clauses=clauses, span=edge.span)

    def _bands(self, part: sf.Bands, scope: Scope, declared: Type | None) -> ir.Node | None:
        on = self.expression(part.on, scope)
        if on is None:
            return None
        if part.scale is None:
            if part.rows is None:
                message = "bands need rows: or the name of a scale:"
                self.typer.problem("E509", message, part.span, "write rows: or scale: under bands:")
                return None
            bands = self._band_rows(part.rows, on.type, declared, scope, part.on.span)
            if bands is None:
                return None
            outputs = [each.output for each in parts(bands) if isinstance(each, ir.Band)]
            kind = declared or self._one_type(outputs, "bands")
            if kind is None:
                return None
            domain = self._domain(part.domain, on.type)
            return ir.BandSet(
                on=on, scale="", bands=bands, domain=domain, type=kind, span=part.span
            )
        if part.scale.text not in self._context.scales:
            hint = nearest(part.scale.text, self._context.scales) or "declare it under scales:"
            message = f"there is no scale {part.scale.text!r}"
            self.typer.problem("E510", message, part.scale.span, hint)
            return None
        bound = self.scale(part.scale.text)
        if bound is None:
            return None
        kind, gives, bands, domain = bound
        typed = self.typer.as_type(on, kind)
        return typed and ir.BandSet(
            on=typed, scale=part.scale.text, bands=bands, domain=domain, type=gives, span=part.span
        )

    def _units(self, part: sf.Units, scope: Scope) -> ir.Node | None:
        of = self.expression(part.of, scope)
        per = self.expression(part.per, scope, of.type if of is not None else None)
        count = self.word(part.count, COUNTS, "way to count units")
        free = self.value(part.free, scope, NUMBER)
        if of is None or per is None or count is None:
            return None
        if of.type.kind != "number":
            hint = "of: and per: are two amounts of one unit"
            self.typer.problem("E407", f"units of {of.type} cannot be counted", part.of.span, hint)
            return None
        return ir.Units(of=of, per=per, count=count, free=free, type=NUMBER, span=part.span)

    def _rates(self, part: sf.Rates, scope: Scope, declared: Type | None) -> ir.Node | None:
        of = self.expression(part.of, scope)
        if of is None:
            return None
        amount: ir.Node | None = of
        if part.per is not None:
            per = self.expression(part.per, scope, of.type)
            amount = per and ir.Arithmetic(
                op="/", left=of, right=per, type=NUMBER, span=part.of.span
            )
        how = self.word(part.how, RATE_WORDS, "way to apply rates")
        if amount is None or how is None:
            return None
        if amount.type.kind != "number" or amount.type.unit:
            hint = "divide it by a unit: per: 1 h"
            message = f"rates apply to a plain number, and this is {a_kind(amount.type)}"
            self.typer.problem("E407", message, part.of.span, hint)
            return None
        rows = self._band_rows(part.rows, amount.type, declared, scope, part.of.span)
        if rows is None:
            return None
        outputs = [each.output for each in parts(rows) if isinstance(each, ir.Band)]
        kind = declared or self._one_type(outputs, "rates")
        if kind is None:
            return None
        zero = ir.Constant(value=0, type=amount.type, span=part.span)
        above = ir.Interval(low=zero, low_closed=False, high=None, high_closed=False, text="(0..)")
        bands = ir.BandSet(on=amount, scale="", bands=rows, domain=above, type=kind, span=part.span)
        counted = part.per is None and of.type.show == "integer"
        return ir.Rates(bands=bands, how=how, counted=counted, type=kind, span=part.span)

    def _scorecard(self, part: sf.Scorecard, scope: Scope) -> ir.Node | None:
        total = self.expression(part.total, scope)
        if total is None:
            return None
        sections = [self._section(section, scope, total.type) for section in part.sections]
        rescale = self.value(part.rescale, scope, BOOL)
        if any(section is None for section in sections):
            return None
        return ir.Scorecard(
            sections=tuple(section for section in sections if section is not None),
            total=total,
            rescale=rescale,
            type=total.type,
            span=part.span,
        )

    def _section(self, part: sf.Section, scope: Scope, kind: Type) -> ir.Section | None:
        of = self.expression(part.of, scope, kind)
        most = self.expression(part.max, scope, kind)
        applies = None
        if part.applies is not None:
            applies = self.expression(part.applies, scope, BOOL)
            if applies is None:
                return None
        weight = None
        if part.weight is not None:
            weight = self.expression(part.weight, scope, RATIO)
            if weight is None:
                return None
        if of is None or most is None:
            return None
        clauses = self._context.clauses(part.clause)
        return ir.Section(
            of=of, max=most, weight=weight, applies=applies, clauses=clauses, span=part.span
        )


def _crossed(
    matrix: tuple[tuple[sf.Source, tuple[tuple[sf.Source, sf.Output], ...]], ...],
) -> tuple[sf.Row, ...]:
    """The rows of a table that is written as a cross of two inputs."""
    return tuple(
        sf.Row(
            when=(first, second),
            then=(output.value,),
            clause=output.clause,
            note=output.note,
            span=second.span,
        )
        for first, line in matrix
        for second, output in line
    )
