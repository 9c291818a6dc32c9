"""Instants in and out: integers of microseconds since 1970-01-01T00:00Z inside.

The only module that imports pendulum, and only when the first result is handed out.  Reading
needs no pendulum, because a ``pendulum.DateTime`` is a ``datetime``; it goes through
``datetime``'s own subtraction, which is exact inside a repeated hour and ten times as fast as
pendulum's.
"""

import re
from collections.abc import Callable
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from sla_rules.diagnostics import nearest
from sla_rules.worktime.errors import CalendarError, Code, error

if TYPE_CHECKING:
    import pendulum

__all__ = [
    "DAY",
    "NEVER",
    "from_us",
    "local",
    "quick_instant",
    "to_us",
    "wall",
    "zone_name",
    "zone_of",
]

DateTime: TypeAlias = "pendulum.DateTime"
SECOND = 1_000_000
DAY = 86_400 * SECOND
NEVER = 1 << 62
"""Later than every instant: the end of an open suspension, a deadline whose clock is stopped."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)
_EPOCH_ORDINAL = _NAIVE_EPOCH.toordinal()
_FIXED = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?")
_TOO_FINE = re.compile(r"[.,]\d{6}\d*[1-9]")
_subtract: Callable[[datetime, datetime], timedelta] = datetime.__sub__

EARLIEST = -(_EPOCH_ORDINAL - date(1, 1, 2).toordinal()) * DAY
LATEST = (date(MAXYEAR, 1, 1).toordinal() - _EPOCH_ORDINAL) * DAY


def to_us(value: object, zone: "str | tzinfo | None" = None, *, where: str = "instant") -> int:
    """The microseconds between 1970-01-01T00:00Z and *value*, exactly.

    *value* is a ``pendulum.DateTime``, an aware ``datetime`` or ISO 8601 text with an offset.
    A value without zone is refused unless *zone* says whose wall clock it is; then a time in
    a spring gap is shifted forward and a repeated time is the first one, unless its ``fold``
    is 1.  Numbers, dates and anything else are refused.  *where* names the value in errors.

    Raises :class:`CalendarError` T020 (no zone), T021 (no instant), T022 (unreadable text).

    >>> to_us("1970-01-01T08:00:01+08:00")
    1000000
    >>> to_us("1970-01-01T08:00:01", zone="Asia/Shanghai")
    1000000
    """
    if not isinstance(value, datetime):
        if not isinstance(value, str):
            raise _no_instant(value, where)
        value = _from_text(value, where)
    if value.tzinfo is not None:
        try:
            delta = _subtract(value, _EPOCH)
        except TypeError:  # a tzinfo that knows no offset
            value = value.replace(tzinfo=None)
        else:
            return delta.days * DAY + delta.seconds * SECOND + delta.microseconds
    if zone is None:
        raise error(
            Code.NAIVE,
            where,
            f"{value.isoformat()} has no time zone",
            "write the offset, such as +08:00, or name the zone it was read in",
        )
    delta = _subtract(value.replace(tzinfo=zone_of(zone_name(zone))), _EPOCH)
    return delta.days * DAY + delta.seconds * SECOND + delta.microseconds


def quick_instant(text: str) -> datetime | None:
    """The aware datetime of plain ISO text with an offset; None for any other text.

    Reading many instants goes through here first, and through :func:`to_us` with its full
    answers only where this gives up.
    """
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return None
    if value.tzinfo is None or len(text) < 16 or _TOO_FINE.search(text):
        return None
    return value


def from_us(us: int, tz: "str | tzinfo") -> "pendulum.DateTime":
    """The instant *us* microseconds after 1970-01-01T00:00Z, on the wall clock of *tz*.

    The round trip ``to_us(from_us(us, tz)) == us`` is exact, also inside a repeated hour.

    Raises :class:`CalendarError` T023 (outside years 1 to 9998), T007 (unknown zone).

    >>> from_us(1_000_000, "Asia/Shanghai").isoformat()
    '1970-01-01T08:00:01+08:00'
    """
    if not EARLIEST <= us <= LATEST:
        raise beyond_years(us)
    make, zone = _output(tz if isinstance(tz, str) else zone_name(tz))
    seconds, micro = divmod(us, SECOND)
    at = datetime.fromtimestamp(seconds, zone)
    return make(
        at.year,
        at.month,
        at.day,
        at.hour,
        at.minute,
        at.second,
        micro,
        tzinfo=zone,
        fold=at.fold,
    )


def beyond_years(us: int, where: str = "instant") -> CalendarError:
    """The error for an instant that no date can express."""
    side = "before year 1" if us < 0 else "after year 9998"
    return error(
        Code.YEARS, where, f"the result lies {side}", "is the budget in the unit you mean?"
    )


def wall(ordinal: int, clock: int, tz: tzinfo) -> int:
    """The instant when a wall clock in *tz* shows *clock* microseconds on day *ordinal*.

    *clock* may exceed a day.  A time in a gap is shifted forward, a repeated one is the first.
    """
    extra, clock = divmod(clock, DAY)
    naive = datetime.fromordinal(ordinal + extra) + timedelta(microseconds=clock)
    offset = naive.replace(tzinfo=tz).utcoffset() or timedelta()
    delta = naive - _NAIVE_EPOCH - offset
    return delta.days * DAY + delta.seconds * SECOND + delta.microseconds


def local(us: int, tz: tzinfo) -> tuple[int, int]:
    """The day ordinal and the microseconds since midnight that *tz*'s wall clock shows."""
    if not EARLIEST <= us <= LATEST:
        raise beyond_years(us)
    at = (_NAIVE_EPOCH + timedelta(microseconds=us)).replace(tzinfo=tz)
    at = tz.fromutc(at)
    seconds = (at.hour * 60 + at.minute) * 60 + at.second
    return at.toordinal(), seconds * SECOND + at.microsecond


