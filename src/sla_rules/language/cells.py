"""The cells of tables and the edges of bands: DMN unary tests and intervals."""

import re
from typing import Final

from sla_rules.diagnostics import Span
from sla_rules.language import program as ir
from sla_rules.language.expression import MAX_LENGTH
from sla_rules.language.infer import Typer
from sla_rules.language.scope import Scope
from sla_rules.language.surface import Source
from sla_rules.language.types import Type
from sla_rules.language.walk import parts, slots_of

__all__ = ["bind_cell", "bind_interval", "expression_span"]

_INTERVAL: Final = re.compile(r"\s*([\[(])(.*?)\.\.(.*?)([\])])\s*\Z", re.DOTALL)
_COMPARATOR: Final = re.compile(r"\s*(<=|>=|<|>)\s*(.+)\Z", re.DOTALL)


def expression_span(source: Source) -> Span:
    """Where the first character of an expression stands: after the quote of quoted text."""
    return source.span if source.plain else source.span.shifted(1, len(source.text))


def bind_interval(
    text: str, span: Span, typer: Typer, scope: Scope, kind: Type
) -> ir.Interval | None:
    """``[a..b)`` with either end closed or open; an empty end is unbounded.

    A bracket beside an empty end says nothing.
    """
    if _too_long(text, span, typer):
        return None
    match = _INTERVAL.match(text)
    if match is None:
        hint = "[a..b] holds both ends, (a..b) neither; leave an end out for no limit"
        typer.problem("E501", f"{text!r} is no interval", span, hint)
        return None
    opening, low_text, high_text, closing = match.groups()
    ends: list[ir.Node | None] = []
    for part, offset in ((low_text, match.start(2)), (high_text, match.start(3))):
        if not part.strip():
            ends.append(None)
            continue
        node = typer.expression(part, span.shifted(offset, len(part)), scope, kind)
        if node is None:
            return None
        ends.append(node)
    return ir.Interval(
        low=ends[0],
        low_closed=opening == "[",
        high=ends[1],
        high_closed=closing == "]",
        text=text.strip(),
    )


def bind_cell(source: Source, typer: Typer, scope: Scope, kind: Type) -> tuple[ir.Test, ...] | None:
    """The alternatives of one cell: ``-``, values, comparisons, intervals, missing, not(…)."""
    span = expression_span(source)
    if _too_long(source.text, span, typer):
        return None
    tests = _tests(source.text, span, typer, scope, kind)
    if tests is None or all(map(_is_literal, tests)):
        return tests
    dated = (each for each in parts(tests) if isinstance(each, ir.ParameterRef) and each.dated)
    if (changing := next(dated, None)) is not None:
        hint = "put the whole decision under by: date, with one table for each time"
        message = f"a cell holds constants, and {changing.name!r} changes in time"
        typer.problem("E545", message, changing.span, hint)
        return None
    read = next(slots_of(tests), None)
    if read is not None:
        message = f"a cell holds constants, and {read.name!r} is read from the record"
        hint = "compare it in a decision, and put that under on:"
        typer.problem("E525", message, read.span, hint)
        return None
    return tests


def _is_literal(test: ir.Test) -> bool:
    """Whether a test compares with literals alone, as most cells do."""
    ends = (test.value,) if test.interval is None else (test.interval.low, test.interval.high)
    return not test.inner and all(end is None or isinstance(end, ir.Constant) for end in ends)


def _too_long(text: str, span: Span, typer: Typer) -> bool:
    if len(text) > MAX_LENGTH:
        message = f"a cell or interval of more than {MAX_LENGTH:,} characters"
        typer.problem("E301", message, span.shifted(0), "make several rows of it")
    return len(text) > MAX_LENGTH


def _tests(
    text: str, span: Span, typer: Typer, scope: Scope, kind: Type
) -> tuple[ir.Test, ...] | None:
    bare = text.strip()
    if bare == "-":
        return (ir.Test(kind="any"),)
    if bare.startswith("not(") and bare.endswith(")"):
        if "not(" in bare[4:]:
            hint = "list the values that hold"
            typer.problem("E306", "one not(…) inside another", span.shifted(0, len(bare)), hint)
            return None
        inner = _tests(bare[4:-1], span.shifted(4, len(bare) - 5), typer, scope, kind)
        return inner and (ir.Test(kind="not", inner=inner),)
    tests: list[ir.Test] = []
    for part, offset in _parts(text):
        test = _test(part, span.shifted(offset, len(part)), typer, scope, kind)
        if test is None:
            return None
        tests.append(test)
    return tuple(tests)


def _test(text: str, span: Span, typer: Typer, scope: Scope, kind: Type) -> ir.Test | None:
    bare = text.strip()
    if bare in ("missing", "given"):
        return ir.Test(kind=bare)
    if _INTERVAL.match(bare):
        interval = bind_interval(bare, span, typer, scope, kind)
        return None if interval is None else ir.Test(kind="interval", interval=interval)
    if match := _COMPARATOR.match(text):
        value = typer.expression(match[2], span.shifted(match.start(2)), scope, kind)
        if value is None:
            return None
        below = match[1] in ("<", "<=")
        closed = match[1] in ("<=", ">=")
        interval = ir.Interval(
            low=None if below else value,
            low_closed=not below and closed,
            high=value if below else None,
            high_closed=below and closed,
            text=bare,
        )
        return ir.Test(kind="interval", interval=interval)
    equal = typer.expression(text, span, scope, kind)
    return None if equal is None else ir.Test(kind="equal", value=equal)


def _parts(text: str) -> list[tuple[str, int]]:
    """The comma-separated parts outside brackets and quotes, with their offsets."""
    parts: list[tuple[str, int]] = []
    depth, start, quote = 0, 0, ""
    for index, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif char == "," and depth == 0:
            parts.append((text[start:index], start))
            start = index + 1
    parts.append((text[start:], start))
    return [(part, offset + len(part) - len(part.lstrip())) for part, offset in parts]
