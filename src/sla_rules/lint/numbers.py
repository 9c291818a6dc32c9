"""Numbers that no sentence states: neither the cited clauses nor the reading around them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any, Final

import attrs

from sla_rules.language import program as ir
from sla_rules.lint.found import Found, found
from sla_rules.lint.literals import CLOCK_TIME, Basis, Literal, Owner, literals, owners
from sla_rules.lint.numerals import (
    CLOCK,
    DATE,
    DAYS,
    MONEY,
    MONTH,
    PLAIN,
    POINTS,
    SHARE,
    TIME,
    Numeral,
    numerals,
)
from sla_rules.quantities import SECOND, Limit, Number, format_duration, format_number

__all__ = ["lint_numbers"]

_UNITS_OF_TIME: Final = (3600 * SECOND, 60 * SECOND, SECOND)
_DAY: Final = 24 * 3600 * SECOND
MOST_NAMED: Final = 6


def lint_numbers(program: ir.Program) -> Iterator[Found]:
    """W731: numbers that stand in no sentence they rest on.  W738: rules that rest on none.

    A ruleset without clauses has no text to be honest about, and nothing is said.
    """
    if not program.clauses:
        return
    sentences = _Sentences(program)
    loose: dict[int, list[Literal]] = defaultdict(list)
    missing: dict[tuple[int, Any, Basis], list[Literal]] = {}
    for each in literals(program):
        if _neutral(each) or sentences.state(each):
            continue
        if not each.basis.clauses and not each.basis.readings:
            loose[id(each.owner)].append(each)
            continue
        basis = attrs.evolve(each.basis, span=program.span)
        key = (id(each.owner.part), (each.value, str(each.type)), basis)
        missing.setdefault(key, []).append(each)
    for several in missing.values():
        yield _unstated(several, sentences)
    yield from _without_clause(program, loose)


def _neutral(each: Literal) -> bool:
    """Nothing, the whole, and one of a number without unit change nothing; nor does midnight."""
    if each.type is CLOCK_TIME:
        return each.value in (0, 24 * 60)
    if isinstance(each.value, Limit):
        return each.value.amount == 0
    if each.type.kind != "number":
        return False
    return each.value == 0 or (each.value == 1 and not each.type.unit)


class _Sentences:
    """What the clauses and readings of a program state; each is read once."""

    def __init__(self, program: ir.Program) -> None:
        self.program = program
        self._clauses: dict[str, frozenset[tuple[str, Number]]] = {}
        self._readings: dict[str, frozenset[tuple[str, Number]]] = {}
        self._stated: dict[tuple[tuple[str, ...], tuple[str, ...]], frozenset[Any]] = {}

    def clause(self, name: str) -> frozenset[tuple[str, Number]]:
        """The numbers of a clause: its words, its translation, its title."""
        if name not in self._clauses:
            part = self.program.clauses[name]
            titles = {part.title.zh, part.title.en} - {name}  # what has no title bears its id
            self._clauses[name] = _keys((part.text, part.translation, *titles))
        return self._clauses[name]

    def reading(self, name: str) -> frozenset[tuple[str, Number]]:
        """The numbers of a reading and of the clause that leaves it open."""
        if name not in self._readings:
            part = self.program.readings[name]
            texts = [part.register, part.question.zh, part.question.en]
            for option in part.options.values():
                texts += [option.zh, option.en]
            own = self.clause(part.clause) if part.clause else frozenset()
            self._readings[name] = _keys(texts) | own
        return self._readings[name]

    def state(self, each: Literal) -> bool:
        """Whether a sentence that the literal rests on states it, in any equivalent form."""
        key = (each.basis.clauses, each.basis.readings)
        if key not in self._stated:
            several = [self.clause(name) for name in each.basis.clauses]
            several += [self.reading(name) for name in each.basis.readings]
            self._stated[key] = frozenset().union(*several)
        return not self._stated[key].isdisjoint(_forms(each))

    def elsewhere(self, each: Literal) -> str:
        """The first clause that states the same quantity; a small number stands everywhere."""
        wanted = [(kind, value) for kind, value in _forms(each) if kind in _kinds(each)]
        if each.type.kind == "number" and not each.type.unit and abs(each.value) in range(10):
            return ""
        for name in self.program.clauses:
            if not self.clause(name).isdisjoint(wanted):
                return name
        return ""


_WRITTEN: Final = "as written"


def _keys(texts: Iterable[str]) -> frozenset[tuple[str, Number]]:
    found = {each for text in texts for each in numerals(text)}
    return frozenset(key for each in found for key in _keys_of(each))


def _keys_of(each: Numeral) -> tuple[tuple[str, Number], ...]:
    return ((each.kind, each.value), (_WRITTEN, each.written))


def _forms(each: Literal) -> frozenset[tuple[str, Number]]:
    """The forms in which a sentence may state a literal."""
    value, unit = each.value, each.type.unit
    if each.type is CLOCK_TIME:
        return frozenset(((CLOCK, value),))
    if each.type.kind == "date":
        return frozenset(((DATE, value.toordinal()),))
    if each.type.kind == "month":
        return frozenset(((MONTH, value),))
    if isinstance(value, Limit) and value.workdays:
        return frozenset(((DAYS, value.amount), (PLAIN, value.amount)))
    bases = tuple(base for base, _ in unit)
    if bases == ("time",) or each.type.kind == "limit":
        return _times(value.amount if isinstance(value, Limit) else value)
    if bases == ("points",):
        return frozenset(((POINTS, value), (PLAIN, value), (SHARE, Fraction(value, 100))))
    if bases:
        return frozenset(((MONEY, value), (PLAIN, value)))
    shown = 100 if each.type.show in ("ratio", "percent") else 1
    return frozenset(
        (
            (SHARE, value),
            (SHARE, Fraction(value, 100)),
            (PLAIN, value),
            (PLAIN, Fraction(value) * shown),
            (_WRITTEN, value),
        )
    )


def _kinds(each: Literal) -> tuple[str, ...]:
    """The kinds of numerals that are beyond doubt the same quantity."""
    if each.type is CLOCK_TIME:
        return (CLOCK,)
    if each.type.kind in ("date", "month"):
        return (DATE, MONTH)
    by_base = {"time": (TIME, DAYS), "points": (POINTS,)}
    if each.type.kind == "limit":
        return (TIME, DAYS)
    if each.type.unit:
        return by_base.get(each.type.unit[0][0], (MONEY,))
    return (SHARE,) if each.type.show in ("ratio", "percent") else (PLAIN,)


def _times(value: Number) -> frozenset[tuple[str, Number]]:
    plain = ((PLAIN, Fraction(value, size)) for size in _UNITS_OF_TIME)
    return frozenset(((TIME, value), (DAYS, Fraction(value, _DAY)), *plain))


def _unstated(several: list[Literal], sentences: _Sentences) -> Found:
    first = min(several, key=lambda each: each.span)
    owner, basis, shown = first.owner, first.basis, _shown(first)
    cited = [f"clause {name}" for name in basis.clauses]
    looked = [*cited, *(f"reading {name}" for name in basis.readings)]
    other = sentences.elsewhere(first)
    hint = (
        f"clause {other} states {shown}: cite it, or mend the number"
        if other
        else "mend the number, cite the clause that states it, or make it a reading"
    )
    do = "do" if len(looked) > 1 else "does"
    message = f"{owner.name} states {shown}, and {_named(looked)} {do} not"
    places = [sentences.program.clauses[name].span for name in basis.clauses[:2]]
    places += sorted({each.span for each in several} - {first.span})
    return found(
        "W731",
        message,
        first.span,
        owner.part,
        *owner.around,
        hint=hint,
        also=tuple(places[:MOST_NAMED]),
    )


def _without_clause(program: ir.Program, loose: dict[int, list[Literal]]) -> Iterator[Found]:
    """Rules that neither cite a clause nor stand under a reading."""
    by_part: dict[int, list[Literal]] = defaultdict(list)
    for several in loose.values():
        for each in several:
            by_part[id(each.owner.part)].append(each)
    for owner in owners(program):
        stated = by_part.get(id(owner.part), [])
        if owner.part.clauses or not (stated or (owner.tabled and _rests_on_nothing(owner))):
            continue
        shown = _named(list(dict.fromkeys(_shown(each) for each in stated)))
        does = f"states {shown}" if stated else "decides by a table"
        yield found(
            "W738",
            f"{owner.name} {does} and cites no clause",
            owner.part.span,
            owner.part,
            *owner.around,
            hint="add clause: with the sentence that says so, or make it a reading",
        )


def _rests_on_nothing(owner: Owner) -> bool:
    """Whether a table or bands stand outside of every reading, and no band cites a clause."""
    body = owner.part.bands if isinstance(owner.part, ir.Scale) else owner.part.body
    if isinstance(body, ir.BandSet):
        body = body.bands
    if isinstance(body, tuple):
        return not all(getattr(each, "clauses", ()) for each in body)
    return not isinstance(body, ir.Choice)


def _named(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _shown(each: Literal) -> str:
    """The literal as an author writes it."""
    value, unit = each.value, each.type.unit
    if each.type is CLOCK_TIME:
        return f"{value // 60:02d}:{value % 60:02d}"
    if isinstance(value, Limit):
        return str(value)
    if each.type.kind == "month":
        return f"{value // 12}-{value % 12 + 1:02d}"
    if each.type.kind == "date":
        return str(value)
    bases = [base for base, _ in unit]
    if bases == ["time"] or each.type.kind == "limit":
        return format_duration(value)
    if each.type.show in ("ratio", "percent"):
        return f"{format_number(Fraction(value) * 100)}%"
    money = bool(bases) and bases != ["points"]
    return f"{format_number(value, grouped=money)} {' '.join(bases)}".rstrip()
