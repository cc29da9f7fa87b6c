"""The tables of the record, the same in SQLite and PostgreSQL.

Text is stored as written text (see `canonical`), times as the RFC 3339 text that is also hashed,
digests as `sha256:<hex>`, JSON as canonical text: what an auditor reads with any SQL tool is what
the ledger's hashes were made of. Paths are looked up by their hash, as a path may be longer than
an index entry can be. Text is ordered by its code points in both databases: verification reads
tables side by side in that order, which the language of a server must not change.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator

from aigaq.archive.canonical import canonical_text, from_canonical, unwritten, written
from aigaq.archive.model import Digest


def timestamp(at: datetime) -> str:
    """`2026-11-22T21:51:28.123456Z`: how a time is stored and hashed."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


PlainText = Text().with_variant(Text(collation="C"), "postgresql")
"""Text as it is stored, ordered by code points."""


class WrittenText(TypeDecorator[str]):
    """Any Python text, exactly."""

    impl = PlainText
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else written(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else unwritten(value)


class Instant(TypeDecorator[datetime]):
    """An aware UTC time, to the microsecond."""

    impl = PlainText
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else timestamp(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


class DigestText(TypeDecorator[Digest]):
    """A digest in its written form."""

    impl = PlainText
    cache_ok = True

    def process_bind_param(self, value: Digest | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Digest | None:
        return None if value is None else Digest.parse(value)


class JsonText(TypeDecorator[object]):
    """A JSON value as canonical text."""

    impl = PlainText
    cache_ok = True

    def process_bind_param(self, value: object | None, dialect: Dialect) -> str | None:
        return None if value is None else canonical_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> object | None:
        return None if value is None else from_canonical(value)


VERSION = "0002"
"""Of these tables; each version has its migration in `migrations/versions`."""

metadata = MetaData()

# --- the ledger -----------------------------------------------------------------------------------

events = Table(
    "events",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("previous", DigestText, nullable=False),
    Column("term", PlainText, nullable=False),
    Column("object", WrittenText, nullable=False),
    Column("content", DigestText),
    Column("agent_name", WrittenText, nullable=False),
    Column("agent_tool", WrittenText, nullable=False),
    Column("agent_version", WrittenText, nullable=False),
    Column("at", Instant, nullable=False),
    Column("outcome", PlainText, nullable=False),
    Column("commitment", PlainText, nullable=False),
    Column("hash", DigestText, nullable=False),
    Index("events_of_object", "object", "sequence"),
    Index("events_by_content", "content"),
)

details = Table(
    "details",
    metadata,
    Column(
        "sequence",
        BigInteger,
        ForeignKey("events.sequence"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("salt", LargeBinary, nullable=False),
    Column("details", PlainText, nullable=False),
    comment="what the events commit to; may be erased, the ledger still hangs together",
)

head = Table(
    "head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("origin", PlainText, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("root", DigestText, nullable=False),
    Column("last", DigestText, nullable=False),
    Column("frontier", PlainText, nullable=False),
    comment="one row: the tree head, and what is needed to append to it",
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("body", PlainText, nullable=False),
    Column("at", Instant, nullable=False),
)

# --- what was received ----------------------------------------------------------------------------

counters = Table(
    "counters",
    metadata,
    Column("name", PlainText, primary_key=True),
    Column("last", BigInteger, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", WrittenText, primary_key=True),
    Column("title", WrittenText, nullable=False),
    Column("note", WrittenText, nullable=False),
)

batches = Table(
    "batches",
    metadata,
    Column("id", PlainText, primary_key=True),
    Column("source", WrittenText, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
)

items = Table(
    "items",
    metadata,
    Column("accession", PlainText, primary_key=True),
    Column("digest", DigestText, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("batch", PlainText, ForeignKey("batches.id"), nullable=False),
    Column("path", WrittenText, nullable=False),
    Column("path_hash", PlainText, nullable=False),
    Column("parent", PlainText, ForeignKey("items.accession")),
    Column("received_at", Instant, nullable=False),
    Column("kind", WrittenText, nullable=False),
    Column("document_type", WrittenText, nullable=False),
    Column("date", WrittenText, nullable=False),
    Column("source", WrittenText, nullable=False),
    Column("language", WrittenText, nullable=False),
    Column("restriction", PlainText, nullable=False),
    Column("note", WrittenText, nullable=False),
    Column("duplicate_of", PlainText, ForeignKey("items.accession")),
    Index("items_by_path", "batch", "path_hash"),
    Index("items_by_digest", "digest"),
    Index("items_by_kind", "kind"),
    Index("items_by_parent", "parent"),
    Index("items_by_original", "duplicate_of"),
)

item_cases = Table(
    "item_cases",
    metadata,
    Column("item", PlainText, ForeignKey("items.accession"), primary_key=True),
    Column("case", WrittenText, ForeignKey("cases.id"), primary_key=True),
    Column("position", Integer, nullable=False),
    Index("item_cases_by_case", "case", "item"),
)

refusals = Table(
    "refusals",
    metadata,
    Column("batch", PlainText, ForeignKey("batches.id"), primary_key=True),
    Column("path_hash", PlainText, primary_key=True),
    Column("path", WrittenText, nullable=False),
    Column("problem", WrittenText, nullable=False),
    Column("at", Instant, nullable=False),
)

# --- what was made of it --------------------------------------------------------------------------

stages = Table(
    "stages",
    metadata,
    Column("item", PlainText, ForeignKey("items.accession"), primary_key=True),
    Column("stage", PlainText, primary_key=True),
    Column("status", PlainText, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("tool", WrittenText, nullable=False),
    Column("problem", WrittenText, nullable=False),
    Column("at", Instant, nullable=False),
    Index("stages_by_status", "stage", "status", "item"),
)

readings = Table(
    "readings",
    metadata,
    Column("item", PlainText, ForeignKey("items.accession"), primary_key=True),
    Column("event", BigInteger, ForeignKey("events.sequence"), nullable=False),
    Column("facts", JsonText, nullable=False),
    Column("problems", JsonText, nullable=False),
    comment="the reading of an item that holds now",
)

derivatives = Table(
    "derivatives",
    metadata,
    Column("event", BigInteger, ForeignKey("events.sequence"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("item", PlainText, ForeignKey("items.accession"), nullable=False),
    Column("role", PlainText, nullable=False),
    Column("page", Integer),
    Column("digest", PlainText, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("media_type", PlainText, nullable=False),
    Column("tool", PlainText, nullable=False),
    Column("version", PlainText, nullable=False),
    Column("source", PlainText, nullable=False),
    Column("made_at", PlainText, nullable=False),
    Index("derivatives_of_item", "item", "event", "position"),
    Index("derivatives_by_digest", "digest"),
    comment="of every reading, also of those a later reading replaced",
)

pending = Table(
    "pending",
    metadata,
    Column("digest", DigestText, primary_key=True),
    Column("item", PlainText, ForeignKey("items.accession"), primary_key=True),
    Index("pending_of_item", "item"),
    comment="derivatives on their way into the vault, until the reading is recorded",
)

passages = Table(
    "passages",
    metadata,
    Column("item", PlainText, ForeignKey("items.accession"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", PlainText, nullable=False),
    Column("text", PlainText, nullable=False),
    Column("method", PlainText, nullable=False),
    Column("page", Integer),
    Column("offset", BigInteger, nullable=False),
    Column("start_seconds", Float),
    Column("end_seconds", Float),
    Column("language", PlainText, nullable=False),
    Column("confidence", Float),
    Column("needs_review", Integer, nullable=False),
    Column("problem", PlainText, nullable=False),
)

mentions = Table(
    "mentions",
    metadata,
    Column("item", PlainText, primary_key=True),
    Column("passage", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", PlainText, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("raw", PlainText, nullable=False),
    Column("value", PlainText, nullable=False),
    Column("role", PlainText, nullable=False),
    Column("rule", PlainText, nullable=False),
    ForeignKeyConstraint(["item", "passage"], ["passages.item", "passages.number"]),
)
