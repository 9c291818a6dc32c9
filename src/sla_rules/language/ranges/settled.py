"""What a ledger can give a payment: its amounts, in the resolution of what is settled."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs

from sla_rules.language import program as ir
from sla_rules.language.ranges.domain import Domain, common_step, ordered
from sla_rules.language.walk import limit_of

if TYPE_CHECKING:
    from sla_rules.language.ranges.program import Ranges

__all__ = ["settled"]


def settled(ranges: "Ranges", level: str, node: ir.LedgerOutput) -> Domain:
    """An amount of a ledger: a sum of what is owed, or as much of it as is available.

    Where payments are corrected or a cap may cut an entry, nothing more than its type is known.
    """
    found = ordered(node.type, absent=True)
    ledger = next((each for each in _ledgers(ranges.program, level)), None)
    if ledger is None or ledger.paid:
        return found
    if any(limit_of(each, ranges.choices) for each in (ledger.cap, ledger.total_cap)):
        return found
    amounts = [ranges.of(ledger.level, ledger.available)]
    amounts += [ranges.of(each.level, each.amount) for each in ledger.sources]
    if not all(each.is_ordered for each in amounts):
        return found
    step, offset = common_step(amounts)
    return attrs.evolve(found, step=step) if step is not None and offset == 0 else found


def _ledgers(program: ir.Program, level: str) -> Iterator[ir.Ledger]:
    for home in program.levels.values():
        if home.ledger is not None and level in (home.name, home.ledger.level):
            yield home.ledger
