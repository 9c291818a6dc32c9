"""A compiler that puts an ear to every closure it makes."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

import attrs

from sla_rules.diagnostics import SlaError
from sla_rules.engine.bands import band_rows, select_band
from sla_rules.engine.clocks import Clocks
from sla_rules.engine.compile import Closure, Compiler, Record
from sla_rules.engine.rates import shares_of
from sla_rules.engine.tables import TableRow, matching_rows, table_rows
from sla_rules.language import program as ir
from sla_rules.language.walk import limit_of
from sla_rules.listening.ear import Deed, Wire
from sla_rules.unknown import NOT_APPLICABLE, Unknown, same

__all__ = ["ListeningCompiler"]

_TRUTH: Final = {True: Deed.TRUE, False: Deed.FALSE}


class ListeningCompiler(Compiler):
    """Compiles as :class:`Compiler` does; what the closures do comes to whoever listens.

    Rows and bands are selected a second time, by the functions that the evaluator uses: its own
    closures remember what they selected, and give no sign.
    """

    def __init__(
        self,
        program: ir.Program,
        choices: Mapping[str, str],
        clocks: Clocks,
        today: dt.date | None = None,
    ) -> None:
        super().__init__(program, choices, clocks, today)
        self.ear = Wire()

    def at(self, today: dt.date) -> Compiler:
        """The compiler of parameters as they are on a date, listening too."""
        if today not in self._dates:
            self._dates[today] = ListeningCompiler(self.program, self.choices, self.clocks, today)
        return self._dates[today]

    def node(self, node: Any) -> Closure:
        """The closure of a node, heard when it runs and when it is true or false."""
        taken = self.chosen(node)
        switch = node if node is not taken else None
        run = super().node(taken)
        match taken:
            case ir.Table():
                run = self._table(taken, run)
            case ir.BandSet():
                run = self._bands(taken, run)
            case ir.Rates():
                run = self._rates(taken, run)
            case ir.Deadline() | ir.Elapsed() | ir.Overrun() if taken.stops is not None:
                run = self._clock(taken, run)
        hear = self.ear.hear

        def heard(v: Record) -> Any:
            hear(taken, Deed.RAN)  # also where it fails
            if switch is not None:
                hear(switch, Deed.RAN)
            value = run(v)
            if value is True or value is False:
                hear(taken, _TRUTH[value])
            return value

        return heard

    def decision(self, decision: ir.Decision) -> Closure:
        """The closure of a decision: whether it applied, and what cut or rounded its value."""
        run = super().decision(decision)
        watch = self._modifiers(decision)
        applied = self._applied(decision)
        ear = self.ear

        def heard(v: Record) -> Any:
            ear.enter(v, decision)  # type: ignore[arg-type]  # a whole record, not a bare list
            try:
                try:
                    value = run(v)
                except SlaError:
                    if applied(v) is True:
                        ear.hear(decision, Deed.RAN)
                    raise
                truth = applied(v)
                if value is NOT_APPLICABLE:
                    ear.hear_decisive(decision, Deed.NOT_APPLICABLE)
                    if truth is True:
                        ear.hear(decision, Deed.EMPTY)
                    return value
                if truth is not True:
                    ear.hear(decision, Deed.OPEN)
                    return value
                ear.hear(decision, Deed.RAN)
                notes = len(v[0])
                for each in watch:
                    each(v)
                del v[0][notes:]  # those of the value that was computed again
                return value
            finally:
                ear.leave()

        return heard

    def _applied(self, decision: ir.Decision) -> Closure:
        """Whether a decision applies; None where that itself fails."""
        if decision.applies is None:
            return lambda v: True
        silent = Compiler(self.program, self.choices, self.clocks, self.today)
        applies = silent.node(decision.applies)

        def applied(v: Record) -> Any:
            try:
                return applies(v)
            except SlaError:
                return None

        return applied

    def _modifiers(self, decision: ir.Decision) -> list[Closure]:
        """Closures that compute the value step by step and hear what each step changes."""
        silent = Compiler(self.program, self.choices, self.clocks, self.today)
        watch: list[Closure] = []
        run = silent.node(decision.body)
        limits = (
            (decision.cap, Deed.CAP_HIT, Deed.CAP_FREE, False),
            (decision.floor, Deed.FLOOR_HIT, Deed.FLOOR_FREE, True),
        )
        for limit, hit, free, lowest in limits:
            held = limit_of(limit, self.choices)
            if held is not None:
                most = silent.node(held)
                watch.append(self._limit(decision, run, most, (hit, free), lowest=lowest))
                run = _limited(run, most, lowest=lowest)
        rounded = silent.rounded(run, decision.rounding)
        if rounded is not run:
            watch.append(self._rounding(decision, run, rounded))
        return watch

    def _limit(
        self,
        decision: ir.Decision,
        run: Closure,
        most: Closure,
        deeds: tuple[Deed, Deed],
        *,
        lowest: bool,
    ) -> Closure:
        def watch(v: Record) -> None:
            value, limit = run(v), most(v)
            if isinstance(value, Unknown) or isinstance(limit, Unknown):
                return
            if value < limit if lowest else value > limit:
                self.ear.hear_decisive(decision, deeds[0])
            else:
                self.ear.hear(decision, deeds[1])

        return watch

    def _rounding(self, decision: ir.Decision, run: Closure, rounded: Closure) -> Closure:
        def watch(v: Record) -> None:
            before, after = run(v), rounded(v)
            if not isinstance(before, Unknown) and before != after:
                self.ear.hear_decisive(decision, Deed.ROUNDED)

        return watch

    def _table(self, node: ir.Table, run: Closure) -> Closure:
        silent = Compiler(self.program, self.choices, self.clocks, self.today)
        inputs = [silent.node(each) for each in node.on]
        rows = table_rows(silent, node)

        def heard(v: Record) -> Any:
            value = run(v)
            certain, possible = matching_rows(rows, [each(v) for each in inputs])
            for row in _holding(node, certain, possible, value, v):
                self.ear.hear_decisive(row.row, Deed.HELD)
            return value

        return heard

    def _bands(self, node: ir.BandSet, run: Closure) -> Closure:
        silent = Compiler(self.program, self.choices, self.clocks, self.today)
        on, rows = silent.node(node.on), band_rows(silent, node)

        def heard(v: Record) -> Any:
            value = run(v)
            x = on(v)
            row = None if isinstance(x, Unknown) else select_band(rows, x)
            if row is not None:
                self.ear.hear_decisive(row.band, Deed.HELD)
            return value

        return heard

    def _clock(self, node: ir.Deadline | ir.Elapsed | ir.Overrun, run: Closure) -> Closure:
        silent = Compiler(self.program, self.choices, self.clocks, self.today)
        running = silent.node(attrs.evolve(node, stops=None))

        def heard(v: Record) -> Any:
            value = run(v)
            notes = len(v[0])
            through = running(v)
            del v[0][notes:]
            if not isinstance(value, Unknown) and not isinstance(through, Unknown):
                deed = Deed.NOT_SUSPENDED if value == through else Deed.SUSPENDED
                self.ear.hear(node, deed)
            return value

        return heard

    def _rates(self, node: ir.Rates, run: Closure) -> Closure:
        silent = Compiler(self.program, self.choices, self.clocks, self.today)
        on, rows = silent.node(node.bands.on), band_rows(silent, node.bands)
        marginal = self.chosen(node.how) == "marginal"

        def heard(v: Record) -> Any:
            self.ear.hear(node.bands, Deed.RAN)
            value = run(v)
            x = on(v)
            if isinstance(x, Unknown) or x <= 0:  # nothing is taken of nothing
                return value
            if marginal:
                held = [row for row, _ in shares_of(x, rows, counted=node.counted)]
            else:
                held = [row for row in [select_band(rows, x)] if row is not None]
            for row in held:
                self.ear.hear_decisive(row.band, Deed.HELD)
            return value

        return heard


def _limited(run: Closure, most: Closure, *, lowest: bool) -> Closure:
    def limited(v: Record) -> Any:
        value, limit = run(v), most(v)
        if isinstance(value, Unknown) or isinstance(limit, Unknown):
            return value
        return max(value, limit) if lowest else min(value, limit)

    return limited


def _holding(
    node: ir.Table,
    certain: list[TableRow],
    possible: list[TableRow],
    value: Any,
    v: Record,
) -> list[TableRow]:
    """The rows that made the value: one, or of a collection all that certainly hold."""
    if node.hit.startswith("collect"):
        return certain
    if possible:
        before = min(row.position for row in possible)
        certain = [row for row in certain if node.hit == "first" and row.position < before]
    if node.hit == "priority":
        outputs = ((row, row.outputs[0](v)) for row in certain)
        return [row for row, output in outputs if same(output, value) is True][:1]
    return certain[:1]
