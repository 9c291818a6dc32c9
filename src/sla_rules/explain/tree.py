"""Explaining a decision: every node with clause, reading, inputs and arithmetic."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import attrs

from sla_rules.engine.compile import Compiler
from sla_rules.explain.bodies import deciding, reason
from sla_rules.explain.explanation import CitedClause, Explanation, UsedReading
from sla_rules.explain.formula import Writer
from sla_rules.explain.values import Formatter
from sla_rules.explain.wording import say
from sla_rules.facts.records import Record
from sla_rules.facts.shapes import Given
from sla_rules.facts.values import from_public
from sla_rules.language import program as ir
from sla_rules.language.walk import chosen, fields_in, limit_of, parts
from sla_rules.unknown import NOT_APPLICABLE, Unknown

if TYPE_CHECKING:
    from sla_rules.rules import Rules

__all__ = ["explain"]

MOST_RECORDS: Final = 12


def explain(rules: "Rules", record: Record, decision: str, lang: str) -> Explanation:
    """The explanation of a decision of *record* in ``zh`` or ``en``."""
    if lang not in ("zh", "en"):
        raise ValueError(f"explanations are in 'zh' or 'en', not {lang!r}")
    return _Explainer(rules, record, lang).decision(decision)


class _Explainer:
    """Explains the decisions of one record.

    It evaluates on copies of the record: closures leave notes, and the assessment must not change.
    """

    def __init__(self, rules: "Rules", record: Record, lang: str) -> None:
        self.rules = rules
        self.record = record
        self.lang = lang
        self.program = rules.program
        self.compiler: Compiler = rules.engine.compiler
        self.format = Formatter(rules.program, lang)
        self.writer = Writer(self.compiler, record.copied(), self.format)
        self.seen: set[str] = set()

    def decision(self, name: str) -> Explanation:
        """The node of a decision; a second mention only points back."""
        part = self.record.level.decision(name)
        assert part is not None
        value = self.record[part.index]
        shown = self.format.value(part.type, value)
        title = part.title.of(self.lang)
        if name in self.seen:
            return self._leaf(name, title, shown, "decision", say("seen", self.lang))
        self.seen.add(name)
        given = self.record.given.get(part.index)
        if given is not None:
            return self._given(part, given, title, shown)
        if value is NOT_APPLICABLE and part.applies is not None:
            return self._inapplicable(part, title, shown)
        told = reason(part.body, self.writer)
        lines = [*told.lines, *self._modifiers(part), *self._postings(part)]
        return Explanation(
            name=name,
            title=title,
            value=shown,
            kind="decision",
            lang=self.lang,
            clauses=self._clauses((*part.clauses, *told.clauses)),
            readings=self._readings(part),
            arithmetic=tuple(lines),
            notes=self._notes(part),
            needs=tuple(sorted(value.needs)) if isinstance(value, Unknown) else (),
            inputs=(*self._inputs((part.body, part.cap, part.floor)), *self._entries(part)),
        )

    def _leaf(self, name: str, title: str, value: str, kind: str, remark: str) -> Explanation:
        return Explanation(
            name=name, title=title, value=value, kind=kind, lang=self.lang, remark=remark
        )

    def _given(self, part: ir.Decision, given: Given, title: str, shown: str) -> Explanation:
        who = [
            say("given_by", self.lang, name=given.approved_by)
            if given.approved_by
            else say("given_by_nobody", self.lang)
        ]
        if given.reason:
            who.append(say("given_reason", self.lang, reason=given.reason))
        if given.on:
            who.append(say("given_on", self.lang, date=given.on))
        text = say("separator", self.lang).join(who)
        lines = [say("given", self.lang, value=shown, who=text)]
        computed = self.compiler.decision(part)(self.record.copied())
        if computed is not NOT_APPLICABLE:
            before = self.format.value(part.type, computed)
            lines.append(say("computed", self.lang, value=before))
        return Explanation(
            name=part.name,
            title=title,
            value=self.format.value(part.type, from_public(part.type, given.value)),
            kind="decision",
            lang=self.lang,
            clauses=self._clauses(part.clauses),
            arithmetic=tuple(lines),
        )

    def _inapplicable(self, part: ir.Decision, title: str, shown: str) -> Explanation:
        applies = self.compiler.chosen(part.applies)
        lines: tuple[str, ...] = ()
        if not isinstance(applies, ir.Constant):
            condition = self.writer.names(applies)
            lines = (say("does_not_apply", self.lang, condition=condition),)
        return Explanation(
            name=part.name,
            title=title,
            value=shown,
            kind="decision",
            lang=self.lang,
            clauses=self._clauses(part.clauses),
            readings=self._readings(part),
            arithmetic=lines,
            inputs=tuple(self._inputs((applies,))),
        )

    def _modifiers(self, part: ir.Decision) -> Iterator[str]:
        """Cap, floor and rounding, each where it changed the value."""
        settled = isinstance(part.body, ir.LedgerOutput)
        value = None if settled else self.compiler.node(part.body)(self.writer.record)
        for end, phrase, pick in ((part.cap, "capped", min), (part.floor, "floored", max)):
            bound = limit_of(end, self.rules.readings)
            if bound is None or value is None or isinstance(value, Unknown):
                continue
            limit = self.writer.evaluate(bound)
            if not isinstance(limit, Unknown) and pick(value, limit) != value:
                value = pick(value, limit)
                text = self.format.value(part.type, value)
                yield say(phrase, self.lang, cap=text, floor=text, value=text)
        rule = self.compiler.chosen(part.rounding)
        after = self.record[part.index]
        unknown = isinstance(value, Unknown) or isinstance(after, Unknown)
        if rule is None or rule.quantum is None or value is None or unknown or value == after:
            return
        yield say(
            "rounded",
            self.lang,
            mode=say(rule.mode, self.lang),
            quantum=self.format.value(part.type, rule.quantum),
            before=self.format.value(part.type, value),
            after=after,
            value=self.format.value(part.type, after),
        )

    def _postings(self, part: ir.Decision) -> Iterator[str]:
        if not isinstance(part.body, ir.LedgerOutput):
            return
        yield say("ledger", self.lang)
        if part.body.output != "set_off":
            return
        for posting in self.record.postings:
            yield say(
                "posting",
                self.lang,
                entry=posting.entry,
                amount=self.format.money(posting.amount),
                clauses=say("comma", self.lang).join(posting.clauses),
            )

    def _entries(self, part: ir.Decision) -> Iterator[Explanation]:
        """The deductions that were set off, each with how it was computed."""
        if not (isinstance(part.body, ir.LedgerOutput) and part.body.output == "set_off"):
            return
        for posting in self.record.postings:
            if posting.cause is not None:
                record, decision = posting.cause
                inner = _Explainer(self.rules, record, self.lang).decision(decision)
                title = say("of_record", self.lang, record=posting.entry, inner=inner.title)
                yield attrs.evolve(inner, title=title, kind="record")

    def _clauses(self, ids: tuple[str, ...]) -> tuple[CitedClause, ...]:
        found = (self.program.clauses[each] for each in dict.fromkeys(ids))
        return tuple(
            CitedClause(
                each.id, each.translation if self.lang == "en" and each.translation else each.text
            )
            for each in found
        )

    def _readings(self, part: ir.Decision) -> tuple[UsedReading, ...]:
        """The readings that this decision itself switches by, under the present choice."""
        choices = self.rules.readings
        used: dict[str, UsedReading] = {}
        rules = self._ledger() if isinstance(part.body, ir.LedgerOutput) else part
        for each in parts(rules, choices):
            if isinstance(each, ir.Choice) and each.reading not in used:
                used[each.reading] = self._reading(each.reading)
        return tuple(used.values())

    def _ledger(self) -> tuple[Any, ...]:
        """The rules by which the ledger works: what it takes from, when, how much, and the rest."""
        return tuple(
            (each.ledger.available, each.ledger.cap, each.ledger.total_cap, each.ledger.assign,
             each.ledger.remainder, each.ledger.corrections)
            for each in self.program.levels.values()
            if each.ledger is not None
            and self.record.level.name in (each.ledger.level, each.name)
        )  # fmt: skip

    def _reading(self, name: str) -> UsedReading:
        reading = self.program.readings[name]
        option = self.rules.readings[name]
        return UsedReading(
            id=name,
            register=reading.register or name,
            question=reading.question.of(self.lang),
            option=option,
            reason=reading.options[option].of(self.lang),
        )

    def _notes(self, part: ir.Decision) -> tuple[str, ...]:
        left = {code for code, span in self.record[0] if _inside(span, part)}
        texts = {rule.code: rule.text.of(self.lang) for rule in part.notes}
        return tuple(
            texts.get(code) or self.rules.note_text(code, self.lang) for code in sorted(left)
        )

    def _inputs(self, nodes: tuple[Any, ...]) -> Iterator[Explanation]:
        """What the chosen alternatives read: decisions, facts, parameters, child records."""
        done: set[tuple[str, str]] = set()
        for node in self._read(nodes):
            match node:
                case ir.SlotRef() if node.type.kind == "row":
                    table = self.record.level.decision(node.name)
                    if table is not None:
                        yield from self._inputs((table.body,))
                    continue
                case ir.SlotRef():
                    key = ("slot", node.name)
                case ir.ParameterRef():
                    key = ("parameter", node.name)
                case _:
                    key = ("records", str(id(node)))
            if key not in done:
                done.add(key)
                yield from self._input(node)

    def _read(self, part: Any) -> Iterator[Any]:
        """The slots, parameters and aggregates in the branches that were taken."""
        node = chosen(part, self.rules.readings)
        match node:
            case tuple():
                for each in node:
                    yield from self._read(each)
            case ir.SlotRef() | ir.ParameterRef() | ir.Aggregate() | ir.Previous():
                yield node
            case ir.Dated():
                yield from self._read((node.moment, self.writer.in_force(node)))
            case ir.Through():
                yield node.record
            case ir.Column():
                yield node.table
                yield from self._read(self._cell(node))
            case ir.BandSet() | ir.Table():
                several = isinstance(node, ir.Table) and node.columns  # each tells of its own
                yield from self._read((node.on, () if several else deciding(node, self.writer)))
            case ir.Condition():
                truth = self.writer.evaluate(node.condition)
                branches = {True: (node.then,), False: (node.otherwise,)}
                both = (node.then, node.otherwise)
                taken = branches[truth] if isinstance(truth, bool) else both
                yield from self._read((node.condition, *taken))
            case _:
                for name in fields_in(node.__class__) or ():
                    yield from self._read(getattr(node, name))

    def _cell(self, node: ir.Column) -> tuple[Any, ...]:
        """What the row that decided gives in one column."""
        table = self.record.level.decision(node.table.name)
        body = None if table is None else chosen(table.body, self.rules.readings)
        row = deciding(body, self.writer) if isinstance(body, ir.Table) else ()
        return row[node.position : node.position + 1]

    def _input(self, node: Any) -> Iterator[Explanation]:
        match node:
            case ir.SlotRef() if node.decision:
                yield self.decision(node.name)
            case ir.SlotRef() if node.type.kind not in ("list", "record"):
                value = self.record[node.index]
                unknown = isinstance(value, Unknown)
                shown = self.format.value(node.type, value)
                shown = say("missing_value", self.lang) if unknown else shown
                remark = "missing" if unknown else "fact"
                title = self.writer.title(self.record.level.name, node.name)
                yield self._leaf(node.name, title, shown, "fact", say(remark, self.lang))
            case ir.ParameterRef():
                yield self._parameter(node)
            case ir.Aggregate():
                yield from self._records(node)
            case ir.Previous():
                title, shown = self.writer.names(node), self.writer.shown(node)
                yield self._leaf("previous", title, shown, "record", "")

    def _parameter(self, node: ir.ParameterRef) -> Explanation:
        part = self.program.parameters[node.name]
        used = {
            each.reading: self._reading(each.reading)
            for each in parts(part.value, self.rules.readings)
            if isinstance(each, ir.Choice)
        }
        return Explanation(
            name=node.name,
            title=part.title.of(self.lang),
            value=self.writer.shown(node),
            kind="parameter",
            lang=self.lang,
            remark=say("parameter", self.lang) + self._since(node),
            clauses=self._clauses(part.clauses),
            readings=tuple(used.values()),
        )

    def _since(self, node: ir.ParameterRef) -> str:
        """Since when the value of a parameter that changes in time holds."""
        value = chosen(self.program.parameters[node.name].value, self.rules.readings)
        if node.moment is None or not isinstance(value, ir.Dated):
            return ""
        held = attrs.evolve(value, moment=node.moment)
        current = self.writer.in_force(held)
        since = next(date for date, each in held.cases if each is current)
        return say("held_since", self.lang, date=since, moment=self.writer.names(node.moment))

    def _records(self, node: ir.Aggregate) -> Iterator[Explanation]:
        """The child records that an aggregate ran over, each with its own arithmetic."""
        if not isinstance(node.element, ir.SlotRef) or not node.element.decision:
            return
        certain, doubtful, _ = self.compiler.gather(node)(self.record)
        records = [*certain, *(record for record, _ in doubtful)]
        if len(records) > MOST_RECORDS:
            records = []
        for record in records:
            inner = _Explainer(self.rules, record, self.lang).decision(node.element.name)
            name = self.writer.called(record)
            title = say("of_record", self.lang, record=name, inner=inner.title)
            yield attrs.evolve(inner, title=title, kind="record", inputs=())


def _inside(span: Any, part: ir.Decision) -> bool:
    """Whether a note was left by this decision: by a rule, row or band of it."""
    spans = [rule.span for rule in part.notes]
    spans += [each.span for each in parts(part.body) if isinstance(each, ir.Row | ir.Band)]
    return span in spans
