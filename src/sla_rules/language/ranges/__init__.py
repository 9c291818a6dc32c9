"""Which values facts, decisions and expressions can have: abstract interpretation of a program.

A value that the engine computes from facts that it accepts lies in its domain; the *min* and
*max* that the author declares of a decision are believed.  A figure that is given instead of a
computed one is left aside.
"""

from sla_rules.language.ranges.cases import Case, Cases
from sla_rules.language.ranges.domain import (
    Domain,
    as_number,
    from_number,
    interval,
    join,
    just,
    plain,
)
from sla_rules.language.ranges.program import Ranges

__all__ = [
    "Case",
    "Cases",
    "Domain",
    "Ranges",
    "as_number",
    "from_number",
    "interval",
    "join",
    "just",
    "plain",
]
