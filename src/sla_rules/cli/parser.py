"""What can be asked on the command line.  Building it imports argparse alone."""

import argparse
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from sla_rules.cli.guide import (
    ASSESS_EPILOG,
    CALENDAR_EPILOG,
    COMPARE_EPILOG,
    DESCRIPTION,
    DIFF_EPILOG,
    EXAMPLES,
    EXPLAIN_EPILOG,
)

__all__ = ["build_parser", "installed_version"]

DAY_RULES = (
    "end_of_nth_working_day",
    "end_of_day_inclusive",
    "consume",
    "same_clock",
    "roll_forward",
)


def build_parser() -> argparse.ArgumentParser:
    """The whole command line.  ``run`` names the module and function that answers."""
    parser = _Parser(prog="sla-rules", description=DESCRIPTION, epilog=EXAMPLES)
    parser.add_argument("--version", action="version", version=f"sla-rules {installed_version()}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, run, summary, epilog, add_arguments in COMMANDS:
        description = summary[0].upper() + summary[1:] + "."
        command = commands.add_parser(name, help=summary, description=description, epilog=epilog)
        command.set_defaults(run=run)
        add_arguments(command)
    return parser


class _Parser(argparse.ArgumentParser):
    """Keeps the layout of description and examples, and takes no abbreviated options."""

    def __init__(self, **options: object) -> None:
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        options.setdefault("allow_abbrev", False)
        super().__init__(**options)  # type: ignore[arg-type]


def installed_version() -> str:
    """The version of the library, where it is installed."""
    try:
        return version("sla-rules")
    except PackageNotFoundError:
        return "(not installed)"


def _format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="text for people (default) or JSON for programs",
    )


def _lang(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--lang", choices=("zh", "en"), default="zh", help="language of the text (default: zh)"
    )


def _ruleset(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "ruleset", metavar="RULESET", help="id of a packaged ruleset, file or folder"
    )


def _reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--reading",
        action="append",
        default=[],
        metavar="NAME=OPTION",
        help="read a silence of the text otherwise than by default; see `sla-rules readings`",
    )


def _list(parser: argparse.ArgumentParser) -> None:
    _lang(parser)
    _format(parser)


def _check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rulesets", metavar="RULESET", nargs="+", help="id, file or folder")
    parser.add_argument(
        "--strict", action="store_true", help="exit code 1 for any finding not acknowledged"
    )
    parser.add_argument(
        "--acknowledged", action="store_true", help="list acknowledged findings with their reasons"
    )
    parser.add_argument(
        "--code",
        action="append",
        default=[],
        metavar="CODE",
        help="only findings of this code, such as W731, or of a family, such as W7xx",
    )
    _lang(parser)
    parser.add_argument(
        "--format",
        choices=("text", "json", "sarif"),
        default="text",
        help="text for people (default), JSON, or SARIF for code hosts and editors",
    )


def _seal(parser: argparse.ArgumentParser) -> None:
    _ruleset(parser)
    parser.add_argument("--check", action="store_true", help="write nothing, only tell")


def _readings(parser: argparse.ArgumentParser) -> None:
    _ruleset(parser)
    parser.add_argument(
        "name", metavar="READING", nargs="?", help="only this one, with its reasons"
    )
    parser.add_argument("--reasons", action="store_true", help="give the reasons of all")
    _lang(parser)
    _format(parser)


def _level_facts(parser: argparse.ArgumentParser) -> None:
    _ruleset(parser)
    parser.add_argument("level", metavar="LEVEL", nargs="?", help="only this one, such as month")
    _lang(parser)
    _format(parser)


def _facts(parser: argparse.ArgumentParser) -> None:
    _ruleset(parser)
    parser.add_argument("facts", metavar="FACTS", help="JSON or YAML file, or - for standard input")


def _facts_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--level", metavar="LEVEL", help="the facts are of one LEVEL, not of all")
    _reading(parser)
    parser.add_argument(
        "--zone", metavar="ZONE", help="zone of times without an offset: Asia/Shanghai"
    )
    parser.add_argument(
        "--as-of", metavar="T", help="what is open had not happened by then; narrows the bounds"
    )
    parser.add_argument(
        "--as-if-in-force",
        action="store_true",
        help="assess facts from outside the time for which the ruleset is in force",
    )
    export = parser.add_argument_group("incidents from a ticketing system")
    export.add_argument(
        "--incidents", metavar="EXPORT", help="CSV export; needs --profile and --zone"
    )
    export.add_argument("--profile", choices=("servicenow", "flat"), help="what wrote the export")
    export.add_argument("--approver", metavar="NAME", help="who approved all suspensions in it")
    parser.add_argument("--verbose", action="store_true", help="list everything, shorten nothing")
    _lang(parser)
    _format(parser)


