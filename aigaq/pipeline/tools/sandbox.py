"""Run a function on hostile input in a process of its own, with limits that hold.

    text = confine(read_page, path, 3, limits=Limits(wall_seconds=20))

The function must be importable (a top-level function of a module), its arguments and result
picklable. It runs in a fresh child of a warm `zygote`, in a session of its own, with caps on
memory, processor time, file size and open files, and a deadline. Whatever happens to it, the
caller gets the result or an error of ours with the exact reason; nothing it started survives it,
not even when the caller is killed. Any number of threads may call at once.

The child sees no environment variable outside `KEPT_VARIABLES`: secrets of the caller stay out.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar, TypeVarTuple

from aigaq.archive.errors import RefusedError, ToolError
from aigaq.pipeline.tools.limits import GIB, MIB, Limits, spoken_bytes, spoken_seconds
from aigaq.pipeline.tools.worker import Result

__all__ = ["Limits", "confine", "preload", "stop"]

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")

KEPT_VARIABLES = (
    *("HOME", "LANG", "LC_ALL", "LC_CTYPE", "PATH", "TMPDIR", "TZ", "USER"),
    *("LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV", "TESSDATA_PREFIX"),
)

ONE_THREAD = {
    # A job is one process on one core; tesseract with OpenMP's own threads takes 6 x the CPU.
    "OMP_THREAD_LIMIT": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}

LARGE_PAGES = {
    # A page picture or tesseract's language data is tens of MB. By default the C library (glibc)
    # asks the system anew for each, 4 kB at a time, and gives it back at once: that took a third of
    # the CPU of drawing a scan, half of loading language data, and 6 % of reading a page.
    "GLIBC_TUNABLES": ":".join(
        (
            "glibc.malloc.hugetlb=1",
            f"glibc.malloc.mmap_threshold={32 * MIB}",
            f"glibc.malloc.trim_threshold={GIB}",
            f"glibc.malloc.top_pad={4 * MIB}",
        )
    )
}

_ZYGOTE = "aigaq.pipeline.tools.zygote"

_BACKSTOP_SECONDS = 60.0
"""How long past the deadline the caller waits for the zygote's word before it gives it up."""


def preload(modules: Sequence[str]) -> None:
    """Name what every child needs (`module`, or `module:function` to warm it) before the first job.

    What is named after the first `confine` is loaded by each job by itself: right, but slower.
    """
    _zygotes.preload(modules)


def stop() -> None:
    """End the zygote and every job still under way; the next `confine` starts a new one.

    Not needed at exit: the zygote ends with its caller. For measurements (the children's CPU time
    counts as ours from here on) and for long-lived processes that rest.
    """
    _zygotes.stop()


def confine(function: Callable[[*Arguments], T], *args: *Arguments, limits: Limits) -> T:
    """The function's result; RefusedError when the input broke a limit or crashed the reader.

    ToolError when it failed for a reason that is not the input's (an unexpected exception, whose
    trace is in the error's notes, or a sandbox that cannot start).
    """
    task = _pickled_task(function, args, limits)
    ours, theirs = socket.socketpair()
    watch, status = socket.socketpair()
    with ours, watch:
        with theirs, status:
            _zygotes.current().start(theirs, status, limits.wall_seconds)
        ours.settimeout(limits.wall_seconds + _BACKSTOP_SECONDS)
        watch.settimeout(limits.wall_seconds + _BACKSTOP_SECONDS)
        try:
            answer = _converse(ours, task, limits.result_bytes)
            if answer is not None:
                return _opened(answer)  # type: ignore[return-value]
            raise _ending(watch, limits)
        except TimeoutError as error:
            raise ToolError("the sandbox does not answer") from error


def _pickled_task(function: Callable[..., object], args: Sequence[object], limits: Limits) -> bytes:
    if getattr(function, "__module__", None) == "__main__":
        raise ToolError("only a function of an importable module can run in the sandbox")
    surroundings = {"path": sys.path, "folder": str(Path.cwd()), "limits": limits}
    try:
        return pickle.dumps(surroundings) + pickle.dumps((function, tuple(args)))
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise ToolError(f"this cannot be sent to the sandbox: {error}") from error


