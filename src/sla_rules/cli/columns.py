"""Which decisions of a level stand in its table, derived from the program alone.

The *lines of record* of a level are the amounts, scores and choices that somebody relies on:

- what a level above, or the ledger, takes from it, and what the ledger settles;
- the sections of its scorecards;
- the scores and amounts that it rounds, because rounding happens where a figure is printed;
- choices, such as a grade, that no choice of the same kind is made from.

What does not apply, or is constant, under the readings in force is no column.  The same
ruleset under the same readings has the same columns, whatever the facts; the one exception is
a figure that is stated or else computed: it stands there once somebody stated it.
"""

from collections.abc import Iterator, Mapping, Sequence

from sla_rules.assessment import Assessment
from sla_rules.language import program as ir
from sla_rules.language.walk import chosen, parts, slots_of

__all__ = ["key_facts", "lines_of_record"]

SHOWN = ("points", "money", "percent")
SETTLED = ("set_off", "carried_forward")


def lines_of_record(
    program: ir.Program, level: ir.Level, readings: Mapping[str, str], records: Sequence[Assessment]
) -> tuple[str, ...]:
    """The names of the decisions in the table of *records*; all of them when none stands out."""
    taken = {*_taken_above(program, level, readings), *_sections(level, readings)}
    found = [each for each in level.decisions if _stands_out(each, level, taken, readings)]
    names = {each.name for each in found}
    shown = [each for each in found if not _repeats(each, names, readings, records)]
    if not shown:
        return tuple(each.name for each in level.decisions if each.type.kind != "row")
    return tuple(_settled_before_paid(program, level, [each.name for each in shown]))


def key_facts(program: ir.Program, level: ir.Level) -> tuple[str, ...]:
    """The facts that tell records apart: the key, then what orders them, then a ledger's date."""
    dates = [
        each.ledger.date
        for each in _levels(program)
        if each.ledger and each.ledger.level == level.name
    ]
    named = [slot.name for slot in slots_of(tuple(dates)) if not slot.decision]
    found = [name for name in (level.key, *level.order, *named) if level.fact(name)]
    return tuple(dict.fromkeys(found))


def _levels(program: ir.Program) -> Iterator[ir.Level]:
    yield from program.levels.values()


def _stands_out(
    decision: ir.Decision, level: ir.Level, taken: set[str], readings: Mapping[str, str]
) -> bool:
    kind = decision.type
    if kind.kind == "enum":
        wanted = decision.name in taken or not _passed_on(decision, level, readings)
    elif kind.kind == "number" and kind.show in SHOWN:
        printed = decision.rounding is not None and kind.show != "percent"
        wanted = decision.name in taken or printed
    else:
        return False
    applies = chosen(decision.applies, readings)
    never = isinstance(applies, ir.Constant) and applies.value is False
    return wanted and not never and not isinstance(chosen(decision.body, readings), ir.Constant)


def _passed_on(decision: ir.Decision, level: ir.Level, readings: Mapping[str, str]) -> bool:
    """Whether a choice of the same enumeration is made from it."""
    return any(
        slot.index == decision.index
        for other in level.decisions
        if other.type == decision.type and other is not decision
        for slot in slots_of(other.body, readings)
    )


def _taken_above(
    program: ir.Program, level: ir.Level, readings: Mapping[str, str]
) -> Iterator[str]:
    for other in _levels(program):
        for decision in other.decisions:
            for part in parts((decision.body, decision.applies), readings):
                if isinstance(part, ir.Aggregate) and part.level == level.name:
                    yield from (slot.name for slot in slots_of(part.element, readings))
        ledger = other.ledger
        if ledger is None:
            continue
        if ledger.level == level.name:
            yield from (ledger.pays, *SETTLED)
        for source in ledger.sources:
            if source.level == level.name:
                yield from (slot.name for slot in slots_of(source.amount, readings))


def _sections(level: ir.Level, readings: Mapping[str, str]) -> Iterator[str]:
    for decision in level.decisions:
        for part in parts(decision.body, readings):
            if isinstance(part, ir.Section):
                yield from (slot.name for slot in slots_of(part.of, readings))


def _repeats(
    decision: ir.Decision,
    names: set[str],
    readings: Mapping[str, str],
    records: Sequence[Assessment],
) -> bool:
    """Whether it is ``fact otherwise other``, *other* has a column, and nobody stated *fact*."""
    body = chosen(decision.body, readings)
    if not (isinstance(body, ir.Call) and body.function == "otherwise"):
        return False
    slots = [slot for slot in body.arguments if isinstance(slot, ir.SlotRef)]
    if len(slots) != len(body.arguments) or slots[-1].name not in names:
        return False
    return all(record[slot.name] is None for record in records for slot in slots[:-1])


def _settled_before_paid(program: ir.Program, level: ir.Level, names: list[str]) -> list[str]:
    """A ledger's set-off stands before the payment that it lowers."""
    pays = {
        each.ledger.pays
        for each in _levels(program)
        if each.ledger and each.ledger.level == level.name
    }
    for paid in pays & set(names):
        if "set_off" in names:
            names.remove("set_off")
            names.insert(names.index(paid), "set_off")
    return names
