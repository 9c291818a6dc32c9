"""Which values of a fact are worth trying: by its type, its range, the figures of a ruleset."""

import datetime as dt
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final
from zoneinfo import ZoneInfo

import attrs

from sla_rules.language import program as ir
from sla_rules.language.types import Type
from sla_rules.language.walk import parts
from sla_rules.quantities import SECOND, Limit, Number, Unit
from sla_rules.worktime import to_us

__all__ = ["Moment", "Palette", "grain", "snapped"]

MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
OFFSETS: Final = (0, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 5 * HOUR, DAY, 3 * DAY, 8 * DAY)
MOST: Final = 14
GRAINS: Final[Mapping[str, Number]] = {
    "integer": 1,
    "money": Fraction(1, 100),
    "percent": Fraction(1, 10000),
    "ratio": Fraction(1, 10000),
    "duration": MINUTE,
}
HIGHEST: Final[Mapping[str, int]] = {
    "integer": 12,
    "money": 100_000,
    "percent": 1,
    "ratio": 1,
    "points": 100,
    "duration": 48 * HOUR,
}
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@attrs.frozen
class Moment:
    """When a synthetic record takes place: the date, and ten o'clock on it as an instant."""

    date: dt.date
    zone: str

    @property
    def us(self) -> int:
        """Ten o'clock in the zone of the ruleset."""
        return to_us(f"{self.date.isoformat()}T10:00:00", self.zone)

    @property
    def month(self) -> int:
        """The number of the month."""
        return self.date.year * 12 + self.date.month - 1

    def later(self, *, months: int = 0, days: int = 0) -> "Moment":
        """The same so much later, on a day that every month has."""
        year, index = divmod(self.month + months, 12)
        day = min(self.date.day, 28) if months else self.date.day
        moved = self.date.replace(year=year, month=index + 1, day=day)
        return attrs.evolve(self, date=moved + dt.timedelta(days=days))


def starting(program: ir.Program) -> Moment:
    """A Tuesday early in a month in which the ruleset is in force, as far as it can be."""
    first = program.effective_from or dt.date(2024, 1, 1)
    last = program.effective_to or dt.date(9000, 1, 1)
    wanted = Moment(dt.date(min(max(first.year, 1990), 9000), first.month, 5), program.timezone)
    third = wanted.later(months=2)
    start = third if third.date <= last else wanted
    return start.later(days=(1 - start.date.weekday()) % 7)


def grain(fact: ir.Fact) -> Number:
    """The smallest difference between two values of a fact that is tried."""
    if fact.step is not None and isinstance(fact.step.value, int | Fraction):
        return fact.step.value
    if fact.type.kind == "instant":
        return MINUTE
    return GRAINS.get(fact.type.show, Fraction(1, 100)) if fact.type.kind == "number" else 1


def snapped(value: Number, fact: ir.Fact) -> Number:
    """The nearest value at or below that lies on the steps of the fact."""
    step = grain(fact)
    low = _end(fact.min)
    origin = 0 if low is None else low
    down = origin + ((value - origin) // step) * step
    return down.numerator if down.denominator == 1 else down


def _end(constant: ir.Constant | None) -> Number | None:
    value = None if constant is None else constant.value
    return value if isinstance(value, int | Fraction) else None


class Palette:
    """The values to try for the facts of one program, in their internal form and order."""

    def __init__(self, program: ir.Program) -> None:
        self.program = program
        self.zone = ZoneInfo(program.timezone)
        self.start = starting(program)
        self._constants = _constants(program)
        self._spreads: dict[int, list[Any]] = {}

    def bounds(self, fact: ir.Fact) -> tuple[Number, Number]:
        """The ends of what is tried of a number: its range, or a range that its figures suggest."""
        low, high = _end(fact.min), _end(fact.max)
        if low is None:
            low = 0 if high is None or high >= 0 else high - 100
        if high is None:
            known = [each for each in self._of(fact.type) if each > low]
            high = max([low + HIGHEST.get(fact.type.show, 100), *(2 * each for each in known[-1:])])
        return low, max(low, high)

    def middle(self, fact: ir.Fact) -> Number:
        """The middle of what is tried of a number."""
        low, high = self.bounds(fact)
        return snapped(low + (high - low) * Fraction(1, 2), fact)

    def figures(self, unit: Unit) -> list[Number]:
        """All figures of the ruleset in a unit, ascending."""
        return self._constants.get(unit, [])

    def _of(self, kind: Type) -> list[Number]:
        return self._constants.get(kind.unit, [])

    def spread(self, fact: ir.Fact) -> list[Any]:
        """Values of a number, truth or choice, ascending: ends, quarters, figures of the text."""
        if id(fact) not in self._spreads:
            self._spreads[id(fact)] = self._spread(fact)
        return self._spreads[id(fact)]

    def _spread(self, fact: ir.Fact) -> list[Any]:
        match fact.type.kind:
            case "bool":
                return [False, True]
            case "enum":
                return [member.name for member in self.program.enums[fact.type.name]]
            case "number":
                return self._numbers(fact)
        return []

    def _numbers(self, fact: ir.Fact) -> list[Any]:
        low, high = self.bounds(fact)
        span = high - low
        values = {low, high, *(snapped(low + span * Fraction(n, 4), fact) for n in (1, 2, 3))}
        step = grain(fact)
        figures = [each for each in self._of(fact.type) if low < each < high]
        for each in _few(figures, max(1, (MOST - len(values)) // 2)):
            values |= {snapped(each, fact), snapped(each, fact) + step}
        return sorted(each for each in values if low <= each <= high)

    def moments(self, fact: ir.Fact, since: Any, moment: Moment) -> list[Any]:
        """Instants, dates or months from *since*, or from the moment of the record, ascending."""
        if fact.type.kind == "instant":
            start = moment.us if since is None else since
            limits = [
                each for each in self._constants.get((("time", 1),), []) if 0 < each < 8 * DAY
            ]
            offsets = {*OFFSETS, *(2 * int(each) for each in _few(limits, 4))}
            return [start + each for each in sorted(offsets)]
        if fact.type.kind == "date":
            first = moment.date if since is None else since
            return [first + dt.timedelta(days=each) for each in (0, 1, 7, 20, 45, 90)]
        first_month = moment.month if since is None else since
        return [first_month + each for each in (0, 1, 2)]


def _few(values: list[Number], most: int) -> list[Number]:
    """At most so many of the values, evenly taken."""
    if len(values) <= most:
        return values
    return [values[len(values) * n // most] for n in range(most)]


def _constants(program: ir.Program) -> dict[Unit, list[Number]]:
    """All figures of the ruleset by their unit, ascending."""
    found: dict[Unit, set[Number]] = {}
    everything: Iterable[Any] = (
        tuple(each.body for level in program.levels.values() for each in level.decisions),
        tuple(
            (each.applies, each.cap, each.floor)
            for level in program.levels.values()
            for each in level.decisions
        ),
        tuple(each.value for each in program.parameters.values()),
    )
    seen: set[int] = set()
    for part in parts(tuple(everything)):
        if not isinstance(part, ir.Constant) or id(part) in seen:
            continue
        seen.add(id(part))
        value = part.value
        if part.type.kind == "limit":  # what is no number of working days is a duration
            amount = value.amount if isinstance(value, Limit) else value
            if isinstance(amount, int) and not (isinstance(value, Limit) and value.workdays):
                found.setdefault((("time", 1),), set()).add(amount)
        elif isinstance(value, int | Fraction) and not isinstance(value, bool):
            found.setdefault(part.type.unit, set()).add(value)
    return {unit: sorted(values) for unit, values in found.items()}
