"""The interface of a search engine: documents in, an engine-neutral query tree, hits out.

An engine is an inverted index and no more: all language knowledge has become tokens before
(`analysis`, `names`), all syntax has become this tree (`plan`). Every engine gives the same hits,
counts, facets and order for the same tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from aigaq.search.document import SearchDocument


class Sort(StrEnum):
    """The order of hits. Ties stand in order of item and place in the item, in every engine."""

    SCORE = "score"
    DATE = "date"
    NEWEST = "-date"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Everything:
    """Every document."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No document."""


@dataclass(frozen=True, slots=True)
class Term:
    """Documents with this token in a text stream, scored by BM25."""

    field: str
    token: str
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class OneOf:
    """Documents with any of these values in a keyword field; all score alike."""

    field: str
    values: tuple[str, ...]
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Sequenced:
    """Documents with these tokens of a text stream in a row."""

    field: str
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """Documents where these tokens of a stream stand near each other (see `proximity.near`); all
    score alike, by the number of tokens."""

    field: str
    tokens: tuple[str, ...]
    slop: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """Documents with a token that fits `*` (any letters) and `?` (one letter)."""

    field: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Similar:
    """Documents with a token at most `distance` edits away (a swap of neighbours is one)."""

    field: str
    token: str
    distance: int


@dataclass(frozen=True, slots=True)
class Between:
    """Documents with a number in a field from `low` to `high`, both included; None is open."""

    field: str
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class All:
    """Every clause holds; the score is the sum."""

    clauses: tuple[EngineQuery, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one clause holds; the score is the sum."""

    clauses: tuple[EngineQuery, ...]


@dataclass(frozen=True, slots=True)
class Best:
    """At least one clause holds; the score is that of the best."""

    clauses: tuple[EngineQuery, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """The clause does not hold; scores nothing."""

    clause: EngineQuery


EngineQuery = (
    Everything
    | Nothing
    | Term
    | OneOf
    | Sequenced
    | Near
    | Pattern
    | Similar
    | Between
    | All
    | Any
    | Best
    | Without
)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the sort value (score or date), the unique place, and hits given so far.

    A cursor holds for the sort and query it came from.
    """

    value: float
    place: int
    given: int


@dataclass(frozen=True, slots=True)
class Request:
    """What to search. `filter` is the viewer's and counts for hits, totals and facets alike.

    `facets` are field names (`FACETS`); `limit` is at least 1.
    """

    query: EngineQuery
    filter: EngineQuery
    sort: Sort = Sort.SCORE
    limit: int = 20
    after: Cursor | None = None
    facets: Sequence[str] = ()
    facet_size: int = 10


@dataclass(frozen=True, slots=True)
class EngineHit:
    """One document found; the score is comparable within one result only."""

    document: SearchDocument
    score: float


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many of the hits have this value."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class EngineResult:
    """`total` counts all hits, not this page's; `next` is None on the last page."""

    total: int
    hits: tuple[EngineHit, ...]
    facets: Mapping[str, tuple[FacetCount, ...]]
    next: Cursor | None


FACETS = ("kind", "case", "person", "article", "year", "language", "document_type")


class Engine(Protocol):
    """An index of search documents. Changes are seen after `commit`."""

    def add(self, documents: Iterable[SearchDocument]) -> int:
        """Put documents in; how many. Adding an item again needs `remove` before."""
        ...

    def remove(self, items: Iterable[str]) -> None:
        """Take out every document of these accessions."""
        ...

    def commit(self) -> None:
        """Make all changes durable and visible."""
        ...

    def commits(self) -> int:
        """How many commits with changes this index has seen. Kept in the index itself, so a copy of
        it that is restored knows how far it had come; never more than what is in it."""
        ...

    def search(self, request: Request) -> EngineResult:
        """One page of hits; SearchError when the engine fails."""
        ...

    def written_names(self, field: str, keys: Iterable[str]) -> Sequence[str]:
        """The written names indexed under any of these keys (see `indexer.name_entry`)."""
        ...

    def count(self) -> int:
        """How many documents are visible."""
        ...

    def close(self) -> None:
        """Let go of files, locks and connections; uncommitted changes are dropped or stay unseen
        until the next commit (adding and removing their items again is always right)."""
        ...


def scores_alike(node: EngineQuery) -> bool:
    """Whether every hit has the same score, so that order of score is order of place."""
    match node:
        case All(clauses):
            return all(map(scores_alike, clauses))
        case Best(clauses):
            alike = len(clauses) == 1 and scores_alike(clauses[0])
            return alike or all(isinstance(each, Between) for each in clauses)
        case Near(_, tokens):
            return len(tokens) > 1
        case Everything() | Nothing() | OneOf() | Between() | Without() | Pattern() | Similar():
            return True
    return False
