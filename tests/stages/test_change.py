"""The difference of two rulesets: each change once, at the smallest place, in words of the contract."""

import json
from pathlib import Path
from typing import Any

import pytest

import sla_rules as sla
from sla_rules.change.excerpt import excerpts
from sla_rules.change.words import in_both
from sla_rules.cli import main

TEXT = """\
language: 1
id: desk
version: 1.0.0
title: {zh: 服务台, en: Help desk}
timezone: Asia/Shanghai
currency: CNY
effective: {from: 2023-01-01, to: 2023-12-31}
clauses:
  C1: {text: 故障须在 2 小时内恢复，逾期每次扣 100 元。, translation: Faults are recovered within 2 h.}
  C2: {text: 双方友好协商。, not_encoded: {zh: 无从计算。, en: Nothing to compute.}}
readings:
  tail:
    question: {zh: 零头如何计？, en: How do parts count?}
    clause: C1
    default: started
    options: {started: {zh: 进位。, en: Up.}, full: {zh: 舍去。, en: Down.}}
enums:
  grade: {good: {zh: 良, en: good}, poor: {title: {zh: 差, en: poor}, aliases: [bad]}}
calendars:
  office:
    title: {zh: 办公时间, en: office hours}
    hours: {mon-fri: ["09:00-12:00", "13:00-18:00"]}
    holidays: ["2023-10-02", "2023-10-03"]
    working_days: ["2023-10-07"]
    overrides: {"2023-12-29": ["09:00-12:00"]}
parameters:
  limit: {value: 2 h, clause: C1, title: {zh: 恢复时限, en: recovery limit}}
  rate: {value: {by: tail, started: 100 CNY, otherwise: 120 CNY}, clause: C1, title: {zh: 每次扣款, en: amount each}}
  unused: {value: 1}
scales:
  points:
    title: {zh: 得分档, en: bands of points}
    clause: C1
    input: ratio
    gives: points
    domain: "[0..)"
    bands: {"[..0]": 10 points, "(0..50%]": 6 points, "(50%..)": {value: 0 points, note: ruling}}
notes: {ruling: {zh: 须裁定, en: must be ruled}}
levels:
  month:
    title: {zh: 月度, en: month}
    key: month
    period: month
    facts:
      month: {type: month}
      calls: {type: {list: call}, title: {zh: 故障, en: calls}}
      mood: {type: [high, low], title: {zh: 满意度, en: mood}}
      bonus: {type: points, min: 0 points, max: 5 points, optional: true, title: {zh: 加分, en: bonus}}
    require:
      - {that: count(calls) <= 100, at: calls, message: {zh: 故障过多, en: too many calls}, clause: C1}
      - {that: bonus <= 4 points, at: bonus, message: {zh: 加分过高, en: bonus too high}}
    decisions:
      late: {title: {zh: 逾期次数, en: late calls}, clause: C1, value: count(calls where over > 0)}
      loss:
        title: {zh: 扣款, en: deduction}
        clause: C1
        value: late * rate
        cap: 1000 CNY
        round: 0.01
        notes: [{code: heavy, when: loss > 500 CNY, text: {zh: 扣款较多, en: a heavy loss}}]
      grade:
        type: grade
        title: {zh: 等级, en: grade}
        table:
          on: [late, mood]
          hit: first
          rows:
            - {when: ["0", "-"], then: good, clause: C1}
            - {when: ["<= 3", high], then: good}
            - {when: ["-", "-"], then: poor}
      both:
        table:
          on: mood
          give: {share: {type: ratio, title: {zh: 比例, en: share}}, worth: {type: points}}
          rows: [{when: high, then: [100%, 5 points]}, {when: low, then: [50%, 2 points]}]
      card:
        title: {zh: 总分, en: total}
        scorecard:
          total: 20 points
          sections: [{of: sum(calls.score), max: 10 points}, {of: worth, max: 10 points, clause: C1}]
      hours: {units: {of: sum(calls.used), per: 1 h, count: {by: tail, started: started, full: full}}}
  call:
    title: {zh: 故障单, en: call}
    key: id
    order: [from]
    facts:
      id: {type: text}
      from: {type: instant, title: {zh: 报告时刻, en: reported}}
      to: {type: instant, until: known, not_before: from, title: {zh: 恢复时刻, en: recovered}}
      stops: {type: {list: stop}, optional: true}
    decisions:
      due: {deadline: {from: from, within: limit, calendar: office, stops: stops where counts, workday: {rule: consume}}}
      used: {elapsed: {from: from, to: to, calendar: office}}
      over: {overrun: {deadline: due, done: to, calendar: office, per: limit}}
      score: {title: {zh: 得分, en: score}, bands: {on: over, scale: points}}
  stop:
    interval: [start, stop]
    disjoint: true
    facts:
      start: {type: instant}
      stop: {type: instant, until: known}
      counts: {type: bool}
  contract:
    facts:
      payments: {type: {list: payment}}
    ledger:
      payments: payments
      date: on
      available: amount
      pays: net
      cap: 10% * amount
      sources: [{from: payments.months, amount: loss, on: last_day(month)}]
    decisions: {total: sum(payments.net)}
  payment:
    facts: {on: {type: date}, amount: {type: money}, months: {type: {list: month}}}
    decisions: {net: amount - set_off}
"""

OLD = sla.load(TEXT)


def replaced(*pairs: tuple[str, str], text: str = TEXT) -> str:
    for before, after in pairs:
        assert before in text, before
        text = text.replace(before, after, 1)
    return text


def told(*pairs: tuple[str, str], lang: str = "en") -> list[tuple[str, str]]:
    """Paths and sentences after some replacements in the text."""
    found = sla.changes(OLD, sla.load(replaced(*pairs)))
    return [(each.path, each.text(lang)) for each in found]


UNDER = "under reading "

