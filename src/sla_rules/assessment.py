"""The result of an assessment: exact values, their status, what is still needed, and why."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, Self

import attrs

from sla_rules.diagnostics import Span, nearest
from sla_rules.facts.records import Record, child_lists
from sla_rules.facts.shapes import Given
from sla_rules.facts.values import to_public
from sla_rules.language import program as ir
from sla_rules.language.types import Type
from sla_rules.language.walk import reads
from sla_rules.quantities import Limit, exact_decimal
from sla_rules.unknown import NOT_APPLICABLE, Unknown
from sla_rules.worktime import from_us

if TYPE_CHECKING:
    from sla_rules.explain.explanation import Explanation
    from sla_rules.rules import Rules

__all__ = ["Assessment", "LedgerEntry", "Note", "Posting", "Result", "recorded"]

Status = Literal["final", "provisional", "undetermined"]
_RANK: dict[Status, int] = {"final": 0, "provisional": 1, "undetermined": 2}


class Note(str):
    """A remark on a result: its text is its code, such as ``needs_ruling``.

    *where* is the path of the record, *span* the place of the rule that left it.
    """

    __slots__ = ("span", "where")

    where: str
    span: Span

    def __new__(cls, code: str, where: str, span: Span) -> Self:
        """A remark of the given code about the record at *where*."""
        note = super().__new__(cls, code)
        note.where = where
        note.span = span
        return note

    def __reduce__(self) -> Any:
        return (Note, (str(self), self.where, self.span))


@attrs.frozen
class Posting:
    """A part of a deduction that the ledger settled with this payment.

    *amount* is exact: Decimal where it has a finite expansion, else Fraction.
    """

    entry: str
    amount: Decimal | Fraction
    clauses: tuple[str, ...]


@attrs.frozen
class LedgerEntry:
    """What became of a deduction at a payment: what came in, and where it went.

    For each entry ``brought_forward + determined + corrected = set_off + lapsed +
    carried_forward``; over all entries of a payment each amount sums to the result of that name.
    *corrected* is what an earlier payment was paid too much, *top_up* what it fell short, both
    under the name of that payment.  *lapsed_by* says by which rule a part lapsed: ``cap``,
    ``total_cap``, ``remainder``.  Amounts are exact: Decimal where finite, else Fraction.
    """

    entry: str
    clauses: tuple[str, ...]
    brought_forward: Decimal | Fraction
    determined: Decimal | Fraction
    corrected: Decimal | Fraction
    set_off: Decimal | Fraction
    top_up: Decimal | Fraction
    lapsed: Decimal | Fraction
    carried_forward: Decimal | Fraction
    lapsed_by: tuple[str, ...] = ()


@attrs.frozen
class Result:
    """One decision of an assessment.

    *value* is exact: Decimal where it has a finite expansion, else Fraction; text for a choice;
    None while it is not known.  *low* and *high* bound a number that is not known yet, *options*
    list the possible values of a choice, *needs* the paths of the facts that would settle it.
    *given* is set when the figure was given instead of computed.
    """

    decision: str
    value: Any
    status: Status
    low: Any = None
    high: Any = None
    options: tuple[Any, ...] = ()
    needs: tuple[str, ...] = ()
    given: Given | None = None


@attrs.frozen(eq=False)
class Assessment:
    """The decisions of one record and, below it, of its children.

    Obtained from :meth:`Rules.assess`.  Read a value with ``a["total"]``, everything about it
    with ``a.result("total")``, why with ``a.explain("total")``.

    >>> import sla_rules as sla
    >>> a = sla.load("gz-npc-2023").assess(
    ...     {"id": "P1", "amount": 300000, "pay_on": "2024-04-15",
    ...      "months": [{"month": "2024-03", "total": "84.5"}]}, level="payment")
    >>> a["grade"], a["gross"], a.result("net").status
    ('良', Decimal('288000.00'), 'undetermined')
    >>> a.result("net").needs[:2]
    ('months[0].catalogue_completed', 'months[0].catalogue_completion_rate')
    """

    rules: "Rules" = attrs.field(repr=False)
    _record: Record = attrs.field(repr=False)

    def __repr__(self) -> str:
        return f"<Assessment of {self.level} {self.id!r} under {self.rules.id}: {self.status}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Assessment) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.to_json())

    @property
    def level(self) -> str:
        """The level of the record: incident, month, payment, contract."""
        return self._record.level.name

    @property
    def id(self) -> str | None:
        """The key of the record as text; None if its level has none or it is not given."""
        fact = self._record.level.fact(self._record.level.key)
        if fact is None or isinstance(self._record[fact.index], Unknown):
            return None
        return str(to_public(fact.type, self._record[fact.index]))

    @property
    def path(self) -> str:
        """Where the record stands in the document: ``payments[0].months[2]``; "" at its top."""
        return self._record.path

    @property
    def children(self) -> tuple["Assessment", ...]:
        """The assessments of all child records that are decided on, in their declared order."""
        return tuple(
            Assessment(self.rules, child)
            for _, children in child_lists(self._record)
            for child in children
            if child.level.decisions
        )

    def child(self, fact: str) -> tuple["Assessment", ...]:
        """The assessments of the records of one list: ``a.child("payments")``."""
        found = self._record.level.fact(fact)
        if found is None or found.type.kind not in ("list", "record"):
            raise self._unknown_name(fact, "list of records", self._lists())
        children = self._record[found.index]
        if isinstance(children, Unknown):
            return ()
        several = children if isinstance(children, tuple) else (children,)
        return tuple(Assessment(self.rules, each) for each in several)

    def _lists(self) -> list[str]:
        kinds = ("list", "record")
        return [fact.name for fact in self._record.level.facts if fact.type.kind in kinds]

    def walk(self, level: str | None = None) -> Iterator["Assessment"]:
        """This assessment and all below it, or only those of one level.

        Raises KeyError with the nearest name when the ruleset has no such level.
        """
        levels = self.rules.program.levels
        if level is not None and level not in levels:
            raise self._unknown_name(level, "level below it called", list(levels))
        if level is None or self.level == level:
            yield self
        for child in self.children:
            yield from child.walk(level)

    def decisions(self) -> tuple[str, ...]:
        """The names of the decisions, in the order of the ruleset."""
        return tuple(each.name for each in self._record.level.decisions if each.type.kind != "row")

    def __getitem__(self, name: str) -> Any:
        """The value of a decision or fact; None while it is not known.

        Raises KeyError with the nearest name when there is none.
        """
        decision = self._record.level.decision(name)
        if decision is not None:
            return self.result(name).value
        fact = self._record.level.fact(name)
        if fact is None or fact.type.kind in ("list", "record"):
            raise self._unknown_name(name, "decision or fact", self._names())
        value = self._record[fact.index]
        return None if isinstance(value, Unknown) else self._public(fact.type, value)

    def __contains__(self, name: object) -> bool:
        return name in self._names()

    def _names(self) -> list[str]:
        level = self._record.level
        return [each.name for each in level.decisions] + [each.name for each in level.facts]

    def _unknown_name(self, name: str, what: str, known: list[str]) -> KeyError:
        message = f"level {self.level!r} has no {what} {name!r}"
        hint = nearest(name, known)
        return KeyError(f"{message}; {hint}" if hint else message)

    def result(self, name: str) -> Result:
        """Everything about one decision; KeyError when there is none of that name."""
        decision = self._record.level.decision(name)
        if decision is None or decision.type.kind == "row":
            raise self._unknown_name(name, "decision", list(self.decisions()))
        value = self._record[decision.index]
        given = self._record.given.get(decision.index)
        if value is NOT_APPLICABLE:
            return Result(decision=name, value=None, status="final", given=given)
        if not isinstance(value, Unknown):
            shown = self._public(decision.type, value)
            return Result(decision=name, value=shown, status="final", given=given)
        return self._open_result(decision, value)

    def _open_result(self, decision: ir.Decision, value: Unknown) -> Result:
        kind = decision.type
        options = tuple(self._public(kind, each) for each in value.options or ())
        settled = value.settled
        return Result(
            decision=decision.name,
            value=None if settled is None else self._public(kind, settled),
            status="provisional" if value.open or settled is not None else "undetermined",
            low=None if value.low is None else self._public(kind, value.low),
            high=None if value.high is None else self._public(kind, value.high),
            options=options,
            needs=tuple(sorted(value.needs)),
        )

    def _public(self, kind: Type, value: Any) -> Any:
        """The value as it is handed out."""
        if kind.kind == "instant":
            return from_us(value, self.rules.program.timezone)
        if kind.kind == "limit":
            return str(Limit(value) if isinstance(value, int) else value)
        value = to_public(kind, value)
        if kind.kind == "number" and kind.show == "duration" and isinstance(value, int):
            return timedelta(microseconds=value)
        if kind.kind == "number":
            exact = exact_decimal(value)
            if kind.show == "money" and isinstance(exact, Decimal):
                return _in_cents(exact)
            return exact
        return value

    def _relevant(self) -> tuple[str, ...]:
        """The decisions that something rests on: what only feeds a given figure does not count."""
        level, given = self._record.level, self._record.given
        if not given:
            return self.decisions()
        read_by = {each.index: reads(each, self.rules.readings) for each in level.decisions}
        feeding = {index for indexes in read_by.values() for index in indexes}
        waiting = [index for index in read_by if index not in feeding]
        used: set[int] = set()
        while waiting:
            index = waiting.pop()
            if index in read_by and index not in used:
                used.add(index)
                waiting += () if index in given else read_by[index]
        return tuple(
            each.name for each in level.decisions if each.index in used and each.type.kind != "row"
        )

    @property
    def status(self) -> Status:
        """``final``; ``provisional`` while something is open; ``undetermined`` while facts lack."""
        worst: Status = "final"
        for name in self._relevant():
            status = self.result(name).status
            worst = max(worst, status, key=_RANK.__getitem__)
        if worst == "final" and "calendar_provisional" in self.notes:
            return "provisional"
        return worst

    @property
    def needs(self) -> tuple[str, ...]:
        """The paths of all facts that the decisions still wait for."""
        found = {need for name in self._relevant() for need in self.result(name).needs}
        return tuple(sorted(found))

    @property
    def notes(self) -> tuple[Note, ...]:
        """The remarks on this record and everything below it, each once."""
        found: dict[tuple[str, str], Note] = {}
        for record in _below(self._record):
            for code, span in record[0]:
                found.setdefault((code, record.path), Note(code, record.path, span))
        return tuple(found.values())

    @property
    def postings(self) -> tuple[Posting, ...]:
        """Which deductions the ledger settled with this payment, and how much of each."""
        return tuple(
            Posting(each.entry, exact_decimal(each.amount), each.clauses)
            for each in self._record.postings
        )

    @property
    def ledger(self) -> tuple[LedgerEntry, ...]:
        """What became of each deduction at this payment; nothing while that is not known."""
        return tuple(
            LedgerEntry(
                entry=each.entry,
                clauses=each.clauses,
                brought_forward=exact_decimal(each.brought_forward),
                determined=exact_decimal(each.determined),
                corrected=exact_decimal(each.corrected),
                set_off=exact_decimal(each.set_off),
                top_up=exact_decimal(each.top_up),
                lapsed=exact_decimal(each.lapsed),
                carried_forward=exact_decimal(each.carried_forward),
                lapsed_by=each.lapsed_by,
            )
            for each in self._record.moved
        )

    def explain(self, decision: str, lang: str = "zh") -> "Explanation":
        """Why a decision is what it is: a tree that prints as sentences.

        Every node has the clause, the reading used, the inputs and the arithmetic.
        """
        from sla_rules.explain.tree import explain

        self.result(decision)
        return explain(self.rules, self._record, decision, lang)

    def to_dict(self) -> dict[str, Any]:
        """The whole assessment as JSON-able data with stable keys; numbers are exact text."""
        record = self._record
        data: dict[str, Any] = {
            "ruleset": self.rules.id,
            "version": self.rules.version,
            "readings": dict(self.rules.readings),
            **self.own_dict(record),
        }
        return data

    def own_dict(self, record: Record) -> dict[str, Any]:
        """The part of :meth:`to_dict` that is about one record and its children."""
        results = {name: result_dict(self.result(name)) for name in self.decisions()}
        data: dict[str, Any] = {
            "level": self.level,
            "id": self.id,
            "status": self.status,
            "decisions": results,
        }
        notes = [{"code": str(note), "where": note.where} for note in self._own_notes()]
        if notes:
            data["notes"] = notes
        if self.postings:
            data["postings"] = [
                {"entry": each.entry, "amount": str(each.amount), "clauses": list(each.clauses)}
                for each in self.postings
            ]
        children = {
            fact.name: [
                Assessment(self.rules, each).own_dict(each)
                for each in several
                if each.level.decisions
            ]
            for fact, several in child_lists(record)
        }
        if any(children.values()):
            data["children"] = {name: each for name, each in children.items() if each}
        return data

    def _own_notes(self) -> tuple[Note, ...]:
        path = self._record.path
        return tuple(note for note in self.notes if note.where == path)

    def to_json(self, *, indent: int | None = None) -> str:
        """:meth:`to_dict` as JSON text with sorted keys."""
        return json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True, indent=indent)


def recorded(assessment: Assessment) -> Record:
    """The record below an assessment, with what the evaluator knows of it; for this package."""
    return assessment._record  # noqa: SLF001  # the one way to it


def _below(record: Record) -> Iterator[Record]:
    yield record
    for _, children in child_lists(record):
        for child in children:
            yield from _below(child)


def json_value(value: Any) -> Any:
    """A value as JSON: exact numbers and instants become text."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Decimal | Fraction):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def result_dict(result: Result) -> dict[str, Any]:
    """A result as JSON-able data."""
    data: dict[str, Any] = {"value": json_value(result.value), "status": result.status}
    for name in ("low", "high"):
        if getattr(result, name) is not None:
            data[name] = json_value(getattr(result, name))
    if result.options:
        data["options"] = [json_value(option) for option in result.options]
    if result.needs:
        data["needs"] = list(result.needs)
    if result.given is not None:
        given: Mapping[str, Any] = attrs.asdict(result.given)
        data["given"] = {
            key: json_value(value) for key, value in given.items() if value is not None
        }
    return data


def _in_cents(amount: Decimal) -> Decimal:
    """An amount with two decimal places where it has fewer, however large it is.

    Its digits are put down, not computed with: arithmetic of decimals has a precision that an
    exact amount can be beyond.
    """
    sign, digits, places = amount.as_tuple()
    missing = places + 2 if isinstance(places, int) else 0
    if missing < 0 or not isinstance(places, int):
        return amount
    return Decimal((sign, (*digits, *(0,) * missing), -2))
