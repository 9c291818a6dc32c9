"""Proposed cases as a file of cases, each marked for a person to confirm."""

from collections.abc import Iterator

from sla_rules.rules import Rules
from sla_rules.testing.edges.propose import Proposal
from sla_rules.testing.plainly import flow
from sla_rules.testing.written import case_lines

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
        yield from case_lines(
            case.name,
            case.clauses,
            case.level,
            case.given,
            case.expect,
            readings=readings,
            lang=lang,
        )
    if proposal.left_out:
        yield ""
        yield f"# {left}"
        yield from (f"#   {each}" for each in proposal.left_out)
