"""A process that ingests a folder and dies, by SIGKILL, where it is told to.

python -m tests.archive.dying HOME RECORD FOLDER POINT NUMBER: at the NUMBER-th time POINT is
reached. RECORD is as in `Places`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import event

from aigaq.archive.custody import Archive
from aigaq.archive.database.opening import database_of
from aigaq.archive.layout import Layout
from aigaq.archive.model import Agent, Description, Digest, Stage
from aigaq.archive.places import Places
from aigaq.archive.vault import Stored
from aigaq.archive.vault.folder import FolderVault
from tests.archive.conftest import read

POINTS = (
    "temporary file made",
    "bytes in the temporary file",
    "blob linked",
    "blob stored",
    "rows written",
    "a transaction begun",
    "reading attached",
    "checkpoint recorded",
    "never",
)


class Death:
    """Counts how often a point is reached and strikes at the chosen one."""

    def __init__(self, point: str, number: int) -> None:
        self.point = point
        self.left = number

    def at(self, point: str) -> None:
        if point == self.point:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class DyingVault(FolderVault):
    """A folder vault that gives death its chances; otherwise the real one."""

    death: Death

    def put(self, file: Path, *, announce: Callable[[Digest, int], None] | None = None) -> Stored:
        stored = super().put(file, announce=announce)
        self.death.at("blob stored")
        if announce is not None:
            self.death.at("reading attached")
        return stored

    def _locked_file(self):  # type: ignore[no-untyped-def]
        made = super()._locked_file()
        self.death.at("temporary file made")
        return made

    def _link(self, name: Path, final: Path) -> bool:
        self.death.at("bytes in the temporary file")
        done = super()._link(name, final)
        self.death.at("blob linked")
        return done


class DyingArchive(Archive):
    death: Death

    def _publish(self) -> None:
        self.death.at("checkpoint recorded")
        super()._publish()


def dying_archive(places: Places, death: Death) -> Archive:
    Archive.create(places).close()
    layout = Layout(places.home.absolute())
    database = database_of(places, layout)
    vault = DyingVault(layout.vault, layout.tmp)
    vault.death = death
    writer = database._writer  # type: ignore[attr-defined]
    event.listen(writer, "commit", lambda _connection: death.at("rows written"))
    event.listen(writer, "begin", lambda _connection: death.at("a transaction begun"))
    archive = DyingArchive(layout, database, vault)
    archive.death = death
    return archive


def ingest(archive: Archive, folder: Path) -> None:
    """Receive every file, read those that wait, close the batch: as the pipeline would."""
    agent = Agent("a.seitova", "aigaq", "0.1.0")
    batch = archive.open_batch(str(folder), agent=agent).id
    for file in sorted(folder.iterdir()):
        archive.receive(
            file,
            batch=batch,
            path=file.name,
            kind="text",
            cases=(),
            description=Description(),
            agent=agent,
        )
    for item in archive.catalog.waiting(Stage.READ, batch):
        # every attempt makes other bytes, as a tool that writes the time of day does
        read(archive, item, archive.layout.work, os.urandom(8))
    archive.close_batch(batch, agent=agent)


def main() -> None:
    home, record, folder, point, number = sys.argv[1:]
    with dying_archive(Places(Path(home), record), Death(point, int(number))) as archive:
        ingest(archive, Path(folder))


if __name__ == "__main__":
    main()
