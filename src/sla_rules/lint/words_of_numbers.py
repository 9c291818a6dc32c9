"""Numbers in words: 一千二百三十, 二〇二三 and 三点五, twenty-one and two hundred and five."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from sla_rules.quantities import Number

__all__ = ["chinese_value", "english_value"]

_DIGITS: Final[Mapping[str, int]] = {
    **{each: number for number, each in enumerate("零一二三四五六七八九")},
    **{each: number for number, each in enumerate("壹贰叁肆伍陆柒捌玖", 1)},
    "〇": 0,
    "○": 0,
    "两": 2,
    "貳": 2,
    "參": 3,
    "陸": 6,
}
_TENS: Final[Mapping[str, int]] = {
    "十": 10,
    "百": 100,
    "千": 1000,
    "拾": 10,
    "佰": 100,
    "仟": 1000,
}
_GROUPS: Final[tuple[tuple[str, int], ...]] = (("亿億", 10**8), ("万萬", 10**4))


def chinese_value(text: str) -> Number | None:
    """The value of a Chinese numeral, by places or digit by digit; None when it is none.

    >>> chinese_value("一千零五十"), chinese_value("二〇二三"), chinese_value("三万五千")
    (1050, 2023, 35000)
    >>> chinese_value("三点五"), chinese_value("万一")
    (Fraction(7, 2), None)
    """
    whole, point, decimals = text.partition("点")
    value = _whole(whole)
    if not point or value is None:
        return value
    digits = [_DIGITS[each] for each in decimals if each in _DIGITS]
    if len(digits) != len(decimals) or not digits:
        return None
    return value + Fraction(int("".join(map(str, digits))), 10 ** len(digits))


def _whole(text: str) -> int | None:
    if text and all(each in _DIGITS for each in text):
        return int("".join(str(_DIGITS[each]) for each in text))
    for signs, size in _GROUPS:
        at = max(text.rfind(each) for each in signs)
        if at >= 0:
            above, below = _whole(text[:at]), _whole(text[at + 1 :]) if text[at + 1 :] else 0
            return None if above is None or below is None else above * size + below
    return _below_ten_thousand(text)


def _below_ten_thousand(text: str) -> int | None:
    total, digit, smallest = 0, None, 10**4
    for each in text:
        if each in _DIGITS:
            digit = _DIGITS[each]
            continue
        size = _TENS.get(each, smallest)
        if size >= smallest or (digit is None and total):
            return None
        total, digit, smallest = total + (1 if digit is None else digit) * size, None, size
    return total + (digit or 0) if total or digit is not None else None


_BELOW_TWENTY: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_TIMES_TEN: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS: Final = "first second third fourth fifth sixth seventh eighth ninth tenth"
_SMALL: Final[Mapping[str, int]] = {
    **{word: number for number, word in enumerate(_BELOW_TWENTY.split())},
    **{word: 10 * number for number, word in enumerate(_TIMES_TEN.split(), 2)},
    **{word: number for number, word in enumerate(_ORDINALS.split(), 1)},
    "once": 1,
}
_SCALES: Final[Mapping[str, int]] = {"hundred": 100, "thousand": 1000, "million": 10**6}


def english_value(words: Sequence[str]) -> int | None:
    """The value of a number in English words; None when they are none.

    >>> english_value(["ninety", "nine"]), english_value("two hundred and five".split())
    (99, 205)
    """
    if not words or words[0] not in _SMALL or words[-1] == "and":
        return None
    total = group = 0
    before = ""
    for word in words:
        if word in _SCALES:
            if not group:
                return None
            if word == "hundred":
                group *= 100
            else:
                total, group = total + group * _SCALES[word], 0
        elif word in _SMALL:
            value = _SMALL[word]
            tens = before in _SMALL and _SMALL[before] >= 20 and 0 < value < 10
            if before in _SMALL and not tens:
                return None
            group += value
        elif word != "and" or before not in _SCALES:
            return None
        before = word
    return total + group
