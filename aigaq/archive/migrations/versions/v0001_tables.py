"""Version 1: the tables as they were before versions were counted."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    Text,
)

revision = "0001"
down_revision = None

TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make all tables and their indexes."""
    op.create_table(
        "batches",
        Column("id", TEXT, primary_key=True),
        Column("source", TEXT, nullable=False),
        Column("opened_at", TEXT, nullable=False),
        Column("closed_at", TEXT),
    )
    op.create_table(
        "cases",
        Column("id", TEXT, primary_key=True),
        Column("title", TEXT, nullable=False),
        Column("note", TEXT, nullable=False),
    )
    op.create_table(
        "checkpoints",
        Column("size", BigInteger(), primary_key=True, autoincrement=False),
        Column("body", TEXT, nullable=False),
        Column("at", TEXT, nullable=False),
    )
    op.create_table(
        "counters",
        Column("name", TEXT, primary_key=True),
        Column("last", BigInteger(), nullable=False),
    )
    op.create_table(
        "events",
        Column("sequence", BigInteger(), primary_key=True, autoincrement=False),
        Column("previous", TEXT, nullable=False),
        Column("term", TEXT, nullable=False),
        Column("object", TEXT, nullable=False),
        Column("content", TEXT),
        Column("agent_name", TEXT, nullable=False),
        Column("agent_tool", TEXT, nullable=False),
        Column("agent_version", TEXT, nullable=False),
        Column("at", TEXT, nullable=False),
        Column("outcome", TEXT, nullable=False),
        Column("commitment", TEXT, nullable=False),
        Column("hash", TEXT, nullable=False),
    )
    op.create_index("events_of_object", "events", ["object", "sequence"])
    op.create_table(
        "head",
        Column("id", Integer(), primary_key=True, autoincrement=False),
        Column("origin", TEXT, nullable=False),
        Column("size", BigInteger(), nullable=False),
        Column("root", TEXT, nullable=False),
        Column("last", TEXT, nullable=False),
        Column("frontier", TEXT, nullable=False),
        comment="one row: the tree head, and what is needed to append to it",
    )
    op.create_table(
        "details",
        Column(
            "sequence",
            BigInteger(),
            ForeignKey("events.sequence"),
            primary_key=True,
            autoincrement=False,
        ),
        Column("salt", LargeBinary(), nullable=False),
        Column("details", TEXT, nullable=False),
        comment="what the events commit to; may be erased, the ledger still hangs together",
    )
    op.create_table(
        "items",
        Column("accession", TEXT, primary_key=True),
        Column("digest", TEXT, nullable=False),
        Column("size", BigInteger(), nullable=False),
        Column("batch", TEXT, ForeignKey("batches.id"), nullable=False),
        Column("path", TEXT, nullable=False),
        Column("path_hash", TEXT, nullable=False),
        Column("parent", TEXT, ForeignKey("items.accession")),
        Column("received_at", TEXT, nullable=False),
        Column("kind", TEXT, nullable=False),
        Column("document_type", TEXT, nullable=False),
        Column("date", TEXT, nullable=False),
        Column("source", TEXT, nullable=False),
        Column("language", TEXT, nullable=False),
        Column("restriction", TEXT, nullable=False),
        Column("note", TEXT, nullable=False),
        Column("duplicate_of", TEXT, ForeignKey("items.accession")),
    )
    op.create_index("items_by_digest", "items", ["digest"])
    op.create_index("items_by_kind", "items", ["kind"])
    op.create_index("items_by_original", "items", ["duplicate_of"])
    op.create_index("items_by_parent", "items", ["parent"])
    op.create_index("items_by_path", "items", ["batch", "path_hash"])
    op.create_table(
        "refusals",
        Column("batch", TEXT, ForeignKey("batches.id"), primary_key=True),
        Column("path_hash", TEXT, primary_key=True),
        Column("path", TEXT, nullable=False),
        Column("problem", TEXT, nullable=False),
        Column("at", TEXT, nullable=False),
    )
    op.create_table(
        "derivatives",
        Column(
            "event",
            BigInteger(),
            ForeignKey("events.sequence"),
            primary_key=True,
            autoincrement=False,
        ),
        Column("position", Integer(), primary_key=True, autoincrement=False),
        Column("item", TEXT, ForeignKey("items.accession"), nullable=False),
        Column("role", TEXT, nullable=False),
        Column("page", Integer()),
        Column("digest", TEXT, nullable=False),
        Column("size", BigInteger(), nullable=False),
        Column("media_type", TEXT, nullable=False),
        Column("tool", TEXT, nullable=False),
        Column("version", TEXT, nullable=False),
        Column("source", TEXT, nullable=False),
        Column("made_at", TEXT, nullable=False),
        comment="of every reading, also of those a later reading replaced",
    )
    op.create_index("derivatives_of_item", "derivatives", ["item", "event", "position"])
    op.create_table(
        "item_cases",
        Column("item", TEXT, ForeignKey("items.accession"), primary_key=True),
        Column("case", TEXT, ForeignKey("cases.id"), primary_key=True),
        Column("position", Integer(), nullable=False),
    )
    op.create_index("item_cases_by_case", "item_cases", ["case", "item"])
    op.create_table(
        "passages",
        Column("item", TEXT, ForeignKey("items.accession"), primary_key=True),
        Column("number", Integer(), primary_key=True, autoincrement=False),
        Column("kind", TEXT, nullable=False),
        Column("text", TEXT, nullable=False),
        Column("method", TEXT, nullable=False),
        Column("page", Integer()),
        Column("offset", BigInteger(), nullable=False),
        Column("start_seconds", Float()),
        Column("end_seconds", Float()),
        Column("language", TEXT, nullable=False),
        Column("confidence", Float()),
        Column("needs_review", Integer(), nullable=False),
        Column("problem", TEXT, nullable=False),
    )
    op.create_table(
        "pending",
        Column("digest", TEXT, primary_key=True),
        Column("item", TEXT, ForeignKey("items.accession"), primary_key=True),
        comment="derivatives on their way into the vault, until the reading is recorded",
    )
    op.create_index("pending_of_item", "pending", ["item"])
    op.create_table(
        "readings",
        Column("item", TEXT, ForeignKey("items.accession"), primary_key=True),
        Column("event", BigInteger(), ForeignKey("events.sequence"), nullable=False),
        Column("facts", TEXT, nullable=False),
        Column("problems", TEXT, nullable=False),
        comment="the reading of an item that holds now",
    )
    op.create_table(
        "stages",
        Column("item", TEXT, ForeignKey("items.accession"), primary_key=True),
        Column("stage", TEXT, primary_key=True),
        Column("status", TEXT, nullable=False),
        Column("attempts", Integer(), nullable=False),
        Column("tool", TEXT, nullable=False),
        Column("problem", TEXT, nullable=False),
        Column("at", TEXT, nullable=False),
    )
    op.create_index("stages_by_status", "stages", ["stage", "status", "item"])
    op.create_table(
        "mentions",
        Column("item", TEXT, primary_key=True),
        Column("passage", Integer(), primary_key=True, autoincrement=False),
        Column("position", Integer(), primary_key=True, autoincrement=False),
        Column("kind", TEXT, nullable=False),
        Column("start", Integer(), nullable=False),
        Column("end", Integer(), nullable=False),
        Column("raw", TEXT, nullable=False),
        Column("value", TEXT, nullable=False),
        Column("role", TEXT, nullable=False),
        Column("rule", TEXT, nullable=False),
        ForeignKeyConstraint(["item", "passage"], ["passages.item", "passages.number"]),
    )
