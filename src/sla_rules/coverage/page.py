"""Coverage as one page: the contract's own words, coloured by what the cases cover.

The page needs nothing beside it and no script: a sentence opens where it is clicked, and shows
the cases that name it and what cites it.  Marks say what the colours say, for print without them.
"""

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Final

from sla_rules.coverage.data import place
from sla_rules.coverage.report import CoverageReport, Point, percent
from sla_rules.coverage.text import counted, why
from sla_rules.coverage.words import say
from sla_rules.language import program as ir
from sla_rules.testing.failure import language_of

__all__ = ["html_page"]

_MARKS: Final[Mapping[str, str]] = {"covered": "●", "partly": "◐", "not": "○", "text": "–"}
_LANGS: Final[Mapping[str, str]] = {"zh": "zh-CN", "en": "en"}


def html_page(reports: Iterable[CoverageReport], lang: str, root: Path | None = None) -> str:
    """The page of one or several reports; files are named as seen from *root*."""
    several = list(reports)
    titles = say("list", lang).join(each.rules.title(lang) for each in several)
    articles = "\n".join(_Article(each, lang, root).html() for each in several)
    style = files("sla_rules.coverage").joinpath("page.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html>\n<html lang="{_LANGS[lang]}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(say('page_title', lang, title=titles))}</title>\n"
        f"<style>\n{style}</style>\n</head>\n<body>\n{articles}\n</body>\n</html>\n"
    )


