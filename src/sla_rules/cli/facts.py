"""``assess`` and ``explain``: facts in, results or reasons out."""

import re
import sys
from argparse import Namespace
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from sla_rules import Assessment, CalendarError, FactsError, Rules, Severity, Versions, versions
from sla_rules.cli.console import (
    UsageError,
    progress,
    read_standard_input,
    report_problems,
    width,
)
from sla_rules.cli.report import Layout, report
from sla_rules.cli.rulesets import load, print_json, sentence
from sla_rules.diagnostics import nearest
from sla_rules.facts.document import read_document
from sla_rules.layout import fold_tree
from sla_rules.profiles import FLAT_CSV, SERVICENOW_EVENT_LOG, Export, attach_incidents, read_export
from sla_rules.rules import has_versions
from sla_rules.worktime import from_us, to_us
from sla_rules.worktime.instants import zone_name

__all__ = ["assess", "explain", "find", "stated_facts", "time_of_question"]

PROFILES = {"servicenow": SERVICENOW_EVENT_LOG, "flat": FLAT_CSV}


def assess(arguments: Namespace) -> int:
    """``sla-rules assess``: the tables, or the whole assessment as JSON."""
    rules = load(arguments.ruleset, arguments.reading)
    layout = Layout(
        lang=arguments.lang,
        width=width(),
        rows=arguments.rows or sys.maxsize,
        columns=_columns(rules, arguments.columns),
        everything=arguments.verbose,
    )
    result = _assessed(rules, arguments)
    if arguments.format == "json":
        print_json(result.to_dict())
    else:
        print(*report(result, layout), sep="\n")
    return 0


def explain(arguments: Namespace) -> int:
    """``sla-rules explain``: why one decision is what it is."""
    result = _assessed(load(arguments.ruleset, arguments.reading), arguments)
    record = find(result, arguments.at)
    if arguments.decision not in record.decisions():
        hint = nearest(arguments.decision, record.decisions()) or "`assess` lists the decisions"
        message = f"level {record.level!r} has no decision {arguments.decision!r}"
        raise UsageError(f"{message}; {hint}")
    explanation = record.explain(arguments.decision, lang=arguments.lang)
    if arguments.format == "json":
        print_json(explanation.to_dict())
    elif sys.stdout.isatty():
        print(*fold_tree(explanation.text(depth=arguments.depth), width()), sep="\n")
    else:
        print(explanation.text(depth=arguments.depth))
    return 0


def _columns(rules: Rules, chosen: list[str]) -> dict[str, list[str]]:
    columns: dict[str, list[str]] = {}
    for choice in chosen:
        level, equals, names = choice.partition("=")
        found = rules.program.levels.get(level)
        if not equals:
            raise UsageError(f"--columns {choice}: write LEVEL=NAME,NAME")
        if found is None:
            raise UsageError(f"there is no level {level!r}; {nearest(level, rules.program.levels)}")
        listed = ("list", "record")
        decided = [each.name for each in found.decisions if each.type.kind != "row"]
        known = [*decided, *(each.name for each in found.facts if each.type.kind not in listed)]
        for name in names.split(","):
            if name not in known:
                hint = nearest(name, known)
                raise UsageError(f"level {level!r} has no {name!r} to show; {hint}".rstrip("; "))
        columns[level] = names.split(",")
    return columns


def _assessed(rules: Rules, arguments: Namespace) -> Assessment:
    as_of = time_of_question(arguments)
    facts = stated_facts(arguments)
    try:
        if has_versions(arguments.ruleset) and not arguments.as_if_in_force:
            return _of_versions(rules, arguments).assess(
                facts, arguments.level, zone=arguments.zone, as_of=as_of
            )
        return rules.assess(
            facts,
            arguments.level,
            zone=arguments.zone,
            as_of=as_of,
            as_if_in_force=arguments.as_if_in_force,
        )
    except FactsError as error:
        if error.codes == ("F100",):
            raise UsageError(sentence(error.problems)) from None
        raise


def _of_versions(newest: Rules, arguments: Namespace) -> Versions:
    """All versions of a contract, under the readings that were chosen for the newest."""
    declared = newest.program.readings
    chosen = {
        name: option for name, option in newest.readings.items() if option != declared[name].default
    }
    return versions(arguments.ruleset).with_readings(chosen)


