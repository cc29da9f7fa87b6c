"""Attacks on an archive, each by its name, and what must be found."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
from sqlalchemy import select, text

from aigaq.archive import schema
from aigaq.archive.chain import NO_ROW, Frontier, commitment, leaf_hash
from aigaq.archive.custody import Archive
from aigaq.archive.findings import (
    BrokenChain,
    CheckpointUnreadable,
    DetailsEdited,
    DetailsMissing,
    DigestMismatch,
    Finding,
    HeadMismatch,
    ItemMissing,
    LedgerCut,
    LedgerRewritten,
    MentionMismatch,
    Missing,
    MissingIntake,
    NothingToVerify,
    OrphanDerivative,
    RowDisagrees,
    RowEdited,
    RowsMissing,
    Unaccounted,
    Unreadable,
    as_json,
    describe,
)
from aigaq.archive.ledger import row_object
from aigaq.archive.model import Accession, Digest, Tool
from aigaq.archive.places import Places
from aigaq.archive.verify import VerifyReport, verify
from tests.archive.conftest import ARCHIVIST, Delivery, in_a_folder, read, tampering
from tests.archive.intruders import intruder, name_of


def sql(archive: Archive, *statements: str) -> None:
    """Change the database as somebody with a text terminal would."""
    with tampering(archive) as connection:
        for statement in statements:
            assert connection.execute(text(statement)).rowcount != 0, statement


def nth(archive: Archive, number: int) -> Accession:
    return list(archive.catalog.items())[number].accession


def blob(archive: Archive, number: int) -> Digest:
    return archive.catalog.item(nth(archive, number)).digest


def place(archive: Archive, number: int) -> Path:
    """Where a blob of a folder vault lies."""
    return archive.layout.vault / name_of(blob(archive, number))


def damaged(change: Callable[[bytes], bytes]) -> Callable[[Archive], None]:
    return lambda archive: intruder(archive).damage(blob(archive, 0), change)


def flip(position: int) -> Callable[[Archive], None]:
    def change(content: bytes) -> bytes:
        changed = bytearray(content)
        changed[position] ^= 1
        return bytes(changed)

    return damaged(change)


def of_type(report: VerifyReport, *types: type[Finding]) -> list[Finding]:
    return [finding for finding in report.findings if isinstance(finding, types)]


# --- what is right --------------------------------------------------------------------------------


def test_a_full_archive_is_right(full: Archive) -> None:
    report = verify(full)
    assert report.findings == ()
    assert report.ok
    blobs = [intruder(full).read(entry) for entry in full.vault.contents()]
    assert report.checked == {
        "items": 6,
        "bytes": sum(map(len, blobs)),
        "events": full.catalog.checkpoint().size,
    }
    assert json.loads(json.dumps(report.as_json())) == {
        "ok": True,
        "checked": dict(report.checked),
        "findings": [],
    }


def test_an_empty_archive_proves_nothing(archive: Archive) -> None:
    report = verify(archive)
    assert report.findings == (NothingToVerify(),)
    assert not report.ok


def test_progress_reaches_its_end(full: Archive) -> None:
    seen: list[tuple[int, int]] = []
    report = verify(full, lambda done, total: seen.append((done, total)), workers=2)
    assert seen == sorted(seen)
    assert seen[-1] == (report.checked["bytes"], report.checked["bytes"])


def test_verification_changes_nothing(full: Archive) -> None:
    def everything() -> dict[str, tuple[int, int]]:
        """Size and time of every file; SQLite's shared memory is locks, not content."""
        files = [path for path in full.home.rglob("*") if path.is_file()]
        kept = [path for path in files if not path.name.endswith("-shm")]
        return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in kept}

    before = everything()
    verify(full)
    assert everything() == before


@pytest.mark.parametrize(
    ("narrowed", "items"),
    [({"case": "QAN-0002"}, 3), ({"item": 0}, 1), ({"item": 0, "case": "QAN-0002"}, 0)],
)
def test_one_case_or_item_can_be_verified(
    full: Archive, narrowed: dict[str, str | int], items: int
) -> None:
    wanted = {
        key: nth(full, value) if isinstance(value, int) else value
        for key, value in narrowed.items()
    }
    report = verify(full, **wanted)
    assert report.checked["items"] == items
    assert report.ok is (items > 0)


