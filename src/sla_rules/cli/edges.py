"""``cases``: propose cases at the edges of decisions, for a person to confirm."""

from argparse import Namespace
from pathlib import Path
from typing import Any

from sla_rules.cli.console import UsageError, report_problems
from sla_rules.cli.rulesets import load
from sla_rules.rules import Rules, place_of
from sla_rules.testing.edges import as_yaml, propose
from sla_rules.testing.gather import gather

__all__ = ["cases"]


def cases(arguments: Namespace) -> int:
    """``sla-rules cases --edges``: print the proposed cases, or write them to a new file."""
    rules = load(arguments.ruleset, arguments.reading)
    target = None if arguments.output is None else Path(arguments.output)
    if target is not None and target.exists():
        raise UsageError(f"{target} is there already: what a person has confirmed is not replaced")
    try:
        found = propose(
            rules,
            arguments.decision,
            arguments.level,
            lang=arguments.lang,
            documents=_facts_of_cases(arguments.ruleset, rules),
        )
    except ValueError as error:
        raise UsageError(str(error)) from None
    packaged = place_of(arguments.ruleset) != Path(arguments.ruleset)
    name = arguments.ruleset if packaged else rules.id
    text = as_yaml(found, rules, ruleset=name, lang=arguments.lang)
    if target is None:
        print(text, end="")
        return 0
    target.write_text(text, encoding="utf-8", newline="\n")
    said = f"{len(found.cases)} cases" if arguments.lang == "en" else f"{len(found.cases)} 个案例"
    print(f"{target}: {said}")
    return 0


def _facts_of_cases(source: str, rules: Rules) -> dict[str, list[Any]]:
    """The facts of the cases that the ruleset has already, by level."""
    place = place_of(source)
    folder = place if place is None or place.is_dir() else place.parent
    found: dict[str, list[Any]] = {}
    if folder is None:
        return found
    gathered = gather(folder)
    report_problems(each for each in gathered.problems if each.code != "C111")  # it may have none
    for own, several in gathered.suites:
        for each in several if own.program == rules.program else ():
            if "error" not in each.expect:
                found.setdefault(each.level, []).append(each.facts)
    return found
