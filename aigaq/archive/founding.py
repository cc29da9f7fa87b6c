"""How a home and a record come together: an archive is founded, joined, or met again.

The archive's name (the origin of its ledger) stands in the home and in the record. A home that is
pointed at another record, or at an empty database, is refused: files would go where nobody looks
for them, and what is there would seem lost.

A home notes the name in `tmp/` before a record is made under that name, and is an archive's home
only after that. Killed in between, the next founder finds the note and goes on.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, select

from aigaq import __version__
from aigaq.archive import schema, statements
from aigaq.archive.database import Database
from aigaq.archive.errors import NotFoundError, RecordError
from aigaq.archive.layout import FORMAT, Layout
from aigaq.archive.ledger import ARCHIVE_OBJECT, Draft, Term, append, is_origin, new_origin, start
from aigaq.archive.migrations import require_known, tables_in, version_in
from aigaq.archive.model import Agent
from aigaq.archive.places import Places
from aigaq.archive.vault import Vault

_ITSELF = Agent("archive", "aigaq", __version__)
_SET_RECORD = "set `record` as it was (`aigaq config` shows it)"


def found_or_join(places: Places, layout: Layout, database: Database, vault: Vault) -> None:
    """Make the home that of the record's archive, and the archive if there is none.

    Two processes, or two machines, may do this at once.
    """
    layout.make_folders()
    with _only_one(layout.home):
        if layout.format_file.exists():
            return
        ours = _noted_name(layout)
        name = name_of(database) or _founded(database, ours)
        if name != ours:
            _require_joinable(places, database, vault)
        _settle(layout, name)


def join(places: Places, layout: Layout, database: Database, vault: Vault) -> None:
    """Make a home for the archive that is in a served record; NotFoundError when there is none."""
    if name_of(database) is None:
        raise NotFoundError(
            f"there is no archive in the record {places.record}",
            advice="see that `record` is right, or start one with `aigaq ingest`",
        )
    found_or_join(places, layout, database, vault)


def meet(layout: Layout, database: Database) -> None:
    """RecordError unless the home is that of the record's archive, in the version we work with."""
    with database.reading() as connection:
        name, version = _name_in(connection), version_in(connection)
    require_same(layout, name)
    if version is not None:
        require_known(version)
    if name and not layout.check() and os.access(layout.home, os.W_OK):
        _settle(layout, name)


def require_same(layout: Layout, found: str | None) -> None:
    """RecordError unless the home belongs to the archive of that name, which is in the record."""
    known = layout.check()
    if found is None:
        raise RecordError(
            f"the record is empty, and {layout.home} belongs to the archive {known}",
            advice=f"{_SET_RECORD}, or restore the database from its backup",
        )
    if known and found and known != found:
        raise RecordError(
            f"{layout.home} belongs to the archive {known}, and the record to {found}",
            advice=f"{_SET_RECORD}, or give the other archive a home of its own",
        )


def write_durably(path: Path, text: str) -> None:
    """A whole file or none, on disk when this returns."""
    unfinished = path.with_suffix(f".{os.getpid()}.tmp")
    with unfinished.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def name_of(database: Database) -> str | None:
    """The name of the archive in the record; None where there is none, empty where the head of its
    ledger is lost (verification tells). RecordError when the database is somebody else's."""
    with database.reading() as connection:
        return _name_in(connection)


def _name_in(connection: Connection) -> str | None:
    if not tables_in(connection):
        return None
    return connection.execute(select(schema.head.c.origin)).scalar() or ""


def _noted_name(layout: Layout) -> str:
    """The name that an archive begun here has, or will have."""
    if layout.unfinished.exists():
        *_, name = layout.unfinished.read_text(encoding="utf-8").split()
        if is_origin(name):
            return name
    name = new_origin()
    write_durably(layout.unfinished, name)
    return name


def _founded(database: Database, ours: str) -> str:
    """Make the tables, and a ledger whose first row names the archive; returns the name of the
    archive that is there in the end, which another founder may have given it."""
    # Alembic takes a third of a second to import: only who makes tables pays for it.
    from aigaq.archive.migrations.run import upgrade  # noqa: PLC0415

    with database.alone() as connection:
        name = _name_in(connection)
        if name is None:
            upgrade(connection)
            start(connection, ours)
            draft = Draft(Term.CREATION, ARCHIVE_OBJECT, statements.of_archive(FORMAT, ours))
            append(connection, [draft], agent=_ITSELF, at=datetime.now(UTC))
    return ours if name is None else name


def _require_joinable(places: Places, database: Database, vault: Vault) -> None:
    """A home joins a record only where it also finds the bytes: those of a folder are in the home
    that began the archive, and nowhere else."""
    if not places.record:
        return
    if places.vault is None:
        raise RecordError(
            f"{places.home} cannot join the archive in the record: its bytes are in a folder of "
            "another home",
            advice="work in that home, or bring the bytes into a bucket that all machines share: "
            "docs/postgresql.md",
        )
    first = select(schema.items.c.digest).order_by(schema.items.c.accession).limit(1)
    with database.reading() as connection:
        digest = connection.execute(first).scalar()
    if digest is not None and not vault.exists(digest):
        raise RecordError(
            f"the bucket {places.vault.bucket} does not hold the bytes of this archive",
            advice="set vault.bucket and vault.prefix as in the archive's other homes",
        )


def _settle(layout: Layout, name: str) -> None:
    """From now on the home is an archive's."""
    write_durably(layout.unfinished, f"{FORMAT}\n{name}\n")
    layout.unfinished.replace(layout.format_file)


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """Let one process at a time set up an archive in this folder."""
    descriptor = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
