"""Read what a case expects: results by name or path, and what is said of a whole record."""

import datetime as dt
import re
from collections.abc import Mapping
from contextlib import suppress
from fractions import Fraction
from typing import Any, Final

from sla_rules.diagnostics import SlaError, Span, nearest
from sla_rules.language import program as ir
from sla_rules.language.source import Entry, MapNode, Node, ScalarNode, SeqNode
from sla_rules.language.types import Type
from sla_rules.language.visit import everything
from sla_rules.quantities import parse_number
from sla_rules.testing.asking import Asker, Refused
from sla_rules.testing.cases import Refusal
from sla_rules.testing.causes import ambiguous_names, folded, names_of_deciders
from sla_rules.testing.entries import read_entries
from sla_rules.testing.words import ABOUT, LEDGER, NOTES, PARTS, REFUSAL, REFUSALS, STATUS
from sla_rules.worktime import to_us
from sla_rules.worktime.durations import working_time

__all__ = ["Expectations"]

_ALWAYS: Final = ("calendar_provisional", "given", "given_without_approver")
"""The notes that no rule needs to leave."""
_FRACTION: Final = re.compile(r"-?\d+/[1-9]\d*\Z", re.ASCII)
_SAY: Final = f"say one of {', '.join(PARTS)}"
_AMOUNT: Final = re.compile(r"(-?\d{1,20}(?:\.\d{1,9})?)\s*[^\W\d_]+\Z")
"""A number with a unit, which a case leaves out."""
_LONG: Final = 60
_CODE: Final = re.compile(r"[A-Z]\d{3}\Z", re.ASCII)
_FINE: Final = re.compile(r"[.,]\d{7}", re.ASCII)
_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])\Z", re.ASCII)


