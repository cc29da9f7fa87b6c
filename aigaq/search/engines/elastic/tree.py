"""Our tree of a query as Elasticsearch's: pure functions from values to JSON.

What has a constant score here has the same one in the embedded engine, and words are scored by the
same BM25 (k1 1.2, b 0.75, lengths rounded alike), so both put hits into one order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any as Json

from aigaq.search.engine import (
    All,
    Any,
    Best,
    Between,
    EngineQuery,
    Everything,
    Near,
    Nothing,
    OneOf,
    Pattern,
    Sequenced,
    Similar,
    Term,
    Without,
)
from aigaq.search.engines.elastic.mapping import token

Clause = dict[str, Json]

_MOST_VALUES = 65_000
"""Elasticsearch takes at most 65,536 values in one `terms`."""
EVERYTHING: Clause = {"match_all": {}}
NOTHING: Clause = {"match_none": {}}


def query(node: EngineQuery) -> Clause:
    """The clause of a node and all below it. `Near` of a repeated word must be settled before."""
    match node:
        case Everything():
            return EVERYTHING
        case Nothing():
            return NOTHING
        case Best(clauses):
            return {"dis_max": {"queries": _queries(clauses)}} if clauses else NOTHING
        case Any(clauses):
            return _bool(should=_queries(clauses), least=1) if clauses else NOTHING
        case All(clauses):
            return _all(clauses)
        case Without():
            return _all((node,))
        case _:
            return _leaf(node)


def _queries(clauses: Sequence[EngineQuery]) -> list[Clause]:
    return [query(each) for each in clauses]


def _leaf(node: Term | OneOf | Sequenced | Near | Pattern | Similar | Between) -> Clause:
    match node:
        case Term(field, word, boost):
            return _term(field, word, boost)
        case OneOf(field, values, score):
            return constant(terms(field, values), score)
        case Sequenced(field, words):
            return _phrase(field, words, 0) if len(words) > 1 else _term(field, words[0])
        case Near(field, words, slop):
            if len(words) == 1:
                return _term(field, words[0])
            return constant(_phrase(field, words, slop), float(len(words)))
        case Pattern(field, pattern):
            written = pattern.replace("\\", "\\\\")
            return {"wildcard": {field: {"value": written, "rewrite": "constant_score"}}}
        case Similar(field, word, distance):
            near = {"value": token(word), "fuzziness": distance, "transpositions": True}
            return {"fuzzy": {field: {**near, "rewrite": "constant_score"}}}
        case Between(field, low, high):
            edges = {"gte": low, "lte": high}
            return constant({"range": {field: {k: v for k, v in edges.items() if v is not None}}})


def constant(clause: Clause, score: float = 1.0) -> Clause:
    """A clause whose hits all score alike."""
    return {"constant_score": {"filter": clause, "boost": score}}


def terms(field: str, values: Sequence[str]) -> Clause:
    """Any of these values, however many they are."""
    parts = [values[at : at + _MOST_VALUES] for at in range(0, len(values), _MOST_VALUES)]
    clauses: list[Clause] = [{"terms": {field: list(part)}} for part in parts]
    if not clauses:
        return NOTHING
    return clauses[0] if len(clauses) == 1 else _bool(should=clauses, least=1)


def _term(field: str, word: str, boost: float = 1.0) -> Clause:
    return {"term": {field: {"value": token(word), "boost": boost}}}


def _phrase(field: str, words: Sequence[str], slop: int) -> Clause:
    return {"match_phrase": {field: {"query": " ".join(map(token, words)), "slop": slop}}}


def _all(clauses: Sequence[EngineQuery]) -> Clause:
    """Exclusions alone are taken from everything."""
    wanted = [query(each) for each in clauses if not isinstance(each, Without)]
    unwanted = [query(each.clause) for each in clauses if isinstance(each, Without)]
    return _bool(must=wanted or [EVERYTHING], must_not=unwanted)


def _bool(*, least: int = 0, **parts: list[Clause]) -> Clause:
    filled: dict[str, Json] = {name: clauses for name, clauses in parts.items() if clauses}
    return {"bool": {**filled, "minimum_should_match": least} if least else filled}


def repeats(node: EngineQuery) -> bool:
    """Whether Lucene may overlook a match: it seeks a repeated word greedily."""
    return isinstance(node, Near) and len(set(node.tokens)) < len(node.tokens)