ONE_CHANGE = [
    # header
    ("en: Help desk", "en: Desk", "title", "contract, title: Help desk → Desk"),
    ("timezone: Asia/Shanghai", "timezone: Asia/Tokyo", "timezone", "contract, time zone: Asia/Shanghai → Asia/Tokyo"),
    (", to: 2023-12-31}", "}", "effective", "contract, time in force: 2023-01-01 to 2023-12-31 → 2023-01-01 to no end"),
    # clauses
    ("扣 100 元", "扣 120 元", "clauses.C1.text", "C1: text, words: …复，逾期每次扣 100 元。 → …复，逾期每次扣 120 元。"),
    ("within 2 h.}", "within 4 h.}", "clauses.C1.translation", "C1: text, translation: Faults are recovered within 2 h. → Faults are recovered within 4 h."),
    ("en: Nothing to compute.", "en: No number.", "clauses.C2.not_encoded", "C2: text, reason for being no rule: Nothing to compute. → No number."),
    ("  C2: {text", "  C3: {text: 新, not_encoded: 无}\n  C2: {text", "clauses.C3", "C3: text is new: 新"),
    # readings
    ("default: started", "default: full", "readings.tail.default", "C1: reading tail (How do parts count?), answer by default: started → full"),
    ("How do parts count?", "And parts?", "readings.tail.question", "C1: reading tail (And parts?), question: How do parts count? → And parts?"),
    ("en: Down.", "en: Off.", "readings.tail.options.full.reason", "C1: reading tail (How do parts count?), answer full, reason: Down. → Off."),
    # enumerations
    ("aliases: [bad]", "aliases: [bad, awful]", "enums.grade.poor.aliases", "choices grade, poor, other names: bad → bad, awful"),
    ("good: {zh: 良, en: good}", "fine: Fine, good: {zh: 良, en: good}", "enums.grade.fine", "choices grade, Fine is new"),
    ("en: good}", "en: fair}", "enums.grade.good.title", "choices grade, fair, title: good → fair"),
    # calendars
    ('"13:00-18:00"]', '"13:00-17:00"]', "calendars.office.hours[mon,tue,wed,thu,fri]", "calendar office hours, hours, Monday to Friday: 09:00-12:00 13:00-18:00 → 09:00-12:00 13:00-17:00"),
    ('{mon-fri: ["09:00-12:00", "13:00-18:00"]}', '{mon-sun: ["00:00-24:00"]}', "calendars.office.hours", "calendar office hours, hours: Monday to Friday 09:00-12:00 13:00-18:00; Saturday, Sunday closed → 00:00-24:00"),
    ('holidays: ["2023-10-02", "2023-10-03"]', "holidays: CN", "calendars.office.holidays", "calendar office hours, holidays: 2023-10-02, 2023-10-03 → China’s public holidays"),
    ('["2023-10-07"]', '["2023-10-07", "2023-10-08"]', "calendars.office.working_days[2023-10-08]", "calendar office hours, make-up working days, 2023-10-08 is new"),
    ('"2023-12-29": ["09:00-12:00"]', '"2023-12-29": closed', "calendars.office.overrides.2023-12-29", "calendar office hours, 2023-12-29: 09:00-12:00 → closed"),
    ("    working_days:", '    seasons: {05-01..09-30: {mon-fri: ["08:00-12:00"]}}\n    working_days:', "calendars.office.seasons[05-01..09-30]", "calendar office hours, seasons, 05-01..09-30 is new: Monday to Friday 08:00-12:00; Saturday, Sunday closed"),
    ("    working_days:", "    make_up_like: fri\n    working_days:", "calendars.office.make_up_like", "calendar office hours, weekday that make-up days follow: Monday → Friday"),
    # parameters
    ("limit: {value: 2 h", "limit: {value: 4 h", "parameters.limit", "C1: recovery limit: 2 h → 4 h"),
    ("started: 100 CNY", "started: 110 CNY", "parameters.rate[tail=started]", "C1: under reading tail=started, amount each: CNY 100.00 → CNY 110.00"),
    ("{value: 2 h, clause: C1,", "{value: 2 h, clause: C2,", "parameters.limit.clause", "C2, C1: recovery limit, clauses cited: C1 → C2"),
    ("unused: {value: 1}", "spare: {value: 1}", "parameters.spare", "spare is renamed: unused → spare"),
    # scales
    ('"(0..50%]": 6', '"(0..50%]": 7', "scales.points.bands[(0..50%]]", "C1: bands of points, above 0% and at most 50%: 6 points → 7 points"),
    ('"(0..50%]": 6 points, "(50%', '"(0..60%]": 6 points, "(60%', "scales.points.bands[(0..50%]].high", "C1: bands of points, edge: 50% → 60%"),
    ('"(0..50%]": 6 points, "(50%', '"(0..50%)": 6 points, "[50%', "scales.points.bands[(0..50%]].high", "C1: bands of points, edge: ≤ 50% → < 50%"),
    ("note: ruling", "note: heavy", "scales.points.bands[(50%..)].note", "C1: bands of points, above 50%, note: ruling → heavy"),
    ('domain: "[0..)"', 'domain: "(0..)"', "scales.points.domain", "C1: bands of points, interval to be covered: at least 0% → above 0%"),
    ("en: must be ruled", "en: rule it", "notes.ruling", "note ruling: must be ruled → rule it"),
    # facts
    ("max: 5 points", "max: 6 points", "levels.month.facts.bonus.max", "bonus (fact of month), maximum: 5 points → 6 points"),
    ("optional: true, title: {zh: 加分", "title: {zh: 加分", "levels.month.facts.bonus.optional", "bonus (fact of month), may be missing: yes → no"),
    ("type: [high, low]", "type: [high, low, none]", "levels.month.facts.mood.type.none", "mood (fact of month), type, none is new"),
    ("facts: {on: {type: date}", "facts: {paid: {type: money, optional: true}, on: {type: date}", "levels.payment.facts.paid", "paid (fact of payment) is new: money CNY"),
    ("not_before: from, ", "", "levels.call.facts.to.not_before", "recovered (fact of call), not before: from → none"),
    ("to: {type: instant, until: known,", "to: {type: instant,", "levels.call.facts.to.until", "recovered (fact of call), may be unknown until known: yes → no"),
    # levels
    ("disjoint: true", "disjoint: false", "levels.stop.disjoint", "level stop, spans may not overlap: yes → no"),
    ("    key: id\n", "    key: id\n    recurs: true\n", "levels.call.recurs", "level call, key may come back under another parent: no → yes"),
    ("    order: [from]\n", "", "levels.call.order", "level call, order: reported → none"),
    ("count(calls) <= 100", "count(calls) <= 120", "levels.month.require[0].that", "C1: month, requirement (too many calls): number(call) ≤ 100 → number(call) ≤ 120"),
    ("en: too many calls", "en: too much", "levels.month.require[0].message", "C1: month, requirement (too much), message: too many calls → too much"),
    # decisions
    ("cap: 1000 CNY", "cap: 900 CNY", "levels.month.decisions.loss.cap", "C1: deduction (month), cap: CNY 1,000.00 → CNY 900.00"),
    ("        cap: 1000 CNY\n", "", "levels.month.decisions.loss.cap", "C1: deduction (month), cap: CNY 1,000.00 → none"),
    ("round: 0.01", "round: 1", "levels.month.decisions.loss.round", "C1: deduction (month), rounding: Rounded half up to 0.01 → Rounded half up to 1"),
    ("value: late * rate", "applies: late > 1\n        value: late * rate", "levels.month.decisions.loss.applies", "C1: deduction (month), condition of application: none → late calls > 1"),
    ("value: late * rate", "value: 2 * late * rate", "levels.month.decisions.loss", "C1: deduction (month): late calls × amount each → 2 × late calls × amount each"),
    ("loss > 500 CNY", "loss > 600 CNY", "levels.month.decisions.loss.notes[heavy].when", "C1: deduction (month), note heavy, condition: deduction > CNY 500.00 → deduction > CNY 600.00"),
    ("where over > 0", "where over > 10%", "levels.month.decisions.late", "C1: late calls (month): number(call where over > 0) → number(call where over > 10%)"),
    ('when: ["<= 3", high]', 'when: ["<= 4", high]', "levels.month.decisions.grade.rows[<= 3, high]", "grade (month), row at most 3, high, condition: at most 3, high → at most 4, high"),
    ('["-", "-"], then: poor', '["-", "-"], then: good', "levels.month.decisions.grade.rows[-, -]", "grade (month), row any, any: poor → good"),
    ("hit: first", "hit: unique", "levels.month.decisions.grade.hit", "grade (month), hit policy: first row → at most one row"),
    ('high], then: good}\n            - {when: ["-", "-"], then: poor}', "high], then: good}", "levels.month.decisions.grade.rows[-, -]", "grade (month), row any, any is gone: poor"),
    ("then: [50%, 2 points]", "then: [50%, 3 points]", "levels.month.decisions.both.rows[low].worth", "both (month), row low, worth: 2 points → 3 points"),
    ("en: share}", "en: part}", "levels.month.decisions.share.title", "level month, column share, title: share → part"),
    ("{of: worth, max: 10 points", "{of: worth, max: 12 points", "levels.month.decisions.card.sections[worth].max", "C1: total (month), section worth, maximum: 10 points → 12 points"),
    ("total: 20 points", "total: 30 points", "levels.month.decisions.card.total", "total (month), full score: 20 points → 30 points"),
    ("per: 1 h, count", "per: 2 h, count", "levels.month.decisions.hours.per", "hours (month), unit: 1 h → 2 h"),
    ("full: full}}", "full: pro_rata}}", "levels.month.decisions.hours.count[tail=full]", "under reading tail=full, hours (month), treatment of parts of a unit: only full units → pro rata"),
    ("workday: {rule: consume}", "workday: {rule: same_clock}", "levels.call.decisions.due.workday.rule", "due (call), rule for working days: consuming working time → to the same time of day"),
    ("stops where counts", "stops", "levels.call.decisions.due.stops", "due (call), suspensions: number(stop where counts) → number(stop)"),
    ("to: to, calendar", "to: from, calendar", "levels.call.decisions.used.end", "used (call), end: recovered → reported"),
    ("done: to", "done: from", "levels.call.decisions.over.done", "over (call), time of completion: recovered → reported"),
    ("{on: over, scale", "{on: over / 2, scale", "levels.call.decisions.score.on", "score (call), what is looked up: over → over ÷ 2"),
    # the ledger
    ("cap: 10% * amount", "cap: 15% * amount", "levels.contract.ledger.cap", "ledger (contract), cap: 10% × amount → 15% × amount"),
    ("      pays: net", "      remainder: lapses\n      pays: net", "levels.contract.ledger.remainder", "ledger (contract), fate of the remainder: carried forward → lapses"),
    ("amount: loss,", "amount: 2 * loss,", "levels.contract.ledger.sources[payments.months].amount", "ledger (contract), source payments.months, amount: deduction → 2 × deduction"),
    ("on: last_day(month)", "on: '\"2023-05-31\"'", "levels.contract.ledger.sources[payments.months].on", "ledger (contract), source payments.months, date of determination: last day(month) → 2023-05-31"),
    ("amount - set_off", "amount + top_up - set_off", "levels.payment.decisions.net", "net (payment): amount - set off → amount + paid in addition - set off"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "path", "text"), ONE_CHANGE, ids=range(len(ONE_CHANGE))
)
def test_one_edit_is_one_change_at_its_place(before: str, after: str, path: str, text: str) -> None:
    assert [(path, text)] == told((before, after))


