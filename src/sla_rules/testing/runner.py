"""The engines that the cases of one ruleset are run with."""

from collections.abc import Mapping

import attrs

from sla_rules.assessment import Assessment
from sla_rules.diagnostics import SlaError
from sla_rules.listening import Ear, ListeningEngine, listen
from sla_rules.rules import Rules
from sla_rules.testing.cases import Case

__all__ = ["CaseRunner", "Key", "key_of"]

Key = tuple[tuple[str, str], ...]


def key_of(readings: Mapping[str, str]) -> Key:
    """Chosen readings as a key."""
    return tuple(sorted(readings.items()))


@attrs.frozen(eq=False)
class CaseRunner:
    """Runs cases of one ruleset; compiles it once for each choice of readings.

    It remembers compiled contracts, which never change, and nothing of a case: threads may share
    it.  What was heard of a case belongs to whoever asked.
    """

    rules: Rules
    _under: dict[Key, Rules] = attrs.field(factory=dict, init=False, repr=False)
    _engines: dict[Key, ListeningEngine] = attrs.field(factory=dict, init=False, repr=False)

    def under(self, readings: Mapping[str, str]) -> Rules:
        """The ruleset under these readings."""
        key = key_of(readings)
        if key not in self._under:
            self._under[key] = self.rules.with_readings(readings)
        return self._under[key]

    def assess(self, case: Case) -> Assessment:
        """The assessment of the facts of a case; raises what refuses them."""
        return self.under(case.readings).assess(case.facts, level=case.level)

    def hear(self, case: Case) -> tuple[Assessment | SlaError, Ear]:
        """What came of the facts of a case, and what took part in it."""
        chosen = self.under(case.readings)
        key = key_of(case.readings)
        if key not in self._engines:
            self._engines[key] = ListeningEngine(chosen.program, chosen.readings)
        return listen(chosen, case.facts, case.level, engine=self._engines[key])
