"""All the record knows of one item, gathered for showing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from aigaq.archive.access import Viewer
from aigaq.archive.custody import Archive
from aigaq.archive.model import (
    Derivative,
    Event,
    Item,
    JsonObject,
    Mention,
    Passage,
    StageState,
)
from aigaq.cli.answer import moment


@dataclass(frozen=True, slots=True)
class Placed:
    """A mention and where its passage stands."""

    mention: Mention
    passage: int
    page: int | None
    start_seconds: float | None


@dataclass(frozen=True, slots=True)
class TextFacts:
    """What became of the text, without the text."""

    passages: int = 0
    letters: int = 0
    to_review: tuple[int, ...] = ()
    unreadable: tuple[tuple[int, str], ...] = ()
    """Numbers (page, or passage where there are no pages), the unreadable ones with the reason."""

    methods: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemHistory:
    """One item with everything that hangs on it.

    `open` is False when the viewer may not read it: then there are no names, texts or mentions
    here, only what custody needs.
    """

    item: Item
    open: bool
    stages: Sequence[StageState]
    events: Sequence[Event]
    derivatives: Sequence[Derivative]
    text: TextFacts
    mentions: Sequence[Placed]
    facts: JsonObject
    problems: Sequence[str]
    duplicates: Sequence[Item]
    attachments: Sequence[Item]

    @classmethod
    def of(cls, archive: Archive, item: Item, viewer: Viewer) -> Self:
        """Ask the record for everything this viewer may see of an item."""
        catalog = archive.catalog
        accession = item.accession
        may_see = viewer.may_see(item)
        # A duplicate is not read again: what was made of its bytes hangs on the first of them.
        source = item.duplicate_of or accession
        passages = list(catalog.passages(source))
        return cls(
            item=item,
            open=may_see,
            stages=list(catalog.stages(accession).values()),
            events=list(catalog.events(accession)),
            derivatives=catalog.derivatives(source),
            text=_text_facts(passages),
            mentions=list(_placed(passages, catalog.mentions(source))) if may_see else [],
            facts=catalog.facts(source) if may_see else {},
            problems=catalog.reading_problems(source) if may_see else [],
            duplicates=catalog.duplicates(accession),
            attachments=catalog.parts(accession),
        )

    def as_json(self) -> JsonObject:
        return {
            **item_json(self.item, open=self.open),
            "stages": [_stage_json(state, open=self.open) for state in self.stages],
            "events": [event_json(event, open=self.open) for event in self.events],
            "derivatives": [_derivative_json(made) for made in self.derivatives],
            "text": {
                "passages": self.text.passages,
                "letters": self.text.letters,
                "to_review": list(self.text.to_review),
                "unreadable": [
                    {"page": page, "problem": problem} for page, problem in self.text.unreadable
                ],
                "methods": list(self.text.methods),
                "languages": list(self.text.languages),
            },
            "mentions": [_mention_json(placed) for placed in self.mentions],
            "facts": dict(self.facts),
            "problems": list(self.problems),
            "duplicates": [item.accession for item in self.duplicates],
            "attachments": [item.accession for item in self.attachments],
        }


def _text_facts(passages: Sequence[Passage]) -> TextFacts:
    def number(passage: Passage) -> int:
        return passage.number if passage.page is None else passage.page

    return TextFacts(
        passages=len(passages),
        letters=sum(len(passage.text) for passage in passages),
        to_review=tuple(number(passage) for passage in passages if passage.needs_review),
        unreadable=tuple((number(bad), bad.problem) for bad in passages if bad.problem),
        methods=tuple(sorted({passage.method.value for passage in passages})),
        languages=tuple(sorted({passage.language for passage in passages} - {""})),
    )


def _placed(passages: Sequence[Passage], mentions: dict[int, list[Mention]]) -> Iterator[Placed]:
    for passage in passages:
        for mention in mentions.get(passage.number, ()):
            yield Placed(mention, passage.number, passage.page, passage.start_seconds)


def item_json(item: Item, *, open: bool) -> JsonObject:
    """An item as JSON; of one that is not open only what custody needs."""
    described = item.description
    return {
        "item": item.accession,
        "path": item.path if open else None,
        "digest": str(item.digest),
        "size": item.size,
        "kind": item.kind,
        "batch": item.batch,
        "cases": list(item.cases),
        "received_at": moment(item.received_at),
        "restriction": described.restriction.value,
        "document_type": described.document_type if open else None,
        "date": described.date if open else None,
        "source": described.source if open else None,
        "language": described.language if open else None,
        "note": described.note if open else None,
        "duplicate_of": item.duplicate_of,
        "parent": item.parent,
    }


def event_json(event: Event, *, open: bool = True) -> JsonObject:
    """An event of the ledger; the details only of what may be read."""
    return {
        "sequence": event.sequence,
        "term": event.term,
        "object": event.object,
        "outcome": event.outcome,
        "at": moment(event.at),
        "agent": {
            "name": event.agent.name,
            "tool": event.agent.tool,
            "version": event.agent.version,
        },
        "content": None if event.content is None else str(event.content),
        "commitment": event.commitment,
        "details": dict(event.details) if open else None,
    }


def _stage_json(state: StageState, *, open: bool) -> JsonObject:
    return {
        "stage": state.stage.value,
        "status": state.status.value,
        "attempts": state.attempts,
        "tool": state.tool,
        "problem": state.problem if open or not state.problem else "sealed",
        "at": moment(state.at),
    }


def _derivative_json(made: Derivative) -> JsonObject:
    return {
        "role": made.role,
        "page": made.page,
        "digest": str(made.digest),
        "size": made.size,
        "media_type": made.media_type,
        "tool": made.tool.name,
        "version": made.tool.version,
        "source": str(made.source),
        "made_at": moment(made.made_at),
    }


def _mention_json(placed: Placed) -> JsonObject:
    mention = placed.mention
    return {
        "kind": mention.kind.value,
        "raw": mention.raw,
        "value": dict(mention.value),
        "role": mention.role,
        "rule": mention.rule,
        "passage": placed.passage,
        "page": placed.page,
        "start_seconds": placed.start_seconds,
        "start": mention.start,
        "end": mention.end,
    }