def test_a_narrowed_verification_looks_only_there(full: Archive) -> None:
    flip(0)(full)
    assert verify(full, item=nth(full, 1)).ok
    assert not verify(full, item=nth(full, 0)).ok


# --- attacks on bytes -----------------------------------------------------------------------------


def lose(archive: Archive) -> None:
    intruder(archive).lose(blob(archive, 1))


def slip_in(archive: Archive) -> None:
    stray = archive.layout.work / "stray"
    stray.write_bytes(b"planted")
    archive.vault.put(stray)


def swap(archive: Archive) -> None:
    hands, one, other = intruder(archive), blob(archive, 0), blob(archive, 1)
    contents = hands.read(one), hands.read(other)
    hands.damage(one, lambda _: contents[1])
    hands.damage(other, lambda _: contents[0])


def leave_a_note(archive: Archive) -> None:
    intruder(archive).leave("sha256/note.txt", b"was here")


def hide_behind_link(archive: Archive) -> None:
    there = place(archive, 0)
    there.rename(archive.layout.work / "moved")
    there.symlink_to(archive.layout.work / "moved")


def put_a_folder(archive: Archive) -> None:
    there = place(archive, 0)
    there.unlink()
    there.mkdir()


def lose_derivative(archive: Archive) -> None:
    [made] = archive.catalog.derivatives(nth(archive, 0))
    intruder(archive).lose(made.digest)


def lose_replaced_derivative(archive: Archive) -> None:
    """Of a reading that a later one replaced."""
    current = archive.catalog.derivatives(nth(archive, 4))
    with archive.database.reading() as connection:
        query = select(schema.derivatives.c.digest).where(
            schema.derivatives.c.item == nth(archive, 4)
        )
        [old] = set(connection.execute(query).scalars()) - {str(made.digest) for made in current}
    intruder(archive).lose(Digest.parse(old))


BYTE_ATTACKS: dict[str, tuple[Callable[[Archive], None], dict[type[Finding], int]]] = {
    "first bit flipped": (flip(0), {DigestMismatch: 1}),
    "middle bit flipped": (flip(6), {DigestMismatch: 1}),
    "last bit flipped": (flip(-1), {DigestMismatch: 1}),
    "truncated": (damaged(lambda content: content[:-1]), {DigestMismatch: 1}),
    "emptied": (damaged(lambda content: b""), {DigestMismatch: 1}),
    "extended": (damaged(lambda content: content + b"\0"), {DigestMismatch: 1}),
    "two swapped": (swap, {DigestMismatch: 2}),
    "lost": (lose, {Missing: 1}),
    "extra": (slip_in, {Unaccounted: 1}),
    "a note in the vault": (leave_a_note, {Unaccounted: 1}),
    "derivative lost": (lose_derivative, {Missing: 1}),
    "replaced derivative lost": (lose_replaced_derivative, {Missing: 1}),
}


FOLDER_ATTACKS: dict[str, tuple[Callable[[Archive], None], dict[type[Finding], int]]] = {
    "hidden behind a link": (hide_behind_link, {Unreadable: 1, Unaccounted: 1}),
    "a folder in its place": (put_a_folder, {Unreadable: 1}),
}


@pytest.mark.parametrize("name", BYTE_ATTACKS)
def test_attacks_on_bytes(full: Archive, name: str) -> None:
    hold_against(full, *BYTE_ATTACKS[name])


@in_a_folder
@pytest.mark.parametrize("name", FOLDER_ATTACKS)
def test_attacks_on_a_folder(full: Archive, name: str) -> None:
    hold_against(full, *FOLDER_ATTACKS[name])


def hold_against(
    full: Archive, attack: Callable[[Archive], None], expected: dict[type[Finding], int]
) -> None:
    attack(full)
    report = verify(full)
    assert not report.ok
    found = [type(finding) for finding in report.findings]
    assert {kind: found.count(kind) for kind in set(found)} == expected


def test_a_flipped_bit_is_named_with_its_item(full: Archive) -> None:
    flip(3)(full)
    [finding] = verify(full).findings
    item = full.catalog.item(nth(full, 0))
    assert isinstance(finding, DigestMismatch)
    assert (finding.item, finding.expected) == (item.accession, str(item.digest))
    assert item.accession in describe(finding)
    assert as_json(finding)["type"] == "DigestMismatch"


