"""Coverage as an LCOV tracefile: editors and code hosts show it beside the lines of the YAML."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from sla_rules.coverage.lines import FileLines, lines_of
from sla_rules.coverage.report import CoverageReport, Point

__all__ = ["lcov"]


def lcov(reports: Iterable[CoverageReport], root: Path | None = None) -> str:
    """The tracefile; files are named as seen from *root*.

    Rules are functions; rows, bands, both ways of conditions and the like are branches.
    """
    return "".join(f"{line}\n" for each in lines_of(reports, root) for line in _records(each))


def _records(file: FileLines) -> Iterator[str]:
    yield "TN:"
    yield f"SF:{file.file}"
    rules = [(line.number, each) for line in file.lines for each in line.rules]
    yield from (f"FN:{number},{_name(each, number)}" for number, each in rules)
    yield from (f"FNDA:{len(each.cases)},{_name(each, number)}" for number, each in rules)
    yield f"FNF:{len(rules)}"
    yield f"FNH:{sum(each.covered for _, each in rules)}"
    for line in file.lines:
        for branch, each in enumerate(line.branches):
            taken = len(each.cases) if line.hits else "-"
            yield f"BRDA:{line.number},0,{branch},{taken}"
    yield f"BRF:{file.taken.total}"
    yield f"BRH:{file.taken.run}"
    yield from (f"DA:{line.number},{line.hits}" for line in file.lines)
    yield f"LF:{file.run.total}"
    yield f"LH:{file.run.run}"
    yield "end_of_record"


def _name(point: Point, number: int) -> str:
    """A rule in one line, unique in its file: tools add up functions of one name."""
    label = " ".join(point.target.label.en.split())
    return f"{label} ({number}:{point.target.span.column})"
