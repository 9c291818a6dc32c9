"""The assessments of one ruleset as a JSON Schema: what :meth:`Assessment.to_dict` gives."""

from typing import Any, Final, get_args

from sla_rules.assessment import Status
from sla_rules.language import program as ir
from sla_rules.language.types import DATE
from sla_rules.schema.draft import Schema, closed, document, ref
from sla_rules.schema.values import EXACT, named, or_null, result_value, titled

__all__ = ["assessment_schema"]

_STATUS: Final[Schema] = {"enum": list(get_args(Status))}
_STRING: Final[Schema] = {"type": "string"}
_STRINGS: Final[Schema] = {"type": "array", "items": _STRING}
_AMOUNT: Final[Schema] = {"type": "string", "pattern": EXACT}


def assessment_schema(program: ir.Program, level: str) -> Schema:
    """What an assessment of *level* is as JSON, exactly: every key, and no other."""
    needed = [level]
    for name in needed:
        below = (fact.type.name for fact in _children(program, program.levels[name]))
        needed += [each for each in below if each not in needed]
    parts = {name: _record(program, program.levels[name]) for name in needed}
    own = parts.pop(level)
    head: dict[str, Schema] = {
        "ruleset": {"const": program.id},
        "version": {"const": program.version},
        "readings": closed(
            {
                name: {"enum": list(each.options), "title": titled(each.question)}
                for name, each in program.readings.items()
            },
            program.readings,
        ),
    }
    body = closed({**head, **own["properties"]}, [*head, *own["required"]])
    title = f"{titled(program.title)}: {titled(program.levels[level].title)}"
    return document(title, body, parts)


def _children(program: ir.Program, level: ir.Level) -> list[ir.Fact]:
    """The lists and records of a level on which something is decided."""
    return [fact for fact in level.nested if program.levels[fact.type.name].decisions]


def _record(program: ir.Program, level: ir.Level) -> Schema:
    shown = [each for each in level.decisions if each.type.kind != "row"]
    results = {each.name: _result(program, each) for each in shown}
    properties: dict[str, Schema] = {
        "level": {"const": level.name},
        "id": {"type": ["string", "null"]},
        "status": _STATUS,
        "decisions": closed(results, results),
        "notes": {
            "type": "array",
            "minItems": 1,
            "items": closed({"code": _STRING, "where": _STRING}, ["code", "where"]),
        },
        "postings": {
            "type": "array",
            "minItems": 1,
            "items": closed(
                {"entry": _STRING, "amount": _AMOUNT, "clauses": _STRINGS},
                ["entry", "amount", "clauses"],
            ),
        },
    }
    below = {
        fact.name: {"type": "array", "minItems": 1, "items": ref(fact.type.name)}
        for fact in _children(program, level)
    }
    if below:
        properties["children"] = closed(below)
    required = ["level", "id", "status", "decisions"]
    return {"title": titled(level.title), **closed(properties, required)}


def _result(program: ir.Program, decision: ir.Decision) -> Schema:
    value = result_value(decision.type, program)
    properties: dict[str, Any] = {
        "value": or_null(value),
        "status": _STATUS,
        "low": value,
        "high": value,
        "options": {"type": "array", "items": value, "minItems": 1},
        "needs": {**_STRINGS, "minItems": 1},
        "given": closed(
            {
                "value": value,
                "approved_by": _STRING,
                "reason": _STRING,
                "on": result_value(DATE, program),
            },
            ["value"],
        ),
    }
    return {"title": named(decision), **closed(properties, ["value", "status"])}
