"""China's holidays and make-up working days, with a guard at the end of the data.

The only module that imports ``chinese_calendar`` (MIT), and only when a calendar asks for it.
Its tables follow the State Council's notices.  The notice for a year may still change the last
days of the year before, so 29 to 31 December of the last year are provisional.
"""

from datetime import date
from functools import cache
from importlib.metadata import version

from attrs import frozen

__all__ = ["Coverage", "HolidayTable", "china"]


@frozen
class Coverage:
    """The dates a calendar can answer for: from *first* to *last*, sure until *sure*.

    Answers for dates after *sure* are provisional: a later notice may change them.

    >>> from sla_rules.worktime import Calendar
    >>> Calendar("24x7", zone="UTC").coverage.first.isoformat()
    '0001-01-02'
    """

    first: date
    sure: date
    last: date


@frozen
class HolidayTable:
    """Closed dates and make-up working days, with their coverage and their origin."""

    closed: frozenset[date]
    make_up: frozenset[date]
    coverage: Coverage
    source: str


@cache
def china() -> HolidayTable:
    """The table for mainland China, from 2004 to the last year that has a notice.

    >>> date(2025, 9, 28) in china().make_up
    True
    """
    from chinese_calendar import constants  # type: ignore[import-untyped]

    closed, make_up = frozenset(constants.holidays), frozenset(constants.workdays)
    last = max(closed | make_up).year
    return HolidayTable(
        closed=closed,
        make_up=make_up,
        coverage=Coverage(date(2004, 1, 1), date(last, 12, 28), date(last, 12, 31)),
        source=f"chinesecalendar-{version('chinesecalendar')}",
    )
