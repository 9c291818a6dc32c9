"""Parts of a program in words, without any record: expressions, cells, bands, whole bodies."""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from sla_rules.change.wording import known, say
from sla_rules.explain.values import Formatter
from sla_rules.explain.wording import say as explained
from sla_rules.explain.wording import title_of_function
from sla_rules.language import program as ir
from sla_rules.language.program import Titles
from sla_rules.language.types import Type, describe_unit

__all__ = ["Words", "in_both"]

_SIGNS: Final[Mapping[str, str]] = {
    "+": "+", "-": "-", "*": "×", "/": "÷",
    "<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=", "!=": "≠",
}  # fmt: skip
_STRENGTH: Final[Mapping[str, int]] = {"+": 1, "-": 1, "*": 2, "/": 2}


def in_both(program: ir.Program, part: Any, level: str = "") -> Titles:
    """A part in both languages; *level* is the level whose names it reads."""
    return Titles(Words(program, "zh", level).of(part), Words(program, "en", level).of(part))


@attrs.frozen
class Words:
    """Writes the parts of one program in one language, with the names of one level."""

    program: ir.Program
    lang: str
    level: str = ""

    @property
    def format(self) -> Formatter:
        """Writes literals."""
        return Formatter(self.program, self.lang)

    def say(self, phrase: str, **parts: object) -> str:
        """A phrase in the language."""
        return say(phrase, self.lang, **parts)

    def joined(self, several: list[str]) -> str:
        """A list in words."""
        return self.say("comma").join(several)

    def at(self, level: str) -> "Words":
        """The same writer with the names of another level."""
        return attrs.evolve(self, level=level)

    def of(self, part: Any, strength: float = 0) -> str:
        """Any part; *strength* is how tightly what stands around it binds."""
        match part:
            case None:
                return self.say("none")
            case str():
                return self.word(part)
            case tuple():
                return self.joined([self.of(each) for each in part])
            case ir.Choice():
                return self._choice(part)
            case ir.Dated():
                told = [self.say("since", day=day, value=self.of(each)) for day, each in part.cases]
                return self.say("semicolon").join(told)
            case ir.Arithmetic():
                return self._arithmetic(part, strength)
            case ir.Comparison() | ir.Logic() | ir.Negation() | ir.Condition():
                return self._condition(part, strength)
            case ir.Membership():
                options = self.joined([self.of(each) for each in part.options])
                return f"{self.of(part.item, 1)}{explained('in', self.lang)}[{options}]"
            case ir.Call(function="otherwise"):
                first, second = (self.of(each, 1) for each in part.arguments)
                return f"{first}{explained('otherwise', self.lang)}{second}"
            case ir.Call():
                inner = self.joined([self.of(each) for each in part.arguments])
                return f"{title_of_function(part.function, self.lang)}({inner})"
            case ir.Aggregate():
                return self._aggregate(part)
        return self._other(part)

    def _condition(self, part: Any, strength: float) -> str:
        match part:
            case ir.Comparison():
                left, right = self.of(part.left, 1), self.of(part.right, 1)
                return f"{left} {_SIGNS[part.op]} {right}"
            case ir.Logic():
                own = 0.25 if part.op == "or" else 0.5
                left, right = self.of(part.left, own), self.of(part.right, own)
                text = f"{left} {explained(part.op, self.lang)} {right}"
                return f"({text})" if own < strength else text
            case ir.Negation():
                return f"{explained('not', self.lang)}{self.of(part.operand, 1)}"
            case ir.Condition():
                branches = {
                    "condition": self.of(part.condition),
                    "then": self.of(part.then),
                    "otherwise": self.of(part.otherwise),
                }
                text = explained("if", self.lang, **branches)
                return f"({text})" if strength else text
        raise TypeError(part)

    def _other(self, part: Any) -> str:
        """Names, literals, and the bodies that are no expression."""
        match part:
            case ir.Constant(value=None):
                return self.say("none")
            case ir.Constant():
                return self.format.value(part.type, part.value)
            case ir.Interval():
                return self.interval(part)
            case ir.Test():
                return self.test(part)
            case ir.Band():
                return self.say("band", band=self.of(part.interval), gives=self.of(part.output))
            case ir.Row():
                return self.row(part)
            case ir.Moment():
                return self.of(part.value)
            case ir.Section():
                return self.say("section", of=self.of(part.of), max=self.of(part.max))
            case ir.RoundingRule():
                return self._rounding(part)
        return self._name(part)

    def _name(self, part: Any) -> str:
        """What names something, of this record or of others."""
        match part:
            case ir.SlotRef():
                return self.title(part.name)
            case ir.ParameterRef():
                return self.program.parameters[part.name].title.of(self.lang)
            case ir.BandInput():
                return "x"
            case ir.Previous():
                inner = self.at(part.level).of(part.inner)
                return explained("of_previous", self.lang, inner=inner)
            case ir.Outer():
                home = self.program.levels[part.level].title.of(self.lang)
                inner = self.at(part.level).of(part.inner)
                return explained("of_this", self.lang, record=home, inner=inner)
            case ir.Through():
                inner = self.at(part.record.type.name).of(part.inner)
                home = self.title(part.record.name)
                return explained("of_record", self.lang, record=home, inner=inner)
        return self._body(part)

    def _body(self, part: Any) -> str:
        """A whole body, briefly: what it is and what it rests on."""
        match part:
            case ir.Table():
                on = self.joined([self.of(each) for each in part.on])
                return self.say("table", on=on, rows=len(part.rows))
            case ir.BandSet():
                return self._bands(part)
            case ir.Rates():
                how, on = self.of(part.how), self.of(part.bands.on)
                return self.say("rates", on=on, how=how, bands=self.of(part.bands.bands))
            case ir.Units():
                count = self.of(part.count)
                return self.say("units", of=self.of(part.of), per=self.of(part.per), count=count)
            case ir.Deadline():
                parts = {"start": part.start, "within": part.within, "calendar": part.calendar}
                return self.say("deadline", **{key: self.of(each) for key, each in parts.items()})
            case ir.Elapsed():
                parts = {"start": part.start, "end": part.end, "calendar": part.calendar}
                return self.say("elapsed", **{key: self.of(each) for key, each in parts.items()})
            case ir.Overrun():
                parts = {"done": part.done, "deadline": part.deadline, "per": part.per,
                         "calendar": part.calendar}  # fmt: skip
                return self.say("overrun", **{key: self.of(each) for key, each in parts.items()})
            case ir.Scorecard():
                sections = " + ".join(self.of(each.of) for each in part.sections)
                return self.say("scorecard", sections=sections, total=self.of(part.total))
            case ir.LedgerOutput() | ir.Column():
                return self.say("ledger_output")
            case Titles():
                return part.of(self.lang)
            case Type():
                return self.type(part)
            case bool():
                return explained("yes" if part else "no", self.lang)
        return self._generic(part)

    def _generic(self, part: Any) -> str:
        """A node that this writer does not know: its name and its parts."""
        if not attrs.has(type(part)):
            return str(part)
        skipped = ("type", "span", "index", "acknowledge", "text", "texts")
        fields = [each.name for each in attrs.fields(type(part)) if each.name not in skipped]
        inner = self.joined([f"{name} {self.of(getattr(part, name))}" for name in fields])
        return f"{type(part).__name__.lower()}({inner})"

    def title(self, name: str) -> str:
        """The title of a fact or decision of the level."""
        part = self.program.levels.get(self.level)
        found = part and (part.fact(name) or part.decision(name))
        return found.title.of(self.lang) if found else name

    def word(self, name: str) -> str:
        """A word of the language such as ``started``; one that has no other words is itself."""
        return say(f"word_{name}", self.lang) if known(f"word_{name}") else name or self.say("none")

    def _choice(self, part: ir.Choice) -> str:
        alternatives: dict[str, list[str]] = {}
        known: dict[int, str] = {}  # what serves several options is written once
        for option, each in part.options.items():
            if id(each) not in known:
                known[id(each)] = self.of(each)
            alternatives.setdefault(known[id(each)], []).append(option)
        told = [f"{'|'.join(options)} {text}" for text, options in alternatives.items()]
        options = self.say("semicolon").join(told)
        return self.say("choice", reading=part.reading, options=options)

    def _arithmetic(self, part: ir.Arithmetic, strength: float) -> str:
        if part.op == "-" and isinstance(part.left, ir.Constant) and part.left.value == 0:
            return f"-{self.of(part.right, 3)}"
        own: float = _STRENGTH[part.op]
        left, right = self.of(part.left, own), self.of(part.right, own + (part.op in "-/"))
        text = f"{left} {_SIGNS[part.op]} {right}"
        return f"({text})" if own < strength else text

    def _aggregate(self, part: ir.Aggregate) -> str:
        inside = self.at(part.level)
        level = self.program.levels.get(part.level)
        what = level.title.of(self.lang) if level else part.level
        if part.element is not None:
            what = inside.of(part.element)
        if part.earlier:
            what = explained("of_earlier", self.lang, inner=what)
        if part.weight is not None:
            weight = inside.of(part.weight)
            what = explained("weighted", self.lang, inner=what, weight=weight)
        if part.per is not None:
            what = explained(f"{part.pick}_per", self.lang, inner=what, per=inside.of(part.per))
        if part.share is not None:
            what = self.joined([what, self.of(part.share)])
        where = ""
        if part.where is not None:
            where = explained("where", self.lang, condition=inside.of(part.where))
        return f"{title_of_function(part.function, self.lang)}({what}{where})"

    def interval(self, part: ir.Interval) -> str:
        """``above 50% and at most 100%``."""
        ends = []
        if part.low is not None:
            phrase = "at_least_low" if part.low_closed else "above_low"
            ends.append(explained(phrase, self.lang, end=self.of(part.low)))
        if part.high is not None:
            phrase = "at_most_high" if part.high_closed else "below_high"
            ends.append(explained(phrase, self.lang, end=self.of(part.high)))
        if not ends:
            return explained("any_number", self.lang)
        if len(ends) == 1:
            return ends[0]
        return explained("between", self.lang, low=ends[0], high=ends[1])

    def test(self, part: ir.Test) -> str:
        """One test of a cell."""
        match part.kind:
            case "any":
                return explained("any_value", self.lang)
            case "missing" | "given":
                return explained(f"{part.kind}_value", self.lang)
            case "not":
                return self.say("not", tests=self.cell(part.inner))
        return self.of(part.value if part.interval is None else part.interval)

    def cell(self, tests: tuple[ir.Test, ...]) -> str:
        """The tests of a cell, of which one must hold."""
        return f" {explained('or', self.lang)} ".join(self.test(each) for each in tests)

    def when(self, row: ir.Row) -> str:
        """The cells of a row."""
        return self.joined([self.cell(each) for each in row.cells])

    def row(self, row: ir.Row) -> str:
        """A row: its cells and what it gives."""
        gives = self.joined([self.of(each) for each in row.outputs])
        return self.say("row", when=self.when(row), then=gives)

    def _bands(self, part: ir.BandSet) -> str:
        on = self.of(part.on)
        if part.scale:
            scale = self.program.scales[part.scale].title.of(self.lang)
            return self.say("by_scale", on=on, scale=scale)
        return self.say("by_bands", on=on, bands=self.of(part.bands))

    def _rounding(self, part: ir.RoundingRule) -> str:
        if part.quantum is None:
            return self.say("not_rounded")
        quantum = self.format.number(Type("number"), part.quantum)
        return self.say("rounding", mode=explained(part.mode, self.lang), quantum=quantum)

    def type(self, kind: Type) -> str:
        """A type: ``money CNY``, ``choice of grade``."""
        if kind.kind in ("list", "record"):
            level = self.program.levels.get(kind.name)
            title = level.title.of(self.lang) if level else kind.name
            return self.say(f"type_{kind.kind}", level=title)
        if kind.kind == "enum":
            return self.say("type_enum", name=kind.name)
        name = (kind.show or "number") if kind.kind == "number" else kind.kind
        unit = describe_unit(kind.unit) if name == "money" else ""
        text = say(f"type_{name}", self.lang) if known(f"type_{name}") else name
        return f"{text} {unit}".strip()
