"""How much of each kind is asked for: ``clause=100,row=100,condition=90``."""

from collections.abc import Mapping
from fractions import Fraction

from sla_rules.coverage.report import CoverageReport, percent
from sla_rules.coverage.targets import KINDS
from sla_rules.coverage.words import say
from sla_rules.diagnostics import nearest
from sla_rules.quantities import parse_number

__all__ = ["least_of", "short_lines"]


def least_of(text: str) -> Mapping[str, Fraction]:
    """The shares that *text* asks for, by kind; a number alone asks it of every kind.

    Raises ValueError, which says what is wrong.

    >>> least_of("clause=100, condition=87.5")
    {'clause': Fraction(1, 1), 'condition': Fraction(7, 8)}
    """
    asked: dict[str, Fraction] = {}
    for each in filter(None, (part.strip() for part in text.split(","))):
        kind, sign, number = each.rpartition("=")
        share = _share(number)
        if not sign:
            asked |= dict.fromkeys(KINDS, share)
            continue
        kind = kind.strip()
        if kind not in KINDS:
            hint = nearest(kind, KINDS) or f"known: {', '.join(KINDS)}"
            raise ValueError(f"there is no kind {kind!r} of coverage; {hint}")
        asked[kind] = share
    return asked


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
