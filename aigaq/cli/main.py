"""The door: run one command line, and tell every error in words a person can act on.

Exit codes: 0 done, 1 error, 2 usage, 3 verification findings, 4 some inputs were refused (the
rest is done), 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

import click

from aigaq.archive.errors import AigaqError
from aigaq.cli.app import app
from aigaq.cli.failure import Failure, trace
from aigaq.cli.group import translated
from aigaq.cli.session import Wishes


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (that of this process by default); returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _accept_any_text()
    try:
        code = _guarded(given)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # the reader (`| head`) has seen enough; leave without a word
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _guarded(given: list[str]) -> int:
    """The one place that catches everything: run, and turn any error into words and a code."""
    wishes = Wishes.of(given)
    try:
        return _run(given, wishes)
    except BrokenPipeError:
        raise
    except click.Abort:
        failure = Failure.interrupted(wishes)
    except AigaqError as error:
        failure = Failure.foreseen(error)
    except click.ClickException as error:
        failure = Failure.misused(error, wishes)
    except Exception as error:  # noqa: BLE001 - nobody stands above this door
        failure = Failure.unforeseen(error, wishes)
        if wishes.debug:
            trace(error)
    failure.tell(wishes)
    return failure.exit_code


def _run(given: list[str], wishes: Wishes) -> int:
    command = translated(app, wishes.translator)
    code = command.main(args=given, prog_name="aigaq", standalone_mode=False, obj=wishes)
    return code if isinstance(code, int) else 0


def _accept_any_text() -> None:
    """Let a terminal that knows fewer letters show `\\u04d9` rather than stop the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
