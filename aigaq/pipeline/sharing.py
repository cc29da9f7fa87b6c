"""How processes share a batch: each item is held by the one that works on it.

Nobody gives the work out. Every process asks the record what waits and takes what is free, so the
quick one takes more, one that joins late finds the rest, and what a dead one held is taken by the
others at once.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field

from aigaq.archive.custody import Archive
from aigaq.archive.model import Accession, Item, Stage, StageStatus
from aigaq.pipeline import steps
from aigaq.pipeline.steps import Conditions, Done, Watcher
from aigaq.pipeline.threads import across, chunks

Turn = Callable[[Item], AbstractContextManager[object]]
"""Held while an item is read: where a limit holds over several machines, it waits for room."""

LOOK_AGAIN_SECONDS = 1.0
"""How often a process looks whether others have left it something to do."""

EXTRACTED_AT_ONCE = 20
"""Items a worker takes from at once: small ones share a confined child and what it has loaded."""


def share(
    archive: Archive,
    batch: str,
    conditions: Conditions,
    *,
    workers: int,
    watcher: Watcher,
    turn: Turn = nullcontext,
) -> None:
    """Read and extract what waits in a batch, until nothing does.

    Any number of processes may do this for one batch at once, on any machine. Each item is held by
    the one that works on it and falls free with that process, however it ends; who has nothing left
    to take stays until the others are done, for they may die.
    """
    _clear_away(archive)
    steps.make_ready()
    ours = _Share(archive, batch, conditions, workers, watcher, turn)
    while ours.work() or ours.waits():
        pass


@dataclass(slots=True)
class _Share:
    """What one process does of a batch that others may be working on, too."""

    archive: Archive
    batch: str
    conditions: Conditions
    workers: int
    watcher: Watcher
    turn: Turn
    announced: set[tuple[Stage, Accession]] = field(default_factory=set)

    def work(self) -> int:
        """Do what is free to be done; how many steps it was. Attachments are read at once."""
        steps_done = 0
        while read := self._read():
            steps_done += read
        return steps_done + self._extract()

    def waits(self) -> bool:
        """Whether something is left, which is then in the hands of others; looks after a while."""
        catalog = self.archive.catalog
        left = any(catalog.waiting(stage, self.batch) for stage in (Stage.READ, Stage.EXTRACT))
        if left:
            time.sleep(LOOK_AGAIN_SECONDS)
        return left

    def _read(self) -> int:
        done = 0
        for read in across(self._read_one, self._todo(Stage.READ), self.workers):
            if read is not None:
                self.watcher.done(read)
                done += 1
        return done

    def _read_one(self, accession: Accession) -> Done | None:
        with self.archive.held_if_free(accession) as ours:
            if not ours or not self._still_waits(Stage.READ, accession):
                return None
            with self.turn(self.archive.catalog.item(accession)):
                return steps.read(self.archive, accession, self.conditions)

    def _extract(self) -> int:
        todo = self._todo(Stage.EXTRACT)
        fair = -(-len(todo) // (2 * self.workers))  # the last part must not keep one worker at it
        parts = chunks(todo, max(1, min(EXTRACTED_AT_ONCE, fair)))
        return sum(across(self._extract_part, parts, self.workers))

    def _extract_part(self, part: Sequence[Accession]) -> int:
        with ExitStack() as held:
            ours = [
                item
                for item in part
                if held.enter_context(self.archive.held_if_free(item))
                and self._still_waits(Stage.EXTRACT, item)
            ]
            for done in steps.extract(self.archive, ours, self.conditions):
                self.watcher.done(done)
        return len(ours)

    def _todo(self, stage: Stage) -> list[Accession]:
        todo = self.archive.catalog.waiting(stage, self.batch)
        fresh = {(stage, item) for item in todo} - self.announced
        if fresh:
            self.announced |= fresh
            self.watcher.begin(stage, len(fresh))
        return todo

    def _still_waits(self, stage: Stage, accession: Accession) -> bool:
        """Whether nobody has done it since we looked what there is to do."""
        return self.archive.catalog.stages(accession)[stage].status is StageStatus.WAITING


def _clear_away(archive: Archive) -> None:
    """Remove what the readers of killed processes left: the folder of an item that nobody holds."""
    work = archive.home / "work"
    for folder in work.glob("*-*/"):
        with archive.held_if_free(folder.name.rpartition("-")[0]) as abandoned:
            if abandoned:
                shutil.rmtree(folder, ignore_errors=True)
