"""Smaller facts of which the same still holds."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

__all__ = ["GONE", "Path", "lists_in", "replaced", "shrink"]

MOST: Final = 2000
"""How often the predicate is asked, unless told otherwise."""

LONGEST: Final = 10_000
"""A number with a larger exponent is left as it is: in full it would fill the memory."""

Path = tuple[Any, ...]
GONE: Final = object()
"""What stands for a part that is left out."""


def shrink(
    facts: Any,
    still_holds: Callable[[Any], bool],
    *,
    most: int = MOST,
    numbers: bool = True,
) -> Any:
    """The smallest document found for which *still_holds* says yes; *facts* must be one.

    Items of lists and keys of mappings are left out, whole parts first; then, unless *numbers* says
    no, numbers are made simpler; until no single step is possible or *most* questions were asked.
    Deterministic; the given document is not changed.  What the predicate raises is not caught.
    Raises ValueError for a negative *most*.

    >>> shrink({"a": [1, 2, 30], "b": 7}, lambda each: 30 in each.get("a", []))
    {'a': [30]}
    """
    if most < 0:
        raise ValueError(f"expected most >= 0, got {most}")
    found = facts
    left = most
    changed = True
    while changed:
        changed = False
        for path, simpler in list(_steps(found)):
            if simpler is not GONE and not numbers:
                continue
            old = _at(found, path)
            if old is GONE or (simpler is not GONE and not _is_simpler(simpler, old)):
                continue  # an earlier step of this round changed it
            if not left:
                return found
            left -= 1
            candidate = replaced(found, path, simpler)
            if still_holds(candidate):
                found, changed = candidate, True
    return found


def _steps(value: Any) -> Iterator[tuple[Path, Any]]:
    """Single steps to something smaller: the largest parts first, items from the last."""
    waiting: list[tuple[Path, Any]] = [((), value)]  # no recursion: facts may be nested deeply
    while waiting:
        path, value = waiting.pop()
        parts = _parts(value)
        for key, _ in parts:
            yield (*path, key), GONE
        waiting += [((*path, key), each) for key, each in reversed(parts)]
        if path and not parts:
            for simpler in _simpler(value):
                yield path, simpler


def _parts(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, Mapping):
        return list(value.items())[::-1]
    return list(enumerate(value))[::-1] if isinstance(value, list | tuple) else []


def _simpler(value: Any) -> Iterator[Any]:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | Fraction):
        return
    if isinstance(value, Decimal) and (not value.is_finite() or value.adjusted() > LONGEST):
        return
    whole = int(value)
    for each in (0, 1, _round(whole), whole):
        if _is_simpler(each, value):
            yield each


def _round(number: int) -> int:
    """Its first digit, followed by noughts."""
    size = 10 ** (len(_digits(number)) - 1)
    return int(number // size * size)


def _is_simpler(one: Any, two: Any) -> bool:
    return type(one) is int and _weight(one) < _weight(two)


def _weight(value: Any) -> tuple[int, Any]:
    if not isinstance(value, int | Decimal | Fraction) or isinstance(value, bool):
        return (0, 0)
    text = _text(value)
    return (len(text.rstrip("0")) + (len(text) > 1), abs(value))


def _text(value: int | Decimal | Fraction) -> str:
    """A number as it is written, however many digits it has."""
    if isinstance(value, Decimal):
        return str(value)
    above = ("-" if value < 0 else "") + _digits(value.numerator)
    return above if value.denominator == 1 else f"{above}/{_digits(value.denominator)}"


def _digits(number: int) -> str:
    """Its digits, however many: ``str`` refuses thousands of them."""
    return "".join(map(str, Decimal(number).as_tuple().digits))


def _at(value: Any, path: Path) -> Any:
    for key in path:
        try:
            value = value[key]
        except (LookupError, TypeError):
            return GONE
    return value


def replaced(value: Any, path: Path, new: Any) -> Any:
    """The document with another value at a path, or without it where *new* is GONE."""
    around = [value]  # no recursion: facts may be nested deeply
    for key in path[:-1]:
        around.append(around[-1][key])
    for whole, key in zip(reversed(around), reversed(path), strict=True):
        changed: Any = dict(whole) if isinstance(whole, Mapping) else list(whole)
        if new is GONE:
            del changed[key]
        else:
            changed[key] = new
        new = changed
    return new


def lists_in(value: Any, path: Path = ()) -> Iterator[tuple[Path, list[Any]]]:
    """The lists of a document that hold something, with their places, the outer ones first."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from lists_in(each, (*path, key))
    elif isinstance(value, list) and value:
        yield path, value
        for number, each in enumerate(value):
            yield from lists_in(each, (*path, number))
