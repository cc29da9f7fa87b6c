"""Writing the catalog's rows of cases, batches, items and stages, inside an open transaction.

Statements of the intake are built once: SQLAlchemy then looks each up instead of building it for
every file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select, update

from aigaq.archive import schema
from aigaq.archive.canonical import written
from aigaq.archive.catalog import STAGES, stream_items, with_cases
from aigaq.archive.errors import NotFoundError
from aigaq.archive.model import (
    Accession,
    Batch,
    Case,
    Digest,
    Item,
    Stage,
    StageState,
    StageStatus,
)
from aigaq.archive.rows import batch_of, case_of, description_values, state_of

# --- numbers --------------------------------------------------------------------------------------

_FIRST_COUNT = insert(schema.counters)
_COUNT = (
    update(schema.counters)
    .where(schema.counters.c.name == bindparam("counter"))
    .values(last=schema.counters.c.last + 1)
    .returning(schema.counters.c.last)
)


def next_number(connection: Connection, counter: str) -> int:
    """The next number of a counter, given once: the writer's lock is held."""
    number = connection.execute(_COUNT, {"counter": counter}).scalar()
    if number is None:
        connection.execute(_FIRST_COUNT, {"name": counter, "last": 1})
        return 1
    return int(number)


def next_accession(connection: Connection, at: datetime) -> Accession:
    """`ARC-2026-000123`, numbered anew each year (UTC)."""
    return Accession(f"ARC-{at.year}-{next_number(connection, f'item-{at.year}'):06d}")


def next_batch_id(connection: Connection, at: datetime) -> str:
    """`BAT-2026-0007`, numbered anew each year (UTC)."""
    return f"BAT-{at.year}-{next_number(connection, f'batch-{at.year}'):04d}"


# --- cases, batches, refusals ---------------------------------------------------------------------

_CASE = select(schema.cases).where(schema.cases.c.id == bindparam("case"))
_BATCH = select(schema.batches).where(schema.batches.c.id == bindparam("batch"))
_REFUSAL = schema.refusals.c.batch == bindparam("in_batch")
_REFUSAL &= schema.refusals.c.path_hash == bindparam("path_key")
_REFUSED = select(schema.refusals.c.problem).where(_REFUSAL)
_UNREFUSE = delete(schema.refusals).where(_REFUSAL)


def find_case(connection: Connection, case: str) -> Case | None:
    row = connection.execute(_CASE, {"case": case}).first()
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
    row = connection.execute(_BATCH, {"batch": batch}).first()
    if row is None:
        raise NotFoundError(f"there is no batch {batch}", advice="`aigaq status` shows all")
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
    found = {"in_batch": batch, "path_key": path_hash(path)}
    return connection.execute(_REFUSED, found).scalar()


def put_refusal(connection: Connection, batch: str, path: str, problem: str, at: datetime) -> None:
    clear_refusal(connection, batch, path)
    connection.execute(
        insert(schema.refusals).values(
            batch=batch, path_hash=path_hash(path), path=path, problem=problem, at=at
        )
    )


def clear_refusal(connection: Connection, batch: str, path: str) -> None:
    connection.execute(_UNREFUSE, {"in_batch": batch, "path_key": path_hash(path)})


# --- items ----------------------------------------------------------------------------------------

_ITEM = select(schema.items).where(schema.items.c.accession == bindparam("item"))
_AT_PATH = select(schema.items).where(
    schema.items.c.batch == bindparam("in_batch"),
    schema.items.c.path_hash == bindparam("path_key"),
)
_SURROUNDINGS = select(
    exists()
    .where(
        schema.refusals.c.batch == schema.batches.c.id,
        schema.refusals.c.path_hash == bindparam("path_key"),
    )
    .label("refused"),
    select(func.min(schema.items.c.accession))
    .where(schema.items.c.digest == bindparam("bytes"), schema.items.c.duplicate_of.is_(None))
    .scalar_subquery()
    .label("first"),
).where(schema.batches.c.id == bindparam("batch"))
_ADD_ITEM = insert(schema.items)
_ADD_CASES = insert(schema.item_cases)
_ADD_STAGES = insert(schema.stages)


def require_item(connection: Connection, accession: str) -> Item:
    rows = connection.execute(_ITEM, {"item": accession}).all()
    if not rows:
        raise NotFoundError(f"there is no item {accession}")
    return with_cases(connection, rows)[0]


def items_at(connection: Connection, batch: str, parent: Accession | None, path: str) -> list[Item]:
    """Items received under one name: several, when the bytes changed between deliveries."""
    found = connection.execute(_AT_PATH, {"in_batch": batch, "path_key": path_hash(path)}).all()
    items = with_cases(connection, found) if found else []
    return [item for item in items if item.parent == parent]


