"""When two parts of two programs mean the same: places and the order of keys do not count."""

from collections.abc import Hashable, Mapping
from fractions import Fraction
from operator import itemgetter
from typing import Any, Final

import attrs

from sla_rules.language import program as ir
from sla_rules.language.walk import belongs
from sla_rules.quantities import Limit

__all__ = ["PARAMETERS", "Renamed", "key"]

Renamed = Mapping[tuple[str, str], str]
"""Level and name of the older program → the name in the newer one; parameters have no level."""
PARAMETERS: Final = ""
_SILENT: Final = frozenset(("span", "type", "index", "text", "texts", "acknowledge", "hash"))


def key(part: Any, level: str = "", renamed: Renamed | None = None) -> Hashable:
    """A value that two parts share exactly when they mean the same.

    *level* is the level whose names the part reads.
    """
    return _Key(renamed or {}).of(part, level)


@attrs.frozen
class _Key:
    renamed: Renamed

    def name(self, level: str, name: str) -> str:
        return self.renamed.get((level, name), name)

    def of(self, part: Any, level: str) -> Hashable:
        match part:
            case None | str() | bool():
                return part
            case ir.Constant():
                return _constant(part)
            case ir.Dated():  # what decides between the dates is told at the level
                cases = ((day.isoformat(), self.of(each, level)) for day, each in part.cases)
                return ("dated", *cases)
            case ir.Choice():
                return self._choice(part, level)
            case ir.BandSet() if part.scale:
                return ("scale", part.scale, self.of(part.on, level))
            case ir.Interval():
                low, high = self.of(part.low, level), self.of(part.high, level)
                closed = (
                    part.low_closed and low is not None,
                    part.high_closed and high is not None,
                )
                return ("interval", low, high, closed)
            case tuple():
                return tuple(self.of(each, level) for each in part)
            case Mapping():
                return frozenset((name, self.of(each, level)) for name, each in part.items())
        return self._reference(part, level)

    def _choice(self, part: ir.Choice, level: str) -> Hashable:
        """The alternatives by option; one that serves several is walked once."""
        known: dict[int, Hashable] = {}
        for each in part.options.values():
            if id(each) not in known:
                known[id(each)] = self.of(each, level)
        options = sorted(
            ((name, known[id(each)]) for name, each in part.options.items()), key=itemgetter(0)
        )
        return ("choice", part.reading, tuple(options))

    def _reference(self, part: Any, level: str) -> Hashable:
        """What names something, of this record or of others; everything else by its parts."""
        match part:
            case ir.SlotRef():
                return ("slot", self.name(level, part.name))
            case ir.ParameterRef():
                return ("parameter", self.name(PARAMETERS, part.name))
            case ir.Through():
                home = self.of(part.record, level)
                return ("through", home, self.of(part.inner, part.record.type.name))
            case ir.Aggregate():
                return self._aggregate(part, level)
            case ir.Previous() | ir.Outer():
                return (type(part).__name__, part.level, self.of(part.inner, part.level))
            case ir.Column():
                return ("column", self.of(part.table, level))
        if belongs(part):
            fields = (each.name for each in attrs.fields(type(part)) if each.name not in _SILENT)
            return (
                type(part).__name__,
                *((name, self.of(getattr(part, name), level)) for name in fields),
            )
        return part if isinstance(part, Hashable) else repr(part)

    def _aggregate(self, part: ir.Aggregate, level: str) -> Hashable:
        path, home = [], level
        for slot in part.path:
            path.append(self.name(home, slot.name))
            home = slot.type.name
        inner = (part.element, part.where, part.weight, part.per)
        what = tuple(self.of(each, home) for each in inner)
        share = self.of(part.share, level)
        return ("aggregate", part.function, part.earlier, tuple(path), what, part.pick, share)


def _constant(node: ir.Constant) -> Hashable:
    """A literal by its exact value: 50% and 0.5 are one, and so are 60 min and 1 h."""
    value = node.value
    if isinstance(value, Limit) and not value.workdays:
        value = value.amount
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return ("number", Fraction(value))
    return (node.type.kind, value)
