"""``check``: what is wrong with a ruleset, what looks wrong, and what is acknowledged."""

from argparse import Namespace
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import attrs

from sla_rules import Rules, RulesetError, Severity, versions
from sla_rules.cli.console import UsageError, width
from sla_rules.cli.rulesets import load, print_json
from sla_rules.cli.sarif import sarif
from sla_rules.diagnostics import Diagnostic, Span, nearest
from sla_rules.layout import display_width, wrap
from sla_rules.lint import findings
from sla_rules.lint.codes import CODES
from sla_rules.rules import has_versions

__all__ = ["Report", "check"]

INDENT: Final = "    "
TALL: Final = 3
"""After so many other places the rest is only counted."""


@attrs.frozen
class Report:
    """What was found in one ruleset: errors, or what the lints say of a ruleset without any."""

    source: str
    id: str | None
    version: str | None
    problems: tuple[Diagnostic, ...]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """What keeps the ruleset from being used."""
        return tuple(each for each in self.problems if each.severity is Severity.ERROR)

    @property
    def acknowledged(self) -> tuple[Diagnostic, ...]:
        """Findings that the ruleset answers for, with the reason."""
        return tuple(each for each in self.problems if each.acknowledged)

    @property
    def open(self) -> tuple[Diagnostic, ...]:
        """Findings that nobody answers for."""
        warnings = (each for each in self.problems if each.severity is not Severity.ERROR)
        return tuple(each for each in warnings if not each.acknowledged)

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-able data."""
        return {
            "source": self.source,
            "id": self.id,
            "version": self.version,
            "problems": [each.to_dict() for each in self.problems],
            "errors": len(self.errors),
            "warnings": len(self.open),
            "acknowledged": len(self.acknowledged),
        }


def check(arguments: Namespace) -> int:
    """``sla-rules check``: 1 if any ruleset has errors, or, with ``--strict``, open findings."""
    asked = _codes(arguments.code)
    reports = [
        report
        for source in arguments.rulesets
        for report in _reports(source, arguments.lang, asked)
    ]
    failed = any(each.errors or (arguments.strict and each.open) for each in reports)
    if arguments.format == "json":
        print_json([each.to_dict() for each in reports])
    elif arguments.format == "sarif":
        print_json(sarif([problem for each in reports for problem in each.problems]))
    else:
        for each in reports:
            shown = each.problems if arguments.acknowledged else (*each.errors, *each.open)
            print(*_lines(shown), _summary(each), sep="\n")
    return int(failed)


def _codes(asked: Iterable[str]) -> tuple[str, ...]:
    """The beginnings of the codes that are asked for: ``W731``, or ``W7xx`` for a family."""
    found = []
    for code in asked:
        start = code.upper().rstrip("X")
        if not any(known.startswith(start) for known in CODES):
            hint = nearest(code.upper(), CODES, cutoff=0.7) or "docs/reference/findings lists them"
            raise UsageError(f"no finding has the code {code!r}; {hint}")
        found.append(start)
    return tuple(found)


def _reports(source: str, lang: str, codes: tuple[str, ...]) -> list[Report]:
    """The report on a ruleset, or on each version of a contract."""
    try:
        newest = load(source)
        found = versions(source) if has_versions(source) else (newest,)
    except RulesetError as error:
        return [Report(source, None, None, error.problems)]
    return [_report(source, rules, lang, codes) for rules in found]


def _report(source: str, rules: Rules, lang: str, codes: tuple[str, ...]) -> Report:
    told = (*rules.warnings, *findings(rules.program, lang=lang))
    wanted = tuple(each for each in told if not codes or each.code.startswith(codes))
    return Report(source, rules.id, rules.version, wanted)


def _summary(report: Report) -> str:
    name = f"{report.id} {report.version}" if report.id else report.source
    if report.errors:
        return f"{name}: {_count(len(report.errors), 'error')}"
    answered = f", {len(report.acknowledged)} acknowledged" if report.acknowledged else ""
    return f"{name}: {_count(len(report.open), 'finding')}{answered}"


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def _lines(problems: Iterable[Diagnostic]) -> list[str]:
    """Problems for a reader, by file; a file is named once."""
    lines: list[str] = []
    for file, several in groupby(sorted(problems, key=_place), key=lambda each: _place(each)[0]):
        lines += [_near(file)] if file else []
        for each in several:
            lines += [*_problem(each, file), ""]
    return lines


def _near(file: str) -> str:
    """A file as it is reached from here, where that is below."""
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else file


def _place(problem: Diagnostic) -> tuple[str, int, int, str]:
    where = problem.where
    if isinstance(where, Span):
        return (where.file, where.line, where.column, problem.code)
    return ("", 0, 0, problem.code)


def _problem(problem: Diagnostic, file: str) -> list[str]:
    """Place, code and message; the line with a caret; the proof, and what to do."""
    where = problem.where
    place = f"{where.line}:{where.column}" if isinstance(where, Span) else str(where)
    room = width()
    head = f"  {place:<8} {problem.code}  "
    first, *rest = wrap(_plain(problem.message), room - len(head))
    lines = [head + first, *(" " * len(head) + each for each in rest)]
    if problem.excerpt and isinstance(where, Span):
        lines += _excerpt(problem.excerpt, where, room - 4)
    for span in problem.also[:TALL]:
        same = f"{span.line}:{span.column}" if span.file == file else str(span)
        lines.append(f"{INDENT}see also {same}")
    if len(problem.also) > TALL:
        lines.append(f"{INDENT}and {_count(len(problem.also) - TALL, 'other place')}")
    lines += _labelled("example", problem.example, room)
    if problem.acknowledged:
        return [*lines, *_labelled("acknowledged", (problem.acknowledged,), room)]
    return [*lines, *_labelled("hint", (problem.hint,), room)] if problem.hint else lines


def _labelled(name: str, texts: tuple[str, ...], room: int) -> list[str]:
    """Texts under one name, which stands once."""
    label = f"{INDENT}{name}: "
    blank = " " * len(label)
    lines = [line for text in texts for line in wrap(_plain(text), room - len(label))]
    return [(blank if number else label) + line for number, line in enumerate(lines)]


def _excerpt(line: str, span: Span, room: int) -> list[str]:
    """The line of the text, cut to what fits around the place, and carets below it."""
    text = _plain(line)
    start, end = span.column - 1, max(span.column, span.end_column - 1)
    first = len(text) - len(text.lstrip())
    last = len(text.rstrip())
    while display_width(text[first:last]) > room - 4 and last > end:
        last -= 1
    while display_width(text[first:last]) > room - 4 and first < start:
        first += 1
    before = "… " if text[:first].strip() else ""
    after = " …" if text[last:].strip() else ""
    carets = max(1, display_width(text[start : min(end, last)]))
    blank = " " * (display_width(before) + display_width(text[first:start]))
    return [f"{INDENT}{before}{text[first:last]}{after}", f"{INDENT}{blank}{'^' * carets}"]


def _plain(text: str) -> str:
    """Without what a terminal would obey instead of show."""
    return "".join(each if each.isprintable() else " " for each in text)
