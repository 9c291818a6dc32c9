"""Evaluation: the records of a document, children first, each decision once.

Pure: no clock, no locale, no environment; the order of the document changes nothing.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from functools import partial
from typing import Any

import attrs

from sla_rules.diagnostics import Diagnostic, FactsError, RulesetError
from sla_rules.engine.clocks import Clocks
from sla_rules.engine.compile import Closure, Compiler
from sla_rules.engine.ledger import Amount, Plan, settle
from sla_rules.facts.records import Record, build_record, walk_records
from sla_rules.facts.series import link, unlinked
from sla_rules.facts.shapes import shapes_for
from sla_rules.facts.validate import validate
from sla_rules.facts.values import from_public
from sla_rules.language import program as ir
from sla_rules.language.walk import children_first, chosen, evaluation_order, parts, reads
from sla_rules.unknown import NOT_APPLICABLE
from sla_rules.worktime import CalendarError

__all__ = ["Engine"]


@attrs.frozen
class Steps:
    """The decisions of a level, compiled, in an order in which each has what it reads.

    *constants* are those that the readings switch off: they are the same on every record.
    """

    constants: tuple[tuple[int, Any], ...]
    runs: tuple[tuple[int, Closure], ...]
    notes: tuple[tuple[int, ir.NoteRule, Closure], ...]


class Engine:
    """A program compiled under one choice of readings; immutable, shared between threads."""

    def __init__(
        self,
        program: ir.Program,
        choices: Mapping[str, str],
        compiler: Callable[[ir.Program, Mapping[str, str], Clocks], Compiler] = Compiler,
    ) -> None:
        self.program = program
        self.choices = dict(choices)
        self.clocks = Clocks(program, choices)
        self.compiler = compiler(program, choices, self.clocks)
        self.steps: dict[str, Steps] = {}
        self.late: dict[str, Steps] = {}
        for level in program.levels.values():
            self._compile_level(level)
        self._upwards = children_first(program)
        self._top = self._upwards[-1]
        self._historical = frozenset(
            each.level if isinstance(each, ir.Previous) else each.earlier
            for level in program.levels.values()
            for each in parts(level)
            if isinstance(each, ir.Previous) or (isinstance(each, ir.Aggregate) and each.earlier)
        )
        self._keep(
            {
                level.name: self._plan(level, level.ledger)
                for level in program.levels.values()
                if level.ledger is not None
            }
        )
        self._ranges = {
            level.name: self._ranged(level.decisions) for level in program.levels.values()
        }
        self._requirements = {
            level.name: self._required(level) for level in program.levels.values()
        }

    def _ranged(self, decisions: Sequence[ir.Decision]) -> dict[int, tuple[Any, Any]]:
        ranged = (each for each in decisions if each.min is not None or each.max is not None)
        return {each.index: self.compiler.range(each) for each in ranged}

    def _required(self, level: ir.Level) -> list[tuple[ir.Requirement, Callable[[Any], Any]]]:
        return [(each, self.compiler.node(each.that)) for each in level.require]

    def restricted(self, wanted: Mapping[str, Collection[int]]) -> "Engine":
        """The same engine, deciding at each level only the slots *wanted*, without notes.

        They must include all that they read, and all that a ledger of their levels reads.
        """
        part = copy(self)
        part.steps = {
            name: Steps(
                constants=tuple(each for each in steps.constants if each[0] in wanted[name]),
                runs=tuple(each for each in steps.runs if each[0] in wanted[name]),
                notes=(),
            )
            for name, steps in self.steps.items()
            if name in wanted
        }
        return part

    def with_changes(
        self,
        program: ir.Program,
        changed: Mapping[str, Collection[str]],
        levels: Collection[str] = (),
    ) -> "Engine":
        """The engine of a program that differs from this one in some decisions of its levels.

        Of *levels* the requirements and the ledger are compiled again, too.  The decisions read
        what they read before, or less, so that their order stands.
        """
        for name, decisions in changed.items():
            constants = (*self.steps[name].constants, *self.late[name].constants)
            off = {index for index, _ in constants}
            if any(
                each.name in decisions and each.index in off
                for each in program.levels[name].decisions
            ):
                return Engine(program, self.choices)  # it may run now: its place is not known
        part = copy(self)
        part.program = program
        part.compiler = Compiler(program, self.choices, self.clocks)
        part.steps, part.late = dict(self.steps), dict(self.late)
        for name, decisions in changed.items():
            level = program.levels[name]
            again = [each for each in level.decisions if each.name in decisions]
            for several in (part.steps, part.late):
                several[name] = _renewed(part.compiler, several[name], again)
            ranges = part._ranged(again)  # noqa: SLF001  # its own kind
            part._ranges = {**part._ranges, name: {**part._ranges[name], **ranges}}  # noqa: SLF001
        part._renew(self._plans, levels)  # noqa: SLF001  # its own kind
        return part

    def _renew(self, plans: Mapping[str, Plan], levels: Collection[str]) -> None:
        """Make new what rests on the decisions: plans of ledgers, and the rules of *levels*."""
        found = {}
        for name, plan in plans.items():
            ledger = self.program.levels[name].ledger
            if name in levels and ledger is not None:
                found[name] = self._plan(self.program.levels[name], ledger)
            else:
                late = self.late[plan.ledger.level]
                found[name] = attrs.evolve(plan, finish=partial(run_steps, late))
        self._keep(found)
        again = {name: self._required(self.program.levels[name]) for name in levels}
        self._requirements = {**self._requirements, **again}

    def _keep(self, plans: dict[str, Plan]) -> None:
        self._plans = plans
        self._plan_of_payment = {plan.ledger.level: plan for plan in plans.values()}

    def again(self, path: tuple[Record, ...]) -> None:
        """Decide anew the records of a path, from the top record down to one that was changed.

        What stands beside the path is taken as it is.  Raises what an assessment raises.
        """
        for record in reversed(path):
            plan = self._plans.get(record.level.name)
            if plan is not None:
                self._settle(plan, record)
            run_steps(self.steps[record.level.name], record)
        plan = self._plan_of_payment.get(path[0].level.name)
        if plan is not None:
            settle(plan, (path[0],), None)

    def assess(
        self,
        data: Any,
        level: str,
        *,
        zone: str | None,
        as_of: int | None,
        as_if_in_force: bool,
        earlier: Mapping[str, Sequence[Any]] | None = None,
    ) -> Record:
        """Structure, validate and evaluate a document of *level*; return its record.

        *earlier* are the documents of records that came before, by level; without them only
        what lies below the top of a whole document has a history that is known.
        """
        instance = shapes_for(self.program, zone).structure(level, data)
        record = build_record(self.program, level, instance, as_of=as_of)
        before = self._earlier(earlier or {}, zone=zone, as_of=as_of)
        problems = validate(
            self.program,
            (record, *before),
            self._requirements,
            ranges=self._ranges,
            as_if_in_force=as_if_in_force,
        )
        if problems:
            raise FactsError(problems)
        known = set(earlier or ())
        if level == self._top:
            known |= self.program.levels.keys() - {level}
        failures: list[Diagnostic] = []
        self._evaluate((record, *before), known, failures)
        if failures:
            raise FactsError(failures)
        plan = self._plan_of_payment.get(level)
        if plan is not None:
            settle(plan, (record,), None)
        return record

    def _earlier(
        self, earlier: Mapping[str, Sequence[Any]], *, zone: str | None, as_of: int | None
    ) -> list[Record]:
        """The records that came before those of the document."""
        shapes = shapes_for(self.program, zone)
        found: list[Record] = []
        problems: list[Diagnostic] = []
        for level, documents in earlier.items():
            for number, data in enumerate(documents):
                place = f"earlier.{level}[{number}]"
                try:
                    instance = shapes.structure(level, data)
                except FactsError as error:
                    problems += [
                        attrs.evolve(each, where=f"{place}.{each.where}".rstrip("."))
                        for each in error.problems
                    ]
                    continue
                found.append(build_record(self.program, level, instance, as_of=as_of, place=place))
        if problems:
            raise FactsError(problems)
        return found

    def _evaluate(
        self, roots: tuple[Record, ...], known: set[str], failures: list[Diagnostic]
    ) -> None:
        """Decide on every record: the lowest levels first, and each level along its series."""
        by_level: dict[str, list[Record]] = {}
        for root in roots:
            for record in walk_records(root):
                by_level.setdefault(record.level.name, []).append(record)
        for name in self._upwards:
            records = by_level.get(name, [])
            if name in self._historical and records:
                arrange = link if name in known else unlinked
                records = arrange(self.program.levels[name], records)
            for record in records:
                self._decide(record, failures)

    def _decide(self, record: Record, failures: list[Diagnostic]) -> None:
        name = record.level.name
        try:
            plan = self._plans.get(name)
            if plan is not None and not failures:
                self._settle(plan, record)
            run_steps(self.steps[name], record)
        except CalendarError as error:
            failures += [
                attrs.evolve(problem, where=record.path or name) for problem in error.problems
            ]
        except RulesetError as error:  # the ruleset fails on these facts: say on which
            at = f" ({record.path or name})"
            raise RulesetError(
                [attrs.evolve(each, message=each.message + at) for each in error.problems]
            ) from None

    def _settle(self, plan: Plan, home: Record) -> None:
        fact = home.level.fact(plan.ledger.payments)
        assert fact is not None and plan.outstanding is not None
        payments = home[fact.index]
        known = isinstance(payments, tuple)
        home[plan.outstanding] = settle(plan, payments, home) if known else payments

    def _compile_level(self, level: ir.Level) -> None:
        order = evaluation_order(level, self.choices)
        late: set[int] = {each.index for each in order if isinstance(each.body, ir.LedgerOutput)}
        if not any(each.ledger and each.ledger.level == level.name for each in self._levels()):
            late = set()  # what a level's own ledger leaves open is there before its decisions
        now: list[ir.Decision] = []
        later: list[ir.Decision] = []
        for decision in order:
            if isinstance(decision.body, ir.LedgerOutput):
                continue
            if late & set(reads(decision, self.choices)):
                late.add(decision.index)
                later.append(decision)
            else:
                now.append(decision)
        self.steps[level.name] = self._steps(now)
        self.late[level.name] = self._steps(later)

    def _steps(self, decisions: list[ir.Decision]) -> Steps:
        off = [each for each in decisions if self._switched_off(each)]
        node = self.compiler.node
        return Steps(
            constants=tuple((each.index, NOT_APPLICABLE) for each in off),
            runs=tuple(
                (each.index, self.compiler.decision(each)) for each in decisions if each not in off
            ),
            notes=tuple(
                (each.index, rule, node(rule.when)) for each in decisions for rule in each.notes
            ),
        )

    def _switched_off(self, decision: ir.Decision) -> bool:
        applies = chosen(decision.applies, self.choices)
        return isinstance(applies, ir.Constant) and applies.value is False

    def _levels(self) -> tuple[ir.Level, ...]:
        return tuple(self.program.levels.values())

    def _named(self, source: ir.LedgerSource) -> str:
        """The decision that is the amount of a source; nothing for another expression."""
        amount = chosen(source.amount, self.choices)
        return amount.name if isinstance(amount, ir.SlotRef) and amount.decision else ""

    def _nothing(self, source: ir.LedgerSource) -> bool:
        """Whether the readings switch a source off: it only ever gives nothing."""
        amount = chosen(source.amount, self.choices)
        return isinstance(amount, ir.Constant) and amount.value == 0

    def _plan(self, level: ir.Level, ledger: ir.Ledger) -> Plan:
        node, rounded = self.compiler.node, self.compiler.rounded
        payments = self.program.levels[ledger.level]
        outputs = {
            decision.body.output: decision.index
            for decision in payments.decisions
            if isinstance(decision.body, ir.LedgerOutput)
        }
        outstanding = next(
            decision.index
            for decision in level.decisions
            if isinstance(decision.body, ir.LedgerOutput)
        )
        late = self.late[payments.name]

        def slot(name: str) -> int:
            found = payments.fact(name) or payments.decision(name)
            assert found is not None
            return found.index

        return Plan(
            ledger=ledger,
            date=node(ledger.date),
            available=node(ledger.available),
            cap=None if ledger.cap is None else rounded(node(ledger.cap), ledger.rounding),
            total_cap=None
            if ledger.total_cap is None
            else rounded(node(ledger.total_cap), ledger.rounding),
            amounts=tuple(
                Amount(source, self._named(source), node(source.amount), node(source.on))
                for source in ledger.sources
                if not self._nothing(source)
            ),
            outputs=outputs,
            pays=slot(ledger.pays),
            paid=slot(ledger.paid) if ledger.paid else None,
            outstanding=outstanding,
            assign=chosen(ledger.assign, self.choices),
            remainder=chosen(ledger.remainder, self.choices),
            corrections=chosen(ledger.corrections, self.choices),
            finish=partial(run_steps, late),
        )


def _renewed(compiler: Compiler, steps: Steps, again: Collection[ir.Decision]) -> Steps:
    """The same steps with some decisions compiled again."""
    runs = {each.index: compiler.decision(each) for each in again}
    here = {index for index, _ in steps.runs}
    order = dict.fromkeys(
        [index for index, _, _ in steps.notes] + [index for index, _ in steps.runs]
    )
    place = {index: number for number, index in enumerate(order)}
    notes = [each for each in steps.notes if each[0] not in runs]
    for each in again:
        if each.index in here:
            notes += [(each.index, rule, compiler.node(rule.when)) for rule in each.notes]
    return Steps(
        constants=steps.constants,
        runs=tuple((index, runs.get(index, run)) for index, run in steps.runs),
        notes=tuple(sorted(notes, key=lambda note: place[note[0]])),
    )


def run_steps(steps: Steps, record: Record) -> None:
    """Run decisions on a record; a figure that is given stands instead of the computed one."""
    if record.given:
        _run_with_given(steps, record)
    else:
        for index, value in steps.constants:
            record[index] = value
        for index, run in steps.runs:
            record[index] = run(record)
    for index, rule, when in steps.notes:
        if record[index] is not NOT_APPLICABLE and when(record) is True:
            record[0].append((rule.code, rule.span))


def _run_with_given(steps: Steps, record: Record) -> None:
    spans = {decision.index: decision for decision in record.level.decisions}
    computed = dict(steps.constants)
    for index, run in (*((index, None) for index in computed), *steps.runs):
        figure = record.given.get(index)
        if figure is None:
            record[index] = computed[index] if run is None else run(record)
            continue
        decision = spans[index]
        record[index] = from_public(decision.type, figure.value)
        record[0].append(("given", decision.span))
        if figure.approved_by is None:
            record[0].append(("given_without_approver", decision.span))
