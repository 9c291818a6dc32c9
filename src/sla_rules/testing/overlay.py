"""Facts laid over facts: defaults, then backgrounds, then what a case itself says."""

from collections.abc import Mapping
from typing import Any

from sla_rules.diagnostics import Span, nearest
from sla_rules.language.program import Fact, Level
from sla_rules.language.source import MapNode, Node, SeqNode
from sla_rules.testing.asking import Asker, plain

__all__ = ["Overlay"]


class _Absent(Exception):
    """There is no record for what is laid over it: the way to it, and a hint."""

    def __init__(self, way: tuple[str, ...], message: str, hint: str) -> None:
        super().__init__(message)
        self.way = way
        self.message = message
        self.hint = hint


class Overlay:
    """Lays facts of the levels of one program over each other, and checks their names.

    Mappings are merged key by key, and a list replaces a list.  A mapping over a list of records
    changes the records with these keys: null takes one away, and one that the list has not is
    added if it states its key, or if there is no list yet.
    """

    def __init__(self, levels: Mapping[str, Level], ask: Asker) -> None:
        self._levels = levels
        self._ask = ask

    def laid(self, below: Any, node: Node, level: Level) -> Any:
        """The facts of *node* laid over those *below*."""
        try:
            return self._record(below, plain(node), level, ())
        except _Absent as error:
            self._ask.report("C118", error.message, _place(node, error.way), error.hint)
            return below

    def _record(self, below: Any, above: Any, level: Level | None, way: tuple[str, ...]) -> Any:
        if not isinstance(above, Mapping):
            return above
        under = below if isinstance(below, Mapping) else {}
        merged = dict(under)
        for key, value in above.items():
            fact = None if level is None else level.fact(key)
            kind = "" if fact is None else fact.type.kind
            here = (*way, key)
            if fact is not None and kind == "list" and isinstance(value, Mapping):
                merged[key] = self._list(under.get(key), value, fact, here)
            elif isinstance(value, list) and fact is not None and kind == "list":
                child = self._levels[fact.type.name]
                merged[key] = [self._record(None, each, child, here) for each in value]
            else:
                inner = (
                    self._levels[fact.type.name] if fact is not None and kind == "record" else None
                )
                merged[key] = self._record(under.get(key), value, inner, here)
        return merged

    def _list(self, below: Any, above: Mapping[str, Any], fact: Fact, way: tuple[str, ...]) -> Any:
        """A mapping from keys of records to what changes of them, over a list of records."""
        child = self._levels[fact.type.name]
        if below is None and not child.key:
            message, hint = f"{fact.name!r} has no records yet", "write them as a list"
            raise _Absent(way, message, hint)
        if below is not None and not isinstance(below, list):
            return above
        found: list[Any] = list(below or ())
        known = [_key(each, child) or str(number) for number, each in enumerate(found, 1)]
        for key, value in above.items():
            here = (*way, key)
            stated = isinstance(value, Mapping) and child.key in value
            if known.count(key) > 1:
                message, hint = f"{fact.name!r} has several records {key!r}", "give each its own"
                raise _Absent(here, message, f"{hint} {child.key!r}" if child.key else "")
            if key in known:
                at = known.index(key)
                found[at] = self._record(found[at], value, child, here)
            elif value is not None and child.key and (below is None or stated):
                found.append(self._record({child.key: key}, value, child, here))
            else:
                hint = nearest(key, known)
                if child.key and value is not None:
                    hint += f"{'; ' if hint else ''}to add it, state its {child.key!r} as well"
                message = f"{fact.name!r} has no record {key!r} to change"
                raise _Absent(here, message, hint)
        return [each for each in found if each is not None]

    def check(self, node: Node, level: Level) -> None:
        """Note every name in the facts of *node* that its level does not have."""
        if not isinstance(node, MapNode):
            return
        for entry in node:
            fact = level.fact(entry.key)
            if entry.key == "given":
                self._check_given(entry.value, level)
            elif fact is not None and fact.type.kind in ("list", "record"):
                child = self._levels[fact.type.name]
                for each in _records(entry.value, several=fact.type.kind == "list"):
                    self.check(each, child)
            elif fact is None and not _decided(level, entry.key):
                self.unknown(entry.key, level, entry.span)

    def _check_given(self, node: Node, level: Level) -> None:
        for entry in node if isinstance(node, MapNode) else ():
            if not _decided(level, entry.key):
                known = [each.name for each in level.decisions if each.type.kind != "row"]
                message = f"level {level.name!r} decides no {entry.key!r} that could be given"
                self._ask.report("C113", message, entry.span, nearest(entry.key, known))

    def unknown(self, name: str, level: Level, span: Span) -> None:
        """Note a name that is no fact of the level, nor a decision that could be given."""
        known = [each.name for each in level.facts]
        known += [each.name for each in level.decisions if each.type.kind != "row"]
        homes = [each.name for each in self._levels.values() if each.fact(name) is not None]
        hint = nearest(name, known)
        if homes:
            hint = f"it is a fact of level {' or '.join(map(repr, homes))}"
        self._ask.report("C113", f"level {level.name!r} has no fact {name!r}", span, hint)

    def column(self, path: str, level: Level, span: Span, lang: str) -> str:
        """What a dotted path into the facts is about, in the words of the ruleset."""
        way = path.split(".")
        keys: list[str] = []
        title = path
        while way:
            name = way.pop(0)
            fact = level.fact(name)
            if fact is None:
                inner = way.pop(0) if name == "given" and way else name
                decision = level.decision(inner)
                if decision is None or not _decided(level, inner):
                    self.unknown(inner, level, span)
                    return path
                return " ".join((*keys, decision.title.of(lang), *way))
            title = fact.title.of(lang)
            if fact.type.kind not in ("list", "record"):
                break
            level = self._levels[fact.type.name]
            keys += way[:1] if fact.type.kind == "list" else ()
            way = way[1:] if fact.type.kind == "list" else way
        if way:
            self._ask.report("C113", f"{name!r} has no parts", span)
        return " ".join((*keys, title))

    def pointed(self, path: str, facts: Any, level: Level) -> str:
        """A path that names records by their keys, as problems count them: ``payments[0].paid``.

        One that leads to no record of these facts is returned as it is.
        """
        found = ""
        way = path.split(".")
        while way:
            name = way.pop(0)
            found = f"{found}.{name}".lstrip(".")
            fact = level.fact(name)
            if fact is None or fact.type.kind not in ("list", "record"):
                return ".".join((found, *way))
            level = self._levels[fact.type.name]
            facts = facts.get(name) if isinstance(facts, Mapping) else None
            if way and fact.type.kind == "list":
                keys = [_key(each, level) for each in facts] if isinstance(facts, list) else []
                if way[0] not in keys:
                    return path
                number = keys.index(way.pop(0))
                found, facts = f"{found}[{number}]", facts[number]
        return found


def _decided(level: Level, name: str) -> bool:
    decision = level.decision(name)
    return decision is not None and decision.type.kind != "row"


def _key(record: Any, level: Level) -> str:
    """The key of a record as text; nothing if it has none."""
    value = record.get(level.key) if level.key and isinstance(record, Mapping) else None
    return "" if value is None else str(value)


def _records(node: Node, *, several: bool) -> tuple[Node, ...]:
    if several and isinstance(node, SeqNode):
        return node.items
    if several and isinstance(node, MapNode):
        return tuple(entry.value for entry in node)
    return (node,)


def _place(node: Node, way: tuple[str, ...]) -> Span:
    """Where a part of a mapping stands, as deep as the way leads."""
    span = node.span
    for key in way:
        entry = None if not isinstance(node, MapNode) else next(
            (each for each in node if each.key == key), None
        )  # fmt: skip
        if entry is None:
            break
        span, node = entry.span, entry.value
    return span
