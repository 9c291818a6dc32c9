"""The command line: a thin reader of the public API.

The entry point is :func:`main`; ``python -m sla_rules.cli`` is the same.  ``parser`` says what
can be asked, one module per group of commands answers it (``rulesets``, ``check``, ``seal``,
``inputs``, ``facts``, ``clock``, ``cases``, ``schemas``, ``init``), ``sarif`` writes problems for
code hosts, ``report`` and ``columns`` lay an assessment out as tables, ``figures`` and ``table``
turn values into text.  Nothing here is imported by ``import sla_rules``.

Exit codes: 0 done, 1 the ruleset or the facts have errors or a case does not hold, 2 the command
line is wrong or a file of cases is broken, 130 interrupted, 141 the reader of the output went away.
"""

import sys
from collections.abc import Sequence
from importlib import import_module

from sla_rules.cli.console import UsageError, abandon_output, force_text
from sla_rules.cli.parser import build_parser
from sla_rules.diagnostics import SlaError

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; never raises for what a user did wrong.

    *argv* are the arguments without the name of the program, by default those of the process.
    """
    force_text()
    try:
        return _run(argv)
    except UsageError as error:
        print(f"sla-rules: {error}", file=sys.stderr)
        return 2
    except SlaError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        abandon_output()
        return 141
    except KeyboardInterrupt:
        print("sla-rules: interrupted", file=sys.stderr)
        return 130


def _run(argv: Sequence[str] | None) -> int:
    try:
        arguments = build_parser().parse_args(argv)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2
    from sla_rules.cli.rulesets import tell_packaged

    module, _, function = arguments.run.partition(":")
    command = getattr(import_module(f"sla_rules.cli.{module}"), function)
    tell_packaged(arguments)
    code = int(command(arguments))
    sys.stdout.flush()
    return code
