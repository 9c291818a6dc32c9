"""Stage 2, structure: nodes → surface.

Each surface class describes its own fields; the readers here give them form and collect every
problem with its exact place instead of stopping at the first.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import attrs

from sla_rules.diagnostics import MOST_HINTS, Diagnostic, Span
from sla_rules.language import surface
from sla_rules.language.source import Entry, MapNode, Node, ScalarNode, SeqNode, unknown_key
from sla_rules.language.surface import Decision, Phrase, Ruleset, Source, Switch

__all__ = ["KINDS", "READERS", "Form", "structure"]

T = TypeVar("T")
Read = Callable[["Structurer", Node, str], Any]


def structure(node: Node) -> tuple[Ruleset | None, list[Diagnostic]]:
    """Give form to a whole ruleset.  Afterwards every key is known and every part has its shape."""
    structurer = Structurer()
    ruleset = structurer.record(node, Ruleset, "the ruleset")
    return ruleset, structurer.problems


class Structurer:
    """Collects problems while giving form to nodes; a part that has none becomes None."""

    def __init__(self) -> None:
        self.problems: list[Diagnostic] = []

    def problem(self, code: str, message: str, span: Span, hint: str = "") -> None:
        """Remember one problem."""
        self.problems.append(Diagnostic(code=code, message=message, where=span, hint=hint))

    def mapping(self, node: Node, what: str) -> MapNode | None:
        """The node as a mapping, or None with a problem."""
        if isinstance(node, MapNode):
            return node
        hint = "write {key: value}, or key: value on lines of their own"
        self.problem("E202", f"{what} must be a mapping of keys to values", node.span, hint)
        return None

    def record(self, node: Node, cls: type[T], what: str, **given: Any) -> T | None:
        """Read a mapping into *cls* by the metadata of its fields."""
        mapping = self.mapping(node, what)
        if mapping is None:
            return None
        fields = {
            (field.metadata["key"] or field.name): field
            for field in attrs.fields(cls)  # type: ignore[arg-type]
            if "read" in field.metadata and field.name not in given
        }
        values: dict[str, Any] = dict(given)
        complete = True
        for entry in mapping:
            field = fields.get(entry.key)
            if field is None:
                known = tuple(fields) if len(self.problems) < MOST_HINTS else ()
                self.problems.append(unknown_key(entry, known, what))
                continue
            read = READERS[field.metadata["read"]]
            value = read(self, entry.value, f"{what}: {entry.key}")
            if value is None:
                complete = complete and not field.metadata["required"]
            else:
                values[field.name] = value
        for key, field in fields.items():
            if field.metadata["required"] and mapping.get(key) is None:
                self.problem("E203", f"{what} lacks the key {key!r}", node.span, f"add {key}:")
                complete = False
        make: Callable[..., T] = cls
        return make(span=node.span, **values) if complete else None


@attrs.frozen
class Form:
    """A reader made of another, so that a schema can be made of it too.

    *how* is ``switched``, ``named``, ``listed`` or ``record``; *of* the inner reader, for a record
    the surface class.
    """

    how: str
    of: Any
    read: Read

    def __call__(self, s: Structurer, node: Node, what: str) -> Any:
        """Read a node."""
        return self.read(s, node, what)


def _scalar(s: Structurer, node: Node, what: str) -> Source | None:
    if isinstance(node, ScalarNode) and (node.text or not node.plain):
        return Source(node.text, node.plain, node.span)
    if isinstance(node, ScalarNode):
        s.problem("E204", f"{what} is empty", node.span, "write a value, or delete the key")
    else:
        found = "mapping" if isinstance(node, MapNode) else "list"
        message = f"{what} must be one value, and this is a {found}"
        s.problem("E204", message, node.span, "text with brackets in it must stand in quotes")
    return None


def _scalars(s: Structurer, node: Node, what: str) -> tuple[Source, ...] | None:
    if isinstance(node, SeqNode):
        items = [_scalar(s, item, what) for item in node.items]
        return tuple(item for item in items if item is not None)
    one = _scalar(s, node, what)
    return None if one is None else (one,)


def _truth(s: Structurer, node: Node, what: str) -> bool | None:
    if isinstance(node, ScalarNode) and isinstance(node.value, bool):
        return node.value
    s.problem("E205", f"{what} must be true or false", node.span, "without quotes")
    return None


LANGUAGES: Final = ("zh", "en")
_PHRASE: Final = "write the text, or {zh: …, en: …}"


def _phrase(s: Structurer, node: Node, what: str) -> Phrase | None:
    if isinstance(node, ScalarNode) and node.text:
        return Phrase(node.text, node.text, node.span)
    if not isinstance(node, MapNode):
        s.problem("E206", f"{what} must be text", node.span, _PHRASE)
        return None
    texts: dict[str, str] = {}
    for entry in node:
        if entry.key not in LANGUAGES:
            s.problems.append(unknown_key(entry, LANGUAGES, what))
        elif scalar := _scalar(s, entry.value, what):
            texts[entry.key] = scalar.text
    if not texts:
        if not node.entries:
            s.problem("E206", f"{what} is empty", node.span, _PHRASE)
        return None
    only = next(iter(texts.values()))
    return Phrase(texts.get("zh", only), texts.get("en", only), node.span)


def _switched(inner: Read) -> Form:
    """A reader for *inner*, or for a switch between several of it."""

    def read(s: Structurer, node: Node, what: str) -> Any:
        if not isinstance(node, MapNode) or node.get("by") is None:
            return inner(s, node, what)
        options: dict[str, Any] = {}
        places = {entry.key: entry.span for entry in node}
        reading: Source | None = None
        for entry in node:
            if entry.key == "by":
                reading = _scalar(s, entry.value, f"{what}: by")
            else:
                value = read(s, entry.value, f"{what}: {entry.key}")
                if value is not None:
                    options[entry.key] = value
        return None if reading is None else Switch(reading, options, node.span, places)

    return Form("switched", inner, read)


def _named(inner: Read) -> Form:
    """A reader for a mapping of names to *inner*."""

    def read(s: Structurer, node: Node, what: str) -> dict[str, Any] | None:
        mapping = s.mapping(node, what)
        if mapping is None:
            return None
        values = {entry.key: inner(s, entry.value, entry.key) for entry in mapping}
        return {
            entry.key: _at_name(values[entry.key], entry)
            for entry in mapping
            if values[entry.key] is not None
        }

    return Form("named", inner, read)


def _at_name(value: Any, entry: Entry) -> Any:
    """A part that has a name stands where its name stands."""
    named = attrs.has(type(value)) and not isinstance(value, Source | Phrase)
    return attrs.evolve(value, span=entry.span) if named else value


def _listed(inner: Read) -> Form:
    """A reader for a sequence of *inner*."""

    def read(s: Structurer, node: Node, what: str) -> tuple[Any, ...] | None:
        if not isinstance(node, SeqNode):
            s.problem("E207", f"{what} must be a list", node.span, "begin each item with -")
            return None
        items = [inner(s, item, f"{what}[{n}]") for n, item in enumerate(node.items)]
        return tuple(item for item in items if item is not None)

    return Form("listed", inner, read)


def _of(cls: type[Any]) -> Form:
    """A reader for one surface class."""
    return Form("record", cls, lambda s, node, what: s.record(node, cls, what))


def _fact_type(s: Structurer, node: Node, what: str) -> Any:
    if isinstance(node, MapNode):
        return _named(_scalar)(s, node, what)
    return _scalars(s, node, what) if isinstance(node, SeqNode) else _scalar(s, node, what)


def _scalar_or_list(s: Structurer, node: Node, what: str) -> Any:
    return _scalars(s, node, what) if isinstance(node, SeqNode) else _scalar(s, node, what)


def _hours(s: Structurer, node: Node, what: str) -> Any:
    if isinstance(node, ScalarNode):
        return _scalar(s, node, what)
    return _named(_scalars)(s, node, what)


def _band_output(s: Structurer, node: Node, what: str) -> Any:
    if isinstance(node, MapNode) and node.get("by") is not None:
        hint = "put by: at all the bands or rows, or name a parameter whose value is the switch"
        s.problem("E204", f"{what} must be one value, and this is a switch", node.span, hint)
        return None
    if isinstance(node, MapNode):
        return s.record(node, surface.Output, what)
    scalar = _scalar(s, node, what)
    return None if scalar is None else surface.Output(value=scalar, span=node.span)


def _bands(s: Structurer, node: Node, what: str) -> Any:
    mapping = s.mapping(node, what)
    if mapping is None:
        return None
    outputs = [
        (Source(entry.key, True, entry.span), _band_output(s, entry.value, entry.key))
        for entry in mapping
    ]
    return tuple((edge, output) for edge, output in outputs if output is not None)


def _matrix(s: Structurer, node: Node, what: str) -> Any:
    """Cells of the first input to cells of the second to what both give."""
    mapping = s.mapping(node, what)
    if mapping is None:
        return None
    lines = [
        (Source(entry.key, True, entry.span), _bands(s, entry.value, f"{what}: {entry.key}"))
        for entry in mapping
    ]
    return tuple((cell, line) for cell, line in lines if line is not None)


def _column(s: Structurer, node: Node, what: str) -> Any:
    if isinstance(node, MapNode):
        return s.record(node, surface.Column, what)
    scalar = _scalar(s, node, what)
    return None if scalar is None else surface.Column(type=scalar, span=node.span)


def _member(s: Structurer, node: Node, what: str) -> Any:
    if isinstance(node, MapNode) and {entry.key for entry in node} <= set(LANGUAGES):
        return surface.Member(title=_phrase(s, node, what), span=node.span)
    if isinstance(node, ScalarNode):
        return surface.Member(title=_phrase(s, node, what) if node.text else None, span=node.span)
    return s.record(node, surface.Member, what)


KINDS: Final[dict[str, type[Any]]] = {
    "table": surface.Table,
    "bands": surface.Bands,
    "units": surface.Units,
    "rates": surface.Rates,
    "deadline": surface.Deadline,
    "elapsed": surface.Elapsed,
    "overrun": surface.Overrun,
    "scorecard": surface.Scorecard,
}


def _body(s: Structurer, node: Node, what: str) -> Any:
    """An expression, or a mapping with exactly one decision kind."""
    if not isinstance(node, MapNode):
        return _scalar(s, node, what)
    if len(node.entries) == 1 and node.entries[0].key in KINDS:
        entry = node.entries[0]
        return s.record(entry.value, KINDS[entry.key], f"{what}: {entry.key}")
    message = f"{what} must be an expression, or a mapping with one key: {', '.join(KINDS)}"
    if any(entry.key in KINDS for entry in node):
        hint = "keep one of them; what else a decision says stands beside value:"
    elif len(node.entries) > 1 or any(isinstance(each.value, ScalarNode) for each in node):
        hint = "one value for each of several cases is a table: write table: {on: …, rows: …}"
    else:
        hint = "text with brackets in it must stand in quotes"
    s.problem("E208", message, node.span, hint)
    return None


def _decision(s: Structurer, node: Node, what: str) -> Decision | None:
    if isinstance(node, ScalarNode):
        value = _scalar(s, node, what)
        return None if value is None else Decision(body=value, span=node.span)
    mapping = s.mapping(node, what)
    if mapping is None:
        return None
    kinds = [entry for entry in mapping if entry.key == "value" or entry.key in KINDS]
    if len(kinds) != 1:
        found = " and ".join(entry.key for entry in kinds) or "none"
        hint = "make two decisions of it" if kinds else "say how it is found, such as value: …"
        s.problem(
            "E209",
            f"{what} must have exactly one of value, {', '.join(KINDS)}; it has {found}",
            kinds[1].span if kinds else node.span,
            hint,
        )
        return None
    entry = kinds[0]
    if entry.key == "value":
        body = READERS["switched_body"](s, entry.value, what)
    else:
        body = s.record(entry.value, KINDS[entry.key], f"{what}: {entry.key}")
    rest = MapNode(tuple(each for each in mapping if each is not entry), node.span)
    decision = s.record(rest, Decision, what, body=body)
    return decision if body is not None else None


def _rounding(s: Structurer, node: Node, what: str) -> Any:
    if isinstance(node, MapNode):
        return s.record(node, surface.RoundingRule, what)
    return _scalar(s, node, what)


def _transition(s: Structurer, node: Node, what: str) -> Any:
    """Levels with their moments; ``clause`` among them cites."""
    mapping = s.mapping(node, what)
    if mapping is None:
        return None
    cites = tuple(entry for entry in mapping if entry.key == "clause")
    rest = MapNode(tuple(entry for entry in mapping if entry.key != "clause"), node.span)
    moments = READERS["moments"](s, rest, what)
    return s.record(MapNode(cites, node.span), surface.Transition, what, moments=moments)


READERS: Final[dict[str, Read]] = {
    "scalar": _scalar,
    "scalars": _scalars,
    "named_scalars": _named(_scalar),
    "truth": _truth,
    "phrase": _phrase,
    "phrases": _named(_phrase),
    "switched": _switched(_scalar),
    "moments": _named(_switched(_scalar)),
    "transition": _transition,
    "switched_hours": _switched(_hours),
    "holidays": _switched(_scalar_or_list),
    "seasons": _switched(_named(_switched(_hours))),
    "overrides": _named(_scalars),
    "fact_type": _fact_type,
    "switched_bands": _switched(_bands),
    "switched_body": _switched(_body),
    "switched_rounding": _switched(_rounding),
    "matrix": _matrix,
    "columns": _named(_column),
    "rows": _listed(_of(surface.Row)),
    "sections": _listed(_of(surface.Section)),
    "workday": _of(surface.Workday),
    "note_rules": _listed(_of(surface.NoteRule)),
    "requirements": _listed(_of(surface.Requirement)),
    "ledger_sources": _listed(_of(surface.LedgerSource)),
    "ledger": _of(surface.Ledger),
    "facts": _named(_of(surface.Fact)),
    "decisions": _named(_decision),
    "levels": _named(_of(surface.Level)),
    "enums": _named(_named(_member)),
    "calendars": _named(_of(surface.Calendar)),
    "clauses": _named(_of(surface.Clause)),
    "readings": _named(_of(surface.Reading)),
    "parameters": _named(_of(surface.Parameter)),
    "scales": _named(_of(surface.Scale)),
}
