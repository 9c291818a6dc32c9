"""Values as the cells of a table: bare numbers, bounds, titles of choices, local times."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, Final

import attrs

from sla_rules.assessment import Assessment, Result
from sla_rules.language.program import Program
from sla_rules.language.types import Type
from sla_rules.quantities import format_duration, format_number
from sla_rules.worktime.durations import timedelta_us

__all__ = ["Figures", "words"]

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "final": ("已定", "final"),
    "provisional": ("暂定", "provisional"),
    "undetermined": ("待定", "undetermined"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "nothing": ("—", "-"),
    "unknown": ("？", "?"),
}
_UNITS_ZH: Final = {"h": "小时", "min": "分钟", "s": "秒", "workday": "个工作日"}


def words(name: str, lang: str) -> str:
    """A word of the tables in Chinese or English."""
    return _WORDS[name][lang == "en"]


@attrs.frozen
class Figures:
    """Writes values of one program in one language."""

    program: Program
    lang: str

    def cell(self, record: Assessment, name: str) -> str:
        """A decision or a fact of a record; a figure that was given ends with ``*``."""
        level = self.program.levels[record.level]
        decision = level.decision(name)
        if decision is not None:
            result = record.result(name)
            return self.result(decision.type, result) + ("*" if result.given else "")
        fact = level.fact(name)
        value = record[name]
        return words("nothing", self.lang) if fact is None else self.value(fact.type, value)

    def result(self, kind: Type, result: Result) -> str:
        """A value; bounds or options while it is open; a mark where there is none."""
        if result.value is not None:
            return self.value(kind, result.value)
        if result.status == "final":
            return words("nothing", self.lang)
        if kind.kind == "enum" and result.options:
            return "/".join(self.value(kind, option) for option in result.options)
        low = None if result.low is None else self.value(kind, result.low)
        high = None if result.high is None else self.value(kind, result.high)
        if low is not None and high is not None:
            return f"{low}–{high}"
        if low is not None or high is not None:
            return f">={low}" if high is None else f"<={high}"
        return words("unknown", self.lang)

    def value(self, kind: Type, value: Any) -> str:
        """A known value without its unit, which the heading or caption names."""
        if value is None:
            return words("nothing", self.lang)
        match kind.kind:
            case "number":
                return self._number(kind, value)
            case "enum":
                return self._member(kind.name, value)
            case "bool":
                return words("yes" if value else "no", self.lang)
            case "limit":
                return self._units(str(value))
            case "calendar":
                return self.program.calendars[value].title.of(self.lang)
        if isinstance(value, datetime):
            return self.instant(value)
        return value.isoformat() if isinstance(value, date) else str(value)

    def instant(self, value: datetime) -> str:
        """A local time without its zone, to the minute where the rest is zero."""
        exact = "minutes" if not (value.second or value.microsecond) else "auto"
        return datetime.isoformat(value.replace(tzinfo=None), " ", exact)

    def duration(self, value: timedelta) -> str:
        """Hours, minutes and seconds."""
        return self._units(format_duration(timedelta_us(value)))

    def _number(self, kind: Type, value: Any) -> str:
        if isinstance(value, timedelta):
            return self.duration(value)
        number = Fraction(value)
        if kind.show == "money":
            text = format_number(number, grouped=True)
            whole, _, cents = text.partition(".")
            return text if text.endswith("…") else f"{whole}.{cents.ljust(2, '0')}"
        if kind.show in ("percent", "ratio"):
            percent = number if kind.show == "percent" else number * 100
            return f"{format_number(percent, 2)}%"
        return format_number(number)

    def _member(self, enum: str, value: str) -> str:
        for name in enum.split("|"):
            for member in self.program.enums.get(name, ()):
                if member.name == value:
                    return member.title.of(self.lang)
        return value

    def _units(self, text: str) -> str:
        if self.lang == "en":
            return text
        return " ".join(_UNITS_ZH.get(part, part) for part in text.split(" "))
