"""Prefect's road on a real server: the same outcome, told in its pages, killed in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from prefect.cache_policies import NO_CACHE

from aigaq.archive.custody import Archive
from aigaq.archive.model import Stage
from aigaq.archive.places import Places
from aigaq.archive.verify import verify
from aigaq.pipeline.flows import ingest
from aigaq.pipeline.flows import verify as verify_flow
from tests.pipeline.deliveries import REFUSED, write_delivery
from tests.services import Running
from tests.services.prefect import ask

pytestmark = pytest.mark.prefect

AIGAQ = str(Path(sys.executable).with_name("aigaq"))


@pytest.fixture
def api(prefect: Running) -> str:
    return prefect.address


def environment(api: str, home: Path) -> dict[str, str]:
    return os.environ | {
        "AIGAQ_HOME": str(home),
        "PREFECT_API_URL": api,
        "PREFECT_HOME": str(home.parent / "prefect-client"),
    }


def aigaq(api: str, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [AIGAQ, *words],
        env=environment(api, home),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_an_ingest_is_a_flow_run_that_an_operator_can_read(api: str, tmp_path: Path) -> None:
    folder = write_delivery(tmp_path / "delivery of May")
    ended = aigaq(api, tmp_path / "home", "ingest", str(folder), "--json")
    assert ended.returncode == 4, ended.stderr
    receipt = json.loads(ended.stdout)
    refused = {line["path"] for line in receipt["items"] if line["outcome"] == "refused"}
    assert refused == REFUSED

    batch = receipt["batch"]
    [run] = [r for r in ask(api, "flow_runs") if r["name"] == f"ingest {batch}: delivery of May"]
    assert run["state_type"] == "COMPLETED"
    assert run["state_name"] == "Completed, some refused"
    assert {batch, "QAN-0001", "QAN-0002"} <= set(run["tags"])
    tasks = ask(api, "task_runs", flow_runs={"id": {"any_": [run["id"]]}})
    assert {task["name"] for task in tasks} == {"take in", "read and extract", "index", "receipt"}

    artifacts = {a["key"]: a for a in ask(api, "artifacts") if a["flow_run_id"] == run["id"]}
    key = batch.lower()
    assert "hearing-copy.txt" in artifacts[f"receipt-{key}"]["data"]
    problems = json.loads(artifacts[f"problems-{key}"]["data"])
    assert {row["file"] for row in problems} == REFUSED
    assert all(row["because"] and row["while"] for row in problems)
    for stage in ("admit", "read", "extract", "index"):
        assert artifacts[f"{stage}-{key}"]["data"] == 100.0
    assert artifacts[f"read-{key}"]["description"] == "Reading: 9 of 9 files, 3 with a problem"


def test_killed_in_the_middle_the_next_run_finishes(api: str, tmp_path: Path) -> None:
    folder = write_delivery(tmp_path / "batch")
    home = tmp_path / "home"
    first = subprocess.Popen(
        [AIGAQ, "ingest", str(folder)],
        env=environment(api, home),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _wait_until_something_is_read(home, first)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()

    ended = aigaq(api, home, "ingest", str(folder), "--json")
    assert ended.returncode == 4, ended.stderr
    receipt = json.loads(ended.stdout)
    assert set(Counter(line["path"] for line in receipt["items"]).values()) == {1}
    assert receipt["counts"]["waiting"] == 0
    with Archive.open(Places(home)) as archive:
        assert verify(archive).findings == ()
        taken = [item.path for item in archive.catalog.items() if item.parent is None]
        assert taken == sorted(taken)


def _wait_until_something_is_read(home: Path, run: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and run.poll() is None:
        if (home / "aigaq-archive").exists():
            with Archive.open(Places(home)) as archive:
                if archive.catalog.readable() and archive.catalog.waiting(Stage.READ):
                    return
        time.sleep(0.02)
    # A machine so fast that nothing was left to read: the second run then has nothing to finish,
    # and everything asserted of it must hold all the same.


def test_verify_and_reindex_are_flow_runs_too(api: str, tmp_path: Path) -> None:
    folder = write_delivery(tmp_path / "batch")
    home = tmp_path / "home"
    aigaq(api, home, "ingest", str(folder))
    assert aigaq(api, home, "verify").returncode == 0
    assert aigaq(api, home, "reindex").returncode == 0
    runs = [run for run in ask(api, "flow_runs") if run["parameters"].get("home") == str(home)]
    states = {run["name"].split()[0]: run["state_type"] for run in runs}
    assert states["verify"] == states["reindex"] == "COMPLETED"
    found = json.loads(aigaq(api, home, "find", "Исаев", "--json").stdout)
    assert found["total"] > 0


def test_nothing_is_ever_cached() -> None:
    tasks = (ingest.take_in, ingest.read_and_extract, ingest.index, ingest.draw_receipt)
    for task in tasks:
        assert task.cache_policy == NO_CACHE
        assert task.persist_result is False
    assert ingest.ingest.persist_result is False
    assert verify_flow.verify.persist_result is False


def test_an_api_that_does_not_answer_is_named_with_advice(tmp_path: Path) -> None:
    folder = write_delivery(tmp_path / "batch")
    ended = aigaq("http://127.0.0.1:9/api", tmp_path / "home", "ingest", str(folder))
    assert ended.returncode == 1
    assert "does not answer at http://127.0.0.1:9/api" in ended.stderr
    assert "AIGAQ_PREFECT=never" in ended.stderr
