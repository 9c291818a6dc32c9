"""Mutation: every step is made, noticed or told, and the same from run to run."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import sla_rules as sla
from sla_rules.assessment import Assessment
from sla_rules.cli import main
from sla_rules.engine.evaluate import Engine
from sla_rules.language import program as ir
from sla_rules.language.types import PLAIN_TYPES
from sla_rules.language.walk import parts
from sla_rules.mutation import MutationReport, killing_yaml, mutate
from sla_rules.mutation.mutants import Mutant, mutants
from sla_rules.mutation.numbers import neighbours
from sla_rules.mutation.processes import shared
from sla_rules.mutation.trial import Trials, assessed
from sla_rules.mutation.varied import varied
from sla_rules.mutation.words import told
from sla_rules.quantities import Limit
from sla_rules.testing.gather import gather
from sla_rules.testing.reading import read_cases

MINUTE = 60_000_000
RULESET = """
language: 1
id: small
version: 1.0.0
title: {zh: 小合同, en: small}
timezone: Asia/Shanghai
clauses:
  S1: {text: 每件投诉扣两分，最多扣十分。}
  S2: {text: 扣分不超过四分的为良，超过四分的为差。}
enums:
  grades: {good: 良, poor: 差}
readings:
  edge:
    clause: S2
    question: {zh: 恰为四分怎么办, en: what of exactly four}
    default: included
    options:
      included: {zh: 算良, en: good}
      excluded: {zh: 算差, en: poor}
levels:
  month:
    title: {zh: 月, en: month}
    facts:
      complaints: {type: integer, min: 0, title: {zh: 投诉, en: complaints}}
    decisions:
      loss:
        title: {zh: 扣分, en: loss}
        clause: S1
        type: points
        value: complaints * 2 points
        cap: 10 points
      grade:
        title: {zh: 等级, en: grade}
        clause: S2
        type: grades
        bands:
          on: loss
          rows:
            by: edge
            included: {"(..4 points]": good, "(4 points..)": poor}
            excluded: {"(..4 points)": good, "[4 points..)": poor}
"""
CASES = """
ruleset: small
defaults: {level: month}
cases:
"""
GOOD = """
  - {name: 两件扣四分, clause: S1, given: {complaints: 2}, expect: {loss: 4, grade: good}}
  - {name: 三件为差, clause: S2, given: {complaints: 3}, expect: {loss: 6, grade: poor}}
  - {name: 五件十分, clause: S1, given: {complaints: 5}, expect: {loss: 10}}
  - {name: 六件也扣十分, clause: S1, given: {complaints: 6}, expect: {loss: 10}}
"""
UNDER_THE_OTHER = """
  - {name: 恰为四分算差, clause: S2, readings: {edge: excluded}, given: {complaints: 2},
     expect: {grade: poor}}
  - {name: 两分算良, clause: S2, readings: {edge: excluded}, given: {complaints: 1},
     expect: {grade: good}}
