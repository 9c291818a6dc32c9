"""The laws for any ruleset: each can fail, says so plainly, and says where it has nothing to say."""

import datetime as dt
import subprocess
import sys
import unittest
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

import sla_rules as sla
from sla_rules.testing import laws
from sla_rules.testing.conserving import imbalances
from sla_rules.testing.judging import JUDGES
from sla_rules.testing.lawful import recorded
from sla_rules.testing.laws import LAWS, laws_of
from sla_rules.worktime import Calendar

HEAD = """\
language: 1
id: bad
version: 1.0.0
title: {zh: 坏合同, en: A bad contract}
timezone: Asia/Shanghai
currency: CNY
clauses:
  C1: {text: 超时不到一倍的得 10 分，更久的得 20 分。, translation: "Late by less than the limit: 10 points; more: 20."}
  C2: {text: 扣款自当期付款中扣除。}
calendars:
  office:
    hours: {mon-fri: ["09:00-12:00", "13:30-17:30"]}
    holidays: CN
    title: {zh: 工作时间, en: office hours}
    clause: C1
"""

VISIT = f"""\
{HEAD}
readings:
  lateness:
    question: {{zh: 何时算久, en: When is it long}}
    clause: C1
    default: once
    options: {{once: {{zh: 一倍, en: once}}, twice: {{zh: 两倍, en: twice}}}}
levels:
  visit:
    facts:
      called_at: {{type: instant}}
      came_at: {{type: instant, not_before: called_at, title: {{zh: 到场时间, en: arrival}}}}
    decisions:
      due: {{deadline: {{from: called_at, within: 2 h, calendar: office}}, clause: C1}}
      late: {{overrun: {{done: came_at, deadline: due, per: 2 h, calendar: office}}, clause: C1}}
      score:
        type: points
        better: higher
        title: {{zh: 得分, en: score}}
        clause: C1
        value:
          by: lateness
          once: if late > 1 then 20 points else 10 points
          twice: if late > 2 then 20 points else 10 points
"""

PAYMENTS = f"""\
{HEAD}
levels:
  contract:
    facts: {{payments: {{type: {{list: payment}}}}}}
    ledger:
      payments: payments
      date: pay_on
      available: amount
      pays: net
      sources: [{{from: payments, amount: loss, on: pay_on, clause: C2}}]
      clause: C2
    decisions: {{all_paid: {{type: money, value: sum(payments.net)}}}}
  payment:
    key: id
    facts:
      id: {{type: text}}
      pay_on: {{type: date}}
      amount: {{type: money, min: 0 CNY}}
      faults: {{type: integer, min: 0, max: 5, better: lower}}
    decisions:
      loss: {{type: money, min: 0 CNY, value: faults * 33.33 CNY, clause: C2}}
      net: {{type: money, title: {{zh: 实付, en: paid}}, value: PAID, clause: C2}}
"""

MONTH = f"""\
{HEAD}
levels:
  month:
    facts:
      faults: {{type: integer, min: 0, max: 50, title: {{zh: 故障次数, en: faults}}}}
      measured: {{type: points, min: 0 points, until: known}}
    decisions:
      score:
        {{type: points, min: 0 points, max: 100 points, title: {{zh: 得分, en: score}}, clause: C1,
        value: 100 points - faults * 3 points}}
      quality: {{type: points, clause: C1, value: measured otherwise 50 points}}
"""

CONTRACT = f"""\
{HEAD}
levels:
  contract:
    facts: {{visits: {{type: {{list: visit}}}}}}
    decisions: {{lost: {{type: points, clause: C1, value: sum(visits.lost)}}}}
  visit:
    facts: {{faults: {{type: integer, min: 0, max: 3}}}}
    decisions: {{lost: {{type: points, clause: C1, value: faults * 1 points}}}}
"""


