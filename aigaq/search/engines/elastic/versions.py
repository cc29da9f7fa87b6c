"""The indexes of one archive on a cluster: versions side by side, one alias, one writer.

aigaq                               the alias that stands for the index in use
aigaq-20261122t180501-5ad1c0de      an index; the `_meta` of its mapping says by which code
aigaq-20261122t180501-5ad1c0de-in   an alias of that index alone, by which documents go in
aigaq-lock                          who writes (see `lock`)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from elasticsearch import NotFoundError

from aigaq.archive.errors import SearchError
from aigaq.search.engine import Engine
from aigaq.search.engines.elastic.connection import connected, translated
from aigaq.search.engines.elastic.engine import ElasticEngine, writing_alias
from aigaq.search.engines.elastic.lock import WriterLock
from aigaq.search.engines.elastic.mapping import SCHEMA_VERSION, SETTINGS, mapping
from aigaq.search.made import made_with, new_name, none_yet, stale, unfinished
from aigaq.search.place import IndexPlace

MADE_WITH = made_with(f"elasticsearch {SCHEMA_VERSION}")


class ClusterIndexes:
    """The indexes whose names begin with the place's prefix. See `indexes.Indexes`."""

    def __init__(self, place: IndexPlace) -> None:
        self._place = place
        self._prefix = place.prefix
        self._client = connected(place)
        self._lock: WriterLock | None = None

    def current_name(self) -> str | None:
        """The name of the index in use, None when there is none yet."""
        with translated(self._client):
            try:
                found = sorted(self._client.indices.get_alias(name=self._prefix))
            except NotFoundError:
                return None
        if len(found) > 1:
            raise SearchError(
                f"the alias {self._prefix} stands for several indexes: {', '.join(found)}",
                advice="run: aigaq reindex",
            )
        return str(found[0])

    def usable(self) -> bool:
        """Whether there is an index in use that this version of the code can answer from."""
        name = self.current_name()
        return name is not None and self._made_with(name) == MADE_WITH

    def open_current(self) -> Engine:
        """The index in use. SearchError when there is none or it is of another version."""
        name = self.current_name()
        if name is None:
            raise none_yet()
        if self._made_with(name) != MADE_WITH:
            raise stale(name)
        return self._engine(name)

    def _engine(self, name: str) -> ElasticEngine:
        return ElasticEngine(connected(self._place), name, self._guard)

    def _guard(self) -> None:
        if self._lock is not None:
            self._lock.check()

    def _made_with(self, name: str) -> object:
        with translated(self._client):
            try:
                found = self._client.indices.get_mapping(index=name)
            except NotFoundError:
                return None
        return found[name]["mappings"].get("_meta", {}).get("made_with")

    def build_new(self) -> tuple[str, Engine]:
        """A new empty index beside the one in use, and its name for `swap`."""
        name = f"{self._prefix}-{new_name()}"
        with translated(self._client):
            self._client.indices.create(
                index=name,
                mappings=mapping(MADE_WITH),
                settings=SETTINGS,
                aliases={writing_alias(name): {}},
            )
        return name, self._engine(name)

    def swap(self, name: str) -> None:
        """Put an index in use: the alias moves in one step that fails or is done as a whole."""
        if self._made_with(name) != MADE_WITH:
            raise unfinished(name)
        self._guard()
        mine = {"alias": self._prefix}
        before = {"remove": {**mine, "index": f"{self._prefix}-*", "must_exist": False}}
        after = {"add": {**mine, "index": name}}
        with translated(self._client):
            self._client.indices.update_aliases(actions=[before, after])

    def discard_others(self) -> list[str]:
        """Remove every index but the one in use; the names removed. Call while `writing`."""
        self._guard()
        kept = self.current_name()
        version = re.compile(rf"{re.escape(self._prefix)}-\d{{8}}t\d{{6}}-[0-9a-f]{{8}}")
        with translated(self._client):
            there = self._client.indices.get(index=f"{self._prefix}-*", features="aliases")
            others = [each for each in there if version.fullmatch(each) and each != kept]
            for each in others:
                self._client.indices.delete(index=each, ignore_unavailable=True)
        return sorted(others)

    @contextmanager
    def writing(self, *, wait: bool = True) -> Iterator[None]:
        """Hold the right to write to these indexes, among all machines of the archive."""
        with WriterLock(self._client, f"{self._prefix}-lock").held(wait=wait) as lock:
            self._lock = lock
            try:
                yield
            finally:
                self._lock = None
