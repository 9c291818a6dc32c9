"""What a case expects of the ledger of a payment: its entries, and what became of each."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from typing import Any, Final

import attrs

from sla_rules.assessment import Assessment, LedgerEntry
from sla_rules.language import program as ir
from sla_rules.language.source import MapNode, Node, ScalarNode
from sla_rules.quantities import exact_decimal, parse_number
from sla_rules.testing.asking import Asker, Refused

__all__ = [
    "AMOUNTS",
    "RULES",
    "ExpectedEntries",
    "ExpectedEntry",
    "compare_entries",
    "read_entries",
]

AMOUNTS: Final = (
    "brought_forward",
    "determined",
    "corrected",
    "set_off",
    "top_up",
    "lapsed",
    "carried_forward",
)
"""What can become of an entry, by the names of the results of a payment."""
ENTRY: Final = ("entry", "clause", *AMOUNTS, "lapsed_by")
RULES: Final = ("cap", "total_cap", "remainder")


@attrs.frozen
class ExpectedEntry:
    """One entry: its name, and whatever else is said of it."""

    entry: str
    said: Mapping[str, Any]

    def agrees(self, got: LedgerEntry) -> bool:
        """Whether all that is said holds for an entry."""
        return self.entry == got.entry and all(
            _value(got, key) == each for key, each in self.said.items()
        )

    def __str__(self) -> str:
        return _told(self.entry, self.said)


@attrs.frozen
class ExpectedEntries:
    """Some entries, and whether there are no others."""

    entries: tuple[ExpectedEntry, ...]
    exactly: bool

    def __str__(self) -> str:
        text = "; ".join(map(str, self.entries)) or "no entry"
        return text if self.exactly else f"including {text}"


def read_entries(node: Node, program: ir.Program, ask: Asker) -> ExpectedEntries:
    """A list of entries, exactly these, or a mapping with ``including`` or ``exactly``."""
    exactly = True
    if isinstance(node, MapNode):
        parts = ask.mapping(node, ("including", "exactly"), "a ledger").entries
        if len(parts) != 1:
            ask.refuse("C101", "of a ledger say either exactly: or including:", node.span)
        exactly, node = parts[0].key != "including", parts[0].value
    found: list[ExpectedEntry] = []
    items = ask.sequence(node, "a ledger").items
    if not items and not exactly:
        ask.refuse("C101", "a ledger expects nothing", node.span, "write [] for no entry")
    for item in items:
        with suppress(Refused):
            found.append(_entry(item, program, ask))
    return ExpectedEntries(tuple(found), exactly)


def _entry(node: Node, program: ir.Program, ask: Asker) -> ExpectedEntry:
    home = ask.mapping(node, ENTRY, "an entry of a ledger")
    name = ask.text(ask.wanted(home, "entry"), "entry")
    said: dict[str, Any] = {}
    for part in home:
        with suppress(Refused):
            if part.key in AMOUNTS:
                said[part.key] = _amount(part.key, part.value, ask)
            elif part.key == "clause":
                said[part.key] = _names("C107", "clause", part.value, program.clauses, ask)
            elif part.key == "lapsed_by":
                said[part.key] = _names("C109", "rule of lapsing", part.value, RULES, ask)
    return ExpectedEntry(name, said)


def _amount(name: str, node: Node, ask: Asker) -> Fraction:
    number = parse_number(node.text) if isinstance(node, ScalarNode) else None
    if number is None:
        ask.refuse("C109", f"{name} is an amount", node.span, "write a number such as 1500.00")
    return Fraction(number)


def _names(code: str, what: str, node: Node, known: Any, ask: Asker) -> frozenset[str]:
    found = ask.texts(node, what)
    for name, span in found:
        ask.known(code, what, name, known, span)
    return frozenset(name for name, _ in found)


def compare_entries(expected: ExpectedEntries, home: Assessment) -> tuple[str, str] | None:
    """Both sides of what differs, as text; None where the ledger of a payment is as expected."""
    if not _settled(home):
        return str(expected), "not known yet"
    got = home.ledger
    pairs = _matched(expected.entries, got)
    missing = [each for number, each in enumerate(expected.entries) if number not in pairs]
    rest = [each for number, each in enumerate(got) if number not in pairs.values()]
    if not missing and not (rest and expected.exactly):
        return None
    shown = [_told(each.entry, _all(each)) for each in rest]
    return "; ".join(map(str, missing)) or "no other entry", "; ".join(shown) or "no other entry"


def _settled(home: Assessment) -> bool:
    """Whether the ledger of a payment is known."""
    level = home.rules.program.levels[home.level]
    results = [
        home.result(each.name).status
        for each in level.decisions
        if isinstance(each.body, ir.LedgerOutput)
    ]
    return all(each == "final" for each in results)


def _matched(expected: Sequence[ExpectedEntry], got: Sequence[LedgerEntry]) -> dict[int, int]:
    """As many of the expected as possible, each with an entry of its own that agrees."""
    taken: dict[int, int] = {}

    def place(number: int, tried: set[int]) -> bool:
        for at, each in enumerate(got):
            if at not in tried and expected[number].agrees(each):
                tried.add(at)
                if at not in taken or place(taken[at], tried):
                    taken[at] = number
                    return True
        return False

    for number in range(len(expected)):
        place(number, set())
    return {number: at for at, number in taken.items()}


def _value(entry: LedgerEntry, key: str) -> Any:
    if key == "clause":
        return frozenset(entry.clauses)
    if key == "lapsed_by":
        return frozenset(entry.lapsed_by)
    return Fraction(getattr(entry, key))


def _all(entry: LedgerEntry) -> dict[str, Any]:
    """All that became of an entry, and by which clauses."""
    found = {key: _value(entry, key) for key in ENTRY[1:]}
    return {key: each for key, each in found.items() if each}


def _told(entry: str, said: Mapping[str, Any]) -> str:
    parts = [f"{key} {_text(each)}" for key, each in said.items()]
    return f"{entry}: {', '.join(parts)}" if parts else entry


def _text(value: Any) -> str:
    if isinstance(value, frozenset):
        return "+".join(sorted(value)) or "none"
    exact = exact_decimal(value)
    return str(exact) if isinstance(exact, Fraction) else format(exact, "f")
