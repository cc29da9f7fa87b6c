"""The embedded engine: a tantivy index in a folder. The only importer of tantivy.

One writer at a time (tantivy holds a lock that dies with its process), any number of readers. A
commit is durable; a process killed at any moment leaves the index at its last commit.

Where tantivy and Lucene differ, Python decides and the engine is asked again with the answer, so
that totals, facets and pages agree: `Near` is narrowed by pairs of words in tantivy and verified by
`proximity.near`.
"""

from __future__ import annotations

import hashlib
import json
import re
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import tantivy
from tantivy import FieldType, Occur, Order, Query

from aigaq.archive.errors import SearchError
from aigaq.search import analysis
from aigaq.search.document import SearchDocument
from aigaq.search.engine import (
    All,
    Any,
    Best,
    Between,
    Cursor,
    EngineHit,
    EngineQuery,
    EngineResult,
    Everything,
    FacetCount,
    Near,
    Nothing,
    OneOf,
    Pattern,
    Request,
    Sequenced,
    Similar,
    Sort,
    Term,
    Without,
    scores_alike,
)
from aigaq.search.indexer import fields
from aigaq.search.order import sort_values
from aigaq.search.proximity import near

STREAMS = ("exact", "stem", "kk", "file_words")
KEYWORDS = (
    "names", "speakers", "role", "article", "case", "granted", "file", "item", "kind", "language",
    "document_type", "restriction",
)  # fmt: skip
FACET_FIELDS = ("kind", "case", "person", "article", "year", "language", "document_type")
NUMBERS = ("day", "month", "years")

SCHEMA_VERSION = "2"
"""Changes with the fields of the index."""

_COMMITS = "commits"
"""The file that counts them."""
_HEAP = 60_000_000
"""Bytes of the writer's buffer; tantivy wants at least 15 MB a thread."""
_FEW = 8
"""Values that are asked for in turn rather than as a set."""
_COUNTED = 5_000
"""Values of a facet counted in each segment of the index; below that counts are exact."""
_FIRST_DAY = 0
_REGEX_SPECIAL = re.compile(r"[\\.^$|()\[\]{}*+?]")


def _person_code(name: str) -> int:
    """48 bits: exact in the floats that tantivy counts in, and no two names of an archive meet."""
    written = name.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2s(written, digest_size=6).digest(), "big")


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in STREAMS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in KEYWORDS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in FACET_FIELDS:
        if name != "person":
            builder.add_text_field(
                _facet(name), tokenizer_name="raw", index_option="basic", fast=True
            )
    # Persons are many: counting them as numbers and naming only the most is thirty times faster.
    builder.add_unsigned_field(_facet("person"), fast=True)
    builder.add_text_field("person_codes", tokenizer_name="raw", index_option="basic")
    for name in NUMBERS:
        builder.add_integer_field(name, indexed=True)
    for name in ("place", "oldest", "newest"):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    builder.add_bytes_field("stored", stored=True)
    return builder.build()


def _facet(name: str) -> str:
    return f"{name}_facet"


@dataclass(frozen=True, slots=True)
class _Found:
    """One hit before its document is read."""

    value: float
    place: int
    address: tantivy.DocAddress


class _Bucket(typing.NamedTuple):
    """A value of a facet as tantivy counts it, and how many hits have it."""

    key: typing.Any
    hits: int


