"""Servers as plain processes: a free port for one, whether it lives, and its end."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from pathlib import Path


def free_port() -> int:
    """A port of loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def lives(group: int) -> bool:
    """Whether any process of the group still runs (one that nobody has reaped does not)."""
    with contextlib.suppress(ChildProcessError):  # started by another process of the test run
        os.waitpid(group, os.WNOHANG)
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            state, _, its_group = status.read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state != "Z":
                return True
    return False


def end(group: int, *, gently: bool = True) -> None:
    """End a process group, first gently unless told otherwise, then for good."""
    ways = ((signal.SIGTERM, 15), (signal.SIGKILL, 5))
    for how, seconds in ways if gently else ways[1:]:
        try:
            os.killpg(group, how)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not lives(group):
                return
            time.sleep(0.1)


def descendants(process: int) -> list[int]:
    """Every process that this one started, and what those started, in sessions of their own too."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            parent = int(status.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(status.parent.name))
    found = list(children.get(process, []))
    for each in found:
        found += children.get(each, [])
    return found
