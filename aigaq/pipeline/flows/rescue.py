"""Runs whose worker died are begun again, by any worker that is left.

Prefect shows such a run as running for ever. It is known by the name that it holds in the archive
while it lives (see `runs`): free at two looks, with nothing changed in between, the run is dead.
Who finds it holds the name while he says so, so that no two say it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled, Cancelling, Crashed, Scheduled

from aigaq.archive.custody import Archive
from aigaq.pipeline.flows.runs import AT_WORK, identity, name_of, runs_in
from aigaq.pipeline.flows.turns import ocr_limit

LOOK_SECONDS = 5.0
"""How often somebody looks, and how long a name must have been free."""

PATIENCE_SECONDS = {
    StateType.PENDING: 120.0,  # a worker brings the run that it accepted to work
    StateType.CANCELLING: 20.0,  # a worker ends the run and then says so
}
"""How long a run may take in the states in which it need not hold its name."""

TAKEN_UP = "Taken up"
MOST_TIMES = 2
"""How often a run is begun again; one that kills a third worker is left to a person."""


@dataclass(slots=True)
class Rescuer:
    """Looks after the runs of one archive in one work pool."""

    archive: Archive
    pool: str
    _suspects: dict[tuple[UUID, UUID], float] = field(default_factory=dict)
    _given_up: set[UUID] = field(default_factory=set)
    _idle: bool = False

    def look(self, client: SyncPrefectClient, patience: float = LOOK_SECONDS) -> list[str]:
        """Begin again what is found dead; one line for each, to be told to whoever watches."""
        at_work = runs_in(client, self.pool, *AT_WORK)
        crashed = runs_in(client, self.pool, StateType.CRASHED)
        ours = identity(self.archive)
        looked_at = [
            run
            for run in (*at_work, *crashed)
            if run.parameters.get("archive") == ours and run.id not in self._given_up
        ]
        keys = {_key(run) for run in looked_at}
        self._suspects = {key: since for key, since in self._suspects.items() if key in keys}
        told = [line for run in looked_at if (line := self._examine(client, run, patience))]
        scheduled = runs_in(client, self.pool, StateType.SCHEDULED)
        self._dismiss(client, [r for r in (*at_work, *scheduled) if "helps" in r.parameters])
        self._free_places(client, idle=not at_work)
        return told

    def _examine(self, client: SyncPrefectClient, run: FlowRun, patience: float) -> str:
        with self.archive.held_if_free(name_of(run.id)) as dead:
            if not dead:
                self._suspects.pop(_key(run), None)
                return ""
            since = self._suspects.setdefault(_key(run), time.monotonic())
            if time.monotonic() - since < PATIENCE_SECONDS.get(_type(run), patience):
                return ""
            if _key(client.read_flow_run(run.id)) != _key(run):
                return ""
            return self._settle(client, run)

    def _settle(self, client: SyncPrefectClient, run: FlowRun) -> str:
        state = self._state_for(client, run)
        if state is None:
            self._given_up.add(run.id)
            return ""
        client.set_flow_run_state(run.id, state, force=True)
        return f"{run.name}: {state.message}"

    def _state_for(self, client: SyncPrefectClient, run: FlowRun) -> State[None] | None:
        """What a dead run is to be; None when it is what it should be."""
        crashed = _type(run) is StateType.CRASHED
        if _type(run) is StateType.CANCELLING:
            return Cancelled(message="Its worker was gone already.")
        if "helps" in run.parameters:  # a helper; whoever else is at the batch has its files by now
            return None if crashed else Crashed(message="Its worker died; the others read on.")
        states = client.read_flow_run_states(run.id)
        times = sum(state.name == TAKEN_UP for state in states)
        if times < MOST_TIMES:
            told = "Its worker died; any worker goes on with it from what the record says."
            return Scheduled(name=TAKEN_UP, message=told)
        return None if crashed else Crashed(message=f"Its worker died {times + 1} times.")

    def _dismiss(self, client: SyncPrefectClient, helpers: list[FlowRun]) -> None:
        """Who helps a run that was cancelled stops, too. Prefect itself takes half a minute."""
        for helper in helpers:
            helped = client.read_flow_run(UUID(helper.parameters["helps"]))
            if helped.state_type in (StateType.CANCELLING, StateType.CANCELLED):
                nobody_has_it = _type(helper) is StateType.SCHEDULED
                client.set_flow_run_state(helper.id, Cancelled() if nobody_has_it else Cancelling())

    def _free_places(self, client: SyncPrefectClient, *, idle: bool) -> None:
        """Where nobody works, nobody holds a place: a server that was restarted may think so."""
        if idle and self._idle:
            try:
                limit = client.read_global_concurrency_limit_by_name(ocr_limit(self.pool))
            except ObjectNotFound:
                return
            if limit.active_slots:
                nobody = GlobalConcurrencyLimitUpdate(active_slots=0)
                client.update_global_concurrency_limit(limit.name, nobody)
        self._idle = idle


def _key(run: FlowRun) -> tuple[UUID, UUID]:
    """A run in one of its states."""
    assert run.state_id is not None
    return run.id, run.state_id


def _type(run: FlowRun) -> StateType:
    assert run.state_type is not None
    return run.state_type
