"""The stages in order: texts → nodes → surface → program, with every problem of every stage."""

import hashlib
import re
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import attrs

from sla_rules.diagnostics import Diagnostic, RulesetError, Severity, Span, by_place
from sla_rules.language.check import check
from sla_rules.language.program import Program
from sla_rules.language.resolve import resolve
from sla_rules.language.source import Entry, Limits, MapNode, Node, SeqNode, read
from sla_rules.language.structure import structure

__all__ = ["load_program", "read_original", "read_texts", "with_excerpts"]

SUFFIXES = (".yaml", ".yml")
OTHERS: Final = frozenset((".cases", ".survivors"))
"""Second suffixes of files beside a ruleset that are no parts of it."""
ORIGINALS: Final = ("source.txt", "contract.md")
"""The files of a ruleset's folder that may hold the contract in full."""
_NAMES: Final = frozenset(("E404", "E413", "E502", "E510", "E513", "E514", "E518", "E524"))
_PARTS: Final = frozenset(("E203", "E411", "E503", "E504", "E507", "E515", "E519"))


def load_program(
    texts: Mapping[str, str], original: str = ""
) -> tuple[Program, tuple[Diagnostic, ...]]:
    """The program of one or more texts, and its warnings.

    Several texts make one ruleset: their top-level keys are put together.  *original* is the
    contract in full, where it is at hand.  Raises RulesetError with every problem found.
    """
    program, problems = _stages(texts)
    report = with_excerpts(by_place(problems), texts)
    if program is None or any(each.severity is Severity.ERROR for each in report):
        raise RulesetError([each for each in report if each.severity is Severity.ERROR])
    return attrs.evolve(program, texts=dict(texts), original=original), report


def with_excerpts(
    problems: Iterable[Diagnostic], texts: Mapping[str, str]
) -> tuple[Diagnostic, ...]:
    """The problems, each with the line of the text that it is about."""
    lines = {name: text.splitlines() for name, text in texts.items()}
    return tuple(_with_excerpt(problem, lines) for problem in problems)


def _stages(texts: Mapping[str, str]) -> tuple[Program | None, list[Diagnostic]]:
    node, problems = _read_all(texts)
    if node is None:
        return None, problems
    surface, more = structure(node)
    problems += more
    if surface is None:
        return None, problems
    program, more = resolve(surface)
    if problems:
        more = _without_echoes(more, node, texts)
    problems += more
    if program is None or problems:
        return None, problems
    return attrs.evolve(program, text_hash=_digest(texts)), check(program)


def _without_echoes(
    problems: list[Diagnostic], root: MapNode, texts: Mapping[str, str]
) -> list[Diagnostic]:
    """Without what is only missing because the part that declares it has no form."""
    keys, waiting = set[str](), list[Node]([root])
    while waiting:
        node = waiting.pop()
        if isinstance(node, MapNode):
            keys.update(entry.key for entry in node)
            waiting.extend(entry.value for entry in node)
        elif isinstance(node, SeqNode):
            waiting.extend(node.items)
    lines = {name: text.splitlines() for name, text in texts.items()}

    def is_echo(problem: Diagnostic) -> bool:
        where = problem.where
        if problem.code not in _NAMES or not isinstance(where, Span):
            return problem.code in _PARTS
        where = _unfolded(where, lines[where.file])
        line = lines[where.file][where.line - 1]
        return line[where.column - 1 : where.end_column - 1] in keys

    return [each for each in problems if not is_echo(each)]


def _read_all(texts: Mapping[str, str]) -> tuple[MapNode | None, list[Diagnostic]]:
    problems: list[Diagnostic] = []
    entries: dict[str, Entry] = {}
    start: Span | None = None
    total = sum(map(len, texts.values()))
    limit = Limits().characters
    if total > limit:
        message = f"the ruleset has {total:,} characters, more than {limit:,}"
        return None, [Diagnostic(code="E101", message=message, where=Span(next(iter(texts)), 1, 1))]
    for name, text in texts.items():
        node, found = read(text, name)
        problems += found
        if node is None:
            continue
        if not isinstance(node, MapNode):
            message = "a ruleset must be a mapping of keys to values"
            hint = "begin with language: 1"
            problems.append(Diagnostic(code="E202", message=message, where=node.span, hint=hint))
            continue
        start = start or node.span
        for entry in node:
            first = entries.setdefault(entry.key, entry)
            if first is not entry:
                message = f"the key {entry.key!r} stands in two files of the ruleset"
                problems.append(
                    Diagnostic(
                        code="E112",
                        message=message,
                        where=entry.span,
                        hint="keep all of its parts in one file",
                        also=(first.span,),
                    )
                )
    return (None if start is None else MapNode(tuple(entries.values()), start)), problems


