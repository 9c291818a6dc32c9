"""Proposed cases as a file of cases, each marked for a person to confirm."""

from collections.abc import Iterator
from typing import Any

from sla_rules.rules import Rules
from sla_rules.testing.edges.propose import Proposal, ProposedCase
from sla_rules.testing.plainly import flow, yaml_lines

__all__ = ["as_yaml"]

HEADS = {
    "zh": (
        "程序提出的边界案例：预期值是程序今天得出的值，不是合同的结论。",
        "请逐条对照合同确认，确认后删去“# 待确认”。",
        "未能提出：",
    ),
    "en": (
        "Boundary cases that the program proposes: it expects what the program gives today.",
        "Compare each with the contract; remove its mark once confirmed.",
        "Not proposed:",
    ),
}
MARKS = {"zh": "# 待确认", "en": "# to confirm"}


def as_yaml(
    proposal: Proposal, rules: Rules, *, ruleset: str | None = None, lang: str = "zh"
) -> str:
    """The proposal as the text of a file ``*.cases.yaml``.

    *ruleset* is what the file names its ruleset, else its id.
    """
    return "\n".join(_lines(proposal, rules, ruleset or rules.id, lang)) + "\n"


def _lines(proposal: Proposal, rules: Rules, ruleset: str, lang: str) -> Iterator[str]:
    first, second, left = HEADS[lang]
    yield f"# {first}"
    yield f"# {second}"
    yield f"ruleset: {flow(ruleset)}"
    yield "cases:" if proposal.cases else "cases: []"
    readings = {
        name: option
        for name, option in rules.readings.items()
        if option != rules.program.defaults[name]
    }
    for case in proposal.cases:
        yield from _case(case, readings, MARKS[lang])
    if proposal.left_out:
        yield ""
        yield f"# {left}"
        yield from (f"#   {each}" for each in proposal.left_out)


def _case(case: ProposedCase, readings: dict[str, str], mark: str) -> Iterator[str]:
    yield f"  - name: {flow(case.name)}  {mark}"
    clauses = list(case.clauses) if len(case.clauses) > 1 else "".join(case.clauses)
    yield f"    clause: {flow(clauses)}"
    yield f"    level: {flow(case.level)}"
    if readings:
        yield f"    readings: {flow(readings)}"
    yield from _part("given", case.given)
    yield from _part("expect", case.expect)


def _part(key: str, value: Any) -> Iterator[str]:
    lines = list(yaml_lines(value, 6))
    if len(lines) == 1 and lines[0].lstrip().startswith("{"):
        yield f"    {key}: {lines[0].strip()}"
    else:
        yield f"    {key}:"
        yield from lines
