"""Documents with more records in a list: what only shows with several of a kind."""

import datetime as dt
import re
from collections.abc import Mapping
from random import Random
from typing import Any, Final

from sla_rules.language import program as ir

__all__ = ["grown"]

SIZES: Final = (2, 2, 3, 4, 6, 11)
_MONTH: Final = re.compile(r"(\d{4})-(\d\d)\Z")


def grown(program: ir.Program, level: ir.Level, document: Any, draw: Random) -> Any:
    """The document with one of its lists made longer by copies of its last record.

    The copies have keys of their own: the next number, month or day, or another name.
    """
    if not isinstance(document, Mapping):
        return document
    lists = [
        fact
        for fact in level.nested
        if fact.type.kind == "list" and document.get(fact.name) and fact.name in document
    ]
    if not lists:
        return document
    fact = draw.choice(lists)
    below = program.levels[fact.type.name]
    several = list(document[fact.name])
    if draw.randrange(2):  # the list of a record in the list, if it has one
        deeper = grown(program, below, several[-1], draw)
        if deeper is not several[-1]:
            return {**document, fact.name: [*several[:-1], deeper]}
    for number in range(1, draw.choice(SIZES)):
        several.append(_copied(below, several[-1], number))
    return {**document, fact.name: several}


def _copied(level: ir.Level, record: Any, number: int) -> Any:
    if not isinstance(record, Mapping) or not level.key or level.key not in record:
        return record
    return {**record, level.key: _next(record[level.key], number)}


def _next(key: Any, number: int) -> Any:
    if isinstance(key, int):
        return key + 1
    text = str(key)
    month = _MONTH.match(text)
    if month is not None:
        year, index = divmod(int(month[1]) * 12 + int(month[2]), 12)
        return f"{year:04}-{index + 1:02}"
    try:
        return (dt.date.fromisoformat(text) + dt.timedelta(days=1)).isoformat()
    except ValueError:
        return f"{text.rstrip('+0123456789')}{number + 1}"
