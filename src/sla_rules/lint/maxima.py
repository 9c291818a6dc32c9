"""W723, W724: maxima of a scorecard that do not sum to its total, sections beyond their maximum."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from sla_rules.language import program as ir
from sla_rules.language.constants import constant_value
from sla_rules.language.ranges import Case, Cases
from sla_rules.language.walk import chosen, parts
from sla_rules.lint.found import Found, found
from sla_rules.lint.growing import Growth
from sla_rules.lint.words import shown

__all__ = ["maxima"]

MOST_SECTIONS: Final = 8
"""Of more sections that exclude each other it is not sought which go together."""


def maxima(program: ir.Program) -> Iterator[Found]:
    """Scorecards whose maxima do not sum to the total; sections that may exceed theirs."""
    cases = Cases(program)
    for level in program.levels.values():
        for decision in level.decisions:
            cards = [part for part in parts(decision.body) if isinstance(part, ir.Scorecard)]
            told: set[Any] = set()
            for card in cards:
                for case in cases.of(level.name, card):
                    several = [*_sums(program, level, decision, card, case)]
                    several += _beyond(program, level, decision, card, case)
                    for each in several:
                        key = (each.problem.code, each.problem.where)
                        if key not in told:
                            told.add(key)
                            yield each


def _sums(
    program: ir.Program, level: ir.Level, decision: ir.Decision, card: ir.Scorecard, case: Case
) -> Iterator[Found]:
    """Every largest group of sections that can apply together must sum to the total."""

    def constant(node: Any) -> Any:
        return constant_value(node, program, case.choices)

    total = constant(card.total)
    shares = [1 if each.weight is None else constant(each.weight) for each in card.sections]
    most = [constant(each.max) for each in card.sections]
    if total is None or None in most or None in shares:
        return
    counted = [share * each for share, each in zip(shares, most, strict=True)]
    for group in _groups(card, case):
        summed = sum(counted[number] for number in group)
        if summed == total:
            continue
        texts = [
            " × ".join(
                shown(program, each.type, constant(each))
                for each in (card.sections[number].max, card.sections[number].weight)
                if each is not None
            )
            for number in group
        ]
        some = "" if len(group) == len(most) else " that can apply together"
        kind = card.total.type
        message = (
            f"the maxima of the sections of {decision.name}{some} sum to "
            f"{shown(program, kind, Fraction(summed))}, and the total is "
            f"{shown(program, kind, total)}{case.note}"
        )
        yield found(
            "W723",
            message,
            card.span,
            decision,
            level,
            hint="mend a maximum, a weight or the total; one of them is mistaken",
            also=tuple(card.sections[number].span for number in group),
            example=(f"{' + '.join(texts)} = {shown(program, kind, Fraction(summed))}",),
        )
        return


def _groups(card: ir.Scorecard, case: Case) -> Iterator[tuple[int, ...]]:
    """The largest groups of sections of which no two exclude each other."""
    count = len(card.sections)
    conditions = [chosen(each.applies, case.choices) for each in card.sections]
    never = {n for n in range(count) if _constant(conditions[n]) is False}
    live = [n for n in range(count) if n not in never]
    apart = {
        (a, b) for a in live for b in live if a < b and _exclude(conditions[a], conditions[b], case)
    }
    torn = sorted({n for pair in apart for n in pair})
    always = [n for n in live if n not in torn]
    if not apart or len(torn) > MOST_SECTIONS:
        yield tuple(live)
        return
    masks = range(1 << len(torn))
    groups = [frozenset(n for place, n in enumerate(torn) if mask >> place & 1) for mask in masks]
    possible = [each for each in groups if not any({a, b} <= each for a, b in apart)]
    for group in reversed(possible):
        if not any(group < other for other in possible):
            yield tuple(sorted((*always, *group)))


def _constant(node: Any) -> Any:
    return node.value if isinstance(node, ir.Constant) else None


def _exclude(one: Any, two: Any, case: Case) -> bool:
    """Whether two conditions can be seen never to hold together."""
    one, two = chosen(one, case.choices), chosen(two, case.choices)
    if one is None or two is None:
        return False
    if isinstance(one, ir.Negation):
        return _same(one.operand, two, case)
    if isinstance(two, ir.Negation):
        return _same(two.operand, one, case)
    if not isinstance(one, ir.Comparison) or not isinstance(two, ir.Comparison):
        return False
    if not _same(one.left, two.left, case):
        return False
    first, second = _constant(one.right), _constant(two.right)
    if first is None or second is None:
        return False
    if one.op == two.op == "==":
        return bool(first != second)
    return _OPPOSITE.get(one.op) == two.op and first == second


_OPPOSITE: Final = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def _same(one: Any, two: Any, case: Case) -> bool:
    """Whether two conditions are the same, as far as can be seen."""
    one, two = chosen(one, case.choices), chosen(two, case.choices)
    if isinstance(one, ir.SlotRef) and isinstance(two, ir.SlotRef):
        return one.index == two.index
    if isinstance(one, ir.Comparison) and isinstance(two, ir.Comparison):
        alike = one.op == two.op and _constant(one.right) == _constant(two.right) is not None
        return alike and _same(one.left, two.left, case)
    return False


def _beyond(
    program: ir.Program, level: ir.Level, decision: ir.Decision, card: ir.Scorecard, case: Case
) -> Iterator[Found]:
    growth = Growth(program, case)
    for section in card.sections:
        if _constant(chosen(section.applies, case.choices)) is False:
            continue
        most = constant_value(section.max, program, case.choices)
        domain = growth.domain(level.name, section.of)
        if most is None or not domain.is_ordered:
            continue
        kind = section.max.type
        if domain.high is not None and domain.high > most:
            reach = f"reach {shown(program, kind, domain.high)}"
        elif domain.high is None and growth.endless(level.name, section.of):
            reach = "grow without end"
        else:
            continue
        of = chosen(section.of, case.choices)
        name = of.name if isinstance(of, ir.SlotRef) else "a section"
        own = None
        if isinstance(of, ir.SlotRef):
            own = level.decision(of.name) if of.decision else level.fact(of.name)
        message = (
            f"{name} may {reach}, and its maximum in {decision.name} is "
            f"{shown(program, kind, most)}{case.note}"
        )
        yield found(
            "W724",
            message,
            section.span,
            *(each for each in (own,) if each is not None),
            decision,
            level,
            hint=f"the maximum of a section cuts nothing: give {name} a cap, or its facts a max",
            also=() if own is None else (own.span,),
        )
