"""Lists of files mapped over Prefect tasks, with their progress shown to whoever looks.

A task run costs Prefect 12 to 21 ms, so files go in lists: long enough that this is lost in the
work, short enough that the last list does not keep the other workers waiting.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from prefect import Task
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.futures import as_completed

from aigaq.pipeline.runner import Tell
from aigaq.pipeline.steps import Conditions, Done

FILES_A_TASK = 200
TASKS_A_WORKER = 4

_watcher: ContextVar[Tell | None] = ContextVar("watcher", default=None)


@contextmanager
def watched_by(tell: Tell) -> Iterator[None]:
    """Call `tell` after each step of each file of the flows run inside, from their threads."""
    token = _watcher.set(tell)
    try:
        yield
    finally:
        _watcher.reset(token)


def tell(done: Done) -> None:
    """Hand one finished step to the watcher, if anybody watches."""
    watcher = _watcher.get()
    if watcher is not None:
        watcher(done)


@dataclass(frozen=True, slots=True)
class Mapped:
    """What every task of one run is given beside its files: ids and plain values, never bytes."""

    home: str
    batch: str
    conditions: Conditions
    workers: int


def map_files(files: Task[..., int], inputs: Sequence[Any], mapped: Mapped) -> None:
    """Run `files(mapped, part, first, last, total)` over `inputs` in parts, and wait for all.

    The first error is raised when every part has ended. `files` returns how many it worked on.
    """
    if not inputs:
        return
    total = len(inputs)
    size = max(1, min(FILES_A_TASK, -(-total // (mapped.workers * TASKS_A_WORKER))))
    artifact = create_progress_artifact(
        0.0, key=_key(files.name, mapped.batch), description=f"{files.name}: 0 of {total} files"
    )
    futures = [
        files.submit(
            mapped, list(inputs[first : first + size]), first + 1, min(first + size, total), total
        )
        for first in range(0, total, size)
    ]
    ended = 0
    for future in as_completed(futures):
        ended += future.result()
        update_progress_artifact(
            artifact, 100.0 * ended / total, description=f"{files.name}: {ended} of {total} files"
        )


def _key(name: str, batch: str) -> str:
    """Artifact keys may hold small letters, digits and dashes only."""
    return f"{name}-{batch}".lower().replace("_", "-").replace(" ", "-")