@in_a_folder
@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_blob_without_permission_is_unreadable(full: Archive) -> None:
    place(full, 0).chmod(0)
    assert len(of_type(verify(full), Unreadable)) == 1


# --- attacks on rows ------------------------------------------------------------------------------

ROW_ATTACKS: dict[str, tuple[tuple[str, ...], tuple[type[Finding], ...]]] = {
    # the ledger
    "event: outcome edited": (
        ("UPDATE events SET outcome='refused' WHERE sequence=5",),
        (RowEdited,),
    ),
    "event: time edited": (("UPDATE events SET at='2020' WHERE sequence=5",), (RowEdited,)),
    "event: agent edited": (("UPDATE events SET agent_name='x' WHERE sequence=3",), (RowEdited,)),
    "event: bytes for text": (("UPDATE events SET term=x'00ff' WHERE sequence=3",), (RowEdited,)),
    "event: hash edited": (
        ("UPDATE events SET hash='sha256:'||substr(commitment,13) WHERE sequence=4",),
        (RowEdited, BrokenChain),
    ),
    "event: hash is no hash": (
        ("UPDATE events SET hash='none' WHERE sequence=4",),
        (RowEdited, BrokenChain),
    ),
    "event: previous edited": (
        ("UPDATE events SET previous=hash WHERE sequence=4",),
        (RowEdited, BrokenChain),
    ),
    "event: first deleted": (("DELETE FROM events WHERE sequence=0",), (RowsMissing,)),
    "event: one deleted": (("DELETE FROM events WHERE sequence=4",), (RowsMissing,)),
    "event: last deleted": (
        ("DELETE FROM events WHERE sequence=(SELECT max(sequence) FROM events)",),
        (LedgerCut,),
    ),
    "event: tail cut, head moved back": (
        (
            "DELETE FROM events WHERE sequence>=6",
            "DELETE FROM details WHERE sequence>=6",
            "UPDATE head SET size=6",
        ),
        (LedgerCut,),
    ),
    "event: all deleted": (("DELETE FROM events",), (LedgerCut, MissingIntake)),
    "event: two exchanged": (
        (
            "UPDATE events SET sequence=1000 WHERE sequence=3",
            "UPDATE events SET sequence=3 WHERE sequence=4",
            "UPDATE events SET sequence=4 WHERE sequence=1000",
        ),
        (RowEdited, BrokenChain),
    ),
    "event: one put in at the end": (
        (
            "INSERT INTO events SELECT sequence+1,hash,term,object,content,agent_name,agent_tool,"
            "agent_version,at,outcome,commitment,hash FROM events ORDER BY sequence DESC LIMIT 1",
        ),
        (RowEdited, DetailsMissing, HeadMismatch),
    ),
    "details: edited": (
        ("UPDATE details SET details=replace(details,'photo','phot0') WHERE sequence=5",),
        (DetailsEdited,),
    ),
    "details: no JSON": (("UPDATE details SET details='{' WHERE sequence=5",), (DetailsEdited,)),
    "details: bytes": (("UPDATE details SET details=x'ff' WHERE sequence=5",), (DetailsEdited,)),
    "details: salt edited": (("UPDATE details SET salt='x' WHERE sequence=5",), (DetailsEdited,)),
    "details: deleted": (("DELETE FROM details WHERE sequence=5",), (DetailsMissing,)),
    "head: size edited": (("UPDATE head SET size=size-1",), (HeadMismatch,)),
    "head: root edited": (("UPDATE head SET root=last",), (HeadMismatch,)),
    "head: frontier edited": (("UPDATE head SET frontier='00'||frontier",), (HeadMismatch,)),
    "head: deleted": (("DELETE FROM head",), (HeadMismatch,)),
    # items
    "item: digest edited": (
        ("UPDATE items SET digest='sha256:'||path_hash WHERE path='photo.jpg'",),
        (RowDisagrees,),
    ),
    "item: size edited": (
        ("UPDATE items SET size=size+1 WHERE path='photo.jpg'",),
        (RowDisagrees,),
    ),
    "item: path edited": (("UPDATE items SET path='x' WHERE path='photo.jpg'",), (RowDisagrees,)),
    "item: date edited": (
        ("UPDATE items SET date='2022' WHERE path='photo.jpg'",),
        (RowDisagrees,),
    ),
    "item: time edited": (("UPDATE items SET received_at='2022'",), (RowDisagrees,)),
    "item: kind edited": (("UPDATE items SET kind='x' WHERE path='verdict.pdf'",), (RowDisagrees,)),
    "item: unsealed": (
        ("UPDATE items SET restriction='open' WHERE path='broken.pdf'",),
        (RowDisagrees,),
    ),
    "item: duplicate made first": (
        ("UPDATE items SET duplicate_of=NULL WHERE path='same.pdf'",),
        (RowDisagrees,),
    ),
    "item: deleted": (("DELETE FROM items WHERE path='photo.jpg'",), (ItemMissing,)),
    "item: put in": (
        (
            "INSERT INTO items SELECT 'ARC-2021-000001',digest,size,batch,'new',path_hash,parent,"
            "received_at,kind,document_type,date,source,language,restriction,note,accession"
            " FROM items WHERE path='photo.jpg'",
        ),
        (MissingIntake,),
    ),
    "item: case taken away": (
        ("DELETE FROM item_cases WHERE \"case\"='QAN-0002'",),
        (RowDisagrees,),
    ),
    "item: cases exchanged": (
        ("UPDATE item_cases SET \"case\"='QAN-0002' WHERE \"case\"='QAN-0001' AND item LIKE '%1'",),
        (RowDisagrees,),
    ),
    # cases, batches, refusals
    "case: title edited": (("UPDATE cases SET title='x' WHERE id='QAN-0001'",), (RowDisagrees,)),
    "case: put in": (("INSERT INTO cases VALUES ('QAN-0009','','')",), (RowDisagrees,)),
    "case: deleted": (("DELETE FROM cases WHERE id='QAN-0001'",), (RowDisagrees,)),
    "batch: source edited": (("UPDATE batches SET source='x'",), (RowDisagrees,)),
    "batch: reopened": (
        ("UPDATE batches SET closed_at=NULL WHERE closed_at IS NOT NULL",),
        (RowDisagrees,),
    ),
    "batch: deleted": (("DELETE FROM batches WHERE id LIKE '%2'",), (RowDisagrees,)),
    "refusal: edited": (("UPDATE refusals SET problem='x'",), (RowDisagrees,)),
    "refusal: deleted": (("DELETE FROM refusals",), (RowDisagrees,)),
    # readings
    "reading: facts edited": (("UPDATE readings SET facts='{}'",), (RowDisagrees,)),
    "reading: problems edited": (("UPDATE readings SET problems='[]'",), (RowDisagrees,)),
    "reading: deleted": (("DELETE FROM readings",), (RowDisagrees,)),
    "passage: word edited": (
        ("UPDATE passages SET text=replace(text,'виновным','невиновн') WHERE number=0",),
        (RowDisagrees,),
    ),
    "passage: deleted": (
        ("DELETE FROM passages WHERE number=1",),
        (RowDisagrees, MentionMismatch),
    ),
    "passage: confidence edited": (("UPDATE passages SET confidence=99",), (RowDisagrees,)),
    "mention: raw edited": (
        ("UPDATE mentions SET raw='Ержан Ахметовв' WHERE passage=0",),
        (RowDisagrees, MentionMismatch),
    ),
    "mention: moved": (
        ("UPDATE mentions SET start=start+1 WHERE passage=0",),
        (RowDisagrees, MentionMismatch),
    ),
    "mention: of no passage": (
        ("UPDATE mentions SET passage=9 WHERE passage=1",),
        (RowDisagrees, MentionMismatch),
    ),
    "mention: role edited": (("UPDATE mentions SET role='x'",), (RowDisagrees,)),
    "mention: deleted": (("DELETE FROM mentions WHERE passage=0",), (RowDisagrees,)),
    "derivative: source edited": (
        ("UPDATE derivatives SET source='sha256:'||substr(source,8,63)||'0'",),
        (RowDisagrees, OrphanDerivative),
    ),
    "derivative: no tool": (
        ("UPDATE derivatives SET tool='', version=''",),
        (RowDisagrees, OrphanDerivative),
    ),
    "derivative: deleted": (
        ("DELETE FROM derivatives WHERE item LIKE '%1'",),
        (RowDisagrees, Unaccounted),
    ),
    "derivative: moved to another reading": (
        (
            "UPDATE derivatives SET position=1, event=(SELECT max(event) FROM derivatives)"
            " WHERE event=(SELECT min(event) FROM derivatives)",
        ),
        (RowDisagrees,),
    ),
}


