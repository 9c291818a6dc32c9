"""pytest collects ``*.cases.yaml`` wherever sla_rules is installed: one item for each case.

The entry point ``pytest11`` names this module in every run of pytest, with or without contracts.
So it stands outside the package and imports nothing of it before a file of cases is collected.
"""

import os
import shutil
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sla_rules import Rules
    from sla_rules.testing import Case, Mismatch

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
    group.addoption(
        "--sla-update",
        action="store_true",
        help="let failing cases expect what comes out today, in their files; refused in CI",
    )
    group.addoption(
        "--sla-require-cases",
        action="store_true",
        help="fail where no case is found, and for each ruleset without a case",
    )
    group.addoption(
        "--sla-cov",
        action="store_true",
        help="tell which clauses, rows, bands and conditions the cases that ran do not cover",
    )
    group.addoption(
        "--sla-cov-fail-under",
        metavar="KIND=PERCENT,…",
        help="fail where less of a kind is covered, such as clause=100,condition=90",
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
        self.update: bool = config.getoption("sla_update")
        self.required: bool = config.getoption("sla_require_cases")
        self.least: str | None = config.getoption("sla_cov_fail_under")
        self.coverage: bool = config.getoption("sla_cov") or self.least is not None
        self.cases = 0
        self.changes: list[str] = []
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
    """Keeps what the run shares; refuses to rewrite files where nobody looks at them."""
    run = config.stash[RUN] = Run(config)
    if run.update:
        from sla_rules.testing.update import refusal

        workers = bool(getattr(config.option, "tx", ())) or hasattr(config, "workerinput")
        refused = refusal("--sla-update", ci=bool(os.environ.get("CI")), workers=workers)
        if refused is not None:
            raise pytest.UsageError(str(refused))
    if run.coverage and not hasattr(config, "workerinput"):
        from sla_rules.coverage.session import SessionCoverage

        try:
            coverage = SessionCoverage(run.least, run.lang, run.load, run.folder)
        except ValueError as error:
            raise pytest.UsageError(f"--sla-cov-fail-under: {error}") from None
        config.pluginmanager.register(coverage, "sla_rules_coverage")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Files of cases, wherever they lie."""
    run = parent.config.stash[RUN]
    if any(map(file_path.match, run.patterns)):
        return CasesFile.from_parent(parent, path=file_path)
    if run.required and file_path.suffix in (".yaml", ".yml"):
        from sla_rules.testing.required import is_ruleset

        if is_ruleset(file_path, run.patterns):
            return RulesetFile.from_parent(parent, path=file_path)
    return None


def pytest_itemcollected(item: pytest.Item) -> None:
    """Counts the cases, before any are deselected."""
    if isinstance(item, CaseItem):
        item.config.stash[RUN].cases += 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Lets the report of a case say which it is, where coverage is asked for."""
    report = yield
    if isinstance(item, CaseItem) and report.when == "call" and item.config.stash[RUN].coverage:
        report.sla_case = [str(item.path), item.case.name]  # type: ignore[attr-defined]
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: Sequence[str]) -> None:
    """Counts the cases that a worker collected."""
    run = node.config.stash[RUN]
    files = (Path(each.partition("::")[0]) for each in ids)
    run.cases += sum(any(map(file.match, run.patterns)) for file in files)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fails the run where cases are required and there was none."""
    run = session.config.stash[RUN]
    if run.required and not run.cases and not hasattr(session.config, "workerinput"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Says what was rewritten, and that there was no case where one is required."""
    run = config.stash[RUN]
    if run.changes:
        terminalreporter.section("expectations rewritten by --sla-update")
        for change in run.changes:
            terminalreporter.write_line(change)
    if run.required and not run.cases:
        from sla_rules.testing.required import none_found

        terminalreporter.section("cases required by --sla-require-cases")
        terminalreporter.write_line(str(none_found("--sla-require-cases")))


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
    return " ".join(name.split()).replace("::", "∷")


class RulesetFile(pytest.File):
    """A ruleset of which cases are required."""

    def collect(self) -> Iterator[pytest.Item]:
        """One item: whether there is a case."""
        yield RulesetItem.from_parent(self, name="has cases")


class RulesetItem(pytest.Item):
    """Fails where no case is about the ruleset."""

    def runtest(self) -> None:
        """Look for files of cases beside the ruleset."""
        from sla_rules.testing.required import lacking

        run = self.config.stash[RUN]
        problem = lacking(self.path, run.patterns, run.called(self.path))
        if problem is not None:
            raise CaseFailed(str(problem))

    def reportinfo(self) -> tuple[Path, int, str]:
        """The beginning of the ruleset."""
        return self.path, 0, self.name

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The problem alone; of anything else the traceback."""
        if isinstance(excinfo.value, CaseFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)


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

        run = self.config.stash[RUN]
        mismatches = check(self.case, self.rules)
        left: list[str] = []
        if mismatches and run.update:
            mismatches, left = self._updated(mismatches, run)
        if mismatches:
            columns = shutil.get_terminal_size((100, 24)).columns
            text = failure_text(
                self.case, mismatches, self.rules, lang=run.lang, width=columns, whole=run.whole
            )
            raise CaseFailed("\n".join([text, *left]))

    def _updated(
        self, mismatches: "list[Mismatch]", run: Run
    ) -> "tuple[list[Mismatch], list[str]]":
        """Rewrites the case in its file; what still differs, and why it was left."""
        from sla_rules.testing.update import update_file

        name = run.called(self.path)
        update = update_file(self.path, name, only=self.case.name, loader=run.load)
        run.changes += map(str, update.changes)
        written = {each.what for each in update.changes}
        left = [each for each in mismatches if each.what not in written]
        return left, list(map(str, update.left))

    def reportinfo(self) -> tuple[Path, int, str]:
        """The place of the case in its file."""
        return self.path, self.case.span.line - 1, self.name

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The place, what differs, and why it came out so; of anything else the traceback."""
        if isinstance(excinfo.value, CaseFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)
