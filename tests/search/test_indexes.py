"""Folders of indexes: the pointer, versions, and the one writer."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from aigaq.archive.errors import SearchError
from aigaq.search import indexes
from tests.search.corpus import Written, units_of


def _filled(home: Path, count: int) -> str:
    name, engine = indexes.build_new(home)
    for number in range(1, count + 1):
        engine.add(units_of(Written("суд"), number))
    engine.commit()
    engine.close()
    return name


def test_without_an_index_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SearchError) as caught:
        indexes.open_current(tmp_path)
    assert "aigaq ingest" in caught.value.advice


def test_a_new_index_is_used_only_after_the_swap(tmp_path: Path) -> None:
    indexes.swap(tmp_path, _filled(tmp_path, 1))
    fresh = _filled(tmp_path, 3)
    old = indexes.open_current(tmp_path)
    assert old.count() == 1
    indexes.swap(tmp_path, fresh)
    assert indexes.open_current(tmp_path).count() == 3
    assert old.count() == 1
    with indexes.writing(tmp_path):
        assert len(indexes.discard_others(tmp_path)) == 1
    assert indexes.current_name(tmp_path) == fresh
    assert indexes.open_current(tmp_path).count() == 3


def test_an_index_of_another_version_is_not_opened(tmp_path: Path) -> None:
    name = _filled(tmp_path, 1)
    indexes.swap(tmp_path, name)
    record = tmp_path / "index" / name / "made-with.json"
    record.write_text(json.dumps(indexes.MADE_WITH | {"analysis": "0"}), encoding="utf-8")
    with pytest.raises(SearchError) as caught:
        indexes.open_current(tmp_path)
    assert caught.value.advice == "run: aigaq reindex"
    with pytest.raises(SearchError):
        indexes.swap(tmp_path, name)


def test_a_pointer_to_nothing_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "current").write_text("gone", encoding="utf-8")
    with pytest.raises(SearchError) as caught:
        indexes.open_current(tmp_path)
    assert "reindex" in caught.value.advice


def test_open_or_build_starts_empty_once(tmp_path: Path) -> None:
    engine = indexes.open_or_build(tmp_path)
    engine.add(units_of(Written("суд"), 1))
    engine.commit()
    engine.close()
    assert indexes.open_or_build(tmp_path).count() == 1


_HOLDS = """
import sys, time
from pathlib import Path
from aigaq.search.indexes import writing
with writing(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_killed_writer_leaves_no_lock(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", _HOLDS, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    with pytest.raises(SearchError, match="another process"), indexes.writing(tmp_path, wait=False):
        pass
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    with indexes.writing(tmp_path, wait=False):
        pass
