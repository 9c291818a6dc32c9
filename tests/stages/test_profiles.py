"""Ticket exports: the real log, exactly; and every problem that an export can have."""

import csv
import hashlib
import io
import json
import pickle
import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import attrs
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sla_rules.diagnostics import FactsError, Severity
from sla_rules.profiles import (
    FLAT_CSV,
    SERVICENOW_EVENT_LOG,
    Code,
    Column,
    Counts,
    Export,
    Profile,
    State,
    Timeline,
    attach_incidents,
    read_export,
)

EXAMPLE = Path(__file__).parents[2] / "examples" / "servicenow-2016"
LOG = EXAMPLE / "incident_event_log.csv"
ZONE = "Asia/Shanghai"

HEADER = "number,incident_state,sys_mod_count,opened_at,sys_updated_at,resolved_at,impact"
FLAT = "id,reported_at,responded_at,recovered_at,impact"
PAUSED = FLAT + ",suspended_from,suspended_to,suspension_reason,approved_by"


def event(
    state: str = "Active",
    at: str = "10:00",
    *,
    name: str = "A",
    n: str = "1",
    opened: str = "01-03-2016 09:00",
    resolved: str = "01-03-2016 12:00",
    impact: str = "2 - Medium",
) -> str:
    """One row of an event log; *at* is a clock time of 1 March, or any text with a dash or `?`."""
    moment = at if "-" in at or "?" in at else f"01-03-2016 {at}"
    return f"{name},{state},{n},{opened},{moment},{resolved},{impact}"


DONE = event("Resolved", "12:00", n="9")


def log(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *rows, ""])


def events(*rows: str, header: str = HEADER, profile: Profile = SERVICENOW_EVENT_LOG) -> Export:
    return read_export(log(*rows, header=header), profile, zone=ZONE)


def flat(*rows: str, header: str = FLAT) -> Export:
    return read_export(log(*rows, header=header), FLAT_CSV, zone=ZONE)


def codes(export: Export) -> list[str]:
    return [problem.code for problem in export.problems]


@pytest.fixture(scope="module")
def real() -> Export:
    return read_export(LOG, SERVICENOW_EVENT_LOG, zone=ZONE)


# The real log


def test_the_log_is_kept_byte_for_byte() -> None:
    """The example is the published file, faults, line ends and all."""
    digest = "85eb91cbd6ac7a7fab7640a844acec20e0a40a9ff6c7fc66f67439e413d7d5e3"

    assert digest == hashlib.sha256(LOG.read_bytes()).hexdigest()


def test_the_real_log_has_exactly_these_counts(real: Export) -> None:
    """Nothing of 5,998 events is lost: what is not used is refused by name."""
    assert Counts(rows=5998, incidents=890, used=888, refused=2, open=29) == real.counts
    months = {month: len(incidents) for month, incidents in real.by_month().items()}
    assert {"2016-02": 205, "2016-03": 683} == months


def test_the_real_log_has_exactly_these_problems(real: Export) -> None:
    """Each fault of the real export has its code, its line and its incident."""
    expected = {"P015": 2, "P051": 29, "P052": 33, "P053": 3, "P054": 5, "P055": 11, "P056": 1}
    assert expected == Counter(codes(real))
    assert [
        ("line 336", "INC0000131: responded to before it was reported"),
        ("line 351", "INC0000135: responded to before it was reported"),
    ] == [(problem.where, problem.message) for problem in real.errors]
    with pytest.raises(FactsError) as caught:
        real.strict()
    assert ("P015", "P015") == caught.value.codes


