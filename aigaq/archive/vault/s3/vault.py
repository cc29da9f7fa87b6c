"""A vault in a bucket: keys `<prefix>/vault/sha256/ab/cd/<64 hex digits>`.

A file is hashed before anything is sent, so an object has its name from its first moment; what
arrives is held to the same digest by the store. See `upload` for how nothing is overwritten and
`trial` for why the store may be believed. The vault asks nothing of the store before it must.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from aigaq.archive.digests import Measured, measure
from aigaq.archive.model import Digest
from aigaq.archive.places import S3Place
from aigaq.archive.vault import Stored, Stray
from aigaq.archive.vault.losses import damaged, missing
from aigaq.archive.vault.note import BucketNote
from aigaq.archive.vault.s3 import trial
from aigaq.archive.vault.s3.body import Body
from aigaq.archive.vault.s3.patience import USUAL, Patience
from aigaq.archive.vault.s3.refusals import StoreRefusal
from aigaq.archive.vault.s3.store import Store
from aigaq.archive.vault.s3.upload import WHOLE_BYTES, Uploads, put_whole
from aigaq.archive.vault.source import measure_unchanged, opened
from aigaq.archive.vault.temporary import Temporaries, writer
from aigaq.archive.vault.verified import Verified

_KEY = re.compile(r"sha256/[0-9a-f]{2}/[0-9a-f]{2}/([0-9a-f]{64})")


class S3Vault:
    """The vault of one archive in a bucket; safe to use from many threads, processes, machines."""

    def __init__(
        self,
        place: S3Place,
        tmp: Path,
        note: BucketNote,
        patience: Patience = USUAL,
    ) -> None:
        self.place = place
        self.tmp = tmp
        self._note = note
        self._store = Store(place, patience)
        self._fetched = Temporaries(tmp, "fetched")
        self._uploads = Uploads(self._store, Temporaries(tmp, "upload"))
        self._root = f"{place.top}vault/"
        self._lock = threading.Lock()
        self._is_ready = False

    def prove(self) -> None:
        """Try the store unless it passed lately, and give up what dead uploads left in it."""
        with self._lock:
            if self._is_ready:
                return
            if not self._note.stands(self.place, trial.NUMBER):
                trial.Trial(self.place, f"{self.place.top}trial/", self._store.patience).hold()
                self._uploads.give_up_old(self._root)
                self._note.write(self.place, trial.NUMBER)
            self._uploads.give_up_dead()
            self._is_ready = True

    def put(self, file: Path, *, announce: Callable[[Digest, int], None] | None = None) -> Stored:
        self.prove()
        with opened(file) as source:
            measured, content = _read(source)
            if self.exists(measured.digest):
                return Stored(*measured, new=False)
            if announce is not None:
                announce(*measured)
            key = self._key(measured.digest)
            if content is not None:
                new = put_whole(self._store, key, content, measured)
            else:
                new = self._uploads.put(key, source, measured)
        return Stored(*measured, new=new)

    def open(self, digest: Digest) -> Verified:
        body = self._body(digest)
        return Verified(body, digest, body.size)

    def measure(self, digest: Digest, *, progress: Callable[[int], None] | None = None) -> Measured:
        with self._body(digest) as body:
            return measure(body, progress=progress)

    @contextmanager
    def local(self, digest: Digest) -> Iterator[Path]:
        with self._fetched.new() as (path, target):
            with self._body(digest) as body:
                found = measure(body, into=writer(target))
            if found.digest != digest:
                raise damaged(digest)
            os.fchmod(target.fileno(), 0o444)
            yield path

    def exists(self, digest: Digest) -> bool:
        return self._store.head(self._key(digest)) is not None

    def contents(self) -> Iterator[Digest | Stray]:
        """In the order of the digests, strays between them."""
        for key in self._store.keys(self._root):
            yield self._identify(key)

    def sweep(self) -> None:
        """Remove the copies that dead readers left; the store is not asked."""
        self._fetched.sweep()

    def _key(self, digest: Digest) -> str:
        hex_ = digest.hex
        return f"{self._root}{digest.algorithm}/{hex_[:2]}/{hex_[2:4]}/{hex_}"

    def _identify(self, key: str) -> Digest | Stray:
        relative = key.removeprefix(self._root)
        found = _KEY.fullmatch(relative)
        if found:
            digest = Digest("sha256", found[1])
            if self._key(digest) == key:
                return digest
        return Stray(relative or key)

    def _body(self, digest: Digest) -> Body:
        try:
            return Body(self._store, self._key(digest))
        except StoreRefusal as refusal:
            if refusal.missing:
                raise missing(digest) from refusal
            raise


def _read(source: FileIO) -> tuple[Measured, bytes | None]:
    """Hash an opened file; its bytes too if they are few enough to be sent at once."""
    kept = bytearray()

    def keep(block: memoryview) -> None:
        if len(kept) <= WHOLE_BYTES:
            kept.extend(block)

    measured = measure_unchanged(source, into=keep)
    return measured, bytes(kept) if measured.size <= WHOLE_BYTES else None
