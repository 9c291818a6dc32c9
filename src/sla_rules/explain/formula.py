"""Expressions as text: once with the names of things, once with their values."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from sla_rules.engine.compile import Compiler
from sla_rules.engine.dated import day_of
from sla_rules.explain.values import Formatter
from sla_rules.explain.wording import say, title_of_function
from sla_rules.facts.records import Record
from sla_rules.language import program as ir
from sla_rules.unknown import Unknown

__all__ = ["Writer"]

_SIGNS: Final[Mapping[str, str]] = {
    "+": "+",
    "-": "-",
    "*": "×",
    "/": "÷",
    "<": "<",
    "<=": "≤",
    ">": ">",
    ">=": "≥",
    "==": "=",
    "!=": "≠",
}
_STRENGTH: Final[Mapping[str, int]] = {"+": 1, "-": 1, "*": 2, "/": 2}


@attrs.frozen
class Writer:
    """Writes expressions of one record; evaluates what it shows on a copy of it."""

    compiler: Compiler
    record: Record
    format: Formatter

    @classmethod
    def of_any(cls, compiler: Compiler, level: ir.Level, form: Formatter) -> "Writer":
        """A writer of a record of which nothing is known: for names, not for values."""
        blank = Record(level, None, "")
        for index in range(1, len(blank)):
            blank[index] = Unknown(())
        return cls(compiler, blank, form)

    @property
    def lang(self) -> str:
        """The language of the text."""
        return self.format.lang

    def evaluate(self, node: Any) -> Any:
        """The value of a node on the record."""
        return self.compiler.node(node)(self.record)

    def shown(self, node: Any) -> str:
        """The value of a node as text."""
        return self.format.value(node.type, self.evaluate(node))

    def names(self, node: Any) -> str:
        """The expression with the titles of facts, decisions and parameters."""
        return self._text(node, self._title)

    def values(self, node: Any) -> str:
        """The expression with values in place of names."""
        return self._text(node, self.shown)

    def _title(self, node: Any) -> str:
        match node:
            case ir.SlotRef():
                return self.title(self.record.level.name, node.name)
            case ir.ParameterRef():
                return self.compiler.program.parameters[node.name].title.of(self.lang)
            case ir.BandInput():
                return "x"
            case ir.Previous():
                inner = self.title_at(node.level, node.inner)
                return say("of_previous", self.lang, inner=inner)
            case ir.Outer():
                home = self.compiler.program.levels[node.level].title.of(self.lang)
                inner = self.title_at(node.level, node.inner)
                return say("of_this", self.lang, record=home, inner=inner)
            case ir.Through():
                home = self.title(self.record.level.name, node.record.name)
                inner = self._inner_title(node)
                return say("of_record", self.lang, record=home, inner=inner)
        return self.shown(node)

    def title_at(self, level: str, node: Any) -> str:
        """The title of a value of another record of a level."""
        return self.title(level, node.name) if isinstance(node, ir.SlotRef) else self.shown(node)

    def _inner_title(self, node: ir.Through) -> str:
        inner = node.inner
        name = inner.name if isinstance(inner, ir.SlotRef) else ""
        return self.title(node.record.type.name, name) if name else self.shown(node)

    def called(self, record: Record) -> str:
        """How a record is called: by its key, or by its place."""
        fact = record.level.fact(record.level.key) if record.level.key else None
        if fact is None or isinstance(record[fact.index], Unknown):
            return record.place
        return self.format.value(fact.type, record[fact.index])

    def title(self, level: str, name: str) -> str:
        """The title of a fact or decision."""
        part = self.compiler.program.levels[level]
        found = part.fact(name) or part.decision(name)
        return name if found is None else found.title.of(self.lang)

    def _text(self, node: Any, leaf: Callable[[Any], str], strength: float = 0) -> str:
        node = self.compiler.chosen(node)
        match node:
            case ir.Arithmetic():
                own: float = _STRENGTH[node.op]
                left = self._text(node.left, leaf, own)
                right = self._text(node.right, leaf, own + (node.op in "-/"))
                text = f"{left} {_SIGNS[node.op]} {right}"
                return f"({text})" if own < strength else text
            case ir.Comparison():
                left, right = self._text(node.left, leaf, 1), self._text(node.right, leaf, 1)
                return f"{left} {_SIGNS[node.op]} {right}"
            case ir.Logic():
                own = 0 if node.op == "or" else 0.5
                left, right = self._text(node.left, leaf, own), self._text(node.right, leaf, own)
                text = f"{left} {say(node.op, self.lang)} {right}"
                return f"({text})" if own < strength else text
            case ir.Negation():
                return f"{say('not', self.lang)}{self._text(node.operand, leaf, 1)}"
            case ir.Condition():
                return self._condition(node, leaf, strength)
            case ir.Call(function="otherwise"):
                if not isinstance(self.evaluate(node.arguments[0]), Unknown):
                    return self._text(node.arguments[0], leaf, strength)
                first, second = (self._text(each, leaf) for each in node.arguments)
                if leaf == self.shown:
                    return second
                return f"{first}{say('otherwise', self.lang)}{second}"
            case ir.Call():
                inner = say("comma", self.lang).join(
                    self._text(each, leaf) for each in node.arguments
                )
                return f"{title_of_function(node.function, self.lang)}({inner})"
            case ir.Membership():
                options = say("comma", self.lang).join(
                    self._text(each, leaf) for each in node.options
                )
                return f"{self._text(node.item, leaf)}{say('in', self.lang)}[{options}]"
            case ir.Dated():
                return self._text(self.in_force(node), leaf, strength)
            case ir.Aggregate():
                return self.shown(node) if leaf == self.shown else self.aggregate_title(node)
        return leaf(node)

    def in_force(self, node: ir.Dated) -> Any:
        """The value that holds at the moment of the record; the last while that is unknown."""
        day = None if node.moment is None else day_of(self.compiler, node.moment)(self.record)
        if day is None or isinstance(day, Unknown):
            return node.cases[-1][1]
        return next(value for since, value in reversed(node.cases) if since <= day)

    def _condition(self, node: ir.Condition, leaf: Callable[[Any], str], strength: float) -> str:
        truth = self.evaluate(node.condition)
        if not isinstance(truth, Unknown):  # only the branch that counts is worth reading
            return self._text(node.then if truth else node.otherwise, leaf, strength)
        return say(
            "if",
            self.lang,
            condition=self._text(node.condition, leaf),
            then=self._text(node.then, leaf),
            otherwise=self._text(node.otherwise, leaf),
        )

    def aggregate_title(self, node: ir.Aggregate) -> str:
        """``平均(时效性得分)`` with the condition on the records."""
        level = self.compiler.program.levels[node.level]
        what = level.title.of(self.lang)
        if isinstance(node.element, ir.SlotRef):
            what = self.title(node.level, node.element.name)
        if node.earlier:
            what = say("of_earlier", self.lang, inner=what)
        if isinstance(node.weight, ir.SlotRef):
            weight = self.title(node.level, node.weight.name)
            what = say("weighted", self.lang, inner=what, weight=weight)
        if node.per is not None:
            per = self.title(node.level, node.per.name)
            what = say(f"{node.pick}_per", self.lang, inner=what, per=per)
        if node.share is not None:
            what += say("comma", self.lang) + self.shown(node.share)
        where = ""
        if node.where is not None:
            condition = self._names_at(node.level, node.where)
            where = say("where", self.lang, condition=condition)
        return f"{title_of_function(node.function, self.lang)}({what}{where})"

    def _names_at(self, level: str, node: Any) -> str:
        """The names of an expression that stands at a child level."""
        home = self.compiler.program.levels[level]
        return Writer.of_any(self.compiler, home, self.format).names(node)
