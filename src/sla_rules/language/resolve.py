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
from sla_rules.language.declare import (
    ERROR,
    LEDGER_OUTPUTS,
    OUTSTANDING,
    Declarations,
    columns_of,
    reasons,
    titles,
)
from sla_rules.language.infer import Typer
from sla_rules.language.levels import LevelBinder
from sla_rules.language.moments import bind_transition
from sla_rules.language.scope import Names, Scope
from sla_rules.language.types import PLAIN_TYPES, Type, a_kind, number_type
from sla_rules.language.walk import parts

__all__ = ["resolve"]

LANGUAGE: Final = "1"
PERIOD: Final = ("from", "to")
ID: Final = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*\Z")


def resolve(ruleset: sf.Ruleset) -> tuple[ir.Program | None, list[Diagnostic]]:
    """Bind and type a whole ruleset."""
    resolver = _Resolver(ruleset)
    program = resolver.program()
    return program, resolver.declared.problems


_PARAMETER: Final = ""
LINKS: Final = 2
DEEPEST: Final = 30
LARGEST: Final = {
    "levels": 50,
    "readings": 200,
    "parameters": 2000,
    "decisions": 2000,
    "members": 10_000,
}


class _TooFar(Exception):
    """Binding went too deep; *key* is what must be bound first."""

    def __init__(self, key: tuple[str, str]) -> None:
        super().__init__(*key)
        self.key = key


