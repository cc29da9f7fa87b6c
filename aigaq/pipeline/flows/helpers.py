"""Other workers are called to help with a batch: as many as have nothing else to do.

The run that ingests the batch calls as long as there is enough left to read. A helper is a run of
its own, which any worker of the pool may take. It takes its files from the record itself, so it may
come late, die, or not come at all.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from uuid import UUID

import httpx
from prefect import flow, get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import FlowRun, State, StateType, WorkerStatus
from prefect.deployments import run_deployment
from prefect.logging import get_logger
from prefect.states import Cancelled, Completed

from aigaq.archive.custody import Archive
from aigaq.archive.model import Stage
from aigaq.config.settings import Settings
from aigaq.pipeline import runner
from aigaq.pipeline.flows.conditions import conditions_of
from aigaq.pipeline.flows.places import places_of
from aigaq.pipeline.flows.runs import AT_WORK, at_work, identity, runs_in
from aigaq.pipeline.flows.turns import ocr_turns
from aigaq.pipeline.sharing import share
from aigaq.pipeline.steps import Done

FILES_A_HELPER = 5
"""Files that must be left for each worker at it: a helper needs some seconds to come."""

LOOK_SECONDS = 3.0


class _Counting:
    """What this helper has done."""

    def __init__(self) -> None:
        self.read = self.problems = 0

    def begin(self, stage: Stage, files: int) -> None: ...

    def done(self, done: Done) -> None:
        self.read += done.stage is Stage.READ
        self.problems += bool(done.problem)


@flow(name="read", persist_result=False)
def read(batch: str, archive: str, helps: str) -> State[None]:
    """Read files of a batch until none is left; `helps` is the id of the run that ingests it."""
    settings = Settings.load()
    seen = _Counting()
    with Archive.open(places_of(settings)) as opened, at_work(opened, archive):
        share(
            opened,
            batch,
            conditions_of(settings),
            workers=runner.cores(settings.workers),
            watcher=seen,
            turn=ocr_turns(settings.flows.pool),
        )
    told = f"{seen.read} files were read here, {seen.problems} with a problem"
    return Completed(message=told)


class Help:
    """The help that one run has with its batch, from the workers of a pool."""

    def __init__(self, archive: Archive, batch: str, pool: str, run: UUID) -> None:
        self._archive, self._batch, self._pool = archive, batch, pool
        self._parameters = {"batch": batch, "archive": identity(archive), "helps": str(run)}
        self._over = threading.Event()
        self._called = 0

    @contextmanager
    def called(self) -> Iterator[None]:
        """Call who is free until the block ends, then send away who has not come yet."""
        # Prefect knows by the context that the helpers belong to this run.
        calling = threading.Thread(target=copy_context().run, args=[self._keep], daemon=True)
        calling.start()
        try:
            yield
        finally:
            self._over.set()
            calling.join()

    def _keep(self) -> None:
        while True:
            self._try_to_call()
            if self._over.wait(LOOK_SECONDS):
                break
        self._try_to_call(nobody=True)

    def _try_to_call(self, *, nobody: bool = False) -> None:
        try:
            with get_client(sync_client=True) as client:
                self._send_away(client) if nobody else self._call(client)
        except httpx.HTTPError as error:
            get_logger("aigaq").warning("No helper can be called now (%r).", error)

    def _call(self, client: SyncPrefectClient) -> None:
        workers = client.read_workers_for_work_pool(self._pool)
        online = sum(worker.status == WorkerStatus.ONLINE for worker in workers)
        busy = runs_in(client, self._pool, *AT_WORK)
        coming = self._helpers(runs_in(client, self._pool, StateType.SCHEDULED))
        free = online - len(busy) - len(coming)
        useful = self._left() // FILES_A_HELPER - len(self._helpers(busy)) - len(coming)
        for _ in range(min(free, useful)):
            self._called += 1
            run_deployment(
                f"{read.name}/{self._pool}",
                parameters=self._parameters,
                flow_run_name=f"read {self._batch}: helper {self._called}",
                tags=[self._batch],
                timeout=0,
            )

    def _send_away(self, client: SyncPrefectClient) -> None:
        for run in self._helpers(runs_in(client, self._pool, StateType.SCHEDULED)):
            client.set_flow_run_state(run.id, Cancelled(message="Nothing was left to read."))

    def _helpers(self, runs: list[FlowRun]) -> list[FlowRun]:
        return [run for run in runs if run.parameters == self._parameters]

    def _left(self) -> int:
        waiting = self._archive.catalog.waiting
        return sum(len(waiting(stage, self._batch)) for stage in (Stage.READ, Stage.EXTRACT))
