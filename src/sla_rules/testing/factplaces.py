"""Where a fact of a case stands in its file: in the case, its row, a background or the defaults."""

import re
from typing import Any, Final

from sla_rules.diagnostics import Span
from sla_rules.language.program import Level, Program
from sla_rules.language.source import MapNode, Node, SeqNode
from sla_rules.testing.asking import plain
from sla_rules.testing.cases import Case

__all__ = ["place_of_fact"]

_STEP: Final = re.compile(r"[^.\[\]]+|\[\d+\]")


def place_of_fact(case: Case, path: str, program: Program) -> Span | None:
    """The place of the fact at a path such as ``payments[0].amount``.

    That is where the value stands that counts, which was laid over all others; None where no
    single value of the file is that fact.
    """
    for node in reversed(case.sources):
        found = _found(node, case.facts, _STEP.findall(path), program.levels[case.level], program)
        if found is not None:
            return found
    return None


def _found(
    node: Node | None, facts: Any, steps: list[str], level: Level | None, program: Program
) -> Span | None:
    key = ""
    for step in steps:
        if step.startswith("["):
            number = int(step[1:-1])
            if not isinstance(facts, list) or number >= len(facts):
                return None
            facts = facts[number]
            if isinstance(node, SeqNode):
                node = node.items[number] if number < len(node.items) else None
            elif isinstance(node, MapNode) and isinstance(facts, dict):
                node = node.get(str(facts.get(key, number + 1)))
        else:
            fact = None if level is None else level.fact(step)
            nested = fact is not None and fact.type.kind in ("list", "record")
            level = program.levels[fact.type.name] if fact is not None and nested else None
            key = "" if level is None else level.key
            facts = facts.get(step) if isinstance(facts, dict) else None
            node = node.get(step) if isinstance(node, MapNode) else None
        if node is None:
            return None
    return node.span if node is not None and steps and plain(node) == facts else None
