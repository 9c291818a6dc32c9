"""Change a contract in every way by one step, and run the cases that can feel it."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final

import attrs

from sla_rules.diagnostics import nearest
from sla_rules.mutation.equivalent import Prover
from sla_rules.mutation.killing import KillingCase, killing_case
from sla_rules.mutation.mutants import Mutant, mutants
from sla_rules.mutation.processes import shared
from sla_rules.mutation.report import MutationReport, Survivor
from sla_rules.mutation.trial import Suite, Trials
from sla_rules.mutation.wander import Wanderer
from sla_rules.mutation.words import in_words
from sla_rules.rules import Rules
from sla_rules.testing.cases import Case
from sla_rules.testing.check import check

__all__ = ["mutate"]

Progress = Callable[[int, int], None]
Task = tuple[int, tuple[int, ...], bool]

CHUNK: Final = 8
FEW: Final = 64
"""Below this many changes other processes take longer to start than they save."""


@attrs.frozen
class Answer:
    """Which case notices a change, by its number; or that nothing can, or what would.

    *refused* is a change after which the ruleset is no contract any more.
    """

    number: int
    killer: int | None = None
    equivalent: bool = False
    refused: bool = False
    killing: KillingCase | None = None


def mutate(
    rules: Rules,
    cases: Sequence[Case],
    *,
    clauses: Sequence[str] = (),
    workers: int = 1,
    propose: bool = True,
    progress: Progress | None = None,
) -> MutationReport:
    """Every change of *rules* by one step, and whether a case notices it.

    The changes are the same from run to run, and so is the report, with any number of *workers*.
    More than one are processes of their own: a script that asks for them must begin under
    ``if __name__ == "__main__":``, since each of them imports it.
    Cases that do not hold are left out: they would notice anything.
    With *clauses* only what belongs to them, or to clauses below them, is changed.
    With *propose* each survivor has the smallest case that would notice it, where one is found.
    *progress* is told how many changes are done, of how many.

    Raises ValueError when no case holds, when *workers* is less than 1, and for a clause that the
    ruleset has not, nor any below it; TypeError when *clauses* is one text.
    """
    if isinstance(clauses, str):
        raise TypeError(f"expected clauses as a list, such as [{clauses!r}], got one text")
    for wanted in clauses:
        if not any(f"{each}.".startswith(f"{wanted}.") for each in rules.program.clauses):
            hint = nearest(wanted, rules.program.clauses)
            raise ValueError(f"there is no clause {wanted!r}; {hint}".rstrip("; "))
    if workers < 1:
        raise ValueError(f"workers must be 1 or more, not {workers}")
    holding = [case for case in cases if not check(case, rules)]
    if not holding:
        raise ValueError("there is no case that holds")
    suite = Suite.of(rules, holding)
    every = [each for each in mutants(rules.program) if _belongs(each, clauses)]
    tasks = [(each.number, tuple(suite.reaching(each)), propose) for each in every]
    answers: dict[int, Answer] = {}
    for answer in _answers(rules, holding, tasks, workers):
        answers[answer.number] = answer
        if progress is not None:
            progress(len(answers), len(tasks))
    equivalent = sum(each.equivalent for each in answers.values())
    refused = sum(each.refused for each in answers.values())
    counted = [
        each
        for each in every
        if not (answers[each.number].equivalent or answers[each.number].refused)
    ]
    survivors = [
        _survivor(each, suite, in_words(each, rules.program), answers[each.number].killing)
        for each in counted
        if answers[each.number].killer is None
    ]
    totals = Counter(each.operator for each in counted)
    left = Counter(each.operator for each in survivors)
    return MutationReport(
        ruleset=rules.id,
        version=rules.version,
        cases=len(holding),
        killed=len(counted) - len(survivors),
        equivalent=equivalent,
        refused=refused,
        survivors=tuple(survivors),
        left_out=len(cases) - len(holding),
        operators={name: (totals[name], totals[name] - left[name]) for name in sorted(totals)},
    )


def _belongs(mutant: Mutant, clauses: Sequence[str]) -> bool:
    return not clauses or any(
        own == wanted or own.startswith(f"{wanted}.")
        for own in mutant.clauses
        for wanted in clauses
    )


def _survivor(mutant: Mutant, suite: Suite, text: Any, killing: KillingCase | None) -> Survivor:
    return Survivor(
        number=mutant.number,
        operator=mutant.operator,
        span=mutant.span,
        clauses=mutant.clauses,
        text=text,
        reached=len(suite.reaching(mutant)),
        killing=killing,
    )


def _answers(
    rules: Rules, cases: Sequence[Case], tasks: list[Task], workers: int
) -> Iterator[Answer]:
    count = min(workers, max(1, len(tasks) // FEW))
    if count == 1:
        yield from _Bench(rules, cases).answers(tasks)
        return
    chunks = [tasks[start : start + CHUNK] for start in range(0, len(tasks), CHUNK)]
    for several in shared(partial(_at_a_bench, rules, tuple(cases)), chunks, count):
        yield from several


def _at_a_bench(rules: Rules, cases: Sequence[Case]) -> Callable[[list[Task]], list[Answer]]:
    bench = _Bench(rules, cases)
    return lambda tasks: list(bench.answers(tasks))


@attrs.frozen(eq=False)
class _Bench:
    """Answers tasks about one ruleset."""

    rules: Rules
    cases: Sequence[Case]
    trials: Trials = attrs.field(init=False)
    wanderer: Wanderer = attrs.field(init=False)
    prover: Prover = attrs.field(init=False)
    mutants: dict[int, Mutant] = attrs.field(init=False)

    @trials.default
    def _trials(self) -> Trials:
        return Trials(self.rules, self.cases)

    @wanderer.default
    def _wanderer(self) -> Wanderer:
        return Wanderer(self.rules)

    @prover.default
    def _prover(self) -> Prover:
        return Prover(self.rules.program)

    @mutants.default
    def _mutants(self) -> dict[int, Mutant]:
        return {each.number: each for each in mutants(self.rules.program)}

    def answers(self, tasks: Sequence[Task]) -> Iterator[Answer]:
        """What comes of each change."""
        return map(self.answer, tasks)

    def _is_about(self, case: int, mutant: Mutant) -> bool:
        return not set(mutant.clauses).isdisjoint(self.cases[case].clauses)

    def answer(self, task: Task) -> Answer:
        """Whether a change is noticed, by which case; of a survivor, what would notice it."""
        number, reaching, propose = task
        mutant = self.mutants[number]
        about = [each for each in reaching if self._is_about(each, mutant)]
        others = [each for each in reaching if not self._is_about(each, mutant)]
        tried = self.trials.tried(mutant, about)
        if tried.killer is None:
            if self.prover.changes_nothing(mutant):  # before all others are run in vain
                return Answer(number, equivalent=True)
            first, tried = tried, self.trials.tried(mutant, others)
            refused = first.refused and tried.refused
            if refused and (reaching or not self.trials.stands(mutant)):
                return Answer(number, refused=True)
        if tried.killer is not None:
            return Answer(number, tried.killer)
        if not propose:
            return Answer(number)
        near = reaching or range(len(self.cases))
        return Answer(number, killing=killing_case(mutant, self.trials, near, self.wanderer))
