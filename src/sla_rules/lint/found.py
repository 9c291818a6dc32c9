"""What a lint finds, and the parts of the program that may acknowledge it."""

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from sla_rules.diagnostics import Diagnostic, Severity, Span
from sla_rules.language.program import Program

__all__ = ["Found", "Lint", "found"]


@attrs.frozen
class Found:
    """A finding, and the parts of the program around it, the nearest first."""

    problem: Diagnostic
    parts: tuple[Any, ...] = ()


Lint = Callable[[Program], Iterable[Found]]


def found(
    code: str,
    message: str,
    where: Span,
    *parts: Any,
    hint: str,
    also: tuple[Span, ...] = (),
    example: tuple[str, ...] = (),
) -> Found:
    """A finding as a warning at *where*, which any of *parts* may acknowledge."""
    problem = Diagnostic(
        code=code,
        message=message,
        where=where,
        hint=hint,
        severity=Severity.WARNING,
        also=also,
        example=example,
    )
    return Found(problem, parts)
