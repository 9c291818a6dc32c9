"""A change as a value: what, where, by which clauses, before and after, in both languages."""

from typing import Any, Final, Literal

import attrs

from sla_rules.change.wording import say
from sla_rules.language.program import Titles

__all__ = ["Change", "Kind", "Place", "both", "listed", "step"]

Kind = Literal["added", "removed", "changed"]


@attrs.frozen(kw_only=True)
class Change:
    """One change between two rulesets, told at the smallest place that differs.

    *kind* is ``added``, ``removed`` or ``changed``; *clauses* are the ids of the clauses that the
    place cites; *path* is stable: ``parameters.recovery_limit``,
    ``levels.month.decisions.total.bands[(0..50%]]``.  *before* and *after* are what stood there and
    what stands there now, in both languages (``change.after.of("en")``), or None.
    """

    kind: Kind
    path: str
    clauses: tuple[str, ...]
    before: Titles | None
    after: Titles | None
    sentence: Titles = attrs.field(repr=False, alias="sentence")

    def text(self, lang: str = "zh") -> str:
        """The change as one sentence in Chinese or English."""
        return self.sentence.of(lang)

    def __str__(self) -> str:
        return self.text()

    def to_dict(self) -> dict[str, Any]:
        """The change as JSON-able data."""

        def pair(titles: Titles | None) -> dict[str, str] | None:
            return None if titles is None else {"zh": titles.zh, "en": titles.en}

        return {
            "kind": self.kind,
            "path": self.path,
            "clauses": list(self.clauses),
            "before": pair(self.before),
            "after": pair(self.after),
            "text": pair(self.sentence),
        }


LONGEST: Final = 160
"""A longer part is cut in the sentence; *before* and *after* have the whole of it."""


def _short(titles: Titles | None) -> Titles:
    """A part as it stands in a sentence."""
    if titles is None:
        return Titles("", "")
    return Titles(
        *(
            each if len(each) <= LONGEST else f"{each[: LONGEST - 1]}…"
            for each in (titles.zh, titles.en)
        )
    )


def both(phrase: str, **parts: Any) -> Titles:
    """A phrase in both languages; parts that are Titles are taken in the language."""

    def of(lang: str) -> str:
        filled = {key: each.of(lang) if isinstance(each, Titles) else each
                  for key, each in parts.items()}  # fmt: skip
        return say(phrase, lang, **filled)

    return Titles(of("zh"), of("en"))


def listed(several: list[Titles]) -> Titles:
    """Several texts as one."""
    return Titles("、".join(each.zh for each in several), ", ".join(each.en for each in several))


def step(path: str, name: str) -> str:
    """The path of a named part; a name that has dots of its own stands in brackets."""
    plain = name.replace("-", "_").isidentifier()
    return f"{path}.{name}" if plain else f"{path}[{name}]"


@attrs.frozen(kw_only=True)
class Place:
    """A place in both programs: its path, how it is called, what it cites, under which readings."""

    path: str
    subject: Titles
    clauses: tuple[str, ...] = ()
    level: str = ""
    under: tuple[tuple[str, tuple[str, ...]], ...] = ()
    since: str = ""

    def part(self, name: str, word: str = "") -> "Place":
        """A part of it that has a fixed name, such as ``cap``."""
        named = both("part", whole=self.subject, part=both(f"part_{word or name}"))
        return attrs.evolve(self, path=f"{self.path}.{name}", subject=named)

    def inside(
        self, suffix: str, phrase: str, clauses: tuple[str, ...] = (), **names: Any
    ) -> "Place":
        """A part of it that is called by a phrase, such as a row; its own clauses come first."""
        named = both(phrase, whole=self.subject, **names)
        found = clauses or self.clauses
        return attrs.evolve(self, path=self.path + suffix, subject=named, clauses=found)

    def option(self, reading: str, options: tuple[str, ...]) -> "Place":
        """The alternative of a switch under some options of a reading."""
        path = f"{self.path}[{reading}={'|'.join(options)}]"
        return attrs.evolve(self, path=path, under=(*self.under, (reading, options)))

    def dated(self, day: str) -> "Place":
        """The value that holds from a day on."""
        return attrs.evolve(self, path=f"{self.path}[{day}..]", since=day)

    def citing(self, clauses: tuple[str, ...]) -> "Place":
        """The same place with other clauses."""
        return attrs.evolve(self, clauses=clauses)

    def changed(self, before: Titles, after: Titles) -> Change:
        """What stood here was replaced."""
        return self._told("changed", before, after)

    def added(self, after: Titles | None = None) -> Change:
        """Here stands what did not stand anywhere."""
        return self._told("added", None, after)

    def removed(self, before: Titles | None = None) -> Change:
        """Nothing stands here any more."""
        return self._told("removed", before, None)

    def renamed(self, before: str, after: str) -> Change:
        """The same thing under another name."""
        return self._told("changed", Titles(before, before), Titles(after, after), "renamed")

    def _told(
        self, kind: Kind, before: Titles | None, after: Titles | None, phrase: str = ""
    ) -> Change:
        told = after if kind == "added" else before
        blank = kind != "changed" and (told is None or not told.zh)
        sentence = both(
            f"{phrase or kind}{'_bare' if blank else ''}",
            under=self._condition(),
            subject=self.subject,
            before=_short(before),
            after=_short(after),
        )
        if self.clauses:
            ids = listed([Titles(each, each) for each in self.clauses])
            sentence = both("cited", clauses=ids, sentence=sentence)
        return Change(
            kind=kind,
            path=self.path,
            clauses=self.clauses,
            before=before,
            after=after,
            sentence=sentence,
        )

    def _condition(self) -> Titles:
        day = both("from_day", day=self.since) if self.since else Titles("", "")
        if not self.under:
            return day
        readings = [
            Titles(f"{reading}={'｜'.join(options)}", f"{reading}={' or '.join(options)}")
            for reading, options in self.under
        ]
        under = both("under", readings=listed(readings))
        return Titles(under.zh + day.zh, under.en + day.en)
