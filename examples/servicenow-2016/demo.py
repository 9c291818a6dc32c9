"""What ``make demo`` runs: a real incident log, assessed as if under the Guangzhou contract.

    python examples/servicenow-2016/demo.py

The log is real and of 2016; everything else about the contract (amounts, monthly scores, rates)
is made up, see README.md.  Only the public API and the tables of the command line are used.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import sla_rules as sla
from sla_rules.cli.console import force_text, width
from sla_rules.cli.figures import Figures
from sla_rules.cli.remarks import remarks
from sla_rules.cli.report import Layout, level_table, record_table
from sla_rules.facts.document import read_document
from sla_rules.layout import Column, draw, fold_tree, wrap
from sla_rules.profiles import SERVICENOW_EVENT_LOG, Code, Export, attach_incidents, read_export

HERE = Path(__file__).parent
LOG = HERE / "incident_event_log.csv"
FACTS = HERE / "monthly_facts.yaml"
ZONE = "Asia/Shanghai"

MONTH = ("timeliness", "service_quality", "management", "total")
DEDUCTIONS = (
    "catalogue_rate",
    "catalogue_deduction",
    "sla_rate",
    "sla_deduction",
    "total_deduction",
)
GRADE = ("average", "grade", "tier_rate")
PAYMENT = ("basic", "performance_paid", "set_off", "net", "carried_forward")


def main() -> None:
    """Print the scorecards, deductions, tiers and payments of the log, and one explanation."""
    force_text()
    rules = sla.load("gz-npc-2023")
    heading(0, rules.title("zh"), "demonstration")
    assumptions(rules)
    export = read_export(LOG, SERVICENOW_EVENT_LOG, zone=ZONE)
    problems(export)
    facts = attach_incidents(read_document(FACTS), export)
    contract = rules.assess(facts, as_if_in_force=True)
    results(contract)
    remarked(contract)
    suspended(contract, rules.with_readings({"suspensions": "any_recorded"}), facts)
    silences(rules)
    explanation(contract)


def heading(number: int, zh: str, en: str) -> None:
    """A heading in both languages."""
    text = f"{number}  {zh} / {en}" if number else f"{zh} / {en}"
    say("", *wrap(text, width()), "=" * min(width(), 78))


def say(*lines: str) -> None:
    """Print lines as they are."""
    print(*lines, sep="\n")


def paragraph(*texts: str) -> None:
    """Print paragraphs folded to the terminal, each behind a dash."""
    for text in texts:
        first, *rest = wrap(text, width() - 2)
        say(f"- {first}", *(f"  {line}" for line in rest))


def assumptions(rules: sla.Rules) -> None:
    """What is real, what is made up, and what was assumed."""
    start = rules.program.effective_from
    heading(1, "数据与前提", "what this is")
    paragraph(
        "事件日志是真实的：某信息技术公司 ServiceNow 系统 2016 年 2 月至 3 月的记录，已匿名。",
        f"合同自 {start} 起生效，日志在此之前，故须明示“视同有效”（as_if_in_force）才予计算。",
        "合同金额、各月服务质量与管理成效评分、完成率和达标率均为演示而虚构；"
        "2016-04 起各月写明无故障，亦属虚构。",
        f"日志未注明时区，此处假定为 {ZONE}；“1 - High”视为影响业务，其余视为不影响。",
        "The log is real and of 2016; it is assessed as if the contract of 2023 had been in force. "
        "Amounts, monthly scores and rates are made up. Zone and impact classes are assumptions.",
    )


def problems(export: Export) -> None:
    """What the export contains and what is wrong with it, by code."""
    counts = export.counts
    heading(2, "导出文件的问题", "the export and its problems")
    paragraph(
        f"{counts.rows:,} 行，{counts.incidents:,} 起故障：采用 {counts.used:,} 起"
        f"（其中 {counts.open:,} 起恢复时间未知），拒绝 {counts.refused:,} 起。"
    )
    found = Counter(problem.code for problem in export.problems)
    known = {each.code: each for each in Code}
    say(
        *draw(
            [
                Column("代码", tuple(sorted(found))),
                Column("次数", tuple(str(found[code]) for code in sorted(found)), right=True),
                Column("级别", tuple(known[code].severity.value for code in sorted(found))),
                Column("含义", tuple(known[code].meaning for code in sorted(found)), fold=True),
            ],
            width(),
        ),
        *(f"拒绝 refused: {problem}" for problem in export.errors),
    )


def results(contract: sla.Assessment) -> None:
    """The scorecard of each month, the deductions, the tiers and the payments."""
    layout = Layout(lang="zh", width=width())
    months, payments = list(contract.walk("month")), contract.child("payments")
    heading(3, "各月考核评分（分）", "the scorecard of each month")
    say(*level_table(months, layout, MONTH))
    heading(4, "各月扣款（元）", "the deductions")
    say(*level_table(months, layout, DEDUCTIONS))
    heading(5, "考核等级与绩效考核金支付比例", "grade and payment tier")
    say(*level_table(payments, layout, GRADE))
    heading(6, "各期付款（元）", "the payments")
    say(*level_table(payments, layout, PAYMENT), "", *record_table(contract, layout))


def remarked(contract: sla.Assessment) -> None:
    """The notes with their counts, and what is still open."""
    heading(7, "备注", "notes")
    paragraph(*(f"{each.code} × {each.count}：{each.text}" for each in remarks(contract, "zh")))
    waiting = {need for month in contract.walk("month") for need in month.needs}
    settled = "但无论结果如何，付款等级都相同，故合同金额已定。"
    paragraph(
        "needs_ruling：超时超过 100% 的，条文没有写明得分，暂按 0 分，须由考核双方裁定。",
        f"{len(waiting)} 起故障的恢复时间未知，所在月份只给出上下限（暂定）；"
        + (settled if contract.status == "final" else "合同金额因此也未定。"),
        "日志所属的公司不受本合同约束，以上得分不是对它的评价。",
    )


def suspended(contract: sla.Assessment, counting: sla.Rules, facts: Mapping[str, Any]) -> None:
    """What the suspensions that nobody approved would change, if they all counted."""
    ignored = sum(note == "suspension_ignored" for note in contract.notes)
    other = counting.assess(facts, as_if_in_force=True)
    figures = Figures(counting.program, "zh")
    now, then = (
        [month for month in each.walk("month") if month["counted_incidents"]]
        for each in (contract, other)
    )
    heading(8, "未获批准的暂停计时", "suspensions that nobody approved")
    paragraph(
        f"日志记有 {ignored} 次暂停（等待用户、第三方等），但没有批准人；默认读法只认列明事由并经"
        "批准的暂停，故一律不予认可，时钟照走。若全部认可，时效性得分如右列：",
    )
    say(
        *draw(
            [
                Column("月份", tuple(str(month.id) for month in now)),
                Column("不予认可（本次）", tuple(figures.cell(m, "timeliness") for m in now), True),
                Column("全部认可", tuple(figures.cell(m, "timeliness") for m in then), True),
            ],
            width(),
        )
    )
    same = contract["total_paid"] == other["total_paid"]
    paragraph(f"合同实付合计{'不变' if same else '也随之改变'}。")


def silences(rules: sla.Rules) -> None:
    """How many readings are in force."""
    count = len(rules.readings)
    heading(9, "读法", "readings in force")
    paragraph(
        f"条文未写明之处共 {count} 项，各有编号、可选读法和理由；本次全部取默认。"
        f"列出：sla-rules readings {rules.id}"
    )


def explanation(contract: sla.Assessment) -> None:
    """Why one incident that was late, but within the bands, has its score."""
    late = first_late(contract.walk("incident"))
    heading(10, f"一例说明：故障 {late.id} 的时效性得分", "one score explained")
    say(*fold_tree(str(late.explain("timeliness_score", lang="zh")), width()))


def first_late(incidents: Iterable[sla.Assessment]) -> sla.Assessment:
    """The first incident by number that is neither in time nor beyond the printed bands."""
    late = (each for each in incidents if each["timeliness_score"] in (9, 18))
    return min(late, key=lambda each: each.id or "")


if __name__ == "__main__":
    main()
