"""Every code of a finding, and what it means in one sentence."""

from collections.abc import Mapping
from typing import Final

__all__ = ["CODES"]

CODES: Final[Mapping[str, str]] = {
    "W731": "a number of the program stands in no clause or reading that it rests on",
    "W732": "the words of a clause have changed since its hash was written",
    "W733": "the words of a clause do not stand in the text of the contract",
    "W734": "an amount is paid that may have fractions of a cent, and no rounding is declared",
    "W735": "something is declared and used nowhere",
    "W736": "the ruleset is in force in a year for which there are no holiday data",
    "W737": "options of a reading make no difference",
    "W738": "a rule states numbers, or decides by a table, and cites no clause",
    "W743": "a finding is acknowledged where there is none",
    "W744": "an acknowledgement names a code that no finding has",
}
