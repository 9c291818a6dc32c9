"""Scorecards as closures: sections that apply, their weights, and rescaling."""

from collections.abc import Callable
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from sla_rules.engine.functions import divide
from sla_rules.language import program as ir
from sla_rules.unknown import NOT_APPLICABLE, Unknown, because, hull

if TYPE_CHECKING:
    from sla_rules.engine.compile import Compiler

__all__ = ["compile_scorecard"]

Record = list[Any]
Closure = Callable[[Record], Any]

MAX_DOUBTFUL_SECTIONS: Final = 6
"""Of how many sections it may be open whether they apply, for the bounds of a scorecard."""


def compile_scorecard(compiler: "Compiler", node: ir.Scorecard) -> Closure:
    """The sum of the sections that apply, brought to the total where the readings say so."""
    sections = [
        (
            compiler.node(section.of),
            compiler.node(section.max),
            None if section.weight is None else compiler.node(section.weight),
            None if section.applies is None else compiler.node(section.applies),
        )
        for section in node.sections
    ]
    total = compiler.node(node.total)
    rescale = None if node.rescale is None else compiler.node(node.rescale)

    def summed(counted: list[tuple[Any, Any]], v: Record) -> Any:
        if not counted:
            return NOT_APPLICABLE
        score: Any = sum(each for each, _ in counted)
        if rescale is None:
            return score
        wanted = rescale(v)
        if wanted is False:
            return score
        scaled = divide(score * total(v), sum(most for _, most in counted))
        return scaled if wanted is True else hull((score, scaled), wanted)

    def run(v: Record) -> Any:
        certain: list[tuple[Any, Any]] = []
        doubtful: list[tuple[Any, Any]] = []
        doubts: list[Unknown] = []
        for of, maximum_, weight, applies in sections:
            truth = True if applies is None else applies(v)
            value = NOT_APPLICABLE if truth is False else of(v)
            if value is NOT_APPLICABLE:
                continue
            share = 1 if weight is None else weight(v)
            section = (share * value, share * maximum_(v))
            if isinstance(truth, Unknown):
                doubts.append(truth)
                doubtful.append(section)
            else:
                certain.append(section)
        if not doubts:
            return summed(certain, v)
        if not certain or len(doubts) > MAX_DOUBTFUL_SECTIONS:
            return because(*doubts)
        several = product(*(([], [section]) for section in doubtful))
        return hull((summed(sum(each, certain), v) for each in several), *doubts)

    return run
