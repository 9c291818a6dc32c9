"""All changes between two programs, each told once."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sla_rules.change.contract import contract_changes
from sla_rules.change.levels import level_changes, plain_decisions
from sla_rules.change.pair import Pair
from sla_rules.change.same import PARAMETERS, Renamed, key
from sla_rules.change.told import Change
from sla_rules.language import program as ir

__all__ = ["program_changes"]


def program_changes(old: ir.Program, new: ir.Program) -> tuple[Change, ...]:
    """What *new* says otherwise than *old*: nothing when both mean the same.

    Neither the order of keys nor the version nor remarks for the checker are changes.
    """
    pair = Pair(old, new, renames(old, new))
    return (*contract_changes(pair), *level_changes(pair))


def renames(old: ir.Program, new: ir.Program) -> Renamed:
    """What has another name and says the same.

    What rests on something renamed may itself be renamed, so this goes on until nothing is found.
    """
    found: dict[tuple[str, str], str] = {}
    while more := dict(_step(old, new, found)):
        found |= more
    return found


def _step(
    old: ir.Program, new: ir.Program, known: Renamed
) -> Iterator[tuple[tuple[str, str], str]]:
    yield from _pairs(PARAMETERS, old.parameters, new.parameters, known, _parameter)
    for name, level in new.levels.items():
        before = old.levels.get(name)
        if before is None:
            continue
        one, two = ({each.name: each for each in home.facts} for home in (before, level))
        yield from _pairs(name, one, two, known, _fact)
        decided = plain_decisions(before), plain_decisions(level)
        yield from _pairs(name, *decided, known, _decision)


def _pairs(
    level: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    known: Renamed,
    meaning: Callable[[Any, str, Renamed], Any],
) -> Iterator[tuple[tuple[str, str], str]]:
    """Names that went and names that came, where exactly one of each means the same."""
    taken = {after for (home, _), after in known.items() if home == level}
    gone = [name for name in old if name not in new and (level, name) not in known]
    come = [name for name in new if name not in old and name not in taken]
    if not gone or not come:
        return
    before = {name: meaning(old[name], level, known) for name in gone}
    after = {name: meaning(new[name], level, {}) for name in come}
    counts, others = Counter(before.values()), Counter(after.values())
    for name, what in before.items():
        if what is not None and counts[what] == others[what] == 1:
            yield (level, name), next(each for each, same in after.items() if same == what)


def _title(part: Any) -> Any:
    """The title, unless it is only the name."""
    return None if part.title.zh == part.name else part.title


def _parameter(part: ir.Parameter, level: str, known: Renamed) -> Any:
    return (key(part.value, PARAMETERS, known), _title(part))


def _fact(part: ir.Fact, level: str, known: Renamed) -> Any:
    """Facts of one type are many: only with its title is a fact the same under another name."""
    if _title(part) is None:
        return None
    return (part.type, part.title, *(key(each) for each in (part.min, part.max, part.default)))


def _decision(part: ir.Decision, level: str, known: Renamed) -> Any:
    rules = (part.body, part.applies, part.cap, part.floor, part.rounding)
    title = _title(part) if isinstance(part.body, ir.Constant | ir.SlotRef) else None
    return (*(key(each, level, known) for each in rules), title)
