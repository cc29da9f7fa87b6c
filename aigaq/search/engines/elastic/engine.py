"""One index of Elasticsearch as an engine. See `engine.Engine`.

Pages go on by `search_after` over the sort value and the unique place. A page token outlives the
process that gave it and may be used a day later; a point in time does neither. So pages are not of
one moment: what is put in or taken out between two pages shows in the later one, exactly as in the
embedded engine. Within one call, where the engine is asked several times (repeated words near each
other, documents to take out), a point in time holds the index still.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any as Json

from elasticsearch import Elasticsearch, NotFoundError

from aigaq.archive.errors import SearchError
from aigaq.search import analysis
from aigaq.search.document import SearchDocument
from aigaq.search.engine import (
    All,
    Any,
    Best,
    Cursor,
    EngineHit,
    EngineQuery,
    EngineResult,
    FacetCount,
    Near,
    OneOf,
    Request,
    Sort,
    Without,
    scores_alike,
)
from aigaq.search.engines.elastic import tree
from aigaq.search.engines.elastic.bulk import Bulk
from aigaq.search.engines.elastic.connection import translated
from aigaq.search.engines.elastic.mapping import (
    COMMITS,
    document_of,
    entry,
    facet_field,
    token,
)
from aigaq.search.proximity import near

_KEEP_ALIVE = "1m"
"""A point in time lives this long after each use."""
_READ_AT_ONCE = 1_000
_COUNTED = 5_000
"""Values of a facet that each shard counts; below that counts are exact."""
_MOST_NAMES = 60_000
"""Written names under the keys of one name; Elasticsearch lists at most 65,536."""
_REGEX_SPECIAL = re.compile(r'[.?+*|{}\[\]()"\\#@&<>~^$-]')


def writing_alias(name: str) -> str:
    """The alias by which documents go into an index (see `bulk.Bulk`)."""
    return f"{name}-in"


class ElasticEngine:
    """The index `name`. `guard` is asked before each write and raises when it must not be done.

    Changes are on the server's disk before `commit`, and unseen until then; those of a run that
    died come to light with the next commit. The record knows that their items still wait.
    """

    def __init__(
        self, client: Elasticsearch, name: str, guard: Callable[[], None] = lambda: None
    ) -> None:
        self._client = client
        self._name = name
        self._guard = guard
        self._bulk = Bulk(client, writing_alias(name), guard)
        self._changed = False

    # --- changes

    def add(self, documents: Iterable[SearchDocument]) -> int:
        """Put documents in; how many."""
        self._changed = True
        count = 0
        for document in documents:
            self._bulk.put(document.id, entry(document))
            count += 1
        return count

    def remove(self, items: Iterable[str]) -> None:
        """Take out every document of these accessions."""
        self._changed = True
        self._bulk.flush()
        # Also what a run that died put in and never committed.
        self._refresh()
        rest = iter(items)
        while part := list(islice(rest, _READ_AT_ONCE)):
            with self._snapshot() as moment:
                found = [str(hit["_id"]) for hit in self._walk(moment, tree.terms("item", part))]
            for each in found:
                self._bulk.delete(each)
        # All deletions before any addition: one that had to wait must not hit its successor.
        self._bulk.flush()

    def commit(self) -> None:
        """Make all changes visible."""
        self._bulk.flush()
        self._refresh()
        if self._changed:
            self._count_commit()
            self._changed = False

    def _count_commit(self) -> None:
        """After the refresh: a run that dies between leaves a number that is too small."""
        made = self._made()
        self._guard()
        with translated(self._client):
            self._client.indices.put_mapping(
                index=self._name, meta={**made, COMMITS: int(made.get(COMMITS, 0)) + 1}
            )

    def commits(self) -> int:
        """How many commits there were, as it stands in the `_meta` of the mapping."""
        return int(self._made().get(COMMITS, 0))

    def _made(self) -> Mapping[str, Json]:
        with translated(self._client):
            found = self._client.indices.get_mapping(index=self._name)
        meta: Mapping[str, Json] = found[self._name]["mappings"].get("_meta", {})
        return meta

    def _refresh(self) -> None:
        self._guard()
        with translated(self._client):
            self._client.indices.refresh(index=self._name)

    def close(self) -> None:
        """Let go of the connection; what was not sent yet is dropped."""
        self._client.close()

    def count(self) -> int:
        """How many documents are visible."""
        with translated(self._client):
            return int(self._client.count(index=self._name)["count"])

    def written_names(self, field: str, keys: Iterable[str]) -> Sequence[str]:
        """The keywords of written names under any of these keys."""
        wanted = sorted(keys)
        if not wanted:
            return []
        prefixes = [f"{key}|" for key in wanted]
        any_of = "|".join(_REGEX_SPECIAL.sub(r"\\\g<0>", each) for each in prefixes)
        listed = {"field": field, "size": _MOST_NAMES, "include": f"({any_of}).*"}
        with translated(self._client):
            answer = self._client.search(
                index=self._name,
                query=tree.constant({"bool": {"should": [_prefix(field, p) for p in prefixes]}}),
                size=0,
                track_total_hits=False,
                aggs={"names": {"terms": {**listed, "order": {"_key": "asc"}}}},
                allow_partial_search_results=False,
            )
        names = answer["aggregations"]["names"]
        if names["sum_other_doc_count"]:
            raise SearchError(
                f"more than {_MOST_NAMES:,} names are written like this one",
                advice="ask for a fuller name",
            )
        found = [str(bucket["key"]) for bucket in names["buckets"]]
        return [each for prefix in prefixes for each in found if each.startswith(prefix)]

    # --- searching

    def search(self, request: Request) -> EngineResult:
        """One page of hits with totals and facets."""
        if not _seeks_repeats(request.query):
            return self._page(request, request.query, None)
        with self._snapshot() as moment:
            settled = self._settled(request.query, tree.query(request.filter), moment)
            return self._page(request, settled, moment)

    def _page(self, request: Request, asked: EngineQuery, moment: str | None) -> EngineResult:
        order = _order(request)
        body: dict[str, Json] = {
            "query": _within(tree.query(asked), tree.query(request.filter)),
            "sort": [{field: direction} for field, direction in order],
            "size": request.limit + 1,
            "track_total_hits": True,
            "track_scores": False,
        }
        if request.facets:
            body["aggs"] = _aggregations(request)
        # The same copy of a shard for all pages of a query: copies may score a little differently.
        preference = hashlib.blake2s(json.dumps(body["query"]).encode(), digest_size=8).hexdigest()
        if request.after is not None:
            body["search_after"] = _search_after(request.after, order)
        answer = self._ask(body, moment, preference)
        hits = answer["hits"]["hits"]
        page = hits[: request.limit]
        given = (request.after.given if request.after else 0) + len(page)
        more = len(hits) > request.limit
        scored = order[0][0] == "_score"
        return EngineResult(
            total=int(answer["hits"]["total"]["value"]),
            hits=tuple(
                EngineHit(document_of(hit["_source"]), hit["sort"][0] if scored else 0.0)
                for hit in page
            ),
            facets={name: _most(answer["aggregations"][name]) for name in request.facets},
            next=_cursor(page[-1]["sort"], order, given) if more else None,
        )

    def _ask(self, body: Mapping[str, Json], moment: str | None, preference: str) -> Json:
        # Statistics of all shards, so that scores do not depend on where a document lies.
        asked: dict[str, Json] = {**body, "search_type": "dfs_query_then_fetch"}
        if moment:
            asked["pit"] = {"id": moment, "keep_alive": _KEEP_ALIVE}
        else:
            whole = {"allow_partial_search_results": False}
            asked |= {"index": self._name, "preference": preference, **whole}
        with translated(self._client):
            return self._client.search(**asked)

    @contextmanager
    def _snapshot(self) -> Iterator[str]:
        """The index as it is now, for several requests."""
        with translated(self._client):
            opened = self._client.open_point_in_time(
                index=self._name, keep_alive=_KEEP_ALIVE, allow_partial_search_results=False
            )
        moment = str(opened["id"])
        try:
            yield moment
        finally:
            with translated(self._client):
                self._close(moment)

    def _close(self, moment: str) -> None:
        try:
            self._client.close_point_in_time(id=moment)
        except NotFoundError:
            return  # it ended by itself, or with the index

    def _walk(
        self, moment: str, clause: tree.Clause, *, read: bool = False
    ) -> Iterator[Mapping[str, Json]]:
        """All hits of a clause in order of place; with their documents when they are to be read."""
        after: list[int] | None = None
        while True:
            body: dict[str, Json] = {
                "query": tree.constant(clause),
                "sort": [{"place": "asc"}],
                "size": _READ_AT_ONCE,
                "track_total_hits": False,
                "source": read,
            }
            if after is not None:
                body["search_after"] = after
            hits = self._ask(body, moment, "")["hits"]["hits"]
            yield from hits
            if len(hits) < _READ_AT_ONCE:
                return
            after = [hits[-1]["sort"][0]]

    # --- a repeated word near others: Python decides

    def _settled(self, node: EngineQuery, visible: tree.Clause, moment: str) -> EngineQuery:
        """The tree with each `Near` that Lucene would seek greedily replaced by its answer."""
        match node:
            case All(clauses):
                return All(tuple(self._settled(each, visible, moment) for each in clauses))
            case Any(clauses):
                return Any(tuple(self._settled(each, visible, moment) for each in clauses))
            case Best(clauses):
                return Best(tuple(self._settled(each, visible, moment) for each in clauses))
            case Without(clause):
                return Without(self._settled(clause, visible, moment))
            case Near() if tree.repeats(node):
                return self._verified(node, visible, moment)
        return node

    def _verified(self, node: Near, visible: tree.Clause, moment: str) -> EngineQuery:
        words = [{"term": {node.field: token(each)}} for each in dict.fromkeys(node.tokens)]
        found = []
        for hit in self._walk(moment, {"bool": {"filter": [*words, visible]}}, read=True):
            document = document_of(hit["_source"])
            streams = analysis.streams(document.text, document.language)
            if near(node.tokens, str(getattr(streams, node.field)).split(), node.slop):
                found.append(int(hit["sort"][0]))
        return OneOf("place", tuple(map(str, found)), float(len(node.tokens)))


def _seeks_repeats(node: EngineQuery) -> bool:
    match node:
        case All(clauses) | Any(clauses) | Best(clauses):
            return any(map(_seeks_repeats, clauses))
        case Without(clause):
            return _seeks_repeats(clause)
    return tree.repeats(node)


def _prefix(field: str, prefix: str) -> tree.Clause:
    return {"prefix": {field: {"value": prefix}}}


def _within(asked: tree.Clause, visible: tree.Clause) -> tree.Clause:
    """The viewer's filter counts for hits, totals and facets alike, and scores nothing."""
    return {"bool": {"must": [asked], "filter": [visible]}}


