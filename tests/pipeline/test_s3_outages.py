"""A store that fails in the middle of an ingest: what the archive holds in the end is the same."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from aigaq.archive.custody import Archive
from aigaq.archive.errors import VaultError
from aigaq.archive.layout import Layout
from aigaq.archive.model import Stage
from aigaq.archive.places import Places, S3Place
from aigaq.archive.vault.note import BucketNote
from aigaq.archive.vault.s3 import trial
from aigaq.archive.vault.s3.patience import USUAL, Patience
from aigaq.archive.vault.s3.vault import S3Vault
from aigaq.archive.verify import verify
from aigaq.pipeline import batches, runner
from aigaq.pipeline.receipts import Receipt
from aigaq.pipeline.steps import Conditions, Done
from tests.archive.conftest import ARCHIVIST
from tests.archive.intruders import client_of
from tests.pipeline.deliveries import HEARING, write_message
from tests.services import Running
from tests.services import s3 as s3_service
from tests.services.between import (
    ALWAYS,
    Between,
    Exchange,
    Harm,
    answering,
    answering_late,
    cut_after,
    cut_before,
    cut_in_the_answer,
)

FILES = 12
DOGGED = Patience(attempts=12, first_seconds=0.01, longest_seconds=0.1, silence_seconds=2)
HURRIED = replace(DOGGED, attempts=2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Texts of which each is read from the store again, and a message with an attachment."""
    folder = tmp_path / "batch"
    folder.mkdir()
    for number in range(FILES):
        (folder / f"hearing-{number:02d}.txt").write_text(f"{HEARING}{number}\n", "utf-8")
    write_message(folder / "letter.eml")
    return folder


def opened(home: Path, place: S3Place, patience: Patience) -> Archive:
    """An archive on a store that counts as tried."""
    layout = Layout(home)
    note = BucketNote(layout.bucket_note, layout.vault)
    note.write(place, trial.NUMBER)
    archive = Archive.create(Places(home, vault=place))
    archive.vault = S3Vault(place, layout.tmp, note, patience)
    return archive


class Striking:
    """A watcher that does something once so many steps of a stage have ended."""

    def __init__(self, stage: Stage, after: int, strike: Callable[[], None]) -> None:
        self.stage = stage
        self.left = after
        self.strike = strike
        self._lock = threading.Lock()

    def begin(self, stage: Stage, files: int) -> None: ...

    def done(self, done: Done) -> None:
        with self._lock:
            self.left -= done.stage is self.stage
            struck = self.left == 0
            self.left -= struck
        if struck:
            self.strike()


def ingest(archive: Archive, folder: Path, watcher: Striking | None = None) -> Receipt:
    return runner.ingest(
        archive,
        batches.load(folder),
        Conditions(ARCHIVIST),
        workers=2,
        watcher=watcher or Striking(Stage.INDEX, 0, lambda: None),
    )


def assert_whole(archive: Archive, folder: Path, place: S3Place) -> None:
    """Every file is one item, read and extracted once; every blob is one object, put once."""
    items = list(archive.catalog.items())
    files = {file.name for file in folder.iterdir()}
    assert sorted(item.path for item in items) == sorted({*files, "показания.txt"})
    for stage in Stage:
        assert archive.catalog.waiting(stage) == []
    assert archive.catalog.problems() == []
    assert verify(archive).findings == ()
    assert list(archive.layout.tmp.iterdir()) == []
    client = client_of(place)
    there = client.list_object_versions(Bucket=place.bucket, Prefix=f"{place.top}vault/")
    assert len(there["Versions"]) == len(list(archive.vault.contents()))
    assert "DeleteMarkers" not in there


@pytest.fixture
def between(s3: Running) -> Iterator[Between]:
    with Between(s3) as proxy:
        yield proxy


@pytest.fixture
def place(s3_place: S3Place, between: Between) -> S3Place:
    return replace(s3_place, endpoint=between.address)


def storm(seed: int) -> Harm:
    """Every fifth request meets with something, each time something else."""
    dice = random.Random(seed)
    harms = [
        answering(500, "InternalError"),
        answering(503, "SlowDown"),
        cut_before,
        cut_after,
        cut_in_the_answer,
    ]

    def harm(exchange: Exchange) -> None:
        if dice.random() < 0.2:
            dice.choice(harms)(exchange)
        else:
            exchange.reply(exchange.pass_on())

    return harm


WEATHER: dict[str, tuple[Harm, int]] = {
    "500": (answering(500, "InternalError"), 8),
    "503": (answering(503, "SlowDown"), 8),
    "slow": (answering_late(2.5), 2),
    "a storm": (storm(2026), ALWAYS),
}


@pytest.mark.parametrize("weather", WEATHER)
def test_bad_weather_in_the_middle_of_an_ingest_changes_nothing(
    tmp_path: Path, folder: Path, place: S3Place, between: Between, weather: str
) -> None:
    harm, times = WEATHER[weather]
    between.harm(harm, times=times, after=10)
    with opened(tmp_path / "home", place, DOGGED) as archive:
        receipt = ingest(archive, folder)
        between.heal()
        assert receipt.counts()["stored"] == FILES + 2
        assert_whole(archive, folder, place)


@pytest.mark.parametrize("stage", [Stage.ADMIT, Stage.READ])
def test_a_store_that_goes_away_ends_the_ingest_and_loses_nothing(
    tmp_path: Path, folder: Path, place: S3Place, between: Between, stage: Stage
) -> None:
    def go_away() -> None:
        between.harm(answering(503, "ServiceUnavailable"), times=ALWAYS)

    with opened(tmp_path / "home", place, HURRIED) as archive:
        with pytest.raises(VaultError) as caught:
            ingest(archive, folder, Striking(stage, 3, go_away))
        assert "start the same command again" in caught.value.advice
        between.heal()
        # the record speaks of nothing that is not there
        assert {finding.type for finding in verify(archive).findings} <= {"Unaccounted"}
        ingest(archive, folder)
        assert_whole(archive, folder, place)


@pytest.fixture
def own_store(tmp_path: Path, s3: Running) -> Iterator[list[Running]]:
    """A store that may be stopped; the list holds the one that runs now."""
    if not s3.groups:
        pytest.skip("S3_URL names a store that is not ours to stop")
    folder = tmp_path / "store"
    folder.mkdir()
    running = [s3_service.start(folder)]
    yield running
    s3_service.stop(running[0])


def test_a_store_that_is_stopped_and_started_again(
    tmp_path: Path, folder: Path, own_store: list[Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a power cut: within the usual patience an ingest goes on, after it the next one does."""
    details = own_store[0].details
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", details["access_key"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", details["secret_key"])
    place = S3Place(bucket=details["bucket"], endpoint=own_store[0].address, region="us-east-1")

    def stop() -> None:
        s3_service.stop(own_store[0])

    unread = []

    def restart() -> None:
        stop()
        unread.extend(archive.catalog.waiting(Stage.READ))
        own_store[0] = s3_service.again(own_store[0])

    with opened(tmp_path / "home", place, HURRIED) as archive:
        with pytest.raises(VaultError) as caught:
            ingest(archive, folder, Striking(Stage.ADMIT, 3, stop))
        assert "start the same command again" in caught.value.advice
        own_store[0] = s3_service.again(own_store[0])
        archive.vault = S3Vault(
            place, archive.layout.tmp, BucketNote(archive.layout.bucket_note, archive.home), USUAL
        )
        restarting = threading.Thread(target=restart)
        ingest(archive, folder, Striking(Stage.READ, 3, restarting.start))
        restarting.join()
        assert len(unread) > 3
        assert_whole(archive, folder, place)
