"""The whole: the sample batch through every server and two workers, one of which is killed."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.deploy.compose import ROOT
from tests.deploy.stack import DEPLOY, Stack, stack
from tests.services import ServiceMissing

pytestmark = pytest.mark.stack

BATCH = ROOT / "samples" / "batch"
REFUSED_SOME = 4
SECONDS = 900


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("stack")
    for each in (folder, *folder.parents):  # servers run as users of their own
        if each.stat().st_uid == os.getuid() and each != Path("/"):
            each.chmod(each.stat().st_mode | 0o055)
    try:
        with stack(folder) as made:
            yield made
    except ServiceMissing as missing:
        if os.environ.get("SERVICES_REQUIRED"):
            pytest.fail(f"the served stack: {missing}")
        pytest.skip(f"the served stack: {missing}")


def read_so_far(served: Stack) -> int:
    """Items that the record says are read; none before there is a record."""
    password = (served.folder / "secrets" / "record_password").read_text(encoding="utf-8").strip()
    address = served.environment("worker")["AIGAQ_RECORD"]
    with psycopg.connect(address, password=password) as connection:
        try:
            asked = "SELECT count(*) FROM stages WHERE stage = 'read' AND status = 'done'"
            [[count]] = connection.execute(asked).fetchall()
        except psycopg.errors.UndefinedTable:
            return 0
    return int(count)


def wait_for(served: Stack, items: int, ingest: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + SECONDS
    while read_so_far(served) < items:
        assert ingest.poll() is None, ingest.communicate()
        assert time.monotonic() < deadline, "the workers read nothing"
        time.sleep(0.2)


def test_a_worker_is_killed_and_the_batch_ends_whole(served: Stack) -> None:
    first, second = served.add_worker(), served.add_worker()
    ingest = subprocess.Popen(
        [DEPLOY / "enter", "aigaq", "ingest", str(BATCH), "--json"],
        env=served.environment("aigaq"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(served, 5, ingest)
    served.kill_worker(first)
    told, complaints = ingest.communicate(timeout=SECONDS)
    assert ingest.returncode == REFUSED_SOME, complaints
    receipt = json.loads(told)
    assert receipt["counts"] == expected_counts()
    assert second.poll() is None


def expected_counts() -> dict[str, int]:
    """What the samples' own truth says of the batch: see docs/samples.md."""
    return {"stored": 38, "duplicate": 1, "refused": 8}


def test_the_lawyer_finds_and_the_auditor_verifies(served: Stack) -> None:
    found = json.loads(served.aigaq("find", "person:Issayev AND role:defendant", "--json").stdout)
    assert {"ARC"} == {hit["item"][:3] for hit in found["hits"]} and found["total"] > 20
    verified = served.aigaq("verify", "--json")
    assert verified.returncode == 0, verified.stdout
    report = json.loads(verified.stdout)
    assert report["ok"] and report["checked"]["items"] == 47


def test_nothing_waits_and_nothing_lies_in_the_home(served: Stack) -> None:
    status = json.loads(served.aigaq("status", "--json").stdout)
    assert not any(status["waiting"].values()), status["waiting"]
    home = served.folder / "home"
    assert not (home / "archive.db").exists()
    assert not any((home / "vault").glob("**/*")), "bytes belong into the store"
