"""Many threads and processes at one archive: one ledger, one number each, nothing lost."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from aigaq.archive.custody import Archive
from aigaq.archive.model import Agent, Batch, Case, Description
from aigaq.archive.places import Places
from aigaq.archive.verify import verify
from tests.archive.telling import told

ROOT = Path(__file__).parents[2]
PROCESSES, THREADS, FILES = 4, 3, 12
AGENT = Agent("a.seitova", "aigaq", "0.1.0")


def work(places: Places, name: str) -> None:
    """One process: several threads hand in files that other processes hand in, too."""
    with Archive.create(places) as archive:
        archive.add_case(Case("QAN-0001"), agent=AGENT)
        batch = archive.open_batch("one delivery of all", agent=AGENT)

        def hand_in(number: int) -> None:
            own = places.home.parent / f"{name}-{number}"
            own.write_bytes(b"content %d" % (number % FILES))
            for path in (own.name, f"shared-{number % FILES}"):
                receive(archive, own, batch, path)

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(hand_in, range(THREADS * FILES)))


def receive(archive: Archive, file: Path, batch: Batch, path: str) -> None:
    archive.receive(
        file,
        batch=batch.id,
        path=path,
        kind="text",
        cases=["QAN-0001"],
        description=Description(),
        agent=AGENT,
    )


def test_processes_and_threads_never_fork_the_ledger(places: Places) -> None:
    code = "import sys; from tests.archive.telling import heard;"
    code += "from tests.archive.test_together import work; work(heard(sys.argv[1]), sys.argv[2])"
    running = [
        subprocess.Popen([sys.executable, "-c", code, told(places), f"p{number}"], cwd=ROOT)
        for number in range(PROCESSES)
    ]
    assert [process.wait(120) for process in running] == [0] * PROCESSES
    with Archive.open(places) as archive:
        items = list(archive.catalog.items())
        own, shared = PROCESSES * THREADS * FILES, FILES
        assert len(items) == own + shared
        assert [int(item.accession[-6:]) for item in items] == list(range(1, own + shared + 1))
        assert len(archive.catalog.batches()) == 1
        firsts = Counter(item.digest for item in items if item.duplicate_of is None)
        assert set(firsts.values()) == {1}
        assert len(firsts) == FILES
        # genesis, case, batch, and one intake each
        assert archive.catalog.checkpoint().size == 3 + own + shared
        assert verify(archive).ok
