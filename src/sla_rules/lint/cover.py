"""Whether tables, bands and grades cover what can occur, and nothing else.  W701 to W709."""

from collections.abc import Iterator

from sla_rules.language.program import Program
from sla_rules.language.ranges import Cases
from sla_rules.lint.conditions import same_conditions
from sla_rules.lint.found import Found
from sla_rules.lint.reach import unreached_bands, unreached_members
from sla_rules.lint.tables import tables

__all__ = ["cover"]


def cover(program: Program) -> Iterator[Found]:
    """Gaps, overlaps, rows and bands in vain, grades that nothing gives."""
    cases = Cases(program)
    yield from tables(program, cases)
    yield from unreached_members(program, cases)
    yield from unreached_bands(program, cases)
    yield from same_conditions(program)
