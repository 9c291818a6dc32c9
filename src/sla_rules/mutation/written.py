"""The case that would notice a change, as text to paste into a file of cases."""

from typing import Final

from sla_rules.mutation.report import Survivor
from sla_rules.testing.written import case_lines

__all__ = ["killing_yaml"]

LONGEST: Final = 160


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
    lines = case_lines(
        name,
        case.clauses,
        case.level,
        case.given,
        case.expect,
        readings=case.readings,
        lang=lang,
    )
    return "\n".join(lines) + "\n"
