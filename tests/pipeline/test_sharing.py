"""Several processes at one batch: all of it is done, nothing twice, and the dead are no loss."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from aigaq.archive.custody import Archive
from aigaq.archive.ledger import Term
from aigaq.archive.model import Accession, Stage, StageStatus
from aigaq.archive.places import Places
from aigaq.archive.verify import verify
from aigaq.pipeline import batches, runner, steps
from aigaq.pipeline.sharing import share
from tests.pipeline.deliveries import HEARING, write_delivery, write_scan
from tests.pipeline.test_ingest import CONDITIONS, Counting

FILES = 24

SHARER = """
import json, sys, time
from contextlib import contextmanager
from pathlib import Path
from aigaq.archive.custody import Archive
from aigaq.archive.places import Places
from aigaq.pipeline import steps
from aigaq.pipeline.sharing import share
from aigaq.pipeline.tools.sandbox import Limits, confine
from tests.pipeline.test_ingest import CONDITIONS, Counting

home, batch, mark, dies = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4:]

@contextmanager
def turn(item):
    if dies:
        mark.write_text(item.accession)
        time.sleep(600)
    yield

steps.make_ready()
confine(int, 1, limits=Limits())
if not dies:
    mark.touch()
seen = Counting()
with Archive.open(Places(home)) as archive:
    share(archive, batch, CONDITIONS, workers=1, watcher=seen, turn=turn)
print(json.dumps({stage: count for stage, count in seen.ended.items()}))
"""


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(Places(tmp_path / "home")) as made:
        yield made


def take_in(archive: Archive, folder: Path) -> str:
    delivery = batches.load(folder)
    batch = archive.open_batch(delivery.source, agent=CONDITIONS.agent).id
    runner.admit(archive, batch, delivery, CONDITIONS, workers=2, watcher=Counting())
    return batch


def texts(folder: Path) -> Path:
    folder.mkdir()
    for number in range(FILES):
        (folder / f"{number:02}.txt").write_text(f"{HEARING}\n{number}", encoding="utf-8")
    return folder


def sharer(archive: Archive, batch: str, mark: Path, *dies: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SHARER, str(archive.home), batch, str(mark), *dies]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def wait_for(*marks: Path) -> None:
    deadline = time.monotonic() + 120
    while not all(mark.exists() for mark in marks):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def readings(archive: Archive) -> Counter[str]:
    """How often the ledger says that each item was read."""
    events = archive.catalog.events()
    return Counter(event.object for event in events if event.term == Term.EXTRACTION)


def test_processes_divide_a_batch_and_do_nothing_twice(archive: Archive, tmp_path: Path) -> None:
    batch = take_in(archive, texts(tmp_path / "texts"))
    items = archive.catalog.waiting(Stage.READ, batch)
    marks = [tmp_path / f"ready-{number}" for number in range(3)]
    with ExitStack() as held:
        for item in items:  # nobody begins before all are there
            assert held.enter_context(archive.held_if_free(item))
        processes = [sharer(archive, batch, mark) for mark in marks]
        wait_for(*marks)
    done = [json.loads(process.communicate(timeout=120)[0]) for process in processes]
    # On a busy machine one of three may come when all is read; no one may do everything.
    assert sum(each.get("read", 0) > 0 for each in done) >= 2, done
    assert sum(each.get("read", 0) for each in done) == FILES
    assert sum(each.get("extract", 0) for each in done) == FILES
    assert readings(archive) == Counter(items)
    assert not archive.catalog.waiting(Stage.EXTRACT, batch)
    assert verify(archive).findings == ()


def test_what_a_killed_process_had_in_hand_is_done_by_the_others(
    archive: Archive, tmp_path: Path
) -> None:
    batch = take_in(archive, texts(tmp_path / "texts"))
    in_hand = tmp_path / "in-hand"
    dying = sharer(archive, batch, in_hand, "dies")
    wait_for(in_hand)
    item = in_hand.read_text()
    other = sharer(archive, batch, tmp_path / "ready")
    wait_for(tmp_path / "ready")
    while archive.catalog.waiting(Stage.READ, batch) != [item]:
        time.sleep(0.05)
    with archive.held_if_free(item) as free:
        assert not free
    assert other.poll() is None, "it stays as long as something is in the hands of others"
    dying.kill()
    dying.wait()
    assert json.loads(other.communicate(timeout=120)[0])["read"] == FILES
    assert set(readings(archive).values()) == {1}
    assert verify(archive).findings == ()


def test_two_at_one_item_at_the_same_time_do_no_harm(archive: Archive, tmp_path: Path) -> None:
    """What may happen where the line to a served record was cut: both believe that it is theirs."""
    folder = write_delivery(tmp_path / "batch")
    write_scan(folder / "scan.pdf", pages=1)
    batch = take_in(archive, folder)
    places = Places(archive.home)
    steps.make_ready()

    def at_once(work: str, item: Accession, together: threading.Barrier) -> None:
        with Archive.open(places) as own:
            together.wait()
            if work == "read":
                steps.read(own, item, CONDITIONS)
            else:
                list(steps.extract(own, [item], CONDITIONS))

    for stage in (Stage.READ, Stage.EXTRACT):
        for item in archive.catalog.waiting(stage, batch):
            together = threading.Barrier(2)
            both = [
                threading.Thread(target=at_once, args=(stage.value, item, together))
                for _ in range(2)
            ]
            for each in both:
                each.start()
            for each in both:
                each.join()
    share(archive, batch, CONDITIONS, workers=2, watcher=Counting())  # attachments
    alone = archive_read_alone(tmp_path / "alone", folder)
    assert contents(archive) == contents(alone)
    assert verify(archive).findings == ()
    alone.close()


def archive_read_alone(home: Path, folder: Path) -> Archive:
    archive = Archive.create(Places(home))
    share(archive, take_in(archive, folder), CONDITIONS, workers=2, watcher=Counting())
    return archive


def contents(archive: Archive) -> dict[str, object]:
    """What the record says of each file, without times and numbers of events."""
    catalog = archive.catalog
    return {
        f"{item.path} {item.parent is not None}": (
            [(passage.number, passage.text) for passage in catalog.passages(item.accession)],
            catalog.mentions(item.accession),
            [(made.role, made.page, made.digest) for made in catalog.derivatives(item.accession)],
            {stage: state.status for stage, state in catalog.stages(item.accession).items()},
        )
        for item in catalog.items()
    }


def test_what_killed_readers_left_is_cleared_away(archive: Archive, tmp_path: Path) -> None:
    batch = take_in(archive, texts(tmp_path / "texts"))
    left = archive.home / "work" / "ARC-2020-000001-abc_d"
    in_use = archive.home / "work" / "ARC-2020-000002-x"
    for folder in (left, in_use):
        folder.mkdir()
        (folder / "page.png").write_bytes(b"evidence")
    with archive.held_if_free("ARC-2020-000002"):
        share(archive, batch, CONDITIONS, workers=2, watcher=Counting())
    assert in_use.exists()
    assert not left.exists()
    stages = [archive.catalog.stages(item.accession) for item in archive.catalog.items()]
    assert {each[Stage.READ].status for each in stages} == {StageStatus.DONE}
