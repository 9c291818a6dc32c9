"""All changes of a contract by one step, numbered in a fixed order."""

from collections.abc import Iterator
from functools import partial

import attrs

from sla_rules.diagnostics import Span
from sla_rules.language import program as ir
from sla_rules.mutation.rebuild import rebuilt
from sla_rules.mutation.sites import Home, Site, sites
from sla_rules.mutation.steps import Step, steps

__all__ = ["Mutant", "mutants"]


@attrs.frozen(eq=False)
class Mutant:
    """The contract with one step changed.

    *number* is its place in the order of the program; the same ruleset always gives the same.
    """

    number: int
    operator: str
    home: Home
    span: Span
    clauses: tuple[str, ...]
    step: Step
    reached_by: tuple[object, ...]
    users: tuple[object, ...]

    def program(self, program: ir.Program) -> ir.Program:
        """The changed program."""
        return rebuilt(program, self.home, self.step.old, self.step.new, self.number)


def mutants(program: ir.Program) -> tuple[Mutant, ...]:
    """Every change by one step of a program."""
    found = [*_of_readings(program), *_of_sites(program)]
    return tuple(make(number) for number, make in enumerate(found, 1))


def _of_sites(program: ir.Program) -> Iterator[partial[Mutant]]:
    known: set[tuple[int, int]] = set()
    for site in sites(program):
        for number, step in enumerate(steps(site, program)):
            if (id(step.old), number) not in known:
                known.add((id(step.old), number))
                yield _from(site, step)


def _from(site: Site, step: Step) -> partial[Mutant]:
    changed = _changed_rows(step)
    own = [clause for row in changed for clause in row.clauses]
    return partial(
        Mutant,
        operator=step.operator,
        home=site.home,
        span=changed[0].span if changed else site.span,
        clauses=tuple(dict.fromkeys(own)) or site.clauses,
        step=step,
        reached_by=() if step.operator == "applies" else site.reached_by,
        users=site.users,
    )


def _changed_rows(step: Step) -> list[ir.Row]:
    """The rows of a table that are dropped or changed: each has a place and clauses of its own."""
    if not isinstance(step.old, ir.Table):
        return []
    kept = {id(row) for row in step.new.rows}
    return [row for row in step.old.rows if id(row) not in kept]


def _of_readings(program: ir.Program) -> Iterator[partial[Mutant]]:
    """Each reading with another option as its default."""
    for name, reading in program.readings.items():
        for option in reading.options:
            if option != reading.default:
                yield partial(
                    Mutant,
                    operator="reading",
                    home=("reading", name),
                    span=reading.span,
                    clauses=(reading.clause,),
                    step=Step("reading", reading.default, option),
                    reached_by=(),
                    users=(),
                )
