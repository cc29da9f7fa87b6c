"""kill -9 at every step and at any moment: the archive opens again, and the same ingest finishes
with nothing lost and nothing double."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aigaq.archive.custody import Archive
from aigaq.archive.findings import Unaccounted
from aigaq.archive.model import Stage
from aigaq.archive.places import Places
from aigaq.archive.verify import verify
from tests.archive.dying import POINTS, POINTS_OF_A_BUCKET, POINTS_OF_A_FOLDER, ingest
from tests.archive.telling import told

CONTENTS = {"a": b"one", "b": b"two", "c": b"one", "d": b"", "e": b"three" * 1000}
ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "delivery"
    folder.mkdir()
    for name, content in CONTENTS.items():
        (folder / name).write_bytes(content)
    return folder


def start(places: Places, folder: Path, point: str, number: int) -> subprocess.Popen[bytes]:
    arguments = [told(places), str(folder), point, str(number)]
    return subprocess.Popen([sys.executable, "-m", "tests.archive.dying", *arguments], cwd=ROOT)


def assert_whole(archive: Archive, files: dict[str, bytes]) -> None:
    """Every file is one item, in one blob with its like, read once, with nothing left over."""
    items = list(archive.catalog.items())
    assert [item.path for item in items] == sorted(files)
    for item in items:
        with archive.vault.local(item.digest) as file:
            assert file.read_bytes() == files[item.path]
    firsts = [item for item in items if item.duplicate_of is None]
    assert len(firsts) == len(set(files.values()))
    assert archive.catalog.waiting(Stage.READ) == []
    assert list(archive.layout.tmp.iterdir()) == []
    report = verify(archive)
    assert (report.findings, report.unfinished) == ((), 0)


@pytest.mark.parametrize(
    ("record", "point", "number"),
    [
        *(("sqlite", point, 1) for point in POINTS_OF_A_FOLDER + POINTS),
        *(("postgresql", point, 1) for point in POINTS_OF_A_BUCKET + POINTS),
        ("sqlite", "blob linked", 3),
        ("postgresql", "object made", 3),
        ("sqlite", "rows written", 5),
        ("postgresql", "rows written", 5),
    ],
    indirect=["record"],
)
def test_killed_at_a_step(places: Places, folder: Path, point: str, number: int) -> None:
    process = start(places, folder, point, number)
    status = process.wait(60)
    assert status == (0 if point == "never" else -9)
    with Archive.open(places) as archive:
        assert list(archive.layout.tmp.iterdir()) == []
        before = verify(archive).findings
        assert all(isinstance(f, Unaccounted) or f.type == "NothingToVerify" for f in before)
        ingest(archive, folder)
        assert_whole(archive, CONTENTS)


def test_killed_at_any_moment(places: Places, folder: Path) -> None:
    dice = random.Random(2026)
    files = dict(CONTENTS) | {f"x{number:03d}": b"%d" % (number // 2) for number in range(60)}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    for _ in range(6):
        process = start(places, folder, "never", 0)
        time.sleep(0.7 + dice.random() * 0.8)
        process.kill()
        process.wait(60)
    with Archive.create(places) as archive:
        ingest(archive, folder)
        assert_whole(archive, files)
