"""Declared fact types → attrs classes, and documents → their instances, strictly.

The only module that imports cattrs.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from keyword import iskeyword
from typing import Any

import attrs
import cattrs
from cattrs.gen import make_dict_structure_fn, override

from sla_rules.diagnostics import Diagnostic, FactsError, nearest
from sla_rules.facts.values import (
    LONGEST,
    FactProblem,
    called,
    in_range,
    in_steps,
    read_date,
    read_text,
    value_reader,
)
from sla_rules.language import program as ir
from sla_rules.language.types import Type

__all__ = ["Given", "Shapes", "shapes_for"]

MOST_HINTS = 20


CLOSE = 0.75
"""How alike a fact must be to be suggested: closed_at is not recovered_at."""


@attrs.frozen
class Given:
    """A figure given instead of computed: who approved it, why and when.

    >>> import sla_rules as sla
    >>> facts = {"month": "2024-03", "incidents": [], "given": {"total":
    ...     {"value": "92.5", "approved_by": "监理", "reason": "appeal", "on": "2024-04-08"}}}
    >>> sla.load("gz-npc-2023").assess(facts, level="month").result("total").given.approved_by
    '监理'
    """

    value: Any
    approved_by: str | None = None
    reason: str | None = None
    on: Any = None


class _NotAMapping(FactProblem):
    pass


class _Several(FactProblem):
    """Problems of several parts, each with the name of its part."""

    def __init__(self, problems: Iterable[tuple[Any, FactProblem]]) -> None:
        self.problems = tuple(problems)
        super().__init__("F199", "several parts are refused")


def _twice(name: str) -> FactProblem:
    return FactProblem("F119", f"{name!r} is given twice", "keep it here or under given:")


def shapes_for(program: ir.Program, naive_zone: str | None) -> "Shapes":
    """The fact classes of a program; all programs made of the same text share those of a zone."""
    return _shapes(_Declared(program.id, program.version, program.text_hash, naive_zone, program))


@attrs.frozen
class _Declared:
    """What fact classes rest on; what else of a program was changed leaves them as they are."""

    id: str
    version: str
    text_hash: str
    zone: str | None
    program: ir.Program = attrs.field(eq=False)


@lru_cache(maxsize=32)
def _shapes(declared: _Declared) -> "Shapes":
    return Shapes(declared.program, declared.zone)


class Shapes:
    """One attrs class for each level, and the converter that structures documents into them."""

    def __init__(self, program: ir.Program, naive_zone: str | None) -> None:
        self._program = program
        self._naive_zone = naive_zone
        self._converter = cattrs.Converter(detailed_validation=True, forbid_extra_keys=True)
        self.classes = {level.name: self._class(level) for level in program.levels.values()}
        self._structurers = {
            level.name: self._structurer(level) for level in program.levels.values()
        }
        for name, cls in self.classes.items():
            self._converter.register_structure_hook(cls, self._structurers[name])

    def structure(self, level: str, data: Any) -> Any:
        """The instance of the class of *level*; FactsError lists everything refused."""
        try:
            return self._converter.structure(data, self.classes[level])
        except (cattrs.BaseValidationError, FactProblem) as error:
            raise FactsError(list(self._problems(error, "", level))) from None

    def _class(self, level: ir.Level) -> type[Any]:
        def restore(this: Any) -> Any:
            values = {name: getattr(this, name) for name in names}
            return (_restore, (self._program, level.name, values))

        names = [attribute_name(fact.name) for fact in level.facts]
        names.append("given")
        fields = {name: attrs.field(default=None) for name in names}
        title = "".join(part.capitalize() for part in level.name.split("_"))
        body = {"__reduce__": restore, "__doc__": f"Facts of level {level.name!r}."}
        return attrs.make_class(
            title, fields, frozen=True, kw_only=True, slots=True, class_body=body
        )

    def _structurer(self, level: ir.Level) -> Callable[[Any, Any], Any]:
        cls = self.classes[level.name]
        overrides: dict[str, Any] = {
            attribute_name(fact.name): override(
                rename=fact.name, struct_hook=_optional(self._reader(fact))
            )
            for fact in level.facts
        }
        overrides["given"] = override(struct_hook=self._given_reader(level))
        inner = make_dict_structure_fn(
            cls, self._converter, _cattrs_forbid_extra_keys=True, **overrides
        )
        decisions = frozenset(decision.name for decision in level.decisions)

        pairs = [(fact.name, attribute_name(fact.name)) for fact in level.facts]
        names = (*pairs, ("given", "given"))

        def structure(data: Any, _: Any) -> Any:
            if isinstance(data, cls):  # built by hand, so its values are still to be read
                data = _as_mapping(data, names)
            if not isinstance(data, Mapping):
                message = f"expected a mapping of facts, got {called(data)}"
                raise _NotAMapping("F118", message, "write {key: value}")
            if type(data) is not dict:
                data = _copied(data)
            direct = decisions & data.keys() if data.keys() - facts else None
            if direct:
                rest = {key: value for key, value in data.items() if key not in direct}
                given = rest.get("given") or {}
                if isinstance(given, Mapping):
                    given = given if type(given) is dict else _copied(given)
                    twice = sorted(direct & given.keys())
                    if twice:
                        raise _Several((name, _twice(name)) for name in twice)
                    rest["given"] = {**given, **{name: data[name] for name in sorted(direct)}}
                data = rest
            return inner(data, cls)

        facts = frozenset(fact.name for fact in level.facts)
        return structure

    def _reader(self, fact: ir.Fact) -> Callable[[Any], Any]:
        if fact.type.kind == "list":
            return self._list_reader(fact.type.name)
        if fact.type.kind == "record":
            cls = self.classes
            return lambda data: self._converter.structure(data, cls[fact.type.name])
        read = value_reader(fact.type, self._program, self._naive_zone, unlisted=fact.unlisted)
        return in_range(in_steps(read, fact.step, fact.type), fact.min, fact.max, fact.type)

    def _list_reader(self, level: str) -> Callable[[Any], Any]:
        def read(data: Any) -> Any:
            if not isinstance(data, Sequence) or isinstance(data, str | bytes):
                message = f"expected a list, got {called(data)}"
                raise FactProblem("F120", message, "write [first, second, …], or [] for none")
            return self._converter.structure(data, tuple[self.classes[level], ...])  # type: ignore[name-defined]

        return read

    def _given_reader(self, level: ir.Level) -> Callable[[Any, Any], Any]:
        no_figure = ("row", "limit", "calendar")
        kinds = {
            each.name: each.type
            for each in level.decisions
            if each.type.kind not in no_figure and not isinstance(each.body, ir.LedgerOutput)
        }

        def read(data: Any, _: Any) -> Any:
            if data is None:
                return None
            if not isinstance(data, Mapping):
                message = f"expected a mapping of decisions to figures, got {called(data)}"
                raise FactProblem("F118", message, "write {decision: {value: …, approved_by: …}}")
            figures, problems = {}, []
            for name, value in (data if type(data) is dict else _copied(data)).items():
                try:
                    figures[name] = self._given(name, value, kinds)
                except FactProblem as problem:
                    problems.append((name, problem))
            if problems:
                raise _Several(problems)
            return figures

        return read

    def _given(self, name: str, value: Any, kinds: dict[str, Type]) -> Given:
        if name not in kinds:
            shown = str(name)[:LONGEST]
            message = f"{shown!r} is no decision that can be given"
            raise FactProblem("F121", message, nearest(shown, kinds))
        if isinstance(value, Given):  # built by hand, so its parts are still to be read
            value = attrs.asdict(value, recurse=False)
        parts = _copied(value) if isinstance(value, Mapping) else {"value": value}
        unknown = parts.keys() - {"value", "approved_by", "reason", "on"}
        if unknown or parts.get("value") is None:
            found = f"there is no place for {', '.join(sorted(map(str, unknown)))}"
            message = found if unknown else "a given figure needs its value"
            hint = "write {value: …, approved_by: …, reason: …, on: …}; only value is needed"
            raise FactProblem("F122", message, hint)
        try:
            read = value_reader(kinds[name], self._program, self._naive_zone)
            return Given(
                value=read(parts["value"]),
                approved_by=_maybe(read_text, parts.get("approved_by")),
                reason=_maybe(read_text, parts.get("reason")),
                on=_maybe(read_date, parts.get("on")),
            )
        except FactProblem as problem:
            message = f"given {name!r}: {problem.message}"
            raise FactProblem(problem.code, message, problem.hint) from None

    def _problems(self, error: BaseException, path: str, level: str) -> "list[Diagnostic]":
        """Every problem of a structuring error, each with its path into the document."""
        if isinstance(error, cattrs.ClassValidationError):
            return self._class_problems(error, path, level)
        if isinstance(error, cattrs.IterableValidationError):
            with_notes, _ = error.group_exceptions()
            return [
                each
                for inner, note in with_notes
                for each in self._problems(inner, f"{path}[{note.index}]", level)
            ]
        if isinstance(error, _Several):
            return [
                each
                for name, inner in error.problems
                for each in self._problems(
                    inner, f"{path}.{str(name)[:LONGEST]}".lstrip("."), level
                )
            ]
        if isinstance(error, FactProblem):
            return [Diagnostic(code=error.code, message=error.message, where=path, hint=error.hint)]
        return [Diagnostic(code="F199", message=str(error), where=path)]

    def _class_problems(
        self, error: cattrs.ClassValidationError, path: str, level: str
    ) -> list[Diagnostic]:
        facts = {attribute_name(fact.name): fact for fact in self._program.levels[level].facts}
        with_notes, others = error.group_exceptions()
        problems: list[Diagnostic] = []
        for inner, note in with_notes:
            fact = facts.get(note.name)
            name = fact.name if fact else note.name
            home = fact.type.name if fact and fact.type.kind in ("list", "record") else level
            problems += self._problems(inner, f"{path}.{name}".lstrip("."), home)
        for inner in others:
            if isinstance(inner, cattrs.ForbiddenExtraKeysError):
                few = len(inner.extra_fields) <= MOST_HINTS
                problems += [
                    self._extra(name, path, level, suggest=few) for name in inner.extra_fields
                ]
            else:
                problems += self._problems(inner, path, level)
        return problems

    def _extra(self, name: object, path: str, level: str, *, suggest: bool) -> Diagnostic:
        part = self._program.levels[level]
        known = [fact.name for fact in part.facts] + [each.name for each in part.decisions]
        shown = str(name)[:LONGEST]
        homes = [each.name for each in self._program.levels.values() if each.fact(shown)]
        hint = nearest(shown, known, cutoff=CLOSE) if suggest else ""
        if homes and not path:
            levels = " or ".join(map(repr, homes))
            hint = f"it is a fact of level {levels}: say which level the facts are of"
        return Diagnostic(
            code="F123",
            message=f"unknown key {shown!r} at level {level!r}",
            where=f"{path}.{shown}".lstrip("."),
            hint=hint,
        )


def attribute_name(fact: str) -> str:
    """The attribute of a fact: ``from`` is a word of Python, so it becomes ``from_``."""
    return f"{fact}_" if iskeyword(fact) else fact


def _copied(data: Mapping[Any, Any]) -> dict[Any, Any]:
    """A host's own mapping as a plain one; whatever goes wrong in it is a problem of the facts."""
    try:
        return {key: data[key] for key in data}
    except Exception as error:  # noqa: BLE001  what a host's mapping raises is not ours to know
        message = f"the mapping cannot be read: {type(error).__name__}"
        raise FactProblem("F118", message, "pass a plain dictionary") from None


def _as_mapping(instance: Any, names: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """What an instance states, by the names of the facts; *names* are fact and attribute."""
    stated = ((fact, getattr(instance, attribute)) for fact, attribute in names)
    return {fact: value for fact, value in stated if value is not None}


def _optional(read: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda value, _: None if value is None else read(value)


def _maybe(read: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else read(value)


def _restore(program: ir.Program, level: str, values: dict[str, Any]) -> Any:
    return shapes_for(program, None).classes[level](**values)
