"""Values as a reader sees them: 18 分, 80,000.00 元, 25%, 2024-03-05 12:30."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

import attrs

from sla_rules.explain.wording import say, title_of_currency
from sla_rules.facts.values import to_public
from sla_rules.language import program as ir
from sla_rules.language.types import Type
from sla_rules.quantities import SECOND, Limit, Number, format_number
from sla_rules.unknown import NOT_APPLICABLE, Unknown
from sla_rules.worktime import from_us

__all__ = ["Formatter"]

HOUR: Final = 3600 * SECOND


@attrs.frozen
class Formatter:
    """Formats values of a program in one language."""

    program: ir.Program
    lang: str

    def value(self, kind: Type, value: Any) -> str:
        """Any value, known or not."""
        if value is NOT_APPLICABLE:
            return say("not_applicable", self.lang)
        if isinstance(value, Unknown):
            return self._unknown(kind, value)
        return self._known(kind, value)

    def _known(self, kind: Type, value: Any) -> str:
        match kind.kind:
            case "number":
                return self.number(kind, value)
            case "bool":
                return say("yes" if value else "no", self.lang)
            case "instant":
                return self._instant(value)
            case "enum":
                return self.member(kind.name, value)
            case "calendar":
                return self.program.calendars[value].title.of(self.lang)
            case "limit":
                return self.limit(value)
            case "month":
                return str(to_public(kind, value))
        return value.isoformat() if isinstance(value, dt.date) else str(value)

    def number(self, kind: Type, value: Number) -> str:
        """A number with its unit; a rate is told for a point or an hour."""
        match kind.show:
            case "ratio" | "percent":
                return f"{format_number(Fraction(value) * 100)}%"
            case "points":
                return say("points", self.lang, number=format_number(value))
            case "money":
                return self._per(dict(kind.unit), value)
            case "duration":
                return self.duration(value)
        return format_number(value)

    def _per(self, powers: dict[str, int], value: Number) -> str:
        """An amount, or a quantity that no single unit names: 2,000.00 元/分, 0.01/分."""
        value = value * Fraction(HOUR) ** -powers.get("time", 0)
        text = format_number(value, grouped=True)
        if powers.get(self.program.currency or "") == 1:
            del powers[self.program.currency or ""]
            text = self.money(value)
        for base, power in powers.items():
            name = say(f"unit_{base}", self.lang) if base in ("points", "time") else base
            exponent = "" if abs(power) == 1 else f"^{abs(power)}"
            text += f"{'·' if power > 0 else '/'}{name}{exponent}"
        return text

    def money(self, value: Number) -> str:
        """An amount with two places, more only where it has more."""
        text = format_number(value, grouped=True)
        whole, _, cents = text.partition(".")
        if not text.endswith("…"):
            text = f"{whole}.{cents.ljust(2, '0')}"
        currency = title_of_currency(self.program.currency or "", self.lang)
        return say("money", self.lang, number=text, currency=currency)

    def duration(self, value: Number) -> str:
        """Hours, minutes and seconds."""
        if value < 0:
            return "-" + self.duration(-value)
        whole, part = divmod(Fraction(value), SECOND)
        hours, rest = divmod(int(whole), 3600)
        minutes, seconds = divmod(rest, 60)
        pieces = []
        if hours:
            pieces.append(f"{hours}{say('hour', self.lang)}")
        if minutes:
            pieces.append(f"{minutes}{say('minute', self.lang)}")
        if seconds or part or not pieces:
            pieces.append(f"{format_number(seconds + part / SECOND, 6)}{say('second', self.lang)}")
        return " ".join(pieces)

    def limit(self, value: Limit | int) -> str:
        """A time limit: clock time, or working days."""
        if isinstance(value, Limit) and value.workdays:
            return say("workdays", self.lang, count=value.amount)
        return self.duration(value.amount if isinstance(value, Limit) else value)

    def _instant(self, value: int) -> str:
        moment = from_us(value, self.program.timezone)
        text = f"{moment.date().isoformat()} {moment.hour:02d}:{moment.minute:02d}"
        if moment.second or moment.microsecond:
            text += f":{moment.second:02d}"
        if moment.microsecond:
            text += f".{moment.microsecond:06d}".rstrip("0")
        return text

    def member(self, enum: str, value: str) -> str:
        """The title of a member of an enumeration."""
        for name in enum.split("|"):
            for member in self.program.enums.get(name, ()):
                if member.name == value:
                    return member.title.of(self.lang)
        return value

    def _unknown(self, kind: Type, value: Unknown) -> str:
        if value.settled is not None:
            return say("settled", self.lang, value=self._known(kind, value.settled))
        if value.options is not None and kind.kind != "bool":
            shown = [self._known(kind, option) for option in value.options]
            return say("one_of", self.lang, options=say("comma", self.lang).join(shown))
        low = None if value.low is None else self._known(kind, value.low)
        high = None if value.high is None else self._known(kind, value.high)
        ends: Mapping[tuple[bool, bool], str] = {
            (True, True): "range",
            (True, False): "at_least",
            (False, True): "at_most",
            (False, False): "unknown",
        }
        phrase = ends[low is not None, high is not None]
        return say(phrase, self.lang, low=low, high=high)