def _order(request: Request) -> list[tuple[str, str]]:
    by_place = ("place", "asc")
    if request.sort is Sort.ITEM:
        return [by_place]
    if request.sort is Sort.SCORE:
        return [by_place] if scores_alike(request.query) else [("_score", "desc"), by_place]
    return [("oldest" if request.sort is Sort.DATE else "newest", "asc"), by_place]


def _search_after(after: Cursor, order: list[tuple[str, str]]) -> list[float]:
    if len(order) == 1:
        return [after.place]
    value = after.value if order[0][0] == "_score" else int(after.value)
    return [value, after.place]


def _cursor(sort: Sequence[float], order: list[tuple[str, str]], given: int) -> Cursor:
    """In a point in time Elasticsearch puts a number of its own behind the values asked for."""
    *value, at = sort[: len(order)]
    return Cursor(float(value[0]) if value else 0.0, int(at), given)


def _aggregations(request: Request) -> dict[str, Json]:
    """By count, equal counts by value: that is also Elasticsearch's own order."""
    size = {"size": request.facet_size, "shard_size": max(_COUNTED, request.facet_size)}
    return {name: {"terms": {"field": facet_field(name), **size}} for name in request.facets}


def _most(counted: Mapping[str, Json]) -> tuple[FacetCount, ...]:
    return tuple(FacetCount(str(b["key"]), int(b["doc_count"])) for b in counted["buckets"])
