"""The versions of the record's tables: which one a database has, and whether this program knows it.

New archives are made by the same migrations that old ones go through. Quick to import: Alembic is
needed only where tables are made or changed (`run`).
"""

from __future__ import annotations

from sqlalchemy import Connection, column, inspect, select, table

from aigaq.archive import schema
from aigaq.archive.errors import RecordError

FIRST = "0001"
"""What a record has that was made before versions were counted."""

TABLE = "alembic_version"
VERSION = select(table(TABLE, column("version_num")).c.version_num)
"""The query for the version of a record that has one."""


def tables_in(connection: Connection) -> set[str]:
    """The names of our tables that are in the database.

    RecordError when these are the tables of something else.
    """
    found = set(inspect(connection).get_table_names()) & {*schema.metadata.tables, TABLE}
    if found and schema.head.name not in found:
        raise RecordError(
            f"the database of the record holds something else: {', '.join(sorted(found))}",
            advice="give the archive a database of its own: docs/postgresql.md",
        )
    return found


def version_in(connection: Connection) -> str | None:
    """The version of the tables; None where there are none."""
    tables = tables_in(connection)
    if not tables:
        return None
    return connection.execute(VERSION).scalar_one() if TABLE in tables else FIRST


def require_known(version: str) -> None:
    """RecordError, with what to do, unless tables of this version are those we work with."""
    if version < schema.VERSION:
        raise RecordError(
            f"the record has version {version} of its tables, and this program needs "
            f"{schema.VERSION}",
            advice="make a copy of the archive, then: aigaq admin migrate",
        )
    if version > schema.VERSION:
        raise RecordError(
            f"the record has version {version} of its tables, and this program knows only "
            f"{schema.VERSION}",
            advice="use the version of aigaq that migrated it, on every machine",
        )
