"""Write-once bytes under their own digest. The folder is one implementation; S3 will be another.

A vault never changes or removes what it holds, and knows nothing of items, names or cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import RawIOBase
from pathlib import Path
from typing import NamedTuple, Protocol

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

    def put(self, file: Path, *, announce: Callable[[Digest, int], None] | None = None) -> Stored:
        """Copy a regular file in, hashing on the way; durable when this returns.

        `announce(digest, size)` is called before the blob can be seen in the vault, and only when
        it is new. RefusedError when the file is not a regular file, cannot be read, or changed
        while it was read; VaultError when the vault cannot be written.
        """

    def open(self, digest: Digest) -> RawIOBase:
        """An unbuffered stream of a blob's bytes; BlobMissingError when there is none."""

    def path(self, digest: Digest) -> Path:
        """A local path to read the blob from; BlobMissingError when there is none."""

    def exists(self, digest: Digest) -> bool:
        """Whether the vault holds a blob of that digest. Says nothing about its bytes."""

    def contents(self) -> Iterator[Digest | Stray]:
        """Everything that lies in the vault, in no promised order."""

    def sweep(self) -> None:
        """Remove what dead processes left unfinished; touches no blob."""