def _assess(parser: argparse.ArgumentParser) -> None:
    _facts(parser)
    _facts_options(parser)
    parser.add_argument(
        "--rows", type=int, default=40, metavar="N", help="longer tables are only counted (40)"
    )
    parser.add_argument(
        "--columns",
        action="append",
        default=[],
        metavar="LEVEL=NAME,NAME",
        help="the decisions and facts in the table of a level, however long it is",
    )


def _depth(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is no count of levels, such as 0 or 2")
    return int(text)


def _explain(parser: argparse.ArgumentParser) -> None:
    _facts(parser)
    parser.add_argument("decision", metavar="DECISION", help="such as grade, net, timeliness_score")
    parser.add_argument("--at", default="", metavar="PATH", help="the record that it belongs to")
    parser.add_argument(
        "--depth", type=_depth, metavar="N", help="text of N levels of inputs (all)"
    )
    _facts_options(parser)


def _diff(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", metavar="OLD", help="the older ruleset: id, file or folder")
    parser.add_argument(
        "new", metavar="NEW", nargs="?", help="the newer one; else the versions of OLD step by step"
    )
    _lang(parser)
    _format(parser)


def _compare(parser: argparse.ArgumentParser) -> None:
    _facts(parser)
    parser.add_argument(
        "--with", dest="other", metavar="OTHER", help="another ruleset, or RULESET@VERSION"
    )
    _facts_options(parser)


def _calendar(parser: argparse.ArgumentParser) -> None:
    _ruleset(parser)
    parser.add_argument("name", metavar="CALENDAR", help="such as office")
    questions = parser.add_subparsers(
        title="questions", dest="question", metavar="QUESTION", required=True
    )
    deadline = questions.add_parser(
        "deadline", help="when a budget of working time, or of working days, is used up"
    )
    deadline.add_argument("start", metavar="START", help="instant from which the clock runs")
    deadline.add_argument("budget", metavar="BUDGET", help="such as '2 h' or '1 workday'")
    deadline.add_argument("--rule", choices=DAY_RULES, help="what working days mean")
    deadline.add_argument("--cutoff", metavar="HH:MM", help="a start by then counts its own day")
    elapsed = questions.add_parser("elapsed", help="working time between two instants")
    elapsed.add_argument("start", metavar="START", help="first instant")
    elapsed.add_argument("end", metavar="END", help="last instant")
    day = questions.add_parser("day", help="is a date a working day, and which are its hours")
    day.add_argument("day", metavar="DATE", help="such as 2024-02-18")
    for question in (deadline, elapsed):
        question.add_argument(
            "--suspend",
            action="append",
            default=[],
            metavar="FROM/TO",
            help="the clock stood still then; nothing after / while it still does",
        )
        question.add_argument("--zone", metavar="ZONE", help="zone of instants without an offset")
    for question in (deadline, elapsed, day):
        _reading(question)
        _lang(question)
        _format(question)


def _test(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="+",
        help="a file *.cases.yaml, a folder of them, or a packaged ruleset",
    )
    parser.add_argument(
        "--update",
        action="store_true",
        help="let failing cases expect what comes out today, in their files; not where CI is set",
    )
    parser.add_argument(
        "--require-cases",
        action="store_true",
        help="a path without a case, or a ruleset without one, is a problem",
    )
    _lang(parser)
    _format(parser)


def _cases(parser: argparse.ArgumentParser) -> None:
    _ruleset(parser)
    parser.add_argument("decision", metavar="DECISION", nargs="?", help="only this one, like grade")
    parser.add_argument(
        "--edges",
        action="store_true",
        required=True,
        help="below, at and above each edge; each row, condition and choice",
    )
    parser.add_argument("--level", metavar="LEVEL", help="only decisions of this LEVEL")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write a new file *.cases.yaml instead of printing"
    )
    _reading(parser)
    _lang(parser)


def _coverage(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        metavar="RULESET_OR_FOLDER",
        nargs="+",
        help="a ruleset with its cases, a folder of them, or a packaged ruleset",
    )
    parser.add_argument(
        "--fail-under",
        metavar="KIND=PERCENT,…",
        help="exit with 1 when less of a kind is covered, such as clause=100,condition=90; "
        "a number alone is asked of every kind",
    )
    parser.add_argument("--html", metavar="FILE", help="write a page: the contract, coloured")
    parser.add_argument("--json", metavar="FILE", help="write all targets with their cases")
    parser.add_argument("--lcov", metavar="FILE", help="write an LCOV tracefile, for editors")
    parser.add_argument("--cobertura", metavar="FILE", help="write Cobertura XML, for CI servers")
    _lang(parser)


def _mutate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="+",
        help="a file *.cases.yaml, a folder of them, or a packaged ruleset",
    )
    parser.add_argument(
        "--clause",
        metavar="ID",
        action="append",
        help="only changes of this clause and those below it, such as S3.2; may be repeated",
    )
    parser.add_argument(
        "--fail-under",
        metavar="PERCENT",
        help="exit with 1 when less of the changes is noticed, such as 95",
    )
    parser.add_argument(
        "--explained",
        action="store_true",
        help="exit with 1 when a change that no case notices is not explained in a file "
        "*.survivors.yaml beside the cases",
    )
    parser.add_argument(
        "--workers",
        metavar="N",
        type=int,
        help="how many processes, from 1 up (all cores by default)",
    )
    parser.add_argument(
        "--no-cases",
        action="store_true",
        help="do not look for the case that would notice a change: faster",
    )
    _lang(parser)
    _format(parser)


