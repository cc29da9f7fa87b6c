"""One writer among several machines: a document that only one of them can create.

Its holder rewrites it every few seconds. Who waits watches the document's number in the index
(`_seq_no`): when it has not moved for a whole lease by the watcher's own clock, the holder is dead
and the document is taken over, in exchange for just the number that was watched, so that of two
watchers one wins. No clock is compared with that of another machine.

A holder that was merely asleep finds out before it writes: `check` refuses once the last rewriting
lies a lease back, or somebody else has taken over.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from elasticsearch import BadRequestError, ConflictError, Elasticsearch, NotFoundError

from aigaq.archive.errors import SearchError
from aigaq.search.engines.elastic.connection import reason, translated
from aigaq.search.made import writing_elsewhere

LEASE = 30.0
"""Seconds without a sign of life after which a holder counts as dead."""
_ID = "writer"
_POLL = 0.5


class _Version(NamedTuple):
    """A document's place in the history of its index."""

    seq_no: int
    term: int


class _Seen(NamedTuple):
    """The lock as somebody holds it; `mine` is true where that is this object."""

    version: _Version
    holder: str
    mine: bool


class WriterLock:
    """The right to write, kept in the index `index`. `lease` in seconds."""

    def __init__(self, client: Elasticsearch, index: str, lease: float = LEASE) -> None:
        self._client = client
        self._index = index
        self._lease = lease
        self._token = uuid.uuid4().hex
        self._version: _Version | None = None
        self._renewed = 0.0
        self._taken = False

    @contextmanager
    def held(self, *, wait: bool) -> Iterator[WriterLock]:
        """Hold it; without `wait`, SearchError when somebody has it."""
        with translated(self._client):
            self._prepare()
            self._acquire(wait)
        ended = threading.Event()
        renewing = threading.Thread(target=self._renew_until, args=(ended,), daemon=True)
        renewing.start()
        try:
            yield self
        finally:
            ended.set()
            renewing.join()
            self._release()

    def check(self) -> None:
        """SearchError when the right to write is lost or may be."""
        if self._taken or time.monotonic() - self._renewed > self._lease:
            raise SearchError(
                "the right to write to the index was lost: this process stood still too long, or "
                "Elasticsearch did not answer",
                advice="run the command again; everything that waits is kept in the record",
            )

    def _prepare(self) -> None:
        """The index of the lock, strict like all others; made once."""
        fields = {"token": "keyword", "holder": "keyword"}
        properties = {name: {"type": kind} for name, kind in fields.items()}
        try:
            if not self._client.indices.exists(index=self._index):
                self._client.indices.create(
                    index=self._index, mappings={"dynamic": "strict", "properties": properties}
                )
        except BadRequestError as error:
            if reason(error.body)[0] != "resource_already_exists_exception":
                raise

    def _acquire(self, wait: bool) -> None:
        """Create the document, or wait until its holder lets go or shows no life for a lease."""
        seen: _Version | None = None
        since = 0.0
        while not self._create():
            found = self._read()
            if found is None:
                continue
            if not wait:
                raise writing_elsewhere(found.holder)
            if found.version != seen:
                seen, since = found.version, time.monotonic()
            elif time.monotonic() - since > self._lease and self._write(found.version):
                return
            time.sleep(min(_POLL, self._lease / 10))

    def _body(self) -> dict[str, str]:
        return {"token": self._token, "holder": f"{socket.gethostname()}, process {os.getpid()}"}

    def _create(self) -> bool:
        begun = time.monotonic()
        try:
            made = self._client.index(
                index=self._index, id=_ID, document=self._body(), op_type="create"
            )
        except ConflictError:
            # The answer to an earlier attempt of ours may have been lost.
            return self._mine_again(begun)
        self._version, self._renewed = _version(made), begun
        return True

    def _read(self) -> _Seen | None:
        try:
            found = self._client.get(index=self._index, id=_ID)
        except NotFoundError:
            return None
        source = found["_source"]
        return _Seen(_version(found), str(source["holder"]), source["token"] == self._token)

    def _write(self, version: _Version) -> bool:
        """Rewrite the document, only if it is still the one seen."""
        begun = time.monotonic()
        try:
            written = self._client.index(
                index=self._index,
                id=_ID,
                document=self._body(),
                if_seq_no=version.seq_no,
                if_primary_term=version.term,
            )
        except ConflictError:
            return False
        self._version, self._renewed = _version(written), begun
        return True

    def _renew_until(self, ended: threading.Event) -> None:
        while not ended.wait(self._lease / 5):
            begun = time.monotonic()
            try:
                with translated(self._client):
                    kept = self._version is not None and self._write(self._version)
                    if not kept and not self._mine_again(begun):
                        self._taken = True
                        return
            except SearchError:
                continue  # `check` tells when it has been too long

    def _mine_again(self, begun: float) -> bool:
        """Whether it is ours after all, only the answer that said so was lost."""
        found = self._read()
        if found is None or not found.mine:
            return False
        self._version, self._renewed = found.version, begun
        return True

    def _release(self) -> None:
        version = self._version
        if version is None or self._taken:
            return
        try:
            with translated(self._client):
                self._delete(version)
        except SearchError:
            return  # it ends by itself after a lease

    def _delete(self, version: _Version) -> None:
        try:
            self._client.delete(
                index=self._index, id=_ID, if_seq_no=version.seq_no, if_primary_term=version.term
            )
        except (ConflictError, NotFoundError):
            return  # taken over meanwhile


def _version(answer: Any) -> _Version:
    return _Version(int(answer["_seq_no"]), int(answer["_primary_term"]))
