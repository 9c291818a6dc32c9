"""An engine that listens, and one assessment heard."""

from collections.abc import Mapping
from typing import Any

import attrs

from sla_rules.assessment import Assessment
from sla_rules.diagnostics import SlaError
from sla_rules.engine.evaluate import Engine
from sla_rules.engine.ledger import Plan
from sla_rules.facts.document import read_document
from sla_rules.facts.records import Record, walk_records
from sla_rules.language import program as ir
from sla_rules.listening.compiler import ListeningCompiler
from sla_rules.listening.ear import Deed, Ear
from sla_rules.rules import Rules
from sla_rules.unknown import Unknown

__all__ = ["ListeningEngine", "listen"]


class ListeningEngine(Engine):
    """Decides as :class:`Engine` does; what took part comes to *ear*."""

    def __init__(self, program: ir.Program, choices: Mapping[str, str]) -> None:
        self.ear = ear = Ear()
        super().__init__(program, choices, lambda *parts: ListeningCompiler(*parts, ear=ear))
        ear.clear()  # constants are computed while compiling

    def _plan(self, level: ir.Level, ledger: ir.Ledger) -> Plan:
        plan = super()._plan(level, ledger)

        def finish(payment: Record) -> None:
            self._hear_payment(plan, payment)
            plan.finish(payment)

        return attrs.evolve(plan, finish=finish)

    def _hear_payment(self, plan: Plan, payment: Record) -> None:
        """What the ledger wrote into a payment, and whether its cap cut it."""
        hear = self.ear.hear
        hear(plan.ledger, Deed.RAN)
        for decision in payment.level.decisions:
            if isinstance(decision.body, ir.LedgerOutput):
                hear(decision, Deed.RAN)
        cap = None if plan.cap is None else plan.cap(payment)
        if cap is None or isinstance(cap, Unknown):
            return
        if not any(isinstance(payment[each], Unknown) for each in plan.outputs.values()):
            settled = sum(each.amount for each in payment.postings)
            hear(plan.ledger, Deed.CAP_HIT if settled >= cap else Deed.CAP_FREE)

    def _settle(self, plan: Plan, home: Record) -> None:
        super()._settle(plan, home)
        for decision in home.level.decisions:
            if isinstance(decision.body, ir.LedgerOutput):
                self.ear.hear(decision, Deed.RAN)
        fact = home.level.fact(plan.ledger.payments)
        payments = () if fact is None else home[fact.index]
        most = None if plan.total_cap is None else plan.total_cap(home)
        if most is None or isinstance(most, Unknown) or isinstance(payments, Unknown):
            return
        settled = sum(each.amount for payment in payments for each in payment.postings)
        self.ear.hear(plan.ledger, Deed.TOTAL_CAP_HIT if settled >= most else Deed.TOTAL_CAP_FREE)


def listen(
    rules: Rules, facts: Any, level: str | None = None, *, engine: ListeningEngine | None = None
) -> tuple[Assessment | SlaError, Ear]:
    """Assess facts and hear what took part; a refusal is returned, with what was heard before it.

    *engine* is one made before of the same program and readings: making it takes most of the time.
    """
    listening = ListeningEngine(rules.program, rules.readings) if engine is None else engine
    listening.ear.clear()
    try:
        record = listening.assess(
            read_document(facts),
            rules.top_level if level is None else level,
            zone=None,
            as_of=None,
            as_if_in_force=False,
        )
    except SlaError as error:
        return error, listening.ear
    for each in walk_records(record):
        for decision in each.level.decisions:
            if decision.index in each.given:
                made_by = listening.ear.decided.setdefault((each.path, decision.name), [])
                made_by.append((decision, Deed.GIVEN))
    return Assessment(rules, record), listening.ear
