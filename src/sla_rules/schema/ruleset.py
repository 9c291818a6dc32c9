"""The ruleset format as a JSON Schema, made by walking the surface classes and their readers.

What a key may hold follows from its reader; a reader that is not known here is a KeyError, so a
new form of the language cannot be forgotten.
"""

from collections.abc import Callable
from typing import Any, Final

import attrs

from sla_rules.language import surface
from sla_rules.language.declare import SHAPES
from sla_rules.language.resolve import ID
from sla_rules.language.structure import KINDS, LANGUAGES, READERS, Form
from sla_rules.schema.draft import Schema, choice, closed, described, document, ref
from sla_rules.schema.keys import DESCRIPTIONS, TYPES, WORDS

__all__ = ["ruleset_schema"]

SCALAR: Final[Schema] = {"type": ["string", "number", "boolean"], "minLength": 1}
END: Final = "\\Z"
PATTERNS: Final = {"Ruleset.id": ID}
"""What the text of a key must look like."""
FILLED: Final = ("Ruleset.levels",)
"""The mappings of names that may not be empty."""
TYPED: Final = ("Decision.type", "Column.type", "Parameter.type", "Scale.input", "Scale.gives")
"""The keys at which a type is named; the name of an enumeration is one too."""


def ruleset_schema(*, part: bool = False) -> Schema:
    """The format of rulesets as a JSON Schema (draft-07), for editors and other tools.

    It knows every key, form and word of the language, but not what names mean: a schema accepts
    more than :func:`load`.  With *part* nothing is required at the top, for one file of a folder
    whose files together make a ruleset.

    >>> ruleset_schema()["required"]
    ['language', 'id', 'version', 'title', 'timezone', 'levels']
    """
    grammar = _Grammar()
    body = grammar.fields(surface.Ruleset)
    if part:
        del body["required"]
    title = "a part of a ruleset of sla_rules" if part else "a ruleset of sla_rules"
    return document(title, body, dict(sorted(grammar.definitions.items())))


class _Grammar:
    """Collects one definition for each surface class and each switch that it meets."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}

    def fields(self, cls: type[Any]) -> Schema:
        """The keys of a surface class, in the order of the class."""
        keys = {
            each.metadata["key"] or each.name: each
            for each in attrs.fields(cls)
            if "read" in each.metadata
        }
        properties = {key: self.field(cls, key, each) for key, each in keys.items()}
        required = [key for key, each in keys.items() if each.metadata["required"]]
        return described(closed(properties, required), _first_sentence(cls))

    def field(self, cls: type[Any], key: str, field: Any) -> Schema:
        """What one key may hold, with the words of the language where only these may stand."""
        name = f"{cls.__name__}.{key}"
        schema = self.of(READERS[field.metadata["read"]], WORDS.get(name), name)
        if name in PATTERNS:
            schema = {**schema, "pattern": f"^{PATTERNS[name].pattern.removesuffix(END)}$"}
        if name in FILLED:
            schema = {**schema, "minProperties": 1}
        if name in TYPED:
            schema = {"anyOf": [choice(TYPES), schema]}
        return described(schema, DESCRIPTIONS.get(name) or DESCRIPTIONS.get(key, ""))

    def of(self, read: Any, words: tuple[str, ...] | None = None, name: str = "") -> Schema:
        """What a reader takes; *words* are the only scalars, *name* tells such a switch apart."""
        if not isinstance(read, Form):
            leaf = choice(words) if words else None
            return leaf or LEAVES[read.__name__](self)
        match read.how:
            case "record":
                return self.record(read.of)
            case "named" if words:
                return closed({word: self.of(read.of) for word in words})
            case "named":
                return {"type": "object", "additionalProperties": self.of(read.of)}
            case "listed":
                return {"type": "array", "items": self.of(read.of)}
            case "switched":
                return self.switched(read, words, name)
        raise KeyError(read.how)

    def record(self, cls: type[Any]) -> Schema:
        """A reference to the definition of a surface class."""
        if cls.__name__ not in self.definitions:
            self.definitions[cls.__name__] = {}  # a class may hold itself
            self.definitions[cls.__name__] = self.fields(cls)
        return ref(cls.__name__)

    def switched(self, read: Form, words: tuple[str, ...] | None, name: str) -> Schema:
        """A value, or ``by:`` with one for each option, each of which may be a switch again."""
        called = name.replace(".", "_") if words else _called(read.of)
        called += "_or_switch"
        if called not in self.definitions:
            self.definitions[called] = {}
            self.definitions[called] = {
                "if": {"type": "object", "required": ["by"]},
                "then": {
                    "type": "object",
                    "description": "one alternative for each option of the reading",
                    "properties": {
                        "by": described(SCALAR, "the reading that chooses"),
                        "otherwise": described(ref(called), "all options that are not named"),
                    },
                    "additionalProperties": ref(called),
                    "minProperties": 2,
                },
                "else": self.of(read.of, words),
            }
        return ref(called)

    def kinds(self) -> dict[str, Schema]:
        """The kinds of a decision, but ``value``."""
        return {key: self.record(cls) for key, cls in KINDS.items()}


def _called(read: Any) -> str:
    """What a reader is called in the names of definitions."""
    if isinstance(read, Form):
        return f"{read.how}_{read.of.__name__ if read.how == 'record' else _called(read.of)}"
    return str(read.__name__.strip("_"))


def _scalar(grammar: _Grammar) -> Schema:
    return SCALAR


def _scalars(grammar: _Grammar) -> Schema:
    return {"type": [*SCALAR["type"], "array"], "minLength": 1, "items": SCALAR}


def _truth(grammar: _Grammar) -> Schema:
    return {"type": "boolean"}


def _phrase(grammar: _Grammar) -> Schema:
    """One text for both languages, or one for each."""
    languages = closed(dict.fromkeys(LANGUAGES, SCALAR))
    return {**languages, **SCALAR, "type": [*SCALAR["type"], "object"], "minProperties": 1}


def _fact_type(grammar: _Grammar) -> Schema:
    """A type's name, a list of members, or one shape with the name of a level or enumeration."""
    shapes = closed(dict.fromkeys(SHAPES, SCALAR))
    known = choice(TYPES)
    return {
        "anyOf": [known, SCALAR, {"type": "array", "items": SCALAR, "minItems": 1},
                  {**shapes, "minProperties": 1, "maxProperties": 1}],
    }  # fmt: skip


