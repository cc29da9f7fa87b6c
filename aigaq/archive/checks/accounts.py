"""What the ledger says must, or may, lie in the vault.

Kept in a private SQLite database that spills to disk, so that tens of millions of blobs need no
memory; it vanishes when it is closed.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from typing import NamedTuple, Self

from aigaq.archive.model import Digest


class Expected(NamedTuple):
    """Bytes that must be there, and an item they belong to."""

    digest: Digest
    size: int
    item: str


class Accounts:
    """Collected by the checks of the record, used by those of the vault, from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._store = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._store.execute(
            "CREATE TABLE blobs"
            " (digest TEXT PRIMARY KEY, size INTEGER, item TEXT, required INTEGER) WITHOUT ROWID"
        )
        self._store.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()

    def require(self, digest: str, size: int, item: str) -> None:
        """These bytes must be in the vault; the first item to claim them is named for them."""
        self._store.execute(
            "INSERT INTO blobs VALUES (?, ?, ?, 1) ON CONFLICT (digest) DO UPDATE SET"
            " size = excluded.size, item = excluded.item, required = 1 WHERE required = 0",
            (digest, size, item),
        )

    def allow(self, digest: str) -> None:
        """These bytes may be in the vault."""
        self._store.execute("INSERT OR IGNORE INTO blobs VALUES (?, 0, '', 0)", (digest,))

    def knows(self, digest: Digest) -> bool:
        found = self._store.execute("SELECT 1 FROM blobs WHERE digest = ?", (str(digest),))
        return found.fetchone() is not None

    def total_bytes(self) -> int:
        """The size of all that must be there."""
        query = "SELECT COALESCE(SUM(size), 0) FROM blobs WHERE required = 1"
        return int(self._store.execute(query).fetchone()[0])

    def required(self) -> Iterator[Expected]:
        """All that must be there, the largest first; may be drawn from by many threads."""
        rows = self._store.execute(
            "SELECT digest, size, item FROM blobs WHERE required = 1 ORDER BY size DESC, digest"
        )
        while True:
            with self._lock:
                row = rows.fetchone()
            if row is None:
                return
            yield Expected(Digest.parse(row[0]), row[1], row[2])
