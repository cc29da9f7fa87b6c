"""What an operator does to an archive as a whole: bring its tables to the newest version."""

from __future__ import annotations

from contextlib import closing
from typing import NamedTuple

from aigaq.archive import schema
from aigaq.archive.database.opening import database_of
from aigaq.archive.founding import name_of, require_same
from aigaq.archive.layout import Layout
from aigaq.archive.migrations import require_known, version_in
from aigaq.archive.places import Places


class Migrated(NamedTuple):
    """The versions of the tables before and after; the same when nothing was to do."""

    before: str
    after: str


def migrate(places: Places) -> Migrated:
    """Bring the record's tables to the version that this program works with; nothing that anybody
    recorded is changed. NotFoundError when there is no archive, RecordError when it is too new."""
    # Alembic takes a third of a second to import: only who changes tables pays for it.
    from aigaq.archive.migrations.run import upgrade  # noqa: PLC0415

    layout = Layout(places.home.absolute())
    layout.check()
    with closing(database_of(places, layout)) as database:
        require_same(layout, name_of(database))
        with database.alone() as connection:
            before = version_in(connection)
            assert before is not None, "an archive was there a moment ago"
            if before < schema.VERSION:
                upgrade(connection)
            else:
                require_known(before)
    return Migrated(before, schema.VERSION)
