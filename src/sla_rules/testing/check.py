"""Compare what a case expects with what the assessment gives."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

import attrs

from sla_rules.assessment import Assessment, Result
from sla_rules.diagnostics import SlaError
from sla_rules.facts.values import from_public
from sla_rules.language.types import Type
from sla_rules.listening import Ear
from sla_rules.quantities import exact_decimal, format_duration
from sla_rules.rules import Rules
from sla_rules.testing.cases import Case, Mismatch, Refusal
from sla_rules.testing.causes import Decided, folded, what_decided
from sla_rules.testing.entries import ExpectedEntries, compare_entries
from sla_rules.testing.finding import find
from sla_rules.testing.rows import is_chinese
from sla_rules.testing.runner import CaseRunner
from sla_rules.testing.telling import ANOTHER, SAME
from sla_rules.testing.words import ABOUT, OPEN
from sla_rules.worktime import to_us
from sla_rules.worktime.durations import working_time

__all__ = ["assess_case", "check", "compare", "expected_value", "hear_case", "says_what_decided"]

_MICROSECOND: Final = dt.timedelta(microseconds=1)


@lru_cache(maxsize=16)
def _runner(rules: Rules) -> CaseRunner:
    """What many cases in a row are run with: compiled contracts, which never change."""
    return CaseRunner(rules)


def check(case: Case, rules: Rules) -> list[Mismatch]:
    """Assess the facts of *case* under its readings; every expectation that does not hold.

    One that holds, but is said to be about a reading, must end differently under another option.
    """
    found = _differing(case, rules)
    if found or case.reading_of is None:
        return found
    part = rules.program.readings[case.reading_of]
    stated = case.readings.get(part.id, rules.readings[part.id])
    for option in part.options:
        readings = {**case.readings, part.id: option}
        if option != stated and _differing(attrs.evolve(case, readings=readings), rules):
            return []
    return [Mismatch("reading_of", ANOTHER, SAME)]


def _differing(case: Case, rules: Rules) -> list[Mismatch]:
    if says_what_decided(case):
        return compare(case, *hear_case(case, rules))
    try:
        outcome: Assessment | SlaError = assess_case(case, rules)
    except SlaError as error:
        outcome = error
    return compare(case, outcome)


def assess_case(case: Case, rules: Rules) -> Assessment:
    """The assessment of the facts of *case* under its readings; raises what refuses them."""
    return _runner(rules).assess(case)


def says_what_decided(case: Case) -> bool:
    """Whether a case says which row, band or limit must have decided a value."""
    return any(isinstance(each, Mapping) and "by" in each for each in case.expect.values())


def hear_case(case: Case, rules: Rules) -> tuple[Assessment | SlaError, Ear]:
    """What came of the facts of *case* under its readings, and what took part in it."""
    return _runner(rules).hear(case)


def compare(case: Case, outcome: Assessment | SlaError, ear: Ear | None = None) -> list[Mismatch]:
    """Every expectation of *case* that an assessment, or a refusal of its facts, does not meet.

    What decided a value is compared if *ear* heard the assessment; else nothing is said of it.
    """
    if isinstance(outcome, SlaError):
        return _compare_refusals(case, outcome)
    if "error" in case.expect:
        return [Mismatch("error", _shown(case.expect["error"]), "none")]
    found: list[Mismatch] = []
    for what, expected in case.expect.items():
        place = find(outcome, what)
        if place is None:
            found.append(Mismatch(what, "a record", "none"))
            continue
        home, last = place
        if last in ABOUT:
            got = getattr(home, last)
            if not _agrees_about(last, expected, got):
                found.append(Mismatch(what, _shown(expected), _shown(got)))
        elif isinstance(expected, ExpectedEntries):
            differs = compare_entries(expected, home)
            found += [] if differs is None else [Mismatch(what, *differs)]
        else:
            found += _compare_result(what, expected, home.result(last))
            if ear is not None and isinstance(expected, Mapping) and "by" in expected:
                found += _compare_by(what, expected["by"], home, ear, is_chinese(case.name))
    return found


def _compare_refusals(case: Case, error: SlaError) -> list[Mismatch]:
    """Each expected refusal must be there, and nothing may be refused that is not expected."""
    expected: tuple[Refusal, ...] = case.expect.get("error", ())
    meets = [
        [each.code == problem.code and each.at in ("", str(problem.where))
         for problem in error.problems]
        for each in expected
    ]  # fmt: skip
    if all(map(any, meets)) and all(map(any, zip(*meets, strict=True))) and meets:
        return []
    got = "; ".join(str(problem).replace("\n", " ") for problem in error.problems)
    return [Mismatch("error", _shown(expected), got)]


def _agrees_about(what: str, expected: Any, got: Any) -> bool:
    if what == "status":
        return bool(expected == got)
    if what == "needs":
        return set(expected) == set(got)
    if isinstance(expected, Mapping):
        return (
            set(expected.get("including", ())) <= set(got)
            and not set(expected.get("without", ())) & set(got)
            and set(expected.get("exactly", got)) == set(got)
        )
    return set(expected) <= set(got) if expected else not got


def _compare_result(what: str, expected: Any, got: Result) -> list[Mismatch]:
    parts = expected if isinstance(expected, Mapping) else {"value": expected}
    within = parts.get("within")
    agree = all(
        _same(each, getattr(got, name)) or (name == "value" and _near(each, got.value, within))
        for name, each in parts.items()
        if name in OPEN
    )
    if agree:
        return []
    shown = {name: each for name, each in parts.items() if name != "by"}
    if within is not None and not isinstance(got.value, Decimal | Fraction):
        shown["within"] = format_duration(within)
    wanted = _shown(
        shown if isinstance(expected, Mapping) and [*shown] != ["value"] else parts["value"]
    )
    return [Mismatch(what, wanted, _shown(got) + _in_hundredths(expected, got))]


def _near(expected: Any, got: Any, within: Any) -> bool:
    """Whether a value is as near to the expected one as the case asks for."""
    if within is None or got is None or isinstance(expected, bool) or isinstance(got, bool | str):
        return False
    if isinstance(got, dt.timedelta):
        return bool(abs(_microseconds(expected) - got // _MICROSECOND) <= within)
    if isinstance(got, dt.datetime):
        return bool(abs(to_us(expected) - to_us(got)) <= within)
    return isinstance(expected, int | Fraction) and abs(expected - Fraction(got)) <= within


def expected_value(kind: Type, expected: Any) -> Any:
    """The evaluator's value of what a case expects; raises what is no such value."""
    if kind.show == "duration":
        return _microseconds(expected)
    if kind.kind == "date":
        return dt.date.fromisoformat(expected)
    return from_public(kind, expected)


