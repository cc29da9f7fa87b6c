"""Values to stored rows and back.

The tables that grow long (passages, mentions, derivatives) hold plain stored text, and the ledger
commits to exactly those stored values, in the order of the `*_COLUMNS` here: an auditor hashes what
any SQL tool shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from aigaq.archive.canonical import canonical_text, from_canonical, unwritten, written
from aigaq.archive.errors import RecordError
from aigaq.archive.model import (
    Accession,
    Batch,
    Case,
    Derivative,
    Description,
    Digest,
    Item,
    Mention,
    MentionKind,
    Method,
    Passage,
    PassageKind,
    Restriction,
    Stage,
    StageState,
    StageStatus,
    Tool,
)
from aigaq.archive.schema import timestamp

Stored = str | int | float | None
"""What a column of a long table holds."""

PASSAGE_COLUMNS = (
    "number",
    "kind",
    "text",
    "method",
    "page",
    "offset",
    "start_seconds",
    "end_seconds",
    "language",
    "confidence",
    "needs_review",
    "problem",
)
MENTION_COLUMNS = ("passage", "position", "kind", "start", "end", "raw", "value", "role", "rule")
DERIVATIVE_COLUMNS = (
    "position",
    "role",
    "page",
    "digest",
    "size",
    "media_type",
    "tool",
    "version",
    "source",
    "made_at",
)


def passage_row(passage: Passage) -> tuple[Stored, ...]:
    return (
        passage.number,
        passage.kind.value,
        written(passage.text),
        passage.method.value,
        passage.page,
        passage.offset,
        passage.start_seconds,
        passage.end_seconds,
        written(passage.language),
        passage.confidence,
        int(passage.needs_review),
        written(passage.problem),
    )


def passage_of(row: Row[Any]) -> Passage:
    return Passage(
        number=row.number,
        kind=PassageKind(row.kind),
        text=unwritten(row.text),
        method=Method(row.method),
        page=row.page,
        offset=row.offset,
        start_seconds=row.start_seconds,
        end_seconds=row.end_seconds,
        language=unwritten(row.language),
        confidence=row.confidence,
        needs_review=bool(row.needs_review),
        problem=unwritten(row.problem),
    )


def mention_row(passage: int, position: int, mention: Mention) -> tuple[Stored, ...]:
    return (
        passage,
        position,
        mention.kind.value,
        mention.start,
        mention.end,
        written(mention.raw),
        canonical_text(mention.value),
        written(mention.role),
        written(mention.rule),
    )


def mention_of(row: Row[Any]) -> Mention:
    return Mention(
        kind=MentionKind(row.kind),
        start=row.start,
        end=row.end,
        raw=unwritten(row.raw),
        value=json_object(row.value),
        role=unwritten(row.role),
        rule=unwritten(row.rule),
    )


def derivative_row(position: int, derivative: Derivative) -> tuple[Stored, ...]:
    return (
        position,
        written(derivative.role),
        derivative.page,
        str(derivative.digest),
        derivative.size,
        written(derivative.media_type),
        written(derivative.tool.name),
        written(derivative.tool.version),
        str(derivative.source),
        timestamp(derivative.made_at),
    )


def derivative_of(row: Row[Any]) -> Derivative:
    return Derivative(
        item=Accession(row.item),
        role=unwritten(row.role),
        page=row.page,
        digest=Digest.parse(row.digest),
        size=row.size,
        media_type=unwritten(row.media_type),
        tool=Tool(unwritten(row.tool), unwritten(row.version)),
        source=Digest.parse(row.source),
        made_at=datetime.fromisoformat(row.made_at),
    )


def json_object(stored: str) -> Mapping[str, object]:
    """A JSON object from canonical text; RecordError when it is something else."""
    value = from_canonical(stored)
    if not isinstance(value, dict):
        raise RecordError(f"a JSON object is expected in the record, not {stored[:80]!r}")
    return value


def case_of(row: Row[Any]) -> Case:
    return Case(row.id, row.title, row.note)


def batch_of(row: Row[Any]) -> Batch:
    return Batch(row.id, row.source, row.opened_at, row.closed_at)


def item_of(row: Row[Any], cases: tuple[str, ...]) -> Item:
    return Item(
        accession=Accession(row.accession),
        digest=row.digest,
        size=row.size,
        batch=row.batch,
        path=row.path,
        received_at=row.received_at,
        kind=row.kind,
        cases=cases,
        description=Description(
            document_type=row.document_type,
            date=row.date,
            source=row.source,
            language=row.language,
            restriction=Restriction(row.restriction),
            note=row.note,
        ),
        duplicate_of=None if row.duplicate_of is None else Accession(row.duplicate_of),
        parent=None if row.parent is None else Accession(row.parent),
    )


def description_values(description: Description) -> dict[str, str]:
    """The columns of a description, which are also what the ledger says of it."""
    return {
        "document_type": description.document_type,
        "date": description.date,
        "source": description.source,
        "language": description.language,
        "restriction": description.restriction.value,
        "note": description.note,
    }


def state_of(row: Row[Any]) -> StageState:
    return StageState(
        item=Accession(row.item),
        stage=Stage(row.stage),
        status=StageStatus(row.status),
        attempts=row.attempts,
        tool=row.tool,
        problem=row.problem,
        at=row.at,
    )
