"""Laws that contracts obey, ready to run: one line in a test module.

::

    from sla_rules.testing.laws import laws_of

    TestMyContract = laws_of("rulesets/my-contract")

pytest collects one test for each law, ``TestMyContract::test_order_never_matters`` and so on; the
name begins with ``Test`` so that pytest finds it.  Each law draws facts and readings with
Hypothesis, which must be installed: ``pip install sla-rules[hypothesis]``.  A law that is broken
is told with the smallest facts found, the two outcomes and the clauses.  A law that says nothing
about a ruleset, such as one about payments where there are none, is skipped and says why.

What the contract itself wants otherwise is left out where the ruleset acknowledges it, as its
findings are (``acknowledge: {W722: reason}``), or by ``unless={"order_never_matters": "reason"}``.
"""

import sys
import unittest
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from sla_rules.diagnostics import SlaError, nearest
from sla_rules.rules import Rules, load
from sla_rules.testing.drawing import HealthCheck, Phase, Unsatisfiable, given, seed, settings
from sla_rules.testing.drawing import strategies as st
from sla_rules.testing.failure import language_of
from sla_rules.testing.judging import CLOCKS, JUDGES, Judge, Trial, clock_breach
from sla_rules.testing.lawtold import Breach, Voice
from sla_rules.testing.shrink import shrink
from sla_rules.testing.strategies import durations, facts, instants, readings
from sla_rules.testing.writer import one_of

__all__ = [
    "LAWS",
    "clocks_add_up",
    "later_is_never_better",
    "laws_of",
    "ledger_conserves",
    "no_payment_below_zero",
    "order_never_matters",
    "readings_stay_in_range",
    "unknown_encloses_known",
]

Test = Callable[[], None]
Source = Rules | str | Path
PHASES: Final = (Phase.explicit, Phase.generate)
"""Without examples of runs before, so that runs agree, and without Hypothesis's own shrinking:
facts are made smaller as documents, which is quicker."""
CHECKS: Final = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large)
ASKED: Final = 400
"""How often smaller facts are tried."""


@attrs.frozen(eq=False)
class _Options:
    level: str | None = None
    max_examples: int | None = None
    lang: str | None = None


def laws_of(
    source: Source,
    *,
    level: str | None = None,
    unless: Mapping[str, str] | None = None,
    max_examples: int | None = None,
    lang: str | None = None,
) -> type:
    """All laws of a ruleset as a class of tests, for pytest to collect under a name ``Test…``.

    *source* is a ruleset, its path or its id; *level* draws the facts of that level alone.
    *unless* names laws that the contract itself sets aside, each with the reason, which the
    skipped test tells.  *max_examples* is that of Hypothesis, by default that of its profile.
    *lang* is the language of what is told, ``zh`` or ``en``, by default that of the contract.
    What is drawn depends on the text of the ruleset alone, so that two runs agree; what the checker
    finds (W722) is tried first.  Raises ValueError for an unknown law or level and for a law set
    aside without a reason, RulesetError where the ruleset cannot be loaded.

    >>> laws = laws_of("gz-npc-2023", level="incident", max_examples=5)
    >>> laws.test_later_is_never_better()
    >>> laws.test_no_payment_below_zero()
    Traceback (most recent call last):
    unittest.case.SkipTest: no_payment_below_zero：“incident”一级没有付款台账
    """
    rules = _rules(source)
    excused = dict(unless or {})
    for name, reason in excused.items():
        if name not in LAWS:
            raise ValueError(f"there is no law {name!r}; {nearest(name, LAWS)}".rstrip("; "))
        if not reason.strip():
            raise ValueError(f"{name} is set aside without a reason: say why the contract does so")
    tests: dict[str, Any] = {}
    for name, law in LAWS.items():
        if name in excused:
            test = _skipped(f"{name}: {excused[name]}")
        else:
            test = law(rules, level=level, max_examples=max_examples, lang=lang)
        test.__name__ = f"test_{name}"
        tests[f"test_{name}"] = staticmethod(test)
    return type("Laws", (), {"__doc__": f"The laws of {rules.id}.", **tests})


def order_never_matters(source: Source, **options: Any) -> Test:
    """The order of the records of a list, and of the keys, changes no result.

    *options* are *level*, *max_examples* and *lang* of :func:`laws_of`, as for every law.
    """
    return _test("order_never_matters", source, options)


def later_is_never_better(source: Source, **options: Any) -> Test:
    """No fact that becomes worse makes a result better for the supplier.

    Facts and results are worse as the ruleset declares with ``better``; where it does not, a moment
    of which an overrun is taken is worse when later, and what a ledger pays is better when higher.
    Decisions that acknowledge W722, and what only follows them, are left out.
    """
    return _test("later_is_never_better", source, options)


