"""The words of coverage in Chinese and English; no sentence of its reports is written elsewhere."""

from collections.abc import Mapping
from typing import Final

from sla_rules.language.program import Titles

__all__ = ["said", "say"]

_LEAD_ZH: Final = (
    "下面依次是合同原文。某条“已覆盖”，是指有案例注明该条、案例相符，且引用该条的规则在案例中实际运行；"
    "“部分覆盖”，是指引用该条的规则、表格行、分档或条件中，还有案例未触及的。"
)
_LEAD_EN: Final = (
    "The contract’s own words, in their order. A sentence is covered when a case that names it "
    "holds and a rule that cites it ran in that case; it is partly covered when some rule, "
    "row, band or condition that cites it was reached by no case."
)
_PHRASES: Final[Mapping[str, tuple[str, str]]] = {
    # targets
    "of": ("{whole}：{what}", "{whole}: {what}"),
    "under": ("{whole}：{what}（读法 {under}）", "{whole}: {what} (under {under})"),
    "option": ("读法 {reading} 取 {option}", "reading {reading} taken as {option}"),
    "requirement": ("事实须满足“{message}”", "requirement “{message}”"),
    "ledger": ("扣款台账", "ledger"),
    "source": ("扣款来源 {path}", "source {path}"),
    "section": ("分项 {of}", "section {of}"),
    "row": ("“{when}”一行", "row {when}"),
    "cap_hit": ("达到上限而被截去", "the cap cuts"),
    "cap_free": ("未达上限", "the cap does not cut"),
    "floor_hit": ("低于下限而被抬高", "the floor lifts"),
    "floor_free": ("未及下限", "the floor does not lift"),
    "total_cap_hit": ("达到总额上限", "the total cap is reached"),
    "total_cap_free": ("未达总额上限", "the total cap is not reached"),
    "rounded": ("数值因取整而改变", "the rounding changes the figure"),
    "suspended": ("有应扣除的暂停", "a suspension counts"),
    "not_suspended": ("没有应扣除的暂停", "no suspension counts"),
    "true": ("{condition} —— 成立", "{condition} — true"),
    "false": ("{condition} —— 不成立", "{condition} — false"),
    # kinds
    "kind_clause": ("条款", "clauses"),
    "kind_rule": ("规则", "rules"),
    "kind_row": ("表格行", "rows"),
    "kind_band": ("分档", "bands"),
    "kind_condition": ("条件（成立与不成立）", "conditions, both ways"),
    "kind_limit": ("上下限", "caps and floors"),
    "kind_rounding": ("取整", "roundings"),
    "kind_suspension": ("暂停计时", "suspensions"),
    "kind_reading": ("读法的各个选项", "answers of readings"),
    # reports
    "coverage_of": ("{id} {version} 的案例覆盖", "{id} {version}: what its cases cover"),
    "measured": ("{cases} 个案例相符，计入覆盖", "{cases} cases hold and count"),
    "measured_one": ("1 个案例相符，计入覆盖", "1 case holds and counts"),
    "failed": ("{cases} 个案例不符，不计入", "{cases} do not hold and do not count"),
    "failed_one": ("1 个案例不符，不计入", "1 does not hold and does not count"),
    "joined": ("{first}；{second}", "{first}; {second}"),
    "all": ("全部覆盖", "everything is covered"),
    "missing": ("未覆盖：{kind}，{count} 项", "not covered: {kind} ({count})"),
    "idle": (
        "注明了条款、却未触及该条款的案例，{count} 个",
        "cases that name a clause and touch nothing of it ({count})",
    ),
    "idle_line": ("“{name}”注明 {clauses}", "“{name}” names {clauses}"),
    "uncited": ("没有规则引用它", "no rule cites it"),
    "unnamed": (
        "引用它的规则运行过，但没有一个注明它的案例以它所决定的结果为预期",
        "what cites it ran, but no case that names it expects a result that rests on it",
    ),
    "never_ran": ("引用它的规则从未运行", "nothing that cites it ever ran"),
    "no_rule_one": (
        "1 条只是文字，不编为规则，不计入：{clauses}",
        "1 clause is text only, no rule by intention, and counts nowhere: {clauses}",
    ),
    "no_rule": (
        "{count} 条只是文字，不编为规则，不计入：{clauses}",
        "{count} clauses are text only, no rule by intention, and count nowhere: {clauses}",
    ),
    "kind": ("种类", "kind"),
    "covered": ("已覆盖", "covered"),
    "total": ("总数", "of"),
    "share": ("比例", "share"),
    "percent": ("{share}%", "{share} %"),
    "list": ("、", ", "),
    "below": (
        "{id} {version}：{kind}覆盖 {share}，低于要求的 {least}",
        "{id} {version}: {kind} covered {share}, less than the {least} that is asked for",
    ),
    "no_case_ran": ("没有运行任何案例，无从计算覆盖", "no case was run: nothing is covered"),
    # page
    "page_title": ("案例覆盖：{title}", "Coverage: {title}"),
    "state_covered": ("已覆盖", "covered"),
    "state_partly": ("部分覆盖", "partly covered"),
    "state_not": ("未覆盖", "not covered"),
    "state_text": ("只是文字，不编为规则", "text only, no rule"),
    "lead": (_LEAD_ZH, _LEAD_EN),
    "cases_here": (
        "注明本条且实际触及的案例，{count} 个",
        "cases that name it and run something of it ({count})",
    ),
    "parts_here": (
        "引用本条的规则、表格行、分档和条件：{total} 项中已覆盖 {covered} 项",
        "what cites it: {covered} of {total} covered",
    ),
    "why_not": ("不编为规则的理由", "why it is no rule"),
    "parts_elsewhere": (
        "{total} 项中已覆盖 {covered} 项",
        "{covered} of {total} covered",
    ),
    "elsewhere": ("未引用条款的部分", "what cites no clause"),
    "cases": ("{count} 个案例", "{count} cases"),
    "cases_one": ("1 个案例", "1 case"),
    "nobody": ("没有案例", "no case"),
}


def say(phrase: str, lang: str, **parts: object) -> str:
    """A phrase in one language."""
    return _PHRASES[phrase][lang == "en"].format(**parts)


def said(phrase: str, **parts: Titles | str) -> Titles:
    """A phrase in both languages; each part is a text, or one in both languages."""

    def of(lang: str) -> dict[str, str]:
        return {
            name: each.of(lang) if isinstance(each, Titles) else each
            for name, each in parts.items()
        }

    return Titles(say(phrase, "zh", **of("zh")), say(phrase, "en", **of("en")))
