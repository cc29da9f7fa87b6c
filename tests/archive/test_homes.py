"""Homes and records: who may found, who may join, who is refused; and who holds a batch."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from aigaq.archive.custody import Archive
from aigaq.archive.database.opening import database_of
from aigaq.archive.errors import NotFoundError, RecordError
from aigaq.archive.founding import found_or_join, meet, write_durably
from aigaq.archive.layout import Layout
from aigaq.archive.model import Case, Stage
from aigaq.archive.places import Places, S3Place
from aigaq.archive.vault.folder import FolderVault
from aigaq.archive.verify import verify
from tests.archive.conftest import ARCHIVIST, Delivery, read
from tests.services import Running
from tests.services.line import Line
from tests.services.postgres import new_record

ROOT = Path(__file__).parents[2]
served = pytest.mark.parametrize("record", ["postgresql"], indirect=True)

Machine = Callable[[str], Archive]


@pytest.fixture
def vault_place() -> None:
    """The bytes are in the home: this is about the record."""


@pytest.fixture
def machine(places: Places, tmp_path: Path) -> Iterator[Machine]:
    """The archive from another machine, by its name: a home of its own, bytes in common."""
    shared = FolderVault(tmp_path / "bucket", tmp_path / "tmp")
    shared.tmp.mkdir()
    with ExitStack() as opened:

        def open_on(name: str) -> Archive:
            there = Places(tmp_path / name, places.record, S3Place(bucket="evidence"))
            layout = Layout(there.home)
            database = database_of(there, layout)
            opened.callback(database.close)
            found_or_join(there, layout, database, shared)
            meet(layout, database)
            return Archive(layout, database, shared)

        yield open_on


# --- founding and joining -------------------------------------------------------------------------


def test_the_home_names_its_archive(archive: Archive) -> None:
    version, name = archive.layout.format_file.read_text().split()
    assert (version, name) == ("1", archive.catalog.checkpoint().origin)
    assert list(archive.layout.tmp.iterdir()) == []


@served
def test_a_second_machine_joins_and_both_work(machine: Machine) -> None:
    first, second = machine("astana"), machine("almaty")
    assert first.layout.format_file.read_text() == second.layout.format_file.read_text()
    for archive in (first, second, first):
        folder = archive.home / "work"
        batch = archive.open_batch(str(folder), agent=ARCHIVIST)
        delivery = Delivery(archive, folder, batch)
        item = delivery.receive(f"{archive.home.name}.txt", archive.home.name.encode()).item
        if item.accession in archive.catalog.waiting(Stage.READ):
            read(archive, item.accession, folder)
        archive.close_batch(batch.id, agent=ARCHIVIST)
    assert first.catalog.checkpoint() == second.catalog.checkpoint()
    for archive in (first, second):
        assert verify(archive).ok
    # what one has published, the other publishes, too, when it is opened again
    second._publish()
    published = [sorted(p.name for p in a.layout.checkpoints.iterdir()) for a in (first, second)]
    assert published[0] == published[1]
    assert len(published[0]) == 3


@served
def test_a_bucket_without_the_bytes_is_not_joined(machine: Machine, tmp_path: Path) -> None:
    first = machine("astana")
    batch = first.open_batch("delivery", agent=ARCHIVIST)
    Delivery(first, first.home / "work", batch).receive("a.txt", b"text")
    for blob in (tmp_path / "bucket").rglob("*"):
        if blob.is_file():
            blob.unlink()
    with pytest.raises(RecordError, match="evidence") as caught:
        machine("almaty")
    assert "vault.bucket" in caught.value.advice
    assert not (tmp_path / "almaty" / "aigaq-archive").exists()


@served
@pytest.mark.parametrize("enter", [Archive.create, Archive.open])
def test_a_home_without_the_bytes_does_not_join(
    archive: Archive, places: Places, tmp_path: Path, enter: Callable[[Places], Archive]
) -> None:
    with pytest.raises(RecordError, match="another home") as caught:
        enter(Places(tmp_path / "other", places.record))
    assert "bucket" in caught.value.advice
    assert not (tmp_path / "other" / "aigaq-archive").exists()


@served
def test_opening_begins_no_archive(record: str, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as caught:
        Archive.open(Places(tmp_path / "home", record))
    assert "aigaq ingest" in caught.value.advice
    assert not (tmp_path / "home").exists()


def test_a_home_that_was_half_made_is_finished(archive: Archive, places: Places) -> None:
    """As when the process was killed after the record was made, before the home was."""
    name = archive.catalog.checkpoint().origin
    archive.layout.format_file.unlink()
    write_durably(archive.layout.unfinished, name)
    with Archive.create(places) as finished:
        assert finished.catalog.checkpoint() == archive.catalog.checkpoint()
    assert archive.layout.check() == name


# --- the wrong record -----------------------------------------------------------------------------


@served
def test_a_home_pointed_at_another_archive_is_refused(
    archive: Archive, places: Places, postgres: Running, tmp_path: Path
) -> None:
    other = Places(tmp_path / "other", new_record(postgres))
    Archive.create(other).close()
    for enter in (Archive.open, Archive.create):
        with pytest.raises(RecordError, match="belongs to the archive") as caught:
            enter(replace(places, record=other.record))
        assert "`record`" in caught.value.advice


def test_a_home_pointed_at_an_empty_record_is_refused(
    archive: Archive, places: Places, postgres: Running
) -> None:
    for enter in (Archive.open, Archive.create):
        with pytest.raises(RecordError, match="the record is empty"):
            enter(replace(places, record=new_record(postgres)))


@served
def test_a_home_whose_record_is_forgotten_is_refused(archive: Archive, places: Places) -> None:
    """The setting is gone: SQLite would begin an empty record beside the true one."""
    for enter in (Archive.open, Archive.create):
        with pytest.raises(RecordError, match="the record is empty"):
            enter(replace(places, record=""))


@served
def test_a_database_of_somebody_else_is_left_alone(archive: Archive, places: Places) -> None:
    with archive.database.alone() as connection:
        connection.exec_driver_sql("ALTER TABLE head RENAME TO heads")
    with pytest.raises(RecordError, match="something else: alembic_version, batches") as caught:
        Archive.create(Places(places.home.parent / "other", places.record))
    assert "a database of its own" in caught.value.advice


# --- one run a batch ------------------------------------------------------------------------------


def assert_held(archive: Archive, batch: str) -> None:
    with (
        pytest.raises(RecordError, match=f"{batch} is being ingested") as caught,
        archive.holding(batch),
    ):
        pass
    assert "aigaq status" in caught.value.advice


def test_a_batch_is_held_by_one_until_it_lets_go(archive: Archive, places: Places) -> None:
    with Archive.open(places) as other:
        with archive.holding("BAT-2026-0001"), archive.holding("BAT-2026-0002"):
            assert_held(archive, "BAT-2026-0001")
            assert_held(other, "BAT-2026-0002")
            with other.holding("BAT-2026-0003"):
                pass
        with other.holding("BAT-2026-0001"), other.holding("BAT-2026-0002"):
            pass


HOLD = """
import sys, time
from pathlib import Path
from aigaq.archive.custody import Archive
from aigaq.archive.places import Places
with Archive.open(Places(Path(sys.argv[1]), sys.argv[2])) as archive:
    with archive.holding("BAT-2026-0001"):
        print("held", flush=True)
        time.sleep(600)
