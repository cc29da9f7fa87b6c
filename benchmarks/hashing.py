"""Hashing against hashlib alone: `python -m benchmarks.hashing [--megabytes N] [--rounds N]`.

Every figure of one run is taken in turns on the same files, which are in the page cache; the best
of the rounds counts. Ratios are of CPU seconds, as other programs may be using the machine; on all
cores also of the clock. Reach: at least 0.9 of hashlib's SHA-256 rate.
"""

from __future__ import annotations

import argparse
import hashlib
import mmap
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from aigaq.archive.custody import Archive
from aigaq.archive.digests import measure_file
from aigaq.archive.model import Agent, Description
from aigaq.archive.places import Places
from aigaq.archive.vault.folder import FolderVault
from aigaq.archive.verify import verify

AGENT = Agent("benchmark", "aigaq", "0")
# A few large recordings and many scans, as a documentation centre has them.
SHARES = (0.5, 0.2, 0.1) + (0.2 / 40,) * 40


class Cost(NamedTuple):
    """Seconds of CPU in all threads, and of the clock."""

    cpu: float
    clock: float


def measured(work: Callable[[], object]) -> Cost:
    """What it costs, the writing back of what others wrote before it not counted in."""
    os.sync()
    cpu, clock = time.process_time(), time.perf_counter()
    work()
    return Cost(time.process_time() - cpu, time.perf_counter() - clock)


def hashlib_alone(files: Sequence[Path], workers: int) -> None:
    """What anybody would write: hashlib.file_digest, the largest file first, one thread a core."""

    def digest(file: Path) -> str:
        with file.open("rb", buffering=0) as source:
            return hashlib.file_digest(source, "sha256").hexdigest()

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(digest, sorted(files, key=lambda file: -file.stat().st_size)))


def ours_alone(files: Sequence[Path]) -> None:
    for file in files:
        measure_file(file)


def make_files(folder: Path, size: int) -> list[Path]:
    files = []
    for number, share in enumerate(SHARES):
        file = folder / f"file-{number:02d}"
        file.write_bytes(os.urandom(max(1, int(size * share))))
        files.append(file)
    return files


def fill(home: Path, files: Sequence[Path]) -> Archive:
    archive = Archive.create(Places(home))
    batch = archive.open_batch("benchmark", agent=AGENT).id
    for file in files:
        archive.receive(
            file,
            batch=batch,
            path=file.name,
            kind="unknown",
            cases=(),
            description=Description(),
            agent=AGENT,
        )
    return archive


def take_in(folder: Path, files: Sequence[Path]) -> None:
    """Into a new vault: hashed while copied, flushed, linked."""
    with tempfile.TemporaryDirectory(dir=folder) as fresh:
        vault, tmp = Path(fresh) / "vault", Path(fresh) / "tmp"
        vault.mkdir()
        tmp.mkdir()
        for file in files:
            FolderVault(vault, tmp).put(file)


def copy_only(folder: Path, files: Sequence[Path]) -> None:
    """The same bytes read and written, flushed, and nothing else."""
    with tempfile.TemporaryDirectory(dir=folder) as fresh:
        block = memoryview(mmap.mmap(-1, 1 << 20))
        for file in files:
            target = Path(fresh) / file.name
            with file.open("rb", buffering=0) as source, target.open("xb", buffering=0) as copy:
                while count := source.readinto(block):
                    copy.write(block[:count])
                os.fsync(copy.fileno())


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=None, help="where to make the files")
    chosen = parser.parse_args(arguments)
    cores = os.cpu_count() or 1
    with tempfile.TemporaryDirectory(dir=chosen.folder) as temporary:
        folder = Path(temporary)
        files = make_files(folder, chosen.megabytes * 1_000_000)
        archive = fill(folder / "home", files)
        tasks: dict[str, Callable[[], object]] = {
            "hashlib, one core": lambda: hashlib_alone(files, 1),
            "ours, one core": lambda: ours_alone(files),
            "verify, one core": lambda: verify(archive, workers=1),
            f"hashlib, {cores} cores": lambda: hashlib_alone(files, cores),
            f"verify, {cores} cores": lambda: verify(archive, workers=cores),
            "copy and flush, no hash": lambda: copy_only(folder, files),
            "vault intake": lambda: take_in(folder, files),
        }
        costs: dict[str, list[Cost]] = {name: [] for name in tasks}
        for _ in range(chosen.rounds):
            for name, task in tasks.items():
                costs[name].append(measured(task))
        archive.close()
    best = {
        name: Cost(min(c.cpu for c in taken), min(c.clock for c in taken))
        for name, taken in costs.items()
    }
    report(best, chosen.megabytes, cores)


def report(best: dict[str, Cost], megabytes: int, cores: int) -> None:
    """Figures, then ratios; a ratio above 1 is faster than hashlib alone."""
    for name, cost in best.items():
        rate = megabytes / cost.cpu
        print(f"{name:28} {cost.cpu:7.3f} CPU s {cost.clock:7.3f} s {rate:8.0f} MB/CPU s")
    one, all_cores = best["hashlib, one core"], best[f"hashlib, {cores} cores"]
    checked = best[f"verify, {cores} cores"]
    parts = one.cpu + best["copy and flush, no hash"].cpu
    print(f"\nhashing a file, one core      {one.cpu / best['ours, one core'].cpu:5.2f} x hashlib")
    print(f"verification, one core        {one.cpu / best['verify, one core'].cpu:5.2f} x hashlib")
    print(
        f"verification, {cores} cores         {all_cores.cpu / checked.cpu:5.2f} x hashlib (CPU), "
        f"{all_cores.clock / checked.clock:.2f} x (clock)"
    )
    print(
        f"vault intake                  {parts / best['vault intake'].cpu:5.2f} x copying + hashlib"
    )


if __name__ == "__main__":
    main()
