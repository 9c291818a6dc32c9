"""pytest collects ``*.cases.yaml`` wherever sla_rules is installed: one item for each case.

The entry point ``pytest11`` names this module in every run of pytest, with or without contracts.
So it stands outside the package and imports nothing of it before a file of cases is collected.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sla_rules import Rules
    from sla_rules.testing import Case

__all__ = ["CaseItem", "CasesFile"]

FILES = "*.cases.yaml"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of this plugin, each beginning with ``--sla``."""
    group = parser.getgroup("sla_rules", "cases of contracts")
    group.addoption(
        "--sla-lang",
        choices=("zh", "en"),
        help="language of what is said about a case that fails; by default that of its contract",
    )
    parser.addini(
        "sla_rules_files",
        "which files hold cases of contracts: glob patterns",
        type="args",
        default=[FILES],
    )


class Run:
    """What the files of cases of one run of pytest share."""

    def __init__(self, config: pytest.Config) -> None:
        self.patterns: Sequence[str] = config.getini("sla_rules_files")
        self.lang: str | None = config.getoption("sla_lang")
        self.whole: bool = config.get_verbosity() > 1
        self.folder = config.invocation_params.dir
        self._load: Callable[[str], Rules] | None = None

    @property
    def load(self) -> "Callable[[str], Rules]":
        """Loads rulesets, each once."""
        if self._load is None:
            from sla_rules import load

            self._load = lru_cache(maxsize=16)(load)
        return self._load

    def called(self, path: Path) -> str:
        """How a file is named in a message: as seen from where pytest was called."""
        try:
            return os.path.relpath(path, self.folder)
        except ValueError:  # another drive
            return str(path)


RUN = pytest.StashKey[Run]()


def pytest_configure(config: pytest.Config) -> None:
    """Keeps what the run shares."""
    config.stash[RUN] = Run(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Files of cases, wherever they lie."""
    run = parent.config.stash[RUN]
    if any(map(file_path.match, run.patterns)):
        return CasesFile.from_parent(parent, path=file_path)
    return None


class CasesFile(pytest.File):
    """A file of cases; every problem of the file is one collection error with all the lines."""

    def collect(self) -> Iterator[pytest.Item]:
        """One item for each case."""
        from sla_rules.testing import read_cases
        from sla_rules.testing.run import text_of

        run = self.config.stash[RUN]
        name = run.called(self.path)
        text, problems = text_of(self.path, name)
        if text is None:
            raise self.CollectError("\n".join(map(str, problems)))
        rules, cases, problems = read_cases(text, self.path, name, loader=run.load)
        if problems or rules is None:
            raise self.CollectError("\n".join(map(str, problems)))
        for case in cases:
            yield CaseItem.from_parent(self, name=_one_line(case.name), case=case, rules=rules)


def _one_line(name: str) -> str:
    """A name that can stand in the id of a test."""
    return " ".join(name.split()).replace("::", ": :")


class CaseFailed(Exception):
    """Expectations that do not hold; its text says which, and why."""


class CaseItem(pytest.Item):
    """One case as a test."""

    def __init__(self, *, case: "Case", rules: "Rules", **rest: Any) -> None:
        super().__init__(**rest)
        self.case = case
        self.rules = rules
        self.user_properties += [
            ("ruleset", f"{rules.id} {rules.version}"),
            ("clause", ", ".join(case.clauses)),
        ]

    def runtest(self) -> None:
        """Compare every expectation of the case."""
        from sla_rules.testing import check
        from sla_rules.testing.failure import failure_text

        mismatches = check(self.case, self.rules)
        if mismatches:
            run = self.config.stash[RUN]
            columns = shutil.get_terminal_size((100, 24)).columns
            raise CaseFailed(
                failure_text(
                    self.case, mismatches, self.rules, lang=run.lang, width=columns, whole=run.whole
                )
            )

    def reportinfo(self) -> tuple[Path, int, str]:
        """The place of the case in its file."""
        return self.path, self.case.span.line - 1, self.name

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The place, what differs, and why it came out so; of anything else the traceback."""
        if isinstance(excinfo.value, CaseFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)
