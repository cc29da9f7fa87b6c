"""A run while it is at work: in the right archive, and seen to live.

Prefect believes that a run goes on until it is told otherwise, also when its machine has burnt. So
a run holds a name in the archive, which falls free with its process; `rescue` looks there.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from uuid import UUID

from prefect import runtime
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import FlowRun, StateType

from aigaq.archive.custody import Archive
from aigaq.archive.errors import SettingError
from aigaq.pipeline.flows.process import ending_at_once

AT_WORK = (StateType.PENDING, StateType.RUNNING, StateType.CANCELLING)
"""The states of a run that keeps a worker busy."""

_WAIT_SECONDS = 0.5


@contextmanager
def at_work(archive: Archive, meant: str) -> Iterator[UUID]:
    """Hold this run's name until the block ends; the run's id.

    `meant` is the identity of the archive that the run is for; empty where it was named by its
    home. SettingError when the settings of this machine lead to another one.
    """
    if meant and meant != identity(archive):
        raise SettingError(
            f"the run is for the archive {meant}, and the settings of this worker's machine lead to"
            f" {identity(archive)}",
            advice="give both machines the same `home`, `record` and `vault`, or give each archive"
            " a pool of its own: flows.pool",
        )
    run = UUID(runtime.flow_run.id)
    on_worker = runtime.deployment.id is not None
    while True:
        with archive.held_if_free(name_of(run)) as ours:
            if ours:
                with ending_at_once() if on_worker else nullcontext():
                    yield run
                return
        # A run that was wrongly taken for dead may still be at it: it is let finish.
        time.sleep(_WAIT_SECONDS)


def identity(archive: Archive) -> str:
    """What tells this archive from all others: the origin of its ledger."""
    return archive.catalog.checkpoint().origin


def name_of(run: UUID) -> str:
    """The name that a run holds in the archive while it lives."""
    return f"run-{run}"


def runs_in(client: SyncPrefectClient, pool: str, *states: StateType) -> list[FlowRun]:
    """The runs of a work pool that are in one of these states."""
    return client.read_flow_runs(
        work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[pool])),
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(states)))
        ),
    )
