"""The format of files of cases as a JSON Schema."""

from typing import Any, Final

from sla_rules.language import program as ir
from sla_rules.rules import Rules
from sla_rules.schema.draft import Schema, choice, closed, described, document, spelled
from sla_rules.schema.values import titled
from sla_rules.testing.entries import AMOUNTS, RULES
from sla_rules.testing.words import CASE_NEEDS, NOTES, OPEN, SKIP, STATUS, TOP_NEEDS

__all__ = ["cases_schema"]

TEXT: Final[Schema] = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
VALUE: Final[Schema] = {"type": ["string", "number", "boolean", "null"]}


def cases_schema(rules: Rules | None = None) -> Schema:
    """The format of ``*.cases.yaml`` as a JSON Schema (draft-07), for editors and other tools.

    With *rules* also the names of its levels, clauses, readings, options and decisions are known.

    >>> cases_schema()["required"]
    ['ruleset', 'cases']
    """
    names = _Names(rules)
    level = described(names.levels(), "the level of the facts")
    given: Schema = {"type": "object"}
    readings = described(names.readings(), "readings that are chosen for this case")
    defaults = {"level": level, "given": described(given, "merged under each case’s")}
    background = {"level": level, "readings": readings, "given": described(given, "the facts")}
    one = {
        "name": described(TEXT, "what the case shows, in a sentence"),
        "clause": described(_one_or_several(names.clauses(), 1), "the clauses that say so"),
        "level": level,
        "background": described(_one_or_several(TEXT), "the backgrounds, each over the one before"),
        "readings": readings,
        "reading_of": described(names.reading(), "the reading that decides the case"),
        "given": described(given, "the facts, laid over defaults and backgrounds"),
        "table": described(_table(names), "many cases of one kind: a row is a case"),
        "expect": described(names.expected(), "what must come of them"),
    }
    enough = [["table"], ["expect", "given"], ["expect", "background"]]
    whole = {**closed(one, CASE_NEEDS), "anyOf": [{"required": each} for each in enough]}
    top = {
        "ruleset": described(names.ruleset(), "the id of the ruleset"),
        "defaults": closed(defaults, ["level"]),
        "backgrounds": {"type": "object", "additionalProperties": closed(background)},
        "cases": {"type": "array", "items": whole},
    }
    return document("cases of a ruleset of sla_rules", closed(top, TOP_NEEDS), {})


def _table(names: "_Names") -> Schema:
    """Columns, in the order of the keys, and rows with a cell for each; ``-`` says nothing."""
    row = described({"type": "array", "minItems": 1}, f"one cell for each column, {SKIP} for none")
    columns = {
        "readings": described(_one_or_several(names.reading()), "readings chosen by a cell"),
        "given": described(_one_or_several(TEXT), "facts, with dots into records"),
        "expect": described(_one_or_several(TEXT), "results, as under expect"),
        "rows": {
            "anyOf": [
                {"type": "array", "minItems": 1, "items": {"anyOf": [VALUE, row]}},
                {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": {"anyOf": [VALUE, row]},
                },
            ]
        },
    }
    return closed(columns, ["rows"])


def _one_or_several(schema: Schema, least: int = 0) -> Schema:
    several: Schema = {"type": "array", "items": schema}
    return {"anyOf": [schema, several | {"minItems": least} if least else several]}


def _parts() -> dict[str, Schema]:
    """What can be said of one result."""
    return {
        **dict.fromkeys(OPEN, VALUE),
        "status": {"enum": list(STATUS)},
        "within": described(TEXT, "how far the value may be off; else it is exact"),
        "by": described(_one_or_several(TEXT, 1), "what decided: row 2, a band’s interval, cap, …"),
    }


def _ledger(clauses: Schema) -> Schema:
    """The entries of a payment, exactly these or at least."""
    entry = {
        "entry": described(TEXT, "the deduction"),
        "clause": _one_or_several(clauses),
        **{name: {"type": ["string", "number"]} for name in AMOUNTS},
        "lapsed_by": _one_or_several(choice(RULES)),
    }
    several: Schema = {"type": "array", "items": closed(entry, ["entry"])}
    either = closed({"including": several | {"minItems": 1}, "exactly": several})
    return {"anyOf": [several, {**either, "minProperties": 1, "maxProperties": 1}]}


class _Names:
    """What may be named in a case: anything, or what one ruleset has."""

    def __init__(self, rules: Rules | None) -> None:
        self._rules = rules
        self._program: ir.Program | None = None if rules is None else rules.program

    def ruleset(self) -> Schema:
        return TEXT if self._program is None else {"const": self._program.id}

    def levels(self) -> Schema:
        return TEXT if self._program is None else {"enum": spelled(self._program.levels)}

    def clauses(self) -> Schema:
        return TEXT if self._program is None else {"enum": spelled(self._program.clauses)}

    def reading(self) -> Schema:
        return TEXT if self._program is None else {"enum": spelled(self._program.readings)}

    def readings(self) -> Schema:
        if self._program is None:
            return {"type": "object", "additionalProperties": TEXT}
        return closed(
            {
                name: {"enum": spelled(each.options), "title": titled(each.question)}
                for name, each in self._program.readings.items()
            }
        )

    def expected(self) -> Schema:
        """Results by name or path; of an error, or of a record, some words more."""
        result: Schema = {"anyOf": [VALUE, {**closed(_parts()), "minProperties": 1}]}
        several = _one_or_several(TEXT)
        refusal = {"anyOf": [TEXT, closed({"code": TEXT, "at": TEXT}, ["code"])]}
        some = _one_or_several(TEXT, 1)
        said = {each: several if each == "exactly" else some for each in NOTES}
        notes = {"anyOf": [several, {**closed(said), "minProperties": 1}]}
        schema: dict[str, Any] = {
            "type": "object",
            "minProperties": 1,
            "properties": {
                "error": described(
                    _one_or_several(refusal, 1), "the codes of the refusal, exactly these"
                ),
                **{name: {**result, "title": title} for name, title in self._decisions().items()},
            },
            "patternProperties": {
                r"(^|\.)status$": _parts()["status"],
                r"(^|\.)needs$": several,
                r"(^|\.)notes$": notes,
                r"\.by$": some,
                r"(^|\.)ledger$": _ledger(self.clauses()),
            },
            "additionalProperties": result,
        }
        return schema

    def _decisions(self) -> dict[str, str]:
        """The titles of all decisions, by name."""
        levels = () if self._program is None else self._program.levels.values()
        return {
            each.name: titled(each.title)
            for level in levels
            for each in level.decisions
            if each.type.kind != "row"
        }
