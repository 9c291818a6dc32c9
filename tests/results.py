"""What is final in an assessment, for tests that compare two of the same facts."""

from collections.abc import Iterator
from typing import Any

from sla_rules.assessment import Assessment


def results(assessment: Assessment, path: str = "") -> Iterator[tuple[str, str, Any]]:
    """Each decision of a record and of those in it: its place, its status, its value."""
    for name in assessment.decisions():
        result = assessment.result(name)
        yield f"{path}{name}", result.status, result.value
    for number, child in enumerate(assessment.children):
        yield from results(child, f"{path}{number}.")


def finals(assessment: Assessment) -> dict[str, Any]:
    """The values that nothing can change any more, by their place."""
    return {place: value for place, status, value in results(assessment) if status == "final"}
