"""Working-time arithmetic: how much, until when, and which day.

A :class:`Calendar` declares opening hours in one time zone, with seasons, holidays, make-up days
and overrides, and answers in exact microseconds: :meth:`Calendar.elapsed` working time between two
instants, the :meth:`Calendar.deadline` of a budget, and working days under a named rule from
:data:`DAY_RULES`.  Instants come in as ``pendulum.DateTime``, aware ``datetime`` or ISO text and
go out as ``pendulum.DateTime``; inside, and in the ``_us`` methods, they are integers of
microseconds since 1970-01-01T00:00Z, see :func:`to_us` and :func:`from_us`.

Nothing here reads a clock, a locale or the network.
"""

from sla_rules.worktime.calendar import Calendar
from sla_rules.worktime.dayrules import DAY_RULES
from sla_rules.worktime.errors import CalendarError
from sla_rules.worktime.holidays import Coverage
from sla_rules.worktime.hours import Week, parse_hours
from sla_rules.worktime.instants import NEVER, from_us, quick_instant, to_us, zone_name
from sla_rules.worktime.pauses import merge_pauses, read_suspensions
from sla_rules.worktime.seasons import Season

__all__ = [
    "DAY_RULES",
    "NEVER",
    "Calendar",
    "CalendarError",
    "Coverage",
    "Season",
    "Week",
    "from_us",
    "merge_pauses",
    "parse_hours",
    "quick_instant",
    "read_suspensions",
    "to_us",
    "zone_name",
]
