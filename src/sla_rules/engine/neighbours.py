"""Values of other records of the same level: the one before, and the one around ``where``."""

from collections.abc import Callable
from typing import Any, Final

from sla_rules.facts.records import Record
from sla_rules.unknown import Unknown, because

__all__ = ["before", "framed", "outer", "previous"]

Closure = Callable[[Any], Any]
NONE_BEFORE: Final = Unknown((), open=True, absent=True)


def before(record: Record) -> tuple[Record, ...] | Unknown:
    """The records before this one in its series, the first first."""
    series = record.series
    return series if isinstance(series, Unknown) else series[: record.position]


def previous(inner: Closure, none: Any = NONE_BEFORE) -> Closure:
    """A value of the record before; *none*, which is absent, where there is no such record."""

    def run(record: Record) -> Any:
        series = record.series
        if isinstance(series, Unknown):
            return because(series)
        return inner(series[record.position - 1]) if record.position else none

    return run


def framed(record: Record, around: Record) -> Record:
    """A copy of a record that knows the record around it; the slot of a band's ``x`` is free."""
    frame = record.copied()
    frame[-1] = around
    return frame


def outer(inner: Closure) -> Closure:
    """A value of the record around, read inside ``where``."""

    def run(frame: Record) -> Any:
        around = frame[-1]
        return because(around) if isinstance(around, Unknown) else inner(around)

    return run