def test_the_real_log_has_exactly_these_facts(real: Export) -> None:
    """Impacts, responses and suspensions are counted, not sampled."""
    impacts = Counter(incident["impact"] for incident in real.incidents)
    assert {"not_business_affecting": 857, "business_affecting": 31} == impacts
    assert all("responded_at" in incident for incident in real.incidents)
    same = [i for i in real.incidents if i["responded_at"] == i["reported_at"]]
    assert 101 == len(same)
    at_once = [i for i in real.incidents if i["responded_at"] == i.get("recovered_at")]
    assert 216 == len(at_once)
    spans = [span for incident in real.incidents for span in incident["suspensions"]]
    assert {
        "awaiting_user": 323,
        "awaiting_problem": 36,
        "awaiting_vendor": 3,
        "awaiting_evidence": 2,
    } == Counter(span["reason"] for span in spans)
    assert 312 == sum(bool(incident["suspensions"]) for incident in real.incidents)
    assert not any("approved_by" in span for span in spans)
    assert all(span["from"] < span["to"] for span in spans)


def test_one_incident_of_the_real_log_reads_as_a_person_reads_it(real: Export) -> None:
    """A reopened incident: two waits, a reopening, the last resolution."""
    found = next(incident for incident in real.incidents if incident["id"] == "INC0000102")

    assert {
        "id": "INC0000102",
        "reported_at": "2016-02-29T09:06:00+08:00",
        "responded_at": "2016-02-29T20:09:00+08:00",
        "recovered_at": "2016-03-17T16:28:00+08:00",
        "impact": "not_business_affecting",
        "suspensions": [
            {
                "from": "2016-02-29T20:09:00+08:00",
                "to": "2016-03-03T17:29:00+08:00",
                "reason": "awaiting_user",
            },
            {
                "from": "2016-03-07T11:50:00+08:00",
                "to": "2016-03-14T08:13:00+08:00",
                "reason": "awaiting_user",
            },
        ],
    } == found


def test_the_order_of_rows_does_not_matter(real: Export) -> None:
    """Shuffled rows give the same incidents and the same kinds of problems."""
    header, *rows = LOG.read_text(encoding="utf-8").splitlines()
    random.Random(2016).shuffle(rows)

    shuffled = events(*rows, header=header)

    assert real.incidents == shuffled.incidents
    assert real.counts == shuffled.counts
    assert Counter(codes(real)) == Counter(codes(shuffled))


def test_an_export_is_json_and_pickle(real: Export) -> None:
    """What comes out can be stored and sent."""
    assert list(real.incidents) == json.loads(json.dumps(real.incidents))
    assert real == pickle.loads(pickle.dumps(real))
    assert SERVICENOW_EVENT_LOG == pickle.loads(pickle.dumps(SERVICENOW_EVENT_LOG))
    assert isinstance(hash(SERVICENOW_EVENT_LOG), int)


def test_the_approver_is_the_callers(real: Export) -> None:
    """Only what the caller says about approval is written, and into every suspension."""
    approved = read_export(LOG, SERVICENOW_EVENT_LOG, zone=ZONE, approver="the client")

    spans = [span for incident in approved.incidents for span in incident["suspensions"]]
    assert {"the client"} == {span.pop("approved_by") for span in spans}
    assert real.incidents == approved.incidents


def test_progress_counts_rows() -> None:
    """The callback hears every thousandth row and the last."""
    heard: list[int] = []
    read_export(LOG, SERVICENOW_EVENT_LOG, zone=ZONE, progress=heard.append)

    assert [1000, 2000, 3000, 4000, 5000, 5998] == heard


# Every problem