@in_a_folder
@pytest.mark.parametrize("name", ROW_ATTACKS)
def test_attacks_on_rows(full: Archive, name: str) -> None:
    statements, expected = ROW_ATTACKS[name]
    sql(full, *statements)
    report = verify(full)
    assert not report.ok
    found = {type(finding) for finding in report.findings}
    assert set(expected) <= found


@in_a_folder
def test_an_edited_row_is_named(full: Archive) -> None:
    sql(full, "UPDATE events SET outcome='refused' WHERE sequence=5")
    assert of_type(verify(full), RowEdited, BrokenChain, HeadMismatch) == [RowEdited(5)]


@in_a_folder
def test_a_deleted_row_is_named(full: Archive) -> None:
    sql(full, "DELETE FROM events WHERE sequence IN (1, 2)")
    assert RowsMissing(1, 2) in verify(full).findings


@in_a_folder
def test_a_cut_that_head_and_checkpoint_both_tell_of_is_one_finding(full: Archive) -> None:
    size = full.catalog.checkpoint().size
    sql(full, f"DELETE FROM events WHERE sequence>={size - 2}")
    assert of_type(verify(full), LedgerCut) == [LedgerCut(size, size - 2)]


@in_a_folder
def test_an_edited_item_is_named(full: Archive) -> None:
    sql(full, "UPDATE items SET size=1 WHERE path='photo.jpg'")
    assert verify(full).findings == (RowDisagrees("items", nth(full, 1), "size", "8", "1"),)


