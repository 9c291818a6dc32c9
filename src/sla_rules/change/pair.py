"""Two programs side by side: same parts, parts in words, and the general comparison of a part."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from sla_rules.change.same import Renamed, key
from sla_rules.change.told import Change, Place
from sla_rules.change.words import in_both
from sla_rules.language import program as ir
from sla_rules.language.program import Titles

__all__ = ["Pair"]

_WHOLE: Final = (ir.Aggregate, ir.Through, ir.Previous, ir.Outer, ir.Choice, ir.Dated)
"""Nodes whose parts read other records, or hold at other times, are told as a whole."""
LONG: Final = 60
"""Of a longer formula only the part that differs is told, and the formula behind it."""


@attrs.frozen
class Pair:
    """The older and the newer program, and what was renamed between them."""

    old: ir.Program
    new: ir.Program
    renamed: Renamed = attrs.field(factory=dict)

    def same(self, old: Any, new: Any, level: str = "") -> bool:
        """Whether a part of the older and one of the newer program mean the same."""
        return key(old, level, self.renamed) == key(new, level)

    def old_words(self, part: Any, level: str = "") -> Titles:
        """A part of the older program in both languages."""
        return in_both(self.old, part, level)

    def new_words(self, part: Any, level: str = "") -> Titles:
        """A part of the newer program in both languages."""
        return in_both(self.new, part, level)

    def plain(self, place: Place, old: Any, new: Any) -> Iterator[Change]:
        """A part told as a whole: what is not there on one side was added or removed."""
        if self.same(old, new, place.level):
            return
        before, after = self.old_words(old, place.level), self.new_words(new, place.level)
        yield place.changed(before, after)

    def value(self, place: Place, old: Any, new: Any) -> Iterator[Change]:
        """An expression, a word, or a switch between them."""
        yield from self.switched(place, old, new, self.formula)

    def formula(self, place: Place, old: Any, new: Any) -> Iterator[Change]:
        """An expression; of a long one the part that differs."""
        if self.same(old, new, place.level):
            return
        before, after = self.old_words(old, place.level), self.new_words(new, place.level)
        if max(len(before.zh), len(after.zh)) > LONG:
            one, two = self.smallest(old, new, place.level)
            if one is not old:
                place = place.inside("", "formula", formula=before)
                before = self.old_words(one, place.level)
                after = self.new_words(two, place.level)
        yield place.changed(before, after)

    def smallest(self, old: Any, new: Any, level: str) -> tuple[Any, Any]:
        """The smallest parts of two expressions outside which they mean the same."""
        while type(old) is type(new) and not isinstance(old, _WHOLE):
            pairs = list(_children(old, new))
            different = [pair for pair in pairs if not self.same(*pair, level)]
            if len(different) != 1 or not _alike_outside(old, new):
                break
            old, new = different[0]
        return old, new

    def switched(
        self,
        place: Place,
        old: Any,
        new: Any,
        compare: Callable[[Place, Any, Any], Iterator[Change]],
    ) -> Iterator[Change]:
        """A part that may be a switch: each alternative that differs, once."""
        if isinstance(old, ir.Dated) and isinstance(new, ir.Dated):
            yield from self._dated(place, old, new, compare)
            return
        if not (isinstance(old, ir.Choice) and isinstance(new, ir.Choice)) or (
            old.reading != new.reading
        ):
            yield from compare(place, old, new)
            return
        pairs: dict[Any, tuple[list[str], Any, Any]] = {}
        there = {_identity(each) for each in old.options.values()}
        for option, after in new.options.items():
            before = old.options.get(option)
            if before is not None:
                which = (_identity(before), _identity(after))
                pairs.setdefault(which, ([], before, after))[0].append(option)
        told = {_identity(after) for _, _, after in pairs.values()}
        for options, before, after in pairs.values():
            inner = place.option(new.reading, tuple(options))
            yield from self.switched(inner, before, after, compare)
        for option in old.options.keys() - new.options.keys():
            before = old.options[option]
            kept = _identity(before) in {one for one, _ in pairs}
            if not kept and _identity(before) in there:
                inner = place.option(new.reading, (option,))
                yield inner.removed(self.old_words(before, place.level))
        for option in new.options.keys() - old.options.keys():
            after = new.options[option]
            if _identity(after) not in told:
                inner = place.option(new.reading, (option,))
                yield inner.added(self.new_words(after, place.level))

    def _dated(
        self,
        place: Place,
        old: ir.Dated,
        new: ir.Dated,
        compare: Callable[[Place, Any, Any], Iterator[Change]],
    ) -> Iterator[Change]:
        """Values by date: each that differs under its day."""
        one, two = dict(old.cases), dict(new.cases)
        for day in sorted({*one, *two}):
            inner = place.dated(day.isoformat())
            if day not in one:
                yield inner.added(self.new_words(two[day], place.level))
            elif day not in two:
                yield inner.removed(self.old_words(one[day], place.level))
            else:
                yield from self.switched(inner, one[day], two[day], compare)

    def titles(
        self, place: Place, old: Titles, new: Titles, name: str = "title"
    ) -> Iterator[Change]:
        """A title or sentence in both languages."""
        if old != new:
            yield place.part(name).changed(old, new)

    def citations(
        self, place: Place, old: tuple[str, ...], new: tuple[str, ...]
    ) -> Iterator[Change]:
        """The clauses that a part cites; their order says nothing."""
        if set(old) == set(new):
            return
        cited = tuple(dict.fromkeys((*new, *old)))
        before, after = self.old_words(old or None), self.new_words(new or None)
        yield place.citing(cited).part("clause").changed(before, after)

    def flags(
        self, place: Place, old: Any, new: Any, names: Mapping[str, str] | Iterable[str]
    ) -> Iterator[Change]:
        """Plain fields of one name in both parts; a mapping says how each is called."""
        words = names if isinstance(names, Mapping) else {name: name for name in names}
        for field, word in words.items():
            one, two = getattr(old, field), getattr(new, field)
            if one != two:
                inner = place.part(word)
                yield inner.changed(self._flag(self.old, one), self._flag(self.new, two))

    @staticmethod
    def _flag(program: ir.Program, value: Any) -> Titles:
        return in_both(program, value if value not in ("", ()) else None)


def _children(old: Any, new: Any) -> Iterator[tuple[Any, Any]]:
    for field in attrs.fields(type(old)) if attrs.has(type(old)) else ():
        one, two = getattr(old, field.name), getattr(new, field.name)
        if attrs.has(type(one)) and field.name not in ("type", "span"):
            yield one, two
        elif isinstance(one, tuple) and len(one) == len(two):
            yield from zip(one, two, strict=True)


def _alike_outside(old: Any, new: Any) -> bool:
    """Whether two nodes of one kind differ only in nodes below them."""
    names = [each.name for each in attrs.fields(type(old)) if each.name not in ("type", "span")]
    pairs = [(getattr(old, name), getattr(new, name)) for name in names]
    if any(isinstance(one, tuple) and len(one) != len(two) for one, two in pairs):
        return False
    return all(
        one == two for one, two in pairs if not isinstance(one, tuple) and not attrs.has(type(one))
    )


def _identity(part: Any) -> Any:
    """Which text a part is: what ``otherwise:`` gives to several options is one."""
    first = part[0] if isinstance(part, tuple) and part else part
    span = getattr(first, "span", None)
    return part if span is None and isinstance(part, str) else span or id(part)
