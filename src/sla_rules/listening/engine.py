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
from sla_rules.listening.ear import Deed, Ear, Wire
from sla_rules.rules import Rules
from sla_rules.unknown import Unknown

__all__ = ["ListeningEngine", "listen"]


class ListeningEngine(Engine):
    """Decides as :class:`Engine` does; what took part comes to the ear of :func:`listen`.

    Immutable, shared between threads.
    """

    def __init__(self, program: ir.Program, choices: Mapping[str, str]) -> None:
        self.wire = Wire()
        super().__init__(program, choices, ListeningCompiler)

    def _plan(self, level: ir.Level, ledger: ir.Ledger) -> Plan:
        plan = super()._plan(level, ledger)

        def date(payment: Record) -> Any:
            self.wire.hear(plan.ledger, Deed.RAN)  # it asks first when a payment is made
            return plan.date(payment)

        def finish(payment: Record) -> None:
            self._hear_payment(plan, payment)
            plan.finish(payment)

        return attrs.evolve(plan, date=date, finish=finish)

    def _hear_payment(self, plan: Plan, payment: Record) -> None:
        """What the ledger wrote into a payment, and whether its cap cut it."""
        hear = self.wire.hear
        for decision in payment.level.decisions:
            if isinstance(decision.body, ir.LedgerOutput):
                hear(decision, Deed.RAN)
        cap = None if plan.cap is None else plan.cap(payment)
        if cap is not None and _is_known(plan, payment):
            hear(plan.ledger, Deed.CAP_HIT if _cuts("cap", payment) else Deed.CAP_FREE)

    def _settle(self, plan: Plan, home: Record) -> None:
        fact = home.level.fact(plan.ledger.payments)
        payments = None if fact is None else home[fact.index]
        if not isinstance(payments, tuple):
            super()._settle(plan, home)
            return
        self.wire.hear(plan.ledger, Deed.RAN)  # also without a payment
        super()._settle(plan, home)
        for decision in home.level.decisions:
            if isinstance(decision.body, ir.LedgerOutput):
                self.wire.hear(decision, Deed.RAN)
        most = None if plan.total_cap is None else plan.total_cap(home)
        if most is not None and all(_is_known(plan, each) for each in payments):
            cut = any(_cuts("total_cap", each) for each in payments)
            self.wire.hear(plan.ledger, Deed.TOTAL_CAP_HIT if cut else Deed.TOTAL_CAP_FREE)


def _is_known(plan: Plan, payment: Record) -> bool:
    """Whether it is certain what the ledger made of a payment."""
    return not any(isinstance(payment[each], Unknown) for each in plan.outputs.values())


def _cuts(cap: str, payment: Record) -> bool:
    """Whether a cap let less of a deduction be settled with a payment than it could bear."""
    return any(cap in each.cut_by for each in payment.moved)


def listen(
    rules: Rules, facts: Any, level: str | None = None, *, engine: ListeningEngine | None = None
) -> tuple[Assessment | SlaError, Ear]:
    """Assess facts and hear what took part; a refusal is returned, with what was heard before it.

    *engine* is one made before of the same program and readings: making it takes most of the time.
    """
    listening = ListeningEngine(rules.program, rules.readings) if engine is None else engine
    ear = Ear()
    token = listening.wire.listen(ear)
    try:
        record = listening.assess(
            read_document(facts),
            rules.top_level if level is None else level,
            zone=None,
            as_of=None,
            as_if_in_force=False,
        )
    except SlaError as error:
        return error, ear
    finally:
        listening.wire.stop(token)
    for each in walk_records(record):
        for decision in each.level.decisions:
            if decision.index in each.given:
                made_by = ear.decided.setdefault((each.path, decision.name), [])
                made_by.append((decision, Deed.GIVEN))
    return Assessment(rules, record), ear
