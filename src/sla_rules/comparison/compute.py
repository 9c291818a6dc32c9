"""The same facts under two rulesets: both assessments, and every result that differs."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import attrs

from sla_rules.assessment import Assessment, Result
from sla_rules.change.diff import renames
from sla_rules.comparison.results import Comparison, Difference
from sla_rules.diagnostics import Diagnostic, RulesetError
from sla_rules.facts.document import read_document
from sla_rules.language import program as ir
from sla_rules.language.walk import parts
from sla_rules.quantities import exact_decimal
from sla_rules.worktime import to_us

if TYPE_CHECKING:
    from sla_rules.rules import Rules

__all__ = ["compare"]


def compare(
    rules: "Rules", other: "Rules", facts: Any, level: str | None, **options: Any
) -> Comparison:
    """The same facts under *rules* and under *other*.

    Raises RulesetError E568 when the two do not take the same facts.
    """
    one, two = rules.program, other.program
    name = rules.top_level if level is None else level
    if one is not two:
        problems = list(_facts_differ(one, two, name))
        if problems:
            raise RulesetError(problems)
        if rules.version != other.version:
            options.setdefault("as_if_in_force", True)
    data = read_document(facts)
    before = rules.assess(data, name, **options)
    after = other.assess(data, name, **options)
    return Comparison(before, after, tuple(_differences(before, after)))


def _facts_differ(old: ir.Program, new: ir.Program, top: str) -> Iterator[Diagnostic]:
    """Facts that one ruleset takes and the other does not take so, in the records below *top*."""
    waiting, seen = [top], set[str]()
    while waiting:
        name = waiting.pop(0)
        if name in seen or (name not in old.levels and name not in new.levels):
            continue
        seen.add(name)
        one, two = old.levels.get(name), new.levels.get(name)
        if one is None or two is None:
            version, there = (new, old) if two is None else (old, new)
            message = f"version {version.version!r} of {version.id} has no level {name!r}"
            yield _unlike(message, there.levels[name].span)
            continue
        known = {fact.name: fact for fact in two.facts}
        for fact in one.facts:
            twin = known.pop(fact.name, None)
            if twin is None:
                yield from _alone(fact, name, new)
            elif not _alike(fact, twin, old, new):
                kinds = f"{fact.type} in the one and {twin.type} in the other"
                yield _unlike(f"{name}.{fact.name} is {kinds}", twin.span)
        for fact in known.values():
            yield from _alone(fact, name, old)
        waiting += [fact.type.name for fact in one.nested]


def _alone(fact: ir.Fact, level: str, without: ir.Program) -> Iterator[Diagnostic]:
    """A fact that one side does not know; one that need not be stated does not matter."""
    if not (fact.optional or fact.open or fact.default is not None):
        message = f"version {without.version!r} of {without.id} has no fact {level}.{fact.name}"
        yield _unlike(message, fact.span)


def _unlike(message: str, span: Any) -> Diagnostic:
    hint = "compare rulesets that take the same facts, or assess under each and read the results"
    return Diagnostic(code="E568", message=message, where=span, hint=hint)


def _alike(one: ir.Fact, two: ir.Fact, old: ir.Program, new: ir.Program) -> bool:
    if one.type.kind == two.type.kind == "enum":
        names = ({each.name for each in program.enums[fact.type.name]}
                 for program, fact in ((old, one), (new, two)))  # fmt: skip
        return len(set(map(frozenset, names))) == 1
    return (one.type, one.type.show) == (two.type, two.type.show)


def _differences(before: Assessment, after: Assessment) -> Iterator[Difference]:
    old, new = before.rules.program, after.rules.program
    names = renames(old, new) if old is not new else {}
    again = {(level, two): one for (level, one), two in names.items()}
    changed = {
        name for name, option in after.rules.readings.items()
        if before.rules.readings.get(name, option) != option
    }  # fmt: skip
    switched = _Switched(new, frozenset(changed))
    records = {each.path: each for each in before.walk()}
    for record in after.walk():
        other = records.get(record.path)
        there = () if other is None else other.decisions()
        for name in record.decisions():
            former = again.get((record.level, name), name)
            two = record.result(name)
            one = other.result(former) if other is not None and former in there else None
            if one is None or _shown(one) != _shown(two):
                yield _difference(record, name, one, two, switched)
        mine = {again.get((record.level, name), name) for name in record.decisions()}
        for name in there:
            if name not in mine and other is not None:
                yield _difference(other, name, other.result(name), None, switched)


def _shown(result: Result) -> tuple[Any, ...]:
    ends = (result.value, result.low, result.high)
    return (*map(_exact, ends), result.status, result.options)


def _exact(value: Any) -> Any:
    """An instant as an integer; of one zone Python compares and subtracts the faces of clocks."""
    return to_us(value) if isinstance(value, dt.datetime) else value


def _difference(
    record: Assessment,
    name: str,
    before: Result | None,
    after: Result | None,
    switched: "_Switched",
) -> Difference:
    decision = record.rules.program.levels[record.level].decision(name)
    assert decision is not None
    return Difference(
        path=record.path,
        level=record.level,
        id=record.id,
        decision=name,
        title=decision.title,
        before=before,
        after=after,
        difference=_minus(before, after),
        clauses=decision.clauses,
        readings=switched.by(record.level, decision),
    )


def _minus(before: Result | None, after: Result | None) -> Any:
    """After minus before, exactly; None where one of them is no known quantity."""
    if before is None or after is None:
        return None
    one, two = before.value, after.value
    if isinstance(one, dt.datetime) and isinstance(two, dt.datetime):
        return dt.timedelta(microseconds=to_us(two) - to_us(one))
    if isinstance(one, dt.timedelta) and isinstance(two, dt.timedelta):
        return two - one
    numbers = Decimal | Fraction
    if not isinstance(one, numbers) or not isinstance(two, numbers):
        return None
    return exact_decimal(Fraction(two) - Fraction(one))


@attrs.frozen
class _Switched:
    """Which of some readings the rule of a decision is switched by."""

    program: ir.Program
    readings: frozenset[str]
    _known: dict[tuple[str, str], tuple[str, ...]] = attrs.field(factory=dict)

    def by(self, level: str, decision: ir.Decision) -> tuple[str, ...]:
        """The readings, in the order of the ruleset."""
        which = (level, decision.name)
        if which not in self._known:
            found = set(self._found(level, decision)) if self.readings else set()
            self._known[which] = tuple(name for name in self.program.readings if name in found)
        return self._known[which]

    def _found(self, level: str, decision: ir.Decision) -> Iterator[str]:
        """Switches in it, and in the tables, parameters, calendars and ledgers behind it."""
        waiting: list[Any] = [decision]
        if isinstance(decision.body, ir.LedgerOutput):
            waiting += [each.ledger for each in self.program.levels.values() if each.ledger]
        seen: set[str] = set()
        while waiting:
            for part in parts(waiting.pop()):
                if isinstance(part, ir.Choice) and part.reading in self.readings:
                    yield part.reading
                behind = self._behind(level, part)
                if behind is not None and behind.name not in seen:
                    seen.add(behind.name)
                    waiting.append(behind)

    def _behind(self, level: str, part: Any) -> Any:
        if isinstance(part, ir.ParameterRef):
            return self.program.parameters[part.name]
        if isinstance(part, ir.Constant) and part.type.kind == "calendar":
            return self.program.calendars[str(part.value)]
        if isinstance(part, ir.Column):
            return self.program.levels[level].decision(part.table.name)
        return None
