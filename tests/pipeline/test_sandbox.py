"""The sandbox against real hogs: what each broken limit says, and that nothing is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from aigaq.archive.errors import RefusedError, ToolError
from aigaq.pipeline.tools.limits import MIB, Limits, spoken_bytes
from aigaq.pipeline.tools.sandbox import confine
from tests.pipeline.tools import hogs

TIGHT = Limits(
    memory_bytes=200 * MIB,
    cpu_seconds=20,
    wall_seconds=20,
    file_bytes=MIB,
    open_files=64,
    result_bytes=MIB,
)


def test_a_result_comes_back() -> None:
    assert confine(hogs.add, 2, 3, limits=TIGHT) == 5


@pytest.mark.parametrize(
    ("function", "arguments", "limits", "reason"),
    [
        (hogs.take_memory, (), TIGHT, "ran out of memory (200 MB)"),
        (hogs.spin, (), replace(TIGHT, cpu_seconds=1), "ran out of processor time (1 s)"),
        (hogs.sleep, (60,), replace(TIGHT, wall_seconds=0.5), "ran out of time (0.5 s)"),
        (hogs.fork_and_spin, (), replace(TIGHT, wall_seconds=0.5), "ran out of time (0.5 s)"),
        (hogs.segfault, (), TIGHT, "crashed (signal 11)"),
        (hogs.nest, (), TIGHT, "is nested too deeply"),
        (hogs.result_of, (2 * MIB,), TIGHT, "its result is larger than 1 MB"),
        (hogs.refuse, (), TIGHT, "not this one"),
    ],
)
def test_an_input_that_breaks_a_limit_is_refused_with_the_reason(
    function: Callable[..., object], arguments: tuple[object, ...], limits: Limits, reason: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        confine(function, *arguments, limits=limits)
    assert refused.value.message == reason


@pytest.mark.parametrize(
    ("function", "arguments", "says"),
    [
        (hogs.fail, (), "failed: ValueError: a fault"),
        (hogs.leave, (3,), "left without a result (code 3)"),
        (hogs.leave, (0,), "left without a result (code 0)"),
        (hogs.unpicklable, (), "the result cannot be handed back"),
        (hogs.open_many, (200,), "Too many open files"),
    ],
)
def test_a_fault_of_ours_is_a_tool_error(
    function: Callable[..., object], arguments: tuple[object, ...], says: str
) -> None:
    with pytest.raises(ToolError) as failed:
        confine(function, *arguments, limits=TIGHT)
    assert says in failed.value.message


def test_an_unexpected_error_brings_its_trace() -> None:
    with pytest.raises(ToolError) as failed:
        confine(hogs.fail, limits=TIGHT)
    assert any("hogs.py" in note for note in failed.value.__notes__)


def test_advice_survives_the_way_back() -> None:
    with pytest.raises(RefusedError) as refused:
        confine(hogs.refuse, limits=TIGHT)
    assert refused.value.advice == "take another"


def test_a_file_may_not_grow_over_its_limit(tmp_path: Path) -> None:
    assert confine(hogs.write, tmp_path / "small", MIB, limits=TIGHT) == MIB
    with pytest.raises(RefusedError, match="wrote a file of more than 1 MB"):
        confine(hogs.write, tmp_path / "large", 2 * MIB, limits=TIGHT)


def test_secrets_of_the_caller_stay_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGAQ_S3_SECRET", "open sesame")
    seen = confine(hogs.environment, limits=TIGHT)
    assert "AIGAQ_S3_SECRET" not in seen
    assert seen["OMP_THREAD_LIMIT"] == "1"


@pytest.mark.parametrize("then", ["return", "sleep", "segfault"])
def test_no_grandchild_outlives_its_job(then: str) -> None:
    marker = uuid.uuid4().hex
    try:
        confine(hogs.start_programs, marker, then, limits=replace(TIGHT, wall_seconds=1.5))
    except RefusedError:
        assert then != "return"
    assert gone(marker)


def test_a_killed_caller_takes_everything_with_it() -> None:
    marker = uuid.uuid4().hex
    code = f"""
        from aigaq.pipeline.tools.sandbox import Limits, confine
        from tests.pipeline.tools import hogs
        confine(hogs.start_programs, {marker!r}, "sleep", limits=Limits())
    """
    caller = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)])
    wait_until(lambda: len(running(marker)) >= 3)
    caller.send_signal(signal.SIGKILL)
    caller.wait()
    assert gone(marker)


def test_an_interrupted_caller_cancels_its_job() -> None:
    marker = uuid.uuid4().hex
    code = f"""
        import signal
        from aigaq.pipeline.tools.sandbox import Limits, confine
        from tests.pipeline.tools import hogs
        try:
            confine(hogs.start_programs, {marker!r}, "sleep", limits=Limits())
        except KeyboardInterrupt:
            print(confine(hogs.add, 1, 1, limits=Limits()), flush=True)
            signal.pause()
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True
    ) as caller:
        wait_until(lambda: len(running(marker)) >= 3)
        caller.send_signal(signal.SIGINT)
        assert caller.stdout is not None
        assert caller.stdout.readline() == "2\n"
        assert gone(marker, besides=caller.pid)
        caller.kill()


