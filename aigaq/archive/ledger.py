"""Appending to the custody ledger, inside the transaction that makes the change.

A row says which PREMIS event happened to which object, by whom, when and how it ended; everything
that could name a person or a file stands in its details, which the row only commits to.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from aigaq.archive import schema
from aigaq.archive.canonical import canonical, from_canonical
from aigaq.archive.chain import (
    EMPTY_ROOT,
    NO_ROW,
    Checkpoint,
    Frontier,
    commitment,
    leaf_hash,
    new_salt,
)
from aigaq.archive.errors import LedgerError
from aigaq.archive.model import Agent, Digest, Event, JsonObject

ARCHIVE_OBJECT = "archive"
_HEAD = 1
_ORIGIN = "aigaq-archive/"

_LOCKED_HEAD = select(schema.head).with_for_update()
_MOVE_HEAD = update(schema.head).values(
    size=bindparam("now"),
    root=bindparam("tree"),
    last=bindparam("newest"),
    frontier=bindparam("packed"),
)
_ADD_EVENTS = insert(schema.events)
_ADD_DETAILS = insert(schema.details)


class Term(StrEnum):
    """PREMIS event types (https://id.loc.gov/vocabulary/preservation/eventType) in use here."""

    CREATION = "creation"
    INGESTION_START = "ingestion start"
    INGESTION_END = "ingestion end"
    ACCESSION = "accession"
    EXTRACTION = "extraction"
    METADATA_EXTRACTION = "metadata extraction"
    METADATA_MODIFICATION = "metadata modification"
    QUARANTINE = "quarantine"
    UNQUARANTINE = "unquarantine"
    RECOVERY = "recovery"


SUCCESS = "success"
FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Draft:
    """An event before it has a place in the ledger."""

    term: Term
    object: str
    details: JsonObject
    outcome: str = SUCCESS
    content: Digest | None = field(default=None, kw_only=True)


def case_object(case: str) -> str:
    """What the ledger calls a case, so that no case id can pass for an accession."""
    return f"case:{case}"


def new_origin() -> str:
    """A name for an archive that no other has."""
    return f"{_ORIGIN}{secrets.token_hex(16)}"


def is_origin(text: str) -> bool:
    """Whether this looks like the name of an archive."""
    return text.startswith(_ORIGIN)


def start(connection: Connection, origin: str) -> None:
    """Make the head of an empty ledger."""
    connection.execute(
        insert(schema.head).values(
            id=_HEAD, origin=origin, size=0, root=EMPTY_ROOT, last=NO_ROW, frontier=""
        )
    )


def append(
    connection: Connection, drafts: Sequence[Draft], *, agent: Agent, at: datetime
) -> list[int]:
    """Write events at the end of the ledger and move its head; returns their sequences."""
    head = _locked_head(connection)
    frontier = Frontier(head.size, _unpacked(head.frontier))
    last: Digest = head.last
    rows: list[dict[str, object]] = []
    kept: list[dict[str, object]] = []
    for draft in drafts:
        salt, said = new_salt(), canonical(draft.details)
        row = {
            "sequence": frontier.size,
            "previous": last,
            "term": draft.term.value,
            "object": draft.object,
            "content": draft.content,
            "agent_name": agent.name,
            "agent_tool": agent.tool,
            "agent_version": agent.version,
            "at": at,
            "outcome": draft.outcome,
            "commitment": commitment(said, salt),
        }
        leaf = leaf_hash(row_object(row))
        last = row["hash"] = Digest("sha256", leaf.hex())
        frontier.append(leaf)
        rows.append(row)
        kept.append({"sequence": row["sequence"], "salt": salt, "details": said.decode()})
    connection.execute(_ADD_EVENTS, rows)
    connection.execute(_ADD_DETAILS, kept)
    moved = {
        "now": frontier.size,
        "tree": frontier.root(),
        "newest": last,
        "packed": ",".join(node.hex() for node in frontier.hashes),
    }
    connection.execute(_MOVE_HEAD, moved)
    return list(range(head.size, frontier.size))


def row_object(row: Mapping[str, object]) -> dict[str, object]:
    """The JSON object that is hashed for a row of the events table (column name to value).

    Digests and times may be given as values or as the text they are stored as.
    """
    at, content = row["at"], row["content"]
    return {
        "agent": {
            "name": row["agent_name"],
            "tool": row["agent_tool"],
            "version": row["agent_version"],
        },
        "at": schema.timestamp(at) if isinstance(at, datetime) else at,
        "commitment": row["commitment"],
        "content": None if content is None else str(content),
        "object": row["object"],
        "outcome": row["outcome"],
        "previous": str(row["previous"]),
        "sequence": row["sequence"],
        "term": row["term"],
    }


def checkpoint(connection: Connection) -> Checkpoint:
    """The ledger's head as it stands."""
    head = connection.execute(
        select(schema.head.c.origin, schema.head.c.size, schema.head.c.root)
    ).one()
    return Checkpoint(head.origin, head.size, head.root)


def event_of(row: Row[Any]) -> Event:
    """An event from a row of events joined with its details; erased details read as empty."""
    said = {} if row.details is None else from_canonical(row.details)
    if not isinstance(said, dict):
        raise LedgerError(f"the details of row {row.sequence} are not an object")
    return Event(
        sequence=row.sequence,
        previous=row.previous,
        term=row.term,
        object=row.object,
        agent=Agent(row.agent_name, row.agent_tool, row.agent_version),
        at=row.at,
        outcome=row.outcome,
        commitment=row.commitment,
        details=said,
        content=row.content,
    )


def _locked_head(connection: Connection) -> Row[Any]:
    """The head; on a database with row locks nobody else can append until we commit."""
    head = connection.execute(_LOCKED_HEAD).first()
    if head is None:
        raise LedgerError(
            "the ledger has no head", advice="restore the database from a copy and verify it"
        )
    return head


def _unpacked(frontier: str) -> list[bytes]:
    return [bytes.fromhex(node) for node in frontier.split(",") if node]
