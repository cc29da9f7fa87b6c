"""The versions of the record's tables: from nothing, from the oldest, and refused when unknown."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from aigaq.archive import migrations, schema
from aigaq.archive.custody import Archive
from aigaq.archive.database.opening import database_of
from aigaq.archive.errors import NotFoundError, RecordError
from aigaq.archive.layout import Layout
from aigaq.archive.migrations.run import upgrade
from aigaq.archive.model import Case
from aigaq.archive.places import Places
from aigaq.archive.upkeep import Migrated, migrate
from aigaq.archive.verify import verify
from tests.archive.conftest import ARCHIVIST, Delivery, tampering
from tests.services.postgres import new_record

VERSION_1 = Path(__file__).parent / "data" / "version1"
"""An archive as the program made it before versions were counted: `full` of conftest.py."""


@pytest.fixture
def vault_place() -> None:
    """The bytes stay in the home: this is about the record alone."""


@pytest.fixture
def old(places: Places) -> Places:
    """An archive of version 1 in these places."""
    shutil.copytree(VERSION_1, places.home)
    layout = Layout(places.home)
    layout.make_folders()
    dump = (places.home / "archive.sql").read_text("utf-8")
    (places.home / "archive.sql").unlink()
    if not places.record:
        with closing(sqlite3.connect(layout.database)) as connection:
            connection.executescript(dump)
        return places
    with (
        closing(sqlite3.connect(":memory:")) as rows,
        closing(database_of(places, layout)) as database,
        database.alone() as connection,
    ):
        rows.executescript(dump)
        upgrade(connection, "0001")
        connection.execute(text("DROP TABLE alembic_version"))
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for name, table in schema.metadata.tables.items():
            columns = ", ".join(f'"{column.name}"' for column in table.c)
            values = ", ".join(f":{column.name}" for column in table.c)
            insert = text(f"INSERT INTO {name} ({columns}) VALUES ({values})")
            for row in rows.execute(f"SELECT {columns} FROM {name}"):
                connection.execute(insert, dict(zip(table.c.keys(), row, strict=True)))
    return places


# --- the tables -----------------------------------------------------------------------------------


def shape(connection: Connection) -> set[str]:
    """All that a database knows of its tables, but for the rows."""
    if connection.dialect.name == "sqlite":
        query = "SELECT type, name, tbl_name, sql FROM sqlite_master"
    else:
        here = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
        query = f"""
            SELECT 'column', relname, attname::text, attnum, attnotnull, attcollation, atthasdef,
                   format_type(atttypid, atttypmod), col_description(attrelid, attnum)
              FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
             WHERE relnamespace = {here} AND relkind = 'r' AND attnum > 0
            UNION ALL
            SELECT 'index', relname, pg_get_indexdef(c.oid), 0, false, 0, false, '', ''
              FROM pg_class c WHERE relnamespace = {here} AND relkind = 'i'
            UNION ALL
            SELECT 'table', relname, obj_description(c.oid), 0, false, 0, false, '', ''
              FROM pg_class c WHERE relnamespace = {here} AND relkind = 'r'
            UNION ALL
            SELECT 'constraint', conname, pg_get_constraintdef(oid), 0, false, 0, false, '', ''
              FROM pg_constraint WHERE connamespace = {here}
        """
    rows = (
        re.sub(r"record_[0-9a-f]{16}\.", "", str(row)) for row in connection.execute(text(query))
    )
    return {row for row in rows if "alembic_version" not in row}


def made_by(places: Places, make: Callable[[Connection], None]) -> set[str]:
    layout = Layout(places.home)
    layout.make_folders()
    with closing(database_of(places, layout)) as database, database.alone() as connection:
        make(connection)
        return shape(connection)


@pytest.fixture
def other_places(places: Places, tmp_path: Path, request: pytest.FixtureRequest) -> Places:
    record = new_record(request.getfixturevalue("postgres")) if places.record else ""
    return Places(tmp_path / "other", record)


def test_migrated_tables_are_those_of_the_schema(places: Places, other_places: Places) -> None:
    migrated = made_by(places, upgrade)
    assert migrated == made_by(other_places, schema.metadata.create_all)
    assert len(migrated) > 40


def test_an_old_archive_ends_with_the_tables_of_a_new_one(
    old: Places, other_places: Places
) -> None:
    assert migrate(old) == Migrated("0001", schema.VERSION)
    assert made_by(old, lambda _: None) == made_by(other_places, upgrade)


def test_the_program_works_with_the_newest_version() -> None:
    config = Config()
    config.set_main_option("script_location", "aigaq.archive:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [schema.VERSION]


# --- an old archive -------------------------------------------------------------------------------


@pytest.mark.parametrize("enter", [Archive.open, Archive.create])
def test_an_old_archive_is_refused_with_the_way_out(
    old: Places, enter: Callable[[Places], Archive]
) -> None:
    with pytest.raises(RecordError, match="version 0001") as caught:
        enter(old)
    assert "aigaq admin migrate" in caught.value.advice


def test_an_old_archive_is_migrated_and_goes_on(old: Places, tmp_path: Path) -> None:
    [checkpoint] = (VERSION_1 / "checkpoints").iterdir()
    assert migrate(old) == Migrated("0001", schema.VERSION)
    assert migrate(old) == Migrated(schema.VERSION, schema.VERSION)
    with Archive.open(old) as archive:
        report = verify(archive)
        assert (report.findings, report.checked["items"]) == ((), 6)
        assert archive.catalog.checkpoint().size == report.checked["events"] > int(checkpoint.stem)
        delivery = Delivery(archive, tmp_path, archive.open_batch("third", agent=ARCHIVIST))
        assert delivery.receive("new.txt", b"new").item.accession == "ARC-2026-000007"
        assert verify(archive).ok
        # the home, which did not say whose it is, has learned it
        assert archive.layout.check() == archive.catalog.checkpoint().origin


def test_a_migration_that_is_cut_short_changed_nothing(
    old: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout = Layout(old.home)
    with closing(database_of(old, layout)) as database:
        with pytest.raises(ZeroDivisionError), database.alone() as connection:
            upgrade(connection)
            raise ZeroDivisionError
        with database.reading() as connection:
            assert migrations.version_in(connection) == "0001"
    assert migrate(old).before == "0001"


def test_there_is_nothing_to_migrate(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        migrate(Places(tmp_path))
    assert list(tmp_path.iterdir()) == []


# --- a newer archive ------------------------------------------------------------------------------


def make_newer(archive: Archive) -> None:
    with tampering(archive) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))


@pytest.mark.parametrize("enter", [Archive.open, Archive.create, migrate])
def test_a_newer_archive_is_refused(
    archive: Archive, places: Places, enter: Callable[[Places], object]
) -> None:
    make_newer(archive)
    with pytest.raises(RecordError, match="version 9999") as caught:
        enter(places)
    assert "the version of aigaq" in caught.value.advice


def test_who_works_while_the_tables_are_migrated_writes_no_more(archive: Archive) -> None:
    archive.add_case(Case("QAN-0001"), agent=ARCHIVIST)
    make_newer(archive)
    with pytest.raises(RecordError, match="version 9999"):
        archive.add_case(Case("QAN-0002"), agent=ARCHIVIST)


# --- the price ------------------------------------------------------------------------------------


def test_opening_an_archive_loads_no_migrations(archive: Archive, places: Places) -> None:
    code = (
        "import sys; from pathlib import Path; from aigaq.archive.custody import Archive;"
        "from aigaq.archive.places import Places;"
        "Archive.open(Places(Path(sys.argv[1]), sys.argv[2])).close();"
        "sys.exit('alembic' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(places.home), places.record]
    assert subprocess.run(command, check=False).returncode == 0
