"""The value of an expression that reads no record: band edges, quanta, parameters."""

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

from sla_rules.language import program as ir
from sla_rules.language.walk import chosen

__all__ = ["constant_value"]

_OPERATIONS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda left, right: Fraction(left) / right,
}


def constant_value(node: Any, program: ir.Program, choices: Mapping[str, str]) -> Any:
    """The exact value of literals, parameters and arithmetic over them; None if there is none."""
    node = chosen(node, choices)
    match node:
        case ir.Constant():
            return node.value
        case ir.ParameterRef():
            return constant_value(program.parameters[node.name].value, program, choices)
        case ir.Arithmetic():
            left = constant_value(node.left, program, choices)
            right = constant_value(node.right, program, choices)
            if left is None or right is None or (node.op == "/" and right == 0):
                return None
            return _OPERATIONS[node.op](left, right)
    return None
