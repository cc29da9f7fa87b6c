"""Russian morphology (pymorphy3): which words are everyday ones, and names in the nominative."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import pymorphy3

#: Grammemes of OpenCorpora's tag set that mark parts of names.
_NAMES = frozenset({"Name", "Surn", "Patr"})
_FUNCTION = frozenset({"VERB", "INFN", "GRND", "PRTS", "PRED"})


@cache
def _analyzer() -> Any:
    return pymorphy3.MorphAnalyzer(lang="ru")


@lru_cache(maxsize=65536)
def _parses(word: str) -> tuple[Any, ...]:
    return tuple(_analyzer().parse(word.lower()))


@lru_cache(maxsize=65536)
def is_russian(word: str) -> bool:
    """A form that stands in the Russian dictionary."""
    return bool(_analyzer().word_is_known(word.lower()))


@lru_cache(maxsize=65536)
def is_everyday(word: str) -> bool:
    """A word of the Russian dictionary that is no part of a name in any of its readings."""
    if not _analyzer().word_is_known(word.lower()):
        return False
    return not any(_NAMES & parse.tag.grammemes for parse in _parses(word))


@lru_cache(maxsize=65536)
def is_known_name(word: str, kind: str) -> bool:
    """Whether the dictionary has the word as a name of that kind: Name, Surn or Patr."""
    if not _analyzer().word_is_known(word.lower()):
        return False
    return any(kind in parse.tag.grammemes for parse in _parses(word))


@lru_cache(maxsize=65536)
def is_verb(word: str) -> bool:
    """Whether the likeliest reading is a verb or another word that ends a title."""
    return str(_parses(word)[0].tag.POS) in _FUNCTION


def nominative(words: Sequence[tuple[str, str]], gender: str) -> list[str] | None:
    """Words of one name, each with its kind (Name, Surn, Patr), in the nominative.

    `gender` is "masc", "femn" or "" (unknown). None when the readings of the words do not agree on
    one case and gender: then the name stays as written.
    """
    options: list[set[tuple[str, str]]] = []
    for word, kind in words:
        readings = {
            (str(parse.tag.case), str(parse.tag.gender))
            for parse in _parses(word)
            if kind in parse.tag.grammemes and str(parse.tag.number) == "sing"
            and (not gender or str(parse.tag.gender) == gender)
        }  # fmt: skip
        if not readings:
            return None
        options.append(readings)
    common = set.intersection(*options) if options else set()
    if not common or len({found[1] for found in common}) > 1:
        return None
    if any(case == "nomn" for case, _ in common):
        return [word for word, _ in words]
    case, gender_found = sorted(common)[0]
    return [_inflected(word, kind, case, gender_found) for word, kind in words]


def _inflected(word: str, kind: str, case: str, gender: str) -> str:
    for parse in _parses(word):
        tag = parse.tag
        if kind in tag.grammemes and str(tag.case) == case and str(tag.gender) == gender:
            inflected = parse.inflect({"nomn", "sing"})
            if inflected is not None:
                return _cased(str(inflected.word), word)
    return word


def _cased(word: str, like: str) -> str:
    if like.isupper() and len(like) > 1:
        return word.upper()
    return "-".join(part[:1].upper() + part[1:] for part in word.split("-"))


def surname_gender(word: str) -> str:
    """The gender a surname in the nominative shows: Иванова femn, Иванов masc, Шевченко ""."""
    lower = word.lower()
    if lower.endswith(("ова", "ева", "ёва", "ина", "ына", "ская", "цкая")):
        return "femn"
    if lower.endswith(("ов", "ев", "ёв", "ин", "ын", "ский", "цкий")):
        return "masc"
    return ""


def warm() -> None:
    """Load the dictionary."""
    _analyzer()
