"""``facts``: what can be stated on each level, and the decisions that can be read or given."""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Final

import attrs

from sla_rules.cli.console import UsageError, width
from sla_rules.cli.figures import words
from sla_rules.cli.rulesets import load, print_json
from sla_rules.diagnostics import nearest
from sla_rules.facts.values import to_public
from sla_rules.language import program as ir
from sla_rules.language.types import Type, describe_unit
from sla_rules.layout import Column, draw
from sla_rules.quantities import format_duration, format_number
from sla_rules.worktime import from_us

__all__ = ["facts"]

NO_FIGURE: Final = ("limit", "calendar")
"""Decisions of these types can be read, but not given."""

TYPES: Final = {
    "money": ("金额", "money"),
    "points": ("分数", "points"),
    "percent": ("百分数", "percent"),
    "integer": ("整数", "integer"),
    "number": ("数", "number"),
    "ratio": ("比率", "ratio"),
    "duration": ("时长", "duration"),
    "instant": ("时刻", "instant"),
    "date": ("日期", "date"),
    "month": ("月份", "month"),
    "text": ("文本", "text"),
    "bool": ("是否", "bool"),
    "limit": ("时限", "limit"),
    "calendar": ("日历", "calendar"),
    "list": ("列表：", "list of "),
    "record": ("记录：", "record "),
}


def facts(arguments: Namespace) -> int:
    """``sla-rules facts``: the facts and decisions of every level, or of one."""
    program = load(arguments.ruleset).program
    name = arguments.level
    if name is not None and name not in program.levels:
        hint = nearest(name, program.levels)
        raise UsageError(f"there is no level {name!r}; {hint}".rstrip("; "))
    levels = [each for each in program.levels.values() if name in (None, each.name)]
    page = _Page(program, arguments.lang)
    if arguments.format == "json":
        print_json([page.data(level) for level in levels])
        return 0
    for number, level in enumerate(levels):
        if number:
            print()
        print(*page.lines(level), sep="\n")
    return 0


