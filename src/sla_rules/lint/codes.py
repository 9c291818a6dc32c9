"""Every code of a finding, and what it means in one sentence."""

from collections.abc import Mapping
from typing import Final

__all__ = ["CODES"]

CODES: Final[Mapping[str, str]] = {
    "W541": "a clause is cited by no rule",
    "W542": "a clause is cited by a rule and marked not_encoded",
    "W701": "a table has no row for some inputs",
    "W702": "two rows of a table hold for one input, and may not",
    "W703": "a row never holds",
    "W704": "a row is never reached: earlier rows come first",
    "W705": "a row changes nothing: without it every answer is the same",
    "W706": "two rows, notes or requirements have one and the same condition",
    "W707": "a choice of an enumeration is given by no decision of its type",
    "W708": "no number ever falls into a band",
    "W709": "a table is not proven: a cell is computed, or there are too many cases",
    "W721": "the steps of bands, of a table or of rates go both ways",
    "W722": "worse service scores or pays more",
    "W723": "the maxima of a scorecard do not sum to its total",
    "W724": "a section of a scorecard may exceed its maximum",
    "W725": "a deduction has no limit",
    "W726": "a cap or floor never cuts anything",
    "W727": "the cap of a ledger is never reached",
    "W729": "not every combination was tried",
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
    "W745": "a percentage is written as if it counted hundredths",
}