def time_of_question(arguments: Namespace) -> datetime | None:
    """The instant of ``--as-of``; it and ``--zone`` are checked whether or not they are used."""
    try:
        zone = None if arguments.zone is None else zone_name(arguments.zone)
        if arguments.as_of is None:
            return None
        return from_us(to_us(arguments.as_of, zone, where="--as-of"), zone or "UTC")
    except CalendarError as error:
        raise UsageError(sentence(error.problems)) from None


def stated_facts(arguments: Namespace) -> Any:
    """The facts as plain data, the incidents of an export put in."""
    if arguments.facts == "-":
        source: str | Path = read_standard_input()
    else:
        source = Path(arguments.facts)
        if not source.is_file():
            raise UsageError(f"there is no file {arguments.facts!r}")
    if arguments.incidents is None:
        for name in ("profile", "approver"):
            if getattr(arguments, name) is not None:
                raise UsageError(f"--{name} belongs to --incidents")
        return read_document(source)
    if arguments.profile is None or arguments.zone is None:
        raise UsageError("--incidents needs --profile and --zone, such as --zone Asia/Shanghai")
    if arguments.level is not None:
        raise UsageError("--incidents belongs to a whole contract, not to one level of it")
    facts = read_document(source)
    export = _export(arguments)
    left: list[Any] = []
    joined = attach_incidents(facts, export, report=left.append)
    report_problems(left, everything=arguments.verbose)
    return joined


def _export(arguments: Namespace) -> Export:
    path = Path(arguments.incidents)
    if not path.is_file():
        raise UsageError(f"there is no file {arguments.incidents!r}")
    show = progress("rows")
    export = read_export(
        path,
        PROFILES[arguments.profile],
        zone=arguments.zone,
        approver=arguments.approver,
        progress=show,
    )
    if show is not None:
        sys.stderr.write("\n")
    counts = export.counts
    print(
        f"{path.name}: {counts.rows:,} rows, {counts.incidents:,} incidents: {counts.used:,} used"
        f" ({counts.open:,} of them open), {counts.refused:,} refused",
        file=sys.stderr,
    )
    if export.problems:
        codes = Counter(each.code for each in export.problems)
        listed = ", ".join(f"{code} {count}" for code, count in sorted(codes.items()))
        print(f"{len(export.problems)} problems: {listed}", file=sys.stderr)
    refusing_first = sorted(export.problems, key=lambda each: each.severity is not Severity.ERROR)
    report_problems(refusing_first, everything=arguments.verbose)
    if export.incidents or not export.errors:
        return export
    raise FactsError(export.errors)


_STEP = re.compile(r"(\w+)(?:\[(\d+)\])?\.?")


def find(record: Assessment, path: str) -> Assessment:
    """The record at ``payments.P1.months.2016-03`` or ``payments[0].months[1]``.

    A position is that of the document, as in :attr:`Assessment.path`, whatever the order of
    assessment.

    >>> from sla_rules import load
    >>> facts = {"id": "A", "reported_at": "2024-03-05T10:00+08:00"}
    >>> find(load("gz-npc-2023").assess(facts, level="incident"), "").id
    'A'
    """
    rest = path
    while rest:
        step = _STEP.match(rest)
        if step is None:
            raise UsageError(f"--at {path}: cannot be read from {rest!r}")
        children = _children(record, step[1], path)
        rest = rest[step.end() :]
        if step[2] is not None:
            place = f"{record.path}.{step[1]}[{step[2]}]".lstrip(".")
            placed = next((each for each in children if each.path == place), None)
            if placed is None:
                raise UsageError(f"--at {path}: {step[1]} has {len(children)} records, from 0 on")
            record = placed
            continue
        named = [each for each in children if each.id and _leads(rest, each.id)]
        if not named:
            known = [each.id for each in children if each.id]
            hint = nearest(rest.partition(".")[0], known) or f"{len(children)} records, by position"
            raise UsageError(f"--at {path}: {step[1]} has no {rest or 'record named'!r}; {hint}")
        record = max(named, key=lambda each: len(each.id or ""))
        rest = rest[len(record.id or "") :].removeprefix(".")
    return record


def _leads(rest: str, name: str) -> bool:
    """Whether *rest* starts with this whole name; a name may contain dots."""
    return rest == name or rest.startswith(name + ".")


def _children(record: Assessment, name: str, path: str) -> tuple[Assessment, ...]:
    try:
        return record.child(name)
    except KeyError as error:
        raise UsageError(f"--at {path}: {error.args[0]}") from None
