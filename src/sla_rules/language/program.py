"""The program: a closed, frozen, typed ruleset.  Every reader walks these nodes.

Every node knows its type and its place; every name is bound to a slot of its level's record.
A :class:`Choice` keeps all alternatives of a reading, so that one program serves every reading.
Slot 0 of a record is reserved for the evaluator; facts and decisions follow.
"""

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import attrs

from sla_rules.diagnostics import Span
from sla_rules.language.types import Type
from sla_rules.quantities import Limit, Number

__all__ = [
    "Aggregate",
    "Arithmetic",
    "Band",
    "BandInput",
    "BandSet",
    "Call",
    "Choice",
    "Clause",
    "Column",
    "Comparison",
    "Condition",
    "Constant",
    "Deadline",
    "Decision",
    "Elapsed",
    "Fact",
    "Interval",
    "Ledger",
    "Level",
    "Logic",
    "Membership",
    "Negation",
    "Node",
    "Overrun",
    "ParameterRef",
    "Program",
    "Reading",
    "Scorecard",
    "SlotRef",
    "Table",
    "Test",
    "Through",
    "Units",
]

Value = Number | str | bool | Limit | dt.date | None


@attrs.frozen
class Titles:
    """A title in both languages."""

    zh: str
    en: str

    def of(self, lang: str) -> str:
        """The title in *lang*."""
        return self.en if lang == "en" else self.zh


@attrs.frozen(kw_only=True)
class Constant:
    """A literal of the text."""

    value: Value
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class SlotRef:
    """A fact or decision of the same record."""

    name: str
    index: int
    decision: bool
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class ParameterRef:
    """A named constant."""

    name: str
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class BandInput:
    """The ``x`` of a band's output."""

    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Arithmetic:
    """``+ - * /``; unary minus is ``0 - x``."""

    op: str
    left: "Node"
    right: "Node"
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Comparison:
    """``== != < <= > >=``."""

    op: str
    left: "Node"
    right: "Node"
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Logic:
    """``and``, ``or`` in three values."""

    op: str
    left: "Node"
    right: "Node"
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Negation:
    """``not x``."""

    operand: "Node"
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Condition:
    """``if c then a else b``."""

    condition: "Node"
    then: "Node"
    otherwise: "Node"
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Membership:
    """``x in [a, b]``."""

    item: "Node"
    options: tuple["Node", ...]
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Call:
    """A function of values; ``otherwise`` is one too."""

    function: str
    arguments: tuple["Node", ...]
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Through:
    """A value of a nested single record."""

    record: SlotRef
    inner: "Node"
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Aggregate:
    """A function over child records: *path* leads to them, *element* is taken of each."""

    function: str
    path: tuple[SlotRef, ...]
    level: str
    element: "Node | None"
    where: "Node | None"
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Choice:
    """The alternatives of a reading; which one holds is chosen outside the program."""

    reading: str
    options: Mapping[str, Any]
    type: Type
    span: Span = attrs.field(eq=False)

    def __hash__(self) -> int:
        return hash((self.reading, tuple(self.options)))


@attrs.frozen(kw_only=True)
class Interval:
    """A DMN interval; an end that is None is unbounded."""

    low: "Node | None"
    low_closed: bool
    high: "Node | None"
    high_closed: bool
    text: str


@attrs.frozen(kw_only=True)
class Test:
    """One unary test of a table cell: any, missing, given, equal, interval or not."""

    kind: str
    value: "Node | None" = None
    interval: Interval | None = None
    inner: tuple["Test", ...] = ()


@attrs.frozen(kw_only=True)
class Row:
    """A row of a table: tests for each input, outputs for each column."""

    cells: tuple[tuple[Test, ...], ...]
    texts: tuple[str, ...]
    outputs: tuple["Node", ...]
    clauses: tuple[str, ...]
    note: str
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Table:
    """A decision table; its value is the single output, or the row when there are columns."""

    on: tuple["Node", ...]
    hit: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Column:
    """One column of the row that a table decision selected."""

    table: SlotRef
    position: int
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Band:
    """One band: an interval and what it gives."""

    interval: Interval
    output: "Node"
    note: str
    clauses: tuple[str, ...]
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class BandSet:
    """A step function: *bands* is a tuple of :class:`Band` or a Choice between such tuples."""

    on: "Node"
    scale: str
    bands: Any
    domain: Interval | None
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Units:
    """How many units of *per* are in *of*; *count* is full, started or pro_rata, or a Choice."""

    of: "Node"
    per: "Node"
    count: Any
    free: "Node | None"
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class DayRule:
    """What one working day means; each part is text or a Choice of text."""

    rule: Any
    cutoff: Any
    receipt: Any


@attrs.frozen(kw_only=True)
class Deadline:
    """The instant at which *within* is used up on *calendar*, counted from *start*."""

    start: "Node"
    within: "Node"
    calendar: "Node"
    stops: "Aggregate | None"
    day_rule: DayRule | None
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Elapsed:
    """Working time from *start* to *end* on *calendar*."""

    start: "Node"
    end: "Node"
    calendar: "Node"
    stops: "Aggregate | None"
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Overrun:
    """(done - deadline) on *calendar*, as a share of *per*; negative when done early."""

    deadline: "Node"
    done: "Node"
    calendar: "Node"
    per: "Node"
    stops: "Aggregate | None"
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Section:
    """One section of a scorecard."""

    of: "Node"
    max: "Node"
    applies: "Node | None"
    clauses: tuple[str, ...]
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Scorecard:
    """The sum of the applicable sections, brought to *total* when *rescale* says so."""

    sections: tuple[Section, ...]
    total: "Node"
    rescale: "Node | None"
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class LedgerOutput:
    """A value that the ledger writes into each payment: set_off, carried_forward, …"""

    output: str
    type: Type
    span: Span = attrs.field(eq=False)


