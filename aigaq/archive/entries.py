"""Writing the catalog's rows, inside a transaction that the archive opened."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Table, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or_ignore

from aigaq.archive import schema
from aigaq.archive.canonical import written
from aigaq.archive.catalog import STAGES, batch_of, case_of, state_of, stream_items
from aigaq.archive.errors import NotFoundError, RecordError
from aigaq.archive.model import (
    Accession,
    Batch,
    Case,
    Derivative,
    Description,
    Digest,
    Item,
    JsonObject,
    Mention,
    Passage,
    Stage,
    StageState,
    StageStatus,
)

_AT_A_TIME = 5000


def next_number(connection: Connection, counter: str) -> int:
    """The next number of a counter, given once: the writer's lock is held."""
    table = schema.counters
    last = connection.execute(select(table.c.last).where(table.c.name == counter)).scalar()
    if last is None:
        connection.execute(insert(table).values(name=counter, last=1))
        return 1
    connection.execute(update(table).where(table.c.name == counter).values(last=last + 1))
    return int(last) + 1


def next_accession(connection: Connection, at: datetime) -> Accession:
    """`ARC-2026-000123`, numbered anew each year (UTC)."""
    return Accession(f"ARC-{at.year}-{next_number(connection, f'item-{at.year}'):06d}")


def next_batch_id(connection: Connection, at: datetime) -> str:
    """`BAT-2026-0007`, numbered anew each year (UTC)."""
    return f"BAT-{at.year}-{next_number(connection, f'batch-{at.year}'):04d}"


# --- cases, batches, refusals ---------------------------------------------------------------------


def find_case(connection: Connection, case: str) -> Case | None:
    row = connection.execute(select(schema.cases).where(schema.cases.c.id == case)).first()
    return None if row is None else case_of(row)


def put_case(connection: Connection, case: Case) -> None:
    table = schema.cases
    values = {"title": case.title, "note": case.note}
    changed = connection.execute(update(table).where(table.c.id == case.id).values(values))
    if changed.rowcount == 0:
        connection.execute(insert(table).values(id=case.id, **values))


def require_cases(connection: Connection, wanted: Iterable[str]) -> None:
    """NotFoundError for a case the archive does not know."""
    for case in wanted:
        if find_case(connection, case) is None:
            raise NotFoundError(
                f"there is no case {case}", advice=f"add it first: `aigaq case add {case}`"
            )


def batch_from(connection: Connection, source: str) -> Batch | None:
    query = select(schema.batches).where(schema.batches.c.source == source)
    row = connection.execute(query).first()
    return None if row is None else batch_of(row)


def require_batch(connection: Connection, batch: str) -> Batch:
    row = connection.execute(select(schema.batches).where(schema.batches.c.id == batch)).first()
    if row is None:
        raise NotFoundError(f"there is no batch {batch}", advice="open it first")
    return batch_of(row)


def add_batch(connection: Connection, batch: Batch) -> None:
    connection.execute(
        insert(schema.batches).values(
            id=batch.id, source=batch.source, opened_at=batch.opened_at, closed_at=batch.closed_at
        )
    )


def mark_batch(connection: Connection, batch: str, closed_at: datetime | None) -> None:
    table = schema.batches
    connection.execute(update(table).where(table.c.id == batch).values(closed_at=closed_at))


def refusal_problem(connection: Connection, batch: str, path: str) -> str | None:
    table = schema.refusals
    query = select(table.c.problem).where(
        table.c.batch == batch, table.c.path_hash == path_hash(path)
    )
    return connection.execute(query).scalar()


def put_refusal(connection: Connection, batch: str, path: str, problem: str, at: datetime) -> None:
    clear_refusal(connection, batch, path)
    connection.execute(
        insert(schema.refusals).values(
            batch=batch, path_hash=path_hash(path), path=path, problem=problem, at=at
        )
    )


def clear_refusal(connection: Connection, batch: str, path: str) -> None:
    table = schema.refusals
    connection.execute(
        delete(table).where(table.c.batch == batch, table.c.path_hash == path_hash(path))
    )


# --- items ----------------------------------------------------------------------------------------


def require_item(connection: Connection, accession: str) -> Item:
    item = next(stream_items(connection, schema.items.c.accession == accession), None)
    if item is None:
        raise NotFoundError(f"there is no item {accession}")
    return item


