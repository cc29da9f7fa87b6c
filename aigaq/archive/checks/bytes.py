"""Checks 5, 6 and 7: every blob the ledger speaks of is there and unchanged, and nothing else is.

The largest file first, one thread a core: hashlib lets go of the interpreter while it works.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from aigaq.archive.checks.accounts import Accounts, Expected
from aigaq.archive.errors import BlobMissingError, VaultError
from aigaq.archive.findings import DigestMismatch, Finding, Missing, Unaccounted, Unreadable
from aigaq.archive.model import Digest
from aigaq.archive.vault import Stray, Vault

Progress = Callable[[int, int], None]
"""Called with the bytes done and the bytes in all, from any thread, one call at a time."""


class BytesCheck:
    """One reading of all required blobs; `done` is how many bytes were read."""

    def __init__(self, vault: Vault, accounts: Accounts, progress: Progress | None) -> None:
        self.done = 0
        self._vault = vault
        self._accounts = accounts
        self._progress = progress
        self._total = accounts.total_bytes()
        self._lock = threading.Lock()

    def findings(self, workers: int | None = None) -> list[Finding]:
        """What is missing, unreadable or changed, by item."""
        count = os.cpu_count() or 1 if workers is None else workers
        with ThreadPoolExecutor(count) as pool:
            queue = self._accounts.required()
            found = [pool.submit(self._work, queue) for _ in range(count)]
            return sorted((f for part in found for f in part.result()), key=repr)

    def _work(self, queue: Iterator[Expected]) -> list[Finding]:
        found: list[Finding] = []
        while (expected := self._next(queue)) is not None:
            found.extend(self._check(expected))
        return found

    def _next(self, queue: Iterator[Expected]) -> Expected | None:
        """The next blob for whichever thread asks; a generator itself serves only one at a time."""
        with self._lock:
            return next(queue, None)

    def _check(self, expected: Expected) -> Iterator[Finding]:
        digest = str(expected.digest)
        try:
            found = self._vault.measure(expected.digest, progress=self._advance)
        except BlobMissingError:  # check 5
            yield Missing(expected.item, digest)
        except VaultError as error:
            yield Unreadable(expected.item, digest, error.message)
        else:  # check 6
            if found.digest != expected.digest:
                yield DigestMismatch(expected.item, digest, str(found.digest))

    def _advance(self, count: int) -> None:
        with self._lock:
            self.done += count
            if self._progress is not None:
                self._progress(self.done, self._total)


def unaccounted(vault: Vault, accounts: Accounts) -> tuple[list[Finding], list[Digest]]:
    """Check 7: what is no blob at all, and the blobs that the ledger does not account for."""
    strays: list[Finding] = []
    unknown: list[Digest] = []
    for entry in vault.contents():
        if isinstance(entry, Stray):
            strays.append(Unaccounted(entry.path))
        elif not accounts.knows(entry):
            unknown.append(entry)
    return strays, unknown