SEASON = 'seasons: {05-01..09-30: {mon-fri: ["08:00-12:00"]}}\n    working_days:'


@pytest.mark.parametrize(
    ("before", "after", "path", "text"),
    [
        ('["08:00-12:00"]', '["08:00-11:00"]', "[05-01..09-30][mon,tue,wed,thu,fri]",
         ", 05-01..09-30, Monday to Friday: 08:00-12:00 → 08:00-11:00"),
        ('{mon-fri: ["08:00-12:00"]}', "closed", "[05-01..09-30][mon,tue,wed,thu,fri]",
         ", 05-01..09-30, Monday to Friday: 08:00-12:00 → closed"),
        ('{05-01..09-30: {mon-fri: ["08:00-12:00"]}}', "{}", "[05-01..09-30]",
         ", 05-01..09-30 is gone: Monday to Friday 08:00-12:00; Saturday, Sunday closed"),
        ('{mon-fri: ["08:00-12:00"]}}', '{by: tail, started: {mon-fri: ["08:00-12:00"]}, full: closed}}',
         "[05-01..09-30]", ", 05-01..09-30: "),
        ("seasons: {05", "seasons: {by: tail, full: {}, started: {05", "", ": "),
    ],
)  # fmt: skip
def test_a_season_that_changes_is_told_by_its_span(
    before: str, after: str, path: str, text: str
) -> None:
    changed = SEASON.replace(before, after)
    if changed.count("{") > changed.count("}"):
        changed = changed.replace("}}\n", "}}}\n")
    old = sla.load(replaced(("    working_days:", f"    {SEASON}")))
    (change,) = sla.changes(old, sla.load(replaced(("    working_days:", f"    {changed}"))))

    assert f"calendars.office.seasons{path}" == change.path
    assert change.text("en").startswith(f"calendar office hours, seasons{text}")


