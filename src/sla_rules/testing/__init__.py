"""Cases: facts of a contract and what must come of them, as sentences that anybody can check.

A file ``*.cases.yaml`` beside a ruleset::

    ruleset: gz-npc-2023
    defaults: {level: incident, given: {id: INC-1}}    # optional; merged under each case's given
    cases:
      - name: 影响业务的故障在第 15 分钟响应，仍算按时
        clause: S3.2.1.a                               # or a list
        level: incident                                # unless the defaults say it
        readings: {band-edges: number_included}        # optional
        reading_of: band-edges                         # optional: some other option must differ
        given: {reported_at: "2024-03-05T10:00+08:00", ...}
        expect: {overrun_response: 0, timeliness_score: 30}

``expect`` names decisions, of the record itself or of a child (``payments.P2.net``,
``months.2024-03.total``, ``exclusion.counts``).  A value is a number (compared exactly; ``1/3``
where it recurs), an instant or duration (compared as such), true or false, text, or null for no
value.  A mapping looks at parts of a result: ``value``, ``status``, ``low``, ``high``; ``within``,
the tolerance of a value; ``by``, the row, band or limit that must have decided.  Besides decisions
there are ``status``, ``notes``, ``needs``, of a payment ``ledger``, and ``error`` (a code or codes,
perhaps with the fact concerned, exactly these, and then nothing else).

``backgrounds`` are facts that several cases share, a ``table`` has many rows, each a case of its
own; the guide to cases says how they are written.

:func:`run_cases` runs what a path holds; :func:`read_cases` and :func:`check` are its two steps,
for hosts with a runner of their own.  :func:`update_cases` rewrites expectations in place.
:func:`cases_schema` describes the format for editors.
:func:`minimal_document` and :func:`shrink` make small facts to write a case with.
:func:`edge_cases` proposes the boundary cases of decisions, :func:`as_yaml` writes them down.
"""

from sla_rules.testing.cases import (
    SUFFIX,
    Case,
    CaseResult,
    CasesReport,
    Mismatch,
    Refusal,
)
from sla_rules.testing.check import check
from sla_rules.testing.edges import Proposal, ProposedCase, as_yaml, edge_cases, propose
from sla_rules.testing.minimal import minimal_document
from sla_rules.testing.reading import read_cases
from sla_rules.testing.run import run_cases
from sla_rules.testing.schema import cases_schema
from sla_rules.testing.shrink import shrink
from sla_rules.testing.update import Change, Update, update_cases

__all__ = [
    "SUFFIX",
    "Case",
    "CaseResult",
    "CasesReport",
    "Change",
    "Mismatch",
    "Proposal",
    "ProposedCase",
    "Refusal",
    "Update",
    "as_yaml",
    "cases_schema",
    "check",
    "edge_cases",
    "minimal_document",
    "propose",
    "read_cases",
    "run_cases",
    "shrink",
    "update_cases",
]
