"""What it costs to check a ruleset: 500 decisions with 5,000 rows, and tables that grow.

Everything is generated from a seed.  The time of a table with one input is shown at n, 2n, 4n and
8n rows, with the ratio of neighbours: twice the rows should cost little more than twice the time.
Processor time is measured; ratios within one run are what counts.

    python bench/check.py
"""

import random
import time
from collections.abc import Callable
from typing import Any

import sla_rules as sla
from sla_rules.language.load import load_program
from sla_rules.lint import LINTS
from sla_rules.lint.cover import cover

HEAD = """\
language: 1
id: generated
version: 1.0.0
title: Generated
timezone: Asia/Shanghai
clauses: {C1: {text: 5 分}}
enums: {kind: {core: Core, office: Office, other: Other}}
levels:
  month:
    facts:
      minutes: {type: integer, min: 0, max: 100000}
      kind: {type: kind}
      core: {type: bool}
"""
ROUNDS = 3
DECISIONS = 500
ROWS = 10


def ruleset(seed: int = 5, *, directed: bool = False) -> str:
    """Tables with one input and with three, some of which read the decision before them.

    *directed* says which way is better and lets the values fall, so that fairness is sought too.
    """
    rng = random.Random(seed)
    lines = ["    decisions:\n"]
    for number in range(DECISIONS):
        edges = sorted(rng.sample(range(1, 1000), ROWS - 1))
        previous = f"d{number - 1}" if number and rng.random() < 0.1 else "minutes"
        hit = rng.choice(["unique", "first", "any"])
        inputs = rng.choice([[previous], [previous, "kind", "core"]])
        better = "        better: higher\n" if directed else ""
        lines.append(
            f"      d{number}:\n        clause: C1\n{better}        table:\n          hit: {hit}\n"
        )
        lines.append(f"          on: [{', '.join(inputs)}]\n          rows:\n")
        values = [rng.randrange(2000) for _ in range(ROWS)]
        values = sorted(values, reverse=True) if directed else values
        for low, high, value in zip([None, *edges], [*edges, None], values, strict=True):
            cell = f"[{'' if low is None else low}..{'' if high is None else high})"
            rest = ["-", "-"] if len(inputs) > 1 else []
            when = ", ".join(f'"{each}"' for each in [cell, *rest])
            lines.append(f"            - {{when: [{when}], then: {value}}}\n")
    head = HEAD.replace("max: 100000", "max: 100000, better: lower") if directed else HEAD
    return head + "".join(lines)


def table(rows: int, hit: str) -> str:
    """One table with one input: neighbouring intervals, in an order of chance."""
    rng = random.Random(rows)
    edges = sorted(rng.sample(range(1, 100_000), rows - 1))
    pairs = list(zip([0, *edges], [*edges, 100_001], strict=True))
    rng.shuffle(pairs)
    lines = [f"            - {{when: '[{low}..{high})', then: {low}}}\n" for low, high in pairs]
    head = "    decisions:\n      it:\n        clause: C1\n        table:\n"
    return f"{HEAD}{head}          on: minutes\n          hit: {hit}\n          rows:\n{''.join(lines)}"


def seconds(run: Callable[[], Any]) -> float:
    """The least time of several runs."""
    best = []
    for _ in range(ROUNDS):
        start = time.process_time()
        run()
        best.append(time.process_time() - start)
    return min(best)


def main() -> None:
    """Print the figures."""
    text = ruleset()
    start = time.process_time()
    rules = sla.load(text)
    loading = time.process_time() - start
    found = rules.findings()
    checking = seconds(rules.findings)
    ours = seconds(lambda: list(cover(rules.program)))
    print(f"{DECISIONS} decisions with {DECISIONS * ROWS:,} rows, {len(text):,} characters")
    print(f"  loading     {loading:6.2f} s")
    print(f"  findings    {checking:6.2f} s for all {len(LINTS)} lints, {len(found)} found")
    print(f"  cover alone {ours:6.2f} s")
    directed = sla.load(ruleset(directed=True))
    seeking = seconds(directed.findings)
    print(f"  directed    {seeking:6.2f} s where every decision says which way is better")
    for hit in ("unique", "first"):
        print(f"one table with one input, hit: {hit}")
        before = 0.0
        for rows in (500, 1000, 2000, 4000):
            program, _ = load_program({"table": table(rows, hit)})
            spent = seconds(lambda program=program: list(cover(program)))
            ratio = f"   x {spent / before:.2f}" if before else ""
            print(f"  {rows:5,} rows  {spent * 1000:7.1f} ms{ratio}")
            before = spent


if __name__ == "__main__":
    main()
