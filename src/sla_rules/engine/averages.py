"""Weighted means, percentiles, and one record of each group, in three values."""

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sla_rules.engine.aggregates import Gather
from sla_rules.engine.functions import divide
from sla_rules.facts.records import doubts_of_order
from sla_rules.language import program as ir
from sla_rules.quantities import Number
from sla_rules.unknown import NOT_APPLICABLE, Unknown, because, hull

if TYPE_CHECKING:
    from sla_rules.engine.compile import Compiler

__all__ = ["percentile", "picker", "weighted_mean"]

Closure = Callable[[list[Any]], Any]
Gathered = tuple[list[Any], list[tuple[Any, Any]], list[Unknown]]


def weighted_mean(gather: Gather, element: Closure, weight: Closure, names: str) -> Closure:
    """The sum of value times weight over the sum of the weights."""

    def run(v: list[Any]) -> Any:
        certain, doubtful, missing = gather(v)
        if doubtful or missing:
            values = [element(record) for record in certain]
            values += [element(record) for record, _ in doubtful]
            doubts = [*missing, *(doubt for _, doubt in doubtful)]
            known = [each for each in values if each is not NOT_APPLICABLE]
            records = [*certain, *(record for record, _ in doubtful)]
            enclosed = known and not missing and all(map(_is_share, map(weight, records)))
            return hull(known, *doubts) if enclosed else because(*known, *doubts)
        pairs = [(element(record), weight(record)) for record in certain]
        pairs = [(value, share) for value, share in pairs if value is not NOT_APPLICABLE]
        if not pairs:
            return Unknown((f"{names}: at least one to average",))
        if any(isinstance(each, Unknown) for pair in pairs for each in pair):
            values, shares = [value for value, _ in pairs], [share for _, share in pairs]
            if not all(map(_is_share, shares)):  # a mean with such weights lies anywhere
                return because(*values, *shares)
            if any(isinstance(share, Unknown) for share in shares):
                return hull(values, *shares)
        total: Any = 0
        for value, share in pairs:
            total = total + value * share
        return divide(total, sum(share for _, share in pairs))

    return run


def _is_share(weight: Any) -> bool:
    """Whether a weight is certainly not below zero."""
    least = weight.low if isinstance(weight, Unknown) else weight
    return least is not None and bool(least >= 0)


def percentile(gather: Gather, element: Closure, share: Number, names: str) -> Closure:
    """The smallest value that at least this share of the values does not exceed (nearest rank)."""

    def run(v: list[Any]) -> Any:
        certain, doubtful, missing = gather(v)
        values = [element(record) for record in certain]
        values += [element(record) for record, _ in doubtful]
        values = [each for each in values if each is not NOT_APPLICABLE]
        doubts = [*missing, *(doubt for _, doubt in doubtful)]
        if missing or not values:
            empty = () if missing or doubtful else (f"{names}: at least one to rank",)
            return because(*values, *doubts, Unknown(empty))
        if doubts:
            return hull(values, *doubts)
        if any(isinstance(each, Unknown) for each in values):
            return because(*values, low=_ranked(values, share, 0), high=_ranked(values, share, 1))
        return _ranked(values, share, 0)

    return run


def _ranked(values: list[Any], share: Number, end: int) -> Any:
    """The value of the rank; of unknown ones the rank among their lower or upper ends."""
    ends = [((each.low, each.high)[end] if isinstance(each, Unknown) else each) for each in values]
    if None in ends:
        return None
    rank = -(-Fraction(share) * len(ends) // 1)
    return sorted(ends)[max(0, min(len(ends), int(rank)) - 1)]


def picker(node: ir.Aggregate, compiler: "Compiler") -> Callable[..., Gathered]:
    """Keeps of the records with one value of a fact the one with the highest or lowest element.

    A record without that fact stands for itself.  Where it is not certain which of a group is
    kept, each of them is doubtful.
    """
    assert node.element is not None
    assert node.per is not None
    element, index = compiler.node(node.element), node.per.index
    highest = node.pick == "highest"
    any_will_do = node.function != "longest_run" and node.weight is None

    def pick(
        certain: list[Any], doubtful: list[tuple[Any, Any]], missing: list[Unknown]
    ) -> Gathered:
        groups: dict[Any, list[tuple[Any, Any]]] = {}
        alone: list[tuple[Any, Any]] = []
        unsure: list[Unknown] = []
        place = {id(record): number for number, record in enumerate(certain)}
        for record, doubt in [*((each, True) for each in certain), *doubtful]:
            value = element(record)
            if value is NOT_APPLICABLE:
                continue
            key = record[index]
            if isinstance(key, Unknown):
                unsure += [] if key.absent else [key]
                alone.append((record, doubt))
            else:
                groups.setdefault(key, []).append((record, doubt))
        if unsure:  # who belongs together is not known
            return [], [], [*missing, because(*unsure)]
        kept = [each for each in alone if each[1] is True]
        open_ = [each for each in alone if each[1] is not True]
        for members in groups.values():
            best = _best(members, element, highest=highest, any_will_do=any_will_do)
            if best is None:
                return [], [], [*missing, because(*(element(each) for each, _ in members))]
            (kept if best[1] is True else open_).append(best)
        kept.sort(key=lambda each: place[id(each[0])])
        return [record for record, _ in kept], open_, missing

    return pick


def _best(
    members: list[tuple[Any, Any]], element: Closure, *, highest: bool, any_will_do: bool
) -> tuple[Any, Any] | None:
    """The member that is kept; None where that is not certain.

    Of equal ones it is the first in their order, unless any of them will do.
    """
    if len(members) == 1:
        return members[0]
    values = [element(record) for record, _ in members]
    doubtful = any(doubt is not True for _, doubt in members)
    if doubtful or any(isinstance(each, Unknown) for each in values):
        return None
    best = max(values) if highest else min(values)
    equal = [record for (record, _), value in zip(members, values, strict=True) if value == best]
    if len(equal) > 1 and not any_will_do and doubts_of_order(equal[0].level, equal):
        return None
    return members[values.index(best)]
