"""Words of a text that can be part of a name, each with the class its letters give it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from aigaq.pipeline.extractors.folding import Folded
from aigaq.pipeline.extractors.lexicon import any_of, data, word_list
from aigaq.pipeline.extractors.morphology import is_everyday, is_known_name
from aigaq.pipeline.extractors.names import (
    is_given,
    is_patronymic,
    is_strong_surname,
    is_surname,
    is_weak,
    is_weak_surname,
)
from aigaq.pipeline.extractors.roles import role_words

_UPPER = "A-ZА-ЯЁӘҒҚҢӨҰҮҺІÀ-ÖØ-ÞŞĞİĆČŠŽ"
_LOWER = "a-zа-яёәғқңөұүһіß-öø-ÿşğıćčšž"
_LETTER = _UPPER + _LOWER
_TOKEN = re.compile(
    rf"(?<![{_LETTER}\d_@/-])(?:"
    rf"(?P<initial>(?:[{_UPPER}]|Дж|Sh|Zh|Kh|Ye|Yu|Ya|Ch|Дз)\.(?!\d))"
    rf"|(?P<word>(?:[{_UPPER}]['’])?[{_UPPER}](?:[{_LOWER}]{{1,24}}(?:[{_UPPER}][{_LOWER}]{{1,20}})?|[{_UPPER}]{{1,24}})"
    rf"(?:[-–][{_LETTER}][{_LETTER}]{{1,24}}){{0,2}}(?![{_LETTER}\d_@]))"
    rf"|(?P<tail>(?:ұлы|улы|қызы|кызы|оглы|кызы|uly|kyzy|qyzy|ogly)(?:ның|нің|на|не|ға|ге|н|нан|нен|мен|да|де|нда|нде)?(?![{_LETTER}\d_@]))"
    rf"|(?P<letter>[B-HJ-Z](?=[ ][A-Z][a-z]))"
    rf")"
)


@dataclass(frozen=True, slots=True)
class NameWord:
    """A capitalised word or initial.

    `kind` is one letter, so that a sequence can be matched by patterns over letters: I initial,
    G given name, W given name that is also an everyday word, P patronymic, S surname by its shape,
    s perhaps a surname, U unknown capitalised word, c everyday word with an unexpected capital,
    C everyday word, place or title, t a tail (ұлы, қызы).
    `gap` is what stands between it and the word before: "" nothing, " " blanks, "n" a line break,
    "x" anything else.
    """

    kind: str
    start: int
    end: int
    text: str
    gap: str


@cache
def _never() -> frozenset[str]:
    words = data("negatives")["words"]
    return frozenset(word for language in ("ru", "kk", "en") for word in words[language].split())


def name_words(folded: Folded) -> Iterator[NameWord]:
    """All words that can be part of a name, in order."""
    plain = folded.plain
    end = -1
    for match in _TOKEN.finditer(plain):
        start, stop = match.span()
        if end == start:
            gap = ""
        else:
            between = plain[end:start] if end >= 0 else "x"
            gap = "x" if between.strip(" \n") or len(between) > 12 else " "
            if gap == " " and "\n" in between:
                gap = "n" if between.count("\n") == 1 else "x"
        kind = match.lastgroup or ""
        text = match[0]
        yield NameWord(_kind(kind, text, plain, start), start, stop, text, gap)
        end = stop


_SENTENCE_START = re.compile(r"(?:^|[.!?…:;\n«\"(•–—-])[ ]{0,4}$")


def begins_sentence(plain: str, start: int) -> bool:
    """Whether a word at this offset has its capital for being the first of a sentence or line."""
    return _SENTENCE_START.search(plain, max(0, start - 6), start) is not None


def _kind(group: str, text: str, plain: str, start: int) -> str:
    if group in ("initial", "letter"):
        return "I"
    if group == "tail":
        return "t"
    kind = word_kind(text)
    if kind != "c" or is_surname(text):
        return kind
    # An everyday word may be a name only where nothing else gives it its capital.
    first = begins_sentence(plain, start)
    return "C" if first or (text.isupper() and len(text) > 1) else "c"


@lru_cache(maxsize=65536)
def word_kind(word: str) -> str:
    """The class of a capitalised word (see NameWord), as if not at the beginning of a sentence."""
    lower = word.lower()
    if lower in _never() or is_place(word):
        return "C"
    if is_patronymic(word):
        return "P"
    cyrillic = any("\u0400" <= letter <= "\u04ff" for letter in word)
    role = _is_role(lower)
    if is_given(word):
        return "W" if is_weak(word) or role or (cyrillic and lower in common_words()) else "G"
    if role:
        return "C"
    if lower in common_words():
        return "c"
    if cyrillic:
        return _cyrillic_kind(word)
    if is_strong_surname(word):
        return "S"
    return "s" if is_weak_surname(word) else "U"


def _cyrillic_kind(word: str) -> str:
    if is_known_name(word, "Patr"):
        return "P"
    if "-" in word and is_everyday(word.rpartition("-")[2]):
        return "C"
    if is_strong_surname(word) and not is_everyday(word):
        return "S"
    if is_known_name(word, "Surn") and is_surname(word):
        return "s"
    if is_everyday(word):
        return "c"
    if is_known_name(word, "Name"):
        return "W"
    return "s" if is_surname(word) else "U"


@cache
def _places() -> frozenset[str]:
    return frozenset(data("negatives")["places"].lower().split())


_PLACE_ENDING = re.compile(
    r"(?:ның|нің|дың|дің|тың|тің|нан|нен|дан|ден|тан|тен|мен|бен|пен|ға|ге|қа|ке|на|не|ны|ні|ды|ді|ты|ті|да|де"
    r"|та|те|дағы|дегі|тағы|тегі|ом|ой|ов|ами|ы|е|у|а|и|ю|ей|'s)$"
)


@lru_cache(maxsize=65536)
def is_place(word: str) -> bool:
    """A country, region or town by name, in any case, and not also a common given name."""
    lower = word.lower()
    stem = _PLACE_ENDING.sub("", lower)
    return any(form in _places() for form in (lower, stem, stem + "а", stem + "я"))


@cache
def common_words() -> frozenset[str]:
    """Kazakh and English word forms that are everyday ones; Russian has its dictionary."""
    return frozenset(word for name in ("common_kk", "common_en") for word in word_list(name))


def _is_role(lower: str) -> bool:
    """A title in capitals or at the beginning of a sentence: Сотталушы, ПОДСУДИМЫЙ."""
    return any(
        word.start == 0 and word.end == len(lower) for word in role_words(lower, 0, len(lower))
    )


@cache
def place_after() -> re.Pattern[str]:
    """What makes of the name before it a street, place or institution."""
    words = data("negatives")["after"]
    known = any_of([*words["ru"], *words["en"], *words["kk"]])
    return re.compile(rf"[ \n]{{1,3}}[«\"]?(?:{known})(?![^\W\d_])")


@cache
def place_before() -> re.Pattern[str]:
    """What makes of the name after it a street, place or institution."""
    words = data("negatives")["before"]
    known = any_of([*words["ru"], *words["en"]])
    return re.compile(rf"(?<![\w.])(?:{known})[ \n]{{0,3}}[«\"]?$")
