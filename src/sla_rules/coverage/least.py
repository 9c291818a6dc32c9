"""How much of each kind is asked for: ``clause=100,row=100,condition=90``."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from sla_rules.coverage.report import CoverageReport, percent
from sla_rules.coverage.targets import KINDS
from sla_rules.coverage.words import say
from sla_rules.diagnostics import nearest
from sla_rules.quantities import parse_number

__all__ = ["least_of", "short_lines"]

_NAMES: Final = {
    name: kind
    for kind in KINDS
    for name in (kind, say(f"kind_{kind}", "en").partition(",")[0], say(f"kind_{kind}", "zh"))
}
"""What each kind may be called: as here, and as reports call it in either language."""


def least_of(text: str) -> Mapping[str, Fraction]:
    """The shares that *text* asks for, by kind; a number alone asks it of every other kind.

    A kind may also be called as reports call it, such as ``clauses``.  Raises ValueError, which
    says what is wrong, also where nothing is asked for or one thing twice: a demand that is left
    empty, by a variable that is not set, must not be met by everything.

    >>> least_of("clause=100, conditions=87.5")
    {'clause': Fraction(1, 1), 'condition': Fraction(7, 8)}
    """
    asked: dict[str, Fraction] = {}
    for each in (part.strip() for part in text.split(",")):
        if not each:
            raise ValueError(f"a share is left empty in {text!r}; such as clause=100,condition=90")
        name, sign, number = each.rpartition("=")
        kind = _kind(name.strip()) if sign else ""
        if kind in asked:
            raise ValueError(f"{kind or 'every kind'} is asked for twice in {text!r}")
        asked[kind] = _share(number)
    every = asked.pop("", None)
    return asked if every is None else dict.fromkeys(KINDS, every) | asked


def _kind(name: str) -> str:
    if name not in _NAMES:
        hint = nearest(name, KINDS) or f"known: {', '.join(KINDS)}"
        raise ValueError(f"there is no kind {name!r} of coverage; {hint}")
    return _NAMES[name]


def short_lines(report: CoverageReport, least: Mapping[str, Fraction], lang: str) -> list[str]:
    """One line for each kind of which less is covered than asked for."""
    tallies = report.tallies
    return [
        say(
            "below",
            lang,
            id=report.rules.id,
            version=report.rules.version,
            kind=say(f"kind_{kind}", lang),
            share=say("percent", lang, share=percent(tallies[kind].share)),
            least=say("percent", lang, share=percent(least[kind])),
        )
        for kind in report.below(least)
    ]


def _share(text: str) -> Fraction:
    number = parse_number(text.strip().removesuffix("%").strip())
    if number is None or not 0 <= number <= 100:
        raise ValueError(f"a share is a percentage from 0 to 100, not {text.strip()!r}")
    return Fraction(number) / 100