Node = (
    Constant
    | SlotRef
    | ParameterRef
    | BandInput
    | Arithmetic
    | Comparison
    | Logic
    | Negation
    | Condition
    | Membership
    | Call
    | Through
    | Aggregate
    | Choice
    | Table
    | Column
    | BandSet
    | Units
    | Deadline
    | Elapsed
    | Overrun
    | Scorecard
    | LedgerOutput
)


@attrs.frozen(kw_only=True)
class RoundingRule:
    """A declared rounding; *quantum* None means that this reading does not round."""

    quantum: Number | None
    mode: str
    clauses: tuple[str, ...]
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class NoteRule:
    """A remark on a record while *when* holds."""

    code: str
    when: Node
    text: Titles
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Fact:
    """A declared input."""

    name: str
    index: int
    type: Type
    title: Titles
    optional: bool
    open: bool
    default: Constant | None
    min: Constant | None
    max: Constant | None
    not_before: str
    from_parent: str
    unlisted: bool
    clauses: tuple[str, ...]
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Decision:
    """A named result of a level."""

    name: str
    index: int
    type: Type
    title: Titles
    body: Node
    applies: Node | None
    cap: Node | None
    floor: Node | None
    rounding: Any
    notes: tuple[NoteRule, ...]
    clauses: tuple[str, ...]
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Requirement:
    """What facts must satisfy."""

    that: Node
    message: Titles
    at: str
    clauses: tuple[str, ...]
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class LedgerSource:
    """A path of child records that are entries of the ledger."""

    path: tuple[str, ...]
    level: str
    amount: Node
    on: Node
    clauses: tuple[str, ...]
    skip_unknown_if_given: str
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Ledger:
    """Set-off of entries against the payments of a list, in order of their dates."""

    payments: str
    level: str
    date: Node
    available: Node
    pays: str
    sources: tuple[LedgerSource, ...]
    paid: str
    cap: Node | None
    total_cap: Node | None
    assign: Any
    remainder: Any
    corrections: Any
    clauses: tuple[str, ...]
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Level:
    """Records of one kind."""

    name: str
    title: Titles
    facts: tuple[Fact, ...]
    decisions: tuple[Decision, ...]
    key: str
    order: tuple[str, ...]
    interval: tuple[str, ...]
    disjoint: bool
    period: str
    require: tuple[Requirement, ...]
    ledger: Ledger | None
    span: Span = attrs.field(eq=False)

    @property
    def size(self) -> int:
        """How many slots a record of this level has."""
        return 1 + len(self.facts) + len(self.decisions)

    @cached_property
    def _facts(self) -> dict[str, Fact]:
        return {fact.name: fact for fact in self.facts}

    @cached_property
    def _decisions(self) -> dict[str, Decision]:
        return {decision.name: decision for decision in self.decisions}

    @cached_property
    def nested(self) -> tuple[Fact, ...]:
        """The facts that hold child records."""
        return tuple(fact for fact in self.facts if fact.type.kind in ("list", "record"))

    @cached_property
    def sequences(self) -> tuple[tuple[Fact, Fact], ...]:
        """Pairs of facts of which the first must not be before the second."""
        pairs = ((fact, self.fact(fact.not_before)) for fact in self.facts if fact.not_before)
        return tuple((fact, before) for fact, before in pairs if before is not None)

    @cached_property
    def inherited(self) -> tuple[Fact, ...]:
        """The facts that are taken from the parent record where they are not stated."""
        return tuple(fact for fact in self.facts if fact.from_parent)

    def fact(self, name: str) -> Fact | None:
        """The fact *name*, or None."""
        return self._facts.get(name)

    def decision(self, name: str) -> Decision | None:
        """The decision *name*, or None."""
        return self._decisions.get(name)


@attrs.frozen(kw_only=True)
class Clause:
    """A sentence of the contract."""

    id: str
    text: str
    title: Titles
    translation: str
    not_encoded: Titles | None
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Reading:
    """A silence of the text, its options and the one taken unless told otherwise."""

    id: str
    register: str
    clause: str
    question: Titles
    default: str
    options: Mapping[str, Titles]
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Parameter:
    """A named constant."""

    name: str
    type: Type
    title: Titles
    value: Node
    clauses: tuple[str, ...]
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Calendar:
    """The declaration of a working-time calendar; each part may be a Choice."""

    name: str
    hours: Any
    holidays: Any
    working_days: tuple[str, ...]
    overrides: Mapping[str, Any]
    make_up_like: str
    beyond: str
    day_length: Any
    zone: str
    title: Titles
    clauses: tuple[str, ...]
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Member:
    """A member of an enumeration."""

    name: str
    title: Titles
    aliases: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Program:
    """A whole ruleset, closed and typed; equal when id, version and source text are."""

    id: str
    version: str
    text_hash: str = ""
    title: Titles = attrs.field(eq=False)
    source: Titles | None = attrs.field(eq=False)
    currency: str = attrs.field(eq=False)
    timezone: str = attrs.field(eq=False)
    effective_from: dt.date | None = attrs.field(eq=False)
    effective_to: dt.date | None = attrs.field(eq=False)
    enums: Mapping[str, tuple[Member, ...]] = attrs.field(eq=False)
    calendars: Mapping[str, Calendar] = attrs.field(eq=False)
    clauses: Mapping[str, Clause] = attrs.field(eq=False)
    readings: Mapping[str, Reading] = attrs.field(eq=False)
    parameters: Mapping[str, Parameter] = attrs.field(eq=False)
    levels: Mapping[str, Level] = attrs.field(eq=False)
