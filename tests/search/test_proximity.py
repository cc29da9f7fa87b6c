"""Lucene's slop, against the definition tried in every way."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigaq.archive.access import Viewer
from aigaq.search.finder import find
from aigaq.search.proximity import near
from tests.columns import IndexWith

STREAM = st.lists(st.sampled_from("abcd"), max_size=9)
WANTED = st.lists(st.sampled_from("abc"), min_size=1, max_size=4)


def _by_trying(wanted: list[str], stream: list[str], slop: int) -> bool:
    for places in permutations(range(len(stream)), len(wanted)):
        if all(stream[at] == word for at, word in zip(places, wanted, strict=True)):
            shifted = [at - order for order, at in enumerate(places)]
            if max(shifted) - min(shifted) <= slop:
                return True
    return False


@given(WANTED, STREAM, st.integers(0, 5))
def test_near_is_the_definition(wanted: list[str], stream: list[str], slop: int) -> None:
    assert bool(near(wanted, stream, slop)) is _by_trying(wanted, stream, slop)


@pytest.mark.parametrize(
    ("wanted", "text", "slop"),
    [("a b", "a b", 0), ("a b", "a x b", 1), ("a b", "b a", 2), ("a b c", "c b a", 4)],
)
def test_least_slop(wanted: str, text: str, slop: int) -> None:
    assert near(wanted.split(), text.split(), slop)
    assert not slop or not near(wanted.split(), text.split(), slop - 1)


_NAMES = {"a": "суд", "b": "вина", "c": "срок", "d": "дом"}


@settings(max_examples=12, deadline=None)
@given(
    st.lists(STREAM, min_size=1, max_size=6),
    st.lists(st.tuples(WANTED, st.integers(1, 5)), min_size=1, max_size=6),
)
def test_the_engines_agree(
    index_with: IndexWith, streams: list[list[str]], asked: list[tuple[list[str], int]]
) -> None:
    texts = [" ".join(_NAMES[word] for word in stream) or "нет" for stream in streams]
    with index_with(texts) as engine:
        for wanted, slop in asked:
            query = '"' + " ".join(_NAMES[word] for word in wanted) + f'"~{slop}'
            results = find(engine, query, viewer=Viewer.owner())
            expected = {
                f"ARC-2026-{number:06}"
                for number, stream in enumerate(streams, start=1)
                if near(wanted, stream, slop)
            }
            assert {hit.item for hit in results.hits} == expected
            assert results.total == len(expected)
            assert all(hit.highlights for hit in results.hits)
