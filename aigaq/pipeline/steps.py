"""One plain function per stage of an item: admit, read, extract, index.

A step takes ids, does its work, and writes down how it ended; what went wrong with a file goes into
the record and the next file follows. Only trouble that is not the file's (a full disk, a broken
record) leaves a step as an error. Steps may run again at any time: they replace, never add.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from aigaq.archive.custody import Archive, Taken
from aigaq.archive.errors import AigaqError, RefusedError, ToolError
from aigaq.archive.model import (
    STRICTNESS,
    Accession,
    Agent,
    Derivative,
    Item,
    Mention,
    Stage,
    StageStatus,
)
from aigaq.pipeline import extractors
from aigaq.pipeline.batches import Arrival
from aigaq.pipeline.kinds import sniff
from aigaq.pipeline.readers import ReadOptions, read_document
from aigaq.pipeline.readers.reading import Attachment, MadeFile, Reading
from aigaq.pipeline.tools.sandbox import Limits, confine, preload
from aigaq.search.engine import Engine
from aigaq.search.indexer import documents

NESTING = 8  # messages inside messages; deeper is made to exhaust us, not to inform us
PASSAGES_A_CHILD = 200  # passages extracted by one confined process
WARM = ("aigaq.pipeline.readers", "aigaq.pipeline.extractors:warm")


@dataclass(frozen=True, slots=True)
class Conditions:
    """Under what conditions steps work: who answers for it, within which limits, read how."""

    agent: Agent
    limits: Limits = field(default_factory=Limits)
    options: ReadOptions = field(default_factory=ReadOptions)


@dataclass(frozen=True, slots=True)
class Done:
    """What one step did to one file, for whoever watches. `problem` is empty when all went well."""

    stage: Stage
    path: str
    passages: int = 0
    problem: str = ""


class Watcher(Protocol):
    """Somebody who looks on: a progress bar, a Prefect page. Called from any thread."""

    def begin(self, stage: Stage, files: int) -> None:
        """A stage begins that will touch this many files (attachments may begin it again)."""

    def done(self, done: Done) -> None:
        """One step of one file has ended."""


def make_ready() -> None:
    """Load readers and language models once, in the process that every confined child is a copy of.

    Must be called before the first step of a run.
    """
    preload(WARM)


@dataclass(frozen=True, slots=True)
class Brought:
    """A file of the delivery whose bytes are in the vault, or the reason why they are not."""

    arrival: Arrival
    taken: Taken | None
    kind: str = ""
    problem: str = ""


def bring(archive: Archive, batch: str, arrival: Arrival) -> Brought:
    """Hash one file while it is copied into the vault. Many may do this at once, in any order."""
    if arrival.problem:
        return Brought(arrival, None, problem=arrival.problem)
    try:
        kind = sniff(arrival.file, arrival.path).kind
        taken = archive.take_in(arrival.file, batch=batch, path=arrival.path)
        return Brought(arrival, taken, kind)
    except RefusedError as refused:
        return Brought(arrival, None, problem=refused.message)


def admit(archive: Archive, batch: str, brought: Brought, conditions: Conditions) -> Done:
    """Make one file an item, or write down why it cannot be one.

    Called in the order of the delivery's paths, which the accession numbers then follow.
    """
    arrival = brought.arrival
    if brought.taken is None:
        archive.refuse(
            batch=batch, path=arrival.path, problem=brought.problem, agent=conditions.agent
        )
    else:
        archive.record_taken(
            brought.taken,
            kind=brought.kind,
            cases=arrival.cases,
            description=arrival.description,
            agent=conditions.agent,
        )
    return Done(Stage.ADMIT, arrival.path, problem=brought.problem)


def read(archive: Archive, accession: Accession, conditions: Conditions) -> Done:
    """Turn one item into passages and derivatives; attachments become items of their own."""
    item = archive.catalog.item(accession)
    try:
        with _work_folder(archive, accession) as work:
            reading = _read(archive, item, work, conditions)
            _refuse_unread(reading)
            for attachment in reading.attachments:
                _take_attachment(archive, item, attachment, conditions)
            _record_reading(archive, item, reading, conditions)
    except (RefusedError, ToolError) as error:
        return _went_wrong(archive, item, Stage.READ, error, conditions)
    return Done(Stage.READ, item.path, len(reading.passages), "; ".join(reading.problems))


def _read(archive: Archive, item: Item, work: Path, conditions: Conditions) -> Reading:
    if _depth(archive, item) > NESTING:
        raise RefusedError(f"messages nested more than {NESTING} deep")
    with archive.vault.local(item.digest) as file:
        return read_document(
            file, item.kind, work, limits=conditions.limits, options=conditions.options
        )


def _refuse_unread(reading: Reading) -> None:
    """A file of which not one page could be read is refused: an empty success would be a lie."""
    if reading.passages and all(passage.problem for passage in reading.passages):
        raise RefusedError(f"no page could be read: {reading.passages[0].problem}")


def _depth(archive: Archive, item: Item) -> int:
    depth = 0
    while item.parent is not None:
        item = archive.catalog.item(item.parent)
        depth += 1
    return depth


def _take_attachment(
    archive: Archive, message: Item, attachment: Attachment, conditions: Conditions
) -> None:
    """An attachment belongs to its message's cases and is as protected as the message."""
    archive.receive(
        attachment.path,
        batch=message.batch,
        path=attachment.name,
        kind=sniff(attachment.path, attachment.name).kind,
        cases=message.cases,
        description=message.description,
        parent=message.accession,
        agent=conditions.agent,
    )


