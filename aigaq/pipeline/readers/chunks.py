"""Pages in chunks: a chunk that is stopped is tried page by page, and costs only the bad pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from aigaq.archive.errors import RefusedError

GIVE_UP_AFTER = 5
"""Single pages failing in a row after which the rest is not tried: each may cost the whole time
limit, and a file made to hurt has thousands of them.
"""

T = TypeVar("T")


def in_chunks(
    numbers: Sequence[int],
    size: int,
    read: Callable[[Sequence[int]], Sequence[T]],
    failed: Callable[[int, str], T],
) -> Iterator[T]:
    """`read` over the page numbers, `size` at a time, in order; one result a page.

    A chunk refused (time, memory, crash) is read again page by page; a page refused alone becomes
    `failed(number, reason)`.
    """
    failures = 0
    for start in range(0, len(numbers), size):
        chunk = numbers[start : start + size]
        if failures < GIVE_UP_AFTER:
            try:
                yield from read(chunk)
                failures = 0
                continue
            except RefusedError as refused:
                if len(chunk) == 1:
                    failures += 1
                    yield failed(chunk[0], refused.message)
                    continue
        for number in chunk:
            if failures >= GIVE_UP_AFTER:
                yield failed(number, f"not tried: the {failures} pages before it failed")
                continue
            try:
                yield from read([number])
                failures = 0
            except RefusedError as refused:
                failures += 1
                yield failed(number, refused.message)
