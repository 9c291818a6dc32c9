"""Problems as SARIF 2.1.0, the format in which code hosts and editors take findings."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from sla_rules.cli.parser import installed_version
from sla_rules.diagnostics import Diagnostic, Severity, Span
from sla_rules.lint.codes import CODES

__all__ = ["sarif"]

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
ANY_ERROR: Final = "the ruleset cannot be used"


def sarif(problems: Iterable[Diagnostic]) -> dict[str, Any]:
    """One run with all problems; acknowledged findings are suppressed, with their reason."""
    several = list(problems)
    codes = sorted({each.code for each in several})
    driver = {
        "name": "sla-rules",
        "version": installed_version(),
        "rules": [_rule(code, several) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, codes.index(each.code)) for each in several],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str, problems: list[Diagnostic]) -> dict[str, Any]:
    first = next(each for each in problems if each.code == code)
    meaning = CODES.get(code, ANY_ERROR)
    return {
        "id": code,
        "shortDescription": {"text": f"{meaning[0].upper()}{meaning[1:]}."},
        "help": {"text": f"What to do, for instance: {first.hint or 'see the message'}."},
        "defaultConfiguration": {"level": _level(first.severity)},
    }


def _level(severity: Severity) -> str:
    return "error" if severity is Severity.ERROR else "warning"


def _result(problem: Diagnostic, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": index,
        "level": _level(problem.severity),
        "message": {"text": _message(problem)},
        "locations": [],
    }
    if isinstance(problem.where, Span):
        result["locations"] = [{"physicalLocation": _location(problem.where, problem.excerpt)}]
    if problem.also:
        result["relatedLocations"] = [
            {"id": number, "physicalLocation": _location(span), "message": {"text": "see also"}}
            for number, span in enumerate(problem.also, 1)
        ]
    if problem.acknowledged:
        result["suppressions"] = [{"kind": "inSource", "justification": problem.acknowledged}]
    return result


def _message(problem: Diagnostic) -> str:
    """Message, proof and hint: a viewer shows nothing else."""
    lines = [problem.message, *(f"example: {each}" for each in problem.example)]
    return "\n".join([*lines, f"hint: {problem.hint}"] if problem.hint else lines)


def _location(span: Span, excerpt: str = "") -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": span.line, "startColumn": span.column}
    if span.end_column > span.column:
        region["endColumn"] = span.end_column
    location: dict[str, Any] = {"artifactLocation": {"uri": _uri(span.file)}, "region": region}
    if excerpt:
        location["contextRegion"] = {"startLine": span.line, "snippet": {"text": excerpt}}
    return location


def _uri(file: str) -> str:
    """A path below the working directory is relative to it, as code hosts want it."""
    uri = Path(os.path.abspath(file)).as_uri()  # noqa: PTH100 -- a link is kept as it is named
    return uri.removeprefix(f"{Path.cwd().as_uri().rstrip('/')}/")
