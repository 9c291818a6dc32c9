"""Pieces of JSON Schema draft-07, as plain data."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sla_rules.diagnostics import BUILTIN
from sla_rules.language.source import ScalarNode

__all__ = ["DRAFT", "Schema", "choice", "closed", "described", "document", "ref", "spelled"]

Schema = dict[str, Any]
DRAFT: Final = "http://json-schema.org/draft-07/schema#"


def document(title: str, body: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """A whole schema: *body* with the parts that it refers to."""
    whole: Schema = {"$schema": DRAFT, "title": title, **body}
    return whole | ({"definitions": dict(definitions)} if definitions else {})


def ref(name: str) -> Schema:
    """A reference to a definition."""
    return {"$ref": f"#/definitions/{name}"}


def described(schema: Schema, text: str) -> Schema:
    """The schema with a description; beside ``$ref`` draft-07 would not see it."""
    if not text:
        return schema
    return {"description": text, **({"allOf": [schema]} if "$ref" in schema else schema)}


def closed(properties: Mapping[str, Schema], required: Iterable[str] = ()) -> Schema:
    """A mapping with these keys and no others."""
    needed = list(required)
    schema: Schema = {
        "type": "object",
        "properties": dict(properties),
        "additionalProperties": False,
    }
    return schema | ({"required": needed} if needed else {})


def choice(words: Iterable[str]) -> Schema:
    """One of *words*, however YAML reads it."""
    return {"enum": spelled(words)}


def spelled(words: Iterable[str]) -> list[Any]:
    """Each word as text and, where the plain text means a number or truth in YAML, as that."""
    values: list[Any] = []
    for word in words:
        values.append(word)
        plain = ScalarNode(word, True, BUILTIN).value
        if plain != word and isinstance(plain, bool | int):
            values.append(plain)
    return values
