"""Facts with one of their values a little different."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from sla_rules.testing.shrink import GONE, Path, replaced

__all__ = ["varied"]

_ODD: Final = ("333.33", "77.77")
_TIMES: Final = (dt.timedelta(minutes=1), dt.timedelta(minutes=-1), dt.timedelta(days=1))
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT")


def varied(facts: Any) -> Iterator[Any]:
    """Documents that differ from *facts* in one value: numbers, instants, truths; or lack it."""
    for path, value in _leaves(facts):
        for other in _others(value):
            yield replaced(facts, path, other)
    for path, value in _leaves(facts):
        if isinstance(path[-1], str) and not isinstance(value, Mapping | list):
            yield replaced(facts, path, GONE)


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _leaves(each, (*path, key))
    elif isinstance(value, list | tuple):
        for number, each in enumerate(value):
            yield from _leaves(each, (*path, number))
    elif path:
        yield path, value


def _others(value: Any) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | Decimal | Fraction):
        yield from (value + 1, value - 1, 0)
        if not isinstance(value, int) or abs(value) > 100:
            yield from map(Decimal, _ODD)
    elif isinstance(value, str) and _INSTANT.match(value):
        try:
            instant = dt.datetime.fromisoformat(value)
        except ValueError:
            return
        yield from ((instant + step).isoformat() for step in _TIMES)
