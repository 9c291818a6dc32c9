"""Where an expression stands, and what names mean there."""

from collections.abc import Callable, Iterable, Mapping

import attrs

from sla_rules.diagnostics import Span
from sla_rules.language import program as ir
from sla_rules.language.types import Type

__all__ = ["Names", "Scope"]


@attrs.frozen
class Scope:
    """Where an expression stands.

    *level* is its level, *band_input* the type of ``x`` inside a band, *outer* the level that
    ``this`` means inside ``where``; *undated* is true of parameters, which may rest on others
    that change in time without saying as of when.
    """

    level: str = ""
    band_input: Type | None = None
    outer: str = ""
    undated: bool = False


@attrs.frozen
class Names:
    """What names mean; supplied by the resolving stage."""

    slot: Callable[[str, str, Span], ir.SlotRef | None]
    slot_names: Callable[[str], Iterable[str]]
    lists: Callable[[str], Iterable[str]]
    ordered: Callable[[str], bool]
    parameter: Callable[[str], Type | None]
    dated: Callable[[str], bool]
    governed: Callable[[str], bool]
    moment: Callable[[str], "ir.Node | None"]
    parameters: Mapping[str, object]
    calendars: Mapping[str, object]
    enums: Mapping[str, tuple[ir.Member, ...]]
    currency: str
