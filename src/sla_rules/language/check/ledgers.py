"""A ledger reads only what is known before it settles, under every reading."""

from collections.abc import Iterator, Mapping
from typing import Any

from sla_rules.diagnostics import Diagnostic
from sla_rules.language import program as ir
from sla_rules.language.variations import readings_behind, variations
from sla_rules.language.walk import parts, readings_of, reads, slots_of

__all__ = ["check_ledgers"]


def check_ledgers(program: ir.Program) -> Iterator[Diagnostic]:
    """Amounts, dates and caps that rest on what the ledger itself decides."""
    for home in program.levels.values():
        if home.ledger is None:
            continue
        level = program.levels[home.ledger.level]
        used = {name for each in level.decisions for name in readings_of(each)}
        used |= readings_behind(program, home.ledger)
        seen: set[Diagnostic] = set()
        for choices in variations(program, used):
            for problem in _early(home, home.ledger, level, choices):
                if problem not in seen:
                    seen.add(problem)
                    yield problem


def _early(
    home: ir.Level, ledger: ir.Ledger, level: ir.Level, choices: Mapping[str, str]
) -> Iterator[Diagnostic]:
    late = _late(level, choices)
    at_payments: list[Any] = [ledger.date, ledger.available, ledger.cap]
    for source in ledger.sources:
        if source.level == level.name:
            at_payments += [source.amount, source.on]
    for slot in slots_of(tuple(at_payments), choices):
        if slot.index in late:
            yield _problem(slot)
    for part in parts(level.decisions, choices):  # payments settle one after the other
        looks_back: Any = ()
        if isinstance(part, ir.Previous):
            looks_back = part.inner
        elif isinstance(part, ir.Aggregate) and part.earlier == level.name:
            looks_back = (part.element, part.where) if not part.path else ()
        for slot in slots_of(looks_back, choices):
            if slot.index in late:
                yield _problem(slot)
    for slot in slots_of(ledger.total_cap, choices):
        if slot.decision:
            yield _problem(slot)
    for part in parts(ledger.total_cap, choices):
        if isinstance(part, ir.Aggregate) and part.level == level.name:
            inner = slots_of((part.element, part.where), choices)
            yield from (_problem(slot) for slot in inner if slot.index in late)


def _late(level: ir.Level, choices: Mapping[str, str]) -> frozenset[int]:
    """The decisions of a payment that rest, directly or not, on what the ledger writes."""
    read = {each.index: frozenset(reads(each, choices)) for each in level.decisions}
    late = {each.index for each in level.decisions if isinstance(each.body, ir.LedgerOutput)}
    found = True
    while found:
        more = {index for index, needed in read.items() if index not in late and needed & late}
        late |= more
        found = bool(more)
    return frozenset(late)


def _problem(slot: ir.SlotRef) -> Diagnostic:
    return Diagnostic(
        code="E537",
        message=f"{slot.name!r} is decided after the ledger has settled",
        where=slot.span,
        hint="name a fact, or a decision that does not rest on the ledger",
    )
