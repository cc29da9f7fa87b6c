"""A real Prefect server on loopback, with its pages, and what a person would look up in them.

PREFECT_TESTS_URL, the address of an API, points the tests at another server: they leave work pools
and runs behind there.

python -m tests.services.prefect FOLDER     starts one for a person, until Ctrl-C
"""

from __future__ import annotations

import json
import os
import signal
import sys
import urllib.request
from pathlib import Path
from typing import Any

from aigaq.archive.errors import ToolError
from aigaq.pipeline.flows.server import await_answer, launched
from tests.services import Running, ServiceMissing
from tests.services.processes import end, free_port


def start(folder: Path) -> Running:
    """Bring a server up in `folder`; its API answers at the address when this returns."""
    there = os.environ.get("PREFECT_TESTS_URL")
    if there:
        return Running(there)
    port = free_port()
    server, api = launched(folder, port)
    running = Running(api, (server.pid,), {"folder": str(folder), "port": str(port)})
    try:
        await_answer(server, api, folder)
    except ToolError as error:
        stop(running)
        log = (folder / "server.log").read_text(errors="replace").splitlines()
        raise ServiceMissing(f"{error.message} {(log or [''])[-1][:300]}") from error
    return running


def again(running: Running) -> Running:
    """The same server, which was stopped, at the same address with the data it had."""
    folder = Path(running.details["folder"])
    server, api = launched(folder, int(running.details["port"]))
    await_answer(server, api, folder)
    return Running(api, (server.pid,), running.details)


def stop(running: Running) -> None:
    """End the server's own process group."""
    for group in running.groups:
        end(group)


def ask(api: str, path: str, **filters: Any) -> list[dict[str, Any]]:
    """The first two hundred of something: `flow_runs`, `artifacts`, `logs` ..."""
    request = urllib.request.Request(
        f"{api}/{path}/filter",
        data=json.dumps(filters).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as reply:
        answer: list[dict[str, Any]] = json.load(reply)
        return answer


def main() -> None:
    """For a person: started in a folder, stopped by Ctrl-C."""
    running = start(Path(sys.argv[1]).resolve())
    print(running.address, flush=True)
    try:
        signal.pause()
    except KeyboardInterrupt:
        stop(running)


if __name__ == "__main__":
    main()
