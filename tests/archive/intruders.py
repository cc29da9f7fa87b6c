"""Somebody with a key to where the bytes are kept, who goes round the vault."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Protocol

import boto3

from aigaq.archive.custody import Archive
from aigaq.archive.model import Digest
from aigaq.archive.places import S3Place
from aigaq.archive.vault import Vault
from aigaq.archive.vault.folder import FolderVault
from aigaq.archive.vault.s3.vault import S3Vault

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


class Intruder(Protocol):
    """The same hands in a folder and in a bucket; names are those below the vault's root."""

    def read(self, digest: Digest) -> bytes: ...

    def damage(self, digest: Digest, change: Callable[[bytes], bytes]) -> None: ...

    def lose(self, digest: Digest) -> None: ...

    def leave(self, name: str, content: bytes) -> None: ...


def intruder_of(vault: Vault) -> Intruder:
    if isinstance(vault, FolderVault):
        return FolderIntruder(vault)
    assert isinstance(vault, S3Vault)
    return BucketIntruder(vault.place)


def intruder(archive: Archive) -> Intruder:
    return intruder_of(archive.vault)


def name_of(digest: Digest) -> str:
    return f"{digest.algorithm}/{digest.hex[:2]}/{digest.hex[2:4]}/{digest.hex}"


class FolderIntruder:
    """Somebody who is root on the machine."""

    def __init__(self, vault: FolderVault) -> None:
        self.root = vault.root

    def read(self, digest: Digest) -> bytes:
        return (self.root / name_of(digest)).read_bytes()

    def damage(self, digest: Digest, change: Callable[[bytes], bytes]) -> None:
        place = self.root / name_of(digest)
        place.chmod(0o644)
        place.write_bytes(change(place.read_bytes()))

    def lose(self, digest: Digest) -> None:
        (self.root / name_of(digest)).unlink()

    def leave(self, name: str, content: bytes) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


class BucketIntruder:
    """Somebody with keys that may do more than ours ask for."""

    def __init__(self, place: S3Place) -> None:
        self.bucket = place.bucket
        self.root = f"{place.top}vault/"
        self.client = client_of(place)

    def read(self, digest: Digest) -> bytes:
        answer = self.client.get_object(Bucket=self.bucket, Key=self.root + name_of(digest))
        return answer["Body"].read()

    def damage(self, digest: Digest, change: Callable[[bytes], bytes]) -> None:
        self.leave(name_of(digest), change(self.read(digest)))

    def lose(self, digest: Digest) -> None:
        self.client.delete_object(Bucket=self.bucket, Key=self.root + name_of(digest))

    def leave(self, name: str, content: bytes) -> None:
        self.client.put_object(Bucket=self.bucket, Key=self.root + name, Body=content)


def client_of(place: S3Place) -> S3Client:
    """A client with the keys that the tests have now."""
    keys = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
    return _client(place.endpoint, place.region, *keys)


@cache
def _client(endpoint: str, region: str, access_key: str, secret_key: str) -> S3Client:
    return _session().client(
        "s3",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
    )


@cache
def _session() -> boto3.session.Session:
    """One for all, as it reads what it knows of S3 only once."""
    return boto3.session.Session()
