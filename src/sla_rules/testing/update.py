"""Rewrite what failing cases expect, in place: no comment moves, no layout changes."""

import datetime as dt
import os
import re
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from errno import EACCES
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import attrs

from sla_rules.assessment import Assessment, Result
from sla_rules.diagnostics import Diagnostic, SlaError, Span, by_place
from sla_rules.language.source import MapNode, Node, ScalarNode, SeqNode, read
from sla_rules.rules import Rules, load
from sla_rules.testing.cases import Case
from sla_rules.testing.check import assess_case, check
from sla_rules.testing.finding import find
from sla_rules.testing.plainly import flow, plainly
from sla_rules.testing.reading import read_cases
from sla_rules.testing.run import files_of, text_of
from sla_rules.testing.words import ABOUT, OPEN

__all__ = ["Change", "Update", "refusal", "update_cases", "update_file"]

_DECIMALS: Final = re.compile(r"-?\d+\.(\d+)\Z", re.ASCII)
_SECONDS: Final = re.compile(r"\dT\d\d:\d\d:\d\d")


@attrs.frozen
class Change:
    """An expectation that was rewritten: its place, its case, the result, and both texts."""

    where: Span
    case: str
    what: str
    old: str
    new: str

    def __str__(self) -> str:
        place = f"{self.where.file}:{self.where.line}"
        return f"{place}: {self.case}: {self.what}: {self.old} → {self.new}"


@attrs.frozen
class Update:
    """What was rewritten, and what was left alone: each C144, or a problem of the file."""

    changes: tuple[Change, ...] = ()
    left: tuple[Diagnostic, ...] = ()


def refusal(flag: str, *, ci: bool, workers: bool = False) -> Diagnostic | None:
    """Why nothing may be rewritten here: in CI, or while several processes read the same files."""
    if ci:
        message, hint = "expectations are not rewritten in CI", "run it on your own machine"
        return Diagnostic(code="C142", message=message, where=flag, hint=f"{hint}; CI is set")
    if workers:
        message = "several workers would rewrite the same files"
        return Diagnostic(code="C143", message=message, where=flag, hint="run it with -n 0")
    return None


def update_cases(path: str | Path) -> Update:
    """Let the failing cases of a path expect what the program gives today, in their own files.

    *path* is that of :func:`run_cases`.  Only values below ``expect`` are written over, each where
    it stands.  A file is written when every case in it reads as before but for these values, and
    the case then holds; what cannot be rewritten so is left alone and told.
    """
    files, problems = files_of(path)
    loaded = lru_cache(maxsize=None)(load)
    updates = [update_file(file, loader=loaded) for file in files]
    return Update(
        tuple(change for each in updates for change in each.changes),
        by_place([*problems, *(problem for each in updates for problem in each.left)]),
    )


def update_file(
    file: Path,
    name: str | None = None,
    *,
    only: str | None = None,
    loader: Callable[[str], Rules] = load,
) -> Update:
    """Rewrite the failing cases of one file, or *only* the case of that name."""
    text, problems = text_of(file, name)
    if text is None:
        return Update(left=tuple(problems))
    data = file.read_bytes()
    mark = "\ufeff" if data.startswith(b"\xef\xbb\xbf") else ""
    text = data.decode("utf-8-sig")  # with its own ends of lines
    called = name or str(file)
    rules, cases, problems = read_cases(text, file, called, loader=loader)
    if rules is None or problems:
        return Update(left=tuple(problems))
    changes: list[Change] = []
    left: list[Diagnostic] = []
    new = text
    for position in range(len(cases)):
        case = cases[position]
        if only not in (None, case.name) or not check(case, rules):
            continue
        written = _Writer(new, called, rules)
        after, made = written.rewritten(case)
        read_again = _read_again(after, file, position, (cases, rules), made) if made else None
        if read_again is not None:
            changes += made
            new, cases = after, read_again
        elif made:
            written.leave(case.span, case.name, "it would not read as it should")
        left += written.left
    if changes:
        try:
            _write(file, (mark + new).encode("utf-8"))
        except OSError as error:
            message = f"the file is left as it is, it cannot be written: {error.strerror or error}"
            where, hint = Span(called, 1, 1), "look at its permissions and those of its folder"
            return Update(
                left=(*left, Diagnostic(code="C144", message=message, where=where, hint=hint))
            )
    return Update(tuple(changes), tuple(left))


