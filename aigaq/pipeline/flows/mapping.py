"""Lists of files mapped over Prefect tasks, with their progress shown to whoever looks.

A task run costs Prefect 12 to 21 ms, so files go in lists: long enough that this is lost in the
work, short enough that the last list does not keep the other workers waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from prefect import Task
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.futures import PrefectFuture, as_completed

from aigaq.archive.model import Stage
from aigaq.archive.places import Places
from aigaq.pipeline.runner import Watcher
from aigaq.pipeline.steps import Conditions, Done
from aigaq.search.place import IndexPlace

Made = TypeVar("Made")

FILES_A_TASK = 200
TASKS_A_WORKER = 4


class _Nobody:
    """The watcher of a run that nobody watches from this process."""

    def begin(self, stage: Stage, files: int) -> None: ...

    def done(self, done: Done) -> None: ...


_watcher: ContextVar[Watcher] = ContextVar("watcher", default=_Nobody())  # noqa: B039 - no state


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """Let somebody in this process look on while flows run inside the block."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


def watcher() -> Watcher:
    """Whoever looks on. Prefect runs tasks in copies of the flow's context, so tasks see it too."""
    return _watcher.get()


@dataclass(frozen=True, slots=True)
class Mapped:
    """What every task of one run is given beside its files: ids and plain values, never bytes."""

    places: Places
    batch: str
    conditions: Conditions
    workers: int
    index: IndexPlace


def map_files(stage: Stage, files: Task[..., int], inputs: Sequence[Any], mapped: Mapped) -> None:
    """Run `files(mapped, part, first, last, total)` over `inputs` in parts, and wait for all.

    The first error is raised when every part has ended. `files` returns how many it worked on.
    """
    if not inputs:
        return
    show = _progress(stage, len(inputs), mapped)
    ended = 0
    for future in as_completed(_submitted(files, inputs, mapped)):
        ended += future.result()
        show(ended)


def map_in_order(
    stage: Stage, files: Task[..., list[Made]], inputs: Sequence[Any], mapped: Mapped
) -> Iterator[Made]:
    """Run `files` over `inputs` in parts at once; what they return comes in the inputs' order."""
    if not inputs:
        return
    show = _progress(stage, len(inputs), mapped)
    ended = 0
    for future in _submitted(files, inputs, mapped):
        made = future.result()
        yield from made
        ended += len(made)
        show(ended)


def _submitted(
    files: Task[..., Made], inputs: Sequence[Any], mapped: Mapped
) -> list[PrefectFuture[Made]]:
    total = len(inputs)
    size = max(1, min(FILES_A_TASK, -(-total // (mapped.workers * TASKS_A_WORKER))))
    return [
        files.submit(
            mapped, list(inputs[first : first + size]), first + 1, min(first + size, total), total
        )
        for first in range(0, total, size)
    ]


def _progress(stage: Stage, total: int, mapped: Mapped) -> Callable[[int], None]:
    """Tell the watcher and Prefect's page that a stage begins; call what is returned as it goes."""
    watcher().begin(stage, total)
    artifact: Any = create_progress_artifact(
        0.0, key=_key(stage, mapped.batch), description=f"{stage}: 0 of {total} files"
    )

    def show(ended: int) -> None:
        update_progress_artifact(
            artifact, 100.0 * ended / total, description=f"{stage}: {ended} of {total} files"
        )

    return show


def _key(name: str, batch: str) -> str:
    """Artifact keys may hold small letters, digits and dashes only."""
    return f"{name}-{batch}".lower().replace("_", "-").replace(" ", "-")
