"""The untyped syntax of expressions: what the author wrote, with places and no meaning yet."""

import attrs

from sla_rules.diagnostics import Span
from sla_rules.quantities import Number

__all__ = [
    "Aggregation",
    "Binary",
    "Call",
    "Conditional",
    "Literal",
    "Membership",
    "Name",
    "Syntax",
    "Text",
    "Truth",
    "Unary",
]


@attrs.frozen
class Literal:
    """A number with its unit word: ``2000 CNY``, ``50%``, ``15 min``, ``1 workday``."""

    number: Number
    unit: str
    span: Span = attrs.field(eq=False)


@attrs.frozen
class Text:
    """Quoted text."""

    text: str
    span: Span = attrs.field(eq=False)


@attrs.frozen
class Truth:
    """``true`` or ``false``."""

    value: bool
    span: Span = attrs.field(eq=False)


@attrs.frozen
class Name:
    """A name or a dotted path of names."""

    path: tuple[str, ...]
    span: Span = attrs.field(eq=False)

    def __str__(self) -> str:
        return ".".join(self.path)


@attrs.frozen
class Unary:
    """``- x`` or ``not x``."""

    op: str
    operand: "Syntax"
    span: Span = attrs.field(eq=False)


@attrs.frozen
class Binary:
    """Arithmetic, comparison, ``and``, ``or`` and ``otherwise``."""

    op: str
    left: "Syntax"
    right: "Syntax"
    span: Span = attrs.field(eq=False)


@attrs.frozen
class Conditional:
    """``if c then a else b``."""

    condition: "Syntax"
    then: "Syntax"
    otherwise: "Syntax"
    span: Span = attrs.field(eq=False)


@attrs.frozen
class Membership:
    """``x in [a, b]``."""

    item: "Syntax"
    options: tuple["Syntax", ...]
    span: Span = attrs.field(eq=False)


@attrs.frozen
class Call:
    """A function of plain values: ``max(a, b)``, ``given(x)``."""

    function: str
    arguments: tuple["Syntax", ...]
    span: Span = attrs.field(eq=False)


@attrs.frozen
class Aggregation:
    """A function over records: ``mean(incidents.score where counted)``.

    *weight* is the name behind ``weighted``; *pick* and *per* are those of ``highest per cause``;
    *share* is the second argument of ``percentile``.
    """

    function: str
    path: Name
    where: "Syntax | None"
    span: Span = attrs.field(eq=False)
    weight: "Name | None" = None
    pick: str = ""
    per: "Name | None" = None
    share: "Syntax | None" = None


Syntax = (
    Literal | Text | Truth | Name | Unary | Binary | Conditional | Membership | Call | Aggregation
)
