"""How fast `find` is on 100,000 passages, beside SQLite's FTS5: `python -m benchmarks.find`.

The passages are generated (`benchmarks.passages`). Everything is measured in one run and in CPU
time of this process, so other programs on the machine change little. `find` means the whole of it:
parsing, looking up and comparing names, searching, facets, highlights, reasons. FTS5 is asked for
the same twenty texts by rank and for the count; it knows no names, facets or fuzzy words, so those
lines have no peer.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aigaq.archive.access import Viewer
from aigaq.search.engines.embedded import EmbeddedEngine
from aigaq.search.finder import find
from aigaq.search.indexer import documents
from benchmarks.passages import SEED, World, items, world

LIMIT_MS = 25.0
"""What the issue asks for: the median of a `find`, CPU in a warm process."""


def _cpu(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def build(folder: Path, count: int) -> None:
    """Make both indexes, unless they are there; print what that cost."""
    engine = EmbeddedEngine(folder / "index")
    peer = sqlite3.connect(folder / "peer.db")
    if engine.count() == count:
        return
    peer.execute("CREATE VIRTUAL TABLE text USING fts5(body, tokenize='unicode61')")
    ours = theirs = 0.0
    made = 0
    for item, passages, mentions in items(count):
        units = list(documents(item, passages, mentions))
        ours += _cpu(lambda units=units: engine.add(units))  # type: ignore[misc]
        rows = [(unit.text,) for unit in units]
        theirs += _cpu(lambda rows=rows: peer.executemany("INSERT INTO text VALUES (?)", rows))  # type: ignore[misc]
        made += len(units)
    ours += _cpu(engine.commit)
    engine.close()
    theirs += _cpu(peer.commit)
    size = sum(file.stat().st_size for file in (folder / "index").iterdir())
    peer_size = (folder / "peer.db").stat().st_size
    print(f"{made:,} passages indexed")
    for name, spent, bytes_held in (("aigaq", ours, size), ("fts5", theirs, peer_size)):
        print(
            f"  {name:6} {1000 * spent / made:6.2f} CPU ms, {bytes_held / made / 1024:5.2f} KB each"
        )


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of query: its name, our spelling and, where there is one, FTS5's."""

    name: str
    ours: Callable[[Sequence[str], Sequence[str]], str]
    theirs: Callable[[Sequence[str], Sequence[str]], str] | None = None


def kinds() -> list[Kind]:
    """Queries are made of words `w` (from common to rare) and surnames `s`."""
    return [
        Kind("word", lambda w, s: w[1], lambda w, s: w[1]),
        Kind("AND of two", lambda w, s: f"{w[0]} AND {w[1]}", lambda w, s: f"{w[0]} AND {w[1]}"),
        Kind("OR of three", lambda w, s: " OR ".join(w[:3]), lambda w, s: " OR ".join(w[:3])),
        Kind("phrase", lambda w, s: f'"{w[0]} {w[1]}"', lambda w, s: f'"{w[0]} {w[1]}"'),
        Kind(
            "near, three words",
            lambda w, s: f'"{w[0]} {w[1]} {w[2]}"~8',
            lambda w, s: f"NEAR({w[0]} {w[1]} {w[2]}, 8)",
        ),
        Kind("prefix", lambda w, s: f"{w[1][:4]}*", lambda w, s: f"{w[1][:4]}*"),
        Kind("wildcard", lambda w, s: f"{w[1][:3]}?{w[1][4:]}"),
        Kind("fuzzy", lambda w, s: f"{w[1]}~1"),
        Kind("name", lambda w, s: s[0], lambda w, s: f"{s[0]}*"),
        Kind("name, lower case", lambda w, s: s[0].casefold()),
        Kind("name and role", lambda w, s: f"{s[0]} AND role:defendant"),
        Kind("person:", lambda w, s: f"person:{s[0]}"),
        Kind("person: with slips", lambda w, s: f"person:{s[0]}~"),
        Kind("article: and word", lambda w, s: f"article:CC-{100 + len(w[0]) * 17} AND {w[0]}"),
        Kind("date: and word", lambda w, s: f"date:[2022-01-05 TO 2022-01-11] AND {w[0]}"),
        Kind("NOT alone", lambda w, s: f"NOT {w[1]}"),
    ]


def query_sets(made_of: World) -> list[tuple[list[str], list[str]]]:
    """Fifteen sets of words between the 20th and the 2,000th in frequency, and surnames."""
    chance = random.Random(SEED + 1)
    return [
        (
            [made_of.words[chance.randint(20, 2_000)] for _ in range(3)],
            chance.sample(list(made_of.surnames), 2),
        )
        for _ in range(15)
    ]


def _ask_peer(peer: sqlite3.Connection, query: str) -> None:
    peer.execute("SELECT count(*) FROM text WHERE text MATCH ?", (query,)).fetchall()
    peer.execute(
        "SELECT body FROM text WHERE text MATCH ? ORDER BY rank LIMIT 20", (query,)
    ).fetchall()


def measure(folder: Path, count: int) -> None:
    """Build (or take up) the index in `folder` and print the table."""
    # In a process of its own: find is measured in one that has not just indexed.
    builder = multiprocessing.get_context("spawn").Process(target=build, args=(folder, count))
    builder.start()
    builder.join()
    engine = EmbeddedEngine(folder / "index")
    peer = sqlite3.connect(folder / "peer.db")
    made_of = world()
    viewer = Viewer.owner()
    sets = query_sets(made_of)
    find(engine, "Исаев OR суд", viewer=viewer)
    print(f"\n{'query':20} {'hits':>7} {'CPU ms':>8} {'worst':>7} {'of 25 ms':>8} {'x FTS5':>7}")
    medians = []
    for kind in kinds():
        times, peer_times, hits = [], [], []
        for words, surnames in sets:
            query = kind.ours(words, surnames)
            hits.append(find(engine, query, viewer=viewer).total)
            times.append(1000 * _cpu(lambda q=query: find(engine, q, viewer=viewer)))  # type: ignore[misc]
            if kind.theirs is not None:
                asked = kind.theirs(words, surnames)
                peer_times.append(1000 * _cpu(lambda q=asked: _ask_peer(peer, q)))  # type: ignore[misc]
        median = statistics.median(times)
        medians.append(median)
        ratio = f"{median / statistics.median(peer_times):7.2f}" if peer_times else "      -"
        print(
            f"{kind.name:20} {statistics.median(hits):7.0f} {median:8.2f} {max(times):7.1f} "
            f"{median / LIMIT_MS:8.2f} {ratio}"
        )
    print(f"\nmedian of all kinds: {statistics.median(medians):.2f} CPU ms, limit {LIMIT_MS:.0f}")


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reader.add_argument("--passages", type=int, default=100_000)
    reader.add_argument("--folder", type=Path, help="keep the index here and take it up again")
    arguments = reader.parse_args()
    if arguments.folder:
        arguments.folder.mkdir(parents=True, exist_ok=True)
        measure(arguments.folder, arguments.passages)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), arguments.passages)


if __name__ == "__main__":
    main()
