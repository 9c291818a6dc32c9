"""Coverage as Cobertura XML: the ruleset is a package, a file a class, a rule a method."""

from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree as ET

from sla_rules.coverage.lines import FileLines, Line, Share, lines_of, total
from sla_rules.coverage.report import CoverageReport

__all__ = ["cobertura"]

_DOCTYPE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">\n'
)


def cobertura(reports: Iterable[CoverageReport], root: Path | None = None) -> str:
    """The document; files are named as seen from *root*.

    The same cases give the same text: the time that the format asks for is always 0, for when it
    was measured says nothing of what is covered.
    """
    files = lines_of(reports, root)
    run, taken = total(each.run for each in files), total(each.taken for each in files)
    top = ET.Element(
        "coverage",
        {
            "line-rate": run.rate,
            "branch-rate": taken.rate,
            "lines-covered": str(run.run),
            "lines-valid": str(run.total),
            "branches-covered": str(taken.run),
            "branches-valid": str(taken.total),
            "complexity": "0",
            "version": "1",
            "timestamp": "0",
        },
    )
    sources = ET.SubElement(top, "sources")
    ET.SubElement(sources, "source").text = "." if root is None else root.as_posix()
    packages = ET.SubElement(top, "packages")
    for name in sorted({each.package for each in files}):
        of = [each for each in files if each.package == name]
        package = _rated(packages, "package", name, total(each.run for each in of), of)
        classes = ET.SubElement(package, "classes")
        for each in of:
            _class(classes, each)
    ET.indent(top)
    return f"{_DOCTYPE}{ET.tostring(top, encoding='unicode')}\n"


def _rated(
    above: ET.Element, tag: str, name: str, run: Share, files: Iterable[FileLines]
) -> ET.Element:
    rates = {"line-rate": run.rate, "branch-rate": total(each.taken for each in files).rate}
    return ET.SubElement(above, tag, {"name": name, **rates, "complexity": "0"})


def _class(classes: ET.Element, file: FileLines) -> None:
    element = _rated(classes, "class", Path(file.file).name, file.run, [file])
    element.set("filename", file.file)
    methods = ET.SubElement(element, "methods")
    for line in file.lines:
        for rule in line.rules:
            share = Share(int(rule.covered), 1)
            attributes = {
                "name": rule.target.label.en,
                "signature": f"{line.number}:{rule.target.span.column}",
                "line-rate": share.rate,
                "branch-rate": "1",
                "complexity": "0",
            }
            method = ET.SubElement(methods, "method", attributes)
            hits = {"number": str(line.number), "hits": str(len(rule.cases)), "branch": "false"}
            ET.SubElement(ET.SubElement(method, "lines"), "line", hits)
    lines = ET.SubElement(element, "lines")
    for line in file.lines:
        _line(lines, line)


def _line(lines: ET.Element, line: Line) -> None:
    attributes = {"number": str(line.number), "hits": str(line.hits), "branch": "false"}
    if not line.branches:
        ET.SubElement(lines, "line", attributes)
        return
    taken = line.taken
    attributes["branch"] = "true"
    attributes["condition-coverage"] = f"{taken.percent} ({taken.run}/{taken.total})"
    element = ET.SubElement(lines, "line", attributes)
    conditions = ET.SubElement(element, "conditions")
    for number, each in enumerate(line.branches):
        share = Share(int(each.covered), 1)
        found = {"number": str(number), "type": each.target.kind, "coverage": share.percent}
        ET.SubElement(conditions, "condition", found)
