"""What an export contained: incidents, problems, counts; and how they join a contract's facts."""

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from sla_rules.diagnostics import Diagnostic, FactsError, Severity

from .problems import Code, shown

__all__ = ["Counts", "Export", "attach_incidents"]


@attrs.frozen(kw_only=True)
class Counts:
    """How much was read.  ``used + refused == incidents``; *open* ones are among the used."""

    rows: int = 0
    incidents: int = 0
    used: int = 0
    refused: int = 0
    open: int = 0


@attrs.frozen(kw_only=True)
class Export:
    """The usable incidents of an export, by id, and everything that is wrong with it, by line.

    An incident is a plain mapping of JSON values: ``id``, ``reported_at``, ``responded_at`` (left
    out while unknown), ``recovered_at`` (left out while open), ``impact`` (left out when unknown)
    and ``suspensions``.  Times are ISO 8601 with the offset of the zone that the caller named.
    """

    incidents: tuple[Mapping[str, Any], ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    counts: Counts = Counts()

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The problems that refused something; the others only report."""
        return tuple(each for each in self.problems if each.severity is Severity.ERROR)

    def strict(self) -> "Export":
        """The export itself, if nothing in it was refused; otherwise :class:`FactsError`."""
        if self.errors:
            raise FactsError(self.errors)
        return self

    def by_month(self) -> dict[str, list[Mapping[str, Any]]]:
        """The incidents by the local month of their report, such as ``2016-02``.

        >>> Export(incidents=({"id": "A", "reported_at": "2016-02-29T23:59:00+08:00"},)).by_month()
        {'2016-02': [{'id': 'A', 'reported_at': '2016-02-29T23:59:00+08:00'}]}
        """
        months: dict[str, list[Mapping[str, Any]]] = {}
        for incident in sorted(self.incidents, key=lambda each: str(each["reported_at"])[:7]):
            months.setdefault(str(incident["reported_at"])[:7], []).append(incident)
        return months


def attach_incidents(
    contract_facts: Mapping[str, Any],
    export: Export,
    *,
    report: Callable[[Diagnostic], object] | None = None,
) -> dict[str, Any]:
    """The contract's facts with the exported incidents in the months of their report.

    A month that states ``incidents`` keeps its own, and ``P060`` reports exported ones that are
    not among them.  A month that neither states nor receives any is left without, because an
    export does not prove that nothing happened (``P061``): write ``incidents: []`` there.
    Incidents of a month that no payment covers are ``P022``: :class:`FactsError`, unless *report*
    is given, which then receives every problem.  The given facts are not changed.

    >>> facts = {"id": "demo", "payments": [{"id": "P1", "months": [{"month": "2016-02"}]}]}
    >>> export = Export(incidents=({"id": "A", "reported_at": "2016-02-29T09:00:00+08:00"},))
    >>> attach_incidents(facts, export)["payments"][0]["months"][0]["incidents"]
    [{'id': 'A', 'reported_at': '2016-02-29T09:00:00+08:00'}]
    """
    problems: list[Diagnostic] = []
    left = export.by_month()
    exported = dict(left)

    def month(facts: Any, path: str) -> Any:
        if not isinstance(facts, Mapping):
            return facts
        name = str(facts.get("month"))
        found = exported.get(name)
        left.pop(name, None)
        if "incidents" in facts:
            problems.extend(_kept(facts["incidents"], found or [], path))
            return dict(facts)
        if found is None:
            message = f"{name}: neither the facts nor the export have incidents"
            hint = "write `incidents: []` if there were none"
            problems.append(Code.UNCOVERED.at(path, message, hint))
            return dict(facts)
        return {**facts, "incidents": [dict(incident) for incident in found]}

    def payment(facts: Any, path: str) -> Any:
        return _each(facts, "months", path + ".", month)

    result: dict[str, Any] = _each(contract_facts, "payments", "", payment)
    for name, incidents in left.items():
        ids = shown(", ".join(str(incident["id"]) for incident in incidents))
        message = f"{len(incidents)} incidents of {name} are in no payment: {ids}"
        problems.append(Code.NO_PAYMENT.at("payments", message, f"add the month {name}"))
    errors = [each for each in problems if each.severity is Severity.ERROR]
    if errors and report is None:
        raise FactsError(errors)
    if report is not None:
        for problem in problems:
            report(problem)
    return result


def _each(facts: Any, key: str, path: str, change: Callable[[Any, str], Any]) -> Any:
    """A copy of *facts* with *change* done to every member of the list under *key*."""
    members = facts.get(key) if isinstance(facts, Mapping) else None
    if not isinstance(members, list | tuple):
        return dict(facts) if isinstance(facts, Mapping) else facts
    changed = [change(member, f"{path}{key}[{i}]") for i, member in enumerate(members)]
    return {**facts, key: changed}


def _kept(own: Any, found: list[Mapping[str, Any]], path: str) -> list[Diagnostic]:
    members = own if isinstance(own, list | tuple) else ()
    ids = {each.get("id") for each in members if isinstance(each, Mapping)}
    others = [each for each in found if each["id"] not in ids]
    if not others:
        return []
    message = f"the month states its own incidents; {len(others)} exported ones are not among them"
    return [Code.KEPT.at(path, message, "remove `incidents` to take the exported ones")]
