"""An explanation as a value: one number and why, with what it rests on, printed as a tree."""

from collections.abc import Iterator
from typing import Any, Final

import attrs

from sla_rules.explain.wording import say

__all__ = ["CitedClause", "Explanation", "UsedReading"]

MOST_NEEDS: Final = 3


@attrs.frozen
class CitedClause:
    """A sentence of the contract."""

    id: str
    text: str


@attrs.frozen
class UsedReading:
    """A reading on which the value rests, with the option taken and its reason."""

    id: str
    register: str
    question: str
    option: str
    reason: str


@attrs.frozen
class Explanation:
    """One value and why: prints as an indented tree of sentences.

    *kind* is decision, fact, parameter or record; *inputs* are the values that it rests on.

    >>> import sla_rules as sla
    >>> month = sla.load("gz-npc-2023").assess({"month": "2024-03", "incidents": [],
    ...     "sla_attainment_rate": "97.2"}, level="month")
    >>> why = month.explain("sla_points", lang="en")
    >>> print(why.text(depth=0))  # doctest: +ELLIPSIS
    attainment points below 100% = 2
        Clause S2.3: ...
        Reading A-21 (point-counting=full_points) ...
        Arithmetic: (100% - 97.2%) ÷ 1% = 2.8; only full units count: 2
    >>> [each.title for each in why.inputs]
    ['attainment as counted']
    """

    name: str
    title: str
    value: str
    kind: str
    lang: str
    remark: str = ""
    clauses: tuple[CitedClause, ...] = ()
    readings: tuple[UsedReading, ...] = ()
    arithmetic: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    inputs: tuple["Explanation", ...] = ()

    def __str__(self) -> str:
        return self.text()

    def text(self, *, depth: int | None = None) -> str:
        """The tree as indented lines, at most *depth* levels of inputs; whole without it.

        A clause or reading is quoted in full where it is met first, and named afterwards.
        """
        return "\n".join(self.lines("", "", depth, set()))

    def lines(self, first: str, rest: str, depth: int | None, told: set[str]) -> Iterator[str]:
        """The lines of the tree, each behind its branch; *told* are clauses quoted already."""
        yield first + say("equals", self.lang, title=self.title, value=self.value) + self.remark
        inputs = self.inputs if depth is None or depth > 0 else ()
        body = rest + ("│   " if inputs else "    ")
        for line in self._grounds(told):
            yield body + line
        deeper = None if depth is None else depth - 1
        for number, each in enumerate(inputs, 1):
            last = number == len(inputs)
            branch, below = ("└── ", "    ") if last else ("├── ", "│   ")
            yield from each.lines(rest + branch, rest + below, deeper, told)

    def _grounds(self, told: set[str]) -> Iterator[str]:
        """Clauses, readings, arithmetic, notes and needs of this value alone."""
        for clause in self.clauses:
            if clause.id not in told:
                told.add(clause.id)
                yield say("clause", self.lang, id=clause.id, text=clause.text)
            else:
                yield say("clause_again", self.lang, id=clause.id)
        for reading in self.readings:
            phrase = "reading_again" if reading.id in told else "reading"
            told.add(reading.id)
            yield say(
                phrase,
                self.lang,
                register=reading.register,
                id=reading.id,
                question=reading.question,
                option=reading.option,
                reason=reading.reason,
            )
        for line in self.arithmetic:
            yield say("arithmetic", self.lang, text=line)
        for note in self.notes:
            yield say("note", self.lang, text=note)
        if self.needs:
            needs = say("comma", self.lang).join(self.needs[:MOST_NEEDS])
            phrase = "needs_many" if len(self.needs) > MOST_NEEDS else "needs"
            yield say(phrase, self.lang, needs=needs, count=len(self.needs))

    def to_dict(self) -> dict[str, Any]:
        """The tree as JSON-able data."""
        data: dict[str, Any] = attrs.asdict(self, recurse=False)
        data["clauses"] = [attrs.asdict(each) for each in self.clauses]
        data["readings"] = [attrs.asdict(each) for each in self.readings]
        data["inputs"] = [each.to_dict() for each in self.inputs]
        return {key: value for key, value in data.items() if value not in ("", (), [])}
