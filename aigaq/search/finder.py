"""`find`: parse, look up names, search with the viewer's filter inside, highlight, say why."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from aigaq.archive.access import Viewer
from aigaq.archive.errors import UsageError
from aigaq.archive.model import Restriction
from aigaq.search import engine as tree
from aigaq.search import query as asked
from aigaq.search.document import SearchDocument
from aigaq.search.engine import FACETS, Cursor, Engine, FacetCount, Request, Sort
from aigaq.search.highlight import Mark, Marks, highlight, reason
from aigaq.search.names import Breadth
from aigaq.search.plan import Plan, plan

MOST_HITS = 1_000
"""Hits of one page."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One page, turn or segment that answers the query.

    `highlights` are `str` offsets into `text`, end exclusive. `text` begins at `start` of passage
    `passage`. `score` compares hits of one search only; it is 0 where nothing was scored.
    """

    item: str
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
    language: str
    date: str
    text: str
    highlights: tuple[Mark, ...]
    why: str
    score: float


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits. `total` counts all; `facets` come with the first page only; `notice` tells
    how the query was understood when that was not plain; `next` asks for the page after, None when
    this is the last."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetCount, ...]]
    notice: str
    next: str | None


@dataclass(frozen=True, slots=True)
class _Page:
    """What a page token holds: the cursor, and how the first page came to understand the query."""

    cursor: Cursor | None
    breadth: Breadth = Breadth.SIMILAR
    any_word: bool = False


def find(
    engine: Engine,
    query: str,
    *,
    viewer: Viewer,
    limit: int = 20,
    after: str | None = None,
    sort: str = "score",
    breadth: Breadth = Breadth.SIMILAR,
    facets: bool = True,
) -> Results:
    """Search as this viewer. `after` is the `next` of the page before, for the same query and sort.

    Raises UsageError for an unknown sort, a limit out of range or a token of another query; never
    for the query itself.
    """
    order = _sort(sort)
    if not 1 <= limit <= MOST_HITS:
        raise UsageError(f"a page has 1 to {MOST_HITS} hits", advice="ask for fewer hits a page")
    page = _Page(None, breadth) if after is None else _read_token(after, query, order)
    parsed = asked.parse(query)
    notices = list(parsed.notices)
    request = _Asked(engine, viewer, order, limit, facets and after is None)
    planned, result, page = _search(request, parsed, page, notices)
    hits = tuple(_hit(each.document, each.score, planned.marks) for each in result.hits)
    following = None
    if result.next is not None:
        page = _Page(result.next, page.breadth, page.any_word)
        following = _token(page, query, order)
    return Results(result.total, hits, result.facets, " ".join(notices), following)


@dataclass(frozen=True, slots=True)
class _Asked:
    """All of a request but the query."""

    engine: Engine
    viewer: Viewer
    sort: Sort
    limit: int
    facets: bool

    def run(self, planned: Plan, cursor: Cursor | None) -> tree.EngineResult:
        return self.engine.search(
            Request(
                query=planned.query,
                filter=visible_to(self.viewer),
                sort=self.sort,
                limit=self.limit,
                after=cursor,
                facets=FACETS if self.facets else (),
            )
        )


def _search(
    request: _Asked, parsed: asked.Parsed, page: _Page, notices: list[str]
) -> tuple[Plan, tree.EngineResult, _Page]:
    """As asked; when that finds nothing, names that are likely slips, then any of plain words."""
    node = _any_of(parsed.node) if page.any_word else parsed.node
    planned = plan(node, request.engine, page.breadth)
    result = request.run(planned, page.cursor)
    if result.total or page.cursor is not None:
        return planned, result, page
    if planned.widens and page.breadth is Breadth.SIMILAR:
        wider = plan(node, request.engine, Breadth.BROAD)
        found = request.run(wider, None)
        if found.total:
            notices.append("Nothing under this spelling; these are likely slips of it.")
            return wider, found, _Page(None, Breadth.BROAD)
    if parsed.plain and isinstance(node, asked.And):
        either = plan(_any_of(node), request.engine, page.breadth)
        found = request.run(either, None)
        if found.total:
            notices.append("No text has all the words; these have some.")
            return either, found, _Page(None, page.breadth, True)
    return planned, result, page


def _any_of(node: asked.Node) -> asked.Node:
    return asked.Or(node.children) if isinstance(node, asked.And) else node


def visible_to(viewer: Viewer) -> tree.EngineQuery:
    """The filter that says in an engine what `Viewer.sees` says in Python."""
    ways: list[tree.EngineQuery] = []
    if viewer.cases is None:
        shown = (str(Restriction.OPEN), str(Restriction.RESTRICTED))
        ways.append(tree.OneOf("restriction", shown))
    else:
        ways.append(tree.OneOf("restriction", (str(Restriction.OPEN),)))
        if viewer.cases:
            restricted = tree.OneOf("restriction", (str(Restriction.RESTRICTED),))
            granted = tree.OneOf("granted", tuple(sorted(viewer.cases)))
            ways.append(tree.All((restricted, granted)))
    if viewer.sealed:
        unsealed = tuple(sorted(viewer.sealed))
        sealed = tree.OneOf("restriction", (str(Restriction.SEALED),))
        named = tree.Any((tree.OneOf("item", unsealed), tree.OneOf("granted", unsealed)))
        ways.append(tree.All((sealed, named)))
    return ways[0] if len(ways) == 1 else tree.Any(tuple(ways))


def _hit(document: SearchDocument, score: float, marks: Marks) -> Hit:
    found = highlight(document, marks)
    return Hit(
        item=document.item,
        cases=document.cases,
        file=document.file,
        kind=document.kind,
        page=document.page,
        turn=document.turn,
        speaker=document.speaker,
        speaker_role=document.speaker_role,
        start_seconds=document.start_seconds,
        passage=document.passage,
        start=document.start,
        language=document.language,
        date=document.date,
        text=document.text,
        highlights=tuple(found),
        why=reason(document, marks, found),
        score=round(score, 3),
    )


def _sort(written: str) -> Sort:
    try:
        return Sort(written)
    except ValueError as error:
        known = ", ".join(Sort)
        raise UsageError(
            f"hits cannot be sorted by {written!r}", advice=f"sort by one of: {known}"
        ) from error


# --- page tokens

_ADVICE = "start again without a page token"


def _fingerprint(query: str, sort: Sort) -> str:
    return hashlib.blake2s(f"{sort}\n{query}".encode("utf-8", "replace"), digest_size=6).hexdigest()


def _token(page: _Page, query: str, sort: Sort) -> str:
    cursor = page.cursor
    assert cursor is not None, "a token is made for a page that has a cursor"
    values = [
        _fingerprint(query, sort), cursor.value, cursor.place, cursor.given, page.breadth.value,
        page.any_word,
    ]  # fmt: skip
    written = json.dumps(values, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(written).decode().rstrip("=")


def _read_token(token: str, query: str, sort: Sort) -> _Page:
    try:
        padded = token + "=" * (-len(token) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        fingerprint, value, place, given, breadth, any_word = values
        cursor = Cursor(float(value), int(place), int(given))
        page = _Page(cursor, Breadth(breadth), bool(any_word))
    except (binascii.Error, UnicodeDecodeError, ValueError, TypeError) as error:
        raise UsageError("this is no page token of a search", advice=_ADVICE) from error
    if fingerprint != _fingerprint(query, sort):
        raise UsageError("this page token is of another search", advice=_ADVICE)
    return page
