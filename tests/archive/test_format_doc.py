"""docs/custody-format.md says what the code does; its examples and its verifier are run."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from aigaq.archive import rows
from aigaq.archive.canonical import canonical, from_canonical
from aigaq.archive.chain import Checkpoint, commitment, leaf_of
from aigaq.archive.custody import Archive
from aigaq.archive.findings import Finding
from aigaq.archive.ledger import Term

PAGE = (Path(__file__).parents[2] / "docs" / "custody-format.md").read_text("utf-8")


@pytest.fixture
def vault_place() -> None:
    """The page describes a home with its bytes in it."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def table_rows(*cells: str) -> list[list[str]]:
    """The body of the table whose header is these cells."""
    header = f"| {' | '.join(cells)} |\n"
    body = PAGE[PAGE.index(header) + len(header) :].split("\n\n")[0]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in body.splitlines()[1:]]


def names(cell: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", cell))


def test_the_row_and_its_hash() -> None:
    row, details = (block.strip() for block in blocks("json"))
    [written_hash, _] = (block.strip() for block in blocks("text"))
    assert canonical(json.loads(row)).decode() == row
    assert f"sha256:{leaf_of(row.encode()).hex()}" == written_hash
    assert canonical(from_canonical(details)).decode() == details
    assert json.loads(row)["commitment"] == commitment(details.encode(), bytes(range(32)))


def test_the_checkpoint() -> None:
    [_, body] = blocks("text")
    assert Checkpoint.parse(body).body == body


def test_the_columns_that_are_hashed() -> None:
    listed = {
        next(iter(names(table))): re.findall(r"`(\w+)`", columns)
        for table, _, columns in table_rows("table", "values, in the order of", "columns")
    }
    assert listed == {
        "passages": list(rows.PASSAGE_COLUMNS),
        "derivatives": list(rows.DERIVATIVE_COLUMNS),
        "mentions": list(rows.MENTION_COLUMNS),
    }


def test_the_details_of_every_event(full: Archive) -> None:
    """Each event the archive can write has exactly the details one row of the table lists."""
    listed = table_rows("term", "object", "details", "content")
    assert {term for cells in listed for term in names(cells[0])} >= {term.value for term in Term}
    for event in full.catalog.events():
        fitting = [cells for cells in listed if event.term in names(cells[0])]
        assert set(event.details) in [names(details) for _, _, details, _ in fitting], event


def test_every_finding_is_listed() -> None:
    listed = {
        next(iter(names(name))): int(check)
        for name, check, _ in table_rows("finding", "check", "means")
    }
    assert listed == {kind.__name__: kind.check for kind in Finding.__subclasses__()}


in_home = pytest.mark.parametrize("record", ["sqlite"], indirect=True)
"""The page's verifier reads the archive of one folder; `aigaq admin copy` brings one there."""


@pytest.fixture
def problems() -> Callable[[Path], Iterator[str]]:
    """The verifier of the page, which imports nothing of ours."""
    [program] = blocks("python")
    assert "aigaq." not in program
    namespace: dict[str, object] = {"__name__": "page"}
    exec(compile(program, "custody-format.md", "exec"), namespace)
    return namespace["problems"]  # type: ignore[return-value]


@in_home
def test_the_verifier_of_the_page_finds_a_full_archive_right(
    full: Archive, problems: Callable[[Path], Iterator[str]]
) -> None:
    assert list(problems(full.home)) == []


@in_home
@pytest.mark.parametrize(
    ("attack", "found"),
    [
        ("UPDATE events SET outcome='x' WHERE sequence=4", "ledger row 4 is wrong"),
        ("UPDATE details SET details='{}' WHERE sequence=4", "ledger row 4 is wrong"),
        ("UPDATE events SET previous=hash WHERE sequence=4", "ledger row 4 is wrong"),
        ("DELETE FROM events WHERE sequence>15", "the head is not the head of the rows"),
        ("DELETE FROM items WHERE path='photo.jpg'", "the items are not those"),
    ],
)
def test_the_verifier_of_the_page_finds_attacks(
    full: Archive, problems: Callable[[Path], Iterator[str]], attack: str, found: str
) -> None:
    with closing(sqlite3.connect(full.layout.database)) as connection, connection:
        assert connection.execute(attack).rowcount != 0
    assert any(found in problem for problem in problems(full.home))


@in_home
def test_the_verifier_of_the_page_finds_a_flipped_bit(
    full: Archive, problems: Callable[[Path], Iterator[str]]
) -> None:
    item = next(full.catalog.items())
    place = full.vault.path(item.digest)
    place.chmod(0o644)
    place.write_bytes(b"\0" + place.read_bytes()[1:])
    assert any(item.accession in problem for problem in problems(full.home))
