"""The cases that a path holds, with the ruleset that each file of them means."""

from functools import lru_cache
from pathlib import Path

import attrs

from sla_rules.diagnostics import Diagnostic, by_place
from sla_rules.rules import Rules, load
from sla_rules.testing.cases import Case
from sla_rules.testing.reading import read_cases
from sla_rules.testing.run import files_of, text_of

__all__ = ["Gathered", "gather"]


@attrs.frozen
class Gathered:
    """Rulesets with all their cases, in the order of the files, and what is wrong with files."""

    suites: tuple[tuple[Rules, tuple[Case, ...]], ...]
    problems: tuple[Diagnostic, ...]


def gather(path: str | Path) -> Gathered:
    """The cases of a file, of a folder with all below it, or of a packaged ruleset by its id.

    Never raises for what is wrong with the files: *problems* lists it.

    >>> [(rules.id, len(cases) > 100) for rules, cases in gather("gz-npc-2023").suites]
    [('gz-npc-2023', True)]
    """
    files, problems = files_of(path)
    loaded = lru_cache(maxsize=None)(load)
    found: dict[Rules, list[Case]] = {}
    for file in files:
        text, unread = text_of(file)
        problems += unread
        if text is None:
            continue
        rules, cases, wrong = read_cases(text, file, loader=loaded)
        problems += wrong
        if rules is not None and not wrong:
            found.setdefault(rules, []).extend(cases)
    suites = tuple((rules, tuple(cases)) for rules, cases in found.items())
    return Gathered(suites, by_place(problems))
