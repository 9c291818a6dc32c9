"""A change in contract words: what nothing would notice."""

from sla_rules.change.diff import program_changes
from sla_rules.language import program as ir
from sla_rules.language.program import Titles
from sla_rules.mutation.mutants import Mutant

__all__ = ["told"]


def told(mutant: Mutant, program: ir.Program) -> Titles | None:
    """What the changed contract says otherwise; None when it says the same in other words."""
    if mutant.operator == "reading":
        reading = program.readings[mutant.home[1]]
        old, new = mutant.step.old, mutant.step.new
        return Titles(
            zh=f"{reading.clause}：读法 {reading.id} 的默认 {old} → {new}",
            en=f"{reading.clause}: default of reading {reading.id}: {old} → {new}",
        )
    changes = program_changes(program, mutant.program(program))
    if not changes:
        return None
    return Titles(
        zh="；".join(each.text("zh") for each in changes),
        en="; ".join(each.text("en") for each in changes),
    )
