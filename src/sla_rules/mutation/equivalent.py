"""Changes that provably change nothing: they say the same, or what they say never shows.

A proof is about final results, as long as no figure is given instead of a computed one: whatever
the facts and the readings are, the decisions that the change touches are final with and without
it alike, and have the same values.  While facts are missing, the bounds of what is still open may
differ, and so may what already follows from such bounds alone; it never comes to another value.

Each proof states what it needs.  It must hold under every combination of the readings that it
asks for, at each decision that the change touches, and must have had something to look at.  What
cannot be proven counts as a change that no case notices.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import attrs

from sla_rules.language import program as ir
from sla_rules.language.ranges import Ranges
from sla_rules.mutation import premises
from sla_rules.mutation.effect import Effect
from sla_rules.mutation.everywhere import Choices, everywhere
from sla_rules.mutation.mutants import Mutant
from sla_rules.mutation.premises import Look

__all__ = ["PROOFS", "Proof", "Prover"]

Premise = Callable[[Look], bool]


@attrs.frozen
class Proof:
    """Why changes of a kind may change nothing.

    All *needs* must hold.  Where one of *idle* holds, the change has no effect under those
    readings: there is nothing to prove, and nothing proven.
    """

    says: str
    needs: tuple[Premise, ...]
    idle: tuple[Premise, ...] = (premises.switched_off,)

    def holds(self, look: Look) -> bool | None:
        """Whether the change shows nothing; None where there is nothing to look at."""
        if any(each(look) for each in self.idle):
            return None
        return all(each(look) for each in self.needs)


_LIMIT: Final = Proof(
    "nothing reaches the cap or floor",
    (premises.never_beyond_the_limit, premises.limit_is_certain),
    idle=(premises.switched_off, premises.is_unlimited),
)
PROOFS: Final[Mapping[str, Proof]] = {
    "edge": Proof(
        "no number meets the edge, or both bands give it the same",
        (premises.bands_stand_alone, premises.bands_give_the_same),
    ),
    "day rule": Proof("no limit is in working days", (premises.hours_only,)),
    "cap": _LIMIT,
    "floor": _LIMIT,
    "rounding": Proof("there is nothing to round", (premises.rounding_finds_nothing,)),
    "applies": Proof(
        "where the decision does not apply it has no value anyhow",
        (premises.value_needs_the_condition, premises.applies_certainly),
        idle=(premises.always_applies,),
    ),
}
"""The proof for each kind of change that has one."""
OF: Final[Mapping[str, type | tuple[type, ...]]] = {
    "edge": (ir.BandSet, ir.Scale),
    "day rule": ir.Deadline,
    "cap": ir.Decision,
    "floor": ir.Decision,
    "rounding": (ir.Decision, ir.RoundingRule),
    "applies": ir.Decision,
}
"""The parts whose change a proof is about; an edge may be that of a row's cell, too."""


class Prover:
    """Proves of changes of one program that they change nothing."""

    def __init__(self, program: ir.Program) -> None:
        self.program = program

    def changes_nothing(self, mutant: Mutant) -> bool:
        """Whether no facts and readings show the change in a final result.

        As long as no figure is given instead of a computed one.
        """
        proof = PROOFS.get(mutant.operator)
        homes = tuple(self._homes(mutant))
        if proof is None or not isinstance(mutant.step.old, OF[mutant.operator]):
            return False
        if not homes or len(homes) != len(mutant.users):  # it is felt by more than decisions
            return False
        effect = Effect(self.program, mutant)

        def claim(choices: Choices) -> bool | None:
            if not effect.under(choices):
                return None
            ranges = Ranges(self.program, choices)
            found = [proof.holds(Look(mutant, *home, ranges)) for home in homes]
            return False if False in found else True if True in found else None

        return everywhere(claim, self.program)

    def _homes(self, mutant: Mutant) -> Iterator[tuple[ir.Level, ir.Decision]]:
        """The decisions that a change touches, with their levels."""
        for level in self.program.levels.values():
            for user in mutant.users:
                if isinstance(user, ir.Decision) and user in level.decisions:
                    yield level, user
