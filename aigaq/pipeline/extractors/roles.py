"""The role a word gives to the person beside it, in three languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from aigaq.pipeline.extractors.lexicon import any_of, data

_KAZAKH = r"(?:лар|лер|дар|дер|тар|тер)?(?:[ыі]м(?:ыз|із)?|с?[ыі])?(?:н?(?:ың|ің)|ның|нің|дың|дің|тың|тің|на|не|ға|ге|қа|ке|ны|ні|ды|ді|ты|ті|н|да|де|та|те|нда|нде|дан|ден|нан|нен|тан|тен|мен|бен|пен)?"
#: A role without a name of its own: somebody who speaks or is named.
OTHER = "other"


@dataclass(frozen=True, slots=True)
class RoleWord:
    """A role word in a text in small letters. `role` is "" for a word that gives none."""

    start: int
    end: int
    role: str


@cache
def _pattern(short: bool) -> re.Pattern[str]:
    endings = {"ru": "", "kk": _KAZAKH, "en": "s?", "short": r"\b\.?"}
    forms = [
        (form, language, role)
        for role, words in data("roles").items()
        for language in ("ru", "kk", "en", "short")
        if short or language != "short"
        for form in words.get(language, [])
    ]
    # The longest wording of all roles wins, so each form is its own branch, longest first.
    forms.sort(key=lambda entry: -len(entry[0]))
    names = [
        f"(?P<{role}_{place}>(?:{any_of([form])}){endings[language]})"
        for place, (form, language, role) in enumerate(forms)
    ]
    return re.compile(rf"\b(?:{'|'.join(names)})(?![^\W_])")


def role_words(lower: str, start: int, end: int, *, short: bool = False) -> Iterator[RoleWord]:
    """Role words within `lower[start:end]`, from left to right."""
    for match in _pattern(short).finditer(lower, start, end):
        role = (match.lastgroup or "").rpartition("_")[0]
        yield RoleWord(match.start(), match.end(), "" if role == OTHER else role)
