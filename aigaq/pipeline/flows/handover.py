"""A batch is handed to the workers of the pool, and watched from here until it is done.

What is shown comes from the record, as everything else; Prefect only says when the run has ended.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from prefect import get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import FlowRun, StateType, WorkerStatus
from prefect.exceptions import ObjectNotFound

from aigaq.archive.catalog import Progress
from aigaq.archive.custody import Archive
from aigaq.archive.errors import SettingError, ToolError
from aigaq.archive.model import Stage
from aigaq.pipeline.batches import Delivery
from aigaq.pipeline.flows.ingest import ingest
from aigaq.pipeline.flows.rescue import LOOK_SECONDS as RESCUE_SECONDS
from aigaq.pipeline.flows.runs import AT_WORK, identity, runs_in
from aigaq.pipeline.receipts import Receipt, receipt_of
from aigaq.pipeline.steps import Done, Watcher

LOOK_SECONDS = 1.0
_TO_BE_TAKEN_UP = 6 * RESCUE_SECONDS
"""How long a run that crashed is given to be begun again before it is believed to be over."""


def hand_over(
    archive: Archive, delivery: Delivery, *, pool: str, manifest: Path | None, case: str | None
) -> UUID:
    """Give the delivery to the pool; the id of the run. A run that has it already is taken for it.

    ToolError where nothing is set up, SettingError where the pool is of another archive.
    """
    name, ours = f"{ingest.name}/{pool}", identity(archive)
    with get_client(sync_client=True) as client:
        try:
            deployment = client.read_deployment_by_name(name)
        except ObjectNotFound as error:
            raise ToolError(
                f"Prefect has no deployment {name}.", advice="Set it up first: aigaq serve-flows"
            ) from error
        if deployment.parameters.get("archive") != ours:
            raise SettingError(
                f"flows.pool = {pool!r}: this work pool belongs to another archive",
                advice="give each archive a pool of its own: flows.pool",
            )
        wanted: dict[str, Any] = {
            "folder": delivery.source,
            "manifest": None if manifest is None else str(manifest),
            "case": case,
            "archive": ours,
        }
        for run in runs_in(client, pool, StateType.SCHEDULED, *AT_WORK):
            if wanted.items() <= run.parameters.items():
                return run.id
        made = client.create_flow_run_from_deployment(
            deployment.id, parameters=wanted, name=f"ingest {Path(delivery.source).name}"
        )
        return made.id


def nobody_there(pool: str) -> bool:
    """Whether no worker of the pool is up, so that what was handed over waits for one."""
    with get_client(sync_client=True) as client:
        workers = client.read_workers_for_work_pool(pool)
    return not any(worker.status == WorkerStatus.ONLINE for worker in workers)


def watch(archive: Archive, delivery: Delivery, run: UUID, watcher: Watcher) -> Receipt:
    """Look on until the run has ended; the receipt, drawn from the record.

    ToolError when it failed, crashed for good, or was cancelled.
    """
    shown = _Shown(archive, delivery, watcher)
    with get_client(sync_client=True) as client:
        while not _has_ended(client, run):
            shown.look()
            time.sleep(LOOK_SECONDS)
        ended = client.read_flow_run(run)
    shown.look()
    if ended.state_type is not StateType.COMPLETED:
        raise _why(ended)
    return receipt_of(archive, shown.batch(), delivery, made_at=datetime.now(UTC))


def _has_ended(client: SyncPrefectClient, run: UUID) -> bool:
    """Prefect may be away for a while, and a run that crashed may be begun again."""
    try:
        state = client.read_flow_run(run).state
    except httpx.TransportError:
        return False
    if state is None or not state.is_final():
        return False
    crashed_for = datetime.now(UTC) - state.timestamp
    return not state.is_crashed() or crashed_for.total_seconds() > _TO_BE_TAKEN_UP


def _why(run: FlowRun) -> ToolError:
    told = "" if run.state is None else run.state.message or run.state.name
    if run.state_type is StateType.CANCELLED:
        return ToolError(
            f"The run {run.name} was cancelled.", advice="The same command again goes on with it."
        )
    return ToolError(
        f"The run {run.name} ended without a receipt: {told}",
        advice=f"Prefect's page of it has more: prefect flow-run logs {run.id}",
    )


class _Shown:
    """The progress in the record, as news for a watcher of one stage after the other."""

    def __init__(self, archive: Archive, delivery: Delivery, watcher: Watcher) -> None:
        self._catalog, self._delivery, self._watcher = archive.catalog, delivery, watcher
        self._begun: dict[Stage, int] = {}
        self._done: dict[Stage, Progress] = {}
        self._pages = 0
        self._batch: str | None = None

    def batch(self) -> str:
        """The id of the batch, which there is from the moment that the run has begun."""
        if self._batch is None:
            source = self._delivery.source
            self._batch = next(b.id for b in self._catalog.batches() if b.source == source)
        return self._batch

    def look(self) -> None:
        """Tell what is new since the last look."""
        try:
            batch = self.batch()
        except StopIteration:
            return
        for stage, now in self._progress(batch).items():
            self._tell(stage, now)
            if now.done < now.all:
                break

    def _progress(self, batch: str) -> Mapping[Stage, Progress]:
        files = len(self._delivery.arrivals)
        progress = self._catalog.progress(batch)
        refused = len(self._catalog.refusals(batch))
        taken_in = min(files, progress[Stage.ADMIT].done + refused)
        return {**progress, Stage.ADMIT: Progress(files, taken_in, refused)}

    def _tell(self, stage: Stage, now: Progress) -> None:
        if fresh := now.all - self._begun.get(stage, 0):
            self._watcher.begin(stage, fresh)
            self._begun[stage] = now.all
        before = self._done.get(stage, Progress())
        pages = self._new_pages() if stage is Stage.READ and now.done > before.done else 0
        troubled = now.problems - before.problems
        for number in range(now.done - before.done):
            problem = "?" if number < troubled else ""
            self._watcher.done(Done(stage, "", pages if number == 0 else 0, problem))
        self._done[stage] = now

    def _new_pages(self) -> int:
        before = self._pages
        counts = self._catalog.passage_counts(self.batch()).values()
        self._pages = sum(count.all for count in counts)
        return self._pages - before