def _schema(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "ruleset", metavar="RULESET", nargs="?", help="id of a packaged ruleset, file or folder"
    )
    parser.add_argument(
        "--of",
        choices=("ruleset", "part", "cases", "facts", "assessment"),
        help="the format of rulesets (default), of one file of several, of cases; with a RULESET "
        "its facts (default), its assessments, or its cases",
    )
    parser.add_argument("--level", metavar="LEVEL", help="facts or assessments of one LEVEL")


def _init(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", help="where to write it; new or empty")
    parser.add_argument("--id", metavar="ID", help="id of the ruleset (the name of the folder)")
    parser.add_argument("--title", metavar="TITLE", help="title of the contract")
    _lang(parser)


COMMANDS: Final = (
    ("list", "rulesets:list_rulesets", "list the packaged rulesets", "", _list),
    ("check", "check:check", "check rulesets: every problem with its place", "", _check),
    ("seal", "seal:seal", "write the hash of each clause beside its words", "", _seal),
    (
        "readings",
        "rulesets:readings",
        "show where the contract is silent: each question, its answers, the default",
        "",
        _readings,
    ),
    (
        "facts",
        "inputs:facts",
        "show what can be stated: the facts of each level, its decisions below",
        "",
        _level_facts,
    ),
    (
        "assess",
        "facts:assess",
        "assess the facts of a contract, or of one record of it",
        ASSESS_EPILOG,
        _assess,
    ),
    (
        "explain",
        "facts:explain",
        "explain one decision: clause, reading, facts and arithmetic",
        EXPLAIN_EPILOG,
        _explain,
    ),
    (
        "diff",
        "amendments:diff",
        "tell what changed between two rulesets, in the words of the contract",
        DIFF_EPILOG,
        _diff,
    ),
    (
        "compare",
        "amendments:compare",
        "compare what facts come to under other readings or another ruleset",
        COMPARE_EPILOG,
        _compare,
    ),
    (
        "calendar",
        "clock:calendar",
        "ask a calendar for a deadline, working time or a date",
        CALENDAR_EPILOG,
        _calendar,
    ),
    ("test", "cases:test", "run cases: facts, and what must come of them", "", _test),
    (
        "cases",
        "edges:cases",
        "propose the boundary cases of decisions, for a person to confirm",
        "",
        _cases,
    ),
    (
        "coverage",
        "coverage:coverage",
        "tell which sentences, rules, rows, bands and conditions no case covers",
        "",
        _coverage,
    ),
    (
        "mutate",
        "mutate:mutate",
        "change a contract by one step at a time; tell what no case would notice",
        "",
        _mutate,
    ),
    ("init", "init:init", "write a new ruleset to start from, with a case and facts", "", _init),
    ("schema", "schemas:schema", "print a JSON Schema, for editors and programs", "", _schema),
)
"""Name, module and function, summary, examples, arguments: in the order of the help."""
