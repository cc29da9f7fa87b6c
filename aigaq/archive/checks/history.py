"""What the ledger tells of one object: its events folded into the rows that must follow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from aigaq.archive.canonical import from_canonical
from aigaq.archive.checks.streams import StoredRow
from aigaq.archive.ledger import FAILURE, Term
from aigaq.archive.model import Outcome

_TAKEN_IN = (Outcome.STORED.value, Outcome.DUPLICATE.value)


@dataclass
class History:
    """The state of an item as its events leave it. Statements are as in `statements`."""

    intake: StoredRow | None = None
    item: dict[str, object] = field(default_factory=dict)
    reading: int | None = None
    readings: dict[int, dict[str, object]] = field(default_factory=dict)
    mentions: dict[str, object] | None = None
    abandoned: list[str] = field(default_factory=list)

    @property
    def read(self) -> dict[str, object] | None:
        """The statement of the reading that holds now."""
        return None if self.reading is None else self.readings[self.reading]


def history_of(events: Iterable[StoredRow]) -> History:
    """Fold an item's events, in their order. Erased details leave a gap, not an error."""
    told = History()
    for event in events:
        said = statement(event)
        told.abandoned.extend(_texts(said.get("abandoned")))
        if event["outcome"] == FAILURE:
            continue
        if event["term"] == Term.ACCESSION.value and event["outcome"] in _TAKEN_IN:
            told.intake = told.intake or event
            told.item |= said
        elif event["term"] == Term.METADATA_MODIFICATION.value:
            told.item |= said
        elif event["term"] == Term.EXTRACTION.value:
            told.reading, told.mentions = event["sequence"], None
            told.readings[event["sequence"]] = said
            if told.item and "kind" in said:
                told.item["kind"] = said["kind"]
        elif event["term"] == Term.METADATA_EXTRACTION.value:
            told.mentions = said
    return told


def statement(event: StoredRow) -> dict[str, object]:
    """The details of an event; empty when they are gone or no JSON object (check 2 names them)."""
    if event["details"] is None:
        return {}
    try:
        said = from_canonical(event["details"])
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _texts(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
