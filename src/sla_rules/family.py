"""Families: the versions of one contract, each a folder of its own, in the order of time.

What the versions say of themselves is read from their headers, so that choosing one version does
not load the others.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import attrs

from sla_rules.diagnostics import Diagnostic, RulesetError, Span
from sla_rules.language.load import SUFFIXES, load_program, read_texts
from sla_rules.language.program import Program
from sla_rules.language.source import MapNode, ScalarNode, read

__all__ = ["Header", "check_family", "header_of", "is_family", "read_family"]

RULESET = "ruleset.yaml"


@attrs.frozen(kw_only=True)
class Header:
    """What a version says of itself, and where: id, version and its days in force."""

    id: str
    version: str
    start: dt.date | None
    end: dt.date | None
    folder: Path | None = None
    places: dict[str, Span] = attrs.field(factory=dict, eq=False)
    lines: dict[str, list[str]] = attrs.field(factory=dict, eq=False, repr=False)
    home: Span

    def place(self, *names: str) -> Span:
        """Where the first of the parts that is there stands; otherwise where the version begins."""
        return next((self.places[name] for name in names if name in self.places), self.home)

    def problem(self, code: str, message: str, hint: str, place: Span, other: Span) -> Diagnostic:
        """A problem of this version beside another one."""
        text = self.lines.get(place.file, [])
        excerpt = text[place.line - 1] if 0 < place.line <= len(text) else ""
        return Diagnostic(
            code=code, message=message, where=place, hint=hint, also=(other,), excerpt=excerpt
        )


def is_family(path: Path) -> bool:
    """Whether a folder holds rulesets in folders of their own, and is none itself."""
    if not path.is_dir():
        return False
    own = (each for each in path.iterdir() if each.suffix in SUFFIXES)
    if any(".cases" not in each.suffixes for each in own):
        return False
    return any(True for _ in _members(path))


def _members(path: Path) -> Iterator[Path]:
    return (each for each in sorted(path.iterdir()) if (each / RULESET).is_file())


def read_family(path: Path) -> tuple[Header, ...]:
    """The headers of all versions in the order of time.

    Raises RulesetError when they are no family: E561 to E565, each with both places.
    """
    return check_family([_header(folder) for folder in _members(path)])


def _header(folder: Path) -> Header:
    """The header of one version; whatever is wrong with it is told by loading it."""
    texts = read_texts(folder)
    scalars: dict[str, ScalarNode] = {}
    for name, text in texts.items():
        node, _ = read(text, name)
        for key, value in _scalars(node):
            scalars.setdefault(key, value)
    try:
        days = {end: _day(scalars.get(f"effective.{end}")) for end in ("from", "to")}
        return Header(
            id=scalars["id"].text,
            version=scalars["version"].text,
            start=days["from"],
            end=days["to"],
            folder=folder,
            places={key: node.span for key, node in scalars.items()},
            lines={name: text.splitlines() for name, text in texts.items()},
            home=Span(next(iter(texts)), 1, 1),
        )
    except (KeyError, ValueError):
        return header_of(load_program(texts)[0], folder)


def _scalars(node: Any) -> Iterator[tuple[str, ScalarNode]]:
    for entry in node if isinstance(node, MapNode) else ():
        if isinstance(entry.value, ScalarNode):
            yield entry.key, entry.value
        elif entry.key == "effective" and isinstance(entry.value, MapNode):
            yield from (
                (f"effective.{each.key}", each.value)
                for each in entry.value
                if isinstance(each.value, ScalarNode)
            )


def _day(node: ScalarNode | None) -> dt.date | None:
    return None if node is None else dt.date.fromisoformat(node.text)


def header_of(program: Program, folder: Path | None = None) -> Header:
    """The header of a program that is loaded already."""
    return Header(
        id=program.id,
        version=program.version,
        start=program.effective_from,
        end=program.effective_to,
        folder=folder,
        home=program.span,
    )


def check_family(headers: Sequence[Header]) -> tuple[Header, ...]:
    """The headers in the order of time, when they are a family."""
    first = headers[0]
    problems = [
        each.problem(
            "E561",
            f"{each.id!r} stands beside {first.id!r}: a family is one contract",
            "give all versions one id, or a folder of its own to another contract",
            each.place("id"),
            first.place("id"),
        )
        for each in headers[1:]
        if each.id != first.id
    ]
    seen: dict[str, Header] = {}
    for each in headers:
        other = seen.setdefault(each.version, each)
        if other is not each:
            message = f"version {each.version!r} stands twice"
            hint = "give each version a name of its own"
            here, there = each.place("version"), other.place("version")
            problems.append(each.problem("E562", message, hint, here, there))
    if len(headers) > 1:
        problems += list(_periods(headers))
    if problems:
        raise RulesetError(problems)
    return tuple(sorted(headers, key=_start))


def _start(header: Header) -> dt.date:
    return header.start or dt.date.min


def _periods(headers: Sequence[Header]) -> Iterator[Diagnostic]:
    """Versions follow each other without a hole, and no two are in force on one day."""
    timed = [each for each in headers if each.start is not None or each.end is not None]
    for each in headers:
        if each not in timed:
            other = next(one for one in headers if one is not each)
            yield each.problem(
                "E565",
                f"version {each.version!r} does not say when it is in force",
                "add effective: {from: …, to: …}",
                each.place("version"),
                other.place("effective.from", "effective.to", "version"),
            )
    for older, newer in pairwise(sorted(timed, key=_start)):
        end, start = older.end, newer.start
        place = newer.place("effective.from", "effective.to")
        before = older.place("effective.to", "effective.from")
        if end is None or start is None or start <= end:
            since = "without a beginning" if start is None else f"from {start}"
            until = "without an end" if end is None else f"to {end}"
            message = (
                f"version {newer.version!r} is in force {since}, and {older.version!r} {until}"
            )
            hint = f"say when {newer.version!r} begins: from: …"
            if start is not None:
                hint = f"let {older.version!r} end before: to: {start - dt.timedelta(days=1)}"
            yield newer.problem("E563", message, hint, place, before)
        elif start - end > dt.timedelta(days=1):
            message = f"no version is in force between {end} and {start}"
            following = end + dt.timedelta(days=1)
            hint = f"let {newer.version!r} begin on {following}, or {older.version!r} end later"
            yield newer.problem("E564", message, hint, place, before)
