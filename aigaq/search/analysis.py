"""One analysis for every engine: text becomes tokens, and every token knows where it stood.

A stream is the tokens of a text joined by single spaces, so an engine needs no more than a
whitespace tokenizer, and two engines give the same hits by construction. Offsets are Python `str`
offsets into the text as given; they are what highlights are made of.

Three streams, all with the same positions: `exact` (as written, apart from case, ё and
apostrophes), `stem` (Snowball Russian for Cyrillic words, Snowball English for Latin ones) and `kk`
(a light Kazakh suffix stripper, for no library has a Kazakh stemmer). A text fills `stem` or `kk`,
never both: stripping Kazakh endings off Russian words finds what nobody asked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import Stemmer

from aigaq.search import wordlists

VERSION = "1"
"""Changes whenever the same text would give other tokens: an index of another version is stale."""

_TOKEN = re.compile(r"[^\W_]+(?:['’ʼ`ʹʺ][\u0300-\u036f]*[^\W_]+|[\u0300-\u036f]+[^\W_]*)*")
_APOSTROPHES = re.compile(r"['’ʼ`ʹʺ]")
"""Some of them are letters to Unicode (ʼ, ʹ) and stand inside words."""
_JOINERS = re.compile(r"['’ʼ`ʹʺ\u0300-\u036f]")
_KAZAKH_LETTERS = "әғқңөұүһі"
_CYRILLIC = re.compile(r"[а-яёәғқңөұүһі]")
_KAZAKH_SHARE = 0.05
"""Kazakh prose has 15-20 % of letters peculiar to it; Russian with Kazakh names below 3 %."""
_SAMPLE = 4_000
"""Letters looked at to tell the language of a text; more does not change the answer."""


class Token(NamedTuple):
    """A word of a text: `text[start:end]` is how it is written there."""

    exact: str
    start: int
    end: int


class Streams(NamedTuple):
    """The fields an engine indexes; exactly one of `stem` and `kk` is filled."""

    exact: str
    stem: str
    kk: str


def fold(word: str) -> str:
    """The exact token of one word: NFC, casefolded, ё as е, apostrophes gone."""
    folded = unicodedata.normalize("NFC", word).casefold().replace("ё", "е")
    return _APOSTROPHES.sub("", folded)


def tokens(text: str) -> list[Token]:
    """All words and numbers of a text in order, with their offsets."""
    folded = _folded(text)
    if folded is not None:
        return [Token(found[0], *found.span()) for found in _TOKEN.finditer(folded)]
    words = ((fold(found[0]), *found.span()) for found in _TOKEN.finditer(text))
    return [Token(*word) for word in words if word[0]]


def _folded(text: str) -> str | None:
    """The whole text folded at once, three times as fast; None where that would move offsets.

    In a text so folded, tokens are the runs of letters and digits.
    """
    folded = text.casefold().replace("ё", "е")
    if len(folded) != len(text) or _JOINERS.search(folded):
        return None
    return folded if unicodedata.is_normalized("NFC", folded) else None


def spans(
    text: str, initials: tuple[str, ...], wanted: Callable[[str], bool]
) -> Iterator[tuple[int, int]]:
    """Where the wanted tokens of a text stand: `tokens` for a few of many words, and faster.

    `wanted` is asked only about tokens that begin with one of `initials`.
    """
    folded = _folded(text)
    if folded is None:
        yield from ((token.start, token.end) for token in tokens(text) if wanted(token.exact))
        return
    chosen = {
        word for word in set(_TOKEN.findall(folded)) if word.startswith(initials) and wanted(word)
    }
    found = (span for word in chosen for span in _places(word, folded))
    yield from sorted(found) if len(chosen) > 1 else found


def _places(word: str, folded: str) -> Iterator[tuple[int, int]]:
    """Where a word stands by itself in a folded text."""
    last = len(folded)
    at = folded.find(word)
    while at >= 0:
        end = at + len(word)
        if (at == 0 or not folded[at - 1].isalnum()) and (end == last or not folded[end].isalnum()):
            yield at, end
        at = folded.find(word, end)


def language_of(text: str, declared: str = "") -> str:
    """`kk`, `ru` or `en`: which stemmer a text is for.

    The text decides; `declared` (a reader's or manifest's code) decides only for Cyrillic text
    without any Kazakh letter, where short Kazakh sentences look Russian.
    """
    sample = text[:_SAMPLE].casefold()
    cyrillic = len(_CYRILLIC.findall(sample))
    letters = sum(map(str.isalpha, sample))
    if not letters:
        return declared if declared in ("kk", "en") else "ru"
    if 2 * cyrillic < letters:
        return "en"
    kazakh = sum(map(sample.count, _KAZAKH_LETTERS))
    if kazakh >= _KAZAKH_SHARE * cyrillic and kazakh:
        return "kk"
    return "kk" if declared.startswith("k") and not cyrillic > 400 else "ru"


@dataclass(frozen=True, slots=True)
class Stemmers:
    """Snowball for two alphabets. PyStemmer objects are not thread-safe; `stem` holds the GIL."""

    russian: Stemmer.Stemmer
    english: Stemmer.Stemmer


_STEMMERS = Stemmers(Stemmer.Stemmer("russian"), Stemmer.Stemmer("english"))


@lru_cache(maxsize=200_000)
def stem(token: str) -> str:
    """The Russian or English Snowball stem of an exact token, by its alphabet."""
    stemmer = _STEMMERS.russian if _CYRILLIC.search(token) else _STEMMERS.english
    return str(stemmer.stemWord(token))


_ENDINGS = frozenset(wordlists.words("kazakh_endings"))
_BY_LAST_LETTER = {
    last: tuple(sorted((each for each in _ENDINGS if each.endswith(last)), key=len, reverse=True))
    for last in sorted({each[-1] for each in _ENDINGS})
}
_DEVOICED = str.maketrans("бгғ", "пкқ")
_VOWELS = frozenset("аәеиоөуұүыіэюя")
_LEAST_STEM = 3
_ROUNDS = 3
"""Kazakh stacks plural, possessive and case: three rounds take off all of them."""


@lru_cache(maxsize=200_000)
def stem_kazakh(token: str) -> str:
    """A Kazakh word without its endings; the last consonant is devoiced (кітабы -> кітап)."""
    if not _CYRILLIC.search(token):
        return stem(token)
    rest = token
    for _ in range(_ROUNDS):
        shorter = _without_ending(rest)
        if shorter == rest:
            break
        rest = shorter
    return rest[:-1] + rest[-1].translate(_DEVOICED)


def _without_ending(word: str) -> str:
    for ending in _BY_LAST_LETTER.get(word[-1], ()):
        rest = word[: -len(ending)]
        if word.endswith(ending) and len(rest) >= _LEAST_STEM and not _VOWELS.isdisjoint(rest):
            return rest
    return word


def streams(text: str, language: str) -> Streams:
    """The three streams of a text; `language` comes from `language_of`."""
    exact = [token.exact for token in tokens(text)]
    if language == "kk":
        return Streams(" ".join(exact), "", " ".join(map(stem_kazakh, exact)))
    return Streams(" ".join(exact), " ".join(map(stem, exact)), "")