class EmbeddedEngine:
    """A tantivy index in `folder`, made when it is not there. See `engine.Engine`."""

    def __init__(self, folder: Path) -> None:
        self._schema = _schema()
        self._commits = folder / _COMMITS
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._index = tantivy.Index(self._schema, path=str(folder))
        except ValueError as error:
            raise SearchError(
                f"the index in {folder} cannot be opened: {error}", advice="run: aigaq reindex"
            ) from error
        self._writer: tantivy.IndexWriter | None = None
        self._searcher = self._index.searcher()

    # --- changes

    def _writing(self) -> tantivy.IndexWriter:
        if self._writer is None:
            try:
                self._writer = self._index.writer(_HEAP, 1)
            except ValueError as error:
                raise SearchError(
                    "another process is writing to the index",
                    advice="wait until it is done, then run the command again",
                ) from error
        return self._writer

    def add(self, documents: Iterable[SearchDocument]) -> int:
        """Put documents in; how many."""
        writer = self._writing()
        count = 0
        for document in documents:
            writer.add_document(self._document(document))
            count += 1
        return count

    def _document(self, document: SearchDocument) -> tantivy.Document:
        content = fields(document)
        entry = tantivy.Document()
        for name, stream in content.streams.items():
            if stream:
                entry.add_text(name, stream)
        for name, values in content.keywords.items():
            for value in values:
                entry.add_text(name, value)
        for name, values in content.facets.items():
            for value in values:
                if name == "person":
                    code = _person_code(value)
                    entry.add_unsigned(_facet(name), code)
                    entry.add_text("person_codes", f"{code}|{value}")
                else:
                    entry.add_text(_facet(name), value)
        for name, numbers in content.numbers.items():
            for number in numbers:
                entry.add_integer(name, number)
        for name, at in sort_values(document).items():
            entry.add_unsigned(name, at)
        stored = json.dumps(document.stored(), ensure_ascii=False, separators=(",", ":"))
        entry.add_bytes("stored", stored.encode("utf-8", "surrogatepass"))
        return entry

    def remove(self, items: Iterable[str]) -> None:
        """Take out every document of these accessions."""
        for item in items:
            self._writing().delete_documents_by_term("item", item)

    def commit(self) -> None:
        """Make all changes durable and visible."""
        if self._writer is not None:
            try:
                self._writer.commit()
                self._count_commit()
            except (ValueError, OSError) as error:
                raise SearchError(
                    f"the index could not be written: {error}",
                    advice="free disk space, then run: aigaq retry",
                ) from error
        self.refresh()

    def _count_commit(self) -> None:
        """After the commit: a machine that dies between leaves a number that is too small."""
        fresh = self._commits.with_suffix(".new")
        fresh.write_text(str(self.commits() + 1), encoding="utf-8")
        fresh.replace(self._commits)

    def commits(self) -> int:
        """How many commits there were, as it stands beside the index."""
        try:
            return int(self._commits.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return 0  # none yet, or its number was lost with the machine: all is put in again

    def refresh(self) -> None:
        """See what other processes have committed."""
        self._index.reload()
        self._searcher = self._index.searcher()

    def close(self) -> None:
        """Let go of the writer's lock; uncommitted changes are dropped."""
        if self._writer is not None:
            self._writer.rollback()
            self._writer.wait_merging_threads()
            self._writer = None

    def count(self) -> int:
        """How many documents are visible."""
        return int(self._searcher.num_docs)

    def written_names(self, field: str, keys: Iterable[str]) -> Sequence[str]:
        """The keywords of written names under any of these keys."""
        lookup = self._searcher.terms_with_prefix
        return [term for key in sorted(keys) for term, _ in lookup(field, f"{key}|")]

    # --- searching

    def search(self, request: Request) -> EngineResult:
        """One page of hits with totals and facets."""
        searcher = self._searcher
        try:
            return _Search(searcher, self._schema, request).result()
        except ValueError as error:
            raise SearchError(f"the search engine failed: {error}") from error


class _Search:
    """One request against one snapshot of the index."""

    def __init__(
        self, searcher: tantivy.Searcher, schema: tantivy.Schema, request: Request
    ) -> None:
        self._searcher = searcher
        self._schema = schema
        self._request = request
        self._filter = Query.const_score_query(self._query(request.filter), 0.0)
        asked = self._query(request.query)
        self._asked = Query.boolean_query([(Occur.Must, asked), (Occur.Must, self._filter)])

    def result(self) -> EngineResult:
        request = self._request
        total, found = self._page()
        page = found[: request.limit]
        given = (request.after.given if request.after else 0) + len(page)
        more = len(found) > request.limit
        scored = request.sort is Sort.SCORE
        hits = tuple(
            EngineHit(self._read(each.address), each.value if scored else 0.0) for each in page
        )
        return EngineResult(
            total=total,
            hits=hits,
            facets=self._facets() if request.facets else {},
            next=Cursor(page[-1].value, page[-1].place, given) if more else None,
        )

    def _read(self, address: tantivy.DocAddress) -> SearchDocument:
        stored = self._searcher.doc(address)["stored"][0]
        return SearchDocument.from_stored(
            json.loads(bytes(stored).decode("utf-8", "surrogatepass"))
        )

    def _facets(self) -> Mapping[str, tuple[FacetCount, ...]]:
        """By count, equal counts by value."""
        size = self._request.facet_size
        counted = self._counted(self._request.facets, size + 1)
        # Equal counts come in tantivy's own order: where the cut parts some, all are asked for.
        parted = [
            name
            for name, buckets in counted.items()
            if len(buckets) > size and buckets[size - 1].hits == buckets[size].hits
        ]
        if parted:
            counted |= self._counted(parted, _COUNTED)
        return {name: self._most(name, buckets) for name, buckets in counted.items()}

    def _counted(self, names: Sequence[str], size: int) -> dict[str, list[_Bucket]]:
        wanted = {
            name: {"terms": {"field": _facet(name), "size": size, "segment_size": _COUNTED}}
            for name in names
        }
        found = self._searcher.aggregate(self._asked, wanted)
        return {
            name: [_Bucket(b["key"], int(b["doc_count"])) for b in found[name]["buckets"]]
            for name in names
        }

    def _most(self, name: str, buckets: list[_Bucket]) -> tuple[FacetCount, ...]:
        size = self._request.facet_size
        least = buckets[size - 1].hits if len(buckets) > size else 0
        counts = [
            FacetCount(self._person(key) if name == "person" else str(key), hits)
            for key, hits in buckets
            if hits >= least
        ]
        return tuple(sorted(counts, key=lambda each: (-each.count, each.value))[:size])

    def _person(self, code: float) -> str:
        """The name behind the code that was counted in its place."""
        prefix = f"{int(code)}|"
        term, _ = self._searcher.terms_with_prefix("person_codes", prefix, limit=1)[0]
        return term.removeprefix(prefix)

    # --- one page, in each order

    def _page(self) -> tuple[int, list[_Found]]:
        """The total, and one hit more than the page when there is one."""
        sort = self._request.sort
        if sort is Sort.ITEM or (sort is Sort.SCORE and scores_alike(self._request.query)):
            return self._by_place()
        if sort is Sort.SCORE:
            return self._by_score()
        return self._total(), self._by_date("oldest" if sort is Sort.DATE else "newest")

    def _total(self) -> int:
        return _count(self._searcher.search(self._asked, 1, count=True))

    def _by_place(self) -> tuple[int, list[_Found]]:
        after = self._request.after
        query = self._beyond("place", after.place) if after else self._asked
        result = self._searcher.search(
            query, self._request.limit + 1, count=True, order_by_field="place", order=Order.Asc
        )
        found = [_Found(0.0, int(at), address) for at, address in result.hits]
        return self._total() if after else _count(result), found

    def _beyond(self, field: str, value: int, *, equal: bool = False) -> Query:
        """What was asked, with `field` beyond (or equal to) a value."""
        edge = Query.range_query(
            self._schema, field, FieldType.Unsigned, value, value if equal else None, equal
        )
        return Query.boolean_query([(Occur.Must, self._asked), (Occur.Must, edge)])

    def _ordered(self, query: Query, field: str, limit: int) -> list[_Found]:
        hits = self._searcher.search(
            query, limit, count=False, order_by_field=field, order=Order.Asc
        ).hits
        places = self._places([address for _, address in hits])
        return [
            _Found(float(value), at, address)
            for (value, address), at in zip(hits, places, strict=True)
        ]

    def _places(self, addresses: list[tantivy.DocAddress]) -> list[int]:
        return [int(each or 0) for each in self._searcher.fast_field_values("place", addresses)]

    def _by_date(self, field: str) -> list[_Found]:
        """Rest of the cursor's day, then the days after it; only the last day may be cut short."""
        wanted = self._request.limit + 1
        after = self._request.after
        found: list[_Found] = []
        query = self._asked
        if after is not None:
            day = int(after.value)
            found = self._of_day(field, day, after.place, wanted)
            query = self._beyond(field, day)
        missing = wanted - len(found)
        if missing <= 0:
            return found
        later = self._ordered(query, field, missing)
        if len(later) < missing:
            return found + sorted(later, key=_value_and_place)
        last = later[-1].value
        whole = sorted((each for each in later if each.value != last), key=_value_and_place)
        return found + whole + self._of_day(field, int(last), None, missing - len(whole))

    def _of_day(self, field: str, day: int, after: int | None, limit: int) -> list[_Found]:
        query = self._beyond(field, day, equal=True)
        if after is not None:
            beyond = Query.range_query(
                self._schema, "place", FieldType.Unsigned, after, None, False
            )
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, beyond)])
        return [
            _Found(float(day), each.place, each.address)
            for each in self._ordered(query, "place", limit)
        ]

    def _by_score(self) -> tuple[int, list[_Found]]:
        """tantivy breaks ties by its own segments: read on until the page's last tie is whole."""
        after = self._request.after
        wanted = self._request.limit + 1
        fetch = (after.given if after else 0) + wanted + 1
        while True:
            result = self._searcher.search(self._asked, fetch, count=True)
            hits = result.hits
            found = self._rest(hits, after)
            exhausted = len(hits) < fetch
            if exhausted or (len(found) >= wanted and found[wanted - 1].value > hits[-1][0]):
                return _count(result), found[:wanted]
            fetch *= 4

    def _rest(
        self, hits: list[tuple[float, tantivy.DocAddress]], after: Cursor | None
    ) -> list[_Found]:
        """The hits behind the cursor in order of score, then place."""
        if after is not None:
            hits = [hit for hit in hits if hit[0] <= after.value]
        places = self._places([address for _, address in hits])
        found = (
            _Found(score, at, address) for (score, address), at in zip(hits, places, strict=True)
        )
        ordered = sorted(found, key=lambda each: (-each.value, each.place))
        if after is None:
            return ordered
        behind = (-after.value, after.place)
        return [each for each in ordered if (-each.value, each.place) > behind]

    # --- our tree to tantivy's

    def _query(self, node: EngineQuery) -> Query:
        match node:
            case Everything():
                return Query.all_query()
            case Nothing():
                return Query.empty_query()
            case Best(clauses):
                return Query.disjunction_max_query([self._query(each) for each in clauses])
            case Any(clauses):
                return Query.boolean_query([(Occur.Should, self._query(c)) for c in clauses])
            case All(clauses):
                return self._all(clauses)
            case Without():
                return self._all((node,))
            case _:
                return self._leaf(node)

    def _leaf(self, node: Term | OneOf | Sequenced | Near | Pattern | Similar | Between) -> Query:
        schema = self._schema
        match node:
            case Term(field, token, boost):
                return _boosted(Query.term_query(schema, field, token, "freq"), boost)
            case OneOf(field, values, score):
                return Query.const_score_query(self._one_of(field, values), score)
            case Sequenced(field, words):
                return self._sequenced(field, words)
            case Near():
                return self._near(node)
            case Pattern(field, pattern):
                return Query.regex_query(schema, field, _regex(pattern))
            case Similar(field, token, distance):
                return Query.fuzzy_term_query(schema, field, token, distance, True)
            case Between(field, low, high):
                lowest = _FIRST_DAY if low is None else low
                between = Query.range_query(schema, field, FieldType.Integer, lowest, high)
                return Query.const_score_query(between, 1.0)

    def _one_of(self, field: str, values: tuple[str, ...]) -> Query:
        """A set of terms reads all their documents first; for a few, asking in turn is faster."""
        if len(values) > _FEW:
            return Query.term_set_query(self._schema, field, list(values))
        terms = [Query.term_query(self._schema, field, value, "basic") for value in values]
        return Query.boolean_query([(Occur.Should, term) for term in terms])

    def _sequenced(self, field: str, words: tuple[str, ...]) -> Query:
        if len(words) == 1:
            return Query.term_query(self._schema, field, words[0], "freq")
        return Query.phrase_query(self._schema, field, list(words))

    def _all(self, clauses: Sequence[EngineQuery]) -> Query:
        """tantivy finds nothing for exclusions alone: they are taken from everything."""
        wanted = [
            (Occur.MustNot, self._query(each.clause))
            if isinstance(each, Without)
            else (Occur.Must, self._query(each))
            for each in clauses
        ]
        if all(occur == Occur.MustNot for occur, _ in wanted):
            wanted.append((Occur.Must, Query.all_query()))
        return Query.boolean_query(wanted)

    def _near(self, node: Near) -> Query:
        words = node.tokens
        if len(words) == 1:
            return Query.term_query(self._schema, node.field, words[0], "freq")
        if len(words) == 2 and words[0] != words[1]:
            pair = Query.phrase_query(self._schema, node.field, list(words), node.slop)
            return Query.const_score_query(pair, float(len(words)))
        verified = [
            int(at)
            for at, document in self._candidates(node)
            if near(words, _stream(document, node.field), node.slop)
        ]
        if not verified:
            return Query.empty_query()
        return Query.const_score_query(
            Query.term_set_query(self._schema, "place", verified), float(len(words))
        )

    def _candidates(self, node: Near) -> Iterator[tuple[int, SearchDocument]]:
        """Visible documents in which each two of the words are near enough."""
        pairs = [
            Query.phrase_query(
                self._schema, node.field, [(0, one[1]), (other[0] - one[0], other[1])], node.slop
            )
            for one, other in combinations(enumerate(node.tokens), 2)
            if one[1] != other[1]
        ] or [Query.term_query(self._schema, node.field, node.tokens[0], "freq")]
        query = Query.boolean_query(
            [(Occur.Must, each) for each in pairs] + [(Occur.Must, self._filter)]
        )
        count = _count(self._searcher.search(query, 1, count=True))
        if count:
            hits = self._searcher.search(query, count, count=False).hits
            addresses = [address for _, address in hits]
            for at, address in zip(self._places(addresses), addresses, strict=True):
                yield at, self._read(address)


def _count(result: tantivy.SearchResult) -> int:
    """How many documents matched; the type stubs of tantivy 0.27 forget the attribute."""
    return int(getattr(result, "count"))  # noqa: B009


def _value_and_place(found: _Found) -> tuple[float, int]:
    return found.value, found.place


def _boosted(query: Query, boost: float) -> Query:
    return query if boost == 1.0 else Query.boost_query(query, boost)


def _stream(document: SearchDocument, field: str) -> list[str]:
    streams = analysis.streams(document.text, document.language)
    return str(getattr(streams, field)).split()


def _regex(pattern: str) -> str:
    """Our wildcards as a regular expression over a whole token."""
    wild = {"*": ".*", "?": "."}
    return _REGEX_SPECIAL.sub(lambda found: wild.get(found[0], f"\\{found[0]}"), pattern)
