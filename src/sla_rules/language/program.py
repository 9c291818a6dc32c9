"""The program: a closed, frozen, typed ruleset.  Every reader walks it and its nodes.

Slot 0 of a record is reserved for the evaluator; facts and decisions follow.
"""

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import attrs

from sla_rules.diagnostics import Span
from sla_rules.language.nodes import (
    Aggregate,
    Arithmetic,
    Band,
    BandInput,
    BandSet,
    Call,
    Choice,
    Column,
    Comparison,
    Condition,
    Constant,
    Dated,
    DayRule,
    Deadline,
    Elapsed,
    Interval,
    LedgerOutput,
    Logic,
    Membership,
    Negation,
    Node,
    Outer,
    Overrun,
    ParameterRef,
    Previous,
    Rates,
    Row,
    Scorecard,
    Section,
    SlotRef,
    Table,
    Test,
    Through,
    Units,
    Value,
)
from sla_rules.language.types import Type
from sla_rules.quantities import Number

__all__ = [
    "Aggregate",
    "Arithmetic",
    "Band",
    "BandInput",
    "BandSet",
    "Calendar",
    "Call",
    "Choice",
    "Clause",
    "Column",
    "Comparison",
    "Condition",
    "Constant",
    "Dated",
    "DayRule",
    "Deadline",
    "Decision",
    "Elapsed",
    "Fact",
    "Interval",
    "Ledger",
    "LedgerOutput",
    "LedgerSource",
    "Level",
    "Logic",
    "Member",
    "Membership",
    "Moment",
    "Negation",
    "Node",
    "NoteRule",
    "Outer",
    "Overrun",
    "Parameter",
    "ParameterRef",
    "Previous",
    "Program",
    "Rates",
    "Reading",
    "Requirement",
    "RoundingRule",
    "Row",
    "Scale",
    "Scorecard",
    "Section",
    "SlotRef",
    "Table",
    "Test",
    "Through",
    "Titles",
    "Transition",
    "Units",
    "Value",
]


@attrs.frozen
class Titles:
    """A title in both languages."""

    zh: str
    en: str

    def of(self, lang: str) -> str:
        """The title in *lang*."""
        return self.en if lang == "en" else self.zh


@attrs.frozen(kw_only=True, eq=False)
class RoundingRule:
    """A declared rounding; *quantum* None means that this reading does not round."""

    quantum: Number | None
    mode: str
    clauses: tuple[str, ...]
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class NoteRule:
    """A remark on a record while *when* holds."""

    code: str
    when: Node
    text: Titles
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Fact:
    """A declared input.

    *step* is the resolution in which it is stated; *better* is 1 where more of it is better
    service, -1 where less is, 0 where nothing is said; *evidence* is recorded, not computed with.
    """

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
    step: Constant | None
    better: int
    evidence: bool
    acknowledge: Mapping[str, Titles]
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Decision:
    """A named result of a level.

    *min* and *max* are the range in which it must lie: a figure given beyond it is refused, and
    what is not known yet is bounded by it.  *better* is 1 where more is better for the supplier,
    -1 where less is, 0 where nothing is said.
    """

    name: str
    index: int
    type: Type
    title: Titles
    body: Node
    applies: Node | None
    cap: Node | None
    floor: Node | None
    min: Node | None
    max: Node | None
    rounding: Any
    notes: tuple[NoteRule, ...]
    clauses: tuple[str, ...]
    better: int
    acknowledge: Mapping[str, Titles]
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Requirement:
    """What facts must satisfy."""

    that: Node
    message: Titles
    at: str
    clauses: tuple[str, ...]
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class LedgerSource:
    """A path of child records that are entries of the ledger."""

    path: tuple[str, ...]
    level: str
    amount: Node
    on: Node
    clauses: tuple[str, ...]
    skip_unknown_if_given: str
    clause_from: str
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
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
    rounding: Any
    clauses: tuple[str, ...]
    acknowledge: Mapping[str, Titles]
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Level:
    """Records of one kind."""

    name: str
    title: Titles
    facts: tuple[Fact, ...]
    decisions: tuple[Decision, ...]
    key: str
    recurs: bool
    order: tuple[str, ...]
    series: tuple[str, ...]
    moment: Node | None
    interval: tuple[str, ...]
    disjoint: bool
    period: str
    require: tuple[Requirement, ...]
    ledger: Ledger | None
    acknowledge: Mapping[str, Titles]
    span: Span = attrs.field(eq=False)

    @cached_property
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


