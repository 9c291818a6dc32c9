"""Which way is better: what a ruleset must say for a law about worse service."""

from collections.abc import Iterator, Sequence

from sla_rules.language import program as ir
from sla_rules.lint.cone import Cones, Slot, better
from sla_rules.rules import Rules
from sla_rules.testing.lawful import directed_facts
from sla_rules.testing.lawtold import Voice

__all__ = ["below", "no_direction"]


def no_direction(rules: Rules, level: str, voice: Voice) -> str:
    """What a law about worse service lacks at a level; nothing where it has all it needs."""
    program = rules.program
    here = dict.fromkeys(below(program, level))
    known = {name for name, _ in directed_facts(program)}
    if not known & here.keys():
        example = _example(rules, list(here))
        return voice.said(
            "没有一项事实注明何者更好；可在事实处写 better:" + (example and f"，例如 {example}"),
            "no fact says which way is better; write better: at facts"
            + (example and f" such as {example}"),
        )
    if not {name for name, _ in better(program)} & here.keys():
        return voice.said(
            "没有一项结果注明何者更好；可在结果处写 better: higher 或 lower",
            "no decision says which way is better; write better: higher or lower at one",
        )
    return ""


def _example(rules: Rules, levels: Sequence[str]) -> str:
    """A fact whose direction may be worth saying: one that a result rests on, and no amount."""
    cones = Cones(rules.program, rules.readings)
    ways = better(rules.program)
    results = [slot for slot in cones.slots if slot[0] in levels]
    results = [slot for slot in results if slot in ways] or results
    felt = frozenset[Slot]().union(*(cones.of(each) for each in results))
    several = [
        (name, fact)
        for name in levels
        for fact in rules.program.levels[name].facts
        if fact.type.kind in ("instant", "number")
    ]
    name, fact = min(
        several,
        key=lambda each: (
            (each[0], each[1].index) not in felt,
            each[1].type.show == "money",
        ),
        default=("", None),
    )
    return "" if fact is None else f"{name}.{fact.name}"


def below(program: ir.Program, level: str) -> Iterator[str]:
    """A level and the levels of the records in it."""
    yield level
    for fact in program.levels[level].nested:
        yield from below(program, fact.type.name)
