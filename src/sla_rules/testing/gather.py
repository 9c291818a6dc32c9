"""The cases that a path holds, with the ruleset that each file of them means."""

from pathlib import Path

import attrs

from sla_rules.diagnostics import Diagnostic, by_place
from sla_rules.rules import Rules
from sla_rules.testing.cases import Case
from sla_rules.testing.run import read_files

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
    _, several, problems = read_files(path)
    found: dict[Rules, list[Case]] = {}
    for rules, cases in several:
        found.setdefault(rules, []).extend(cases)
    suites = tuple((rules, tuple(cases)) for rules, cases in found.items())
    return Gathered(suites, by_place(problems))
