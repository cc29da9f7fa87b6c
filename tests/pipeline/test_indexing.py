"""What the record calls indexed is in the index in use, whatever was done to either of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from aigaq.archive.access import Viewer
from aigaq.archive.custody import Archive
from aigaq.archive.indexed import IndexVersion
from aigaq.archive.model import (
    Accession,
    Agent,
    Description,
    Method,
    Passage,
    PassageKind,
    Restriction,
    Stage,
    Tool,
)
from aigaq.archive.places import Places
from aigaq.pipeline import runner
from aigaq.pipeline.steps import Conditions, Done
from aigaq.search.engines.elastic.connection import connected
from aigaq.search.finder import find
from aigaq.search.indexes import indexes_of
from aigaq.search.place import IndexPlace
from tests.columns import NewPlace

AGENT = Agent("archivist", "aigaq", "test")
CONDITIONS = Conditions(AGENT)


class Watching:
    """A watcher that calls back once the first item of an index run is in."""

    def __init__(self, then: object = None) -> None:
        self.indexed: list[str] = []
        self._then = then

    def begin(self, stage: Stage, files: int) -> None: ...

    def done(self, done: Done) -> None:
        self.indexed.append(done.path)
        if callable(self._then) and len(self.indexed) == 1:
            self._then()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(Places(tmp_path / "archive")) as made:
        yield made


def _take(archive: Archive, path: str, text: str, said: Description | None = None) -> Accession:
    """An item that was read and waits for the index."""
    batch = archive.open_batch("/deliveries/one", agent=AGENT).id
    file = archive.home / "incoming"
    file.write_text(text, encoding="utf-8")
    item = archive.receive(
        file,
        batch=batch,
        path=path,
        kind="text",
        cases=(),
        description=said or Description(),
        agent=AGENT,
    ).item
    if item.duplicate_of is None:
        archive.record_reading(
            item.accession,
            kind="text",
            passages=[Passage(0, PassageKind.TEXT, text, Method.PARSED)],
            derivatives=[],
            facts={},
            tool=Tool("tests", "1"),
            problems=[],
            agent=AGENT,
        )
        archive.record_mentions(item.accession, {}, tool="tests 1", agent=AGENT)
    return item.accession


def _found(place: IndexPlace, query: str = "*") -> list[str]:
    engine = indexes_of(place).open_current()
    try:
        return [hit.file for hit in find(engine, query, viewer=Viewer.owner()).hits]
    finally:
        engine.close()


def _index(archive: Archive, place: IndexPlace) -> list[str]:
    watching = Watching()
    runner.index_waiting(archive, watching, place)
    return watching.indexed


def test_a_second_run_has_nothing_to_do(archive: Archive, place: IndexPlace) -> None:
    _take(archive, "one", "суд первый")
    assert _index(archive, place) == ["one"]
    assert _index(archive, place) == []
    assert runner.retry(archive, None, CONDITIONS, workers=1, watcher=Watching(), index=place) == 0
    assert _found(place, "суд") == ["one"]


def test_another_place_is_given_all_and_the_first_what_it_missed(
    archive: Archive, place: IndexPlace, new_folder_place: NewPlace
) -> None:
    elsewhere = new_folder_place()
    _take(archive, "one", "суд первый")
    assert _index(archive, place) == ["one"]
    _take(archive, "two", "суд второй")
    assert _index(archive, elsewhere) == ["one", "two"]
    assert _found(place) == ["one"]
    assert _index(archive, place) == ["one", "two"]
    assert _found(place) == ["one", "two"]


def test_a_changed_place_is_noticed_also_when_nothing_waits(
    archive: Archive, place: IndexPlace, new_folder_place: NewPlace
) -> None:
    _take(archive, "one", "суд первый")
    _index(archive, new_folder_place())
    assert _index(archive, place) == ["one"]
    assert _found(place) == ["one"]


def test_a_lost_index_is_built_again_by_retry(archive: Archive, place: IndexPlace) -> None:
    _take(archive, "one", "суд первый")
    _index(archive, place)
    if place.url:
        with connected(place) as client:
            client.indices.delete(index=str(indexes_of(place).current_name()))
    else:
        shutil.rmtree(place.home / "index")
    runner.retry(archive, None, CONDITIONS, workers=1, watcher=Watching(), index=place)
    assert _found(place) == ["one"]


def test_a_restored_folder_is_given_what_came_after_its_copy(
    archive: Archive, new_folder_place: NewPlace, tmp_path: Path
) -> None:
    place = new_folder_place()
    _take(archive, "one", "суд первый")
    _index(archive, place)
    shutil.copytree(place.home / "index", tmp_path / "copy")
    _take(archive, "two", "суд второй")
    _take(archive, "three", "суд третий")
    _index(archive, place)
    shutil.rmtree(place.home / "index")
    shutil.copytree(tmp_path / "copy", place.home / "index")
    assert _found(place) == ["one"]
    assert _index(archive, place) == ["two", "three"]
    assert _found(place) == ["one", "two", "three"]


def test_a_restored_snapshot_is_given_what_came_after_it(
    archive: Archive, new_cluster_place: NewPlace
) -> None:
    """The procedure of docs/elasticsearch.md, step by step."""
    place = new_cluster_place()
    _take(archive, "one", "суд первый")
    _index(archive, place)
    with connected(place) as client:
        snapshot = _Snapshot(client, place.prefix)
        snapshot.take()
        _take(archive, "two", "суд второй")
        _index(archive, place)
        assert _found(place) == ["one", "two"]
        snapshot.restore()
    assert _found(place) == ["one"]
    assert _index(archive, place) == ["two"]
    assert _found(place) == ["one", "two"]


class _Snapshot:
    """The indexes of one archive in a repository of the file system."""

    def __init__(self, client: Elasticsearch, prefix: str) -> None:
        self._client, self._prefix = client, prefix
        self._name = {"repository": prefix, "snapshot": "first"}

    def take(self) -> None:
        where = {"type": "fs", "settings": {"location": self._prefix}}
        self._client.snapshot.create_repository(name=self._prefix, repository=where)
        self._client.snapshot.create(
            **self._name, indices=f"{self._prefix}-*", wait_for_completion=True
        )

    def restore(self) -> None:
        for name in self._client.indices.get(index=f"{self._prefix}-*", features="aliases"):
            self._client.indices.delete(index=name)
        self._client.snapshot.restore(**self._name, wait_for_completion=True)
        self._client.snapshot.delete(**self._name)
        self._client.snapshot.delete_repository(name=self._prefix)


def test_cut_off_after_a_restore_it_still_knows_what_is_missing(
    archive: Archive,
    new_folder_place: NewPlace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The commits after a restore get numbers that the record has seen before."""
    place = new_folder_place()
    monkeypatch.setattr(runner, "INDEXED_AT_ONCE", 1)
    _take(archive, "one", "суд первый")
    _index(archive, place)
    shutil.copytree(place.home / "index", tmp_path / "copy")
    for name in ("two", "three", "four"):
        _take(archive, name, f"суд {name}")
    _index(archive, place)
    shutil.rmtree(place.home / "index")
    shutil.copytree(tmp_path / "copy", place.home / "index")

    def cut() -> None:
        raise KeyboardInterrupt

    class CutAtTheSecond(Watching):
        def done(self, done: Done) -> None:
            super().done(done)
            if len(self.indexed) == 2:
                cut()

    with pytest.raises(KeyboardInterrupt):
        runner.index_waiting(archive, CutAtTheSecond(), place)
    assert "four" not in _found(place)
    _index(archive, place)
    assert _found(place) == ["one", "two", "three", "four"]


