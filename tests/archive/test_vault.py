"""The folder vault: write-once, and wary of what it is handed."""

from __future__ import annotations

import fcntl
import hashlib
import os
import socket
import stat
from io import FileIO
from pathlib import Path

import pytest

from aigaq.archive.errors import BlobMissingError, RefusedError, VaultError
from aigaq.archive.model import Digest
from aigaq.archive.vault import Stray
from aigaq.archive.vault.folder import FolderVault


@pytest.fixture
def vault(tmp_path: Path) -> FolderVault:
    (tmp_path / "vault").mkdir()
    (tmp_path / "tmp").mkdir()
    return FolderVault(tmp_path / "vault", tmp_path / "tmp")


def file(tmp_path: Path, content: bytes, name: str = "file") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, 3_000_000])
def test_bytes_come_back_as_they_went_in(vault: FolderVault, tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    stored = vault.put(file(tmp_path, content))
    assert stored == (Digest("sha256", hashlib.sha256(content).hexdigest()), size, True)
    with vault.open(stored.digest) as source:
        assert source.readall() == content
    assert list(vault.contents()) == [stored.digest]
    assert list(vault.tmp.iterdir()) == []


def test_the_same_bytes_are_kept_once_and_read_only(vault: FolderVault, tmp_path: Path) -> None:
    first = vault.put(file(tmp_path, b"same"))
    before = vault.path(first.digest).stat()
    second = vault.put(file(tmp_path, b"same", "other"))
    after = vault.path(first.digest).stat()
    assert (first.new, second.new) == (True, False)
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert stat.S_IMODE(after.st_mode) == 0o444
    assert after.st_nlink == 1


def test_a_damaged_blob_is_not_overwritten(vault: FolderVault, tmp_path: Path) -> None:
    """Write-once also against ourselves: what is wrong is reported, never papered over."""
    stored = vault.put(file(tmp_path, b"right"))
    place = vault.path(stored.digest)
    place.chmod(0o644)
    place.write_bytes(b"wrong")
    assert vault.put(file(tmp_path, b"right")).new is False
    assert place.read_bytes() == b"wrong"


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
    vault: FolderVault, tmp_path: Path, trap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    make, reason = TRAPS[trap]
    path = Path("trap")
    make(path)
    with pytest.raises(RefusedError, match=reason):
        vault.put(path)
    assert list(vault.contents()) == []
    assert list(vault.tmp.iterdir()) == []


def test_a_device_is_refused(vault: FolderVault) -> None:
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
    vault: FolderVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    source = file(tmp_path, b"x" * size)
    os.utime(source, (0, 0))
    monkeypatch.setattr(BusyFile, "touched", False)
    monkeypatch.setattr("aigaq.archive.vault.source.FileIO", BusyFile)
    with pytest.raises(RefusedError, match="changed while"):
        vault.put(source)
    assert list(vault.contents()) == []
    assert list(vault.tmp.iterdir()) == []


def test_a_lost_blob_is_named(vault: FolderVault) -> None:
    gone = Digest("sha256", "0" * 64)
    assert not vault.exists(gone)
    for access in (vault.open, vault.path):
        with pytest.raises(BlobMissingError, match=gone.hex):
            access(gone)


def test_a_blob_swapped_for_a_link_is_not_followed(vault: FolderVault, tmp_path: Path) -> None:
    stored = vault.put(file(tmp_path, b"bytes"))
    place = vault.path(stored.digest)
    place.unlink()
    place.symlink_to(file(tmp_path, b"bytes", "outside"))
    assert not vault.exists(stored.digest)
    with pytest.raises(VaultError):
        vault.open(stored.digest)
    assert [type(entry) for entry in vault.contents()] == [Stray]


def test_whatever_else_lies_in_the_vault_is_a_stray(vault: FolderVault, tmp_path: Path) -> None:
    stored = vault.put(file(tmp_path, b"bytes"))
    strays = ("note.txt", "sha256/note", f"sha256/00/00/{stored.digest.hex}", "sha256/aa/aa/link")
    for name in strays[:3]:
        (vault.root / name).parent.mkdir(parents=True, exist_ok=True)
        (vault.root / name).write_bytes(b"?")
    (vault.root / "sha256/aa/aa").mkdir(parents=True, exist_ok=True)
    (vault.root / strays[3]).symlink_to(tmp_path)
    found = list(vault.contents())
    assert stored.digest in found
    assert sorted(entry.path for entry in found if isinstance(entry, Stray)) == sorted(strays)


def test_the_sweep_takes_only_what_the_dead_left(vault: FolderVault) -> None:
    dead, alive, foreign = (
        vault.tmp / f"incoming-{'0' * 32}",
        vault.tmp / f"incoming-{'1' * 32}",
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


def test_a_vault_that_cannot_be_written_says_so(vault: FolderVault, tmp_path: Path) -> None:
    source = file(tmp_path, b"bytes")
    vault.tmp.rmdir()
    with pytest.raises(VaultError, match="cannot be written") as caught:
        vault.put(source)
    assert "nothing is lost" in caught.value.advice


def test_an_announcement_comes_before_a_new_blob_only(vault: FolderVault, tmp_path: Path) -> None:
    seen: list[tuple[Digest, bool]] = []

    def announce(digest: Digest, _size: int) -> None:
        seen.append((digest, vault.exists(digest)))

    digest = vault.put(file(tmp_path, b"new"), announce=announce).digest
    vault.put(file(tmp_path, b"new"), announce=announce)
    assert seen == [(digest, False)]
