"""The facts of one ruleset as a JSON Schema."""

from typing import Any

from sla_rules.facts.values import to_public
from sla_rules.language import program as ir
from sla_rules.language.types import DATE
from sla_rules.quantities import format_number
from sla_rules.schema.draft import Schema, closed, document, ref
from sla_rules.schema.values import TEXT, givable, named, or_null, stated_value, titled

__all__ = ["facts_schema"]


def facts_schema(program: ir.Program, level: str) -> Schema:
    """What a document of facts of *level* may state: the level itself and all below it."""
    wanted: dict[str, ir.Level] = {}
    waiting = [level]
    while waiting:
        name = waiting.pop(0)
        if name not in wanted:
            wanted[name] = program.levels[name]
            waiting += [fact.type.name for fact in program.levels[name].nested]
    parts = {name: _level(program, each) for name, each in wanted.items()}
    title = f"{titled(program.title)}: {titled(program.levels[level].title)}"
    body = parts.pop(level)
    body.pop("title")
    return document(title, body, parts)


def _level(program: ir.Program, level: ir.Level) -> Schema:
    properties = {fact.name: _fact(program, fact, level) for fact in level.facts}
    figures = {each.name: each for each in level.decisions if givable(each)}
    properties["given"] = {
        **or_null(closed({name: _figure(program, each) for name, each in figures.items()})),
        "description": "figures that are given instead of computed",
    }
    for name, each in figures.items():
        properties.setdefault(name, _figure(program, each))
    return {"title": titled(level.title), **closed(properties, _required(level))}


def _required(level: ir.Level) -> list[str]:
    """The key of a record; everything else that lacks leaves results undetermined."""
    key = level.fact(level.key) if level.key else None
    return [] if key is None or key.default is not None or key.from_parent else [key.name]


def _fact(program: ir.Program, fact: ir.Fact, level: ir.Level) -> Schema:
    if fact.type.kind == "list":
        value: Schema = {"type": "array", "items": ref(fact.type.name)}
    elif fact.type.kind == "record":
        value = {"anyOf": [ref(fact.type.name)]}
    else:
        value = stated_value(
            fact.type, program, low=fact.min, high=fact.max, unlisted=fact.unlisted
        )
    if fact.name not in _required(level):
        value = or_null(value)
    described = {"title": named(fact), **value}
    remarks = _remarks(fact)
    if remarks:
        described["description"] = "; ".join(remarks)
    return described


def _remarks(fact: ir.Fact) -> list[str]:
    """What a fact is when it is not stated, and what it must agree with."""
    said = []
    if fact.default is not None:
        said.append(f"{_shown(fact, fact.default)} unless stated")
    if fact.optional:
        said.append("may rightly be missing")
    if fact.open:
        said.append("may still be unknown")
    if fact.from_parent:
        said.append(f"that of the record above ({fact.from_parent}) unless stated")
    if fact.step is not None:
        said.append(f"in steps of {_shown(fact, fact.step)}")
    if fact.not_before:
        said.append(f"not before {fact.not_before}")
    if fact.clauses:
        said.append(", ".join(fact.clauses))
    return said


def _shown(fact: ir.Fact, constant: ir.Constant) -> str:
    value: Any = to_public(fact.type, constant.value)
    if fact.type.kind == "number" and fact.type.show != "duration":
        return format_number(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _figure(program: ir.Program, decision: ir.Decision) -> Schema:
    """A figure alone, or with who approved it, why and when."""
    value = stated_value(decision.type, program)
    approval = {
        "value": value,
        "approved_by": or_null(TEXT),
        "reason": or_null(TEXT),
        "on": or_null(stated_value(DATE, program)),
    }
    return {"title": named(decision), "anyOf": [value, closed(approval, ["value"])]}