def _write(file: Path, data: bytes) -> None:
    """Replace a file at once and with its mode: what interrupts it leaves the old one whole."""
    real = file.resolve()
    if not os.access(real, os.W_OK):
        raise PermissionError(EACCES, os.strerror(EACCES))
    number, name = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
    new = Path(name)
    try:
        with os.fdopen(number, "wb") as stream:
            stream.write(data)
        new.chmod(stat.S_IMODE(real.stat().st_mode))
        new.replace(real)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def _read_again(
    text: str, file: Path, position: int, before: tuple[list[Case], Rules], made: Sequence[Change]
) -> list[Case] | None:
    """The cases of a rewritten file, where all but one read as before and that one now holds."""
    cases, rules = before
    _, after, problems = read_cases(text, file, made[0].where.file, loader=lambda _: rules)
    if problems or len(after) != len(cases):
        return None
    pairs = enumerate(zip(cases, after, strict=True))
    same = all(_told(one) == _told(two) for at, (one, two) in pairs if at != position)
    fails = {each.what for each in check(after[position], rules)}
    return after if same and fails.isdisjoint(each.what for each in made) else None


def _told(case: Case) -> Case:
    return attrs.evolve(case, span=Span("", 0, 0))


class _Left(Exception):
    """Why an expectation is left alone."""