def broken(law: str, rules: sla.Rules, **options: Any) -> str:
    """The text of a law that is broken."""
    with pytest.raises(AssertionError) as caught:
        LAWS[law](rules, max_examples=200, **options)()
    return str(caught.value)


# --- each law can fail ---


def test_a_later_arrival_that_scores_more_is_told_with_both_outcomes_and_the_clause() -> None:
    text = broken("later_is_never_better", sla.load(VISIT))

    lines = text.splitlines()
    assert lines[0] == "不成立：服务变差，结果不会更好（later_is_never_better）"
    assert lines[1].startswith("  服务变差：到场时间（came_at）由 20")
    assert lines[2:7] == [
        "  结果反而更好：得分（score）由 10 分 变为 20 分",
        "  条款 C1：“超时不到一倍的得 10 分，更久的得 20 分。”",
        "  规则集 bad，读法均为默认",
        "  事实（visit）：",
        lines[6],
    ]
    assert len(lines) == 7
    assert "called_at" in lines[6]


def test_it_is_told_in_english_on_request() -> None:
    lines = broken("later_is_never_better", sla.load(VISIT), lang="en").splitlines()

    assert (
        lines[0] == "broken: worse service is never better for the supplier (later_is_never_better)"
    )
    assert lines[1].startswith("  worse service: arrival (came_at) goes from 20")
    assert lines[2] == "  but a better result: score goes from 10 points to 20 points"
    assert lines[3] == "  clause C1: “Late by less than the limit: 10 points; more: 20.”"
    assert lines[4:6] == ["  bad, default readings", "  facts (visit):"]


def test_an_acknowledged_reversal_is_no_breach() -> None:
    acknowledged = VISIT.replace(
        "better: higher", "better: higher\n        acknowledge: {W722: so be it}"
    )

    LAWS["later_is_never_better"](sla.load(acknowledged), max_examples=100)()


def test_a_payment_below_zero_is_found() -> None:
    text = broken("no_payment_below_zero", sla.load(PAYMENTS.replace("PAID", "amount - loss")))

    assert "  payments[0] 的实付（net）为 -33.33 元，低于零\n" in text
    assert "  条款 C2：“扣款自当期付款中扣除。”" in text
    assert text.endswith("    {payments: [{id: contract-1, amount: 0, faults: 1}]}")


def test_a_payment_that_is_not_what_the_ledger_leaves_is_found() -> None:
    text = broken("ledger_conserves", sla.load(PAYMENTS.replace("PAID", "amount - loss")))

    assert "payments[0]：可付款减去冲抵为 0.00 元，实际支付却是 -33.33 元" in text


def test_a_payment_rounded_by_more_than_a_cent_is_found() -> None:
    rounded = PAYMENTS.replace("PAID,", "amount - set_off, round: 1 half_up,")
    text = broken("ledger_conserves", sla.load(rounded))

    assert "可付款减去冲抵为" in text
    LAWS["ledger_conserves"](
        sla.load(rounded.replace("round: 1 ", "round: 0.01 ")), max_examples=50
    )()


def test_a_score_beyond_its_declared_range_is_found() -> None:
    text = broken("readings_stay_in_range", sla.load(MONTH))

    assert "  得分（score）无法计算：E607 " in text
    assert "条款 C1" in text
    assert text.endswith("    {faults: 40}")


def test_a_default_that_hides_what_is_not_known_is_found() -> None:
    text = broken("unknown_encloses_known", sla.load(MONTH.replace("max: 50", "max: 30")))

    assert "  quality：缺事实时称 50 分，事实齐全后却是 0 分\n" in text
    assert text.endswith("    {measured: 0}\n  缺事实时：\n    {}")


class Careless(sla.Rules):
    """Looks at the first visit alone."""

    def assess(self, facts: Any, level: str | None = None, **options: Any) -> sla.Assessment:
        return super().assess({**facts, "visits": facts.get("visits", [])[:1]}, level, **options)