def no_payment_below_zero(source: Source, **options: Any) -> Test:
    """What a ledger pays is never below zero, once it is known."""
    return _test("no_payment_below_zero", source, options)


def ledger_conserves(source: Source, **options: Any) -> Test:
    """A ledger loses and gains nothing: what comes in goes out, of each payment and in all.

    A payment pays what is available less what is set off; what it carries forward is brought
    forward to the next; and all that was determined was set off, lapsed, or is outstanding.
    """
    return _test("ledger_conserves", source, options)


def readings_stay_in_range(source: Source, **options: Any) -> Test:
    """Under any reading facts that are accepted have results, within what is declared of them."""
    return _test("readings_stay_in_range", source, options)


def unknown_encloses_known(source: Source, **options: Any) -> Test:
    """What is said while facts are unknown holds once they are known, whatever they are."""
    return _test("unknown_encloses_known", source, options)


def clocks_add_up(source: Source, **options: Any) -> Test:
    """Working time adds up, and a deadline is when its time is used up, on every calendar.

    With suspensions and without, around openings, closings, holidays and make-up days.
    """
    rules = _rules(source)
    chosen = _Options(**options)
    voice = Voice(rules, chosen.lang or language_of(rules))
    variants = _Variants(rules)
    if not rules.program.calendars:
        return _skipped(f"clocks_add_up{voice.said('：规则集没有日历', ': there is no calendar')}")

    @_seed(rules)
    @_settings(chosen)
    @given(readings(rules, most=2), st.data())
    def run(choices: dict[str, str], data: st.DataObject) -> None:
        read = variants.under(choices)
        several = read.engine.clocks.calendars
        name = data.draw(one_of(sorted(several)))
        moments = sorted(data.draw(_four(variants.instants(name))))
        budget = data.draw(variants.durations)
        told = attrs.evolve(voice, rules=read)
        breach = clock_breach(several[name], name, moments, budget, told)
        if breach is not None:
            raise _Found(breach, None, choices, None)

    return _wrapped("clocks_add_up", CLOCKS, run, voice, lambda found: found)


