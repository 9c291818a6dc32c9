"""``mutate``: which changes of a contract no case would notice."""

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final

import attrs

from sla_rules.cli.console import UsageError, report_problems
from sla_rules.cli.rulesets import print_json
from sla_rules.diagnostics import Diagnostic, Span, nearest
from sla_rules.mutation import (
    MutationReport,
    Survivor,
    explained,
    explanations,
    killing_yaml,
)
from sla_rules.mutation import mutate as run
from sla_rules.quantities import format_number, parse_number
from sla_rules.rules import Rules
from sla_rules.testing.gather import gather

__all__ = ["mutate"]

BAR: Final = 30


def mutate(arguments: Namespace) -> int:
    """``sla-rules mutate``: 1 if less is noticed or explained than wanted, 2 if broken.

    Cases that do not hold give 1 too, as they do with ``test``.
    """
    least = _share(arguments.fail_under)
    workers = _workers(arguments.workers)
    gathered = [gather(path) for path in arguments.paths]
    problems = [problem for each in gathered for problem in each.problems]
    said = [explanations(path) for path in arguments.paths]
    problems += [problem for _, several in said for problem in several]
    report_problems(problems)
    known = [each for several, _ in said for each in several]
    stale: list[Diagnostic] = []
    reports = []
    suites = [suite for each in gathered for suite in each.suites]
    _known([rules for rules, _ in suites], arguments.clause or ())
    for rules, cases in suites:
        mine = _among(rules, arguments.clause or ())
        if arguments.clause and not mine:
            continue  # another one of the rulesets has them
        try:
            report = run(
                rules,
                cases,
                workers=workers,
                clauses=mine,
                propose=not arguments.no_cases,
                progress=_bar(rules.id),
            )
        except ValueError as error:
            raise UsageError(f"{rules.id} {rules.version}: {error}") from None
        report, wrong = explained(report, known)
        stale += () if arguments.clause else wrong
        reports.append(report)
    report_problems(stale)
    if arguments.format == "json":
        print_json([each.to_dict() for each in reports])
    else:
        for report in reports:
            print(*_lines(report, arguments.lang, sought=not arguments.no_cases), sep="\n")
    missed = [line for each in reports for line in _missed(each, least, arguments)]
    if missed:
        sys.stdout.flush()
        print(*missed, sep="\n", file=sys.stderr)
    left_out = any(each.left_out for each in reports)
    return 2 if problems else int(bool(missed) or bool(stale) or left_out)


def _missed(report: MutationReport, least: Fraction | None, arguments: Namespace) -> Iterator[str]:
    """What is asked for and not so: a line for the share, one for each unexplained survivor."""
    english = arguments.lang == "en"
    if arguments.explained:
        for each in report.survivors:
            if not each.because:
                text = each.text.of(arguments.lang)
                yield f"{_near(each.span)}: " + (
                    f"not explained: {text}" if english else f"未说明：{text}"
                )
    if least is not None and report.score < least:
        asked = format_number(least * 100)
        yield (
            f"{report.ruleset} {report.version}: {report.percent} % of the changes are noticed, "
            f"less than the {asked} % that is asked for"
            if english
            else f"{report.ruleset} {report.version}：能发现 {report.percent}% 的改动，"
            f"低于要求的 {asked}%"
        )


def _among(rules: Rules, clauses: Sequence[str]) -> tuple[str, ...]:
    """Those clauses that the ruleset has, or has clauses below."""
    ids = [f"{each}." for each in rules.program.clauses]
    return tuple(each for each in clauses if any(own.startswith(f"{each}.") for own in ids))


def _known(several: Sequence[Rules], clauses: Sequence[str]) -> None:
    """Refuse a clause that none of the rulesets has, nor clauses below it."""
    for wanted in clauses:
        if not any(_among(rules, [wanted]) for rules in several):
            hint = nearest(wanted, {each for rules in several for each in rules.program.clauses})
            raise UsageError(f"there is no clause {wanted!r}" + (f"; {hint}" if hint else ""))