def test_an_item_that_is_sealed_while_it_is_indexed_waits_again(
    archive: Archive, place: IndexPlace
) -> None:
    item = _take(archive, "one", "суд и тайна")

    def seal() -> None:
        _take(archive, "copy", "суд и тайна", Description(restriction=Restriction.SEALED))

    runner.index_waiting(archive, Watching(then=seal), place)
    assert archive.catalog.waiting(Stage.INDEX) == [item]
    _index(archive, place)
    assert _found(place) == []
    assert archive.catalog.waiting(Stage.INDEX) == []


def test_an_item_that_is_sealed_while_all_is_built_anew_waits_again(
    archive: Archive, place: IndexPlace
) -> None:
    item = _take(archive, "one", "суд и тайна")
    _index(archive, place)

    def seal() -> None:
        _take(archive, "copy", "суд и тайна", Description(restriction=Restriction.SEALED))

    runner.reindex(archive, Watching(then=seal), place)
    assert archive.catalog.waiting(Stage.INDEX) == [item]
    _index(archive, place)
    assert _found(place) == []


@pytest.mark.parametrize(
    ("index", "earlier", "held"),
    [
        (IndexVersion("a", 3), "a 3", True),
        (IndexVersion("a", 3), "a 1", True),
        (IndexVersion("a", 3), "a 4", False),
        (IndexVersion("a", 3), "b 1", False),
        (IndexVersion("a", 3), "a", False),
        (IndexVersion("a", 3), "", False),
    ],
)
def test_an_index_holds_its_own_commits(index: IndexVersion, earlier: str, held: bool) -> None:
    assert index.holds(IndexVersion.read(earlier)) is held
    assert IndexVersion.read(str(index)) == index
