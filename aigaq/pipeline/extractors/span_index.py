"""Spans that do not overlap one another, to be asked quickly which of them meet another span."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar


class Spanned(Protocol):
    """Anything with offsets, end exclusive."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


T = TypeVar("T", bound=Spanned)


class SpanIndex(Generic[T]):
    """Answers in time that grows with the logarithm of the number of spans."""

    def __init__(self, spans: Iterable[T]) -> None:
        self._spans = sorted(spans, key=lambda span: span.start)
        self._starts = [span.start for span in self._spans]
        self._ends = [span.end for span in self._spans]

    def meeting(self, start: int, end: int) -> list[T]:
        """Spans that share at least one character with `start..end`, in order."""
        return self._spans[bisect_right(self._ends, start) : bisect_left(self._starts, end)]

    def covers(self, start: int, end: int) -> bool:
        """Whether one span holds all of `start..end`."""
        return any(span.start <= start and end <= span.end for span in self.meeting(start, end))
