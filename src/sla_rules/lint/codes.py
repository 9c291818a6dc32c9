"""Every code of a finding, and what it means in one sentence."""

from collections.abc import Mapping
from typing import Final

__all__ = ["CODES"]

CODES: Final[Mapping[str, str]] = {
    "W731": "a number of the program stands in no clause or reading that it rests on",
    "W738": "a rule states numbers, or decides by a table, and cites no clause",
    "W743": "a finding is acknowledged where there is none",
    "W744": "an acknowledgement names a code that no finding has",
}
