"""The numbers that a sentence states: digits, Chinese numerals, English words, shares, times.

Everything is recognised that may be a number, also where a word merely looks like one (一致): who
asks whether a text holds a number must not be told no by mistake.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Final

import attrs

from sla_rules.lint.words_of_numbers import chinese_value, english_value
from sla_rules.quantities import SECOND, Number

__all__ = ["CLOCK", "DATE", "DAYS", "MONEY", "MONTH", "PLAIN", "POINTS", "SHARE", "TIME",
           "Numeral", "numerals"]  # fmt: skip

PLAIN: Final = ""
SHARE: Final = "share"
TIME: Final = "time"
DAYS: Final = "days"
MONEY: Final = "money"
POINTS: Final = "points"
CLOCK: Final = "clock"
DATE: Final = "date"
MONTH: Final = "month"


@attrs.frozen
class Numeral:
    """A number in a text: its value, what kind of quantity it is, and the number as written.

    A share counts 1 for 100 %, a time microseconds, a clock minutes after midnight, a date its
    ordinal, a month the months since the year 0, as the language does.
    """

    value: Number
    kind: str
    written: Number


HOUR: Final = 3600 * SECOND
MINUTE: Final = 60 * SECOND
_PART: Final = Fraction(1, 100)
_KINDS: Final[tuple[tuple[str, tuple[tuple[str, Number], ...]], ...]] = (
    (r"%|percent\b|per ?cent\b|个?百分点|percentage[ -]?points?\b|pp\b", ((SHARE, _PART),)),
    (r"‰|per ?mille?\b|个?千分点", ((SHARE, _PART / 10),)),
    (r"成", ((SHARE, _PART * 10),)),
    (r"折", ((SHARE, _PART * 10), (SHARE, _PART))),
    (r"分钟|分鐘|minutes?\b|mins?\b|min\.", ((TIME, MINUTE),)),
    (r"分", ((POINTS, 1), (TIME, MINUTE), (MONEY, _PART))),
    (r"points?\b|marks?\b|pts?\b", ((POINTS, 1),)),
    (r"小时|小時|钟头|h\b|hrs?\b|hours?\b", ((TIME, HOUR),)),
    (r"秒|seconds?\b|secs?\b|s\b", ((TIME, SECOND),)),
    (r"工作日|自然日|日历日|天|日", ((DAYS, 1),)),
    (r"(?:(?:working|business|calendar)[ -]?|work)?days?\b", ((DAYS, 1),)),
    (r"周|星期|weeks?\b", ((DAYS, 7), (DAYS, 5))),
    (r"时|時", ((TIME, HOUR), (CLOCK, 60))),
    (r"元|圆|块|人民币|€|\$|¥", ((MONEY, 1),)),
    (r"yuan\b|rmb\b|cny\b|usd\b|eur\b|dollars?\b|euros?\b", ((MONEY, 1),)),
    (r"角", ((MONEY, _PART * 10),)),
)
_ANY_CASE: Final = re.IGNORECASE
_UNITS: Final = tuple(
    (re.compile(rf"[ \t]*-?(?:个|個)?(半)?(?:{words})", _ANY_CASE), kinds)
    for words, kinds in _KINDS
)
_CURRENCY: Final = re.compile(r"(?:¥|\$|€|RMB|CNY|USD|EUR|人民币)[ \t]*\Z", _ANY_CASE)
_SCALES: Final[Mapping[str, int]] = {
    "十": 10,
    "百": 100,
    "千": 1000,
    "万": 10**4,
    "萬": 10**4,
    "亿": 10**8,
    "億": 10**8,
    "hundred": 100,
    "thousand": 1000,
    "k": 1000,
    "million": 10**6,
}
_SCALE: Final = re.compile(r"[ \t]*([十百千万萬亿億]|(?:hundred|thousand|million|k)\b)", _ANY_CASE)
_BETWEEN: Final = "[,，' \u00a0\u202f]"
_DIGITS: Final = r"\d+(?:\.\d+)?"
_GROUPED: Final = rf"\d{{1,3}}(?:{_BETWEEN}\d{{3}})+(?!\d)(?:\.\d+)?"
_ONES: Final = "〇零○一二两三四五六七八九"
_CHINESE: Final = _ONES + "十百千万亿壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億"
_PLACES: Final = frozenset("十百千万亿拾佰仟萬億点")
_SAID: Final = rf"(?![百千万]分[点之])[{_CHINESE}]+(?:点[{_ONES}]+)?"
_NUMBER: Final = re.compile(rf"(?<![\d.])(?:{_GROUPED}|{_DIGITS})|{_SAID}")
_ENGLISH: Final = re.compile(r"[a-z]+(?:[ -][a-z]+)*", _ANY_CASE)
_EITHER: Final = rf"({_DIGITS}|[{_CHINESE}]+)"
_CJK_FRACTION: Final = re.compile(rf"{_EITHER}分之{_EITHER}(?:点([{_ONES}]+))?")
_SLASH: Final = re.compile(r"(?<![\d./])(\d{1,6})[ ]?[/⁄][ ]?(\d{1,6})(?![\d/])")
_VULGAR: Final[Mapping[str, Fraction]] = {
    sign: Fraction(above, below)
    for below, signs in {
        2: {1: "½"},
        3: {1: "⅓", 2: "⅔"},
        4: {1: "¼", 3: "¾"},
        5: {1: "⅕", 2: "⅖", 3: "⅗", 4: "⅘"},
        6: {1: "⅙", 5: "⅚"},
        8: {1: "⅛", 3: "⅜", 5: "⅝", 7: "⅞"},
        10: {1: "⅒"},
    }.items()
    for above, sign in signs.items()
}
_MIXED: Final = re.compile(rf"(\d+)?[ ]?([{''.join(_VULGAR)}])")
_LATE: Final = "低|少|超|逾期|延迟|延误|超过|超出|提高|增加|减少|降低"
_MORE: Final = "started |full |further |additional "
_EACH: Final = re.compile(rf"(?:每|per |each |every |a |an )(?:{_LATE}|{_MORE})*", _ANY_CASE)
_HALF: Final = re.compile(r"半|\bhalf\b", _ANY_CASE)
_HALF_UNIT: Final = re.compile(r"半|\bhalf(?: an?| of an?)?[ -]", _ANY_CASE)
_DOUBLE: Final = re.compile(
    r"双倍|加倍|翻倍|翻番|翻一番|\btwice\b|\bdoubl(?:e[sd]?|ing)\b", _ANY_CASE
)
_TRIPLE: Final = re.compile(r"\bthrice\b|\btripl(?:e[sd]?|ing)\b|\bthreefold\b", _ANY_CASE)
_QUARTER: Final = re.compile(r"\bquarters?\b|一刻钟", _ANY_CASE)
_TIMES: Final = re.compile(r"(?<![\d:.])(\d{1,2}):(\d{2})(?!\d)(?:[ ]?([ap])\.?m\b)?", _ANY_CASE)
_AM_PM: Final = re.compile(r"(?<![\d:.])(\d{1,2})[ ]?([ap])\.?m\b", _ANY_CASE)
_SHORT: Final = rf"(\d{{1,2}}|[{_CHINESE}]{{1,3}})"
_DAY_PART: Final = "(上午|早上|凌晨|下午|晚上|傍晚|中午)"
_CJK_TIME: Final = re.compile(
    rf"{_DAY_PART}?[ ]?{_SHORT}[ ]?[点时點時](?!间|限)(?:(半)|[ ]?{_SHORT}[ ]?分?)?"
)
_NOON: Final = re.compile(r"中午|正午|\bnoon\b|\bmidday\b", _ANY_CASE)
_ISO: Final = re.compile(r"(?<!\d)(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2}))?(?!\d)")
_NAMES_OF_MONTHS: Final = (
    "january february march april may june july august september october november december"
)
_MONTHS: Final = tuple(_NAMES_OF_MONTHS.split())
_MONTH_NAME: Final = f"({'|'.join(_MONTHS)})"
_NTH: Final = r"(\d{1,2})(?:st|nd|rd|th)?"
_NAMED_DATE: Final = re.compile(
    rf"(?:{_NTH}[ ](?:of )?)?{_MONTH_NAME}(?:[ ]{_NTH})?,?[ ](\d{{4}})", _ANY_CASE
)
_IN_UNITS_OF: Final = re.compile(r"单位[^\n]{0,4}([千万亿])元")
_TRANSLATION: Final = str.maketrans(
    "０１２３４５６７８９％﹪：．／－￥＄　’‘", "0123456789%%:./-¥$ ''"
)


def numerals(text: str) -> frozenset[Numeral]:
    """Every number that *text* may state, each with all the kinds of quantity it may be.

    >>> sorted(each.value for each in numerals("每逾期 1 日扣 2,000 元") if each.kind == "money")
    [2000]
    """
    plain = text.translate(_TRANSLATION)
    found = {each for find in _FINDERS for each in find(plain)}
    if (header := _IN_UNITS_OF.search(plain)) is not None:
        size = _SCALES[header[1]]
        bare = [each for each in found if each.kind == PLAIN]
        found |= {Numeral(_whole(each.value * size), MONEY, each.written) for each in bare}
    return frozenset(found)


def _counted(value: Number, text: str, start: int, end: int) -> Iterator[Numeral]:
    """A number and the unit behind it, or the currency before it."""
    written = value
    scaled = _SCALE.match(text, end)
    if scaled is not None:
        yield Numeral(_whole(value), PLAIN, written)
        value, end = value * _SCALES[scaled[1].lower()], scaled.end()
    for unit, kinds in _UNITS:
        if (found := unit.match(text, end)) is not None:
            amount = value + Fraction(1, 2) if found[1] else value
            for kind, size in kinds:
                yield Numeral(_whole(amount * size), kind, _whole(amount))
            break
    else:
        kind = MONEY if _CURRENCY.search(text[max(0, start - 8) : start]) else PLAIN
        yield Numeral(_whole(value), kind, _whole(value))


def _whole(value: Number) -> Number:
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def _numbers(text: str) -> Iterator[Numeral]:
    for match in _NUMBER.finditer(text):
        word = match[0]
        if word[0].isdigit():
            pieces = re.split(_BETWEEN, word)
            yield from _counted(_whole(Fraction("".join(pieces))), text, *match.span())
            if "，" in word or " " in word:  # it may be a list of numbers
                for each in pieces:
                    yield from _counted(_whole(Fraction(each)), text, match.start(), match.end())
            continue
        value = chinese_value(word)
        if value is not None:
            yield from _counted(value, text, *match.span())
        if len(word) > 1 and not set(word) & _PLACES:  # 一二级: level one or two
            for place, each in enumerate(word, match.start()):
                yield from _counted(chinese_value(each) or 0, text, place, place + 1)


def _english(text: str) -> Iterator[Numeral]:
    for match in _ENGLISH.finditer(text):
        words = re.split(r"[ -]", match[0].lower())
        place = match.start()
        for first, word in enumerate(words):
            end = place
            for last in range(first, min(len(words), first + 5)):
                end += len(words[last]) + (last > first)
                value = english_value(words[first : last + 1])
                if value is not None:
                    yield from _counted(value, text, place, end)
            place += len(word) + 1


def _shares(text: str) -> Iterator[Numeral]:
    for match in _CJK_FRACTION.finditer(text):
        below, above = (_either(each) for each in match.groups()[:2])
        if below and above is not None:
            if match[3]:
                above += Fraction(_digits(match[3]), 10 ** len(match[3]))
            share = _whole(Fraction(above) / below)
            yield Numeral(share, SHARE, share)
    for match in _SLASH.finditer(text):
        if int(match[2]):
            part = _whole(Fraction(int(match[1]), int(match[2])))
            yield from _counted(part, text, *match.span())
            yield Numeral(part, SHARE, part)
    for match in _MIXED.finditer(text):
        part = int(match[1] or 0) + _VULGAR[match[2]]
        yield from _counted(part, text, *match.span())
        yield Numeral(part, SHARE, part)


def _either(word: str) -> Number | None:
    return _whole(Fraction(word)) if word[0].isdigit() else chinese_value(word)


def _digits(word: str) -> int:
    return int("".join(str(chinese_value(each)) for each in word))


def _multiples(text: str) -> Iterator[Numeral]:
    half = Fraction(1, 2)
    for pattern, value in ((_DOUBLE, 2), (_TRIPLE, 3), (_HALF, half), (_QUARTER, Fraction(1, 4))):
        if pattern.search(text):
            yield Numeral(value, PLAIN, value)
            yield Numeral(value, SHARE, value)
    for match in _HALF_UNIT.finditer(text):
        yield from _counted(half, text, *match.span())
    if _QUARTER.search(text):
        yield Numeral(15 * MINUTE, TIME, 15)
    for match in _EACH.finditer(text):
        yield from _counted(1, text, match.end(), match.end())


def _clocks(text: str) -> Iterator[Numeral]:
    for match in _TIMES.finditer(text):
        yield from _clock(int(match[1]), int(match[2]), (match[3] or "").lower() == "p")
    for match in _AM_PM.finditer(text):
        yield from _clock(int(match[1]), 0, match[2].lower() == "p")
    for match in _CJK_TIME.finditer(text):
        hour = _either(match[2])
        minute = 30 if match[3] else _either(match[4]) if match[4] else 0
        if isinstance(hour, int) and isinstance(minute, int):
            yield from _clock(hour, minute, match[1] in ("下午", "晚上", "傍晚"))
    if _NOON.search(text):
        yield from _clock(12, 0, False)


def _clock(hour: int, minute: int, afternoon: bool) -> Iterator[Numeral]:
    hour += 12 if afternoon and hour < 12 else 0
    if hour <= 24 and minute < 60:
        yield Numeral(60 * hour + minute, CLOCK, hour)


def _dates(text: str) -> Iterator[Numeral]:
    for match in _ISO.finditer(text):
        yield from _date(int(match[1]), int(match[2]), int(match[3] or 0))
    for match in _NAMED_DATE.finditer(text):
        month = _MONTHS.index(match[2].lower()) + 1
        yield from _date(int(match[4]), month, int(match[1] or match[3] or 0))


def _date(year: int, month: int, day: int) -> Iterator[Numeral]:
    if 1 <= month <= 12:
        yield Numeral(12 * year + month - 1, MONTH, month)
    try:
        yield Numeral(date(year, month, day).toordinal(), DATE, day)
    except ValueError:
        return


_FINDERS: Final = (_numbers, _english, _shares, _multiples, _clocks, _dates)
