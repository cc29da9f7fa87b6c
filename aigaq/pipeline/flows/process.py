"""The process of one worker, or of one run: it ends with the process that started it.

    python -m aigaq.pipeline.flows.process prefect.engine
    python -m aigaq.pipeline.flows.process prefect worker start --pool aigaq

`aigaq serve-flows` starts workers so, and they start runs so. Whichever of them is killed, all
below it is gone at once, down to the last tesseract: nobody works on unseen, and nothing is in the
way of who takes the work up.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from aigaq.pipeline.tools.worker import die_with

MODULE = "aigaq.pipeline.flows.process"
RUN = f"python -m {MODULE} prefect.engine"
"""How a worker starts a run; `python` is the one that the worker itself is run by."""


def worker(pool: str, name: str) -> list[str]:
    """The command of a worker that takes one run at a time."""
    start = ["worker", "start", "--type", "process", "--pool", pool, "--name", name]
    return [sys.executable, "-m", MODULE, "prefect", *start, "--limit", "1"]


@contextmanager
def ending_at_once() -> Iterator[None]:
    """Let SIGTERM, by which a worker cancels its run, end this process on the spot.

    Tools and unfinished transactions end with it. What was done is in the record, and what was not
    waits there: an orderly retreat would mark files as failed that only were not finished.
    """
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(number: int, _: FrameType | None) -> NoReturn:
    os._exit(128 + number)


def main(arguments: Sequence[str]) -> None:
    """Run a module as Python's own `-m` would."""
    die_with(os.getppid())
    sys.argv = list(arguments)
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
