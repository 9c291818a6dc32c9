"""The terminal: encoding, width, progress, and what is wrong with a command line."""

import os
import shutil
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress

from sla_rules.diagnostics import Diagnostic

__all__ = [
    "UsageError",
    "abandon_output",
    "force_text",
    "progress",
    "read_standard_input",
    "report_problems",
    "width",
]

FIRST = 10
"""How many problems are listed unless all are asked for."""


class UsageError(Exception):
    """The command line asks for something that is not there; its text says what is."""


def force_text() -> None:
    r"""Make Chinese printable on every stream.

    The streams write UTF-8, whatever the locale says; an encoding that ``PYTHONIOENCODING``
    asks for is kept.  What an encoding cannot say is written as ``\uXXXX``.
    """
    asked = os.environ.get("PYTHONIOENCODING", "").partition(":")[0]
    for stream in (sys.stdout, sys.stderr):
        change = getattr(stream, "reconfigure", None)
        if change is not None:
            change(encoding=None if asked else "utf-8", errors="backslashreplace")


def abandon_output() -> None:
    """Let the interpreter end quietly after the reader of the output went away."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def width() -> int:
    """The columns of the terminal; 100 where there is none, unless ``COLUMNS`` says otherwise."""
    return max(40, shutil.get_terminal_size((100, 24)).columns)


def read_standard_input() -> str:
    """The whole standard input as UTF-8 text; a text stream without bytes is taken as it is."""
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None:
        return sys.stdin.read() + "\n"
    try:
        return str(stream.read().decode("utf-8-sig")) + "\n"
    except UnicodeDecodeError as error:
        raise UsageError(f"standard input is not UTF-8 text: byte {error.start}") from None


def progress(label: str) -> Callable[[int], None] | None:
    """A counter that rewrites one line on stderr; None where stderr is not a terminal."""
    if not sys.stderr.isatty():
        return None

    def show(count: int) -> None:
        sys.stderr.write(f"\r{label} {count:,}")
        sys.stderr.flush()

    return show


def report_problems(problems: Iterable[Diagnostic], *, everything: bool = True) -> None:
    """Write problems to stderr: all, or the first ten and how many are left."""
    listed = list(problems)
    shown = listed if everything else listed[:FIRST]
    for problem in shown:
        print(problem, file=sys.stderr)
    if len(shown) < len(listed):
        left = len(listed) - len(shown)
        print(f"... and {left} more; --verbose lists all of them", file=sys.stderr)
