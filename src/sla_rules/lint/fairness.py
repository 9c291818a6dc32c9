"""W722: worse service must not score or pay more.  Found by trying, so every finding is real."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sla_rules.language import program as ir
from sla_rules.lint.cone import Cones, Slot, better, nested_level
from sla_rules.lint.drafts import Draft, Drafter
from sla_rules.lint.found import Found, found
from sla_rules.lint.palette import Palette
from sla_rules.lint.probing import Budget, Probe, Target, targets
from sla_rules.lint.varying import Reversal, vary
from sla_rules.lint.words import described, shown

__all__ = ["STEPS", "fairness", "reversals"]

STEPS: Final = 90_000
"""How many decisions of synthetic records are computed at most."""
ROUNDS: Final = (
    ("brief", 0),
    ("new", 0),
    ("usual", 0),
    ("other", 0),
    ("usual", 1),
    ("usual", 2),
    ("usual", 3),
    ("new", 1),
    ("other", 1),
    ("usual", 4),
    ("other", 2),
    ("usual", 5),
)
"""What is tried on which background: the usual readings; each other reading, as far as it brings in
a pair of a decision and a fact of its own; each other reading, as far as it matters."""

MOST_BACKGROUNDS: Final = 16
MOST_LINES: Final = 12

Pair = tuple[Slot, Slot]


def reversals(program: ir.Program, steps: int = STEPS) -> tuple[Reversal, ...]:
    """What worse service is better paid, with whole facts that show it; each pair once."""
    search = _Search(program, steps)
    search.run()
    return tuple(search.reversals.values())


def fairness(program: ir.Program, steps: int = STEPS) -> Iterator[Found]:
    """Reversals of directed decisions against directed facts, each pair once."""
    search = _Search(program, steps)
    search.run()
    yield from (search.told(each) for each in search.reversals.values())
    left = [pair for pair in search.pairs if pair not in search.tried]
    if left or search.cut:
        yield search.untold(left)


class _Search:
    def __init__(self, program: ir.Program, steps: int) -> None:
        self.program = program
        self.directions = better(program)
        self.budget = Budget(steps)
        self.allowed = steps
        self.cut = False
        self.defaults = program.defaults
        self.cones = Cones(program, self.defaults)
        self.reversals: dict[Pair, Reversal] = {}
        self.pairs: dict[Pair, None] = {}
        self.tried: set[Pair] = set()

    def run(self) -> None:
        """All rounds, as far as the budget goes."""
        everything = [
            each for level in _inner_first(self.program) for each in targets(self.program, level)
        ]
        if not everything or not self.directions:
            return
        drafter = Drafter(self.program, Palette(self.program))
        usual = Probe(self.cones, self.directions, drafter, self.budget)
        sought = [each for each in everything if usual.depending(each)]
        self._expect(usual, sought)
        others = self._others(everything, drafter)
        for what, background in ROUNDS:
            if what in ("brief", "usual"):
                self._sweep(usual, sought, background, brief=what == "brief")
                continue
            for probe, nearest, new in others:
                self._sweep(probe, new if what == "new" else nearest, background, brief=True)
        for background in range(ROUNDS[-1][1] + 1, MOST_BACKGROUNDS):  # a small ruleset has time
            self._sweep(usual, sought, background)
            for probe, nearest, _ in others:
                self._sweep(probe, nearest, background, brief=True)

    def _expect(self, probe: Probe, several: Iterable[Target]) -> list[Target]:
        """Note the pairs of a decision and a fact; the targets that have a new one."""
        new: dict[Target, None] = {}
        for target in several:
            for slot in probe.depending(target):
                if (slot, target.slot) not in self.pairs:
                    self.pairs[slot, target.slot] = None
                    new[target] = None
        return list(new)

    def _others(
        self, everything: list[Target], drafter: Drafter
    ) -> list[tuple[Probe, list[Target], list[Target]]]:
        """The other readings, each with the facts whose way to a decision it changes.

        Those that bring in a pair that the usual readings do not have come first.
        """
        found = []
        for reading, each in self.program.readings.items():
            if not self.cones.asks(reading):
                continue
            for option in each.options:
                if option == each.default:
                    continue
                if self.budget.left < self.allowed // 2:
                    self.cut = True
                    break
                self.budget.spend(2 * len(everything) + len(self.cones.direct))
                cones = self.cones.under(reading, option)
                probe = Probe(cones, self.directions, drafter, self.budget)
                nearest: dict[Slot, Target] = {}
                for target in everything:
                    if target.slot not in nearest and self._touches(probe, target, reading):
                        nearest[target.slot] = target
                found.append((probe, list(nearest.values()), self._expect(probe, everything)))
        return sorted(found, key=lambda each: not each[2])

    @staticmethod
    def _touches(probe: Probe, target: Target, reading: str) -> bool:
        """Whether a reading is asked between a fact and a decision of the level."""
        after = probe.cones.after(target.slot)
        asking = {slot for slot in after if reading in probe.cones.direct[slot][1]}
        return bool(asking) and any(
            asking & probe.cone_of[slot] for slot in probe.depending(target)
        )

    def _sweep(
        self, probe: Probe, several: Iterable[Target], background: int, *, brief: bool = False
    ) -> None:
        for target in several:
            if self.budget.empty:
                return
            compared, reversals = vary(probe, target, background, brief=brief)
            self.tried |= {(slot, target.slot) for slot in compared}
            for each in reversals:
                self.reversals.setdefault((each.slot, target.slot), each)

    def told(self, each: Reversal) -> Found:
        """The finding of a reversal."""
        decision, level = self._place(each.slot)
        fact = each.target.fact
        words = self._words
        good, bad = each.better, each.worse
        path = "".join(f"{name}[0]." for name in each.target.route)
        message = (
            f"worse {fact.name}, better {decision.name}: "
            f"{words(fact, good.value)} gives {words(decision, good.results[each.slot])}, "
            f"{words(fact, bad.value)} gives {words(decision, bad.results[each.slot])}"
        )
        message += self._clauses(decision) + self._readings(each.choices)
        example = (
            *self._given(each),
            *(
                f"{path}{self._called(fact, point.value)}: "
                f"{self._called(decision, point.results[each.slot])}"
                for point in (good, bad)
            ),
        )
        hint = "mend the step, or acknowledge W722 with the reason if the contract says so"
        if each.also:
            names = ", ".join(self._place(slot)[0].name for slot in each.also)
            hint = f"{hint}; this turns with it: {names}"
        home = self.program.levels[each.target.home]
        return found(
            "W722",
            message,
            decision.span,
            decision,
            fact,
            level,
            home,
            hint=hint,
            also=(fact.span,),
            example=example,
        )

    def untold(self, left: list[Pair]) -> Found:
        """The finding that not everything was tried."""
        names = [
            f"{self._place(slot)[0].name} against {self.cones.slots[fact].name}"
            for slot, fact in left[:3]
        ]
        names += [f"{len(left) - 3} more"] if len(left) > 3 else []
        names += ["some of the readings"] if self.cut else []
        why = "the search was long" if self.budget.empty else "no synthetic facts decide it"
        return found(
            "W729",
            f"not tried whether worse service can pay more, {why}: {', '.join(names)}",
            self.program.span,
            hint="try them with cases of your own, and acknowledge W729 when you have",
        )

    def _given(self, each: Reversal) -> Iterator[str]:
        """The other facts of the example that the result depends on."""
        cone = each.cone
        home = each.draft
        for name in each.target.route:
            home = home.children[name][0]
        lines = []
        for path, draft in _records(each.draft, ""):
            for fact in draft.level.facts:
                varied = draft is home and fact.name == each.target.fact.name
                if varied or (draft.level.name, fact.index) not in cone:
                    continue
                if fact.name in draft.values:
                    lines.append(path + self._called(fact, draft.values[fact.name]))
                elif fact.name in draft.children and not draft.children[fact.name]:
                    lines.append(f"{path}{fact.name} = []")
        yield from lines[:MOST_LINES]
        if len(lines) > MOST_LINES:
            yield f"and {len(lines) - MOST_LINES} facts more"

    def _called(self, part: ir.Fact | ir.Decision, value: Any) -> str:
        return described(self.program, part, value)

    def _words(self, part: ir.Fact | ir.Decision, value: Any) -> str:
        return shown(self.program, part.type, value)

    def _place(self, slot: Slot) -> tuple[ir.Decision, ir.Level]:
        decision = self.cones.slots[slot]
        assert isinstance(decision, ir.Decision)
        return decision, self.program.levels[slot[0]]

    def _readings(self, choices: Mapping[str, str]) -> str:
        changed = [
            f"{name}={each}" for name, each in choices.items() if each != self.defaults[name]
        ]
        return f" (under {', '.join(changed)})" if changed else ""

    @staticmethod
    def _clauses(decision: ir.Decision) -> str:
        return f" (clause {', '.join(decision.clauses)})" if decision.clauses else ""


def _records(draft: Draft, path: str) -> Iterator[tuple[str, Draft]]:
    yield path, draft
    for name, several in draft.children.items():
        for number, each in enumerate(several):
            yield from _records(each, f"{path}{name}[{number}].")


def _inner_first(program: ir.Program) -> list[str]:
    """The levels, each after those that it contains."""
    order: dict[str, None] = {}

    def visit(name: str, above: frozenset[str]) -> None:
        if name in order or name in above:
            return
        for fact in program.levels[name].nested:
            visit(nested_level(fact), above | {name})
        order[name] = None

    for name in program.levels:
        visit(name, frozenset())
    return list(order)
