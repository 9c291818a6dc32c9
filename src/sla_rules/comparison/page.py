"""A comparison for people: the amounts with their sums, then the other results."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import attrs

from sla_rules.assessment import Assessment, Result
from sla_rules.comparison.results import Comparison, Difference
from sla_rules.diagnostics import display_width
from sla_rules.explain.values import Formatter
from sla_rules.facts.values import from_public
from sla_rules.quantities import Limit, format_number
from sla_rules.unknown import NOT_APPLICABLE, Unknown
from sla_rules.worktime.durations import timedelta_us, working_time

__all__ = ["page"]

MOST: Final = 20
"""So many results of a level are listed; the rest are counted."""


def page(comparison: Comparison, lang: str) -> Iterator[str]:
    """The lines of a comparison in one language."""
    return _Page(comparison, lang).lines()


_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "nothing": ("各项结果均无差别", "no result differs"),
    "reading": ("读法 {name}：{before} → {after}", "reading {name}: {before} → {after}"),
    "amounts": ("金额", "amounts"),
    "others": ("其他结果", "other results"),
    "record": ("记录", "record"),
    "result": ("结果", "result"),
    "before": ("原", "before"),
    "after": ("改后", "after"),
    "more": ("增减", "difference"),
    "clauses": ("依据条款", "clauses"),
    "by": ("所涉读法", "reading"),
    "share": ("{number} 个百分点", "{number} pp"),
    "sum": ("合计（{count} 条记录）", "sum ({count} records)"),
    "open": ("未定", "not known"),
    "none": ("无此项", "no such result"),
    "left": ("另有 {count} 项", "and {count} more"),
    "comma": ("、", ", "),
}


def _limit(text: str) -> Limit:
    """A limit as it is handed out, such as ``2 h`` or ``1 workday``, as a value again."""
    count, _, unit = text.partition(" ")
    if unit == "workday":
        return Limit(int(count), workdays=True)
    return Limit(working_time(text, "limit"))


@attrs.frozen
class _Page:
    """The text of a comparison in one language."""

    comparison: Comparison
    lang: str

    def say(self, word: str, **filled: Any) -> str:
        return _WORDS[word][self.lang == "en"].format(**filled)

    def lines(self) -> Iterator[str]:
        both = self.comparison
        one, two = both.before.rules, both.after.rules
        yield f"{one.id} {one.version}" + (
            "" if one.program == two.program else f" → {two.id} {two.version}"
        )
        for name, before, after in both.readings:
            yield self.say("reading", name=name, before=before, after=after)
        if not both.differences:
            yield self.say("nothing")
            return
        amounts = list(both.amounts())
        money = set(map(id, amounts))
        others = [each for each in both.differences if id(each) not in money]
        if amounts:
            yield from ("", self.say("amounts"))
            yield from self.table(list(self.summed(amounts)))
        if others:
            yield from ("", self.say("others"))
            shown, left = self.few(others)
            yield from self.table([self.row(each) for each in shown])
            if left:
                yield self.say("left", count=left)

    def few(self, several: Sequence[Difference]) -> tuple[list[Difference], int]:
        """The first of each level, and how many are left."""
        counts: dict[str, int] = defaultdict(int)
        shown = []
        for each in several:
            counts[each.level] += 1
            if counts[each.level] <= MOST:
                shown.append(each)
        return shown, len(several) - len(shown)

    def summed(self, amounts: Sequence[Difference]) -> Iterator[tuple[str, ...]]:
        """The amounts by level and decision; those of several records with their sum first."""
        groups: dict[tuple[str, str], list[Difference]] = defaultdict(list)
        for each in amounts:
            groups[each.level, each.decision].append(each)
        for (level, decision), several in groups.items():
            if len(several) > 1:
                total = self.comparison.sums[f"{level}.{decision}"]
                more = self.say("open") if total is None else self.signed(several[0], total)
                clauses = self.say("comma").join(several[0].clauses)
                named = several[0].title.of(self.lang)
                yield (self.say("sum", count=len(several)), named, "", "", more, clauses, "")
            shown = several if len(several) <= MOST else several[:MOST]
            yield from (self.row(each) for each in shown)

    def row(self, each: Difference) -> tuple[str, ...]:
        level = self.comparison.after.rules.program.levels.get(each.level)
        title = each.level if level is None else level.title.of(self.lang)
        more = "" if each.difference is None else self.signed(each, each.difference)
        return (
            f"{title} {each.id or each.path}".strip(),
            each.title.of(self.lang),
            self.shown(each, each.before, self.comparison.before),
            self.shown(each, each.after, self.comparison.after),
            more,
            self.say("comma").join(each.clauses),
            self.say("comma").join(each.readings),
        )

    def signed(self, each: Difference, amount: Any) -> str:
        kind = self.comparison.type_of(each)
        if isinstance(amount, dt.timedelta):
            text = Formatter(self.comparison.after.rules.program, self.lang).duration(
                timedelta_us(abs(amount))
            )
            return ("-" if amount < dt.timedelta(0) else "+") + text
        number = from_public(kind, abs(amount))
        if kind.show in ("ratio", "percent"):
            text = self.say("share", number=format_number(Fraction(number) * 100))
            return ("-" if amount < 0 else "+") + text
        text = Formatter(self.comparison.after.rules.program, self.lang).value(kind, number)
        return ("-" if amount < 0 else "+") + text

    def shown(self, each: Difference, result: Result | None, side: Assessment) -> str:
        """A result as people read it; bounds where it is not known yet."""
        if result is None:
            return self.say("none")
        kind = self.comparison.type_of(each)
        write = Formatter(side.rules.program, self.lang)

        def inner(value: Any) -> Any:
            if isinstance(value, dt.timedelta):
                return timedelta_us(value)
            if kind.kind == "limit":
                return _limit(value)
            if isinstance(value, Decimal | Fraction | dt.datetime) or kind.kind == "month":
                return from_public(kind, value)
            return value

        if result.value is not None:
            return write.value(kind, inner(result.value))
        if result.status == "final":
            return write.value(kind, NOT_APPLICABLE)
        ends = {"low": result.low, "high": result.high}
        bounds = {name: inner(end) for name, end in ends.items() if end is not None}
        options = tuple(map(inner, result.options)) or None
        return write.value(kind, Unknown((), options=options, **bounds))

    def table(self, rows: list[tuple[str, ...]]) -> Iterator[str]:
        """Aligned columns under their headings; figures stand at the right."""
        heads = ("record", "result", "before", "after", "more", "clauses", "by")
        lines = [tuple(map(self.say, heads)), *rows]
        if not any(row[-1] for row in rows):
            lines = [row[:-1] for row in lines]
        widths = [max(display_width(row[at]) for row in lines) for at in range(len(lines[0]))]
        for row in lines:
            cells = []
            for at, cell in enumerate(row):
                blanks = " " * (widths[at] - display_width(cell))
                cells.append(blanks + cell if at in (2, 3, 4) else cell + blanks)
            yield "  ".join(cells).rstrip()
