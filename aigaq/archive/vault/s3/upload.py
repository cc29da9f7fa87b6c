"""A blob's way into the store: in one request when it is small, in parts when it is not.

Nothing stands under the key before all its bytes are there and their checksums agreed. The request
that makes the object does so only where there is none, and marks it: when its answer was lost and
the next try finds the key taken, the mark tells our own object from another's.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import FileIO
from pathlib import Path

from aigaq.archive.digests import Measured
from aigaq.archive.errors import RefusedError, UntrustedStoreError, VaultError
from aigaq.archive.vault.s3.refusals import StoreRefusal
from aigaq.archive.vault.s3.store import NO_VERSIONS, Store
from aigaq.archive.vault.source import changed, read_up_to
from aigaq.archive.vault.temporary import Temporaries

WHOLE_BYTES = 16 << 20
"""A larger file goes in parts of this size at least; a thread holds one of them in memory."""
MOST_PARTS = 10_000
"""What an S3 store takes for one object."""
GIVEN_UP_AFTER = timedelta(days=7)
"""An upload this old has no process any more, on whatever machine it was."""


def put_whole(store: Store, key: str, content: bytes, measured: Measured) -> bool:
    """Make an object of bytes in memory; False when another's stood there before."""
    mark = secrets.token_hex(16)
    try:
        version = store.put(key, content, checksum_of(measured.digest.hex), mark)
    except StoreRefusal as refusal:
        if not refusal.taken:
            raise
        return _is_ours(store, key, mark, measured)
    _require_version(store, version)
    return True


class Uploads:
    """Objects made in parts. A locked note in `notes` stands for each upload under way: one that
    is left unlocked belongs to the dead, and its upload is given up by whoever comes next."""

    def __init__(self, store: Store, notes: Temporaries) -> None:
        self._store = store
        self._notes = notes

    def put(self, key: str, source: FileIO, measured: Measured) -> bool:
        """Make an object of an open file that was measured before, as `put_whole`.

        RefusedError, and nothing is made, when the file is not any more what it was.
        """
        mark = secrets.token_hex(16)
        name, note = self._notes.made()
        with note:
            upload = self._store.begin(key, mark)
            note.write(json.dumps({"key": key, "upload": upload}).encode())
            try:
                parts = list(self._send(key, upload, source, measured))
                new = self._finish(key, upload, parts, mark, measured)
            except RefusedError:
                self._store.abandon(key, upload)
                name.unlink()
                raise
            name.unlink()
        return new

    def give_up_dead(self) -> None:
        """Give up the uploads of this home whose processes are dead."""
        for path in self._notes.abandoned():
            self._give_up(path)

    def give_up_old(self, prefix: str) -> None:
        """Give up the uploads that are too old to be alive, whoever began them."""
        for key, upload, begun in self._store.uploads(prefix):
            if datetime.now(UTC) - begun > GIVEN_UP_AFTER:
                self._store.abandon(key, upload)

    def _send(
        self, key: str, upload: str, source: FileIO, measured: Measured
    ) -> Iterator[tuple[str, str]]:
        whole = hashlib.sha256()
        for number, part in enumerate(_parts(source, measured.size), 1):
            whole.update(part)
            checksum = checksum_of(hashlib.sha256(part).hexdigest())
            yield self._store.part(key, upload, number, part, checksum), checksum
        if whole.hexdigest() != measured.digest.hex:
            raise changed()

    def _finish(
        self, key: str, upload: str, parts: list[tuple[str, str]], mark: str, measured: Measured
    ) -> bool:
        try:
            self._store.finish(key, upload, parts)
        except StoreRefusal as refusal:
            # an upload that is gone was finished by an earlier try, if there is an object now
            gone = refusal.missing and self._store.head(key) is not None
            if not (refusal.taken or gone):
                raise
        new = _is_ours(self._store, key, mark, measured)
        if not new:
            self._store.abandon(key, upload)
        return new

    def _give_up(self, path: Path) -> None:
        written = path.read_text("utf-8")
        if written:  # nothing is written when its process died before the store had answered
            note = json.loads(written)
            self._store.abandon(note["key"], note["upload"])
        path.unlink()


def checksum_of(sha256: str) -> str:
    """A SHA-256 in hexadecimal as S3 writes it."""
    return base64.b64encode(bytes.fromhex(sha256)).decode()


def _is_ours(store: Store, key: str, mark: str, measured: Measured) -> bool:
    """Whether the object that stands there was made by the request of that mark; VaultError when it
    was, and is not what was sent."""
    head = store.head(key)
    if head is None:
        raise VaultError(
            f"the S3 store says that {key} is taken, and that it is not there",
            advice="somebody removes objects from the bucket; find out who, then start again",
        )
    if head.mark != mark:
        return False
    expected = ("", checksum_of(measured.digest.hex))
    if head.size != measured.size or head.checksum not in expected:
        raise VaultError(f"the S3 store did not keep {key} as it was sent")
    _require_version(store, head.version)
    return True


def _require_version(store: Store, version: str) -> None:
    """It must keep versions, and go on doing so after its trial."""
    if version in NO_VERSIONS:
        raise UntrustedStoreError(
            f"the bucket {store.place.bucket} keeps no versions of what is overwritten or deleted",
            advice="turn its versioning on, as docs/s3.md shows; then start the same command again",
        )


def _parts(source: FileIO, size: int) -> Iterator[bytes]:
    """The file from its start in equal parts, never more than a store takes."""
    length = max(WHOLE_BYTES, -(-size // MOST_PARTS))
    source.seek(0)
    while part := read_up_to(source, length):
        yield part
