"""The workers of one machine: processes that take runs from the pool, one at a time each.

Who runs them looks after them, too: a worker that dies is replaced, and a run that died with its
worker, here or on another machine, is begun again.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from socket import gethostname

import httpx
from prefect import get_client

from aigaq.archive.custody import Archive
from aigaq.pipeline.flows.process import worker
from aigaq.pipeline.flows.rescue import LOOK_SECONDS, Rescuer
from aigaq.pipeline.tools import exiftool, ffmpeg, tesseract
from aigaq.pipeline.tools.probe import suitable

Say = Callable[[str], None]

PAUSE_SECONDS = 5.0
"""Before a worker that died is replaced: it may have died because Prefect is away."""

_WORKER = {
    # A run must not wait long for a free worker, nor a dead worker be counted on for long.
    "PREFECT_WORKER_QUERY_SECONDS": "2",
    "PREFECT_WORKER_HEARTBEAT_SECONDS": "10",
    # Our code comes with the program; nothing is to be brought or installed for a run.
    "PREFECT_RUNNER_AUTO_INSTALL_DEPENDENCIES": "false",
}


def require_programs() -> None:
    """ToolError unless this machine has what readers need: a worker without tesseract would take
    file after file, and each would fail."""
    for program in (tesseract.PROGRAM, ffmpeg.PROGRAM, ffmpeg.PROBE_PROGRAM, exiftool.PROGRAM):
        suitable(program)


class Workers:
    """Some workers for one pool. `say` hears, in a line, what happened to them and their runs."""

    def __init__(self, archive: Archive, pool: str, number: int, *, cores: int, say: Say) -> None:
        self._pool, self._say = pool, say
        self._rescuer = Rescuer(archive, pool)
        self._environment = _environment(archive.home, cores)
        here = f"{gethostname()}-{os.getpid()}"
        self._names = [f"{here}-{one}" for one in range(1, number + 1)]
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._not_before: dict[str, float] = {}
        self._away = False

    def run(self) -> None:
        """Keep them at work until this is interrupted; then end them, and give their runs back."""
        next_look = 0.0
        try:
            while True:
                self._start()
                if time.monotonic() >= next_look:
                    self._look(LOOK_SECONDS)
                    next_look = time.monotonic() + LOOK_SECONDS
                time.sleep(0.5)
        finally:
            self._end()

    def _start(self) -> None:
        """Start whoever is not there; who died only after a pause."""
        for name in self._names:
            process = self._processes.get(name)
            if process is not None and process.poll() is not None:
                self._say(f"worker {name} ended ({process.returncode}) and is replaced")
                _end(self._processes.pop(name))
                self._not_before[name] = time.monotonic() + PAUSE_SECONDS
            if name not in self._processes and time.monotonic() >= self._not_before.get(name, 0.0):
                self._processes[name] = subprocess.Popen(
                    worker(self._pool, name),
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    start_new_session=True,
                )

    def _look(self, patience: float) -> None:
        try:
            with get_client(sync_client=True) as client:
                for told in self._rescuer.look(client, patience):
                    self._say(told)
        except httpx.HTTPError as error:
            if not self._away:
                self._say(f"Prefect does not answer ({error!r}); it is asked again")
            self._away = True
        else:
            self._away = False

    def _end(self) -> None:
        for process in self._processes.values():
            _end(process)
        # What they were at waits at once for other workers, or for the next that are started here.
        self._look(0.5)
        time.sleep(0.6)
        self._look(0.5)


def _environment(home: Path, cores: int) -> Mapping[str, str]:
    """What a worker and its runs are given; the rest of the settings they read themselves."""
    own = {
        "AIGAQ_HOME": str(home),
        "AIGAQ_WORKERS": str(cores),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    }
    return os.environ | _WORKER | own


def _end(process: subprocess.Popen[bytes]) -> None:
    """The worker and its run at once: what is not done waits in the record."""
    with suppress(ProcessLookupError):  # it has ended, and so has all that it started
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
