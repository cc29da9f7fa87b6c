"""Where in a hit's text the query matched, computed on the stored text itself.

Engines' own snippets are wrong for fuzzy words and phrases, and know nothing of names. Here every
mark is a pair `[start, end]` of `str` offsets with `text[start:end]` being what matched.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from aigaq.search import analysis
from aigaq.search.document import SearchDocument
from aigaq.search.names import Match
from aigaq.search.proximity import near
from aigaq.search.spelling import letter_distance


class Mark(NamedTuple):
    """A stretch of text that matched."""

    start: int
    end: int


class NameFound(NamedTuple):
    """A written name of the index that answers a name of the query, and why."""

    asked: str
    match: Match


@dataclass(frozen=True, slots=True)
class FuzzyWord:
    """A word that may differ in `distance` letters."""

    word: str
    letters: frozenset[str]
    distance: int

    def alike(self, token: str) -> bool:
        """Each edit changes at most two of the letters that only one has: most need no more."""
        return (
            abs(len(token) - len(self.word)) <= self.distance
            and len(self.letters.symmetric_difference(token)) <= 2 * self.distance
            and letter_distance(token, self.word) <= self.distance
        )


@dataclass(slots=True)
class Marks:
    """What to look for in the hits: everything the query wants, nothing it excludes.

    `names` and `speakers` are keyed by the written form in the index. `said` are the conditions on
    fields, for the reason of a hit.
    """

    exact: set[str] = field(default_factory=set)
    stems: set[str] = field(default_factory=set)
    kazakh: set[str] = field(default_factory=set)
    prefixes: set[str] = field(default_factory=set)
    patterns: list[re.Pattern[str]] = field(default_factory=list)
    fuzzy: list[FuzzyWord] = field(default_factory=list)
    phrases: list[tuple[str, ...]] = field(default_factory=list)
    near: list[tuple[tuple[str, ...], tuple[str, ...], int]] = field(default_factory=list)
    names: dict[str, NameFound] = field(default_factory=dict)
    speakers: dict[str, NameFound] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    _known: dict[tuple[str, bool], bool] = field(default_factory=dict)

    def any_words(self) -> bool:
        """Whether there are single words to look for."""
        return bool(self.exact or self.prefixes or self.patterns or self.fuzzy)

    def initials(self) -> tuple[str, ...]:
        """First letters of all words that can be wanted: stemmers leave the first letter alone."""
        if self.fuzzy or self.patterns:
            return ("",)
        return tuple({word[0] for word in self.exact | self.stems | self.kazakh | self.prefixes})

    def wants(self, token: str, kazakh: bool) -> bool:
        """Whether a single token of a text is asked for; hits share most of their words."""
        known = self._known.get((token, kazakh))
        if known is None:
            known = self._known[token, kazakh] = self._wants(token, kazakh)
        return known

    def _wants(self, token: str, kazakh: bool) -> bool:
        if token in self.exact:
            return True
        if kazakh:
            if self.kazakh and analysis.stem_kazakh(token) in self.kazakh:
                return True
        elif self.stems and analysis.stem(token) in self.stems:
            return True
        if self.prefixes and any(map(token.startswith, self.prefixes)):
            return True
        if self.patterns and any(pattern.fullmatch(token) for pattern in self.patterns):
            return True
        return bool(self.fuzzy) and any(word.alike(token) for word in self.fuzzy)


def highlight(document: SearchDocument, marks: Marks) -> list[Mark]:
    """All marks of a hit in order; those that overlap are one."""
    kazakh = document.language == "kk"
    found: set[Mark] = set()
    if marks.any_words():
        found.update(_word_marks(document.text, kazakh, marks))
    if marks.phrases or marks.near:
        found.update(_run_marks(document.text, kazakh, marks))
    found.update(Mark(span.start, span.end) for span in document.names if span.form in marks.names)
    return _merged(found)


def _word_marks(text: str, kazakh: bool, marks: Marks) -> Iterator[Mark]:
    """Single words; looked at are those that begin as a wanted one does."""
    spans = analysis.spans(text, marks.initials(), lambda word: marks.wants(word, kazakh))
    return itertools.starmap(Mark, spans)


def _run_marks(text: str, kazakh: bool, marks: Marks) -> Iterator[Mark]:
    """Phrases, and words near each other from the first to the last of them."""
    tokens = analysis.tokens(text)
    exact = [token.exact for token in tokens]
    for phrase in marks.phrases:
        for first in _runs(phrase, exact):
            yield Mark(tokens[first].start, tokens[first + len(phrase) - 1].end)
    stemmed = list(map(analysis.stem_kazakh if kazakh else analysis.stem, exact))
    for russian, in_kazakh, slop in marks.near:
        for span in near(in_kazakh if kazakh else russian, stemmed, slop):
            yield Mark(tokens[span.first].start, tokens[span.last].end)


def _runs(phrase: tuple[str, ...], exact: list[str]) -> Iterator[int]:
    for at, word in enumerate(exact):
        if word == phrase[0] and tuple(exact[at : at + len(phrase)]) == phrase:
            yield at


def _merged(marks: set[Mark]) -> list[Mark]:
    merged: list[Mark] = []
    for mark in sorted(marks):
        if merged and mark.start < merged[-1].end:
            merged[-1] = Mark(merged[-1].start, max(merged[-1].end, mark.end))
        else:
            merged.append(mark)
    return merged


def reason(document: SearchDocument, marks: Marks, found: list[Mark]) -> str:
    """Why this is a hit, in one line: names first, then words, then conditions on fields."""
    why = list(_name_reasons(document, marks))
    named = {(span.start, span.end) for span in document.names if span.form in marks.names}
    words = dict.fromkeys(
        " ".join(document.text[mark.start : mark.end].split())
        for mark in found
        if mark not in named
    )
    if words:
        shown = list(words)[:_MOST_WORDS]
        more = ", …" if len(words) > len(shown) else ""
        why.append(", ".join(f"“{word}”" for word in shown) + more)
    return "; ".join([*why, *marks.said])


_MOST_WORDS = 4


def _name_reasons(document: SearchDocument, marks: Marks) -> Iterator[str]:
    spoken: Mapping[str, NameFound] = marks.speakers
    label = " ".join(document.speaker.split())
    if label in spoken:
        yield f"speaker {_told(label, spoken[label])}"
    told: dict[str, None] = {}
    for span in document.names:
        if span.form in marks.names:
            told[_told(span.form, marks.names[span.form])] = None
    yield from list(told)[:_MOST_WORDS]


def _told(form: str, found: NameFound) -> str:
    return f"{form} — {found.match.reason} of {found.asked}"