def parts_of(connection: Connection, item: Accession) -> list[Item]:
    """The items that came inside this one (attachments of a message)."""
    return list(stream_items(connection, schema.items.c.parent == item))


def surroundings(
    connection: Connection, batch: str, path: str, digest: Digest
) -> tuple[bool, Accession | None]:
    """In one query: whether this file was refused before, and the item that first brought its
    bytes. NotFoundError when there is no such batch."""
    found = connection.execute(
        _SURROUNDINGS, {"batch": batch, "path_key": path_hash(path), "bytes": digest}
    ).first()
    if found is None:
        require_batch(connection, batch)
        return False, None
    first = None if found.first is None else Accession(found.first)
    return bool(found.refused), first


def add_item(connection: Connection, item: Item) -> None:
    """A new item with its cases and its stages."""
    row = {
        "accession": item.accession,
        "digest": item.digest,
        "size": item.size,
        "batch": item.batch,
        "path": item.path,
        "path_hash": path_hash(item.path),
        "parent": item.parent,
        "received_at": item.received_at,
        "kind": item.kind,
        "duplicate_of": item.duplicate_of,
        **description_values(item.description),
    }
    connection.execute(_ADD_ITEM, row)
    _put_cases(connection, item)
    connection.execute(_ADD_STAGES, [_first_stage(item, stage) for stage in STAGES])


def describe_item(connection: Connection, item: Item) -> None:
    """Write an item's cases and description anew."""
    table, cases = schema.items, schema.item_cases
    connection.execute(
        update(table)
        .where(table.c.accession == item.accession)
        .values(description_values(item.description))
    )
    connection.execute(delete(cases).where(cases.c.item == item.accession))
    _put_cases(connection, item)


def put_kind(connection: Connection, item: Accession, kind: str) -> None:
    table = schema.items
    connection.execute(update(table).where(table.c.accession == item).values(kind=kind))


def path_hash(path: str) -> str:
    """What a path is looked up by: SHA-256 of its written text, as hex."""
    return hashlib.sha256(written(path).encode()).hexdigest()


def _put_cases(connection: Connection, item: Item) -> None:
    rows = [
        {"item": item.accession, "case": case, "position": position}
        for position, case in enumerate(item.cases)
    ]
    if rows:
        connection.execute(_ADD_CASES, rows)


def _first_stage(item: Item, stage: Stage) -> dict[str, object]:
    """A new item is admitted and waits; a duplicate is done, by what is done with the first."""
    by_reference = item.duplicate_of is not None and stage is not Stage.ADMIT
    done = by_reference or stage is Stage.ADMIT
    return {
        "item": item.accession,
        "stage": stage.value,
        "status": (StageStatus.DONE if done else StageStatus.WAITING).value,
        "attempts": 1 if stage is Stage.ADMIT else 0,
        "tool": f"see {item.duplicate_of}" if by_reference else "",
        "problem": "",
        "at": item.received_at,
    }


# --- stages ---------------------------------------------------------------------------------------

_STAGE = schema.stages.c.item == bindparam("of_item")
_STAGE &= schema.stages.c.stage == bindparam("of_stage")
_MOVE_STAGE = (
    update(schema.stages)
    .where(_STAGE)
    .values(
        status=bindparam("to"),
        tool=bindparam("by"),
        problem=bindparam("why"),
        at=bindparam("when"),
        attempts=schema.stages.c.attempts + bindparam("tries"),
    )
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
    moved = connection.execute(
        _MOVE_STAGE,
        {
            "of_item": item,
            "of_stage": stage.value,
            "to": status.value,
            "by": tool,
            "why": problem,
            "when": at,
            "tries": int(attempt),
        },
    )
    if moved.rowcount != 1:
        raise NotFoundError(f"there is no item {item}")


def reset_after(connection: Connection, item: Accession, stage: Stage, at: datetime) -> None:
    """Everything after a stage has to be done again."""
    for later in STAGES[STAGES.index(stage) + 1 :]:
        move_stage(connection, item, later, StageStatus.WAITING, at=at, attempt=False)


def index_again(connection: Connection, item: Accession, at: datetime) -> None:
    """What is known about these bytes has changed (a copy, a case, a restriction), or the index was
    lost: it must be told. `item` is the first with these bytes, the one that is indexed."""
    move_stage(connection, item, Stage.INDEX, StageStatus.WAITING, at=at, attempt=False)


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
