"""Run the cases of a ruleset, listen, and tell which of its parts took part in which case."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

from sla_rules.assessment import Assessment, recorded
from sla_rules.coverage.report import CoverageReport, Point
from sla_rules.coverage.rests import Rests
from sla_rules.coverage.targets import Target, targets
from sla_rules.coverage.used import Used, used
from sla_rules.diagnostics import Diagnostic, SlaError
from sla_rules.facts.document import read_document
from sla_rules.language import program as ir
from sla_rules.language.check.clauses import cited_clauses
from sla_rules.listening import Event
from sla_rules.rules import Rules, load, place_of
from sla_rules.testing.cases import SUFFIX, Case
from sla_rules.testing.check import compare
from sla_rules.testing.gather import gather
from sla_rules.testing.required import is_ruleset, lacking, rulesets_below
from sla_rules.testing.runner import CaseRunner

__all__ = ["Measured", "measure", "measure_path"]


@attrs.frozen
class Measured:
    """The reports of all rulesets of a path, and what is wrong with its files."""

    reports: tuple[CoverageReport, ...]
    problems: tuple[Diagnostic, ...]


@attrs.frozen
class _Run:
    """One case that was run: whether it holds, what was heard, what of the contract took part."""

    case: Case
    holds: bool
    heard: frozenset[Event]
    used: Used
    readings: frozenset[tuple[str, str]]
    refused: bool
    tested: frozenset[str]
    """The clauses that it names and on which what it expects rests."""


def measure(rules: Rules, cases: Sequence[Case]) -> CoverageReport:
    """What *cases* cover of *rules*; a case that does not hold covers nothing.

    >>> from sla_rules.testing.gather import gather
    >>> ((rules, cases),) = gather("gz-npc-2023").suites
    >>> report = measure(rules, cases)
    >>> report.tallies["clause"].total > 20
    True
    """
    runs = list(_runs(rules, cases))
    holding = [each for each in runs if each.holds]
    clauses = rules.program.clauses.values()
    cited = cited_clauses(rules.program)
    return CoverageReport(
        rules=rules,
        cases=tuple(each.case for each in holding),
        failed=tuple(each.case for each in runs if not each.holds),
        points=tuple(
            Point(target, tuple(each.case for each in holding if _covers(each, target)))
            for target in targets(rules.program)
        ),
        text_only=tuple(each.id for each in clauses if each.not_encoded is not None),
        uncited=tuple(
            each.id for each in clauses if each.not_encoded is None and each.id not in cited
        ),
        ran=frozenset().union(*(each.used.clauses for each in holding)),
        idle=tuple(_idle(holding, rules.program)),
    )


def measure_path(path: str | Path) -> Measured:
    """What the cases at a path cover: a ruleset, a folder of them, or a packaged ruleset by its id.

    A ruleset without cases has a report too: nothing of it is covered.  Never raises for what is
    wrong with the files: *problems* lists it.
    """
    place = place_of(path)
    if place is None:
        return Measured((), gather(path).problems)
    if place.is_file() and not place.name.endswith(SUFFIX):
        return _of_ruleset(place)
    gathered = gather(place)
    reports = [measure(rules, cases) for rules, cases in gathered.suites]
    problems = [each for each in gathered.problems if each.code != "C111"]
    for file in rulesets_below(place) if place.is_dir() else ():
        if lacking(file) is not None:
            bare = _of_ruleset(file)
            reports += bare.reports
            problems += bare.problems
    if not reports and not problems:
        problems += gathered.problems
    return Measured(tuple(reports), tuple(problems))


def _of_ruleset(file: Path) -> Measured:
    """The report of the ruleset that a file begins, with the cases that lie beside it."""
    several = [each for each in sorted(file.parent.glob("*.y*ml")) if is_ruleset(each)]
    try:
        rules = load(file if len(several) > 1 else file.parent)
    except SlaError as error:
        return Measured((), error.problems)
    gathered = gather(file.parent)
    cases = [
        case
        for known, several in gathered.suites
        if known.program == rules.program
        for case in several
    ]
    problems = tuple(each for each in gathered.problems if each.code != "C111")
    return Measured((measure(rules, cases),), problems)


def _runs(rules: Rules, cases: Sequence[Case]) -> Iterator[_Run]:
    runner = CaseRunner(rules)
    known: dict[Rules, Rests] = {}
    for case in cases:
        chosen = runner.under(case.readings)
        outcome, ear = runner.hear(case)
        record = recorded(outcome) if isinstance(outcome, Assessment) else None
        stated = case.level or rules.top_level, read_document(case.facts)
        part = used(rules.program, chosen.readings, outcome, record, ear.heard, stated)
        if chosen not in known:
            known[chosen] = Rests(chosen)
        yield _Run(
            case=case,
            tested=_tested(case, outcome, known[chosen]),
            holds=not compare(case, outcome, ear),
            heard=frozenset(ear.heard),
            used=part,
            refused=record is None,
            readings=frozenset((name, chosen.readings[name]) for name in part.readings),
        )


def _tested(case: Case, outcome: Assessment | SlaError, rests: Rests) -> frozenset[str]:
    if isinstance(outcome, SlaError):
        return frozenset(case.clauses)
    return frozenset(each for each in case.clauses if rests.tested(each, outcome, case.expect))


def _covers(run: _Run, target: Target) -> bool:
    if target.kind == "clause":
        (clause,) = target.clauses
        return clause in run.tested and clause in run.used.clauses
    if target.option is not None:
        return target.option in run.readings
    return not run.heard.isdisjoint(target.heard)


def _idle(runs: Sequence[_Run], program: ir.Program) -> Iterator[tuple[Case, tuple[str, ...]]]:
    for run in runs:
        if run.refused:  # what refuses malformed facts is no rule that could be cited
            continue
        idle = tuple(
            each
            for each in run.case.clauses
            if each not in run.used.touched and program.clauses[each].not_encoded is None
        )
        if idle:
            yield run.case, idle
