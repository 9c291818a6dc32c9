"""A broken law as a text for contract people: the two outcomes, the clauses, the facts."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from sla_rules.assessment import Result
from sla_rules.explain.values import Formatter
from sla_rules.language import program as ir
from sla_rules.rules import Rules
from sla_rules.testing.lawful import Worse
from sla_rules.testing.plainly import flow, plainly, yaml_lines

__all__ = ["Breach", "Voice"]

WORDS: Final = 90
"""How much of a clause is quoted."""
MOST_CLAUSES: Final = 4


@attrs.frozen(eq=False)
class Breach:
    """What breaks a law: what came out, the clauses it is about, and the *key* of the finding.

    *second* is a second document to show, under its *caption*.
    """

    key: Any
    lines: tuple[str, ...]
    clauses: tuple[str, ...] = ()
    caption: str = ""
    second: Any = None


@attrs.frozen
class Voice:
    """Tells what happens under one ruleset in one language."""

    rules: Rules
    lang: str

    def said(self, zh: str, en: str) -> str:
        """The one or the other."""
        return en if self.lang == "en" else zh

    @property
    def format(self) -> Formatter:
        """Formats values."""
        return Formatter(self.rules.program, self.lang)

    def titled(self, part: ir.Fact | ir.Decision) -> str:
        """``考核得分（total）``."""
        title = part.title.of(self.lang)
        if title in ("", part.name):
            return part.name
        return self.said(f"{title}（{part.name}）", f"{title} ({part.name})")

    def at(self, part: ir.Fact | ir.Decision, where: str) -> str:
        """A part of a record with the place of the record."""
        name = self.titled(part)
        return self.said(f"{where} 的{name}", f"{name} of {where}") if where else name

    def worsened(self, worse: Worse) -> str:
        """What was changed for the worse."""
        fact = worse.locus.fact
        before, after = (
            self.format.value(fact.type, each) for each in (worse.locus.value, worse.value)
        )
        name = self.at(fact, worse.where)
        return self.said(
            f"服务变差：{name}由 {before} 变为 {after}",
            f"worse service: {name} goes from {before} to {after}",
        )

    def outcome(self, decision: ir.Decision, result: Result) -> str:
        """A result with what is known of it."""
        if result.status == "final":
            found = result.value
            nothing = self.said("无数值", "no value")
            return nothing if found is None else self.plain(decision, found)
        if result.options:
            several = (self.plain(decision, each) for each in result.options)
            return self.said("或", " or ").join(several)
        ends = [
            None if each is None else self.plain(decision, each)
            for each in (result.low, result.high)
        ]
        match ends:
            case [None, None]:
                return self.said("未定", "not known")
            case [low, None]:
                return self.said(f"至少 {low}", f"at least {low}")
            case [None, high]:
                return self.said(f"至多 {high}", f"at most {high}")
        return self.said(f"{ends[0]} 至 {ends[1]}", f"{ends[0]} to {ends[1]}")

    def plain(self, decision: ir.Decision, value: Any) -> str:
        """A public value; a member of an enumeration by its title."""
        if isinstance(value, bool):
            return self.said("是" if value else "否", "yes" if value else "no")
        if decision.type.kind == "enum":
            return self.format.member(decision.type.name, value)
        if decision.type.kind == "number" and decision.type.show in ("percent", "ratio"):
            return f"{flow(plainly(value * 100))}%"
        unit = {"points": ("分", "points")}.get(decision.type.show)
        if decision.type.show == "money":
            unit = (self.rules.program.currency or "",) * 2
        text = flow(plainly(value)).strip('"')
        return f"{text} {self.said(*unit)}" if unit else text

    def text(
        self,
        name: str,
        title: tuple[str, str],
        breach: Breach,
        document: Any,
        choices: Mapping[str, str],
        level: str | None = None,
    ) -> str:
        """The whole text."""
        lines = [self.said(f"不成立：{title[0]}（{name}）", f"broken: {title[1]} ({name})")]
        lines += [f"  {each}" for each in breach.lines]
        lines += [f"  {each}" for each in self._clauses(breach.clauses)]
        read = self._readings(choices)
        lines.append(self.said(f"  规则集 {self.rules.id}，{read}", f"  {self.rules.id}, {read}"))
        if document is not None:
            of = level or self.rules.top_level
            lines.append(self.said(f"  事实（{of}）：", f"  facts ({of}):"))
            lines += yaml_lines(plainly(document), 4)
        if breach.second is not None:
            lines.append(f"  {breach.caption}")
            lines += yaml_lines(plainly(breach.second), 4)
        return "\n".join(lines)

    def _readings(self, choices: Mapping[str, str]) -> str:
        if not choices:
            return self.said("读法均为默认", "default readings")
        several = ", ".join(f"{key}={option}" for key, option in choices.items())
        return self.said(f"读法 {several}，其余默认", f"readings {several}, else the defaults")

    def _clauses(self, clauses: Iterable[str]) -> Iterator[str]:
        known = list(dict.fromkeys(clauses))
        for name in known[:MOST_CLAUSES]:
            clause = self.rules.program.clauses.get(name)
            words = "" if clause is None else " ".join(self._words(clause).split())
            words = words if len(words) <= WORDS else f"{words[: WORDS - 1]}…"
            yield self.said(f"条款 {name}：“{words}”", f"clause {name}: “{words}”")
        if len(known) > MOST_CLAUSES:
            more = ", ".join(known[MOST_CLAUSES:])
            yield self.said(f"另见条款 {more}", f"and clauses {more}")

    def _words(self, clause: ir.Clause) -> str:
        return (clause.translation or clause.text) if self.lang == "en" else clause.text