def items_at(connection: Connection, batch: str, parent: Accession | None, path: str) -> list[Item]:
    """Items received under one name: several, when the bytes changed between deliveries."""
    table = schema.items
    return list(
        stream_items(
            connection,
            table.c.batch == batch,
            table.c.path_hash == path_hash(path),
            table.c.parent.is_(None) if parent is None else table.c.parent == parent,
        )
    )


def first_with(connection: Connection, digest: Digest) -> Accession | None:
    """The item that first brought these bytes."""
    table = schema.items
    query = select(table.c.accession).where(
        table.c.digest == digest, table.c.duplicate_of.is_(None)
    )
    found = connection.execute(query).scalar()
    return None if found is None else Accession(found)


def add_item(connection: Connection, item: Item) -> None:
    connection.execute(
        insert(schema.items).values(
            accession=item.accession,
            digest=item.digest,
            size=item.size,
            batch=item.batch,
            path=item.path,
            path_hash=path_hash(item.path),
            parent=item.parent,
            received_at=item.received_at,
            kind=item.kind,
            duplicate_of=item.duplicate_of,
            **_description_values(item.description),
        )
    )
    _put_cases(connection, item)


def describe_item(connection: Connection, item: Item) -> None:
    """Write an item's cases and description anew."""
    table = schema.items
    connection.execute(
        update(table)
        .where(table.c.accession == item.accession)
        .values(_description_values(item.description))
    )
    connection.execute(delete(schema.item_cases).where(schema.item_cases.c.item == item.accession))
    _put_cases(connection, item)


def put_kind(connection: Connection, item: Accession, kind: str) -> None:
    table = schema.items
    connection.execute(update(table).where(table.c.accession == item).values(kind=kind))


def path_hash(path: str) -> str:
    """What a path is looked up by: SHA-256 of its written text, as hex."""
    return hashlib.sha256(written(path).encode()).hexdigest()


def _description_values(description: Description) -> dict[str, str]:
    return {
        "document_type": description.document_type,
        "date": description.date,
        "source": description.source,
        "language": description.language,
        "restriction": description.restriction.value,
        "note": description.note,
    }


def _put_cases(connection: Connection, item: Item) -> None:
    rows = [
        {"item": item.accession, "case": case, "position": position}
        for position, case in enumerate(item.cases)
    ]
    if rows:
        connection.execute(insert(schema.item_cases), rows)


# --- stages ---------------------------------------------------------------------------------------


def add_stages(connection: Connection, states: Iterable[StageState]) -> None:
    connection.execute(
        insert(schema.stages),
        [
            {
                "item": state.item,
                "stage": state.stage.value,
                "status": state.status.value,
                "attempts": state.attempts,
                "tool": state.tool,
                "problem": state.problem,
                "at": state.at,
            }
            for state in states
        ],
    )


def move_stage(
    connection: Connection,
    item: Accession,
    stage: Stage,
    status: StageStatus,
    *,
    at: datetime,
    tool: str = "",
    problem: str = "",
    attempt: bool = True,
) -> None:
    """Set where an item stands; `attempt` counts one more try."""
    table = schema.stages
    values: dict[str, object] = {
        "status": status.value,
        "tool": tool,
        "problem": problem,
        "at": at,
    }
    if attempt:
        values["attempts"] = table.c.attempts + 1
    moved = connection.execute(
        update(table).where(table.c.item == item, table.c.stage == stage.value).values(values)
    )
    if moved.rowcount != 1:
        raise NotFoundError(f"there is no item {item}")


def reset_after(connection: Connection, item: Accession, stage: Stage, at: datetime) -> None:
    """Everything after a stage has to be done again."""
    for later in STAGES[STAGES.index(stage) + 1 :]:
        move_stage(connection, item, later, StageStatus.WAITING, at=at, attempt=False)


def stuck_stages(
    connection: Connection, items: Sequence[Accession] | None, stage: Stage | None
) -> list[StageState]:
    """What was refused or failed, of these items or all, in this stage or any."""
    table = schema.stages
    bad = [StageStatus.REFUSED.value, StageStatus.FAILED.value]
    query = select(table).where(table.c.status.in_(bad)).order_by(table.c.item)
    if stage is not None:
        query = query.where(table.c.stage == stage.value)
    states = [state_of(row) for row in connection.execute(query)]
    if items is None:
        return states
    wanted = set(items)
    return [state for state in states if state.item in wanted]


# --- readings and mentions ------------------------------------------------------------------------


def announce(connection: Connection, item: Accession, digest: Digest) -> None:
    """Note that a derivative is about to appear in the vault."""
    connection.execute(
        insert_or_ignore(schema.pending).values(digest=digest, item=item).on_conflict_do_nothing()
    )


