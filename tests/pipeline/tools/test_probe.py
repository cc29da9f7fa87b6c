"""Outside programs: looked for once, run without a shell, their last words kept."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from aigaq.archive.errors import RefusedError, ToolError
from aigaq.pipeline.tools.probe import Finished, Program, checked, probe, run, suitable

PYTHON = Program(
    "python", sys.executable, ("--version",), r"Python (\d+\.\d+\.\d+)", (3, 11), "python3"
)


def program(**changes: object) -> Program:
    values = {name: getattr(PYTHON, name) for name in PYTHON.__slots__}
    return Program(**{**values, **changes})


def test_a_program_that_is_there() -> None:
    found = probe(PYTHON)
    assert found.suitable
    assert found.version == ".".join(map(str, sys.version_info[:3]))
    assert found.tool.name == "python"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"command": "no-such-program"}, "python is not installed"),
        ({"oldest": (99, 1)}, "is older than 99.1"),
        ({"version": r"Perl (\d+)"}, "python does not tell its version"),
    ],
)
def test_a_program_that_will_not_do(changes: dict[str, object], problem: str) -> None:
    wanted = program(**changes)
    assert problem in probe(wanted).problem
    with pytest.raises(ToolError) as missing:
        suitable(wanted)
    assert missing.value.advice == "Type: sudo apt install python3"


def test_arguments_never_meet_a_shell(tmp_path: Path) -> None:
    name = "$(touch oops); 'x' \"y\" .txt"
    code = "import sys; sys.stdout.write(sys.argv[1])"
    assert checked(PYTHON, ["-c", code, name], seconds=20).decode() == name
    assert not (tmp_path / "oops").exists()


def test_a_failure_says_the_last_words() -> None:
    code = "import sys; sys.stderr.write('one\\n\\x1b[1mbroken page\\n\\n'); sys.exit(3)"
    with pytest.raises(RefusedError) as refused:
        checked(PYTHON, ["-c", code], seconds=20)
    assert refused.value.message == "python: [1mbroken page"


def test_a_slow_program_is_ended() -> None:
    with pytest.raises(RefusedError, match=r"python ran out of time \(0.2 s\)"):
        run(PYTHON, ["-c", "import time; time.sleep(30)"], seconds=0.2)


def test_standard_input_is_empty() -> None:
    assert run(PYTHON, ["-c", "print(input())"], seconds=20).code != 0


@pytest.mark.parametrize(
    ("finished", "reason"),
    [
        (Finished(-11, b"", "some words"), "crashed (signal 11)"),
        (Finished(4, b"", " \n"), "exit code 4"),
        (Finished(1, b"", "a\nb\n"), "b"),
    ],
)
def test_reasons(finished: Finished, reason: str) -> None:
    assert finished.reason == reason
