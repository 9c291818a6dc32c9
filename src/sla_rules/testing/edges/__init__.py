"""Boundary cases: the facts at the edges of decisions, proposed for a person to confirm.

An edge often stands on a value that is derived from facts, such as an overrun.  Decisions are
evaluated exactly, so the facts are sought: one fact of an accepted document is moved towards the
edge by halving, until the values just below, at and just above it are found.
"""

from sla_rules.testing.edges.propose import Proposal, ProposedCase, edge_cases, propose
from sla_rules.testing.edges.written import as_yaml

__all__ = ["Proposal", "ProposedCase", "as_yaml", "edge_cases", "propose"]