def test_sentences_are_chinese_by_default() -> None:
    (change,) = sla.changes(OLD, sla.load(replaced(("limit: {value: 2 h", "limit: {value: 4 h"))))

    assert "C1：恢复时限 由 2 小时 改为 4 小时" == change.text() == str(change)
    assert ("changed", ("C1",)) == (change.kind, change.clauses)
    assert change.before is not None
    assert change.after is not None
    assert ("2 小时", "4 h") == (change.before.zh, change.after.of("en"))
    assert json.loads(json.dumps(change.to_dict())) == {
        "kind": "changed",
        "path": "parameters.limit",
        "clauses": ["C1"],
        "before": {"zh": "2 小时", "en": "2 h"},
        "after": {"zh": "4 小时", "en": "4 h"},
        "text": {"zh": "C1：恢复时限 由 2 小时 改为 4 小时", "en": "C1: recovery limit: 2 h → 4 h"},
    }


def test_nothing_changed_is_nothing_told() -> None:
    assert () == sla.changes(OLD, OLD)
    assert [] == told(("version: 1.0.0", "version: 2.0.0"))
    assert [] == told(("(0..50%]", "(0..0.5]"), ("limit: {value: 2 h", "limit: {value: 120 min"))
    assert [] == told(('"[..0]"', '"(..0]"'), ("late * rate", "(late * rate)"))


def test_the_order_of_keys_is_no_change() -> None:
    lines = TEXT.partition("levels:\n")
    clauses = (
        "  C2: {text: 双方友好协商。, not_encoded: {zh: 无从计算。, en: Nothing to compute.}}\n"
    )
    moved = replaced((clauses, ""), ("  C1: {text", clauses + "  C1: {text"))
    bands = '"(50%..)": {value: 0 points, note: ruling}'
    moved = replaced((f", {bands}", ""), ('{"[..0]"', f'{{{bands}, "[..0]"'), text=moved)
    call = lines[2][lines[2].index("  call:\n") : lines[2].index("  stop:\n")]
    moved = replaced((call, ""), ("levels:\n", "levels:\n" + call), text=moved)
    moved = replaced(
        ("{share: {type: ratio, title: {zh: 比例, en: share}}, worth: {type: points}}",
         "{worth: {type: points}, share: {type: ratio, title: {zh: 比例, en: share}}}"),
        ("then: [100%, 5 points]", "then: [5 points, 100%]"),
        ("then: [50%, 2 points]", "then: [2 points, 50%]"),
        ("{good: {zh: 良, en: good}, poor: {title: {zh: 差, en: poor}, aliases: [bad]}}",
         "{poor: {title: {zh: 差, en: poor}, aliases: [bad]}, good: {zh: 良, en: good}}"),
        text=moved,
    )  # fmt: skip

    assert () == sla.changes(OLD, sla.load(moved))


def test_a_parameter_is_told_once_and_not_at_its_uses() -> None:
    assert 3 == TEXT.count("limit") - 1
    assert ["parameters.limit"] == [
        path for path, _ in told(("limit: {value: 2 h", "limit: {value: 1 h"))
    ]


def test_what_is_called_otherwise_is_renamed_and_so_is_what_rests_on_it() -> None:
    new = replaced(
        ("  limit: {value", "  bound: {value"), ("within: limit", "within: bound"), ("per: limit", "per: bound"),
        ("      late: {title", "      tardy: {title"), ("late * rate", "tardy * rate"), ("on: [late, mood]", "on: [tardy, mood]"),
        ("      due: {", "      until: {"), ("deadline: due,", "deadline: until,"),
        ("to: {type: instant, until: known, not_before: from, title", "end: {type: instant, until: known, not_before: from, title"),
        ("to: to, calendar", "to: end, calendar"), ("done: to,", "done: end,"),
    )  # fmt: skip
    found = sla.changes(OLD, sla.load(new))

    assert {
        ("parameters.bound", "limit", "bound"),
        ("levels.month.decisions.tardy", "late", "tardy"),
        ("levels.call.decisions.until", "due", "until"),
        ("levels.call.facts.end", "to", "end"),
    } == {(each.path, str(each.before and each.before.en), str(each.after and each.after.en)) for each in found}  # fmt: skip
    assert 4 == len(found)
    assert "C1：恢复时限 更名，由 limit 改为 bound" == found[0].text()


def test_a_renamed_thing_may_also_change() -> None:
    found = told(("      late: {title: {zh: 逾期次数, en: late calls}, clause: C1,",
                  "      tardy: {title: {zh: 迟到, en: tardy}, clause: C2,"),
                 ("late * rate", "tardy * rate"), ("on: [late, mood]", "on: [tardy, mood]"))  # fmt: skip

    assert ["levels.month.decisions.tardy", "levels.month.decisions.tardy.title",
            "levels.month.decisions.tardy.clause"] == [path for path, _ in found]  # fmt: skip


def test_bands_come_and_go() -> None:
    split = ('"(0..50%]": 6 points, ', '"(0..20%]": 8 points, "(20%..50%]": 6 points, ')

    assert [
        ("scales.points.bands[(0..50%]].low", "C1: bands of points, edge: 0% → 20%"),
        (
            "scales.points.bands[(0..20%]]",
            "C1: bands of points, band above 0% and at most 20% is new: 8 points",
        ),
    ] == told(split)
    back = sla.changes(sla.load(replaced(split)), OLD)
    assert ["changed", "removed"] == [each.kind for each in back]
    assert "C1：得分档的分界 由 20% 改为 0%" == back[0].text()


