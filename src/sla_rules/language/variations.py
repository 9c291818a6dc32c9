"""Under which readings a program is judged: the defaults, and each single change of them.

All combinations would be too many: a contract with 20 silences of three options has more than
three thousand million.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sla_rules.language import program as ir
from sla_rules.language.visit import inside

__all__ = ["readings_behind", "single_changes", "variations"]


def single_changes(
    program: ir.Program, readings: Iterable[str], choices: Mapping[str, str] | None = None
) -> Iterator[tuple[str, str]]:
    """Every option of some readings that *choices*, or else the defaults, do not take.

    In the order of the names of the readings, and of their options as they are declared.
    """
    taken = program.defaults if choices is None else choices
    for name in sorted(readings):
        for option in program.readings[name].options:
            if option != taken[name]:
                yield name, option


def variations(
    program: ir.Program, readings: Iterable[str], choices: Mapping[str, str] | None = None
) -> Iterator[Mapping[str, str]]:
    """The *choices*, or else the defaults, and then each single change of some readings."""
    taken = program.defaults if choices is None else choices
    yield taken
    for name, option in single_changes(program, readings, taken):
        yield {**taken, name: option}


def readings_behind(program: ir.Program, node: Any) -> frozenset[str]:
    """The readings that a node switches by, itself or through parameters."""
    found = inside(node, program=program)
    return frozenset(each.reading for _, each in found if isinstance(each, ir.Choice))
