"""Stage 3, resolve: surface → program.

Afterwards every name is bound to a slot, every value has a type and a unit, every switch covers
the options of its reading, and the program is closed: nothing refers to text any more.
"""

import datetime as dt
import re
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sla_rules.diagnostics import Diagnostic, Span
from sla_rules.language import program as ir
from sla_rules.language import surface as sf
from sla_rules.language.bodies import ROW, Binder
from sla_rules.language.declare import ERROR, Declarations, columns_of, titles
from sla_rules.language.infer import Names, Scope, Typer
from sla_rules.language.levels import LevelBinder
from sla_rules.language.types import PLAIN_TYPES, Type, number_type

__all__ = ["resolve"]

_ID: Final = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*\Z")


def resolve(ruleset: sf.Ruleset) -> tuple[ir.Program | None, list[Diagnostic]]:
    """Bind and type a whole ruleset."""
    resolver = _Resolver(ruleset)
    program = resolver.program()
    return program, resolver.declared.problems


class _Resolver:
    def __init__(self, ruleset: sf.Ruleset) -> None:
        self.surface = ruleset
        self.declared = declared = Declarations(ruleset)
        names = Names(
            slot=self.slot,
            slot_names=lambda level: declared.slots.get(level, {}),
            parameter=self._parameter_type,
            parameters=ruleset.parameters,
            calendars=ruleset.calendars,
            enums=declared.enums,
            currency=declared.currency,
        )
        self.binder = Binder(declared, Typer(names, declared.problems))
        self._bodies: dict[tuple[str, str], Any] = {}
        self._parameters: dict[str, Any] = {}
        self._busy: list[tuple[str, str]] = []

    def slot(self, level: str, name: str, span: Span) -> ir.SlotRef | None:
        index = self.declared.slots.get(level, {}).get(name)
        if index is None:
            return None
        kind = self.declared.facts[level].get(name)
        decision = kind is None
        kind = self.decision_type(level, name, span) if kind is None else kind
        return ir.SlotRef(name=name, index=index, decision=decision, type=kind, span=span)

    def decision_type(self, level: str, name: str, span: Span) -> Type:
        if (level, name) in self.declared.outputs:
            return (
                number_type(((self.declared.currency, 1),))
                if self.declared.currency
                else PLAIN_TYPES["number"]
            )
        if (level, name) in self.declared.columns:
            return self.declared.type_named(self.declared.columns[level, name][2].type) or ERROR
        decision = self.surface.levels[level].decisions[name]
        if decision.type is not None:
            return self.declared.type_named(decision.type) or ERROR
        if columns_of(decision.body):
            return ROW
        if (level, name) in self._busy:
            self.declared.problem(
                "E519", f"{name!r} depends on itself", span, f"or give {name!r} a type: of its own"
            )
            return ERROR
        body = self.body(level, name)
        return body.type if body is not None else ERROR

    def _parameter_type(self, name: str) -> Type | None:
        value = self._parameter_value(name)
        return None if value is None else value.type

    def _parameter_value(self, name: str) -> Any:
        if name not in self._parameters:
            self._parameters[name] = None
            part = self.surface.parameters[name]
            declared = self.declared.type_named(part.type) if part.type else None
            self._parameters[name] = self.binder.value(part.value, Scope(), declared)
        return self._parameters[name]

    def body(self, level: str, name: str) -> Any:
        key = (level, name)
        if key not in self._bodies:
            decision = self.surface.levels[level].decisions[name]
            declared = self.declared.type_named(decision.type) if decision.type else None
            self._busy.append(key)
            body = self.binder.body(decision.body, Scope(level), declared)
            self._busy.pop()
            if body is not None and declared is not None and not isinstance(body, ir.Choice):
                body = self.binder.typer.as_type(body, declared)
            self._bodies[key] = body
        return self._bodies[key]

    def program(self) -> ir.Program | None:
        part = self.surface
        self._header()
        clauses = {name: self._clause(name, each) for name, each in part.clauses.items()}
        parameters = [self._parameter(name, each) for name, each in part.parameters.items()]
        calendars = {name: self._calendar(name, each) for name, each in part.calendars.items()}
        for name in part.scales:
            self.binder.scale(name)
        binder = LevelBinder(self.declared, self)
        levels = {name: binder.level(name, each) for name, each in part.levels.items()}
        if self.declared.problems:
            return None
        return ir.Program(
            id=part.id.text,
            version=part.version.text,
            title=titles(part.title, part.id.text),
            source=titles(part.source, "") if part.source else None,
            currency=self.declared.currency,
            timezone=part.timezone.text,
            effective_from=self._date(part.effective.get("from")),
            effective_to=self._date(part.effective.get("to")),
            enums=self.declared.enums,
            calendars=calendars,
            clauses=clauses,
            readings=self.declared.readings,
            parameters={each.name: each for each in parameters if each is not None},
            levels=levels,
        )

    def _header(self) -> None:
        part = self.surface
        if part.language.text != "1":
            self.declared.problem("E520", "this library reads language: 1", part.language.span)
        if not _ID.match(part.id.text):
            self.declared.problem(
                "E521", f"{part.id.text!r} is no id", part.id.span, "like gz-npc-2023"
            )
        try:
            ZoneInfo(part.timezone.text)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            message = f"there is no time zone {part.timezone.text!r}"
            self.declared.problem(
                "E522", message, part.timezone.span, "an IANA name: Asia/Shanghai"
            )
        for name, source in part.effective.items():
            if name not in ("from", "to"):
                self.declared.problem(
                    "E201", f"effective has no key {name!r}", source.span, "from, to"
                )

    def _date(self, source: sf.Source | None) -> dt.date | None:
        if source is None:
            return None
        try:
            return dt.date.fromisoformat(source.text)
        except ValueError:
            self.declared.problem("E523", f"{source.text!r} is no date", source.span, "2023-01-01")
            return None

    def _clause(self, name: str, part: sf.Clause) -> ir.Clause:
        return ir.Clause(
            id=name,
            text=part.text.text,
            title=titles(part.title, name),
            translation=part.translation.text if part.translation else "",
            not_encoded=titles(part.not_encoded, "") if part.not_encoded else None,
            span=part.span,
        )

    def _parameter(self, name: str, part: sf.Parameter) -> ir.Parameter | None:
        value = self._parameter_value(name)
        clauses = self.declared.clauses(part.clause)
        if value is None:
            return None
        return ir.Parameter(
            name=name,
            type=value.type,
            title=titles(part.title, name),
            value=value,
            clauses=clauses,
            span=part.span,
        )

    def _calendar(self, name: str, part: sf.Calendar) -> ir.Calendar:
        def same(each: Any) -> Any:
            return each

        return ir.Calendar(
            name=name,
            hours=self.binder.switch(part.hours, _plain_hours),
            holidays=self.binder.switch(part.holidays, _texts) if part.holidays else None,
            working_days=tuple(each.text for each in part.working_days),
            overrides={day: _texts(hours) for day, hours in part.overrides.items()},
            make_up_like=part.make_up_like.text if part.make_up_like else "mon",
            beyond=part.beyond.text if part.beyond else "refuse",
            day_length=self.binder.value(part.day_length, Scope(), PLAIN_TYPES["duration"]),
            zone=part.zone.text if part.zone else self.surface.timezone.text,
            title=titles(part.title, name),
            clauses=self.declared.clauses(part.clause),
            span=part.span,
        )


def _texts(part: Any) -> Any:
    """Plain text of scalars and lists of them."""
    if isinstance(part, tuple):
        return tuple(each.text for each in part)
    return part.text if isinstance(part, sf.Source) else part


def _plain_hours(part: Any) -> Any:
    if isinstance(part, dict):
        return {days: _texts(windows) for days, windows in part.items()}
    return _texts(part)
