"""A ruleset is untrusted input: it ends in a clear refusal, soon and in little memory.

All rulesets are loaded by one process of its own that may use one gigabyte.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HEAD = """\
language: 1
id: sample
version: 1.0.0
title: Sample
timezone: Asia/Shanghai
currency: CNY
"""
MONTH = HEAD + "levels:\n  month:\n    facts:\n      a: {type: number}\n      b: {type: bool}\n"
DECISIONS = MONTH + "    decisions:\n"
CPU_SECONDS = 240
MEMORY = 1 << 30


def total(expression: str) -> str:
    return f"{DECISIONS}      total: {expression}\n"


def chain(length: int, body: str = "d{} + 1", first: str = "a") -> str:
    """Decisions that rest on each other, written from the last to the first."""
    lines = [f"      d{n}: {body.format(n - 1)}\n" for n in range(length - 1, 0, -1)]
    return DECISIONS + "".join(lines) + f"      d0: {first}\n"


def bombs() -> str:
    anchors = "".join(f"b{n}: &b{n} [*b{n - 1}, *b{n - 1}]\n" for n in range(1, 60))
    return HEAD + "b0: &b0 [x, x]\n" + anchors


def nested_otherwise() -> str:
    readings = "".join(
        f"  r{n}: {{question: q, default: x, options: {{x: x, y: y, z: z}}}}\n" for n in range(30)
    )
    value = "a"
    for n in range(30):
        value = f"{{by: r{n}, x: a, otherwise: {value}}}"
    return (
        f"{HEAD}readings:\n{readings}{MONTH[len(HEAD) :]}    decisions:\n      d: {value}\n".replace(
            "      d: {by", "      d: {value: {by"
        ).rstrip("\n")
        + "}\n"
    )


def levels(count: int) -> str:
    lines = [f"  l{n}: {{facts: {{c: {{type: {{list: l{n + 1}}}}}}}}}\n" for n in range(count)]
    return f"{HEAD}levels:\n{''.join(lines)}  l{count}: {{facts: {{a: {{type: bool}}}}}}\n"


def members(count: int, uses: str = "") -> str:
    lines = "".join(f"    m{n}:\n" for n in range(count))
    return f"{HEAD}enums:\n  e:\n{lines}{MONTH[len(HEAD) :]}{uses}"


def parameters(count: int) -> str:
    lines = "".join(f"  p{n}: {{value: p{n + 1} + 1}}\n" for n in range(count))
    rest = f"  p{count}: {{value: 1}}\n{DECISIONS[len(HEAD) :]}      d: p0\n"
    return f"{HEAD}parameters:\n{lines}{rest}"


def readings(count: int, decisions: int) -> str:
    options = "{x: x, y: y, z: z, u: u, v: v}"
    lines = "".join(
        f"  r{n}: {{question: q, default: x, options: {options}}}\n" for n in range(count)
    )
    switches = "".join(
        f"      d{n}: {{value: {{by: r{n % count}, x: a, otherwise: d{n + 1}}}}}\n"
        for n in range(decisions)
    )
    return f"{HEAD}readings:\n{lines}{DECISIONS[len(HEAD) :]}{switches}      d{decisions}: a\n"


def scale(bands: int, uses: int) -> str:
    edges = ", ".join(f'"({n}..{n + 1}]": 1' for n in range(bands))
    text = f'scales: {{s: {{input: number, gives: number, bands: {{"(..0]": 1, {edges}, '
    text += f'"({bands}..)": 1}}}}}}\n'
    decisions = "".join(f"      d{n}: {{bands: {{on: a, scale: s}}}}\n" for n in range(uses))
    return HEAD + text + DECISIONS[len(HEAD) :] + decisions


Case = tuple[Callable[[], str | bytes], str]

CASES: dict[str, Case] = {
    "alias bomb": (bombs, "E107"),
    "flow lists 100,000 deep": (lambda: HEAD + "levels: " + "[" * 100_000, "E106"),
    "flow mappings 100,000 deep": (lambda: HEAD + "levels: " + "{a: " * 100_000, "E106"),
    "block lists 100,000 deep": (lambda: HEAD + "levels:\n " + "- " * 100_000, "E106"),
    "block mappings 1,500 deep": (
        lambda: HEAD + "\n".join(" " * n + "a:" for n in range(1500)),
        "E106",
    ),
    "keys of keys": (lambda: HEAD + "? " * 100_000, "E109"),
    "a text of 30 MB": (lambda: HEAD + "source: " + "x" * 30_000_000 + "\n", "E101"),
    "an expression of 2 MB": (lambda: total("a" * 1_900_000), "E301"),
    "a key of 2 MB": (lambda: HEAD + "? " + "k" * 1_900_000 + "\n: 1\n", "E201 E203"),
    "a million rows": (
        lambda: total("{table: {on: a, rows: [" + "{when: 1, then: 1}," * 90_000 + "]}}"),
        "E105",
    ),
    "25,000 unknown keys": (
        lambda: HEAD + "".join(f"k{n}: 1\n" for n in range(25_000)),
        "E201 E203",
    ),
    "2,000 unknown names": (
        lambda: DECISIONS + "".join(f"      d{n}: aa{n} + b\n" for n in range(2000)),
        "E404",
    ),
    "5,000 unknown clauses": (
        lambda: total("{value: a, clause: [" + ", ".join(f"c{n}" for n in range(5000)) + "]}"),
        "E513",
    ),
    "a number of a million digits": (lambda: total("9" * 1_000_000), "E301"),
    "a range of a million digits": (
        lambda: MONTH + "      c: {type: number, min: " + "9" * 1_000_000 + "}\n",
        "E301",
    ),
    "a rounding of a million digits": (
        lambda: total("{value: a, round: " + "9" * 1_000_000 + "}"),
        "E527",
    ),
    "huge exponents": (lambda: total("{value: 1e999999999, round: 1e-999999999}"), "E403 E527"),
    "brackets": (lambda: total("(" * 100_000 + "a" + ")" * 100_000), "E301"),
    "brackets within the words": (lambda: total("(" * 190 + "a" + ")" * 190), "E306"),
    "nots": (lambda: total("not " * 100_000 + "b"), "E301"),
    "nots within the words": (lambda: total("not " * 390 + "b"), "E306"),
    "a sum": (lambda: total("+".join(["a"] * 100_000)), "E301"),
    "a sum within the words": (lambda: total("+".join(["a"] * 200)), ""),
    "a logic within the words": (lambda: total(" and ".join(["b"] * 200)), ""),
    "calls within the depth": (lambda: total("max(a, " * 22 + "a" + ")" * 22), ""),
    "calls beyond the depth": (lambda: total("max(a, " * 70 + "a" + ")" * 70), "E306"),
    "conditions within the depth": (lambda: total("if b then a else " * 22 + "a"), ""),
    "parts of parts": (lambda: total("a" + ".a" * 190), "E406"),
    "2,000 decisions in a chain": (lambda: chain(1999), ""),
    "2,000 typed decisions in a chain": (
        lambda: chain(1999, "{{type: number, value: d{} + 1}}"),
        "",
    ),
    "10,000 decisions in a chain": (lambda: chain(10_000), "E529"),
    "2,000 decisions in a circle": (lambda: chain(1999, first="d1998"), "E519"),
    "2,000 typed decisions in a circle": (
        lambda: chain(1999, "{{type: number, value: d{} + 1}}", "{type: number, value: d1998}"),
        "E531",
    ),
    "long sums in a chain": (lambda: chain(60, "+".join(["d{0}"] * 190)), ""),
    "deep calls in a chain": (lambda: chain(200, "max(1, " * 20 + "d{}" + ")" * 20), ""),
    "30 parameters in a chain": (lambda: parameters(29), ""),
    "1,900 parameters in a chain": (lambda: parameters(1900), "E529"),
    "4,000 levels": (lambda: levels(4000), "E529"),
    "49 levels in each other": (lambda: levels(49), ""),
    "100,000 members": (lambda: members(100_000), "E105"),
    "10,000 members, 2,000 typing errors": (
        lambda: members(
            9_990,
            "    decisions:\n"
            + "".join(f"      d{n}: {{type: e, value: n{n}}}\n" for n in range(2000)),
        ),
        "E404",
    ),
    "10,000 members, 2,000 uses": (
        lambda: members(
            9_990,
            "    decisions:\n"
            + "".join(f"      d{n}: {{type: e, value: m{n}}}\n" for n in range(2000)),
        ),
        "",
    ),
    "200 readings, 1,900 switches": (lambda: readings(200, 1900), ""),
    "1,000 readings": (lambda: readings(1000, 1000), "E529"),
    "a scale of 5,000 bands": (lambda: scale(5000, 100), "E529"),
    "a scale of 190 bands, 500 uses": (lambda: scale(190, 500), ""),
    "switches in switches": (nested_otherwise, ""),
    "an interval of points": (
        lambda: total("{bands: {on: a, rows: {'[" + ".." * 400 + "': 1}}}"),
        "E501",
    ),
    "a long interval of points": (
        lambda: total("{bands: {on: a, rows: {? '[" + ".." * 900_000 + "' : 1}}}"),
        "E301",
    ),
    "a cell of nots": (
        lambda: total("{table: {on: a, rows: [{when: '" + "not(" * 99_999 + "', then: 1}]}}"),
        "E301",
    ),
    "a cell of commas": (
        lambda: total("{table: {on: a, rows: [{when: '" + "1," * 900_000 + "1', then: 1}]}}"),
        "E301",
    ),
    "20,000 windows": (
        lambda: (
            HEAD
            + "calendars: {o: {hours: {mon: ["
            + ", ".join(["09:00-09:00"] * 20_000)
            + "]}}}\n"
            + MONTH[len(HEAD) :]
        ),
        "E536",
    ),
    "a byte of nothing": (lambda: HEAD + "source: a\0b\n", "E102"),
    "a lone surrogate": (lambda: HEAD + "source: \ud800\n", "E102"),
    "an escaped surrogate": (lambda: HEAD + 'source: "\\ud800"\n', "E102"),
    "a mark of byte order": (lambda: "\ufeff" + MONTH, ""),
    "lines of another system": (lambda: MONTH.replace("\n", "\r\n"), ""),
    "a mark from right to left": (lambda: MONTH.replace("a:", "\u202ea:"), "E516"),
    "keys that are numbers": (lambda: HEAD + "1: 2\nnull: 3\n", "E201 E203"),
    "a key that is a list": (lambda: HEAD + "[1]: 4\n", "E109"),
    "a key that is a mapping": (lambda: HEAD + "{a: b}: 5\n", "E109"),
    "another YAML": (lambda: "%YAML 9.9\n---\n" + MONTH, "E102"),
    "100,000 documents": (lambda: "---\n" * 100_000, "E103"),
    "nothing": (lambda: "\n", "E104"),
    "only a word": (lambda: "word\n\n", "E202"),
    "a time zone elsewhere": (lambda: MONTH.replace("Asia/Shanghai", "../../etc/passwd"), "E522"),
    "a time zone of nothing": (lambda: MONTH.replace("Asia/Shanghai", '"a\\0b"'), "E522"),
    "a time zone that is a folder": (lambda: MONTH.replace("Asia/Shanghai", "Asia"), "E522"),
    "a time zone of 100,000 letters": (
        lambda: MONTH.replace("Asia/Shanghai", "A" * 100_000),
        "E522",
    ),
}


def run() -> None:
    """Load every case; print a line of JSON for each."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))  # nothing may hang
    from sla_rules import Rules, RulesetError
    from sla_rules.language.load import load_program

    for name, (make, _) in CASES.items():
        text = make()
        shown = ""
        try:
            found = "" if Rules(*load_program({"text": text})) else "?"
        except RulesetError as error:
            found, shown = " ".join(sorted(set(error.codes))), str(error)
        except BaseException as error:  # noqa: BLE001  that there is none is what is tested
            found = f"{type(error).__name__}: {error}"[:200]
        line = {"name": name, "found": found, "length": len(shown)}
        print(json.dumps(line), flush=True)


@pytest.fixture(scope="module")
def outcomes() -> dict[str, dict[str, Any]]:
    command = [sys.executable, str(Path(__file__).resolve())]
    quiet = {key: value for key, value in os.environ.items() if "COVERAGE" not in key}
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", timeout=600, check=False, env=quiet
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr[-2000:]
    return {line["name"]: line for line in lines}


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are set on Unix")
@pytest.mark.parametrize("name", CASES)
def test_a_hostile_ruleset_is_refused_soon(name: str, outcomes: dict[str, dict[str, Any]]) -> None:
    outcome = outcomes[name]

    assert outcome["found"] == CASES[name][1]
    assert outcome["length"] < 200_000


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2] / "src"))
    run()
