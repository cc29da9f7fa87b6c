"""Reading a file that someone hands in: it may be a trap, or still be written to."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from aigaq.archive.digests import Measured, measure
from aigaq.archive.errors import RefusedError


@contextmanager
def opened(file: Path) -> Iterator[FileIO]:
    """The file for reading, unbuffered; never follows a link, never waits for a pipe.

    RefusedError when it is gone, cannot be opened, or is anything but a regular file.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(file, flags)
    except OSError as error:
        raise RefusedError(_why_not_opened(error)) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise RefusedError("it is not a regular file")
    with FileIO(descriptor, "r") as source:
        yield source


def measure_unchanged(
    source: FileIO, *, into: Callable[[memoryview], object] | None = None
) -> Measured:
    """Hash an opened file; RefusedError unless it was one and the same from first to last byte."""
    before = os.fstat(source.fileno())
    try:
        measured = measure(source, into=into)
    except OSError as error:
        raise _cut_short(error) from error
    after = os.fstat(source.fileno())
    unchanged = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    if not unchanged or measured.size != after.st_size:
        raise changed()
    return measured


def changed() -> RefusedError:
    """The error for a file that is not one and the same from first to last byte."""
    return RefusedError(
        "it changed while it was being read",
        advice="wait until nothing writes to the file any more, then ingest again",
    )


def read_up_to(source: FileIO, length: int) -> bytes:
    """The next bytes of an opened file, fewer than `length` only at its end."""
    pieces = []
    try:
        while length and (piece := source.read(length)):
            pieces.append(piece)
            length -= len(piece)
    except OSError as error:
        raise _cut_short(error) from error
    return b"".join(pieces)


def _cut_short(error: OSError) -> RefusedError:
    return RefusedError(f"it cannot be read to its end: {error.strerror}")


def _why_not_opened(error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return "it is a symbolic link, not a file"
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return "the file is no longer there"
    if error.errno in (errno.ENXIO, errno.ENODEV, errno.EOPNOTSUPP):
        return "it is not a regular file"
    return f"it cannot be opened: {error.strerror}"
