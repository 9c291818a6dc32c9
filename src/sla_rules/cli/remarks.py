"""The notes of an assessment, counted, each with what it means."""

from collections import Counter

import attrs

from sla_rules.assessment import Assessment

__all__ = ["Remark", "remarks"]


@attrs.frozen
class Remark:
    """A note, how often it was left, and what it says."""

    code: str
    count: int
    text: str


def remarks(assessment: Assessment, lang: str) -> tuple[Remark, ...]:
    """The notes on a record and all below it, the most frequent first."""
    counts = Counter(str(note) for note in assessment.notes)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    meaning = assessment.rules.note_text
    return tuple(Remark(code, count, meaning(code, lang)) for code, count in ordered)
