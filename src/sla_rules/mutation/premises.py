"""What the proofs need: each premise is one question about a change at one decision."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import attrs

from sla_rules.language import program as ir
from sla_rules.language.constants import constant_value
from sla_rules.language.ranges import Domain, Ranges
from sla_rules.language.ranges.domain import ANYTHING
from sla_rules.language.visit import inside
from sla_rules.language.walk import chosen, limit_of
from sla_rules.mutation.absent import never
from sla_rules.mutation.behind import behind, certain
from sla_rules.mutation.everywhere import Choices
from sla_rules.mutation.moved import between, given, known_rows
from sla_rules.mutation.mutants import Mutant
from sla_rules.quantities import Limit, Number

__all__ = [
    "Look",
    "always_applies",
    "applies_certainly",
    "bands_give_the_same",
    "bands_stand_alone",
    "hours_only",
    "is_unlimited",
    "limit_is_certain",
    "never_beyond_the_limit",
    "rounding_finds_nothing",
    "switched_off",
    "value_needs_the_condition",
]


@attrs.frozen(eq=False)
class Look:
    """A change at one of the decisions that it touches, under chosen readings."""

    mutant: Mutant
    level: ir.Level
    decision: ir.Decision
    ranges: Ranges

    @property
    def choices(self) -> Choices:
        """The readings."""
        return self.ranges.choices

    def of(self, node: Any) -> Domain:
        """What a part of the decision can be."""
        return self.ranges.of(self.level.name, node)

    def constant(self, node: Any) -> Any:
        """What a part always is; None if it is not constant."""
        return constant_value(node, self.ranges.program, self.choices)


def switched_off(look: Look) -> bool:
    """The readings leave the decision out."""
    applies = chosen(look.decision.applies, look.choices)
    return isinstance(applies, ir.Constant) and applies.value is False


def always_applies(look: Look) -> bool:
    """The readings set no condition."""
    applies = chosen(look.decision.applies, look.choices)
    return isinstance(applies, ir.Constant) and applies.value is True


def is_unlimited(look: Look) -> bool:
    """The readings set no cap, or no floor."""
    return limit_of(getattr(look.decision, look.mutant.operator), look.choices) is None


def bands_stand_alone(look: Look) -> bool:
    """The bands decide for the number itself; at marginal rates all above an edge would feel it."""
    bands = look.mutant.step.old.bands
    return all(
        chosen(each.how, look.choices) == "whole"
        for _, each in _inside(look)
        if isinstance(each, ir.Rates) and each.bands.bands is bands
    )


def bands_give_the_same(look: Look) -> bool:
    """All ends are known, and each number that the change can touch is given the same as before."""
    old, new = look.mutant.step.old, look.mutant.step.new
    before, after = (
        known_rows(chosen(each.bands, look.choices), look.constant) for each in (old, new)
    )
    if before is None or after is None:
        return False
    inputs = list(_inputs(look, old))
    at = partial(given, constant=look.constant)
    for on in inputs:
        moved = between(before, after, on)
        if moved is None or any(at(before, x) != at(after, x) for x in moved):
            return False
    return bool(inputs)


def _inputs(look: Look, bands: Any) -> Iterator[Domain]:
    """What the numbers can be that the bands divide; a scale is used for any."""
    if isinstance(bands, ir.Scale):
        yield ANYTHING
        return
    for home, each in _inside(look):
        if each is bands:
            yield look.ranges.of(home, bands.on)


def _inside(look: Look) -> Iterator[tuple[str, Any]]:
    return inside(look.decision, look.level.name, program=look.ranges.program)


def hours_only(look: Look) -> bool:
    """The limit of the deadline is in hours: nothing that it may come to is in working days."""
    return not any(
        isinstance(each, ir.Constant) and isinstance(each.value, Limit) and each.value.workdays
        for _, each in behind(look.ranges, look.level.name, look.mutant.step.old.within)
    )


def limit_is_certain(look: Look) -> bool:
    """The cap or floor has a value, whichever facts are left out."""
    return certain(look.ranges, look.level.name, _limit(look, look.mutant.operator))


def never_beyond_the_limit(look: Look) -> bool:
    """What is limited never passes the cap or floor; a floor lifts what the cap has left."""
    limit, body = look.of(_limit(look, look.mutant.operator)), look.of(look.decision.body)
    if look.mutant.operator == "cap":
        return _not_above(body, limit)
    cap = _limit(look, "cap")
    return _not_above(limit, body) and (cap is None or _not_above(limit, look.of(cap)))


def _limit(look: Look, name: str) -> Any:
    return limit_of(getattr(look.decision, name), look.choices)


def _not_above(one: Domain, two: Domain) -> bool:
    return one.high is not None and two.low is not None and one.high <= two.low


def rounding_finds_nothing(look: Look) -> bool:
    """The readings do not round, or what is rounded is whole already, whether limited or not."""
    rule = chosen(look.decision.rounding, look.choices)
    quantum = None if rule is None else rule.quantum
    if quantum is None:
        return True
    limits = (_limit(look, name) for name in ("cap", "floor"))
    parts = (look.decision.body, *(each for each in limits if each is not None))
    return all(_multiple(look.of(each), quantum) for each in parts)


def _multiple(domain: Domain, quantum: Number) -> bool:
    if domain.is_empty:
        return True
    if not domain.is_ordered or domain.step is None:
        return False
    return (domain.step % quantum, domain.offset % quantum) == (0, 0)


def applies_certainly(look: Look) -> bool:
    """Whether the decision applies is known, whichever facts are left out."""
    return certain(look.ranges, look.level.name, chosen(look.decision.applies, look.choices))


def value_needs_the_condition(look: Look) -> bool:
    """Where the condition does not hold there is no value anyhow: what is read has none."""
    when = chosen(look.decision.applies, look.choices)
    return never(look.ranges, look.level, look.decision.body, when)
