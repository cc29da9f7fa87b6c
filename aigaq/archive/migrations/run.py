"""Running migrations. Imports Alembic, which takes a third of a second."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from aigaq.archive.migrations import FIRST, TABLE, tables_in


def upgrade(connection: Connection, version: str = "head") -> None:
    """Bring the tables to a version, from none or from any earlier one, inside the transaction that
    is open: all of it is kept, or nothing."""
    config = Config()
    config.set_main_option("script_location", "aigaq.archive:migrations")
    config.attributes["connection"] = connection
    tables = tables_in(connection)
    if tables and TABLE not in tables:
        command.stamp(config, FIRST)
    command.upgrade(config, version)
