"""The ledger: deductions set off against payments in order of their dates.

Every yuan of an entry is set off, carried, lapsed or outstanding; nothing is dropped and no
payment goes below zero.  Where an amount is not certain the ledger is settled at both ends of
its bounds: more entries or less money available never set off less or carry less, so the two
ends enclose every outcome.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from sla_rules.facts.records import Record
from sla_rules.facts.values import to_public
from sla_rules.language import program as ir
from sla_rules.quantities import Number
from sla_rules.unknown import NOT_APPLICABLE, Unknown, because

__all__ = ["Entry", "Line", "Posting", "settle"]


@attrs.frozen
class Entry:
    """An amount to set off: what it is of, when it was determined, by which clauses."""

    name: str
    amount: Number
    on: dt.date
    position: int
    clauses: tuple[str, ...] = ()


@attrs.frozen
class Posting:
    """A part of an entry that was settled with one payment."""

    entry: str
    amount: Number
    clauses: tuple[str, ...]


@attrs.frozen
class Line:
    """What the ledger did at one payment."""

    brought_forward: Number
    determined: Number
    set_off: Number
    top_up: Number
    lapsed: Number
    carried_forward: Number
    postings: tuple[Posting, ...]


@attrs.define
class _Open:
    """An entry and what is left of it."""

    entry: Entry
    left: Number


class Book:
    """One settlement with exact amounts, payment by payment."""

    def __init__(
        self, entries: list[Entry], remainder: str, total_cap: Number | None = None
    ) -> None:
        self._waiting = sorted(entries, key=lambda each: (each.position, each.on, each.name))
        self._open: list[_Open] = []
        self._lapses = remainder == "lapses"
        self._room = total_cap

    def pay(self, position: int, available: Number, cap: Number | None) -> Line:
        """Settle the payment at *position* with the money *available*, at most *cap* of it."""
        brought = _total(self._open)
        new = [_Open(each, each.amount) for each in self._waiting if each.position <= position]
        self._waiting = [each for each in self._waiting if each.position > position]
        credit = -sum(each.left for each in new if each.left < 0)
        fresh = [each for each in new if each.left > 0]
        capped, lapsed = _capped(fresh, cap)
        capped, beyond = _capped(capped, self._room)
        lapsed += beyond
        if self._room is not None:
            self._room -= _total(capped)
        self._open += capped
        money = available + credit
        postings: list[Posting] = []
        for each in self._open:
            part = min(each.left, money)
            if part > 0:
                each.left -= part
                money -= part
                postings.append(Posting(each.entry.name, part, each.entry.clauses))
        self._open = [each for each in self._open if each.left > 0]
        if self._lapses:
            lapsed += _total(self._open)
            self._open = []
        return Line(
            brought_forward=brought,
            determined=sum(each.entry.amount for each in fresh),
            set_off=sum(posting.amount for posting in postings),
            top_up=credit,
            lapsed=lapsed,
            carried_forward=_total(self._open),
            postings=tuple(postings),
        )

    def correct(self, entry: Entry) -> None:
        """Enter what turned out to be paid too much (or, negative, too little)."""
        self._waiting.append(entry)

    @property
    def outstanding(self) -> Number:
        """What no payment is left for."""
        return _total(self._open) + sum(each.amount for each in self._waiting)


def _total(entries: list[_Open]) -> Number:
    return sum(each.left for each in entries)


def _capped(entries: list[_Open], cap: Number | None) -> tuple[list[_Open], Number]:
    """The entries within the cap, first come first; what exceeds it lapses."""
    if cap is None:
        return entries, 0
    lapsed: Number = 0
    kept: list[_Open] = []
    for each in entries:
        part = min(each.left, cap)
        lapsed += each.left - part
        cap -= part
        if part > 0:
            kept.append(_Open(each.entry, part))
    return kept, lapsed


@attrs.frozen
class Plan:
    """A ledger with its parts compiled."""

    ledger: ir.Ledger
    date: Callable[[Record], Any]
    available: Callable[[Record], Any]
    cap: Callable[[Record], Any] | None
    total_cap: Callable[[Record], Any] | None
    amounts: tuple[tuple[ir.LedgerSource, Callable[[Record], Any], Callable[[Record], Any]], ...]
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
    """An entry whose amount may be unknown."""

    name: str
    amount: Any
    on: Any
    payment: Record | None
    clauses: tuple[str, ...]


def settle(plan: Plan, payments: tuple[Record, ...], home: Record | None) -> Any:
    """Write the ledger's outputs into each payment and finish it; return what is outstanding.

    *home* is the record that holds the payments, None when one payment is assessed alone.
    """
    ordered = sorted(payments, key=lambda each: _date_key(plan.date(each)))
    dates = [plan.date(each) for each in ordered]
    amounts = [each for each in _amounts(plan, ordered, home) if each.amount is not NOT_APPLICABLE]
    doubts: list[Any] = [each for each in dates if isinstance(each, Unknown)]
    doubts += [each.on for each in amounts if isinstance(each.on, Unknown) and each.amount != 0]
    if doubts:
        return _unknown(plan, ordered, because(*doubts))
    rows = [(each, _position(plan, each, ordered, dates)) for each in amounts]
    room = plan.total_cap(home) if plan.total_cap is not None and home is not None else None
    if isinstance(room, Unknown):
        return _unknown(plan, ordered, room)
    low = Book([_entry(each, at, low=True) for each, at in rows], plan.remainder, room)
    high = Book([_entry(each, at, low=False) for each, at in rows], plan.remainder, room)
    cause: Any = because(*(each.amount for each in amounts))
    unbounded = any(
        isinstance(each.amount, Unknown) and (each.amount.high is None or each.amount.low is None)
        for each in amounts
    )
    for position, payment in enumerate(ordered):
        available = plan.available(payment)
        cap = plan.cap(payment) if plan.cap is not None else None
        if isinstance(available, Unknown) or isinstance(cap, Unknown):
            cause = because(cause, available, cap)
        least, most = _ends(available)
        cap_low, cap_high = _ends(cap)
        if unbounded or least is None or most is None:
            return _unknown(plan, ordered[position:], because(cause, available, cap))
        few = low.pay(position, most, cap_low)
        many = high.pay(position, least, cap_high)
        _write(plan, payment, few, many, cause)
        plan.finish(payment)
        cause = _correct(plan, payment, position, dates, (low, high), cause)
    outstanding_low, outstanding_high = low.outstanding, high.outstanding
    if outstanding_low == outstanding_high and not cause.needs:
        return outstanding_low
    return because(cause, low=outstanding_low, high=outstanding_high)


def _write(plan: Plan, payment: Record, few: Line, many: Line, cause: Any) -> None:
    """Write a line, or its bounds: all but ``set_off`` grow from *few* to *many*."""
    if not cause.needs:
        for name, index in plan.outputs.items():
            payment[index] = getattr(few, name)
        payment.postings = few.postings
        return
    for name, index in plan.outputs.items():
        low, high = sorted((getattr(few, name), getattr(many, name)))
        if name == "set_off":
            low, high = _set_off_bounds(few, many)
        payment[index] = because(cause, low=low, high=high)


def _set_off_bounds(few: Line, many: Line) -> tuple[Number, Number]:
    """What comes in and neither lapses nor goes on was set off."""
    incoming = few.brought_forward + few.determined, many.brought_forward + many.determined
    outgoing = few.lapsed + few.carried_forward, many.lapsed + many.carried_forward
    low = max(0, incoming[0] - outgoing[1])
    return min(low, few.set_off, many.set_off), max(
        incoming[1] - outgoing[0], few.set_off, many.set_off
    )


def _correct(
    plan: Plan,
    payment: Record,
    position: int,
    dates: list[Any],
    books: tuple[Book, Book],
    cause: Any,
) -> Any:
    """What was really paid, less what is due, goes to the next payment."""
    if plan.paid is None or plan.corrections != "next_payment":
        return cause
    paid, due = payment[plan.paid], payment[plan.pays]
    if isinstance(paid, Unknown):
        return cause
    lows_highs = _ends(due)
    if None in lows_highs:
        return because(cause, due)
    for book, net in zip(books, reversed(lows_highs), strict=True):
        difference = paid - net
        if difference:
            name = f"correction of {payment.place or 'the payment'}"
            book.correct(Entry(name, difference, dates[position], position + 1))
    return because(cause, due) if isinstance(due, Unknown) else cause


def _ends(value: Any) -> tuple[Any, Any]:
    return (value.low, value.high) if isinstance(value, Unknown) else (value, value)


def _date_key(value: Any) -> dt.date:
    return dt.date.max if isinstance(value, Unknown) else value


def _entry(each: _Amount, position: int, *, low: bool) -> Entry:
    amount = _ends(each.amount)[0 if low else 1]
    on = dt.date.min if isinstance(each.on, Unknown) else each.on
    return Entry(each.name, 0 if amount is None else amount, on, position, each.clauses)


def _position(plan: Plan, each: _Amount, ordered: list[Record], dates: list[dt.date]) -> int:
    """The payment that an entry is set off against first."""
    if plan.assign == "following" and each.payment is not None:
        return ordered.index(each.payment) + 1
    if isinstance(each.on, Unknown):
        return 0
    first = next((n for n, date in enumerate(dates) if date >= each.on), len(dates))
    return first + 1 if plan.assign == "following" else first


def _amounts(plan: Plan, payments: list[Record], home: Record | None) -> list[_Amount]:
    found: list[_Amount] = []
    for source, amount, on in plan.amounts:
        for record, payment in _records(plan, source, payments, home):
            value = amount(record)
            doubtful = isinstance(value, Unknown) and value is not NOT_APPLICABLE
            if doubtful and _listed_elsewhere(source, home):
                continue
            clauses = source.clauses
            found.append(_Amount(_name(record), value, on(record), payment, clauses))
    return found


def _listed_elsewhere(source: ir.LedgerSource, home: Record | None) -> bool:
    """Whether the determinations are listed at another place, so that a silent source adds none."""
    if not source.skip_unknown_if_given or home is None:
        return False
    fact = home.level.fact(source.skip_unknown_if_given)
    return fact is not None and isinstance(home[fact.index], tuple)


def _records(
    plan: Plan, source: ir.LedgerSource, payments: list[Record], home: Record | None
) -> list[tuple[Record, Record | None]]:
    """The records of a source, each with the payment that it stands under."""
    if source.path[0] == plan.ledger.payments:
        pairs: list[tuple[Record, Record | None]] = [(each, each) for each in payments]
        rest = source.path[1:]
    elif home is not None:
        pairs, rest = [(home, None)], source.path
    else:
        return []
    for name in rest:
        pairs = [(child, payment) for record, payment in pairs for child in _children(record, name)]
    return pairs


def _children(record: Record, name: str) -> tuple[Record, ...]:
    fact = record.level.fact(name)
    children = record[fact.index] if fact is not None else ()
    return () if isinstance(children, Unknown) else children


def _name(record: Record) -> str:
    fact = record.level.fact(record.level.key) if record.level.key else None
    if fact is None or isinstance(record[fact.index], Unknown):
        return record.path
    return str(to_public(fact.type, record[fact.index]))


def _unknown(plan: Plan, payments: list[Record], cause: Any) -> Any:
    for payment in payments:
        for index in plan.outputs.values():
            payment[index] = because(cause, low=0)
        plan.finish(payment)
    return because(cause, low=0)
