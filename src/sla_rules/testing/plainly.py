"""Facts as plain data and as YAML: what a person can read, and paste into a file of cases."""

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from sla_rules.diagnostics import BUILTIN
from sla_rules.language.source import ScalarNode
from sla_rules.quantities import exact_decimal, format_duration

__all__ = ["flow", "plainly", "yaml_lines"]

_BARE: Final = re.compile(r"[\w./+%（“](?:[\w ./+%\-：（）“”、，:]*[\w./+%）”])?\Z")
"""Text that needs no quotes, if no colon is followed by a space."""
_LONGEST: Final = 100


def plainly(value: Any) -> Any:
    """The same facts with nothing in them but mappings, lists, text, truths and numbers.

    A number without finite expansion becomes text such as ``1/3``.
    """
    if isinstance(value, Mapping):
        return {str(key): plainly(each) for key, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [plainly(each) for each in value]
    if isinstance(value, dt.timedelta):
        return format_duration(value // dt.timedelta(microseconds=1))
    if isinstance(value, dt.datetime):
        return _instant(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal | Fraction):
        return _number(exact_decimal(Fraction(value)))
    return value


def _number(value: Decimal | Fraction) -> Any:
    if isinstance(value, Fraction) and value.denominator != 1:
        return str(value)
    number = Fraction(value)
    return number.numerator if number.denominator == 1 else Decimal(format(value, "f").rstrip("0"))


def _instant(value: dt.datetime) -> str:
    whole = value.microsecond == 0 and value.second == 0
    return value.isoformat(timespec="minutes") if whole else value.isoformat()


def flow(value: Any) -> str:
    """A plain value on one line of YAML."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{flow(key)}: {flow(each)}' for key, each in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(flow, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, int | Decimal):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    return _text(str(value))


def _text(text: str) -> str:
    """Text that YAML reads as the same text, in quotes only where they are needed."""
    plain = _BARE.match(text) is not None and ": " not in text
    bare = plain and ScalarNode(text, True, BUILTIN).value == text
    return text if bare else json.dumps(text, ensure_ascii=False)


def yaml_lines(value: Any, indent: int = 0) -> Iterator[str]:
    """A plain value as lines of YAML: on one line where it is short, else key by key."""
    pad = " " * indent
    if not value or not isinstance(value, Mapping | list) or indent + len(flow(value)) < _LONGEST:
        yield pad + flow(value)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _entry(f"{pad}{flow(key)}:", each, indent + 2)
    else:
        for each in value:
            yield from _entry(f"{pad}-", each, indent + 2)


def _entry(head: str, value: Any, indent: int) -> Iterator[str]:
    lines = list(yaml_lines(value, indent))
    if lines == [" " * indent + flow(value)]:
        yield f"{head} {lines[0].strip()}"
    elif head.endswith("-"):
        yield f"{head} {lines[0].strip()}"
        yield from lines[1:]
    else:
        yield head
        yield from lines