LONG_NAME = "x" * 200_000
BAD: list[tuple[str, Export]] = [
    ("P001", read_export(b"\xff\xfe\x00", FLAT_CSV, zone=ZONE)),
    ("P002", read_export("", FLAT_CSV, zone=ZONE)),
    ("P003", flat(header=FLAT.replace("impact", "impakt"))),
    ("P004", flat(header=FLAT + ",reported_at")),
    ("P004", flat(header=FLAT + ",影响")),
    ("P005", events(DONE, 'B,"New"x')),
    ("P005", events(DONE, 'B,"New')),
    ("P005", events(DONE, LONG_NAME)),
    ("P005", flat(header=LONG_NAME)),
    ("P006", events(event(), DONE + ",more")),
    ("P006", events(event(), "A,Resolved")),
    ("P007", events(event(name="?"), event(name=" "))),
    ("P008", events(event(opened="2016-03-01 09:00"))),
    ("P008", events(event(at="31-02-2016 10:00"))),
    ("P008", events(event(resolved="01-01-0001 00:00"))),
    ("P008", events(event(resolved="０1-03-2016 12:00"))),
    ("P010", events(event("Awaiting Users Info"))),
    ("P011", events(event(impact="4 - None"))),
    ("P012", events(event(opened="?"), DONE.replace("01-03-2016 09:00", "?"))),
    ("P013", events(event(), event("Resolved", "12:00", opened="01-03-2016 09:01", n="9"))),
    ("P013", events(DONE, event(resolved="01-03-2016 12:01"))),
    ("P014", events(event("Resolved", "09:00", resolved="01-03-2016 08:59"))),
    ("P015", events(event(at="08:59"), DONE)),
    ("P015", flat("A,2016-03-01 09:00,2016-03-01 08:59,,影响业务")),
    ("P016", events(event(), event("New"), DONE)),
    ("P016", events(event(), event(impact="1 - High"), DONE)),
    ("P018", flat("A,2016-03-01 09:00,,,影响业务", "A,2016-03-01 09:00,,,影响业务")),
    ("P019", events(event(at="?"), DONE)),
    ("P020", events(event(n="one"), DONE)),
    ("P020", events(event(n="?"), DONE)),
    ("P050", events(event("New"), event("Resolved", "12:01", n="9"))),
    ("P050", flat("A,2016-03-01 09:00,2016-03-01 12:01,2016-03-01 12:00,影响业务")),
    ("P051", events(event(resolved="?"), event("Closed", "13:00", n="9", resolved="?"))),
    ("P052", events(event(), event("Resolved", "12:00", n="9", impact="1 - High"))),
    ("P053", events(event("New", "08:59", n="0"), event(), DONE)),
    ("P054", events(event(n="10"), DONE)),
    ("P055", events(event("Resolved", "09:30", n="0"), event(), DONE)),
    ("P056", events(DONE, event(at="12:01", n="10"))),
    ("P057", events(event())),
    ("P058", events(event(resolved="?"), DONE)),
    ("P059", flat("A,2016-03-01 09:00,,,未知")),
]


@pytest.mark.parametrize(
    ("code", "export"), BAD, ids=[f"{i}-{bad[0]}" for i, bad in enumerate(BAD)]
)
def test_each_problem_has_its_code(code: str, export: Export) -> None:
    """An error refuses and a warning reports; the place is a line of the file."""
    found = next(problem for problem in export.problems if problem.code == code)
    assert str(found.where).startswith("line ")
    if found.severity is Severity.ERROR:
        assert () == export.incidents
        assert export.counts.incidents == export.counts.refused
    else:
        assert 1 == export.counts.used
        assert () == export.errors


SPANS = {
    "negative": "2016-03-01 11:00,2016-03-01 10:00,vendor,",
    "before the report": "2016-03-01 08:00,2016-03-01 10:00,vendor,",
    "after the recovery": "2016-03-01 10:00,2016-03-01 12:01,vendor,",
    "still running": "2016-03-01 10:00,,vendor,",
    "without reason": "2016-03-01 10:00,2016-03-01 11:00,,the client",
    "without start": ",2016-03-01 11:00,vendor,",
}


@pytest.mark.parametrize("span", SPANS.values(), ids=SPANS)
def test_a_suspension_is_whole_or_refused(span: str) -> None:
    """Stated suspensions are neither cut nor completed."""
    row = "A,2016-03-01 09:00,2016-03-01 09:05,2016-03-01 12:00,影响业务,"

    assert ["P017"] == codes(flat(row + span, header=PAUSED))


