"""The ingest as a Prefect flow: one run for a batch, one task for a list of files.

Prefect shows it and may run it elsewhere; it never decides what is done. A task that ran twice, or
a run that was killed, is harmless: every step asks the record first and replaces what it made.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from prefect import flow, runtime, tags, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import ThreadPoolTaskRunner

from aigaq.archive.custody import Archive
from aigaq.archive.model import Accession, Stage
from aigaq.config.settings import Settings
from aigaq.pipeline import batches, runner, steps
from aigaq.pipeline.batches import Arrival
from aigaq.pipeline.flows.conditions import conditions_of
from aigaq.pipeline.flows.mapping import Mapped, map_files, map_in_order, watched_by, watcher
from aigaq.pipeline.flows.places import index_place_of, places_of
from aigaq.pipeline.receipts import Receipt, problem_rows, shareable, to_text
from aigaq.pipeline.runner import Watcher
from aigaq.pipeline.steps import Brought


def run(
    folder: str, settings: Settings, *, manifest: str | None, case: str | None, seen_by: Watcher
) -> Receipt:
    """Run the flow in this process, under the API that Prefect is configured for."""
    workers = runner.cores(settings.workers)
    pool: ThreadPoolTaskRunner[Any] = ThreadPoolTaskRunner(max_workers=workers)
    here = ingest.with_options(task_runner=pool)  # type: ignore[arg-type] # its own invariance
    with watched_by(seen_by):
        return here(folder=folder, home=str(settings.home), manifest=manifest, case=case)


def _run_name() -> str:
    return f"ingest {Path(runtime.flow_run.parameters['folder']).name}"


@flow(name="ingest", flow_run_name=_run_name, persist_result=False)
def ingest(folder: str, home: str, manifest: str | None = None, case: str | None = None) -> Receipt:
    """Take a delivery in, read it, extract, index, and draw the receipt.

    The same folder again continues where the record says it stopped.
    """
    settings = Settings.load(command_line={"home": home})
    places = places_of(settings)
    conditions = conditions_of(settings)
    delivery = batches.load(Path(folder), Path(manifest) if manifest else None, case)
    with Archive.create(places) as archive:
        batch = archive.open_batch(delivery.source, agent=conditions.agent)
        with archive.holding(batch.id), tags(batch.id):
            runner.open_cases(archive, delivery, conditions)
            workers = runner.cores(settings.workers)
            mapped = Mapped(places, batch.id, conditions, workers, index_place_of(settings))
            for brought in map_in_order(Stage.ADMIT, bring_files, delivery.arrivals, mapped):
                watcher().done(steps.admit(archive, batch.id, brought, conditions))
            work_off(archive, mapped)
            receipt = runner.close(archive, batch.id, delivery, conditions)
            show_receipt(receipt)
            return receipt


def work_off(archive: Archive, mapped: Mapped) -> None:
    """Read and extract everything that waits in the batch, attachments included, then index it."""
    steps.make_ready()
    for stage, files in ((Stage.READ, read_files), (Stage.EXTRACT, extract_files)):
        while todo := archive.catalog.waiting(stage, mapped.batch):
            map_files(stage, files, todo, mapped)
    index_batch(mapped)


@task(
    name="admit",
    task_run_name="admit files {first}-{last} of {total}",
    cache_policy=NO_CACHE,
    persist_result=False,
)
def bring_files(
    mapped: Mapped, files: Sequence[Arrival], first: int, last: int, total: int
) -> list[Brought]:
    """Bring the bytes of a list of files into the vault; the flow makes items of them in order."""
    with Archive.open(mapped.places) as archive:
        return [steps.bring(archive, mapped.batch, arrival) for arrival in files]


@task(
    name="read",
    task_run_name="read files {first}-{last} of {total}",
    cache_policy=NO_CACHE,
    persist_result=False,
)
def read_files(
    mapped: Mapped, files: Sequence[Accession], first: int, last: int, total: int
) -> int:
    """Read a list of items into passages; how many it was."""
    with Archive.open(mapped.places) as archive:
        for accession in files:
            watcher().done(steps.read(archive, accession, mapped.conditions))
    return len(files)


@task(
    name="extract",
    task_run_name="extract from files {first}-{last} of {total}",
    cache_policy=NO_CACHE,
    persist_result=False,
)
def extract_files(
    mapped: Mapped, files: Sequence[Accession], first: int, last: int, total: int
) -> int:
    """Find the mentions in a list of items; how many it was."""
    with Archive.open(mapped.places) as archive:
        for done in steps.extract(archive, files, mapped.conditions):
            watcher().done(done)
    return len(files)


@task(
    name="index", task_run_name="index {mapped.batch}", cache_policy=NO_CACHE, persist_result=False
)
def index_batch(mapped: Mapped) -> None:
    """Put what waits into the current index."""
    with Archive.open(mapped.places) as archive:
        runner.index_waiting(archive, watcher(), mapped.index)


def show_receipt(receipt: Receipt) -> None:
    """The receipt, and what went wrong, as artifacts; sealed files without their names."""
    key = receipt.batch.lower()
    shown = shareable(receipt)
    create_markdown_artifact(
        f"```\n{to_text(shown, str)}```", key=f"receipt-{key}", description="Receipt"
    )
    if rows := problem_rows(shown):
        create_table_artifact(rows, key=f"problems-{key}", description="Refused, or read in part")