class Expectations:
    """Reads expectations of one program; *ask* collects what is wrong with them."""

    def __init__(self, program: ir.Program, ask: Asker) -> None:
        self._program = program
        self._ask = ask
        parts = [each for _, each in everything(program)]
        self._notes = {*_ALWAYS, *program.notes} | {
            each.code if isinstance(each, ir.NoteRule) else each.note
            for each in parts
            if isinstance(each, ir.NoteRule | ir.Row | ir.Band)
        }
        self._notes.discard("")
        self._unlisted = {each.type.name for each in parts
                          if isinstance(each, ir.Fact) and each.unlisted}  # fmt: skip

    def read(self, node: Node, level: ir.Level) -> "Expected":
        """All that a mapping expects."""
        if not isinstance(node, MapNode) or not node.entries:
            self._ask.refuse("C101", "expect must name at least one result", node.span)
        found = Expected()
        for entry in node:
            with suppress(Refused):
                self.into(found, entry, level)
        return found

    def into(self, found: "Expected", entry: Entry, level: ir.Level) -> None:
        """Add what one entry expects to what is expected already."""
        if entry.key == "error":
            found.add(self._ask, entry, "error", self._refusals(entry.value))
            return
        steps = entry.key.split(".")
        at = 0
        while at < len(steps) - 1:
            decision = level.decision(steps[at])
            if decision is not None and decision.type.kind != "row":
                self._ask.known(
                    "C110",
                    f"part of {steps[at]!r} called",
                    ".".join(steps[at + 1 :]),
                    PARTS,
                    entry.span,
                )
                part = self._part(steps[-1], entry.value, decision, level)
                found.add(self._ask, entry, ".".join(steps[: at + 1]), {steps[-1]: part})
                return
            at, level = self._down(steps, at, level, entry.span)
        found.add(self._ask, entry, entry.key, self._whole(steps[-1], entry, level))

    def _whole(self, name: str, entry: Entry, level: ir.Level) -> Any:
        """What is expected of a decision as a whole, or of the record."""
        if name in ABOUT:
            return self._about(name, entry.value)
        if name == LEDGER and level.decision(name) is None:
            return self._ledger(entry, level)
        decision = self._decision(name, level, entry.span)
        if not isinstance(entry.value, MapNode):
            return self._value(entry.value, decision)
        parts = self._ask.mapping(entry.value, PARTS, "an expected result")
        found = {}
        if not parts.entries:
            self._ask.refuse("C101", f"{name} expects nothing", entry.value.span, _SAY)
        for part in parts:
            with suppress(Refused):
                if part.key in PARTS:
                    found[part.key] = self._part(part.key, part.value, decision, level)
        return found

    def close(self, found: "Expected") -> None:
        """See that all that is expected goes together."""
        if "error" in found.values and len(found.values) > 1:
            span = found.places["error"]
            self._ask.report("C109", "with an error there is nothing else to expect", span)
        for name, parts in found.values.items():
            if isinstance(parts, Mapping) and "within" in parts and parts.get("value") is None:
                message = f"within: says how far the value of {name} may be off"
                self._ask.report("C120", message, found.places[name], "state its value: as well")

    def _ledger(self, entry: Entry, level: ir.Level) -> Any:
        payments = sorted({
            each.ledger.level for each in self._program.levels.values() if each.ledger is not None
        })  # fmt: skip
        if level.name not in payments:
            message = f"records of level {level.name!r} are not settled by a ledger"
            hint = f"the payments are of level {', '.join(payments)}" if payments else ""
            self._ask.refuse("C110", message, entry.span, hint)
        return read_entries(entry.value, self._program, self._ask)

    def _about(self, what: str, node: Node) -> Any:
        if what == "status":
            return self._status(node)
        if what != "notes":
            return [text for text, _ in self._ask.texts(node, what)]
        if not isinstance(node, MapNode):
            return self._codes(node)
        parts = self._ask.mapping(node, NOTES, "notes")
        if not parts.entries:
            self._ask.refuse("C101", "notes expects nothing", node.span, "write [] for no note")
        return {
            each.key: self._codes(each.value, some=each.key != "exactly")
            for each in parts
            if each.key in NOTES
        }

    def _codes(self, node: Node, *, some: bool = False) -> list[str]:
        found = self._ask.texts(node, "notes", some=some)
        for code, span in found:
            if code not in self._notes:
                hint = nearest(code, self._notes)
                self._ask.report("C122", f"no rule leaves a note {code!r}", span, hint)
        return [code for code, _ in found]

    def _refusals(self, node: Node) -> tuple[Refusal, ...]:
        items = node.items if isinstance(node, SeqNode) else (node,)
        if not items:
            self._ask.refuse("C101", "error must name at least one", node.span)
        return tuple(self._refusal(item) for item in items)

    def _refusal(self, node: Node) -> Refusal:
        at, code = "", node
        if isinstance(node, MapNode):
            home = self._ask.mapping(node, REFUSAL, "an expected error")
            code, place = self._ask.wanted(home, "code"), home.get("at")
            at = "" if place is None else self._ask.text(place, "at")
        text = self._ask.text(code, "error")
        if not _CODE.match(text):
            self._ask.refuse("C123", f"{text!r} is no code of an error", code.span,
                             "a code is a letter and three digits, such as F132")  # fmt: skip
        if text[0] == "F" and text not in REFUSALS:
            self._ask.refuse("C123", f"there is no error {text}", code.span,
                             nearest(text, REFUSALS))  # fmt: skip
        return Refusal(text, at)

    def _decision(self, name: str, level: ir.Level, span: Span) -> ir.Decision:
        decision = level.decision(name)
        if decision is None or decision.type.kind == "row":
            known = [each.name for each in level.decisions if each.type.kind != "row"]
            what = f"decision of level {level.name!r} called"
            hint = nearest(name, [*known, *ABOUT])
            self._ask.refuse("C110", f"there is no {what} {name!r}", span, hint)
        return decision

    def _down(self, steps: list[str], at: int, level: ir.Level, span: Span) -> tuple[int, ir.Level]:
        """One step of a path: a list and the key of a record in it, or a single record."""
        lists = {each.name: each for each in level.nested}
        name = steps[at]
        self._ask.known("C110", f"list at level {level.name!r} called", name, lists, span)
        child = self._program.levels[lists[name].type.name]
        if lists[name].type.kind == "record":
            return at + 1, child
        if not child.key or at + 2 >= len(steps):
            self._ask.refuse("C110", f"{name!r} must be followed by the key of a record", span)
        return at + 2, child

    def _part(self, name: str, node: Node, decision: ir.Decision, level: ir.Level) -> Any:
        if name == "status":
            return self._status(node)
        if name == "by":
            return self._by(node, decision, level)
        if name == "within":
            return self._within(node, decision)
        return self._value(node, decision)

    def _status(self, node: Node) -> str:
        status = self._ask.text(node, "status")
        self._ask.known("C109", "status", status, STATUS, node.span)
        return status

    def _by(self, node: Node, decision: ir.Decision, level: ir.Level) -> tuple[str, ...]:
        known = names_of_deciders(decision, level)
        found = self._ask.texts(node, "by", some=True)
        several = ambiguous_names(decision, level)
        for text, span in found:
            if folded(text) in several:
                hint = f"say {' or '.join(filter(None, several[folded(text)]))}"
                message = (
                    f"{text!r} is ambiguous: several that decide {decision.name} are so called"
                )
                self._ask.report("C119", message, span, hint)
            if folded(text) not in known:
                hint = (
                    nearest(text, known.values()) or "a row is called row 2, a band by its interval"
                )
                self._ask.report("C119", f"{decision.name} has no {text!r} that could decide it",
                                 span, hint)  # fmt: skip
        return tuple(text for text, _ in found)

    def _within(self, node: Node, decision: ir.Decision) -> Any:
        """A tolerance, in the unit of the decision; of moments and durations in microseconds."""
        text = self._ask.text(node, "within")
        kind = decision.type
        timed = kind.kind == "instant" or kind.show == "duration"
        number = _duration(text) if timed else parse_number(text)
        if kind.kind not in ("number", "instant") or number is None or number <= 0:
            hint = "write a duration such as 1 min" if timed else "write a number above zero"
            if kind.kind not in ("number", "instant"):
                hint = "only numbers, durations and instants can be nearly equal"
            message = f"{decision.name} cannot be within {text!r}"
            self._ask.refuse("C120", message, node.span, hint)
        return number

    def _value(self, node: Node, decision: ir.Decision) -> Any:
        if not isinstance(node, ScalarNode):
            self._ask.refuse("C109", f"{decision.name} is one value", node.span)
        value, kind = node.value, decision.type
        if value is None or (isinstance(value, bool) and kind.kind == "bool"):
            return value
        if isinstance(value, bool):
            hint = "write it in quotes" if kind.kind in ("text", "enum") else ""
            self._ask.refuse(
                "C109", f"{decision.name} cannot be {node.text} without quotes", node.span, hint
            )
        if kind.kind == "number" and kind.show != "duration":
            text = node.text.removesuffix("%") if kind.show == "percent" else node.text
            number = _fraction(text) if "/" in text else parse_number(text)
            if number is None and not kind.unit and text.endswith("%"):  # a share, said as shown
                hundredths = parse_number(text.removesuffix("%"))
                number = None if hundredths is None else Fraction(hundredths) / 100
            if number is None:
                shown = f"{node.text[:40]}…" if len(node.text) > _LONG else value
                amount = _AMOUNT.match(text)
                hint = f"write {amount[1]}" if amount else ""
                message = f"{decision.name} is a number, not {shown!r}"
                self._ask.refuse("C109", message, node.span, hint)
            return number
        if (refused := self._wrong(node.text, kind)) is not None:
            self._ask.refuse("C109", f"{node.text!r} is {refused[0]}", node.span, refused[1])
        return node.text

    def _wrong(self, text: str, kind: Type) -> tuple[str, str] | None:
        """Why a text is no value of a type, and how to write one."""
        if kind.kind == "instant":
            try:
                to_us(text)
            except SlaError as error:
                hint = "write it like 2024-03-05T10:00+08:00"
                fine = error.problems[0].hint if _FINE.search(text) else ""
                return "no instant with a zone", fine or hint
        if kind.show == "duration" and _duration(text.removeprefix("-")) is None:
            return "no duration", "write it like 1 h 30 min"
        if kind.kind == "date" and not _is_date(text):
            return "no date", "write it like 2024-03-05"
        if kind.kind == "month" and not _MONTH.match(text):
            return "no month", "write it like 2024-03"
        if kind.kind == "bool":
            return "neither true nor false", "write true or false without quotes"
        if kind.kind == "enum" and kind.name not in self._unlisted:
            members = [each.name for each in self._program.enums.get(kind.name, ())]
            if members and text not in members:
                return f"no member of {kind.name}", nearest(text, members)
        return None


