"""A vault in a local folder: `sha256/ab/cd/<64 hex digits>`, read-only files.

A blob is first a temporary file on the same file system, flushed to disk, made read-only, and then
linked under its digest: a link never overwrites, and no half-written file ever bears a digest. A
temporary file is locked by the process that writes it, so an unlocked one belongs to the dead.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from aigaq.archive.digests import Measured, measure
from aigaq.archive.errors import VaultError
from aigaq.archive.model import Digest
from aigaq.archive.vault import Stored, Stray
from aigaq.archive.vault.losses import missing
from aigaq.archive.vault.source import measure_unchanged, opened
from aigaq.archive.vault.temporary import Temporaries, writer, writing
from aigaq.archive.vault.verified import Verified

_HEX = re.compile(r"[0-9a-f]{64}")


class FolderVault:
    """The vault of one archive on a local disk; safe to use from many threads and processes."""

    def __init__(self, root: Path, tmp: Path) -> None:
        self.root = root
        self.tmp = tmp
        self._incoming = Temporaries(tmp, "incoming")

    def prove(self) -> None:
        """A folder is what we make of it."""

    def put(self, file: Path, *, announce: Callable[[Digest, int], None] | None = None) -> Stored:
        with opened(file) as source, self._incoming.new() as (name, target):
            measured = measure_unchanged(source, into=writer(target))
            final = self._place(measured.digest)
            with writing(final):
                if final.exists():
                    _flush_folder(final.parent)  # whoever linked it may have died before this
                    return Stored(*measured, new=False)
                if announce is not None:
                    announce(*measured)
                os.fchmod(target.fileno(), 0o444)
                os.fsync(target.fileno())
                return Stored(*measured, new=self._link(name, final))

    def open(self, digest: Digest) -> Verified:
        source = self._opened(digest)
        return Verified(source, digest, os.fstat(source.fileno()).st_size)

    def measure(self, digest: Digest, *, progress: Callable[[int], None] | None = None) -> Measured:
        with self._opened(digest) as source:
            try:
                return measure(source, progress=progress)
            except OSError as error:
                raise _unreadable(digest, error) from error

    @contextmanager
    def local(self, digest: Digest) -> Iterator[Path]:
        yield self.path(digest)

    def path(self, digest: Digest) -> Path:
        """Where a blob lies; BlobMissingError when there is none."""
        if not self.exists(digest):
            raise missing(digest)
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
        self._incoming.sweep()

    def _opened(self, digest: Digest) -> FileIO:
        try:
            return FileIO(self._place(digest), "r", opener=_open_no_link)
        except FileNotFoundError as error:
            raise missing(digest) from error
        except OSError as error:
            raise _unreadable(digest, error) from error

    def _place(self, digest: Digest) -> Path:
        return self.root / digest.algorithm / digest.hex[:2] / digest.hex[2:4] / digest.hex

    def _identify(self, path: Path) -> Digest | Stray:
        if _HEX.fullmatch(path.name):
            digest = Digest("sha256", path.name)
            if self._place(digest) == path and self.exists(digest):
                return digest
        return Stray(str(path.relative_to(self.root)))

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


def _open_no_link(path: str, flags: int) -> int:
    """A blob that was swapped for a link is not a blob; nor does opening wait for a pipe."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unreadable(digest: Digest, error: OSError) -> VaultError:
    return VaultError(f"{digest} cannot be read: {error.strerror}")
