"""Words near each other, exactly as Lucene's sloppy phrase means it.

The words of the query have positions 0, 1, 2 ...; a match picks a different place in the text for
each. Subtract the query position from each place: if the results lie within `slop` of each other,
it is a match. So words in a row need 0, one word between needs 1, two words swapped need 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Span(NamedTuple):
    """Token numbers of the first and last word of a match."""

    first: int
    last: int


def near(wanted: Sequence[str], stream: Sequence[str], slop: int) -> list[Span]:
    """All places where `wanted` stand within `slop` in `stream`; [] when there is none."""
    places = {word: [at for at, each in enumerate(stream) if each == word] for word in set(wanted)}
    if not wanted or not all(places.values()):
        return []
    lows = sorted({at - order for order, word in enumerate(wanted) for at in places[word]})
    found = (_within(wanted, places, low, slop) for low in lows)
    return list(dict.fromkeys(span for span in found if span is not None))


def _within(
    wanted: Sequence[str], places: dict[str, list[int]], low: int, slop: int
) -> Span | None:
    """The match whose shifted places lie in `low..low+slop`, each word at its first free place."""
    taken: set[int] = set()
    for order, word in enumerate(wanted):
        first = low + order
        free = (at for at in places[word] if first <= at <= first + slop and at not in taken)
        place = next(free, None)
        if place is None:
            return None
        taken.add(place)
    return Span(min(taken), max(taken))
