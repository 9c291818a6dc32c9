"""The stages in order: texts → nodes → surface → program, with every problem of every stage."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import attrs

from sla_rules.diagnostics import Diagnostic, RulesetError, Severity, Span, by_place
from sla_rules.language.check import check
from sla_rules.language.program import Program
from sla_rules.language.resolve import resolve
from sla_rules.language.source import Entry, Limits, MapNode, read
from sla_rules.language.structure import structure

__all__ = ["load_program", "read_texts"]

SUFFIXES = (".yaml", ".yml")


def load_program(texts: Mapping[str, str]) -> tuple[Program, tuple[Diagnostic, ...]]:
    """The program of one or more texts, and its warnings.

    Several texts make one ruleset: their top-level keys are put together.  Raises RulesetError
    with every problem found.
    """
    program, problems = _stages(texts)
    report = tuple(_with_excerpt(problem, texts) for problem in by_place(problems))
    if program is None or any(each.severity is Severity.ERROR for each in report):
        raise RulesetError([each for each in report if each.severity is Severity.ERROR])
    return program, report


def _stages(texts: Mapping[str, str]) -> tuple[Program | None, list[Diagnostic]]:
    node, problems = _read_all(texts)
    if node is None:
        return None, problems
    surface, more = structure(node)
    problems += more
    if surface is None or problems:
        return None, problems
    program, more = resolve(surface)
    if program is None:
        return None, more
    return attrs.evolve(program, text_hash=_digest(texts)), check(program)


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
            problems.append(Diagnostic(code="E202", message=message, where=node.span))
            continue
        start = start or node.span
        for entry in node:
            first = entries.setdefault(entry.key, entry)
            if first is not entry:
                message = f"the key {entry.key!r} stands in two files of the ruleset"
                problems.append(
                    Diagnostic(code="E112", message=message, where=entry.span, also=(first.span,))
                )
    return (None if start is None else MapNode(tuple(entries.values()), start)), problems


def _digest(texts: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name, text in sorted(texts.items()):
        digest.update(f"{Path(name).name}\0{text}\0".encode())
    return digest.hexdigest()


def _with_excerpt(problem: Diagnostic, texts: Mapping[str, str]) -> Diagnostic:
    if not isinstance(problem.where, Span):
        return problem
    lines = texts.get(problem.where.file, "").splitlines()
    if not 0 < problem.where.line <= len(lines):
        return problem
    line = lines[problem.where.line - 1]
    return attrs.evolve(problem, excerpt=line) if len(line) <= 160 else problem


def read_texts(path: Path) -> dict[str, str]:
    """The texts of a ruleset: one file, or all YAML files of a folder but its cases."""
    files = [path]
    if path.is_dir():
        files = sorted(
            each
            for each in path.iterdir()
            if each.suffix in SUFFIXES and ".cases" not in each.suffixes
        )
    texts: dict[str, str] = {}
    problems: list[Diagnostic] = []
    for file in files:
        span = Span(str(file), 1, 1)
        try:
            texts[str(file)] = file.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            message = f"the file is not UTF-8 text: byte {error.start}"
            problems.append(Diagnostic(code="E113", message=message, where=span))
        except OSError as error:
            message = f"the file cannot be read: {error.strerror}"
            problems.append(Diagnostic(code="E114", message=message, where=span))
    if not files:
        message = "the folder has no YAML file"
        problems.append(Diagnostic(code="E114", message=message, where=Span(str(path), 1, 1)))
    if problems:
        raise RulesetError(problems)
    return texts
