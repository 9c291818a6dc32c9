"""W725 to W727: deductions without limit, and caps and floors that never cut anything."""

from collections.abc import Iterator
from typing import Any

from sla_rules.language import program as ir
from sla_rules.language.ranges import Case, Cases
from sla_rules.language.walk import chosen, limit_of
from sla_rules.lint.cone import Cones, Slot, better
from sla_rules.lint.found import Found, found
from sla_rules.lint.growing import Growth
from sla_rules.lint.words import shown

__all__ = ["limits"]

SHOWN = ("money", "points")


def limits(program: ir.Program) -> Iterator[Found]:
    """Deductions without limit; limits that never bind."""
    cases = Cases(program)
    for level in program.levels.values():
        if level.ledger is not None:
            yield from _ledger(program, level, level.ledger, cases)
    yield from _endless(program, cases)
    for level in program.levels.values():
        for decision in level.decisions:
            yield from _idle(program, level, decision, cases)


def _ledger(
    program: ir.Program, home: ir.Level, ledger: ir.Ledger, cases: Cases
) -> Iterator[Found]:
    for case in _cases(home, ledger, cases):
        if _cap(ledger.cap, case) is not None or _cap(ledger.total_cap, case) is not None:
            continue
        names = [".".join(each.path) for each in ledger.sources if _deducts(program, each, case)]
        if not names:
            continue
        sources = ", ".join(dict.fromkeys(names))
        message = (
            f"deductions have no limit: the ledger of {home.name} has neither cap nor total_cap, "
            f"and {sources} may hold any number of entries{case.note}"
        )
        yield found(
            "W725",
            message,
            ledger.span,
            ledger,
            *_clauses(program, ledger.clauses),
            home,
            hint="add cap: or total_cap:, or acknowledge W725 if the contract sets no limit",
        )
        break
    yield from _idle_ledger(program, home, ledger, cases)


def _cases(home: ir.Level, ledger: ir.Ledger, cases: Cases) -> list[Case]:
    """The defaults, and each single change of a reading that the ledger depends on."""
    found_cases = {case.note: case for case in cases.of(home.name, ledger.total_cap)}
    for case in cases.of(ledger.level, ledger.cap, ledger.available):
        found_cases.setdefault(case.note, case)
    for source in ledger.sources:
        for case in cases.of(source.level, source.amount):
            found_cases.setdefault(case.note, case)
    return list(found_cases.values())


def _cap(node: Any, case: Case) -> Any:
    """The cap that holds under the readings; None where they say that there is none."""
    return limit_of(node, case.choices)


def _deducts(program: ir.Program, source: ir.LedgerSource, case: Case) -> bool:
    """Whether a source may deduct anything, and has no cap of its own."""
    amount = chosen(source.amount, case.choices)
    if isinstance(amount, ir.SlotRef) and amount.decision:
        decision = program.levels[source.level].decision(amount.name)
        if decision is not None and _cap(decision.cap, case) is not None:
            return False
    domain = case.ranges.of(source.level, source.amount)
    return domain.is_ordered and (domain.high is None or domain.high > 0)


def _clauses(program: ir.Program, names: tuple[str, ...]) -> list[ir.Clause]:
    return [program.clauses[name] for name in names if name in program.clauses]


def _idle_ledger(
    program: ir.Program, home: ir.Level, ledger: ir.Ledger, cases: Cases
) -> Iterator[Found]:
    """A cap of the ledger that is never reached under any reading that has one."""
    if ledger.cap is None:
        return
    told = ""
    for case in _cases(home, ledger, cases):
        cap = _cap(ledger.cap, case)
        if cap is None:
            continue
        least = case.ranges.of(ledger.level, cap)
        most = case.ranges.of(ledger.level, ledger.available)
        if not least.is_ordered or not most.is_ordered or None in (least.low, most.high):
            return
        assert least.low is not None
        assert most.high is not None
        if least.low < most.high:
            return
        kind = cap.type
        told = (
            f"the cap of the ledger is at least {shown(program, kind, least.low)}, and no payment "
            f"has more than {shown(program, kind, most.high)} available: it never binds"
        )
    if told:
        yield found(
            "W727",
            told,
            ledger.span,
            ledger,
            *_clauses(program, ledger.clauses),
            home,
            hint="lower the cap, or delete it",
        )


