"""Coverage of the cases that one run of pytest ran: ``--sla-cov``.

Each report of a case says which it is, from whatever process it comes; when all are there, the
process that collects them runs those cases once more and listens.  So it is exact with ``-k``,
``--lf`` and xdist alike, and nothing has to be put together.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sla_rules.coverage.least import least_of, short_lines
from sla_rules.coverage.measure import measure
from sla_rules.coverage.report import CoverageReport
from sla_rules.coverage.text import text_lines
from sla_rules.coverage.words import say
from sla_rules.rules import Rules
from sla_rules.testing.cases import Case
from sla_rules.testing.failure import language_of
from sla_rules.testing.reading import read_cases
from sla_rules.testing.run import text_of

__all__ = ["ATTRIBUTE", "SessionCoverage", "measure_ran"]

ATTRIBUTE = "sla_case"
"""What a report of pytest is given: the file and the name of its case."""


def measure_ran(
    ran: Mapping[str, set[str]], load: Callable[[str], Rules]
) -> tuple[CoverageReport, ...]:
    """What the cases of the given names cover, by file; in the order of the files."""
    found: dict[Rules, list[Case]] = {}
    for file, names in sorted(ran.items()):
        text, _ = text_of(Path(file))
        rules, cases, _ = read_cases(text or "", Path(file), loader=load)
        if rules is not None:
            found.setdefault(rules, []).extend(each for each in cases if each.name in names)
    return tuple(measure(rules, cases) for rules, cases in found.items())


class SessionCoverage:
    """A plugin for the process that collects the reports.

    Raises ValueError when *least* is no list of shares, such as ``clause=100,row=90``.
    """

    def __init__(
        self, least: str | None, lang: str | None, load: Callable[[str], Rules], root: Path
    ) -> None:
        self.least = {} if least is None else least_of(least)
        self.lang = lang
        self.load = load
        self.root = root
        self.ran: dict[str, set[str]] = {}
        self.lines: list[str] = []

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Remembers a case that was run."""
        case = getattr(report, ATTRIBUTE, None)
        if case is not None:
            file, name = case
            self.ran.setdefault(file, set()).add(name)

    def pytest_sessionfinish(self, session: Any) -> None:
        """Measures, and fails the run where less is covered than asked for."""
        reports = measure_ran(self.ran, self.load)
        short: list[str] = []
        for report in reports:
            lang = self.lang or language_of(report.rules)
            self.lines += [*([""] if self.lines else []), *text_lines(report, lang, self.root)]
            short += short_lines(report, self.least, lang)
        if not reports:
            self.lines.append(say("no_case_ran", self.lang or "en"))
            short += self.lines if self.least else []
        elif short:
            self.lines += ["", *short]
        if short and session.exitstatus in (0, 5):  # 5: no test at all was collected
            session.exitstatus = 1

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Says what is covered."""
        terminalreporter.section("coverage of contracts by --sla-cov")
        for line in self.lines:
            terminalreporter.write_line(line)