class Expected:
    """What a case expects, each with the place where it stands."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.places: dict[str, Span] = {}

    def copied(self) -> "Expected":
        """A copy to add to."""
        copy = Expected()
        copy.values, copy.places = dict(self.values), dict(self.places)
        return copy

    def add(self, ask: Asker, entry: Entry, name: str, value: Any) -> None:
        """Add one; of a decision the parts may be said apart, such as its value and its by."""
        place = entry.value.span
        old = self.values.get(name)
        if name not in self.values:
            self.values[name], self.places[name] = value, place
        elif name.rpartition(".")[2] in (*ABOUT, "error") or _parts(old).keys() & _parts(value):
            ask.report("C117", f"what comes of {name!r} is said twice", entry.span,
                       f"the other one stands in line {self.places[name].line}")  # fmt: skip
        else:
            self.values[name] = {**_parts(old), **_parts(value)}
        if isinstance(entry.value, MapNode):
            self.places |= {f"{name}.{part.key}": part.value.span for part in entry.value}
        elif entry.key != name:
            self.places[entry.key] = place


def _parts(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {"value": value}


def _fraction(text: str) -> Fraction | None:
    """A fraction such as 1/3, both of whose numbers are numbers of the language."""
    if not _FRACTION.match(text):
        return None
    over, under = map(parse_number, text.split("/"))
    return None if over is None or under is None else Fraction(over) / under


def _is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _duration(text: str) -> int | None:
    """A duration in microseconds; None for what is none."""
    try:
        return working_time(text, "duration")
    except SlaError:
        return None
