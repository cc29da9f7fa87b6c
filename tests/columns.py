"""Both columns run the same tests: an index in a folder, and one on a real Elasticsearch."""

from __future__ import annotations

import itertools
import os
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from aigaq.search.engine import Engine
from aigaq.search.engines.elastic.connection import connected
from aigaq.search.indexes import indexes_of
from aigaq.search.place import IndexPlace
from tests.search.corpus import Written, fill
from tests.services import Running

COLUMNS = ("embedded", "elasticsearch")
NewPlace = Callable[[], IndexPlace]
"""Gives a place where nothing is yet, each time another."""
IndexWith = Callable[[Iterable[Written | str]], AbstractContextManager[Engine]]
"""Makes an index of one-page items, numbered from 1, for a `with` block."""


def served_place(running: Running, home: Path, prefix: str) -> IndexPlace:
    """A place on a running server, with its user where it asks for one."""
    details = running.details
    if not details.get("user"):
        return IndexPlace(home, running.address, prefix)
    password = home / "password"
    password.write_text(details["password"], encoding="utf-8")
    return IndexPlace(
        home, running.address, prefix, details["user"], str(password),
        ca_file=details.get("ca_file", ""),
    )  # fmt: skip


def clear(client: Elasticsearch, prefix: str) -> None:
    """Take every index away whose name begins with `prefix`."""
    for name in client.indices.get(index=f"{prefix}*", features="aliases"):
        client.indices.delete(index=name)


@pytest.fixture(scope="session")
def new_cluster_place(
    elasticsearch: Running, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NewPlace]:
    """Places on Elasticsearch; what was made there is taken away in the end."""
    home = tmp_path_factory.mktemp("cluster")
    root = f"aigaq-{os.getpid()}-{uuid.uuid4().hex[:6]}"
    numbers = itertools.count(1)
    yield lambda: served_place(elasticsearch, home, f"{root}-{next(numbers)}")
    with connected(served_place(elasticsearch, home, root)) as client:
        clear(client, root)


@pytest.fixture(scope="session")
def new_folder_place(tmp_path_factory: pytest.TempPathFactory) -> NewPlace:
    """Places in folders."""
    return lambda: IndexPlace(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session", params=COLUMNS)
def new_place(request: pytest.FixtureRequest) -> NewPlace:
    """Places of both kinds in turn."""
    kind = "folder" if request.param == "embedded" else "cluster"
    made: NewPlace = request.getfixturevalue(f"new_{kind}_place")
    return made


@pytest.fixture
def place(new_place: NewPlace) -> IndexPlace:
    """A place where nothing is yet."""
    return new_place()


@contextmanager
def index_at(place: IndexPlace, texts: Iterable[Written | str]) -> Iterator[Engine]:
    """An index at this place, gone after the block where a cluster has room for so many only."""
    _, engine = indexes_of(place).build_new()
    try:
        fill(engine, texts)
        yield engine
    finally:
        engine.close()
        if place.url:
            with connected(place) as client:
                clear(client, place.prefix)


@pytest.fixture(scope="session")
def index_with(new_place: NewPlace) -> IndexWith:
    """Indexes of both kinds in turn."""
    return lambda texts: index_at(new_place(), texts)
