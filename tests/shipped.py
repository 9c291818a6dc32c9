"""The rulesets that come with the library, for tests: each version with its folder and cases."""

from functools import lru_cache
from pathlib import Path

import sla_rules as sla
from sla_rules.family import is_family, read_family
from sla_rules.testing import SUFFIX, Case, read_cases

RULESETS = Path(__file__).parents[1] / "rulesets"
SHIPPED = [f"{name}@{each.version}" for name in sla.rulesets() for each in sla.versions(name)]
"""Every version of every ruleset of the library."""


def home(name: str) -> Path:
    """The folder of a version."""
    rules = sla.load(name)
    folder = RULESETS / rules.id
    if not is_family(folder):
        return folder
    return next(
        each.folder
        for each in read_family(folder)
        if each.version == rules.version and each.folder is not None
    )


@lru_cache(maxsize=8)
def shipped(name: str) -> tuple[sla.Rules, tuple[Path, ...], tuple[Case, ...]]:
    """A version, the files of its cases, and the cases; wherever in the family they lie."""
    rules = sla.load(name)
    files: list[Path] = []
    cases: list[Case] = []
    for path in sorted((RULESETS / rules.id).rglob(f"*{SUFFIX}")):
        its, found, problems = read_cases(path.read_text(encoding="utf-8"), path)
        assert not problems
        if its == rules:
            files.append(path)
            cases += found
    return rules, tuple(files), tuple(cases)