class _Article:
    """The part of the page that is about one ruleset."""

    def __init__(self, report: CoverageReport, lang: str, root: Path | None) -> None:
        self.report = report
        self.lang = lang
        self.root = root
        self.program = report.rules.program
        self.covered = {each.target.clauses[0]: each for each in report.of("clause")}
        self.citing: dict[str, list[Point]] = {}
        for point in report.points:
            for clause in point.target.clauses if point.target.kind != "clause" else ():
                self.citing.setdefault(clause, []).append(point)

    def html(self) -> str:
        """The article."""
        rules = self.report.rules
        meta = f"{rules.id} {rules.version} · {counted(self.report, self.lang)}"
        lines = [
            "<article>",
            f"<h1>{escape(rules.title(self.lang))}</h1>",
            f'<p class="meta">{escape(meta)}</p>',
            *self._summary(),
            f'<p class="lead">{self._say("lead")}</p>',
            '<ul class="legend">',
            *(
                f'<li class="{state}"><i class="mark">{mark}</i> {self._say(f"state_{state}")}</li>'
                for state, mark in _MARKS.items()
            ),
            "</ul>",
            *(self._clause(each) for each in self.program.clauses.values()),
            *self._elsewhere(),
            "</article>",
        ]
        return "\n".join(lines)

    def _say(self, phrase: str, **parts: object) -> str:
        return escape(say(phrase, self.lang, **parts))

    def _summary(self) -> Iterator[str]:
        yield '<table class="summary">\n<thead><tr>'
        yield f'<th scope="col">{self._say("kind")}</th><th class="wide"></th>'
        for each in ("covered", "total", "share"):
            yield f'<th scope="col" class="figure">{self._say(each)}</th>'
        yield "</tr></thead>\n<tbody>"
        for kind, tally in self.report.tallies.items():
            if not tally.total:
                continue
            share = percent(tally.share)
            short = "" if tally.share == 1 else " short"
            yield (
                f'<tr><th scope="row">{self._say(f"kind_{kind}")}</th>'
                f'<td class="wide"><span class="bar{short}">'
                f'<i style="width:{share}%"></i></span></td>'
                f'<td class="figure">{tally.covered}</td><td class="figure">{tally.total}</td>'
                f'<td class="figure">{self._say("percent", share=share)}</td></tr>'
            )
        yield "</tbody>\n</table>"

    def _state(self, clause: ir.Clause) -> str:
        point = self.covered.get(clause.id)
        if point is None:
            return "text"
        if not point.covered:
            return "not"
        return "covered" if all(each.covered for each in self._of(clause.id)) else "partly"

    def _of(self, clause: str) -> list[Point]:
        return self.citing.get(clause, [])

    def _clause(self, clause: ir.Clause) -> str:
        state = self._state(clause)
        title = clause.title.of(self.lang)
        shown = "" if title == clause.id else escape(title)
        own = language_of(self.report.rules)
        translation = ""
        if clause.translation and self.lang == "en":
            words = escape(clause.translation.strip())
            translation = f'<span class="translation" lang="en">{words}</span>'
        name = escape(f"{self.report.rules.id}-{self.report.rules.version}-{clause.id}")
        count = "" if state == "text" else self._count(clause)
        return (
            f'<details class="clause {state}" id="{name}">\n<summary><span class="head">'
            f'<i class="mark" title="{self._say(f"state_{state}")}">{_MARKS[state]}</i>'
            f'<span class="id">{escape(clause.id)}</span><span>{shown}</span>{count}</span>'
            f'<span class="words" lang="{_LANGS[own]}">{escape(clause.text.strip())}</span>'
            f'{translation}</summary>\n<div class="inside">\n'
            + "\n".join(self._inside(clause, state))
            + "\n</div>\n</details>"
        )

    def _count(self, clause: ir.Clause) -> str:
        citing = self._of(clause.id)
        covered = sum(each.covered for each in citing)
        return f'<span class="count">{covered}/{len(citing)}</span>' if citing else ""

    def _inside(self, clause: ir.Clause, state: str) -> Iterator[str]:
        yield f"<code>{escape(place(clause.span, self.root))}</code>"
        if clause.not_encoded is not None:
            yield f"<h3>{self._say('why_not')}</h3>"
            yield f"<p>{escape(clause.not_encoded.of(self.lang))}</p>"
        elif state == "not":
            yield f'<p class="none">{escape(why(self.report, clause.id, self.lang))}</p>'
        point = self.covered.get(clause.id)
        if point is not None:
            yield f"<h3>{self._say('cases_here', count=len(point.cases))}</h3>"
            yield "<ul>"
            for case in point.cases:
                where = escape(place(case.span, self.root))
                yield f"<li>{escape(case.name)} <code>{where}</code></li>"
            yield "</ul>"
        citing = self._of(clause.id)
        if citing:
            covered = sum(each.covered for each in citing)
            yield f"<h3>{self._say('parts_here', total=len(citing), covered=covered)}</h3>"
            yield from self._points(citing)

    def _points(self, points: Iterable[Point]) -> Iterator[str]:
        yield "<table>"
        for each in sorted(points, key=lambda point: point.covered):  # what is missing first
            state = "covered" if each.covered else "not"
            phrase = {0: "nobody", 1: "cases_one"}.get(len(each.cases), "cases")
            cases = self._say(phrase, count=len(each.cases))
            span = each.target.span
            where = escape(f"{Path(span.file).name}:{span.line}")
            yield (
                f'<tr class="{state}"><td><i class="mark">{_MARKS[state]}</i></td>'
                f"<td>{escape(each.target.label.of(self.lang))}</td>"
                f"<td>{cases} <code>{where}</code></td></tr>"
            )
        yield "</table>"

    def _elsewhere(self) -> Iterator[str]:
        points = [each for each in self.report.points if not each.target.clauses]
        if points:
            covered = sum(each.covered for each in points)
            state = "covered" if covered == len(points) else "partly"
            yield (
                f'<h2>{self._say("elsewhere")}</h2>\n<details class="clause {state}"><summary>'
                f'<span class="head"><i class="mark">{_MARKS[state]}</i><span>'
                f"{self._say('parts_elsewhere', total=len(points), covered=covered)}</span></span>"
                '</summary>\n<div class="inside">'
            )
            yield from self._points(points)
            yield "</div>\n</details>"
