"""Writing what was made of an item: derivatives, passages and mentions, in an open transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection, Table, delete, insert, select

from aigaq.archive import schema
from aigaq.archive.canonical import unwritten
from aigaq.archive.errors import RecordError
from aigaq.archive.model import Accession, Derivative, Digest, JsonObject, Mention
from aigaq.archive.rows import (
    DERIVATIVE_COLUMNS,
    MENTION_COLUMNS,
    PASSAGE_COLUMNS,
    Stored,
    mention_row,
)

_AT_A_TIME = 5000
StoredRow = tuple[Stored, ...]


def announce(connection: Connection, item: Accession, digest: Digest) -> None:
    """Note that a derivative is about to appear in the vault."""
    table = schema.pending
    announced = select(table.c.item).where(table.c.digest == digest, table.c.item == item)
    if connection.execute(announced).first() is None:
        connection.execute(insert(table).values(digest=digest, item=item))


def settle(connection: Connection, item: Accession, kept: Iterable[Derivative]) -> list[Digest]:
    """Forget what was announced for an item; returns what may be in the vault but was not kept."""
    table = schema.pending
    query = select(table.c.digest).where(table.c.item == item)
    announced = set(connection.execute(query).scalars())
    connection.execute(delete(table).where(table.c.item == item))
    return sorted(announced - {derivative.digest for derivative in kept})


def clear(connection: Connection, item: Accession) -> None:
    """Take the reading that held until now out of the catalog; its derivatives stay listed."""
    for table in (schema.mentions, schema.passages, schema.readings):
        connection.execute(delete(table).where(table.c.item == item))


def add(
    connection: Connection,
    item: Accession,
    event: int,
    *,
    facts: JsonObject,
    problems: Sequence[str],
    passages: Iterable[StoredRow],
    derivatives: Iterable[StoredRow],
) -> None:
    """A reading that was recorded by the event of this sequence."""
    values = {"item": item, "event": event, "facts": dict(facts), "problems": list(problems)}
    connection.execute(insert(schema.readings), values)
    of_item: dict[str, Stored] = {"item": item}
    _insert_many(connection, schema.passages, PASSAGE_COLUMNS, passages, of_item)
    made_in: dict[str, Stored] = {"item": item, "event": event}
    _insert_many(connection, schema.derivatives, DERIVATIVE_COLUMNS, derivatives, made_in)


def replace_mentions(
    connection: Connection, item: Accession, mentions: Iterable[StoredRow]
) -> None:
    connection.execute(delete(schema.mentions).where(schema.mentions.c.item == item))
    _insert_many(connection, schema.mentions, MENTION_COLUMNS, mentions, {"item": item})


def mention_rows(mentions: Mapping[int, Sequence[Mention]]) -> Iterator[StoredRow]:
    """In the order of passages, and within a passage as given."""
    for number in sorted(mentions):
        for position, mention in enumerate(mentions[number]):
            yield mention_row(number, position, mention)


def check_spans(
    connection: Connection, item: Accession, mentions: Mapping[int, Sequence[Mention]]
) -> None:
    """RecordError unless every mention reads back its raw text from the stored passage."""
    table = schema.passages
    query = select(table.c.number, table.c.text).where(table.c.item == item)
    unplaced = {number for number, found in mentions.items() if found}
    for number, stored in connection.execute(query):
        unplaced.discard(number)
        text = unwritten(stored)
        for mention in mentions.get(number, ()):
            if not reads_back(text, mention.start, mention.end, mention.raw):
                raise RecordError(
                    f"{item}, passage {number}: {mention.raw!r} does not stand at "
                    f"{mention.start}..{mention.end}",
                    advice="the extractor's offsets are wrong: please report this as a bug",
                )
    if unplaced:
        raise RecordError(f"{item} has no passage {min(unplaced)} for its mentions to point into")


def reads_back(text: str, start: int, end: int, raw: str) -> bool:
    """Whether a span holds its raw text; Python's negative offsets do not count."""
    return 0 <= start <= end <= len(text) and text[start:end] == raw


def _insert_many(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Iterable[StoredRow],
    common: Mapping[str, Stored],
) -> None:
    """Insert rows a few thousand at a time, so that a long document is not held twice."""
    block: list[dict[str, Stored]] = []
    for row in rows:
        block.append({**common, **dict(zip(columns, row, strict=True))})
        if len(block) == _AT_A_TIME:
            connection.execute(insert(table), block)
            block = []
    if block:
        connection.execute(insert(table), block)
