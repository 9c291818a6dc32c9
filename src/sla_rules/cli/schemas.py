"""``schema``: the JSON Schema of a format, or of what goes into and comes out of a ruleset."""

from argparse import Namespace

from sla_rules.cli.console import UsageError
from sla_rules.cli.rulesets import load, print_json
from sla_rules.diagnostics import nearest
from sla_rules.schema.ruleset import ruleset_schema
from sla_rules.testing import cases_schema

__all__ = ["schema"]


def schema(arguments: Namespace) -> int:
    """``sla-rules schema``: always JSON."""
    rules = None if arguments.ruleset is None else load(arguments.ruleset)
    of = arguments.of or ("ruleset" if rules is None else "facts")
    if of in ("ruleset", "part"):
        if rules is not None or arguments.level is not None:
            raise UsageError(f"--of {of} is one schema for all rulesets: name no ruleset or level")
        print_json(ruleset_schema(part=of == "part"))
        return 0
    if of == "cases":
        if arguments.level is not None:
            raise UsageError("--of cases is one schema for all levels: name no level")
        print_json(cases_schema(rules))
        return 0
    if rules is None:
        raise UsageError(f"--of {of} needs a RULESET; `sla-rules list` names those of the library")
    level = arguments.level
    if level is not None and level not in rules.program.levels:
        hint = nearest(level, rules.program.levels)
        raise UsageError(f"there is no level {level!r}; {hint}".rstrip("; "))
    print_json(rules.schema("assessment" if of == "assessment" else "facts", level=level))
    return 0
