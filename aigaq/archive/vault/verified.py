"""A blob on its way to a reader, who gets the right bytes or an error."""

from __future__ import annotations

import hashlib
from io import SEEK_END, SEEK_SET, RawIOBase

from aigaq.archive.errors import VaultError
from aigaq.archive.model import Digest
from aigaq.archive.vault.losses import damaged


class Verified(RawIOBase):
    """An unbuffered stream over `source`, which holds `size` bytes that should have that digest.

    Read from the first byte to the last, it gives those bytes or raises VaultError; the last block
    is handed out only once the whole is found right. Whoever seeks reads a part, and only the whole
    has a digest: a part is held to its length alone.
    """

    def __init__(self, source: RawIOBase, digest: Digest, size: int) -> None:
        super().__init__()
        self._source = source
        self._digest = digest
        self._size = size
        self._position = 0
        self._whole = True
        self._hasher = hashlib.sha256()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        view = memoryview(buffer).cast("B")
        try:
            count = self._source.readinto(view) or 0
        except OSError as error:
            raise VaultError(f"{self._digest} cannot be read: {error.strerror}") from error
        if count == 0 and len(view) > 0 and self._position < self._size:
            how = f"ends after {self._position} of {self._size} bytes"
            raise damaged(self._digest, how)
        self._position += count
        if self._whole:
            self._hasher.update(view[:count])
            if self._position >= self._size:
                self._check()
        return count

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        """Read on from another byte; from the first one, it is the whole that is read again."""
        start = {SEEK_SET: 0, SEEK_END: self._size}.get(whence, self._position)
        self._source.seek(start + offset)
        self._position = start + offset
        self._whole = self._position == 0
        self._hasher = hashlib.sha256()
        return self._position

    def tell(self) -> int:
        return self._position

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self._source.close()
        super().close()

    def _check(self) -> None:
        if self._hasher.hexdigest() != self._digest.hex:
            raise damaged(self._digest)
