"""A process that ingests a folder and dies, by SIGKILL, where it is told to.

python -m tests.archive.dying PLACES FOLDER POINT NUMBER: at the NUMBER-th time POINT is reached.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from sqlalchemy import event

from aigaq.archive.custody import Archive
from aigaq.archive.database.opening import database_of
from aigaq.archive.layout import Layout
from aigaq.archive.model import Agent, Description, Stage
from aigaq.archive.places import Places
from aigaq.archive.vault import Vault
from aigaq.archive.vault.folder import FolderVault
from aigaq.archive.vault.opening import vault_of
from aigaq.archive.vault.s3.vault import S3Vault
from tests.archive.conftest import read
from tests.archive.telling import heard

POINTS_OF_A_FOLDER = ("temporary file made", "bytes in the temporary file", "blob linked")
POINTS_OF_A_BUCKET = ("bytes hashed", "object made")
POINTS = (
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


def haunt(thing: object, verb: str, death: Death, *, before: str = "", after: str = "") -> None:
    """Give death its chances around a method of a real thing."""
    done = getattr(thing, verb)

    def haunted(*args: object, **words: object) -> object:
        death.at(before)
        result = done(*args, **words)
        death.at(after)
        if "announce" in words:
            death.at("reading attached")
        return result

    setattr(thing, verb, haunted)


def dying_vault(places: Places, layout: Layout, death: Death) -> Vault:
    """The archive's real vault, with death at its side."""
    vault = vault_of(places, layout)
    if isinstance(vault, FolderVault):
        haunt(vault._incoming, "made", death, after="temporary file made")
        before, after = "bytes in the temporary file", "blob linked"
        haunt(vault, "_link", death, before=before, after=after)
    elif isinstance(vault, S3Vault):
        haunt(vault._store, "put", death, before="bytes hashed", after="object made")
    haunt(vault, "put", death, after="blob stored")
    return vault


class DyingArchive(Archive):
    death: Death

    def _publish(self) -> None:
        self.death.at("checkpoint recorded")
        super()._publish()


def dying_archive(places: Places, death: Death) -> Archive:
    Archive.create(places).close()
    layout = Layout(places.home.absolute())
    database = database_of(places, layout)
    vault = dying_vault(places, layout, death)
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
    places, folder, point, number = sys.argv[1:]
    with dying_archive(heard(places), Death(point, int(number))) as archive:
        ingest(archive, Path(folder))


if __name__ == "__main__":
    main()
