"""One server of each kind for a whole test run, however many processes the run has.

The first process that needs a server starts it under a lock and leaves a note; the others read the
note. The controller ends every noted server when the run is over.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from types import ModuleType

from tests.services import Running, ServiceMissing

_RUN = "TESTS_SERVICES_FOLDER"


def begin() -> None:
    """In the controller, before workers start: a folder of this run, told by the environment.

    It is short and readable by all: servers refuse to run as root and get a user of their own.
    """
    folder = tempfile.mkdtemp(prefix="services-")
    Path(folder).chmod(0o755)
    os.environ[_RUN] = folder


def shared(service: ModuleType) -> Running:
    """The running server of that kind; ServiceMissing, said again to each who asks."""
    name = service.__name__.rpartition(".")[2]
    folder = Path(os.environ[_RUN], name)
    folder.mkdir(mode=0o755, exist_ok=True)
    note, refused = folder / "running.json", folder / "missing"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if refused.exists():
            raise ServiceMissing(refused.read_text(encoding="utf-8"))
        if not note.exists():
            try:
                running: Running = service.start(folder)
            except ServiceMissing as missing:
                refused.write_text(str(missing), encoding="utf-8")
                raise
            note.write_text(running.to_json(), encoding="utf-8")
        return Running.from_json(note.read_text(encoding="utf-8"))


def note_again(service: ModuleType, running: Running) -> None:
    """A test stopped the server and started it again: it has other processes to end."""
    folder = Path(os.environ[_RUN], service.__name__.rpartition(".")[2])
    (folder / "running.json").write_text(running.to_json(), encoding="utf-8")


def end(services: dict[str, ModuleType]) -> None:
    """In the controller, after all tests: stop every server that this run started, and take its
    files away (a quarter of a gigabyte for some)."""
    folder = Path(os.environ.pop(_RUN))
    for note in folder.glob("*/running.json"):
        running = Running.from_json(note.read_text(encoding="utf-8"))
        services[note.parent.name].stop(running)
    shutil.rmtree(folder)