class _Resolver:
    def __init__(self, ruleset: sf.Ruleset) -> None:
        self.surface = ruleset
        self.declared = declared = Declarations(ruleset)
        names = Names(
            slot=self.slot,
            slot_names=lambda level: declared.slots.get(level, {}),
            lists=lambda level: [
                name for name, kind in declared.facts.get(level, {}).items() if kind.kind == "list"
            ],
            ordered=lambda level: bool(ruleset.levels[level].order),
            parameter=self._parameter_type,
            dated=self._dated,
            governed=lambda level: ruleset.levels[level].governed_by is not None,
            moment=self.moment,
            parameters=ruleset.parameters,
            calendars=ruleset.calendars,
            enums=declared.enums,
            currency=declared.currency,
        )
        self.binder = Binder(declared, Typer(names, declared.problems))
        self._bodies: dict[tuple[str, str], Any] = {}
        self._moments: dict[str, ir.Node | None] = {}
        self._busy: list[tuple[str, str]] = []

    def slot(self, level: str, name: str, span: Span) -> ir.SlotRef | None:
        index = self.declared.slots.get(level, {}).get(name)
        if index is None and self.declared.unsettled and name in (*LEDGER_OUTPUTS, OUTSTANDING):
            return ir.SlotRef(name=name, index=0, decision=True, type=ERROR, span=span)
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
            hint = f"let it rest on facts; if only its type is not known, give {name!r} a type:"
            self.declared.problem("E519", f"{name!r} depends on itself", span, hint)
            return ERROR
        body = self.body(level, name)
        return body.type if body is not None else ERROR

    def _parameter_type(self, name: str) -> Type | None:
        value = self._parameter_value(name)
        return None if value is None else value.type

    def _dated(self, name: str) -> bool:
        """Whether a parameter changes in time, itself or by what it rests on."""
        found = parts(self._parameter_value(name))
        return any(
            isinstance(each, ir.Dated) or (isinstance(each, ir.ParameterRef) and each.dated)
            for each in found
        )

    def moment(self, level: str) -> ir.Node | None:
        """The fact, or the switch between facts, by which a level takes values by date."""
        part = self.surface.levels[level].governed_by
        if part is None:
            return None
        if level not in self._moments:
            self._moments[level] = None  # in a circle it has none
            node = self.binder.switch(part, lambda source: self._moment_fact(source, level))
            self._moments[level] = node
        return self._moments[level]

    def _moment_fact(self, source: sf.Source, level: str) -> ir.Node | None:
        kind = self.declared.fact_named(level, source)
        if kind is None:
            return None
        if kind.kind not in ("instant", "date", "month"):
            hint = "name a fact that is an instant, a date or a month"
            message = f"{source.text!r} is {a_kind(kind)}, and no moment"
            self.declared.problem("E538", message, source.span, hint)
            return None
        return self.slot(level, source.text, source.span)

    def _parameter_value(self, name: str) -> Any:
        if (_PARAMETER, name) in self._busy:
            span = self.surface.parameters[name].span
            hint = "let it be a value of its own"
            self.declared.problem("E519", f"{name!r} depends on itself", span, hint)
            return None
        return self._bound((_PARAMETER, name))

    def body(self, level: str, name: str) -> Any:
        return self._bound((level, name))

    def _bound(self, key: tuple[str, str]) -> Any:
        """The bound value of a parameter or body of a decision, with all that it rests on.

        Chains may be longer than Python's stack, so beyond a few links the rest is bound first.
        """
        if key in self._bodies:
            return self._bodies[key]
        if len(self._busy) >= LINKS:
            raise _TooFar(key)
        waiting = [key]
        while waiting:
            depth = len(self._busy)
            try:
                self._bodies[waiting[-1]] = self._bind(waiting[-1])
                waiting.pop()
            except _TooFar as far:
                if depth:
                    raise
                del self._busy[depth:]
                if far.key in waiting:  # it would come back to itself
                    place, name = far.key
                    span = (
                        self.surface.parameters[name].span
                        if place == _PARAMETER
                        else self.surface.levels[place].decisions[name].span
                    )
                    hint = "let it rest on facts"
                    self.declared.problem("E519", f"{name!r} depends on itself", span, hint)
                    self._bodies[far.key] = None
                waiting.append(far.key)
            while waiting and waiting[-1] in self._bodies:
                waiting.pop()
        return self._bodies[key]

    def _bind(self, key: tuple[str, str]) -> Any:
        level, name = key
        self._busy.append(key)
        if level == _PARAMETER:
            part = self.surface.parameters[name]
            declared = self.declared.type_named(part.type) if part.type else None
            bound = self.binder.value(part.value, Scope(undated=True), declared)
        else:
            decision = self.surface.levels[level].decisions[name]
            declared = self.declared.type_named(decision.type) if decision.type else None
            bound = self.binder.body(decision.body, Scope(level), declared)
        self._busy.pop()
        if bound is not None and declared is not None:
            bound = self.binder.typer.as_type(bound, declared)
        return bound

    def _too_large(self) -> bool:
        """Whether there is more of something than any contract has; checks are not linear."""
        part = self.surface
        counts = {
            "levels": len(part.levels),
            "readings": len(part.readings),
            "parameters": len(part.parameters),
            "decisions": sum(len(level.decisions) for level in part.levels.values()),
            "members": sum(len(members) for members in part.enums.values()),
        }
        for what, most in LARGEST.items():
            if counts[what] > most:
                message = f"the ruleset has {counts[what]:,} {what}, more than {most:,}"
                hint = "make several rulesets of it"
                self.declared.problem("E529", message, part.span, hint)
        return any(counts[what] > most for what, most in LARGEST.items())

    def program(self) -> ir.Program | None:
        if self._too_large():
            return None
        part = self.surface
        effective = self._header()
        clauses = {name: self._clause(name, each) for name, each in part.clauses.items()}
        parameters = [self._parameter(name, each) for name, each in part.parameters.items()]
        self._check_depth([each for each in parameters if each is not None])
        calendars = {name: self._calendar(name, each) for name, each in part.calendars.items()}
        scales = [self._scale(name, each) for name, each in part.scales.items()]
        binder = LevelBinder(self.declared, self)
        levels = {name: binder.level(name, each) for name, each in part.levels.items()}
        transition = bind_transition(self.declared, self.binder, part.transition)
        if self.declared.problems:
            return None
        return ir.Program(
            id=part.id.text,
            version=part.version.text,
            title=titles(part.title, part.id.text),
            source=titles(part.source, "") if part.source else None,
            currency=self.declared.currency,
            timezone=part.timezone.text,
            effective_from=effective[0],
            effective_to=effective[1],
            enums=self.declared.enums,
            inline=frozenset(self.declared.inline),
            calendars=calendars,
            clauses=clauses,
            readings=self.declared.readings,
            parameters={each.name: each for each in parameters if each is not None},
            scales={each.name: each for each in scales if each is not None},
            levels=levels,
            notes={code: titles(text, code) for code, text in part.notes.items()},
            transition=transition,
            acknowledge=reasons(part),
            span=part.span,
        )

    def _check_depth(self, parameters: list[ir.Parameter]) -> None:
        """Parameters rest on parameters, but not endlessly."""
        rests = {
            each.name: {ref.name for ref in parts(each.value) if isinstance(ref, ir.ParameterRef)}
            for each in parameters
        }
        for _ in range(DEEPEST):
            rests = {name: rest for name, all_ in rests.items() if (rest := all_ & rests.keys())}
        for each in parameters:
            if each.name in rests:
                message = f"{each.name!r} rests on {DEEPEST} parameters or more, one on the other"
                hint = "write its value"
                self.declared.problem("E529", message, each.span, hint)
                return

    def _header(self) -> tuple[dt.date | None, dt.date | None]:
        part = self.surface
        if part.language.text != LANGUAGE:
            message = f"language {part.language.text!r} is not known"
            self.declared.problem("E520", message, part.language.span, "write language: 1")
        if not part.levels:
            hint = "write the level that is assessed, such as month: {facts: …}"
            self.declared.problem("E203", "the ruleset has no level", part.span, hint)
        if not ID.match(part.id.text):
            self.declared.problem(
                "E521",
                f"{part.id.text!r} is no id",
                part.id.span,
                "small letters, digits and hyphens, such as gz-npc-2023",
            )
        try:
            ZoneInfo(part.timezone.text)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            message = f"there is no time zone {part.timezone.text!r}"
            self.declared.problem(
                "E522", message, part.timezone.span, "write an IANA name, such as Asia/Shanghai"
            )
        for name, source in part.effective.items():
            if name not in PERIOD:
                self.declared.problem(
                    "E201", f"effective has no key {name!r}", source.span, "known: from, to"
                )
        start, end = (self._date(part.effective.get(name)) for name in PERIOD)
        if start is not None and end is not None and end < start:
            span = part.effective["to"].span
            message = f"the period ends ({end}) before it begins ({start})"
            self.declared.problem("E523", message, span, "exchange from: and to:")
        return start, end

    def _date(self, source: sf.Source | None) -> dt.date | None:
        if source is None:
            return None
        try:
            if len(source.text) != len("2023-01-31"):
                raise ValueError
            return dt.date.fromisoformat(source.text)
        except ValueError:
            hint = "write it like 2023-01-31"
            self.declared.problem("E523", f"{source.text!r} is no date", source.span, hint)
            return None

    def _clause(self, name: str, part: sf.Clause) -> ir.Clause:
        return ir.Clause(
            id=name,
            text=part.text.text,
            title=titles(part.title, name),
            translation=part.translation.text if part.translation else "",
            not_encoded=titles(part.not_encoded, "") if part.not_encoded else None,
            hash=part.hash.text if part.hash else "",
            acknowledge=reasons(part),
            span=part.span,
        )

    def _scale(self, name: str, part: sf.Scale) -> ir.Scale | None:
        bound = self.binder.scale(name)
        if bound is None:
            return None
        kind, gives, bands, domain = bound
        return ir.Scale(
            name=name,
            title=titles(part.title, name),
            input=kind,
            gives=gives,
            bands=bands,
            domain=domain,
            clauses=tuple(each.text for each in part.clause),
            acknowledge=reasons(part),
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
            acknowledge=reasons(part),
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
            seasons=self.binder.switch(part.seasons, self._seasons),
            overrides={day: _texts(hours) for day, hours in part.overrides.items()},
            make_up_like=part.make_up_like.text if part.make_up_like else "mon",
            beyond=part.beyond.text if part.beyond else "refuse",
            day_length=self.binder.value(part.day_length, Scope(), PLAIN_TYPES["duration"]),
            zone=part.zone.text if part.zone else self.surface.timezone.text,
            title=titles(part.title, name),
            clauses=self.declared.clauses(part.clause),
            acknowledge=reasons(part),
            span=part.span,
        )

    def _seasons(self, part: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
        """Spans with their hours, as pairs: what walks a program looks into tuples."""
        return tuple(
            (span, self.binder.switch(hours, _plain_hours)) for span, hours in part.items()
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