def zone_name(zone: object) -> str:
    """The stable text of a zone: its IANA name, or ``+08:00`` for a fixed offset.

    Raises :class:`CalendarError` T007 for an unknown one.
    """
    if isinstance(zone, str):
        zone_of(zone)
        return zone
    if isinstance(zone, tzinfo):
        name = getattr(zone, "key", None) or getattr(zone, "zone", None)
        if isinstance(name, str):
            return zone_name(name)
        offset = zone.utcoffset(None)
        if offset is not None and not offset.microseconds and not offset.seconds % 60:
            return _offset_text(offset)
    raise error(
        Code.ZONE,
        "zone",
        f"{zone!r} is not a time zone",
        "name it as in zone='Asia/Shanghai', or use zone='+08:00'",
    )


@lru_cache(maxsize=256)
def zone_of(name: str) -> tzinfo:
    """The standard-library zone behind a name that :func:`zone_name` returned."""
    if fixed := _FIXED.fullmatch(name):
        sign, hours, minutes = fixed[1], int(fixed[2]), int(fixed[3] or 0)
        if hours < 24 and minutes < 60:
            offset = timedelta(hours=hours, minutes=minutes)
            return timezone(-offset if sign == "-" else offset)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = nearest(name, available_timezones()) or "use an IANA name such as Asia/Shanghai"
        raise error(Code.ZONE, "zone", f"no time zone is called {name!r}", hint) from None


@lru_cache(maxsize=256)
def _output(name: str) -> "tuple[type[pendulum.DateTime], tzinfo]":
    """What builds a result in the named zone."""
    import pendulum

    zone = zone_of(name)
    if isinstance(zone, ZoneInfo):
        return pendulum.DateTime, pendulum.timezone(name)
    offset = zone.utcoffset(None) or timedelta()
    return pendulum.DateTime, pendulum.timezone(offset.days * 86_400 + offset.seconds)


def _offset_text(offset: timedelta) -> str:
    minutes = offset.days * 1440 + offset.seconds // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def _from_text(text: str, where: str) -> datetime:
    stripped = text.strip()
    try:
        value = datetime.fromisoformat(stripped)
        if _TOO_FINE.search(stripped):
            raise ValueError("finer than a microsecond")
    except ValueError as reason:
        raise error(
            Code.UNREADABLE,
            where,
            f"{text!r} is not an ISO 8601 instant ({reason})",
            "write it like 2026-03-02T09:00:00+08:00",
        ) from None
    if value.timetz() == time() and len(stripped) <= 10:
        raise _no_instant(text, where)
    return value


def _no_instant(value: object, where: str) -> CalendarError:
    what = "a date" if isinstance(value, date) else f"a {type(value).__name__}"
    return error(
        Code.INSTANT,
        where,
        f"expected an instant with a zone, got {value!r}"
        + ("" if isinstance(value, str) else f" ({what})"),
        "pass a pendulum.DateTime, an aware datetime, or text like 2026-03-02T09:00:00+08:00",
    )
