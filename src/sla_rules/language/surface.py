"""The surface: one class for each form of the ruleset text, no logic.

Field metadata says how a field is read (see :mod:`sla_rules.language.structure`), so the
structuring stage and a schema generator walk the same description.
"""

from collections.abc import Callable
from typing import Any

import attrs

from sla_rules.diagnostics import Span

__all__ = [
    "Bands",
    "Body",
    "Calendar",
    "Clause",
    "Column",
    "Deadline",
    "Decision",
    "Elapsed",
    "Fact",
    "Ledger",
    "Level",
    "Overrun",
    "Parameter",
    "Phrase",
    "Rates",
    "Reading",
    "Requirement",
    "Row",
    "Ruleset",
    "Scale",
    "Scorecard",
    "Source",
    "Switch",
    "Table",
    "Transition",
    "Units",
]

Reader = Callable[..., Any]


def part(read: str, *, key: str = "", required: bool = False, default: Any = None) -> Any:
    """A field: which reader gives it form, under which key, and whether it must be there."""
    metadata = {"read": read, "key": key, "required": required}
    return attrs.field(default=default, metadata=metadata)


@attrs.frozen
class Source:
    """A scalar of the text: an expression, a name, a number, with its place."""

    text: str
    plain: bool
    span: Span = attrs.field(eq=False)


@attrs.frozen
class Phrase:
    """A title or sentence in Chinese and English."""

    zh: str
    en: str
    span: Span = attrs.field(eq=False)


@attrs.frozen
class Switch:
    """``by: reading`` with one alternative for each of its options."""

    reading: Source
    options: dict[str, Any]
    span: Span = attrs.field(eq=False)
    places: dict[str, Span] = attrs.field(eq=False, factory=dict)


