"""Class Archive: the only door that changes the record.

Every change and its custody event are one transaction. Bytes are in the vault, durable, before any
row speaks of them; killed in between, the same call made again finds them and goes on.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, insert, select

from aigaq.archive import entries, indexed, readings, schema, statements
from aigaq.archive.catalog import Catalog
from aigaq.archive.chain import Checkpoint
from aigaq.archive.database import Database, again_when_lost
from aigaq.archive.database.opening import database_of
from aigaq.archive.errors import RecordError
from aigaq.archive.founding import found_or_join, join, meet, write_durably
from aigaq.archive.indexed import IndexVersion
from aigaq.archive.layout import Layout
from aigaq.archive.ledger import (
    FAILURE,
    Draft,
    Term,
    append,
    case_object,
    checkpoint,
)
from aigaq.archive.model import (
    STRICTNESS,
    Accession,
    Agent,
    Batch,
    Case,
    Derivative,
    Description,
    Digest,
    Item,
    Mention,
    Outcome,
    Passage,
    Received,
    Stage,
    StageStatus,
    Tool,
)
from aigaq.archive.places import Places
from aigaq.archive.rows import derivative_row, passage_row
from aigaq.archive.vault import Stored, Vault
from aigaq.archive.vault.opening import vault_of
from aigaq.archive.vault.source import measure_unchanged, opened

MadeDerivative = Derivative
"""What `attach` returned and `record_reading` takes."""

_WORK_TERMS = {
    Stage.ADMIT: Term.ACCESSION,
    Stage.READ: Term.EXTRACTION,
    Stage.EXTRACT: Term.METADATA_EXTRACTION,
    Stage.INDEX: Term.METADATA_MODIFICATION,
}


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Taken:
    """Bytes that `take_in` brought into the vault, and what `record_taken` must know of them.

    `started` is when that began: what was in the record before it was there first.
    """

    batch: str
    path: str
    parent: Accession | None
    stored: Stored
    started: datetime


class Archive:
    """One archive, open. Safe to use from many threads; other processes open their own."""

    def __init__(
        self, layout: Layout, database: Database, vault: Vault, clock: Callable[[], datetime] = _now
    ) -> None:
        self.layout = layout
        self.home = layout.home
        self.vault = vault
        self.database = database
        self.catalog = Catalog(database)
        self._now = clock

    @classmethod
    def create(cls, places: Places) -> Self:
        """Open the archive that is in these places, making it first where there is none.

        Two processes may do this at once, and a creation that was killed is completed.
        UntrustedStoreError, and nothing is made, when the vault is in a store that fails its trial.
        """
        layout = Layout(places.home.absolute())
        vault = vault_of(places, layout)
        vault.prove()
        if not layout.format_file.exists():
            with closing(database_of(places, layout)) as database:
                found_or_join(places, layout, database, vault)
        return cls.open(places)

    @classmethod
    def open(cls, places: Places) -> Self:
        """Open the archive in these places; NotFoundError when there is none, RecordError when it
        is of another format or the home is that of another archive.

        An empty home joins the archive that is in a served record. Removes temporary files of dead
        processes and nothing else.
        """
        layout = Layout(places.home.absolute())
        if not places.record:
            layout.check()
        vault = vault_of(places, layout)
        archive = cls(layout, database_of(places, layout), vault)
        with archive._closed_on_error():
            if not layout.format_file.exists():
                join(places, layout, archive.database, vault)
                vault.prove()
            meet(layout, archive.database)
            if os.access(layout.tmp, os.W_OK) and os.access(layout.checkpoints, os.W_OK):
                vault.sweep()
                archive._publish()
        return archive

    def close(self) -> None:
        """Give the database back; the archive is not to be used after."""
        self.database.close()

    @contextmanager
    def _closed_on_error(self) -> Iterator[None]:
        with ExitStack() as undone:
            undone.callback(self.close)
            yield
            undone.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def holding(self, batch: str) -> Iterator[None]:
        """One run a batch, on all machines: what is held falls with the process, however it ends.

        RecordError when another run holds it; and from every change, when the connection to a
        served record was lost meanwhile and another run has taken the batch over.
        """
        with self.held_if_free(batch) as ours:
            if not ours:
                raise RecordError(
                    f"Batch {batch} is being ingested by another process.",
                    advice="Wait for it, or look how far it is: aigaq status",
                )
            yield

    def held_if_free(self, name: str) -> AbstractContextManager[bool]:
        """Whether the block holds a name (an item, a run) alone, on all machines."""
        return self.database.holding(name)

    # --- cases and batches ------------------------------------------------------------------------

    @again_when_lost
    def add_case(self, case: Case, *, agent: Agent) -> None:
        """Add a case, or change its title and note; the same case again is no event."""
        if not case.id.strip():
            raise RecordError("a case needs an id")
        with self.database.writing() as connection:
            known = entries.find_case(connection, case.id)
            if known == case:
                return
            entries.put_case(connection, case)
            term = Term.CREATION if known is None else Term.METADATA_MODIFICATION
            draft = Draft(term, case_object(case.id), statements.of_case(case))
            append(connection, [draft], agent=agent, at=self._now())

    @again_when_lost
    def open_batch(self, source: str, *, agent: Agent) -> Batch:
        """Begin a delivery, or continue the one that came from the same source before."""
        at = self._now()
        with self.database.writing() as connection:
            known = entries.batch_from(connection, source)
            if known is not None and known.closed_at is None:
                return known
            if known is None:
                batch = Batch(entries.next_batch_id(connection, at), source, at)
                entries.add_batch(connection, batch)
            else:
                batch = replace(known, closed_at=None)
                entries.mark_batch(connection, batch.id, None)
            draft = Draft(Term.INGESTION_START, batch.id, statements.of_batch(batch))
            append(connection, [draft], agent=agent, at=at)
        return batch

    @again_when_lost
    def close_batch(self, batch: str, receipt: Digest | None = None, *, agent: Agent) -> Checkpoint:
        """End a delivery: its receipt's digest goes into the ledger, and the ledger's head is
        published as a checkpoint. Closing a closed batch changes nothing."""
        at = self._now()
        with self.database.writing() as connection:
            known = entries.require_batch(connection, batch)
            if known.closed_at is None:
                entries.mark_batch(connection, batch, at)
                draft = Draft(
                    Term.INGESTION_END, batch, statements.of_batch(known), content=receipt
                )
                append(connection, [draft], agent=agent, at=at)
                head = checkpoint(connection)
                connection.execute(
                    insert(schema.checkpoints).values(size=head.size, body=head.body, at=at)
                )
            else:
                head = checkpoint(connection)
        self._publish()
        return head

    @again_when_lost
    def refuse(self, *, batch: str, path: str, problem: str, agent: Agent) -> None:
        """Record that a file could not be taken in; the same refusal again is no event."""
        at = self._now()
        with self.database.writing() as connection:
            entries.require_batch(connection, batch)
            if entries.refusal_problem(connection, batch, path) == problem:
                return
            entries.put_refusal(connection, batch, path, problem, at)
            said = statements.of_refusal(path, problem)
            draft = Draft(Term.ACCESSION, batch, said, Outcome.REFUSED.value)
            append(connection, [draft], agent=agent, at=at)

    # --- receiving --------------------------------------------------------------------------------

    def receive(
        self,
        file: Path,
        *,
        batch: str,
        path: str,
        kind: str,
        cases: Sequence[str],
        description: Description,
        parent: Accession | None = None,
        agent: Agent,
    ) -> Received:
        """Take a file into custody: bytes into the vault, then row and event in one transaction.

        The same bytes under the same name in the same batch are the item they were before: cases
        and descriptions that are now given replace the earlier ones, what is not said stays, and a
        restriction is only ever tightened this way. Bytes that are held already under another name
        become an item of their own, a duplicate. RefusedError when the file cannot be taken in.
        """
        taken = self.take_in(file, batch=batch, path=path, parent=parent)
        return self.record_taken(
            taken, kind=kind, cases=cases, description=description, agent=agent
        )

    @again_when_lost
    def take_in(
        self, file: Path, *, batch: str, path: str, parent: Accession | None = None
    ) -> Taken:
        """The first half of `receive`, which many threads may do at once: bytes into the vault.

        A file that was received under this name is only read again. Until `record_taken` the record
        knows nothing of the bytes; RefusedError when the file cannot be taken in.
        """
        started = self._now()
        with self.database.reading() as connection:
            known = entries.items_at(connection, batch, parent, path)
        if known:
            with opened(file) as source:
                measured = measure_unchanged(source)
            same = _same_bytes(known, measured.digest)
            if same is not None and self.vault.exists(measured.digest):
                return Taken(batch, path, parent, Stored(*measured, new=False), started)
        return Taken(batch, path, parent, self.vault.put(file), started)

    @again_when_lost
    def record_taken(
        self,
        taken: Taken,
        *,
        kind: str,
        cases: Sequence[str],
        description: Description,
        agent: Agent,
    ) -> Received:
        """The second half of `receive`: item row and event in one transaction.

        Accession numbers are given in the order of these calls.
        """
        batch, path, parent, stored = taken.batch, taken.path, taken.parent, taken.stored
        cases = tuple(dict.fromkeys(cases))
        at = self._now()
        with self.database.writing() as connection:
            refused, first = entries.surroundings(connection, batch, path, stored.digest)
            entries.require_cases(connection, cases)
            known = _same_bytes(entries.items_at(connection, batch, parent, path), stored.digest)
            if known is not None:
                item = _described(known, cases, description)
                drafts = _described_anew(connection, known, item, at)
            else:
                item = Item(
                    accession=entries.next_accession(connection, at),
                    digest=stored.digest,
                    size=stored.size,
                    batch=batch,
                    path=path,
                    received_at=at,
                    kind=kind,
                    cases=cases,
                    description=description,
                    duplicate_of=first,
                    parent=parent,
                )
                entries.add_item(connection, item)
                drafts = [_intake(item)]
                if first is not None:
                    entries.index_again(connection, first, at)
            if refused:
                entries.clear_refusal(connection, batch, path)
            if stored.new and first is not None:
                drafts += _recovered(connection, first, stored.digest, taken.started)
            if drafts:
                append(connection, drafts, agent=agent, at=at)
        return Received(item, _outcome(item), new=known is None)

    # --- readings, mentions, indexes --------------------------------------------------------------

    def attach(
        self,
        item: Accession,
        file: Path,
        *,
        role: str,
        page: int | None,
        media_type: str,
        tool: Tool,
        source: Digest,
        made_at: datetime | None = None,
    ) -> Derivative:
        """Put a derivative's bytes into the vault; `record_reading` makes it part of the record.

        Until then it is announced, so that the next attempt at this item accounts for it.
        """

        @again_when_lost
        def announce(digest: Digest, _size: int) -> None:
            with self.database.writing() as connection:
                readings.announce(connection, item, digest)

        stored = self.vault.put(file, announce=announce)
        return Derivative(
            item=item,
            role=role,
            page=page,
            digest=stored.digest,
            size=stored.size,
            media_type=media_type,
            tool=tool,
            source=source,
            made_at=self._now() if made_at is None else made_at,
        )

    @again_when_lost
    def record_reading(
        self,
        item: Accession,
        *,
        kind: str,
        passages: Sequence[Passage],
        derivatives: Sequence[MadeDerivative],
        facts: Mapping[str, object],
        tool: Tool,
        problems: Sequence[str],
        agent: Agent,
    ) -> None:
        """Record what a reader got out of an item, in place of any earlier reading.

        Extracting and indexing wait again. Derivatives of earlier readings stay in the vault and in
        the ledger's account.
        """
        at = self._now()
        pages = [passage_row(passage) for passage in passages]
        made = [derivative_row(number, file) for number, file in enumerate(derivatives)]
        with self.database.writing() as connection:
            known = entries.require_item(connection, item)
            _check_derivatives(known, derivatives)
            said = statements.of_reading(
                kind=kind,
                tool=tool,
                passages=statements.of_rows(pages),
                derivatives=statements.of_rows(made),
                facts=facts,
                problems=problems,
                abandoned=readings.settle(connection, item, derivatives),
            )
            draft = Draft(Term.EXTRACTION, item, said, content=known.digest)
            [event] = append(connection, [draft], agent=agent, at=at)
            readings.clear(connection, item)
            readings.add(
                connection,
                item,
                event,
                facts=facts,
                problems=problems,
                passages=pages,
                derivatives=made,
            )
            entries.put_kind(connection, item, kind)
            by = f"{tool.name} {tool.version}"
            entries.move_stage(connection, item, Stage.READ, StageStatus.DONE, at=at, tool=by)
            entries.reset_after(connection, item, Stage.READ, at)

    @again_when_lost
    def record_mentions(
        self,
        item: Accession,
        mentions: Mapping[int, Sequence[Mention]],
        *,
        tool: str,
        agent: Agent,
    ) -> None:
        """Record the mentions of an item by passage number, in place of earlier ones.

        RecordError when one of them does not read back its raw text from its passage.
        """
        at = self._now()
        rows = list(readings.mention_rows(mentions))
        with self.database.writing() as connection:
            known = entries.require_item(connection, item)
            readings.check_spans(connection, item, mentions)
            said = statements.of_mentions(statements.of_rows(rows), tool)
            draft = Draft(Term.METADATA_EXTRACTION, item, said, content=known.digest)
            append(connection, [draft], agent=agent, at=at)
            readings.replace_mentions(connection, item, rows)
            entries.move_stage(connection, item, Stage.EXTRACT, StageStatus.DONE, at=at, tool=tool)
            entries.reset_after(connection, item, Stage.EXTRACT, at)

    @again_when_lost
    def let_wait_for_index(self, items: Sequence[Accession]) -> None:
        """Note that items are to be put into the index again: the one in use lacks them."""
        at = self._now()
        with self.database.writing() as connection:
            for item in items:
                entries.index_again(connection, item, at)

    @again_when_lost
    def record_indexed(self, moments: Mapping[Accession, datetime], *, index: IndexVersion) -> None:
        """Note that items stand in an index as the record knew them at these moments (see
        `Catalog.indexing_moments`); one that has changed since waits still. No custody event: an
        index can be made anew."""
        at = self._now()
        with self.database.writing() as connection:
            known = indexed.moments(connection, moments)
            for item, moment in moments.items():
                if known.get(item) == moment:
                    entries.move_stage(
                        connection, item, Stage.INDEX, StageStatus.DONE, at=at, tool=str(index)
                    )

    # --- problems ---------------------------------------------------------------------------------

    @again_when_lost
    def record_problem(
        self,
        item: Accession,
        stage: Stage,
        status: StageStatus,
        problem: str,
        *,
        tool: str,
        agent: Agent,
    ) -> None:
        """Record that a stage was refused (the file's fault) or failed (ours), and why."""
        if status not in (StageStatus.REFUSED, StageStatus.FAILED):
            raise RecordError(f"a problem is refused or failed, not {status.value}")
        at = self._now()
        with self.database.writing() as connection:
            abandoned = readings.settle(connection, item, ()) if stage is Stage.READ else []
            entries.move_stage(connection, item, stage, status, at=at, tool=tool, problem=problem)
            refused = status is StageStatus.REFUSED
            term = Term.QUARANTINE if refused else _WORK_TERMS[stage]
            said = statements.of_problem(stage, status, problem, tool, abandoned)
            append(connection, [Draft(term, item, said, FAILURE)], agent=agent, at=at)

    @again_when_lost
    def retry(
        self,
        items: Sequence[Accession] | None,
        *,
        stage: Stage | None = None,
        agent: Agent,
    ) -> int:
        """Let refused and failed stages wait again, of these items or of all; returns how many.

        Leaving quarantine is a custody event; another try after a failure of ours is none.
        """
        at = self._now()
        with self.database.writing() as connection:
            stuck = entries.stuck_stages(connection, items, stage)
            for state in stuck:
                entries.move_stage(
                    connection, state.item, state.stage, StageStatus.WAITING, at=at, attempt=False
                )
            drafts = [
                Draft(Term.UNQUARANTINE, state.item, {"stage": state.stage.value})
                for state in stuck
                if state.status is StageStatus.REFUSED
            ]
            if drafts:
                append(connection, drafts, agent=agent, at=at)
        return len(stuck)

    # --- checkpoints ------------------------------------------------------------------------------

    @again_when_lost
    def _publish(self) -> None:
        """Write every checkpoint the record has and the folder has not."""
        with self.database.reading() as connection:
            rows = connection.execute(select(schema.checkpoints.c.size, schema.checkpoints.c.body))
            recorded = {f"{row.size:012d}.txt": row.body for row in rows}
        present = {path.name for path in self.layout.checkpoints.iterdir()}
        for name in sorted(recorded.keys() - present):
            write_durably(self.layout.checkpoints / name, recorded[name])


def _same_bytes(items: Sequence[Item], digest: Digest) -> Item | None:
    return next((item for item in items if item.digest == digest), None)


def _described(item: Item, cases: tuple[str, ...], said: Description) -> Item:
    """An item as it is after being delivered again: what is said replaces, silence does not."""
    old = item.description
    stricter = max(old.restriction, said.restriction, key=STRICTNESS.index)
    description = Description(
        document_type=said.document_type or old.document_type,
        date=said.date or old.date,
        source=said.source or old.source,
        language=said.language or old.language,
        restriction=stricter,
        note=said.note or old.note,
    )
    return replace(item, cases=cases or item.cases, description=description)


def _described_anew(connection: Connection, known: Item, item: Item, at: datetime) -> list[Draft]:
    """Write down what has changed, of the attachments too; nothing when nothing has."""
    if item == known:
        return []
    entries.describe_item(connection, item)
    entries.index_again(connection, item.duplicate_of or item.accession, at)
    drafts = [Draft(Term.METADATA_MODIFICATION, item.accession, statements.of_item(item))]
    for part in entries.parts_of(connection, item.accession):
        inherited = _described(part, item.cases, item.description)
        drafts += _described_anew(connection, part, inherited, at)
    return drafts


def _recovered(
    connection: Connection, first: Accession, digest: Digest, started: datetime
) -> list[Draft]:
    """A blob that was new though an item had it before we began was lost, and is back.

    When two processes bring the same bytes at once, the other's item is younger than `started`.
    """
    if entries.require_item(connection, first).received_at >= started:
        return []
    return [Draft(Term.RECOVERY, first, {}, content=digest)]


def _outcome(item: Item) -> Outcome:
    return Outcome.STORED if item.duplicate_of is None else Outcome.DUPLICATE


def _intake(item: Item) -> Draft:
    return Draft(
        Term.ACCESSION,
        item.accession,
        statements.of_item(item),
        _outcome(item).value,
        content=item.digest,
    )


def _check_derivatives(item: Item, derivatives: Sequence[Derivative]) -> None:
    """RecordError unless each was made of this item, or of another derivative of it."""
    sources = {item.digest} | {made.digest for made in derivatives}
    for made in derivatives:
        if made.item != item.accession or made.source not in sources:
            raise RecordError(f"the {made.role} {made.digest} was not made from {item.accession}")
