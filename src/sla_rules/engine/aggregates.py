"""Functions over child records, in three values.

A record whose value is not applicable takes no part.  A record of which it is not certain
whether it counts widens the bounds of the result.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from typing import Any, Final

from sla_rules.engine.functions import divide
from sla_rules.engine.neighbours import before, framed
from sla_rules.facts.records import doubts_of_order
from sla_rules.unknown import (
    NOT_APPLICABLE,
    Unknown,
    because,
    hull,
    maximum,
    maybe,
    minimum,
)

__all__ = ["AGGREGATES", "Gather", "values_of"]

Closure = Callable[[list[Any]], Any]


class Gather:
    """Collects child records along a path; *doubtful* ones may or may not count."""

    __slots__ = ("earlier", "framed", "path", "pick", "where")

    def __init__(
        self,
        path: tuple[int, ...],
        where: Closure | None,
        *,
        earlier: bool = False,
        framed: bool = False,
        pick: Callable[..., Any] | None = None,
    ) -> None:
        self.path = path
        self.where = where
        self.earlier = earlier
        self.framed = framed
        self.pick = pick

    def __call__(self, v: Any) -> tuple[list[Any], list[tuple[Any, Any]], list[Unknown]]:
        """Certain records, doubtful (record, doubt) pairs, and lists that are unknown."""
        certain: list[Any] = []
        doubtful: list[tuple[Any, Any]] = []
        missing: list[Unknown] = []
        for record in self._records(v, missing):
            if self.where is None:
                truth: Any = True
            else:
                truth = self.where(framed(record, v) if self.framed else record)
            if truth is True:
                certain.append(record)
            elif truth is not False:
                doubtful.append((record, truth))
        if self.pick is not None:
            return self.pick(certain, doubtful, missing)  # type: ignore[no-any-return]
        return certain, doubtful, missing

    def _records(self, v: Any, missing: list[Unknown]) -> Iterator[Any]:
        if not self.earlier:
            yield from _along(v, self.path, missing)
            return
        records = before(v)
        if isinstance(records, Unknown):
            missing.append(records)
            return
        for record in records:
            if self.path:
                yield from _along(record, self.path, missing)
            else:
                yield record


def _along(v: list[Any], path: tuple[int, ...], missing: list[Unknown]) -> Iterator[Any]:
    records = v[path[0]]
    if isinstance(records, Unknown):
        if not records.absent:  # an optional list that is not given is empty
            missing.append(records)
        return
    if len(path) == 1:
        yield from records
        return
    for record in records:
        yield from _along(record, path[1:], missing)


def values_of(records: list[Any], element: Closure) -> list[Any]:
    """The elements of the records to which they apply."""
    return [value for each in records if (value := element(each)) is not NOT_APPLICABLE]


def _sum(gather: Gather, element: Closure | None, names: str) -> Closure:
    assert element is not None

    def run(v: list[Any]) -> Any:
        certain, doubtful, missing = gather(v)
        total: Any = sum(values_of(certain, element))
        for record, doubt in doubtful:
            value = element(record)
            if value is not NOT_APPLICABLE:
                total = total + hull((0, value), doubt)
        return because(total, *missing) if missing else total

    return run


def _mean(gather: Gather, element: Closure | None, names: str) -> Closure:
    assert element is not None

    def run(v: list[Any]) -> Any:
        certain, doubtful, missing = gather(v)
        values = values_of(certain, element)
        if missing:
            return because(*values, *missing)
        if doubtful:
            doubts = [doubt for _, doubt in doubtful]
            return hull([*values, *values_of([r for r, _ in doubtful], element)], *doubts)
        if not values:
            return Unknown((f"{names}: at least one to average",))
        return divide(sum(values), len(values))

    return run


def _extreme(pick: Callable[[Any, Any], Any]) -> Callable[..., Closure]:
    def make(gather: Gather, element: Closure | None, names: str) -> Closure:
        assert element is not None

        def run(v: list[Any]) -> Any:
            certain, doubtful, missing = gather(v)
            values = values_of(certain, element)
            if missing:
                return because(*values, *missing)
            if not values and not doubtful:
                return Unknown((f"{names}: at least one to compare",))
            best = reduce(pick, values) if values else None
            for record, doubt in doubtful:
                value = element(record)
                if best is None:
                    best = because(value, doubt)
                elif value is not NOT_APPLICABLE:
                    best = hull((best, pick(best, value)), doubt)
            return best

        return run

    return make


def _count(gather: Gather, element: Closure | None, names: str) -> Closure:
    def run(v: list[Any]) -> Any:
        certain, doubtful, missing = gather(v)
        if missing:
            return because(*missing, low=len(certain))
        if not doubtful:
            return len(certain)
        doubts = [doubt for _, doubt in doubtful]
        return because(*doubts, low=len(certain), high=len(certain) + len(doubtful))

    return run


def _truths(gather: Gather, element: Closure | None, v: list[Any]) -> tuple[list[Any], list[Any]]:
    """The truth of each certain record, and all doubts."""
    certain, doubtful, missing = gather(v)
    truths = [True] * len(certain) if element is None else values_of(certain, element)
    return truths, [doubt for _, doubt in doubtful] + list(missing)


def _any(gather: Gather, element: Closure | None, names: str) -> Closure:
    def run(v: list[Any]) -> Any:
        truths, doubts = _truths(gather, element, v)
        if any(truth is True for truth in truths):
            return True
        doubts += [truth for truth in truths if truth is not False]
        return maybe(*doubts) if doubts else False

    return run


def _all(gather: Gather, element: Closure | None, names: str) -> Closure:
    def run(v: list[Any]) -> Any:
        truths, doubts = _truths(gather, element, v)
        if any(truth is False for truth in truths):
            return False
        doubts += [truth for truth in truths if truth is not True]
        return maybe(*doubts) if doubts else True

    return run


def _longest_run(gather: Gather, element: Closure | None, names: str) -> Closure:
    def run(v: list[Any]) -> Any:
        truths, doubts = _truths(gather, element, v)
        doubts += [truth for truth in truths if isinstance(truth, Unknown)]
        certain, doubtful, _ = gather(v)
        if doubtful:  # who stands between whom is open
            return because(*doubts, low=0, high=len(certain) + len(doubtful))
        places = doubts_of_order(certain[0].level, certain) if certain else []
        if places:  # who follows whom is open
            return because(*doubts, *places, low=0, high=len(truths))
        low, high = _run(truths, doubtful=False), _run(truths, doubtful=True)
        return (
            because(*doubts, low=low, high=None if len(doubts) > high else high)
            if doubts
            else (low)
        )

    return run


def _run(truths: list[Any], *, doubtful: bool) -> int:
    best = current = 0
    for truth in truths:
        holds = doubtful if isinstance(truth, Unknown) else truth
        current = current + 1 if holds else 0
        best = max(best, current)
    return best


def _share(gather: Gather, element: Closure | None, names: str) -> Closure:
    def run(v: list[Any]) -> Any:
        truths, doubts = _truths(gather, element, v)
        open_ = [truth for truth in truths if isinstance(truth, Unknown)]
        if not truths and not doubts:
            return Unknown((f"{names}: at least one to take a share of",))
        held = sum(truth is True for truth in truths)
        if doubts or open_:
            if doubts or not truths:
                return because(*doubts, *open_, low=0, high=1)
            low, high = divide(held, len(truths)), divide(held + len(open_), len(truths))
            return because(*open_, low=low, high=high)
        return divide(held, len(truths))

    return run


AGGREGATES: Final[Mapping[str, Callable[[Gather, Closure | None, str], Closure]]] = {
    "sum": _sum,
    "mean": _mean,
    "min": _extreme(minimum),
    "max": _extreme(maximum),
    "count": _count,
    "any": _any,
    "all": _all,
    "longest_run": _longest_run,
    "share": _share,
}
