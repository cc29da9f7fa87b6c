"""What an operator sees of a batch in Prefect's pages: which it is, how far, what failed and why.

All of it is drawn from the record, so it counts what every worker did. Of sealed files only their
numbers are shown. Pages that cannot be drawn are no reason to stop: the work goes on, and they are
drawn as soon as Prefect answers again.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from logging import Logger
from pathlib import PurePath
from uuid import UUID

import httpx
from prefect import get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import ArtifactCreate, ArtifactUpdate
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
)
from prefect.client.schemas.objects import State
from prefect.logging import get_logger
from prefect.logging.loggers import LoggingAdapter, flow_run_logger
from prefect.states import Running

from aigaq.archive.custody import Archive
from aigaq.archive.model import Accession, Batch, Item, Restriction, Stage
from aigaq.messages.plain import plain
from aigaq.pipeline.batches import Delivery
from aigaq.pipeline.receipts import WITHHELD, Receipt, path_in_batch, shareable, to_text
from aigaq.pipeline.steps import Done, Watcher

REFRESH_SECONDS = 3.0
MOST_CASES = 20
"""Cases shown as tags; a delivery for more of them is about the whole archive."""
MOST_ROWS = 500
"""Problems shown; `aigaq status` has all of them."""

NAMES: Mapping[Stage, str] = {
    Stage.ADMIT: "Taking in",
    Stage.READ: "Reading",
    Stage.EXTRACT: "Extracting",
    Stage.INDEX: "Indexing",
}
"""The stages in the words of the command line; the run's state bears them, too."""

Row = dict[str, str]
Act = Callable[[SyncPrefectClient], object]


@dataclass(frozen=True, slots=True)
class _Page:
    """One artifact: `data` is a percentage, a table as JSON, or Markdown."""

    kind: str
    data: float | str
    description: str