def _hours(grammar: _Grammar) -> Schema:
    return {"anyOf": [SCALAR, {"type": "object", "additionalProperties": _scalars(grammar)}]}


def _or_record(cls: type[Any]) -> Callable[[_Grammar], Schema]:
    """A value, or a record that has more to say than the value."""
    return lambda grammar: {"anyOf": [SCALAR, grammar.record(cls)]}


def _matrix(grammar: _Grammar) -> Schema:
    """Cells of the first input to cells of the second to what both give."""
    return {"type": "object", "additionalProperties": _bands(grammar)}


def _bands(grammar: _Grammar) -> Schema:
    output = _or_record(surface.Output)(grammar)
    return {"type": "object", "additionalProperties": output, "minProperties": 1}


def _member(grammar: _Grammar) -> Schema:
    """Nothing, a title, titles in both languages, or a record."""
    titles = closed(dict.fromkeys(LANGUAGES, SCALAR))
    return {"anyOf": [{"type": [*SCALAR["type"], "null"]}, titles, grammar.record(surface.Member)]}


def _body(grammar: _Grammar) -> Schema:
    """An expression, or exactly one kind of decision."""
    kinds = {**closed(grammar.kinds()), "minProperties": 1, "maxProperties": 1}
    return {"anyOf": [SCALAR, kinds]}


def _decision(grammar: _Grammar) -> Schema:
    """An expression, or a decision with exactly one kind."""
    if "Decision" not in grammar.definitions:
        grammar.definitions["Decision"] = {}
        whole = grammar.fields(surface.Decision)
        kinds = {"value": grammar.of(READERS["switched_body"]), **grammar.kinds()}
        texts = {key: DESCRIPTIONS.get(f"Decision.{key}", "") for key in kinds}
        first = {key: described(each, texts[key]) for key, each in kinds.items()}
        whole["properties"] = {**first, **whole["properties"]}
        whole["oneOf"] = [{"required": [key]} for key in kinds]
        grammar.definitions["Decision"] = whole
    return {"anyOf": [SCALAR, ref("Decision")]}


def _transition(grammar: _Grammar) -> Schema:
    """Levels with their moments, and what cites."""
    if "Transition" not in grammar.definitions:
        moment = grammar.of(READERS["moments"].of)  # type: ignore[attr-defined]
        fields = grammar.fields(surface.Transition)
        grammar.definitions["Transition"] = {**fields, "additionalProperties": moment}
    return ref("Transition")


LEAVES: Final[dict[str, Callable[[_Grammar], Schema]]] = {
    "_scalar": _scalar,
    "_scalars": _scalars,
    "_scalar_or_list": _scalars,
    "_truth": _truth,
    "_phrase": _phrase,
    "_fact_type": _fact_type,
    "_hours": _hours,
    "_band_output": _or_record(surface.Output),
    "_bands": _bands,
    "_matrix": _matrix,
    "_column": _or_record(surface.Column),
    "_member": _member,
    "_body": _body,
    "_decision": _decision,
    "_transition": _transition,
    "_rounding": _or_record(surface.RoundingRule),
}
"""The readers that are made of no other, by the names of their functions."""


def _first_sentence(cls: type[Any]) -> str:
    return (cls.__doc__ or "").strip().partition("\n")[0]
