"""Functions that misbehave, to be run confined: each in the way its name says."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from pathlib import Path

from aigaq.archive.errors import RefusedError


def add(left: int, right: int) -> int:
    return left + right


def environment() -> dict[str, str]:
    return dict(os.environ)


def take_memory() -> None:
    held = []
    while True:
        held.append(bytearray(8 << 20))


def spin() -> None:
    while True:
        pass


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def segfault() -> None:
    ctypes.string_at(0)


def leave(code: int) -> None:
    os._exit(code)


def nest() -> None:
    nest()


def result_of(count: int) -> bytes:
    return b"x" * count


def unpicklable() -> object:
    return lambda: None


def fail() -> None:
    raise ValueError("a fault")


def refuse() -> None:
    raise RefusedError("not this one", advice="take another")


def write(path: Path, count: int) -> int:
    return path.write_bytes(b"x" * count)


def open_many(count: int) -> int:
    return len([os.open("/dev/null", os.O_RDONLY) for _ in range(count)])


def fork_and_spin() -> None:
    """A dozen children that would outlive us."""
    for _ in range(12):
        if os.fork() == 0:
            spin()
    spin()


def start_programs(marker: str, then: str) -> int:
    """Two outside programs, one of them the child of a shell, that would sleep for minutes."""
    program = [sys.executable, "-c", "import time; time.sleep(300)", marker]
    subprocess.Popen(program)
    subprocess.Popen(["sh", "-c", '"$@" & wait', "sh", *program])
    if then == "sleep":
        time.sleep(300)
    if then == "segfault":
        time.sleep(0.3)
        segfault()
    time.sleep(0.3)
    return os.getpid()
