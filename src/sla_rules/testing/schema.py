"""The format of files of cases as a JSON Schema."""

from typing import Any, Final

from sla_rules.language import program as ir
from sla_rules.rules import Rules
from sla_rules.schema.draft import Schema, closed, described, document, spelled
from sla_rules.schema.values import titled
from sla_rules.testing.words import CASE_NEEDS, OPEN, STATUS, TOP_NEEDS

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
    defaults = {"level": level, "given": described({"type": "object"}, "merged under each case’s")}
    one = {
        "name": described(TEXT, "what the case shows, in a sentence"),
        "clause": described(_one_or_several(names.clauses()), "the clauses that say so"),
        "level": level,
        "readings": described(names.readings(), "readings that are chosen for this case"),
        "reading_of": described(names.reading(), "the reading that decides the case"),
        "given": described({"type": "object"}, "the facts"),
        "expect": described(names.expected(), "what must come of them"),
    }
    top = {
        "ruleset": described(names.ruleset(), "the id of the ruleset"),
        "defaults": closed(defaults, ["level"]),
        "cases": {"type": "array", "items": closed(one, CASE_NEEDS)},
    }
    return document("cases of a ruleset of sla_rules", closed(top, TOP_NEEDS), {})


def _one_or_several(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "array", "items": schema}]}


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
        opened = closed({part: {"enum": list(STATUS)} if part == "status" else VALUE
                         for part in OPEN})  # fmt: skip
        result: Schema = {"anyOf": [VALUE, {**opened, "minProperties": 1}]}
        several = _one_or_several(TEXT)
        schema: dict[str, Any] = {
            "type": "object",
            "minProperties": 1,
            "properties": {
                "error": described(several, "the codes of the refusal, exactly these"),
                **{name: {**result, "title": title} for name, title in self._decisions().items()},
            },
            "patternProperties": {
                r"(^|\.)status$": {"enum": list(STATUS)},
                r"(^|\.)(notes|needs)$": several,
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
