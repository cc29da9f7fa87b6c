"""The role a word gives to the person beside it, in three languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from aigaq.pipeline.extractors.lexicon import any_of, data

_KAZAKH = (
    r"(?:лар|лер|дар|дер|тар|тер)?(?:[ыі]м(?:ыз|із)?|с?[ыі])?(?:[ндт]?(?:ың|ің)|[ғгқкн][ае]|[ндт][ыі]"
    r"|н?[дт][ае]|[ндт][ае]н|[мбп]ен|н)?"
)
#: A role without a name of its own: somebody who speaks or is named.
OTHER = "other"


@dataclass(frozen=True, slots=True)
class RoleWord:
    """A role word in a text in small letters. `role` is "" for a word that gives none."""

    start: int
    end: int
    role: str


@cache
def _forms(short: bool) -> list[tuple[str, str]]:
    """Patterns of role words with their role, the longest wording first."""
    endings = {"ru": "", "kk": _KAZAKH, "en": "s?", "short": r"\b\.?"}
    forms = [
        (form, language, role)
        for role, words in data("roles").items()
        for language in ("ru", "kk", "en", "short")
        if short or language != "short"
        for form in words.get(language, [])
    ]
    forms.sort(key=lambda entry: -len(entry[0]))
    return [(f"(?:{any_of([form])}){endings[language]}", role) for form, language, role in forms]


@cache
def first_letters(pattern: str) -> frozenset[str]:
    """The letters a pattern can begin with: what opens it, past groups that may be left out."""
    place, depth, letters = 0, 0, set[str]()
    opening, may_skip = [True], False
    while place < len(pattern):
        sign = pattern[place]
        if pattern.startswith("(?:", place):
            depth += 1
            opening.append(opening[-1])
            place += 3
            continue
        if sign == ")":
            began = opening.pop()
            depth -= 1
            may_skip = pattern[place + 1 : place + 2] in ("?", "*")
            if began is False or not may_skip:
                opening[-1] = False if not may_skip else opening[-1]
        elif sign == "|":
            opening[-1] = opening[-2] if len(opening) > 1 else True
        elif opening[-1] and sign.isalpha():
            letters.add(sign)
            opening[-1] = False
        place += 1
    return frozenset(letters)


@cache
def _pattern(letter: str, short: bool) -> re.Pattern[str] | None:
    """The role words that begin with a letter, as one pattern; None when there are none."""
    forms = [(form, role) for form, role in _forms(short) if letter in first_letters(form)]
    names = [f"(?P<{role}_{place}>{form})" for place, (form, role) in enumerate(forms)]
    return re.compile(rf"(?:{'|'.join(names)})(?![^\W_])") if names else None


_WORD_START = re.compile(r"(?<![^\W_])[^\W\d_]")


def role_words(lower: str, start: int, end: int, *, short: bool = False) -> Iterator[RoleWord]:
    """Role words within `lower[start:end]`, from left to right."""
    place = start
    while match := _WORD_START.search(lower, place, end):
        place = match.end()
        pattern = _pattern(match[0], short)
        found = None if pattern is None else pattern.match(lower, match.start(), end)
        if found is not None:
            place = found.end()
            role = (found.lastgroup or "").rpartition("_")[0]
            yield RoleWord(found.start(), found.end(), "" if role == OTHER else role)
