"""What can be heard of the parts of a program while it runs."""

from contextvars import ContextVar, Token
from enum import Enum, auto
from typing import Any, Final

from sla_rules.facts.records import Record
from sla_rules.language import program as ir

__all__ = ["Deed", "Ear", "Event", "Wire"]


class Deed(Enum):
    """What a part of a program did."""

    RAN = auto()
    """It was asked for its value, and of a decision: it applied, and has one, or failed."""
    EMPTY = auto()
    """Of a decision: it applied, and has no value all the same."""
    OPEN = auto()
    """Of a decision: it is not known whether it applies."""
    TRUE = auto()
    FALSE = auto()
    HELD = auto()
    """The row or band certainly held."""
    CAP_HIT = auto()
    CAP_FREE = auto()
    FLOOR_HIT = auto()
    FLOOR_FREE = auto()
    TOTAL_CAP_HIT = auto()
    TOTAL_CAP_FREE = auto()
    ROUNDED = auto()
    SUSPENDED = auto()
    """The suspensions of a clock changed what it measures."""
    NOT_SUSPENDED = auto()
    GIVEN = auto()
    """The figure was given instead of computed."""
    NOT_APPLICABLE = auto()


Event = tuple[Any, Deed]
"""A part of the program, by identity, and what it did."""


class Ear:
    """Collects what is heard in one assessment.

    *heard* are all events, each once.  *decided* are, by path of the record and name of the
    decision, the rows, bands and limits that made its value.
    """

    def __init__(self) -> None:
        self.heard: set[Event] = set()
        self.decided: dict[tuple[str, str], list[Event]] = {}
        self._stack: list[tuple[str, str]] = []

    def hear(self, part: Any, deed: Deed) -> None:
        """A part did something."""
        self.heard.add((part, deed))

    def hear_decisive(self, part: Any, deed: Deed) -> None:
        """A part made the value of the decision that is being computed."""
        event = (part, deed)
        self.heard.add(event)
        if self._stack:
            several = self.decided.setdefault(self._stack[-1], [])
            if event not in several:
                several.append(event)

    def enter(self, record: Record, decision: ir.Decision) -> None:
        """A decision of a record begins."""
        self._stack.append((record.path, decision.name))

    def leave(self) -> None:
        """It ends."""
        self._stack.pop()


_LISTENING: Final[ContextVar[Ear | None]] = ContextVar("listening", default=None)
"""The ear of the assessment that runs in this thread."""


class Wire:
    """Leads from the closures of an engine to the ear of the assessment that they run in.

    It keeps nothing, so that engines that listen are shared between threads as all others are.
    Without an ear nothing is heard.
    """

    @staticmethod
    def listen(ear: Ear) -> Token[Ear | None]:
        """Let an ear hear what runs in this thread, until :meth:`stop`."""
        return _LISTENING.set(ear)

    @staticmethod
    def stop(token: Token[Ear | None]) -> None:
        """Listen as before."""
        _LISTENING.reset(token)

    @staticmethod
    def hear(part: Any, deed: Deed) -> None:
        """A part did something."""
        ear = _LISTENING.get()
        if ear is not None:
            ear.heard.add((part, deed))

    @staticmethod
    def hear_decisive(part: Any, deed: Deed) -> None:
        """A part made the value of the decision that is being computed."""
        ear = _LISTENING.get()
        if ear is not None:
            ear.hear_decisive(part, deed)

    @staticmethod
    def enter(record: Record, decision: ir.Decision) -> None:
        """A decision of a record begins."""
        ear = _LISTENING.get()
        if ear is not None:
            ear.enter(record, decision)

    @staticmethod
    def leave() -> None:
        """It ends."""
        ear = _LISTENING.get()
        if ear is not None:
            ear.leave()
