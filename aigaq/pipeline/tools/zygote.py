"""The process that forks one child a job: modules are loaded once, each job starts clean.

Started by `sandbox` as `python -m aigaq.pipeline.tools.zygote CONTROL_FD MODULE...`. It has one
thread, so forking it is safe, and it never opens a file of the archive itself. For each job it
receives two sockets over its control socket: the worker reads its task from the first and writes
its result there; the zygote writes how the worker ended to the second.

A job ends when the worker ends, its deadline passes, or the other end of its second socket is
closed (the caller gave up or was killed). Each of these ends the whole process group, so outside
programs the worker started die with it. When the control socket closes, all jobs end.

Python's own `multiprocessing` fork server was not taken: it imports the caller's main script
again for every single job, and it neither ends grandchildren nor notices a caller that died.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass

from aigaq.pipeline.tools import worker

MESSAGE_BYTES = 256
"""Room for one job's header on the control socket (a JSON object with its deadline)."""


@dataclass(frozen=True, slots=True)
class Job:
    """One worker under way: its process, its caller's status socket, and when it must be over."""

    pid: int
    pidfd: int
    status: socket.socket
    deadline: float


def main(arguments: Sequence[str]) -> None:
    """Load what was asked for, say so, then serve until the control socket closes."""
    control = socket.socket(fileno=int(arguments[0]))
    control.set_inheritable(False)
    try:
        for name in arguments[1:]:
            load(name)
    except Exception:  # noqa: BLE001  whatever an import raises is told to the caller, who stops
        control.send(traceback.format_exc().encode()[-4000:])
        return
    gc.collect()
    gc.freeze()  # objects loaded here are shared with every child: keep the collector off them
    control.send(b"ready")
    Server(control).serve()


def load(name: str) -> None:
    """Import `module`, or import it and call `function` for `module:function` (warming a model)."""
    module, _, function = name.partition(":")
    loaded = importlib.import_module(module)
    if function:
        getattr(loaded, function)()


class Server:
    """The loop: take jobs, watch workers, deadlines and callers."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.jobs: dict[int, Job] = {}
        self.selector = selectors.DefaultSelector()
        self.selector.register(control, selectors.EVENT_READ, 0)

    def serve(self) -> None:
        """Until the caller's process closes the control socket; then every job is ended."""
        while True:
            for key, _ in self.selector.select(self._patience()):
                job = self.jobs.get(key.data)
                if key.data == 0 and not self._accept():
                    for left in list(self.jobs.values()):
                        self._finish(left, "cancelled")
                    return
                if job is not None:
                    self._finish(job, "ended" if key.fd == job.pidfd else "cancelled")
            for job in [job for job in self.jobs.values() if job.deadline <= time.monotonic()]:
                self._finish(job, "deadline")

    def _patience(self) -> float | None:
        if not self.jobs:
            return None
        return max(0.0, min(job.deadline for job in self.jobs.values()) - time.monotonic())

    def _accept(self) -> bool:
        """Fork one worker; False when the caller's process is gone."""
        try:
            message, fds, _, _ = socket.recv_fds(self.control, MESSAGE_BYTES, 2)
        except ConnectionError:
            return False
        if not message:
            return False
        task, status = (socket.socket(fileno=fd) for fd in fds)
        deadline = time.monotonic() + float(json.loads(message)["wall_seconds"])
        server = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._leave(status)
            worker.work(task, server)
        task.close()
        job = Job(pid, os.pidfd_open(pid), status, deadline)
        self.jobs[pid] = job
        self.selector.register(job.pidfd, selectors.EVENT_READ, pid)
        self.selector.register(job.status, selectors.EVENT_READ, pid)
        return True

    def _leave(self, status: socket.socket) -> None:
        """In a new worker: close what belongs to the server and to other jobs."""
        self.selector.close()
        self.control.close()
        status.close()
        for job in self.jobs.values():
            os.close(job.pidfd)
            job.status.close()

    def _finish(self, job: Job, how: str) -> None:
        """End the job's whole process group, reap the worker, tell the caller."""
        for end in (os.killpg, os.kill):  # the second for a worker not yet leader of its group
            with contextlib.suppress(ProcessLookupError):
                end(job.pid, signal.SIGKILL)
        _, wait_status = os.waitpid(job.pid, 0)
        del self.jobs[job.pid]
        self.selector.unregister(job.pidfd)
        self.selector.unregister(job.status)
        os.close(job.pidfd)
        report = {"how": how, "code": os.waitstatus_to_exitcode(wait_status)}
        with contextlib.suppress(BrokenPipeError, ConnectionError):  # the caller may be gone
            job.status.send(json.dumps(report).encode())
        job.status.close()


if __name__ == "__main__":
    main(sys.argv[1:])
