"""SHA-256 of files and of files on their way somewhere.

One reused buffer of 1 MiB, one pass over the bytes; the file itself is never mapped (one that
shrinks under a map kills the process). hashlib releases the interpreter lock, so threads use every
core.
"""

from __future__ import annotations

import hashlib
import mmap
import threading
from collections.abc import Callable
from io import RawIOBase
from pathlib import Path
from typing import NamedTuple

from aigaq.archive.model import Digest

BUFFER_BYTES = 1 << 20


class Measured(NamedTuple):
    """The digest of some bytes and how many there were."""

    digest: Digest
    size: int


def sha256_of(data: bytes) -> Digest:
    """Digest of bytes in memory."""
    return Digest("sha256", hashlib.sha256(data).hexdigest())


class _Buffers(threading.local):
    """One buffer for each thread, kept for all the files it will hash.

    Anonymous memory begins on a page. A bytearray of this size begins 16 bytes after one, and
    reading and hashing through it took 1.45 times the CPU (`python -m benchmarks.hashing`).
    """

    def __init__(self) -> None:
        self.block = memoryview(mmap.mmap(-1, BUFFER_BYTES))


_buffers = _Buffers()


def measure(
    source: RawIOBase,
    *,
    into: Callable[[memoryview], object] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Measured:
    """Hash an unbuffered stream to its end, handing each block to `into` on the way.

    `progress` is called with the number of bytes of each block. OSError passes through: only the
    caller knows whether it was reading or writing that failed.
    """
    hasher = hashlib.sha256()
    view = _buffers.block
    size = 0
    while count := source.readinto(view):
        part = view[:count]
        hasher.update(part)
        if into is not None:
            into(part)
        size += count
        if progress is not None:
            progress(count)
    return Measured(Digest("sha256", hasher.hexdigest()), size)


def measure_file(
    path: Path,
    *,
    progress: Callable[[int], None] | None = None,
) -> Measured:
    """Hash a file; OSError when it cannot be read."""
    with path.open("rb", buffering=0) as source:
        return measure(source, progress=progress)
