"""The local road, from a folder to a receipt, whole and interrupted."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from aigaq.archive.access import Viewer
from aigaq.archive.custody import Archive
from aigaq.archive.errors import RecordError
from aigaq.archive.model import Agent, Outcome, Restriction, Stage, StageStatus
from aigaq.archive.places import Places
from aigaq.archive.verify import verify
from aigaq.pipeline import batches, runner
from aigaq.pipeline.receipts import Receipt
from aigaq.pipeline.steps import Conditions, Done
from aigaq.pipeline.tools.sandbox import Limits
from aigaq.search.finder import find
from aigaq.search.folders import FolderIndexes
from samples.trouble import huge_page_pdf
from tests.pipeline.deliveries import HEARING, REFUSED, write_delivery

CONDITIONS = Conditions(Agent("archivist", "aigaq", "test"))


class Counting:
    """A watcher that remembers how many files went through each stage."""

    def __init__(self) -> None:
        self.begun: Counter[Stage] = Counter()
        self.ended: Counter[Stage] = Counter()

    def begin(self, stage: Stage, files: int) -> None:
        self.begun[stage] += files

    def done(self, done: Done) -> None:
        self.ended[done.stage] += 1


def ingest(archive: Archive, folder: Path, watcher: Counting | None = None) -> Receipt:
    return runner.ingest(
        archive, batches.load(folder), CONDITIONS, workers=2, watcher=watcher or Counting()
    )


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(Places(tmp_path / "home")) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_delivery(tmp_path / "batch")


def test_every_file_ends_with_an_outcome(archive: Archive, folder: Path) -> None:
    receipt = ingest(archive, folder)
    ended = {line.path: line.outcome for line in receipt.lines}
    assert ended.pop("letter.eml/показания.txt") is Outcome.STORED
    assert {path for path, outcome in ended.items() if outcome is Outcome.REFUSED} == REFUSED
    copies = {"hearing.txt": ended["hearing.txt"], "hearing-copy.txt": ended["hearing-copy.txt"]}
    assert Counter(copies.values()) == {Outcome.STORED: 1, Outcome.DUPLICATE: 1}
    assert receipt.counts()["waiting"] == 0
    assert [line.path for line in receipt.missing] == ["promised.pdf"]
    assert all(line.problem for line in receipt.lines if line.outcome is Outcome.REFUSED)


def test_what_was_read_is_in_the_record_and_verifies(archive: Archive, folder: Path) -> None:
    ingest(archive, folder)
    item = next(i for i in archive.catalog.items() if i.path == "hearing.txt")
    assert "QAN-0001" in item.cases
    first = item.accession if item.duplicate_of is None else item.duplicate_of
    [passage] = archive.catalog.passages(first)
    assert passage.text == HEARING
    kinds = {m.kind for m in archive.catalog.mentions(first)[passage.number]}
    assert {"person", "article", "date", "turn"} <= kinds
    report = verify(archive)
    assert report.findings == ()


def test_accession_numbers_follow_the_paths_of_the_delivery(
    archive: Archive, tmp_path: Path
) -> None:
    folder = tmp_path / "recordings"
    folder.mkdir()
    sizes = {"a.bin": 60_000_000, "b.bin": 20_000_000} | {f"c{n:02}.bin": n for n in range(1, 40)}
    for name, size in sizes.items():
        (folder / name).write_bytes(name.encode() + bytes(size))
    runner.ingest(archive, batches.load(folder), CONDITIONS, workers=4, watcher=Counting())
    assert [item.path for item in archive.catalog.items()] == sorted(sizes)


def test_a_text_that_stops_its_child_costs_no_neighbour(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    for name, copies in (("a.txt", 1), ("b.txt", 3_000), ("c.txt", 2)):
        (folder / name).write_text(HEARING * copies, encoding="utf-8")
    hurried = replace(CONDITIONS, limits=Limits(cpu_seconds=3))
    runner.ingest(archive, batches.load(folder), hurried, workers=1, watcher=Counting())
    ended = {item.path: archive.catalog.stages(item.accession) for item in archive.catalog.items()}
    status = {path: stages[Stage.EXTRACT].status for path, stages in ended.items()}
    assert status == {
        "a.txt": StageStatus.DONE,
        "b.txt": StageStatus.FAILED,
        "c.txt": StageStatus.DONE,
    }
    assert "ran out of processor time" in ended["b.txt"][Stage.EXTRACT].problem


def test_the_same_folder_again_does_nothing_twice(archive: Archive, folder: Path) -> None:
    first = ingest(archive, folder)
    watcher = Counting()
    second = ingest(archive, folder, watcher)
    assert second.lines == first.lines
    assert watcher.ended == {Stage.ADMIT: first.counts()["files"] - 1}  # not the attachment
    assert second.batch == first.batch


def test_a_file_that_came_later_joins_the_batch(archive: Archive, folder: Path) -> None:
    first = ingest(archive, folder)
    (folder / "later.txt").write_text("Приложение")
    second = ingest(archive, folder)
    assert second.batch == first.batch
    assert {line.path for line in second.lines} - {line.path for line in first.lines} == {
        "later.txt"
    }


def test_a_changed_file_is_a_new_item_beside_the_old(archive: Archive, folder: Path) -> None:
    ingest(archive, folder)
    (folder / "letter.html").write_text("<p>another letter</p>")
    lines = [line for line in ingest(archive, folder).lines if line.path == "letter.html"]
    assert len({line.sha256 for line in lines}) == 2


def test_cases_that_nobody_registered_are_opened(archive: Archive, folder: Path) -> None:
    ingest(archive, folder)
    assert [case.id for case in archive.catalog.cases()] == ["QAN-0001", "QAN-0002"]


def test_an_attachment_belongs_to_the_cases_of_its_message(archive: Archive, folder: Path) -> None:
    ingest(archive, folder)
    attached = next(i for i in archive.catalog.items() if i.parent is not None)
    assert attached.cases == ("QAN-0002",)
    assert archive.catalog.item(str(attached.parent)).path == "letter.eml"


def test_two_runs_of_one_batch_do_not_mix(archive: Archive, folder: Path) -> None:
    batch = archive.open_batch(str(folder.resolve()), agent=CONDITIONS.agent)
    with (
        archive.holding(batch.id),
        pytest.raises(RecordError, match="another process"),
    ):
        ingest(archive, folder)


def test_what_failed_is_tried_again_but_not_under_a_running_ingest(
    archive: Archive, folder: Path
) -> None:
    receipt = ingest(archive, folder)
    item = next(i for i in archive.catalog.items() if i.path == "letter.html")
    archive.record_problem(
        item.accession,
        Stage.READ,
        StageStatus.FAILED,
        "a tool was missing",
        tool="t",
        agent=CONDITIONS.agent,
    )
    again = partial(
        runner.retry, archive, [item.accession], CONDITIONS, workers=2, watcher=Counting()
    )
    with (
        archive.holding(receipt.batch),
        pytest.raises(RecordError, match="another process"),
    ):
        again()
    assert again() == 1
    stages = archive.catalog.stages(item.accession)
    assert {state.status for state in stages.values()} == {StageStatus.DONE}
    assert stages[Stage.READ].attempts > 1


KILLED_RUN = """
import sys
from pathlib import Path
from aigaq.archive.custody import Archive
from aigaq.archive.places import Places
from aigaq.pipeline import batches, runner
from tests.pipeline.test_ingest import CONDITIONS, Counting
home, folder = map(Path, sys.argv[1:])
with Archive.create(Places(home)) as archive:
    runner.ingest(archive, batches.load(folder), CONDITIONS, workers=2, watcher=Counting())
