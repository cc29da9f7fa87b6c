"""A Prefect server of one's own on loopback, for the demo, the tests and a laptop."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aigaq.archive.errors import SettingError, ToolError

START_SECONDS = 120.0  # the first start makes the database; later ones take about 10 s
STOP_SECONDS = 15.0
_LEASES = "prefect.server.concurrency.lease_storage.filesystem"


@contextmanager
def prefect_server(folder: Path) -> Iterator[str]:
    """Start a server that keeps its data in `folder`, yield the address of its API, stop it.

    Raises ToolError when it does not answer in time; its log is `folder/server.log`.
    """
    server, api = launched(folder, _free_port())
    try:
        await_answer(server, api, folder)
        yield api
    finally:
        _stop(server)


def launched(folder: Path, port: int) -> tuple[subprocess.Popen[bytes], str]:
    """A server's process, leader of a session of its own, and the address at which it will
    answer. What it had in `folder` is there again."""
    folder.mkdir(parents=True, exist_ok=True)
    api = f"http://127.0.0.1:{port}/api"
    command = [sys.executable, "-m", "prefect", "server", "start"]
    with (folder / "server.log").open("ab") as log:
        server = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            stdout=log,
            stderr=log,
            env=_environment(folder, api),
            start_new_session=True,
        )
    return server, api


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _environment(folder: Path, api: str) -> dict[str, str]:
    return os.environ | {
        "PREFECT_HOME": str(folder.resolve()),
        "PREFECT_API_URL": api,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        # Otherwise a restart of the server forgets who holds places of a limit, for good.
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": _LEASES,
    }


def await_answer(server: subprocess.Popen[bytes], api: str, folder: Path) -> None:
    """Until it answers; ToolError when it does not in time, or has ended."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        if answers(api):
            return
        time.sleep(0.2)
    raise ToolError(
        "The Prefect server did not start.", advice=f"Its log tells why: {folder / 'server.log'}"
    )


def answers(api: str) -> bool:
    """Whether a Prefect API answers at this address."""
    try:
        with urllib.request.urlopen(f"{api}/health", timeout=5) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def connect(api: str) -> None:
    """Let Prefect use the API of the settings; to be called before prefect is imported.

    SettingError when there is none in the settings, ToolError when none answers there.
    """
    if not api:
        raise SettingError(
            "prefect_api_url is empty, and this needs Prefect",
            advice="start a server (prefect server start) and say where it is: PREFECT_API_URL",
        )
    if not answers(api):
        raise ToolError(
            f"Prefect's API does not answer at {api}.",
            advice="Start it (prefect server start), or go without: AIGAQ_PREFECT=never",
        )
    os.environ["PREFECT_API_URL"] = api


def _stop(server: subprocess.Popen[bytes]) -> None:
    """End the server and what it started; its whole session, since it has workers of its own."""
    if server.poll() is None:
        os.killpg(server.pid, signal.SIGTERM)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
