"""Temporary files that show whether their process still lives: it holds a lock on each of them."""

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

from aigaq.archive.errors import VaultError


class Temporaries:
    """The temporary files of one purpose in a folder: `<purpose>-<32 hex digits>`."""

    def __init__(self, folder: Path, purpose: str) -> None:
        self._folder = folder
        self._purpose = purpose
        self._name = re.compile(rf"{purpose}-[0-9a-f]{{32}}")

    @contextmanager
    def new(self) -> Iterator[tuple[Path, FileIO]]:
        """An empty file under our lock, gone when the context ends."""
        name, target = self.made()
        with target:
            try:
                yield name, target
            finally:
                name.unlink(missing_ok=True)

    def made(self) -> tuple[Path, FileIO]:
        """An empty file under our lock until it is closed; from then on it is an abandoned one."""
        with writing(self._folder):
            return self._locked_file()

    def abandoned(self) -> Iterator[Path]:
        """The files whose processes are dead, each under our lock while it is looked at."""
        for path in sorted(self._folder.glob(f"{self._purpose}-*")):
            if self._name.fullmatch(path.name):
                yield from _if_abandoned(path)

    def sweep(self) -> None:
        """Remove what the dead left."""
        for path in self.abandoned():
            path.unlink(missing_ok=True)

    def _locked_file(self) -> tuple[Path, FileIO]:
        """A new file under our lock; a sweep between the two costs one more try."""
        while True:
            name = self._folder / f"{self._purpose}-{secrets.token_hex(16)}"
            target = FileIO(name, "x+")
            fcntl.flock(target, fcntl.LOCK_EX)
            if os.fstat(target.fileno()).st_nlink > 0:
                return name, target
            target.close()


def writer(target: FileIO) -> Callable[[memoryview], None]:
    """Writes whole blocks; a raw file may take fewer bytes than it was given."""

    def write(block: memoryview) -> None:
        with writing(Path(str(target.name))):
            while block:
                block = block[target.write(block) :]

    return write


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """A disk that does not take what is written becomes a VaultError with advice."""
    try:
        yield
    except OSError as error:
        advice = "free some space or check the disk, then start again: nothing is lost"
        if error.errno in (errno.EPERM, errno.EOPNOTSUPP):
            advice = "the archive needs a file system with hard links and permissions (not FAT)"
        raise VaultError(f"{path} cannot be written: {error.strerror}", advice=advice) from error


def _if_abandoned(path: Path) -> Iterator[Path]:
    try:
        found = FileIO(path, "r")
    except FileNotFoundError:
        return  # its process finished in this moment
    with found:
        try:
            fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        yield path
