"""Binding of values, and of the switches that may stand in their place: by reading or by date."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from sla_rules.diagnostics import Span, nearest
from sla_rules.language import program as ir
from sla_rules.language import surface as sf
from sla_rules.language.cells import expression_span
from sla_rules.language.infer import Typer
from sla_rules.language.scope import Scope
from sla_rules.language.types import Type, common

__all__ = ["BY_DATE", "ONE_TYPE", "Context", "Switches"]

BY_DATE: Final = "date"
ONE_TYPE: Final = "let them give one kind with one unit, and declare it with type:"


class Context(Protocol):
    """What a body needs from the resolving stage."""

    @property
    def readings(self) -> Mapping[str, ir.Reading]:
        """The declared readings."""

    @property
    def scales(self) -> Mapping[str, sf.Scale]:
        """The named scales as written."""

    @property
    def day_rules(self) -> tuple[str, ...]:
        """The names of the day rules."""

    def clauses(self, sources: tuple[sf.Source, ...]) -> tuple[str, ...]:
        """The clause ids, each checked to exist."""

    def type_named(self, source: sf.Source) -> Type | None:
        """The type that a type name means."""


class Switches:
    """Binds values and switches between them."""

    def __init__(self, context: Context, typer: Typer) -> None:
        self._context = context
        self.typer = typer

    def switch(self, part: Any, build: Callable[[Any], Any], scope: Scope | None = None) -> Any:
        """Build a part, or every option of a switch into a Choice; None when any part fails.

        A switch ``by: date`` needs the *scope* in which its moment is looked up; without one it
        is refused.
        """
        if not isinstance(part, sf.Switch):
            return build(part)
        if part.reading.text == BY_DATE and BY_DATE not in self._context.readings:
            return self._dated(part, build, scope)
        reading = self._context.readings.get(part.reading.text)
        if reading is None:
            self.typer.problem(
                "E502",
                f"there is no reading {part.reading.text!r}",
                part.reading.span,
                nearest(part.reading.text, self._context.readings) or "declare it under readings:",
            )
            return None
        options = dict(part.options)
        rest = options.pop("otherwise", None)
        for name in options:
            if name not in reading.options:
                self.typer.problem(
                    "E503",
                    f"reading {reading.id!r} has no option {name!r}",
                    part.places.get(name, part.span),
                    nearest(name, reading.options),
                )
        missing = [name for name in reading.options if name not in options]
        if missing and rest is None:
            self.typer.problem(
                "E504",
                f"the switch by {reading.id!r} lacks the option {', '.join(missing)}",
                part.span,
                "add it, or 'otherwise:' for the rest",
            )
        shared = self.switch(rest, build, scope) if rest is not None and missing else None
        built: dict[str, Any] = {}
        for name in reading.options:
            built[name] = self.switch(options[name], build, scope) if name in options else shared
        if any(value is None for value in built.values()):
            return None
        kind: Type | None = None
        for value in built.values():
            this = getattr(value, "type", None)
            kind = this if kind is None or this is None else common(kind, this)
            if kind is None and this is not None:
                message = f"the options of {reading.id!r} give different types"
                self.typer.problem("E505", message, part.span, ONE_TYPE)
                return None
        return ir.Choice(
            reading=reading.id, options=built, type=kind or Type("other"), span=part.span
        )

    def _dated(self, part: sf.Switch, build: Callable[[Any], Any], scope: Scope | None) -> Any:
        """Values that hold from a date on, in the order of time."""
        if scope is None:
            hint = "put the whole decision under by: date, with one value for each time"
            self.typer.problem("E545", "values by date cannot stand here", part.span, hint)
            return None
        moment = None
        if not scope.undated:
            moment = self.typer.moment("this value", part.span, scope)
            if moment is None:
                return None
        cases: dict[dt.date, Any] = {}
        for text, option in part.options.items():
            since = _date(text)
            if since is None:
                place = part.places.get(text, part.span)
                hint = "write the first day on which the value holds, like 2024-07-01"
                self.typer.problem("E547", f"{text!r} is no date", place, hint)
            bound = self.switch(option, build, scope)
            if since is not None and bound is not None:
                cases[since] = bound
        if len(cases) < len(part.options):
            return None
        if not cases:
            hint = "write the first day on which each value holds: 2024-07-01: 4 h"
            self.typer.problem("E507", "a switch by date needs a value", part.span, hint)
            return None
        kind = self._one_kind(list(cases.values()), part.span)
        if kind is None:
            return None
        return ir.Dated(
            moment=moment, cases=tuple(sorted(cases.items())), type=kind, span=part.span
        )

    def _one_kind(self, bound: list[Any], span: Span) -> Type | None:
        kinds = [getattr(each, "type", Type("other")) for each in bound]
        kind: Type | None = kinds[0]
        for each in kinds[1:]:
            kind = kind and common(kind, each)
        if kind is None:
            message = "the values by date give different types"
            self.typer.problem("E505", message, span, ONE_TYPE)
        return kind

    def value(
        self, part: sf.Source | sf.Switch | None, scope: Scope, expected: Type | None = None
    ) -> Any:
        """An expression or a switch between expressions."""
        if part is None:
            return None
        return self.switch(part, lambda source: self.expression(source, scope, expected), scope)

    def expression(
        self, source: sf.Source, scope: Scope, expected: Type | None = None
    ) -> ir.Node | None:
        """One expression; quoted YAML text is an expression too."""
        return self.typer.expression(source.text, expression_span(source), scope, expected)

    def word(self, part: sf.Source | sf.Switch | None, known: tuple[str, ...], what: str) -> Any:
        """One of the *known* words, or a switch between them."""

        def build(source: sf.Source) -> str | None:
            if source.text in known:
                return source.text
            self.typer.problem(
                "E506", f"{source.text!r} is no {what}", source.span, nearest(source.text, known)
            )
            return None

        return None if part is None else self.switch(part, build)


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if len(text) == len("2024-07-01") else None
    except ValueError:
        return None
