"""The receipt, drawn from the record."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aigaq.archive.custody import Archive
from aigaq.archive.digests import sha256_of
from aigaq.archive.model import (
    Agent,
    Case,
    Description,
    Method,
    Passage,
    PassageKind,
    Restriction,
    Stage,
    StageStatus,
    Tool,
)
from aigaq.archive.places import Places
from aigaq.pipeline import receipts
from aigaq.pipeline.batches import load
from aigaq.pipeline.receipts import Receipt

AGENT = Agent("archivist", "aigaq", "test")
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
HEADER = "path,case_ids,restriction\n"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(Places(tmp_path / "home")) as made:
        made.add_case(Case("QAN-0001"), agent=AGENT)
        yield made


def take_in(archive: Archive, folder: Path) -> str:
    """Receive what lies in a folder, without reading it."""
    delivery = load(folder)
    batch = archive.open_batch(delivery.source, agent=AGENT).id
    for arrival in delivery.arrivals:
        if arrival.problem:
            archive.refuse(batch=batch, path=arrival.path, problem=arrival.problem, agent=AGENT)
            continue
        archive.receive(
            arrival.file,
            batch=batch,
            path=arrival.path,
            kind="text",
            cases=arrival.cases,
            description=arrival.description,
            agent=AGENT,
        )
    return batch


def draw(archive: Archive, batch: str, folder: Path) -> Receipt:
    return receipts.receipt_of(archive, batch, load(folder), made_at=NOON)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "batch"
    made.mkdir()
    (made / "a.txt").write_text("первый")
    (made / "b-copy.txt").write_text("первый")
    (made / "link").symlink_to(made / "a.txt")
    (made / "manifest.csv").write_text(HEADER + "a.txt,QAN-0001,\ngone.pdf,,\n../x,,\n")
    return made


def test_every_file_and_every_line_stands_on_it(archive: Archive, folder: Path) -> None:
    receipt = draw(archive, take_in(archive, folder), folder)
    ended = {line.path: str(line.outcome) for line in receipt.lines}
    assert ended == {
        "a.txt": "stored",
        "b-copy.txt": "duplicate",
        "link": "refused",
        "manifest.csv": "stored",
    }
    assert [line.path for line in receipt.missing] == ["gone.pdf"]
    assert [p.problem for p in receipt.manifest_problems] == ["points outside the batch"]
    counts = receipt.counts()
    assert counts["files"] == counts["stored"] + counts["duplicate"] + counts["refused"] == 4
    assert counts["not_listed"] == 2  # the copy and the link; a manifest does not list itself
    assert counts["waiting"] == 2


def test_a_file_that_could_not_be_opened_is_refused_and_kept(
    archive: Archive, folder: Path
) -> None:
    batch = take_in(archive, folder)
    item = next(i for i in archive.catalog.items(batch=batch) if i.path == "a.txt")
    archive.record_problem(
        item.accession, Stage.READ, StageStatus.REFUSED, "is encrypted", tool="t", agent=AGENT
    )
    line = next(x for x in draw(archive, batch, folder).lines if x.path == "a.txt")
    assert (str(line.outcome), line.problem, line.item) == (
        "refused",
        "is encrypted",
        item.accession,
    )


def test_a_failure_of_ours_is_told_but_the_file_is_stored(archive: Archive, folder: Path) -> None:
    batch = take_in(archive, folder)
    item = next(i for i in archive.catalog.items(batch=batch) if i.path == "a.txt")
    archive.record_problem(
        item.accession, Stage.READ, StageStatus.FAILED, "tool is missing", tool="t", agent=AGENT
    )
    line = next(x for x in draw(archive, batch, folder).lines if x.path == "a.txt")
    assert (str(line.outcome), line.problem) == ("stored", "tool is missing")


def test_pages_to_look_at_are_counted(archive: Archive, folder: Path) -> None:
    batch = take_in(archive, folder)
    item = next(i for i in archive.catalog.items(batch=batch) if i.path == "a.txt")
    passages = [
        Passage(n, PassageKind.PAGE, "x", Method.OCR, page=n, needs_review=n == 2) for n in (1, 2)
    ]
    archive.record_reading(
        item.accession,
        kind="pdf",
        passages=passages,
        derivatives=[],
        facts={},
        tool=Tool("t", "1"),
        problems=[],
        agent=AGENT,
    )
    receipt = draw(archive, batch, folder)
    line = next(x for x in receipt.lines if x.path == "a.txt")
    assert (line.passages, line.to_review) == (2, 1)
    assert receipt.counts()["to_review"] == 1


def test_pages_that_could_not_be_read_are_counted(archive: Archive, folder: Path) -> None:
    batch = take_in(archive, folder)
    item = next(i for i in archive.catalog.items(batch=batch) if i.path == "a.txt")
    bad = Passage(2, PassageKind.PAGE, "", Method.OCR, page=2, problem="too large")
    archive.record_reading(
        item.accession,
        kind="pdf",
        passages=[Passage(1, PassageKind.PAGE, "x", Method.TEXT_LAYER, page=1), bad],
        derivatives=[],
        facts={},
        tool=Tool("t", "1"),
        problems=[],
        agent=AGENT,
    )
    receipt = draw(archive, batch, folder)
    line = next(x for x in receipt.lines if x.path == "a.txt")
    assert (str(line.outcome), line.passages, line.unread) == ("stored", 2, 1)
    assert "(pages that could not be read: 1 of 2)" in receipts.to_text(receipt, str)


def test_an_attachment_stands_under_its_message(archive: Archive, folder: Path) -> None:
    batch = take_in(archive, folder)
    message = next(i for i in archive.catalog.items(batch=batch) if i.path == "a.txt")
    archive.receive(
        folder / "b-copy.txt",
        batch=batch,
        path="внутри.txt",
        kind="text",
        cases=(),
        description=Description(),
        parent=message.accession,
        agent=AGENT,
    )
    receipt = draw(archive, batch, folder)
    assert "a.txt/внутри.txt" in {line.path for line in receipt.lines}
    assert receipt.counts()["attachments"] == 1


def test_json_is_what_other_programs_rely_on(archive: Archive, folder: Path) -> None:
    receipt = draw(archive, take_in(archive, folder), folder)
    told = json.loads(receipts.json_text(receipt))
    first = told["items"][0]
    assert {"path", "outcome", "item", "sha256", "size", "kind", "cases", "problem"} <= set(first)
    assert first["sha256"] == sha256_of("первый".encode()).hex
    assert told["counts"]["stored"] == 2


def test_the_table_holds_missing_files_and_no_formulas(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "hostile"
    folder.mkdir()
    (folder / "=cmd|calc.txt").write_text("x")
    (folder / "two\nlines.txt").write_text("y")
    (folder / "manifest.csv").write_text(HEADER + "gone.pdf,QAN-0001,\n")
    receipt = draw(archive, take_in(archive, folder), folder)
    rows = list(csv.DictReader(io.StringIO(receipts.to_csv(receipt))))
    assert rows[0]["path"] == "'=cmd|calc.txt"
    assert "two\\nlines.txt" in {row["path"] for row in rows}
    assert rows[-1]["outcome"] == "missing"


def test_no_name_can_fake_a_line(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "hostile"
    folder.mkdir()
    (folder / "a\nstored  ARC-2026-999999  faked.pdf").write_text("x")
    (folder / "gpj.\u202etxt.exe").write_text("y")
    text = receipts.to_text(draw(archive, take_in(archive, folder), folder), str)
    assert not any(line.startswith("stored  ARC-2026-999999") for line in text.splitlines())
    assert "\u202e" not in text


def test_sealed_names_stay_out_of_what_others_see(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "protected"
    folder.mkdir()
    (folder / "свидетель Х.txt").write_text("x")
    (folder / "manifest.csv").write_text(
        HEADER + "свидетель Х.txt,,sealed\nсвидетель У.txt,,sealed\n"
    )
    receipt = draw(archive, take_in(archive, folder), folder)
    shown = receipts.to_text(receipts.shareable(receipt), str)
    assert "свидетель" not in shown
    assert "(sealed)" in shown
    assert receipt.lines[-1].restriction is Restriction.SEALED


def test_the_kept_receipt_is_named_by_its_digest(archive: Archive, folder: Path) -> None:
    receipt = draw(archive, take_in(archive, folder), folder)
    digest = receipts.keep(archive.home, receipt)
    kept = {file.suffix: file for file in (archive.home / "receipts").iterdir()}
    assert set(kept) == {".json", ".csv", ".txt"}
    assert sha256_of(kept[".json"].read_bytes()) == digest
    assert digest.hex[:12] in kept[".json"].name
