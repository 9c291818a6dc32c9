"""The calendar: declared hours in, answers about working time out."""

from datetime import date, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from attrs import field, fields, frozen

from sla_rules.worktime.always import AlwaysClock
from sla_rules.worktime.clock import IndexedClock
from sla_rules.worktime.dates import Named, Overrides, read_date
from sla_rules.worktime.dayrules import DEFAULT_RULE, day_deadline
from sla_rules.worktime.declaration import Declaration, Written, fingerprint, read_declaration
from sla_rules.worktime.durations import parse_budget, timedelta_us, working_time
from sla_rules.worktime.errors import CalendarError, Code, error
from sla_rules.worktime.holidays import Coverage
from sla_rules.worktime.hours import WEEKDAYS, Week, clock_us
from sla_rules.worktime.instants import NEVER, from_us, local, to_us, zone_of
from sla_rules.worktime.pauses import Pauses, read_suspensions
from sla_rules.worktime.schedule import Schedule
from sla_rules.worktime.seasons import Seasons

if TYPE_CHECKING:
    from sla_rules.worktime.instants import DateTime

__all__ = ["Calendar"]


@frozen(init=False)
class Calendar:
    """Working time under declared hours, holidays and overrides, in one time zone.

    Equal declarations make equal calendars with equal hashes; a calendar can be pickled and
    shared between threads.  Windows are half-open, ``[open, close)``, on the wall clock of
    *zone*: a time in a spring gap is shifted forward, a repeated time is its first occurrence.

    - *hours*: ``"24x7"`` or weekdays to windows, see :func:`parse_hours`;
    - *holidays*: ``"CN"`` (with its make-up days), closed dates, or ``{date: name}``;
    - *working_days*: make-up working days; they take the hours of weekday *make_up_like*;
    - *overrides*: dates to windows or ``"closed"``.  For a date, an override beats a make-up
      day, a make-up day a holiday, a holiday the weekly hours;
    - *beyond*: outside the holiday data, ``"refuse"`` or ``"assume_weekdays"``;
    - *name*: shown in :attr:`id`;
    - *seasons*: spans of days to hours that replace the weekly hours from the first day to the
      last, both included: ``"05-01..09-30"`` every year (``"11-01..02-28"`` crosses New Year),
      ``"2024-07-01..2024-08-31"`` once, which beats those of every year; hours as in *hours*, or
      ``"closed"``.  A make-up day takes the hours that *make_up_like* has in its season;
    - *day_length*: how long "a working day" is for the rule ``consume``, see
      :attr:`day_length_us`.

    Instants are given as for :func:`to_us` and returned as ``pendulum.DateTime`` in *zone*;
    durations are returned as ``datetime.timedelta``, exact to the microsecond.  The ``_us``
    methods do the same on integers of microseconds.

    Raises :class:`CalendarError` with everything that is wrong with the declaration.

    >>> office = Calendar(
    ...     {"mon-fri": ["09:00-12:00", "14:00-18:00"]}, zone="Asia/Shanghai", holidays="CN"
    ... )
    >>> office.deadline("2025-11-20T16:30+08:00", "4 h").isoformat()
    '2025-11-21T11:30:00+08:00'
    >>> office.deadline("2025-11-20T16:30+08:00", "1 working day").isoformat()
    '2025-11-21T18:00:00+08:00'
    """

    hours: Week
    zone: str
    holidays: str | Named | None
    make_up_days: tuple[date, ...] = field(alias="working_days")
    overrides: Overrides
    make_up_like: str
    beyond: str
    name: str
    seasons: Seasons
    day_length: timedelta | None
    _schedule: Schedule = field(init=False, eq=False, repr=False)
    _clock: IndexedClock | AlwaysClock = field(init=False, eq=False, repr=False)

    def __init__(  # noqa: PLR0913  a declaration has many parts, and one of them has no name
        self,
        hours: object,
        *,
        zone: str | tzinfo,
        holidays: object = None,
        working_days: object = None,
        overrides: object = None,
        make_up_like: str = "mon",
        beyond: str = "refuse",
        name: str = "",
        seasons: object = None,
        day_length: object = None,
    ) -> None:
        read = read_declaration(
            Written(
                hours=hours,
                zone=zone,
                holidays=holidays,
                working_days=working_days,
                overrides=overrides,
                make_up_like=make_up_like,
                beyond=beyond,
                name=name,
                seasons=seasons,
                day_length=day_length,
            )
        )
        self.__attrs_init__(*read)
        schedule = read.schedule()
        tz = zone_of(read.zone)
        clock = AlwaysClock(tz) if schedule.always else IndexedClock(schedule, tz)
        object.__setattr__(self, "_schedule", schedule)
        object.__setattr__(self, "_clock", clock)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self._declaration,)

    @property
    def _declaration(self) -> Declaration:
        return Declaration(*(getattr(self, each.name) for each in fields(Calendar) if each.init))

    # integers: microseconds since the epoch, the evaluator's vocabulary

    def elapsed_us(self, a: int, b: int, pauses: Pauses = ()) -> int:
        """Working microseconds in [a, b) outside *pauses* (merged); T028 if b < a."""
        if b < a:
            raise _reversed(self._show(a), self._show(b))
        return self._clock.elapsed(a, b, pauses)

    def deadline_us(self, a: int, budget_us: int, pauses: Pauses = ()) -> int:
        """The first instant with *budget_us* since *a*; ``NEVER`` if an open pause comes first."""
        if budget_us < 0:
            raise error(Code.NEGATIVE, "budget", f"{budget_us} microseconds is negative")
        return self._clock.deadline(a, budget_us, pauses)

    def deadline_before_us(self, b: int, budget_us: int, pauses: Pauses = ()) -> int:
        """The last instant with *budget_us* until *b*."""
        if budget_us < 0:
            raise error(Code.NEGATIVE, "budget", f"{budget_us} microseconds is negative")
        return self._clock.deadline_before(b, budget_us, pauses)

    def day_deadline_us(
        self,
        a: int,
        n: int,
        rule: str = DEFAULT_RULE,
        pauses: Pauses = (),
        *,
        cutoff_us: int | None = None,
        receipt: str = "as_is",
        day_us: int | None = None,
    ) -> int:
        """The instant *n* working days from *a* under *rule*; ``NEVER`` if the clock is stopped.

        *cutoff_us* is a time of day in microseconds since midnight; *day_us* the length of a
        working day for ``consume``, by default :attr:`day_length_us`.
        """
        length = day_us if day_us is not None else self.day_length_us if rule == "consume" else 0
        return day_deadline(
            self._clock,
            a,
            n,
            rule,
            pauses,
            cutoff=cutoff_us,
            receipt=receipt,
            day_length=length,
        )

    @property
    def day_length_us(self) -> int:
        """How long "a working day" is, for the rule ``consume``.

        What the calendar declares as *day_length*; else the hours of weekday ``make_up_like``, if
        they are equally long in ``hours`` and in every season that has hours on that weekday.
        T033 if they are not, or if it has none.
        """
        if self.day_length is not None:
            return timedelta_us(self.day_length)
        weekday = WEEKDAYS.index(self.make_up_like)
        found = sorted({week.length(weekday) for week in self._schedule.weeks} - {0})
        if len(found) == 1:
            return found[0]
        if found:
            shown = " and ".join(str(timedelta(0, 0, each)) for each in found)
            message = f"{self.make_up_like} has {shown} of hours, depending on the season"
        else:
            message = f"{self.make_up_like} has no hours, so a working day has no length"
        raise error(Code.RULE_OPTION, "day_length", message, "pass day_length, such as '8 h'")

    # instants: pendulum in and out

    def elapsed(self, start: object, end: object, suspensions: object = ()) -> timedelta:
        """Exact working time in [start, end) minus the union of *suspensions*.

        >>> Calendar({"mon-fri": ["09:00-17:00"]}, zone="UTC").elapsed(
        ...     "2026-03-06T16:00Z", "2026-03-09T10:00Z"
        ... )
        datetime.timedelta(seconds=7200)
        """
        a, b = to_us(start, where="start"), to_us(end, where="end")
        if b < a:
            raise _reversed(start, end)
        pauses = read_suspensions(suspensions) if suspensions else ()
        return timedelta(0, 0, self._clock.elapsed(a, b, pauses))

    def deadline(
        self,
        start: object,
        budget: object,
        suspensions: object = (),
        rule: str | None = None,
        cutoff: object = None,
        receipt: str = "as_is",
        day_length: object = None,
    ) -> "DateTime | None":
        """When *budget* is used up; None if an open suspension stops the clock before.

        Working time is due at the closing that uses it up, never at the next opening; a zero
        budget is due at *start*.  A budget in working days follows *rule*, see
        :meth:`add_working_days`; the other options belong to such budgets only.
        """
        a, amount = to_us(start, where="start"), parse_budget(budget)
        if amount.working_days:
            return self.add_working_days(
                start, amount.amount, rule or DEFAULT_RULE, cutoff, receipt, suspensions, day_length
            )
        if rule is not None or cutoff is not None or day_length is not None:
            hint = "write the budget as working days, or drop the option"
            message = "rule, cutoff and day_length belong to working-day budgets"
            raise error(Code.RULE_OPTION, "budget", message, hint)
        pauses = read_suspensions(suspensions) if suspensions else ()
        t = self._clock.deadline(a, amount.amount, pauses)
        return None if t >= NEVER else from_us(t, self.zone)

    def deadline_before(self, end: object, budget: object, suspensions: object = ()) -> "DateTime":
        """The last instant from which *budget* of working time is left until *end*."""
        amount = working_time(budget, "budget")
        pauses = read_suspensions(suspensions)
        t = self._clock.deadline_before(to_us(end, where="end"), amount, pauses)
        return from_us(t, self.zone)

    def add_working_days(
        self,
        start: object,
        n: int,
        rule: str = DEFAULT_RULE,
        cutoff: object = None,
        receipt: str = "as_is",
        suspensions: object = (),
        day_length: object = None,
    ) -> "DateTime | None":
        """The instant *n* working days from *start* under a named rule (``DAY_RULES``).

        - ``end_of_nth_working_day``: the close of the n-th working day after the local date of
          *start*; ``n=0`` is the close of that date itself, or *start* if that is over or closed;
        - ``end_of_day_inclusive``: the same, but a closed date counts as its next opening;
        - ``consume``: n times *day_length* (default: :attr:`day_length_us`) of working time;
        - ``same_clock``: the same time of day on the n-th working day, clamped to its last
          closing, moved to the next opening from a gap;
        - ``roll_forward``: the same time of day, rolled to the next open instant.

        With *cutoff* (``"12:00"``), a *start* at or before it on a working day counts that day
        as the first.  ``receipt="next_opening"`` first moves *start* to the next opening.
        Working time suspended before the deadline is added to it.
        """
        if isinstance(n, bool) or not isinstance(n, int):
            raise error(Code.COUNT, "n", f"{n!r} is not a whole number of working days")
        time = None if cutoff is None else clock_us(cutoff)
        if cutoff is not None and time is None:
            raise error(Code.OPTION, "cutoff", f"{cutoff!r} is no time of day", 'write "12:00"')
        if day_length is not None and rule != "consume":
            raise error(Code.RULE_OPTION, "day_length", f"{rule} has no use for a day length")
        t = self.day_deadline_us(
            to_us(start, where="start"),
            n,
            rule,
            read_suspensions(suspensions),
            cutoff_us=time,
            receipt=receipt,
            day_us=None if day_length is None else working_time(day_length, "day_length"),
        )
        return None if t >= NEVER else from_us(t, self.zone)

    def is_open(self, t: object) -> bool:
        """Whether the clock runs at *t*; an opening is open, a closing is not."""
        return self._clock.is_open(to_us(t))

    def next_open(self, t: object) -> "DateTime":
        """*t* itself if it is open, else the next opening."""
        return from_us(self._clock.next_open(to_us(t)), self.zone)

    def next_close(self, t: object) -> "DateTime":
        """The first closing after *t*."""
        return from_us(self._clock.next_close(to_us(t)), self.zone)

    def previous_close(self, t: object) -> "DateTime":
        """The last closing at or before *t*."""
        return from_us(self._clock.previous_close(to_us(t)), self.zone)

    def windows(self, start: object, end: object) -> "tuple[tuple[DateTime, DateTime], ...]":
        """The windows inside [start, end), clipped to it; touching windows are one."""
        a, b = to_us(start, where="start"), to_us(end, where="end")
        if b < a:
            raise _reversed(start, end)
        found = self._clock.windows(a, b)
        return tuple((from_us(x, self.zone), from_us(y, self.zone)) for x, y in found)

    # dates

    def is_working_day(self, day: object) -> bool:
        """Whether any working time starts on this date.

        >>> Calendar({"mon-fri": ["09:00-17:00"]}, zone="UTC", holidays="CN").is_working_day(
        ...     "2025-09-28"
        ... )
        True
        """
        return self._clock.is_working(read_date(day, "day").toordinal())

    def working_days(self, first: object, last: object) -> int:
        """Working days in [first, last): *last* itself is not counted."""
        a, b = read_date(first, "first"), read_date(last, "last")
        if b < a:
            raise _reversed(a, b)
        return self._clock.count_days(a.toordinal(), b.toordinal())

    def nth_working_day(self, day: object, n: int) -> date:
        """The n-th working day after *day*, or before it if *n* is negative; n is not 0."""
        if isinstance(n, bool) or not isinstance(n, int) or n == 0:
            raise error(Code.COUNT, "n", f"{n!r} does not count working days", "use 1, 2 … or -1")
        return date.fromordinal(self._clock.nth_day(read_date(day, "day").toordinal(), n))

    # what the answers rest on

    @property
    def coverage(self) -> Coverage:
        """The dates the calendar answers for, and until when the answers are sure."""
        return self._schedule.coverage

    def provisional(self, *instants: object) -> bool:
        """Whether any of these instants lies on a date whose data may still change."""
        days = (local(to_us(each), self._clock.tz)[0] for each in instants)
        return not all(self._schedule.is_sure(day) for day in days)

    @property
    def fingerprint(self) -> str:
        """A stable hash of the declaration (without its name) and of the holiday data used."""
        return fingerprint(self._declaration, self._schedule)

    @property
    def id(self) -> str:
        """Name, origin of the holiday data, and fingerprint: store it with every deadline."""
        table = self._schedule.table
        return f"{self.name or 'calendar'}/{table.source if table else 'own'}/{self.fingerprint}"

    def _show(self, us: int) -> str:
        return from_us(us, self.zone).isoformat()


def _restore(declaration: Declaration) -> Calendar:
    return Calendar(**declaration._asdict())


def _reversed(start: object, end: object) -> CalendarError:
    return error(Code.REVERSED, "end", f"the end {end} lies before the start {start}", "swap them")
