"""A blob's bytes as they come from the store; a broken connection is taken up where it broke."""

from __future__ import annotations

import time
from io import SEEK_END, SEEK_SET, RawIOBase

from botocore.exceptions import BotoCoreError
from botocore.response import StreamingBody

from aigaq.archive.errors import VaultError
from aigaq.archive.vault.s3.store import Store


class Body(RawIOBase):
    """An unbuffered stream of one version of an object, whatever happens to its key meanwhile.

    Never shorter than the store said at first: VaultError when the rest cannot be had. Whether the
    bytes are right is for its reader to find out. StoreRefusal at once when there is no object.
    """

    def __init__(self, store: Store, key: str) -> None:
        super().__init__()
        self._store = store
        self._key = key
        self._stream: StreamingBody | None
        self._stream, self.size, self._version = store.get(key)
        self._position = 0

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._position >= self.size or len(buffer) == 0:
            return 0
        pauses = self._store.patience.pauses()
        while True:
            try:
                count: int = self._flowing().readinto(buffer)  # type: ignore[arg-type]
                if count:
                    self._position += count
                    return count
                cause = None
            except BotoCoreError as error:
                cause = error
            self._stop()
            pause = next(pauses, None)
            if pause is None:
                raise self._cut() from cause
            time.sleep(pause)

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        start = {SEEK_SET: 0, SEEK_END: self.size}.get(whence, self._position)
        if start + offset != self._position:
            self._stop()
        self._position = start + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self._stop()
        super().close()

    def _flowing(self) -> StreamingBody:
        if self._stream is None:
            flow = self._store.get(self._key, self._position, self._version)
            if flow.size != self.size:
                raise VaultError(f"{self._key} was replaced while it was read")
            self._stream = flow.stream
        return self._stream

    def _stop(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _cut(self) -> VaultError:
        return VaultError(
            f"the S3 store breaks off {self._key} after {self._position} of {self.size} bytes",
            advice="nothing is lost: start the same command again when the store is well",
        )