# --- attacks on the whole ledger ------------------------------------------------------------------


def rewrite(archive: Archive, change: Callable[[str], str]) -> None:
    """Make the ledger anew with other details, hashes and head all right: a thorough forger."""
    with tampering(archive) as connection:
        found = connection.execute(
            text("SELECT * FROM events JOIN details USING (sequence) ORDER BY sequence")
        )
        frontier, last = Frontier(), NO_ROW
        for stored in found.all():
            row = dict(stored._mapping)
            row["details"] = change(row["details"])
            row["commitment"] = commitment(row["details"].encode(), row["salt"])
            row["previous"] = last
            leaf = leaf_hash(row_object(row))
            last = Digest("sha256", leaf.hex())
            frontier.append(leaf)
            connection.execute(
                text(
                    "UPDATE events SET previous=:previous, commitment=:commitment, hash=:hash"
                    " WHERE sequence=:sequence"
                ),
                {**row, "previous": str(row["previous"]), "hash": str(last)},
            )
            connection.execute(
                text("UPDATE details SET details=:details WHERE sequence=:sequence"), row
            )
        nodes = ",".join(node.hex() for node in frontier.hashes)
        connection.execute(
            text("UPDATE head SET root=:root, last=:last, frontier=:nodes"),
            {"root": str(frontier.root()), "last": str(last), "nodes": nodes},
        )


@in_a_folder
def test_a_rewritten_ledger_does_not_give_its_checkpoint(full: Archive) -> None:
    rewrite(full, lambda details: details.replace("photo", "phot0"))
    sql(full, "UPDATE items SET path='phot0.jpg' WHERE path='photo.jpg'")
    [checkpoint] = full.layout.checkpoints.iterdir()
    found = of_type(verify(full), LedgerRewritten)
    assert [finding.size for finding in found] == [int(checkpoint.stem)]  # type: ignore[attr-defined]


@in_a_folder
def test_a_forger_who_does_it_all_right_is_the_null_test(full: Archive) -> None:
    """Rewriting with nothing changed gives the very same ledger: the forger above is competent."""
    rewrite(full, lambda details: details)
    assert verify(full).ok


