"""The vault in a bucket on bad days: nothing is lost, nothing double, nothing half there."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aigaq.archive.errors import RefusedError, UntrustedStoreError, VaultError
from aigaq.archive.layout import Layout
from aigaq.archive.model import Digest
from aigaq.archive.places import Places, S3Place
from aigaq.archive.vault import Stored
from aigaq.archive.vault.note import BucketNote
from aigaq.archive.vault.s3 import trial, upload
from aigaq.archive.vault.s3 import vault as s3_vault
from aigaq.archive.vault.s3.patience import Patience
from aigaq.archive.vault.s3.vault import S3Vault
from tests.archive.intruders import client_of, intruder_of, name_of
from tests.archive.telling import heard, told
from tests.services import Running
from tests.services.between import (
    ALWAYS,
    Between,
    Harm,
    altered,
    altered_request,
    answering,
    answering_late,
    cut_after,
    cut_before,
    cut_in_the_answer,
    shortened,
    staying_silent,
)

SHORT = Patience(attempts=4, first_seconds=0.01, longest_seconds=0.02, silence_seconds=1)
PART = 5 << 20
"""The least that S3 takes as a part that is not the last."""
ROOT = Path(__file__).parents[2]


def opened(home: Path, place: S3Place, patience: Patience = SHORT) -> S3Vault:
    """A vault on a store that counts as tried."""
    layout = Layout(home)
    layout.make_folders()
    note = BucketNote(layout.bucket_note, layout.vault)
    note.write(place, trial.NUMBER)
    return S3Vault(place, layout.tmp, note, patience)


@pytest.fixture
def between(s3: Running) -> Iterator[Between]:
    with Between(s3) as proxy:
        yield proxy


@pytest.fixture
def place(s3_place: S3Place, between: Between) -> S3Place:
    return replace(s3_place, endpoint=between.address)


@pytest.fixture
def vault(tmp_path: Path, place: S3Place) -> S3Vault:
    return opened(tmp_path / "home", place)


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of more than 5 MiB go in parts, not only those of more than 16."""
    monkeypatch.setattr(upload, "WHOLE_BYTES", PART)
    monkeypatch.setattr(s3_vault, "WHOLE_BYTES", PART)


@dataclass(frozen=True)
class File:
    path: Path
    content: bytes


