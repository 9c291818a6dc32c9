"""``calendar``: a deadline, working time, or one date, by hand."""

from argparse import Namespace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sla_rules import Calendar, CalendarError, Rules
from sla_rules.cli.console import UsageError
from sla_rules.cli.figures import Figures, words
from sla_rules.cli.rulesets import load, print_json, sentence
from sla_rules.worktime import from_us, to_us

__all__ = ["calendar"]


def calendar(arguments: Namespace) -> int:
    """``sla-rules calendar``."""
    rules = load(arguments.ruleset, arguments.reading)
    try:
        clock = rules.calendar(arguments.name)
    except KeyError as error:
        raise UsageError(error.args[0]) from None
    answers = {"deadline": _deadline, "elapsed": _elapsed, "day": _day}
    try:
        data, lines = answers[arguments.question](rules, clock, arguments)
    except CalendarError as error:
        if set(error.codes) & NO_ANSWER:
            raise
        raise UsageError(sentence(error.problems)) from None
    if arguments.format == "json":
        print_json({"ruleset": rules.id, "calendar": clock.id, "zone": clock.zone, **data})
    else:
        print(*lines, sep="\n")
    return 0


NO_ANSWER: Final = frozenset({"T030", "T031"})
"""A question that is rightly asked but has no answer: outside the data, or no working time."""

Answer = tuple[dict[str, Any], list[str]]


def _deadline(rules: Rules, clock: Calendar, arguments: Namespace) -> Answer:
    start = _instant(arguments, clock, arguments.start, "START")
    due = clock.deadline(
        start,
        arguments.budget,
        suspensions=_suspensions(arguments, clock),
        rule=arguments.rule,
        cutoff=arguments.cutoff,
    )
    unsure = clock.provisional(start, *([] if due is None else [due]))
    data = {
        "start": start.isoformat(),
        "budget": arguments.budget,
        "deadline": None if due is None else due.isoformat(),
        "provisional": unsure,
    }
    figures = Figures(rules.program, arguments.lang)
    if due is None:
        zh, en = "暂停尚未结束，截止时间未定", "the clock still stands, so there is no deadline yet"
        return data, [_say(arguments, zh, en)]
    shown = f"{figures.instant(due)} {due.strftime('%z')} {_weekday(due, arguments.lang)}"
    return data, [
        _say(arguments, f"截止时间：{shown}", f"due: {shown}"),
        *_warned(unsure, arguments),
    ]


def _elapsed(rules: Rules, clock: Calendar, arguments: Namespace) -> Answer:
    start = _instant(arguments, clock, arguments.start, "START")
    end = _instant(arguments, clock, arguments.end, "END")
    spent = clock.elapsed(start, end, suspensions=_suspensions(arguments, clock))
    unsure = clock.provisional(start, end)
    data = {
        "start": start.isoformat(),
        "end": end.isoformat(),
        "microseconds": spent // timedelta(microseconds=1),
        "elapsed": Figures(rules.program, "en").duration(spent),
        "provisional": unsure,
    }
    shown = Figures(rules.program, arguments.lang).duration(spent)
    lines = [_say(arguments, f"工作时间：{shown}", f"working time: {shown}")]
    return data, [*lines, *_warned(unsure, arguments)]


def _day(rules: Rules, clock: Calendar, arguments: Namespace) -> Answer:
    works = clock.is_working_day(arguments.day)
    day = date.fromisoformat(arguments.day.strip())
    first, last = (_midnight(each, clock) for each in (day, day + timedelta(days=1)))
    spans = [(_time(a, day), _time(b, day)) for a, b in clock.windows(first, last)]
    unsure = clock.provisional(first)
    data = {
        "day": day.isoformat(),
        "working_day": works,
        "windows": [list(span) for span in spans],
        "provisional": unsure,
    }
    hours = ", ".join(f"{a}-{b}" for a, b in spans) or words("nothing", arguments.lang)
    name = f"{day.isoformat()} {_weekday(first, arguments.lang)}"
    zh = f"{name}：{'工作日' if works else '非工作日'}；工作时间 {hours}"
    en = f"{name}: {'working day' if works else 'no working day'}; hours {hours}"
    return data, [_say(arguments, zh, en), *_warned(unsure, arguments)]


def _say(arguments: Namespace, zh: str, en: str) -> str:
    return en if arguments.lang == "en" else zh


def _warned(unsure: bool, arguments: Namespace) -> list[str]:
    zh = "（暂定：所涉日期的放假安排尚可能变更）"
    return [_say(arguments, zh, "(provisional: the holidays may still change)")] if unsure else []


def _instant(arguments: Namespace, clock: Calendar, text: str, where: str) -> datetime:
    return from_us(to_us(text, arguments.zone, where=where), clock.zone)


def _suspensions(arguments: Namespace, clock: Calendar) -> list[tuple[datetime, datetime | None]]:
    pairs = []
    for span in arguments.suspend:
        start, slash, end = span.partition("/")
        if not slash:
            raise UsageError(f"--suspend {span}: write FROM/TO, or FROM/ while it is still open")
        first = _instant(arguments, clock, start, "--suspend")
        pairs.append((first, _instant(arguments, clock, end, "--suspend") if end else None))
    return pairs


def _midnight(day: date, clock: Calendar) -> datetime:
    return from_us(to_us(f"{day.isoformat()}T00:00", clock.zone), clock.zone)


def _time(instant: datetime, day: date) -> str:
    """A time of day; the midnight that ends *day* is 24:00."""
    return "24:00" if instant.date() > day else f"{instant:%H:%M}"


def _weekday(instant: datetime, lang: str) -> str:
    zh = "周" + "一二三四五六日"[instant.weekday()]
    return (
        ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[instant.weekday()] if lang == "en" else zh
    )
