"""Invented names that belong to nobody in the tables: what a name search must not find."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from aigaq.search.names import romanised
from aigaq.search.phonetics import plain

_ROOTS = (Path(__file__).parent / "data" / "roots.txt").read_text(encoding="utf-8")
_KAZAKH, _RUSSIAN = (line.split() for line in _ROOTS.splitlines()[1:])
_KAZAKH_ENDINGS = ("ов", "баев", "бекова", "алиев", "жанова", "құлов", "ұлы", "бай")
_RUSSIAN_ENDINGS = ("ов", "ова", "кин", "енко", "аев", "ский", "еева", "ин", "ников")
_INITIALS = "АБВГДЕЖЗИКЛМНОПРСТУШЮЯ"


def distractors(count: int, taken: frozenset[str], seed: int = 7) -> list[str]:
    """So many different written names, in both scripts, none of which sounds like a `taken` one.

    `taken` are everyday romanisations, without endings, of names that are in the tables.
    """
    chance = random.Random(seed)
    found: dict[str, None] = {}
    for name in _names(chance):
        first = romanised(plain(name.split()[0]))[0]
        if not any(first.startswith(each) for each in taken):
            found[name] = None
        if len(found) == count:
            break
    return list(found)


_SWAPS = dict(zip("бвгджзклмнпрстфхцчш", "лмрптмнбкслпбмкнлнр", strict=True))


def neighbours(name: str, seed: int = 7) -> list[str]:
    """Names one wrong consonant away from a Cyrillic surname, and its root with another ending."""
    chance = random.Random(seed)
    surname = name.split(maxsplit=1)[0]
    places = [at for at in range(1, len(surname) - 2) if surname[at] in _SWAPS]
    found = []
    for at in chance.sample(places, min(2, len(places))):
        found.append(surname[:at] + _SWAPS[surname[at]] + surname[at + 1 :])
    return [*found, f"{surname[:-2]}енко"]


def _names(chance: random.Random) -> Iterator[str]:
    while True:
        kazakh = chance.random() < 0.5
        root = chance.choice(_KAZAKH if kazakh else _RUSSIAN)
        surname = root + chance.choice(_KAZAKH_ENDINGS if kazakh else _RUSSIAN_ENDINGS)
        initial = chance.choice(_INITIALS)
        roman = romanised(plain(surname))[0].capitalize()
        yield chance.choice((surname, f"{surname} {initial}.", roman, surname.upper()))
