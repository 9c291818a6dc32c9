"""Proposed cases: the facts at the edges of decisions, with what the program gives today."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from sla_rules.assessment import recorded
from sla_rules.diagnostics import SlaError, nearest
from sla_rules.engine.bands import band_rows, select_band
from sla_rules.facts.records import walk_records
from sla_rules.language import program as ir
from sla_rules.language.walk import parts
from sla_rules.rules import Rules
from sla_rules.testing.edges.field import Field
from sla_rules.testing.edges.goals import Rows, Turn, goals_of
from sla_rules.testing.edges.seek import Aim, Seeker
from sla_rules.testing.edges.told import Teller
from sla_rules.testing.minimal import Workshop
from sla_rules.testing.plainly import flow, plainly
from sla_rules.testing.shrink import shrink
from sla_rules.testing.written import expected

__all__ = ["Proposal", "ProposedCase", "edge_cases", "propose"]

STEPS: Final = 4000
"""How many assessments are made for one decision, unless told otherwise."""
SPARED: Final = 60
"""How many more are made to leave out of one document what does not matter."""
OWN: Final = 2
"""How many of the documents passed in a decision starts from."""
UNSTATED: Final = ("row", "limit", "calendar")


@attrs.frozen
class ProposedCase:
    """Facts at an edge and what the program makes of them today, for a person to confirm.

    *given* and *expect* are plain data as they stand in a file of cases; *aim* says which edge
    is meant and on which side.
    """

    name: str
    clauses: tuple[str, ...]
    level: str
    given: Mapping[str, Any]
    expect: Mapping[str, Any]
    decision: str
    aim: str


@attrs.frozen
class Proposal:
    """Proposed cases; *left_out* says what no facts were found for, or was not tried."""

    cases: tuple[ProposedCase, ...]
    left_out: tuple[str, ...]


def edge_cases(
    rules: Rules, decision: str | None = None, level: str | None = None, **options: Any
) -> tuple[ProposedCase, ...]:
    """The boundary cases of a decision, or of all; see :func:`propose`.

    >>> import sla_rules as sla
    >>> found = edge_cases(sla.load("gz-npc-2023"), "worst_score", "incident", lang="en")
    >>> [case.expect["worst_score"] for case in found[3:6]]
    [18, 18, 9]
    """
    return propose(rules, decision, level, **options).cases


def propose(
    rules: Rules,
    decision: str | None = None,
    level: str | None = None,
    *,
    lang: str = "zh",
    documents: Mapping[str, Sequence[Any]] | None = None,
    steps: int = STEPS,
) -> Proposal:
    """Cases at every edge of the tables, bands, conditions and limits of decisions.

    Of each edge one case below, at and above it, one unit of the varied fact away; of each row
    one in which it holds and one for each of its cells that alone does not; each value of each
    condition and choice; each optional fact left out.  What a ledger writes has no edges of its own
    and is left out unless it is named.  *documents* are facts by level to start
    from, beside those that are made up here; *steps* is how many assessments one decision may
    cost.  Deterministic.  Raises ValueError where there is no such decision or level, and
    TypeError where *documents* does not say of which level they are.
    """
    if documents is not None and not isinstance(documents, Mapping):
        given = type(documents).__name__
        raise TypeError(
            f"expected documents as lists by level, such as {{'month': []}}, got {given}"
        )
    _known(rules, decision, level)
    wanted = [
        (home, each)
        for home in rules.program.levels.values()
        if level in (None, home.name)
        for each in home.decisions
        if decision == each.name
        or (decision is None and not isinstance(each.body, ir.LedgerOutput))
        if each.type.kind not in UNSTATED
    ]
    if not wanted and (decision is not None or level is not None):
        what = "no decision" if decision is None else f"no decision {decision!r}"
        of = f" of level {level!r}" if level is not None else ""
        raise ValueError(f"there is {what}{of} that cases can expect")
    workshop = Workshop(rules)
    cases: list[ProposedCase] = []
    left: list[str] = []
    for home, each in wanted:
        own = (documents or {}).get(home.name, ())
        one = _Proposer(workshop, home, each, Teller(rules, lang), steps)
        cases += one.cases(own)
        left += one.left
    return Proposal(_named_apart(cases), tuple(dict.fromkeys(left)))


def _known(rules: Rules, decision: str | None, level: str | None) -> None:
    """Refuse a level or a decision that is not there, with the nearest name."""
    levels = rules.program.levels
    if level is not None and level not in levels:
        raise ValueError(f"there is no level {level!r}; {nearest(level, levels)}".rstrip("; "))
    homes = levels.values() if level is None else (levels[level],)
    names = {each.name for home in homes for each in home.decisions}
    if decision is not None and decision not in names:
        of = f" of level {level!r}" if level is not None else ""
        hint = nearest(decision, sorted(names))
        raise ValueError(f"there is no decision {decision!r}{of}; {hint}".rstrip("; "))


def _named_apart(cases: list[ProposedCase]) -> tuple[ProposedCase, ...]:
    """The same cases with a number behind each name that came before."""
    seen: dict[str, int] = {}
    found = []
    for case in cases:
        seen[case.name] = number = seen.get(case.name, 0) + 1
        found.append(case if number == 1 else attrs.evolve(case, name=f"{case.name} #{number}"))
    return tuple(found)


class _Proposer:
    """Proposes the cases of one decision."""

    def __init__(
        self, workshop: Workshop, home: ir.Level, decision: ir.Decision, teller: Teller, steps: int
    ) -> None:
        self.workshop = workshop
        self.rules = workshop.rules
        self.home = home
        self.decision = decision
        self.teller = teller
        self.steps = steps
        self.compiler = self.rules.engine.compiler
        self.goals = goals_of(workshop.cones, self.compiler, home.name, decision)
        self.left: list[str] = []

    def cases(self, own: Sequence[Any]) -> Iterator[ProposedCase]:
        """Its cases, each document once."""
        if not (self.goals.turns or self.goals.options or self.goals.tables):
            return
        name = self.decision.name
        field = Field(self.workshop, self.home.name, self.steps)
        made = [
            self.workshop.document(each.draft)
            for each in self.workshop.grounds(self.home.name, [name])
        ]
        cone = self.workshop.cones.of((self.home.name, self.decision.index))
        seeker = Seeker(field, self.decision, self.goals, cone)
        seeker.run([*map(plainly, own[:OWN]), *made])
        self._tell(seeker)
        seen: set[str] = set()
        for aim in seeker.aims:
            case = self._case(aim)
            if case is not None and (text := flow(case.given)) not in seen:
                seen.add(text)
                yield case

    def _tell(self, seeker: Seeker) -> None:
        title = f"{self.home.name}.{self.decision.name}"
        self.left += [
            f"{title}: {self.teller.aim(part, side, at)}" for part, side, at in seeker.missed
        ]
        if seeker.cut:
            self.left.append(f"{title}: {self.teller.cut()}")

    def _case(self, aim: Aim) -> ProposedCase | None:
        document = aim.variant.document
        wanted = self._results(document, aim)
        if wanted is None:
            return None

        def same(facts: Any) -> bool:
            return self._results(facts, aim) == wanted

        whole = aim.side == "missing"  # there the rest is what makes the point
        given = document if whole else shrink(document, same, most=SPARED, numbers=False)
        about = self.teller.aim(aim.part, aim.side, aim.at)
        title = self.teller.titled(self.decision)
        colon = "：" if self.teller.lang == "zh" else ": "
        return ProposedCase(
            name=f"{title}{colon}{about}{self.teller.changed(aim)}",
            clauses=self._clauses(aim),
            level=self.home.name,
            given=given,
            expect=wanted[0],
            decision=self.decision.name,
            aim=about,
        )

    def _results(self, facts: Any, aim: Aim) -> tuple[Mapping[str, Any], Any] | None:
        """What a case expects, and where its facts stand at the edge that is aimed at."""
        names = [self.decision.name, *self._inputs(aim)]
        try:
            assessment = self.rules.assess(facts, level=self.home.name)
        except SlaError:
            return None
        expect = {each: expected(assessment.result(each)) for each in names}
        records = walk_records(recorded(assessment))
        found = [each for each in records if each.level.name == self._level(aim)]
        if not found or aim.part is None:
            return expect, None
        if isinstance(aim.part, Rows):
            return expect, aim.part.cells(found[0])
        return expect, aim.part.value(found[0])

    def _level(self, aim: Aim) -> str:
        return self.home.name if aim.part is None else aim.part.level

    def _inputs(self, aim: Aim) -> list[str]:
        """The decision of the same record that is tested, if it is one."""
        node = getattr(aim.part, "node", None)
        own = self._level(aim) == self.home.name
        if not own or not isinstance(node, ir.SlotRef) or not node.decision:
            return []
        other = self.home.decision(node.name)
        return [node.name] if other is not None and other.type.kind not in UNSTATED else []

    def _clauses(self, aim: Aim) -> tuple[str, ...]:
        """Those of the row or band, else of the decision, else of what it is made of."""
        several: list[tuple[str, ...]] = [self._of_row(aim), self.decision.clauses]
        several += [getattr(each, "clauses", ()) for each in parts(self.decision.body)]
        several += [each.clauses for each in self.home.decisions]
        several += [tuple(self.rules.program.clauses)[:1]]
        return next((each for each in several if each), ())

    def _of_row(self, aim: Aim) -> tuple[str, ...]:
        if isinstance(aim.part, Rows) and aim.side == "row":
            return tuple(aim.part.rows[aim.at[0]].row.clauses)
        record = aim.variant.first(self._level(aim))
        if not isinstance(aim.part, Turn) or record is None:
            return ()
        value = aim.part.value(record)
        for _, part in self.workshop.cones.rules((self.home.name, self.decision.index)):
            if isinstance(part, ir.BandSet) and part.on is aim.part.node and value is not None:
                band = select_band(band_rows(self.compiler, part), value)
                clauses: tuple[str, ...] = () if band is None else band.band.clauses
                return clauses
        return ()