def _microseconds(text: Any) -> int:
    """An expected duration, which may be below zero."""
    duration = working_time(text.removeprefix("-"), "duration")
    return -duration if text.startswith("-") else duration


def _compare_by(
    what: str, expected: tuple[str, ...], home: Assessment, ear: Ear, chinese: bool
) -> list[Mismatch]:
    """Each that is named must have decided, and nothing else but a rounding."""
    name = what.rpartition(".")[2]
    found: list[Decided] = []
    result = home.result(name)
    if result.value is not None or result.status == "final":
        found = what_decided(name, home, ear, "zh" if chinese else "en")
    wanted = set(map(folded, expected))
    named = set().union(*(wanted & each.names for each in found))
    if named == wanted and all(each.names & wanted for each in found if each.needed):
        return []
    got = "; ".join(each.told for each in found) or "nothing yet"
    return [Mismatch(f"{what}.by", _shown(expected), got)]


def _in_hundredths(expected: Any, got: Any) -> str:
    """What to do where a share is expected as a percentage."""
    numbers = isinstance(expected, int | Fraction) and not isinstance(expected, bool)
    value = got.value if isinstance(got, Result) else None
    if not numbers or isinstance(value, bool | str) or not expected or value is None:
        return ""
    share = isinstance(value, Decimal | Fraction) and Fraction(value) * 100 == expected
    return " (a share; with type: percent the decision counts in hundredths)" if share else ""


def _same(expected: Any, got: Any) -> bool:
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    if isinstance(expected, int | Fraction):
        return got is not None and not isinstance(got, str) and expected == Fraction(got)
    if isinstance(got, dt.timedelta):
        return expected is not None and _microseconds(expected) == got // _MICROSECOND
    if isinstance(got, dt.datetime):
        # as integers: Python holds an instant of a repeated hour unequal to that of any other zone
        return expected is not None and to_us(expected) == to_us(got)
    if isinstance(got, dt.date):
        return bool(expected == got.isoformat())
    return bool(expected == got)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_shown(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, dt.timedelta):
        return format_duration(value // dt.timedelta(microseconds=1))
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Result):
        shown = _shown(value.value)
        if value.status == "final":
            return shown
        return f"{shown} ({value.status}, low {_shown(value.low)}, high {_shown(value.high)})"
    if isinstance(value, Fraction):
        return str(exact_decimal(value))
    return "null" if value is None else str(value)