def settle(connection: Connection, item: Accession, kept: Iterable[Derivative]) -> list[Digest]:
    """Forget what was announced for an item; returns what is in the vault but was not kept."""
    table = schema.pending
    query = select(table.c.digest).where(table.c.item == item)
    announced = set(connection.execute(query).scalars())
    connection.execute(delete(table).where(table.c.item == item))
    return sorted(announced - {derivative.digest for derivative in kept})


def clear_reading(connection: Connection, item: Accession) -> None:
    """Take the reading that held until now out of the catalog; its derivatives stay listed."""
    connection.execute(delete(schema.mentions).where(schema.mentions.c.item == item))
    connection.execute(delete(schema.passages).where(schema.passages.c.item == item))
    connection.execute(delete(schema.readings).where(schema.readings.c.item == item))


def add_reading(
    connection: Connection,
    item: Accession,
    event: int,
    facts: JsonObject,
    problems: Sequence[str],
) -> None:
    connection.execute(
        insert(schema.readings).values(
            item=item, event=event, facts=dict(facts), problems=list(problems)
        )
    )


def add_derivatives(connection: Connection, event: int, derivatives: Sequence[Derivative]) -> None:
    rows = [
        {
            "event": event,
            "position": position,
            "item": made.item,
            "role": made.role,
            "page": made.page,
            "digest": made.digest,
            "size": made.size,
            "media_type": made.media_type,
            "tool": made.tool.name,
            "version": made.tool.version,
            "source": made.source,
            "made_at": made.made_at,
        }
        for position, made in enumerate(derivatives)
    ]
    _insert_many(connection, schema.derivatives, rows)


def add_passages(connection: Connection, item: Accession, passages: Iterable[Passage]) -> None:
    rows = (
        {
            "item": item,
            "number": passage.number,
            "kind": passage.kind.value,
            "text": passage.text,
            "method": passage.method.value,
            "page": passage.page,
            "offset": passage.offset,
            "start_seconds": passage.start_seconds,
            "end_seconds": passage.end_seconds,
            "language": passage.language,
            "confidence": passage.confidence,
            "needs_review": passage.needs_review,
            "problem": passage.problem,
        }
        for passage in passages
    )
    _insert_many(connection, schema.passages, rows)


def replace_mentions(
    connection: Connection, item: Accession, mentions: Mapping[int, Sequence[Mention]]
) -> None:
    connection.execute(delete(schema.mentions).where(schema.mentions.c.item == item))
    rows = (
        {
            "item": item,
            "passage": number,
            "position": position,
            "kind": mention.kind.value,
            "start": mention.start,
            "end": mention.end,
            "raw": mention.raw,
            "value": dict(mention.value),
            "role": mention.role,
            "rule": mention.rule,
        }
        for number in sorted(mentions)
        for position, mention in enumerate(mentions[number])
    )
    _insert_many(connection, schema.mentions, rows)


def check_spans(
    connection: Connection, item: Accession, mentions: Mapping[int, Sequence[Mention]]
) -> None:
    """RecordError unless every mention reads back its raw text from the stored passage."""
    table = schema.passages
    query = select(table.c.number, table.c.text).where(table.c.item == item)
    unplaced = {number for number, found in mentions.items() if found}
    for number, text in connection.execute(query):
        unplaced.discard(number)
        for mention in mentions.get(number, ()):
            if not reads_back(mention, text):
                raise RecordError(
                    f"{item}, passage {number}: {mention.raw!r} does not stand at "
                    f"{mention.start}..{mention.end}",
                    advice="the extractor's offsets are wrong: please report this as a bug",
                )
    if unplaced:
        raise RecordError(f"{item} has no passage {min(unplaced)} for its mentions to point into")


def reads_back(mention: Mention, text: str) -> bool:
    """Whether a mention points at its own raw text; Python's negative offsets do not count."""
    return (
        0 <= mention.start <= mention.end <= len(text)
        and text[mention.start : mention.end] == mention.raw
    )


def _insert_many(
    connection: Connection, table: Table, rows: Iterable[Mapping[str, object]]
) -> None:
    """Insert rows a few thousand at a time, so that a long document is not held twice."""
    block: list[Mapping[str, object]] = []
    for row in rows:
        block.append(row)
        if len(block) == _AT_A_TIME:
            connection.execute(insert(table), block)
            block = []
    if block:
        connection.execute(insert(table), block)
