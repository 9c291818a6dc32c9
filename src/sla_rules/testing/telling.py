"""The words of a text about a case that fails, in Chinese and English."""

from collections.abc import Mapping
from typing import Final

__all__ = ["ANOTHER", "COLUMNS", "SAME", "said", "word"]

ANOTHER: Final = "another outcome under another option"
"""What a case expects that says which reading it is about."""
SAME: Final = "the same under every option"
_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "result": ("结果", "result"),
    "name": ("名称", "name"),
    "expected": ("预期", "expected"),
    "got": ("实得", "got"),
    "clause": ("条款", "clause"),
    "none": ("无", "none"),
    "a record": ("有此记录", "a record"),
    "nothing yet": ("尚无", "nothing yet"),
    "nothing": ("无数值（null）", "no value (null)"),
    ANOTHER: ("换一种读法，结果不同", ANOTHER),
    SAME: ("无论哪种读法，结果都一样", SAME),
    "reading_of": ("所涉读法", "reading concerned"),
    "status": ("状态", "status"),
    "notes": ("提示", "notes"),
    "needs": ("尚需事实", "facts needed"),
    "error": ("拒绝", "refusal"),
    "ledger": ("台账", "ledger"),
    "defaults": ("所依默认读法：{readings}", "Readings by default: {readings}"),
    "rounded": (
        "预期值是实得值{mode}至 {step} 的结果：实得值没有这样取整",
        "The expected value is the other one, {mode} to {step}: it was not rounded so",
    ),
    "at": ("{told}（见 {place}）", "{told} (at {place})"),
    "unused": ("（这一结果没有用到）", " (this result does not rest on it)"),
    "same": ("预期值恰等于：{titles}", "The expected value is exactly: {titles}"),
    "reading": (
        "读法 {register}（{id}={option}）：{question}",
        "Reading {register} ({id}={option}): {question}",
    ),
}
_SAID: Final = ("none", "a record", "nothing yet", ANOTHER, SAME)
"""What a mismatch says in English whatever the language."""
COLUMNS: Final = ("result", "name", "expected", "got", "clause")
"""The columns of the table."""


def word(key: str, lang: str, **parts: str) -> str:
    """A word or phrase in ``zh`` or ``en``, with its parts filled in; nothing where there is none.

    >>> word("got", "zh"), word("same", "en", titles="cap")
    ('实得', 'The expected value is exactly: cap')
    """
    return _WORDS[key][lang == "en"].format(**parts) if key in _WORDS else ""


def said(text: str, lang: str) -> str:
    """What a mismatch says, in the language of the text."""
    return word(text, lang) if text in _SAID else text
