"""The notes of an assessment, counted, each with the words of the rule that left it."""

from collections import Counter
from collections.abc import Iterator

import attrs

from sla_rules.assessment import Assessment
from sla_rules.cli.figures import Figures
from sla_rules.diagnostics import Span
from sla_rules.facts.values import to_public
from sla_rules.language import program as ir
from sla_rules.language.walk import parts

__all__ = ["Remark", "remarks"]


@attrs.frozen
class Remark:
    """A note, how often it was left, and what it says."""

    code: str
    count: int
    text: str


def remarks(assessment: Assessment, lang: str) -> tuple[Remark, ...]:
    """The notes on a record and all below it, the most frequent first."""
    meanings = dict(_meanings(assessment.rules.program, lang))
    counts = Counter(
        (str(note), meanings.get((str(note), note.span), "")) for note in assessment.notes
    )
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Remark(code, count, text) for (code, text), count in ordered)


def _meanings(program: ir.Program, lang: str) -> Iterator[tuple[tuple[str, Span], str]]:
    """What each note of the program says, by its code and place."""
    for level in program.levels.values():
        for decision in level.decisions:
            for part in parts(decision):
                if isinstance(part, ir.NoteRule):
                    yield (part.code, part.span), part.text.of(lang)
                elif isinstance(part, ir.Band) and part.note:
                    colon = ": " if lang == "en" else "："
                    band = _band(part.interval, program, lang)
                    words = f"{decision.title.of(lang)}{colon}{band}"
                    yield (part.note, part.span), words
                elif isinstance(part, ir.Row) and part.note:
                    words = f"{decision.title.of(lang)} ({', '.join(part.texts)})"
                    yield (part.note, part.span), words


def _band(interval: ir.Interval, program: ir.Program, lang: str) -> str:
    """An interval in words: ``高于 50% 且不高于 100%``; as written if an end is computed."""
    figures = Figures(program, lang)
    phrases = {
        ("low", True): ("不低于", "at least"),
        ("low", False): ("高于", "above"),
        ("high", True): ("不高于", "at most"),
        ("high", False): ("低于", "below"),
    }
    said = []
    for end, node, closed in (
        ("low", interval.low, interval.low_closed),
        ("high", interval.high, interval.high_closed),
    ):
        if node is None:
            continue
        if not isinstance(node, ir.Constant):
            return interval.text
        shown = figures.value(node.type, to_public(node.type, node.value))
        said.append(f"{phrases[end, closed][lang == 'en']} {shown}")
    return (" and " if lang == "en" else "且").join(said) or interval.text
