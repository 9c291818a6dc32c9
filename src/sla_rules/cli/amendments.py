"""``diff``: what changed between two rulesets, or from version to version."""

import sys
from argparse import Namespace
from collections.abc import Iterable

from sla_rules import Change, RulesetError, changes, versions
from sla_rules.cli.console import width
from sla_rules.cli.rulesets import load, print_json
from sla_rules.cli.table import wrap

__all__ = ["diff"]


def diff(arguments: Namespace) -> int:
    """``sla-rules diff``: 0 when nothing changed, 1 when something did, 2 for bad rulesets."""
    try:
        if arguments.new is None:
            return _steps(arguments)
        found = changes(load(arguments.old), load(arguments.new))
    except RulesetError as error:
        print(error, file=sys.stderr)
        return 2
    if arguments.format == "json":
        print_json([change.to_dict() for change in found])
    else:
        _print(found, arguments.lang)
    return int(bool(found))


def _steps(arguments: Namespace) -> int:
    """The versions of one contract, each against the one before it."""
    load(arguments.old)
    steps = versions(arguments.old).changes()
    if arguments.format == "json":
        print_json(
            [
                {
                    "older": step.older.version,
                    "newer": step.newer.version,
                    "changes": [change.to_dict() for change in step.changes],
                }
                for step in steps
            ]
        )
        return int(any(step.changes for step in steps))
    for number, step in enumerate(steps):
        if number:
            print()
        print(step.text(arguments.lang).partition("\n")[0])
        _print(step.changes, arguments.lang)
    if not steps:
        _print((), arguments.lang)
    return int(any(step.changes for step in steps))


def _print(found: Iterable[Change], lang: str) -> None:
    for change in found:
        first, *rest = wrap(change.text(lang), width() - 2)
        print(f"* {first}", *(f"  {line}" for line in rest), sep="\n")
    if not found:
        print("nothing changed" if lang == "en" else "没有变化")