def _record_reading(archive: Archive, item: Item, reading: Reading, conditions: Conditions) -> None:
    archive.record_reading(
        item.accession,
        kind=item.kind,
        passages=reading.passages,
        derivatives=[_attach(archive, item, made) for made in reading.made],
        facts=reading.facts,
        tool=reading.tool,
        problems=reading.problems,
        agent=conditions.agent,
    )


def _attach(archive: Archive, item: Item, made: MadeFile) -> Derivative:
    return archive.attach(
        item.accession,
        made.path,
        role=made.role,
        page=made.page,
        media_type=made.media_type,
        tool=made.tool,
        source=item.digest,
    )


def extract(
    archive: Archive, accessions: Sequence[Accession], conditions: Conditions
) -> Iterator[Done]:
    """Find the mentions in every passage of these items, small ones together in one child.

    A child that is stopped costs no neighbour: its items are tried again, each alone.
    """
    for group in _groups(archive, accessions):
        if len(group) > 1:
            try:
                found = _mentions(group, conditions)
            except (RefusedError, ToolError):
                found = None
            if found is not None:
                yield from (_extracted(archive, text, found, conditions) for text in group)
                continue
        for text in group:
            try:
                found = _mentions([text], conditions)
            except (RefusedError, ToolError) as error:
                yield _went_wrong(archive, text.item, Stage.EXTRACT, error, conditions)
            else:
                yield _extracted(archive, text, found, conditions)


@dataclass(frozen=True, slots=True)
class _Text:
    """An item and its passages as (number, text)."""

    item: Item
    passages: tuple[tuple[int, str], ...]


_Found = dict[Accession, dict[int, list[Mention]]]


def _groups(archive: Archive, accessions: Sequence[Accession]) -> Iterator[list[_Text]]:
    """Items in order, as many together as one child takes passages of; a larger one alone."""
    group: list[_Text] = []
    size = 0
    for accession in accessions:
        passages = tuple((each.number, each.text) for each in archive.catalog.passages(accession))
        if group and size + len(passages) > PASSAGES_A_CHILD:
            yield group
            group, size = [], 0
        group.append(_Text(archive.catalog.item(accession), passages))
        size += len(passages)
    if group:
        yield group


def _mentions(group: Sequence[_Text], conditions: Conditions) -> _Found:
    """The mentions of a group, found in confined children of at most so many passages each."""
    found: _Found = {text.item.accession: {} for text in group}
    todo = [(text.item, number, words) for text in group for number, words in text.passages]
    for start in range(0, len(todo), PASSAGES_A_CHILD):
        part = todo[start : start + PASSAGES_A_CHILD]
        texts = [(words, item.description.language) for item, _, words in part]
        mentions = confine(mentions_in, texts, limits=conditions.limits)
        for (item, number, _), each in zip(part, mentions, strict=True):
            found[item.accession][number] = each
    return found


def mentions_in(texts: Sequence[tuple[str, str]]) -> list[list[Mention]]:
    """The mentions of each (text, language). Runs in a confined process, which copies the loaded
    models."""
    return [extractors.extract(text, language=language) for text, language in texts]


def _extracted(archive: Archive, text: _Text, found: _Found, conditions: Conditions) -> Done:
    item = text.item
    archive.record_mentions(
        item.accession, found[item.accession], tool=extractors.VERSION, agent=conditions.agent
    )
    return Done(Stage.EXTRACT, item.path, len(text.passages))


def index(archive: Archive, engine: Engine, accessions: Sequence[Accession]) -> list[Done]:
    """Put items into an index, in place of what it held of them, and commit.

    The caller writes down that they are in it: only it knows whether that index is in use.
    """
    catalog = archive.catalog
    engine.remove(accessions)
    ended = []
    for accession in accessions:
        item = _with_copies(archive, catalog.item(accession))
        passages = list(catalog.passages(accession))
        units = engine.add(documents(item, passages, catalog.mentions(accession)))
        ended.append(Done(Stage.INDEX, item.path, units))
    engine.commit()
    return ended


def _with_copies(archive: Archive, item: Item) -> Item:
    """The item as search must know it: with the cases of all its copies, and as protected as the
    most protected of them, since they are the same bytes."""
    copies = [item, *archive.catalog.duplicates(item.accession)]
    cases = dict.fromkeys(case for copy in copies for case in copy.cases)
    strictest = max((c.description.restriction for c in copies), key=STRICTNESS.index)
    description = replace(item.description, restriction=strictest)
    return replace(item, cases=tuple(cases), description=description)


def _went_wrong(
    archive: Archive, item: Item, stage: Stage, error: AigaqError, conditions: Conditions
) -> Done:
    """The file's own fault refuses it; a tool's fault leaves it to be tried again."""
    refused = isinstance(error, RefusedError) and stage is Stage.READ
    archive.record_problem(
        item.accession,
        stage,
        StageStatus.REFUSED if refused else StageStatus.FAILED,
        error.message,
        tool=conditions.agent.tool,
        agent=conditions.agent,
    )
    return Done(stage, item.path, problem=error.message)


@contextmanager
def _work_folder(archive: Archive, accession: Accession) -> Iterator[Path]:
    """A folder on the archive's own disk, so that what was made is moved in and not copied."""
    root = archive.home / "work"
    root.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{accession}-", dir=root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
