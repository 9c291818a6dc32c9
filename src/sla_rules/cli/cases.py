"""``test``: run cases without a test framework."""

import os
from argparse import Namespace
from collections.abc import Sequence

from sla_rules.cli.console import report_problems, width
from sla_rules.cli.rulesets import print_json
from sla_rules.testing import CasesReport, run_cases, update_cases
from sla_rules.testing.update import refusal

__all__ = ["test"]


def test(arguments: Namespace) -> int:
    """``sla-rules test``: 1 if a case does not hold, 2 if a file is broken or there is none."""
    if arguments.update:
        refused = refusal("--update", ci=bool(os.environ.get("CI")))
        if refused is not None:
            report_problems([refused])
            return 2
    updates = [update_cases(path) for path in arguments.paths] if arguments.update else []
    reports = [run_cases(path, require_cases=arguments.require_cases) for path in arguments.paths]
    broken = any(each.problems for each in reports)
    code = 2 if broken else int(any(each.failures for each in reports))
    if arguments.format == "json":
        print_json([each.to_dict() for each in reports])
        return code
    for update in updates:
        report_problems(each for each in update.left if each.code == "C144")
        for change in update.changes:
            print(change)
    for report in reports:
        report_problems(report.problems)
        for failure in report.failures:
            print(failure.failure_text(arguments.lang, width=width()), "", sep="\n")
    print(_summary(reports, arguments.lang))
    return code


def _summary(reports: Sequence[CasesReport], lang: str) -> str:
    files = sum(len(each.files) for each in reports)
    failed = sum(len(each.failures) for each in reports)
    passed = sum(len(each.results) for each in reports) - failed
    problems = sum(len(each.problems) for each in reports)
    if lang == "en":
        said = f"{_count(files, 'file')}, {_count(passed + failed, 'case')}: "
        said += f"{passed} passed, {failed} failed"
        return said + (f"; {_count(problems, 'problem')} in files" if problems else "")
    said = f"{files} 个文件，{passed + failed} 个案例：{passed} 个相符，{failed} 个不符"
    return said + (f"；文件中有 {problems} 处错误" if problems else "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
