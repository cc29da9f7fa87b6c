"""A small archive that has seen everything once: the ground of the attacks on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from aigaq.archive.custody import Archive
from aigaq.archive.layout import Layout
from aigaq.archive.model import (
    Accession,
    Agent,
    Batch,
    Case,
    Description,
    Mention,
    MentionKind,
    Method,
    Passage,
    PassageKind,
    Received,
    Restriction,
    Stage,
    StageStatus,
    Tool,
)
from aigaq.archive.places import Places, S3Place
from aigaq.archive.vault.note import BucketNote
from aigaq.archive.vault.s3 import trial
from tests.services.postgres import new_record

ARCHIVIST = Agent("a.seitova", "aigaq", "0.1.0")
TEXTS = ("Подсудимый Ержан Ахметов признан виновным.", "Сот үкімі: Ә. Қ. Сейітов ақталды.")


@pytest.fixture(params=["sqlite", "postgresql"])
def record(request: pytest.FixtureRequest) -> str:
    """Where the record is, as in `Places`: in the home, or on a real server."""
    if request.param == "sqlite":
        return ""
    return new_record(request.getfixturevalue("postgres"))


@pytest.fixture
def vault_place(request: pytest.FixtureRequest, record: str) -> S3Place | None:
    """Where the bytes are: in a bucket where the record is served too, else in the home."""
    where = getattr(request, "param", "s3" if record else "folder")
    return request.getfixturevalue("s3_place") if where == "s3" else None


in_a_folder = pytest.mark.parametrize("vault_place", ["folder"], indirect=True)
"""For a test to which the vault does not matter, or that is of folders alone."""


@pytest.fixture
def places(tmp_path: Path, record: str, vault_place: S3Place | None) -> Places:
    """Where an archive of this test is. Its store counts as tried; test_s3_trial.py tries it."""
    layout = Layout(tmp_path / "home")
    if vault_place is not None:
        BucketNote(layout.bucket_note, layout.vault).write(vault_place, trial.NUMBER)
    return Places(layout.home, record, vault_place)


@pytest.fixture
def archive(places: Places) -> Iterator[Archive]:
    with Archive.create(places) as made:
        yield made


@contextmanager
def tampering(archive: Archive) -> Iterator[Connection]:
    """A transaction of somebody who may do anything in the database: no constraint stops them."""
    with archive.database._writer.connect() as connection:  # type: ignore[attr-defined]
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield connection
            connection.commit()
        else:
            driver = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys=OFF")
            yield connection
            connection.commit()
            driver.execute("PRAGMA foreign_keys=ON")


@dataclass(frozen=True)
class Delivery:
    """An open batch of an archive and a way to hand files in."""

    archive: Archive
    folder: Path
    batch: Batch

    def file(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    def receive(self, name: str, content: bytes, *cases: str, **said: object) -> Received:
        return self.archive.receive(
            self.file(name, content),
            batch=self.batch.id,
            path=name,
            kind="text",
            cases=cases,
            description=Description(**said),  # type: ignore[arg-type]
            agent=ARCHIVIST,
        )


@pytest.fixture
def delivery(archive: Archive, tmp_path: Path) -> Delivery:
    folder = tmp_path / "delivery"
    folder.mkdir()
    return Delivery(archive, folder, archive.open_batch(str(folder), agent=ARCHIVIST))


def pages(*texts: str) -> list[Passage]:
    return [
        Passage(number, PassageKind.PAGE, text, Method.OCR, page=number + 1, confidence=91.5)
        for number, text in enumerate(texts)
    ]


def person(text: str, raw: str, role: str = "") -> Mention:
    start = text.index(raw)
    return Mention(MentionKind.PERSON, start, start + len(raw), raw, {"name": raw}, role, "test 1")


def read(archive: Archive, item: Accession, work: Path, content: bytes = b"words") -> None:
    """Record a reading of two pages with one derivative, and two mentions."""
    made = work / f"words-{item}"
    made.write_bytes(content)
    tool = Tool("tesseract", "5.3.0")
    words = archive.attach(
        item,
        made,
        role="word-boxes",
        page=1,
        media_type="text/plain",
        tool=tool,
        source=archive.catalog.item(item).digest,
    )
    archive.record_reading(
        item,
        kind="pdf",
        passages=pages(*TEXTS),
        derivatives=[words],
        facts={"pages": 2, "скан": True},
        tool=tool,
        problems=["page 2 is faint"],
        agent=ARCHIVIST,
    )
    archive.record_mentions(
        item,
        {
            0: [person(TEXTS[0], "Ержан Ахметов", "defendant")],
            1: [person(TEXTS[1], "Ә. Қ. Сейітов")],
        },
        tool="rules 1",
        agent=ARCHIVIST,
    )


@pytest.fixture
def full(delivery: Delivery, tmp_path: Path) -> Archive:
    """Two cases, two batches, six items of which one is a duplicate and one was refused."""
    archive = delivery.archive
    archive.add_case(Case("QAN-0001", "Ахметов"), agent=ARCHIVIST)
    archive.add_case(Case("QAN-0002"), agent=ARCHIVIST)
    first = delivery.receive("verdict.pdf", b"%PDF verdict", "QAN-0001", document_type="verdict")
    delivery.receive("photo.jpg", b"\xff\xd8 photo", "QAN-0001", "QAN-0002")
    delivery.receive("same.pdf", b"%PDF verdict")
    broken = delivery.receive("broken.pdf", b"%PDF tru", restriction=Restriction.RESTRICTED)
    delivery.receive("broken.pdf", b"%PDF tru", "QAN-0002", note="from the family")
    read(archive, first.item.accession, tmp_path)
    archive.record_problem(
        broken.item.accession,
        Stage.READ,
        StageStatus.REFUSED,
        "the file is cut off",
        tool="pdf 1",
        agent=ARCHIVIST,
    )
    archive.refuse(
        batch=delivery.batch.id, path="pipe", problem="it is not a regular file", agent=ARCHIVIST
    )
    archive.close_batch(delivery.batch.id, first.item.digest, agent=ARCHIVIST)
    second = archive.open_batch("second delivery", agent=ARCHIVIST)
    later = Delivery(archive, delivery.folder, second)
    item = later.receive("letter.txt", "Хат".encode(), "QAN-0002").item
    read(archive, item.accession, tmp_path, b"other words")
    read(archive, item.accession, tmp_path, b"better words")
    later.receive("note.txt", b"")
    return archive


Tamper = Callable[[Archive], None]