@in_a_folder
def test_an_older_database_with_newer_checkpoints_is_a_cut(full: Archive) -> None:
    backup = backed_up(full)
    batch = full.open_batch("third", agent=ARCHIVIST)
    head = full.close_batch(batch.id, agent=ARCHIVIST)
    restore(full, backup)
    [finding] = verify(full).findings
    assert finding == LedgerCut(head.size, full.catalog.checkpoint().size)


Backup = dict[str, list[dict[str, object]]]


def backed_up(archive: Archive) -> Backup:
    """Every row of every table, as the database gives it."""
    with tampering(archive) as connection:
        return {
            name: [dict(row._mapping) for row in connection.execute(text(f"SELECT * FROM {name}"))]
            for name in schema.metadata.tables
        }


def restore(archive: Archive, backup: Backup) -> None:
    with tampering(archive) as connection:
        for name, rows in backup.items():
            connection.execute(text(f"DELETE FROM {name}"))
            for row in rows:
                columns = ", ".join(f'"{column}"' for column in row)
                values = ", ".join(f":{column}" for column in row)
                connection.execute(text(f"INSERT INTO {name} ({columns}) VALUES ({values})"), row)


@in_a_folder
@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.replace("aigaq-archive/", "aigaq-archive/0"),
        lambda body: "",
        lambda body: body.replace("\n", "\r\n"),
        lambda body: body[:-8] + "AAAAAA=\n",
    ],
)
def test_a_damaged_checkpoint_is_found(full: Archive, change: Callable[[str], str]) -> None:
    [path] = full.layout.checkpoints.iterdir()
    path.write_text(change(path.read_text()))
    assert of_type(verify(full), CheckpointUnreadable, LedgerRewritten)


@in_a_folder
def test_a_checkpoint_lost_from_the_folder_is_written_again(full: Archive, places: Places) -> None:
    [path] = full.layout.checkpoints.iterdir()
    body = path.read_text()
    path.unlink()
    with Archive.open(places):
        assert path.read_text() == body


# --- while the archive lives ----------------------------------------------------------------------


def test_an_interrupted_reading_is_not_a_finding(delivery: Delivery) -> None:
    archive = delivery.archive
    item = delivery.receive("a.txt", b"text").item
    archive.attach(
        item.accession,
        delivery.file("words", b"half"),
        role="word-boxes",
        page=1,
        media_type="text/plain",
        tool=Tool("tesseract", "5"),
        source=item.digest,
    )
    report = verify(archive)
    assert (report.ok, report.unfinished) == (True, 1)
    read(archive, item.accession, delivery.folder, b"other words")
    report = verify(archive)
    assert (report.ok, report.unfinished) == (True, 0)


def test_a_blob_whose_row_never_came_is_taken_up_by_the_next_ingest(delivery: Delivery) -> None:
    delivery.receive("a.txt", b"text")
    orphan = delivery.archive.vault.put(delivery.file("b.txt", b"other"))
    [finding] = verify(delivery.archive).findings
    assert isinstance(finding, Unaccounted)
    assert orphan.digest.hex in finding.path
    assert delivery.receive("b.txt", b"other").new
    assert verify(delivery.archive).ok


def test_verifying_during_an_ingest_finds_nothing(delivery: Delivery) -> None:
    delivery.receive("first", b"first")
    over = threading.Event()

    def ingest() -> None:
        for number in range(60):
            delivery.receive(f"{number}", b"%d" % number)
            if number % 5 == 0:  # a checkpoint that is newer than what is just being looked at
                batch = delivery.archive.open_batch(f"{number}", agent=ARCHIVIST)
                delivery.archive.close_batch(batch.id, agent=ARCHIVIST)
        over.set()

    worker = threading.Thread(target=ingest)
    worker.start()
    reports = []
    while not over.is_set():
        reports.append(verify(delivery.archive))
    worker.join()
    assert reports
    assert [report.findings for report in reports if not report.ok] == []


# --- the words ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Finding.__subclasses__())
def test_every_finding_has_a_sentence_an_advice_and_a_number(kind: type[Finding]) -> None:
    values = {field.name: "x" if field.type == "str" else 1 for field in fields(kind)}
    finding = kind(**values)
    assert describe(finding).endswith(".")
    assert "{" not in describe(finding)
    assert finding.advice
    assert 1 <= finding.check <= 9
    assert as_json(finding) == {"type": kind.__name__, "check": kind.check, **values}
