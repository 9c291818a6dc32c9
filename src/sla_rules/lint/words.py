"""How findings show inputs: in the contract's own terms, exact, with the unit."""

from sla_rules.language.words import MISSING, described, shown, titled

__all__ = ["MISSING", "described", "shown", "titled"]