class _Writer:
    """Rewrites the expectations of one case in the text of its file."""

    def __init__(self, text: str, name: str, rules: Rules) -> None:
        self._lines = text.splitlines(keepends=True)
        top, _ = read(text, name)
        self._nodes = {(each.span.line, each.span.column): each for each in _below(top)}
        self._rules = rules
        self._edits: list[tuple[Span, str]] = []
        self.left: list[Diagnostic] = []

    def leave(self, where: Span, what: str, why: str) -> None:
        message = f"{what} is left as it is: {why}"
        hint = "write by hand what is to be expected"
        self.left.append(Diagnostic(code="C144", message=message, where=where, hint=hint))

    def rewritten(self, case: Case) -> tuple[str, list[Change]]:
        """The text in which the case expects what comes out, and what was changed."""
        outcome: Assessment | SlaError
        try:
            outcome = assess_case(case, self._rules)
        except SlaError as error:
            outcome = error
        changes: list[Change] = []
        for what in dict.fromkeys(each.what for each in check(case, self._rules)):
            try:
                for span, old, new in self._edited(case, what, outcome):
                    self._edits.append((span, new))
                    changes.append(Change(span, case.name, what, old, new))
            except _Left as why:
                self.leave(case.places.get(what, case.span), what, str(why))
        return self._applied(), changes

    def _node(self, case: Case, what: str) -> Node:
        """What stands in the file at the place of an expectation."""
        span = case.places.get(what)
        node = None if span is None else self._nodes.get((span.line, span.column))
        if node is None:
            raise _Left("it does not stand in the case itself")
        return node

    def _edited(
        self, case: Case, what: str, outcome: Assessment | SlaError
    ) -> Iterator[tuple[Span, str, str]]:
        """The places to write at, with the old and the new text."""
        if what == "reading_of" or what.endswith(".by"):
            raise _Left(f"{what.rpartition('.')[2]} is what the case shows, and is not rewritten")
        node = self._node(case, what)
        if isinstance(outcome, SlaError):
            if what != "error":
                raise _Left("the facts are refused, so that nothing comes out")
            yield self._list(node, list(dict.fromkeys(outcome.codes)))
            return
        if what == "error":
            raise _Left("the facts are no longer refused")
        place = find(outcome, what)
        if place is None:
            raise _Left("there is no such result")
        record, last = place
        if last == "status":
            yield self._scalar(node, record.status)
        elif last in ABOUT:
            yield self._list(node, list(dict.fromkeys(map(str, getattr(record, last)))))
        elif last not in record.decisions():
            raise _Left("only a value can be rewritten")
        elif isinstance(case.expect[what], Mapping):
            result = record.result(last)
            for part in (each for each in case.expect[what] if each in OPEN):
                at = f"{what}.{part}" if f"{what}.{part}" in case.places else what
                edit = self._scalar(self._node(case, at), getattr(result, part))
                if edit[1] != edit[2]:
                    yield edit
        else:
            yield self._scalar(node, _settled(record.result(last)))

    def _scalar(self, node: Node, value: Any) -> tuple[Span, str, str]:
        if not isinstance(node, ScalarNode):
            raise _Left("it is not one value")
        old = self._text(node)
        return node.span, old, _like(node, old, value)

    def _list(self, node: Node, values: list[str]) -> tuple[Span, str, str]:
        new = flow(values[0] if len(values) == 1 and isinstance(node, ScalarNode) else values)
        if isinstance(node, ScalarNode):
            return node.span, self._text(node), new
        if not isinstance(node, SeqNode):
            raise _Left("it is not a list")
        line = self._lines[node.span.line - 1]
        start = node.span.column - 1
        end = line.find("]", start) + 1
        old = line[start:end]
        if not all(isinstance(each, ScalarNode) for each in node.items):
            raise _Left("more is said than codes")
        if not old.startswith("[") or read(old, "")[0] != node:
            raise _Left("the list stands on several lines")
        return attrs.evolve(node.span, end_column=end + 1), old, new

    def _text(self, node: ScalarNode) -> str:
        """The text of a scalar as it stands in its line."""
        span = node.span
        old = self._lines[span.line - 1][span.column - 1 : span.end_column - 1]
        if read(old, "")[0] != node:
            raise _Left("it stands on several lines")
        return old

    def _applied(self) -> str:
        lines = list(self._lines)
        for span, new in sorted(self._edits, key=lambda each: each[0], reverse=True):
            line = lines[span.line - 1]
            lines[span.line - 1] = line[: span.column - 1] + new + line[span.end_column - 1 :]
        return "".join(lines)


def _below(node: Node | None) -> Iterator[Node]:
    """A node and all below it; of two at one place the inner one comes last."""
    if node is None:
        return
    yield node
    for each in node.items if isinstance(node, SeqNode) else ():
        yield from _below(each)
    for entry in node if isinstance(node, MapNode) else ():
        yield from _below(entry.value)


def _settled(result: Result) -> Any:
    if result.status != "final":
        raise _Left(f"the result is {result.status}")
    return result.value


def _like(node: ScalarNode, old: str, value: Any) -> str:
    """A value written as the old one was: its quotes, decimals, seconds and zone."""
    if isinstance(value, dt.datetime):
        value = _instant(old, value)
    plain = plainly(value)
    new = flow(plain)
    decimals = _DECIMALS.match(node.text)
    if decimals and not isinstance(plain, bool | str) and plain is not None:
        fixed = f"{Decimal(plain):.{len(decimals[1])}f}"
        new = fixed if Decimal(fixed) == plain else new
    quote = old[0] if old[:1] in "\"'" else ""
    bare = new if not isinstance(plain, str) else plain
    return f"{quote}{bare}{quote}" if quote and quote not in bare and "\\" not in bare else new


def _instant(old: str, value: dt.datetime) -> str:
    stated = old.strip("\"'")
    if stated.endswith("Z"):
        value = value.astimezone(dt.UTC)
    text = value.isoformat() if _SECONDS.search(stated) else str(plainly(value))
    return text.replace("+00:00", "Z") if stated.endswith("Z") else text