"""


def test_killed_anywhere_a_second_run_finishes_the_rest(tmp_path: Path) -> None:
    """kill -9 at twelve moments of twelve runs; each time the next run must end it all."""
    folder = write_delivery(tmp_path / "batch")
    home = tmp_path / "home"
    for tenth in range(12):
        run = subprocess.Popen(
            [sys.executable, "-c", KILLED_RUN, str(home), str(folder)],
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(0.4 + tenth * 0.35)
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    with Archive.create(Places(home)) as archive:
        receipt = ingest(archive, folder)
        paths = Counter(line.path for line in receipt.lines)
        assert set(paths.values()) == {1}, "a file was taken in twice"
        assert receipt.counts()["waiting"] == 0
        assert verify(archive).findings == ()
        taken = [item.path for item in archive.catalog.items() if item.parent is None]
        assert taken == sorted(taken)
        for item in archive.catalog.items():
            attempts = archive.catalog.stages(item.accession)[Stage.READ]
            assert attempts.status in {StageStatus.DONE, StageStatus.REFUSED}


# --- what search knows follows the record ---------------------------------------------------------


def found(archive: Archive, query: str) -> list[str]:
    engine = FolderIndexes(archive.home).open_current()
    try:
        return [hit.file for hit in find(engine, query, viewer=Viewer.owner()).hits]
    finally:
        engine.close()


def test_a_file_sealed_later_is_found_no_more_and_neither_are_its_attachments(
    archive: Archive, folder: Path
) -> None:
    ingest(archive, folder)
    assert {"letter.eml", "показания.txt"} <= set(found(archive, "Исаев"))
    (folder / "manifest.csv").write_text("path,restriction\nletter.eml,sealed\n")
    ingest(archive, folder)
    assert not {"letter.eml", "показания.txt"} & set(found(archive, "Исаев"))
    attached = next(i for i in archive.catalog.items() if i.path == "показания.txt")
    assert attached.description.restriction is Restriction.SEALED
    assert verify(archive).findings == ()


def test_a_copy_lends_its_case_and_its_seal_to_the_text(archive: Archive, tmp_path: Path) -> None:
    for name in ("first", "second", "third"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "hearing.txt").write_text(HEARING, encoding="utf-8")
    ingest(archive, tmp_path / "first")
    (tmp_path / "second" / "manifest.csv").write_text("path,case_ids\nhearing.txt,QAN-0042\n")
    ingest(archive, tmp_path / "second")
    assert found(archive, "Исаев AND case:QAN-0042")
    (tmp_path / "third" / "manifest.csv").write_text("path,restriction\nhearing.txt,sealed\n")
    ingest(archive, tmp_path / "third")
    assert found(archive, "Исаев") == []


def test_a_lost_index_is_built_whole_again(archive: Archive, folder: Path) -> None:
    ingest(archive, folder)
    before = sorted(found(archive, "Исаев"))
    shutil.rmtree(archive.home / "index")
    (folder / "later.txt").write_text("Письмо о погоде")
    ingest(archive, folder)
    assert sorted(found(archive, "Исаев")) == before


def test_reindex_swaps_only_a_whole_index(archive: Archive, folder: Path) -> None:
    ingest(archive, folder)
    before = sorted(found(archive, "Исаев"))
    first = FolderIndexes(archive.home).current_name()
    built = runner.reindex(archive, Counting())
    assert FolderIndexes(archive.home).current_name() == built.index != first
    assert sorted(found(archive, "Исаев")) == before


def test_a_document_of_which_no_page_can_be_read_is_refused(
    archive: Archive, tmp_path: Path
) -> None:
    folder = tmp_path / "huge"
    folder.mkdir()
    (folder / "plan.pdf").write_bytes(huge_page_pdf())
    [line] = ingest(archive, folder).lines
    assert line.outcome is Outcome.REFUSED
    assert "no page could be read" in line.problem
