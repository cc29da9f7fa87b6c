"""Verification: nine numbered checks, every finding collected, nothing changed.

 1. there is something to verify
 2. the ledger hangs together from its first row to its head
 3. its head extends every published checkpoint
 4. every item has its intake event, and every row follows from the ledger
 5. the bytes of every item and derivative exist
 6. and have the digest the ledger committed to
 7. nothing in the vault is unaccounted for
 8. every derivative names an existing source, a tool and its version
 9. every mention reads back its raw text

The database is read in one view, then the vault; files received meanwhile are no findings.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select, union

from aigaq.archive import schema
from aigaq.archive.checks.accounts import Accounts
from aigaq.archive.checks.bytes import BytesCheck, Progress, unaccounted
from aigaq.archive.checks.deliveries import check_batches, check_cases
from aigaq.archive.checks.ledger import LedgerCheck, in_folder, published
from aigaq.archive.checks.record import RecordCheck
from aigaq.archive.custody import Archive
from aigaq.archive.findings import Finding, NothingToVerify, Unaccounted, as_json
from aigaq.archive.model import Digest

# How often, and after how long, to look again whether a new blob's row has been committed.
_SECOND_LOOKS = 3
_PAUSE_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """`checked` counts items, bytes and events; `ok` means that nothing at all was found wrong.

    `unfinished` counts blobs of a reading that is under way or was interrupted: announced in the
    database, not yet in the ledger.
    """

    checked: Mapping[str, int]
    findings: tuple[Finding, ...]
    unfinished: int = 0

    @property
    def ok(self) -> bool:
        return not self.findings

    def as_json(self) -> dict[str, object]:
        """`{"ok", "checked": {"items", "bytes", "events"}, "findings": [{"type", ...}]}`"""
        return {
            "ok": self.ok,
            "checked": dict(self.checked),
            "findings": [as_json(finding) for finding in self.findings],
        }


def verify(
    archive: Archive,
    progress: Progress | None = None,
    workers: int | None = None,
    *,
    item: str | None = None,
    case: str | None = None,
) -> VerifyReport:
    """Check everything, or only one item or case (the ledger is always checked as a whole).

    `progress(done_bytes, total_bytes)` is called as bytes are read; `workers` threads read them,
    one a core unless said otherwise.
    """
    only = _narrowed(item, case)
    with Accounts() as accounts:
        findings: list[Finding] = []
        in_files = in_folder(archive.layout.checkpoints)
        with archive.database.reading() as connection:
            roots, unreadable = published(in_files, connection)
            ledger = LedgerCheck(connection, roots)
            record = RecordCheck(connection, accounts, only)
            in_ledger = [*ledger.findings(), *unreadable]  # 2 and 3
            in_record = list(record.findings())  # 4, 8 and 9
            if only is None:
                in_record += [*check_cases(connection), *check_batches(connection, accounts)]
        if record.items == 0:  # 1
            findings.append(NothingToVerify())
        blobs = BytesCheck(archive.vault, accounts, progress)
        findings += in_ledger + in_record
        findings += blobs.findings(workers)  # 5 and 6
        unfinished = 0
        if only is None:  # 7
            strays, unknown = unaccounted(archive.vault, accounts)
            unknown, unfinished = _looked_at_again(archive, unknown)
            findings += strays
            findings += [Unaccounted(_place(digest)) for digest in unknown]
    checked = {"items": record.items, "bytes": blobs.done, "events": ledger.size}
    return VerifyReport(checked, tuple(findings), unfinished)


def _narrowed(item: str | None, case: str | None) -> Select[Any] | None:
    """The accessions asked for: of one item, of one case, or of an item if it is in the case."""
    if item is None and case is None:
        return None
    query = select(schema.items.c.accession)
    if item is not None:
        query = query.where(schema.items.c.accession == item)
    if case is not None:
        table = schema.item_cases
        query = query.where(
            schema.items.c.accession.in_(select(table.c.item).where(table.c.case == case))
        )
    return query


def _looked_at_again(archive: Archive, unknown: Sequence[Digest]) -> tuple[list[Digest], int]:
    """Blobs that are still unaccounted for after those just being received had time to be
    recorded; and how many were announced by a reading that is not recorded."""
    left, announced = list(unknown), 0
    for _ in range(_SECOND_LOOKS):
        if not left:
            break
        left, announced = _unknown_now(archive, left)
        if left:
            time.sleep(_PAUSE_SECONDS)
    return left, announced


def _unknown_now(archive: Archive, digests: Sequence[Digest]) -> tuple[list[Digest], int]:
    unknown, announced = [], 0
    with archive.database.reading() as connection:
        for digest in digests:
            recorded = union(
                select(schema.events.c.sequence).where(schema.events.c.content == digest),
                select(schema.derivatives.c.event).where(
                    schema.derivatives.c.digest == str(digest)
                ),
            )
            pending = select(schema.pending.c.item).where(schema.pending.c.digest == digest)
            if connection.execute(recorded).first() is not None:
                continue
            if connection.execute(pending).first() is not None:
                announced += 1
            else:
                unknown.append(digest)
    return unknown, announced


def _place(digest: Digest) -> str:
    """Where a blob lies, as the folder vault names it."""
    return f"{digest.algorithm}/{digest.hex[:2]}/{digest.hex[2:4]}/{digest.hex}"
