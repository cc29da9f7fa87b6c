"""`aigaq admin`: an old archive is refused by name, migrated by name, and goes on."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli import shapes
from tests.cli.conftest import Run

VERSION_1 = Path(__file__).parents[1] / "archive" / "data" / "version1"


@pytest.fixture
def old(home: Path) -> Path:
    """The home of an archive made before versions were counted."""
    shutil.copytree(VERSION_1, home)
    with closing(sqlite3.connect(home / "archive.db")) as connection:
        connection.executescript((home / "archive.sql").read_text("utf-8"))
    (home / "archive.sql").unlink()
    for folder in ("tmp", "work", "index"):
        (home / folder).mkdir()
    return home


def test_an_old_archive_is_migrated_and_verified(run: Run, old: Path) -> None:
    for command in (["status"], ["verify"], ["case", "add", "QAN-0001"]):
        told = run("--home", old, *command)
        assert told.code == 1
        assert "aigaq admin migrate" in told.err
    answer = run("--home", old, "admin", "migrate", "--json").json
    assert shapes.Migrated.model_validate(answer) == shapes.Migrated(before="0001", after="0002")
    assert "0002" in run("--home", old, "admin", "migrate").out
    assert run("--home", old, "verify").code == 0


def test_without_an_archive_nothing_is_migrated(run: Run, home: Path) -> None:
    told = run("--home", home, "admin", "migrate")
    assert told.code == 2
    assert not home.exists()
