"""Facts for every edge of a decision: bases, single changes towards each edge, and then further."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import attrs

from sla_rules.language import program as ir
from sla_rules.lint.cone import Slot
from sla_rules.testing.edges.field import Exhausted, Field, Locus, Variant, crossing
from sla_rules.testing.edges.goals import Goals, Option, Rows, Turn
from sla_rules.testing.shrink import GONE, lists_in, replaced
from sla_rules.unknown import Unknown

__all__ = ["Aim", "Seeker"]

MOST_BASES: Final = 4
DEEPEST: Final = 3


@attrs.frozen(eq=False)
class Aim:
    """Facts that hit something: which part of the decision, and where."""

    variant: Variant
    part: Turn | Option | Rows | None
    side: str
    at: Any


class Seeker:
    """Looks for facts for the goals of one decision."""

    def __init__(
        self, field: Field, decision: ir.Decision, goals: Goals, cone: frozenset[Slot]
    ) -> None:
        self.field = field
        self.decision = decision
        self.goals = goals
        self.cone = cone
        self.pool: list[Variant] = []
        self.aims: list[Aim] = []
        self.missed: list[tuple[Turn | Option | Rows, str, Any]] = []
        self.cut = False

    def run(self, documents: Iterable[Any]) -> None:
        """Fill *aims*, and *missed* with what no facts were found for."""
        try:
            bases = [each for one in documents if (each := self.field.base(one)) is not None]
            bases.sort(key=lambda each: isinstance(each.record[self.decision.index], Unknown))
            self.pool += bases
            bases = bases[:MOST_BASES]
            for base in bases:
                self._fewer_records(base)
            for base in bases:
                self._single_changes(base)
            stated = [each for each in self.pool if each.locus and each.locus.value is None]
            self._turns([*bases, *stated[:MOST_BASES]])
            self._missing(bases)
        except Exhausted:
            self.cut = True
        for rows in self.goals.tables:
            self._rows(rows)
        for option in self.goals.options:
            self._options(option)
        self.aims += [Aim(each, None, "usual", None) for each in self.pool[:1]]

    def _loci(self, variant: Variant) -> list[Locus]:
        """The facts to vary: those first that follow another one, such as an end its begin."""
        found = self.field.loci(variant, self.cone)
        return sorted(found, key=lambda each: not each.fact.not_before)

    def _single_changes(self, base: Variant) -> None:
        for locus in self._loci(base):
            for value in self.field.others(locus):
                variant = self.field.varied(base, locus, value)
                if variant is not None:
                    self.pool.append(variant)

    def _fewer_records(self, base: Variant) -> None:
        """The same facts with each list emptied, and without its last record."""
        for path, several in lists_in(base.document):
            for fewer in [[], several[:-1]] if len(several) > 1 else [[]]:
                variant = self.field.base(replaced(base.document, path, fewer))
                if variant is not None:
                    self.pool.append(variant)

    def _missing(self, bases: list[Variant]) -> None:
        for base in bases[:1]:
            for locus in self._loci(base):
                if locus.fact.optional and locus.value is not None:
                    variant = self.field.varied(base, locus, GONE)
                    if variant is not None:
                        self.aims.append(Aim(variant, None, "missing", locus.fact))

    def _turns(self, bases: list[Variant]) -> None:
        for turn in self.goals.turns:
            for edge in turn.edges:
                found = self._edge(turn, edge, bases)
                for side in ("below", "at", "above"):
                    if side in found:
                        self.aims.append(Aim(found[side], turn, side, edge))
                        self.pool.append(found[side])
                    elif not turn.beyond(side, edge):
                        self.missed.append((turn, side, edge))

    def _edge(self, turn: Turn, edge: Any, bases: list[Variant]) -> dict[str, Variant]:
        """The best that one fact of one base does: all three sides, else as many as can be."""
        best: dict[str, Variant] = {}

        def sign(variant: Variant) -> int | None:
            record = variant.first(turn.level)
            value = None if record is None else turn.value(record)
            return None if value is None else (value > edge) - (value < edge)

        for base in bases:
            for locus in self._loci(base):
                if not locus.ordered or locus.value is None:
                    continue
                tried = crossing(self.field, base, locus, sign, self.field.steps(locus)) or {}
                if (len(tried), self._visible(tried)) > (len(best), self._visible(best)):
                    best = tried
                if len(best) == 3 and self._visible(best):
                    return best
        for side, wanted in (("below", -1), ("at", 0), ("above", 1)):
            if side not in best:
                variant = next(
                    (each for each in self.pool if self._beside(turn, edge, each, wanted)), None
                )
                best |= {} if variant is None else {side: variant}
        return best

    @staticmethod
    def _beside(turn: Turn, edge: Any, variant: Variant, side: int) -> bool:
        """Whether a number lies on an edge, or one whole step beside it."""
        record = variant.first(turn.level)
        value = None if record is None else turn.value(record)
        return value is not None and value - edge == side and (not side or turn.counts)

    def _visible(self, found: dict[str, Variant]) -> bool:
        """Whether the decision tells the sides of an edge apart, as under a cap it may not."""
        values = [each.record[self.decision.index] for each in found.values()]
        known = [each for each in values if not isinstance(each, Unknown)]
        return any(each != known[0] for each in known)

    def _options(self, option: Option) -> None:
        for value in option.values:
            variant = next((each for each in self.pool if _reads(option, each) == value), None)
            if variant is None:
                self.missed.append((option, "is", value))
            else:
                self.aims.append(Aim(variant, option, "is", value))

    def _rows(self, rows: Rows) -> None:
        for number, row in enumerate(rows.rows):
            wanted = [(number, None), *((number, place) for place in range(len(row.cells)))]
            for _, but in wanted:
                variant = self._row(rows, number, but)
                side = "row" if but is None else "but"
                at = (number, None if but is None else row.cells[but][0])
                if variant is None:
                    self.missed.append((rows, side, at))
                else:
                    self.pool.append(variant)
                    self.aims.append(Aim(variant, rows, side, at))

    def _row(self, rows: Rows, number: int, but: int | None) -> Variant | None:
        """Facts for which a row holds and no row before it, or all its cells but one."""

        def lacking(variant: Variant) -> int | None:
            record = variant.first(rows.level)
            if record is None:
                return None
            cells = rows.cells(record)
            wrong = sum(holds is (place == but) for place, holds in enumerate(cells[number]))
            earlier = but is None and rows.node.hit == "first"
            return wrong + (sum(map(all, cells[:number])) if earlier else 0)

        scored = [(each, left) for each in self.pool if (left := lacking(each)) is not None]
        if not scored:
            return None
        variant, left = min(scored, key=lambda pair: pair[1])
        try:
            for _ in range(DEEPEST):
                if not left:
                    break
                variant, left = min(
                    [(variant, left), *self._further(variant, lacking)], key=lambda pair: pair[1]
                )
        except Exhausted:
            self.cut = True
        return None if left else variant

    def _further(self, variant: Variant, lacking: Any) -> Iterator[tuple[Variant, int]]:
        for locus in self._loci(variant):
            for value in self.field.others(locus):
                other = self.field.varied(variant, locus, value)
                left = None if other is None else lacking(other)
                if other is not None and left is not None:
                    yield other, left
                    if not left:
                        return


def _reads(option: Option, variant: Variant) -> Any:
    record = variant.first(option.level)
    return None if record is None else option.value(record)
