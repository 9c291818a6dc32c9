"""Which ruleset a file of cases means: the one beside it, or one that comes with the library."""

import re
from pathlib import Path
from typing import Final

from sla_rules.diagnostics import RulesetError
from sla_rules.language.load import read_texts
from sla_rules.language.source import MapNode, ScalarNode, read

__all__ = ["ruleset_beside"]

_FOLDER: Final = "cases"
_ID: Final = re.compile(r"^id:[ \t]*([\"']?)([^\s\"'#]+)\1", re.MULTILINE)


def ruleset_beside(path: Path, name: str) -> str:
    """What to load for the ruleset *name* of the file of cases *path*: a path, or the name itself.

    The ruleset lies in the folder above ``cases``, or in the folder of the file itself.  Where
    one file of a folder has an ``id``, the folder is that ruleset with all its parts; where
    several have one, each is a ruleset of its own.
    """
    home = path.resolve().parent
    for each in [home.parent, home] if home.name == _FOLDER else [home]:
        ids = _ids(each)
        for file, found in ids.items():
            if found == name:
                return file if len(ids) > 1 else str(each)
    return name


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
