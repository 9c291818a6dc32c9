"""The ledger: deductions set off against payments in order of their dates.

Where an amount is not certain the book is kept twice, with the least to set off and the most
money, and with the most to set off and the least money: what comes in, lapses and goes on grows
from the one to the other, so the two enclose every outcome.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs

from sla_rules.diagnostics import Diagnostic, FactsError
from sla_rules.engine.book import Book, Entry, Line
from sla_rules.facts.records import Record
from sla_rules.facts.values import to_public
from sla_rules.language import program as ir
from sla_rules.quantities import Number
from sla_rules.unknown import NOT_APPLICABLE, Unknown, because

__all__ = ["Amount", "Plan", "settle"]


@attrs.frozen
class Amount:
    """A source of entries with its amount and date compiled; *decision* names the amount."""

    source: ir.LedgerSource
    decision: str
    amount: Callable[[Record], Any]
    on: Callable[[Record], Any]


@attrs.frozen
class Plan:
    """A ledger with its parts compiled."""

    ledger: ir.Ledger
    date: Callable[[Record], Any]
    available: Callable[[Record], Any]
    cap: Callable[[Record], Any] | None
    total_cap: Callable[[Record], Any] | None
    amounts: tuple["Amount", ...]
    outputs: Mapping[str, int]
    pays: int
    paid: int | None
    outstanding: int | None
    assign: str
    remainder: str
    corrections: str
    finish: Callable[[Record], None]


@attrs.frozen
class _Amount:
    """An entry whose amount may be unknown; *keyed* where its name is a key."""

    name: str
    keyed: bool
    amount: Any
    on: Any
    payment: Record | None
    clauses: tuple[str, ...]
    cause: tuple[Record, str] | None


def settle(plan: Plan, payments: tuple[Record, ...], home: Record | None) -> Any:
    """Write the ledger's outputs into each payment and finish it; return what is outstanding.

    *home* is the record that holds the payments, None when one payment is assessed alone.
    """
    ordered = sorted(payments, key=lambda each: _date_key(plan.date(each)))
    dates = [plan.date(each) for each in ordered]
    amounts, doubts = _amounts(plan, ordered, home)
    doubts += [each for each in dates if isinstance(each, Unknown)]
    room = plan.total_cap(home) if plan.total_cap is not None and home is not None else None
    if isinstance(room, Unknown):
        doubts.append(room)
    if room is not None:  # which entries exhaust it depends on every one of them
        doubts += [each.amount for each in amounts if isinstance(each.amount, Unknown)]
    if doubts:
        return _unknown(plan, ordered, because(*doubts))
    rows = [(each, _position(plan, each, ordered, dates)) for each in amounts]
    books = [
        Book([_entry(each, at, low=low) for each, at in rows], plan.remainder, room)
        for low in (True, False)
    ]
    cause: Any = because()
    for position, payment in enumerate(ordered):
        new = [each.amount for each, at in rows if at == position]
        available = plan.available(payment)
        cap = plan.cap(payment) if plan.cap is not None else None
        cause = because(cause, available, cap, *new)
        least, most = _ends(available)
        if None in (least, most) or isinstance(cap, Unknown) or _unbounded(new):
            return _unknown(plan, ordered[position:], cause)
        few, many = books[0].pay(position, most, cap), books[1].pay(position, least, cap)
        _write(plan, payment, few, many, most, cause)
        plan.finish(payment)
        cause = _correct(plan, payment, position, dates, books, cause)
    beyond = [each.amount for each, at in rows if at >= len(ordered)]
    cause = because(cause, *beyond)
    if not cause.needs:
        return books[0].outstanding
    if _unbounded(beyond):
        return cause
    return because(cause, low=books[0].outstanding, high=books[1].outstanding)


def _unbounded(values: list[Any]) -> bool:
    return any(isinstance(each, Unknown) and None in (each.low, each.high) for each in values)


def _write(plan: Plan, payment: Record, few: Line, many: Line, most: Number, cause: Any) -> None:
    """Write a line, or its bounds: all but ``set_off`` grow from *few* to *many*."""
    if not cause.needs:
        for name, index in plan.outputs.items():
            payment[index] = getattr(few, name)
        payment.postings = few.postings
        payment.moved = few.moved
        return
    for name, index in plan.outputs.items():
        low, high = sorted((getattr(few, name), getattr(many, name)))
        if name == "set_off":
            low, high = _set_off_bounds(few, many)
            high = max(low, min(high, most))
        payment[index] = because(cause, low=low, high=high)


def _set_off_bounds(few: Line, many: Line) -> tuple[Number, Number]:
    """What comes in and neither lapses nor goes on was set off."""
    incoming = [each.brought_forward + each.determined + each.corrected for each in (few, many)]
    outgoing = [each.lapsed + each.carried_forward for each in (few, many)]
    ends = few.set_off, many.set_off
    return (
        min(max(0, incoming[0] - outgoing[1]), *ends),
        max(incoming[1] - outgoing[0], *ends),
    )


def _correct(
    plan: Plan,
    payment: Record,
    position: int,
    dates: list[Any],
    books: list[Book],
    cause: Any,
) -> Any:
    """What was really paid, less what is due, goes to the next payment."""
    if plan.paid is None or plan.corrections != "next_payment":
        return cause
    paid, due = payment[plan.paid], payment[plan.pays]
    if isinstance(paid, Unknown):
        return cause
    least, most = _ends(due)
    if least is None or most is None:
        return because(cause, due)
    for book, net in zip(books, (most, least), strict=True):
        if paid != net:
            entry = Entry(
                _name(payment),
                paid - net,
                dates[position],
                position + 1,
                correction=True,
                keyed=_key(payment) is not None,
            )
            book.enter(entry)
    return because(cause, due)


def _ends(value: Any) -> tuple[Any, Any]:
    return (value.low, value.high) if isinstance(value, Unknown) else (value, value)


def _date_key(value: Any) -> dt.date:
    return dt.date.max if isinstance(value, Unknown) else value


def _entry(each: _Amount, position: int, *, low: bool) -> Entry:
    amount = _ends(each.amount)[0 if low else 1]
    known = 0 if amount is None else amount
    return Entry(
        each.name, known, each.on, position, each.clauses, keyed=each.keyed, cause=each.cause
    )


def _position(plan: Plan, each: _Amount, ordered: list[Record], dates: list[dt.date]) -> int:
    """The payment that an entry is set off against first."""
    first = next((n for n, date in enumerate(dates) if date >= each.on), len(dates))
    if plan.assign == "following" and each.payment is not None:
        own = next(n for n, record in enumerate(ordered) if record is each.payment)
        return max(own + 1, first)
    return first + 1 if plan.assign == "following" else first


def _amounts(
    plan: Plan, payments: list[Record], home: Record | None
) -> tuple[list[_Amount], list[Any]]:
    """The entries of all sources, and the doubts about which entries there are at all."""
    found: list[_Amount] = []
    doubts: list[Any] = []
    for each in plan.amounts:
        source = each.source
        silent = _listed_elsewhere(source, home)
        for record, payment in _records(plan, source, payments, home):
            if isinstance(record, Unknown):
                doubts += [] if silent else [record]
                continue
            value, date = each.amount(record), each.on(record)
            if value is NOT_APPLICABLE:
                continue
            if not isinstance(value, Unknown) and value < 0:
                message = "a deduction below zero cannot be set off"
                problem = Diagnostic(code="F125", message=message, where=record.path)
                raise FactsError([problem])
            if silent and isinstance(value, Unknown):  # it adds what is certain of it
                value = value.low or 0
            if isinstance(date, Unknown) and (isinstance(value, Unknown) or value != 0):
                doubts.append(date)
            elif not isinstance(date, Unknown):
                clauses = _clauses(source, record)
                cause = (record, each.decision) if each.decision else None
                name, keyed = _name(record), _key(record) is not None
                found.append(_Amount(name, keyed, value, date, payment, clauses, cause))
    return found, doubts


def _clauses(source: ir.LedgerSource, record: Record) -> tuple[str, ...]:
    """The clause that the entry itself names, or those of its source."""
    fact = record.level.fact(source.clause_from) if source.clause_from else None
    if fact is None or isinstance(record[fact.index], Unknown):
        return source.clauses
    return (record[fact.index],)


def _listed_elsewhere(source: ir.LedgerSource, home: Record | None) -> bool:
    """Whether the determinations are listed at another place, so that a silent source adds none."""
    if not source.skip_unknown_if_given or home is None:
        return False
    fact = home.level.fact(source.skip_unknown_if_given)
    return fact is not None and isinstance(home[fact.index], tuple)


def _records(
    plan: Plan, source: ir.LedgerSource, payments: list[Record], home: Record | None
) -> Iterator[tuple[Any, Record | None]]:
    """The records of a source, each with the payment that it stands under.

    A list that is not there yields its doubt instead of records.
    """
    if source.path[0] == plan.ledger.payments:
        for payment in payments:
            for record in _below(payment, source.path[1:]):
                yield record, payment
    elif home is not None:
        for record in _below(home, source.path):
            yield record, None


def _below(record: Record, path: tuple[str, ...]) -> Iterator[Any]:
    if not path:
        yield record
        return
    fact = record.level.fact(path[0])
    children = record[fact.index] if fact is not None else ()
    if isinstance(children, Unknown):
        if not children.absent:
            yield children
        return
    for child in children:
        yield from _below(child, path[1:])


def _key(record: Record) -> str | None:
    fact = record.level.fact(record.level.key) if record.level.key else None
    if fact is None or isinstance(record[fact.index], Unknown):
        return None
    return str(to_public(fact.type, record[fact.index]))


def _name(record: Record) -> str:
    """What an entry is called: the key of its record, or else where the document has it."""
    key = _key(record)
    return record.path if key is None else key


def _unknown(plan: Plan, payments: list[Record], cause: Any) -> Any:
    for payment in payments:
        for index in plan.outputs.values():
            payment[index] = because(cause)
        plan.finish(payment)
    return because(cause)
