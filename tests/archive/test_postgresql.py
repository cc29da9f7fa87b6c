"""PostgreSQL in trouble: every refusal is ours, with advice, and nothing is half done."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from aigaq.archive.custody import Archive
from aigaq.archive.errors import RecordError, SettingError, UnreachableError
from aigaq.archive.model import Case
from aigaq.archive.places import Places
from tests.archive.conftest import ARCHIVIST
from tests.services import Running

pytestmark = pytest.mark.parametrize("record", ["postgresql"], indirect=True)


@pytest.fixture
def vault_place() -> None:
    """The bytes are in the home: this is about the record."""


@pytest.fixture
def server(postgres: Running) -> Iterator[psycopg.Connection[object]]:
    """A connection of somebody who may do anything on the server."""
    with psycopg.connect(postgres.address, autocommit=True) as connection:
        yield connection


# --- at the door ----------------------------------------------------------------------------------


def wrong_password(address: str, folder: Path) -> str:
    pass_file = folder / "pgpass"
    pass_file.touch(mode=0o600)
    pass_file.write_text("*:*:*:*:wrong\n")
    return f"{address.partition('?')[0]}?passfile={quote(str(pass_file))}"


AT_THE_DOOR = {
    "nobody listens": (
        lambda address, folder: "postgresql://aigaq@127.0.0.1:1/aigaq",
        "Connection refused",
        "the record's server runs",
    ),
    "no such host": (
        lambda address, folder: "postgresql://aigaq@nowhere.invalid/aigaq",
        "nowhere.invalid",
        "names its host and port",
    ),
    "no password": (
        lambda address, folder: f"{address.partition('?')[0]}?passfile=/nonexistent",
        "no password supplied",
        "~/.pgpass",
    ),
    "wrong password": (wrong_password, "password authentication failed", "~/.pgpass"),
    "no such database": (
        lambda address, folder: address.replace("/postgres?", "/nonesuch?"),
        "does not exist",
        "docs/postgresql.md",
    ),
    "TLS asked, none there": (
        lambda address, folder: f"{address}&sslmode=require",
        "SSL",
        "sslmode",
    ),
}


@pytest.mark.parametrize("name", AT_THE_DOOR)
def test_who_is_not_let_in_is_told_what_to_do(name: str, record: str, tmp_path: Path) -> None:
    change, said, advised = AT_THE_DOOR[name]
    with pytest.raises(UnreachableError, match=said) as caught:
        Archive.create(Places(tmp_path / "home", change(record, tmp_path)))
    assert advised in caught.value.advice
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("address", ["postgresql://h/d?colour=blue", "postgresql://[::1/d"])
def test_what_is_no_address_is_a_wrong_setting(record: str, address: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="record ="):
        Archive.create(Places(tmp_path / "home", address))


def test_a_database_that_cannot_hold_all_text_is_refused(
    server: psycopg.Connection[object], record: str, tmp_path: Path
) -> None:
    name = f"latin_{secrets.token_hex(4)}"
    server.execute(
        f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc"
        " TEMPLATE template0"
    )
    try:
        with pytest.raises(RecordError, match="LATIN1") as caught:
            Archive.create(Places(tmp_path / "home", record.replace("/postgres?", f"/{name}?")))
        assert "UTF8" in caught.value.advice
    finally:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


# --- inside ---------------------------------------------------------------------------------------


def test_a_record_that_only_reads_says_so(record: str, places: Places) -> None:
    Archive.create(places).close()
    standby = record.replace("options=", "options=-cdefault_transaction_read_only%3Don%20")
    with (
        Archive.open(Places(places.home, standby)) as archive,
        pytest.raises(RecordError, match="read-only") as caught,
    ):
        archive.add_case(Case("QAN-0001"), agent=ARCHIVIST)
    assert "primary" in caught.value.advice


def test_a_writer_does_not_wait_for_ever(record: str, archive: Archive, places: Places) -> None:
    hasty = record.replace("options=", "options=-clock_timeout%3D50ms%20")
    with (
        archive.database.writing(),
        Archive.open(Places(places.home, hasty)) as other,
        pytest.raises(RecordError) as caught,
    ):
        other.add_case(Case("QAN-0001"), agent=ARCHIVIST)
    assert "another process is writing" in caught.value.advice
    assert not isinstance(caught.value, UnreachableError)


def test_a_role_without_rights_is_told(
    server: psycopg.Connection[object], archive: Archive, places: Places
) -> None:
    with archive.database.reading() as connection:
        schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
    role = f"auditor_{secrets.token_hex(4)}"
    server.execute(f"CREATE ROLE {role}")
    server.execute(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
    server.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}")
    auditor = places.record.replace("options=", f"options=-crole%3D{role}%20")
    with Archive.open(Places(places.home, auditor)) as read_only:
        assert read_only.catalog.cases() == []
        with pytest.raises(RecordError, match="permission denied") as caught:
            read_only.add_case(Case("QAN-0001"), agent=ARCHIVIST)
    assert "docs/postgresql.md" in caught.value.advice


def test_a_commit_that_was_reported_is_flushed_whatever_the_server_says(
    record: str, places: Places
) -> None:
    lazy = record.replace("options=", "options=-csynchronous_commit%3Doff%20")
    with (
        Archive.create(Places(places.home, lazy)) as archive,
        archive.database.writing() as connection,
    ):
        told = connection.exec_driver_sql("SHOW synchronous_commit").scalar_one()
    assert told == "on"


def test_sorting_is_by_code_points_whatever_the_server_says(archive: Archive) -> None:
    cases = ["a", "B", "Б", "а", "_", "ә", "0"]
    for case in cases:
        archive.add_case(Case(case), agent=ARCHIVIST)
    assert [case.id for case in archive.catalog.cases()] == sorted(cases)
