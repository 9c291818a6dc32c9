"""The nodes of a program: typed expressions and the bodies of decisions.

Every node knows its type and its place; every name is bound to a slot of its level's record.
A :class:`Choice` keeps all alternatives of a reading, so that one program serves every reading.
"""

import datetime as dt
from collections.abc import Mapping
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
    "Column",
    "Comparison",
    "Condition",
    "Constant",
    "Dated",
    "DayRule",
    "Deadline",
    "Elapsed",
    "Interval",
    "LedgerOutput",
    "Logic",
    "Membership",
    "Negation",
    "Node",
    "Outer",
    "Overrun",
    "ParameterRef",
    "Previous",
    "Rates",
    "Row",
    "Scorecard",
    "Section",
    "SlotRef",
    "Table",
    "Test",
    "Through",
    "Units",
    "Value",
]

Value = Number | str | bool | Limit | dt.date | None


@attrs.frozen(kw_only=True, eq=False)
class Constant:
    """A literal of the text."""

    value: Value
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class SlotRef:
    """A fact or decision of the same record."""

    name: str
    index: int
    decision: bool
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class ParameterRef:
    """A named constant; one that changes in time is taken as of *moment*."""

    name: str
    dated: bool = False
    moment: "Node | None" = None
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class BandInput:
    """The ``x`` of a band's output."""

    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Arithmetic:
    """``+ - * /``; unary minus is ``0 - x``."""

    op: str
    left: "Node"
    right: "Node"
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Comparison:
    """``== != < <= > >=``."""

    op: str
    left: "Node"
    right: "Node"
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Logic:
    """``and``, ``or`` in three values."""

    op: str
    left: "Node"
    right: "Node"
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Negation:
    """``not x``."""

    operand: "Node"
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Condition:
    """``if c then a else b``."""

    condition: "Node"
    then: "Node"
    otherwise: "Node"
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Membership:
    """``x in [a, b]``."""

    item: "Node"
    options: tuple["Node", ...]
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Call:
    """A function of values; ``otherwise`` is one too."""

    function: str
    arguments: tuple["Node", ...]
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Through:
    """A value of a nested single record."""

    record: SlotRef
    inner: "Node"
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Aggregate:
    """A function over records: *path* leads to them, *element* is taken of each.

    With *earlier*, a level, the path begins at the records before this one in their series.
    *weight* is taken of each for a weighted mean; of the records that have one value of *per*
    only the one with the highest or lowest element counts, as *pick* says; *share* is that of
    ``percentile``.
    """

    function: str
    path: tuple[SlotRef, ...]
    level: str
    element: "Node | None"
    where: "Node | None"
    earlier: str = ""
    weight: "Node | None" = None
    pick: str = ""
    per: SlotRef | None = None
    share: "Node | None" = None
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Previous:
    """A value of the record before this one in its series; absent at the first."""

    inner: "Node"
    level: str
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Outer:
    """Inside ``where``: a value of the record at which the aggregate stands."""

    inner: "Node"
    level: str
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Dated:
    """Values that hold from a date on; *moment* is what decides, None inside a parameter."""

    moment: "Node | None"
    cases: tuple[tuple[dt.date, Any], ...]
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Choice:
    """The alternatives of a reading; which one holds is chosen outside the program."""

    reading: str
    options: Mapping[str, Any]
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Interval:
    """A DMN interval; an end that is None is unbounded."""

    low: "Node | None"
    low_closed: bool
    high: "Node | None"
    high_closed: bool
    text: str


@attrs.frozen(kw_only=True, eq=False)
class Test:
    """One unary test of a table cell: any, missing, given, equal, interval or not."""

    kind: str
    value: "Node | None" = None
    interval: Interval | None = None
    inner: tuple["Test", ...] = ()


@attrs.frozen(kw_only=True, eq=False)
class Row:
    """A row of a table: tests for each input, outputs for each column."""

    cells: tuple[tuple[Test, ...], ...]
    texts: tuple[str, ...]
    outputs: tuple["Node", ...]
    clauses: tuple[str, ...]
    note: str
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Table:
    """A decision table; its value is the single output, or the row when there are columns."""

    on: tuple["Node", ...]
    hit: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Column:
    """One column of the row that a table decision selected."""

    table: SlotRef
    position: int
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Band:
    """One band: an interval and what it gives."""

    interval: Interval
    output: "Node"
    note: str
    clauses: tuple[str, ...]
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class BandSet:
    """A step function: *bands* is a tuple of :class:`Band` or a Choice between such tuples."""

    on: "Node"
    scale: str
    bands: Any
    domain: Interval | None
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Rates:
    """An amount times the rate of its band: of each part its own, or of the whole one.

    *bands* gives the rate over the amount; *how* is marginal or whole, or a Choice.  With
    *counted* the amount is a count of things, so that ``[3..`` begins with the third.
    """

    bands: BandSet
    how: Any
    counted: bool
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Units:
    """How many units of *per* are in *of*; *count* is full, started or pro_rata, or a Choice."""

    of: "Node"
    per: "Node"
    count: Any
    free: "Node | None"
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class DayRule:
    """What one working day means; each part is text or a Choice of text."""

    rule: Any
    cutoff: Any
    receipt: Any


@attrs.frozen(kw_only=True, eq=False)
class Deadline:
    """The instant at which *within* is used up on *calendar*, counted from *start*."""

    start: "Node"
    within: "Node"
    calendar: "Node"
    stops: "Aggregate | None"
    day_rule: DayRule | None
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Elapsed:
    """Working time from *start* to *end* on *calendar*."""

    start: "Node"
    end: "Node"
    calendar: "Node"
    stops: "Aggregate | None"
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Overrun:
    """(done - deadline) on *calendar*, as a share of *per*; negative when done early."""

    deadline: "Node"
    done: "Node"
    calendar: "Node"
    per: "Node"
    stops: "Aggregate | None"
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Section:
    """One section of a scorecard."""

    of: "Node"
    max: "Node"
    weight: "Node | None"
    applies: "Node | None"
    clauses: tuple[str, ...]
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class Scorecard:
    """The sum of the applicable sections, brought to *total* when *rescale* says so."""

    sections: tuple[Section, ...]
    total: "Node"
    rescale: "Node | None"
    type: Type
    span: Span = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class LedgerOutput:
    """A value that the ledger writes into each payment, such as ``set_off``."""

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
    | Previous
    | Outer
    | Dated
    | Choice
    | Table
    | Column
    | BandSet
    | Rates
    | Units
    | Deadline
    | Elapsed
    | Overrun
    | Scorecard
    | LedgerOutput
)
