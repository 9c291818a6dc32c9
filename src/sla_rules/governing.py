"""Which version of a contract governs a document: the moments that the transition rules name.

The rule of the later of two versions decides between them, because an amendment says what it
applies to.  Only the facts that a rule names are read, so a version need not know the others.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from sla_rules.diagnostics import Diagnostic, FactsError
from sla_rules.engine.evaluate import Engine
from sla_rules.facts.records import Missing, Record
from sla_rules.facts.shapes import attribute_name
from sla_rules.facts.validate import show_fact
from sla_rules.facts.values import FactProblem, called, from_public, value_reader
from sla_rules.language import program as ir
from sla_rules.language.types import Type
from sla_rules.language.walk import chosen, slots_of
from sla_rules.unknown import Unknown
from sla_rules.worktime import to_us

__all__ = ["Governing", "Verdict"]

BY_LEVEL: Final = (
    "assess the records of each version alone, by level=…, "
    "or write the change as dated values in one ruleset"
)


@attrs.frozen
class Verdict:
    """A record and the position of the version that governs it."""

    path: str
    level: str
    version: int


@attrs.frozen
class _Raw:
    """A record as it was stated: a mapping or an instance, and the one above it."""

    data: Any
    level: str
    path: str
    above: "_Raw | None" = None

    def stated(self, name: str) -> Any:
        """What is stated under a name; None where nothing is."""
        if isinstance(self.data, Mapping):
            return self.data.get(name)
        return getattr(self.data, attribute_name(name), None)


@attrs.frozen
class _Moment:
    """The moment by the rule of one version; *named* when a transition rule names it."""

    kind: Type
    value: Any
    named: bool
    record: Record


class Governing:
    """The versions of a contract in the order of time, each compiled, and the zone of instants."""

    def __init__(self, engines: Sequence[Engine], zone: str | None) -> None:
        self.engines = tuple(engines)
        self.zone = zone
        self._readers: dict[tuple[int, str, str], Any] = {}

    def version(self, data: Any, level: str) -> int:
        """The position of the version that governs a document and everything in it.

        Raises FactsError: F141 for a moment that is not known, F142 and F144 for one before the
        first and after the last version, F143 where versions differ, F145 where nothing decides.
        """
        top = _Raw(data, level, "")
        problems: list[Diagnostic] = []
        verdicts: list[Verdict] = []
        for raw in self._records(top):
            try:
                found = self._decide(raw)
            except FactsError as error:
                problems += error.problems
                continue
            if found is not None:
                verdicts.append(Verdict(raw.path, raw.level, found))
        if problems:
            raise FactsError(problems)
        if not verdicts:
            message = f"nothing in the document says which version governs it (level {level!r})"
            hint = "name a moment under transition:, or a period: of the level"
            raise _refused("F145", message, "", hint)
        first = verdicts[0]
        other = next((each for each in verdicts if each.version != first.version), None)
        if other is not None:
            one, two = self._named(first), self._named(other)
            raise _refused("F143", f"{one}, and {two}", other.path, BY_LEVEL)
        return first.version

    def _named(self, verdict: Verdict) -> str:
        where = f"{verdict.level} {verdict.path}" if verdict.path else f"the {verdict.level}"
        return f"{where} is governed by version {self._version(verdict.version)!r}"

    def _version(self, number: int) -> str:
        return self.engines[number].program.version

    def _records(self, raw: _Raw) -> Iterator[_Raw]:
        """A record and all below it, by the lists that any version knows."""
        raw = attrs.evolve(raw, data=_plain(raw))
        if not isinstance(raw.data, Mapping) and not attrs.has(type(raw.data)):
            message = f"expected a mapping of facts, got {called(raw.data)}"
            raise _refused("F118", message, raw.path, "write {key: value}")
        yield raw
        lists: dict[str, ir.Fact] = {}
        for engine in reversed(self.engines):
            level = engine.program.levels.get(raw.level)
            for fact in level.nested if level else ():
                lists.setdefault(fact.name, fact)
        for name, fact in lists.items():
            below = raw.stated(name)
            home, path = fact.type.name, f"{raw.path}.{name}".lstrip(".")
            if fact.type.kind == "record":
                if below is not None:
                    yield from self._records(_Raw(below, home, path, raw))
            elif isinstance(below, Sequence) and not isinstance(below, str | bytes):
                for number, each in enumerate(below):
                    yield from self._records(_Raw(each, home, f"{path}[{number}]", raw))

    def _decide(self, raw: _Raw) -> int | None:
        """The version of one record by its own moment; None where no version names one."""
        last = len(self.engines) - 1
        none = True
        for number in range(last, -1, -1):
            moment = self._moment(number, raw)
            if moment is None:
                continue
            none = False
            if self._begun(number, moment):
                if number == last and not self._not_over(moment):
                    end = self.engines[last].program.effective_to
                    raise self._outside(
                        "F144", last, moment, f"after the last version ends ({end})"
                    )
                return number
            if number == 0:
                start = self.engines[0].program.effective_from
                raise self._outside("F142", 0, moment, f"before the first version ({start})")
        return None if none else 0

    def _outside(self, code: str, number: int, moment: _Moment, where: str) -> FactsError:
        program, record = self.engines[number].program, moment.record
        shown = show_fact(program, moment.kind, moment.value)
        hint = f"versions: {', '.join(each.program.version for each in self.engines)}"
        return _refused(code, f"{shown} lies {where}", record.path, hint)

    def _begun(self, number: int, moment: _Moment) -> bool:
        """Whether the version was in force at the moment, or had been before."""
        program = self.engines[number].program
        start = program.effective_from
        if start is None:
            return True
        if moment.kind.kind == "month":
            return self._month_begun(number, moment, start)
        begin = (
            to_us(f"{start}T00:00:00", program.timezone) if moment.kind.kind == "instant" else start
        )
        begun = moment.value >= begin
        if isinstance(begun, Unknown):
            raise self._unknown(number, moment)
        return bool(begun)

    def _month_begun(self, number: int, moment: _Moment, start: dt.date) -> bool:
        """A month that a rule names counts as its first day; otherwise it must not be divided."""
        if isinstance(moment.value, Unknown):
            raise self._unknown(number, moment)
        year, index = divmod(moment.value, 12)
        first = dt.date(year, index + 1, 1)
        if first >= start:
            return True
        divided = (start.year, start.month) == (first.year, first.month)
        if divided and number and not moment.named:
            older, newer = self._version(number - 1), self._version(number)
            message = (
                f"{moment.record.level.name} {first:%Y-%m} is governed by version {older!r} until "
                f"{start - dt.timedelta(days=1)} and by {newer!r} from {start}"
            )
            name = moment.record.level.name
            hint = (
                f"version {newer!r} must say which day of the month decides: "
                f"transition: {{{name}: …}}"
            )
            raise _refused("F143", message, moment.record.path, hint)
        return divided and not number

    def _not_over(self, moment: _Moment) -> bool:
        """Whether the last version was still in force at the moment."""
        program = self.engines[-1].program
        end = program.effective_to
        if end is None or end >= dt.date.max:
            return True
        if moment.kind.kind == "month":
            year, index = divmod(moment.value, 12)
            return dt.date(year, index + 1, 1) <= end
        if moment.kind.kind == "instant":
            after = end + dt.timedelta(days=1)
            over = moment.value < to_us(f"{after}T00:00:00", program.timezone)
        else:
            over = moment.value <= end
        if isinstance(over, Unknown):
            raise self._unknown(len(self.engines) - 1, moment)
        return bool(over)

    def _unknown(self, number: int, moment: _Moment) -> FactsError:
        needs = sorted(moment.value.needs) or [moment.record.path]
        version = self._version(number)
        message = f"whether version {version!r} applies depends on this fact, and it is not known"
        hint = "state it, or assess under one version: sla.load('id@version')"
        return FactsError(
            [Diagnostic(code="F141", message=message, where=each, hint=hint) for each in needs]
        )

    def _moment(self, number: int, raw: _Raw) -> _Moment | None:
        """The moment of a record by the rule of one version: its transition, or its period."""
        engine = self.engines[number]
        level = engine.program.levels.get(raw.level)
        if level is None:
            return None
        transition = engine.program.transition
        named = transition.moments.get(raw.level) if transition else None
        if named is not None:
            node = chosen(named, engine.choices).value
        elif level.period and (fact := level.fact(level.period)) is not None:
            node = ir.SlotRef(
                name=fact.name, index=fact.index, decision=False, type=fact.type, span=fact.span
            )
        else:
            return None
        record = Record(level, None, raw.path)
        waiting = [slot.name for slot in slots_of(node)]
        for name in waiting:  # grows while it is walked: what a missing fact follows bounds it
            fact = level.fact(name)
            if fact is not None and record[fact.index] is None:
                record[fact.index] = self._value(number, fact, raw, record)
                waiting.append(fact.not_before)
        return _Moment(node.type, engine.compiler.node(node)(record), named is not None, record)

    def _value(self, number: int, fact: ir.Fact, raw: _Raw, record: Record) -> Any:
        """A fact of a record as the evaluator has it: stated, inherited, by default, or missing."""
        stated, home = raw.stated(fact.name), raw
        source: ir.Fact | None = fact
        while stated is None and source and source.from_parent and home.above:
            home = home.above
            level = self.engines[number].program.levels.get(home.level)
            source = level.fact(source.from_parent) if level else None
            stated = home.stated(source.name) if source else None
        if stated is not None:
            return self._read(number, fact, stated, record)
        return Missing(record, fact, None) if fact.default is None else fact.default.value

    def _read(self, number: int, fact: ir.Fact, stated: Any, record: Record) -> Any:
        which = (number, record.level.name, fact.name)
        if which not in self._readers:
            program = self.engines[number].program
            self._readers[which] = value_reader(
                fact.type, program, self.zone, unlisted=fact.unlisted
            )
        try:
            return from_public(fact.type, self._readers[which](stated))
        except FactProblem as problem:
            where = record.path_of(fact.name)
            raise _refused(problem.code, problem.message, where, problem.hint) from None


def _plain(raw: _Raw) -> Any:
    """A host's own mapping as a plain one: whatever it raises is a problem of the facts."""
    if not isinstance(raw.data, Mapping) or type(raw.data) is dict:
        return raw.data
    try:
        return {key: raw.data[key] for key in raw.data}
    except Exception as error:  # noqa: BLE001  what a host's mapping raises is not ours to know
        message = f"the mapping cannot be read: {type(error).__name__}"
        raise _refused("F118", message, raw.path, "pass a plain dictionary") from None


def _refused(code: str, message: str, where: str, hint: str) -> FactsError:
    return FactsError([Diagnostic(code=code, message=message, where=where, hint=hint)])