class Pages:
    """The pages of one run, which ingests one batch.

    It is a watcher, too: as long as files are being taken in, only the run itself knows how many.
    """

    def __init__(
        self, archive: Archive, batch: Batch, delivery: Delivery, run: UUID, beside: Watcher
    ) -> None:
        self._archive, self._batch, self._delivery = archive, batch, delivery
        self._run, self._beside = run, beside
        self._taken_in = 0
        self._items: dict[Accession, Item] = {}
        self._drawn: dict[str, tuple[UUID, _Page | None]] = {}
        self._logged: set[str] = set()
        self._log: LoggingAdapter | Logger = get_logger("aigaq")
        self._introduced = self._away = False
        self._over = threading.Event()

    def begin(self, stage: Stage, files: int) -> None:
        self._beside.begin(stage, files)

    def done(self, done: Done) -> None:
        self._taken_in += done.stage is Stage.ADMIT
        self._beside.done(done)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Name the run, and keep its pages up to date until the block ends."""
        self._try(self._draw)
        drawing = threading.Thread(target=self._keep, name="pages", daemon=True)
        drawing.start()
        try:
            yield
        finally:
            self._over.set()
            drawing.join()
            self._try(self._draw)

    def stage(self, stage: Stage) -> None:
        """Say in the list of runs what is being done."""
        state: State[None] = Running(name=NAMES[stage])
        self._try(lambda client: client.set_flow_run_state(self._run, state))

    def receipt(self, receipt: Receipt) -> None:
        """The receipt as a page of its own."""
        text = f"```\n{to_text(shareable(receipt), str)}```"
        page = _Page("markdown", text, "Receipt: every file and how it ended")
        self._try(lambda client: self._put(client, "receipt", page))

    def _keep(self) -> None:
        while not self._over.wait(REFRESH_SECONDS):
            self._try(self._draw)

    def _try(self, act: Act) -> None:
        try:
            with get_client(sync_client=True) as client:
                act(client)
        except httpx.HTTPError as error:
            if not self._away:
                self._log.warning("Prefect's pages cannot be drawn (%r); the work goes on.", error)
            self._away = True
        else:
            self._away = False

    def _introduce(self, client: SyncPrefectClient) -> None:
        cases = sorted({case for arrival in self._delivery.arrivals for case in arrival.cases})
        tags = [self._batch.id, *(cases if len(cases) <= MOST_CASES else ())]
        known = client.read_flow_run(self._run)
        client.update_flow_run(
            self._run,
            name=f"ingest {self._batch.id}: {PurePath(self._batch.source).name}",
            tags=sorted({*known.tags, *tags}),
        )
        self._log = flow_run_logger(known)
        self._log.info(
            "%s: %d files from %s, %d more are listed and did not come",
            self._batch.id,
            len(self._delivery.arrivals),
            plain(self._batch.source),
            len(self._delivery.missing),
        )
        # A run that was begun again goes on with the pages it had.
        ours = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[self._run]))
        for artifact in client.read_artifacts(artifact_filter=ours):
            if artifact.key is not None:
                self._drawn[artifact.key] = (artifact.id, None)
        self._introduced = True

    def _draw(self, client: SyncPrefectClient) -> None:
        if not self._introduced:
            self._introduce(client)
        for stage, done, of, problems in self._progress():
            if not of:
                continue
            told = f"{NAMES[stage]}: {done} of {of} files"
            if problems:
                told += f", {problems} with a problem"
            self._put(client, stage, _Page("progress", 100.0 * done / of, told))
        if rows := self._problems():
            told = f"{len(rows)} files with a problem: what it is, and why"
            self._put(client, "problems", _Page("table", json.dumps(_cut(rows)), told))
        for row in rows:
            if (
                line := "{item} {outcome} while {while}: {because}".format(**row)
            ) not in self._logged:
                self._log.warning(line.strip())
                self._logged.add(line)

    def _progress(self) -> Iterator[tuple[Stage, int, int, int]]:
        """Each stage with the files that are through it, all files, and those with a problem."""
        catalog = self._archive.catalog
        refused = len(catalog.refusals(self._batch.id))
        yield Stage.ADMIT, self._taken_in, len(self._delivery.arrivals), refused
        progress = catalog.progress(self._batch.id)
        for stage in (Stage.READ, Stage.EXTRACT, Stage.INDEX):
            yield stage, progress[stage].done, progress[stage].all, progress[stage].problems

    def _problems(self) -> list[Row]:
        """What was refused or failed: one row a file."""
        catalog, batch = self._archive.catalog, self._batch.id
        told = {
            arrival.path: arrival.description.restriction for arrival in self._delivery.arrivals
        }
        rows = []
        for refusal in catalog.refusals(batch):
            row = _row(refusal.path, "", "refused", Stage.ADMIT, refusal.problem)
            rows.append(_as_open_as(told.get(refusal.path, Restriction.SEALED), row))
        for state in catalog.problems(batch):
            item = self._item(state.item)
            path = path_in_batch(item, self._items)
            row = _row(path, state.item, state.status, state.stage, state.problem)
            rows.append(_as_open_as(item.description.restriction, row))
        return rows

    def _item(self, accession: Accession) -> Item:
        """An item, with the messages it came in."""
        if accession not in self._items:
            self._items[accession] = self._archive.catalog.item(accession)
        item = self._items[accession]
        if item.parent is not None:
            self._item(item.parent)
        return item

    def _put(self, client: SyncPrefectClient, name: str, page: _Page) -> None:
        key = f"{name}-{self._batch.id}".lower()
        artifact, shown = self._drawn.get(key, (None, None))
        if artifact is None:
            made = ArtifactCreate(
                key=key,
                type=page.kind,
                data=page.data,
                description=page.description,
                flow_run_id=self._run,
            )
            artifact = client.create_artifact(made).id
        elif page != shown:
            changed = ArtifactUpdate(data=page.data, description=page.description)
            client.update_artifact(artifact, changed)
        self._drawn[key] = (artifact, page)


def _row(path: str, item: str, outcome: str, stage: Stage, problem: str) -> Row:
    return {
        "file": plain(path),
        "item": item,
        "outcome": outcome,
        "while": NAMES[stage].lower(),
        "because": plain(problem),
    }


def _as_open_as(restriction: Restriction, row: Row) -> Row:
    """A row for everybody: of a sealed file, neither its name nor what a tool said of it."""
    if restriction is Restriction.SEALED:
        return {**row, "file": WITHHELD, "because": WITHHELD}
    return row


def _cut(rows: list[Row]) -> list[Row]:
    if len(rows) <= MOST_ROWS:
        return rows
    return [*rows[:MOST_ROWS], {"file": f"(and {len(rows) - MOST_ROWS} more: aigaq status)"}]
