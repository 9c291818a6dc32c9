"""The types of the language: exact quantities with units, instants, choices and records."""

from typing import Final

import attrs

from sla_rules.quantities import NO_UNIT, POINTS, TIME, Unit

__all__ = ["Type", "a_kind", "assignable", "describe_unit", "how_to_join", "number_type"]


@attrs.frozen
class Type:
    """What a value is.

    *kind* is one of number, text, bool, instant, date, month, enum, limit, calendar, list,
    record.  A number has a *unit* and says how it is shown; an enum, list or record has the
    *name* of its enumeration or level.  While an enum literal may still belong to several
    enumerations its name joins them with ``|``.
    """

    kind: str
    name: str = ""
    unit: Unit = NO_UNIT
    show: str = attrs.field(default="", eq=False)

    def __str__(self) -> str:
        if self.kind == "number":
            return describe_unit(self.unit) or self.show or "number"
        of = {"enum": "choice of ", "list": "list of ", "record": "record of "}
        return of.get(self.kind, self.kind) + self.name


BOOL: Final = Type("bool")
TEXT: Final = Type("text")
INSTANT: Final = Type("instant")
DATE: Final = Type("date")
MONTH: Final = Type("month")
LIMIT: Final = Type("limit")
CALENDAR: Final = Type("calendar")
NUMBER: Final = Type("number", show="number")
DURATION: Final = Type("number", unit=TIME, show="duration")

PLAIN_TYPES: Final[dict[str, Type]] = {
    "bool": BOOL,
    "text": TEXT,
    "instant": INSTANT,
    "date": DATE,
    "month": MONTH,
    "limit": LIMIT,
    "calendar": CALENDAR,
    "number": NUMBER,
    "integer": Type("number", show="integer"),
    "ratio": Type("number", show="ratio"),
    "percent": Type("number", show="percent"),
    "points": Type("number", unit=POINTS, show="points"),
    "duration": DURATION,
}


EXAMPLES: Final = {
    "date": "'2024-06-30'",
    "month": "'2024-06'",
    "limit": "2 h or 1 workday",
    "text": "'some text'",
}
ONE_KIND: Final = "both sides must be of one kind and unit"
BRIDGES: Final = {
    frozenset(("month", "date")): "month_of(date) gives its month",
    frozenset(("month", "instant")): "month_of(instant) gives its month",
    frozenset(("date", "instant")): "date_of(instant) gives its date",
    frozenset(("text", "date")): "write it like '2024-06-30'",
    frozenset(("text", "month")): "write it like '2024-06'",
}


def number_type(unit: Unit, show: str = "") -> Type:
    """The number type of a unit, shown as that unit is."""
    if not show:
        show = {POINTS: "points", TIME: "duration", NO_UNIT: "number"}.get(unit, "money")
    return Type("number", unit=unit, show=show)


def describe_unit(unit: Unit) -> str:
    """``CNY``, ``points``, ``CNY/points``; empty for a number without unit."""
    above = [_power(base, power) for base, power in unit if power > 0]
    below = [_power(base, -power) for base, power in unit if power < 0]
    text = "·".join(above) or ("1" if below else "")
    return text + "".join(f"/{each}" for each in below)


def _power(base: str, power: int) -> str:
    return base if power == 1 else f"{base}^{power}"


def a_kind(kind: Type) -> str:
    """``a quantity in CNY``, ``a plain number``, ``an instant``, … for messages."""
    if kind.kind == "number":
        unit = describe_unit(kind.unit)
        return f"a quantity in {unit}" if unit else "a plain number"
    names = {"enum": f"a choice of {kind.name}", "bool": "true or false", "instant": "an instant"}
    if kind.kind in ("list", "record"):
        return f"a {kind.kind} of level {kind.name}"
    return names.get(kind.kind, f"a {kind}")


def how_to_join(left: Type, right: Type) -> str:
    """What brings two values of different kinds together."""
    return BRIDGES.get(frozenset((left.kind, right.kind)), ONE_KIND)


def combine(left: Unit, right: Unit, sign: int) -> Unit:
    """The unit of a product (sign 1) or quotient (sign -1)."""
    powers = dict(left)
    for base, power in right:
        powers[base] = powers.get(base, 0) + sign * power
    return tuple(sorted((base, power) for base, power in powers.items() if power))


def common(left: Type, right: Type) -> Type | None:
    """The type of a value that may be either, or None when they do not go together."""
    if left.kind == right.kind == "enum":
        shared = set(left.name.split("|")) & set(right.name.split("|"))
        return Type("enum", "|".join(sorted(shared))) if shared else None
    if left == right:
        return left if right.show in (left.show, "number") else right
    if {left, right} == {LIMIT, DURATION}:
        return LIMIT
    return None


def is_ordered(kind: Type) -> bool:
    """Whether of two values of the type one is the smaller."""
    return kind.kind in ("number", "instant", "date", "month")


def assignable(actual: Type, declared: Type) -> bool:
    """Whether a value of *actual* may stand where *declared* is asked for."""
    if actual.kind == "enum" and declared.kind == "enum":
        return declared.name in actual.name.split("|")
    return actual == declared or (declared == LIMIT and actual == DURATION)
