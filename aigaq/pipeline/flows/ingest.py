"""The ingest as a Prefect flow: one run for a batch, one task for each thing that is done with it.

Prefect shows it and may run it elsewhere; it never decides what is done. A task that ran twice, or
a run that was killed, is harmless: every step asks the record first and replaces what it made.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any
from uuid import UUID

from prefect import flow, runtime, tags, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed

from aigaq.archive.custody import Archive
from aigaq.archive.model import Batch, Stage
from aigaq.config.settings import Settings
from aigaq.pipeline import batches, runner
from aigaq.pipeline.batches import Delivery
from aigaq.pipeline.flows.conditions import conditions_of
from aigaq.pipeline.flows.helpers import Help
from aigaq.pipeline.flows.pages import Pages
from aigaq.pipeline.flows.places import index_place_of, places_of
from aigaq.pipeline.flows.runs import at_work
from aigaq.pipeline.flows.turns import ocr_turns
from aigaq.pipeline.flows.watched import watched_by, watcher
from aigaq.pipeline.receipts import Receipt
from aigaq.pipeline.sharing import share
from aigaq.pipeline.steps import Watcher


def run(
    folder: str, settings: Settings, *, manifest: str | None, case: str | None, seen_by: Watcher
) -> Receipt:
    """Run the flow in this process, under the API that Prefect is configured for."""
    with watched_by(seen_by):
        state: State[Any] = ingest(
            folder=folder, home=str(settings.home), manifest=manifest, case=case, return_state=True
        )
    receipt = state.result()
    assert isinstance(receipt, Receipt)
    return receipt


def _run_name() -> str:
    return f"ingest {PurePath(runtime.flow_run.parameters['folder']).name}"


@flow(name="ingest", flow_run_name=_run_name, persist_result=False)
def ingest(
    folder: str,
    manifest: str | None = None,
    case: str | None = None,
    home: str = "",
    archive: str = "",
) -> State[Receipt]:
    """Take a delivery in, read it, extract, index, and draw the receipt.

    The same folder again continues where the record says it stopped. `folder` and `manifest` are
    paths on the machine that runs this; `archive` is the identity of the archive that is meant,
    where the settings of that machine say which it is and not `home`.
    """
    settings = Settings.load(command_line={"home": home} if home else {})
    delivery = batches.load(Path(folder), Path(manifest) if manifest else None, case)
    with _Work.on(delivery, settings, archive) as work:
        take_in(work)
        read_and_extract(work)
        index(work)
        receipt = draw_receipt(work)
    return _state(receipt)


class _Work:
    """What the tasks of one run work with. Not a dataclass: Prefect would look through all of it
    for results of other tasks."""

    def __init__(
        self, archive: Archive, batch: Batch, delivery: Delivery, settings: Settings, pages: Pages
    ) -> None:
        self.archive, self.batch, self.delivery = archive, batch, delivery
        self.settings, self.pages = settings, pages
        self.conditions = conditions_of(settings)
        self.workers = runner.cores(settings.workers)

    @classmethod
    @contextmanager
    def on(cls, delivery: Delivery, settings: Settings, meant: str) -> Iterator[_Work]:
        """The archive open, the batch open and held, its pages in Prefect kept."""
        agent = conditions_of(settings).agent
        with Archive.create(places_of(settings)) as archive, at_work(archive, meant) as this_run:
            batch = archive.open_batch(delivery.source, agent=agent)
            pages = Pages(archive, batch, delivery, this_run, watcher())
            with archive.holding(batch.id), tags(batch.id), pages.kept():
                yield cls(archive, batch, delivery, settings, pages)


@task(name="take in", task_run_name="take in", cache_policy=NO_CACHE, persist_result=False)
def take_in(work: _Work) -> None:
    """Every file into custody, in the order of their paths."""
    work.pages.stage(Stage.ADMIT)
    runner.admit(
        work.archive,
        work.batch.id,
        work.delivery,
        work.conditions,
        workers=work.workers,
        watcher=work.pages,
    )


@task(
    name="read and extract",
    task_run_name="read and extract",
    cache_policy=NO_CACHE,
    persist_result=False,
)
def read_and_extract(work: _Work) -> None:
    """Everything that waits in the batch, attachments included, with the help of who is free."""
    work.pages.stage(Stage.READ)
    with _help(work):
        share(
            work.archive,
            work.batch.id,
            work.conditions,
            workers=work.workers,
            watcher=work.pages,
            turn=ocr_turns(work.settings.flows.pool),
        )


@contextmanager
def _help(work: _Work) -> Iterator[None]:
    """A run on a worker is helped by other workers; one at a terminal does its work itself."""
    if runtime.deployment.id is None:
        yield
        return
    pool = work.settings.flows.pool
    with Help(work.archive, work.batch.id, pool, UUID(runtime.flow_run.id)).called():
        yield


@task(name="index", task_run_name="index", cache_policy=NO_CACHE, persist_result=False)
def index(work: _Work) -> None:
    """What waits goes into the current index."""
    work.pages.stage(Stage.INDEX)
    runner.index_waiting(work.archive, work.pages, index_place_of(work.settings))


@task(name="receipt", task_run_name="receipt", cache_policy=NO_CACHE, persist_result=False)
def draw_receipt(work: _Work) -> Receipt:
    """The receipt, drawn from the record and kept in the archive; its page for all to see."""
    receipt = runner.close(work.archive, work.batch.id, work.delivery, work.conditions)
    work.pages.receipt(receipt)
    return receipt


def _state(receipt: Receipt) -> State[Receipt]:
    """How it ended, for the list of runs."""
    counts = receipt.counts()
    told = "{files} files: {stored} stored, {duplicate} duplicates, {refused} refused"
    if counts["waiting"]:
        told += "; {waiting} still wait: ingest the same folder again"
    name = "Completed, some refused" if counts["refused"] else "Completed"
    return Completed(name=name, message=told.format(**counts), data=receipt)
