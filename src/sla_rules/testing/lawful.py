"""What the laws look at: results by place, worse facts, forgotten facts, lines of the ledger."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

import attrs

from sla_rules.assessment import Assessment, Result, recorded
from sla_rules.diagnostics import SlaError
from sla_rules.facts.records import Record, walk_records
from sla_rules.language import program as ir
from sla_rules.language.walk import parts
from sla_rules.lint.cone import Cones, Slot, better
from sla_rules.lint.drafts import public
from sla_rules.quantities import exact_decimal
from sla_rules.rules import Rules
from sla_rules.testing.edges.field import Locus, path_of, unit_of
from sla_rules.testing.plainly import plainly
from sla_rules.testing.shrink import Path, lists_in, replaced
from sla_rules.unknown import NOT_APPLICABLE, Unknown

__all__ = [
    "Turned",
    "Worse",
    "asked",
    "assessed",
    "differing",
    "directed_facts",
    "enclosed",
    "forgettable",
    "out_of_range",
    "posted",
    "reordered",
    "results",
    "reversals",
    "settled_otherwise",
    "worsenings",
]

MOVES: Final = (1, 2, 7, 30, 60, 600, 1440, 10_000, 60_000)


def assessed(rules: Rules, document: Any, level: str | None = None) -> Assessment | None:
    """The assessment of a document; None where the ruleset refuses it."""
    try:
        return rules.assess(document, level)
    except SlaError:
        return None


Posted = tuple[tuple[str, str, str], ...]
"""What was settled with a payment: key, clauses and amount of each part."""

Results = tuple[Assessment, dict[str, Result], tuple["Results", ...]]
"""An assessment, what came out, and the same of its children in an order of their own."""


def results(assessment: Assessment) -> Results:
    """All results below an assessment, whatever the order of its records."""
    own = {name: attrs.evolve(assessment.result(name), needs=()) for name in assessment.decisions()}
    children = map(results, assessment.children)
    return assessment, own, tuple(sorted(children, key=_told_apart))


def _told_apart(found: Results) -> tuple[str, str, str]:
    """By its key; records without one by what came out."""
    assessment, own, children = found
    below = [_told_apart(each) for each in children]
    return assessment.level, assessment.id or "", repr((own, posted(assessment), below))


def posted(assessment: Assessment) -> Posted:
    """What was settled with a payment, whatever the order of records: key, clauses, amount.

    An entry without a key has the place of its record for a name; that is left out.
    """
    several = []
    for each in recorded(assessment).postings:
        name = each.entry if each.keyed else ""
        several.append((name, ", ".join(each.clauses), str(exact_decimal(each.amount))))
    return tuple(sorted(several))


def settled_otherwise(one: Results, two: Results) -> Iterator[tuple[Assessment, Posted, Posted]]:
    """The payments of two assessments of the same facts with which other entries were settled."""
    for first, second in zip(one[2], two[2], strict=False):
        yield from settled_otherwise(first, second)
    before, after = posted(one[0]), posted(two[0])
    if before != after:
        yield one[0], before, after


def differing(one: Results, two: Results) -> Iterator[tuple[Assessment, Result, Result]]:
    """Where two assessments of the same facts do not agree, the deepest records first."""
    for first, second in zip(one[2], two[2], strict=False):
        yield from differing(first, second)
    for name, result in one[1].items():
        other = two[1].get(name)
        if other is not None and other != result:
            yield one[0], result, other


def reordered(document: Any) -> Iterator[Any]:
    """The same facts in a few other orders: single lists turned or backwards, then everything."""
    for path, several in lists_in(document):
        if len(several) == 1:
            continue
        yield replaced(document, path, several[::-1])
        if len(several) > 2:
            yield replaced(document, path, [*several[1:], several[0]])
    yield _backwards(document)


def _backwards(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _backwards(each) for key, each in reversed(list(value.items()))}
    return [_backwards(each) for each in value[::-1]] if isinstance(value, list) else value


# --- facts that are not known ---------------------------------------------------------------------


def forgettable(assessment: Assessment, asked: Collection[str]) -> list[Path]:
    """The places of facts that may be unknown without meaning that there are none.

    Not those *asked* about by a rule: whether they are stated.
    """
    found: list[Path] = []
    for record in walk_records(recorded(assessment)):
        level = record.level
        needed = {level.key, *level.order, *level.interval, level.period}
        found += [
            (*path_of(record.path), fact.name)
            for fact in level.facts
            if fact.name not in needed.union(asked)
            and not (fact.optional or fact.from_parent or fact.default is not None)
            and fact.type.kind not in ("list", "record")
        ]
    return found


def asked(program: ir.Program) -> frozenset[str]:
    """The facts that ``given(…)`` names anywhere."""
    return frozenset(
        each.name
        for level in program.levels.values()
        for call in parts((level.decisions, level.require))
        if isinstance(call, ir.Call) and call.function == "given"
        for each in call.arguments
        if isinstance(each, ir.SlotRef)
    )


def enclosed(partial: Assessment, whole: Assessment) -> Iterator[tuple[Assessment, Result, Result]]:
    """Where what was known of partial facts excludes what the whole facts give."""
    known = {each.path: each for each in whole.walk()}
    for each in partial.walk():
        other = known.get(each.path)
        if other is None or other.id != each.id:
            continue
        for name in each.decisions():
            one, two = each.result(name), other.result(name)
            if two.status == "final" and not _holds(one, two.value):
                yield each, one, two


def _holds(result: Result, value: Any) -> bool:
    if result.status == "final" or result.value is not None:
        return bool(result.value == value)
    if value is None:
        return True
    if result.options:
        return value in result.options
    return (result.low is None or value >= result.low) and (
        result.high is None or value <= result.high
    )


# --- ranges ---------------------------------------------------------------------------------------


def out_of_range(
    rules: Rules, assessment: Assessment
) -> Iterator[tuple[Record, ir.Decision, Any, Any]]:
    """Results, and bounds of results, beyond the *min* and *max* of their decision."""
    compiler = rules.engine.compiler
    for record in walk_records(recorded(assessment)):
        for decision in record.level.decisions:
            least, most = compiler.range(decision)
            value = record[decision.index]
            if value is NOT_APPLICABLE or decision.index in record.given:
                continue
            unknown = isinstance(value, Unknown)
            low, high = (value.low, value.high) if unknown else (value, value)
            if (least is not None and low is not None and low < least) or (
                most is not None and high is not None and high > most
            ):
                yield record, decision, least, most


# --- worse service --------------------------------------------------------------------------------


def directed_facts(program: ir.Program) -> dict[Slot, int]:
    """Which way facts are better for the supplier: as declared, else as their use implies.

    When something is done late, later is worse: the moment of which an ``overrun`` is taken; and
    the end of an ``elapsed`` of which less is declared to be better.
    """
    found: dict[Slot, int] = {}
    directions = better(program)
    for level in program.levels.values():
        for decision in level.decisions:
            sign = directions.get((level.name, decision.index), 0)
            for part in parts(decision.body):
                end, way = None, 0
                if isinstance(part, ir.Overrun):
                    end, way = part.done, -1
                elif isinstance(part, ir.Elapsed):
                    end, way = part.end, sign
                if isinstance(end, ir.SlotRef) and not end.decision and way:
                    found[level.name, end.index] = way
        for fact in level.facts:
            if fact.better:
                found[level.name, fact.index] = fact.better
            if "W722" in fact.acknowledge or fact.name in {level.key, *level.order}:
                found.pop((level.name, fact.index), None)
    return found


@attrs.frozen(eq=False)
class Worse:
    """A fact and a value that is worse service; *slot* and *step* tell what is done to it."""

    slot: Slot
    step: Any
    locus: Locus
    where: str
    value: Any

    def document(self, document: Any, zone: str) -> Any:
        """The facts with the worse value."""
        stated = plainly(public(self.locus.fact, self.value, zone))
        return replaced(document, self.locus.path, stated)


def worsenings(
    rules: Rules, assessment: Assessment, directions: Mapping[Slot, int]
) -> Iterator[Worse]:
    """Ways to make the service worse, of each stated fact with a direction: small steps first."""
    for record in walk_records(recorded(assessment)):
        for fact in record.level.facts:
            value = record[fact.index]
            slot = (record.level.name, fact.index)
            sign = directions.get(slot, 0)
            if not sign or fact.from_parent or isinstance(value, Unknown):
                continue
            locus = Locus((*path_of(record.path), fact.name), fact, value)
            for step, each in _worse(rules, locus, sign):
                yield Worse(slot, step, locus, record.path, each)


def _worse(rules: Rules, locus: Locus, sign: int) -> list[tuple[Any, Any]]:
    fact = locus.fact
    if fact.type.kind == "bool":
        return [(None, sign < 0)] if locus.value is (sign > 0) else []
    if fact.type.kind == "enum":
        names = [member.name for member in rules.program.enums[fact.type.name]]
        place = names.index(locus.value)
        worse = names[:place][::-1] if sign > 0 else names[place + 1 :]
        return [(each, each) for each in worse]
    if not locus.ordered:
        return []
    few = MOVES[:4] if fact.type.kind in ("date", "month") else MOVES
    return [(each, locus.moved(-sign * each, unit_of(locus))) for each in few]


@attrs.frozen(eq=False)
class Turned:
    """A decision that came out better after the service became worse."""

    slot: Slot
    where: str
    decision: ir.Decision
    before: Any
    after: Any


def reversals(
    rules: Rules, cones: Cones, before: Record, after: Record, worse: Worse
) -> Iterator[Turned]:
    """The decisions on the way from the top to a worsened fact that came out better.

    Not those that acknowledge it (``W722``), and not what rests on one that does and turned too.
    """
    program = rules.program
    if "W722" in program.acknowledge:
        return
    turned = list(_turned(rules, better(program), before, after))

    def acknowledged(slot: Slot) -> bool:
        both = (cones.slots[slot], program.levels[slot[0]])
        return any("W722" in each.acknowledge for each in both)

    known = {each.slot for each in turned if acknowledged(each.slot)}
    for each in turned:
        above = not each.where or worse.where == each.where
        if (above or worse.where.startswith(f"{each.where}.")) and not known & cones.of(each.slot):
            yield each


def _turned(
    rules: Rules, directions: Mapping[Slot, int], before: Record, after: Record
) -> Iterator[Turned]:
    later = {each.path: each for each in walk_records(after)}
    for record in walk_records(before):
        other = later.get(record.path)
        if other is None:
            continue
        for decision in record.level.decisions:
            slot = (record.level.name, decision.index)
            sign = directions.get(slot, 0)
            one, two = record[decision.index], other[decision.index]
            if not sign or isinstance(one, Unknown) or isinstance(two, Unknown):
                continue
            if sign * _rank(rules, decision, two) > sign * _rank(rules, decision, one):
                yield Turned(slot, record.path, decision, one, two)


def _rank(rules: Rules, decision: ir.Decision, value: Any) -> Any:
    if decision.type.kind == "enum":
        names = [member.name for member in rules.program.enums[decision.type.name]]
        return names.index(value)
    if isinstance(value, dt.date):
        return value.toordinal()
    amount = getattr(value, "amount", value)
    return Fraction(amount) if isinstance(amount, int | Fraction) else 0
