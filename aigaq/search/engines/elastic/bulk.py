"""Writing many documents: bounded batches, one under way at a time, nothing silently lost.

Ids are the documents' own, so a batch that is sent twice (its answer was lost, say) does no harm.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from elasticsearch import ApiError, Elasticsearch

from aigaq.archive.errors import SearchError
from aigaq.search.engines.elastic.connection import blocked, read_only, reason, translated

MOST_BYTES = 4_000_000
MOST_DOCUMENTS = 1_000
_ATTEMPTS = 8
_FIRST_WAIT = 0.25
"""Seconds, doubled with each attempt: a busy server is given half a minute in all."""
_NAMED = 3
"""Documents named in an error; the rest is counted."""


@dataclass(frozen=True, slots=True)
class _Operation:
    """One document put in or taken out: its id and its lines in the body of the request."""

    id: str
    lines: tuple[bytes, ...]

    @property
    def size(self) -> int:
        return sum(map(len, self.lines))


@dataclass(frozen=True, slots=True)
class _Problem:
    """Why Elasticsearch would not do one operation."""

    operation: _Operation
    status: int
    kind: str
    words: str

    @property
    def passing(self) -> bool:
        """Whether it is worth trying again soon."""
        return self.status == 429 and not blocked(self.kind)


class Bulk:
    """Operations on one index, sent when they are enough. `guard` raises when it must stop.

    `alias` is an alias of the index's own: were the index deleted meanwhile, a request by the name
    of the index itself would make a new one, without our mapping.
    """

    def __init__(self, client: Elasticsearch, alias: str, guard: Callable[[], None]) -> None:
        self._client = client
        self._alias = alias
        self._guard = guard
        self._waiting: list[_Operation] = []
        self._bytes = 0

    def put(self, id_: str, document: bytes) -> None:
        """Put a document in, in place of one of the same id."""
        self._take(_Operation(id_, (_action("index", id_), document)))

    def delete(self, id_: str) -> None:
        """Take a document out; one that is not there is no error."""
        self._take(_Operation(id_, (_action("delete", id_),)))

    def _take(self, operation: _Operation) -> None:
        full = len(self._waiting) >= MOST_DOCUMENTS or self._bytes + operation.size > MOST_BYTES
        if self._waiting and full:
            self.flush()
        self._waiting.append(operation)
        self._bytes += operation.size

    def flush(self) -> None:
        """Send what waits and see to it that all of it was done. SearchError names what was not."""
        operations, self._waiting, self._bytes = self._waiting, [], 0
        wait = _FIRST_WAIT
        for _ in range(_ATTEMPTS):
            if not operations:
                return
            problems = self._send(operations)
            lasting = [each for each in problems if not each.passing]
            if lasting:
                raise _not_done(lasting)
            operations = [each.operation for each in problems]
            if operations:
                time.sleep(wait)
                wait *= 2
        if operations:
            raise _not_done(problems)

    def _send(self, operations: Sequence[_Operation]) -> list[_Problem]:
        self._guard()
        # The client takes lines that are JSON already; its types only know of objects.
        lines: list[Any] = [line for each in operations for line in each.lines]
        with translated(self._client):
            try:
                answer = self._client.bulk(
                    operations=lines,
                    index=self._alias,
                    require_alias=True,
                    filter_path="errors,items.*.status,items.*.error",
                )
            except ApiError as error:
                kind, words = reason(error.body)
                if error.status_code != 429 or blocked(kind):
                    raise
                return [_Problem(each, 429, kind, words) for each in operations]
        if not answer["errors"]:
            return []
        return [
            problem
            for operation, item in zip(operations, answer["items"], strict=True)
            if (problem := _problem(operation, item)) is not None
        ]


def _action(verb: str, id_: str) -> bytes:
    return json.dumps({verb: {"_id": id_}}).encode()


def _problem(operation: _Operation, item: dict[str, Any]) -> _Problem | None:
    (done,) = item.values()
    if "error" not in done:
        return None
    return _Problem(operation, int(done["status"]), *reason(done))


def _not_done(problems: Sequence[_Problem]) -> SearchError:
    first = problems[0]
    if blocked(first.kind):
        return read_only(first.words)
    if first.kind == "index_not_found_exception":
        return SearchError(f"the index is gone: {first.words}", advice="run: aigaq reindex")
    named = ", ".join(each.operation.id for each in problems[:_NAMED])
    more = f" and {len(problems) - _NAMED} more" if len(problems) > _NAMED else ""
    if first.passing:
        return SearchError(
            f"Elasticsearch stayed too busy to take {named}{more}: {first.words}",
            advice="give its nodes less to do or more memory, then run the command again",
        )
    return SearchError(f"Elasticsearch refused {named}{more}: {first.kind}: {first.words}")
