"""Steps mapped over inputs by threads that wait: for child processes, for disks, for servers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

Given = TypeVar("Given")
Got = TypeVar("Got")

BROUGHT_AHEAD = 100
"""Files whose bytes may be in the vault before an earlier file is an item: what a killed run copies
again. Enough that small files keep all workers busy beside a recording of many gigabytes.
"""


def across(step: Callable[[Given], Got], inputs: Iterable[Given], workers: int) -> Iterator[Got]:
    """Map `step` over `inputs` with `workers` threads; results come as they are done.

    Holds no more than a few inputs a worker ahead. The first error ends the mapping: what is
    under way is finished, the rest is not begun, and the error is raised.
    """
    waiting = iter(inputs)
    with ThreadPoolExecutor(workers, thread_name_prefix="aigaq") as pool:
        running: set[Future[Got]] = set()
        while True:
            room = workers * 2 - len(running)
            running |= {pool.submit(step, given) for given in islice(waiting, room)}
            if not running:
                return
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            try:
                yield from (future.result() for future in finished)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def in_order(step: Callable[[Given], Got], inputs: Iterable[Given], workers: int) -> Iterator[Got]:
    """`across`, but results come in the order of the inputs, and each as soon as it can.

    Workers go on while an early input takes long, up to `BROUGHT_AHEAD` inputs past it.
    """
    waiting = iter(inputs)
    with ThreadPoolExecutor(workers, thread_name_prefix="aigaq") as pool:
        running: deque[Future[Got]] = deque()
        while True:
            room = workers + BROUGHT_AHEAD - len(running)
            running.extend(pool.submit(step, given) for given in islice(waiting, room))
            if not running:
                return
            try:
                yield running.popleft().result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def chunks(inputs: Sequence[Given], size: int) -> Iterator[list[Given]]:
    """Cut a list into lists of at most `size`."""
    for start in range(0, len(inputs), size):
        yield list(inputs[start : start + size])