def test_a_result_that_depends_on_the_order_is_found() -> None:
    """No ruleset can say such a thing; a host that assesses in its own way can."""
    rules = sla.load(CONTRACT)
    text = broken("order_never_matters", Careless(rules.program, rules.warnings))

    assert text.splitlines()[0] == "不成立：记录的先后次序不影响结果（order_never_matters）"
    assert "：按下列次序为 0 分，按另一种次序为 " in text.splitlines()[1]
    assert "  同样的事实，另一种次序：\n    {visits: [{" in text


class WithoutBreaks(Calendar):
    """Forgets that the clock was stopped, unless the whole time is asked for."""

    def elapsed(self, start: object, end: object, suspensions: object = ()) -> dt.timedelta:
        return super().elapsed(start, end)


class Generous(Calendar):
    """Counts a minute more for every span."""

    def elapsed(self, start: object, end: object, suspensions: object = ()) -> dt.timedelta:
        return super().elapsed(start, end, suspensions) + dt.timedelta(minutes=1)


class Late(Calendar):
    """Adds a minute to every deadline within hours."""

    def deadline(self, start: object, budget: Any, suspensions: object = (), **rest: Any) -> Any:
        return super().deadline(start, budget + dt.timedelta(minutes=1), suspensions, **rest)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Generous, "分段："),
        (WithoutBreaks, "暂停"),
        (Late, "到期时经过的却是"),
    ],
)
def test_a_calendar_that_does_not_add_up_is_found(
    kind: type[Calendar], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = sla.load(VISIT)
    calendars = rules.engine.clocks.calendars
    bad = kind({"mon-fri": ["09:00-12:00", "13:30-17:30"]}, zone="Asia/Shanghai", holidays="CN")
    monkeypatch.setattr(rules.engine.clocks, "calendars", {**calendars, "office": bad})
    text = broken("clocks_add_up", rules)

    assert "  日历 工作时间 (office)\n" in text
    assert said in text


def test_facts_that_only_one_order_is_accepted_in_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Picky(sla.Rules):
        def assess(self, facts: Any, level: str | None = None, **options: Any) -> sla.Assessment:
            if [each.get("faults", 0) for each in facts.get("visits", [])] == [1, 0]:
                raise sla.FactsError([sla.Diagnostic(code="F120", message="no", where="visits")])
            return super().assess(facts, level, **options)

    rules = sla.load(CONTRACT)
    text = broken("order_never_matters", Picky(rules.program, rules.warnings), lang="en")

    assert "the same facts are accepted in one order and refused in another" in text


def test_readings_are_told_where_they_matter() -> None:
    """Under either of them the law is broken; or only under the one."""
    only = VISIT.replace("once: if late > 1 then 20 points else 10 points", "once: 10 points")

    assert "规则集 bad，读法均为默认" in broken("later_is_never_better", sla.load(VISIT))
    assert "规则集 bad，读法 lateness=twice，其余默认" in broken(
        "later_is_never_better", sla.load(only)
    )


BOOK = {
    "payments": [
        {"id": "P1", "pay_on": "2024-01-31", "amount": 20, "faults": 1},
        {"id": "P2", "pay_on": "2024-02-29", "amount": 50, "faults": 1},
    ]
}


@pytest.mark.parametrize(
    ("output", "found"),
    [
        ("set_off", ["posted", "balance", "paid", "in_all"]),
        ("carried_forward", ["balance", "handed_on"]),
        ("brought_forward", ["balance"]),
        ("lapsed", ["balance", "in_all"]),
    ],
)
def test_money_that_leaves_the_books_is_found_wherever_it_does(
    output: str, found: list[str]
) -> None:
    """The engine keeps its books; these are tampered with afterwards."""
    rules = sla.load(PAYMENTS.replace("PAID", "amount - set_off"))
    home = recorded(rules.assess(BOOK))
    ledger = home.level.ledger
    assert ledger is not None
    assert list(imbalances(rules, home, ledger)) == []

    payment = home[home.level.fact("payments").index][0]
    slot = next(
        each.index for each in payment.level.decisions if getattr(each.body, "output", "") == output
    )
    payment[slot] += 5
    assert [what for _, what, _, _ in imbalances(rules, home, ledger)] == found


def test_books_that_are_not_known_are_not_judged() -> None:
    rules = sla.load(PAYMENTS.replace("PAID", "amount - set_off"))
    for document in ({}, {"payments": [{"id": "P1", "amount": 20, "faults": 1}]}):
        home = recorded(rules.assess(document))
        assert home.level.ledger is not None
        assert list(imbalances(rules, home, home.level.ledger)) == []


# --- where a law says nothing ---


def reason(law: str, source: Any, **options: Any) -> str:
    with pytest.raises(unittest.SkipTest) as caught:
        LAWS[law](source, **options)()
    return str(caught.value)


def test_a_law_about_payments_says_that_there_are_none() -> None:
    assert reason("ledger_conserves", sla.load(MONTH), lang="en") == (
        "ledger_conserves: the ruleset has no ledger that pays"
    )
    assert reason("no_payment_below_zero", "gz-npc-2023", level="month") == (
        "no_payment_below_zero：“month”一级没有付款台账"
    )


def test_a_law_about_directions_says_what_to_declare() -> None:
    assert reason("later_is_never_better", sla.load(MONTH), lang="en") == (
        "later_is_never_better: no fact says which way is better; "
        "write better: at facts such as month.faults"
    )
    facts_alone = MONTH.replace("max: 50,", "max: 30, better: lower,")
    assert reason("later_is_never_better", sla.load(facts_alone), lang="en") == (
        "later_is_never_better: no decision says which way is better; "
        "write better: higher or lower at one"
    )


def test_a_law_about_calendars_says_that_there_are_none() -> None:
    head, _, rest = CONTRACT.partition("calendars:")
    rules = sla.load(head + rest[rest.index("levels:") :])

    assert reason("clocks_add_up", rules, lang="en") == "clocks_add_up: there is no calendar"


def test_a_law_that_met_no_facts_to_judge_says_so() -> None:
    nothing_known = MONTH.replace(", until: known", ", optional: true").replace(
        "type: integer, min: 0, max: 50", "type: integer, min: 0, max: 30, optional: true"
    )

    assert reason("unknown_encloses_known", sla.load(nothing_known), lang="en", max_examples=5) == (
        "unknown_encloses_known: no facts were drawn that it is about"
    )


def test_a_law_whose_facts_are_all_refused_says_so() -> None:
    impossible = MONTH.replace(
        "    decisions:", '    require: [{that: "false", message: never}]\n    decisions:'
    )

    assert reason("order_never_matters", sla.load(impossible), max_examples=1) == (
        "order_never_matters：没有生成可以接受的事实"
    )


# --- the class of tests ---


def test_the_class_has_a_test_for_each_law() -> None:
    tests = laws_of("gz-npc-2023", level="incident")

    assert [name for name in vars(tests) if name.startswith("test_")] == [
        f"test_{name}" for name in LAWS
    ]
    assert set(laws.__all__) == {"LAWS", "laws_of", *LAWS}
    assert tests.__doc__ == "The laws of gz-npc-2023."
    assert "order of the records" in (vars(tests)["test_order_never_matters"].__doc__ or "")


def test_a_law_may_be_set_aside_with_a_reason() -> None:
    tests: Any = laws_of(sla.load(VISIT), unless={"later_is_never_better": "C1 says so"})

    with pytest.raises(unittest.SkipTest, match="later_is_never_better: C1 says so"):
        tests.test_later_is_never_better()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"unless": {"order_never_mater": "x"}}, "there is no law 'order_never_mater'"),
        ({"level": "incidents"}, "there is no level 'incidents'"),
        ({"unless": {"clocks_add_up": " "}}, "clocks_add_up is set aside without a reason"),
    ],
)
def test_an_unknown_law_or_level_is_refused(options: Mapping[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        laws_of("gz-npc-2023", **options)


MODULE = """\
from sla_rules.testing.laws import laws_of

TestVisits = laws_of("visit.yaml", max_examples=60)
"""


def test_pytest_collects_each_law_and_shows_what_is_broken_without_code(tmp_path: Path) -> None:
    (tmp_path / "visit.yaml").write_text(VISIT, encoding="utf-8")
    (tmp_path / "test_visit.py").write_text(MODULE, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "pytest", "-q", "-rfs", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 1
    assert "1 failed, 4 passed, 2 skipped" in done.stdout
    assert "test_visit.py::TestVisits::test_later_is_never_better" in done.stdout
    assert "结果反而更好：得分（score）由 10 分 变为 20 分" in done.stdout
    assert "ledger_conserves：规则集没有付款台账" in done.stdout
    assert "Traceback" not in done.stdout
    assert "def test" not in done.stdout
    assert "All traceback entries are hidden" not in done.stdout
    assert "reproduce" not in done.stdout


def test_without_pytest_a_broken_law_is_an_assertion_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "pytest")
    with pytest.raises(AssertionError) as caught:
        LAWS["readings_stay_in_range"](sla.load(MONTH), max_examples=100)()

    assert type(caught.value) is AssertionError


def test_without_hypothesis_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    program = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "import sla_rules.testing\n"
        "try:\n    import sla_rules.testing.laws\n"
        "except ModuleNotFoundError as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True
    )

    assert done.stdout == (
        "sla_rules.testing.strategies and sla_rules.testing.laws need Hypothesis, which is not "
        "installed here: pip install sla-rules[hypothesis]\n"
    )


def test_the_core_does_not_import_hypothesis() -> None:
    program = "import sys, sla_rules, sla_rules.testing; print('hypothesis' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True
    )

    assert done.stdout == "False\n"


