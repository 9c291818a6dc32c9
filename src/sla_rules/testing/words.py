"""The words of the cases format, for its reader and its schema."""

from typing import Final, get_args

from sla_rules.assessment import Status

__all__ = ["ABOUT", "CASE", "CASE_NEEDS", "DEFAULTS", "OPEN", "STATUS", "TOP", "TOP_NEEDS"]

TOP: Final = ("ruleset", "defaults", "cases")
TOP_NEEDS: Final = ("ruleset", "cases")
DEFAULTS: Final = ("level", "given")
CASE: Final = ("name", "clause", "level", "readings", "reading_of", "given", "expect")
CASE_NEEDS: Final = ("name", "clause", "given", "expect")
"""``level`` is needed too, unless the defaults say it."""
ABOUT: Final = ("status", "notes", "needs")
"""What can be expected of a record beside its decisions."""
OPEN: Final = ("value", "status", "low", "high")
"""What can be expected of one result that is still open."""
STATUS: Final[tuple[str, ...]] = get_args(Status)
