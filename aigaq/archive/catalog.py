"""Reading the record: cases, batches, items, what was made of them, and their history.

Everything that may be long is an iterator that reads as it goes; leaving it early is fine. The rest
is read again when the record's server was lost on the way.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Result,
    Row,
    Select,
    bindparam,
    case,
    exists,
    func,
    select,
)
from sqlalchemy.sql.elements import ColumnElement

from aigaq.archive import indexed, schema
from aigaq.archive.chain import Checkpoint
from aigaq.archive.database import Database, again_when_lost
from aigaq.archive.errors import NotFoundError
from aigaq.archive.indexed import IndexVersion
from aigaq.archive.ledger import checkpoint, event_of
from aigaq.archive.model import (
    Accession,
    Batch,
    Case,
    Derivative,
    Digest,
    Event,
    Item,
    JsonObject,
    Mention,
    Passage,
    Refusal,
    Stage,
    StageState,
    StageStatus,
)
from aigaq.archive.rows import (
    batch_of,
    case_of,
    derivative_of,
    item_of,
    mention_of,
    passage_of,
    state_of,
)

_AT_A_TIME = 500
STAGES = tuple(Stage)
_CASES_OF = (
    select(schema.item_cases.c.item, schema.item_cases.c.case)
    .where(schema.item_cases.c.item.in_(bindparam("items", expanding=True)))
    .order_by(schema.item_cases.c.item, schema.item_cases.c.position)
)


class PassageCounts(NamedTuple):
    """Passages of one item: all, those a person should look at, those that could not be read."""

    all: int = 0
    to_review: int = 0
    unread: int = 0


class Progress(NamedTuple):
    """Of the items of one batch that a stage is for: all, those that are through it, and how many
    of these were refused or failed."""

    all: int = 0
    done: int = 0
    problems: int = 0


class Catalog:
    """The read side of one archive; safe to use from many threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- cases and batches ------------------------------------------------------------------------

    @again_when_lost
    def cases(self) -> list[Case]:
        """All cases by id."""
        with self._database.reading() as connection:
            rows = connection.execute(select(schema.cases).order_by(schema.cases.c.id))
            return [case_of(row) for row in rows]

    @again_when_lost
    def case(self, case: str) -> Case:
        """One case; NotFoundError when there is none."""
        with self._database.reading() as connection:
            row = connection.execute(select(schema.cases).where(schema.cases.c.id == case)).first()
        if row is None:
            raise NotFoundError(
                f"there is no case {case}", advice="`aigaq case list` shows all cases"
            )
        return case_of(row)

    @again_when_lost
    def batches(self) -> list[Batch]:
        """All batches in the order they were opened."""
        with self._database.reading() as connection:
            rows = connection.execute(select(schema.batches).order_by(schema.batches.c.id))
            return [batch_of(row) for row in rows]

    @again_when_lost
    def batch(self, batch: str) -> Batch:
        """One batch; NotFoundError when there is none."""
        with self._database.reading() as connection:
            query = select(schema.batches).where(schema.batches.c.id == batch)
            row = connection.execute(query).first()
        if row is None:
            raise NotFoundError(f"there is no batch {batch}", advice="`aigaq status` shows all")
        return batch_of(row)

    @again_when_lost
    def refusals(self, batch: str | None = None) -> list[Refusal]:
        """Files that could not be taken in, by path."""
        table = schema.refusals
        query = select(table).order_by(table.c.batch, table.c.path)
        if batch is not None:
            query = query.where(table.c.batch == batch)
        with self._database.reading() as connection:
            rows = connection.execute(query)
            return [Refusal(row.batch, row.path, row.problem, row.at) for row in rows]

    # --- items ------------------------------------------------------------------------------------

    def items(
        self, batch: str | None = None, case: str | None = None, kind: str | None = None
    ) -> Iterator[Item]:
        """Items by accession, narrowed as asked."""
        wanted = []
        if batch is not None:
            wanted.append(schema.items.c.batch == batch)
        if kind is not None:
            wanted.append(schema.items.c.kind == kind)
        if case is not None:
            wanted.append(in_case(case))
        with self._database.reading() as connection:
            yield from stream_items(connection, *wanted)

    @again_when_lost
    def item(self, accession: str) -> Item:
        """One item; NotFoundError when there is none."""
        with self._database.reading() as connection:
            found = next(stream_items(connection, schema.items.c.accession == accession), None)
        if found is None:
            raise NotFoundError(
                f"there is no item {accession}",
                advice="accession numbers look like ARC-2026-000123; `aigaq find` shows them",
            )
        return found

    @again_when_lost
    def duplicates(self, item: str) -> list[Item]:
        """The items whose bytes are the same as this one's and came later."""
        with self._database.reading() as connection:
            return list(stream_items(connection, schema.items.c.duplicate_of == item))

    @again_when_lost
    def parts(self, item: str) -> list[Item]:
        """The items that came inside this one (attachments of a message)."""
        with self._database.reading() as connection:
            return list(stream_items(connection, schema.items.c.parent == item))

    @again_when_lost
    def held(self, digest: Digest) -> list[Item]:
        """All items with these bytes, the first to come first."""
        with self._database.reading() as connection:
            return list(stream_items(connection, schema.items.c.digest == digest))

    # --- work -------------------------------------------------------------------------------------

    @again_when_lost
    def waiting(self, stage: Stage, batch: str | None = None) -> list[Accession]:
        """Items whose turn for a stage has come: it waits, and all earlier stages are done.

        Text whose mentions could not be extracted is indexed all the same: it can be found by its
        words, and extracting is tried again by `retry`.
        """
        table, earlier = schema.stages, schema.stages.alias()
        unfinished = (
            select(earlier.c.item)
            .where(earlier.c.item == table.c.item)
            .where(earlier.c.stage.in_([s.value for s in STAGES[: STAGES.index(stage)]]))
            .where(earlier.c.status != StageStatus.DONE.value)
            .where(
                (earlier.c.stage != Stage.EXTRACT.value)
                | (earlier.c.status != StageStatus.FAILED.value)
            )
        )
        query = (
            select(table.c.item)
            .where(table.c.stage == stage.value, table.c.status == StageStatus.WAITING.value)
            .where(~exists(unfinished))
            .order_by(table.c.item)
        )
        if batch is not None:
            query = query.join(schema.items).where(schema.items.c.batch == batch)
        with self._database.reading() as connection:
            return [Accession(row.item) for row in connection.execute(query)]

    @again_when_lost
    def outside(self, index: IndexVersion | None) -> list[Accession]:
        """Items that stand in an index, but not in this one; all of them when there is none."""
        with self._database.reading() as connection:
            return indexed.outside(connection, index)

    @again_when_lost
    def indexing_moments(self, items: Sequence[Accession]) -> dict[Accession, datetime]:
        """Since when each of these items waits for the index or stands in it."""
        with self._database.reading() as connection:
            return indexed.moments(connection, items)

    @again_when_lost
    def progress(self, batch: str) -> dict[Stage, Progress]:
        """How far a batch is, stage by stage. What was refused by reading is not to be extracted
        and indexed."""
        table = schema.stages
        query = (
            select(table.c.stage, table.c.status, func.count())
            .join(schema.items)
            .where(schema.items.c.batch == batch)
            .group_by(table.c.stage, table.c.status)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query)
            counted = {(stage, StageStatus(status)): count for stage, status, count in rows}

        def of(stage: Stage, *statuses: StageStatus) -> int:
            return sum(counted.get((stage.value, status), 0) for status in statuses)

        bad = (StageStatus.REFUSED, StageStatus.FAILED)
        unread = of(Stage.READ, *bad)
        left_out = {Stage.EXTRACT: unread, Stage.INDEX: unread}
        return {
            stage: Progress(
                all=of(stage, *StageStatus) - left_out.get(stage, 0),
                done=of(stage, StageStatus.DONE, *bad),
                problems=of(stage, *bad),
            )
            for stage in STAGES
        }

    @again_when_lost
    def readable(self) -> list[Accession]:
        """Items that have been read: what an index built from the record holds."""
        table = schema.stages
        query = (
            select(table.c.item)
            .where(table.c.stage == Stage.READ.value, table.c.status == StageStatus.DONE.value)
            .order_by(table.c.item)
        )
        with self._database.reading() as connection:
            return [Accession(row.item) for row in connection.execute(query)]

    @again_when_lost
    def stages(self, item: str) -> dict[Stage, StageState]:
        """Where an item stands, in the order of the stages."""
        query = select(schema.stages).where(schema.stages.c.item == item)
        with self._database.reading() as connection:
            states = {Stage(row.stage): state_of(row) for row in connection.execute(query)}
        return {stage: states[stage] for stage in STAGES if stage in states}

    @again_when_lost
    def problems(self, batch: str | None = None) -> list[StageState]:
        """Every stage that was refused or failed, by item."""
        table = schema.stages
        query = (
            select(table)
            .where(table.c.status.in_([StageStatus.REFUSED.value, StageStatus.FAILED.value]))
            .order_by(table.c.item)
        )
        if batch is not None:
            query = query.join(schema.items).where(schema.items.c.batch == batch)
        with self._database.reading() as connection:
            return [state_of(row) for row in connection.execute(query)]

    # --- what was made of an item -----------------------------------------------------------------

    @again_when_lost
    def derivatives(self, item: str) -> list[Derivative]:
        """What the last reading made, in its order."""
        table = schema.derivatives
        query = (
            select(table)
            .join(schema.readings, schema.readings.c.event == table.c.event)
            .where(schema.readings.c.item == item)
            .order_by(table.c.position)
        )
        with self._database.reading() as connection:
            return [derivative_of(row) for row in connection.execute(query)]

    def passages(self, item: str) -> Iterator[Passage]:
        """The passages of an item by number."""
        table = schema.passages
        with self._database.reading() as connection:
            query = select(table).where(table.c.item == item).order_by(table.c.number)
            for row in _streamed(connection, query):
                yield passage_of(row)

    @again_when_lost
    def mentions(self, item: str) -> dict[int, list[Mention]]:
        """The mentions of an item by passage number, as they were recorded."""
        table = schema.mentions
        query = (
            select(table).where(table.c.item == item).order_by(table.c.passage, table.c.position)
        )
        with self._database.reading() as connection:
            rows = _streamed(connection, query)
            grouped = itertools.groupby(rows, lambda row: int(row.passage))
            return {number: [mention_of(row) for row in group] for number, group in grouped}

    @again_when_lost
    def passage_counts(self, batch: str) -> dict[Accession, PassageCounts]:
        """For each item of a batch that has passages: how many, and how many want a look."""
        table = schema.passages
        query = (
            select(
                table.c.item,
                func.count(),
                func.sum(case((table.c.needs_review != 0, 1), else_=0)),
                func.sum(case((table.c.problem != "", 1), else_=0)),
            )
            .join(schema.items, schema.items.c.accession == table.c.item)
            .where(schema.items.c.batch == batch)
            .group_by(table.c.item)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query)
            return {Accession(item): PassageCounts(*map(int, counts)) for item, *counts in rows}

    @again_when_lost
    def facts(self, item: str) -> JsonObject:
        """What the last reading found out about the file as a whole; empty before any reading."""
        query = select(schema.readings.c.facts).where(schema.readings.c.item == item)
        with self._database.reading() as connection:
            facts = connection.execute(query).scalar()
        return facts if isinstance(facts, dict) else {}

    @again_when_lost
    def reading_problems(self, item: str) -> list[str]:
        """What the last reading told the archivist about the file."""
        query = select(schema.readings.c.problems).where(schema.readings.c.item == item)
        with self._database.reading() as connection:
            problems = connection.execute(query).scalar()
        return list(problems) if isinstance(problems, list) else []

    # --- history ----------------------------------------------------------------------------------

    def events(self, object: str | None = None, after: int = -1) -> Iterator[Event]:
        """The ledger in its order: of one object only, or only what came after a sequence."""
        query = (
            select(schema.events, schema.details.c.details)
            .outerjoin(schema.details)
            .where(schema.events.c.sequence > after)
            .order_by(schema.events.c.sequence)
        )
        if object is not None:
            query = query.where(schema.events.c.object == object)
        with self._database.reading() as connection:
            for row in _streamed(connection, query):
                yield event_of(row)

    @again_when_lost
    def checkpoint(self) -> Checkpoint:
        """The ledger's head as it stands now (not a published checkpoint)."""
        with self._database.reading() as connection:
            return checkpoint(connection)

    @again_when_lost
    def counts(self) -> dict[str, int]:
        """How much there is: cases, batches, items, bytes, passages, mentions, events, problems."""
        bad = schema.stages.c.status.in_([StageStatus.REFUSED.value, StageStatus.FAILED.value])
        with self._database.reading() as connection:
            tables = (
                schema.cases,
                schema.batches,
                schema.items,
                schema.refusals,
                schema.passages,
                schema.mentions,
                schema.events,
            )
            counted = {table.name: _count(connection, select(table)) for table in tables}
            counted["problems"] = _count(connection, select(schema.stages).where(bad))
            size = connection.execute(select(func.coalesce(func.sum(schema.items.c.size), 0)))
            counted["bytes"] = int(size.scalar_one())
        return counted