def _share(text: str | None) -> Fraction | None:
    if text is None:
        return None
    number = parse_number(text.removesuffix("%"))
    if number is None or not 0 <= number <= 100:
        raise UsageError(f"--fail-under takes a percentage from 0 to 100, not {text!r}")
    return Fraction(number, 100)


def _workers(wanted: int | None) -> int:
    """How many processes share the work: all cores unless told otherwise."""
    if wanted is None:
        return os.cpu_count() or 1
    if wanted < 1:
        raise UsageError(f"--workers takes a number of processes from 1 up, not {wanted}")
    return wanted


def _bar(name: str) -> Callable[[int, int], None] | None:
    """A bar on the terminal; nothing where nobody watches."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        filled = BAR * done // total
        end = "\r" if done < total else "\r" + " " * (len(name) + BAR + 20) + "\r"
        bar = "█" * filled + "░" * (BAR - filled)
        sys.stderr.write(f"{name} {bar} {done}/{total}{end}")
        sys.stderr.flush()

    return show


def _lines(report: MutationReport, lang: str, *, sought: bool) -> Iterator[str]:
    for survivor in report.survivors:
        yield from _survivor(survivor, lang, sought=sought)
        yield ""
    name = f"{report.ruleset} {report.version}"
    if report.left_out:
        yield (
            f"{name}: {_left_out(report.left_out)}"
            if lang == "en"
            else f"{name}：{report.left_out} 个案例目前不符，未计入（不符的案例“发现”一切改动）"
        )
    if lang == "en":
        yield (
            f"{name}: {_does(report.cases, 'case', 'notice')} {report.killed} of "
            f"{_count(report.total, 'change')} ({report.percent} %); "
            f"{report.equivalent} more {_verb(report.equivalent, 'change')} nothing"
            + (
                f"; {report.refused} more {_verb(report.refused, 'leave')} no contract that can "
                "be applied"
                if report.refused
                else ""
            )
        )
    else:
        yield (
            f"{name}：{report.cases} 个案例能发现 {report.total} 处改动中的 {report.killed} 处"
            f"（{report.percent}%）；另有 {report.equivalent} 处改动不产生任何差别，不计"
            + (f"；{report.refused} 处改动使合同无法适用，也不计" if report.refused else "")
        )


def _left_out(number: int) -> str:
    if number == 1:
        return "1 case does not hold and is left out: it notices anything"
    return f"{number} cases do not hold and are left out: they notice anything"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _verb(number: int, verb: str) -> str:
    return f"{verb}{'s' if number == 1 else ''}"


def _does(number: int, noun: str, verb: str) -> str:
    return f"{_count(number, noun)} {_verb(number, verb)}"


def _near(span: Span) -> Span:
    """The place as it is reached from here, if it lies below."""
    file = Path(span.file)
    here = Path.cwd()
    return attrs.evolve(span, file=str(file.relative_to(here))) if here in file.parents else span


def _survivor(survivor: Survivor, lang: str, *, sought: bool) -> Iterator[str]:
    text = survivor.text.of(lang)
    english = lang == "en"
    said = f"no case would notice {text}" if english else f"即使 {text}，也没有案例会失败"
    yield f"{_near(survivor.span)}: {said}"
    pasted = killing_yaml(survivor, lang)
    if survivor.because:
        yield f"  because {survivor.because}" if english else f"  说明：{survivor.because}"
    elif pasted:
        yield "  this case would notice it:" if english else "  下面的案例能发现这处改动："
        yield from (f"  {line}" for line in pasted.splitlines())
    elif not survivor.reached:
        yield "  no case reaches this place" if english else "  没有案例涉及此处"
    elif sought:
        yield (
            "  no facts that were tried show a difference"
            if english
            else "  没有找到能显出差别的事实"
        )
