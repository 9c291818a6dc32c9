"""Coverage by the lines of the YAML files: what tools for code can show.

A line counts as run when a case covers something that stands on it.  Clauses are lines; rules are
lines and functions; rows, bands, conditions, caps, roundings, suspensions and answers of readings
are lines, and each is a branch of its line.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import attrs

from sla_rules.coverage.data import shown_file
from sla_rules.coverage.report import CoverageReport, Point

__all__ = ["FileLines", "Line", "Share", "lines_of"]

_PLAIN: Final = ("clause", "rule")


@attrs.frozen
class Share:
    """How many of several were run."""

    run: int
    total: int

    @property
    def rate(self) -> str:
        """The share with four decimals, cut and not rounded; ``1`` where there is nothing."""
        if self.run == self.total:
            return "1"
        return f"0.{10_000 * self.run // self.total:04}"

    @property
    def percent(self) -> str:
        """The share in whole hundredths, cut and not rounded: ``50%``."""
        return f"{100 * self.run // self.total if self.total else 100}%"


@attrs.frozen
class Line:
    """One line: how many cases run it, and its branches, each with how many cases take it."""

    number: int
    hits: int
    rules: tuple[Point, ...]
    branches: tuple[Point, ...]

    @property
    def taken(self) -> Share:
        """How many of the branches are taken."""
        return Share(sum(each.covered for each in self.branches), len(self.branches))


@attrs.frozen
class FileLines:
    """The lines of one file that can be run, in order."""

    file: str
    package: str
    lines: tuple[Line, ...]

    @property
    def run(self) -> Share:
        """How many of the lines are run."""
        return Share(sum(each.hits > 0 for each in self.lines), len(self.lines))

    @property
    def taken(self) -> Share:
        """How many of the branches are taken."""
        return total(each.taken for each in self.lines)


def total(shares: Iterable[Share]) -> Share:
    """Several shares as one."""
    several = list(shares)
    return Share(sum(each.run for each in several), sum(each.total for each in several))


def lines_of(reports: Iterable[CoverageReport], root: Path | None = None) -> list[FileLines]:
    """The lines of all files of all reports, by name; each file belongs to one ruleset."""
    files: dict[tuple[str, str], dict[int, list[Point]]] = {}
    for report in reports:
        package = f"{report.rules.id}@{report.rules.version}"
        for point in report.points:
            span = point.target.span
            lines = files.setdefault((shown_file(span.file, root), package), {})
            lines.setdefault(span.line, []).append(point)
    return [
        FileLines(file, package, tuple(_line(number, lines[number]) for number in sorted(lines)))
        for (file, package), lines in sorted(files.items())
    ]


def _line(number: int, points: list[Point]) -> Line:
    cases = {(each.span, each.name) for point in points for each in point.cases}
    return Line(
        number=number,
        hits=len(cases),
        rules=tuple(each for each in points if each.target.kind == "rule"),
        branches=tuple(each for each in points if each.target.kind not in _PLAIN),
    )
