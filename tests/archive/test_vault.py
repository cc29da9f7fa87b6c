"""Both vaults: write-once, wary of what they are handed, and true in what they give back."""

from __future__ import annotations

import fcntl
import hashlib
import os
import socket
import stat
from collections.abc import Callable
from io import FileIO
from pathlib import Path

import pytest

from aigaq.archive.digests import sha256_of
from aigaq.archive.errors import BlobMissingError, RefusedError, VaultError
from aigaq.archive.layout import Layout
from aigaq.archive.model import Digest
from aigaq.archive.places import Places
from aigaq.archive.vault import Stray
from aigaq.archive.vault.folder import FolderVault
from aigaq.archive.vault.opening import vault_of
from aigaq.archive.vault.s3.vault import S3Vault
from tests.archive.conftest import in_a_folder
from tests.archive.intruders import intruder_of, name_of

AnyVault = FolderVault | S3Vault


@pytest.fixture
def vault(places: Places) -> AnyVault:
    layout = Layout(places.home)
    layout.make_folders()
    made = vault_of(places, layout)
    assert isinstance(made, FolderVault | S3Vault)
    return made


def file(tmp_path: Path, content: bytes, name: str = "file") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, 3_000_000])
def test_bytes_come_back_as_they_went_in(vault: AnyVault, tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    stored = vault.put(file(tmp_path, content))
    assert stored == (Digest("sha256", hashlib.sha256(content).hexdigest()), size, True)
    with vault.open(stored.digest) as source:
        assert source.readall() == content
    assert list(vault.contents()) == [stored.digest]
    assert list(vault.tmp.iterdir()) == []


def test_the_same_bytes_are_kept_once(vault: AnyVault, tmp_path: Path) -> None:
    first = vault.put(file(tmp_path, b"same"))
    second = vault.put(file(tmp_path, b"same", "other"))
    assert (first.new, second.new) == (True, False)
    assert list(vault.contents()) == [first.digest]


@in_a_folder
def test_a_blob_is_a_read_only_file_with_one_name(vault: FolderVault, tmp_path: Path) -> None:
    first = vault.put(file(tmp_path, b"same"))
    before = vault.path(first.digest).stat()
    vault.put(file(tmp_path, b"same", "other"))
    after = vault.path(first.digest).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert stat.S_IMODE(after.st_mode) == 0o444
    assert after.st_nlink == 1


def test_a_damaged_blob_is_not_overwritten(vault: AnyVault, tmp_path: Path) -> None:
    """Write-once also against ourselves: what is wrong is reported, never papered over."""
    stored = vault.put(file(tmp_path, b"right"))
    intruder_of(vault).damage(stored.digest, lambda _: b"wrong")
    assert vault.put(file(tmp_path, b"right")).new is False
    assert intruder_of(vault).read(stored.digest) == b"wrong"


# --- reading --------------------------------------------------------------------------------------

DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "first byte": lambda content: b"?" + content[1:],
    "last byte": lambda content: content[:-1] + b"?",
    "cut": lambda content: content[:-1],
    "longer": lambda content: content + b"?",
    "empty": lambda content: b"",
}


@pytest.mark.parametrize("size", [1000, 3_000_000])
@pytest.mark.parametrize("how", DAMAGE)
def test_a_reader_of_a_damaged_blob_gets_an_error(
    vault: AnyVault, tmp_path: Path, how: str, size: int
) -> None:
    """Before its last bytes, so that nobody takes what he has for the whole."""
    digest = vault.put(file(tmp_path, os.urandom(size))).digest
    intruder_of(vault).damage(digest, DAMAGE[how])
    now = intruder_of(vault).read(digest)
    got = bytearray()
    with vault.open(digest) as source, pytest.raises(VaultError, match="changed"):
        while block := source.read(1 << 18):
            got += block
    assert len(got) < len(now) or not now
    measured = vault.measure(digest)
    assert (measured.digest, measured.size) == (sha256_of(now), len(now))


def test_any_part_of_a_blob_can_be_read(vault: AnyVault, tmp_path: Path) -> None:
    content = os.urandom(3_000_000)
    digest = vault.put(file(tmp_path, content)).digest
    with vault.open(digest) as source:
        for start, length in ((2_000_000, 10), (0, 100), (2_999_999, 10), (3_000_000, 1), (50, 0)):
            assert source.seek(start) == source.tell() == start
            assert source.read(length) == content[start : start + length]
        assert source.seek(-7, os.SEEK_END) == 2_999_993
        assert source.readall() == content[-7:]
        source.seek(0)
        assert source.readall() == content


def test_a_local_file_is_there_for_as_long_as_it_is_needed(vault: AnyVault, tmp_path: Path) -> None:
    content = os.urandom(3_000_000)
    digest = vault.put(file(tmp_path, content)).digest
    with vault.local(digest) as path:
        assert path.read_bytes() == content
        assert stat.S_IMODE(path.stat().st_mode) == 0o444
        vault.sweep()
        assert path.exists()
    assert list(vault.tmp.iterdir()) == []


def test_progress_is_told_by_the_block(vault: AnyVault, tmp_path: Path) -> None:
    seen: list[int] = []
    digest = vault.put(file(tmp_path, bytes(3_000_000))).digest
    assert vault.measure(digest, progress=seen.append).digest == digest
    assert sum(seen) == 3_000_000
    assert len(seen) > 1


# --- traps ----------------------------------------------------------------------------------------


def symlink(path: Path) -> None:
    path.with_name("target").write_bytes(b"elsewhere")
    path.symlink_to(path.with_name("target"))