"""


def report_of(tmp_path: Path, cases: str, **options: Any) -> MutationReport:
    rules = sla.load(RULESET)
    _, several, problems = read_cases(
        CASES + cases, tmp_path / "a.cases.yaml", loader=lambda _: rules
    )
    assert not problems
    return mutate(rules, several, **options)


def test_good_cases_notice_every_change(tmp_path: Path) -> None:
    report = report_of(tmp_path, GOOD + UNDER_THE_OTHER)
    unnoticed = [each.text.en for each in report.survivors]

    assert unnoticed == []
    assert report.equivalent  # edges in between that no count of complaints reaches
    assert report.percent == "100"


def test_a_survivor_is_told_in_contract_words_with_the_case_that_would_notice_it(
    tmp_path: Path,
) -> None:
    without_cap = GOOD.replace("  - {name: 六件也扣十分", "  # - {name: 六件也扣十分")
    report = report_of(tmp_path, without_cap)
    dropped = next(each for each in report.survivors if each.operator == "cap")

    assert "S1" in dropped.clauses
    assert "10" in dropped.text.zh
    assert dropped.killing is not None
    assert dropped.killing.given["complaints"] > 5
    assert dict(dropped.killing.expect) == {"loss": 10}


def test_the_case_proposed_is_valid_and_kills(tmp_path: Path) -> None:
    report = report_of(tmp_path, GOOD)
    pasted = "".join(killing_yaml(each) for each in report.survivors)
    better = report_of(tmp_path, GOOD + pasted)

    assert pasted
    assert better.cases > report.cases
    found = {each.number for each in report.survivors if each.killing}
    assert found
    assert not found & {each.number for each in better.survivors}


def test_nothing_depends_on_the_number_of_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sla_rules.mutation import run

    monkeypatch.setattr(run, "FEW", 1)
    done: list[tuple[int, int]] = []
    two = report_of(tmp_path, GOOD, workers=2, progress=lambda *each: done.append(each))

    assert two.to_dict() == report_of(tmp_path, GOOD, workers=1).to_dict()
    assert done[-1] == (two.total + two.equivalent + two.refused,) * 2


def test_without_a_case_that_holds_nothing_can_be_said(tmp_path: Path) -> None:
    wrong = "\n  - {name: 错, clause: S1, given: {complaints: 2}, expect: {loss: 5}}\n"

    with pytest.raises(ValueError, match="no case that holds"):
        report_of(tmp_path, wrong)


def test_unreached_parts_survive_and_say_so(tmp_path: Path) -> None:
    report = report_of(tmp_path, GOOD.splitlines()[1] + "\n", propose=False)

    assert report.survivors
    assert all(each.killing is None for each in report.survivors)
    assert report.to_dict()["survivors"][0]["killing"] is None


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (15 * MINUTE, "duration", [16 * MINUTE, 14 * MINUTE]),
        (Limit(120 * MINUTE), "limit", [Limit(180 * MINUTE), Limit(60 * MINUTE)]),
        (Limit(1, workdays=True), "limit", [Limit(2, workdays=True)]),
        (Fraction(1, 2), "percent", [Fraction(51, 100), Fraction(49, 100)]),
        (Fraction(5, 1000), "percent", [Fraction(6, 1000), Fraction(4, 1000)]),
        (Fraction(5, 2), "number", [Fraction(26, 10), Fraction(24, 10)]),
        (0, "number", [1]),
        (True, "bool", []),
        ("text", "text", []),
    ],
)
def test_a_number_moves_by_its_last_digit(value: Any, kind: str, expected: list[Any]) -> None:
    assert list(neighbours(value, PLAIN_TYPES[kind])) == expected


def stands(mutant: Mutant, part: Any, program: ir.Program) -> bool:
    """Whether a part, or the default of a reading, stands where a change takes place."""
    kind, name, *_ = mutant.home
    if kind == "reading":
        return bool(program.readings[name].default == part)
    named: Any = {"parameter": program.parameters, "scale": program.scales}.get(kind, {})
    if kind == "scale" and part.__class__ is ir.Scale:
        return bool(named[name].bands is part.bands)
    level = program.levels.get(name)
    place = named[name] if level is None else (level.decisions, level.require, level.ledger)
    return any(each is part for each in parts(place))


@pytest.mark.parametrize("name", sla.rulesets())
def test_every_change_of_a_shipped_ruleset_can_be_made_and_told(name: str) -> None:
    rules = sla.load(name)
    every = mutants(rules.program)

    assert [each.number for each in every] == list(range(1, len(every) + 1))
    for each in every[:: max(1, len(every) // 60)]:
        assert stands(each, each.step.old, rules.program)
        assert not stands(each, each.step.old, each.program(rules.program))
        text = told(each, rules.program)
        assert text is None or text.zh


@pytest.mark.parametrize("name", ["gz-npc-2023", "uk-service-points", "cn-daily-sheet"])
def test_decisions_compiled_again_decide_as_the_whole_changed_contract_does(name: str) -> None:
    rules, cases = gather(name).suites[0]
    every = [each for each in mutants(rules.program) if each.home[0] != "reading"]
    several = sorted(cases, key=lambda case: -len(repr(case.facts)))[:3]
    trials = Trials(rules, several)

    for mutant in every[:: max(1, len(every) // 40)]:
        program = mutant.program(rules.program)
        for case in several:
            quick = trials.changed(mutant, program, case.readings)
            whole = Engine(program, {**program.defaults, **case.readings})
            assert quick is not None
            one, two = (assessed(each, case.facts, case.level) for each in (quick, whole))
            assert told_of(one) == told_of(two), mutant.number


def told_of(outcome: Assessment | sla.SlaError) -> Any:
    return outcome.to_dict() if isinstance(outcome, Assessment) else outcome.codes


def test_one_value_of_the_facts_is_varied_at_a_time() -> None:
    facts = {"a": 1, "b": [{"at": "2024-03-05T10:00+08:00", "ok": True}], "c": "text"}
    several = list(varied(facts))

    def differences(one: Any, two: Any) -> int:
        if isinstance(one, Mapping):
            return sum(key not in two or differences(one[key], two[key]) for key in one)
        if isinstance(one, list):
            return sum(differences(*each) for each in zip(one, two, strict=True))
        return int(one != two)

    assert several
    assert {differences(facts, each) for each in several} == {1}


def test_the_command_tells_survivors_and_fails_below_a_share(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ruleset.yaml").write_text(RULESET, encoding="utf-8")
    (tmp_path / "a.cases.yaml").write_text(CASES + GOOD, encoding="utf-8")
    path = str(tmp_path)

    assert main(["mutate", path, "--lang", "en", "--fail-under", "100", "--explained"]) == 1
    told_, missed = capsys.readouterr()
    assert " % of the changes are noticed, less than the 100 % that is asked for" in missed
    assert missed.count(": not explained: S") == told_.count("no case would notice S")
    assert "no case would notice S" in told_
    assert "this case would notice it:" in told_
    assert "to confirm" in told_
    assert main(["mutate", path, "--fail-under", "1%", "--no-cases"]) == 0
    assert "个案例能发现" in capsys.readouterr().out
    assert main(["mutate", path, "--format", "json"]) == 0
    assert '"percent"' in capsys.readouterr().out


SURVIVORS = """
ruleset: small
survivors:
  - {change: "%s", because: 试用}
