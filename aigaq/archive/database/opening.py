"""Where the record is, there is its database."""

from __future__ import annotations

from aigaq.archive.database import Database
from aigaq.archive.database.sqlite import SqliteDatabase
from aigaq.archive.layout import Layout
from aigaq.archive.places import Places


def database_of(places: Places, layout: Layout) -> Database:
    """The database of the archive in these places."""
    if not places.record:
        return SqliteDatabase(layout.database, layout.work)
    # The driver takes a tenth of a second to import: only a served record pays for it.
    from aigaq.archive.database.postgresql import PostgresDatabase  # noqa: PLC0415

    return PostgresDatabase(places.record)
