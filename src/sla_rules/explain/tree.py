"""The explanation tree: every node with clause, reading, inputs and arithmetic."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import attrs

from sla_rules.engine.compile import Compiler
from sla_rules.explain.bodies import deciding, reason
from sla_rules.explain.formula import Writer
from sla_rules.explain.values import Formatter
from sla_rules.explain.wording import say
from sla_rules.facts.records import Record
from sla_rules.facts.shapes import Given
from sla_rules.facts.values import from_public
from sla_rules.language import program as ir
from sla_rules.language.walk import belongs, chosen, limit_of, parts
from sla_rules.unknown import NOT_APPLICABLE, Unknown

if TYPE_CHECKING:
    from sla_rules.rules import Rules

__all__ = ["Explanation", "explain"]

MAX_NEEDS = 3


@attrs.frozen
class CitedClause:
    """A sentence of the contract."""

    id: str
    text: str


@attrs.frozen
class UsedReading:
    """A reading on which the value rests, with the option taken and its reason."""

    id: str
    register: str
    question: str
    option: str
    reason: str


@attrs.frozen
class Explanation:
    """One value and why: prints as an indented tree of sentences.

    *kind* is decision, fact, parameter or record; *inputs* are the values that it rests on.

    >>> import sla_rules as sla
    >>> month = sla.load("gz-npc-2023").assess({"month": "2024-03", "incidents": [],
    ...     "sla_attainment_rate": "97.2"}, level="month")
    >>> why = month.explain("sla_points", lang="en")
    >>> print(why.text(depth=0))  # doctest: +ELLIPSIS
    attainment points below 100% = 2
        Clause S2.3: ...
        Reading A-21 (point-counting=full_points) ...
        Arithmetic: (100% - 97.2%) ÷ 1% = 2.8; only full units count: 2
    >>> [each.title for each in why.inputs]
    ['attainment as counted']
    """

    name: str
    title: str
    value: str
    kind: str
    lang: str
    remark: str = ""
    clauses: tuple[CitedClause, ...] = ()
    readings: tuple[UsedReading, ...] = ()
    arithmetic: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    inputs: tuple["Explanation", ...] = ()

    def __str__(self) -> str:
        return self.text()

    def text(self, *, depth: int | None = None) -> str:
        """The tree as indented lines, at most *depth* levels of inputs; whole without it.

        A clause or reading is quoted in full where it is met first, and named afterwards.
        """
        return "\n".join(self.lines("", "", depth, set()))

    def lines(self, first: str, rest: str, depth: int | None, told: set[str]) -> Iterator[str]:
        """The lines of the tree, each behind its branch; *told* are clauses quoted already."""
        yield first + say("equals", self.lang, title=self.title, value=self.value) + self.remark
        inputs = self.inputs if depth is None or depth > 0 else ()
        body = rest + ("│   " if inputs else "    ")
        for line in self._grounds(told):
            yield body + line
        deeper = None if depth is None else depth - 1
        for number, each in enumerate(inputs, 1):
            last = number == len(inputs)
            branch, below = ("└── ", "    ") if last else ("├── ", "│   ")
            yield from each.lines(rest + branch, rest + below, deeper, told)

    def _grounds(self, told: set[str]) -> Iterator[str]:
        """Clauses, readings, arithmetic, notes and needs of this value alone."""
        for clause in self.clauses:
            if clause.id not in told:
                told.add(clause.id)
                yield say("clause", self.lang, id=clause.id, text=clause.text)
            else:
                yield say("clause_again", self.lang, id=clause.id)
        for reading in self.readings:
            phrase = "reading_again" if reading.id in told else "reading"
            told.add(reading.id)
            yield say(
                phrase,
                self.lang,
                register=reading.register,
                id=reading.id,
                question=reading.question,
                option=reading.option,
                reason=reading.reason,
            )
        for line in self.arithmetic:
            yield say("arithmetic", self.lang, text=line)
        for note in self.notes:
            yield say("note", self.lang, text=note)
        if self.needs:
            needs = say("comma", self.lang).join(self.needs[:MAX_NEEDS])
            phrase = "needs_many" if len(self.needs) > MAX_NEEDS else "needs"
            yield say(phrase, self.lang, needs=needs, count=len(self.needs))

    def to_dict(self) -> dict[str, Any]:
        """The tree as JSON-able data."""
        data: dict[str, Any] = attrs.asdict(self, recurse=False)
        data["clauses"] = [attrs.asdict(each) for each in self.clauses]
        data["readings"] = [attrs.asdict(each) for each in self.readings]
        data["inputs"] = [each.to_dict() for each in self.inputs]
        return {key: value for key, value in data.items() if value not in ("", (), [])}


def explain(rules: "Rules", record: Record, decision: str, lang: str) -> Explanation:
    """The explanation of a decision of *record* in ``zh`` or ``en``."""
    if lang not in ("zh", "en"):
        raise ValueError(f"explanations are in 'zh' or 'en', not {lang!r}")
    return _Explainer(rules, record, lang).decision(decision)


def _scratch(record: Record) -> Record:
    """A copy to evaluate on: closures leave notes, and the assessment must not change."""
    return record.copied()


class _Explainer:
    def __init__(self, rules: "Rules", record: Record, lang: str) -> None:
        self.rules = rules
        self.record = record
        self.lang = lang
        self.program = rules.program
        self.compiler: Compiler = rules.engine.compiler
        self.format = Formatter(rules.program, lang)
        self.writer = Writer(self.compiler, _scratch(record), self.format)
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
        computed = self.compiler.decision(part)(_scratch(self.record))
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
        value = self.compiler.node(part.body)(self.writer.record) if _computed(part) else None
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
            case _ if belongs(node):
                for field in attrs.fields(type(node)):
                    if field.name not in ("type", "span"):
                        yield from self._read(getattr(node, field.name))

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
        if len(records) > MAX_RECORDS:
            records = []
        for record in records:
            inner = _Explainer(self.rules, record, self.lang).decision(node.element.name)
            key = record.level.fact(record.level.key) if record.level.key else None
            name = record.place
            if key is not None and not isinstance(record[key.index], Unknown):
                name = self.format.value(key.type, record[key.index])
            title = say("of_record", self.lang, record=name, inner=inner.title)
            yield attrs.evolve(inner, title=title, kind="record", inputs=())


MAX_RECORDS = 12


def _computed(part: ir.Decision) -> bool:
    return not isinstance(part.body, ir.LedgerOutput)


def _inside(span: Any, part: ir.Decision) -> bool:
    """Whether a note was left by this decision: by a rule, row or band of it."""
    spans = [rule.span for rule in part.notes]
    spans += [each.span for each in parts(part.body) if isinstance(each, ir.Row | ir.Band)]
    return span in spans