"""


def test_a_killed_process_holds_nothing(archive: Archive, places: Places) -> None:
    command = [sys.executable, "-c", HOLD, str(places.home), places.record]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert_held(archive, "BAT-2026-0001")
        holder.send_signal(signal.SIGKILL)
    await_freed(archive)


def await_freed(archive: Archive) -> None:
    """A server notices the end of a process a moment later."""
    for _ in range(200):
        try:
            with archive.holding("BAT-2026-0001"):
                return
        except RecordError:
            continue
    pytest.fail("a dead process holds the batch")


@pytest.fixture
def line(record: str) -> Iterator[Line]:
    [port] = re.findall(r":(\d+)/", record)
    with Line(int(port)) as line:
        yield line


@pytest.fixture
def far(archive: Archive, line: Line, places: Places) -> Iterator[Archive]:
    """The archive from beyond a line that can be cut."""
    address = re.sub(r":\d+/", f":{line.port}/", places.record, count=1)
    with Archive.open(replace(places, record=address)) as far:
        yield far


@served
@pytest.mark.parametrize("half", [False, True], ids=["both ends know", "the server does not know"])
def test_what_is_held_is_taken_again_when_the_line_was_cut(
    archive: Archive, far: Archive, line: Line, half: bool
) -> None:
    with far.holding("BAT-2026-0001"), far.holding("BAT-2026-0002"):
        line.cut(half=half)
        far.add_case(Case("QAN-0001"), agent=ARCHIVIST)
        assert_held(archive, "BAT-2026-0001")
        assert_held(archive, "BAT-2026-0002")
    with archive.holding("BAT-2026-0001"):
        pass


@served
def test_what_another_has_taken_over_is_lost_and_nothing_more_is_written(
    archive: Archive, far: Archive, line: Line
) -> None:
    with far.holding("BAT-2026-0001"):
        line.cut()
        await_freed(archive)
        with archive.holding("BAT-2026-0001"):
            for _ in range(2):
                with pytest.raises(RecordError, match="another process took over") as caught:
                    far.add_case(Case("QAN-0001"), agent=ARCHIVIST)
            assert "BAT-2026-0001" in caught.value.message
        with pytest.raises(RecordError, match="another process took over"):
            far.add_case(Case("QAN-0001"), agent=ARCHIVIST)
    assert archive.catalog.cases() == []
    far.add_case(Case("QAN-0001"), agent=ARCHIVIST)
    with far.holding("BAT-2026-0001"):
        pass


def test_a_name_that_many_reach_for_is_held_by_one_at_a_time(
    archive: Archive, places: Places
) -> None:
    """Each holder removes what marked the name, while others are opening it."""
    inside, most, held = 0, 0, 0
    counting = threading.Lock()

    def reach(own: Archive) -> None:
        nonlocal inside, most, held
        for _ in range(150):
            with own.held_if_free("ARC-2026-000001") as ours:
                if ours:
                    with counting:
                        inside, held = inside + 1, held + 1
                        most = max(most, inside)
                    with counting:
                        inside -= 1

    with Archive.open(places) as second, Archive.open(places) as third:
        reaching = [
            threading.Thread(target=reach, args=[own]) for own in (archive, archive, second, third)
        ]
        for each in reaching:
            each.start()
        for each in reaching:
            each.join()
    assert held > 100
    assert most == 1
    assert list(archive.layout.work.iterdir()) == []
