"""A report of coverage as text: what is not covered first, then how much of each kind is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sla_rules.coverage.data import place
from sla_rules.coverage.report import CoverageReport, Point, percent
from sla_rules.coverage.targets import KINDS
from sla_rules.coverage.words import say
from sla_rules.layout import Column, draw

__all__ = ["counted", "text_lines", "why"]

WIDE: Final = 100


def text_lines(report: CoverageReport, lang: str, root: Path | None = None) -> Iterator[str]:
    """The lines of a report: the clauses that nothing covers, with their words, come first.

    Files are named as seen from *root*.
    """
    rules = report.rules
    yield say("coverage_of", lang, id=rules.id, version=rules.version)
    yield counted(report, lang)
    nothing = True
    for kind in KINDS:
        missing = report.missing(kind)
        if missing:
            nothing = False
            yield ""
            what = say(f"kind_{kind}", lang)
            yield say("missing", lang, kind=what, count=len(missing))
            for point in missing:
                yield from _missing(report, point, lang, root)
    if report.idle:
        yield ""
        yield say("idle", lang, count=len(report.idle))
        for case, clauses in report.idle:
            named = say("list", lang).join(clauses)
            line = say("idle_line", lang, name=case.name, clauses=named)
            yield f"  {place(case.span, root)}: {line}"
    yield ""
    if nothing:
        yield say("all", lang)
        yield ""
    yield from _table(report, lang)
    if report.text_only:
        named = say("list", lang).join(report.text_only)
        phrase = "no_rule_one" if len(report.text_only) == 1 else "no_rule"
        yield say(phrase, lang, count=len(report.text_only), clauses=named)


def counted(report: CoverageReport, lang: str) -> str:
    """How many cases hold and count, and how many do not."""

    def of(phrase: str, count: int) -> str:
        return say(f"{phrase}_one" if count == 1 else phrase, lang, cases=count)

    held = of("measured", len(report.cases))
    if not report.failed:
        return held
    return say("joined", lang, first=held, second=of("failed", len(report.failed)))


def _missing(report: CoverageReport, point: Point, lang: str, root: Path | None) -> Iterator[str]:
    target = point.target
    label, where = target.label.of(lang), place(target.span, root)
    if target.kind == "clause":
        (clause,) = target.clauses
        text = report.rules.program.clauses[clause].text
        yield f"  {where}: {label}"
        yield from (f"    {line}" for line in text.splitlines() if line.strip())
        yield f"    {why(report, clause, lang)}"
    else:
        cited = f" [{say('list', lang).join(target.clauses)}]" if target.clauses else ""
        yield f"  {where}: {label}{cited}"


def why(report: CoverageReport, clause: str, lang: str) -> str:
    """Why a clause is not covered: nothing cites it, nothing of it ran, or nobody names it."""
    if clause in report.uncited:
        return say("uncited", lang)
    return say("unnamed" if clause in report.ran else "never_ran", lang)


def _table(report: CoverageReport, lang: str) -> list[str]:
    held = {kind: each for kind, each in report.tallies.items() if each.total}
    columns = (
        ("kind", [say(f"kind_{kind}", lang) for kind in held]),
        ("covered", [str(each.covered) for each in held.values()]),
        ("total", [str(each.total) for each in held.values()]),
        ("share", [say("percent", lang, share=percent(each.share)) for each in held.values()]),
    )
    return draw(
        [Column(say(name, lang), tuple(cells), right=name != "kind") for name, cells in columns],
        WIDE,
    )
