"""``test``: run cases without a test framework."""

from argparse import Namespace
from collections.abc import Iterator, Sequence

from sla_rules.cli.console import report_problems, width
from sla_rules.cli.rulesets import print_json
from sla_rules.cli.table import Column, draw
from sla_rules.testing import CaseResult, CasesReport, run_cases

__all__ = ["test"]


def test(arguments: Namespace) -> int:
    """``sla-rules test``: 1 if a case does not hold, 2 if a file is broken or there is none."""
    reports = [run_cases(path) for path in arguments.paths]
    broken = any(each.problems for each in reports)
    code = 2 if broken else int(any(each.failures for each in reports))
    if arguments.format == "json":
        print_json([each.to_dict() for each in reports])
        return code
    for report in reports:
        report_problems(report.problems)
        for failure in report.failures:
            print(*_lines(failure, arguments.lang), "", sep="\n")
    print(_summary(reports, arguments.lang))
    return code


def _lines(failure: CaseResult, lang: str) -> Iterator[str]:
    """The place and name, what the case is about, and what differs."""
    case = failure.case
    readings = ", ".join(f"{name}={option}" for name, option in case.readings.items())
    clauses = ", ".join(case.clauses)
    english = lang == "en"
    yield f"{case.span}: {case.name}"
    yield (
        f"  clause {clauses}; readings: {readings or 'the defaults'}"
        if english
        else f"  条款 {clauses}；读法：{readings or '默认'}"
    )
    headings = ("result", "expected", "got") if english else ("结果", "预期", "实得")
    rows = [(each.what, each.expected, each.got) for each in failure.mismatches]
    cells = zip(*rows, strict=True)
    columns = [
        Column(heading, texts, fold=heading != headings[0])
        for heading, texts in zip(headings, cells, strict=True)
    ]
    yield from (f"  {line}".rstrip() for line in draw(columns, width() - 2))


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