def test_bands_under_a_switch_and_in_place() -> None:
    place = (
        "bands: {on: over, scale: points}",
        'bands: {on: over, rows: {"(..0]": 10 points, "(0..)": 0 points}}',
    )
    other = (
        "bands: {on: over, scale: points}",
        'bands: {on: over, rows: {"(..0]": 9 points, "(0..)": 0 points}}',
    )
    old, new = sla.load(replaced(place)), sla.load(replaced(other))

    assert ["levels.call.decisions.score.bands[(..0]]"] == [
        each.path for each in sla.changes(old, new)
    ]
    (whole,) = sla.changes(OLD, new)
    assert "levels.call.decisions.score" == whole.path
    assert "score (call): over by the scale “bands of points” → bands over over: at most 0%: 9 points, above 0%: 0 points" == whole.text("en")  # fmt: skip


def test_rows_of_a_first_table_that_move_are_told() -> None:
    rows = ('            - {when: ["0", "-"], then: good, clause: C1}\n            - {when: ["<= 3", high], then: good}\n',
            '            - {when: ["<= 3", high], then: good}\n            - {when: ["0", "-"], then: good, clause: C1}\n')  # fmt: skip
    assert [
        (
            "levels.month.decisions.grade.rows[0, -]",
            "C1: grade (month), row 0, any, place: row 1 → row 2",
        )
    ] == told(rows)
    unique = ("hit: first", "hit: any")
    assert () == sla.changes(sla.load(replaced(unique)), sla.load(replaced(unique, rows)))


def test_the_order_of_members_counts_where_a_table_ranks_by_it() -> None:
    members = ("{good: {zh: 良, en: good}, poor: {title: {zh: 差, en: poor}, aliases: [bad]}}",
               "{poor: {title: {zh: 差, en: poor}, aliases: [bad]}, good: {zh: 良, en: good}}")  # fmt: skip
    ranked = ("hit: first", "hit: priority")
    (change,) = sla.changes(sla.load(replaced(ranked)), sla.load(replaced(ranked, members)))

    assert "choices grade, order: good, poor → poor, good" == change.text("en")


def test_parts_of_tables_come_and_go() -> None:
    share = "share: {type: ratio, title: {zh: 比例, en: share}}, "
    fewer = (
        (share, ""),
        ("then: [100%, 5 points]", "then: 5 points"),
        ("then: [50%, 2 points]", "then: 2 points"),
    )
    assert [
        ("levels.month.decisions.both.give.share", "both (month), column share is gone")
    ] == told(*fewer)
    back = sla.changes(sla.load(replaced(*fewer)), OLD)
    assert ["both (month), column share is new"] == [each.text("en") for each in back]
    more = told(("on: [late, mood]", "on: [late, mood, bonus]"), ('["0", "-"]', '["0", "-", "-"]'),
                ('["<= 3", high]', '["<= 3", high, "-"]'), ('["-", "-"]', '["-", "-", "-"]'))  # fmt: skip
    assert [("levels.month.decisions.grade", "grade (month): table by late calls, mood (3 rows) → table by late calls, mood, bonus (3 rows)")] == more  # fmt: skip
    swapped = told(("on: [late, mood]", "on: [mood, late]"), ('["0", "-"]', '["-", "0"]'), ('["<= 3", high]', '[high, "<= 3"]'))  # fmt: skip
    assert [] == swapped
    input_ = told(("on: [late, mood]", "on: [late * 2, mood]"))
    assert [("levels.month.decisions.grade.on[0]", "grade (month), input: late calls → late calls × 2")] == input_  # fmt: skip
    row = told(('            - {when: ["-", "-"], then: poor}',
                '            - {when: ["> 9", low], then: poor}\n            - {when: ["-", "-"], then: poor}'))  # fmt: skip
    assert [("levels.month.decisions.grade.rows[> 9, low]", "grade (month), row above 9, low is new: poor")] == row  # fmt: skip


def test_sections_come_and_go() -> None:
    gone = ("{of: sum(calls.score), max: 10 points}, ", "")

    assert ["total (month), section sum(score) is gone: 10 points"] == [
        text for _, text in told(gone)
    ]
    (back,) = sla.changes(sla.load(replaced(gone)), OLD)
    assert "总分（月度）的分项“合计(得分)”" in back.text()


def test_whole_parts_come_and_go() -> None:
    edits = [
        ("  unused: {value: 1}\n", "", "parameters.unused"),
        ("notes: {ruling: {zh: 须裁定, en: must be ruled}}\n", "", "notes.ruling"),
        ("      - {that: bonus <= 4 points, at: bonus, message: {zh: 加分过高, en: bonus too high}}\n", "", "levels.month.require[1]"),
        ("      hours: {units: {of: sum(calls.used), per: 1 h, count: {by: tail, started: started, full: full}}}\n", "", "levels.month.decisions.hours"),
        ("        notes: [{code: heavy, when: loss > 500 CNY, text: {zh: 扣款较多, en: a heavy loss}}]\n", "", "levels.month.decisions.loss.notes[heavy]"),
        ("  C2: {text: 双方友好协商。, not_encoded: {zh: 无从计算。, en: Nothing to compute.}}\n", "", "clauses.C2"),
    ]  # fmt: skip
    for before, after, path in edits:
        new = sla.load(replaced((before, after)))
        (gone,), (come,) = sla.changes(OLD, new), sla.changes(new, OLD)
        assert (path, "removed", None) == (gone.path, gone.kind, gone.after)
        assert (path, "added", None) == (come.path, come.kind, come.before)
        assert gone.before == come.after


