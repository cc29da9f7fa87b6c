"""One way to look for and run an outside program: its path, its version, no shell, its last words.

Each wrapper module (`tesseract`, `poppler`, `ffmpeg`, `exiftool`) declares one `Program` and calls
`run`; nothing else starts a process. Programs that open evidence are run inside a confined child
(see `sandbox`), whose limits they inherit and with which they die.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aigaq.archive.errors import RefusedError, ToolError
from aigaq.archive.model import Tool

_VERSION_SECONDS = 20
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Program:
    """An outside program: how it is called, how it tells its version, the oldest that will do.

    `version` is a pattern whose first group is the version in what `command *version_arguments`
    prints; `package` is the Debian package that brings it.
    """

    name: str
    command: str
    version_arguments: tuple[str, ...]
    version: str
    oldest: tuple[int, ...]
    package: str


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found of a program on this machine; `problem` says why it is not suitable."""

    program: Program
    path: str = ""
    version: str = ""
    problem: str = ""

    @property
    def suitable(self) -> bool:
        return not self.problem

    @property
    def tool(self) -> Tool:
        """Name and version as stamped on everything the program makes."""
        return Tool(self.program.name, self.version)


@dataclass(frozen=True, slots=True)
class Finished:
    """How a run ended: exit code (negative: the signal), its output, what it said of errors."""

    code: int
    output: bytes
    errors: str

    @property
    def reason(self) -> str:
        """One line of why it failed: the program's last words, without control characters."""
        lines = [line.strip() for line in self.errors.splitlines() if line.strip()]
        if self.code < 0:
            return f"crashed (signal {-self.code})"
        said = lines[-1] if lines else f"exit code {self.code}"
        return "".join(letter for letter in said if letter.isprintable())[:_LONGEST_REASON]


@cache
def probe(program: Program) -> Probe:
    """Look for the program once; a probe never raises."""
    path = shutil.which(program.command)
    if path is None:
        return Probe(program, problem=f"{program.name} is not installed")
    try:
        said = subprocess.run(
            [path, *program.version_arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_VERSION_SECONDS,
            check=False,
        ).stdout.decode(errors="replace")
    except (OSError, subprocess.TimeoutExpired) as error:
        return Probe(program, path, problem=f"{program.name} does not start: {error}")
    found = re.search(program.version, said)
    if found is None:
        return Probe(program, path, problem=f"{program.name} does not tell its version")
    version = found[1]
    if _numbers(version) < program.oldest:
        oldest = ".".join(map(str, program.oldest))
        return Probe(program, path, version, f"{program.name} {version} is older than {oldest}")
    return Probe(program, path, version)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def suitable(program: Program) -> Probe:
    """The probe of a program that will do; ToolError with the package to install otherwise."""
    found = probe(program)
    if not found.suitable:
        raise ToolError(found.problem, advice=f"Type: sudo apt install {program.package}")
    return found


def run(program: Program, arguments: Sequence[str | Path], *, seconds: float) -> Finished:
    """Run the program to its end, never through a shell, with nothing on its standard input.

    RefusedError when it takes longer than `seconds`; ToolError when it is missing or will not
    start. A failing exit is no error here: the wrapper knows what its codes mean.
    """
    command = [suitable(program).path, *map(str, arguments)]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise RefusedError(f"{program.name} ran out of time ({seconds:.6g} s)") from error
    except OSError as error:
        raise ToolError(f"{program.name} does not start: {error}") from error
    return Finished(done.returncode, done.stdout, done.stderr.decode(errors="replace"))


def checked(program: Program, arguments: Sequence[str | Path], *, seconds: float) -> bytes:
    """The program's output; RefusedError with its last words when it fails on this file."""
    finished = run(program, arguments, seconds=seconds)
    if finished.code != 0:
        raise RefusedError(f"{program.name}: {finished.reason}")
    return finished.output