@attrs.frozen(kw_only=True, eq=False)
class Clause:
    """A sentence of the contract with its exact text."""

    text: Source = part("scalar", required=True)
    title: Phrase | None = part("phrase")
    translation: Source | None = part("scalar")
    not_encoded: Phrase | None = part("phrase")
    hash: Source | None = part("scalar")
    acknowledge: dict[str, Phrase] = part("phrases", default={})
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Reading:
    """A silence of the text made a named choice."""

    question: Phrase = part("phrase", required=True)
    default: Source = part("scalar", required=True)
    options: dict[str, Phrase] = part("phrases", required=True)
    register: Source | None = part("scalar")
    clause: Source | None = part("scalar")
    acknowledge: dict[str, Phrase] = part("phrases", default={})
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Member:
    """One member of an enumeration."""

    title: Phrase | None = part("phrase")
    aliases: tuple[Source, ...] = part("scalars", default=())
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Parameter:
    """A named constant of the contract."""

    value: "Source | Switch" = part("switched", required=True)
    title: Phrase | None = part("phrase")
    clause: tuple[Source, ...] = part("scalars", default=())
    type: Source | None = part("scalar")
    acknowledge: dict[str, Phrase] = part("phrases", default={})
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Calendar:
    """Working hours, holidays and overlays."""

    hours: Any = part("switched_hours", required=True)
    holidays: "Source | Switch | tuple[Source, ...] | None" = part("holidays")
    working_days: tuple[Source, ...] = part("scalars", default=())
    seasons: "dict[str, Any] | Switch" = part("seasons", default={})
    overrides: dict[str, Any] = part("overrides", default={})
    make_up_like: Source | None = part("scalar")
    beyond: Source | None = part("scalar")
    day_length: "Source | Switch | None" = part("switched")
    title: Phrase | None = part("phrase")
    clause: tuple[Source, ...] = part("scalars", default=())
    zone: Source | None = part("scalar")
    acknowledge: dict[str, Phrase] = part("phrases", default={})
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Fact:
    """A declared input of a level."""

    type: Any = part("fact_type", required=True)
    title: Phrase | None = part("phrase")
    optional: bool = part("truth", default=False)
    until: Source | None = part("scalar")
    default: Source | None = part("scalar")
    min: "Source | None" = part("scalar")
    max: "Source | None" = part("scalar")
    not_before: Source | None = part("scalar")
    from_parent: Source | None = part("scalar")
    unlisted: Source | None = part("scalar")
    clause: tuple[Source, ...] = part("scalars", default=())
    source: Phrase | None = part("phrase")
    step: Source | None = part("scalar")
    better: Source | None = part("scalar")
    evidence: bool = part("truth", default=False)
    acknowledge: dict[str, Phrase] = part("phrases", default={})
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Output:
    """What a band or a row gives when it has more to say than a value."""

    value: Source = part("scalar", required=True)
    note: Source | None = part("scalar")
    clause: tuple[Source, ...] = part("scalars", default=())
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Scale:
    """A named band set: a step function over one number."""

    input: Source = part("scalar", required=True)
    gives: Source = part("scalar", required=True)
    bands: Any = part("switched_bands", required=True)
    domain: Source | None = part("scalar")
    title: Phrase | None = part("phrase")
    clause: tuple[Source, ...] = part("scalars", default=())
    acknowledge: dict[str, Phrase] = part("phrases", default={})
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Column:
    """A column of a table that gives several values: its type and title."""

    type: Source = part("scalar", required=True)
    title: Phrase | None = part("phrase")
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Row:
    """A row of a decision table."""

    when: tuple[Source, ...] = part("scalars", required=True)
    then: tuple[Source, ...] = part("scalars", required=True)
    clause: tuple[Source, ...] = part("scalars", default=())
    note: Source | None = part("scalar")
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Table:
    """A decision table with a DMN hit policy, row by row, or crossed over two inputs."""

    on: tuple[Source, ...] = part("scalars", required=True)
    rows: tuple[Row, ...] = part("rows", default=())
    matrix: "tuple[tuple[Source, tuple[tuple[Source, Output], ...]], ...]" = part(
        "matrix", default=()
    )
    hit: Source | None = part("scalar")
    give: dict[str, Column] = part("columns", default={})
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Bands:
    """Bands over one number, from a named scale or written in place."""

    on: Source = part("scalar", required=True)
    scale: Source | None = part("scalar")
    rows: Any = part("switched_bands")
    domain: Source | None = part("scalar")
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Units:
    """How many units of *per* are in *of*: full, started or pro rata."""

    of: Source = part("scalar", required=True)
    per: Source = part("scalar", required=True)
    count: "Source | Switch" = part("switched", required=True)
    free: "Source | Switch | None" = part("switched")
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Rates:
    """A rate for each unit of an amount, by bands: of each part its own, or one of the whole."""

    of: Source = part("scalar", required=True)
    how: "Source | Switch" = part("switched", required=True)
    rows: Any = part("switched_bands", required=True)
    per: Source | None = part("scalar")
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Workday:
    """What one working day means: a day rule, a cut-off, a receipt rule."""

    rule: "Source | Switch" = part("switched", required=True)
    cutoff: "Source | Switch | None" = part("switched")
    receipt: "Source | Switch | None" = part("switched")
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Deadline:
    """The instant at which a limit is used up on a calendar."""

    start: Source = part("scalar", key="from", required=True)
    within: Source = part("scalar", required=True)
    calendar: Source = part("scalar", required=True)
    stops: Source | None = part("scalar")
    workday: Workday | None = part("workday")
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Elapsed:
    """Working time between two instants on a calendar."""

    start: Source = part("scalar", key="from", required=True)
    end: Source = part("scalar", key="to", required=True)
    calendar: Source = part("scalar", required=True)
    stops: Source | None = part("scalar")
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Overrun:
    """How far beyond its deadline something was done, as a share of the limit."""

    deadline: Source = part("scalar", required=True)
    done: Source = part("scalar", required=True)
    calendar: Source = part("scalar", required=True)
    per: Source = part("scalar", required=True)
    stops: Source | None = part("scalar")
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Section:
    """One section of a scorecard."""

    of: Source = part("scalar", required=True)
    max: Source = part("scalar", required=True)
    weight: Source | None = part("scalar")
    applies: Source | None = part("scalar")
    clause: tuple[Source, ...] = part("scalars", default=())
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Scorecard:
    """The sum of the sections that apply, rescaled on request."""

    sections: tuple[Section, ...] = part("sections", required=True)
    rescale: "Source | Switch | None" = part("switched")
    total: Source = part("scalar", required=True)
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class RoundingRule:
    """A declared rounding: quantum and mode."""

    to: Source = part("scalar", required=True)
    mode: Source | None = part("scalar")
    clause: tuple[Source, ...] = part("scalars", default=())
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class NoteRule:
    """A remark that a result carries when a condition holds."""

    code: Source = part("scalar", required=True)
    when: Source = part("scalar", required=True)
    text: Phrase | None = part("phrase")
    span: Span = attrs.field(eq=False)


Body = Source | Switch | Table | Bands | Units | Rates | Deadline | Elapsed | Overrun | Scorecard


