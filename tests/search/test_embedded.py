"""The embedded engine alone: pages in one order, locks, and a kill at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigaq.archive.errors import SearchError
from aigaq.search.engines.embedded import EmbeddedEngine
from tests.search.corpus import Written, index_of, units_of
from tests.search.test_engines import every_page

WORDS = st.lists(st.sampled_from(["суд", "вина", "срок", "Исаев", "дом"]), min_size=1, max_size=8)
PAGES = st.builds(
    lambda words, day: Written(" ".join(words), date=day),
    WORDS,
    st.sampled_from(["", "2022-01-05", "2022-01-05", "2022-01", "2021", "1999-12-31"]),
)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(PAGES, min_size=1, max_size=40),
    st.sampled_from(["score", "date", "-date", "item"]),
    st.integers(1, 7),
    st.sampled_from(["суд", "суд OR вина", "Исаев", "*", "суд OR Исаев~ OR до*"]),
)
def test_paging_gives_every_hit_once_in_one_order(
    tmp_path_factory: pytest.TempPathFactory,
    pages: list[Written],
    sort: str,
    limit: int,
    query: str,
) -> None:
    engine = index_of(tmp_path_factory.mktemp("pages"), pages)
    paged = every_page(engine, query, sort, limit)
    whole = every_page(engine, query, sort, 1_000)
    assert len(set(paged)) == len(paged)
    assert paged == whole
    if sort != "score":
        key = [pages[int(hit[9:15]) - 1].date for hit in paged]
        dated = [each for each in key if each]
        full = [each + "-01-01"[len(each) - 4 :] for each in dated]
        if sort != "item":
            assert full == sorted(full, reverse=sort == "-date")
            assert key == dated + [""] * (len(key) - len(dated))
        else:
            assert paged == sorted(paged)
    engine.close()


def test_uncommitted_changes_are_dropped_on_close(tmp_path: Path) -> None:
    engine = index_of(tmp_path, ["суд"])
    engine.add(units_of(Written("суд"), 2))
    engine.close()
    assert EmbeddedEngine(tmp_path).count() == 1


def test_a_second_writer_is_refused_with_advice(tmp_path: Path) -> None:
    first = EmbeddedEngine(tmp_path)
    first.add(units_of(Written("суд"), 1))
    with pytest.raises(SearchError, match="another process") as caught:
        EmbeddedEngine(tmp_path).add(units_of(Written("суд"), 2))
    assert caught.value.advice
    first.close()


_ENDLESS = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from aigaq.search.engines.embedded import EmbeddedEngine
    from tests.search.corpus import Written, units_of

    engine = EmbeddedEngine(Path(sys.argv[1]))
    number = 0
    while True:
        for _ in range(20):
            number += 1
            engine.add(units_of(Written("суд признал вину доказанной"), number))
        engine.commit()
        print(number, flush=True)
    """
)


@pytest.mark.parametrize("commits", [1, 4])
def test_killed_while_writing_it_reopens_at_its_last_commit(tmp_path: Path, commits: int) -> None:
    root = Path(__file__).parents[2]
    child = subprocess.Popen(
        [sys.executable, "-c", _ENDLESS, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert child.stdout is not None
    done = 0
    for _ in range(commits):
        done = int(child.stdout.readline())
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    engine = EmbeddedEngine(tmp_path)
    assert engine.count() >= done
    assert engine.count() % 20 == 0
    before = engine.count()
    engine.add(units_of(Written("суд после"), 900_000))
    engine.commit()
    assert engine.count() == before + 1
    engine.close()