def test_calendars_scales_enumerations_levels_and_ledgers_come_and_go() -> None:
    more = replaced(
        ("calendars:\n", "calendars:\n  always: {hours: 24x7}\n"),
        (
            "scales:\n",
            'scales:\n  flat: {input: ratio, gives: points, bands: {"(..)": 1 points}}\n',
        ),
        ("enums:\n", "enums:\n  colour: {red: Red}\n"),
        ("levels:\n", "levels:\n  visit: {facts: {id: {type: text}}}\n"),
        ("readings:\n", "readings:\n  other: {question: Why?, default: a, options: {a: A}}\n"),
    )
    come = sla.changes(OLD, sla.load(more))
    gone = sla.changes(sla.load(more), OLD)

    paths = ["readings.other", "enums.colour", "calendars.always", "scales.flat", "levels.visit"]
    assert paths == [each.path for each in come]
    assert {*paths} == {each.path for each in gone}
    assert {"added"} == {each.kind for each in come}
    assert {"removed"} == {each.kind for each in gone}
    assert "bands of" not in come[3].text()
    without = replaced((TEXT[TEXT.index("    ledger:\n") : TEXT.index("    decisions: {total: sum")], ""),
                       ("net: amount - set_off", "net: amount"))  # fmt: skip
    found = sla.changes(OLD, sla.load(without))
    assert ["levels.contract.ledger", "levels.payment.decisions.net"] == [
        each.path for each in found
    ]
    assert "删去 扣款台账（contract）" == found[0].text()


def test_a_reading_that_comes_or_goes_is_told_with_what_it_decided() -> None:
    settled = told(("{by: tail, started: 100 CNY, otherwise: 120 CNY}", "100 CNY"))
    assert [("parameters.rate", "C1: amount each: by reading tail (started CNY 100.00; full CNY 120.00) → CNY 100.00")] == settled  # fmt: skip
    third = (
        "full: {zh: 舍去。, en: Down.}}",
        "full: {zh: 舍去。, en: Down.}, third: {zh: 三, en: 3}}",
    )
    same = (
        "{by: tail, started: started, full: full}",
        "{by: tail, started: started, full: full, third: pro_rata}",
    )
    assert [
        ("readings.tail.options.third", "C1: reading tail (How do parts count?), answer third is new: 3"),
        ("levels.month.decisions.hours.count[tail=third]", "under reading tail=third, hours (month), treatment of parts of a unit is new: pro rata"),
    ] == told(third, same)  # fmt: skip
    back = sla.changes(sla.load(replaced(third, same)), OLD)
    assert ["removed", "removed"] == [each.kind for each in back]


def test_several_options_of_one_text_are_told_once() -> None:
    third = (
        "full: {zh: 舍去。, en: Down.}}",
        "full: {zh: 舍去。, en: Down.}, third: {zh: 三, en: 3}}",
    )
    same = (
        "{by: tail, started: started, full: full}",
        "{by: tail, started: started, otherwise: full}",
    )
    old = sla.load(replaced(third, same))
    new = sla.load(replaced(third, same, ("otherwise: 120 CNY", "otherwise: 130 CNY")))
    (change,) = sla.changes(old, new)

    assert "parameters.rate[tail=full|third]" == change.path
    assert "C1：按读法 tail=full｜third，每次扣款 由 120.00 元 改为 130.00 元" == change.text()


def test_of_a_long_formula_the_part_that_differs_is_told() -> None:
    long = "if late > 3 then (late + 1) * rate else if late > 2 then (late + 2) * rate else late * rate"
    old = sla.load(replaced(("value: late * rate", f"value: {long}")))
    new = sla.load(replaced(("value: late * rate", f"value: {long.replace('+ 2', '+ 3')}")))
    (change,) = sla.changes(old, new)
    assert change.before is not None
    assert change.after is not None

    assert ("2", "3") == (change.before.zh, change.after.zh)
    assert "的公式“若 逾期次数 > 3 则" in change.text()


def test_every_node_has_words() -> None:
    bodies = [each.body for level in OLD.program.levels.values() for each in level.decisions]
    words = [in_both(OLD.program, body, level.name).en for level in OLD.program.levels.values()
             for body in [each.body for each in level.decisions]]  # fmt: skip

    assert len(bodies) == len(words)
    assert "recovery limit from reported on the clock “office hours”" in words
    assert "(recovered - due) ÷ recovery limit on the clock “office hours”" in words
    assert "sum(score) + worth (of 20 points)" in words
    assert not [each for each in words if "span" in each.lower()]
    text = replaced(("value: late * rate", ("value: if not (mood in [low]) or given(bonus) and late == 1 "
                     "then -(late - (1 + late)) * rate else max(rate, rate)")))  # fmt: skip
    program = sla.load(text).program
    loss = program.levels["month"].decision("loss")
    assert loss is not None
    assert (
        "-(late calls - (1 + late calls)) × amount each if not mood in [low] or stated(bonus) and late calls = 1, "
        "else largest(amount each, amount each)"
    ) == in_both(program, loss.body, "month").en


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ("abc", "abd", ("abc", "abd")),
        ("一二三四五六七八九十甲乙丙", "一二三四五六七八九十甲乙丁", ("…五六七八九十甲乙丙", "…五六七八九十甲乙丁")),
        ("每月 5 日前付款。" * 3 + "完", "每月 8 日前付款。" + "每月 5 日前付款。" * 2 + "完",
         ("每月 5 日前付款。每月…", "每月 8 日前付款。每月…")),
        ("x" + "字" * 5000, "y" + "字" * 5000, ("x" + "字" * 5000, "y" + "字" * 5000)),
    ],
    ids=range(4),
)  # fmt: skip
def test_an_excerpt_shows_what_changed(before: str, after: str, wanted: Any) -> None:
    assert wanted == excerpts(before, after)


def test_two_places_far_apart_are_shown_with_what_is_left_out() -> None:
    before, after = excerpts("甲" + "中" * 40 + "乙", "丙" + "中" * 40 + "丁")

    assert ("甲中中中中中中中中…中中中中中中中中乙", "丙中中中中中中中中…中中中中中中中中丁") == (
        before,
        after,
    )


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(TEXT, encoding="utf-8")
    new.write_text(replaced(("limit: {value: 2 h", "limit: {value: 4 h")), encoding="utf-8")
    return str(old), str(new)


