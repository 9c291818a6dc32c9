"""``list`` and ``readings``: which rulesets there are, and what each of them chose."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from sla_rules import Rules, RulesetError, rulesets
from sla_rules import load as load_ruleset
from sla_rules.cli.console import UsageError, width
from sla_rules.diagnostics import Diagnostic, nearest
from sla_rules.language.program import Reading
from sla_rules.layout import Column, draw, wrap
from sla_rules.rules import packaged

__all__ = ["list_rulesets", "load", "print_json", "readings", "tell_packaged"]

_SOURCES: Final = ("ruleset", "rulesets", "paths", "old", "new", "other")
"""The arguments that name rulesets."""


def load(source: str, choices: Iterable[str] = ()) -> Rules:
    """The ruleset under the readings chosen as ``NAME=OPTION``.

    A ruleset, reading or option that is not there is a UsageError; problems of its text are
    the library's RulesetError.
    """
    try:
        rules = load_ruleset(source)
    except RulesetError as error:
        raise _usage_or(error, "E100", "E569") from None
    chosen: dict[str, str] = {}
    for choice in choices:
        name, equals, option = choice.partition("=")
        if not equals:
            raise UsageError(f"--reading {choice}: write NAME=OPTION")
        if chosen.setdefault(name, option) != option:
            raise UsageError(f"--reading {name} is given two options")
    try:
        return rules.with_readings(chosen)
    except RulesetError as error:
        raise _usage_or(error, "E502", "E503") from None


def tell_packaged(arguments: Namespace) -> None:
    """Say on standard error which one is meant where something here is called like a packaged one.

    The packaged one is: what a command line means does not depend on where it is given.
    """
    for argument in _SOURCES:
        named = getattr(arguments, argument, None)
        for name in [named] if isinstance(named, str) else named or ():
            folder, here = packaged(name), Path(name)
            if folder is not None and here.exists() and not here.samefile(folder):
                what = "folder" if here.is_dir() else "file"
                said = f"{name} is the packaged ruleset; write ./{name} for the {what}"
                print(f"sla-rules: {said}", file=sys.stderr)


def _usage_or(error: RulesetError, *codes: str) -> Exception:
    """A UsageError when all problems have one of these codes, otherwise the error itself."""
    if not set(error.codes) <= set(codes):
        return error
    return UsageError(sentence(error.problems))


def sentence(problems: Iterable[Diagnostic]) -> str:
    """Problems of a command line in one line each: message and hint."""
    found = (f"{each.message}; {each.hint}" if each.hint else each.message for each in problems)
    return "\n  ".join(found)


def print_json(data: Any) -> None:
    """Data as indented JSON with its Chinese as it is."""
    print(json.dumps(data, ensure_ascii=False, indent=2))


def list_rulesets(arguments: Namespace) -> int:
    """``sla-rules list``."""
    found = [load_ruleset(name) for name in rulesets()]
    if arguments.format == "json":
        print_json([_summary(rules) for rules in found])
        return 0
    rows = [_summary(rules) for rules in found]
    headings = {
        "id": ("编号", "id"),
        "version": ("版本", "version"),
        "clauses": ("条款", "clauses"),
        "readings": ("读法", "readings"),
    }
    columns = [
        Column(
            pair[arguments.lang == "en"],
            tuple(str(row[key]) for row in rows),
            key in ("clauses", "readings"),
        )
        for key, pair in headings.items()
    ]
    titles = tuple(rules.title(arguments.lang) for rules in found)
    heading = "title" if arguments.lang == "en" else "名称"
    print(*draw([*columns, Column(heading, titles, fold=True)], width()), sep="\n")
    return 0


def _summary(rules: Rules) -> dict[str, Any]:
    return {
        "id": rules.id,
        "version": rules.version,
        "title": {"zh": rules.title("zh"), "en": rules.title("en")},
        "clauses": len(rules.program.clauses),
        "readings": len(rules.program.readings),
        "levels": list(rules.program.levels),
        "calendars": list(rules.program.calendars),
    }


def readings(arguments: Namespace) -> int:
    """``sla-rules readings``: the register of readings, or one entry of it."""
    rules = load(arguments.ruleset)
    register = rules.program.readings
    if arguments.name is not None and arguments.name not in register:
        hint = nearest(arguments.name, register)
        raise UsageError(f"there is no reading {arguments.name!r}; {hint}".rstrip("; "))
    found = [each for name, each in register.items() if arguments.name in (None, name)]
    if arguments.format == "json":
        print_json([_reading_dict(each) for each in found])
        return 0
    if not register:
        said = ": no readings are registered" if arguments.lang == "en" else "：没有登记任何读法"
        print(f"{rules.id} {rules.version}{said}")
    reasons = arguments.reasons or arguments.name is not None
    for number, each in enumerate(found):
        if number:
            print()
        print(*_reading_lines(each, arguments.lang, reasons), sep="\n")
    return 0


def _reading_dict(reading: Reading) -> dict[str, Any]:
    return {
        "id": reading.id,
        "register": reading.register,
        "clause": reading.clause,
        "question": {"zh": reading.question.zh, "en": reading.question.en},
        "default": reading.default,
        "options": {name: {"zh": why.zh, "en": why.en} for name, why in reading.options.items()},
    }


def _reading_lines(reading: Reading, lang: str, reasons: bool) -> list[str]:
    sources = [each for each in (reading.register, reading.clause) if each]
    default = " (default)" if lang == "en" else "（默认）"
    lines = [f"{reading.id}  {' '.join(sources)}".rstrip()]
    lines += wrap(reading.question.of(lang), width(), "  ")
    for name, why in reading.options.items():
        lines.append(
            f"  {'*' if name == reading.default else '-'} {name}"
            + (default if name == reading.default else "")
        )
        lines += wrap(why.of(lang), width(), "      ") if reasons else []
    return lines
