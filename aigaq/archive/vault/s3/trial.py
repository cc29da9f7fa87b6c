"""Whether a store may be trusted with evidence: tried on it, not believed.

1. what was put comes back, and bears a version
2. what is there is not overwritten: a second PUT with If-None-Match fails
3. bytes that are not those of their checksum are not taken
4. the same holds for objects that come in parts
5. a version is kept when its key is overwritten and deleted
6. Object Lock, if retention is asked for: a lock is not lifted and not shortened

All objects are small, in a folder of the trial's own, and removed as far as the store lets us.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from aigaq.archive.digests import Measured, sha256_of
from aigaq.archive.errors import UntrustedStoreError
from aigaq.archive.places import S3Place
from aigaq.archive.vault.s3.patience import Patience
from aigaq.archive.vault.s3.refusals import StoreRefusal
from aigaq.archive.vault.s3.store import NO_VERSIONS, Store
from aigaq.archive.vault.s3.upload import checksum_of, put_whole

NUMBER = 1
"""Of this list of checks: a verdict on an earlier one does not stand."""
FIRST, OTHER = b"first", b"other"
_LOCKED_FOR = timedelta(hours=1)
_CHOOSE = "use a store that does; docs/s3.md says what a store must do and which ones do it"
_VERSIONING = "turn versioning on for the bucket, as docs/s3.md shows"
_LOCKING = "make the bucket with Object Lock, or set vault.retention_days to 0 (docs/s3.md)"


class Trial:
    """One trial of a store, under keys that begin with `prefix` and a name made up for it."""

    def __init__(self, place: S3Place, prefix: str, patience: Patience) -> None:
        self._bucket = place.bucket
        self._with_locks = place.retention_days > 0
        # The trial's own objects are not to be held for years.
        self._store = Store(replace(place, retention_days=0), patience)
        self._folder = f"{prefix}{secrets.token_hex(8)}/"
        self._made: list[tuple[str, str]] = []

    def hold(self) -> None:
        """UntrustedStoreError when the store fails; VaultError when it cannot be tried."""
        try:
            version = self._what_is_put_comes_back()  # 1
            self._nothing_is_overwritten()  # 2
            self._checksums_are_compared()  # 3
            self._parts_are_held_to_the_same()  # 4
            self._versions_are_kept(version)  # 5
            if self._with_locks:
                self._locks_hold()  # 6
        finally:
            self._clean_up()

    # --- the checks -------------------------------------------------------------------------------

    def _what_is_put_comes_back(self) -> str:
        put_whole(self._store, self._folder + "one", FIRST, Measured(sha256_of(FIRST), len(FIRST)))
        head = self._store.head(self._folder + "one")
        if head is None or self._read("one") != FIRST:
            raise self._fails("does not give back what was put into it")
        self._made.append(("one", head.version))
        return head.version

    def _nothing_is_overwritten(self) -> None:
        refusal = self._refusal(lambda: self._put("one", OTHER))
        if refusal is None or self._read("one") != FIRST:
            raise self._fails("overwrites what it holds: it ignores If-None-Match")
        if not refusal.taken:
            raise refusal

    def _checksums_are_compared(self) -> None:
        refusal = self._refusal(lambda: self._put("damaged", FIRST, claimed=OTHER))
        if refusal is None or self._store.head(self._folder + "damaged") is not None:
            raise self._fails("takes bytes that do not have their checksum (SHA-256)")
        if not refusal.altered:
            raise refusal

    def _parts_are_held_to_the_same(self) -> None:
        parts, one = self._folder + "parts", self._folder + "one"
        with self._upload(parts) as upload:
            if self._refusal(lambda: self._part(parts, upload, claimed=OTHER)) is None:
                raise self._fails("takes a part that does not have its checksum (SHA-256)")
            listed = [self._part(parts, upload)]
            self._made.append(("parts", self._store.finish(parts, upload, listed)))
        if self._read("parts") != FIRST:
            raise self._fails("does not give back what was put into it in parts")
        with self._upload(one) as upload:
            listed = [self._part(one, upload)]
            refusal = self._refusal(lambda: self._store.finish(one, upload, listed))
        if refusal is None:
            raise self._fails("overwrites what it holds when it comes in parts")
        if not refusal.taken:
            raise refusal

    def _versions_are_kept(self, version: str) -> None:
        """Keys that may not overwrite or delete lose no version, so a 403 is right here."""
        for attack in (lambda: self._put("one", OTHER, only_new=False), self._delete_one):
            refusal = self._refusal(attack)
            if refusal is not None and refusal.status != 403:
                raise refusal
            if self._read("one", version) != FIRST:
                raise self._fails("loses an older version of what it holds", advice=_VERSIONING)

    def _locks_hold(self) -> None:
        until = (datetime.now(UTC) + _LOCKED_FOR).replace(microsecond=0)
        lock = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}
        try:
            version = self._put("locked", FIRST, lock=lock)
        except StoreRefusal as refusal:
            if refusal.status >= 500:
                raise
            raise self._fails("does not take a locked object", advice=_LOCKING) from refusal
        if self._lock_on("locked", version) != ("COMPLIANCE", until):
            raise self._fails("does not keep Object Lock", advice=_LOCKING)
        sooner = until - _LOCKED_FOR / 2
        for name, attack in (
            ("lifts", lambda: self._delete("locked", version)),
            ("shortens", lambda: self._lock_again("locked", version, sooner)),
        ):
            refused = self._refusal(attack)
            if refused is not None and refused.status >= 500:
                raise refused
            if refused is None:
                raise self._fails(f"{name} a lock that holds", advice=_LOCKING)

    # --- what is asked of the store ---------------------------------------------------------------

    def _put(
        self,
        name: str,
        content: bytes,
        *,
        claimed: bytes | None = None,
        only_new: bool = True,
        lock: Mapping[str, object] | None = None,
    ) -> str:
        """Put an object with the checksum of `claimed`; returns its version."""
        words: dict[str, Any] = {
            "Bucket": self._bucket,
            "Key": self._folder + name,
            "Body": content,
            "ChecksumSHA256": _checksum(content if claimed is None else claimed),
            **({"IfNoneMatch": "*"} if only_new else {}),
            **(lock or {}),
        }
        answer = self._store.ask(lambda client: client.put_object(**words))
        version = answer.get("VersionId", "")
        self._made.append((name, version))
        return version

    @contextmanager
    def _upload(self, key: str) -> Iterator[str]:
        upload = self._store.begin(key, "")
        try:
            yield upload
        finally:
            self._store.abandon(key, upload)

    def _part(self, key: str, upload: str, *, claimed: bytes = FIRST) -> tuple[str, str]:
        checksum = _checksum(claimed)
        tag = self._store.ask(
            lambda client: client.upload_part(
                Bucket=self._bucket,
                Key=key,
                UploadId=upload,
                PartNumber=1,
                Body=FIRST,
                ChecksumSHA256=checksum,
            )
        )["ETag"]
        return tag, checksum

    def _read(self, name: str, version: str = "") -> bytes | None:
        """The bytes of an object or of one version of it; None when the store has none."""
        words = self._words(name, version)
        try:
            return self._store.ask(lambda client: client.get_object(**words)["Body"].read())
        except StoreRefusal as refusal:
            if refusal.missing:
                return None
            raise

    def _delete_one(self) -> None:
        self._delete("one")

    def _delete(self, name: str, version: str = "") -> None:
        words = self._words(name, version)
        answer = self._store.ask(lambda client: client.delete_object(**words))
        if answer.get("DeleteMarker") and not version:
            self._made.append((name, answer.get("VersionId", "")))

    def _words(self, name: str, version: str) -> dict[str, Any]:
        words = {"Bucket": self._bucket, "Key": self._folder + name}
        return {**words, "VersionId": version} if version else words

    def _lock_on(self, name: str, version: str) -> tuple[str, datetime] | None:
        try:
            answer = self._store.ask(
                lambda client: client.get_object_retention(
                    Bucket=self._bucket, Key=self._folder + name, VersionId=version
                )
            )
        except StoreRefusal as refusal:
            if refusal.status in (400, 404):
                return None
            raise
        held = answer.get("Retention", {})
        return held.get("Mode", ""), held.get("RetainUntilDate", datetime.min.replace(tzinfo=UTC))

    def _lock_again(self, name: str, version: str, until: datetime) -> None:
        self._store.ask(
            lambda client: client.put_object_retention(
                Bucket=self._bucket,
                Key=self._folder + name,
                VersionId=version,
                Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until},
            )
        )

    def _refusal(self, request: Callable[[], object]) -> StoreRefusal | None:
        """How the store said no; None when it did not."""
        try:
            request()
        except StoreRefusal as refusal:
            return refusal
        return None

    def _clean_up(self) -> None:
        """What is locked, or what these keys may not delete, stays: a few bytes."""
        for name, version in self._made:
            if version not in NO_VERSIONS:
                self._refusal(partial(self._delete, name, version))

    def _fails(self, how: str, *, advice: str = _CHOOSE) -> UntrustedStoreError:
        where = self._store.place.endpoint or "AWS"
        return UntrustedStoreError(
            f"the S3 store ({where}, bucket {self._bucket}) {how}; nothing was put into it",
            advice=advice,
        )


def _checksum(content: bytes) -> str:
    return checksum_of(sha256_of(content).hex)
