"""A store that may not hold evidence is refused; each is a real one with one defect."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aigaq.archive.custody import Archive
from aigaq.archive.errors import SettingError, UntrustedStoreError, VaultError
from aigaq.archive.layout import Layout
from aigaq.archive.places import Places, S3Place
from aigaq.archive.vault.note import BucketNote
from aigaq.archive.vault.s3 import trial
from aigaq.archive.vault.s3.patience import Patience
from tests.archive.intruders import client_of
from tests.services import Running
from tests.services.between import (
    ALWAYS,
    Answer,
    Between,
    Exchange,
    Harm,
    altered,
    answering,
    cut_after,
    ignoring,
)

SHORT = Patience(attempts=4, first_seconds=0.01, longest_seconds=0.02, silence_seconds=5)


@pytest.fixture
def between(s3: Running) -> Iterator[Between]:
    with Between(s3) as proxy:
        yield proxy


@pytest.fixture
def place(s3_place: S3Place, between: Between) -> S3Place:
    return replace(s3_place, endpoint=between.address, retention_days=1)


def hold(place: S3Place) -> None:
    trial.Trial(place, f"{place.top}trial/", SHORT).hold()


def left_behind(place: S3Place) -> list[str]:
    """The objects of a trial that are still there, by their own names."""
    client = client_of(place)
    answer = client.list_object_versions(Bucket=place.bucket, Prefix=f"{place.top}trial/")
    entries = [*answer.get("Versions", ()), *answer.get("DeleteMarkers", ())]
    return [entry["Key"].rpartition("/")[2] for entry in entries]


def test_a_right_store_passes_and_little_is_left(place: S3Place) -> None:
    hold(place)
    assert left_behind(place) == ["locked"]
    assert (
        not client_of(place)
        .list_multipart_uploads(Bucket=place.bucket, Prefix=place.top)
        .get("Uploads")
    )


def test_without_retention_no_lock_is_asked_for(place: S3Place, between: Between) -> None:
    between.harm(answering(400, "InvalidRequest"), where="locked", times=ALWAYS)
    hold(replace(place, retention_days=0))
    assert left_behind(place) == []


def losing_versions(exchange: Exchange) -> None:
    """What is overwritten is gone, although the new version has a name."""
    overwrites = "if-none-match" not in map(str.lower, exchange.headers)
    if overwrites and "uploadId" not in exchange.path:
        place = S3Place(bucket=exchange.path.split("/")[1], endpoint=exchange.store.address)
        client = client_of(replace(place, region="us-east-1"))
        key = exchange.path.partition("?")[0].split("/", 2)[2]
        version = client.head_object(Bucket=place.bucket, Key=key)["VersionId"]
        client.delete_object(Bucket=place.bucket, Key=key, VersionId=version)
    exchange.reply(exchange.pass_on())


def saying_yes(exchange: Exchange) -> None:
    exchange.reply(Answer(204, {}, b""))


DEFECTS: dict[str, tuple[Harm, dict[str, str], str]] = {
    "overwrites": (ignoring("if-none-match"), {"method": "PUT"}, "ignores If-None-Match"),
    "overwrites in parts": (ignoring("if-none-match"), {"method": "POST"}, "comes in parts"),
    "ignores a checksum": (
        ignoring("x-amz-checksum"),
        {"where": "/damaged"},
        "do not have their checksum",
    ),
    "ignores a part's checksum": (
        ignoring("x-amz-checksum", "x-amz-sdk-checksum"),
        {"where": "partNumber"},
        "takes a part",
    ),
    "alters": (altered, {"method": "GET", "where": "/one"}, "give back"),
    "alters parts": (altered, {"method": "GET", "where": "/parts"}, "in parts"),
    "loses a version": (losing_versions, {"method": "PUT", "where": "/one"}, "older version"),
    "knows no lock": (answering(400, "InvalidRequest"), {"where": "/locked"}, "take a locked"),
    "forgets a lock": (ignoring("x-amz-object-lock"), {"where": "/locked"}, "keep Object Lock"),
    "lifts a lock": (saying_yes, {"method": "DELETE", "where": "/locked"}, "lifts a lock"),
    "shortens a lock": (saying_yes, {"method": "PUT", "where": "?retention"}, "shortens a lock"),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_store_with_a_defect_is_refused(place: S3Place, between: Between, defect: str) -> None:
    harm, where, told = DEFECTS[defect]
    between.harm(harm, times=ALWAYS, **where)
    with pytest.raises(UntrustedStoreError, match=told) as caught:
        hold(place)
    assert "docs/s3.md" in caught.value.advice
    between.heal()
    assert (
        not client_of(place)
        .list_multipart_uploads(Bucket=place.bucket, Prefix=place.top)
        .get("Uploads")
    )


def test_a_bucket_without_versions_is_refused(place: S3Place) -> None:
    plain = replace(place, bucket=place.top.strip("/"))
    client_of(place).create_bucket(Bucket=plain.bucket)
    with pytest.raises(UntrustedStoreError, match="keeps no versions") as caught:
        hold(plain)
    assert "versioning" in caught.value.advice


def test_a_bucket_that_is_not_there_is_named(place: S3Place) -> None:
    with pytest.raises(VaultError, match="NoSuchBucket") as caught:
        hold(replace(place, bucket="nowhere-to-be-found"))
    assert "make the bucket nowhere-to-be-found" in caught.value.advice


def test_keys_that_may_not_delete_or_overwrite_are_right(place: S3Place, between: Between) -> None:
    """A policy that forbids it is better than one that allows it."""

    def only_giving_up(exchange: Exchange) -> None:
        if "uploadId" in exchange.path:
            exchange.reply(exchange.pass_on())
        else:
            answering(403, "AccessDenied")(exchange)

    between.harm(only_giving_up, method="DELETE", times=ALWAYS)
    hold(place)
    assert "one" in left_behind(place)


def test_wrong_keys_are_no_verdict_on_the_store(
    place: S3Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(VaultError, match="403") as caught:
        hold(place)
    assert not isinstance(caught.value, UntrustedStoreError)
    assert "AWS_SECRET_ACCESS_KEY" in caught.value.advice


def test_no_keys_at_all_are_asked_for(place: S3Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(VaultError, match="credentials") as caught:
        hold(place)
    assert "AWS_ACCESS_KEY_ID" in caught.value.advice


def test_an_answer_lost_on_the_way_is_no_defect(place: S3Place, between: Between) -> None:
    between.harm(cut_after, method="PUT")
    hold(place)


# --- what a home remembers ------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_a_new_archive_tries_its_store_and_remembers(
    home: Path, place: S3Place, between: Between
) -> None:
    with Archive.create(Places(home, vault=place)):
        pass
    assert any("/trial/" in request for request in between.seen)
    between.seen.clear()
    with Archive.create(Places(home, vault=place)):
        pass
    assert between.seen == []


def test_no_archive_is_made_on_a_store_that_fails(
    home: Path, place: S3Place, between: Between
) -> None:
    between.harm(ignoring("if-none-match"), times=ALWAYS)
    for _ in range(2):  # and it is not remembered as one that passed
        with pytest.raises(UntrustedStoreError):
            Archive.create(Places(home, vault=place))
    assert not Layout(home).format_file.exists()
    assert not Layout(home).bucket_note.exists()


def remember(home: Path, place: S3Place) -> Layout:
    """A home that knows that its store has passed."""
    layout = Layout(home)
    layout.make_folders()
    BucketNote(layout.bucket_note, layout.vault).write(place, trial.NUMBER)
    return layout


CHANGES = {
    "a week has passed": {"passed_at": (datetime.now(UTC) - timedelta(days=7)).isoformat()},
    "the clock was set back": {"passed_at": (datetime.now(UTC) + timedelta(days=1)).isoformat()},
    "another trial passed": {"trial": 0},
    "another store passed": {"endpoint": "http://127.0.0.1:1"},
    "no lock was asked for": {"retention_days": 0},
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_store_is_tried_again_when(
    home: Path, place: S3Place, between: Between, change: str
) -> None:
    layout = remember(home, place)
    passed = json.loads(layout.bucket_note.read_text())
    layout.bucket_note.write_text(json.dumps({**passed, **CHANGES[change]}))
    with Archive.create(Places(home, vault=place)):
        pass
    assert any("/trial/" in request for request in between.seen)


ELSEWHERE = {
    "no bucket": None,
    "another bucket": {"bucket": "other"},
    "another prefix": {"prefix": "other"},
}


@pytest.mark.parametrize("change", ELSEWHERE)
def test_an_archive_is_not_opened_with_its_bytes_elsewhere(
    home: Path, place: S3Place, change: str
) -> None:
    """It would look as if all were lost, and new bytes would go to another place."""
    remember(home, place)
    with Archive.create(Places(home, vault=place)):
        pass
    said = ELSEWHERE[change]
    other = None if said is None else replace(place, **said)
    for road in (Archive.open, Archive.create):
        with pytest.raises(SettingError, match=f"the bytes of this archive.*{place.bucket}"):
            road(Places(home, vault=other))


def test_a_folder_with_bytes_is_not_left_for_a_bucket(home: Path, place: S3Place) -> None:
    with Archive.create(Places(home)) as archive:
        archive.vault.put(archive.layout.format_file)
    with pytest.raises(SettingError, match="in the folder"):
        Archive.open(Places(home, vault=place))


def test_the_prefix_is_one_with_and_without_its_slash(home: Path, place: S3Place) -> None:
    remember(home, place)
    with Archive.create(Places(home, vault=place)):
        pass
    with Archive.open(Places(home, vault=replace(place, prefix=f"/{place.prefix}/"))):
        pass


def test_opening_an_archive_asks_nothing_of_a_store_that_is_away(
    home: Path, place: S3Place, between: Between
) -> None:
    remember(home, place)
    with Archive.create(Places(home, vault=place)):
        pass
    with Archive.open(Places(home, vault=place)) as archive:
        assert list(archive.catalog.items()) == []
    assert between.seen == []
