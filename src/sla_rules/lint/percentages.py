"""W745: percentages that are written as if they counted hundredths.

In a ruleset a percentage is a share: 97 % is 0.97, and ``rate >= 95`` never holds.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from sla_rules.language import program as ir
from sla_rules.language.walk import parts
from sla_rules.lint.found import Found, found
from sla_rules.quantities import format_number

__all__ = ["lint_percentages"]


def lint_percentages(program: ir.Program) -> Iterator[Found]:
    """Comparisons of a percentage with a number above 1, and such ends of its range."""
    for level in program.levels.values():
        for fact in level.facts:
            if fact.type.show != "percent":
                continue
            ends = {"min": fact.min, "max": fact.max, "step": fact.step, "default": fact.default}
            for key, end in ends.items():
                if end is not None and _is_large(end.value):
                    what = f"{key}: of {fact.name} is {_percent(end.value)}"
                    yield _large(what, end, fact, level)
        for owner in (*level.decisions, *level.require):
            for node in parts(owner):
                if not isinstance(node, ir.Comparison):
                    continue
                sides: tuple[tuple[Any, Any], ...] = (
                    (node.left, node.right),
                    (node.right, node.left),
                )
                for rate, number in sides:
                    if rate.type.show == "percent" and _is_plain(number):
                        what = f"a percentage is compared with {_percent(number.value)}"
                        yield _large(what, number, owner, level)


def _is_plain(node: Any) -> bool:
    """A number above 1 that was not written as a percentage."""
    plain = isinstance(node, ir.Constant) and node.type.show in ("integer", "number")
    return plain and _is_large(node.value)


def _is_large(value: Any) -> bool:
    return isinstance(value, int | Fraction) and value > 1


def _percent(value: Any) -> str:
    return f"{format_number(value * 100)}%"


def _large(what: str, node: ir.Constant, *around: Any) -> Found:
    assert isinstance(node.value, int | Fraction)
    hint = f"write {format_number(node.value)}%: in a ruleset a percentage is a share, 1 is 100%"
    return found("W745", what, node.span, *around, hint=hint)