def made(tmp_path: Path, size: int) -> File:
    file = File(tmp_path / "file", os.urandom(size % 1000) + os.urandom(1000) * (size // 1000))
    file.path.write_bytes(file.content)
    return file


@pytest.fixture(params=["at once", "in parts"])
def file(request: pytest.FixtureRequest, tmp_path: Path, small_parts: None) -> File:
    return made(tmp_path, 1000 if request.param == "at once" else PART + 1)


def versions(place: S3Place, digest: Digest) -> list[str]:
    """Every version of a blob's object: one, unless somebody overwrote it."""
    key = f"{place.top}vault/{name_of(digest)}"
    answer = client_of(place).list_object_versions(Bucket=place.bucket, Prefix=key)
    return [version["VersionId"] for version in answer.get("Versions", ())]


def uploads(place: S3Place) -> list[str]:
    answer = client_of(place).list_multipart_uploads(Bucket=place.bucket, Prefix=place.top)
    return [each["Key"] for each in answer.get("Uploads", ())]


def assert_whole(vault: S3Vault, stored: Stored, file: File) -> None:
    """Once there, as it should be, and nothing beside it."""
    assert intruder_of(vault).read(stored.digest) == file.content
    assert len(versions(vault.place, stored.digest)) == 1
    assert uploads(vault.place) == []
    assert list(vault.contents()) == [stored.digest]
    assert list(vault.tmp.iterdir()) == []


# --- large files ----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [PART, PART + 1, 2 * PART])
def test_a_large_file_comes_in_parts(
    vault: S3Vault, between: Between, tmp_path: Path, small_parts: None, size: int
) -> None:
    file = made(tmp_path, size)
    stored = vault.put(file.path)
    assert (stored.size, stored.new) == (size, True)
    assert_whole(vault, stored, file)
    parts = sum("partNumber=" in request for request in between.seen)
    assert parts == (0 if size == PART else -(-size // PART))
    assert vault.put(file.path).new is False


def test_the_largest_file_has_no_more_parts_than_a_store_takes() -> None:
    for size in (1, PART, 100 * 2**30, 5 * 2**40):
        length = max(upload.WHOLE_BYTES, -(-size // upload.MOST_PARTS))
        assert -(-size // length) <= upload.MOST_PARTS


def test_a_file_that_changes_between_hashing_and_sending_is_refused(
    vault: S3Vault, place: S3Place, tmp_path: Path, small_parts: None
) -> None:
    file = made(tmp_path, 2 * PART)

    def change(_digest: Digest, _size: int) -> None:
        with file.path.open("r+b") as other:
            other.seek(PART + 5)
            other.write(b"changed")

    with pytest.raises(RefusedError, match="changed while"):
        vault.put(file.path, announce=change)
    assert list(vault.contents()) == []
    assert uploads(place) == []
    assert list(vault.tmp.iterdir()) == []


def test_a_file_that_is_cut_between_hashing_and_sending_is_refused(
    vault: S3Vault, place: S3Place, tmp_path: Path, small_parts: None
) -> None:
    file = made(tmp_path, 2 * PART)
    with pytest.raises(RefusedError, match="changed while"):
        vault.put(file.path, announce=lambda *_: os.truncate(file.path, PART))
    assert (list(vault.contents()), uploads(place)) == ([], [])


# --- a store in trouble ---------------------------------------------------------------------------

TROUBLE: dict[str, Harm] = {
    "500": answering(500, "InternalError"),
    "503": answering(503, "SlowDown"),
    "429": answering(429, "TooManyRequests"),
    "409": answering(409, "ConditionalRequestConflict"),
    "silent": staying_silent(1.2),
    "heard too late": answering_late(1.2),
    "cut before the store did it": cut_before,
    "cut after the store did it": cut_after,
    "cut in the middle of the answer": cut_in_the_answer,
    "bytes altered on the way": altered_request,
}


@pytest.fixture
def a_week_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every upload is as old as one that is given up."""
    monkeypatch.setattr(upload, "GIVEN_UP_AFTER", timedelta(0))


@pytest.mark.usefixtures("a_week_later")
@pytest.mark.parametrize("trouble", TROUBLE)
@pytest.mark.parametrize(
    ("verb", "file"),
    [("HEAD", "at once"), ("PUT", "at once"), ("PUT", "in parts"), ("POST", "in parts")],
    indirect=["file"],
)
def test_a_passing_trouble_costs_nothing(
    vault: S3Vault, between: Between, file: File, verb: str, trouble: str
) -> None:
    """`new` too is what it would have been: an answer that was lost is no error."""
    harm = TROUBLE[trouble]
    if harm is not altered_request or verb == "PUT":  # the others have no bytes to alter
        between.harm(harm, method=verb, times=2)
    stored = vault.put(file.path)
    assert stored.new
    # begun anew because the first answer was lost: given up when it is old
    vault._uploads.give_up_old(vault._root)
    assert_whole(vault, stored, file)
    assert vault.put(file.path).new is False


def test_every_request_may_fail_once(vault: S3Vault, between: Between, file: File) -> None:
    """The store does what it is asked, and each first answer is lost."""
    vault.put(file.path)
    asked = len(between.seen)
    for number in range(asked):
        fresh = File(file.path, os.urandom(8) + file.content)
        fresh.path.write_bytes(fresh.content)
        between.heal()
        between.harm(cut_after, after=number)
        stored = vault.put(fresh.path)
        assert stored.new, between.seen
        assert intruder_of(vault).read(stored.digest) == fresh.content
        assert len(versions(vault.place, stored.digest)) == 1
    # an upload that was begun twice is one too many; it is given up when it is old
    assert len(uploads(vault.place)) <= 1


@pytest.mark.parametrize("trouble", sorted(set(TROUBLE) - {"cut in the middle of the answer"}))
def test_a_lasting_trouble_is_told_and_loses_nothing(
    vault: S3Vault, between: Between, file: File, trouble: str
) -> None:
    between.harm(TROUBLE[trouble], method="PUT", times=ALWAYS)
    with pytest.raises(VaultError) as caught:
        vault.put(file.path)
    assert vault.place.bucket in caught.value.message
    assert "start the same command again" in caught.value.advice
    between.heal()
    again = opened(vault.tmp.parent, vault.place)
    stored = again.put(file.path)
    assert_whole(again, stored, file)


def test_a_store_that_is_gone_is_told(tmp_path: Path, s3_place: S3Place) -> None:
    vault = opened(tmp_path / "home", replace(s3_place, endpoint="http://127.0.0.1:9"))
    with pytest.raises(VaultError, match=re.escape("127.0.0.1:9")) as caught:
        vault.exists(Digest("sha256", "0" * 64))
    assert "nothing is lost" in caught.value.advice


def test_a_mistake_of_ours_is_not_repeated(vault: S3Vault, between: Between, file: File) -> None:
    between.harm(answering(403, "AccessDenied"), method="PUT", times=ALWAYS)
    with pytest.raises(VaultError, match="AccessDenied") as caught:
        vault.put(file.path)
    assert "permissions" in caught.value.advice
    assert sum(request.startswith("PUT") for request in between.seen) == 1


def test_a_store_that_no_longer_keeps_versions_is_left(
    vault: S3Vault, between: Between, file: File
) -> None:
    def without_version(exchange: Any) -> None:
        answer = exchange.pass_on()
        answer.headers = {
            name: value
            for name, value in answer.headers.items()
            if name.lower() != "x-amz-version-id"
        }
        exchange.reply(answer)

    between.harm(without_version, times=ALWAYS)
    with pytest.raises(UntrustedStoreError, match="keeps no versions"):
        vault.put(file.path)


# --- reading --------------------------------------------------------------------------------------


@pytest.fixture
def blob(vault: S3Vault, tmp_path: Path) -> tuple[Digest, bytes]:
    file = made(tmp_path, 3_000_001)
    return vault.put(file.path).digest, file.content


def read(vault: S3Vault, digest: Digest) -> bytes:
    with vault.open(digest) as source:
        return source.readall()


def fetch(vault: S3Vault, digest: Digest) -> bytes:
    with vault.local(digest) as path:
        return path.read_bytes()


ROADS: dict[str, Callable[[S3Vault, Digest], bytes]] = {"opened": read, "fetched": fetch}


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize(
    "trouble",
    ["500", "503", "silent", "cut before the store did it", "cut in the middle of the answer"],
)
def test_a_passing_trouble_is_not_seen_by_a_reader(
    vault: S3Vault, between: Between, blob: tuple[Digest, bytes], trouble: str, road: str
) -> None:
    digest, content = blob
    between.harm(TROUBLE[trouble], method="GET", times=2)
    assert ROADS[road](vault, digest) == content
    assert vault.measure(digest).digest == digest


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("harm", [cut_in_the_answer, shortened, altered])
def test_a_reader_never_gets_fewer_or_other_bytes(
    vault: S3Vault, between: Between, blob: tuple[Digest, bytes], harm: Harm, road: str
) -> None:
    between.harm(harm, method="GET", times=ALWAYS)
    with pytest.raises(VaultError, match=blob[0].hex):
        ROADS[road](vault, blob[0])
    assert list(vault.tmp.iterdir()) == []


def test_a_broken_reading_goes_on_in_the_same_version(
    vault: S3Vault, between: Between, blob: tuple[Digest, bytes]
) -> None:
    """Somebody overwrites the object while it is read."""
    digest, content = blob
    between.harm(cut_in_the_answer, method="GET")
    with vault.open(digest) as source:
        first = source.read(1000)
        intruder_of(vault).damage(digest, bytes.swapcase)
        assert first + source.readall() == content


# --- many at once ---------------------------------------------------------------------------------


def test_one_of_many_who_bring_the_same_bytes_is_the_first(
    tmp_path: Path, s3_place: S3Place, file: File
) -> None:
    vaults = [opened(tmp_path / f"home-{number}", s3_place) for number in range(6)]
    together = threading.Barrier(len(vaults))

    def put(vault: S3Vault) -> Stored:
        return vault.put(file.path, announce=lambda *_: together.wait(30) and None)

    with ThreadPoolExecutor(len(vaults)) as pool:
        stored = list(pool.map(put, vaults))
    assert sorted(each.new for each in stored) == [False] * 5 + [True]
    assert_whole(vaults[0], stored[0], file)


# --- locks ----------------------------------------------------------------------------------------


def test_a_blob_is_locked_for_as_long_as_was_asked(
    tmp_path: Path, s3_place: S3Place, file: File
) -> None:
    place = replace(s3_place, retention_days=1)
    before = datetime.now(UTC).replace(microsecond=0)
    vault = opened(tmp_path / "home", place)
    stored = vault.put(file.path)
    key = f"{place.top}vault/{name_of(stored.digest)}"
    client = client_of(place)
    held = client.get_object_retention(Bucket=place.bucket, Key=key)["Retention"]
    assert held["Mode"] == "COMPLIANCE"
    assert timedelta(0) <= held["RetainUntilDate"] - before - timedelta(days=1) < timedelta(hours=1)
    [version] = versions(place, stored.digest)
    with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
        client.delete_object(Bucket=place.bucket, Key=key, VersionId=version)
    # what was overwritten or deleted can be had back
    intruder_of(vault).damage(stored.digest, lambda _: b"other")
    intruder_of(vault).lose(stored.digest)
    kept = client.get_object(Bucket=place.bucket, Key=key, VersionId=version)["Body"].read()
    assert kept == file.content


# --- uploads of the dead --------------------------------------------------------------------------


def die_in_the_second_part(places: str, file: str) -> None:
    """For a process of its own."""
    where = heard(places)
    assert where.vault is not None
    vault = opened(where.home, where.vault)
    part = vault._store.part

    def dying(key: str, upload: str, number: int, *rest: Any) -> str:
        if number == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return part(key, upload, number, *rest)

    vault._store.part = dying  # type: ignore[method-assign]
    vault.put(Path(file))


def test_an_upload_of_a_dead_process_is_given_up(
    tmp_path: Path, s3_place: S3Place, small_parts: None
) -> None:
    file = made(tmp_path, upload.WHOLE_BYTES * 4 + 1)
    home = tmp_path / "home"
    code = "import sys; from tests.archive import test_s3_vault as t; t.die_in_the_second_part"
    command = [sys.executable, "-c", f"{code}(*sys.argv[1:])", told(Places(home, vault=s3_place))]
    done = subprocess.run([*command, file.path], cwd=ROOT, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(uploads(s3_place)) == 1
    vault = opened(home, s3_place)
    assert list(vault.contents()) == []  # nothing half-written bears a digest
    stored = vault.put(file.path)
    assert stored.new
    assert_whole(vault, stored, file)


def test_an_upload_under_way_is_left_alone(
    tmp_path: Path, s3_place: S3Place, small_parts: None
) -> None:
    """Another process of the same home begins in the middle of it."""
    file = made(tmp_path, 2 * PART)
    vault = opened(tmp_path / "home", s3_place)
    part = vault._store.part

    def disturbed(*words: Any) -> str:
        opened(tmp_path / "home", s3_place).prove()
        return part(*words)

    vault._store.part = disturbed  # type: ignore[method-assign]
    assert_whole(vault, vault.put(file.path), file)


def test_an_upload_that_nobody_is_left_for_is_given_up_when_it_is_old(
    tmp_path: Path, s3_place: S3Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of another machine, or begun twice because the first answer was lost."""
    key = f"{s3_place.top}vault/sha256/00/00/{'0' * 64}"
    client_of(s3_place).create_multipart_upload(Bucket=s3_place.bucket, Key=key)
    vault = opened(tmp_path / "home", s3_place)
    vault._uploads.give_up_old(vault._root)
    assert uploads(s3_place) == [key]
    monkeypatch.setattr(upload, "GIVEN_UP_AFTER", timedelta(0))
    vault._uploads.give_up_old(vault._root)
    assert uploads(s3_place) == []


def test_a_note_of_an_upload_that_never_began_is_cleared(tmp_path: Path, s3_place: S3Place) -> None:
    vault = opened(tmp_path / "home", s3_place)
    (vault.tmp / f"upload-{'0' * 32}").touch()
    vault.prove()
    assert list(vault.tmp.iterdir()) == []


# --- listing --------------------------------------------------------------------------------------


def test_a_long_listing_comes_page_by_page(
    vault: S3Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = set()
    for number in range(7):
        (tmp_path / "file").write_bytes(b"%d" % number)
        put.add(vault.put(tmp_path / "file").digest)
    client = vault._store._connected()
    pages = []

    def short_pages(**words: Any) -> Any:
        pages.append(client_of(vault.place).list_objects_v2(**words, MaxKeys=3))
        return pages[-1]

    monkeypatch.setattr(client, "list_objects_v2", short_pages)
    assert list(vault.contents()) == sorted(put, key=lambda digest: digest.hex)
    assert len(pages) == 3
