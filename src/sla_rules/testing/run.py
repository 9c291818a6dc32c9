"""Run all cases that a path holds."""

import stat
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from sla_rules.diagnostics import Diagnostic, Span, by_place
from sla_rules.rules import Rules, load, place_of
from sla_rules.testing.cases import SUFFIX, Case, CaseResult, CasesReport
from sla_rules.testing.check import check
from sla_rules.testing.reading import read_cases
from sla_rules.testing.required import lacking, none_found, rulesets_below

__all__ = ["files_of", "read_files", "run_cases", "text_of"]


def run_cases(path: str | Path, *, require_cases: bool = False) -> CasesReport:
    """Run the cases of a file, of a folder with all below it, or of a packaged ruleset by its id.

    With *require_cases* it is a problem when there is not one case (C140), and when there is none
    about a ruleset that lies at the path (C141).

    Never raises for what is wrong with the files: :attr:`CasesReport.problems` lists it, and the
    cases of all other files are run.

    >>> report = run_cases("gz-npc-2023")
    >>> report.passed, report.failures, len(report.results) > 100
    (True, (), True)
    """
    files, suites, problems = read_files(path)
    results = [
        CaseResult(case, tuple(check(case, rules)), rules)
        for rules, cases in suites
        for case in cases
    ]
    if require_cases:
        problems += _missing(path, any_case=bool(results or problems))
    return CasesReport(tuple(map(str, files)), tuple(results), by_place(problems))


def _missing(path: str | Path, *, any_case: bool) -> Iterator[Diagnostic]:
    """What cases are lacking at a path."""
    place = place_of(path)
    if place is not None and place.is_dir():
        for file in rulesets_below(place):
            problem = lacking(file)
            if problem is not None:
                yield problem
    if not any_case:
        yield none_found(str(path))


def read_files(
    path: str | Path,
) -> tuple[list[Path], list[tuple[Rules, tuple[Case, ...]]], list[Diagnostic]]:
    """The files of cases that a path holds, the cases of those that can be used, and problems.

    A ruleset is loaded once, however many files are about it.
    """
    files, problems = files_of(path)
    loaded = lru_cache(maxsize=None)(load)  # of this run: a ruleset may be edited before the next
    suites: list[tuple[Rules, tuple[Case, ...]]] = []
    for file in files:
        text, found = text_of(file)
        problems += found
        if text is None:
            continue
        rules, cases, found = read_cases(text, file, loader=loaded)
        problems += found
        if rules is not None and not found:
            suites.append((rules, tuple(cases)))
    return files, suites, problems


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


def text_of(file: Path, name: str | None = None) -> tuple[str | None, list[Diagnostic]]:
    """The text of a file of cases, or what is wrong with it; *name* is what problems call it."""
    try:
        if not stat.S_ISREG(file.stat().st_mode):  # a pipe or a device would never end
            raise OSError("it is no file")
        return file.read_text(encoding="utf-8-sig"), []
    except ValueError:
        reason, hint = "it is not UTF-8 text", "save it as UTF-8"
    except OSError as error:
        reason, hint = error.strerror or str(error), "look at its name and its permissions"
    message, where = f"the file cannot be read: {reason}", Span(name or str(file), 1, 1)
    return None, [Diagnostic(code="C112", message=message, where=where, hint=hint)]
