"""Prefect's workers at a batch: they share it, die, are cancelled and limited; the record holds."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aigaq.archive.custody import Archive
from aigaq.archive.ledger import Term
from aigaq.archive.model import StageStatus
from aigaq.archive.places import Places
from aigaq.archive.verify import verify
from tests.pipeline.deliveries import HEARING, write_delivery, write_scan
from tests.pipeline.test_sharing import contents
from tests.services import Running
from tests.services.prefect import ask

pytestmark = [pytest.mark.prefect, pytest.mark.stack]

AIGAQ = str(Path(sys.executable).with_name("aigaq"))
PATIENCE = 150.0
"""Seconds until a test gives up; a machine under load starts a process in 20."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Site:
    """An archive with a work pool of its own on the tests' server."""

    api: str
    folder: Path
    pool: str

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def environment(self, **more: str) -> dict[str, str]:
        return os.environ | {
            "AIGAQ_HOME": str(self.home),
            "AIGAQ_FLOWS_POOL": self.pool,
            "PREFECT_API_URL": self.api,
            "PREFECT_HOME": str(self.folder / "client"),
            **more,
        }

    def aigaq(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [AIGAQ, *words],
            env=self.environment(**more),
            capture_output=True,
            text=True,
            check=False,
            timeout=2 * PATIENCE,
        )

    def begin(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [AIGAQ, *words],
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @contextmanager
    def workers(self, number: int, **more: str) -> Iterator[None]:
        """`aigaq serve-flows` until the block ends."""
        command = [AIGAQ, "serve-flows", "--workers", str(number)]
        with (self.folder / "serve.log").open("ab") as log:
            serving = subprocess.Popen(
                command, env=self.environment(**more), stdout=log, stderr=log
            )
        try:
            yield
        finally:
            serving.send_signal(signal.SIGTERM)
            assert serving.wait(60) == 0

    def runs(self, flow: str = "") -> list[Json]:
        """The runs of this pool, of one flow or of all."""
        found = ask(self.api, "flow_runs", work_pools={"name": {"any_": [self.pool]}})
        return [
            run
            for run in found
            if run["state_name"] != "Scheduled" and run["name"].startswith(flow)
        ]

    def run(self, flow: str, *states: str) -> Json:
        """Wait for the one run of a flow to be in one of these types of state."""
        return until(lambda: next((r for r in self.runs(flow) if r["state_type"] in states), None))


@pytest.fixture
def site(prefect: Running, tmp_path: Path) -> Site:
    return Site(prefect.address, tmp_path, f"tests-{secrets.token_hex(4)}")


def until(found: Callable[[], Any]) -> Any:
    """What is found as soon as it is not None and not false."""
    deadline = time.monotonic() + PATIENCE
    while not (value := found()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return value


def processes(of: str) -> dict[int, str]:
    """The command of every process in whose command something stands, by process id."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if of in command:
            found[int(folder.name)] = command
    return found


def tesseracts(site: Site) -> list[int]:
    """The processes that recognise a page of this archive."""
    found = processes(str(site.home / "work"))
    return [pid for pid, command in found.items() if "tesseract" in command.split()[0]]


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def ancestors(pid: int) -> list[int]:
    found = []
    while pid > 1:
        pid = parent(pid)
        found.append(pid)
    return found


def gone(pids: list[int]) -> bool:
    def alive(pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except (FileNotFoundError, ProcessLookupError):
            return False

    return not any(alive(pid) for pid in pids)


def readings(home: Path) -> Counter[str]:
    """How often the ledger says that each item was read."""
    with Archive.open(Places(home)) as archive:
        events = archive.catalog.events()
        return Counter(event.object for event in events if event.term == Term.EXTRACTION)


def assert_whole(home: Path, receipt: Json) -> None:
    """Every file once, nothing waits, nothing was read twice, and it verifies."""
    assert receipt["counts"]["waiting"] == 0
    assert set(Counter(line["path"] for line in receipt["items"]).values()) == {1}
    assert set(readings(home).values()) == {1}
    with Archive.open(Places(home)) as archive:
        assert verify(archive).findings == ()
        assert not [p for p in archive.catalog.problems() if p.status is StageStatus.FAILED]


# --- setting up -----------------------------------------------------------------------------------


def set_up(site: Site, **settings: str) -> Json:
    done = site.aigaq("serve-flows", "--no-worker", "--json", **settings)
    assert done.returncode == 0, done.stderr
    answer: Json = json.loads(done.stdout)
    return answer


def test_setting_up_again_changes_nothing_that_a_person_changed(site: Site) -> None:
    first = set_up(site, AIGAQ_FLOWS_OCR_AT_ONCE="3")
    assert first == {
        "pool": site.pool,
        "made": True,
        "deployments": [f"{flow}/{site.pool}" for flow in ("ingest", "read", "reindex", "verify")],
        "verify_at": ["0 3 * * 0"],
        "ocr_at_once": 3,
    }
    [verification] = [d for d in deployments(site) if d["name"] == site.pool and d["schedules"]]
    [schedule] = verification["schedules"]
    assert schedule["active"]
    pause(site, verification["id"], schedule["id"])

    assert set_up(site) == {**first, "made": False}
    [again] = [d for d in deployments(site) if d["schedules"]]
    assert again["id"] == verification["id"]
    assert [(s["id"], s["active"]) for s in again["schedules"]] == [(schedule["id"], False)]
    assert len(deployments(site)) == 4

    changed = set_up(site, AIGAQ_FLOWS_VERIFY_AT="30 4 * * *", AIGAQ_FLOWS_OCR_AT_ONCE="2")
    assert changed["verify_at"] == ["30 4 * * *"]
    assert changed["ocr_at_once"] == 2
    assert set_up(site, AIGAQ_FLOWS_VERIFY_AT="")["verify_at"] == []
    assert set_up(site)["verify_at"] == ["0 3 * * 0"]


def test_the_verification_is_scheduled_in_time(site: Site) -> None:
    """Prefect's scheduler makes the runs of the coming weeks; it must be able to."""
    set_up(site)
    coming = until(lambda: waiting_for_their_day(site))
    assert all(run["auto_scheduled"] for run in coming)
    days = [datetime.fromisoformat(run["expected_start_time"]) for run in coming]
    assert {(day.weekday(), day.hour, day.minute) for day in days} == {(6, 3, 0)}


def waiting_for_their_day(site: Site) -> list[Json]:
    pool = {"name": {"any_": [site.pool]}}
    return ask(
        site.api,
        "flow_runs",
        work_pools=pool,
        flow_runs={"state": {"type": {"any_": ["SCHEDULED"]}}},
    )


def test_a_pool_belongs_to_one_archive(site: Site, tmp_path: Path) -> None:
    set_up(site)
    other = site.aigaq("serve-flows", "--no-worker", AIGAQ_HOME=str(tmp_path / "other"))
    assert other.returncode == 2
    assert "belongs to another archive" in other.stderr
    assert "flows.pool" in other.stderr
    folder = write_delivery(tmp_path / "batch")
    given = site.aigaq("ingest", str(folder), "--remote", AIGAQ_HOME=str(tmp_path / "other"))
    assert given.returncode == 2
    assert "belongs to another archive" in given.stderr


def test_what_is_not_set_up_is_told_with_advice(site: Site, tmp_path: Path) -> None:
    folder = write_delivery(tmp_path / "batch")
    given = site.aigaq("ingest", str(folder), "--remote")
    assert given.returncode == 1
    assert f"ingest/{site.pool}" in given.stderr
    assert "aigaq serve-flows" in given.stderr
    without = site.aigaq("ingest", str(folder), "--remote", PREFECT_API_URL="")
    assert without.returncode == 2
    assert "PREFECT_API_URL" in without.stderr


def deployments(site: Site) -> list[Json]:
    return ask(site.api, "deployments", work_pools={"name": {"any_": [site.pool]}})


def pause(site: Site, deployment: str, schedule: str) -> None:
    send(site, "PATCH", f"deployments/{deployment}/schedules/{schedule}", {"active": False})


def send(site: Site, how: str, path: str, body: Json) -> None:
    request = urllib.request.Request(
        f"{site.api}/{path}",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
        method=how,
    )
    urllib.request.urlopen(request, timeout=30).close()


# --- working --------------------------------------------------------------------------------------

SECRET = "свидетель-Абдиев"


def write_protected(folder: Path) -> Path:
    """The usual delivery, scans, and sealed files: one to be read, one to be refused, one listed
    with a mistake."""
    write_delivery(folder)
    for number in range(8):
        write_scan(folder / f"scan-{number}.pdf", pages=1)
    (folder / f"{SECRET}.txt").write_text(HEARING * 2, encoding="utf-8")
    (folder / f"{SECRET}.docx").write_bytes(b"PK\x03\x04 cut off")
    with (folder / "manifest.csv").open("a", encoding="utf-8") as manifest:
        manifest.write(f"{SECRET}.txt,QAN-0001,,sealed\n{SECRET}.docx,QAN-0001,,sealed\n")
        manifest.write(f"{SECRET}-2.txt,?,,sealt\n")
    return folder


def test_two_workers_do_what_one_machine_does_and_only_one_page_is_recognised_at_once(
    site: Site, tmp_path: Path
) -> None:
    folder = write_protected(tmp_path / "delivery")
    with site.workers(2, AIGAQ_FLOWS_OCR_AT_ONCE="1"), ExitStack() as held:
        until(lambda: (site.home / "aigaq-archive").exists() and len(deployments(site)) == 4)
        watching = OcrCount(site)
        with Archive.open(Places(site.home)) as archive:
            year = datetime.now(UTC).year
            for number in range(1, 30):  # until both are at it
                held.enter_context(archive.held_if_free(f"ARC-{year}-{number:06}"))
            client = site.begin("ingest", str(folder), "--remote", "--json")
            helper = site.run("read", "RUNNING")
            watching.begin()
            held.close()
            answer, told = client.communicate(timeout=2 * PATIENCE)
        most = watching.end()
    assert client.returncode == 4, told
    receipt = json.loads(answer)
    assert_whole(site.home, receipt)
    assert most == 1

    alone = site.aigaq(
        "ingest", str(folder), "--json", "--here",
        AIGAQ_HOME=str(tmp_path / "alone"), AIGAQ_PREFECT="never",
    )  # fmt: skip
    expected = json.loads(alone.stdout)
    for part in ("items", "missing", "manifest_problems", "counts"):
        assert receipt[part] == expected[part]
    with (
        Archive.open(Places(site.home)) as archive,
        Archive.open(Places(tmp_path / "alone")) as other,
    ):
        assert contents(archive) == contents(other)

    done = site.run("read", "COMPLETED")
    assert done["id"] == helper["id"]
    assert 0 < int(done["state"]["message"].split()[0]) < len(receipt["items"])
    assert_operator_can_read(site, receipt)


class OcrCount:
    """How many pages of an archive were recognised at the same moment, at most."""

    def __init__(self, site: Site) -> None:
        self._site, self._over, self._most = site, threading.Event(), 0
        self._thread = threading.Thread(target=self._look)

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> int:
        self._over.set()
        self._thread.join()
        return self._most

    def _look(self) -> None:
        while not self._over.wait(0.02):
            self._most = max(self._most, len(tesseracts(self._site)))


def assert_operator_can_read(site: Site, receipt: Json) -> None:
    """What stands in Prefect's pages, to somebody who knows nothing of the code; and what must
    not stand anywhere."""
    batch = receipt["batch"]
    run = site.run("ingest", "COMPLETED")
    assert run["name"] == f"ingest {batch}: delivery"
    assert run["state_name"] == "Completed, some refused"
    refused = receipt["counts"]["refused"]
    assert f"{refused} refused" in run["state"]["message"]
    assert {batch, "QAN-0001", "QAN-0002"} <= set(run["tags"])
    assert site.run("read", "COMPLETED")["name"] == f"read {batch}: helper 1"
    states = [state["name"] for state in history(site, run["id"])]
    assert [s for s in states if s in ("Taking in", "Reading", "Indexing")] == [
        "Taking in", "Reading", "Indexing",
    ]  # fmt: skip

    artifacts = {a["key"]: a for a in ask(site.api, "artifacts") if a["flow_run_id"] == run["id"]}
    files = receipt["counts"]["files"]
    read = artifacts[f"read-{batch.lower()}"]
    assert read["type"] == "progress"
    assert read["data"] == 100.0
    assert read["description"] == f"Reading: {files} of {files} files, {refused} with a problem"
    problems = json.loads(artifacts[f"problems-{batch.lower()}"]["data"])
    told = {row["file"]: row["because"] for row in problems}
    assert len(problems) == refused
    assert told["(sealed)"] == "(sealed)"
    assert all(told[name] for name in ("empty.pdf", "cut.pdf", "bomb.docx"))
    sealed = next(line for line in receipt["items"] if line["path"] == f"{SECRET}.docx")
    assert sealed["item"] in {row["item"] for row in problems}

    logs = ask(site.api, "logs", logs={"flow_run_id": {"any_": [run["id"]]}})
    assert any("empty.pdf" in log["message"] or "refused" in log["message"] for log in logs)
    tasks = ask(site.api, "task_runs", flow_runs={"id": {"any_": [run["id"]]}})
    everything = json.dumps(
        [site.runs(), tasks, list(artifacts.values()), logs], ensure_ascii=False
    )
    assert SECRET not in everything
    assert SECRET.encode("unicode_escape").decode() not in everything


def history(site: Site, run: str) -> list[Json]:
    address = f"{site.api}/flow_run_states/?flow_run_id={run}"
    with urllib.request.urlopen(address, timeout=30) as reply:
        states: list[Json] = json.load(reply)
        return states


def engine(run: Json) -> int:
    """The process that works on a run."""
    return int(run["infrastructure_pid"])


def at_a_page(site: Site, run: Json) -> list[int]:
    """Wait until the run recognises a page; its processes, from the engine down to tesseract."""

    def look() -> list[int]:
        for page in tesseracts(site):
            try:
                line = [page, *ancestors(page)]
            except (FileNotFoundError, ProcessLookupError):
                continue
            if engine(run) in line:
                return line[: line.index(engine(run)) + 1]
        return []

    found: list[int] = until(look)
    return found


def write_long(folder: Path, files: int) -> Path:
    folder.mkdir()
    for number in range(files):
        write_scan(folder / f"scan-{number:02}.pdf", pages=3)
    return folder


def test_killed_workers_are_no_loss(site: Site, tmp_path: Path) -> None:
    """kill -9 of a helper's worker, then of the worker of the run that ingests the batch."""
    folder = write_long(tmp_path / "delivery", 12)
    with site.workers(2):
        until(lambda: (site.home / "aigaq-archive").exists() and len(deployments(site)) == 4)
        client = site.begin("ingest", str(folder), "--remote", "--json")
        helper = site.run("read", "RUNNING")
        for run in (helper, site.run("ingest", "RUNNING")):
            below = at_a_page(site, run)
            os.kill(parent(engine(run)), signal.SIGKILL)
            until(lambda below=below: gone(below))
        answer, told = client.communicate(timeout=2 * PATIENCE)
        assert client.returncode == 0, told
        run = site.run("ingest", "COMPLETED")
        assert "Taken up" in [state["name"] for state in history(site, run["id"])]
        until(
            lambda: (
                next(r for r in site.runs("read") if r["id"] == helper["id"])["state_type"]
                == "CRASHED"
            )
        )
    assert len(site.runs("ingest")) == 1
    receipt = json.loads(answer)
    assert receipt["counts"]["stored"] == 12
    assert_whole(site.home, receipt)


def test_a_cancelled_run_stops_its_tools_and_its_helpers_and_is_continued_later(
    site: Site, tmp_path: Path
) -> None:
    folder = write_long(tmp_path / "delivery", 12)
    with site.workers(2):
        until(lambda: (site.home / "aigaq-archive").exists() and len(deployments(site)) == 4)
        client = site.begin("ingest", str(folder), "--remote")
        helper = site.run("read", "RUNNING")
        run = site.run("ingest", "RUNNING")
        below = at_a_page(site, helper) + at_a_page(site, run)
        send(site, "POST", f"flow_runs/{run['id']}/set_state", {"state": {"type": "CANCELLING"}})
        until(lambda: gone(below))
        assert site.run("ingest", "CANCELLED")["id"] == run["id"]
        assert site.run("read", "CANCELLED")["id"] == helper["id"]
        until(lambda: not tesseracts(site))
        _, told = client.communicate(timeout=PATIENCE)
        assert client.returncode == 1
        assert "was cancelled" in told
        with Archive.open(Places(site.home)) as archive:
            assert not archive.catalog.problems(), "what was not finished has not failed"
    again = site.aigaq("ingest", str(folder), "--json", "--here", AIGAQ_PREFECT="never")
    assert again.returncode == 0, again.stderr
    assert_whole(site.home, json.loads(again.stdout))
