"""W721: bands, tables and rates whose results neither only rise nor only fall."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import attrs

from sla_rules.language import program as ir
from sla_rules.language.ranges import Case, Cases
from sla_rules.language.types import Type
from sla_rules.language.walk import chosen, parts
from sla_rules.lint.found import Found, found
from sla_rules.lint.staircase import Stair, Step, ends_of, samples, turn, value_at
from sla_rules.lint.words import shown
from sla_rules.quantities import Number

__all__ = ["steps"]

HINT = "let the steps go one way, or acknowledge W721 with the reason, such as an optimum"


def steps(program: ir.Program) -> Iterator[Found]:
    """Every set of steps that goes both ways, once."""
    cases = Cases(program)
    seen: set[tuple[Any, ...]] = set()
    for level in program.levels.values():
        for decision in level.decisions:
            several = list(parts(decision.body))
            rated = {id(part.bands.bands) for part in several if isinstance(part, ir.Rates)}
            for part in several:
                if isinstance(part, ir.BandSet) and id(part.bands) in rated:
                    continue
                if not isinstance(part, ir.BandSet | ir.Rates | ir.Table):
                    continue
                judged = part.bands if isinstance(part, ir.Rates) else part
                key = (id(getattr(judged, "bands", judged)), type(part), decision.better != 0)
                if key in seen:
                    continue
                seen.add(key)
                yield from _judged(part, program, level, decision, cases)


def _judged(
    part: Any, program: ir.Program, level: ir.Level, decision: ir.Decision, cases: Cases
) -> Iterator[Found]:
    told: set[Any] = set()
    judge = _Judge(program, level, decision)
    for case in cases.of(level.name, part if isinstance(part, ir.Rates) else _rules(part)):
        match part:
            case ir.Table():
                several = judge.table(part, case)
            case ir.Rates():
                several = judge.rates(part, case)
            case _:
                several = judge.bands(part, case)
        for each in several:
            if each.problem.where not in told:
                told.add(each.problem.where)
                yield each


def _rules(part: Any) -> Any:
    """What of a part decides its steps: not the number that is looked up."""
    return part.bands if isinstance(part, ir.BandSet) else part.rows


@attrs.frozen(eq=False)
class _Turned:
    """Two neighbouring samples against the way of the whole, with what is needed to tell them."""

    pair: tuple[Step, Step]
    rows: tuple[Any, ...]
    text: Callable[[Any], str]
    on: Type
    gives: Type


class _Judge:
    """Judges the steps of one decision."""

    def __init__(self, program: ir.Program, level: ir.Level, decision: ir.Decision) -> None:
        self.program = program
        self.level = level
        self.decision = decision

    def bands(self, part: ir.BandSet, case: Case) -> Iterator[Found]:
        """The steps of a band set."""
        rows: tuple[ir.Band, ...] = chosen(part.bands, case.choices)
        stairs = self._stairs([row.interval for row in rows], case)
        if stairs is None:
            return
        found_steps = []
        for x, row in samples(stairs, part.on.type, whole=part.on.type.show == "integer"):
            value = self._value(rows[row].output, part.type, x, case.choices)
            if value is None:
                return
            found_steps.append(Step(x, row, value))
        pair = turn(found_steps)
        if pair is not None:
            told = _Turned(pair, rows, lambda row: row.interval.text, part.on.type, part.type)
            yield self._told("bands", told, part, case)

    def rates(self, part: ir.Rates, case: Case) -> Iterator[Found]:
        """What graduated rates come to, at and beside every edge."""
        rows: tuple[ir.Band, ...] = chosen(part.bands.bands, case.choices)
        stairs = self._stairs([row.interval for row in rows], case)
        if stairs is None or chosen(part.how, case.choices) != "whole":
            return  # marginal rates add to what is below them
        found_steps = []
        on = part.bands.on.type
        for x, row in samples(stairs, on, whole=part.counted or on.show == "integer"):
            rate = value_at(rows[row].output, x, self.program, case.choices)
            if rate is None:
                return
            if x < 0:
                continue  # less than nothing is charged nothing
            found_steps.append(Step(x, row, x * rate))
        pair = turn(found_steps)
        if pair is not None:
            told = _Turned(pair, rows, lambda row: row.interval.text, on, part.type)
            yield self._told("rates", told, part.bands, case)

    def table(self, part: ir.Table, case: Case) -> Iterator[Found]:
        """The steps of a table along each of its numeric columns, all others held."""
        alone = len(part.on) == 1
        if part.hit not in ("unique", "any") and not (part.hit == "first" and alone):
            return
        for position, on in enumerate(part.on):
            if on.type.kind != "number":
                continue
            groups: dict[tuple[str, ...], list[ir.Row]] = {}
            for row in part.rows:
                others = (*row.texts[:position], *row.texts[position + 1 :])
                groups.setdefault(tuple(each.strip() for each in others), []).append(row)
            for rows in groups.values():
                yield from self._column(part, position, rows, case)

    def _column(
        self, part: ir.Table, position: int, rows: list[ir.Row], case: Case
    ) -> Iterator[Found]:
        stairs = [self._cell(row.cells[position], case) for row in rows]
        known = [each for each in stairs if each is not None]
        if len(known) < len(stairs) or len(known) < 2:
            return
        on = part.on[position].type
        places = list(samples(known, on, whole=on.show == "integer"))
        for output in range(len(rows[0].outputs)):
            kind = rows[0].outputs[output].type
            values = [self._value(row.outputs[output], kind, None, case.choices) for row in rows]
            if None in values:
                continue
            found_steps = [Step(x, row, values[row]) for x, row in places]  # type: ignore[arg-type]
            pair = turn(found_steps)
            if pair is not None:
                told = _Turned(pair, tuple(rows), lambda row: row.texts[position], on, kind)
                yield self._told("rows", told, part, case)

    def _cell(self, tests: tuple[ir.Test, ...], case: Case) -> Stair | None:
        """The interval of a cell with one test; None for any other cell."""
        if len(tests) != 1:
            return None
        test = tests[0]
        if test.kind == "any":
            return Stair(None, False, None, False)
        if test.interval is not None:
            return ends_of(test.interval, self.program, case.choices)
        if test.kind == "equal":
            value = value_at(test.value, None, self.program, case.choices)
            return None if value is None else Stair(value, True, value, True)
        return None

    def _stairs(self, intervals: list[ir.Interval], case: Case) -> list[Stair] | None:
        found = [ends_of(each, self.program, case.choices) for each in intervals]
        known = [each for each in found if each is not None]
        return known if len(known) == len(found) else None

    def _value(
        self, node: Any, kind: Type, x: Number | None, choices: Mapping[str, str]
    ) -> Number | None:
        """What a row gives as a number; a grade by its place, where a direction is said."""
        if kind.kind == "number":
            return value_at(node, x, self.program, choices)
        node = chosen(node, choices)
        if kind.kind == "enum" and self.decision.better and isinstance(node, ir.Constant):
            names = [member.name for member in self.program.enums[kind.name]]
            return names.index(str(node.value))
        return None

    def _told(self, what: str, turned: "_Turned", part: Any, case: Case) -> Found:
        program, on = self.program, turned.on
        pair = [(step, turned.rows[step.row]) for step in turned.pair]
        texts = [turned.text(row) for _, row in pair]
        results = [self._shown(turned.gives, step.value) for step, _ in pair]
        name = getattr(part, "scale", "")
        scale = program.scales.get(name)
        message = (
            f"the {what} of {name or self.decision.name} go both ways: {texts[0]} gives "
            f"{results[0]}, {texts[1]} gives {results[1]}, against the other steps{case.note}"
        )
        example = tuple(
            f"{shown(program, on, step.x)}: {result}"
            for (step, _), result in zip(pair, results, strict=True)
        )
        cited = (program.clauses[each] for each in pair[1][1].clauses if each in program.clauses)
        around = [each for each in (scale, self.decision, self.level) if each is not None]
        return found(
            "W721",
            message,
            pair[1][1].span,
            *cited,
            *around,
            hint=HINT,
            also=(pair[0][1].span,),
            example=example,
        )

    def _shown(self, kind: Type, value: Number) -> str:
        if kind.kind == "enum":
            return shown(self.program, kind, self.program.enums[kind.name][int(value)].name)
        return shown(self.program, kind, Fraction(value))
