"""An assessment as text: a table for every level below, then the record, notes and gaps."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import attrs

from sla_rules.assessment import Assessment
from sla_rules.cli.columns import key_facts, lines_of_record
from sla_rules.cli.figures import Figures, words
from sla_rules.cli.remarks import remarks
from sla_rules.explain.wording import title_of_currency
from sla_rules.language import program as ir
from sla_rules.layout import Column, draw, wrap

__all__ = ["Layout", "level_table", "record_table", "report"]

FEW_NEEDS = 5


@attrs.frozen(kw_only=True)
class Layout:
    """How to lay out: language, columns of the terminal, rows at most, columns chosen by level."""

    lang: str = "zh"
    width: int = 100
    rows: int = 40
    columns: Mapping[str, Sequence[str]] = attrs.field(factory=dict)
    everything: bool = False

    def say(self, zh: str, en: str) -> str:
        """The text in the language of the layout."""
        return en if self.lang == "en" else zh


def report(assessment: Assessment, layout: Layout) -> list[str]:
    """The whole assessment, in lines.

    A level with more records than ``layout.rows`` is counted, not listed, unless its columns
    were chosen; the levels nearest to the facts come first, the record itself last.
    """
    rules = assessment.rules
    by_level: dict[str, list[Assessment]] = {}
    for record in assessment.walk():
        by_level.setdefault(record.level, []).append(record)
    del by_level[assessment.level]
    lines = [f"{rules.title(layout.lang)} ({rules.id} {rules.version})"]
    lines += _readings(assessment, layout)
    for name, records in reversed(by_level.items()):
        if len(records) <= layout.rows or name in layout.columns:
            lines += ["", _heading(records, layout), *level_table(records, layout)]
        else:
            zh, en = "；未逐条列出，见 --rows", "; not listed, see --rows"
            lines += ["", _heading(records, layout) + layout.say(zh, en)]
    lines += ["", _heading([assessment], layout), *record_table(assessment, layout)]
    lines += _remarks(assessment, layout)
    lines += _needs(assessment, layout)
    return lines


def level_table(
    records: Sequence[Assessment], layout: Layout, columns: Sequence[str] = ()
) -> list[str]:
    """The records of one level, one a row, with *columns* or those that the program suggests."""
    program, level = _place(records[0])
    figures = Figures(program, layout.lang)
    names = columns or layout.columns.get(level.name)
    keys = key_facts(program, level)
    if names is None:
        names = lines_of_record(program, level, records[0].rules.readings, records)
    names = [name for name in names if name not in keys]
    shown = [_column(records, level, name, figures) for name in (*keys, *names)]
    if level.key not in keys:
        place = Column(layout.say("位置", "place"), tuple(record.path for record in records))
        shown.insert(0, place)
    lines = draw(shown, layout.width)
    return [*lines, *_legend(records, names, lines, layout)]


def record_table(record: Assessment, layout: Layout) -> list[str]:
    """Every decision of one record that applies: title, name, value, status."""
    program, level = _place(record)
    figures = Figures(program, layout.lang)
    found = [record.result(name) for name in record.decisions()]
    names = layout.columns.get(level.name)
    shown = [
        each
        for each in found
        if (names is None or each.decision in names)
        and (layout.everything or names or each.value is not None or each.status != "final")
    ]
    if not shown:
        return []
    titles = [_title(level, each.decision, layout.lang) for each in shown]
    cells = [
        _with_unit(figures.cell(record, each.decision), program, level, each.decision, layout)
        for each in shown
    ]
    lines = draw(
        [
            Column(layout.say("结果", "decision"), tuple(titles), fold=True),
            Column(layout.say("名称", "name"), tuple(each.decision for each in shown)),
            Column(layout.say("数值", "value"), tuple(cells), right=True),
            Column(
                layout.say("状态", "status"),
                tuple(words(each.status, layout.lang) for each in shown),
            ),
        ],
        layout.width,
        keys=2,
    )
    left = len(found) - len(shown)
    if left and names is None:
        lines.append(layout.say(f"（另有 {left} 项不适用，未列出）", f"({left} more do not apply)"))
    return [*lines, *_given([record], [each.decision for each in shown], layout)]


def _place(record: Assessment) -> tuple[ir.Program, ir.Level]:
    return record.rules.program, record.rules.program.levels[record.level]


def _title(level: ir.Level, name: str, lang: str) -> str:
    found = level.decision(name) or level.fact(name)
    return name if found is None else found.title.of(lang)


def _column(records: Sequence[Assessment], level: ir.Level, name: str, figures: Figures) -> Column:
    found = level.decision(name) or level.fact(name)
    number = found is not None and found.type.kind == "number"
    cells = tuple(figures.cell(record, name) for record in records)
    return Column(_title(level, name, figures.lang), cells, right=number)


def _with_unit(cell: str, program: ir.Program, level: ir.Level, name: str, layout: Layout) -> str:
    decision = level.decision(name)
    if decision is None or decision.type.kind != "number" or not cell[-1:].isdigit():
        return cell
    if decision.type.show == "points":
        return cell + layout.say(" 分", " points")
    if decision.type.show == "money":
        return f"{cell} {title_of_currency(program.currency or '', layout.lang)}"
    return cell


def _heading(records: Sequence[Assessment], layout: Layout) -> str:
    """``付款：3 条，2 已定，1 暂定``, or the record's own name and status."""
    level = _place(records[0])[1]
    title = level.title.of(layout.lang)
    counts = Counter(record.status for record in records)
    if len(records) == 1:
        name = f"{title} {records[0].id or ''}".rstrip()
        return f"{name}{layout.say('：', ': ')}{words(records[0].status, layout.lang)}"
    parts = [f"{words(status, layout.lang)} {counts[status]}" for status in counts]
    return layout.say(f"{title}（{len(records)}）：", f"{title} ({len(records)}): ") + layout.say(
        "，", ", "
    ).join(parts)


