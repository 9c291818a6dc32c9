"""The names of proposed cases, as sentences in Chinese or English."""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from sla_rules.explain.formula import Writer
from sla_rules.explain.values import Formatter
from sla_rules.language import program as ir
from sla_rules.language.walk import parts
from sla_rules.rules import Rules
from sla_rules.testing.edges.goals import Option, Rows, Turn
from sla_rules.testing.edges.seek import Aim
from sla_rules.testing.shrink import GONE

__all__ = ["Teller"]

SIDES: Final[Mapping[str, tuple[str, str]]] = {
    "below": ("略低于", "just below"),
    "at": ("恰为", "exactly"),
    "above": ("略高于", "just above"),
}
GAPS: Final[Mapping[str, tuple[str, str]]] = {
    "below": ("略小于", "just below"),
    "at": ("恰等于", "exactly"),
    "above": ("略大于", "just above"),
}
COMPUTED: Final = (
    ir.BandSet, ir.Column, ir.Condition, ir.Deadline, ir.Elapsed, ir.LedgerOutput, ir.Overrun,
    ir.Rates, ir.Scorecard, ir.Table, ir.Units,
)  # fmt: skip
"""What has no name for all records: a record shows it by its value, or by the branch it takes."""
TURNED: Final[Mapping[str, str]] = {"below": "above", "at": "at", "above": "below"}


@attrs.frozen
class Teller:
    """Tells aims of one ruleset in one language."""

    rules: Rules
    lang: str

    @property
    def _format(self) -> Formatter:
        return Formatter(self.rules.program, self.lang)

    def _said(self, zh: str, en: str) -> str:
        return en if self.lang == "en" else zh

    def titled(self, part: ir.Fact | ir.Decision | ir.Level) -> str:
        """The title of a fact or decision, or its name where it has none."""
        return part.title.of(self.lang) or part.name

    def aim(self, part: Turn | Option | Rows | None, side: str, at: Any) -> str:
        """What an aim is, without the facts that hit it."""
        match part:
            case Turn():
                return self._turn(part, side, at)
            case Option():
                name = self._names(part.level, part.node)
                if part.node.type.kind == "enum":
                    member = self._format.value(part.node.type, at)
                    return self._said(f"{name}为“{member}”", f"{name} is {member}")
                holds = self._said("成立", "holds") if at else self._said("不成立", "does not hold")
                return f"{name} {holds}" if self.lang == "en" else f"“{name}”{holds}"
            case Rows():
                number, column = at
                if column is None:
                    return self._said(f"第 {number + 1} 行成立", f"row {number + 1} holds")
                name = self._names(part.level, part.node.on[column])
                return self._said(
                    f"第 {number + 1} 行只差“{name}”一项", f"row {number + 1} but for {name}"
                )
        if side == "missing":
            return self._said(f"未填“{self.titled(at)}”", f"without {self.titled(at)}")
        return self._said("通常情形", "a usual case")

    def _turn(self, part: Turn, side: str, at: Any) -> str:
        if part.other is None:
            edge = self._format.value(part.node.type, at)
            said = self._said(*SIDES[side])
            return f"{self._names(part.level, part.node)} {said} {edge}"
        left, right = part.node, part.other
        if isinstance(left, ir.Constant):  # a reader looks for the figure behind
            left, right, side = right, left, TURNED[side]
        names = [self._names(part.level, each) for each in (left, right)]
        return f" {self._said(*GAPS[side])} ".join(names)

    def _names(self, level: str, node: Any) -> str:
        """An expression with the titles of what it reads."""
        compiler = self.rules.engine.compiler
        if not any(isinstance(each, COMPUTED) for each in parts(node, compiler.choices)):
            home = self.rules.program.levels[level]
            return Writer.of_any(compiler, home, self._format).names(node)
        if node.type.kind == "bool":
            return self._said("条件", "the condition")
        return self._said("算得的数值", "the figure computed")

    def cut(self) -> str:
        """That the assessments allowed were used up."""
        return self._said("尝试次数已用尽，其余未试", "the rest was not tried, there was no room")

    def changed(self, aim: Aim) -> str:
        """Which fact was changed to what."""
        locus = aim.variant.locus
        if locus is None or aim.side == "missing":
            return ""
        title = self.titled(locus.fact)
        if aim.variant.value is GONE:
            return self._said(f"（未填“{title}”）", f" (without {title})")
        value = self._format.value(locus.fact.type, aim.variant.value)
        if f"{title} {self._said(*SIDES['at'])} {value}" == self.aim(aim.part, aim.side, aim.at):
            return ""
        return self._said(f"（{title} {value}）", f" ({title} {value})")
