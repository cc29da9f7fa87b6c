"""The part of a text around what was found, fit for a few lines of a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

LENGTH = 240
"""Letters shown of a hit: about three lines."""
BEFORE = 60
"""Letters shown before the first mark."""
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text on one line; `marked` when it is what was searched for."""

    text: str
    marked: bool


def snippet(text: str, marks: Sequence[tuple[int, int]], length: int = LENGTH) -> list[Piece]:
    """The text around its first mark, in pieces; an ellipsis stands where it was cut.

    `marks` are `str` offsets, end exclusive, in order. Joined, the pieces are the shown text with
    every run of blanks and line ends as one blank.
    """
    start, end = _window(text, marks, length)
    pieces = [Piece("…", False)] if start > 0 else []
    place = start
    for mark_start, mark_end in marks:
        if mark_start < place or mark_end > end:
            continue
        pieces.append(Piece(text[place:mark_start], False))
        pieces.append(Piece(text[mark_start:mark_end], True))
        place = mark_end
    pieces.append(Piece(text[place:end], False))
    pieces += [Piece("…", False)] if end < len(text) else []
    return list(_on_one_line(pieces))


def _on_one_line(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Every run of blanks as one, also where a mark ends inside of it."""
    blank = False
    for piece in pieces:
        text = _BLANKS.sub(" ", piece.text)
        text = text.removeprefix(" ") if blank else text
        if text or piece.marked:
            yield Piece(text, piece.marked)
        blank = text.endswith(" ") if text else blank


def _window(text: str, marks: Sequence[tuple[int, int]], length: int) -> tuple[int, int]:
    """Where the shown part begins and ends: at ends of words where one is near."""
    first_start, first_end = marks[0] if marks else (0, 0)
    start = max(0, first_start - BEFORE)
    if start > 0:
        blank = text.find(" ", start, first_start)
        start = first_start if blank == -1 else blank + 1
    end = min(len(text), max(start + length, first_end))
    if end < len(text):
        blank = text.rfind(" ", first_end, end)
        end = end if blank == -1 else blank
    return start, end
