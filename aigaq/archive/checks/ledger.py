"""Checks 2 and 3: the ledger hangs together from its first row to its head, and still contains
every checkpoint that was published over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Text, select, type_coerce

from aigaq.archive import schema
from aigaq.archive.canonical import stored_json
from aigaq.archive.chain import NO_ROW, Checkpoint, Frontier, commitment, leaf_of
from aigaq.archive.checks.streams import stored
from aigaq.archive.findings import (
    BrokenChain,
    CheckpointUnreadable,
    DetailsEdited,
    DetailsMissing,
    Finding,
    HeadMismatch,
    LedgerCut,
    LedgerRewritten,
    RowEdited,
    RowsMissing,
)
from aigaq.archive.ledger import row_object
from aigaq.archive.model import Digest

_AT_A_TIME = 1000
# Rows as they are stored: what was tampered with may not be readable as a digest or a time.
_ROWS = (
    stored(schema.events)
    .add_columns(type_coerce(schema.details.c.salt, Text).label("salt"), schema.details.c.details)
    .outerjoin_from(schema.events, schema.details)
    .order_by(schema.events.c.sequence)
)
_COLUMNS = tuple(column.name for column in _ROWS.selected_columns)


def in_folder(folder: Path) -> dict[str, str]:
    """The bodies of the checkpoints in a folder, by name.

    To be read before the database's snapshot is taken, which then has all rows that they cover,
    whoever publishes meanwhile.
    """
    return {
        f"checkpoints/{path.name}": path.read_bytes().decode(errors="replace")
        for path in sorted(folder.glob("*.txt"))
    }


def published(
    bodies: dict[str, str], connection: Connection
) -> tuple[dict[int, Digest], list[Finding]]:
    """The roots of all checkpoints by size, from the folder and the database; and what is wrong
    with them."""
    bodies = dict(bodies)
    origin = connection.execute(select(schema.head.c.origin)).scalar()
    for row in connection.execute(select(schema.checkpoints)):
        bodies[f"checkpoint {row.size} in the database"] = row.body
    roots: dict[int, Digest] = {}
    findings: list[Finding] = []
    for name, body in bodies.items():
        try:
            checkpoint = Checkpoint.parse(body)
        except ValueError:
            findings.append(CheckpointUnreadable(name))
            continue
        root = roots.setdefault(checkpoint.size, checkpoint.root)
        if checkpoint.origin != origin or root != checkpoint.root:
            findings.append(CheckpointUnreadable(name))
    return roots, findings


class LedgerCheck:
    """One walk over the ledger; `size` is the number of rows seen when it is over."""

    def __init__(self, connection: Connection, roots: dict[int, Digest]) -> None:
        self.size = 0
        self._connection = connection
        self._roots = roots
        self._frontier = Frontier()
        self._last: str = str(NO_ROW)
        self._whole = True  # no row is missing, so that roots can be compared
        self._promised = max(roots, default=0)  # rows that a checkpoint or the head speaks of

    def findings(self) -> Iterator[Finding]:
        """Everything wrong with the ledger itself, in its order."""
        rows = self._connection.execute(_ROWS.execution_options(yield_per=_AT_A_TIME))
        for row in rows:
            yield from self._check_row(row)
            yield from self._check_checkpoint()
        yield from self._check_head()
        if self._promised > self.size:
            yield LedgerCut(self._promised, self.size)

    def _check_row(self, row: Row[Any]) -> Iterator[Finding]:
        """Check 2, one row: nothing skipped, unchanged, following the one before, details kept."""
        if row.sequence != self.size:
            yield RowsMissing(self.size, row.sequence - 1)
            self._whole = False
        elif row.previous != self._last:
            yield BrokenChain(row.sequence)
        leaf = _leaf(row)
        if f"sha256:{leaf.hex()}" != row.hash:
            yield RowEdited(row.sequence)
            # Go on from the recorded hash: one edited row is one finding, not a finding a row.
            leaf = _recorded(row.hash) or leaf
        if row.details is None:
            yield DetailsMissing(row.sequence)
        elif not _keeps_its_word(row):
            yield DetailsEdited(row.sequence)
        self._last = row.hash
        self._frontier.append(leaf)
        self.size = row.sequence + 1

    def _check_checkpoint(self) -> Iterator[Finding]:
        """Check 3: where a checkpoint was published, the rows so far give its root."""
        expected = self._roots.get(self.size)
        if expected is not None and self._whole and self._frontier.root() != expected:
            yield LedgerRewritten(self.size, str(expected), str(self._frontier.root()))

    def _check_head(self) -> Iterator[Finding]:
        """Check 2, at the end: the head in the database is the head of the rows."""
        root = type_coerce(schema.head.c.root, Text).label("root")
        last = type_coerce(schema.head.c.last, Text).label("last")
        columns = (schema.head.c.size, root, last, schema.head.c.frontier)
        head = self._connection.execute(select(*columns)).first()
        if head is None:
            yield HeadMismatch("size", "nothing", str(self.size))
            return
        self._promised = max(self._promised, head.size)
        if head.size < self.size:
            yield HeadMismatch("size", str(head.size), str(self.size))
        elif head.size == self.size and self._whole:
            nodes = ",".join(node.hex() for node in self._frontier.hashes)
            yield from _differing("root", head.root, str(self._frontier.root()))
            yield from _differing("last row", head.last, self._last)
            yield from _differing("frontier", head.frontier, nodes)


def _differing(field: str, expected: str, found: str) -> Iterator[Finding]:
    if expected != found:
        yield HeadMismatch(field, expected, found)


def _leaf(row: Row[Any]) -> bytes:
    """The hash of a row as it stands; of nothing, when its columns hold no text any more."""
    try:
        return leaf_of(stored_json(row_object(dict(zip(_COLUMNS, row, strict=True)))))
    except TypeError:
        return leaf_of(b"")


def _keeps_its_word(row: Row[Any]) -> bool:
    """Whether the details are those the row committed to."""
    if not isinstance(row.details, str) or not isinstance(row.salt, bytes):
        return False
    promised: object = row.commitment
    return commitment(row.details.encode(), row.salt) == promised


def _recorded(digest: str) -> bytes | None:
    """A recorded hash, or None where it is not even a digest."""
    try:
        return bytes.fromhex(Digest.parse(digest).hex)
    except ValueError:
        return None
