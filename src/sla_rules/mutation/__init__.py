"""Which changes of a contract its cases would not notice.

Each number, comparison, edge, row, band, limit, rounding, suspension, calendar, condition, clause
of the ledger and default of a reading is changed by one step, and the cases that run the changed
part are run.  A change that none of them notices is told in contract words, with the smallest
case found that would notice it, for a person to confirm and to paste.

The ranges of facts and decisions are not changed: they guard what is put in, and say nothing of
the contract.
"""

from sla_rules.mutation.explained import Explanation, explained, explanations
from sla_rules.mutation.killing import KillingCase
from sla_rules.mutation.report import MutationReport, Survivor
from sla_rules.mutation.run import mutate
from sla_rules.mutation.written import killing_yaml

__all__ = [
    "Explanation",
    "KillingCase",
    "MutationReport",
    "Survivor",
    "explained",
    "explanations",
    "killing_yaml",
    "mutate",
]
