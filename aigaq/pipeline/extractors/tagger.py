"""Natasha's tagger of Russian names (slovnet, weights inside its package), on Russian stretches."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from natasha import NewsEmbedding, NewsNERTagger

from aigaq.pipeline.extractors.lexicon import word_list
from aigaq.pipeline.extractors.morphology import is_russian

_KAZAKH_LETTERS = re.compile("[әғқңөұүһіӘҒҚҢӨҰҮҺІ]")
_CYRILLIC_WORD = re.compile(r"[\u0400-\u04ff]{2,}")
#: The tagger reads a stretch at once; longer ones are cut at the end of a sentence or line.
_LONGEST = 600
_CUT = re.compile(r"[.!?…;][»\")]?[ \n]|\n")
#: From this share of words with Kazakh letters a stretch is Kazakh, and left to the rules.
_KAZAKH_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Tagged:
    """A name the tagger found; `kind` is PER, LOC or ORG."""

    start: int
    end: int
    kind: str


@cache
def _common() -> frozenset[str]:
    return frozenset(word_list("common_kk"))


@cache
def _tagger() -> Any:
    return NewsNERTagger(NewsEmbedding())


def is_kazakh(text: str) -> bool:
    """Whether a stretch of Cyrillic is Kazakh, by its own letters."""
    words = _CYRILLIC_WORD.findall(text)
    kazakh = sum(
        1
        for word in words
        if _KAZAKH_LETTERS.search(word) or (word in _common() and not is_russian(word))
    )
    return bool(words) and kazakh >= _KAZAKH_SHARE * len(words)


def tagged(plain: str, places: Sequence[int]) -> tuple[Tagged, ...]:
    """What the tagger finds in the Russian stretches of a text, in order.

    `places` are the offsets, ascending, of words that can be part of a name: a stretch with none
    of them is not read.
    """
    stretches = [
        (start, plain[start:end])
        for start, end in _stretches(plain)
        if bisect_left(places, start) < bisect_left(places, end)
        and _CYRILLIC_WORD.search(plain, start, end)
        and not is_kazakh(plain[start:end])
    ]
    found = _tagger().map([text for _, text in stretches])
    return tuple(
        Tagged(start + span.start, start + span.stop, span.type)
        for (start, _), markup in zip(stretches, found, strict=True)
        for span in markup.spans
    )


def _stretches(plain: str) -> Iterator[tuple[int, int]]:
    """Paragraphs, the long ones cut between sentences."""
    for paragraph in re.finditer(r"[^\n](?:[^\n]|\n(?!\n))*", plain):
        start, end = paragraph.span()
        while end - start > _LONGEST:
            cuts = [cut.end() for cut in _CUT.finditer(plain, start, start + _LONGEST)]
            stop = cuts[-1] if cuts else plain.rfind(" ", start + 1, start + _LONGEST) + 1
            if stop <= start:
                stop = start + _LONGEST
            yield start, stop
            start = stop
        yield start, end


def warm() -> None:
    """Load the model and run it once."""
    list(_tagger().map(["Пётр Иванов."]))