def test_edges_are_possible() -> None:
    """Minutes are coarse: what happens in one minute is not a contradiction."""
    at_once = events(event("Resolved", "09:00", resolved="01-03-2016 09:00"))
    reopened = events(DONE, event(at="12:00", n="10"))
    start = "A,2016-03-01 09:00,2016-03-01 09:00,2016-03-01 12:00,影响业务,"
    empty = flat(start + "2016-03-01 12:00,2016-03-01 12:00,vendor,", header=PAUSED)
    early = events(event("Awaiting Vendor", "08:59"), DONE)

    assert ((), 1) == (at_once.problems, at_once.counts.used)
    assert ["P055"] == codes(reopened)
    assert ((), 1) == (empty.problems, empty.counts.used)
    assert ["P015"] == codes(early)


def test_a_local_time_that_is_skipped_or_repeated_is_refused() -> None:
    """A clock change is an ambiguity: an offset settles it, the library does not."""
    skipped, repeated = "A,2024-03-10 02:30,,,影响业务", "B,2024-11-03 01:30,,,影响业务"
    settled = "C,2024-11-03T01:30-05:00,,,影响业务"

    export = read_export(log(skipped, repeated, settled, header=FLAT), FLAT_CSV, zone="US/Eastern")

    assert ["P009", "P009"] == codes(export)
    assert "2024-11-03T01:30:00-05:00" == export.incidents[0]["reported_at"]


def test_a_time_with_two_readings_is_refused() -> None:
    """Day first or month first: both formats may be listed, but only one may fit."""
    both = attrs.evolve(
        SERVICENOW_EVENT_LOG, time_formats=["%d-%m-%Y %H:%M", "%m-%d-%Y %H:%M"], name="both"
    )
    unclear = events(DONE, profile=both)
    clear = events(DONE.replace("01-03", "29-02"), profile=both)

    assert {"P009"} == set(codes(unclear))
    assert "2016-02-29T09:00:00+08:00" == clear.incidents[0]["reported_at"]


@pytest.mark.parametrize("zone", ["", "Asia", "China Standard Time", "../etc", "+08:00"])
def test_a_zone_must_be_named(zone: str) -> None:
    """There is no default zone and no lenient one."""
    with pytest.raises(FactsError) as caught:
        read_export(LOG, SERVICENOW_EVENT_LOG, zone=zone)
    assert ("P021",) == caught.value.codes
    with pytest.raises(TypeError):
        read_export(LOG, SERVICENOW_EVENT_LOG)  # type: ignore[call-arg]


def test_every_code_is_tested() -> None:
    """A new code needs a test here; those of whole facts are below."""
    here = {code for code, _ in BAD} | {"P009", "P017", "P021", "P022", "P060", "P061"}

    assert {code.code for code in Code} == here
    assert len(here) == len(Code)
    assert all(code.meaning for code in Code)


def test_problems_suggest_what_was_meant() -> None:
    """The nearest header, state and value are named."""
    header = flat(header=FLAT.replace("responded_at", "respond_at")).problems[0]
    state = events(event("Awaiting User Information")).problems[0]
    impact = events(event(impact="2 - Medium.")).problems[0]

    assert "column 'responded_at' is missing" == header.message
    assert "did you mean 'respond_at'?" == header.hint
    assert "did you mean 'Awaiting User Info'?" == state.hint
    assert "did you mean '2 - Medium'?" == impact.hint


def test_all_missing_columns_are_reported_at_once() -> None:
    """One problem per column, at the header's line."""
    export = read_export("\n\nnumber;impact\n1;2\n", SERVICENOW_EVENT_LOG, zone=ZONE)

    assert ["P003"] * 5 == codes(export)
    assert {"line 3"} == {problem.where for problem in export.problems}


