"""A vault in a local folder: `sha256/ab/cd/<64 hex digits>`, read-only files.

A blob is first a temporary file on the same file system, flushed to disk, made read-only, and then
linked under its digest: a link never overwrites, and no half-written file ever bears a digest. A
temporary file is locked by the process that writes it, so an unlocked one belongs to the dead.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from aigaq.archive.errors import BlobMissingError, VaultError
from aigaq.archive.model import Digest
from aigaq.archive.vault import Stored, Stray
from aigaq.archive.vault.source import measure_unchanged, opened

_TEMPORARY = re.compile(r"incoming-[0-9a-f]{32}")
_HEX = re.compile(r"[0-9a-f]{64}")


class FolderVault:
    """The vault of one archive on a local disk; safe to use from many threads and processes."""

    def __init__(self, root: Path, tmp: Path) -> None:
        self.root = root
        self.tmp = tmp

    def put(self, file: Path, *, announce: Callable[[Digest, int], None] | None = None) -> Stored:
        with opened(file) as source, self._temporary() as (name, target):
            measured = measure_unchanged(source, into=_writer(target))
            final = self._place(measured.digest)
            with _writing(final):
                if final.exists():
                    _flush_folder(final.parent)  # whoever linked it may have died before this
                    return Stored(*measured, new=False)
                if announce is not None:
                    announce(*measured)
                os.fchmod(target.fileno(), 0o444)
                os.fsync(target.fileno())
                return Stored(*measured, new=self._link(name, final))

    def open(self, digest: Digest) -> FileIO:
        try:
            return FileIO(self._place(digest), "r", opener=_open_no_link)
        except FileNotFoundError as error:
            raise _missing(digest) from error
        except OSError as error:
            raise VaultError(f"{digest} cannot be read: {error.strerror}") from error

    def path(self, digest: Digest) -> Path:
        if not self.exists(digest):
            raise _missing(digest)
        return self._place(digest)

    def exists(self, digest: Digest) -> bool:
        place = self._place(digest)
        return place.is_file() and not place.is_symlink()

    def contents(self) -> Iterator[Digest | Stray]:
        """In the order of the digests, strays between them."""
        for folder, folders, files in os.walk(self.root):
            folders.sort()
            here = Path(folder)
            linked = [name for name in folders if (here / name).is_symlink()]
            for name in sorted(files + linked):
                yield self._identify(here / name)

    def sweep(self) -> None:
        """Remove temporary files whose process is dead; touches nothing else."""
        for path in self.tmp.iterdir():
            if _TEMPORARY.fullmatch(path.name):
                _remove_if_abandoned(path)

    def _place(self, digest: Digest) -> Path:
        return self.root / digest.algorithm / digest.hex[:2] / digest.hex[2:4] / digest.hex

    def _identify(self, path: Path) -> Digest | Stray:
        if _HEX.fullmatch(path.name):
            digest = Digest("sha256", path.name)
            if self._place(digest) == path and self.exists(digest):
                return digest
        return Stray(str(path.relative_to(self.root)))

    @contextmanager
    def _temporary(self) -> Iterator[tuple[Path, FileIO]]:
        with _writing(self.tmp):
            name, target = self._locked_file()
        with target:
            try:
                yield name, target
            finally:
                name.unlink(missing_ok=True)

    def _locked_file(self) -> tuple[Path, FileIO]:
        """A new temporary file under our lock; a sweep between the two costs one more try."""
        while True:
            name = self.tmp / f"incoming-{secrets.token_hex(16)}"
            target = FileIO(name, "x")
            fcntl.flock(target, fcntl.LOCK_EX)
            if os.fstat(target.fileno()).st_nlink > 0:
                return name, target
            target.close()

    def _link(self, name: Path, final: Path) -> bool:
        """Give the temporary file its digest; False when another process was first."""
        self._make_folder(final.parent)
        try:
            os.link(name, final)
        except FileExistsError:
            return False
        _flush_folder(final.parent)
        return True

    def _make_folder(self, folder: Path) -> None:
        """Like mkdir -p, but each new folder's name is on disk before it is relied on."""
        if folder.is_dir():
            return
        if folder != self.root:
            self._make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _flush_folder(folder.parent)


def _writer(target: FileIO) -> Callable[[memoryview], None]:
    """Writes whole blocks; a raw file may take fewer bytes than it was given."""

    def write(block: memoryview) -> None:
        with _writing(Path(str(target.name))):
            while block:
                block = block[target.write(block) :]

    return write


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        advice = "free some space or check the disk, then start again: nothing is lost"
        if error.errno in (errno.EPERM, errno.EOPNOTSUPP):
            advice = "the archive needs a file system with hard links and permissions (not FAT)"
        raise VaultError(f"{path} cannot be written: {error.strerror}", advice=advice) from error


def _open_no_link(path: str, flags: int) -> int:
    """A blob that was swapped for a link is not a blob; nor does opening wait for a pipe."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_if_abandoned(path: Path) -> None:
    try:
        stray = FileIO(path, "r")
    except FileNotFoundError:
        return  # its process finished in this moment
    with stray:
        try:
            fcntl.flock(stray, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        path.unlink(missing_ok=True)


def _missing(digest: Digest) -> BlobMissingError:
    return BlobMissingError(
        f"the vault does not hold {digest}",
        advice="run `aigaq verify` to see what else is missing, then restore it from a copy",
    )
