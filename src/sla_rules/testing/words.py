"""The words of the cases format, for its reader and its schema."""

from typing import Final, get_args

from sla_rules.assessment import Status

__all__ = [
    "ABOUT",
    "BACKGROUND",
    "BY",
    "CASE",
    "CASE_NEEDS",
    "DEFAULTS",
    "LEDGER",
    "NOTES",
    "OPEN",
    "PARTS",
    "REFUSAL",
    "REFUSALS",
    "SKIP",
    "STATUS",
    "TABLE",
    "TOP",
    "TOP_NEEDS",
]

TOP: Final = ("ruleset", "defaults", "backgrounds", "cases")
TOP_NEEDS: Final = ("ruleset", "cases")
DEFAULTS: Final = ("level", "given")
BACKGROUND: Final = ("level", "readings", "given")
CASE: Final = (
    "name",
    "clause",
    "level",
    "background",
    "readings",
    "reading_of",
    "given",
    "table",
    "expect",
)
CASE_NEEDS: Final = ("name", "clause")
"""``level`` is needed too, unless the defaults or a background say it; ``given``, unless there is a
background or a table; ``expect``, unless there is a table."""
TABLE: Final = ("readings", "given", "expect", "rows")
"""The columns stand in the order in which the table names them."""
SKIP: Final = "-"
"""A cell that says nothing."""
ABOUT: Final = ("status", "notes", "needs")
"""What can be expected of a record beside its decisions."""
LEDGER: Final = "ledger"
"""What can be expected of a payment: what became of each deduction there."""
OPEN: Final = ("value", "status", "low", "high")
"""What can be expected of one result that is still open."""
PARTS: Final = (*OPEN, "within", "by")
"""What can be said of one result: how far its value may be off, and what must have decided it."""
NOTES: Final = ("including", "exactly", "without")
"""What can be said of notes, where more is said than which must be there."""
REFUSAL: Final = ("code", "at")
"""What can be said of a refusal: its code, and the fact concerned."""
REFUSALS: Final = tuple(
    f"F{number:03d}"
    for first, last in ((1, 5), (100, 126), (130, 136), (141, 145), (199, 199))
    for number in range(first, last + 1)
)
"""The codes with which facts are refused."""
STATUS: Final[tuple[str, ...]] = get_args(Status)
BY: Final = {
    "cap": ("cap", "封顶", "上限"),
    "floor": ("floor", "扣完为止", "下限"),
    "rounding": ("rounding", "取整"),
    "given": ("given", "给定值", "给定"),
    "not applicable": ("not applicable", "不适用"),
    "formula": ("formula", "公式"),
}
"""What can decide a value beside a row or band, and how it may be called."""