def _digest(texts: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name, text in sorted(texts.items()):
        digest.update(f"{Path(name).name}\0{text}\0".encode())
    return digest.hexdigest()


def _with_excerpt(problem: Diagnostic, lines: Mapping[str, list[str]]) -> Diagnostic:
    if not isinstance(problem.where, Span):
        return problem
    text = lines.get(problem.where.file, [])
    if not 0 < problem.where.line <= len(text):
        return problem
    where = _unfolded(problem.where, text)
    return attrs.evolve(problem, where=where, excerpt=text[where.line - 1])


LONGEST_INDICATOR: Final = 160
_BLOCK: Final = re.compile(r"[>|][-+0-9]*[ \t]*(?:#.*)?\Z")


def _unfolded(span: Span, lines: list[str]) -> Span:
    """The place in a text that goes on over several lines, counted as if it stood on one."""
    line, column = span.line, span.column - 1
    near_end = len(lines[line - 1]) - LONGEST_INDICATOR
    if column < near_end:
        return span
    opening = _BLOCK.search(lines[line - 1], max(0, near_end))
    if opening is not None and column > opening.start():
        ahead = column - opening.start() - 1
    else:
        ahead = column - len(lines[line - 1].rstrip()) - 1
        if ahead < 0:
            return span
    width = span.end_column - span.column
    while line < len(lines):
        following = lines[line]
        indent = len(following) - len(following.lstrip())
        line += 1
        if ahead <= len(following.strip()):
            column = indent + ahead + 1
            return Span(span.file, line, column, column + width)
        ahead -= len(following.strip()) + 1
    return span


def read_texts(path: Path) -> dict[str, str]:
    """The texts of a ruleset: one file, or all YAML files of a folder but its cases."""
    files = [path]
    if path.is_dir():
        files = sorted(
            each
            for each in path.iterdir()
            if each.suffix in SUFFIXES and OTHERS.isdisjoint(each.suffixes)
        )
    texts: dict[str, str] = {}
    problems: list[Diagnostic] = []
    room = 4 * Limits().characters
    for file in files:
        span, data = Span(str(file), 1, 1), b""
        try:
            data = _bytes(file, room + 1)
            texts[str(file)] = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            message = f"the file is not UTF-8 text (byte {error.start:,})"
            hint = "save it as UTF-8"
            problems.append(Diagnostic(code="E113", message=message, where=span, hint=hint))
        except OSError as error:
            message = f"the file cannot be read: {error.strerror or error}"
            problems.append(Diagnostic(code="E114", message=message, where=span))
        room -= len(data)
        if room < 0:
            message = f"the ruleset has more than {Limits().characters:,} characters"
            hint = "leave out what is no rule"
            raise RulesetError([Diagnostic(code="E101", message=message, where=span, hint=hint)])
    if not files:
        message = "the folder has no YAML file"
        hint = "name the file that holds the ruleset, or its folder"
        where = Span(str(path), 1, 1)
        problems.append(Diagnostic(code="E114", message=message, where=where, hint=hint))
    if problems:
        raise RulesetError(problems)
    return texts


def read_original(path: Path) -> str:
    """The contract in full, where the folder of a ruleset holds it as text; else nothing."""
    for file in (path / name for name in ORIGINALS if path.is_dir()):
        try:
            return _bytes(file, 4 * Limits().characters).decode("utf-8-sig")
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError) as error:
            message = f"the text of the contract cannot be read: {error}"
            where, hint = Span(str(file), 1, 1), "save it as UTF-8, or take it away"
            problem = Diagnostic(code="E114", message=message, where=where, hint=hint)
            raise RulesetError([problem]) from None
    return ""


def _bytes(file: Path, most: int) -> bytes:
    """The first bytes of a file; a pipe or a device would never end."""
    if not stat.S_ISREG(file.stat().st_mode):
        raise OSError("it is no file")
    with file.open("rb") as stream:
        return stream.read(most)
