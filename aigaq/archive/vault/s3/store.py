"""One bucket of an S3 store, through boto3: every request with patience, every error ours."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from boto3.session import Session
from botocore.config import Config
from botocore.loaders import create_loader
from botocore.response import StreamingBody
from botocore.session import Session as BotocoreSession

from aigaq import __version__
from aigaq.archive.errors import VaultError
from aigaq.archive.places import S3Place
from aigaq.archive.vault.s3.patience import USUAL, Patience
from aigaq.archive.vault.s3.refusals import VENDOR_ERRORS, StoreRefusal, is_passing, told

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

Answer = TypeVar("Answer")
CONNECTIONS = 64
"""More than a machine has threads at work; a further one would wait for its turn."""
SENT_AGAIN = 2
NO_VERSIONS = frozenset({"", "null"})
"""How a store calls the version of an object where it keeps none."""
_MARK = "aigaq-put"
_MODELS = create_loader()
"""Read once a process: it is nine tenths of the 0.2 s of CPU that a client costs."""


class Head(NamedTuple):
    """What the store says of an object: `checksum` is the SHA-256 of the whole in base64, or empty
    where it has none; `mark` is that of the request that made it."""

    size: int
    version: str
    checksum: str
    mark: str


class Flow(NamedTuple):
    """The bytes of an object from some byte on; `size` and `version` are of the whole object."""

    stream: StreamingBody
    size: int
    version: str


class Store:
    """Safe to use from many threads. Nothing is sent before the first request."""

    def __init__(self, place: S3Place, patience: Patience = USUAL) -> None:
        self.place = place
        self.patience = patience
        self._lock = threading.Lock()
        self._client: S3Client | None = None

    def ask(self, request: Callable[[S3Client], Answer]) -> Answer:
        """What the store answers; while it is away or overloaded, it is asked again.

        StoreRefusal when it says no, VaultError when it could not be reached.
        """
        pauses = self.patience.pauses()
        while True:
            try:
                return request(self._connected())
            except VENDOR_ERRORS as error:
                pause = next(pauses, None) if is_passing(error) else None
                if pause is None:
                    raise told(error, self.place) from error
            time.sleep(pause)

    # --- writing ----------------------------------------------------------------------------------

    def put(self, key: str, content: bytes, checksum: str, mark: str) -> str:
        """Make an object unless there is one of that key (StoreRefusal); returns its version."""
        answer = self._send(
            lambda client: client.put_object(
                Bucket=self.place.bucket,
                Key=key,
                Body=content,
                ChecksumSHA256=checksum,
                IfNoneMatch="*",
                **self._born_with(mark),
            )
        )
        return answer.get("VersionId", "")

    def begin(self, key: str, mark: str) -> str:
        """Begin an object that comes in parts; returns the upload's id."""
        answer = self.ask(
            lambda client: client.create_multipart_upload(
                Bucket=self.place.bucket,
                Key=key,
                ChecksumAlgorithm="SHA256",
                **self._born_with(mark),
            )
        )
        return answer["UploadId"]

    def part(self, key: str, upload: str, number: int, content: bytes, checksum: str) -> str:
        """Send one part; returns its tag, which `finish` takes."""
        answer = self._send(
            lambda client: client.upload_part(
                Bucket=self.place.bucket,
                Key=key,
                UploadId=upload,
                PartNumber=number,
                Body=content,
                ChecksumSHA256=checksum,
            )
        )
        return answer["ETag"]

    def finish(self, key: str, upload: str, parts: list[tuple[str, str]]) -> str:
        """Make the object of its parts' (tag, checksum); as `put`."""
        listed: list[Any] = [
            {"PartNumber": number, "ETag": tag, "ChecksumSHA256": checksum}
            for number, (tag, checksum) in enumerate(parts, 1)
        ]
        answer = self.ask(
            lambda client: client.complete_multipart_upload(
                Bucket=self.place.bucket,
                Key=key,
                UploadId=upload,
                MultipartUpload={"Parts": listed},
                IfNoneMatch="*",
            )
        )
        return answer.get("VersionId", "")

    def abandon(self, key: str, upload: str) -> None:
        """Give an unfinished upload up; one that is gone already is as good."""
        try:
            self.ask(
                lambda client: client.abort_multipart_upload(
                    Bucket=self.place.bucket, Key=key, UploadId=upload
                )
            )
        except StoreRefusal as refusal:
            if not refusal.missing:
                raise

    # --- reading ----------------------------------------------------------------------------------

    def head(self, key: str) -> Head | None:
        """What stands under a key now; None when nothing does."""
        try:
            answer = self.ask(
                lambda client: client.head_object(
                    Bucket=self.place.bucket, Key=key, ChecksumMode="ENABLED"
                )
            )
        except StoreRefusal as refusal:
            if refusal.missing:
                return None
            raise
        whole = answer.get("ChecksumType", "FULL_OBJECT") == "FULL_OBJECT"
        return Head(
            answer["ContentLength"],
            answer.get("VersionId", ""),
            answer.get("ChecksumSHA256", "") if whole else "",
            answer["Metadata"].get(_MARK, ""),
        )

    def get(self, key: str, start: int = 0, version: str = "") -> Flow:
        """The bytes of an object (of one version of it) from `start` on, which must be before its
        end. StoreRefusal when there is none."""
        words: dict[str, Any] = {"Bucket": self.place.bucket, "Key": key}
        if start:
            words["Range"] = f"bytes={start}-"
        if version:
            words["VersionId"] = version
        answer = self.ask(lambda client: client.get_object(**words))
        size = answer["ContentLength"]
        if start:
            told_range = answer.get("ContentRange", "")
            if told_range.partition("/")[0] != f"bytes {start}-{start + size - 1}":
                raise VaultError(f"the S3 store was asked for {key} from {start} on and did not")
            size += start
        return Flow(answer["Body"], size, answer.get("VersionId", ""))

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys that begin so, in the order of their bytes."""
        words: dict[str, Any] = {"Bucket": self.place.bucket, "Prefix": prefix}
        while True:
            page = self.ask(lambda client: client.list_objects_v2(**words))
            yield from (each["Key"] for each in page.get("Contents", ()))
            if not page["IsTruncated"]:
                return
            words["ContinuationToken"] = page["NextContinuationToken"]

    def uploads(self, prefix: str) -> Iterator[tuple[str, str, datetime]]:
        """Every unfinished upload as (key, id, begun)."""
        words: dict[str, Any] = {"Bucket": self.place.bucket, "Prefix": prefix}
        while True:
            page = self.ask(lambda client: client.list_multipart_uploads(**words))
            for each in page.get("Uploads", ()):
                yield each["Key"], each["UploadId"], each["Initiated"]
            if not page["IsTruncated"]:
                return
            words["KeyMarker"] = page["NextKeyMarker"]
            words["UploadIdMarker"] = page["NextUploadIdMarker"]

    # --- how it is reached ------------------------------------------------------------------------

    def _send(self, request: Callable[[S3Client], Answer]) -> Answer:
        """Ask with bytes that are right here: if they arrive otherwise, the way altered them."""
        for _ in range(SENT_AGAIN):
            try:
                return self.ask(request)
            except StoreRefusal as refusal:
                if not refusal.altered:
                    raise
        return self.ask(request)

    def _born_with(self, mark: str) -> dict[str, Any]:
        """What every object of ours has from its first moment; a lock where the policy asks."""
        words: dict[str, Any] = {
            "ContentType": "application/octet-stream",  # no browser runs what was handed in
            "Metadata": {_MARK: mark},
        }
        if self.place.retention_days:
            until = datetime.now(UTC) + timedelta(days=self.place.retention_days)
            words["ObjectLockMode"] = "COMPLIANCE"
            words["ObjectLockRetainUntilDate"] = until.replace(microsecond=0)
        return words

    def _connected(self) -> S3Client:
        with self._lock:
            if self._client is None:
                self._client = _client(self.place, self.patience)
            return self._client


def _client(place: S3Place, patience: Patience) -> S3Client:
    """A client that tries once: `Store.ask` knows better when to try again, and that it did."""
    session = BotocoreSession()
    session.register_component("data_loader", _MODELS)
    return Session(botocore_session=session).client(
        "s3",
        endpoint_url=place.endpoint or None,
        region_name=place.region or None,
        verify=place.ca_file or None,
        config=Config(
            user_agent_extra=f"aigaq/{__version__}",
            connect_timeout=min(10.0, patience.silence_seconds),
            read_timeout=patience.silence_seconds,
            retries={"mode": "standard", "total_max_attempts": 1},
            max_pool_connections=CONNECTIONS,
            # Every request that needs a checksum is given one here, every answer is hashed here.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            tcp_keepalive=True,
        ),
    )