def test_the_command_line_tells_changes_as_diff_does(files: Any, capsys: Any) -> None:
    old, new = files

    assert 1 == main(["diff", old, new])
    assert "* C1：恢复时限 由 2 小时 改为 4 小时\n" == capsys.readouterr().out
    assert 1 == main(["diff", old, new, "--lang", "en", "--format", "json"])
    assert "parameters.limit" == json.loads(capsys.readouterr().out)[0]["path"]
    assert 0 == main(["diff", old, old])
    assert "没有变化\n" == capsys.readouterr().out
    assert 0 == main(["diff", old, old, "--lang", "en"])
    assert "nothing changed\n" == capsys.readouterr().out
    assert 0 == main(["diff", old, old, "--format", "json"])
    assert "[]\n" == capsys.readouterr().out


def test_a_bad_ruleset_is_no_difference(files: Any, capsys: Any) -> None:
    bad = Path(files[0]).with_name("bad.yaml")
    bad.write_text("language: 2\n", encoding="utf-8")

    assert 2 == main(["diff", files[0], str(bad)])
    assert "E203" in capsys.readouterr().err
    assert 2 == main(["diff", files[0], "nowhere"])


NEW = """\
language: 1
id: new
version: 1
title: New
timezone: Asia/Shanghai
calendars:
  c:
    hours: {mon-fri: ["09:00-17:00"]}
    day_length: 8 h
    seasons: {06-01..08-31: {mon-fri: ["08:00-16:00"]}}
parameters:
  limit: {value: {by: date, 2023-01-01: 2 h, 2024-07-01: 4 h}}
levels:
  month:
    order: [month]
    governed_by: month
    facts: {month: {type: month}, score: {type: number}, items: {type: {list: item}}, late: {type: integer, min: 0}}
    decisions:
      base: {type: number, value: (score + (previous.base otherwise score)) / 2}
      rolling: {value: "sum(earlier.score where months_between(month, this.month) <= 3)"}
      top: {value: sum(items.worth highest per kind)}
      mean: {value: mean(items.worth weighted share)}
      ninth: {value: "percentile(items.worth, 90%)"}
      fee: {rates: {of: late, how: marginal, rows: {"(0..3)": 1 points, "[3..)": 2 points}}}
      slow: {value: limit > 3 h}
      loss: {value: {by: date, 2023-01-01: 1 points, 2024-07-01: {bands: {on: score, rows: {"(..1]": 0 points, "(1..)": 3 points}}}}}
  item:
    facts: {kind: {type: [a, b]}, worth: {type: number}, share: {type: ratio}}
"""

LATER = [
    ("2024-07-01: 4 h", "2024-07-01: 5 h", "parameters.limit[2024-07-01..]", "from 2024-07-01 on, limit: 4 h → 5 h"),
    ("2024-07-01: 4 h", "2024-07-01: 4 h, 2025-01-01: 6 h", "parameters.limit[2025-01-01..]", "from 2025-01-01 on, limit is new: 6 h"),
    (", 2024-07-01: 4 h", "", "parameters.limit[2024-07-01..]", "from 2024-07-01 on, limit is gone: 4 h"),
    ("{by: date, 2023-01-01: 2 h, 2024-07-01: 4 h}", "2 h", "parameters.limit", "limit: 2 h from 2023-01-01 on; 4 h from 2024-07-01 on → 2 h"),
    ('"(1..)": 3 points', '"(1..)": 4 points', "levels.month.decisions.loss[2024-07-01..].bands[(1..)]", "from 2024-07-01 on, loss (month), above 1: 3 points → 4 points"),
    ("<= 3", "<= 4", "levels.month.decisions.rolling", "rolling (month): sum(score of the earlier ones where months between(month, month of this month) ≤ 3) → sum(score of the earlier ones where months between(month, month of this month) ≤ 4)"),
    ("otherwise score)) / 2", "otherwise score)) / 3", "levels.month.decisions.base", "base (month): (score + base of the one before, otherwise score) ÷ 2 → (score + base of the one before, otherwise score) ÷ 3"),
    ("highest per kind", "lowest per kind", "levels.month.decisions.top", "top (month): sum(worth, the highest for each kind) → sum(worth, the lowest for each kind)"),
    ("weighted share", "", "levels.month.decisions.mean", "mean (month): mean(worth weighted by share) → mean(worth)"),
    ("90%", "95%", "levels.month.decisions.ninth", "ninth (month): percentile(worth, 90%) → percentile(worth, 95%)"),
    ("how: marginal", "how: whole", "levels.month.decisions.fee.how", "fee (month), what the rates apply to: each part at its rate → the whole at one rate"),
    ('"[3..)": 2 points', '"[3..)": 3 points', "levels.month.decisions.fee.bands[[3..)]", "fee (month), at least 3: 2 points → 3 points"),
    ("rates: {of: late,", "rates: {of: late + 1,", "levels.month.decisions.fee.of", "fee (month), amount: late → late + 1"),
    ("06-01..08-31", "06-01..09-30", None, None),
    ("08:00-16:00", "07:00-15:00", "calendars.c.seasons[06-01..08-31][mon,tue,wed,thu,fri]", "calendar c, seasons, 06-01..08-31, Monday to Friday: 08:00-16:00 → 07:00-15:00"),
    ("day_length: 8 h", "day_length: 7 h", "calendars.c.day_length", "calendar c, length of a day: 8 h → 7 h"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "path", "text"), LATER, ids=range(len(LATER)))
def test_newer_forms_of_the_language_have_changes_too(
    before: str, after: str, path: str | None, text: str | None
) -> None:
    new = sla.load(replaced((before, after), text=NEW))
    found = [(each.path, each.text("en")) for each in sla.changes(sla.load(NEW), new)]

    if path is None:
        assert ["added", "removed"] == sorted(each.kind for each in sla.changes(sla.load(NEW), new))
    else:
        assert [(path, text)] == found


def test_what_governs_values_by_date_is_a_change() -> None:
    facts = "late: {type: integer, min: 0}}"
    more = ("late: {type: integer, min: 0}}", "late: {type: integer, min: 0}, on: {type: date}}")
    old = sla.load(replaced(more, text=NEW))
    new = sla.load(replaced(more, ("governed_by: month", "governed_by: on"), text=NEW))
    assert facts in NEW

    assert [
        ("levels.month.governed_by", "level month, what decides between dates: month → on")
    ] == [(each.path, each.text("en")) for each in sla.changes(old, new)]


