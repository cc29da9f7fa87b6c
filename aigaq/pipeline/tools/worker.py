"""What one forked child does: put on the limits, read its task, do it, hand back the result."""

from __future__ import annotations

import ctypes
import errno
import os
import pickle
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from aigaq.archive.errors import AigaqError, RefusedError, ToolError
from aigaq.pipeline.tools.limits import Limits, spoken_bytes

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_prctl = ctypes.CDLL(None, use_errno=True).prctl


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a task: a value, or the error to raise at the caller."""

    value: object = None
    error: AigaqError | None = None


def work(task: socket.socket, parent: int) -> NoReturn:
    """Run the one task waiting in the socket, send its pickled `Result`, leave."""
    code = 1
    try:
        os.setsid()
        die_with(parent)
        sys.setrecursionlimit(min(sys.getrecursionlimit(), 1000))
        with task:
            with task.makefile("rb") as incoming:
                surroundings = pickle.load(incoming)
                sys.path[:] = surroundings["path"]
                os.chdir(surroundings["folder"])
                result = _result(incoming.read(), surroundings["limits"])
            task.sendall(_pickled(result))
        code = 0
    except BaseException:  # noqa: BLE001  the last frame of a process: nothing may run after it
        traceback.print_exc()
    finally:
        os._exit(code)


def die_with(parent: int) -> None:
    """End this process when its parent ends; and no program started here gains privileges."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _result(pickled_task: bytes, limits: Limits) -> Result:
    """Do the task under its limits; every way it can fail becomes an error of ours."""
    try:
        function: Callable[..., object]
        function, arguments = pickle.loads(pickled_task)
        restrict(limits)
        return Result(function(*arguments))
    except AigaqError as error:
        return Result(error=error)
    except MemoryError:
        return Result(error=RefusedError(f"ran out of memory ({_memory(limits)})"))
    except RecursionError:
        return Result(error=RefusedError("is nested too deeply"))
    except Exception as error:  # noqa: BLE001  a fault of ours: told to the caller as such
        if isinstance(error, OSError) and error.errno == errno.EFBIG:
            written = spoken_bytes(limits.file_bytes)
            return Result(error=RefusedError(f"wrote a file of more than {written}"))
        if isinstance(error, OSError) and error.errno == errno.ENOMEM:
            return Result(error=RefusedError(f"ran out of memory ({_memory(limits)})"))
        fault = ToolError(
            f"failed: {type(error).__name__}: {error}"[:2000],
            advice="This is a fault of the program: send the file's kind and this trace.",
        )
        fault.add_note(traceback.format_exc())
        return Result(error=fault)


def restrict(limits: Limits) -> None:
    """Put the operating system's limits on this process and all it will start.

    Memory counts on top of the address space the loaded libraries already map (over 1 GB with
    OpenCV and a language model), so that a job's allowance does not shrink with what is loaded.
    """
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    _limit(resource.RLIMIT_AS, mapped + limits.memory_bytes)
    # The soft limit comes first, as a signal of its own: the reason can be told from a kill.
    _limit(resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 5)
    _limit(resource.RLIMIT_FSIZE, limits.file_bytes)
    _limit(resource.RLIMIT_NOFILE, limits.open_files)
    _limit(resource.RLIMIT_CORE, 0)


def _limit(which: int, soft: int, hard: int | None = None) -> None:
    """Lower one limit, never above what the operator already set."""
    hard = soft if hard is None else hard
    _, allowed = resource.getrlimit(which)
    if allowed != resource.RLIM_INFINITY:
        hard = min(hard, allowed)
    resource.setrlimit(which, (min(soft, hard), hard))


def _memory(limits: Limits) -> str:
    return spoken_bytes(limits.memory_bytes)


def _pickled(result: Result) -> bytes:
    """The result as bytes; what cannot be pickled is a fault of ours, told as such."""
    try:
        return pickle.dumps(result, protocol=pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        fault = ToolError(f"the result cannot be handed back: {error}")
        return pickle.dumps(Result(error=fault))
    except MemoryError:
        return pickle.dumps(Result(error=RefusedError("ran out of memory with its result")))