def _endless(program: ir.Program, cases: Cases) -> Iterator[Found]:
    """Deductions that grow without end, where nothing that is paid ends them."""
    directions = {slot: sign for slot, sign in better(program).items() if sign}
    cones = Cones(program, cases.defaults)
    settled = _settled(program, cones)
    endless: dict[Slot, Case] = {}
    for slot in sorted(directions):
        if directions[slot] < 0 and slot not in settled:
            case = _first_endless(program, slot, directions, cones, cases)
            if case is not None:
                endless[slot] = case
    for slot, case in endless.items():
        if any(each in cones.of(slot) for each in endless if each != slot):
            continue  # what it sums is told
        decision = cones.slots[slot]
        assert isinstance(decision, ir.Decision)
        message = f"{decision.name} has no limit: nothing ends what it deducts{case.note}"
        yield found(
            "W725",
            message,
            decision.span,
            decision,
            *_clauses(program, decision.clauses),
            program.levels[slot[0]],
            hint="add cap:, or acknowledge W725 if the contract sets no limit",
        )


def _first_endless(
    program: ir.Program, slot: Slot, directions: dict[Slot, int], cones: Cones, cases: Cases
) -> Case | None:
    """The first choice of readings under which a deduction grows without end."""
    decision = cones.slots[slot]
    if not isinstance(decision, ir.Decision) or decision.type.show not in SHOWN:
        return None
    ref = ir.SlotRef(
        name=decision.name,
        index=decision.index,
        decision=True,
        type=decision.type,
        span=decision.span,
    )
    for case in cases.of(slot[0], ref):
        grows = Growth(program, case).endless(slot[0], ref)
        if grows and not _ended(program, slot, directions, cones, case):
            return case
    return None


def _settled(program: ir.Program, cones: Cones) -> frozenset[Slot]:
    """What ends in a ledger, which is judged itself."""
    found_slots: set[Slot] = set()
    for level in program.levels.values():
        for source in level.ledger.sources if level.ledger is not None else ():
            for name, part in cones.walk(source.amount, source.level):
                if isinstance(part, ir.SlotRef) and part.decision:
                    found_slots |= cones.of((name, part.index))
    return frozenset(found_slots)


def _ended(
    program: ir.Program, slot: Slot, directions: dict[Slot, int], cones: Cones, case: Case
) -> bool:
    """Whether all that is scored or paid from a deduction is bounded below all the same."""
    after = [each for each in cones.after(slot) if directions.get(each, 0) > 0]
    lows = [case.ranges.slot(program.levels[name], index).low for name, index in after]
    return bool(lows) and None not in lows


def _idle(
    program: ir.Program, level: ir.Level, decision: ir.Decision, cases: Cases
) -> Iterator[Found]:
    """A cap or floor that cuts nothing under any reading."""
    for what, limit, sign in (("cap", decision.cap, 1), ("floor", decision.floor, -1)):
        if limit is None:
            continue
        body = decision.body
        told = ""
        for case in cases.of(level.name, body, limit):
            held = _cap(limit, case)
            if held is None:
                continue
            least, most = case.ranges.of(level.name, body), case.ranges.of(level.name, held)
            end, edge = (least.high, most.low) if sign > 0 else (least.low, most.high)
            if not least.is_ordered or not most.is_ordered or end is None or edge is None:
                told = ""
                break
            if (edge - end) * sign < 0:
                told = ""
                break
            if not told:
                told = (
                    f"the {what} of {decision.name} never cuts anything: the value is never "
                    f"{'above' if sign > 0 else 'below'} {shown(program, decision.type, end)}"
                )
        if told:
            yield found(
                "W726",
                told,
                limit.span,
                decision,
                *_clauses(program, decision.clauses),
                level,
                hint=f"delete the {what}, or mend the figures: one of them is mistaken",
            )
