"""Text to instants: only the profile's formats, only the caller's zone, and no guess."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import attrs

from sla_rules.diagnostics import Diagnostic, FactsError

from .problems import Code, shown

__all__ = ["Unreadable", "named_zone", "reader"]


@attrs.frozen
class Unreadable:
    """Why a text is no instant."""

    code: Code
    message: str
    hint: str = ""

    def at(self, line: int, subject: str) -> Diagnostic:
        """The problem of *subject* at *line*."""
        return self.code.at(line, f"{subject}: {self.message}", self.hint)


def named_zone(zone: str | ZoneInfo) -> ZoneInfo:
    """The zone of that name; :class:`FactsError` when there is none.

    >>> named_zone("Asia/Shanghai").key
    'Asia/Shanghai'
    """
    if isinstance(zone, ZoneInfo):
        return zone
    try:
        return ZoneInfo(zone)
    except (LookupError, OSError, TypeError, ValueError):
        message = f"{zone!r} is not the name of a time zone"
        hint = "name it as in zone='Asia/Shanghai'; an export without zone is never guessed"
        raise FactsError([Code.ZONE.at("zone", message, hint)]) from None


def reader(
    formats: tuple[str, ...], zone: ZoneInfo, size: int = 8192
) -> Callable[[str], datetime | Unreadable]:
    """A function from text to an instant in UTC; it remembers the last *size* texts.

    A text with an offset keeps it.  A text without is local to *zone*; a local time that the zone
    skips or repeats is refused, as is a text that two formats read differently.

    >>> read = reader(("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"), ZoneInfo("Asia/Shanghai"))
    >>> read("29/02/2016 01:16").isoformat()
    '2016-02-28T17:16:00+00:00'
    >>> read("03/04/2016 01:16").code.code, read("yesterday").code.code
    ('P009', 'P008')
    """

    @lru_cache(maxsize=size)
    def read(text: str) -> datetime | Unreadable:
        readings = {instant for form in formats for instant in _readings(text, form, zone)}
        if len(readings) == 1:
            return readings.pop()
        if not readings:
            return Unreadable(
                Code.BAD_TIME,
                f"{shown(text)} is not a time of this export",
                "expected " + " or ".join(formats),
            )
        return Unreadable(
            Code.AMBIGUOUS_TIME,
            f"{shown(text)} is not exactly one instant in {zone.key}",
            "write the offset, or keep one format in the profile",
        )

    return read


def _readings(text: str, form: str, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The instants that *text* can mean in one format; none when it does not fit.

    Where the zone repeats or skips the local time there are two different ones.
    """
    if any(ch.isdecimal() and not ch.isascii() for ch in text):
        return ()
    try:
        if "%z" in form:
            both = [datetime.strptime(text, form).astimezone(UTC)]
        else:
            local = datetime.strptime(text, form).replace(tzinfo=zone)
            both = [local.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
        for instant in both:
            instant.astimezone(zone)
    except (OverflowError, ValueError):
        return ()
    return tuple(both)
