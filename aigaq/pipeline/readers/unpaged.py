"""Text without pages, as passages: one, or several when it is long."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from aigaq.archive.model import Method, Passage, PassageKind

LONGEST_PASSAGE = 200_000
"""Characters; a longer text is cut so that one passage stays cheap to show, search and send."""


def unpaged(text: str, *, language: str = "") -> tuple[Passage, ...]:
    """The text as passages of kind text, numbered from 1; joined, they are the text again.

    Texts over `LONGEST_PASSAGE` characters are cut after a line end, else after a space, and only
    in a line without either between two characters. `offset` is where a passage begins in `text`.
    No text, no passage.
    """
    return tuple(
        Passage(
            number=number,
            kind=PassageKind.TEXT,
            text=text[start:end],
            method=Method.PARSED,
            offset=start,
            language=language,
        )
        for number, (start, end) in enumerate(_cuts(text), start=1)
    )


def _cuts(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(text):
        end = min(start + LONGEST_PASSAGE, len(text))
        if end < len(text):
            end = _good_end(text, start, end)
        yield start, end
        start = end


def _good_end(text: str, start: int, end: int) -> int:
    """The last place in (start, end] where a reader would not notice the cut."""
    for separator in ("\n", " "):
        found = text.rfind(separator, start, end)
        if found != -1:
            return found + 1
    # A combining mark belongs to the letter before it; 64 marks on one letter are no language.
    for back in range(min(64, end - start - 1)):
        if not unicodedata.combining(text[end - back]):
            return end - back
    return end