def in_case(case: str) -> ColumnElement[bool]:
    """The condition that an item belongs to a case."""
    table = schema.item_cases
    return schema.items.c.accession.in_(select(table.c.item).where(table.c.case == case))


def stream_items(connection: Connection, *wanted: ColumnElement[bool]) -> Iterator[Item]:
    """Items by accession that fulfil all conditions, with their cases."""
    query = select(schema.items).where(*wanted).order_by(schema.items.c.accession)
    for rows in _streamed(connection, query).partitions(_AT_A_TIME):
        yield from with_cases(connection, rows)


def with_cases(connection: Connection, rows: Sequence[Row[Any]]) -> list[Item]:
    """Items from rows of the items table, a few hundred at most."""
    accessions = [row.accession for row in rows]
    grouped = itertools.groupby(
        connection.execute(_CASES_OF, {"items": accessions}), lambda row: str(row.item)
    )
    cases = {item: tuple(row.case for row in group) for item, group in grouped}
    return [item_of(row, cases.get(row.accession, ())) for row in rows]


def _streamed(connection: Connection, query: Select[Any]) -> Result[Any]:
    return connection.execute(query.execution_options(yield_per=_AT_A_TIME))


def _count(connection: Connection, query: Select[Any]) -> int:
    return int(connection.execute(select(func.count()).select_from(query.subquery())).scalar_one())
