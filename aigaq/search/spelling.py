"""How far apart two words are: weighted for sounds, plain for letters."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

_VOWELS = frozenset("aeiou")
_CLOSE_VOWELS = frozenset({frozenset("ei"), frozenset("ou")})
_NEAR_CONSONANTS = tuple(map(frozenset, ("dt", "gkh", "zs", "vf", "bp", "JQW", "CsQ")))

CLOSE_VOWEL = 0.1
OTHER_VOWEL = 0.4
GLIDE = 0.1
LOST_VOWEL = 0.4
NEAR_CONSONANT = 0.4
FULL = 1.0


@lru_cache(maxsize=4_096)
def _swap_sounds(one: str, other: str) -> float:
    if one in _VOWELS and other in _VOWELS:
        return CLOSE_VOWEL if frozenset((one, other)) in _CLOSE_VOWELS else OTHER_VOWEL
    pair = {one, other}
    return NEAR_CONSONANT if any(pair <= group for group in _NEAR_CONSONANTS) else FULL


def _drop_sound(word: str, at: int) -> float:
    if word[at] not in _VOWELS:
        return FULL
    beside = word[max(at - 1, 0) : at] + word[at + 1 : at + 2]
    return GLIDE if word[at] == "i" and not _VOWELS.isdisjoint(beside) else LOST_VOWEL


def _swap_letters(_one: str, _other: str) -> float:
    return FULL


def _drop_letter(_word: str, _at: int) -> float:
    return FULL


def _distance(
    one: str,
    other: str,
    swap: Callable[[str, str], float],
    drop: Callable[[str, int], float],
) -> float:
    """Optimal string alignment: insert, delete, replace, swap two neighbours (cost 1)."""
    above: list[float] = []
    row = [0.0]
    for j in range(len(other)):
        row.append(row[j] + drop(other, j))
    for i, letter in enumerate(one):
        gone = drop(one, i)
        before, above, row = above, row, [row[0] + gone]
        for j, facing in enumerate(other):
            if letter == facing:
                best = above[j]
            else:
                best = min(
                    above[j] + swap(letter, facing),
                    above[j + 1] + gone,
                    row[j] + drop(other, j),
                )
                if i and j and letter == other[j - 1] and one[i - 1] == facing:
                    best = min(best, before[j - 1] + FULL)
            row.append(best)
    return row[-1]


@lru_cache(maxsize=200_000)
def sound_distance(one: str, other: str) -> float:
    """Cost of turning one reading (see `phonetics`) into another; 0 is the same sound."""
    if one == other:
        return 0.0
    return _distance(one, other, _swap_sounds, _drop_sound)


def letter_distance(one: str, other: str) -> int:
    """Edits between two words, a swap of neighbours counting once (optimal string alignment)."""
    if one == other:
        return 0
    return round(_distance(one, other, _swap_letters, _drop_letter))
