"""How steps are mapped over a batch, on one machine and without a server.

Threads only wait here: reading and extracting happen in confined child processes and hashing
releases the interpreter lock, so one thread a core keeps every core at work. The record decides
what is left to do; a run may be killed at any moment and started again.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from aigaq.archive.custody import Archive
from aigaq.archive.errors import SearchError
from aigaq.archive.indexed import IndexVersion
from aigaq.archive.model import Accession, Case, Stage
from aigaq.pipeline import steps
from aigaq.pipeline.batches import Delivery
from aigaq.pipeline.receipts import Receipt, keep, receipt_of
from aigaq.pipeline.sharing import share
from aigaq.pipeline.steps import Conditions, Watcher
from aigaq.pipeline.threads import chunks, in_order
from aigaq.search.engine import Engine
from aigaq.search.indexes import Indexes, indexes_of
from aigaq.search.place import IndexPlace

INDEXED_AT_ONCE = 200
"""Items between two commits of the index."""


@dataclass(frozen=True, slots=True)
class Reindexed:
    """A new index in use: its name, the items in it, and the search units they were cut into."""

    index: str
    items: int
    units: int


def cores(wanted: int = 0) -> int:
    """How many files are worked on at once: as wanted, or one for each core there is for us."""
    return wanted or len(os.sched_getaffinity(0))


def ingest(
    archive: Archive,
    delivery: Delivery,
    conditions: Conditions,
    *,
    workers: int,
    watcher: Watcher,
    index: IndexPlace | None = None,
) -> Receipt:
    """Take a delivery in, read it, extract, index (at `index`, or in the archive's home), and draw
    the receipt.

    The same delivery again continues where the record says it stopped.
    """
    batch = archive.open_batch(delivery.source, agent=conditions.agent)
    with archive.holding(batch.id):
        admit(archive, batch.id, delivery, conditions, workers=workers, watcher=watcher)
        work_off(archive, batch.id, conditions, workers=workers, watcher=watcher, index=index)
        return close(archive, batch.id, delivery, conditions)


def admit(
    archive: Archive,
    batch: str,
    delivery: Delivery,
    conditions: Conditions,
    *,
    workers: int,
    watcher: Watcher,
) -> None:
    """Take every file of a delivery into custody, in the order of their paths."""
    open_cases(archive, delivery, conditions)
    bring = partial(steps.bring, archive, batch)
    watcher.begin(Stage.ADMIT, len(delivery.arrivals))
    for brought in in_order(bring, delivery.arrivals, workers):
        watcher.done(steps.admit(archive, batch, brought, conditions))


def retry(
    archive: Archive,
    items: Sequence[Accession] | None,
    conditions: Conditions,
    *,
    workers: int,
    watcher: Watcher,
    index: IndexPlace | None = None,
) -> int:
    """Try again what failed or was refused, of these items or of all; how many stages it was. What
    the index lacks is put in, also when nothing failed.

    RecordError, and nothing changed, while a batch concerned is being ingested: that run would do
    the same work.
    """
    stuck = {state.item for state in archive.catalog.problems()}
    asked = stuck if items is None else stuck & set(items)
    batches = sorted({archive.catalog.item(item).batch for item in asked})
    with ExitStack() as held:
        for batch in batches:
            held.enter_context(archive.holding(batch))
        tried = archive.retry(sorted(asked), agent=conditions.agent)
        for batch in batches:
            work_off(archive, batch, conditions, workers=workers, watcher=watcher, index=index)
    if not batches:
        index_waiting(archive, watcher, index)
    return tried


def open_cases(archive: Archive, delivery: Delivery, conditions: Conditions) -> None:
    """Register the cases that the delivery names and nobody has registered yet, without a title."""
    known = {case.id for case in archive.catalog.cases()}
    named = {case for arrival in delivery.arrivals for case in arrival.cases}
    for case in sorted(named - known):
        archive.add_case(Case(case), agent=conditions.agent)


def work_off(
    archive: Archive,
    batch: str,
    conditions: Conditions,
    *,
    workers: int,
    watcher: Watcher,
    index: IndexPlace | None = None,
) -> None:
    """Read and extract everything that waits in a batch, then index it."""
    share(archive, batch, conditions, workers=workers, watcher=watcher)
    index_waiting(archive, watcher, index)


def index_waiting(archive: Archive, watcher: Watcher, index: IndexPlace | None = None) -> None:
    """Put everything that waits for the index into the one in use, whatever batch it came in: a new
    copy changes what search must know of an item of an earlier batch.

    An index that lacks what the record calls indexed would lose files silently. So what stands
    elsewhere (the place was changed, an older copy of the index was restored) is put in as well,
    and where no index is fit for use (lost, or made by another version) a whole new one is built.
    """
    indexes = _indexes(archive, index)
    with indexes.writing():
        if not indexes.usable():
            if archive.catalog.waiting(Stage.INDEX) or archive.catalog.outside(None):
                _build(archive, indexes, watcher)
            return
        engine = indexes.open_current()
        try:
            _index(archive, engine, str(indexes.current_name()), watcher)
        finally:
            engine.close()


def _index(archive: Archive, engine: Engine, name: str, watcher: Watcher) -> None:
    """Put in what the index in use lacks; each part is written down once it is committed."""
    # Before the first commit: after it the numbers of a restored copy say nothing of these.
    archive.let_wait_for_index(archive.catalog.outside(IndexVersion(name, engine.commits())))
    todo = archive.catalog.waiting(Stage.INDEX)
    if not todo:
        return
    watcher.begin(Stage.INDEX, len(todo))
    for part in chunks(todo, INDEXED_AT_ONCE):
        moments = archive.catalog.indexing_moments(part)
        for done in steps.index(archive, engine, part):
            watcher.done(done)
        archive.record_indexed(moments, index=IndexVersion(name, engine.commits()))


def reindex(archive: Archive, watcher: Watcher, index: IndexPlace | None = None) -> Reindexed:
    """Build a new index from the record and put it in use once its count agrees."""
    indexes = _indexes(archive, index)
    with indexes.writing():
        return _build(archive, indexes, watcher)


def _indexes(archive: Archive, index: IndexPlace | None) -> Indexes:
    return indexes_of(IndexPlace(archive.home) if index is None else index)


def _build(archive: Archive, indexes: Indexes, watcher: Watcher) -> Reindexed:
    todo = archive.catalog.readable()
    moments = archive.catalog.indexing_moments(todo)
    watcher.begin(Stage.INDEX, len(todo))
    name, engine = indexes.build_new()
    units = 0
    try:
        for part in chunks(todo, INDEXED_AT_ONCE):
            for done in steps.index(archive, engine, part):
                units += done.passages
                watcher.done(done)
        engine.commit()
        counted, commits = engine.count(), engine.commits()
    finally:
        engine.close()
    if counted != units:
        raise SearchError(
            f"The new index holds {counted} units and {units} were put in; the old one stays.",
            advice="Look whether the disk is full, then: aigaq reindex",
        )
    indexes.swap(name)
    archive.record_indexed(moments, index=IndexVersion(name, commits))
    indexes.discard_others()
    return Reindexed(name, len(todo), units)


def close(archive: Archive, batch: str, delivery: Delivery, conditions: Conditions) -> Receipt:
    """Draw the receipt, keep it in the archive's home, and close the batch over its digest."""
    receipt = receipt_of(archive, batch, delivery, made_at=datetime.now(UTC))
    digest = keep(archive.home, receipt)
    archive.close_batch(batch, receipt=digest, agent=conditions.agent)
    return receipt
