"""A change in contract words: what nothing would notice."""

from sla_rules.change.diff import program_changes
from sla_rules.language import program as ir
from sla_rules.language.program import Titles
from sla_rules.mutation.mutants import Mutant

__all__ = ["in_words", "told"]


def in_words(mutant: Mutant, program: ir.Program) -> Titles:
    """What the changed contract says otherwise; where no words tell it, where it was changed.

    A change without words is not thereby without effect: it counts like any other.
    """
    text = told(mutant, program)
    if text is not None:
        return text
    home = " ".join(mutant.home)
    return Titles(
        zh=f"{home}：有一处改动（{mutant.operator}），无法用合同语言说明",
        en=f"{home}: a change ({mutant.operator}) that no contract words tell",
    )


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
