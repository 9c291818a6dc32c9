"""The book of a ledger: entries settled payment by payment, with exact amounts.

Every yuan that comes in is set off, lapses by the contract, or goes on; nothing is dropped, and
nothing is taken that a payment does not have.
"""

import datetime as dt
from typing import Any

import attrs

from sla_rules.quantities import Number

__all__ = ["Book", "Entry", "Line", "Moved", "Posting"]


@attrs.frozen
class Entry:
    """An amount to set off: what it is of, when it was determined, by which clauses.

    A *correction* is what an earlier payment was paid too much, or, negative, too little: it is
    no deduction, so no cap and no lapse touches it.  *keyed* says that the name is the key of a
    record, and not the place where a document happens to write it.  *cause* is the record and the
    decision that the amount comes from, for explanations.
    """

    name: str
    amount: Number
    on: dt.date
    position: int
    clauses: tuple[str, ...] = ()
    correction: bool = False
    keyed: bool = True
    cause: Any = attrs.field(default=None, eq=False, repr=False)


@attrs.frozen
class Posting:
    """A part of an entry that was settled with one payment; *keyed* as that entry is."""

    entry: str
    amount: Number
    clauses: tuple[str, ...]
    keyed: bool = True
    cause: Any = attrs.field(default=None, eq=False, repr=False)


@attrs.frozen
class Moved:
    """What became of one entry at one payment; each amount is its part of that of the line.

    *lapsed_by* are the rules by which a part lapsed: cap, total_cap, remainder.  *cut_by* are the
    caps that let less of it be settled than there was and the payment could bear: what exceeds
    them lapsed, or waits.
    """

    entry: str
    clauses: tuple[str, ...]
    brought_forward: Number
    determined: Number
    corrected: Number
    set_off: Number
    top_up: Number
    lapsed: Number
    carried_forward: Number
    lapsed_by: tuple[str, ...]
    cut_by: tuple[str, ...]


@attrs.frozen
class Line:
    """What happened at one payment.

    ``brought_forward + determined + corrected = set_off + lapsed + carried_forward``; *top_up*
    is what the payment brings in addition because an earlier one fell short.
    """

    brought_forward: Number
    determined: Number
    corrected: Number
    set_off: Number
    top_up: Number
    lapsed: Number
    carried_forward: Number
    postings: tuple[Posting, ...]
    moved: tuple[Moved, ...]

    @property
    def cut_by(self) -> frozenset[str]:
        """The caps that cut a deduction at this payment."""
        return frozenset(rule for each in self.moved for rule in each.cut_by)


def _settled_first(each: Entry) -> tuple[dt.date, str, tuple[str, ...]]:
    """What is settled first: by date, key and clauses.

    Entries without a key stand in the order of their level, and stay so.
    """
    return each.on, each.name if each.keyed else "", each.clauses


@attrs.define
class _Open:
    """An entry and what is left of it; and what became of it at this payment.

    What it *had* was brought forward, unless it is *new*.
    """

    entry: Entry
    left: Number
    had: Number
    new: bool = True
    lapsed: Number = 0
    lapsed_by: list[str] = attrs.field(factory=list)
    held_back: bool = False

    def lapse(self, amount: Number, rule: str) -> None:
        """Let a part lapse by a rule."""
        if amount > 0:
            self.left -= amount
            self.lapsed += amount
            self.lapsed_by.append(rule)

    def moved(self) -> Moved:
        """What became of it."""
        entry = self.entry
        owed = entry.correction and entry.amount < 0
        cut = [rule for rule in self.lapsed_by if rule != "remainder"]
        return Moved(
            entry=entry.name,
            clauses=entry.clauses,
            brought_forward=0 if self.new else self.had,
            determined=self.had if self.new and not entry.correction else 0,
            corrected=self.had if self.new and entry.correction and not owed else 0,
            set_off=0 if owed else self.had - self.lapsed - self.left,
            top_up=-self.had if owed else 0,
            lapsed=self.lapsed,
            carried_forward=0 if owed else self.left,
            lapsed_by=tuple(self.lapsed_by),
            cut_by=tuple(dict.fromkeys((*cut, *(("cap",) if self.held_back else ())))),
        )


class Book:
    """The entries that wait for a payment, and those that a payment could not bear."""

    def __init__(self, entries: list[Entry], remainder: str, total_cap: Number | None) -> None:
        self._waiting = list(entries)
        self._open: list[_Open] = []
        self._lapses = remainder == "lapses"
        self._room = total_cap

    def pay(self, position: int, available: Number, cap: Number | None) -> Line:
        """Settle the payment at *position*: at most *available*, of deductions at most *cap*."""
        brought = _total(self._open)
        self._open = [_Open(each.entry, each.left, each.left, new=False) for each in self._open]
        new = [each for each in self._waiting if each.position <= position]
        new.sort(key=_settled_first)
        self._waiting = [each for each in self._waiting if each.position > position]
        deductions = [_Open(each, each.amount, each.amount) for each in new if not each.correction]
        corrections = [_Open(each, each.amount, each.amount) for each in new if each.correction]
        self._admit(deductions, cap)
        self._open += deductions
        self._open += [each for each in corrections if each.left > 0]
        postings = self._set_off(available, cap)
        if self._lapses:
            for each in self._open:
                if not each.entry.correction:
                    each.lapse(each.left, "remainder")
        moved = [each for each in self._open if each.had]
        moved += [each for each in corrections if each.left < 0]
        self._open = [each for each in self._open if each.left > 0]
        return Line(
            brought_forward=brought,
            determined=sum(each.had for each in deductions),
            corrected=sum(each.had for each in corrections if each.had > 0),
            set_off=sum(posting.amount for posting in postings),
            top_up=-sum(each.had for each in corrections if each.had < 0),
            lapsed=sum(each.lapsed for each in moved),
            carried_forward=_total(self._open),
            postings=tuple(postings),
            moved=tuple(each.moved() for each in moved),
        )

    def _admit(self, entries: list[_Open], cap: Number | None) -> None:
        """The deductions within the caps, first come first; what exceeds them lapses."""
        for each in entries:
            part = each.left if cap is None else min(each.left, cap)
            each.lapse(each.left - part, "cap")
            part = part if self._room is None else min(part, self._room)
            each.lapse(each.left - part, "total_cap")
            cap = None if cap is None else cap - part
            self._room = None if self._room is None else self._room - part

    def _set_off(self, available: Number, cap: Number | None) -> list[Posting]:
        """Take what is open from the payment, oldest first."""
        postings: list[Posting] = []
        for each in self._open:
            part = min(each.left, available)
            if cap is not None and not each.entry.correction:
                each.held_back = part > cap
                part = min(part, cap)
                cap -= part
            if part > 0:
                each.left -= part
                available -= part
                entry = each.entry
                postings.append(Posting(entry.name, part, entry.clauses, entry.keyed, entry.cause))
        return postings

    def enter(self, entry: Entry) -> None:
        """Enter what turned out while paying."""
        self._waiting.append(entry)

    @property
    def outstanding(self) -> Number:
        """What no payment is left for; negative when the payer still owes."""
        return _total(self._open) + sum(each.amount for each in self._waiting)


def _total(entries: list[_Open]) -> Number:
    return sum(each.left for each in entries)
