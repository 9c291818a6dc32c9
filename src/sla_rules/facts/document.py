"""Facts as text or files: JSON or YAML, with exact numbers and unique keys."""

import json
import stat
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from sla_rules.diagnostics import Diagnostic, FactsError, Span
from sla_rules.language.source import Limits, MapNode, Node, ScalarNode, read

__all__ = ["read_document"]

FACTS_LIMITS: Final = Limits(characters=64_000_000, nodes=5_000_000, depth=20)
MAX_INTEGER_DIGITS: Final = 40


def read_document(source: Any) -> Any:
    """Plain data of a path, of JSON text or of YAML text; anything else is returned as it is.

    Text of one line that ends in ``.json``, ``.yaml`` or ``.yml`` is a path.
    """
    if isinstance(source, str) and "\n" not in source and source.endswith(_SUFFIXES):
        source = Path(source)
    if isinstance(source, Path):
        return _parse(_text(source), str(source))
    return _parse(source, "<facts>") if isinstance(source, str) else source


_SUFFIXES: Final = (".json", ".yaml", ".yml")


def _text(path: Path) -> str:
    """The text of a file; no more of it is read than may be used."""
    most = 4 * FACTS_LIMITS.characters
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise OSError("it is no file")
        with path.open("rb") as stream:
            data = stream.read(most + 1)
        text = "" if len(data) > most else data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"the file is not UTF-8 text (byte {error.start:,})"
        raise _refused("F001", message, str(path), "save it as UTF-8") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise _refused("F001", f"the file cannot be read: {reason}", str(path)) from None
    if len(data) > most:
        raise _refused("F002", f"more than {FACTS_LIMITS.characters:,} characters", str(path))
    return text


def _refused(code: str, message: str, where: Span | str, hint: str = "") -> FactsError:
    return FactsError([Diagnostic(code=code, message=message, where=where, hint=hint)])


def _parse(text: str, name: str) -> Any:
    if len(text) > FACTS_LIMITS.characters:
        raise _refused("F002", f"more than {FACTS_LIMITS.characters:,} characters", name)
    if text.lstrip()[:1] in ("{", "["):
        return _parse_json(text, name)
    node, problems = read(text, name, FACTS_LIMITS)
    if problems:
        raise FactsError(problems)
    assert node is not None
    return _plain(node)


def _plain(node: Node) -> Any:
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, MapNode):
        return {entry.key: _plain(entry.value) for entry in node}
    return [_plain(item) for item in node.items]


def _parse_json(text: str, name: str) -> Any:
    def integer(digits: str) -> int:
        if len(digits) > MAX_INTEGER_DIGITS:
            raise _refused("F107", f"a number of {len(digits):,} digits", name)
        return int(digits)

    def decimal(digits: str) -> Decimal:
        try:
            return Decimal(digits)
        except InvalidOperation:
            raise _refused("F107", "a number beyond all decimals", name) from None

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in pairs:
            if key in result:
                message = f"the key {key[:60]!r} stands twice in one object"
                raise _refused("F003", message, name, "keep one of them")
            result[key] = value
        return result

    def no_constant(word: str) -> Any:
        raise _refused("F106", f"{word} is no number", name, "write null while it is not known")

    try:
        return json.loads(
            text,
            parse_float=decimal,
            parse_int=integer,
            parse_constant=no_constant,
            object_pairs_hook=unique,
        )
    except json.JSONDecodeError as error:
        span = Span(name, error.lineno, error.colno)
        raise _refused("F004", f"not readable as JSON: {error.msg}", span) from None
    except RecursionError:
        raise _refused("F005", "nested too deeply", name, "look for a bracket too many") from None
