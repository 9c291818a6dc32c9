"""The versions of one contract: which of them governs, and what changed between them."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import attrs

from sla_rules.assessment import Assessment
from sla_rules.change.diff import program_changes
from sla_rules.change.told import Change
from sla_rules.diagnostics import Diagnostic, FactsError, nearest
from sla_rules.facts.document import read_document
from sla_rules.facts.values import FactProblem, read_date
from sla_rules.family import check_family, header_of, is_family, read_family
from sla_rules.governing import Governing
from sla_rules.rules import Rules, load, place_of
from sla_rules.worktime import from_us, to_us

__all__ = ["Amendment", "Versions", "changes", "versions"]


def changes(old: Rules, new: Rules) -> tuple[Change, ...]:
    """What *new* says otherwise than *old*, in the words of the contract.

    The rulesets are compared as what they mean, under all their readings: the order of keys,
    comments, the version, and which readings were chosen are no changes.  Each change is told
    once, at the smallest place that differs; a parameter at the parameter, not at its uses.

    >>> from sla_rules import load
    >>> text = \"\"\"
    ... language: 1
    ... id: help
    ... version: {version}
    ... title: Help desk
    ... timezone: Asia/Shanghai
    ... parameters: {{limit: {{value: {limit}, title: {{zh: 恢复时限, en: recovery limit}}}}}}
    ... levels: {{call: {{facts: {{time: {{type: duration}}}}, decisions: {{late: time > limit}}}}}}
    ... \"\"\"
    >>> old = load(text.format(version=1, limit="2 h"))
    >>> new = load(text.format(version=2, limit="4 h"))
    >>> for change in changes(old, new):
    ...     print(change.path, change.text("zh"), change.text("en"), sep=" | ")
    parameters.limit | 恢复时限 由 2 小时 改为 4 小时 | recovery limit: 2 h → 4 h
    """
    for each in (old, new):
        if not isinstance(each, Rules):
            message = f"expected rules as load gives them, got {type(each).__name__}"
            raise TypeError(message)
    return program_changes(old.program, new.program)


def versions(source: str | Path) -> "Versions":
    """All versions of a contract.

    *source* is the id of a packaged ruleset, or the path of a folder in which each version has a
    folder with its ``ruleset.yaml``.  All have one ``id``, each its own ``version``, and their
    ``effective`` periods follow each other without a hole.  A single ruleset is a family of one.

    Raises RulesetError: E561 to E565 where the versions are no family, and what :func:`load`
    raises for any of them.

    >>> versions("gz-npc-2023")
    <Versions of gz-npc-2023: 1.0.0>
    """
    if isinstance(source, str) and "\n" in source:
        return Versions((load(source),))
    path = place_of(source)
    if path is None or not is_family(path):
        return Versions((load(source),))
    return Versions(tuple(load(each.folder) for each in read_family(path) if each.folder))


@attrs.frozen(kw_only=True)
class Amendment:
    """The step from one version to the next: both, and what changed."""

    older: Rules
    newer: Rules
    changes: tuple[Change, ...] = attrs.field(repr=False)

    def text(self, lang: str = "zh") -> str:
        """The amendment as lines: both versions, the day, and each change."""
        start = self.newer.program.effective_from
        arrow = f"{self.newer.id} {self.older.version} → {self.newer.version}"
        day = "" if start is None else f"（{start} 起）" if lang == "zh" else f" (from {start})"
        return "\n".join((arrow + day, *(f"* {each.text(lang)}" for each in self.changes)))


@attrs.frozen
class Versions:
    """The versions of one contract in the order of time, from :func:`versions`.  Immutable.

    Iterate over it, ask for one by its version (``family["2018-02-12"]``), for the one of a day
    (:meth:`at`), or let the facts decide (:meth:`governing`, :meth:`assess`).
    """

    rules: tuple[Rules, ...]

    def __attrs_post_init__(self) -> None:
        check_family([header_of(each.program) for each in self.rules])

    def __iter__(self) -> Iterator[Rules]:
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)

    def __getitem__(self, version: str) -> Rules:
        for each in self.rules:
            if each.version == version:
                return each
        hint = nearest(str(version), [each.version for each in self.rules])
        raise KeyError(f"there is no version {version!r}; {hint}".rstrip("; "))

    def __repr__(self) -> str:
        return f"<Versions of {self.id}: {', '.join(each.version for each in self.rules)}>"

    @property
    def id(self) -> str:
        """The id that all versions share."""
        return self.rules[0].id

    def at(self, day: dt.date | str) -> Rules:
        """The version in force on a day, or at an instant in the zone of the contract.

        Raises FactsError: F110 for what is no day, F142 before the first version, F144 after the
        last.

        >>> versions("gz-npc-2023").at("2024-03-05")
        <Rules gz-npc-2023 1.0.0>
        """
        date = self._day(day)
        for each in reversed(self.rules):
            start, end = each.program.effective_from, each.program.effective_to
            if start is None or start <= date:
                if end is None or date <= end:
                    return each
                raise _refused("F144", f"{date} lies after the last version ends ({end})", "day")
        start = self.rules[0].program.effective_from
        raise _refused("F142", f"{date} lies before the first version ({start})", "day")

    def _day(self, day: dt.date | str) -> dt.date:
        if isinstance(day, dt.datetime):
            return from_us(to_us(day), self.rules[-1].program.timezone).date()
        try:
            return read_date(day)
        except FactProblem as problem:
            raise _refused(problem.code, problem.message, "day", problem.hint) from None

    def with_readings(self, choices: Mapping[str, str]) -> "Versions":
        """The same versions under other readings, each where it knows them.

        Raises RulesetError for a reading or option that no version knows.
        """
        known = [
            {name: option for name, option in choices.items() if _knows(each, name, option)}
            for each in self.rules
        ]
        left = {
            name: option
            for name, option in choices.items()
            if not any(name in one for one in known)
        }
        if left:
            self.rules[-1].with_readings(left)
        pairs = zip(self.rules, known, strict=True)
        return Versions(tuple(each.with_readings(chosen) for each, chosen in pairs))

    def governing(self, facts: Any, level: str | None = None, *, zone: str | None = None) -> Rules:
        """The version that governs a document: that of its record, and of all records in it.

        The later of two versions says by its ``transition`` which moment decides between them;
        without it the ``period`` of the level does.  A document whose own level has no such
        moment is governed by what its records are governed by.

        Raises FactsError: F141 where the moment is not known, F142 and F144 before the first and
        after the last version, F143 where the records belong to different versions, F145 where
        nothing decides.
        """
        return self._governing(read_document(facts), level, zone)

    def _governing(self, facts: Any, level: str | None, zone: str | None) -> Rules:
        name = self.rules[-1].top_level if level is None else level
        levels = dict.fromkeys(each for one in self.rules for each in one.program.levels)
        if name not in levels:
            message = f"there is no level {name!r}"
            raise _refused("F100", message, "level", nearest(str(name), levels))
        engines = [each.engine for each in self.rules]
        return self.rules[Governing(engines, zone).version(facts, name)]

    def assess(
        self,
        facts: Any,
        level: str | None = None,
        *,
        zone: str | None = None,
        as_of: Any = None,
        earlier: Mapping[str, Sequence[Any]] | None = None,
    ) -> Assessment:
        """Assess under the version that governs; ``assessment.rules.version`` says which it was.

        The transition has decided, so a record is not refused for lying outside the time in
        which the version was in force.  Takes and raises what :meth:`Rules.assess` and
        :meth:`governing` do.
        """
        data = read_document(facts)
        rules = self._governing(data, level, zone)
        return rules.assess(
            data, level, zone=zone, as_of=as_of, as_if_in_force=True, earlier=earlier
        )

    def changes(self) -> tuple[Amendment, ...]:
        """What changed from each version to the next."""
        return tuple(
            Amendment(older=older, newer=newer, changes=changes(older, newer))
            for older, newer in pairwise(self.rules)
        )


def _knows(rules: Rules, name: str, option: str) -> bool:
    reading = rules.program.readings.get(name)
    return reading is not None and option in reading.options


def _refused(code: str, message: str, where: str, hint: str = "") -> FactsError:
    return FactsError([Diagnostic(code=code, message=message, where=where, hint=hint)])
