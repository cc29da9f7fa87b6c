"""Somebody at a terminal looks on while a flow runs in the same process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from aigaq.archive.model import Stage
from aigaq.pipeline.steps import Done, Watcher


class _Nobody:
    """The watcher of a run that nobody watches from this process."""

    def begin(self, stage: Stage, files: int) -> None: ...

    def done(self, done: Done) -> None: ...


_watcher: ContextVar[Watcher] = ContextVar("watcher", default=_Nobody())  # noqa: B039 - no state


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """Let somebody look on while flows run inside the block."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


def watcher() -> Watcher:
    """Whoever looks on. Prefect runs flows and tasks in copies of the caller's context."""
    return _watcher.get()