@attrs.frozen
class _Page:
    """Levels of one program as text in one language, or as data."""

    program: ir.Program
    lang: str

    def say(self, zh: str, en: str) -> str:
        return en if self.lang == "en" else zh

    def lines(self, level: ir.Level) -> Iterator[str]:
        """The level's name, the table of its facts, the table of its decisions."""
        yield f"{level.title.of(self.lang)} {level.name}"
        if level.facts:
            yield ""
            yield self.say("事实", "facts")
            ranges = tuple(self.range(each) for each in level.facts)
            stated = tuple(self.presence(each, level) for each in level.facts)
            presence = Column(self.say("是否必报", "stated"), stated)
            yield from self.table(level.facts, Column(self.say("范围", "range"), ranges), presence)
        decisions = [each for each in level.decisions if each.type.kind != "row"]
        if decisions:
            yield ""
            yield self.say("结果", "decisions")
            given = tuple(words("yes" if _givable(each) else "no", self.lang) for each in decisions)
            yield from self.table(decisions, Column(self.say("可给定", "can be given"), given))
        yield from self.choices([*level.facts, *decisions])

    def choices(self, parts: Sequence[ir.Fact | ir.Decision]) -> Iterator[str]:
        """The names that can be chosen, of every enumeration used."""
        used: dict[str, str] = {}
        for part in parts:
            if part.type.kind == "enum":
                known = ", ".join(each.name for each in _members(self.program, part.type))
                more = self.say("，也可为其他", ", or others") if _unlisted(part) else ""
                used.setdefault(part.type.name, known + more)
        if used:
            yield ""
            heading = self.say("选项", "choices")
            names = Column(self.say("可取值", "names"), tuple(used.values()), fold=True)
            yield from draw([Column(heading, tuple(used)), names], width())

    def table(self, rows: Sequence[ir.Fact | ir.Decision], *more: Column) -> list[str]:
        """Name, title, type, *more*, clause."""
        names = tuple(each.name for each in rows)
        titles = tuple(each.title.of(self.lang) for each in rows)
        clauses = tuple(", ".join(each.clauses) for each in rows)
        columns = [
            Column(self.say("名称", "name"), names),
            Column(self.say("含义", "title"), titles, fold=True),
            Column(self.say("类型", "type"), tuple(map(self.type, rows))),
            *more,
            Column(self.say("条款", "clause"), clauses, fold=True),
        ]
        return draw([each for each in columns if any(each.cells)], width())

    def type(self, part: ir.Fact | ir.Decision) -> str:
        """``金额 CNY``, ``百分数 %``, ``列表：month``, ``选项：grade``."""
        kind = part.type
        if kind.kind == "enum":
            return self.say("选项：", "one of ") + kind.name
        title = TYPES[_kind(kind)][self.lang == "en"]
        if kind.kind in ("list", "record"):
            return title + kind.name
        unit = _unit(kind)
        return title if unit in ("", title) else f"{title} {unit}"

    def range(self, fact: ir.Fact) -> str:
        """The ends, both allowed themselves, as a document writes them."""
        low, high = (self.literal(fact.type, end) for end in (fact.min, fact.max))
        if low and high:
            return f"{low}–{high}"
        ends = f">={low}" if low else f"<={high}" if high else ""
        after = f">={fact.not_before}" if fact.not_before else ""
        return ", ".join(filter(None, (ends, after)))

    def presence(self, fact: ir.Fact, level: ir.Level) -> str:
        """Whether it must be stated, and what holds where it is not."""
        said = []
        if fact.name == level.key:
            said.append(self.say("必报（记录名）", "required (key)"))
        elif _required(fact):
            said.append(self.say("必报", "required"))
        if fact.default is not None:
            value = self.literal(fact.type, fact.default)
            said.append(self.say(f"默认 {value}", f"default {value}"))
        if fact.optional:
            said.append(self.say("可无", "optional"))
        if fact.open:
            said.append(self.say("可暂未知", "until known"))
        if fact.from_parent:
            said.append(self.say("未报从上级", "else the parent’s"))
        return self.say("，", ", ").join(said)

    def literal(self, kind: Type, constant: ir.Constant | None) -> str:
        """A declared value as a document writes it; empty without one."""
        if constant is None:
            return ""
        value = to_public(kind, constant.value)
        if isinstance(value, bool):
            return "true" if value else "false"
        if kind.kind == "instant":
            return from_us(value, self.program.timezone).isoformat()
        if kind.kind == "number" and kind.show == "duration":
            return format_duration(value)
        if isinstance(value, int | Fraction):
            return format_number(value)
        return value.isoformat() if isinstance(value, date) else str(value)

    def data(self, level: ir.Level) -> dict[str, Any]:
        """The level for programs: all titles, every value as text."""
        return {
            "level": level.name,
            "title": _titles(level.title),
            "facts": [self.fact_data(each, level) for each in level.facts],
            "decisions": [
                {**self.shared_data(each), "can_be_given": _givable(each)}
                for each in level.decisions
                if each.type.kind != "row"
            ],
        }

    def fact_data(self, fact: ir.Fact, level: ir.Level) -> dict[str, Any]:
        ends = {"min": fact.min, "max": fact.max, "default": fact.default}
        return {
            **self.shared_data(fact),
            **{name: self.literal(fact.type, end) or None for name, end in ends.items()},
            "not_before": fact.not_before or None,
            "key": fact.name == level.key,
            "required": fact.name == level.key or _required(fact),
            "optional": fact.optional,
            "until_known": fact.open,
            "from_parent": fact.from_parent or None,
        }

    def shared_data(self, part: ir.Fact | ir.Decision) -> dict[str, Any]:
        kind = part.type
        described: dict[str, Any] = {"kind": _kind(kind)}
        if _unit(kind):
            described["unit"] = _unit(kind)
        if kind.kind == "enum":
            members = _members(self.program, kind)
            described["members"] = {each.name: _titles(each.title) for each in members}
            described["others_allowed"] = _unlisted(part)
        if kind.kind in ("list", "record"):
            described["level"] = kind.name
        return {
            "name": part.name,
            "title": _titles(part.title),
            "type": described,
            "clauses": list(part.clauses),
        }


def _kind(kind: Type) -> str:
    return (kind.show or "number") if kind.kind == "number" else kind.kind


def _unit(kind: Type) -> str:
    """``CNY``, ``points``, ``%``; nothing where a document writes a unit itself, or none."""
    if kind.kind != "number" or kind.show == "duration":
        return ""
    return "%" if kind.show == "percent" else describe_unit(kind.unit)


def _members(program: ir.Program, kind: Type) -> tuple[ir.Member, ...]:
    return tuple(each for name in kind.name.split("|") for each in program.enums.get(name, ()))


def _unlisted(part: ir.Fact | ir.Decision) -> bool:
    return isinstance(part, ir.Fact) and part.unlisted


def _titles(titles: ir.Titles) -> dict[str, str]:
    return {"zh": titles.zh, "en": titles.en}


def _givable(decision: ir.Decision) -> bool:
    return decision.type.kind not in NO_FIGURE and not isinstance(decision.body, ir.LedgerOutput)


def _required(fact: ir.Fact) -> bool:
    """Whether a result that needs it is undetermined while nothing is stated."""
    return not (fact.optional or fact.open or fact.from_parent or fact.default is not None)
