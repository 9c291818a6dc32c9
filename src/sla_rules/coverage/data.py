"""A report of coverage as JSON-able data, the same from run to run."""

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath
from typing import Any

from sla_rules.coverage.report import CoverageReport, Point, percent
from sla_rules.diagnostics import Span
from sla_rules.language.program import Titles
from sla_rules.testing.cases import Case

__all__ = ["data_of", "place", "shown_file"]

VERSION = 1
"""Of the shape; it grows when a reader of the old one would misread the new one."""


def data_of(reports: Iterable[CoverageReport], root: Path | None = None) -> dict[str, Any]:
    """Reports as JSON-able data; files are named as seen from *root*.

    Everything stands in the order of the text, and so is the same from run to run.  A target names
    its cases by their places in ``cases``, counted from 0.
    """
    return {"version": VERSION, "rulesets": [_report(each, root) for each in reports]}


def place(span: Span, root: Path | None) -> str:
    """``file:line:column``, the file as seen from *root*."""
    return f"{shown_file(span.file, root)}:{span.line}:{span.column}"


def shown_file(file: str, root: Path | None) -> str:
    """A file as seen from *root*, with ``/``; as it is where it does not lie below."""
    path = PurePath(file)
    if root is not None and path.is_absolute() and path.is_relative_to(root):
        path = path.relative_to(root)
    return path.as_posix()


def _report(report: CoverageReport, root: Path | None) -> dict[str, Any]:
    numbers = {(each.span, each.name): number for number, each in enumerate(report.cases)}
    return {
        "ruleset": report.rules.id,
        "version": report.rules.version,
        "cases": [_case(each, root) for each in report.cases],
        "failed": [_case(each, root) for each in report.failed],
        "summary": {
            kind: {
                "covered": each.covered,
                "total": each.total,
                "percent": percent(each.share),
            }
            for kind, each in report.tallies.items()
        },
        "text_only": list(report.text_only),
        "uncited": list(report.uncited),
        "idle": [{**_case(case, root), "idle": list(names)} for case, names in report.idle],
        "targets": [_point(each, numbers, root) for each in report.points],
    }


def _point(
    point: Point, numbers: Mapping[tuple[Span, str], int], root: Path | None
) -> dict[str, Any]:
    target = point.target
    return {
        "kind": target.kind,
        "label": _titles(target.label),
        "where": place(target.span, root),
        "clauses": list(target.clauses),
        "side": target.side,
        "option": None if target.option is None else "=".join(target.option),
        "covered": point.covered,
        "cases": [numbers[each.span, each.name] for each in point.cases],
    }


def _titles(titles: Titles) -> dict[str, str]:
    return {"zh": titles.zh, "en": titles.en}


def _case(case: Case, root: Path | None) -> dict[str, Any]:
    return {
        "name": case.name,
        "where": place(case.span, root),
        "clauses": list(case.clauses),
    }
