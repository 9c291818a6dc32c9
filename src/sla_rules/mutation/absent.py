"""Where an expression has no value, because something that it cannot do without has none."""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from sla_rules.language import program as ir
from sla_rules.language.walk import belongs, chosen

__all__ = ["never"]

Choices = Mapping[str, str]
PLACES: Final = ("span", "type")
STRICT: Final = ("equal", "interval", "not")
"""Tests of cells that what is not there does not meet."""


def never(level: ir.Level, node: Any, when: Any, choices: Choices) -> bool:
    """Whether *node* has no value in any record of *level* in which *when* does not hold."""
    return _Reader(level, when, choices).absent(node)


class _Reader:
    def __init__(self, level: ir.Level, when: Any, choices: Choices) -> None:
        self.level = level
        self.when = when
        self.choices = choices
        self._known: dict[int, bool] = {}

    def absent(self, node: Any) -> bool:
        node = chosen(node, self.choices)
        match node:
            case ir.SlotRef() if node.decision:
                return self._decision(node.index)
            case ir.Column():
                return self.absent(node.table)
            case ir.Arithmetic() | ir.Comparison():
                return self.absent(node.left) or self.absent(node.right)
            case ir.Negation():
                return self.absent(node.operand)
            case ir.Condition():
                branches = self.absent(node.then) and self.absent(node.otherwise)
                return branches or self.absent(node.condition)
            case ir.BandSet():
                return self.absent(node.on)
            case ir.Rates():
                return self.absent(node.bands)
            case ir.Units():
                return self.absent(node.of) or self.absent(node.per)
            case ir.Table():
                return any(
                    self.absent(each) and _asked(node, place) for place, each in enumerate(node.on)
                )
            case ir.Scorecard():
                return all(
                    self.fails(each.applies) or self.absent(each.of) for each in node.sections
                )
        return False

    def _decision(self, index: int) -> bool:
        if index not in self._known:
            self._known[index] = False  # while it is being found out
            decision = self.level.decisions[index - 1 - len(self.level.facts)]
            self._known[index] = self.fails(decision.applies) or self.absent(decision.body)
        return self._known[index]

    def fails(self, condition: Any) -> bool:
        """Whether a condition does not hold where the assumed one does not."""
        condition = chosen(condition, self.choices)
        if condition is None:
            return False
        if isinstance(condition, ir.Constant) and condition.value is False:
            return True
        if isinstance(condition, ir.Logic) and condition.op == "and":
            return self.fails(condition.left) or self.fails(condition.right)
        return self.when is not None and _alike(condition, self.when)


def _asked(table: ir.Table, place: int) -> bool:
    """Whether every row asks for the value of a column."""
    return all(all(test.kind in STRICT for test in row.cells[place]) for row in table.rows)


def _alike(one: Any, two: Any) -> bool:
    """Whether two expressions read the same, wherever they stand."""
    if one is two:
        return True
    if isinstance(one, tuple) and isinstance(two, tuple) and len(one) == len(two):
        return all(_alike(*pair) for pair in zip(one, two, strict=True))
    if one.__class__ is not two.__class__ or not belongs(one) or isinstance(one, ir.Choice):
        return bool(one == two)
    names = [each.name for each in attrs.fields(one.__class__) if each.name not in PLACES]
    return all(_alike(getattr(one, name), getattr(two, name)) for name in names)
