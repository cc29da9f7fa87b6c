"""What stands in Prefect for an archive: a work pool, what its workers can do, and when.

Set up as often as one likes: what is there already stays, with what was changed in Prefect's pages,
except where the settings say otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from prefect import Flow, get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import (
    DeploymentScheduleCreate,
    DeploymentUpdate,
    WorkPoolCreate,
)
from prefect.client.schemas.objects import WorkPool
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.types.entrypoint import EntrypointType
from prefect.utilities.callables import parameter_schema

from aigaq.archive.errors import SettingError, ToolError
from aigaq.pipeline.flows.helpers import read
from aigaq.pipeline.flows.ingest import ingest
from aigaq.pipeline.flows.process import RUN
from aigaq.pipeline.flows.reindex import reindex
from aigaq.pipeline.flows.turns import ocr_limit
from aigaq.pipeline.flows.verify import verify

FLOWS: tuple[tuple[Flow[..., Any], str], ...] = (
    (ingest, "Takes a folder of files in, reads it, makes it findable, and draws the receipt."),
    (read, "Helps a run that ingests: reads files of its batch on another worker."),
    (reindex, "Builds the search index anew from the record."),
    (verify, "Checks that nothing was changed, lost or slipped in."),
)
_JOB = {"command": RUN}
_ABOUT_POOL = "Workers of Aigaq. Start one: aigaq serve-flows"


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool as it now stands in Prefect: `verify_at` are the schedules of the verification in
    cron's five fields, UTC; `ocr_at_once` is None where there is no limit."""

    name: str
    made: bool
    deployments: tuple[str, ...]
    verify_at: tuple[str, ...]
    ocr_at_once: int | None


def set_up(name: str, archive: str, *, verify_at: str, ocr_at_once: int) -> Pool:
    """Make what is missing of the pool for the archive with this identity.

    `verify_at` empty removes the schedule of the verification; `ocr_at_once` 0 leaves the limit
    as it is. SettingError when the pool belongs to another archive, ToolError when it cannot hold
    workers of ours.
    """
    with get_client(sync_client=True) as client:
        pool, made = _pool(client, name)
        if pool.type != "process":
            raise ToolError(
                f"the work pool {name} is of type {pool.type}, and type process is needed",
                advice="give another name: flows.pool",
            )
        for flow, about in FLOWS:
            _deploy(client, flow, about, name, archive)
        _schedule(client, f"{verify.name}/{name}", verify_at)
        if ocr_at_once:
            client.upsert_global_concurrency_limit_by_name(ocr_limit(name), ocr_at_once)
        return Pool(
            name,
            made,
            tuple(f"{flow.name}/{name}" for flow, _ in FLOWS),
            _crons(client.read_deployment_by_name(f"{verify.name}/{name}")),
            _limit(client, ocr_limit(name)),
        )


def _pool(client: SyncPrefectClient, name: str) -> tuple[WorkPool, bool]:
    try:
        wanted = WorkPoolCreate(name=name, type="process", description=_ABOUT_POOL)
        return client.create_work_pool(wanted), True
    except ObjectAlreadyExists:
        return client.read_work_pool(name), False


def _deploy(
    client: SyncPrefectClient, flow: Flow[..., Any], about: str, pool: str, archive: str
) -> None:
    known = _deployment(client, f"{flow.name}/{pool}")
    if known is not None and known.parameters.get("archive") != archive:
        raise SettingError(
            f"flows.pool = {pool!r}: this work pool belongs to another archive",
            advice="give each archive a pool of its own: flows.pool",
        )
    ours = {"archive": archive}
    wanted = RunnerDeployment.from_flow(
        flow,
        pool,
        description=about,
        parameters=ours,
        work_pool_name=pool,
        job_variables=_JOB,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    if known is None:
        wanted.apply()
        return
    # To apply it again would put back what a person changed: schedules, pauses, limits.
    changed = DeploymentUpdate(
        description=about,
        parameters={**known.parameters, **ours},
        job_variables={**known.job_variables, **_JOB},
        entrypoint=wanted.entrypoint,
        parameter_openapi_schema=parameter_schema(flow).model_dump(exclude_unset=True),
    )
    client.update_deployment(known.id, changed)


def _deployment(client: SyncPrefectClient, name: str) -> DeploymentResponse | None:
    try:
        return client.read_deployment_by_name(name)
    except ObjectNotFound:
        return None


def _schedule(client: SyncPrefectClient, name: str, cron: str) -> None:
    """A schedule that is there already stays as it is, paused or not."""
    deployment = client.read_deployment_by_name(name)
    wanted = (cron,) if cron else ()
    if _crons(deployment) == wanted:
        return
    for known in deployment.schedules:
        client.delete_deployment_schedule(deployment.id, known.id)
    made = [
        DeploymentScheduleCreate(schedule=CronSchedule(cron=each, timezone="UTC"))
        for each in wanted
    ]
    if made:
        client.create_deployment_schedules(deployment.id, made)


def _crons(deployment: DeploymentResponse) -> tuple[str, ...]:
    schedules = (known.schedule for known in deployment.schedules)
    return tuple(each.cron for each in schedules if isinstance(each, CronSchedule))


def _limit(client: SyncPrefectClient, name: str) -> int | None:
    try:
        return client.read_global_concurrency_limit_by_name(name).limit
    except ObjectNotFound:
        return None
