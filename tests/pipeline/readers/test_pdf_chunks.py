"""Chunks of pages: a bad page costs itself only, a file of bad pages is given up."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigaq.archive.errors import RefusedError, ToolError
from aigaq.pipeline.readers.chunks import GIVE_UP_AFTER, in_chunks


class Pages:
    """Reads page numbers; refuses every chunk that holds a bad one, counting the tries."""

    def __init__(self, bad: set[int]) -> None:
        self.bad = bad
        self.tries = 0

    def read(self, numbers: Sequence[int]) -> list[str]:
        self.tries += 1
        if self.bad & set(numbers):
            raise RefusedError("ran out of time (1 s)")
        return [f"page {number}" for number in numbers]


def failed(number: int, reason: str) -> str:
    return f"page {number}: {reason}"


@given(st.integers(0, 60), st.integers(1, 12), st.sets(st.integers(1, 60)))
def test_every_page_has_one_result_in_order(count: int, size: int, bad: set[int]) -> None:
    numbers = range(1, count + 1)
    found = list(in_chunks(numbers, size, Pages(bad).read, failed))
    assert [int(result.split(":")[0].split()[1]) for result in found] == list(numbers)


def test_one_bad_page_costs_itself_only() -> None:
    pages = Pages({5})
    found = list(in_chunks(range(1, 13), 4, pages.read, failed))
    assert found[4] == "page 5: ran out of time (1 s)"
    assert [result for result in found if ":" in result] == [found[4]]
    assert pages.tries == 3 + 4


def test_a_file_of_bad_pages_is_given_up() -> None:
    pages = Pages(set(range(1, 1001)))
    found = list(in_chunks(range(1, 1001), 50, pages.read, failed))
    assert len(found) == 1000
    assert found[-1] == f"page 1000: not tried: the {GIVE_UP_AFTER} pages before it failed"
    assert pages.tries == 1 + GIVE_UP_AFTER


def test_a_fault_of_ours_is_no_failed_page() -> None:
    def broken(_numbers: Sequence[int]) -> list[str]:
        raise ToolError("tesseract is not installed")

    with pytest.raises(ToolError):
        list(in_chunks([1, 2], 1, broken, failed))