def test_one_bad_row_refuses_its_incident_and_no_other() -> None:
    """What remains of a damaged incident could tell another story."""
    bad = [event(name="B", at="soon"), event("Resolved", "12:00", name="B", n="9")]

    export = events(*bad, DONE, event(name="C"), "C,Resolved,more")

    assert ["A"] == [incident["id"] for incident in export.incidents]
    assert [("P008", "line 2"), ("P006", "line 6")] == [(p.code, p.where) for p in export.problems]
    assert Counts(rows=5, incidents=3, used=1, refused=2, open=0) == export.counts


# What the facts are


def span(start: str, end: str | None, reason: str) -> dict[str, str]:
    found = {"from": f"2016-03-01T{start}:00+08:00", "reason": reason}
    return found if end is None else {**found, "to": f"2016-03-01T{end}:00+08:00"}


def test_the_first_response_is_the_first_event_that_is_not_new() -> None:
    """Work notes in the state New do not count; a log that starts elsewhere counts at once."""
    noted = events(event("New", "09:10", n="0"), event("New", "09:20"), event(n="2"), DONE)
    started = events(event(at="09:00"), DONE)
    waiting = events(event("New", resolved="?"))

    assert "2016-03-01T10:00:00+08:00" == noted.incidents[0]["responded_at"]
    assert "2016-03-01T09:00:00+08:00" == started.incidents[0]["responded_at"]
    assert "responded_at" not in waiting.incidents[0]
    assert "recovered_at" not in waiting.incidents[0]


def test_a_response_written_after_the_recovery_is_kept_and_reported() -> None:
    """Which of the two times is wrong cannot be told, so neither is moved."""
    export = events(event("New"), event("Resolved", "12:30", n="9"))

    assert "2016-03-01T12:30:00+08:00" == export.incidents[0]["responded_at"]
    assert "2016-03-01T12:00:00+08:00" == export.incidents[0]["recovered_at"]
    assert ["P050", "P057"] == codes(export)


def test_suspensions_are_spans_of_awaiting_states() -> None:
    """Repeated events make one span, another kind of waiting another one."""
    export = events(
        event("Awaiting User Info", "09:10"),
        event("Awaiting User Info", "09:20"),
        event("Awaiting Vendor", "09:30"),
        event("Active", "09:40"),
        event("Awaiting Evidence", "11:00"),
        event("Awaiting Problem", "11:30"),
        DONE,
    )

    assert [
        span("09:10", "09:30", "awaiting_user"),
        span("09:30", "09:40", "awaiting_vendor"),
        span("11:00", "11:30", "awaiting_evidence"),
        span("11:30", "12:00", "awaiting_problem"),
    ] == export.incidents[0]["suspensions"]


def test_suspensions_stay_within_the_incident() -> None:
    """They are cut at the recovery; without length they are nothing; open ones have no end."""
    late = event("Resolved", "13:00", n="9")
    cut = events(event("Awaiting Vendor", "11:00"), late)
    empty = events(event("Awaiting Vendor", "12:00"), DONE)
    unfinished = events(event("Awaiting Vendor", "11:00"))
    running = events(event("Awaiting Vendor", "11:00", resolved="?"))

    assert [span("11:00", "12:00", "awaiting_vendor")] == cut.incidents[0]["suspensions"]
    assert [] == empty.incidents[0]["suspensions"]
    assert [span("11:00", "12:00", "awaiting_vendor")] == unfinished.incidents[0]["suspensions"]
    assert [span("11:00", None, "awaiting_vendor")] == running.incidents[0]["suspensions"]
    assert Counts(rows=1, incidents=1, used=1, refused=0, open=1) == running.counts


@pytest.mark.parametrize(
    ("rule", "impacts"), [("first", ["not_business_affecting"]), ("last", ["business_affecting"])]
)
def test_the_profile_decides_about_changed_impact(
    rule: Literal["first", "last"], impacts: list[str]
) -> None:
    """The rule is data; without one, a change is refused."""
    rows = [event(), event("Resolved", "12:00", n="9", impact="1 - High")]
    decided = events(*rows, profile=attrs.evolve(SERVICENOW_EVENT_LOG, impact_rule=rule))
    undecided = events(*rows, profile=attrs.evolve(SERVICENOW_EVENT_LOG, impact_rule="agree"))

    assert impacts == [incident["impact"] for incident in decided.incidents]
    assert ["P013"] == codes(undecided)


