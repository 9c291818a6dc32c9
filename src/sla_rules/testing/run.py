"""Run all cases that a path holds."""

from functools import lru_cache
from pathlib import Path

from sla_rules.diagnostics import Diagnostic, Span, by_place
from sla_rules.rules import load, place_of
from sla_rules.testing.cases import SUFFIX, CaseResult, CasesReport
from sla_rules.testing.check import check
from sla_rules.testing.reading import read_cases

__all__ = ["files_of", "run_cases", "unreadable"]


def run_cases(path: str | Path) -> CasesReport:
    """Run the cases of a file, of a folder with all below it, or of a packaged ruleset by its id.

    Never raises for what is wrong with the files: :attr:`CasesReport.problems` lists it, and the
    cases of all other files are run.

    >>> report = run_cases("gz-npc-2023")
    >>> report.passed, report.failures, len(report.results) > 100
    (True, (), True)
    """
    files, problems = files_of(path)
    loaded = lru_cache(maxsize=None)(load)  # of this run: a ruleset may be edited before the next
    results: list[CaseResult] = []
    for file in files:
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            problems.append(unreadable(file, error))
            continue
        rules, cases, found = read_cases(text, file, loader=loaded)
        problems += found
        if rules is not None and not found:
            results += [CaseResult(case, tuple(check(case, rules))) for case in cases]
    return CasesReport(tuple(map(str, files)), tuple(results), by_place(problems))


def files_of(path: str | Path) -> tuple[list[Path], list[Diagnostic]]:
    """The files of cases that a path holds; a problem where there are none."""
    place = place_of(path)
    files: list[Path] = []
    if place is not None:
        files = sorted(place.rglob(f"*{SUFFIX}")) if place.is_dir() else [place]
    files = [each for each in files if each.name.endswith(SUFFIX)]
    if files:
        return files, []
    message = "there is no such file or folder" if place is None else "there are no cases here"
    hint = f"name a file *{SUFFIX}, a folder of them, or a ruleset that has them"
    where = Span(str(path), 1, 1)
    return [], [Diagnostic(code="C111", message=message, where=where, hint=hint)]


def unreadable(file: Path, error: Exception) -> Diagnostic:
    """What is wrong with a file that cannot be read at all."""
    reason = "it is not UTF-8 text" if isinstance(error, ValueError) else str(error)
    message, hint = f"the file cannot be read: {reason}", "save it as UTF-8"
    return Diagnostic(code="C112", message=message, where=Span(str(file), 1, 1), hint=hint)
