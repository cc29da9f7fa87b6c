"""The unit of search: a page, a speaker's turn, a segment of a recording, a stretch of a text."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, NamedTuple


class NameSpan(NamedTuple):
    """A name in the text: `text[start:end] == form`, but for runs of white space.

    `confirmed` tells an extractor's person from capitalised words that only look like a name.
    """

    form: str
    start: int
    end: int
    confirmed: bool


class DateSpan(NamedTuple):
    """A day or range of days, ISO, both included."""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """One unit of search, with what the record and the extractors know of it.

    `number` counts the units of an item from 0; `(item, number)` is unique and is the order of
    equal hits. `start` is where `text` begins in passage number `passage`. `articles` are written
    `CC:272:2:3` (law, article, part, point). `date` is the item's own, ISO as far as known.
    """

    id: str
    item: str
    number: int
    cases: tuple[str, ...]
    file: str
    kind: str
    page: int | None
    turn: int | None
    speaker: str
    speaker_role: str
    start_seconds: float | None
    passage: int
    start: int
    text: str
    language: str
    document_type: str
    date: str
    restriction: str
    dates: tuple[DateSpan, ...] = ()
    persons: tuple[str, ...] = ()
    names: tuple[NameSpan, ...] = ()
    roles: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    case_numbers: tuple[str, ...] = ()

    def stored(self) -> dict[str, Any]:
        """JSON values that `from_stored` reads back."""
        # All of them cannot be changed, so nothing is copied: that took a third of all indexing.
        return {name: getattr(self, name) for name in _FIELDS}

    @classmethod
    def from_stored(cls, values: dict[str, Any]) -> SearchDocument:
        """Read back what `stored` gave, after a round through JSON."""
        values = dict(values)
        for name in ("cases", "persons", "roles", "articles", "case_numbers"):
            values[name] = tuple(values[name])
        values["names"] = tuple(NameSpan(*each) for each in values["names"])
        values["dates"] = tuple(DateSpan(*each) for each in values["dates"])
        return cls(**values)


_FIELDS = tuple(field.name for field in fields(SearchDocument))
