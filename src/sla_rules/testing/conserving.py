"""Whether a ledger conserves: what comes into it goes out of it, payment by payment and in all."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from sla_rules.facts.records import Record
from sla_rules.language import program as ir
from sla_rules.rules import Rules
from sla_rules.unknown import NOT_APPLICABLE, Unknown

__all__ = ["Imbalance", "imbalances"]

INTO: Final = ("brought_forward", "determined", "corrected")
OUT: Final = ("set_off", "lapsed", "carried_forward")

CENT: Final = Fraction(1, 100)
"""What a payment that is rounded may differ by."""

Imbalance = tuple[str, str, Any, Any]
"""The place, what should agree (a key of what is told), and the two amounts."""


def imbalances(rules: Rules, home: Record, ledger: ir.Ledger) -> Iterator[Imbalance]:
    """Where the ledger of a record with payments loses or gains money, of what is known."""
    fact = home.level.fact(ledger.payments)
    payments = () if fact is None else home[fact.index]
    if isinstance(payments, Unknown):
        return
    lines = [(each, _outputs(each)) for each in _in_order(rules, ledger, payments)]
    for payment, line in lines:
        yield from _of_payment(rules, ledger, payment, line)
    before: Any = None
    for payment, line in lines:
        after = line.get("brought_forward")
        if None not in (before, after) and before != after:
            yield payment.path, "handed_on", before, after
        before = line.get("carried_forward")
    yield from _of_all(rules, ledger, home, [line for _, line in lines])


def _in_order(rules: Rules, ledger: ir.Ledger, payments: Any) -> list[Record]:
    date = rules.engine.compiler.node(ledger.date)
    dates = [(date(each), each) for each in payments]
    known = not any(isinstance(on, Unknown) for on, _ in dates)
    return [each for _, each in sorted(dates, key=lambda pair: pair[0])] if known else []


def _outputs(payment: Record) -> dict[str, Any]:
    """What the ledger wrote into a payment, as far as it is known."""
    return {
        each.body.output: payment[each.index]
        for each in payment.level.decisions
        if isinstance(each.body, ir.LedgerOutput)
        and each.index not in payment.given
        and not isinstance(payment[each.index], Unknown)
    }


def _of_payment(
    rules: Rules, ledger: ir.Ledger, payment: Record, line: dict[str, Any]
) -> Iterator[Imbalance]:
    posted = sum((each.amount for each in payment.postings), 0)
    if "set_off" in line and line["set_off"] != posted:
        yield payment.path, "posted", line["set_off"], posted
    if {*INTO, *OUT} <= line.keys():
        comes, goes = (sum(line[each] for each in names) for names in (INTO, OUT))
        if comes != goes:
            yield payment.path, "balance", comes, goes
    pays = payment.level.decision(ledger.pays)
    if pays is None or pays.index in payment.given or "set_off" not in line:
        return
    if ledger.paid and "top_up" not in line:
        return
    available = rules.engine.compiler.node(ledger.available)(payment)
    paid = payment[pays.index]
    if isinstance(available, Unknown) or isinstance(paid, Unknown):
        return
    due = available - line["set_off"] + line.get("top_up", 0)
    differs = paid != due if pays.rounding is None else abs(paid - due) >= CENT
    if differs:
        yield payment.path, "paid", due, paid


def _of_all(
    rules: Rules, ledger: ir.Ledger, home: Record, lines: list[dict[str, Any]]
) -> Iterator[Imbalance]:
    """All that was ever determined, against all that was set off, lapsed or is left."""
    left = next((each for each in home.level.decisions if _is_output(each)), None)
    complete = bool(lines) and all({"set_off", "lapsed"} <= line.keys() for line in lines)
    if left is None or ledger.paid or not complete:  # what is paid otherwise is an entry too
        return
    outstanding = home[left.index]
    determined = _determined(rules, ledger, home)
    if determined is None or isinstance(outstanding, Unknown):
        return
    spent = sum(line["set_off"] + line["lapsed"] for line in lines)
    if determined != spent + outstanding:
        yield home.path, "in_all", determined, spent + outstanding


def _is_output(decision: ir.Decision) -> bool:
    return isinstance(decision.body, ir.LedgerOutput)


def _determined(rules: Rules, ledger: ir.Ledger, home: Record) -> Any:
    """The sum of all entries; None where one is not known."""
    total: Any = 0
    for source in ledger.sources:
        amount = rules.engine.compiler.node(source.amount)
        for record in _below(home, source.path):
            value = None if record is None else amount(record)
            if value is NOT_APPLICABLE:
                continue
            if value is None or isinstance(value, Unknown):
                return None
            total += value
    return total


def _below(record: Record, path: tuple[str, ...]) -> Iterator[Record | None]:
    if not path:
        yield record
        return
    fact = record.level.fact(path[0])
    children = () if fact is None else record[fact.index]
    if isinstance(children, Unknown):
        if not children.absent:
            yield None
        return
    for child in children:
        yield from _below(child, path[1:])
