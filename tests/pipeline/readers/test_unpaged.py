from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from aigaq.pipeline.readers import unpaged as module
from aigaq.pipeline.readers.unpaged import LONGEST_PASSAGE, unpaged


def test_no_text_is_no_passage() -> None:
    assert unpaged("") == ()


def test_a_long_text_is_cut_at_line_ends() -> None:
    text = "Жол туралы\n" * 50_000
    passages = unpaged(text)
    assert len(passages) == 3
    assert all(passage.text.endswith("\n") for passage in passages)
    assert [passage.number for passage in passages] == [1, 2, 3]


def test_one_endless_line_is_not_cut_inside_a_letter_with_marks() -> None:
    passages = unpaged("е\u0308" * LONGEST_PASSAGE)
    assert not any(unicodedata.combining(passage.text[0]) for passage in passages)


@given(st.text(alphabet="аб \n\u0308", max_size=4000), st.integers(2, 60))
def test_the_passages_joined_are_the_text(text: str, longest: int) -> None:
    kept, module.LONGEST_PASSAGE = module.LONGEST_PASSAGE, longest
    try:
        passages = unpaged(text)
    finally:
        module.LONGEST_PASSAGE = kept
    assert "".join(passage.text for passage in passages) == text
    assert all(0 < len(passage.text) <= longest for passage in passages)
    for passage in passages:
        assert text[passage.offset :].startswith(passage.text)
