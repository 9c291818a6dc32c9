"""``seal``: the hash of each clause's words, written beside them."""

import os
from argparse import Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs

from sla_rules.cli.console import UsageError
from sla_rules.cli.rulesets import load
from sla_rules.language.source import MapNode, ScalarNode, read
from sla_rules.lint.sentences import seal as hash_of

__all__ = ["seal", "sealed"]


@attrs.frozen
class Edit:
    """One change of a text: on a line, from one column to another, both counted from 0."""

    line: int
    start: int
    end: int
    text: str


def seal(arguments: Namespace) -> int:
    """``sla-rules seal``: write all hashes; with ``--check`` only tell, 1 if some are missing."""
    if not arguments.check and os.environ.get("CI"):
        message = "seal writes what a person has read: it is refused where CI is set; use --check"
        raise UsageError(message)
    rules = load(arguments.ruleset)
    changed = 0
    for name, text in rules.program.texts.items():
        edits = dict(_edits(name, text))
        changed += len(edits)
        for clause in edits:
            print(f"{'not sealed' if arguments.check else 'sealed'}: {clause}")
        if edits and not arguments.check:
            _write(Path(name), text, edits)
    total = len(rules.program.clauses)
    left = changed if arguments.check else 0
    print(f"{rules.id} {rules.version}: {total - left} of {total} clauses are sealed")
    return int(bool(arguments.check and changed))


def sealed(text: str, name: str = "<text>") -> str:
    r"""The text with the hash of each clause; comments and layout stay, and twice is once.

    >>> print(sealed("clauses:\n  C1:\n    text: 甲。 # one\n"), end="")
    clauses:
      C1:
        hash: 8c253750d3f6
        text: 甲。 # one
    """
    return _edited(text, dict(_edits(name, text)))


def _edits(name: str, text: str) -> Iterator[tuple[str, Edit]]:
    root, _ = read(text, name)
    clauses = root.get("clauses") if isinstance(root, MapNode) else None
    if not isinstance(clauses, MapNode):
        return
    lines = text.splitlines()
    for clause in clauses:
        edit = _edit(clause.value, lines) if isinstance(clause.value, MapNode) else None
        if edit is not None:
            yield clause.key, edit


def _edit(clause: MapNode, lines: list[str]) -> Edit | None:
    """What writes the hash of one clause; None where it stands already."""
    words, old = clause.get("text"), clause.get("hash")
    if not isinstance(words, ScalarNode):
        return None
    digest = hash_of(words.text)
    if isinstance(old, ScalarNode):
        place = old.span
        edit = Edit(place.line - 1, place.column - 1, place.end_column - 1, digest)
        return None if old.text == digest else edit
    key = next(entry.span for entry in clause if entry.key == "text")
    line, column = key.line - 1, key.column - 1
    before = lines[line][:column]
    beside = f"hash: {digest}, " if before.strip() else f"hash: {digest}\n{before}"
    return Edit(line, column, column, beside)


def _edited(text: str, edits: Mapping[str, Edit]) -> str:
    lines = text.splitlines(keepends=True)
    for each in sorted(edits.values(), key=lambda edit: (edit.line, edit.start), reverse=True):
        line = lines[each.line]
        ending = "\r\n" if line.endswith("\r\n") else "\n"
        new = each.text.replace("\n", ending)
        lines[each.line] = line[: each.start] + new + line[each.end :]
    return "".join(lines)


def _write(path: Path, text: str, edits: Mapping[str, Edit]) -> None:
    """The new text in place of the old, at once; the mark at the beginning of a file stays."""
    mark = b"\xef\xbb\xbf" if path.read_bytes().startswith(b"\xef\xbb\xbf") else b""
    beside = path.with_name(f".{path.name}.sealing")
    beside.write_bytes(mark + _edited(text, edits).encode())
    beside.replace(path)
