"""Write-once bytes under their own digest: in a folder (`folder.py`) or in a bucket (`s3`).

A vault never changes or removes what it holds, and knows nothing of items, names or cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from io import RawIOBase
from pathlib import Path
from typing import NamedTuple, Protocol

from aigaq.archive.digests import Measured
from aigaq.archive.model import Digest


class Stored(NamedTuple):
    """What `put` did: `new` is False when the vault held these bytes already."""

    digest: Digest
    size: int
    new: bool


class Stray(NamedTuple):
    """Something that lies in the vault and is not one of its blobs."""

    path: str


class Vault(Protocol):
    """Content-addressed bytes that are written once."""

    def prove(self) -> None:
        """Find out that evidence may be put here, once a process; `put` does it if nobody did.

        UntrustedStoreError when it may not.
        """

    def put(self, file: Path, *, announce: Callable[[Digest, int], None] | None = None) -> Stored:
        """Copy a regular file in, hashing on the way; durable when this returns.

        `announce(digest, size)` is called before the blob can be seen in the vault, and only when
        it is new. RefusedError when the file is not a regular file, cannot be read, or changed
        while it was read; VaultError when the vault cannot be written.
        """

    def open(self, digest: Digest) -> RawIOBase:
        """An unbuffered, seekable stream of a blob's bytes; BlobMissingError when there is none.

        Read from start to end it gives the right bytes or raises VaultError: never fewer, never
        other ones.
        """

    def measure(self, digest: Digest, *, progress: Callable[[int], None] | None = None) -> Measured:
        """Hash a blob's bytes as they now are; `progress` gets the number of each block's bytes.

        BlobMissingError when there is none, VaultError when they cannot be read to their end.
        """

    def local(self, digest: Digest) -> AbstractContextManager[Path]:
        """A local file to read the blob from, as long as the context lasts; never to be changed.

        BlobMissingError when there is none.
        """

    def exists(self, digest: Digest) -> bool:
        """Whether the vault holds a blob of that digest. Says nothing about its bytes."""

    def contents(self) -> Iterator[Digest | Stray]:
        """Everything that lies in the vault, in no promised order."""

    def sweep(self) -> None:
        """Remove what dead processes left unfinished; touches no blob."""