def _four(drawn: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(drawn, min_size=4, max_size=4)


LAWS: Final[Mapping[str, Callable[..., Test]]] = {
    each.__name__: each
    for each in (
        order_never_matters,
        later_is_never_better,
        no_payment_below_zero,
        ledger_conserves,
        readings_stay_in_range,
        unknown_encloses_known,
        clocks_add_up,
    )
}
"""All laws by name; each takes a ruleset, its path or its id, and gives a test."""


def _rules(source: Source) -> Rules:
    return source if isinstance(source, Rules) else load(source)


def _skipped(reason: str) -> Test:
    def test() -> None:
        raise unittest.SkipTest(reason)

    test.__doc__ = reason
    return test


class _Variants:
    """A ruleset under the readings drawn, each compiled once."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.durations = durations(rules)
        self._known: dict[tuple[tuple[str, str], ...], Rules] = {(): rules}
        self._instants: dict[str, st.SearchStrategy[Any]] = {}

    def under(self, choices: Mapping[str, str]) -> Rules:
        """The ruleset under these readings."""
        key = tuple(sorted(choices.items()))
        if key not in self._known:
            self._known[key] = self.rules.with_readings(choices)
        return self._known[key]

    def instants(self, calendar: str) -> st.SearchStrategy[Any]:
        """Instants around the edges of a calendar under the default readings."""
        if calendar not in self._instants:
            known = calendar in self.rules.engine.clocks.calendars
            self._instants[calendar] = instants(self.rules, calendar=calendar if known else None)
        return self._instants[calendar]


class _Found(Exception):
    """A breach with the facts and readings of it, on the way out of Hypothesis."""

    def __init__(
        self, breach: Breach, document: Any, choices: Mapping[str, str], level: str | None
    ) -> None:
        super().__init__(*breach.lines)
        self.breach = breach
        self.document = document
        self.choices = dict(choices)
        self.level = level


def _seed(rules: Rules) -> Callable[[Any], Any]:
    """What is drawn, by the ruleset alone: what one run finds every run finds."""
    found: Callable[[Any], Any] = seed(
        f"{rules.program.text_hash} {sorted(rules.readings.items())}"
    )
    return found


def _settings(options: _Options) -> settings:
    chosen: settings = settings(
        deadline=None,
        suppress_health_check=CHECKS,
        phases=PHASES,
        derandomize=True,
        print_blob=False,
    )
    if options.max_examples is not None:
        chosen = settings(chosen, max_examples=options.max_examples)
    return chosen


def _test(name: str, source: Source, options: Mapping[str, Any]) -> Test:
    """The test of a law about documents."""
    rules = _rules(source)
    chosen = _Options(**options)
    judge = JUDGES[name]
    voice = Voice(rules, chosen.lang or language_of(rules))
    drawn = facts(rules, chosen.level, complete=judge.complete, least=judge.least)
    lacking = judge.lacking(rules, chosen.level or rules.top_level, voice)
    if lacking:
        return _skipped(f"{name}{voice.said('：', ': ')}{lacking}")
    variants = _Variants(rules)
    tried: list[int] = []

    trials: dict[tuple[Rules, str | None], Trial] = {}

    def trial(choices: Mapping[str, str], of: str | None = chosen.level) -> Trial:
        key = (variants.under(choices), of)
        if key not in trials:
            trials[key] = Trial(key[0], of, attrs.evolve(voice, rules=key[0]))
        return trials[key]

    @_seed(rules)
    @_settings(chosen)
    @given(drawn, readings(rules, most=0 if judge.default_readings else 2), st.data())
    def run(document: Any, choices: dict[str, str], data: st.DataObject) -> None:
        def pick(several: Any) -> Any:
            return data.draw(one_of(several))

        for breach in judge.judge(trial(choices), document, pick):
            if breach is None:
                tried.append(1)
            else:
                raise _Found(breach, document, choices, chosen.level)

    run.__name__ = run.__qualname__ = f"{name}_of_{rules.id}"

    def smaller(found: _Found) -> _Found:
        return _smaller(judge, trial, found)

    def both() -> None:
        tried.extend(_known(judge, rules, chosen.level, trial))
        run()

    test = _wrapped(name, judge.title, both, voice, smaller)

    def told() -> None:  # pytest sees this frame, and says so where it may see none
        tried.clear()
        test()
        if not tried:
            why = voice.said("：没有生成可以检验的事实", ": no facts were drawn that it is about")
            raise unittest.SkipTest(f"{name}{why}")

    told.__doc__ = LAWS[name].__doc__
    return told


def _known(
    judge: Judge, rules: Rules, level: str | None, trial: Callable[..., Trial]
) -> Iterator[int]:
    """Tries what is known to be worth it, before anything is drawn; one of each that holds."""
    for each in judge.known(rules, level or rules.top_level):
        for breach in each.judge(trial(each.choices, each.level), each.document):
            if breach is not None:
                raise _Found(breach, each.document, each.choices, each.level)
            yield 1


def _wrapped(
    name: str,
    title: tuple[str, str],
    run: Any,
    voice: Voice,
    smaller: Callable[[_Found], _Found],
) -> Test:
    """The test that tells a breach in words."""

    def test() -> None:
        text = ""
        try:
            run()
        except _Found as first:
            found = smaller(first)
            read = voice.rules.with_readings(found.choices)
            text = attrs.evolve(voice, rules=read).text(
                name, title, found.breach, found.document, found.choices, found.level
            )
        except Unsatisfiable:
            why = voice.said("：没有生成可以接受的事实", ": no facts were drawn that are accepted")
            raise unittest.SkipTest(f"{name}{why}") from None
        if text:
            raise _broken(text)

    test.__doc__ = LAWS[name].__doc__
    return test


def _smaller(
    judge: Judge, trial: Callable[[Mapping[str, str], str | None], Trial], found: _Found
) -> _Found:
    """The same breach with fewer readings and smaller facts, if it can be had."""
    best = found

    def again(document: Any, choices: Mapping[str, str]) -> Breach | None:
        try:
            several = judge.again(trial(choices, found.level), document, found.breach.key)
            return next((each for each in several if each.key == found.breach.key), None)
        except (SlaError, LookupError):
            return None

    def holds(document: Any, choices: Mapping[str, str]) -> bool:
        nonlocal best
        breach = again(document, choices)
        if breach is not None:
            best = _Found(breach, document, choices, found.level)
        return breach is not None

    for name in list(found.choices):
        holds(found.document, {key: each for key, each in best.choices.items() if key != name})
    shrink(best.document, lambda document: holds(document, best.choices), most=ASKED)
    return best


def _broken(text: str) -> AssertionError:
    """The failure: for pytest, if it is running, one that it shows without the code around it."""
    pytest = sys.modules.get("pytest")
    if pytest is None:
        return AssertionError(text)
    failed: type[BaseException] = pytest.fail.Exception

    def begin(self: Any, text: str) -> None:
        failed.__init__(self, text, pytrace=False)  # type: ignore[call-arg]

    kind: Any = type("BrokenLaw", (AssertionError, failed), {"__init__": begin})
    failure: AssertionError = kind(text)
    return failure
