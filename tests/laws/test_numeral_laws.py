"""A number that is written, in whatever form, is read back with its value and kind."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    numerals,
)
from sla_rules.lint.words_of_numbers import chinese_value, english_value
from sla_rules.quantities import SECOND

HOUR, MINUTE = 3600 * SECOND, 60 * SECOND
SIGNS = "零一二三四五六七八九"
PLACES = ("", "十", "百", "千")
ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
FULL_WIDTH = str.maketrans("0123456789%:.-", "０１２３４５６７８９％：．－")
AROUND = st.sampled_from(["", "每次扣", "不少于", "为：", "(", "of ", "at least ", "，", "。"])
small = st.integers(0, 9_999)
large = st.integers(0, 10**12)
decimals = st.decimals(0, 10**6, places=2, allow_nan=False)


def section(number: int) -> str:
    """A Chinese numeral below ten thousand, as a schoolbook writes it."""
    said, gap = "", False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if digit:
            said += ("零" if gap and said else "") + SIGNS[digit] + PLACES[power]
            gap = False
        else:
            gap = True
    return said


def chinese(number: int) -> str:
    if not number:
        return "零"
    high, low = divmod(number, 10**8)
    middle, low = divmod(low, 10**4)
    said = (chinese(high) + "亿") if high else ""
    if middle:
        said += ("零" if said and middle < 1000 else "") + section(middle) + "万"
    if low:
        said += ("零" if said and low < 1000 else "") + section(low)
    return (said.removeprefix("一十") and (said[1:] if said.startswith("一十") else said)) or "十"


def english(number: int) -> str:
    if number < 20:
        return ONES[number]
    if number < 100:
        ten, one = divmod(number, 10)
        return TENS[ten - 2] + (f"-{ONES[one]}" if one else "")
    hundred, rest = divmod(number, 100)
    return f"{ONES[hundred]} hundred" + (f" and {english(rest)}" if rest else "")


def read(text: str) -> set[tuple[str, object]]:
    return {(each.kind, each.value) for each in numerals(text)}


@given(AROUND, decimals)
def test_digits_are_read_narrow_and_wide(before: str, number: object) -> None:
    for text in (f"{before}{number}次", f"{before}{number}次".translate(FULL_WIDTH)):
        assert (PLAIN, Fraction(str(number))) in read(text)


@given(AROUND, st.integers(1000, 10**12), st.sampled_from(",，\u00a0 '’"))
def test_thousands_may_be_set_apart(before: str, number: int, separator: str) -> None:
    text = f"{number:,}".replace(",", separator)

    assert (MONEY, number) in read(f"{before}{text} 元")
    assert (MONEY, number) in read(f"RMB {text}")


@given(large)
def test_chinese_numerals_are_read_by_places(number: int) -> None:
    assert chinese_value(chinese(number)) == number
    assert (MONEY, number) in read(f"每次扣{chinese(number)}元")


@given(st.text("〇一二三四五六七八九", min_size=1, max_size=8))
def test_chinese_numerals_are_read_digit_by_digit(text: str) -> None:
    wanted = int("".join(str("〇一二三四五六七八九".index(each)) for each in text))

    assert (PLAIN, wanted) in read(f"{text}号")


@given(st.integers(0, 999))
def test_english_words_are_read(number: int) -> None:
    words = english(number).replace("-", " ").split()

    assert english_value(words) == number
    assert (POINTS, number) in read(f"a loss of {english(number)} points")
    assert (MONEY, number) in read(f"{english(number).capitalize()} yuan are due")


@given(
    decimals,
    st.sampled_from(["%", "％", " %", " percent", " per cent", "个百分点", " percentage points"]),
)
def test_shares_are_read(number: object, sign: str) -> None:
    assert (SHARE, Fraction(str(number)) / 100) in read(f"超过 {number}{sign}")


@given(st.integers(1, 999))
def test_chinese_shares_are_read(number: int) -> None:
    assert (SHARE, Fraction(number, 100)) in read(f"不低于百分之{chinese(number)}")
    assert (SHARE, Fraction(number, 1000)) in read(f"千分之{number}")
    assert (SHARE, Fraction(number, 1000)) in read(f"{number}‰")


@given(st.integers(1, 99), st.integers(2, 99))
def test_fractions_are_read(above: int, below: int) -> None:
    part = Fraction(above, below)

    assert (SHARE, part) in read(f"{chinese(below)}分之{chinese(above)}")
    assert (SHARE, part) in read(f"{above}/{below}")


@given(decimals)
def test_money_in_ten_thousands_is_read(number: object) -> None:
    exact = Fraction(str(number))

    assert (MONEY, exact * 10**4) in read(f"{number} 万元")
    assert (MONEY, exact * 10**8) in read(f"{number}亿元")
    assert (MONEY, exact) in read(f"￥{number}")


@given(st.integers(1, 999))
def test_spans_of_time_are_read(number: int) -> None:
    words = chinese(number)
    for text in (
        f"{number}小时",
        f"{number} 个小时",
        f"{words}小时",
        f"{number} hours",
        f"{number} h",
    ):
        assert (TIME, number * HOUR) in read(text)
    for text in (f"{number}分钟", f"{number}分", f"{number} min", f"{number}-minute limit"):
        assert (TIME, number * MINUTE) in read(text)
    for text in (f"{number}个工作日", f"{words}日内", f"{number} working days", f"{number}天"):
        assert (DAYS, number) in read(text)
    assert (TIME, number * HOUR + 30 * MINUTE) in read(f"{number}个半小时")


@given(st.integers(0, 23), st.integers(0, 59))
def test_times_of_day_are_read(hour: int, minute: int) -> None:
    wanted = (CLOCK, 60 * hour + minute)
    half = "下午" if hour >= 12 else "上午"
    twelve = hour - 12 if hour > 12 else hour
    for text in (
        f"{hour}:{minute:02d}",
        f"{hour:02d}：{minute:02d}至次日",
        f"{hour}时{minute}分",
        f"{half}{twelve}点{minute}分",
        f"{twelve}:{minute:02d} {'pm' if hour >= 12 else 'am'}",
    ):
        assert wanted in read(text), text


@given(st.dates(date(1000, 1, 1), date(9999, 12, 31)))
def test_dates_are_read(day: date) -> None:
    month = (MONTH, 12 * day.year + day.month - 1)
    for text in (
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}/{day.month}/{day.day}",
    ):
        assert {(DATE, day.toordinal()), month} <= read(text)
    name = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"][day.month - 1]  # fmt: skip
    assert (DATE, day.toordinal()) in read(f"on {day.day} {name} {day.year}")
    assert (DATE, day.toordinal()) in read(f"on {name} {day.day}, {day.year}")
    assert month in read(f"{day.year}年{day.month}月")


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    assert all(each.value >= 0 for each in numerals(text))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("减半支付", (SHARE, Fraction(1, 2))),
        ("按一半计", (SHARE, Fraction(1, 2))),
        ("half of the fee", (SHARE, Fraction(1, 2))),
        ("半小时", (TIME, 30 * MINUTE)),
        ("half an hour", (TIME, 30 * MINUTE)),
        ("半个工作日", (DAYS, Fraction(1, 2))),
        ("双倍扣罚", (PLAIN, 2)),
        ("两倍", (PLAIN, 2)),
        ("twice the amount", (PLAIN, 2)),
        ("triple", (PLAIN, 3)),
        ("1.5 倍", (PLAIN, Fraction(3, 2))),
        ("¼", (SHARE, Fraction(1, 4))),
        ("1½ hours", (TIME, 90 * MINUTE)),
        ("四分之三", (SHARE, Fraction(3, 4))),
        ("百分之九十九点五", (SHARE, Fraction(995, 1000))),
        ("三成", (SHARE, Fraction(3, 10))),
        ("八折", (SHARE, Fraction(4, 5))),
        ("三点五万元", (MONEY, 35_000)),
        ("伍仟元整", (MONEY, 5_000)),
        ("3千元", (MONEY, 3_000)),
        ("2 thousand yuan", (MONEY, 2_000)),
        ("每小时扣", (TIME, HOUR)),
        ("每逾期一天", (DAYS, 1)),
        ("每逾期天", (DAYS, 1)),
        ("per started hour", (TIME, HOUR)),
        ("每低一个百分点", (SHARE, Fraction(1, 100))),
        ("at noon", (CLOCK, 720)),
        ("下午1点半", (CLOCK, 13 * 60 + 30)),
        ("24:00", (CLOCK, 24 * 60)),
        ("8:00–12:00", (CLOCK, 12 * 60)),
        ("5 p.m.", (CLOCK, 17 * 60)),
        ("一刻钟", (TIME, 15 * MINUTE)),
        ("两周内", (DAYS, 14)),
        ("十二人", (PLAIN, 12)),
    ],
)  # fmt: skip
def test_a_form_of_contracts_is_read(text: str, wanted: tuple[str, object]) -> None:
    assert wanted in read(text)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("每低一个百分点扣罚 2,000 元", (POINTS, 100)),
        ("2,000 元", (MONEY, 2)),
        ("二十四小时", (TIME, 4 * HOUR)),
        ("15%", (TIME, 15 * MINUTE)),
        ("25:70", (CLOCK, 25 * 60 + 70)),
        ("the 13/0 split", (SHARE, Fraction(13))),
        ("2023年13月", (MONTH, 12 * 2023 + 12)),
        ("and hundred", (PLAIN, 100)),
    ],
)
def test_what_is_not_said_is_not_read(text: str, other: tuple[str, object]) -> None:
    assert other not in read(text)


@pytest.mark.parametrize("text", ["", "万一", "点", "一点", "一点百", "百百", "亿"])
def test_what_is_no_chinese_numeral_has_no_value(text: str) -> None:
    assert chinese_value(text) is None


@pytest.mark.parametrize(
    "text", ["", "and", "two and", "two three", "ten one", "hundred", "one thousand million and"]
)
def test_what_is_no_english_number_has_no_value(text: str) -> None:
    assert english_value(text.split()) is None
