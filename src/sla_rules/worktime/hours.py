"""Opening hours as people write them, turned into seven days of disjoint windows."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import time
from itertools import pairwise
from typing import Final

from attrs import frozen

from sla_rules.diagnostics import Diagnostic, nearest
from sla_rules.worktime.errors import CalendarError, Code, problem
from sla_rules.worktime.instants import DAY, SECOND

__all__ = ["ALWAYS", "WEEKDAYS", "Week", "Windows", "parse_hours", "read_hours", "read_windows"]

Windows = tuple[tuple[int, int], ...]
"""The windows of one day: (open, close) in microseconds since its midnight, sorted, disjoint."""

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONG: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?"
_WINDOW = re.compile(rf"\s*{_CLOCK}\s*[-–—~]\s*{_CLOCK}\s*")
_FORM = 'write "09:00-12:00", with the end up to "48:00" for the next day'


@frozen(repr=False)
class Week:
    """Seven days of windows, Monday first; what :func:`parse_hours` returns.

    A window's end may exceed 24 hours: it then ends on the next day and still belongs to the
    day on which it starts.
    """

    days: tuple[Windows, ...]

    def length(self, weekday: int) -> int:
        """How many microseconds this weekday (0 is Monday) is open."""
        return sum(end - start for start, end in self.days[weekday])

    def __repr__(self) -> str:
        shown = (
            f"{name} " + " ".join(show_window(*each) for each in windows)
            for name, windows in zip(WEEKDAYS, self.days, strict=True)
            if windows
        )
        return f"<Week {', '.join(shown)}>"


ALWAYS: Final = Week((((0, DAY),),) * 7)
"""Round the clock: what the text ``24x7`` stands for."""


def parse_hours(hours: object) -> Week:
    """Read opening hours; every problem is reported at once.

    *hours* is ``"24x7"`` or a mapping of weekdays to windows.  A key is a weekday (``mon``), a
    range (``mon-fri``; ``fri-mon`` wraps) or a comma list of both.  A window is text such as
    ``"09:00-12:00"`` or a pair of ``datetime.time``; an end at or before the start, or beyond
    24:00, lies on the next day.  Windows that touch are fine, windows that overlap are not.

    Raises :class:`CalendarError` T001 (weekday), T002 (window), T003 (zero length), T004
    (overlap), T005 (weekday twice), T006 (no window at all).

    >>> parse_hours({"mon-tue": ["09:00-12:00", "14:00-18:00"], "fri": ["22:00-06:00"]})
    <Week mon 09:00-12:00 14:00-18:00, tue 09:00-12:00 14:00-18:00, fri 22:00-30:00>
    """
    week, problems = read_hours(hours)
    if not problems and not any(week.days):
        problems.append(empty_calendar())
    if problems:
        raise CalendarError(problems)
    return week


def read_hours(hours: object, where: str = "hours") -> tuple[Week, list[Diagnostic]]:
    """The week and what is wrong with it; a week without windows is allowed here."""
    problems: list[Diagnostic] = []
    if isinstance(hours, Week):
        return hours, problems
    if isinstance(hours, str) and hours.strip().lower() in ("24x7", "24/7", "7x24"):
        return ALWAYS, problems
    if not isinstance(hours, Mapping):
        hint = 'write "24x7" or {"mon-fri": ["09:00-12:00", "13:00-18:00"]}'
        message = f"{hours!r} are not opening hours"
        return Week(((),) * 7), [problem(Code.WINDOW, where, message, hint)]
    days: dict[int, Windows] = {}
    for key, listed in hours.items():
        place = f"{where}.{key}"
        indexes, wrong = _read_weekdays(key, place)
        windows, more = read_windows(listed, place)
        problems += [*wrong, *more]
        for index in indexes:
            if index in days:
                message = f"{WEEKDAYS[index]} is declared twice"
                problems.append(problem(Code.TWICE, place, message, "list its windows once"))
            days[index] = windows
    week = Week(tuple(days.get(index, ()) for index in range(7)))
    problems += [
        problem(
            Code.OVERLAP,
            f"{where}.{WEEKDAYS[(index + 1) % 7]}",
            f"the window of {WEEKDAYS[index]} that ends {show_clock(last)} runs into this day's",
            "end it earlier or start the next day's later",
        )
        for index in range(7)
        if (last := spill(week.days[index], week.days[(index + 1) % 7]))
    ]
    return week, problems


def read_windows(listed: object, where: str) -> tuple[Windows, list[Diagnostic]]:
    """The sorted windows of one day, touching ones merged, and what is wrong with them."""
    problems: list[Diagnostic] = []
    if isinstance(listed, str) or not isinstance(listed, Iterable):
        message = f"expected a list of windows, got {listed!r}"
        return (), [problem(Code.WINDOW, where, message, 'write ["09:00-12:00"]')]
    windows: list[tuple[int, int]] = []
    for index, item in enumerate(listed):
        place = f"{where}[{index}]"
        window = _read_window(item)
        if window is None:
            problems.append(problem(Code.WINDOW, place, f"{item!r} is not a window", _FORM))
        elif window[0] == window[1]:
            hint = "a whole day is 00:00-24:00; a closed day has no windows"
            problems.append(problem(Code.ZERO_LENGTH, place, f"{item!r} has no length", hint))
        else:
            windows.append(window)
    windows.sort()
    for before, after in pairwise(windows):
        if after[0] < before[1]:
            message = f"{show_window(*before)} and {show_window(*after)} overlap"
            problems.append(problem(Code.OVERLAP, where, message, "merge them or move one"))
    return merged(windows), problems


def merged(windows: Iterable[tuple[int, int]]) -> Windows:
    """Sorted windows with touching and overlapping ones united."""
    out: list[tuple[int, int]] = []
    for start, end in windows:
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return tuple(out)


def spill(today: Windows, tomorrow: Windows) -> int:
    """The end of today's last window if it overlaps tomorrow's first one, else 0."""
    if today and tomorrow and today[-1][1] - DAY > tomorrow[0][0]:
        return today[-1][1]
    return 0


def empty_calendar() -> Diagnostic:
    """The problem of a calendar without a single window."""
    message = "the calendar has no window at all: nothing would ever be due"
    return problem(Code.EMPTY, "hours", message, 'give it hours, such as {"mon-fri": [...]}')


def show_clock(us: int) -> str:
    """A time of day as text, without needless seconds."""
    seconds, micro = divmod(us, SECOND)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
    if seconds % 60 or micro:
        text += f":{seconds % 60:02}"
    return f"{text}.{micro:06}" if micro else text


def show_window(start: int, end: int) -> str:
    """A window as text."""
    return f"{show_clock(start)}-{show_clock(end)}"


def clock_us(value: object) -> int | None:
    """A time of day, as ``"12:00"`` or ``datetime.time``, in microseconds; None if it is none."""
    if isinstance(value, str):
        found = re.fullmatch(_CLOCK, value.strip())
        return None if found is None else _clock(found.groups())
    if isinstance(value, time) and value.tzinfo is None:
        seconds = (value.hour * 60 + value.minute) * 60 + value.second
        return seconds * SECOND + value.microsecond
    return None


def weekday_index(name: object) -> int | None:
    """0 for ``mon`` or ``Monday`` … 6 for ``sun``; None for anything else."""
    text = name.strip().lower() if isinstance(name, str) else ""
    for names in (WEEKDAYS, _LONG):
        if text in names:
            return names.index(text)
    return None


def _clock(parts: Sequence[str | None]) -> int | None:
    hour, minute, second = (int(part or 0) for part in parts[:3])
    us = ((hour * 60 + minute) * 60 + second) * SECOND + int((parts[3] or "").ljust(6, "0"))
    return us if minute < 60 and second < 60 and us <= 2 * DAY else None


def _read_window(item: object) -> tuple[int, int] | None:
    if isinstance(item, str):
        found = _WINDOW.fullmatch(item)
        start, end = (
            (_clock(found.groups()[:4]), _clock(found.groups()[4:])) if found else (None,) * 2
        )
    elif isinstance(item, Sequence) and len(item) == 2:
        start, end = clock_us(item[0]), clock_us(item[1])
    else:
        return None
    if start is None or end is None or start >= DAY:
        return None
    return (start, end + DAY) if end < start else (start, end)


def _read_weekdays(key: object, where: str) -> tuple[list[int], list[Diagnostic]]:
    indexes: list[int] = []
    problems: list[Diagnostic] = []
    for part in key.split(",") if isinstance(key, str) else [key]:
        ends = part.split("-") if isinstance(part, str) else [part]
        found = [weekday_index(name) for name in ends]
        for name, index in zip(ends, found, strict=True):
            if index is None:
                shown = name.strip() if isinstance(name, str) else name
                hint = nearest(str(shown).lower(), WEEKDAYS) or "use mon … sun"
                message = f"no weekday is called {shown!r}"
                problems.append(problem(Code.WEEKDAY, where, message, hint))
        first, last = found[0], found[-1]
        if first is None or last is None:
            continue
        if len(found) > 2:
            problems.append(problem(Code.WEEKDAY, where, f"{part!r} is not a range", "mon-fri"))
            continue
        indexes += [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    return indexes, problems
