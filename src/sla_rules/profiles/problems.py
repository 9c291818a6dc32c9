"""The codes of everything that can be wrong with a ticket export.

Codes below ``P050`` refuse a row, an incident or the file; codes from ``P050`` on only report:
the incident is used as recorded, and a person should look at it.  Codes are stable, wording is not.
"""

from enum import Enum

from sla_rules.diagnostics import Diagnostic, Severity

__all__ = ["Code", "line_of", "shown"]


class Code(Enum):
    """One kind of problem: its stable code and what it means.

    >>> Code.RAGGED.at(12, "3 cells where the header has 4").to_dict()["where"]
    'line 12'
    """

    ENCODING = "P001", "the bytes are in none of the profile's encodings"
    EMPTY = "P002", "the file has no header"
    MISSING_COLUMN = "P003", "a column that the profile needs is not in the header"
    DUPLICATE_HEADER = "P004", "two columns of the header answer to one column of the profile"
    SYNTAX = "P005", "the file stops being CSV at this line; nothing of it is used"
    RAGGED = "P006", "the row has more or fewer cells than the header"
    NO_ID = "P007", "the row names no incident"
    BAD_TIME = "P008", "a time is in none of the profile's formats"
    AMBIGUOUS_TIME = "P009", "a time can be read in two ways, or does not exist in the zone"
    UNKNOWN_STATE = "P010", "a state is not among the profile's states"
    UNKNOWN_IMPACT = "P011", "an impact value is not among the profile's values"
    NO_REPORT = "P012", "no row knows when the incident was reported"
    CONFLICT = "P013", "rows of one incident contradict each other"
    RECOVERED_EARLY = "P014", "the incident was recovered before it was reported"
    RESPONDED_EARLY = "P015", "the incident was responded to before it was reported"
    UNORDERED = "P016", "events of the same moment cannot be put in order"
    BAD_SUSPENSION = "P017", "a suspension is negative, outside its incident or without a reason"
    DUPLICATE_ID = "P018", "two rows of a one-row-per-incident export have the same id"
    NO_EVENT_TIME = "P019", "an event does not say when it happened"
    BAD_SEQUENCE = "P020", "an event's sequence number is not a whole number"
    ZONE = "P021", "the zone is not the name of a time zone"
    NO_PAYMENT = "P022", "incidents were reported in a month that no payment covers"

    RESPONDED_LATE = "P050", "the first response is written after the recovery"
    ENDED_UNKNOWN = "P051", "the incident ended, but its recovery time is unknown"
    RECLASSIFIED = "P052", "the impact class was changed during the incident"
    EARLY_EVENT = "P053", "an event is dated before the report"
    SEQUENCE = "P054", "sequence numbers and times disagree about the order of events"
    REOPENED = "P055", "the incident was reopened; the clock runs to the trusted recovery time"
    WORK_AFTER = "P056", "work is recorded after the trusted recovery time"
    UNCONFIRMED = "P057", "no event confirms the trusted recovery time"
    PARTLY_UNKNOWN = "P058", "some rows of the incident do not know what others know"
    NO_IMPACT = "P059", "the impact is unknown"
    KEPT = "P060", "a month states its own incidents; exported ones were not added"
    UNCOVERED = "P061", "neither the facts nor the export say what happened in a month"

    @property
    def code(self) -> str:
        """The stable code, such as ``P006``."""
        return self.value[0]

    @property
    def meaning(self) -> str:
        """What the code says, in one line."""
        return self.value[1]

    @property
    def severity(self) -> Severity:
        """An error below ``P050``, otherwise a warning."""
        return Severity.ERROR if self.code < "P050" else Severity.WARNING

    def at(self, where: int | str, message: str, hint: str = "") -> Diagnostic:
        """The problem at a line of the export (an integer) or a path of the facts (text)."""
        place = f"line {where}" if isinstance(where, int) else where
        return Diagnostic(
            code=self.code, message=message, where=place, hint=hint, severity=self.severity
        )


def line_of(problem: Diagnostic) -> int:
    """The line that an export's problem points at.

    >>> line_of(Code.NO_ID.at(7, "no number"))
    7
    """
    return int(str(problem.where).removeprefix("line "))


def shown(text: str, width: int = 60) -> str:
    """A cell as it is quoted in a message: one line, not endless.

    >>> shown("x" * 90) == repr("x" * 59 + "…")
    True
    """
    return repr(text if len(text) <= width else text[: width - 1] + "…")
