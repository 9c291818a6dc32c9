"""Which ruleset a file of cases means: the one beside it, or one that comes with the library."""

import re
from pathlib import Path
from typing import Final

from sla_rules.diagnostics import Diagnostic, RulesetError, nearest
from sla_rules.language.load import read_texts
from sla_rules.language.source import MapNode, ScalarNode, read
from sla_rules.rules import rulesets

__all__ = ["ruleset_beside"]

LONGEST: Final = 80
"""Of a name that is told in a message."""
_FOLDER: Final = "cases"
_ID: Final = re.compile(r"^id:[ \t]*([\"']?)([^\s\"'#]+)\1", re.MULTILINE)


def ruleset_beside(path: str | Path, name: str) -> str:
    """What to load for the ruleset *name* of the file of cases *path*: a path, or the name itself.

    The ruleset lies in the folder above ``cases``, or in the folder of the file itself.  Where
    one file of a folder has an ``id``, the folder is that ruleset with all its parts; where
    several have one, each is a ruleset of its own.  Else it is a packaged one.  A name is an id
    and never a path: what it means does not depend on where the program was started.  Raises
    RulesetError for what would be a path.  A name that is unknown is left to what loads it.
    """
    home = Path(path).resolve().parent
    own: list[str] = []
    for each in [home.parent, home] if home.name == _FOLDER else [home]:
        ids = _ids(each)
        for file, found in ids.items():
            if found == name:
                return file if len(ids) > 1 else str(each)
        own += ids.values()
    known = list(rulesets())
    packaged = name in known or name.rpartition("@")[0] in known
    if packaged or not (own or _leads_somewhere(name)):
        return name
    shown = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
    message = f"no ruleset beside the cases has the id {shown!r}, and no packaged one"
    close = nearest(shown, own) if own else ""
    close = close if close.startswith("did") else nearest(shown, [*own, *known])
    hint = close or "write the id of a ruleset, not a path"
    raise RulesetError([Diagnostic(code="E100", message=message, where="ruleset", hint=hint)])


def _leads_somewhere(name: str) -> bool:
    """Whether a loader would take a name that is no packaged id for a path, or for text."""
    try:
        return any(sign in name for sign in "\n/\\") or any(
            Path(each).exists() for each in (name, name.rpartition("@")[0] or name)
        )
    except (OSError, ValueError):  # longer than a path may be, or with a character that none has
        return False


def _ids(folder: Path) -> dict[str, str]:
    """The files of a folder that have an id, each with it."""
    try:
        texts = read_texts(folder)
    except RulesetError:
        return {}
    return {file: found for file, text in texts.items() if (found := _id(text))}


def _id(text: str) -> str:
    """The id that a text states, even one that is not readable yet: its problems are told then."""
    node, _ = read(text, "")
    if isinstance(node, MapNode):
        stated = node.get("id")
        return stated.text if isinstance(stated, ScalarNode) else ""
    line = _ID.search(text)
    return "" if line is None else line[2]