"""


def test_a_survivor_may_be_explained_beside_the_cases(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ruleset.yaml").write_text(RULESET, encoding="utf-8")
    (tmp_path / "a.cases.yaml").write_text(CASES + GOOD, encoding="utf-8")
    path, command = str(tmp_path), ["--no-cases", "--explained"]
    assert main(["mutate", path, *command]) == 1
    report = report_of(tmp_path, GOOD, propose=False)
    lines = "".join(
        SURVIVORS.splitlines(keepends=True)[3] % each.text.zh for each in report.survivors
    )
    file = tmp_path / "a.survivors.yaml"
    file.write_text("ruleset: small\nsurvivors:\n" + lines, encoding="utf-8")
    capsys.readouterr()

    assert main(["mutate", path, *command]) == 0
    assert "说明：试用" in capsys.readouterr().out
    assert main(["test", path]) == 0
    assert main(["mutate", path, *command, "--lang", "en"]) == 0
    assert "because 试用" in capsys.readouterr().out


def test_an_explanation_of_what_does_not_survive_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ruleset.yaml").write_text(RULESET, encoding="utf-8")
    (tmp_path / "a.cases.yaml").write_text(CASES + GOOD + UNDER_THE_OTHER, encoding="utf-8")
    file = tmp_path / "a.survivors.yaml"
    file.write_text(SURVIVORS % "S1：不是这样", encoding="utf-8")

    assert main(["mutate", str(tmp_path), "--no-cases"]) == 1
    told_ = capsys.readouterr().err
    assert "a.survivors.yaml:4:" in told_
    assert "C181" in told_


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("- a", "C180"),
        ("ruleset: small", "C103"),
        ("ruleset: small\nsurvivors: none", "C180"),
        ("ruleset: other\nsurvivors: []", "C105"),
        ("ruleset: small\nsurvivors: [{chnge: a, because: b}]", "C102"),
        ("ruleset: small\nsurvivors: [{change: [a], because: b}]", "C180"),
        ("ruleset: small\nsurvivors: [a]", "C180"),
        ("ruleset: [", "E1"),
    ],
)
def test_a_broken_file_of_survivors_is_told_at_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, code: str
) -> None:
    (tmp_path / "ruleset.yaml").write_text(RULESET, encoding="utf-8")
    (tmp_path / "a.cases.yaml").write_text(CASES + GOOD, encoding="utf-8")
    (tmp_path / "a.survivors.yaml").write_text(text, encoding="utf-8")

    assert main(["mutate", str(tmp_path), "--no-cases"]) == 2
    told_ = capsys.readouterr().err
    assert "a.survivors.yaml:" in told_
    assert code in told_


def test_what_decided_notices_what_no_number_does(tmp_path: Path) -> None:
    same = RULESET.replace('(4 points..)": poor}', '(4 points..)": good}')
    edge = "\n  - {name: 恰为四分, clause: S2, given: {complaints: 2}, expect: {grade: %s}}\n"
    rules = sla.load(same)

    def edges(expect: str) -> int:
        _, several, problems = read_cases(
            CASES + edge % expect, tmp_path / "a.cases.yaml", loader=lambda _: rules
        )
        assert not problems
        return mutate(rules, several, propose=False).operators["edge"][1]

    assert edges("{value: good, by: band 1}") > edges("good")


def test_only_changes_of_some_clauses_are_tried(tmp_path: Path) -> None:
    one = report_of(tmp_path, GOOD, propose=False, clauses=["S1"])
    every = report_of(tmp_path, GOOD, propose=False)

    assert 0 < one.total < every.total
    assert all("S1" in each.clauses for each in one.survivors)


def test_the_command_refuses_what_it_cannot_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ruleset.yaml").write_text(RULESET, encoding="utf-8")
    file = tmp_path / "a.cases.yaml"
    file.write_text(CASES + GOOD.replace("loss: 4", "loss: 5").splitlines()[1], encoding="utf-8")

    assert main(["mutate", str(tmp_path), "--fail-under", "much"]) == 2
    assert "--fail-under takes a percentage" in capsys.readouterr().err
    assert main(["mutate", str(tmp_path)]) == 2
    assert "no case that holds" in capsys.readouterr().err
    assert main(["mutate", str(tmp_path), "--clause", "S11"]) == 2
    assert "there is no clause 'S11'; did you mean 'S1'?" in capsys.readouterr().err
    file.write_bytes(b"\xff\xfe")
    assert main(["mutate", str(tmp_path)]) == 2


def test_all_cases_of_a_path_are_gathered_by_ruleset() -> None:
    gathered = gather("aws-compute")

    assert len({rules.version for rules, _ in gathered.suites}) == 3
    assert not gathered.problems


PARAMETER = """
language: 1
id: small
version: 1.0.0
title: {zh: 小合同, en: small}
timezone: Asia/Shanghai
clauses: {S1: {text: 不超过三件的，每件扣一分，可另定。}}
parameters: {most: {value: 3, clause: S1, title: {zh: 最多件数, en: most}}}
levels:
  month:
    facts: {n: {type: integer, min: 0}}
    require:
      - {that: n <= most, at: n, message: {zh: 太多, en: too many}, clause: S1}
    decisions:
      left: {clause: S1, max: most, applies: n < most, value: most - n}
