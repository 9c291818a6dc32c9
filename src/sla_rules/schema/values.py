"""Single values of facts and results as JSON Schemas."""

from typing import Any, Final

from sla_rules.facts.values import to_public
from sla_rules.language import program as ir
from sla_rules.language.types import Type, describe_unit
from sla_rules.quantities import exact_decimal
from sla_rules.schema.draft import Schema, spelled

__all__ = ["EXACT", "TEXT", "givable", "named", "or_null", "result_value", "stated_value", "titled"]

TEXT: Final[Schema] = {"type": "string", "pattern": r"\S"}
_ONE_DATE: Final[Schema] = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_MONTH: Final = r"^\d{4}-(0[1-9]|1[0-2])$"
_TIME: Final = r"\d{2}(:?\d{2}(:?\d{2}([.,]\d+)?)?)?"
_INSTANT: Final = rf"^\d{{4}}-\d{{2}}-\d{{2}}[T ]{_TIME} ?(Z|[+-]{_TIME})$"
_DIGITS: Final = r"[+-]?\d+"
_NUMBERS: Final = {
    "percent": rf"^\s*{_DIGITS}(\.\d+)?\s*[%％]?\s*$",
    "integer": rf"^\s*{_DIGITS}(\.0+)?\s*$",
    "money": rf"^\s*{_DIGITS}(\.\d{{1,2}}0*)?\s*$",
}
_NUMBER: Final = rf"^\s*{_DIGITS}(\.\d+)?\s*$"
EXACT: Final = r"^-?\d+(\.\d+|/[1-9]\d*)?$"
_NO_FIGURE: Final = ("row", "limit", "calendar")


def stated_value(
    kind: Type,
    program: ir.Program,
    *,
    low: ir.Constant | None = None,
    high: ir.Constant | None = None,
    unlisted: bool = False,
) -> Schema:
    """What a document states for a value of this type: numbers and instants also as text."""
    if kind.kind == "number":
        return _stated_number(kind, low, high)
    if kind.kind == "enum":
        return _stated_choice(program, kind, unlisted=unlisted)
    plain: dict[str, Schema] = {
        "text": {"type": ["string", "integer"], "pattern": r"\S"},
        "bool": {"type": "boolean"},
        "date": {**_ONE_DATE, "examples": ["2024-06-30"]},
        "month": {"type": "string", "pattern": _MONTH, "examples": ["2024-03"]},
        "instant": {
            "type": "string",
            "pattern": _INSTANT,
            "examples": ["2024-03-05T10:00+08:00"],
        },
    }
    return plain[kind.kind]


def _stated_number(kind: Type, low: ir.Constant | None, high: ir.Constant | None) -> Schema:
    if kind.show == "duration":
        return {"type": "string", "pattern": r"\d", "examples": ["1 h 30 min"]}
    schema: Schema = {
        "type": ["integer" if kind.show == "integer" else "number", "string"],
        "pattern": _NUMBERS.get(kind.show, _NUMBER),
    }
    for key, end in (("minimum", low), ("maximum", high)):
        if end is not None and end.value is not None:
            schema[key] = _json_number(to_public(kind, end.value))
    return schema


def _json_number(value: Any) -> int | float:
    """An end of a range as JSON writes it; a schema has no other numbers."""
    exact = exact_decimal(value)
    return int(exact) if exact == int(exact) else float(exact)


def _stated_choice(program: ir.Program, kind: Type, *, unlisted: bool) -> Schema:
    known = members(program, kind)
    names: list[Schema] = [
        {"enum": spelled([each.name]), "title": titled(each.title)} for each in known
    ]
    taken = {each.name for each in known}
    others = dict.fromkeys(
        text
        for each in known
        for text in (each.title.zh, each.title.en, *each.aliases)
        if text not in taken
    )
    if others:
        names.append({"enum": spelled(others), "title": "other spellings"})
    if unlisted:
        names.append({"type": ["string", "integer"], "pattern": r"\S", "title": "any other"})
    return {"anyOf": names}


def members(program: ir.Program, kind: Type) -> tuple[ir.Member, ...]:
    """The members of an enumeration, or of all that a literal may belong to."""
    return tuple(each for name in kind.name.split("|") for each in program.enums.get(name, ()))


def result_value(kind: Type, program: ir.Program) -> Schema:
    """What a result of this type is written as: exact numbers, instants and choices are text."""
    if kind.kind == "number":
        if kind.show == "duration":
            return {"type": "string", "pattern": r"\d"}
        return {"type": "string", "pattern": EXACT, "examples": ["92.5", "1/3"]}
    if kind.kind == "enum" and kind.name not in _open_lists(program):
        return {"enum": list(dict.fromkeys(each.name for each in members(program, kind)))}
    plain: dict[str, Schema] = {
        "bool": {"type": "boolean"},
        "date": _ONE_DATE,
        "month": {"type": "string", "pattern": _MONTH},
        "instant": {"type": "string", "pattern": _INSTANT},
    }
    return plain.get(kind.kind, {"type": "string"})


def _open_lists(program: ir.Program) -> frozenset[str]:
    """The enumerations of which facts may also have values that are no members."""
    facts = (fact for level in program.levels.values() for fact in level.facts)
    return frozenset(fact.type.name for fact in facts if fact.unlisted)


def givable(decision: ir.Decision) -> bool:
    """Whether the figure of a decision can be given instead of computed."""
    return decision.type.kind not in _NO_FIGURE and not isinstance(decision.body, ir.LedgerOutput)


def titled(title: ir.Titles) -> str:
    """A title in both languages, once where they are the same."""
    return title.zh if title.zh == title.en else f"{title.zh} · {title.en}"


def named(part: ir.Fact | ir.Decision) -> str:
    """The title of a fact or decision with its unit."""
    kind = part.type
    unit = ""
    if kind.kind == "number" and kind.show != "duration":
        unit = "%" if kind.show == "percent" else describe_unit(kind.unit)
    title = titled(part.title)
    return f"{title} ({unit})" if unit else title


def or_null(schema: Schema) -> Schema:
    """The schema, or nothing stated."""
    if "type" in schema and "enum" not in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        return {**schema, "type": [*kinds, "null"]}
    if "anyOf" in schema:
        return {**schema, "anyOf": [*schema["anyOf"], {"type": "null"}]}
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], None]}
    return {"anyOf": [schema, {"type": "null"}]}
