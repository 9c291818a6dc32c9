"""What is declared and does nothing: W735 names that nothing uses, W737 options without effect."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sla_rules.change.same import key
from sla_rules.language import program as ir
from sla_rules.language.visit import everything
from sla_rules.lint.found import Found, found

__all__ = ["lint_declared"]

Name = tuple[str, str]
"""What it is, or the level of a fact, and its name."""


def lint_declared(program: ir.Program) -> Iterator[Found]:
    """W735: declared names that nothing uses.  W737: options that no switch tells apart.

    Decisions are results, and members may be stated: neither needs a use.
    """
    used: set[Name] = set()
    choices: dict[str, list[tuple[str, ir.Choice]]] = defaultdict(list)
    for level, part in everything(program):
        used.update(_uses(level, part))
        if isinstance(part, ir.Choice):
            choices[part.reading].append((level, part))
    used.update(_structure(program))
    yield from _unused_facts(program, used)
    yield from _unused(program, used, frozenset(choices))
    for name, several in choices.items():
        yield from _without_effect(program.readings[name], several)


def _uses(level: str, part: Any) -> Iterator[Name]:
    """The names that one part of a program uses."""
    match part:
        case ir.SlotRef():
            yield level, part.name
        case ir.ParameterRef():
            yield "parameter", part.name
        case ir.Constant() if part.type.kind == "calendar":
            yield "calendar", str(part.value)
        case ir.BandSet() if part.scale:
            yield "scale", part.scale
        case ir.NoteRule():
            yield "note", part.code
        case ir.Row() | ir.Band():
            yield "note", part.note
        case ir.Fact():
            yield from ((level, name) for name in (part.not_before,) if name)
        case ir.Requirement():
            yield level, part.at
    kind = getattr(part, "type", None)
    if kind is not None and kind.kind == "enum":
        yield from (("enum", name) for name in kind.name.split("|"))


def _structure(program: ir.Program) -> Iterator[Name]:
    """The names by which levels order, key and settle their records."""
    for scale in program.scales.values():
        yield from (("enum", each.name) for each in (scale.input, scale.gives))
    parents = {fact.from_parent for level in program.levels.values() for fact in level.facts}
    for level in program.levels.values():
        names = (level.key, level.period, *level.order, *level.interval, *level.series, *parents)
        yield from ((level.name, name) for name in names)
        if level.ledger is not None:
            yield level.ledger.level, level.ledger.paid
            for source in level.ledger.sources:
                yield source.level, source.clause_from
                yield level.name, source.skip_unknown_if_given


def _unused_facts(program: ir.Program, used: set[Name]) -> Iterator[Found]:
    for level in program.levels.values():
        for fact in level.facts:
            exempt = fact.evidence or fact.from_parent or fact.not_before
            if exempt or fact.type.kind in ("list", "record") or (level.name, fact.name) in used:
                continue
            yield found(
                "W735",
                f"nothing uses the fact {fact.name} of {level.name}",
                fact.span,
                fact,
                level,
                hint="delete it, or write evidence: true if it is recorded for the file",
            )


def _unused(program: ir.Program, used: set[Name], switched: frozenset[str]) -> Iterator[Found]:
    shared: tuple[tuple[str, Any], ...] = (
        ("parameter", program.parameters),
        ("calendar", program.calendars),
        ("scale", program.scales),
    )
    for what, those in shared:
        for name, part in those.items():
            if (what, name) not in used:
                yield _nothing_uses(f"the {what} {name}", part.span, part)
    for name, reading in program.readings.items():
        if name not in switched:
            hint = "let a rule switch by it, or delete it"
            yield _nothing_uses(f"the reading {name}", reading.span, reading, hint=hint)
    for what, names in (("enum", program.enums), ("note", program.notes)):
        for name in names:
            if (what, name) not in used:
                said = "enumeration" if what == "enum" else "note"
                yield _nothing_uses(f"the {said} {name}", program.span)


def _nothing_uses(what: str, span: Any, *parts: Any, hint: str = "delete it, or use it") -> Found:
    return found("W735", f"nothing uses {what}", span, *parts, hint=hint)


def _without_effect(reading: ir.Reading, choices: list[tuple[str, ir.Choice]]) -> Iterator[Found]:
    """Options that no switch tells apart."""
    alike: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for option in reading.options:
        alike[tuple(key(each.options[option], level) for level, each in choices)].append(option)
    for several in alike.values():
        if len(several) == 1:
            continue
        everyone = len(several) == len(reading.options)
        said = "the options" if everyone else f"the options {' and '.join(several)}"
        yield found(
            "W737",
            f"{said} of the reading {reading.id} make no difference",
            reading.span,
            reading,
            hint="let a switch tell them apart, or delete what is the same",
            also=tuple(dict.fromkeys(each.span for _, each in choices))[:6],
        )