def test_many_threads_at_once() -> None:
    with ThreadPoolExecutor(8) as pool:
        sums = list(pool.map(lambda number: confine(hogs.add, number, 1, limits=TIGHT), range(40)))
    assert sums == list(range(1, 41))


def test_one_jobs_end_does_not_touch_another() -> None:
    slow = replace(TIGHT, wall_seconds=15)
    results: list[object] = []
    thread = threading.Thread(target=lambda: results.append(confine(nap, limits=slow)))
    thread.start()
    for _ in range(3):
        with pytest.raises(RefusedError, match="signal 11"):
            confine(hogs.segfault, limits=TIGHT)
    thread.join()
    assert results == ["rested"]


def nap() -> str:
    time.sleep(1)
    return "rested"


def test_a_lost_zygote_is_replaced() -> None:
    with pytest.raises(ToolError, match="the sandbox itself was killed"):
        confine(kill_parent, limits=TIGHT)
    wait_until(lambda: confine(hogs.add, 1, 1, limits=TIGHT) == 2)


def kill_parent() -> None:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(5)


def test_it_works_in_a_forked_process() -> None:
    assert confine(hogs.add, 1, 1, limits=TIGHT) == 2
    pid = os.fork()
    if pid == 0:
        os._exit(confine(hogs.add, 40, 2, limits=TIGHT))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 42
    assert confine(hogs.add, 2, 2, limits=TIGHT) == 4


def test_a_module_that_does_not_load_is_told() -> None:
    code = """
        from aigaq.archive.errors import ToolError
        from aigaq.pipeline.tools.sandbox import Limits, confine, preload
        preload(["no_such_module_anywhere"])
        try:
            confine(len, "abc", limits=Limits())
        except ToolError as error:
            print(error.message.splitlines()[-1])
    """
    assert "No module named 'no_such_module_anywhere'" in python(code)


def test_it_works_from_a_script_read_on_standard_input() -> None:
    code = """
        from aigaq.pipeline.tools.sandbox import Limits, confine
        print(confine(len, "abc", limits=Limits()))
    """
    assert python(code) == "3\n"


def python(code: str) -> str:
    """What a fresh interpreter prints for this code, given on its standard input."""
    done = subprocess.run(
        [sys.executable, "-"],
        input=textwrap.dedent(code),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_limits_are_positive() -> None:
    with pytest.raises(ValueError, match="wall_seconds"):
        Limits(wall_seconds=0)


@pytest.mark.parametrize(
    ("pages", "cpu", "wall"),
    [(1, 40, 40), (4, 100, 160), (20, 100, 300)],
    ids=["one page", "a chunk that has its file's processor time left", "a whole file's time"],
)
def test_pages_to_recognise_have_a_time_of_their_own(pages: int, cpu: int, wall: int) -> None:
    limits = Limits(cpu_seconds=100, wall_seconds=300, page_seconds=40).reading(pages)
    assert (limits.cpu_seconds, limits.wall_seconds) == (cpu, wall)


@pytest.mark.parametrize(
    ("count", "said"), [(2 << 30, "2 GB"), (1536 << 20, "1.5 GB"), (900, "900 bytes")]
)
def test_sizes_are_said_plainly(count: int, said: str) -> None:
    assert spoken_bytes(count) == said


def running(marker: str) -> list[int]:
    """Processes that carry the marker in their arguments."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and marker in (folder / "cmdline").read_text():
                found.append(int(folder.name))
        except (OSError, UnicodeDecodeError):
            continue
    return found


def gone(marker: str, besides: int = 0) -> bool:
    """Whether no process of the marker is left within a few seconds."""
    wait_until(lambda: not set(running(marker)) - {besides})
    return not set(running(marker)) - {besides}


def wait_until(condition: Callable[[], bool], seconds: float = 15) -> None:
    """Until the condition holds; AssertionError when it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