"""


@pytest.mark.parametrize(
    ("given", "expect"),
    [
        ("{n: 4}", "{error: F136}"),
        ("{n: 3}", "{left: null}"),
        ("{n: 1, given: {left: 4}}", "{error: F124}"),
    ],
)
def test_a_changed_parameter_is_felt_wherever_it_stands(
    tmp_path: Path, given: str, expect: str
) -> None:
    case = f"\n  - {{name: a, clause: S1, given: {given}, expect: {expect}}}\n"
    rules = sla.load(PARAMETER)
    _, cases, problems = read_cases(CASES + case, tmp_path / "a.cases.yaml", loader=lambda _: rules)
    assert not problems
    four = next(each for each in mutants(rules.program) if "4" in told_in_english(each, rules))
    report = mutate(rules, cases, propose=False)

    assert four.number not in {each.number for each in report.survivors}


def told_in_english(mutant: Any, rules: sla.Rules) -> str:
    text = told(mutant, rules.program)
    return "" if text is None else text.en


CIRCLE = """
language: 1
id: circle
version: 1.0.0
title: {zh: 循环, en: circle}
timezone: Asia/Shanghai
clauses:
  S1: {text: 甲乙二数。}
readings:
  first: {question: 甲？, clause: S1, default: own, options: {own: 自定, other: 据乙}}
  second: {question: 乙？, clause: S1, default: own, options: {own: 自定, other: 据甲}}
