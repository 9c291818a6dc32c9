"""Stage 3, resolve: surface → program.

Afterwards every name is bound to a slot, every value has a type and a unit, every switch covers
the options of its reading, and the program is closed: nothing refers to text any more.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sla_rules.diagnostics import Diagnostic, Span, nearest
from sla_rules.language import program as ir
from sla_rules.language import surface as sf
from sla_rules.language.bodies import ROW, Binder
from sla_rules.language.cells import expression_span
from sla_rules.language.infer import Names, Scope, Typer
from sla_rules.language.types import BOOL, DATE, PLAIN_TYPES, Type, number_type
from sla_rules.quantities import MODES, Number, parse_number
from sla_rules.worktime import DAY_RULES

__all__ = ["LEDGER_OUTPUTS", "OUTSTANDING", "resolve"]

_NAME: Final = re.compile(r"[^\W\d]\w*\Z")
_ID: Final = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*\Z")

LEDGER_OUTPUTS: Final[dict[str, ir.Titles]] = {
    "brought_forward": ir.Titles("上期结转", "brought forward"),
    "determined": ir.Titles("本期新增扣款", "newly determined"),
    "set_off": ir.Titles("本期抵扣", "set off"),
    "top_up": ir.Titles("补付", "paid in addition"),
    "lapsed": ir.Titles("不再追扣", "lapsed"),
    "carried_forward": ir.Titles("结转下期", "carried forward"),
}
OUTSTANDING: Final = "outstanding"
_ERROR: Final = Type("error")


def resolve(ruleset: sf.Ruleset) -> tuple[ir.Program | None, list[Diagnostic]]:
    """Bind and type a whole ruleset."""
    resolver = _Resolver(ruleset)
    program = resolver.program()
    return program, resolver.problems


def _titles(phrase: sf.Phrase | None, name: str) -> ir.Titles:
    return ir.Titles(name, name) if phrase is None else ir.Titles(phrase.zh, phrase.en)


class _Resolver:
    def __init__(self, ruleset: sf.Ruleset) -> None:
        self.surface = ruleset
        self.problems: list[Diagnostic] = []
        self.scales: Mapping[str, sf.Scale] = ruleset.scales
        self.day_rules = DAY_RULES
        self.currency = ruleset.currency.text if ruleset.currency else ""
        self.readings = {name: self._reading(name, r) for name, r in ruleset.readings.items()}
        self.enums: dict[str, tuple[ir.Member, ...]] = {
            name: self._members(members) for name, members in ruleset.enums.items()
        }
        self.facts = {
            level: {name: self._fact_type(level, name, fact) for name, fact in part.facts.items()}
            for level, part in ruleset.levels.items()
        }
        self.columns: dict[tuple[str, str], tuple[str, int, sf.Column]] = {}
        self.outputs: dict[tuple[str, str], sf.Ledger] = {}
        self.slots = {name: self._slots(name, part) for name, part in ruleset.levels.items()}
        self._find_ledgers()
        names = Names(
            slot=self.slot,
            slot_names=lambda level: self.slots.get(level, {}),
            parameter=self._parameter_type,
            parameters=ruleset.parameters,
            calendars=ruleset.calendars,
            enums=self.enums,
            currency=self.currency,
        )
        self.typer = Typer(names, self.problems)
        self.binder = Binder(self, self.typer)
        self._bodies: dict[tuple[str, str], Any] = {}
        self._parameters: dict[str, Any] = {}
        self._busy: list[tuple[str, str]] = []

    # -- problems and small parts --------------------------------------------------------

    def problem(self, code: str, message: str, span: Span, hint: str = "") -> None:
        self.problems.append(Diagnostic(code=code, message=message, where=span, hint=hint))

    def clauses(self, sources: tuple[sf.Source, ...]) -> tuple[str, ...]:
        for source in sources:
            if source.text not in self.surface.clauses:
                hint = nearest(source.text, self.surface.clauses)
                self.problem("E513", f"there is no clause {source.text!r}", source.span, hint)
        return tuple(source.text for source in sources)

    def type_named(self, source: sf.Source) -> Type | None:
        name = source.text
        if name in PLAIN_TYPES:
            return PLAIN_TYPES[name]
        if name in ("money", self.currency) and self.currency:
            return number_type(((self.currency, 1),))
        if name in self.enums:
            return Type("enum", name)
        if name == "money":
            self.problem("E514", "money needs a currency", source.span, "add currency: CNY")
            return None
        known = [*PLAIN_TYPES, "money", *self.enums]
        self.problem("E514", f"there is no type {name!r}", source.span, nearest(name, known))
        return None

    def _fact_type(self, level: str, name: str, fact: sf.Fact) -> Type:
        kind = fact.type
        if isinstance(kind, sf.Source):
            return self.type_named(kind) or _ERROR
        if isinstance(kind, tuple):
            label = name if name not in self.enums else f"{level}.{name}"
            self.enums[label] = tuple(
                ir.Member(name=each.text, title=ir.Titles(each.text, each.text), aliases=())
                for each in kind
            )
            return Type("enum", label)
        for shape, source in kind.items():
            if shape not in ("list", "record", "enum") or len(kind) > 1:
                break
            known: Iterable[str] = self.enums if shape == "enum" else self.surface.levels
            if source.text in known:
                return Type(shape, source.text)
            what = "enum" if shape == "enum" else "level"
            hint = nearest(source.text, known)
            self.problem("E514", f"there is no {what} {source.text!r}", source.span, hint)
            return _ERROR
        self.problem("E514", "a type is a name, {list: level}, {record: level}, {enum: name} or "
                     "[members]", fact.span)  # fmt: skip
        return _ERROR

    def _members(self, members: dict[str, sf.Member]) -> tuple[ir.Member, ...]:
        return tuple(
            ir.Member(
                name=name,
                title=_titles(member.title, name),
                aliases=tuple(alias.text for alias in member.aliases),
            )
            for name, member in members.items()
        )

    def _reading(self, name: str, reading: sf.Reading) -> ir.Reading:
        if reading.default.text not in reading.options:
            self.problem(
                "E515",
                f"the default {reading.default.text!r} of {name!r} is none of its options",
                reading.default.span,
                nearest(reading.default.text, reading.options),
            )
        clause = self.clauses((reading.clause,)) if reading.clause else ()
        return ir.Reading(
            id=name,
            register=reading.register.text if reading.register else "",
            clause="".join(clause),
            question=_titles(reading.question, name),
            default=reading.default.text,
            options={option: _titles(each, option) for option, each in reading.options.items()},
            span=reading.span,
        )

    # -- slots ---------------------------------------------------------------------------

    def _slots(self, level: str, part: sf.Level) -> dict[str, int]:
        slots: dict[str, int] = {}

        def declare(name: str, span: Span) -> None:
            if not _NAME.match(name):
                self.problem("E516", f"{name!r} is no name", span, "letters, digits and _ only")
            if name in slots:
                self.problem("E517", f"level {level!r} has two things called {name!r}", span)
            elif name in self.surface.parameters or name in self.surface.calendars:
                self.problem("E517", f"{name!r} is also a parameter or calendar", span)
            slots[name] = len(slots) + 1

        for name, fact in part.facts.items():
            declare(name, fact.span)
        for name, decision in part.decisions.items():
            declare(name, decision.span)
            for position, (column, part_) in enumerate(_give(decision.body).items()):
                self.columns[level, column] = (name, position, part_)
                declare(column, part_.span)
        return slots

    def _find_ledgers(self) -> None:
        """Declare the ledger's outputs on the level of the payments, and what stays open."""
        for level, part in self.surface.levels.items():
            if part.ledger is None:
                continue
            kind = self.facts[level].get(part.ledger.payments.text, _ERROR)
            if kind.kind != "list":
                hint = nearest(part.ledger.payments.text, self.facts[level])
                message = f"{part.ledger.payments.text!r} is no list of records"
                self.problem("E518", message, part.ledger.payments.span, hint)
                continue
            for name in LEDGER_OUTPUTS:
                self._declare_output(kind.name, name, part.ledger)
            self._declare_output(level, OUTSTANDING, part.ledger)

    def _declare_output(self, level: str, name: str, ledger: sf.Ledger) -> None:
        slots = self.slots[level]
        if name in slots:
            self.problem("E517", f"{name!r} is written by the ledger", ledger.span, "rename it")
        slots[name] = len(slots) + 1
        self.outputs[level, name] = ledger

    def slot(self, level: str, name: str, span: Span) -> ir.SlotRef | None:
        index = self.slots.get(level, {}).get(name)
        if index is None:
            return None
        kind = self.facts[level].get(name)
        decision = kind is None
        kind = self._decision_type(level, name, span) if kind is None else kind
        return ir.SlotRef(name=name, index=index, decision=decision, type=kind, span=span)

    def _decision_type(self, level: str, name: str, span: Span) -> Type:
        if (level, name) in self.outputs:
            return number_type(((self.currency, 1),)) if self.currency else PLAIN_TYPES["number"]
        if (level, name) in self.columns:
            return self.type_named(self.columns[level, name][2].type) or _ERROR
        decision = self.surface.levels[level].decisions[name]
        if decision.type is not None:
            return self.type_named(decision.type) or _ERROR
        if _give(decision.body):
            return ROW
        if (level, name) in self._busy:
            self.problem(
                "E519", f"{name!r} depends on itself", span, f"or give {name!r} a type: of its own"
            )
            return _ERROR
        body = self._body(level, name)
        return body.type if body is not None else _ERROR

    def _parameter_type(self, name: str) -> Type | None:
        value = self._parameter_value(name)
        return None if value is None else value.type

    def _parameter_value(self, name: str) -> Any:
        if name not in self._parameters:
            self._parameters[name] = None
            part = self.surface.parameters[name]
            declared = self.type_named(part.type) if part.type else None
            self._parameters[name] = self.binder.value(part.value, Scope(), declared)
        return self._parameters[name]

    def _body(self, level: str, name: str) -> Any:
        key = (level, name)
        if key not in self._bodies:
            decision = self.surface.levels[level].decisions[name]
            declared = self.type_named(decision.type) if decision.type else None
            self._busy.append(key)
            body = self.binder.body(decision.body, Scope(level), declared)
            self._busy.pop()
            if body is not None and declared is not None and not isinstance(body, ir.Choice):
                body = self.typer.as_type(body, declared)
            self._bodies[key] = body
        return self._bodies[key]

    # -- the whole -----------------------------------------------------------------------

    def program(self) -> ir.Program | None:
        part = self.surface
        self._header()
        clauses = {name: self._clause(name, each) for name, each in part.clauses.items()}
        parameters = [self._parameter(name, each) for name, each in part.parameters.items()]
        calendars = {name: self._calendar(name, each) for name, each in part.calendars.items()}
        for name in part.scales:
            self.binder.scale(name)
        levels = {name: self._level(name, each) for name, each in part.levels.items()}
        if self.problems:
            return None
        return ir.Program(
            id=part.id.text,
            version=part.version.text,
            title=_titles(part.title, part.id.text),
            source=_titles(part.source, "") if part.source else None,
            currency=self.currency,
            timezone=part.timezone.text,
            effective_from=self._date(part.effective.get("from")),
            effective_to=self._date(part.effective.get("to")),
            enums=self.enums,
            calendars=calendars,
            clauses=clauses,
            readings=self.readings,
            parameters={each.name: each for each in parameters if each is not None},
            levels=levels,
        )

    def _header(self) -> None:
        part = self.surface
        if part.language.text != "1":
            self.problem("E520", "this library reads language: 1", part.language.span)
        if not _ID.match(part.id.text):
            self.problem("E521", f"{part.id.text!r} is no id", part.id.span, "like gz-npc-2023")
        try:
            ZoneInfo(part.timezone.text)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            message = f"there is no time zone {part.timezone.text!r}"
            self.problem("E522", message, part.timezone.span, "an IANA name: Asia/Shanghai")
        for name, source in part.effective.items():
            if name not in ("from", "to"):
                self.problem("E201", f"effective has no key {name!r}", source.span, "from, to")

    def _date(self, source: sf.Source | None) -> dt.date | None:
        if source is None:
            return None
        try:
            return dt.date.fromisoformat(source.text)
        except ValueError:
            self.problem("E523", f"{source.text!r} is no date", source.span, "2023-01-01")
            return None

    def _clause(self, name: str, part: sf.Clause) -> ir.Clause:
        return ir.Clause(
            id=name,
            text=part.text.text,
            title=_titles(part.title, name),
            translation=part.translation.text if part.translation else "",
            not_encoded=_titles(part.not_encoded, "") if part.not_encoded else None,
            span=part.span,
        )

    def _parameter(self, name: str, part: sf.Parameter) -> ir.Parameter | None:
        value = self._parameter_value(name)
        clauses = self.clauses(part.clause)
        if value is None:
            return None
        return ir.Parameter(
            name=name,
            type=value.type,
            title=_titles(part.title, name),
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
            title=_titles(part.title, name),
            clauses=self.clauses(part.clause),
            span=part.span,
        )

    def _level(self, name: str, part: sf.Level) -> ir.Level:
        scope = Scope(name)
        for source in (*part.order, *part.interval, *filter(None, (part.key, part.period))):
            if source.text not in part.facts:
                hint = nearest(source.text, part.facts)
                message = f"level {name!r} has no fact {source.text!r}"
                self.problem("E524", message, source.span, hint)
        return ir.Level(
            name=name,
            title=_titles(part.title, name),
            facts=tuple(self._fact(name, fact, each) for fact, each in part.facts.items()),
            decisions=tuple(self._decisions(name, part)),
            key=part.key.text if part.key else "",
            order=tuple(source.text for source in part.order),
            interval=tuple(source.text for source in part.interval),
            disjoint=part.disjoint,
            period=part.period.text if part.period else "",
            require=tuple(
                requirement
                for each in part.require
                if (requirement := self._requirement(each, scope)) is not None
            ),
            ledger=self._ledger(name, part.ledger) if part.ledger else None,
            span=part.span,
        )

    def _fact(self, level: str, name: str, part: sf.Fact) -> ir.Fact:
        kind = self.facts[level][name]

        def constant(source: sf.Source | None) -> ir.Constant | None:
            if source is None or kind == _ERROR:
                return None
            node = self.binder.expression(source, Scope(), kind)
            if node is None or isinstance(node, ir.Constant):
                return node
            self.problem("E525", "only a literal may stand here", source.span)
            return None

        if part.until is not None and part.until.text != "known":
            self.problem("E526", "until: takes the word known", part.until.span)
        for source in filter(None, (part.not_before,)):
            if source.text not in self.surface.levels[level].facts:
                hint = nearest(source.text, self.surface.levels[level].facts)
                self.problem("E524", f"no fact {source.text!r} here", source.span, hint)
        return ir.Fact(
            name=name,
            index=self.slots[level][name],
            type=kind,
            title=_titles(part.title, name),
            optional=part.optional,
            open=part.until is not None,
            default=constant(part.default),
            min=constant(part.min),
            max=constant(part.max),
            not_before=part.not_before.text if part.not_before else "",
            from_parent=part.from_parent.text if part.from_parent else "",
            unlisted=part.unlisted is not None and part.unlisted.text == "allowed",
            clauses=self.clauses(part.clause),
            span=part.span,
        )

    def _decisions(self, level: str, part: sf.Level) -> Iterable[ir.Decision]:
        for name, decision in part.decisions.items():
            bound = self._decision(level, name, decision)
            if bound is not None:
                yield bound
            for column in _give(decision.body):
                yield self._column(level, name, column, decision)
        for (home, name), ledger in self.outputs.items():
            if home == level:
                titles = LEDGER_OUTPUTS.get(name, ir.Titles("未了扣款", "outstanding"))
                kind = self._decision_type(level, name, ledger.span)
                body = ir.LedgerOutput(output=name, type=kind, span=ledger.span)
                clauses = tuple(each.text for each in ledger.clause)
                yield self._plain(level, name, titles, body, clauses)

    def _plain(
        self, level: str, name: str, titles: ir.Titles, body: ir.Node, clauses: tuple[str, ...]
    ) -> ir.Decision:
        return ir.Decision(
            name=name,
            index=self.slots[level][name],
            type=body.type,
            title=titles,
            body=body,
            applies=None,
            cap=None,
            floor=None,
            rounding=None,
            notes=(),
            clauses=clauses,
            span=body.span,
        )

    def _column(self, level: str, table: str, name: str, part: sf.Decision) -> ir.Decision:
        _, position, column = self.columns[level, name]
        slot = self.slot(level, table, column.span)
        assert slot is not None
        kind = self.type_named(column.type) or _ERROR
        body = ir.Column(table=slot, position=position, type=kind, span=column.span)
        titles = _titles(column.title, name)
        return self._plain(level, name, titles, body, tuple(each.text for each in part.clause))

    def _decision(self, level: str, name: str, part: sf.Decision) -> ir.Decision | None:
        scope = Scope(level)
        body = self._body(level, name)
        clauses = self.clauses(part.clause)
        if body is None:
            return None
        declared = self.type_named(part.type) if part.type else None
        kind = declared or body.type
        rounding = None
        if part.round is not None:
            rounding = self.binder.switch(part.round, lambda each: self._rounding(each, scope))
        return ir.Decision(
            name=name,
            index=self.slots[level][name],
            type=kind,
            title=_titles(part.title, name),
            body=body,
            applies=self.binder.value(part.applies, scope, BOOL),
            cap=self.binder.value(part.cap, scope, kind),
            floor=self.binder.value(part.floor, scope, kind),
            rounding=rounding,
            notes=tuple(
                ir.NoteRule(
                    code=rule.code.text,
                    when=when,
                    text=_titles(rule.text, rule.code.text),
                    span=rule.span,
                )
                for rule in part.notes
                if (when := self.binder.expression(rule.when, scope, BOOL)) is not None
            ),
            clauses=clauses,
            span=part.span,
        )

    def _rounding(self, part: Any, scope: Scope) -> ir.RoundingRule | None:
        if isinstance(part, sf.Source):
            words = part.text.split()
            mode, span, clauses = (words[1] if len(words) > 1 else "half_up"), part.span, ()
            text = words[0] if words else ""
        else:
            mode = part.mode.text if part.mode else "half_up"
            span, clauses, text = part.span, self.clauses(part.clause), part.to.text
        if text == "none":
            return ir.RoundingRule(quantum=None, mode=mode, clauses=clauses, span=span)
        quantum = parse_number(text.removesuffix("%"))
        if quantum is None or quantum <= 0 or mode not in MODES:
            hint = f"like 0.01 half_up; modes: {', '.join(MODES)}"
            self.problem("E527", f"{text!r} {mode} is no rounding", span, hint)
            return None
        exact: Number = Fraction(quantum, 100) if text.endswith("%") else quantum
        return ir.RoundingRule(quantum=exact, mode=mode, clauses=clauses, span=span)

    def _requirement(self, part: sf.Requirement, scope: Scope) -> ir.Requirement | None:
        that = self.binder.value(part.that, scope, BOOL)
        clauses = self.clauses(part.clause)
        if part.at is not None and part.at.text not in self.surface.levels[scope.level].facts:
            self.problem("E524", f"no fact {part.at.text!r} here", part.at.span)
        if that is None:
            return None
        return ir.Requirement(
            that=that,
            message=_titles(part.message, ""),
            at=part.at.text if part.at else "",
            clauses=clauses,
            span=part.span,
        )

    def _ledger(self, level: str, part: sf.Ledger) -> ir.Ledger | None:
        kind = self.facts[level].get(part.payments.text, _ERROR)
        if kind.kind != "list":
            return None
        scope = Scope(kind.name)
        money = self._decision_type(kind.name, "set_off", part.span)
        slots = self.slots[kind.name]
        for source in filter(None, (part.pays, part.paid)):
            if source.text not in slots:
                hint = nearest(source.text, slots)
                self.problem("E524", f"a payment has no {source.text!r}", source.span, hint)
        date = self.binder.expression(part.date, scope, DATE)
        available = self.binder.value(part.available, scope, money)
        cap = self._ceiling(part.cap, scope, money)
        total_cap = self._ceiling(part.total_cap, Scope(level), money)
        sources = [self._ledger_source(level, each, money) for each in part.sources]
        word = self.binder.word
        assign = word(part.assign, ("on_or_after", "following"), "way to assign entries")
        remainder = word(part.remainder, ("carried_forward", "lapses"), "fate of a remainder")
        corrections = word(part.corrections, ("next_payment", "at_once"), "way to correct")
        if date is None or available is None or any(source is None for source in sources):
            return None
        return ir.Ledger(
            payments=part.payments.text,
            level=kind.name,
            date=date,
            available=available,
            pays=part.pays.text,
            sources=tuple(source for source in sources if source is not None),
            paid=part.paid.text if part.paid else "",
            cap=cap,
            total_cap=total_cap,
            assign=assign or "on_or_after",
            remainder=remainder or "carried_forward",
            corrections=corrections or "next_payment",
            clauses=self.clauses(part.clause),
            span=part.span,
        )

    def _ceiling(self, part: Any, scope: Scope, kind: Type) -> Any:
        """A cap, where a reading may also say ``none``."""

        def build(source: sf.Source) -> ir.Node | None:
            if source.text == "none":
                return ir.Constant(value=None, type=kind, span=source.span)
            return self.binder.expression(source, scope, kind)

        return None if part is None else self.binder.switch(part, build)

    def _ledger_source(self, level: str, part: sf.LedgerSource, kind: Type) -> Any:
        path = tuple(part.path.text.split("."))
        home = level
        for name in path:
            step = self.facts.get(home, {}).get(name, _ERROR)
            if step.kind != "list":
                message = f"{name!r} is no list of records of level {home!r}"
                self.problem("E518", message, part.path.span, nearest(name, self.facts[home]))
                return None
            home = step.name
        scope = Scope(home)
        amount = self.binder.value(part.amount, scope, kind)
        on = self.typer.expression(part.on.text, expression_span(part.on), scope, DATE)
        if amount is None or on is None:
            return None
        return ir.LedgerSource(
            path=path,
            level=home,
            amount=amount,
            on=on,
            clauses=self.clauses(part.clause),
            skip_unknown_if_given=part.unknown.text if part.unknown else "",
            span=part.span,
        )




def _give(body: Any) -> dict[str, sf.Column]:
    """The columns that a table body declares; of a switch, those of its first option."""
    while isinstance(body, sf.Switch) and body.options:
        body = next(iter(body.options.values()))
    return body.give if isinstance(body, sf.Table) else {}


def _texts(part: Any) -> Any:
    """Plain text of scalars and lists of them."""
    if isinstance(part, tuple):
        return tuple(each.text for each in part)
    return part.text if isinstance(part, sf.Source) else part


def _plain_hours(part: Any) -> Any:
    if isinstance(part, dict):
        return {days: _texts(windows) for days, windows in part.items()}
    return _texts(part)
