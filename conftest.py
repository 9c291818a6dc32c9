"""Collects ``*.cases.yaml`` as tests: one item for each case."""

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from sla_rules import Rules, load
from sla_rules.testing import SUFFIX, Case, Mismatch, check, read_cases

loaded = lru_cache(maxsize=16)(load)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Files of cases, wherever they lie."""
    if not file_path.name.endswith(SUFFIX):
        return None
    return CasesFile.from_parent(parent, path=file_path)


class CasesFile(pytest.File):
    """A file of cases; every problem of the file is one collection error with all the lines."""

    def collect(self) -> Iterator[pytest.Item]:
        """One item for each case."""
        text = self.path.read_text(encoding="utf-8-sig")
        name = os.path.relpath(self.path, self.config.rootpath)
        rules, cases, problems = read_cases(text, self.path, name, loader=loaded)
        if problems or rules is None:
            raise self.CollectError("\n".join(map(str, problems)))
        for case in cases:
            yield CaseItem.from_parent(self, name=case.name, case=case, rules=rules)


class CaseFailed(Exception):
    """Expectations that do not hold."""

    def __init__(self, mismatches: list[Mismatch]) -> None:
        super().__init__(f"{len(mismatches)} expectations do not hold")
        self.mismatches = mismatches


class CaseItem(pytest.Item):
    """One case as a test."""

    def __init__(self, *, case: Case, rules: Rules, **rest: Any) -> None:
        super().__init__(**rest)
        self.case = case
        self.rules = rules

    def runtest(self) -> None:
        """Compare every expectation of the case."""
        mismatches = check(self.case, self.rules)
        if mismatches:
            raise CaseFailed(mismatches)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The place of the case in its file."""
        return self.path, self.case.span.line - 1, self.name

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The place, the clause, the readings and a table of what differs."""
        if not isinstance(excinfo.value, CaseFailed):
            return super().repr_failure(excinfo, style)
        readings = ", ".join(f"{name}={option}" for name, option in self.case.readings.items())
        rows = [("decision", "expected", "got")]
        rows += [(each.what, each.expected, each.got) for each in excinfo.value.mismatches]
        first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
        return "\n".join(
            [
                f"{self.case.span.file}:{self.case.span.line}: {self.name}",
                f"clause {', '.join(self.case.clauses)}; readings: {readings or 'the defaults'}",
                *(f"  {what:{first}}  {want:{second}}  {got}" for what, want, got in rows),
            ]
        )
