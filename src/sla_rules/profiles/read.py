"""The whole way from an export to its incidents: the stages of this package, in order."""

import csv
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from sla_rules.diagnostics import Diagnostic

from .export import Counts, Export
from .incidents import Draft, settle
from .problems import Code, line_of
from .profile import Profile
from .readings import Reading, Suspension, read_row
from .table import Row, Table, open_table
from .times import named_zone, reader

__all__ = ["read_export"]

STEP: Final = 1000


def read_export(
    source: Path | bytes | str,
    profile: Profile,
    *,
    zone: str | ZoneInfo,
    approver: str | None = None,
    progress: Callable[[int], object] | None = None,
) -> Export:
    """The incidents of a ticket export, with everything that could not be used beside them.

    *source* is a path, the content as bytes, or as text (a text without a line break is a path).
    *zone* is the zone of times without an offset; there is no default.  *approver* is written
    into every suspension for which the export names none; without it ``approved_by`` is left out.
    *progress* is called with the number of rows done, every 1000 rows and at the end.

    The order of the rows does not matter.  One unusable row refuses its whole incident, because
    what remains could tell another story; see :meth:`Export.strict` to refuse the export as well.
    An unknown zone is :class:`FactsError`, a file that is not there ``OSError``; everything else
    is in :attr:`Export.problems`.

    >>> from sla_rules.profiles import FLAT_CSV
    >>> text = '''工单号,报障时间,响应时间,恢复时间,影响
    ... 7,2016-02-29 09:00,2016-02-29 09:05,,影响业务
    ... '''
    >>> export = read_export(text, FLAT_CSV, zone="Asia/Shanghai")
    >>> for name, value in export.incidents[0].items():
    ...     print(name, value)
    id 7
    reported_at 2016-02-29T09:00:00+08:00
    responded_at 2016-02-29T09:05:00+08:00
    impact business_affecting
    suspensions []
    >>> export.counts
    Counts(rows=1, incidents=1, used=1, refused=0, open=1)
    """
    where = named_zone(zone)
    table = open_table(source, profile)
    if isinstance(table, list):
        return Export(problems=tuple(table))
    gathered = _Gathered(table, where)
    whole = gathered.read(progress)
    drafts = gathered.settled() if whole else []
    return Export(
        incidents=tuple(_facts(draft, where, approver) for draft in drafts),
        problems=tuple(sorted(gathered.problems, key=lambda each: (line_of(each), each.code))),
        counts=Counts(
            rows=gathered.rows,
            incidents=len(gathered.readings),
            used=len(drafts),
            refused=len(gathered.readings) - len(drafts),
            open=sum(draft.recovered is None for draft in drafts),
        ),
    )


class _Gathered:
    """The readings of a table by incident while it is read; it lives as long as one call."""

    def __init__(self, table: Table, zone: ZoneInfo) -> None:
        self.table = table
        self.clock = reader(table.profile.time_formats, zone)
        self.rows = 0
        self.readings: dict[str, list[Reading]] = {}
        self.refused: set[str] = set()
        self.ragged: set[str] = set()
        self.problems: list[Diagnostic] = []

    def read(self, progress: Callable[[int], object] | None) -> bool:
        """Whether the file was CSV to its end."""
        line = 1
        try:
            for row in self.table.rows():
                line = row.line
                self.rows += 1
                self._add(row)
                if progress is not None and self.rows % STEP == 0:
                    progress(self.rows)
        except csv.Error as error:
            message = f"in or after this record the file is not CSV: {error}"
            self.problems.append(Code.SYNTAX.at(line, message, "nothing of the file is used"))
            return False
        if progress is not None and (self.rows % STEP or not self.rows):
            progress(self.rows)
        return True

    def _add(self, row: Row) -> None:
        profile = self.table.profile
        name = row.text(profile.id)
        if row.ragged:
            message = f"{len(row.cells)} cells where the header has {len(self.table.header)}"
            self.problems.append(Code.RAGGED.at(row.line, message, "quote cells with delimiters"))
            self.ragged |= {name} if name is not None else set()
            return
        if name is None:
            message = f"the row has no {profile.id.header}"
            self.problems.append(Code.NO_ID.at(row.line, message))
            return
        readings = self.readings.setdefault(name, [])
        reading = read_row(row, name, profile, self.clock)
        if isinstance(reading, list):
            self.refused.add(name)
            self.problems.extend(reading)
        else:
            readings.append(reading)

    def settled(self) -> list[Draft]:
        """A draft of every incident that can be used, by id."""
        drafts = []
        for name, readings in sorted(self.readings.items()):
            if name in self.refused or name in self.ragged:
                continue
            draft, problems = settle(name, readings, self.table.profile)
            self.problems.extend(problems)
            if draft is not None:
                drafts.append(draft)
        return drafts


def _facts(draft: Draft, zone: ZoneInfo, approver: str | None) -> Mapping[str, Any]:
    facts: dict[str, Any] = {"id": draft.id, "reported_at": _iso(draft.reported, zone)}
    if draft.responded is not None:
        facts["responded_at"] = _iso(draft.responded, zone)
    if draft.recovered is not None:
        facts["recovered_at"] = _iso(draft.recovered, zone)
    if draft.impact is not None:
        facts["impact"] = draft.impact
    facts["suspensions"] = [_span(span, zone, approver) for span in draft.suspensions]
    return facts


def _span(span: Suspension, zone: ZoneInfo, approver: str | None) -> dict[str, str]:
    facts = {"from": _iso(span.start, zone)}
    if span.end is not None:
        facts["to"] = _iso(span.end, zone)
    facts["reason"] = span.reason
    approved_by = span.approved_by or approver
    return {**facts, "approved_by": approved_by} if approved_by else facts


def _iso(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).isoformat()