def test_a_long_part_is_cut_in_the_sentence_alone() -> None:
    options = ", ".join(f"o{n}: {n + 1} h" for n in range(40))
    readings = "readings: {{r: {{question: q, default: o0, options: {{{}}}}}}}\n".format(
        ", ".join(f"o{n}: x" for n in range(40))
    )
    long = f"  long: {{value: {{by: r, {options}}}}}\n"
    text = NEW.replace("parameters:\n", f"parameters:\n{long}")
    added, reading = sorted(
        sla.changes(sla.load(NEW), sla.load(readings + text)), key=lambda each: each.path
    )

    assert ("parameters.long", "readings.r") == (added.path, reading.path)
    assert added.after is not None
    assert len(added.after.zh) > 250
    assert len(added.text()) < 180
    assert added.text().endswith("…")


MORE = """\
language: 1
id: more
version: 1
title: More
timezone: Asia/Shanghai
currency: CNY
parameters: {quiet: {value: 1 h}, day: {value: 1 workday, type: limit}, home: {value: c}}
calendars: {c: {hours: {mon-sun: ["08:00-20:00"]}}}
levels:
  it:
    title: {zh: 单, en: it}
    facts:
      at: {type: instant, title: {zh: 时刻, en: at}}
      until_at: {type: instant, not_before: at}
      on: {type: date, optional: true}
      n: {type: number, default: 1, title: {zh: 数量, en: n}}
      k: {type: [a, b], optional: true, title: {zh: 种类, en: kind}}
      part: {type: {record: part}, title: {zh: 部分, en: part}}
    decisions:
      one: {value: "if n in [1, 2] then part.size else 0"}
      two: {table: {on: [k, n], rows: [{when: [missing, "-"], then: 1}, {when: [given, "not(1, 2)"], then: 2}, {when: [given, "[1..2]"], then: 3}]}}
      three: {units: {of: n, per: 2, count: full, free: 1}}
      four: {elapsed: {from: at, to: until_at, calendar: home}}
      five: {value: on otherwise "2020-01-01"}
      six: {value: n, round: {to: 0.1, mode: up}, floor: 0, cap: 9}
      seven: {value: date_of(at)}
      eight: {value: not (n > 1 or n < 0)}
  part: {facts: {size: {type: number, title: {zh: 大小, en: size}}}}
"""

EDITS = [
    ("n in [1, 2]", "n in [1, 3]", "one (it): size of part if n in [1, 2], else 0 → size of part if n in [1, 3], else 0"),
    ("part.size else 0", "part.size else 1", "one (it): size of part if n in [1, 2], else 0 → size of part if n in [1, 2], else 1"),
    ('"not(1, 2)"', '"not(1, 2, 3)"', "two (it), row stated, not (1 or 2), condition: stated, not (1 or 2) → stated, not (1 or 2 or 3)"),
    ("free: 1", "free: 2", "three (it), units that are free: 1 → 2"),
    ("three: {units: {of: n, per: 2, count: full, free: 1}}", "three: n", "three (it): units of 2 in n (only full units) → n"),
    ("four: {elapsed: {from: at, to: until_at, calendar: home}}", "four: 1 h", "four (it): time from at to until_at on the clock “home” → 1 h"),
    ("{to: 0.1, mode: up}", "{to: 0.1, mode: down}", "six (it), rounding: Rounded up to 0.1 → Rounded down to 0.1"),
    ("value: 1 workday", "value: 2 workday", "day: 1 working day(s) → 2 working day(s)"),
    ("value: c}", "value: c, title: {zh: 日历, en: clock}}", "clock, title: home → clock"),
    ("date_of(at)", "date_of(until_at)", "seven (it): date(at) → date(until_at)"),
    ("n > 1 or n < 0", "n > 2 or n < 0", "eight (it): not (n > 1 or n < 0) → not (n > 2 or n < 0)"),
    ("default: 1,", "default: 2,", "n (fact of it), default: 1 → 2"),
    ("type: number, default", "type: integer, default", "n (fact of it), type: number → integer"),
    ("      on: {type: date, optional: true}\n", "      on: {type: date, optional: true}\n      z: {type: [x, y], optional: true}\n", "z (fact of it) is new: choice of x, y"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "text"), EDITS, ids=range(len(EDITS)))
def test_each_form_is_told_in_its_own_words(before: str, after: str, text: str) -> None:
    found = sla.changes(sla.load(MORE), sla.load(replaced((before, after), text=MORE)))

    assert [text] == [each.text("en") for each in found]


def test_facts_and_notes_come_and_go() -> None:
    old = sla.load(MORE)
    without = sla.load(replaced(("      on: {type: date, optional: true}\n", ""), ('      five: {value: on otherwise "2020-01-01"}\n', ""), text=MORE))  # fmt: skip
    gone = sla.changes(old, without)
    assert [("levels.it.facts.on", "removed"), ("levels.it.decisions.five", "removed")] == [
        (each.path, each.kind) for each in gone
    ]
    noted = sla.load(replaced(("mode: up}, floor", "mode: up}, better: higher, notes: [{code: x, when: n > 1, text: {zh: 甲, en: X}}], floor"), text=MORE))  # fmt: skip
    assert [
        "six (it), note x is new: X",
        "six (it), direction of better: none → more is better",
    ] == [each.text("en") for each in sla.changes(old, noted)]
    other = sla.load(replaced(("mode: up}, floor", "mode: up}, better: lower, notes: [{code: x, when: n > 1, text: {zh: 乙, en: Y}}], floor"), text=MORE))  # fmt: skip
    assert ["six (it), note x, words: X → Y", "six (it), direction of better: more is better → less is better"] == [
        each.text("en") for each in sla.changes(noted, other)
    ]  # fmt: skip
    members = sla.changes(
        old, sla.load(replaced(("k: {type: [a, b]", "k: {type: [a, c]"), text=MORE))
    )
    assert ["levels.it.facts.k.type.c", "levels.it.facts.k.type.b"] == [
        each.path for each in members
    ]
