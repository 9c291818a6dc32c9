"""``diff``: what changed between two rulesets."""

import sys
from argparse import Namespace

from sla_rules import RulesetError, changes
from sla_rules.cli.console import width
from sla_rules.cli.rulesets import load, print_json
from sla_rules.cli.table import wrap

__all__ = ["diff"]


def diff(arguments: Namespace) -> int:
    """``sla-rules diff``: 0 when nothing changed, 1 when something did, 2 for bad rulesets."""
    try:
        old, new = load(arguments.old), load(arguments.new)
    except RulesetError as error:
        print(error, file=sys.stderr)
        return 2
    found = changes(old, new)
    if arguments.format == "json":
        print_json([change.to_dict() for change in found])
        return int(bool(found))
    for change in found:
        first, *rest = wrap(change.text(arguments.lang), width() - 2)
        print(f"* {first}", *(f"  {line}" for line in rest), sep="\n")
    if not found:
        print("nothing changed" if arguments.lang == "en" else "没有变化")
    return int(bool(found))
