"""What the cases of a ruleset can cover: every sentence, rule, row, band, condition and limit."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from sla_rules.change.words import Words
from sla_rules.coverage.words import said
from sla_rules.diagnostics import Span
from sla_rules.language import program as ir
from sla_rules.language.program import Titles
from sla_rules.language.walk import alternatives, parts
from sla_rules.listening import Deed, Event

__all__ = ["KINDS", "Target", "targets"]

KINDS: Final = (
    "clause",
    "rule",
    "row",
    "band",
    "condition",
    "limit",
    "rounding",
    "suspension",
    "reading",
)
"""The kinds of targets in the order in which reports tell them."""


@attrs.frozen
class Target:
    """One thing that a case can cover.

    *heard* are the events of which one covers it; none for a sentence, which a case covers that
    names it, and for the option of a reading (*option*: the reading and the option), which a case
    covers that rests on it.  *side* is which way a condition must go.
    """

    kind: str
    label: Titles
    span: Span
    clauses: tuple[str, ...]
    heard: tuple[Event, ...] = attrs.field(default=(), eq=False, repr=False)
    option: tuple[str, str] | None = None
    side: bool | None = None


def targets(program: ir.Program) -> tuple[Target, ...]:
    """All targets of a program: by kind, and of a kind in the order of the text."""
    found = [*_clauses(program), *_scales(program), *_readings(program)]
    for level in program.levels.values():
        found += _Level(program, level).targets()
    order = {file: number for number, file in enumerate(program.texts)}
    places = {kind: number for number, kind in enumerate(KINDS)}

    def place(target: Target) -> tuple[int, int, int, int]:
        span = target.span
        return places[target.kind], order.get(span.file, len(order)), span.line, span.column

    return tuple(sorted(found, key=place))


def _clauses(program: ir.Program) -> Iterator[Target]:
    for each in program.clauses.values():
        if each.not_encoded is None:
            title = each.title
            titles = ("" if one == each.id else f" {one}" for one in (title.zh, title.en))
            label = Titles(*(f"{each.id}{one}".rstrip() for one in titles))
            yield Target("clause", label, each.span, (each.id,))


def _readings(program: ir.Program) -> Iterator[Target]:
    for each in program.readings.values():
        clauses = (each.clause,) if each.clause else ()
        for option in each.options:
            label = said("option", reading=each.id, option=option)
            yield Target("reading", label, each.span, clauses, option=(each.id, option))


def _scales(program: ir.Program) -> Iterator[Target]:
    """The bands of the named scales: those that use a scale share them."""
    for each in program.scales.values():
        yield from _bands(program, each.bands, each.title, each.clauses, "")


def _bands(
    program: ir.Program, part: Any, title: Titles, clauses: tuple[str, ...], level: str
) -> Iterator[Target]:
    for band, under in _switched(part):
        if not isinstance(band, ir.Band):
            continue
        label = _joined(title, _in_both(program, band.interval, level), under)
        own = band.clauses or clauses
        yield Target("band", label, band.span, own, ((band, Deed.HELD),))


def _switched(part: Any, under: Mapping[str, str] | None = None) -> Iterator[tuple[Any, str]]:
    """The program objects in *part*, each once, with the answers of readings under which it is."""
    seen: set[int] = set()
    waiting: list[tuple[Any, str]] = [(part, "")]
    while waiting:
        each, said_so = waiting.pop()
        if isinstance(each, tuple):
            waiting += [(one, said_so) for one in reversed(each)]
        elif isinstance(each, ir.Choice):
            for option in reversed(alternatives(each)):
                names = "|".join(name for name, one in each.options.items() if one is option)
                waiting.append((option, f"{said_so}{each.reading}={names}; "))
        elif id(each) not in seen:
            seen.add(id(each))
            yield each, said_so.removesuffix("; ")


def _in_both(program: ir.Program, part: Any, level: str) -> Titles:
    return Titles(Words(program, "zh", level).of(part), Words(program, "en", level).of(part))


def _joined(title: Titles, what: Titles, under: str = "") -> Titles:
    return said("under" if under else "of", whole=title, what=what, under=under)


def _rounding(part: Any) -> ir.RoundingRule | None:
    """The rounding of a decision, the first of those that the readings leave; None without."""
    rules = (each for each, _ in _switched(part) if isinstance(each, ir.RoundingRule))
    return next((each for each in rules if each.quantum is not None), None)


class _Level:
    """The targets of one level."""

    def __init__(self, program: ir.Program, level: ir.Level) -> None:
        self.program = program
        self.level = level
        self.scaled = {
            id(band)
            for scale in program.scales.values()
            for band in parts(scale.bands)
            if isinstance(band, ir.Band)
        }
        self.seen: set[int] = set()

    def targets(self) -> Iterator[Target]:
        for decision in self.level.decisions:
            yield from self._decision(decision)
        for each in self.level.require:
            label = _joined(self.level.title, said("requirement", message=each.message))
            yield self._rule(label, each.span, each.clauses, each.that)
            yield from self._root(each.that, label, each.clauses)
            yield from self._inside(each.that, label, each.clauses)
        if self.level.ledger is not None:
            yield from self._ledger(self.level.ledger)

    def _rule(self, label: Titles, span: Span, clauses: tuple[str, ...], node: Any) -> Target:
        """A rule that ran when one of its alternatives was asked for its value."""
        heard = tuple((each, Deed.RAN) for each, _ in _switched(node))
        return Target("rule", label, span, clauses, heard)

    def _decision(self, decision: ir.Decision) -> Iterator[Target]:
        title, clauses = decision.title, decision.clauses
        label = _joined(self.level.title, title)
        yield Target("rule", label, decision.span, clauses, ((decision, Deed.RAN),))
        limits = (
            (decision.cap, Deed.CAP_HIT, Deed.CAP_FREE, "cap"),
            (decision.floor, Deed.FLOOR_HIT, Deed.FLOOR_FREE, "floor"),
        )
        for limit, hit, free, name in limits:
            yield from self._limit(decision, limit, (hit, free), name, label)
        rounding = _rounding(decision.rounding)
        if rounding is not None:
            told = _joined(label, said("rounded"))
            own = rounding.clauses or clauses
            yield Target("rounding", told, rounding.span, own, ((decision, Deed.ROUNDED),))
        roots = [decision.applies, *(rule.when for rule in decision.notes)]
        if decision.type.kind == "bool":
            roots.append(decision.body)
        for root in roots:
            yield from self._root(root, label, clauses)
        yield from self._inside(decision, label, clauses)

    def _limit(
        self, whole: Any, limit: Any, deeds: tuple[Deed, Deed], name: str, label: Titles
    ) -> Iterator[Target]:
        held = [
            each
            for each, _ in _switched(limit)
            if each is not None and not (isinstance(each, ir.Constant) and each.value is None)
        ]
        if not held:
            return
        span = getattr(held[0], "span", whole.span)
        for deed, way in zip(deeds, ("hit", "free"), strict=True):
            told = _joined(label, said(f"{name}_{way}"))
            yield Target("limit", told, span, whole.clauses, ((whole, deed),), side=way == "hit")

    def _ledger(self, ledger: ir.Ledger) -> Iterator[Target]:
        label = _joined(self.level.title, said("ledger"))
        clauses = ledger.clauses
        yield Target("rule", label, ledger.span, clauses, ((ledger, Deed.RAN),))
        for source in ledger.sources:
            what = Titles(*[".".join(source.path)] * 2)
            told = _joined(label, said("source", path=what))
            yield self._rule(told, source.span, source.clauses, source.amount)
        caps = (Deed.CAP_HIT, Deed.CAP_FREE)
        yield from self._limit(ledger, ledger.cap, caps, "cap", label)
        totals = (Deed.TOTAL_CAP_HIT, Deed.TOTAL_CAP_FREE)
        yield from self._limit(ledger, ledger.total_cap, totals, "total_cap", label)
        yield from self._inside(ledger, label, clauses)

    def _inside(self, whole: Any, label: Titles, clauses: tuple[str, ...]) -> Iterator[Target]:
        """The sections, rows, bands and conditions inside a rule."""
        for node in parts(whole):
            match node:
                case ir.Section():
                    told = _joined(label, said("section", of=self._words(node.of)))
                    own = node.clauses or clauses
                    yield self._rule(told, node.span, own, node.of)
                    yield from self._root(node.applies, told, own)
                case ir.Scorecard():
                    yield from self._root(node.rescale, label, clauses)
                case ir.Table():
                    yield from self._rows(node, label, clauses)
                case ir.BandSet():
                    level = self.level.name
                    for each in _bands(self.program, node.bands, label, clauses, level):
                        band = each.heard[0][0]
                        if id(band) not in self.scaled and id(band) not in self.seen:
                            self.seen.add(id(band))
                            yield each
                case ir.Deadline() | ir.Elapsed() | ir.Overrun() if node.stops is not None:
                    yield from self._clock(node, label, clauses)
                case ir.Condition():
                    yield from self._root(node.condition, label, clauses)
                case ir.Aggregate() if node.where is not None:
                    yield from self._root(node.where, label, clauses, node.level)
                case ir.Logic():
                    yield from self._root(node.left, label, clauses)
                    yield from self._root(node.right, label, clauses)
                case ir.Negation():
                    yield from self._root(node.operand, label, clauses)

    def _clock(self, node: Any, label: Titles, clauses: tuple[str, ...]) -> Iterator[Target]:
        if id(node) in self.seen:
            return
        self.seen.add(id(node))
        for counted, deed in ((True, Deed.SUSPENDED), (False, Deed.NOT_SUSPENDED)):
            told = _joined(label, said("suspended" if counted else "not_suspended"))
            heard = ((node, deed),)
            yield Target("suspension", told, node.span, clauses, heard, side=counted)

    def _rows(self, table: ir.Table, label: Titles, clauses: tuple[str, ...]) -> Iterator[Target]:
        for row in table.rows:
            if id(row) in self.seen:
                continue
            self.seen.add(id(row))
            words = [Words(self.program, lang, self.level.name).when(row) for lang in ("zh", "en")]
            told = _joined(label, said("row", when=Titles(*words)))
            own = row.clauses or clauses
            yield Target("row", told, row.span, own, ((row, Deed.HELD),))

    def _root(
        self, root: Any, label: Titles, clauses: tuple[str, ...], level: str = ""
    ) -> Iterator[Target]:
        """A condition both ways; of a switch each alternative, of ``and`` and ``or`` each operand.

        What the text alone decides goes one way only, and is no condition.
        """
        for node, under in _switched(root):
            if node is None or isinstance(node, ir.Constant | ir.ParameterRef):
                continue
            home = level or self.level.name
            match node:
                case ir.Logic():
                    yield from self._root(node.left, label, clauses, home)
                    yield from self._root(node.right, label, clauses, home)
                case ir.Negation():  # it goes the other way whenever what it denies goes one
                    yield from self._root(node.operand, label, clauses, home)
                    continue
            if id(node) in self.seen or getattr(node, "type", None) is None:
                continue
            if node.type.kind != "bool" or isinstance(node, ir.Table | ir.BandSet | ir.Column):
                continue
            self.seen.add(id(node))
            words = _in_both(self.program, node, home)
            for side, deed in ((True, Deed.TRUE), (False, Deed.FALSE)):
                told = said("true" if side else "false", condition=_joined(label, words, under))
                heard = ((node, deed),)
                yield Target("condition", told, node.span, clauses, heard, side=side)

    def _words(self, part: Any) -> Titles:
        return _in_both(self.program, part, self.level.name)
