"""How each law is judged: for facts that are drawn, and again for smaller ones."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any, Final

import attrs

from sla_rules.assessment import recorded
from sla_rules.diagnostics import Diagnostic, RulesetError, SlaError
from sla_rules.facts.records import walk_records
from sla_rules.language import program as ir
from sla_rules.lint import fairness
from sla_rules.lint.cone import Cones, Slot
from sla_rules.lint.varying import Reversal
from sla_rules.rules import Rules
from sla_rules.testing.conserving import imbalances
from sla_rules.testing.directing import below, no_direction
from sla_rules.testing.edges.field import Locus, path_of
from sla_rules.testing.lawful import (
    Worse,
    asked,
    assessed,
    differing,
    directed_facts,
    enclosed,
    forgettable,
    out_of_range,
    reordered,
    results,
    reversals,
    settled_otherwise,
    worsenings,
)
from sla_rules.testing.lawtold import Breach, Voice
from sla_rules.testing.plainly import plainly
from sla_rules.testing.shrink import GONE, replaced
from sla_rules.unknown import Unknown
from sla_rules.worktime import Calendar, CalendarError

__all__ = ["CLOCKS", "JUDGES", "Judge", "Pick", "Trial", "clock_breach"]

Pick = Callable[[Sequence[Any]], Any]
Breaches = Iterator[Breach | None]
"""What breaks a law; None where it was tried and holds."""


class Trial:
    """A ruleset under some readings, the level of the facts, and how results are told."""

    def __init__(self, rules: Rules, level: str | None, voice: Voice) -> None:
        self.rules = rules
        self.level = level
        self.voice = voice

    @cached_property
    def cones(self) -> Cones:
        """What depends on what."""
        return Cones(self.rules.program, self.rules.readings)

    @cached_property
    def directions(self) -> Mapping[Slot, int]:
        """Which way facts are better."""
        return directed_facts(self.rules.program)

    @cached_property
    def asked(self) -> frozenset[str]:
        """The facts of which a rule asks whether they are stated."""
        return asked(self.rules.program)

    def said(self, zh: str, en: str) -> str:
        """The one or the other."""
        return self.voice.said(zh, en)


@attrs.frozen(eq=False)
class Known:
    """Facts of a level that are known to be worth a trial, their readings, and what is tried."""

    level: str
    document: Any
    choices: Mapping[str, str]
    judge: Callable[[Trial, Any], Breaches]


@attrs.frozen(eq=False)
class Judge:
    """A law: its title in both languages, what it lacks in a ruleset, and how it is judged.

    *judge* draws what it needs beside the facts with the function it is given; *again* tries a few
    ways in which smaller facts may break the law as *key* says.  *complete* and *least* are those
    of the facts that it is tried on; *default_readings* tries no others.  *known* is what is
    tried before any facts are drawn, at a level and below it.
    """

    title: tuple[str, str]
    judge: Callable[[Trial, Any, Pick], Breaches]
    again: Callable[[Trial, Any, Any], Iterator[Breach]]
    lacking: Callable[[Rules, str, Voice], str] = lambda rules, level, voice: ""
    complete: bool = False
    least: int = 0
    default_readings: bool = False
    known: Callable[[Rules, str], Iterable[Known]] = lambda rules, level: ()


def _whole(judge: Callable[[Trial, Any], Breaches]) -> dict[str, Any]:
    """A law that draws nothing beside the facts."""

    def again(trial: Trial, document: Any, key: Any) -> Iterator[Breach]:
        return (each for each in judge(trial, document) if each is not None)

    return {"judge": lambda trial, document, pick: judge(trial, document), "again": again}


# --- order ---


def _order(trial: Trial, document: Any, pick: Pick) -> Breaches:
    several = list(reordered(document))
    yield from _orders(trial, document, pick(several))


def _order_again(trial: Trial, document: Any, key: Any) -> Iterator[Breach]:
    for other in reordered(document):
        yield from (each for each in _orders(trial, document, other) if each is not None)


def _orders(trial: Trial, document: Any, other: Any) -> Breaches:
    one, two = (assessed(trial.rules, each, trial.level) for each in (document, other))
    caption = trial.said("同样的事实，另一种次序：", "the same facts in another order:")
    if one is None or two is None:
        if one is not two:
            line = trial.said(
                "同样的事实，一种次序下可以计算，另一种次序下被拒绝",
                "the same facts are accepted in one order and refused in another",
            )
            yield Breach("refused", (line,), (), caption, other)
        return
    for each, before, after in differing(results(one), results(two)):
        decision = trial.rules.program.levels[each.level].decision(before.decision)
        assert decision is not None
        first, second = (trial.voice.outcome(decision, result) for result in (before, after))
        title = trial.voice.at(decision, each.path)
        line = trial.said(
            f"{title}：按下列次序为 {first}，按另一种次序为 {second}",
            f"{title}: {first} in this order, {second} in the other",
        )
        yield Breach((each.level, decision.name), (line,), decision.clauses, caption, other)
    for each, was, is_ in settled_otherwise(results(one), results(two)):
        first, second = (
            "; ".join(" ".join(each).strip() for each in several) or "—" for several in (was, is_)
        )
        line = trial.said(
            f"{each.path}：按下列次序冲抵 {first}，按另一种次序冲抵 {second}",
            f"{each.path}: {first} is settled in this order, {second} in the other",
        )
        yield Breach((each.level, "postings"), (line,), (), caption, other)
    yield None


# --- worse service ---


def _later(trial: Trial, document: Any, pick: Pick) -> Breaches:
    one = assessed(trial.rules, document, trial.level)
    ways = [] if one is None else list(worsenings(trial.rules, one, trial.directions))
    if ways:
        yield from _worse(trial, document, one, pick(ways))


def _reversed(rules: Rules, level: str) -> Iterator[Known]:
    """What the checker finds: pairs of facts, of which the worse comes out better."""
    here = set(below(rules.program, level))
    for each in fairness.reversals(rules.program):
        if each.draft.level.name in here:
            yield Known(
                level=each.draft.level.name,
                document=plainly(each.document(each.better, rules.program.timezone)),
                choices={k: v for k, v in each.choices.items() if rules.readings.get(k) != v},
                judge=partial(_reversal, each),
            )


def _reversal(reversal: Reversal, trial: Trial, document: Any) -> Breaches:
    one = assessed(trial.rules, document, trial.level)
    fact = reversal.target.fact
    for record in () if one is None else walk_records(recorded(one)):
        if (
            record.level.name == reversal.target.home
            and record[fact.index] == reversal.better.value
        ):
            locus = Locus((*path_of(record.path), fact.name), fact, record[fact.index])
            worse = Worse(reversal.target.slot, None, locus, record.path, reversal.worse.value)
            yield from _worse(trial, document, one, worse)


def _later_again(trial: Trial, document: Any, key: Any) -> Iterator[Breach]:
    one = assessed(trial.rules, document, trial.level)
    for worse in () if one is None else worsenings(trial.rules, one, trial.directions):
        if worse.slot == key[0]:
            found = _worse(trial, document, one, worse)
            yield from (each for each in found if each is not None)


def _worse(trial: Trial, document: Any, one: Any, worse: Worse) -> Breaches:
    rules, voice = trial.rules, trial.voice
    two = assessed(rules, worse.document(document, rules.program.timezone), trial.level)
    if two is None:
        return
    for turned in reversals(rules, trial.cones, recorded(one), recorded(two), worse):
        kind = turned.decision.type
        before, after = (voice.format.value(kind, each) for each in (turned.before, turned.after))
        name = voice.at(turned.decision, turned.where)
        line = trial.said(
            f"结果反而更好：{name}由 {before} 变为 {after}",
            f"but a better result: {name} goes from {before} to {after}",
        )
        clauses = (*turned.decision.clauses, *worse.locus.fact.clauses)
        yield Breach((worse.slot, turned.slot), (voice.worsened(worse), line), clauses)
    yield None


# --- money ---


def _ledgers(rules: Rules, level: str) -> list[tuple[str, ir.Ledger]]:
    """The ledgers that pay at a level or below it, with the level that holds the payments."""
    found = []
    for name in below(rules.program, level):
        ledger = rules.program.levels[name].ledger
        if ledger is not None and ledger.pays:
            found.append((name, ledger))
    return found


def _no_ledger(rules: Rules, level: str, voice: Voice) -> str:
    if _ledgers(rules, level):
        return ""
    if level == rules.top_level:
        return voice.said("规则集没有付款台账", "the ruleset has no ledger that pays")
    return voice.said(f"“{level}”一级没有付款台账", f"there is no ledger at level {level!r}")


def _payments(trial: Trial, document: Any) -> Breaches:
    found = assessed(trial.rules, document, trial.level)
    ledgers = dict(_ledgers(trial.rules, trial.level or trial.rules.top_level))
    for record in () if found is None else walk_records(recorded(found)):
        for ledger in ledgers.values():
            decision = record.level.decision(ledger.pays)
            if record.level.name != ledger.level or decision is None:
                continue
            value = record[decision.index]
            if isinstance(value, Unknown) or decision.index in record.given:
                continue
            if value < 0:
                amount = trial.voice.format.value(decision.type, value)
                name = trial.voice.at(decision, record.path)
                line = trial.said(f"{name}为 {amount}，低于零", f"{name} is {amount}, below zero")
                yield Breach((record.level.name, decision.name), (line,), decision.clauses)
            yield None


_BOOKS: Final = {
    "posted": (
        "{where}：冲抵额 {one}，逐笔入账合计却是 {two}",
        "{where}: {one} is set off, but {two} was posted entry by entry",
    ),
    "balance": (
        "{where}：转入与新增合计 {one}，冲抵、失效与结转合计却是 {two}",
        "{where}: {one} came in, but {two} was set off, lapsed or carried forward",
    ),
    "paid": (
        "{where}：可付款减去冲抵为 {one}，实际支付却是 {two}",
        "{where}: {one} is available after the set-off, but {two} is paid",
    ),
    "handed_on": (
        "{where}：上一期结转 {one}，本期转入却是 {two}",
        "{where}: the payment before carried {one} forward, but {two} was brought forward",
    ),
    "in_all": (
        "认定的扣款合计 {one}，冲抵、失效与未扣合计却是 {two}",
        "{one} was determined in all, but {two} was set off, lapsed or is outstanding",
    ),
}


def _conserved(trial: Trial, document: Any) -> Breaches:
    found = assessed(trial.rules, document, trial.level)
    ledgers = dict(_ledgers(trial.rules, trial.level or trial.rules.top_level))
    for record in () if found is None else walk_records(recorded(found)):
        ledger = ledgers.get(record.level.name)
        if ledger is None:
            continue
        pays = trial.rules.program.levels[ledger.level].decision(ledger.pays)
        for where, what, one, two in imbalances(trial.rules, record, ledger):
            amounts = [
                str(each) if pays is None else trial.voice.format.value(pays.type, each)
                for each in (one, two)
            ]
            said = trial.said(*_BOOKS[what]).format(where=where, one=amounts[0], two=amounts[1])
            clauses = (*ledger.clauses, *(() if pays is None else pays.clauses))
            yield Breach(what, (said,), clauses)
        yield None


# --- ranges, and what is not known ---


def _failed(trial: Trial, problems: Sequence[Diagnostic]) -> Breach:
    """What the ruleset fails on, with the clauses of the decision at whose place it was told."""
    lines: list[str] = []
    clauses: list[str] = []
    for each in problems:
        decision = next(
            (
                found
                for level in trial.rules.program.levels.values()
                for found in level.decisions
                if found.span == each.where
            ),
            None,
        )
        name = "" if decision is None else trial.voice.titled(decision)
        clauses += () if decision is None else decision.clauses
        head = trial.said(f"{name}无法计算：", f"{name or 'a result'} cannot be computed: ")
        lines.append(f"{head}{each.code} {each.message}")
    return Breach(tuple(each.code for each in problems), tuple(lines), tuple(clauses))


def _ranges(trial: Trial, document: Any) -> Breaches:
    try:
        found = trial.rules.assess(document, trial.level)
    except RulesetError as error:
        yield _failed(trial, error.problems)
        return
    except SlaError:  # these readings refuse the facts, or a calendar has no data for them
        return
    voice = trial.voice
    for record, decision, least, most in out_of_range(trial.rules, found):
        ends = [None if e is None else voice.format.value(decision.type, e) for e in (least, most)]
        value = voice.format.value(decision.type, record[decision.index])
        name = voice.at(decision, record.path)
        low, high = (each if each is not None else "…" for each in ends)
        line = trial.said(
            f"{name}为 {value}，超出声明的范围 {low} 至 {high}",
            f"{name} is {value}, beyond its declared range {low} to {high}",
        )
        yield Breach((record.level.name, decision.name), (line,), decision.clauses)
    yield None


def _unknown(trial: Trial, document: Any, pick: Pick) -> Breaches:
    whole = assessed(trial.rules, document, trial.level)
    places = [] if whole is None else forgettable(whole, trial.asked)
    if not places:
        return
    partial = document
    for _ in range(3):
        try:
            partial = replaced(partial, pick(places), GONE)
        except LookupError:  # it was left out already
            continue
    yield from _partial(trial, partial, whole)


def _unknown_again(trial: Trial, document: Any, key: Any) -> Iterator[Breach]:
    whole = assessed(trial.rules, document, trial.level)
    for place in [] if whole is None else forgettable(whole, trial.asked):
        try:
            partial = replaced(document, place, GONE)
        except LookupError:
            continue
        yield from (each for each in _partial(trial, partial, whole) if each is not None)


def _partial(trial: Trial, partial: Any, whole: Any) -> Breaches:
    one = assessed(trial.rules, partial, trial.level)
    if one is None:
        return
    for each, before, after in enclosed(one, whole):
        decision = trial.rules.program.levels[each.level].decision(before.decision)
        assert decision is not None
        first, second = (trial.voice.outcome(decision, result) for result in (before, after))
        name = trial.voice.at(decision, each.path)
        line = trial.said(
            f"{name}：缺事实时称 {first}，事实齐全后却是 {second}",
            f"{name} was said to be {first} without all facts; with them it is {second}",
        )
        caption = trial.said("缺事实时：", "while facts were missing:")
        yield Breach((each.level, decision.name), (line,), decision.clauses, caption, partial)
    yield None


# --- calendars ---


CLOCKS: Final = (
    "工作时间可以分段相加，期限与用时互逆",
    "working time adds up, deadlines invert it",
)
"""The title of the law about calendars, which is about no facts."""


def clock_breach(
    calendar: Calendar, name: str, moments: Sequence[datetime], budget: timedelta, voice: Voice
) -> Breach | None:
    """What does not add up between four moments, a suspension being between the middle ones."""
    first, pause, resume, last = moments
    try:
        return _clock(calendar, name, (first, pause, resume, last), budget, voice)
    except CalendarError:  # no holiday data for these days, or no working time left
        return None


def _clock(
    calendar: Calendar, name: str, moments: Sequence[datetime], budget: timedelta, voice: Voice
) -> Breach | None:
    first, pause, resume, last = moments
    whole = calendar.elapsed(first, last)
    steps = [calendar.elapsed(a, b) for a, b in ((first, pause), (pause, resume), (resume, last))]
    stops = [(pause, resume)] if pause < resume else []
    running = calendar.elapsed(first, last, stops)
    due = calendar.deadline(first, budget, stops)
    until = calendar.elapsed(first, due, stops)
    shown = [each.isoformat(timespec="minutes") for each in moments]
    known = voice.rules.program.calendars.get(name)
    title = f"{known.title.of(voice.lang) if known else ''} ({name})".strip()
    span = voice.said(f"{shown[0]} 至 {shown[3]}", f"from {shown[0]} to {shown[3]}")
    stop = voice.said(f"{shown[1]} 至 {shown[2]} 暂停", f"suspended from {shown[1]} to {shown[2]}")
    line = ""
    if sum(steps, timedelta()) != whole:
        parts = " + ".join(map(str, steps))
        line = voice.said(
            f"{span}，以 {shown[1]}、{shown[2]} 分段：{parts}，整段却是 {whole}",
            f"{span}, divided at {shown[1]} and {shown[2]}: {parts}, but {whole} as a whole",
        )
    elif running != whole - (steps[1] if stops else timedelta()):
        line = voice.said(
            f"{span}，{stop}：{running}；不暂停为 {whole}，暂停期间为 {steps[1]}",
            f"{span}, {stop}: {running}; {whole} without the suspension, which takes {steps[1]}",
        )
    elif until != budget:
        line = voice.said(
            f"自 {shown[0]} 起 {budget} 的期限为 {due}（{stop}），到期时经过的却是 {until}",
            f"{budget} from {shown[0]} end at {due} ({stop}), when {until} have passed",
        )
    if not line:
        return None
    clauses = known.clauses if known else ()
    return Breach(name, (voice.said(f"日历 {title}", f"calendar {title}"), line), clauses)


JUDGES: Final = {
    "order_never_matters": Judge(
        ("记录的先后次序不影响结果", "the order of records never matters"), _order, _order_again
    ),
    "later_is_never_better": Judge(
        ("服务变差，结果不会更好", "worse service is never better for the supplier"),
        _later,
        _later_again,
        no_direction,
        complete=True,
        least=1,
        known=_reversed,
    ),
    "no_payment_below_zero": Judge(
        ("付款不低于零", "no payment is below zero"),
        **_whole(_payments),
        lacking=_no_ledger,
        complete=True,
        least=1,
    ),
    "ledger_conserves": Judge(
        ("台账收支相符，一分不差", "the ledger conserves every cent"),
        **_whole(_conserved),
        lacking=_no_ledger,
        complete=True,
    ),
    "readings_stay_in_range": Judge(
        ("任何读法下结果都在声明的范围之内", "under any reading results stay in their range"),
        **_whole(_ranges),
    ),
    "unknown_encloses_known": Judge(
        ("事实未齐时给出的范围包含最终结果", "what is said of unknown results holds once known"),
        _unknown,
        _unknown_again,
        complete=True,
        default_readings=True,  # another may say that what is not known counts as failed
    ),
}