levels:
  month:
    facts: {n: {type: integer, min: 0, title: {zh: 数, en: n}}}
    decisions:
      a: {type: integer, title: {zh: 甲, en: a}, clause: S1, value: {by: first, own: n, other: b}}
      b: {type: integer, title: {zh: 乙, en: b}, clause: S1, value: {by: second, own: n, other: a}}
"""


def test_a_change_that_leaves_no_contract_is_counted_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the other default of ``first``, the two decisions of the case need each other."""
    (tmp_path / "ruleset.yaml").write_text(CIRCLE, encoding="utf-8")
    case = (
        "  - {name: 同数, clause: S1, readings: {second: other}, given: {n: 2}, expect: {b: 2}}\n"
    )
    text = CASES.replace("small", "circle") + case
    (tmp_path / "a.cases.yaml").write_text(text, encoding="utf-8")
    ((rules, cases),) = gather(tmp_path).suites
    report = mutate(rules, cases, propose=False)

    assert report.refused == report.to_dict()["refused"] == 1
    assert report.total + report.equivalent + report.refused == len(mutants(rules.program))
    assert not any("first" in each.text.en for each in report.survivors)
    assert main(["mutate", str(tmp_path), "--no-cases", "--lang", "en"]) == 0
    assert "; 1 more leaves no contract that can be applied\n" in capsys.readouterr().out
    assert main(["mutate", str(tmp_path), "--no-cases"]) == 0
    assert "；1 处改动使合同无法适用，也不计\n" in capsys.readouterr().out


@pytest.mark.parametrize("number", [0, -2])
def test_there_is_at_least_one_process(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    with pytest.raises(ValueError, match=f"workers must be 1 or more, not {number}"):
        report_of(tmp_path, GOOD, workers=number)
    assert main(["mutate", str(tmp_path), "--workers", str(number)]) == 2
    assert f"from 1 up, not {number}" in capsys.readouterr().err


def halves() -> Any:
    return lambda number: Fraction(12, number)


def leaves() -> Any:
    return os._exit


def test_what_goes_wrong_in_another_process_is_raised_here() -> None:
    assert sorted(shared(halves, [1, 2, 3, 4], 2)) == [3, 4, 6, 12]
    with pytest.raises(ZeroDivisionError):
        list(shared(halves, [1, 0], 1))
    with pytest.raises(RuntimeError, match="ended before its task was done"):
        list(shared(leaves, [3], 1))


def test_clauses_are_a_list_of_clauses_that_are_there() -> None:
    rules = sla.load(RULESET)
    with pytest.raises(ValueError, match="there is no clause 'S11'"):
        mutate(rules, [], clauses=["S11"])
    with pytest.raises(TypeError, match="clauses as a list"):
        mutate(rules, [], clauses="S1")


def test_a_clause_of_one_ruleset_leaves_the_others_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("small", "other"):
        (tmp_path / name).mkdir()
        text = RULESET.replace("id: small", f"id: {name}")
        text = text if name == "small" else text.replace("S1", "T1")
        (tmp_path / name / "ruleset.yaml").write_text(text, encoding="utf-8")
        cases = (CASES + GOOD).replace("ruleset: small", f"ruleset: {name}")
        cases = cases if name == "small" else cases.replace("S1", "T1")
        (tmp_path / name / "a.cases.yaml").write_text(cases, encoding="utf-8")

    assert main(["mutate", str(tmp_path), "--clause", "T1", "--no-cases", "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "other 1" in out
    assert "small 1" not in out


def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    """However it was ended: nobody would hear of their answers."""
    script = tmp_path / "starts.py"
    script.write_text(
        "import time\n"
        "from sla_rules.mutation.processes import shared\n"
        "def sleeps(task):\n"
        "    print('begun', flush=True)\n"
        "    time.sleep(60)\n"
        "def make():\n"
        "    return sleeps\n"
        "if __name__ == '__main__':\n"
        "    list(shared(make, [1, 2], 2))\n",
        encoding="utf-8",
    )
    with subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as parent:
        assert parent.stdout is not None
        assert [parent.stdout.readline() for _ in range(2)] == ["begun\n", "begun\n"]
        parent.send_signal(signal.SIGTERM)
        said, _ = parent.communicate(timeout=30)  # nobody holds its other end any more

    assert "Traceback" not in said
