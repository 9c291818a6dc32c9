"""Which record comes before which: the series that ``previous`` and ``earlier`` run along.

All records of a level in one document stand in one series, in the order that the level declares;
where it names facts that make a series, records that agree in them do.  A record whose place is
not certain makes the whole series uncertain.
"""

from collections.abc import Iterable
from typing import Any

from sla_rules.facts.records import Record, doubts_of_order, in_order
from sla_rules.language import program as ir
from sla_rules.unknown import Unknown, because

__all__ = ["link", "unlinked"]


def link(level: ir.Level, records: Iterable[Record]) -> list[Record]:
    """Give every record its series and its place in it; return them in the order to decide."""
    groups: dict[Any, list[Record]] = {}
    doubts: list[Unknown] = []
    for record in records:
        keys = [record[fact.index] for name in level.series if (fact := level.fact(name))]
        open_ = [each for each in keys if isinstance(each, Unknown)]
        if any(not each.absent for each in open_):
            doubts += open_
        key = ("alone", id(record)) if open_ else ("series", *keys)
        groups.setdefault(key, []).append(record)
    found: list[Record] = []
    for members in groups.values():
        series = in_order(level, members)
        unsure = [*doubts, *doubts_of_order(level, series)]
        for position, record in enumerate(series):
            record.series = because(*unsure) if unsure else series
            record.position = position
        found += series
    return found


def unlinked(level: ir.Level, records: Iterable[Record]) -> list[Record]:
    """The records of a level of which nobody said what came before them."""
    found = list(records)
    for record in found:
        record.series = Unknown((f"the earlier records of level {level.name}",))
    return found
