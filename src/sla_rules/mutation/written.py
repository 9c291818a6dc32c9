"""The case that would notice a change, as text to paste into a file of cases."""

from collections.abc import Iterator
from typing import Any, Final

from sla_rules.mutation.report import Survivor
from sla_rules.testing.plainly import flow, yaml_lines

__all__ = ["killing_yaml"]

LONGEST: Final = 160
MARKS: Final = {"zh": "# 待确认", "en": "# to confirm"}


def killing_yaml(survivor: Survivor, lang: str = "zh") -> str:
    """The case as YAML, marked for a person to confirm; empty when none was found.

    What it expects is what the program gives today, not what the contract says.
    """
    case = survivor.killing
    if case is None:
        return ""
    text = survivor.text.of(lang)
    short = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    name = f"待命名：能发现 {short}" if lang == "zh" else f"name me: notices {short}"
    several = list(case.clauses)
    lines = [
        f"  - name: {flow(name)}  {MARKS[lang]}",
        f"    clause: {flow(several if len(several) != 1 else several[0])}",
        f"    level: {flow(case.level)}",
    ]
    if case.readings:
        lines.append(f"    readings: {flow(dict(case.readings))}")
    lines += _part("given", case.given)
    lines += _part("expect", dict(case.expect))
    return "\n".join(lines) + "\n"


def _part(key: str, value: Any) -> Iterator[str]:
    lines = list(yaml_lines(value, 6))
    if len(lines) == 1 and lines[0].lstrip().startswith(("{", "[")):
        yield f"    {key}: {lines[0].strip()}"
    else:
        yield f"    {key}:"
        yield from lines
