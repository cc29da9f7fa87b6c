"""What an index of ours looks like in Elasticsearch, and how a document is written into it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from aigaq.search.document import SearchDocument
from aigaq.search.indexer import fields
from aigaq.search.order import sort_values

SCHEMA_VERSION = "1"
"""Changes with the fields of the index."""

STREAMS = ("exact", "stem", "kk", "file_words")
KEYWORDS = (
    "names", "speakers", "role", "article", "case", "granted", "file", "item", "kind", "language",
    "document_type", "restriction",
)  # fmt: skip
FACET_FIELDS = ("kind", "case", "person", "article", "year", "language", "document_type")
NUMBERS = ("day", "month", "years")
SORTED = ("place", "oldest", "newest")

COMMITS = "commits"
"""How many commits an index has seen, in the `_meta` of its mapping."""

_LONGEST_KEYWORD = 8_191
"""Letters; Lucene refuses a whole document for one value of more than 32,766 bytes."""
_LONGEST_TOKEN = 120
"""Letters; Lucene's whitespace tokenizer cuts at 255 and would move all places behind."""
_KEPT = 100


def facet_field(name: str) -> str:
    """The field that a facet is counted in."""
    return f"{name}_facet"


def mapping(made_with: Mapping[str, str]) -> dict[str, Any]:
    """The strict mapping; `made_with` stands in its `_meta`.

    Streams come as tokens already, so `whitespace` by name is all the analysis there is. Of a
    document only `stored` is kept as it was: the record has everything, an index can be rebuilt.
    """
    keyword = {"type": "keyword", "ignore_above": _LONGEST_KEYWORD, "norms": False}
    uncounted = {**keyword, "doc_values": False}
    properties: dict[str, Any] = {
        name: {"type": "text", "analyzer": "whitespace", "index_options": "positions"}
        for name in STREAMS
    }
    properties |= dict.fromkeys(KEYWORDS, uncounted)
    # Written names are listed from the column, places of items are not.
    properties |= dict.fromkeys(("names", "speakers"), keyword)
    properties |= {facet_field(name): keyword for name in FACET_FIELDS}
    properties |= {name: {"type": "integer", "doc_values": False} for name in NUMBERS}
    properties |= {name: {"type": "long"} for name in SORTED}
    properties["stored"] = {"type": "object", "enabled": False}
    return {
        "dynamic": "strict",
        "_meta": {"made_with": dict(made_with)},
        "_source": {"includes": ["stored"]},
        "properties": properties,
    }


SETTINGS: Mapping[str, Any] = {"refresh_interval": "-1"}
"""Nothing is seen before `commit`. Shards and replicas are the operator's, by index template."""


def token(word: str) -> str:
    """A token as Lucene takes it in whole: what is longer ends in a hash of itself."""
    if len(word) <= _LONGEST_TOKEN:
        return word
    digest = hashlib.blake2s(word.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return word[:_KEPT] + digest


def entry(document: SearchDocument) -> bytes:
    """A document as one line of JSON."""
    content = fields(document)
    values: dict[str, Any] = {
        name: " ".join(map(token, stream.split(" "))) for name, stream in content.streams.items()
    }
    values |= content.keywords
    values |= {facet_field(name): each for name, each in content.facets.items()}
    values |= content.numbers
    values |= sort_values(document)
    stored = document.stored()
    try:
        return _line(values | {"stored": stored})
    except UnicodeEncodeError:  # half a surrogate pair in a text: no UTF-8 and no JSON for others
        return _line(values | {"stored": {"escaped": json.dumps(stored)}})


def _line(values: Mapping[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def document_of(source: Mapping[str, Any]) -> SearchDocument:
    """The document behind a hit's `_source`."""
    stored = source["stored"]
    return SearchDocument.from_stored(
        json.loads(stored["escaped"]) if "escaped" in stored else stored
    )
