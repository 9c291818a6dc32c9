"""Why a change that no case notices may stay: said beside the cases, and checked against them.

A file ``*.survivors.yaml`` in the folder of the cases::

    ruleset: gz-npc-2023
    survivors:
      - change: S2.3：……                       # as ``sla-rules mutate`` tells it, in any language
        because: 各月扣款已按 0.01 元取整        # why no case can notice it, or need not
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import attrs

from sla_rules.diagnostics import Diagnostic, RulesetError, Span, by_place, nearest
from sla_rules.language.source import MapNode, Node, ScalarNode, SeqNode, read, unknown_key
from sla_rules.mutation.report import MutationReport, Survivor
from sla_rules.rules import load
from sla_rules.testing.beside import ruleset_beside
from sla_rules.testing.run import files_of, text_of

__all__ = ["Explanation", "explained", "explanations"]

SUFFIX: Final = ".survivors.yaml"
TOP: Final = ("ruleset", "survivors")
ENTRY: Final = ("change", "because")


@attrs.frozen
class Explanation:
    """A change in contract words, and why it may stay unnoticed."""

    ruleset: tuple[str, str]
    """Its id and its version."""
    change: str
    because: str
    span: Span


def explanations(path: str | Path) -> tuple[tuple[Explanation, ...], tuple[Diagnostic, ...]]:
    """The explanations in the folders of the cases that a path holds, and what is wrong there."""
    folders = dict.fromkeys(file.parent for file in files_of(path)[0])
    found: list[Explanation] = []
    problems: list[Diagnostic] = []
    for file in (each for folder in folders for each in sorted(folder.glob(f"*{SUFFIX}"))):
        text, wrong = text_of(file)
        problems += wrong
        if text is not None:
            several, wrong = _read(text, file)
            found += several
            problems += wrong
    return tuple(found), by_place(problems)


def _read(text: str, file: Path) -> tuple[list[Explanation], list[Diagnostic]]:
    node, problems = read(text, str(file))
    if node is None or problems:
        return [], list(problems)
    problems = list(_wrong(node, TOP, "a file of survivors"))
    if problems:
        return [], problems
    assert isinstance(node, MapNode)
    ruleset, listed = node.get("ruleset"), node.get("survivors")
    if not isinstance(ruleset, ScalarNode) or not isinstance(listed, SeqNode):
        where = node.span
        return [], [_problem("C180", "ruleset must be an id, and survivors a list", where)]
    try:
        rules = load(ruleset_beside(file, ruleset.text))
    except RulesetError as error:
        return [], [_problem("C105", f"the ruleset cannot be loaded: {error}", ruleset.span)]
    found: list[Explanation] = []
    for item in listed.items:
        wrong = list(_wrong(item, ENTRY, "a survivor"))
        problems += wrong
        if not wrong:
            change, because = _words(item)
            found.append(Explanation((rules.id, rules.version), change, because, item.span))
    return found, problems


def _wrong(node: Node, keys: tuple[str, ...], what: str) -> Iterator[Diagnostic]:
    if not isinstance(node, MapNode):
        yield _problem("C180", f"{what} must be a mapping", node.span)
        return
    for entry in node:
        if entry.key not in keys:
            yield attrs.evolve(unknown_key(entry, keys, what), code="C102")
        elif keys is ENTRY and not (
            isinstance(entry.value, ScalarNode) and entry.value.text.strip()
        ):
            yield _problem("C180", f"{entry.key} must be text", entry.value.span)
    for key in keys:
        if node.get(key) is None:
            yield _problem("C103", f"{key!r} is missing", node.span)


def _words(item: Node) -> tuple[str, str]:
    assert isinstance(item, MapNode)
    change, because = (item.get(key) for key in ENTRY)
    assert isinstance(change, ScalarNode)
    assert isinstance(because, ScalarNode)
    return change.text.strip(), because.text.strip()


def _problem(code: str, message: str, where: Span, hint: str = "") -> Diagnostic:
    return Diagnostic(code=code, message=message, where=where, hint=hint)


def explained(
    report: MutationReport, several: Iterable[Explanation]
) -> tuple[MutationReport, tuple[Diagnostic, ...]]:
    """The report with the explanation of each survivor that has one.

    An explanation of a change that does not survive is a problem (C181): a case notices it now,
    or the contract reads otherwise.
    """
    mine = [each for each in several if each.ruleset == (report.ruleset, report.version)]
    texts = {text for survivor in report.survivors for text in _texts(survivor)}
    stale = [
        _problem(
            "C181",
            "no change that survives reads so: a case notices it, or the contract has changed",
            each.span,
            nearest(each.change, texts) or "remove it",
        )
        for each in mine
        if each.change not in texts
    ]
    because = {each.change: each.because for each in mine}
    survivors = tuple(
        attrs.evolve(
            survivor,
            because=next((because[text] for text in _texts(survivor) if text in because), ""),
        )
        for survivor in report.survivors
    )
    return attrs.evolve(report, survivors=survivors), by_place(stale)


def _texts(survivor: Survivor) -> tuple[str, str]:
    return survivor.text.zh, survivor.text.en
