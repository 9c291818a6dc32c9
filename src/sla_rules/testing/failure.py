"""The text of a case that fails: where, what differs, and why it came out so."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from sla_rules.assessment import Assessment
from sla_rules.diagnostics import SlaError
from sla_rules.explain.explanation import Explanation
from sla_rules.explain.values import Formatter
from sla_rules.explain.wording import say
from sla_rules.facts.values import FactProblem, from_public
from sla_rules.language import program as ir
from sla_rules.layout import Column, display_width, draw, wrap
from sla_rules.rules import Rules
from sla_rules.testing.cases import Case, Mismatch
from sla_rules.testing.check import assess_case, expected_value
from sla_rules.testing.deciding import Reason, deciding
from sla_rules.testing.factplaces import place_of_fact
from sla_rules.testing.hints import rounding_to, same_amounts
from sla_rules.testing.places import Place, first_of, place_of
from sla_rules.testing.telling import COLUMNS, said, word

__all__ = ["LINES", "failure_text", "language_of"]

LINES: Final = 12
"""How long the text is at most where one expectation fails."""
LEAST: Final = 8
"""What is left for clauses and reasons, however many expectations fail."""
CLAUSES: Final = 2
"""So many clauses are quoted, the first in full where two lines are enough."""
FOLDS: Final = 2
"""On how many lines one sentence may go on."""


def language_of(rules: Rules) -> str:
    """The language of a contract, ``zh`` or ``en``: Chinese where most of its clauses are.

    >>> import sla_rules as sla
    >>> language_of(sla.load("gz-npc-2023")), language_of(sla.load("us-texas-dir"))
    ('zh', 'en')
    """
    clauses = rules.program.clauses.values()
    chinese = sum(any("一" <= char <= "鿿" for char in each.text) for each in clauses)
    return "zh" if chinese * 2 > len(clauses) else "en"


def failure_text(
    case: Case,
    mismatches: Sequence[Mismatch],
    rules: Rules,
    *,
    lang: str | None = None,
    width: int = 100,
    whole: bool = False,
) -> str:
    """The text of a case of which *mismatches* were found.

    First the place and the name, then every mismatch as a row of a table, with the clauses of the
    result; then the words of the case's clauses, and why the first mismatch came out so, shortened
    to what decides it.  The text has at most a dozen lines of *width* columns; where more than
    one expectation fails it may have a line more for each.  *whole* shortens nothing.

    *lang* is ``zh`` or ``en``, by default the language of the contract.
    """
    writer = _Failure(case, rules, lang or language_of(rules), width, whole=whole)
    return "\n".join(writer.lines(mismatches))


class _Failure:
    """Writes the text of one case."""

    def __init__(self, case: Case, rules: Rules, lang: str, width: int, *, whole: bool) -> None:
        self.case = case
        self.rules = rules
        self.lang = lang
        self.width = max(40, width)
        self.whole = whole
        self.format = Formatter(rules.program, lang)
        self._known: dict[int, tuple[Explanation, tuple[Explanation, ...]]] = {}
        self.outcome: Assessment | SlaError
        try:
            self.outcome = assess_case(case, rules)
        except SlaError as error:
            self.outcome = error

    def lines(self, mismatches: Sequence[Mismatch]) -> list[str]:
        lines = [f"{self.case.span.file}:{self.case.span.line}: {self.case.name}"]
        lines += self._table(mismatches)
        room = 10_000 if self.whole else max(LINES - len(lines), LEAST)
        first = self._root(mismatches)
        why = None if first is None else first.record.explain(first.name, self.lang)
        hints = [] if first is None else list(self._hints(first, mismatches))
        idle = any(each.what == "reading_of" for each in mismatches)
        grounds = [*hints, *self._readings(idle=idle), *self._clauses(why, room)]
        lines += grounds
        room -= len(grounds)
        if first is None or why is None:
            return lines + self._several(list(self._remarks(mismatches)), room)
        if self.whole:
            return lines + [f"  {line}" for line in why.text().splitlines()]
        title = self._title(f".{first.name}" if first.record.path else first.name, first)
        return lines + self._why(attrs.evolve(why, title=title), mismatches, room)

    def _root(self, mismatches: Sequence[Mismatch]) -> Place | None:
        """The decision to explain: the first that differs and rests on no other one of them."""
        places = [place for each in mismatches if (place := self._place(each.what)) is not None]
        decided = [each for each in places if each.decision is not None]
        return first_of(decided) if decided else None

    # ── the table ────────────────────────────────────────────────────────────────────────────

    def _table(self, mismatches: Sequence[Mismatch]) -> list[str]:
        rows = [self._row(each) for each in mismatches]
        cells = dict(zip(COLUMNS, zip(*rows, strict=True), strict=True))
        columns = [
            Column(word(heading, self.lang), cells[heading], fold=True) for heading in COLUMNS
        ]
        lines = draw(columns, 10_000)
        if max(map(display_width, lines)) > self.width - 2:  # the titles say what the names say
            columns[:2] = [Column(columns[0].heading, self._titled(cells), fold=True)]
            lines = draw(columns, self.width - 2)
        return [f"  {line}".rstrip() for line in lines]

    def _titled(self, cells: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        titles = cells["result"]
        around = "{}（{}）" if self.lang == "zh" else "{} ({})"
        return tuple(
            (title if titles.count(title) < 2 else around.format(title, name)) if title else name
            for title, name in zip(titles, cells["name"], strict=True)
        )

    def _row(self, mismatch: Mismatch) -> tuple[str, str, str, str, str]:
        place = self._place(mismatch.what)
        title, clauses = self._title(mismatch.what, place), ""
        expected, got = mismatch.expected, mismatch.got
        if isinstance(self.outcome, SlaError):
            got = ", ".join(dict.fromkeys(self.outcome.codes))
        elif place is not None and place.decision is not None:
            clauses = ", ".join(place.decision.clauses)
            expected, got = self._values(mismatch, place, place.decision)
        expected, got = (said(each, self.lang) for each in (expected, got))
        return title, mismatch.what, expected, got, clauses

    def _place(self, what: str) -> Place | None:
        return place_of(self.outcome, what)

    def _title(self, what: str, place: Place | None) -> str:
        last = what.rpartition(".")[2]
        if place is None:
            return word(last, self.lang)
        title = (
            word(last, self.lang) if place.decision is None else place.decision.title.of(self.lang)
        )
        if "." not in what.removesuffix(".by") or place.record.id is None:
            return title
        return say("of_record", self.lang, record=place.record.id, inner=title)

    def _values(self, mismatch: Mismatch, place: Place, decision: ir.Decision) -> tuple[str, str]:
        """Both values as a reader of the contract writes them, unless that makes them the same."""
        wanted, around = self.case.expect.get(mismatch.what), ""
        if isinstance(wanted, Mapping):
            if not wanted.keys() <= {"value", "within", "by"}:
                return mismatch.expected, mismatch.got
            around = self._around(decision, wanted.get("within"))
            wanted = wanted.get("value")
        if mismatch.what.endswith(".by"):
            return mismatch.expected, mismatch.got
        got = place.record.explain(place.name, self.lang).value
        expected = self._shown(decision, wanted, mismatch.expected) + around
        return (expected, got) if expected != got else (mismatch.expected, mismatch.got)

    def _around(self, decision: ir.Decision, within: Any) -> str:
        """A tolerance, which is in microseconds of what is timed."""
        if within is None:
            return ""
        kind = decision.type
        timed = kind.kind == "instant" or kind.show == "duration"
        value = within if timed else from_public(kind, within)
        told = self.format.duration(value) if timed else self.format.value(kind, value)
        return f" ± {told}"

    def _shown(self, decision: ir.Decision, wanted: Any, text: str) -> str:
        if wanted is None:
            return word("nothing", self.lang)
        try:
            return self.format.value(decision.type, expected_value(decision.type, wanted))
        except (FactProblem, SlaError, ValueError, TypeError, LookupError, ArithmeticError):
            return text

    # ── the grounds ──────────────────────────────────────────────────────────────────────────

    def _readings(self, *, idle: bool) -> Iterator[str]:
        """The readings that the case chooses itself, and the one that it is said to be about."""
        told = dict(self.case.readings)
        if idle:
            about = str(self.case.reading_of)
            told.setdefault(about, self.rules.readings[about])
        for name, option in told.items():
            reading = self.rules.program.readings[name]
            line = word(
                "reading",
                self.lang,
                register=reading.register or name,
                id=name,
                option=option,
                question=reading.question.of(self.lang),
            )
            yield from self._folded(line, 1)

    def _hints(self, place: Place, mismatches: Sequence[Mismatch]) -> Iterator[str]:
        """What the number that is expected has to do with others."""
        what = next(each.what for each in mismatches if self._place(each.what) == place)
        decision, expected = place.decision, self.case.expect.get(what)
        assert decision is not None
        got = place.record.result(place.name).value
        rounding = rounding_to(expected, got)
        if rounding is not None:
            mode, step = rounding
            mode = say(mode, self.lang)
            mode = mode if self.lang == "zh" else mode.lower()
            yield from self._folded(word("rounded", self.lang, mode=mode, step=str(step)), 1)
            return
        level = self.rules.program.levels[place.record.level]
        titles = [
            (level.decision(name) or level.fact(name)).title.of(self.lang)  # type: ignore[union-attr]
            for name in same_amounts(place.record, decision, expected)
        ]
        if titles:
            joined = say("comma", self.lang).join(titles[:3])
            yield from self._folded(word("same", self.lang, titles=joined), 1)

    def _clauses(self, why: Explanation | None, room: int) -> Iterator[str]:
        """The words of the clauses that the case is about and that decide, in half of the room.

        First those of which both is true; one that the result does not rest on is marked.
        """
        own = self.case.clauses
        cited = () if why is None else tuple(each.id for each in why.clauses)
        anywhere = set() if why is None else set(self._cited(why))
        names = [
            *(each for each in own if each in cited),
            *own,
            *cited,
        ]
        left = room // 2
        for number, name in enumerate([*dict.fromkeys(names)][:CLAUSES]):
            clause = self.rules.program.clauses[name]
            text = clause.translation if self.lang == "en" and clause.translation else clause.text
            mark = "" if why is None or name in anywhere else word("unused", self.lang)
            quoted = say("clause", self.lang, id=name + mark, text=text)
            lines = self._folded(quoted, 1 if number else FOLDS)
            if number and len(lines) > left:
                return
            left -= len(lines)
            yield from lines

    def _why(self, why: Explanation, mismatches: Sequence[Mismatch], room: int) -> list[str]:
        """The sentences that decide, in the order of the tree, as many as there is room for."""
        holding = set(self.case.expect) - {each.what for each in mismatches}
        chosen: list[tuple[Reason, list[str]]] = []
        readings: dict[str, str] = {}
        for reason in deciding(why, self.case.clauses, holding, self._below):
            new = {
                each.id: f"{each.register} {each.option}"
                for each in reason.readings
                if each.id not in self.case.readings
            }
            last = 1 if readings or new else 0  # a line is kept for them
            if room <= last:
                break
            most = min(FOLDS, room - last)
            folded = self._folded(reason.text, most, indent=2 + 2 * reason.depth)
            room -= len(folded)
            readings |= new
            chosen.append((reason, folded))
        chosen.sort(key=lambda each: each[0].place)
        lines = [line for _, folded in chosen for line in folded]
        if room and readings:
            joined = say("comma", self.lang).join(readings.values())
            lines += self._folded(word("defaults", self.lang, readings=joined), 1)
        return lines

    def _cited(self, why: Explanation) -> Iterator[str]:
        """The clauses that a value and all that it rests on cite."""
        yield from (each.id for each in why.clauses)
        for each in self._below(why):
            yield from self._cited(each)

    def _below(self, node: Explanation) -> tuple[Explanation, ...]:
        """What a value rests on; each value is kept, so that its id is of nothing else."""
        key = id(node)
        if key not in self._known:
            self._known[key] = node, self._inputs(node)
        return self._known[key][1]

    def _inputs(self, node: Explanation) -> tuple[Explanation, ...]:
        """What a value rests on; of a record below, what its own explanation says."""
        if node.kind != "record" or node.inputs or not isinstance(self.outcome, Assessment):
            return node.inputs
        for record in self.outcome.walk():
            if node.name in record.decisions() and (record.id or "") in node.title:
                why = record.explain(node.name, self.lang)
                if (why.value, why.arithmetic) == (node.value, node.arithmetic):
                    return why.inputs
        return ()

    def _remarks(self, mismatches: Sequence[Mismatch]) -> Iterator[str]:
        """What there is to say of a refusal, of a status, of notes, of facts that are needed."""
        if isinstance(self.outcome, SlaError):
            for problem in self.outcome.problems:
                first, *more = (line.strip() for line in str(problem).splitlines())
                at = place_of_fact(self.case, str(problem.where), self.rules.program)
                yield (
                    first
                    if at is None
                    else word("at", self.lang, told=first, place=f"{at.file}:{at.line}")
                )
                yield from more
            return
        for mismatch in mismatches:
            place = self._place(mismatch.what)
            if place is None:
                continue
            for note in dict.fromkeys(place.record.notes):
                text = self.rules.note_text(str(note), self.lang)
                yield f"{note}: {text}" if not note.where else f"{note} ({note.where}): {text}"
            for need in place.record.needs:
                yield say("needs", self.lang, needs=need)

    def _several(self, lines: list[str], room: int) -> list[str]:
        folded = [line for each in lines for line in self._folded(each, FOLDS)]
        return folded[:room]

    def _folded(self, text: str, most: int, indent: int = 2) -> list[str]:
        """A sentence on at most so many lines; what is left out is marked."""
        most = 10_000 if self.whole else most
        first, *more = wrap(text, self.width - 2, " " * indent)
        lines = [first, *(f"  {each}" for each in more)]
        if len(lines) > most:
            lines = lines[:most]
            while lines[-1] and display_width(lines[-1]) > self.width - 2:
                lines[-1] = lines[-1][:-1]
            lines[-1] += " …"
        return lines
