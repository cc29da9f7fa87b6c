"""How both engines grow to 1,000,000 passages: `python -m benchmarks.scale`.

The same generated passages (turns of a transcript, about 45 words) go into the embedded engine and
into a real Elasticsearch; at each step both are asked the same queries. All figures come from one
run on one machine. CPU is this process's own: analysis in both columns, and the engine itself only
in the embedded one. Wall times of queries are medians over all kinds of query; Elasticsearch works
in another process, so wall is what both have in common. ELASTICSEARCH_URL names a server to use.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from aigaq.archive.access import Viewer
from aigaq.search.document import SearchDocument
from aigaq.search.engine import Engine
from aigaq.search.engines.elastic.connection import connected
from aigaq.search.finder import find
from aigaq.search.indexer import documents
from aigaq.search.indexes import indexes_of
from aigaq.search.place import IndexPlace
from benchmarks.find import kinds, query_sets
from benchmarks.passages import TURNS, items, world
from tests.services import elasticsearch

_AT_ONCE = 5_000
"""Passages between two looks at the clock."""
_COMMITTED_AT_ONCE = 20_000
_SIZE_IS_OLD_FOR = 11.0
"""Seconds; Elasticsearch looks at its files every ten."""
_SETS = 4
"""Sets of words that each kind of query is made of."""


@dataclass(frozen=True, slots=True)
class Grown:
    """An engine at one step: passages, and since the step before CPU and wall seconds; its size in
    bytes; the median CPU and wall seconds of a query, and the wall of the slowest kind."""

    passages: int
    cpu: float
    wall: float
    size: int
    query_cpu: float
    query_wall: float
    slowest: str
    slowest_wall: float


def units(count: int) -> Iterator[SearchDocument]:
    """So many search documents, always the same."""
    for item, passages, mentions in items(count, TURNS):
        yield from documents(item, passages, mentions)


def grow(place: IndexPlace, steps: Sequence[int]) -> Iterator[Grown]:
    """Build one index up to each step in turn, and measure it there."""
    indexes = indexes_of(place)
    with indexes.writing():
        name, engine = indexes.build_new()
        made = units(steps[-1])
        there = 0
        for step in steps:
            cpu, wall = _fill(engine, islice(made, step - there))
            there = step
            assert engine.count() == step, "an engine lost passages"
            yield Grown(step, cpu, wall, _size(place, name), *_asked(engine))
        engine.close()


def _fill(engine: Engine, made: Iterator[SearchDocument]) -> tuple[float, float]:
    """Put passages in; CPU and wall seconds, without those of making them up."""
    cpu = wall = 0.0
    uncommitted = 0
    while part := list(islice(made, _AT_ONCE)):
        begun = time.process_time(), time.perf_counter()
        uncommitted += engine.add(part)
        if uncommitted >= _COMMITTED_AT_ONCE or len(part) < _AT_ONCE:
            engine.commit()
            uncommitted = 0
        cpu += time.process_time() - begun[0]
        wall += time.perf_counter() - begun[1]
    begun = time.process_time(), time.perf_counter()
    engine.commit()
    return cpu + time.process_time() - begun[0], wall + time.perf_counter() - begun[1]


def _asked(engine: Engine) -> tuple[float, float, str, float]:
    sets = query_sets(world())[:_SETS]
    viewer = Viewer.owner()
    find(engine, "Исаев OR суд", viewer=viewer)
    cpus, walls = [], {}
    for kind in kinds():
        times = []
        for words, surnames in sets:
            begun = time.process_time(), time.perf_counter()
            find(engine, kind.ours(words, surnames), viewer=viewer)
            cpus.append(time.process_time() - begun[0])
            times.append(time.perf_counter() - begun[1])
        walls[kind.name] = statistics.median(times)
    slowest = max(walls, key=lambda name: walls[name])
    return statistics.median(cpus), statistics.median(walls.values()), slowest, walls[slowest]


def _size(place: IndexPlace, name: str) -> int:
    """Bytes of an index on disk, once the engine has tidied up what it may."""
    if not place.url:
        return sum(file.stat().st_size for file in (place.home / "index" / name).iterdir())
    with connected(place) as client:
        client.indices.flush(index=name)
        time.sleep(_SIZE_IS_OLD_FOR)
        return int(client.indices.stats(index=name)["_all"]["primaries"]["store"]["size_in_bytes"])


def report(engine: str, place: IndexPlace, steps: Sequence[int]) -> list[Grown]:
    """Measure one engine and print a line a step."""
    print(f"\n{engine}")
    print(
        f"{'passages':>10} {'CPU ms':>7} {'wall ms':>8} {'KB':>6} {'query: CPU ms':>14} "
        f"{'wall ms':>8}  slowest kind, wall ms"
    )
    grown: list[Grown] = []
    for at in grow(place, steps):
        added = at.passages - (grown[-1].passages if grown else 0)
        print(
            f"{at.passages:>10,} {1e3 * at.cpu / added:7.2f} {1e3 * at.wall / added:8.2f} "
            f"{at.size / at.passages / 1024:6.2f} {1e3 * at.query_cpu:14.1f} "
            f"{1e3 * at.query_wall:8.1f}  {at.slowest}, {1e3 * at.slowest_wall:.0f}",
            flush=True,
        )
        grown.append(at)
    first, last = grown[0], grown[-1]
    print(
        f"passages x {last.passages / first.passages:.0f}: size x {last.size / first.size:.1f}, "
        f"query wall x {last.query_wall / first.query_wall:.1f}"
    )
    return grown


def compare(embedded: Grown, served: Grown) -> None:
    """The last step of both, as ratios."""
    print(f"\nElasticsearch beside the embedded engine at {served.passages:,} passages")
    print(f"indexing wall x {served.wall / embedded.wall:.2f}, size x", end=" ")
    print(f"{served.size / embedded.size:.2f}, query wall", end=" ")
    print(f"x {served.query_wall / embedded.query_wall:.2f}")


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reader.add_argument("--passages", type=int, default=1_000_000)
    passages = reader.parse_args().passages
    steps = [passages // 100, passages // 10, passages]
    with tempfile.TemporaryDirectory() as folder:
        embedded = report("embedded (tantivy)", IndexPlace(Path(folder)), steps)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # the server runs as a user of its own
        running = elasticsearch.start(Path(folder))
        try:
            place = IndexPlace(Path(folder), running.address, "aigaq-scale")
            served = report("Elasticsearch, one node", place, steps)
        finally:
            elasticsearch.stop(running)
    compare(embedded[-1], served[-1])


if __name__ == "__main__":
    main()
