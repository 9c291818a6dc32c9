"""The words of explanations in Chinese and English; no sentence is written elsewhere."""

from collections.abc import Mapping
from typing import Final, Literal

__all__ = ["Lang", "say", "says", "title_of_currency", "title_of_function"]

Lang = Literal["zh", "en"]

_PHRASES: Final[Mapping[str, tuple[str, str]]] = {
    "equals": ("{title} = {value}", "{title} = {value}"),
    "clause": ("条款 {id}：{text}", "Clause {id}: {text}"),
    "clause_again": ("条款 {id}（见上）", "Clause {id} (see above)"),
    "reading": (
        "读法 {register}（{id}={option}）{question}——{reason}",
        "Reading {register} ({id}={option}) {question} – {reason}",
    ),
    "reading_again": (
        "读法 {register}（{id}={option}，见上）",
        "Reading {register} ({id}={option}, see above)",
    ),
    "arithmetic": ("计算：{text}", "Arithmetic: {text}"),
    "fact": ("（所报事实）", " (stated fact)"),
    "missing": ("（尚无此项事实）", " (this fact is not there)"),
    "parameter": ("（合同约定）", " (contract constant)"),
    "seen": ("（见上）", " (see above)"),
    "unknown": ("未定", "not known yet"),
    "range": ("{low} 至 {high}（未定）", "{low} to {high} (not known yet)"),
    "at_least": ("至少 {low}（未定）", "at least {low} (not known yet)"),
    "at_most": ("至多 {high}（未定）", "at most {high} (not known yet)"),
    "one_of": ("{options} 之一（未定）", "one of {options} (not known yet)"),
    "settled": (
        "{value}（无论未定事项结果如何）",
        "{value} (whatever the open facts turn out to be)",
    ),
    "needs": ("尚需：{needs}", "Still needed: {needs}"),
    "needs_many": (
        "尚需：{needs} 等 {count} 项",
        "Still needed: {needs} and others, {count} in all",
    ),
    "not_applicable": ("不适用", "does not apply"),
    "does_not_apply": (
        "{condition} 不成立，故不适用",
        "{condition} does not hold, so it does not apply",
    ),
    "holds": ("{condition} 成立，故取 {branch}", "{condition} holds, so it is {branch}"),
    "fails": ("{condition} 不成立，故取 {branch}", "{condition} does not hold, so it is {branch}"),
    "open_condition": ("{condition} 尚未定", "{condition} is not known yet"),
    "band": ("{input} {x}，{band}，得 {value}", "{input} {x} is {band}, which gives {value}"),
    "bands_open": ("{input} 为 {x}，可能{bands}", "{input} is {x}, which may be {bands}"),
    "at_least_low": ("不低于 {end}", "at least {end}"),
    "above_low": ("高于 {end}", "above {end}"),
    "at_most_high": ("不高于 {end}", "at most {end}"),
    "below_high": ("低于 {end}", "below {end}"),
    "any_number": ("为任意数值", "any number"),
    "between": ("{low}且{high}", "{low} and {high}"),
    "row": (
        "第 {number} 行（{conditions}）成立，取 {value}",
        "Row {number} ({conditions}) holds and gives {value}",
    ),
    "no_row": ("尚不能确定哪一行成立", "It is not certain yet which row holds"),
    "any_value": ("任意", "any"),
    "missing_value": ("未注明", "not stated"),
    "given_value": ("已注明", "stated"),
    "units": (
        "{of} ÷ {per} = {raw}，{count}，计 {value}",
        "{of} ÷ {per} = {raw}; {count}: {value}",
    ),
    "full": ("只计足额单位", "only full units count"),
    "started": ("不足一个单位按一个计", "every started unit counts"),
    "pro_rata": ("按比例计", "counted pro rata"),
    "deadline": (
        "自 {start} 起，按“{calendar}”计时 {within}{paused}，截止于 {due}",
        "{within} from {start} on the clock “{calendar}”{paused} ends at {due}",
    ),
    "day_deadline": (
        "自 {start} 起 {within}，按“{calendar}”{rule}{paused}，截止于 {due}",
        "{within} from {start} on the calendar “{calendar}”, {rule}{paused}, ends at {due}",
    ),
    "end_of_nth_working_day": (
        "受理当日不计，至该工作日下班时止",
        "the day of the report not counted, to close of business",
    ),
    "same_clock": ("至该工作日同一时刻止", "to the same time of that working day"),
    "consume": ("按工作时间累计", "consuming working time"),
    "roll_forward": (
        "至该工作日同一时刻，遇非工作时间顺延",
        "to the same time of that working day, rolled forward into hours",
    ),
    "end_of_day_inclusive": (
        "含受理当日，至工作日下班时止",
        "the day of the report counted, to close of business",
    ),
    "cutoff": ("，{time} 前（含）受理的当日计入", ", a report by {time} counting its own day"),
    "next_opening": ("，自下一上班时刻起算", ", counted from the next opening"),
    "paused": ("（扣除暂停 {count} 次）", " ({count} suspensions left out)"),
    "not_paused": (
        "（所报“{title}” {count} 项均未扣除）",
        " (none of {count} stated {title} left out)",
    ),
    "elapsed": (
        "{start} 至 {end}，按“{calendar}”共 {value}",
        "{start} to {end} on the clock “{calendar}” is {value}",
    ),
    "late": (
        "{done} 晚于截止时间 {deadline}，按“{calendar}”超出 {over}；{over} ÷ {per} = {value}",
        "{done} is after {deadline} by {over} on the clock “{calendar}”; {over} ÷ {per} = {value}",
    ),
    "early": (
        "{done} 不晚于截止时间 {deadline}，按“{calendar}”提前 {over}，以 {per} 为基数记作 {value}",
        "{done} is not after {deadline}: {over} early on “{calendar}”, which over {per} is {value}",
    ),
    "overrun_open": ("截止时间 {deadline}，完成时间未定", "due {deadline}; not done yet"),
    "scorecard": ("{sections} = {value}", "{sections} = {value}"),
    "section": ("{title} {score}（满分 {max}）", "{title} {score} (of {max})"),
    "rescaled": ("，折算为满分 {total}：{value}", ", brought to {total}: {value}"),
    "capped": ("不超过 {cap}：{value}", "not above {cap}: {value}"),
    "floored": ("不低于 {floor}：{value}", "not below {floor}: {value}"),
    "rounded": (
        "{mode}至 {quantum}：{before} → {value}",
        "{mode} to {quantum}: {before} → {value}",
    ),
    "half_up": ("四舍五入", "Rounded half up"),
    "half_even": ("四舍六入五成双", "Rounded half to even"),
    "up": ("进位", "Rounded up"),
    "down": ("舍位", "Rounded down"),
    "given": (
        "给定数值 {value}（{who}），不另计算",
        "Given as {value} ({who}) instead of computed",
    ),
    "given_by": ("批准人：{name}", "approved by {name}"),
    "given_by_nobody": ("未注明批准人", "no approver stated"),
    "given_reason": ("理由：{reason}", "reason: {reason}"),
    "given_on": ("日期：{date}", "on {date}"),
    "computed": ("按规则计算为 {value}", "The rules would give {value}"),
    "aggregate": ("{function}：{items} = {value}", "{function}: {items} = {value}"),
    "aggregate_many": (
        "{function}（共 {count} 项）= {value}",
        "{function} ({count} records) = {value}",
    ),
    "posting": (
        "抵扣 {entry} 的 {amount}（条款 {clauses}）",
        "{amount} of {entry} set off (clause {clauses})",
    ),
    "ledger": ("按扣款台账依付款日期抵扣", "By the ledger, in the order of the payments"),
    "note_given": ("该数值系给定，未经计算", "the figure was given instead of computed"),
    "note_given_without_approver": ("给定数值未注明批准人", "the given figure names no approver"),
    "note_calendar_provisional": (
        "节假日安排尚待下一年度通知确认",
        "the holidays of these days still await the next year’s notice",
    ),
    "note": ("提示：{text}", "Note: {text}"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "hour": (" 小时", " h"),
    "minute": (" 分钟", " min"),
    "second": (" 秒", " s"),
    "workdays": ("{count} 个工作日", "{count} working day(s)"),
    "points": ("{number} 分", "{number} points"),
    "unit_points": ("分", "point"),
    "unit_time": ("小时", "h"),
    "money": ("{number} {currency}", "{currency} {number}"),
    "and": ("且", "and"),
    "or": ("或", "or"),
    "not": ("非", "not "),
    "otherwise": ("，无则 ", ", otherwise "),
    "in": (" 属于 ", " in "),
    "if": ("若 {condition} 则 {then}，否则 {otherwise}", "{then} if {condition}, else {otherwise}"),
    "of_previous": ("上一期的{inner}", "{inner} of the one before"),
    "of_earlier": ("此前各期的{inner}", "{inner} of the earlier ones"),
    "of_this": ("本{record}的{inner}", "{inner} of this {record}"),
    "weighted": ("{inner}，按{weight}加权", "{inner} weighted by {weight}"),
    "highest_per": ("{inner}，同一{per}只计最高者", "{inner}, the highest for each {per}"),
    "lowest_per": ("{inner}，同一{per}只计最低者", "{inner}, the lowest for each {per}"),
    "since": (
        "以{moment}为准，适用 {date} 起的约定",
        "by {moment}, what holds from {date} on applies",
    ),
    "held_since": ("（{date} 起，以{moment}为准）", " (from {date} on, by {moment})"),
    "rates_marginal": (
        "{input} {x}，分段计：{items} = {value}",
        "{input} {x}, each part at its rate: {items} = {value}",
    ),
    "rates_whole": (
        "{input} {x}，全额按所在档计：{items} = {value}",
        "{input} {x}, the whole at one rate: {items} = {value}",
    ),
    "rates_open": ("{input} 为 {x}，计 {value}", "{input} is {x}, which makes {value}"),
    "of_record": ("{record} 的{inner}", "{inner} of {record}"),
    "where": ("（限{condition}）", " where {condition}"),
    "separator": ("；", "; "),
    "comma": ("、", ", "),
}

_FUNCTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "sum": ("合计", "sum"),
    "mean": ("平均", "mean"),
    "min": ("最小值", "smallest"),
    "max": ("最大值", "largest"),
    "count": ("个数", "number"),
    "any": ("存在", "any"),
    "all": ("全部", "all"),
    "longest_run": ("最长连续次数", "longest run"),
    "abs": ("绝对值", "absolute value"),
    "given": ("已注明", "stated"),
    "listed": ("属列明事由", "listed"),
    "month_of": ("所在月份", "month"),
    "last_day": ("最后一日", "last day"),
    "date_of": ("日期", "date"),
    "end_of_month": ("月末", "end of month"),
    "days_in": ("天数", "days"),
    "months_between": ("起止月数", "months between"),
    "share": ("占比", "share"),
    "percentile": ("百分位数", "percentile"),
    "add_days": ("顺延天数后的日期", "date days later"),
    "add_months": ("顺延月数后", "months later"),
    "days_between": ("相隔天数", "days between"),
    "first_day": ("首日", "first day"),
    "month_number": ("月份", "month of the year"),
    "year_of": ("年份", "year"),
    "is_open": ("处于工作时间", "in working time"),
    "add_workdays": ("顺延工作日后的日期", "date working days later"),
    "workdays_between": ("相隔工作日数", "working days between"),
    "lowered": ("降档后的等级", "grade lowered"),
}


_CURRENCIES: Final[Mapping[str, str]] = {
    "AUD": "澳元",
    "CAD": "加元",
    "CHF": "瑞士法郎",
    "CNY": "元",
    "EUR": "欧元",
    "GBP": "英镑",
    "HKD": "港元",
    "JPY": "日元",
    "SGD": "新加坡元",
    "USD": "美元",
}


def title_of_currency(code: str, lang: str) -> str:
    """What stands beside an amount: the Chinese name of the currency, or its code."""
    return code if lang == "en" else _CURRENCIES.get(code, code)


def say(phrase: str, lang: str, **parts: object) -> str:
    """A phrase in the language, with its parts filled in."""
    zh, en = _PHRASES[phrase]
    return (en if lang == "en" else zh).format(**parts)


def says(phrase: str, lang: str) -> str:
    """A phrase without parts, or nothing if there is none of that name."""
    return say(phrase, lang) if phrase in _PHRASES else ""


def title_of_function(name: str, lang: str) -> str:
    """How a function of the language is called in sentences."""
    zh, en = _FUNCTIONS[name]
    return en if lang == "en" else zh