def _converse(ours: socket.socket, task: bytes, cap: int) -> bytes | None:
    """Send the task, take the answer; None when the worker died before it had answered in full."""
    try:
        ours.sendall(task)
        ours.shutdown(socket.SHUT_WR)
        answer = bytearray()
        while piece := ours.recv(1 << 20):
            answer += piece
            if len(answer) > cap:
                raise RefusedError(f"its result is larger than {spoken_bytes(cap)}")
    except (BrokenPipeError, ConnectionResetError):
        return None
    return bytes(answer) if answer.endswith(pickle.STOP) else None


def _opened(answer: bytes) -> object:
    result = pickle.loads(answer)
    assert isinstance(result, Result)
    if result.error is not None:
        raise result.error
    return result.value


def _ending(watch: socket.socket, limits: Limits) -> RefusedError | ToolError:
    """Why the worker ended without an answer, from the zygote's report."""
    report = watch.recv(4096)
    if not report:
        return ToolError("the sandbox itself was killed", advice="Run the same command again.")
    ended = json.loads(report)
    if ended["how"] == "deadline":
        return RefusedError(f"ran out of time ({spoken_seconds(limits.wall_seconds)})")
    return _death(-int(ended["code"]), limits)


def _death(number: int, limits: Limits) -> RefusedError | ToolError:
    if number == signal.SIGXCPU:
        return RefusedError(f"ran out of processor time ({limits.cpu_seconds} s)")
    if number == signal.SIGXFSZ:
        return RefusedError(f"wrote a file of more than {spoken_bytes(limits.file_bytes)}")
    if number == signal.SIGKILL:
        return RefusedError("was killed (signal 9): the machine itself ran out of memory")
    if number > 0:
        return RefusedError(f"crashed (signal {number})")
    return ToolError(f"the reader's process left without a result (code {-number})")


class _Zygote:
    """A running zygote and the control socket to it."""

    def __init__(self, modules: Sequence[str]) -> None:
        self.owner = os.getpid()
        self._sending = threading.Lock()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", _ZYGOTE, str(theirs.fileno()), *modules],
                env=environment | ONE_THREAD | LARGE_PAGES,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        word = self._control.recv(8192)
        if word != b"ready":
            self.close()
            raise ToolError(f"the sandbox did not start: {word.decode(errors='replace')}")

    def alive(self) -> bool:
        return self.owner == os.getpid() and self._process.poll() is None

    def start(self, task: socket.socket, status: socket.socket, wall_seconds: float) -> None:
        """Hand both sockets over; the zygote forks a worker for them."""
        header = json.dumps({"wall_seconds": wall_seconds}).encode()
        with self._sending:
            try:
                socket.send_fds(self._control, [header], [task.fileno(), status.fileno()])
            except (BrokenPipeError, ConnectionError) as error:
                raise ToolError("the sandbox itself was killed") from error

    def close(self) -> None:
        """Let it end by itself, with all its jobs."""
        self._control.close()
        if self.owner == os.getpid():
            self._process.wait(timeout=_BACKSTOP_SECONDS)


class _Zygotes:
    """The one zygote of this process, started by the first job and again if it is lost."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._modules: tuple[str, ...] = ()
        self._zygote: _Zygote | None = None

    def preload(self, modules: Sequence[str]) -> None:
        with self._lock:
            self._modules = tuple(dict.fromkeys((*self._modules, *modules)))

    def current(self) -> _Zygote:
        with self._lock:
            if self._zygote is None or not self._zygote.alive():
                self._zygote = _Zygote(self._modules)
            return self._zygote

    def stop(self) -> None:
        with self._lock:
            zygote, self._zygote = self._zygote, None
        if zygote is not None:
            zygote.close()

    def forget(self) -> None:
        """After a fork: the zygote is the parent's; this process starts its own."""
        self._lock = threading.Lock()
        self._zygote = None


_zygotes = _Zygotes()
os.register_at_fork(after_in_child=_zygotes.forget)
