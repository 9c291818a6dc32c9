"""What can be wrong with a calendar or a question to it: stable codes, one error class."""

from enum import Enum

from sla_rules.diagnostics import Diagnostic, SlaError

__all__ = ["CalendarError", "Code", "error", "problem"]


class Code(Enum):
    """The stable codes; the wording of a message may change, its code does not."""

    WEEKDAY = "T001"  # a weekday name nobody knows
    WINDOW = "T002"  # a window that cannot be read
    ZERO_LENGTH = "T003"  # a window that ends where it starts
    OVERLAP = "T004"  # two windows that share time
    TWICE = "T005"  # a weekday or a date declared twice
    EMPTY = "T006"  # no window at all
    ZONE = "T007"  # a missing or unknown time zone
    HOLIDAYS = "T008"  # holidays that cannot be read
    DATE = "T009"  # a date that cannot be read
    OVERRIDES = "T010"  # overrides that are not a mapping of dates
    OPTION = "T011"  # an unknown word for an option
    MAKE_UP = "T012"  # make-up days without hours to take
    ALWAYS = "T013"  # 24x7 together with holidays, overrides or seasons
    NAIVE = "T020"  # an instant without a zone
    INSTANT = "T021"  # not an instant at all
    UNREADABLE = "T022"  # text that is not an ISO instant
    YEARS = "T023"  # an instant outside the supported years
    DURATION = "T024"  # a duration that cannot be read
    BARE_DAY = "T025"  # "1 day" that does not say which kind
    NEGATIVE = "T026"  # a negative budget
    UNIT = "T027"  # working days where only a duration makes sense
    REVERSED = "T028"  # an end before its start
    SUSPENSION = "T029"  # a suspension that cannot be read
    COVERAGE = "T030"  # a date outside the holiday data
    UNREACHABLE = "T031"  # no more working time to meet the budget or find an edge
    RULE = "T032"  # an unknown day rule
    RULE_OPTION = "T033"  # an option that the day rule cannot honour
    COUNT = "T034"  # a number of working days that is not a whole number
    SEASON = "T035"  # a span of days that cannot be read
    SEASONS = "T036"  # seasons that are not a mapping of spans to hours
    SEASON_OVERLAP = "T037"  # two seasons of one kind that share days
    DAY_LENGTH = "T038"  # a working day without length, or longer than 24 hours


class CalendarError(SlaError):
    """A calendar cannot be used, or cannot answer; ``problems`` lists everything wrong.

    >>> from sla_rules.worktime import Calendar
    >>> try:
    ...     Calendar({"mno": ["09:00-17:00"]}, zone="Asia/Shangai")
    ... except CalendarError as error:
    ...     print(*error.codes)
    T001 T007
    """


def problem(code: Code, where: str, message: str, hint: str = "") -> Diagnostic:
    """One problem as a value, to be raised later together with the others."""
    return Diagnostic(code=code.value, message=message, where=where, hint=hint)


def error(code: Code, where: str, message: str, hint: str = "") -> CalendarError:
    """An error with one problem, ready to raise."""
    return CalendarError([problem(code, where, message, hint)])
