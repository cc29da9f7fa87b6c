"""Versions of an index: the one in use, those of other code, and the one writer."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from aigaq.archive.errors import SearchError
from aigaq.search.engines.elastic.connection import connected
from aigaq.search.folders import MADE_WITH, FolderIndexes
from aigaq.search.indexes import Indexes, indexes_of, open_or_build
from aigaq.search.place import IndexPlace
from tests.columns import NewPlace
from tests.search.corpus import Written, units_of


@pytest.fixture
def indexes(place: IndexPlace) -> Indexes:
    return indexes_of(place)


def _filled(indexes: Indexes, count: int) -> str:
    name, engine = indexes.build_new()
    for number in range(1, count + 1):
        engine.add(units_of(Written("суд"), number))
    engine.commit()
    assert engine.count() == count
    engine.close()
    return name


def _count(indexes: Indexes) -> int:
    engine = indexes.open_current()
    try:
        return engine.count()
    finally:
        engine.close()


def test_without_an_index_it_says_what_to_do(indexes: Indexes) -> None:
    assert indexes.current_name() is None
    assert not indexes.usable()
    with pytest.raises(SearchError) as caught:
        indexes.open_current()
    assert "aigaq ingest" in caught.value.advice


def test_a_new_index_is_used_only_after_the_swap(indexes: Indexes) -> None:
    first = _filled(indexes, 1)
    indexes.swap(first)
    fresh = _filled(indexes, 3)
    old = indexes.open_current()
    assert old.count() == 1
    indexes.swap(fresh)
    assert _count(indexes) == 3
    assert old.count() == 1
    with indexes.writing():
        assert indexes.discard_others() == [first]
    assert indexes.current_name() == fresh
    assert indexes.usable()
    assert _count(indexes) == 3
    old.close()


def test_an_index_of_another_version_is_not_opened(indexes: Indexes, place: IndexPlace) -> None:
    name = _filled(indexes, 1)
    indexes.swap(name)
    if place.url:
        stale = {"made_with": {**MADE_WITH, "analysis": "0"}}
        with connected(place) as client:
            client.indices.put_mapping(index=name, meta=stale)
    else:
        record = place.home / "index" / name / "made-with.json"
        record.write_text(json.dumps(MADE_WITH | {"analysis": "0"}), encoding="utf-8")
    assert not indexes.usable()
    with pytest.raises(SearchError) as caught:
        indexes.open_current()
    assert caught.value.advice == "run: aigaq reindex"
    with pytest.raises(SearchError, match="no finished index"):
        indexes.swap(name)


def test_a_pointer_to_nothing_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "current").write_text("gone", encoding="utf-8")
    with pytest.raises(SearchError) as caught:
        FolderIndexes(tmp_path).open_current()
    assert "reindex" in caught.value.advice


def test_an_index_that_never_was_is_not_put_in_use(indexes: Indexes) -> None:
    with pytest.raises(SearchError, match="no finished index"):
        indexes.swap("aigaq-20260101t000000-1")
    assert indexes.current_name() is None


def test_open_or_build_starts_empty_once(indexes: Indexes) -> None:
    engine = open_or_build(indexes)
    engine.add(units_of(Written("суд"), 1))
    engine.commit()
    engine.close()
    again = open_or_build(indexes)
    assert again.count() == 1
    again.close()


def test_the_writer_is_alone_and_lets_go(place: IndexPlace) -> None:
    mine, yours = indexes_of(place), indexes_of(place)
    with (
        mine.writing(),
        pytest.raises(SearchError, match="is writing to the index"),
        yours.writing(wait=False),
    ):
        pass
    with yours.writing(wait=False):
        pass


_HOLDS = """
import sys, time
from pathlib import Path
from aigaq.search.indexes import indexes_of
from aigaq.search.place import IndexPlace
with indexes_of(IndexPlace(Path(sys.argv[1]))).writing():
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_killed_writer_leaves_no_lock_on_a_folder(new_folder_place: NewPlace) -> None:
    place = new_folder_place()
    child = subprocess.Popen(
        [sys.executable, "-c", _HOLDS, str(place.home)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    indexes = indexes_of(place)
    with pytest.raises(SearchError, match="another process"), indexes.writing(wait=False):
        pass
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    with indexes.writing(wait=False):
        pass
