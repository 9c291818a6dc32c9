"""The arithmetic of each kind of decision, as sentences about one record."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from sla_rules.engine.bands import BandRow, band_rows, possible_bands, select_band
from sla_rules.engine.rates import shares_of
from sla_rules.engine.tables import matching_rows, table_rows
from sla_rules.explain.formula import Writer
from sla_rules.explain.wording import say
from sla_rules.facts.records import Record, child_lists
from sla_rules.language import program as ir
from sla_rules.language.walk import parts
from sla_rules.unknown import NOT_APPLICABLE, Unknown

__all__ = ["Reasoning", "deciding", "reason"]

MAX_ITEMS: Final = 12


@attrs.frozen
class Reasoning:
    """Sentences, and the clauses of the row or band that decided."""

    lines: tuple[str, ...]
    clauses: tuple[str, ...] = ()


def reason(body: Any, writer: Writer) -> Reasoning:
    """How the body of a decision came to its value."""
    body = writer.compiler.chosen(body)
    if isinstance(body, ir.Dated):
        return _dated(body, writer)
    told = _TELLERS.get(type(body))
    return told(body, writer) if told is not None else _expression(body, writer)


def _expression(body: Any, writer: Writer) -> Reasoning:
    if isinstance(body, ir.Constant | ir.SlotRef | ir.ParameterRef | ir.LedgerOutput):
        return Reasoning(())
    if isinstance(body, ir.Aggregate):
        return _aggregate(body, writer)
    lines = [*_branch(body, writer)]
    names, result = writer.names(body), writer.shown(body)
    values = names if body.type.kind == "bool" else writer.values(body)
    steps = [step for step in dict.fromkeys((names, values, result)) if step]
    if len(steps) > 1:
        lines.append(" = ".join(steps))
    for part in _aggregates(body, writer):
        lines += _aggregate(part, writer).lines
    return Reasoning(tuple(lines))


def _branch(body: Any, writer: Writer) -> list[str]:
    """Which branch of a condition was taken, and why."""
    lines: list[str] = []
    while isinstance(body, ir.Condition):
        truth = writer.evaluate(body.condition)
        condition = writer.names(body.condition)
        if isinstance(truth, Unknown):
            lines.append(say("open_condition", writer.lang, condition=condition))
            break
        branch = writer.compiler.chosen(body.then if truth else body.otherwise)
        phrase = "holds" if truth else "fails"
        if not isinstance(branch, ir.Condition):
            text = writer.names(branch)
            lines.append(say(phrase, writer.lang, condition=condition, branch=text))
        body = branch
    return lines


def _aggregates(node: Any, writer: Writer) -> list[ir.Aggregate]:
    """The aggregates that the taken branches of an expression use."""
    node = writer.compiler.chosen(node)
    match node:
        case ir.Aggregate():
            return [node]
        case ir.Condition():
            truth = writer.evaluate(node.condition)
            branch = node.then if truth is True else node.otherwise
            return _aggregates(branch, writer)
        case ir.Arithmetic() | ir.Comparison() | ir.Logic():
            return [*_aggregates(node.left, writer), *_aggregates(node.right, writer)]
        case ir.Call():
            return [each for part in node.arguments for each in _aggregates(part, writer)]
    return []


def _aggregate(body: ir.Aggregate, writer: Writer) -> Reasoning:
    certain, doubtful, missing = writer.compiler.gather(body)(writer.record)
    title, value = writer.aggregate_title(body), writer.shown(body)
    count = len(certain) + len(doubtful)
    if body.element is None or missing or count > MAX_ITEMS or not count:
        text = say("aggregate_many", writer.lang, function=title, count=count, value=value)
        if 0 < count <= MAX_ITEMS and not missing:
            names = [writer.called(record) for record in certain]
            names += [writer.called(record) for record, _ in doubtful]
            text = say(
                "aggregate",
                writer.lang,
                function=title,
                items=say("comma", writer.lang).join(names),
                value=value,
            )
        return Reasoning((text,))
    element = writer.compiler.node(body.element)
    shown = [
        writer.format.value(body.element.type, each)
        for record in (*certain, *(record for record, _ in doubtful))
        if (each := element(record)) is not NOT_APPLICABLE
    ]
    if body.weight is not None:
        items = _weighted(body, writer, [*certain, *(record for record, _ in doubtful)])
        return Reasoning((say("aggregate", writer.lang, function=title, items=items, value=value),))
    joint = " + " if body.function in ("sum", "mean") else say("comma", writer.lang)
    items = joint.join(shown)
    if body.function == "mean":
        items = f"({items}) ÷ {len(shown)}"
    return Reasoning((say("aggregate", writer.lang, function=title, items=items, value=value),))


def _weighted(body: ir.Aggregate, writer: Writer, records: list[Record]) -> str:
    """The arithmetic of a weighted mean: each value times its weight, over all weights."""
    assert body.element is not None
    assert body.weight is not None
    element, weight = writer.compiler.node(body.element), writer.compiler.node(body.weight)
    pairs = [(element(each), weight(each)) for each in records]
    pairs = [(value, share) for value, share in pairs if value is not NOT_APPLICABLE]
    show = writer.format.value
    terms = [
        f"{show(body.element.type, value)} × {show(body.weight.type, share)}"
        for value, share in pairs
    ]
    weights = " + ".join(show(body.weight.type, share) for _, share in pairs)
    return f"({' + '.join(terms)}) ÷ ({weights})"


def _table(body: ir.Table, writer: Writer) -> Reasoning:
    rows = table_rows(writer.compiler, body)
    certain, possible = matching_rows(rows, [writer.evaluate(each) for each in body.on])
    if possible or not certain:
        return Reasoning((say("no_row", writer.lang),))
    chosen = certain if body.hit.startswith("collect") else certain[:1]
    lines: list[str] = []
    clauses: list[str] = []
    for each in chosen:
        number = rows.index(each) + 1
        conditions = [
            f"{writer.names(on)} {_cell(text, on, writer)}"
            for on, text in zip(body.on, each.row.texts, strict=True)
        ]
        value = say("comma", writer.lang).join(writer.shown(out) for out in each.row.outputs)
        joined = say("comma", writer.lang).join(conditions)
        lines.append(say("row", writer.lang, number=number, conditions=joined, value=value))
        clauses += each.row.clauses
    return Reasoning(tuple(lines), tuple(clauses))


def _cell(text: str, on: Any, writer: Writer) -> str:
    """A cell as text: the members of an enumeration by their titles."""
    words = {"-": "any_value", "missing": "missing_value", "given": "given_value"}
    shown = []
    for part in text.split(","):
        bare = part.strip().strip("\"'")
        if bare in words:
            shown.append(say(words[bare], writer.lang))
        elif on.type.kind == "enum":
            shown.append(writer.format.member(on.type.name, bare))
        else:
            shown.append(bare)
    return "= " + say("or", writer.lang).join(f" {each} " for each in shown).strip()


def _column(body: ir.Column, writer: Writer) -> Reasoning:
    """A column is explained by the table that it belongs to."""
    table = writer.record.level.decision(body.table.name)
    assert table is not None
    part = writer.compiler.chosen(table.body)
    rows = table_rows(writer.compiler, part)
    certain, possible = matching_rows(rows, [writer.evaluate(each) for each in part.on])
    if possible or not certain:
        return Reasoning((say("no_row", writer.lang),))
    row = certain[0].row
    conditions = say("comma", writer.lang).join(
        f"{writer.names(on)} {_cell(text, on, writer)}"
        for on, text in zip(part.on, row.texts, strict=True)
    )
    value = writer.shown(row.outputs[body.position])
    number = rows.index(certain[0]) + 1
    line = say("row", writer.lang, number=number, conditions=conditions, value=value)
    return Reasoning((line,), row.clauses)


def _bands(body: ir.BandSet, writer: Writer) -> Reasoning:
    rows = band_rows(writer.compiler, body)
    x = writer.evaluate(body.on)
    name, shown = writer.names(body.on), writer.format.value(body.on.type, x)
    if isinstance(x, Unknown):
        reachable = possible_bands(rows, x)
        texts = f" {say('or', writer.lang)} ".join(
            _interval(row, body, writer) for row in reachable
        )
        return Reasoning((say("bands_open", writer.lang, input=name, x=shown, bands=texts),))
    row = select_band(rows, x)
    if row is None:
        return Reasoning(())
    writer.record[-1] = x
    value = writer.format.value(body.type, row.output(writer.record))
    lines = [
        say(
            "band",
            writer.lang,
            input=name,
            x=shown,
            band=_interval(row, body, writer),
            value=value,
        )
    ]
    if isinstance(writer.compiler.chosen(row.band.output), ir.Arithmetic):
        lines.append(f"{writer.names(row.band.output)} = {value}")
    return Reasoning(tuple(lines), row.band.clauses)


def deciding(body: ir.BandSet | ir.Table, writer: Writer) -> tuple[Any, ...]:
    """What the band or the rows that decided give; nothing while several still may."""
    if isinstance(body, ir.BandSet):
        x = writer.evaluate(body.on)
        band = None if isinstance(x, Unknown) else select_band(band_rows(writer.compiler, body), x)
        return () if band is None else (band.band.output,)
    rows = table_rows(writer.compiler, body)
    certain, possible = matching_rows(rows, [writer.evaluate(each) for each in body.on])
    if possible or not certain:
        return ()
    chosen = certain if body.hit.startswith("collect") else certain[:1]
    return tuple(out for each in chosen for out in each.row.outputs)


def _interval(row: BandRow, body: ir.BandSet, writer: Writer) -> str:
    """A band in words: above 50% and at most 100%."""
    ends = []
    if row.low is not None:
        low = writer.format.value(body.on.type, row.low)
        ends.append(say("at_least_low" if row.low_closed else "above_low", writer.lang, end=low))
    if row.high is not None:
        high = writer.format.value(body.on.type, row.high)
        ends.append(say("at_most_high" if row.high_closed else "below_high", writer.lang, end=high))
    if not ends:
        return say("any_number", writer.lang)
    return ends[0] if len(ends) == 1 else say("between", writer.lang, low=ends[0], high=ends[1])


def _dated(body: ir.Dated, writer: Writer) -> Reasoning:
    value = writer.in_force(body)
    since = next(date for date, each in body.cases if each is value)
    line = say("since", writer.lang, date=since, moment=writer.names(body.moment))
    inner = reason(value, writer)
    return Reasoning((line, *inner.lines), inner.clauses)


def _rates(body: ir.Rates, writer: Writer) -> Reasoning:
    amount = writer.evaluate(body.bands.on)
    rows = band_rows(writer.compiler, body.bands)
    name, value = writer.names(body.bands.on), writer.shown(body)
    if isinstance(amount, Unknown):
        x = writer.format.value(body.bands.on.type, amount)
        return Reasoning((say("rates_open", writer.lang, input=name, x=x, value=value),))
    whole = writer.compiler.chosen(body.how) == "whole"
    if whole:
        row = select_band(rows, amount)
        shares = [] if row is None or amount <= 0 else [(row, amount)]
    else:
        shares = shares_of(amount, rows, counted=body.counted)
    pieces: list[str] = []
    clauses: list[str] = []
    for row, part in shares:
        writer.record[-1] = amount
        rate = writer.format.value(body.type, row.output(writer.record))
        pieces.append(f"{writer.format.value(body.bands.on.type, part)} × {rate}")
        clauses += row.band.clauses
    shown = writer.format.value(body.bands.on.type, amount)
    items = " + ".join(pieces) or "0"
    phrase = "rates_whole" if whole else "rates_marginal"
    line = say(phrase, writer.lang, input=name, x=shown, items=items, value=value)
    return Reasoning((line,), tuple(dict.fromkeys(clauses)))


def _units(body: ir.Units, writer: Writer) -> Reasoning:
    raw = ir.Arithmetic(op="/", left=body.of, right=body.per, type=body.type, span=body.span)
    count = writer.compiler.chosen(body.count)
    line = say(
        "units",
        writer.lang,
        of=f"({writer.values(body.of)})",
        per=writer.values(body.per),
        raw=writer.shown(raw),
        count=say(count, writer.lang),
        value=writer.shown(body),
    )
    return Reasoning((f"{writer.names(body.of)}：{line}" if writer.lang == "zh" else line,))


def _pauses(body: Any, writer: Writer) -> str:
    """How many suspensions were left out; or that of those stated not one was."""
    if body.stops is not None:
        certain, doubtful, _ = writer.compiler.gather(body.stops)(writer.record)
        if certain or doubtful:
            return say("paused", writer.lang, count=len(certain)) if certain else ""
    stated = [
        (fact, len(records))
        for fact, records in child_lists(writer.record)
        if records and fact.name in _stopping(writer)
    ]
    return "".join(
        say("not_paused", writer.lang, title=fact.title.of(writer.lang), count=count)
        for fact, count in stated
    )


def _stopping(writer: Writer) -> set[str]:
    """The lists of records that stop some clock of the level."""
    return {
        each.stops.path[0].name
        for decision in writer.record.level.decisions
        for each in parts(decision.body)
        if isinstance(each, ir.Deadline | ir.Elapsed | ir.Overrun) and each.stops is not None
    }


def _deadline(body: ir.Deadline, writer: Writer) -> Reasoning:
    within = writer.evaluate(body.within)
    workdays = getattr(within, "workdays", False)
    parts = {
        "start": writer.shown(body.start),
        "calendar": writer.shown(body.calendar),
        "within": writer.shown(body.within),
        "paused": _pauses(body, writer),
        "due": writer.shown(body),
    }
    if not workdays:
        return Reasoning((say("deadline", writer.lang, **parts),))
    return Reasoning((say("day_deadline", writer.lang, rule=_day_rule(body, writer), **parts),))


def _day_rule(body: ir.Deadline, writer: Writer) -> str:
    chosen, rule = writer.compiler.chosen, body.day_rule
    if rule is None:
        return say("end_of_nth_working_day", writer.lang)
    text = say(chosen(rule.rule), writer.lang)
    if cutoff := chosen(rule.cutoff):
        text += say("cutoff", writer.lang, time=cutoff)
    if chosen(rule.receipt) == "next_opening":
        text += say("next_opening", writer.lang)
    return text


def _elapsed(body: ir.Elapsed, writer: Writer) -> Reasoning:
    line = say(
        "elapsed",
        writer.lang,
        start=writer.shown(body.start),
        end=writer.shown(body.end),
        calendar=writer.shown(body.calendar),
        value=writer.shown(body) + _pauses(body, writer),
    )
    return Reasoning((line,))


def _overrun(body: ir.Overrun, writer: Writer) -> Reasoning:
    ratio, per = writer.evaluate(body), writer.evaluate(body.per)
    if isinstance(ratio, Unknown) or isinstance(per, Unknown):
        due = writer.shown(body.deadline)
        return Reasoning((say("overrun_open", writer.lang, deadline=due),))
    line = say(
        "late" if ratio > 0 else "early",
        writer.lang,
        done=writer.shown(body.done),
        deadline=writer.shown(body.deadline),
        calendar=writer.shown(body.calendar),
        over=writer.format.duration(abs(ratio * per)),
        per=writer.shown(body.per),
        value=writer.format.value(body.type, ratio),
    )
    return Reasoning((line + _pauses(body, writer),))


def _scorecard(body: ir.Scorecard, writer: Writer) -> Reasoning:
    sections = []
    clauses: list[str] = []
    for section in body.sections:
        if section.applies is not None and writer.evaluate(section.applies) is not True:
            continue
        sections.append(
            say(
                "section",
                writer.lang,
                title=writer.names(section.of),
                score=writer.shown(section.of),
                max=writer.shown(section.max),
            )
        )
        if section.weight is not None:
            sections[-1] += f" × {writer.shown(section.weight)}"
        clauses += section.clauses
    value = writer.shown(body)
    line = say("scorecard", writer.lang, sections=" + ".join(sections), value=value)
    return Reasoning((line,), tuple(clauses))


_TELLERS: Final[Mapping[type[Any], Callable[[Any, Writer], Reasoning]]] = {
    ir.Table: _table,
    ir.Column: _column,
    ir.BandSet: _bands,
    ir.Rates: _rates,
    ir.Units: _units,
    ir.Deadline: _deadline,
    ir.Elapsed: _elapsed,
    ir.Overrun: _overrun,
    ir.Scorecard: _scorecard,
}
