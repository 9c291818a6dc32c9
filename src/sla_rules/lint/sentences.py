"""Clauses that are no longer what they were: W732 changed since, W733 not in the contract."""

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from sla_rules.diagnostics import Span
from sla_rules.language import program as ir
from sla_rules.language.visit import everything
from sla_rules.lint.found import Found, found

__all__ = ["bare", "lint_sentences", "seal"]

DIGITS = 12
MOST_NAMED = 6
_SPACE = re.compile(r"\s+")


def bare(text: str) -> str:
    """The text without white space: a file breaks its lines where it likes."""
    return _SPACE.sub("", text)


def seal(text: str) -> str:
    """The hash of a clause's words, 12 hex digits; white space does not count.

    >>> seal("每少一次扣 5 分。") == seal("每少一次扣5分。"), len(seal(""))
    (True, 12)
    """
    return sha256(bare(text).encode()).hexdigest()[:DIGITS]


def lint_sentences(program: ir.Program) -> Iterator[Found]:
    """W732: words that are not those of the hash.  W733: words that the contract does not have."""
    original = bare(program.original)
    stale = {
        each.id for each in program.clauses.values() if each.hash and each.hash != seal(each.text)
    }
    rules = _rules_by_clause(program) if stale else {}
    for clause in program.clauses.values():
        if clause.id in stale:
            yield _changed(clause, rules.get(clause.id, []))
        if original and bare(clause.text) not in original:
            yield found(
                "W733",
                f"the words of clause {clause.id} do not stand in the text of the contract",
                clause.span,
                clause,
                hint=_where_they_part(bare(clause.text), original),
            )


def _changed(clause: ir.Clause, rules: list[tuple[str, Span]]) -> Found:
    names = list(dict.fromkeys(name for name, _ in rules))
    shown = ", ".join(names[:MOST_NAMED])
    if len(names) > MOST_NAMED:
        shown += f" and {len(names) - MOST_NAMED} more"
    rest = f"; stale: {shown}" if names else ""
    return found(
        "W732",
        f"clause {clause.id} has changed since its hash was written{rest}",
        clause.span,
        clause,
        hint="read these rules against the new words, then run sla-rules seal",
        also=tuple(sorted({span for _, span in rules}))[:MOST_NAMED],
    )


def _where_they_part(text: str, original: str) -> str:
    """How far the contract agrees with a clause, so that the difference is quickly found."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if text[:middle] in original else (low, middle - 1)
    if low < 4:
        return "copy the words of the contract, or take its text away if it is another one"
    return f"they agree as far as “…{text[max(0, low - 12) : low]}”: copy the words of the contract"


def _rules_by_clause(program: ir.Program) -> dict[str, list[tuple[str, Span]]]:
    """Everything that cites each clause, by name and place."""
    rules: dict[str, list[tuple[str, Span]]] = {}

    def cite(clauses: tuple[str, ...], name: str, span: Span) -> None:
        for each in clauses:
            rules.setdefault(each, []).append((name, span))

    for reading in program.readings.values():
        cite((reading.clause,), f"reading {reading.id}", reading.span)
    shared: tuple[Mapping[str, Any], ...] = (program.parameters, program.scales, program.calendars)
    for each in (each for those in shared for each in those.values()):
        cite(each.clauses, each.name, each.span)
    name = "a band of a scale"
    for level, part in everything(program):
        if isinstance(part, ir.Fact | ir.Decision):
            name = part.name
        elif isinstance(part, ir.Requirement):
            name = f"a requirement of {level}"
        elif isinstance(part, ir.Ledger):
            name = f"the ledger of {level}"
        if own := getattr(part, "clauses", ()):
            cite(own, name, part.span)
    return rules
