"""Looking on while files go through the stages: bars on a terminal, a line a stage elsewhere.

All of it goes to stderr; stdout belongs to the receipt.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from aigaq.archive.model import Stage
from aigaq.cli.words import STAGES
from aigaq.messages.translator import N_
from aigaq.pipeline.steps import Done, Watcher

Say = Callable[[str], str]


@contextmanager
def watching(say: Say, *, quiet: bool = False) -> Iterator[Watcher]:
    """A watcher fit for this terminal; `quiet` shows nothing (answers for programs)."""
    console = Console(stderr=True, quiet=quiet)
    if console.is_terminal and not quiet:
        with _bars(console) as progress:
            yield _Bars(progress, say)
    else:
        lines = _Lines(console, say)
        yield lines
        lines.end()


def _bars(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:<11}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pages]} {task.fields[word]}  {task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    )


class _Count:
    """What one stage has done so far."""

    def __init__(self, files: int) -> None:
        self.expected = files
        self.files = self.pages = self.problems = 0
        self.since = monotonic()

    def add(self, done: Done) -> None:
        self.files += 1
        self.pages += done.passages
        self.problems += bool(done.problem)

    def rate(self) -> str:
        seconds = monotonic() - self.since
        return f"{self.files / seconds:.1f}/s" if seconds > 0 else ""


class _Bars:
    """One bar a stage: files, pages, rate, time left."""

    def __init__(self, progress: Progress, say: Say) -> None:
        self._progress, self._say = progress, say
        self._tasks: dict[Stage, tuple[TaskID, _Count]] = {}
        self._lock = Lock()

    def begin(self, stage: Stage, files: int) -> None:
        with self._lock:
            if stage in self._tasks:
                task, count = self._tasks[stage]
                count.expected += files
                self._progress.update(task, total=count.expected)
                return
            word = self._say(N_("pages")) if stage is Stage.READ else ""
            task = self._progress.add_task(
                self._say(STAGES[stage]), total=files, pages="", word=word, rate=""
            )
            self._tasks[stage] = task, _Count(files)

    def done(self, done: Done) -> None:
        with self._lock:
            task, count = self._tasks[done.stage]
            count.add(done)
            pages = str(count.pages) if done.stage is Stage.READ else ""
            self._progress.update(task, advance=1, pages=pages, rate=count.rate())


class _Lines:
    """One line when a stage has ended, for logs and pipes."""

    def __init__(self, console: Console, say: Say) -> None:
        self._console, self._say = console, say
        self._stage: Stage | None = None
        self._count = _Count(0)
        self._lock = Lock()

    def begin(self, stage: Stage, files: int) -> None:
        with self._lock:
            if stage is self._stage:
                self._count.expected += files
                return
            self._tell()
            self._stage, self._count = stage, _Count(files)

    def done(self, done: Done) -> None:
        with self._lock:
            self._count.add(done)

    def end(self) -> None:
        """Tell of the last stage."""
        with self._lock:
            self._tell()

    def _tell(self) -> None:
        if self._stage is None:
            return
        count = self._count
        line = self._say(N_("{stage}: {files} files, {pages} pages, {problems} with a problem"))
        self._console.print(
            line.format(
                stage=self._say(STAGES[self._stage]),
                files=count.files,
                pages=count.pages,
                problems=count.problems,
            ),
            markup=False,
            highlight=False,
        )
        sys.stderr.flush()
