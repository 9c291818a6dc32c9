"""Cases that are asked for: a ruleset without any is a problem."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from sla_rules.diagnostics import Diagnostic, RulesetError, Span
from sla_rules.language.source import MapNode, ScalarNode, SeqNode, read
from sla_rules.testing.beside import ruleset_beside
from sla_rules.testing.cases import SUFFIX

__all__ = ["EVERY", "is_ruleset", "lacking", "none_found", "rulesets_below"]

EVERY: Final = (f"*{SUFFIX}",)
"""Which files hold cases unless told otherwise."""
_HEAD: Final = re.compile(r"^language:.*^id:|^id:.*^language:", re.MULTILINE | re.DOTALL)


def rulesets_below(folder: Path, patterns: Sequence[str] = EVERY) -> Iterator[Path]:
    """The files of a folder, and of all below it, that begin a ruleset."""
    for file in sorted(folder.rglob("*.y*ml")):
        if is_ruleset(file, patterns):
            yield file


def is_ruleset(file: Path, patterns: Sequence[str] = EVERY) -> bool:
    """Whether a file begins a ruleset: it states its language and its id."""
    if file.suffix not in (".yaml", ".yml") or any(map(file.match, patterns)):
        return False
    return _HEAD.search(_text(file)) is not None


def lacking(
    file: Path, patterns: Sequence[str] = EVERY, name: str | None = None
) -> Diagnostic | None:
    """C141 where no case beside the ruleset that *file* begins, or in ``cases``, is about it."""
    home = file.resolve()
    folders = (file.parent, file.parent / "cases")
    beside = {each for folder in folders for pattern in patterns for each in folder.glob(pattern)}
    meant = (str(home), str(home.parent))
    if any(_ruleset_of(each) in meant for each in sorted(beside)):
        return None
    return Diagnostic(
        code="C141",
        message="no case is about this ruleset",
        where=Span(name or str(file), 1, 1),
        hint=f"write one in cases/*{SUFFIX}; sla-rules cases proposes them",
    )


def none_found(where: str) -> Diagnostic:
    """C140: cases are asked for, and there is not one."""
    message = "no case was found, and cases are required"
    hint = f"name a file *{SUFFIX}, a folder of them, or a ruleset that has them"
    return Diagnostic(code="C140", message=message, where=where, hint=hint)


def _ruleset_of(file: Path) -> str:
    """What the cases of a file are about, as it is loaded; nothing where it has no case."""
    top, _ = read(_text(file), "")
    if not isinstance(top, MapNode):
        return ""
    name, cases = top.get("ruleset"), top.get("cases")
    if not isinstance(name, ScalarNode) or not isinstance(cases, SeqNode) or not cases.items:
        return ""
    try:
        return ruleset_beside(file, name.text)
    except RulesetError:
        return ""


def _text(file: Path) -> str:
    try:  # a pipe or a device would never end
        return file.read_text(encoding="utf-8-sig") if file.is_file() else ""
    except (OSError, ValueError):
        return ""
