"""Service contracts as data: scores, deductions and payment tiers, exact and explained."""

from sla_rules.assessment import Assessment, Note, Posting, Result
from sla_rules.diagnostics import Diagnostic, FactsError, RulesetError, Severity, SlaError, Span
from sla_rules.rules import Rules, load, rulesets
from sla_rules.worktime import Calendar, CalendarError

__all__ = [
    "Assessment",
    "Calendar",
    "CalendarError",
    "Diagnostic",
    "FactsError",
    "Note",
    "Posting",
    "Result",
    "Rules",
    "RulesetError",
    "Severity",
    "SlaError",
    "Span",
    "load",
    "rulesets",
]
