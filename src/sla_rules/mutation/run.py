"""Change a contract in every way by one step, and run the cases that can feel it."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from multiprocessing import get_context
from typing import Any, Final

import attrs

from sla_rules.mutation.equivalent import Prover
from sla_rules.mutation.killing import KillingCase, killing_case
from sla_rules.mutation.mutants import Mutant, mutants
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
    """Which case notices a change, by its number; or that nothing can, or what would."""

    number: int
    killer: int | None = None
    equivalent: bool = False
    killing: KillingCase | None = None


def mutate(
    rules: Rules,
    cases: Sequence[Case],
    *,
    clauses: Sequence[str] = (),
    workers: int | None = None,
    propose: bool = True,
    progress: Progress | None = None,
) -> MutationReport:
    """Every change of *rules* by one step, and whether a case notices it.

    The changes are the same from run to run, and so is the report, with any number of *workers*
    (all cores by default).  Cases that do not hold are left out: they would notice anything.
    With *clauses* only what belongs to them, or to clauses below them, is changed.
    With *propose* each survivor has the smallest case that would notice it, where one is found.
    *progress* is told how many changes are done, of how many.

    Raises ValueError when no case holds.
    """
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
    counted = [each for each in every if not answers[each.number].equivalent]
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
        equivalent=len(every) - len(counted),
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
    rules: Rules, cases: Sequence[Case], tasks: list[Task], workers: int | None
) -> Iterator[Answer]:
    count = min(workers or os.cpu_count() or 1, max(1, len(tasks) // FEW))
    if count == 1:
        bench = _Bench(rules, cases)
        yield from (bench.answer(task) for task in tasks)
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(
        count, mp_context=context, initializer=_set_up, initargs=(rules, tuple(cases))
    ) as pool:
        chunks = [tasks[start : start + CHUNK] for start in range(0, len(tasks), CHUNK)]
        for several in pool.map(_answer_all, chunks):
            yield from several


@attrs.frozen(eq=False)
class _Bench:
    """Answers tasks about one ruleset."""

    rules: Rules
    cases: Sequence[Case]
    trials: Trials = attrs.field(init=False)
    wanderer: Wanderer = attrs.field(init=False)
    prover: Prover = attrs.field(init=False)
    mutants: dict[int, Mutant] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "trials", Trials(self.rules, self.cases))
        object.__setattr__(self, "wanderer", Wanderer(self.rules))
        object.__setattr__(self, "prover", Prover(self.rules.program))
        every = {each.number: each for each in mutants(self.rules.program)}
        object.__setattr__(self, "mutants", every)

    def answer(self, task: Task) -> Answer:
        """Whether a change is noticed, by which case; of a survivor, what would notice it."""
        number, reaching, propose = task
        mutant = self.mutants[number]
        killer = self.trials.killer(mutant, reaching)
        if killer is not None:
            return Answer(number, killer)
        if self.prover.changes_nothing(mutant):
            return Answer(number, equivalent=True)
        if not propose:
            return Answer(number)
        near = reaching or range(len(self.cases))
        return Answer(number, killing=killing_case(mutant, self.trials, near, self.wanderer))


@lru_cache(maxsize=1)
def _desk() -> list[_Bench]:
    """What a process of its own works at."""
    return []


def _set_up(rules: Rules, cases: tuple[Case, ...]) -> None:
    _desk().append(_Bench(rules, cases))


def _answer_all(tasks: list[Task]) -> list[Answer]:
    (bench,) = _desk()
    return [bench.answer(task) for task in tasks]
