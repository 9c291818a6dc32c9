"""W734: amounts that are paid and may have fractions of a cent, without a declared rounding."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from sla_rules.language import program as ir
from sla_rules.language.ranges import Ranges
from sla_rules.language.ranges.domain import common_divisor
from sla_rules.language.types import Type
from sla_rules.language.variations import single_changes
from sla_rules.language.visit import inside
from sla_rules.language.walk import chosen, readings_of
from sla_rules.lint.found import Found, found
from sla_rules.quantities import POINTS, TIME, Number, format_number

__all__ = ["lint_cents"]

CENT: Final = Fraction(1, 100)
MOST_VARIATIONS: Final = 200
Place = tuple[str, int]
Changed = tuple[tuple[str, str], ...]
"""The readings that are not at their default, with the options that hold."""


class _Unsure(Exception):
    """What a part comes to is not known well enough to say anything."""


def lint_cents(program: ir.Program) -> Iterator[Found]:
    """Decisions of money that are paid or deducted as they are; each where its fractions arise.

    A decision that says ``round: none`` has declared that the exact amount is meant.
    """
    if not program.currency:
        return
    known: dict[Changed, Ranges] = {(): Ranges(program, program.defaults)}
    for level, decision in _paid(program):
        for changed in _variations(program, decision):
            if changed not in known and len(known) < MOST_VARIATIONS:
                known[changed] = Ranges(program, {**program.defaults, **dict(changed)})
            if changed not in known:
                continue
            try:
                step = _Steps(known[changed], level).of(decision.body)
            except _Unsure:
                continue
            if step is None or step % CENT != 0:
                yield _fractions(level, decision, step, changed)
                break


def _variations(program: ir.Program, decision: ir.Decision) -> Iterator[Changed]:
    """The default readings, and each single change of one that the decision switches by."""
    yield ()
    for change in single_changes(program, readings_of(decision)):
        yield (change,)


def _fractions(
    level: ir.Level,
    decision: ir.Decision,
    step: Number | None,
    changed: tuple[tuple[str, str], ...],
) -> Found:
    such = "any" if step is None else f"such as {format_number(step)}"
    under = "".join(f" (under {name}={option})" for name, option in changed)
    return found(
        "W734",
        f"{decision.name} is paid or deducted unrounded and may be parts of a cent, {such}{under}",
        decision.span,
        decision,
        level,
        hint="add round: 0.01 with its clause, or round: none if the exact amount is meant",
    )


def _is_money(kind: Type) -> bool:
    return kind.kind == "number" and len(kind.unit) == 1 and kind.unit not in (TIME, POINTS)


def _paid(program: ir.Program) -> Iterator[tuple[ir.Level, ir.Decision]]:
    """Decisions without rounding that reach a payment, or are a result, as they are."""
    waiting, seen = list(_roots(program)), set[Place]()
    while waiting:
        place = waiting.pop()
        level = program.levels[place[0]]
        if place in seen or place[1] <= len(level.facts):
            continue
        seen.add(place)
        decision = level.decisions[place[1] - 1 - len(level.facts)]
        if decision.rounding is None and _is_money(decision.type):
            waiting += _money_read((decision.body, decision.cap, decision.floor), level.name)
            if not isinstance(decision.body, ir.LedgerOutput | ir.Column):
                yield level, decision


def _roots(program: ir.Program) -> Iterator[Place]:
    """What a ledger pays, sets off and caps; without a ledger, amounts that no other reads."""
    ledgers = [(level, level.ledger) for level in program.levels.values() if level.ledger]
    for level, ledger in ledgers:
        yield from _money_read((ledger.available, ledger.cap), ledger.level)
        yield from _money_read(ledger.total_cap, level.name)
        for source in ledger.sources:
            yield from _money_read(source.amount, source.level)
        pays = program.levels[ledger.level].decision(ledger.pays)
        if pays is not None:
            yield ledger.level, pays.index
    if not ledgers:
        read = {
            place
            for level in program.levels.values()
            for each in level.decisions
            for place in _money_read((each.body, each.cap, each.floor), level.name)
            if place != (level.name, each.index)
        }
        for level in program.levels.values():
            mine = ((level.name, each.index) for each in level.decisions)
            yield from (place for place in mine if place not in read)


def _money_read(part: Any, level: str) -> Iterator[Place]:
    """The amounts that a part reads, on their levels."""
    for home, each in inside(part, level):
        if isinstance(each, ir.SlotRef) and _is_money(each.type):
            yield home, each.index


class _Steps:
    """Of what an amount is a whole multiple; None if of nothing in particular.

    Every other amount is taken to be in whole cents: what is not is found where it arises.
    """

    def __init__(self, ranges: Ranges, level: ir.Level) -> None:
        self.ranges = ranges
        self.level = level

    def of(self, node: Any) -> Number | None:
        """The step of a node under the chosen readings."""
        node = chosen(node, self.ranges.choices)
        if not _is_money(node.type):
            return self._other(node)
        match node:
            case ir.Constant():
                return self._single(node.value)
            case ir.Arithmetic():
                return self._arithmetic(node)
            case ir.Condition():
                return self._all(node.then, node.otherwise)
            case ir.Call() if node.function in ("min", "max", "otherwise", "abs"):
                return self._all(*node.arguments)
            case ir.Aggregate() if node.function in ("mean", "weighted_mean"):
                return None
            case ir.Table():
                if node.columns:
                    raise _Unsure
                return self._all(*(row.outputs[0] for row in node.rows))
            case ir.BandSet():
                bands = chosen(node.bands, self.ranges.choices)
                return self._all(*(band.output for band in bands))
            case ir.Dated():
                return self._all(*(value for _, value in node.cases))
            case ir.Rates():
                bands = chosen(node.bands.bands, self.ranges.choices)
                rates = self._all(*(band.output for band in bands))
                amount = self.of(node.bands.on)
                return None if rates is None or amount is None else rates * amount
            case ir.ParameterRef():
                return self.of(self.ranges.program.parameters[node.name].value)
            case ir.SlotRef() | ir.Column() | ir.Through() | ir.Aggregate():
                return CENT
        raise _Unsure

    def _arithmetic(self, node: ir.Arithmetic) -> Number | None:
        if node.op in "+-":
            return self._all(*self._terms(node))
        left, right = self.of(node.left), self.of(node.right)
        if node.op == "*":
            return None if left is None or right is None else left * right
        divisor = self.ranges.of(self.level.name, node.right).single
        return None if left is None or not divisor else Fraction(left) / abs(divisor)

    def _terms(self, node: Any) -> Iterator[Any]:
        """The terms of a sum, however long: each more would be a call inside a call."""
        waiting = [node]
        while waiting:
            each = chosen(waiting.pop(), self.ranges.choices)
            if isinstance(each, ir.Arithmetic) and each.op in "+-":
                waiting += (each.left, each.right)
            else:
                yield each

    def _all(self, *nodes: Any) -> Number | None:
        steps = [self.of(each) for each in nodes]
        known = [each for each in steps if each is not None]
        return common_divisor(*known) if len(known) == len(steps) else None

    def _other(self, node: Any) -> Number | None:
        """A factor that is no money: what it can be is known elsewhere."""
        domain = self.ranges.of(self.level.name, node)
        if not domain.is_ordered:
            raise _Unsure
        if domain.single is not None:
            return self._single(domain.single)
        return None if domain.step is None else common_divisor(domain.step, domain.offset)

    @staticmethod
    def _single(value: Any) -> Number:
        """A single value: nought is a multiple of everything."""
        if not isinstance(value, int | Fraction):
            raise _Unsure
        return value if value >= 0 else -value
