"""``coverage``: which sentences, rules, rows, bands and conditions the cases cover."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

from sla_rules.cli.console import UsageError, report_problems
from sla_rules.coverage import (
    CoverageReport,
    cobertura,
    data_of,
    html_page,
    lcov,
    least_of,
    measure_path,
    short_lines,
    text_lines,
)

__all__ = ["coverage"]


def coverage(arguments: Namespace) -> int:
    """``sla-rules coverage``: 1 if less is covered than asked for, 2 if a file is broken."""
    try:
        least = {} if arguments.fail_under is None else least_of(arguments.fail_under)
    except ValueError as error:
        raise UsageError(f"--fail-under: {error}") from None
    _apart(arguments)
    measured = [measure_path(path) for path in arguments.paths]
    problems = [problem for each in measured for problem in each.problems]
    reports = [report for each in measured for report in each.reports]
    report_problems(problems)
    root = Path.cwd()
    for number, report in enumerate(reports):
        if number:
            print()
        print(*text_lines(report, arguments.lang, root), sep="\n")
    read = {Path(file).resolve() for report in reports for file in report.rules.program.texts}
    for file, text in _files(arguments, reports, root):
        if Path(file).resolve() in read:
            raise UsageError(f"{file} is the ruleset itself, and is not written over")
        _write(file, text)
    short = [line for report in reports for line in short_lines(report, least, arguments.lang)]
    if short:
        sys.stdout.flush()
        print(*short, sep="\n", file=sys.stderr)
    return 2 if problems else int(bool(short))


def _apart(arguments: Namespace) -> None:
    """Refuse files that are no place to write to: without a name, of YAML, or asked for twice."""
    known: dict[Path, str] = {}
    for name in ("html", "json", "lcov", "cobertura"):
        file = getattr(arguments, name)
        if file is None:
            continue
        if not file.strip():
            raise UsageError(f"--{name} is empty; name a file")
        if Path(file).suffix in (".yaml", ".yml"):
            raise UsageError(f"--{name} {file}: rulesets and cases are .yaml; name another file")
        other = known.setdefault(Path(file).resolve(), name)
        if other != name:
            raise UsageError(f"--{other} and --{name} name the same file {file}")


def _files(
    arguments: Namespace, reports: Sequence[CoverageReport], root: Path
) -> Iterator[tuple[str, str]]:
    """The files that are asked for, with what belongs into them."""
    if arguments.html:
        yield arguments.html, html_page(reports, arguments.lang, root)
    if arguments.json:
        data = data_of(reports, root)
        yield arguments.json, f"{json.dumps(data, ensure_ascii=False)}\n"
    if arguments.lcov:
        yield arguments.lcov, lcov(reports, root)
    if arguments.cobertura:
        yield arguments.cobertura, cobertura(reports, root)


def _write(file: str, text: str) -> None:
    try:
        Path(file).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror or error}") from None