@attrs.frozen(kw_only=True, eq=False)
class Decision:
    """A named result of a level."""

    body: Body
    type: Source | None = part("scalar")
    title: Phrase | None = part("phrase")
    clause: tuple[Source, ...] = part("scalars", default=())
    applies: "Source | Switch | None" = part("switched")
    cap: "Source | Switch | None" = part("switched")
    floor: "Source | Switch | None" = part("switched")
    min: "Source | Switch | None" = part("switched")
    max: "Source | Switch | None" = part("switched")
    round: "RoundingRule | Source | Switch | None" = part("switched_rounding")
    notes: tuple[NoteRule, ...] = part("note_rules", default=())
    better: Source | None = part("scalar")
    acknowledge: dict[str, Phrase] = part("phrases", default={})
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Requirement:
    """What the facts of a level must satisfy, or they are refused."""

    that: "Source | Switch" = part("switched", required=True)
    message: Phrase = part("phrase", required=True)
    at: Source | None = part("scalar")
    clause: tuple[Source, ...] = part("scalars", default=())
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class LedgerSource:
    """Where the ledger finds entries: a path of child records with an amount and a date."""

    path: Source = part("scalar", key="from", required=True)
    amount: "Source | Switch" = part("switched", required=True)
    on: Source = part("scalar", required=True)
    clause: tuple[Source, ...] = part("scalars", default=())
    unknown: Source | None = part("scalar")
    clause_from: Source | None = part("scalar")
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Ledger:
    """Set-off of deductions against payments in order of their dates."""

    payments: Source = part("scalar", required=True)
    date: Source = part("scalar", required=True)
    available: "Source | Switch" = part("switched", required=True)
    pays: Source = part("scalar", required=True)
    sources: tuple[LedgerSource, ...] = part("ledger_sources", required=True)
    paid: Source | None = part("scalar")
    cap: "Source | Switch | None" = part("switched")
    total_cap: "Source | Switch | None" = part("switched")
    assign: "Source | Switch | None" = part("switched")
    remainder: "Source | Switch | None" = part("switched")
    corrections: "Source | Switch | None" = part("switched")
    round: "RoundingRule | Source | Switch | None" = part("switched_rounding")
    clause: tuple[Source, ...] = part("scalars", default=())
    title: Phrase | None = part("phrase")
    acknowledge: dict[str, Phrase] = part("phrases", default={})
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Level:
    """Records of one kind: their facts, their decisions, their children."""

    facts: dict[str, Fact] = part("facts", required=True)
    title: Phrase | None = part("phrase")
    key: Source | None = part("scalar")
    recurs: bool = part("truth", default=False)
    order: tuple[Source, ...] = part("scalars", default=())
    series: tuple[Source, ...] = part("scalars", default=())
    governed_by: "Source | Switch | None" = part("switched")
    interval: tuple[Source, ...] = part("scalars", default=())
    disjoint: bool = part("truth", default=False)
    period: Source | None = part("scalar")
    decisions: dict[str, Decision] = part("decisions", default={})
    require: tuple[Requirement, ...] = part("requirements", default=())
    ledger: Ledger | None = part("ledger")
    acknowledge: dict[str, Phrase] = part("phrases", default={})
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Transition:
    """Which moment of a record decides between this version and the one before it.

    In the text the levels stand beside ``clause``: ``{month: last_day(month), clause: C9}``.
    """

    moments: "dict[str, Source | Switch]" = attrs.field(factory=dict)
    clause: tuple[Source, ...] = part("scalars", default=())
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Ruleset:
    """A whole ruleset as written."""

    language: Source = part("scalar", required=True)
    id: Source = part("scalar", required=True)
    version: Source = part("scalar", required=True)
    title: Phrase = part("phrase", required=True)
    timezone: Source = part("scalar", required=True)
    levels: dict[str, Level] = part("levels", required=True)
    source: Phrase | None = part("phrase")
    currency: Source | None = part("scalar")
    effective: dict[str, Source] = part("named_scalars", default={})
    enums: dict[str, dict[str, Member]] = part("enums", default={})
    calendars: dict[str, Calendar] = part("calendars", default={})
    clauses: dict[str, Clause] = part("clauses", default={})
    readings: dict[str, Reading] = part("readings", default={})
    parameters: dict[str, Parameter] = part("parameters", default={})
    scales: dict[str, Scale] = part("scales", default={})
    notes: dict[str, Phrase] = part("phrases", default={})
    transition: Transition | None = part("transition")
    acknowledge: dict[str, Phrase] = part("phrases", default={})
    span: Span = attrs.field(eq=False)
