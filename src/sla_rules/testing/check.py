"""Compare what a case expects with what the assessment gives."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sla_rules.assessment import Assessment, Result
from sla_rules.diagnostics import SlaError
from sla_rules.quantities import exact_decimal, format_duration
from sla_rules.rules import Rules
from sla_rules.testing.cases import Case, Mismatch
from sla_rules.testing.words import ABOUT
from sla_rules.worktime import to_us

__all__ = ["assess_case", "check", "compare"]


@lru_cache(maxsize=256)
def _under(rules: Rules, readings: tuple[tuple[str, str], ...]) -> Rules:
    return rules.with_readings(dict(readings))


def check(case: Case, rules: Rules) -> list[Mismatch]:
    """Assess the facts of *case* under its readings; every expectation that does not hold."""
    try:
        outcome: Assessment | SlaError = assess_case(case, rules)
    except SlaError as error:
        outcome = error
    return compare(case, outcome)


def assess_case(case: Case, rules: Rules) -> Assessment:
    """The assessment of the facts of *case* under its readings; raises what refuses them."""
    chosen = _under(rules, tuple(sorted(case.readings.items())))
    return chosen.assess(case.facts, level=case.level)


def compare(case: Case, outcome: Assessment | SlaError) -> list[Mismatch]:
    """Every expectation of *case* that an assessment, or a refusal of its facts, does not meet."""
    if isinstance(outcome, SlaError):
        return _compare_codes(case.expect.get("error", ()), outcome)
    try:
        results = {what: _look_up(outcome, what) for what in case.expect if what != "error"}
    except LookupError as error:
        return [Mismatch(str(error.args[0]), "a record", "none")]
    if "error" in case.expect:
        return [Mismatch("error", _shown(case.expect["error"]), "none")]
    return [
        Mismatch(
            what, _shown(case.expect[what]), _shown(got) + _in_hundredths(case.expect[what], got)
        )
        for what, got in results.items()
        if not _agrees(what, case.expect[what], got)
    ]


def _compare_codes(expected: tuple[str, ...], error: SlaError) -> list[Mismatch]:
    if set(expected) == set(error.codes):
        return []
    got = "; ".join(str(problem).replace("\n", " ") for problem in error.problems)
    return [Mismatch("error", _shown(expected), got)]


def _look_up(assessment: Assessment, what: str) -> Any:
    """The result that a path of ``expect`` leads to."""
    *way, last = what.split(".")
    while way:
        children = assessment.child(way.pop(0))
        if children and children[0].id is not None:
            key = way.pop(0)
            children = tuple(each for each in children if each.id == key)
        if not children:
            raise LookupError(what)
        assessment = children[0]
    return getattr(assessment, last) if last in ABOUT else assessment.result(last)


def _agrees(what: str, expected: Any, got: Any) -> bool:
    about = what.rpartition(".")[2]
    if about == "status":
        return bool(expected == got)
    if about == "needs":
        return set(expected) == set(got)
    if about == "notes":
        return set(expected) <= set(got) if expected else not got
    if isinstance(expected, Mapping):
        return all(_same(each, getattr(got, name)) for name, each in expected.items())
    return _same(expected, got.value)


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
        return bool(expected == _shown(got))
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
