"""What changed in a sentence: the words that differ, with a few words around them."""

import re
from difflib import SequenceMatcher
from typing import Final

__all__ = ["excerpts"]

AROUND: Final = 8
"""So many words or characters are shown on either side of what changed."""
MOST: Final = 2000
"""A longer text is compared by its lines: comparing words takes their number squared."""
_WORD: Final = re.compile(r"\d+(?:[.,]\d+)*%?|[A-Za-zÀ-ɏ’'-]+|\s+|.", re.DOTALL)


def excerpts(before: str, after: str) -> tuple[str, str]:
    """Both texts cut down to what differs; ``…`` stands for what is left out.

    A number, a Latin word and a Chinese character are each one piece.

    >>> excerpts("故障须在 2 小时内恢复，否则扣分。", "故障须在 4 小时内恢复，否则扣分。")
    ('故障须在 2 小时内恢复，否…', '故障须在 4 小时内恢复，否…')
    """
    pattern = _WORD if max(len(before), len(after)) <= MOST else re.compile(r".*\n?")
    old, new = pattern.findall(before), pattern.findall(after)
    first, last = _shared(old, new), 0
    while last < min(len(old), len(new)) - first and old[-1 - last] == new[-1 - last]:
        last += 1
    one, two = (words[first : len(words) - last] for words in (old, new))
    blocks = SequenceMatcher(None, one, two, autojunk=False).get_opcodes()
    changed = [block[1:] for block in blocks if block[0] != "equal"]
    return (
        _cut(old, [(first + start, first + end) for start, end, _, _ in changed]),
        _cut(new, [(first + start, first + end) for _, _, start, end in changed]),
    )


def _shared(old: list[str], new: list[str]) -> int:
    """How many words both begin with."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((at for at, (one, two) in pairs if one != two), min(len(old), len(new)))


def _cut(words: list[str], spans: list[tuple[int, int]]) -> str:
    """The words of the spans with those around them; what stands between stays when it is short."""
    kept: list[list[int]] = []
    for start, end in spans:
        low, high = max(0, start - AROUND), min(len(words), end + AROUND)
        if kept and low <= kept[-1][1] + 2:
            kept[-1][1] = max(high, kept[-1][1])
        else:
            kept.append([low, high])
    if kept and kept[0][0] <= 2:
        kept[0][0] = 0
    if kept and kept[-1][1] >= len(words) - 2:
        kept[-1][1] = len(words)
    text = "…".join("".join(words[low:high]).strip() for low, high in kept)
    before = "…" if kept and kept[0][0] else ""
    behind = "…" if kept and kept[-1][1] < len(words) else ""
    return before + text + behind
