"""``init``: a new ruleset to start from, with cases, facts and schemas for editors."""

import json
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sla_rules.cli.console import UsageError
from sla_rules.language.resolve import ID
from sla_rules.rules import load
from sla_rules.schema.ruleset import ruleset_schema
from sla_rules.testing import cases_schema

__all__ = ["init"]

TEMPLATE: Final = Path(__file__).parent / "template"
FILES: Final = {
    "ruleset.yaml": "ruleset.yaml.in",
    "cases/first.cases.yaml": "first.cases.yaml.in",
    "facts/sample.yaml": "sample.yaml.in",
}
"""Where each file of the template goes; its own name keeps others from taking it for real."""
TITLES: Final = {"zh": "示例服务合同", "en": "Sample service contract"}


def init(arguments: Namespace) -> int:
    """``sla-rules init``: write the files, then say what to do with them."""
    folder = Path(arguments.folder)
    name = folder.resolve().name if arguments.id is None else arguments.id
    if not ID.match(name):
        hint = "write small letters, digits and hyphens, such as --id gz-npc-2023"
        raise UsageError(f"{name!r} is no id of a ruleset; {hint}")
    title = TITLES[arguments.lang] if arguments.title is None else arguments.title
    if not title.strip():
        raise UsageError("--title is empty")
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{arguments.folder} is there already; name a new or empty folder")
        _write(folder, _texts(arguments.lang, name, title))
        _write(folder, _schemas(folder))
    except OSError as error:
        raise UsageError(f"{arguments.folder} cannot be written: {error.strerror}") from None
    print(*_next(arguments.folder, arguments.lang), sep="\n")
    return 0


def _texts(lang: str, name: str, title: str) -> dict[str, str]:
    """The files of the template with their blanks filled in."""
    filled = {"@id@": name, "@title@": json.dumps(title, ensure_ascii=False)}
    texts = {}
    for file, source in FILES.items():
        text = (TEMPLATE / lang / source).read_text(encoding="utf-8")
        for blank, value in filled.items():
            text = text.replace(blank, value)
        texts[file] = text
    return texts


def _schemas(folder: Path) -> dict[str, str]:
    """The schemas that the first lines of the files name."""
    rules = load(folder)
    schemas: dict[str, Any] = {
        "ruleset.schema.json": ruleset_schema(),
        "cases.schema.json": cases_schema(rules),
        "facts.schema.json": rules.schema("facts"),
    }
    return {
        file: json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
        for file, schema in schemas.items()
    }


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    for file, text in texts.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def _next(folder: str, lang: str) -> list[str]:
    """The three commands that come next."""
    place = folder if folder.isprintable() and " " not in folder else f'"{folder}"'
    sample = Path(folder).joinpath("facts", "sample.yaml").as_posix()
    sample = sample if " " not in sample else f'"{sample}"'
    said = (
        (f"{folder} is written; next:", "is it right?", "do the cases hold?", "what comes of it?")
        if lang == "en"
        else (f"已写好 {folder}。接下来：", "规则有没有错？", "案例是否相符？", "算出结果")
    )
    commands = (f"check {place}", f"test {place}", f"assess {place} {sample}")
    width = max(map(len, commands))
    lines = [
        f"  sla-rules {command:{width}}  # {why}"
        for command, why in zip(commands, said[1:], strict=True)
    ]
    return [said[0], *lines]
