"""``coverage``: which sentences, rules, rows, bands and conditions the cases cover."""

import sys
from argparse import Namespace

from sla_rules.cli.console import UsageError, report_problems
from sla_rules.coverage import least_of, measure_path, short_lines, text_lines

__all__ = ["coverage"]


def coverage(arguments: Namespace) -> int:
    """``sla-rules coverage``: 1 if less is covered than asked for, 2 if a file is broken."""
    try:
        least = least_of(arguments.fail_under)
    except ValueError as error:
        raise UsageError(f"--fail-under: {error}") from None
    measured = [measure_path(path) for path in arguments.paths]
    problems = [problem for each in measured for problem in each.problems]
    reports = [report for each in measured for report in each.reports]
    report_problems(problems)
    for number, report in enumerate(reports):
        if number:
            print()
        print(*text_lines(report, arguments.lang), sep="\n")
    short = [line for report in reports for line in short_lines(report, least, arguments.lang)]
    if short:
        sys.stdout.flush()
        print(*short, sep="\n", file=sys.stderr)
    return 2 if problems else int(bool(short))
