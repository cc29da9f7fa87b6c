"""Numbers spelled out, as people say them in court: двести семьдесят вторая, жүз алтыншы."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from aigaq.pipeline.extractors.lexicon import any_of, data


@dataclass(frozen=True, slots=True)
class Numeral:
    """One word of a number: its value, and whether it is an ordinal (which ends a number)."""

    value: int
    ordinal: bool


_POSSESSIVE_AND_CASE = r"(?:с[іы])?(?:нің|ның|нде|нда|нен|нан|не|на|ге|ға|де|да|ден|дан|н)?"
_KAZAKH_ENDING = re.compile(rf"(?<=нш[іы]){_POSSESSIVE_AND_CASE}$")


@cache
def numeral_words() -> dict[str, Numeral]:
    """Every known form in small letters, ё written as е."""
    known = data("numerals")
    words: dict[str, Numeral] = {}
    for value, forms in known["ru"]["cardinals"].items():
        words.update(dict.fromkeys(forms.split(), Numeral(value, False)))
    for value, stem in known["ru"]["ordinals"].items():
        endings = [*known["ru"]["endings"].split(), *(["ой"] if stem.endswith("втор") else [])]
        words.update({stem + ending: Numeral(value, True) for ending in endings})
    words.update(dict.fromkeys(known["ru"]["third"].split(), Numeral(3, True)))
    for language in ("kk", "en"):
        for ordinal, key in ((False, "cardinals"), (True, "ordinals")):
            for value, form in known[language][key].items():
                words[form] = Numeral(value, ordinal)
    return words


@cache
def numeral_pattern() -> str:
    """A pattern for one numeral word, with the possessive and case endings of Kazakh ordinals."""
    forms = any_of(numeral_words()).replace("е", "[её]")
    return rf"(?:{forms})(?:(?<=нш[іы]){_POSSESSIVE_AND_CASE})?"


def numeral(word: str) -> Numeral | None:
    """The numeral a word in small letters is, if it is one."""
    known = numeral_words()
    written = word.replace("ё", "е")
    return known.get(written) or known.get(_KAZAKH_ENDING.sub("", written))


def joins(before: Sequence[Numeral], following: Numeral) -> bool:
    """Whether a word goes on with the number that the words before it began."""
    if not before:
        return True
    last = before[-1]
    if last.ordinal:
        return False
    if following.value == 1000:
        return not any(word.value == 1000 for word in before)
    if following.value == 100:
        return last.value < 10 or last.value == 1000
    if last.value == 1000:
        return following.value < 1000
    if last.value >= 100:
        return following.value < 100
    return 20 <= last.value < 100 and following.value < 10


def number(words: Sequence[Numeral]) -> int:
    """The number that joined words say."""
    total = current = 0
    for word in words:
        if word.value == 1000:
            total += max(current, 1) * 1000
            current = 0
        elif word.value == 100 and 0 < current < 10:
            current *= 100
        else:
            current += word.value
    return total + current