def test_the_mapping_of_impact_is_switchable() -> None:
    """The shipped classes are an assumption: one evolve replaces them."""
    swapped = attrs.evolve(
        SERVICENOW_EVENT_LOG, impact_classes={"2 - Medium": "business_affecting"}
    )

    assert "business_affecting" == events(DONE, profile=swapped).incidents[0]["impact"]


# Files as they come


TEXT = "工单号;报障时间;响应时间;恢复时间;影响\n甲-1;2016年3月1日 9:00;2016/3/1 9:05;-;不影响业务\n"
CHINESE = {
    "id": "甲-1",
    "reported_at": "2016-03-01T09:00:00+08:00",
    "responded_at": "2016-03-01T09:05:00+08:00",
    "impact": "not_business_affecting",
    "suspensions": [],
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_chinese_exports_are_read_in_the_encodings_they_come_in(encoding: str) -> None:
    """With or without BOM, from new systems and old ones."""
    export = read_export(TEXT.encode(encoding), FLAT_CSV, zone=ZONE)

    assert ((), (CHINESE,)) == (export.problems, export.incidents)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_delimiters_and_line_ends_are_found_out(delimiter: str, line_end: str) -> None:
    """The delimiter under which the header is best understood wins."""
    text = TEXT.replace(";", delimiter).replace("\n", line_end)

    assert (CHINESE,) == read_export(text, FLAT_CSV, zone=ZONE).incidents


def test_a_source_is_a_path_bytes_or_text(tmp_path: Path) -> None:
    """All of them say the same; a file that is not there is an OSError."""
    path = tmp_path / "工单.csv"
    path.write_bytes(TEXT.encode("gb18030"))
    sources: Iterable[Path | bytes | str] = (path, str(path), TEXT, "\ufeff" + TEXT, TEXT.encode())

    for source in sources:
        assert (CHINESE,) == read_export(source, FLAT_CSV, zone=ZoneInfo(ZONE)).incidents
    with pytest.raises(FileNotFoundError):
        read_export(tmp_path / "none.csv", FLAT_CSV, zone=ZONE)


@pytest.mark.parametrize("source", ["", b"", "\n", b"\xef\xbb\xbf", "\r\n\r\n"])
def test_an_empty_export_has_no_header(source: str | bytes) -> None:
    """Nothing at all is a problem, not an empty month."""
    export = read_export(source, FLAT_CSV, zone=ZONE)

    assert (["P002"], Counts(), {}) == (codes(export), export.counts, export.by_month())


def test_a_header_alone_is_an_export_without_incidents() -> None:
    """No rows, no problems."""
    heard: list[int] = []
    export = read_export(FLAT + "\n", FLAT_CSV, zone=ZONE, progress=heard.append)

    assert (Export(), [0]) == (export.strict(), heard)


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    """A cell may hold line breaks, lines may be blank: the place is where the record starts."""
    rows = ['"A\n\nB",2016-03-01 09:00,,,影响业务', "", "C,never,,,影响业务"]

    assert ["line 6"] == [problem.where for problem in flat(*rows).problems]


def test_columns_that_no_profile_reads_may_repeat() -> None:
    """Real exports repeat labels and comments."""
    export = flat("A,2016-03-01 09:00,,,影响业务,x,y", header=FLAT + ",Labels,Labels")

    assert (1, ()) == (export.counts.used, export.problems)


def test_a_flat_export_states_its_suspension_and_approver() -> None:
    """The export's own approver stands; the caller's fills a gap."""
    start = "2016-03-01 09:00,2016-03-01 09:05,2016-03-01 12:00,影响业务"
    pause = "2016-03-01 10:00,2016-03-01 11:00,vendor"
    text = log(f"A,{start},{pause},张三", f"B,{start},{pause},", f"C,{start},,,,", header=PAUSED)

    export = read_export(text, FLAT_CSV, zone=ZONE, approver="李四")

    assert () == export.problems
    vendor = span("10:00", "11:00", "vendor")
    assert [
        [{**vendor, "approved_by": "张三"}],
        [{**vendor, "approved_by": "李四"}],
        [],
    ] == [incident["suspensions"] for incident in export.incidents]


def test_another_system_is_another_value() -> None:
    """A third event log, without sequence numbers, needs data and no code."""
    other = Profile(
        name="other",
        id=Column("Ref"),
        reported=Column("Start date"),
        recovered=Column("Resolution date"),
        impact=Column("Impact"),
        impact_classes=[("A department", "business_affecting")],
        time_formats=["%Y-%m-%dT%H:%M:%S%z"],
        timeline=Timeline(
            at=Column("Date"),
            state=Column("Status"),
            states=[
                State("New", "new"),
                State("Assigned", "working"),
                State("Pending", "suspended", "pending"),
                State("Resolved", "ended"),
            ],
        ),
    )
    fixed = "R-1\t2016-03-01T00:00:00Z\t2016-03-01T03:00:00Z\tA department"
    rows = [
        f"{fixed}\t2016-03-01T0{hour}:00:00Z\t{state}"
        for hour, state in enumerate(["New", "Assigned", "Pending", "Resolved"])
    ]
    header = "Ref\tStart date\tResolution date\tImpact\tDate\tStatus"

    export = events(*reversed(rows), header=header, profile=other)

    assert () == export.problems
    assert "2016-03-01T09:00:00+08:00" == export.incidents[0]["responded_at"]
    assert [span("10:00", "11:00", "pending")] == export.incidents[0]["suspensions"]


BROKEN: dict[str, dict[str, Any]] = {
    "two shapes": {"responded": Column("responded_at")},
    "no shape": {"timeline": None},
    "two kinds of suspension": {"pause": FLAT_CSV.pause},
    "locale": {"time_formats": ["%d/%b/%Y"]},
    "two-digit year": {"time_formats": ["%d-%m-%y"]},
    "literal percent": {"time_formats": ["%Y-%m-%d %%z"]},
    "class": {"impact_classes": {"1 - High": "bad"}},
    "rule": {"impact_rule": "worst"},
    "shared header": {"recovered": Column("OPENED_AT")},
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
def test_a_profile_that_cannot_work_is_refused(change: dict[str, Any]) -> None:
    """A profile is checked when it is written, not when it is used."""
    with pytest.raises(ValueError, match="profile 'servicenow-event-log': "):
        attrs.evolve(SERVICENOW_EVENT_LOG, **change)


def test_states_and_columns_are_checked() -> None:
    """A suspension has a reason, a state one meaning, and one text is not several."""
    with pytest.raises(ValueError, match="a reason belongs"):
        State("Pending", "suspended")
    with pytest.raises(ValueError, match="listed twice"):
        Timeline(at=Column("a"), state=Column("b"), states=[State("X", "new"), State("X", "ended")])
    with pytest.raises(TypeError, match="several texts"):
        Column("id", "编号")


CELL = st.sampled_from(
    ["A", "B", "?", "", "New", "Active", "Awaiting Vendor", "Resolved", "0", "1", "2 - Medium"]
    + [f"01-03-2016 {hour:02}:00" for hour in range(8, 13)]
) | st.text(max_size=5)


@given(st.lists(st.lists(CELL, min_size=6, max_size=8), max_size=8), st.randoms())
def test_any_rows_are_used_or_refused(rows: list[list[str]], chance: random.Random) -> None:
    """No content raises, every incident is accounted for, and order decides nothing."""

    def read() -> Export:
        text = io.StringIO()
        csv.writer(text).writerows([HEADER.split(","), *rows])
        return read_export(text.getvalue(), SERVICENOW_EVENT_LOG, zone=ZONE)

    once = read()
    chance.shuffle(rows)

    assert once.counts.incidents == once.counts.used + once.counts.refused
    assert (once.incidents, once.counts) == (read().incidents, read().counts)


MOMENTS = st.sampled_from([f"{hour:02}:00" for hour in range(8, 15)])
STATES = st.sampled_from(["New", "Active", "Awaiting Vendor", "Awaiting Problem", "Resolved"])


@given(
    st.lists(st.tuples(STATES, MOMENTS), min_size=1, max_size=8),
    st.sampled_from(["01-03-2016 12:00", "?"]),
)
def test_suspensions_lie_in_order_within_the_incident(
    steps: list[tuple[str, str]], resolved: str
) -> None:
    """They never overlap, never leave the incident, and have a length."""
    export = events(*(event(s, at, n=str(i), resolved=resolved) for i, (s, at) in enumerate(steps)))
    for incident in export.incidents:
        edges = [incident["reported_at"]]
        for each in incident["suspensions"]:
            end = each.get("to", "9999")
            assert edges[-1] <= each["from"] < end
            edges.append(end)
        assert edges[-1] <= incident.get("recovered_at", "9999")


# Joining a contract's facts


def contract() -> dict[str, object]:
    loaded = yaml.load((EXAMPLE / "monthly_facts.yaml").read_text("utf-8"), yaml.BaseLoader)
    assert isinstance(loaded, dict)
    return loaded


def test_the_examples_facts_take_the_real_incidents(real: Export) -> None:
    """Every incident finds its month, later months keep their own, the input is not changed."""
    facts = contract()
    problems: list[object] = []

    joined = attach_incidents(facts, real, report=problems.append)

    months = [month for payment in joined["payments"] for month in payment["months"]]
    sizes = {month["month"]: len(month["incidents"]) for month in months}
    later = {f"2016-0{month}": 0 for month in range(4, 10)}
    assert {"2016-02": 205, "2016-03": 683, **later} == sizes
    assert [] == problems
    assert contract() == facts
    assert joined == attach_incidents(joined, real)


def attached(months: list[object], export: Export) -> tuple[list[Any], list[str]]:
    problems: list[str] = []
    facts = {"id": "x", "payments": [{"id": "P1", "months": months}]}
    result = attach_incidents(
        facts, export, report=lambda p: problems.append(f"{p.where} {p.code}")
    )
    return result["payments"][0]["months"], problems


def test_an_incident_without_a_month_is_not_dropped() -> None:
    """It raises, unless the caller asks to hear of it."""
    export = events(DONE)
    with pytest.raises(FactsError, match="1 incidents of 2016-03 are in no payment: 'A'"):
        attach_incidents({"payments": []}, export)
    with pytest.raises(FactsError):
        attach_incidents({}, export)

    assert ([], ["payments P022"]) == attached([], export)


def test_a_month_keeps_its_own_incidents() -> None:
    """Exported ones that are not among them are reported."""
    own = {"month": "2016-03", "incidents": [{"id": "B"}]}

    assert ([own], ["payments[0].months[0] P060"]) == attached([own], events(DONE))


def test_silence_is_not_a_month_without_incidents() -> None:
    """A month that neither side speaks about stays unknown."""
    month = {"month": "2016-04"}
    months, problems = attached([month, {"month": "2016-03"}, "not a month"], events(DONE))

    assert month == months[0]
    assert ["A"] == [incident["id"] for incident in months[1]["incidents"]]
    assert "not a month" == months[2]
    assert ["payments[0].months[0] P061"] == problems


def test_facts_of_another_shape_are_left_alone() -> None:
    """Their faults are reported when they are assessed, not here."""
    facts = {"payments": ["P1", {"id": "P2", "months": None}]}

    assert facts == attach_incidents(facts, Export())
