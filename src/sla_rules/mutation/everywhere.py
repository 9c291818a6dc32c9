"""A claim under every combination of the readings that it asks for."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from sla_rules.language import program as ir

__all__ = ["MOST", "Choices", "everywhere"]

Choices = Mapping[str, str]
Claim = Callable[[Choices], bool | None]
MOST: Final = 400
"""Beyond so many combinations of readings a claim is not proven."""


class _Asked(Mapping[str, str]):
    """Chosen readings that remember which of them were looked at: on no other does a claim rest."""

    def __init__(self, taken: Choices, defaults: Choices) -> None:
        self._taken = taken
        self._defaults = defaults
        self.answers: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        option = self._taken.get(name) or self._defaults[name]
        self.answers[name] = option
        return option

    def __iter__(self) -> Iterator[str]:
        return iter(self._defaults)

    def __len__(self) -> int:
        return len(self._defaults)


def everywhere(claim: Claim, program: ir.Program, *, most: int = MOST) -> bool:
    """Whether a claim holds under all readings of a program, and is about anything under some.

    A claim answers None where there is nothing to look at.  It is put again with each option of
    each reading that it asked for, so nothing that it depends on is left out; where that takes
    more than *most* combinations, it counts as not proven.
    """
    waiting: list[dict[str, str]] = [{}]
    examined = False
    for _ in range(most):
        taken = waiting.pop()
        asked = _Asked(taken, program.defaults)
        answer = claim(asked)
        if answer is False:
            return False
        examined = examined or answer is True
        for name, option in asked.answers.items():
            if name in taken:
                continue
            others = (each for each in program.readings[name].options if each != option)
            waiting += [{**taken, name: other} for other in others]
            taken[name] = option
        if not waiting:
            return examined
    return False
