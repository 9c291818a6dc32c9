"""Service contracts as data: scores, deductions and payment tiers, exact and explained.

The guided tour
---------------
:func:`load` turns a ruleset into :class:`Rules`; :func:`rulesets` lists those that come with the
library.  :meth:`Rules.assess` takes facts and gives an :class:`Assessment`: exact values by
decision, a status, remarks (:class:`Note`), what is still needed, and the assessments of the
records below.  :meth:`Assessment.result` tells everything about one decision (:class:`Result`),
:meth:`Assessment.explain` says why, in Chinese or English, and :attr:`Assessment.postings` which
deductions a payment bore (:class:`Posting`), :attr:`Assessment.ledger` what became of each
(:class:`LedgerEntry`).  :meth:`Rules.with_readings` answers under another reading of an unclear
sentence.  :func:`changes` tells what one ruleset says otherwise than another
(:class:`Change`).  :func:`versions` gives all :class:`Versions` of a contract, tells which of them
governs the facts, and what each :class:`Amendment` changed.  :meth:`Rules.compare` assesses the
facts twice and gives a :class:`Comparison`: each :class:`Difference`, and the sums of the amounts.

Every refusal is a :class:`SlaError` with all its problems: :class:`RulesetError` for a ruleset,
:class:`FactsError` for facts, :class:`CalendarError` for working time; a problem is a
:class:`Diagnostic` with a stable code, a :class:`Severity` and a :class:`Span` or path.
:class:`Calendar` answers questions of working time on its own.

Everything else is private.  Nothing is imported before it is used.

>>> import sla_rules as sla
>>> rules = sla.load("gz-npc-2023")
>>> month = rules.assess({"month": "2024-03", "incidents": [], "service_quality_base": 27,
...     "suggestions_adopted": 0, "management_score": "37.5",
...     "catalogue_completion_rate": "98.5", "sla_attainment_rate": 100}, level="month")
>>> month["total"], month["total_deduction"], month.status
(Decimal('94.5'), Decimal('2000.00'), 'final')
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sla_rules.amendments import Amendment, Versions, changes, versions
    from sla_rules.assessment import Assessment, LedgerEntry, Note, Posting, Result
    from sla_rules.change.told import Change
    from sla_rules.comparison.results import Comparison, Difference
    from sla_rules.diagnostics import (
        Diagnostic,
        FactsError,
        RulesetError,
        Severity,
        SlaError,
        Span,
    )
    from sla_rules.explain.explanation import Explanation
    from sla_rules.facts.shapes import Given
    from sla_rules.rules import Rules, load, rulesets
    from sla_rules.schema.ruleset import ruleset_schema
    from sla_rules.worktime import Calendar, CalendarError

__all__ = [
    "Amendment",
    "Assessment",
    "Calendar",
    "CalendarError",
    "Change",
    "Comparison",
    "Diagnostic",
    "Difference",
    "Explanation",
    "FactsError",
    "Given",
    "LedgerEntry",
    "Note",
    "Posting",
    "Result",
    "Rules",
    "RulesetError",
    "Severity",
    "SlaError",
    "Span",
    "Versions",
    "changes",
    "load",
    "ruleset_schema",
    "rulesets",
    "versions",
]

_HOMES = {
    "amendments": ("Amendment", "Versions", "changes", "versions"),
    "assessment": ("Assessment", "LedgerEntry", "Note", "Posting", "Result"),
    "change.told": ("Change",),
    "comparison.results": ("Comparison", "Difference"),
    "diagnostics": ("Diagnostic", "FactsError", "RulesetError", "Severity", "SlaError", "Span"),
    "explain.explanation": ("Explanation",),
    "facts.shapes": ("Given",),
    "rules": ("Rules", "load", "rulesets"),
    "schema.ruleset": ("ruleset_schema",),
    "worktime": ("Calendar", "CalendarError"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """A public name, imported when it is first used (PEP 562)."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