STEPS = """
language: 1
id: steps
version: 1.0.0
title: Steps
timezone: Asia/Shanghai
levels:
  month:
    facts:
      fee: {type: money}
      rate: {type: percent, better: higher}
    decisions:
      score:
        better: higher
        bands: {on: rate, rows: {"[98%..)": 100, "[95%..98%)": 50, "(..95%)": 60}}
  nothing: {facts: {}, decisions: {one: {value: 1}}}
currency: CNY
"""


def test_what_the_checker_shows_is_tried_before_anything_is_drawn() -> None:
    law = LAWS["later_is_never_better"](sla.load(STEPS), level="month", max_examples=1, lang="en")
    with pytest.raises(AssertionError, match=r"(?s)from 95% to 94\.99%.*\{.*rate: 95"):
        law()


def test_what_is_drawn_is_the_same_from_run_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Any] = []
    judge = JUDGES["order_never_matters"]

    def noted(trial: Any, document: Any, pick: Any) -> Any:
        drawn.append(document)
        return judge.judge(trial, document, pick)

    monkeypatch.setitem(JUDGES, "order_never_matters", attrs.evolve(judge, judge=noted))
    for _ in range(2):
        LAWS["order_never_matters"](sla.load(MONTH), max_examples=20)()

    assert drawn
    assert drawn[: len(drawn) // 2] == drawn[len(drawn) // 2 :]


def test_a_level_without_facts_obeys_the_laws_too() -> None:
    rules = sla.load(STEPS)

    assert rules.assess({}, "nothing")["one"] == 1
    LAWS["order_never_matters"](rules, level="nothing", max_examples=3)()
    assert reason("later_is_never_better", rules, level="nothing", lang="en").endswith("at facts")


def test_a_direction_is_asked_of_a_fact_that_a_result_rests_on_and_no_amount() -> None:
    rules = sla.load(STEPS.replace("percent, better: higher", "percent"))

    assert reason("later_is_never_better", rules, level="month").endswith(" month.rate")
