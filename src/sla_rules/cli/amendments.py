"""``diff`` and ``compare``: what changed between two rulesets, and what that means in figures."""

import sys
from argparse import Namespace
from collections.abc import Iterable

from sla_rules import Change, FactsError, RulesetError, changes, versions
from sla_rules.cli.console import UsageError, width
from sla_rules.cli.facts import stated_facts, time_of_question
from sla_rules.cli.rulesets import load, print_json, sentence
from sla_rules.layout import wrap

__all__ = ["compare", "diff"]


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


def compare(arguments: Namespace) -> int:
    """``sla-rules compare``: the same facts under other readings, or under another ruleset."""
    if not arguments.reading and arguments.other is None:
        raise UsageError("say what to compare with: --reading NAME=OPTION or --with OTHER")
    rules = load(arguments.ruleset)
    other = load(
        arguments.ruleset if arguments.other is None else arguments.other, arguments.reading
    )
    options = {"as_if_in_force": True} if arguments.as_if_in_force else {}
    as_of = time_of_question(arguments)
    try:
        found = rules.compare(
            other,
            stated_facts(arguments),
            arguments.level,
            zone=arguments.zone,
            as_of=as_of,
            **options,
        )
    except FactsError as error:
        if error.codes == ("F100",):
            raise UsageError(sentence(error.problems)) from None
        raise
    if arguments.format == "json":
        print_json(found.to_dict())
    else:
        print(found.text(arguments.lang))
    return 0