def listen(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


TRAPS = {
    "symbolic link": (symlink, "symbolic link"),
    "broken link": (lambda path: path.symlink_to("nowhere"), "symbolic link"),
    "pipe": (os.mkfifo, "not a regular file"),
    "socket": (listen, "not a regular file"),
    "folder": (Path.mkdir, "not a regular file"),
    "nothing": (lambda path: None, "no longer there"),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_traps_are_refused_and_leave_nothing(
    vault: AnyVault, tmp_path: Path, trap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    make, reason = TRAPS[trap]
    path = Path("trap")
    make(path)
    with pytest.raises(RefusedError, match=reason):
        vault.put(path)
    assert list(vault.contents()) == []
    assert list(vault.tmp.iterdir()) == []


def test_a_device_is_refused(vault: AnyVault) -> None:
    with pytest.raises(RefusedError, match="not a regular file"):
        vault.put(Path("/dev/zero"))


class BusyFile(FileIO):
    """A real file that someone else writes to, once, after we have read its first block."""

    touched = False

    def readinto(self, block: memoryview) -> int:  # type: ignore[override]
        count = super().readinto(block)
        if not BusyFile.touched:
            BusyFile.touched = True
            with Path(f"/proc/self/fd/{self.fileno()}").resolve().open("r+b") as other:
                other.write(b"changed")
        return count


@pytest.mark.parametrize("size", [3, 100, 3_000_000])
def test_a_source_that_changes_is_refused(
    vault: AnyVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    source = file(tmp_path, b"x" * size)
    os.utime(source, (0, 0))
    monkeypatch.setattr(BusyFile, "touched", False)
    monkeypatch.setattr("aigaq.archive.vault.source.FileIO", BusyFile)
    with pytest.raises(RefusedError, match="changed while"):
        vault.put(source)
    assert list(vault.contents()) == []
    assert list(vault.tmp.iterdir()) == []


def test_a_lost_blob_is_named(vault: AnyVault, tmp_path: Path) -> None:
    gone = vault.put(file(tmp_path, b"bytes")).digest
    intruder_of(vault).lose(gone)
    assert not vault.exists(gone)
    for access in (vault.open, vault.measure, lambda digest: vault.local(digest).__enter__()):
        with pytest.raises(BlobMissingError, match=gone.hex):
            access(gone)
    assert list(vault.contents()) == []


@in_a_folder
def test_a_blob_swapped_for_a_link_is_not_followed(vault: FolderVault, tmp_path: Path) -> None:
    stored = vault.put(file(tmp_path, b"bytes"))
    place = vault.path(stored.digest)
    place.unlink()
    place.symlink_to(file(tmp_path, b"bytes", "outside"))
    assert not vault.exists(stored.digest)
    with pytest.raises(VaultError):
        vault.open(stored.digest)
    assert [type(entry) for entry in vault.contents()] == [Stray]


def test_whatever_else_lies_in_the_vault_is_a_stray(vault: AnyVault, tmp_path: Path) -> None:
    digest = vault.put(file(tmp_path, b"bytes")).digest
    strays = [
        "note.txt",
        "sha256/note",
        "үкім +%2F?.txt",
        f"sha256/00/00/{digest.hex}",
        f"sha256/00/00/{digest.hex.upper()}",
        f"{name_of(digest)}.old",
    ]
    for name in strays:
        intruder_of(vault).leave(name, b"?")
    found = list(vault.contents())
    assert digest in found
    assert sorted(entry.path for entry in found if isinstance(entry, Stray)) == sorted(strays)


@in_a_folder
def test_a_linked_folder_is_a_stray(vault: FolderVault, tmp_path: Path) -> None:
    (vault.root / "sha256/aa/aa").mkdir(parents=True)
    (vault.root / "sha256/aa/aa/link").symlink_to(tmp_path)
    assert list(vault.contents()) == [Stray("sha256/aa/aa/link")]


def test_the_sweep_takes_only_what_the_dead_left(vault: AnyVault) -> None:
    purpose = "incoming" if isinstance(vault, FolderVault) else "fetched"
    dead, alive, foreign = (
        vault.tmp / f"{purpose}-{'0' * 32}",
        vault.tmp / f"{purpose}-{'1' * 32}",
        vault.tmp / "archivist-notes",
    )
    for path in (dead, alive, foreign):
        path.write_bytes(b"half")
    with alive.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        vault.sweep()
    assert not dead.exists()
    assert alive.exists()
    assert foreign.exists()


def test_a_disk_that_cannot_be_written_is_told(vault: AnyVault, tmp_path: Path) -> None:
    source = file(tmp_path, b"bytes")
    if isinstance(vault, S3Vault):  # only its readers need the disk
        digest = vault.put(source).digest
    vault.tmp.rmdir()
    with pytest.raises(VaultError, match="cannot be written") as caught:
        if isinstance(vault, FolderVault):
            vault.put(source)
        else:
            vault.local(digest).__enter__()
    assert "nothing is lost" in caught.value.advice


def test_an_announcement_comes_before_a_new_blob_only(vault: AnyVault, tmp_path: Path) -> None:
    seen: list[tuple[Digest, bool]] = []

    def announce(digest: Digest, _size: int) -> None:
        seen.append((digest, vault.exists(digest)))

    digest = vault.put(file(tmp_path, b"new"), announce=announce).digest
    vault.put(file(tmp_path, b"new"), announce=announce)
    assert seen == [(digest, False)]
