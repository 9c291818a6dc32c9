"""A case that the program proposes, as text of a file of cases, for a person to confirm."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sla_rules.assessment import Result
from sla_rules.testing.plainly import flow, plainly, yaml_lines

__all__ = ["case_lines", "expected"]

MARKS: Final = {"zh": "# 待确认", "en": "# to confirm"}


def expected(result: Result) -> Any:
    """A result as a case expects it: its value, or what is known while it is open."""
    if result.status == "final":
        return None if result.value is None else plainly(result.value)
    parts = {"status": result.status, "value": result.value, "low": result.low, "high": result.high}
    return {name: plainly(value) for name, value in parts.items() if value is not None}


def case_lines(
    name: str,
    clauses: Sequence[str],
    level: str,
    given: Any,
    expect: Mapping[str, Any],
    *,
    readings: Mapping[str, str],
    lang: str,
) -> Iterator[str]:
    """The lines of one case below ``cases:``, its name marked as one to confirm."""
    yield f"  - name: {flow(name)}  {MARKS[lang]}"
    yield f"    clause: {flow(clauses[0] if len(clauses) == 1 else list(clauses))}"
    yield f"    level: {flow(level)}"
    if readings:
        yield f"    readings: {flow(dict(readings))}"
    yield from _part("given", given)
    yield from _part("expect", dict(expect))


def _part(key: str, value: Any) -> Iterator[str]:
    lines = list(yaml_lines(value, 6))
    if len(lines) == 1 and lines[0].lstrip().startswith(("{", "[")):
        yield f"    {key}: {lines[0].strip()}"
    else:
        yield f"    {key}:"
        yield from lines