def _readings(assessment: Assessment, layout: Layout) -> list[str]:
    rules = assessment.rules
    defaults = rules.program.defaults
    changed = [f"{name}={now}" for name, now in rules.readings.items() if defaults[name] != now]
    if not defaults:
        return []
    count = len(defaults) - len(changed)
    zh = f"读法：{count} 项取默认" + (f"；另取 {'、'.join(changed)}" if changed else "")
    en = f"readings: {count} at their default" + (f"; {', '.join(changed)}" if changed else "")
    return wrap(layout.say(zh, en), layout.width)


def _legend(
    records: Sequence[Assessment], names: Sequence[str], lines: Sequence[str], layout: Layout
) -> Iterator[str]:
    """What the marks in a table mean, as far as it has any."""
    results = [
        record.result(name) for record in records for name in names if name in record.decisions()
    ]
    if any(each.status != "final" and each.value is None for each in results):
        zh = "（a–b：暂定，视尚未知道的事实在 a 与 b 之间）"
        yield from wrap(layout.say(zh, "(a–b: provisional, between a and b)"), layout.width)
    yield from _given(records, names, layout)


def _given(records: Sequence[Assessment], names: Sequence[str], layout: Layout) -> Iterator[str]:
    for record in records:
        for name in names:
            given = record.result(name).given if name in record.decisions() else None
            if given is not None:
                who = given.approved_by or layout.say("（未注明）", "(nobody named)")
                place = f"{record.path}.{name}".lstrip(".")
                zh = f"* {place} 为给定数，非计算所得；批准人：{who}"
                en = f"* {place} was given, not computed; approved by {who}"
                why = (
                    f"{layout.say('；事由：', '; reason: ')}{given.reason}" if given.reason else ""
                )
                yield from wrap(layout.say(zh, en) + why, layout.width)


def _remarks(assessment: Assessment, layout: Layout) -> Iterator[str]:
    found = remarks(assessment, layout.lang)
    if found:
        yield ""
        yield layout.say("备注", "notes")
        counts = Column(layout.say("次数", "count"), tuple(str(each.count) for each in found), True)
        codes = Column(layout.say("代码", "code"), tuple(each.code for each in found))
        texts = Column(layout.say("含义", "meaning"), tuple(each.text for each in found), fold=True)
        yield from draw([counts, codes, texts], layout.width, keys=2)


def _needs(assessment: Assessment, layout: Layout) -> Iterator[str]:
    """The facts that some result still waits for."""
    needs = sorted({need for record in assessment.walk() for need in record.needs})
    if not needs:
        return
    settled = assessment.status == "final"
    zh = f"尚不知道的事实 {len(needs)} 项" + ("（不改变上表结果）" if settled else "")
    en = f"facts not known yet: {len(needs)}" + (
        " (they do not change the result above)" if settled else ""
    )
    yield ""
    yield layout.say(zh, en)
    shown = needs if layout.everything else needs[:FEW_NEEDS]
    yield from (f"  {need}" for need in shown)
    if len(shown) < len(needs):
        yield f"  … {layout.say('其余见', 'the rest with')} --verbose"