@attrs.frozen(kw_only=True, eq=False)
class Clause:
    """A sentence of the contract."""

    id: str
    text: str
    title: Titles
    translation: str
    not_encoded: Titles | None
    hash: str
    acknowledge: Mapping[str, Titles]
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Reading:
    """A silence of the text, its options and the one taken unless told otherwise."""

    id: str
    register: str
    clause: str
    question: Titles
    default: str
    options: Mapping[str, Titles]
    acknowledge: Mapping[str, Titles]
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Parameter:
    """A named constant."""

    name: str
    type: Type
    title: Titles
    value: Node
    clauses: tuple[str, ...]
    acknowledge: Mapping[str, Titles]
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Scale:
    """A named band set, bound once; the band sets that use it share its *bands*."""

    name: str
    title: Titles
    input: Type
    gives: Type
    bands: Any
    domain: Interval | None
    clauses: tuple[str, ...]
    acknowledge: Mapping[str, Titles]
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Calendar:
    """The declaration of a working-time calendar; each part may be a Choice.

    *seasons* are pairs of a span of days and its hours, which may be a Choice of their own.
    """

    name: str
    hours: Any
    holidays: Any
    working_days: tuple[str, ...]
    seasons: Any
    overrides: Mapping[str, Any]
    make_up_like: str
    beyond: str
    day_length: Any
    zone: str
    title: Titles
    clauses: tuple[str, ...]
    acknowledge: Mapping[str, Titles]
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Member:
    """A member of an enumeration."""

    name: str
    title: Titles
    aliases: tuple[str, ...]


@attrs.frozen(kw_only=True, eq=False)
class Moment:
    """An instant, date or month of a record, from its facts alone."""

    value: Node
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Transition:
    """Which moment of a record decides between this version and the one before it, by level.

    A moment is a :class:`Moment` or a Choice between several.
    """

    moments: Mapping[str, Any]
    clauses: tuple[str, ...]
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True)
class Program:
    """A whole ruleset, closed and typed; equal when id, version and source text are.

    *changed* says by what a program differs from its text, for one that was made of another; it
    is never the declaration of levels and facts.
    *inline* names those enumerations that stand at a fact instead of under ``enums``.
    *texts* are its files as they were read, *original* the contract in full, where a
    ``source.txt`` or ``contract.md`` lies beside them: what findings quote and look up.
    """

    id: str
    version: str
    text_hash: str = ""
    changed: str = ""
    title: Titles = attrs.field(eq=False)
    source: Titles | None = attrs.field(eq=False)
    currency: str = attrs.field(eq=False)
    timezone: str = attrs.field(eq=False)
    effective_from: dt.date | None = attrs.field(eq=False)
    effective_to: dt.date | None = attrs.field(eq=False)
    enums: Mapping[str, tuple[Member, ...]] = attrs.field(eq=False)
    inline: frozenset[str] = attrs.field(eq=False)
    calendars: Mapping[str, Calendar] = attrs.field(eq=False)
    clauses: Mapping[str, Clause] = attrs.field(eq=False)
    readings: Mapping[str, Reading] = attrs.field(eq=False)
    parameters: Mapping[str, Parameter] = attrs.field(eq=False)
    scales: Mapping[str, Scale] = attrs.field(eq=False)
    levels: Mapping[str, Level] = attrs.field(eq=False)
    notes: Mapping[str, Titles] = attrs.field(eq=False)
    transition: Transition | None = attrs.field(eq=False)
    acknowledge: Mapping[str, Titles] = attrs.field(eq=False)
    texts: Mapping[str, str] = attrs.field(factory=dict, eq=False, repr=False)
    original: str = attrs.field(default="", eq=False, repr=False)
    span: Span = attrs.field(eq=False)

    @cached_property
    def defaults(self) -> Mapping[str, str]:
        """Which option of each reading holds unless told otherwise."""
        return {name: reading.default for name, reading in self.readings.items()}
