"""How a name word sounds, whatever script and spelling it came in.

A word becomes one or two readings in a small alphabet of one letter a sound:
vowels `a e i o u`; consonants `b p v f g k h d t z s l m n r`; `J` ж/zh/j, `C` ц/ts, `Q` ч/ch,
`W` ш/щ/sh. Signs, apostrophes, doubled letters and glides before vowels are gone. Several
readings where a spelling has them (`j` is ж in Kojabekov and й in Issajew; `x` is х or кс; `c` is с
or ц).

The key of a reading is its first vowel's class and its consonants in merged groups (d/t, g/k/h,
z/s, v/f): the k3 of docs/query-language.md. It is wide on purpose: `names.compare` decides.

Sources: BGN/PCGN 1979 tables of Russian and Kazakh, GOST 7.79-2000 system B, ISO 9, the Kazakh
Latin alphabets of 2017, 2018 and 2021, and spellings of English, German and French newspapers.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_APOSTROPHES = re.compile("['’ʼ`ʹʺ\"]")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_LATIN = re.compile(r"[a-zÀ-ɏə]")

# Letters that OCR and hurried typists take from the other alphabet, and digits taken for letters.
_TO_CYRILLIC = str.maketrans("aceopxyikmthbnjq0", "асеорхуікмтһвпјқо") | {
    ord("3"): "з",
    ord("6"): "б",
}
_LATIN_LOOKALIKES = frozenset("aceopxyikmthb")
_CYRILLIC_LOOKALIKES = frozenset("асеорхуікмтһв")
_TO_LATIN = str.maketrans("асеорхуікмтһв", "aceopxyikmthb") | {ord("0"): "o", ord("1"): "l"}

_CYRILLIC_SOUNDS = {
    "а": "a", "ә": "a", "б": "b", "в": "v", "г": "g", "ғ": "g", "д": "d", "е": "e", "ё": "e",
    "ж": "J", "з": "z", "и": "i", "й": "i", "і": "i", "к": "k", "қ": "k", "л": "l", "м": "m",
    "н": "n", "ң": "n", "о": "o", "ө": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u",
    "ұ": "u", "ү": "u", "ф": "f", "х": "h", "һ": "h", "ц": "C", "ч": "Q", "ш": "W", "щ": "W",
    "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "u", "я": "a", "ј": "J", "є": "e", "ї": "i",
}  # fmt: skip

# Before marks are stripped: letters whose mark changes the sound.
_MARKED = str.maketrans({
    "ş": "sh", "š": "sh", "ș": "sh", "ŝ": "sh", "ç": "ch", "č": "ch", "ž": "zh", "ğ": "g",
    "ǵ": "g", "ñ": "n", "ń": "n", "ə": "a", "ı": "i", "ł": "l", "ø": "o", "ß": "ss", "æ": "a",
    "œ": "o", "ŋ": "n",
})  # fmt: skip
_LATIN_SOUNDS = {
    "shch": "W", "tsch": "Q", "stch": "W", "sch": "W", "shh": "W", "tch": "Q", "dzh": "J",
    "sh": "W", "ch": "Q", "zh": "J", "dj": "J", "kh": "h", "gh": "g", "ph": "f", "th": "t",
    "ck": "k", "ts": "C", "tz": "C", "cz": "C", "ou": "u", "oo": "u", "ff": "f",
    "x": "h", "q": "k", "w": "v", "y": "i", "c": "k", "j": "J",
}  # fmt: skip
_LATIN_LETTERS = re.compile("|".join(sorted(_LATIN_SOUNDS, key=len, reverse=True)) + "|[a-z]")
_GLIDE_J = re.compile(r"(?<=[aeiouy])j(?=$|[^aeiouy])")
_SOFT_C = re.compile(r"c(?=[eiy])")
_BEFORE_VOWEL_J = re.compile(r"j(?=[aeiou])")
_FINAL_FF = re.compile(r"(?<=[oe])ff?$")
_GLIDE = re.compile(r"(?:(?<=^)|(?<=[aeou]))i(?=[aeou])")
_DOUBLED = re.compile(r"(.)\1+")

_VOWEL_CLASS = str.maketrans("aeiou", "aiioo")
_MERGED = str.maketrans("dghzvb", "tkksfp")


def is_cyrillic(word: str) -> bool:
    """Whether the word is to be read as Cyrillic.

    In a word of both alphabets, the one whose letters all look like the other's is the mistake.
    """
    cyrillic = _CYRILLIC.findall(word)
    letters = sum(map(str.isalpha, word))
    if not cyrillic or len(cyrillic) == letters:
        return bool(cyrillic)
    if _LATIN_LOOKALIKES.issuperset(_LATIN.findall(word)):
        return True
    return not _CYRILLIC_LOOKALIKES.issuperset(cyrillic) and 2 * len(cyrillic) > letters


def plain(word: str) -> str:
    """A word as it is compared letter by letter: NFC, casefolded, one alphabet, no apostrophes."""
    folded = _APOSTROPHES.sub("", unicodedata.normalize("NFC", word).casefold().replace("ё", "е"))
    if folded.isascii() and folded.isalpha():
        return folded
    if is_cyrillic(folded):
        return folded.translate(_TO_CYRILLIC)
    return folded.translate(_TO_LATIN)


@lru_cache(maxsize=100_000)
def readings(word: str) -> tuple[str, ...]:
    """The sounds of a `plain` word, likeliest reading first; () when no letter of it is known."""
    if is_cyrillic(word):
        spoken = "".join(_CYRILLIC_SOUNDS.get(letter, "") for letter in word)
        return (_smooth(spoken),) if spoken else ()
    latin = _without_marks(word)
    spellings = dict.fromkeys(
        (
            latin,
            _BEFORE_VOWEL_J.sub("i", latin),
            latin.replace("x", "ks"),
            _SOFT_C.sub("ts", _BEFORE_VOWEL_J.sub("i", latin)),
        )
    )
    spoken_each = dict.fromkeys(_smooth(_speak_latin(each)) for each in spellings)
    return tuple(each for each in spoken_each if each)


def _without_marks(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.translate(_MARKED))
    return "".join(letter for letter in decomposed if "a" <= letter <= "z")


def _speak_latin(word: str) -> str:
    word = _FINAL_FF.sub("v", _GLIDE_J.sub("i", word))
    word = _SOFT_C.sub("s", word) if "cz" not in word else word
    return _LATIN_LETTERS.sub(lambda found: _LATIN_SOUNDS.get(found[0], found[0]), word)


def _smooth(spoken: str) -> str:
    spoken = spoken.replace("dJ", "J").replace("tC", "C").replace("ng", "n")
    return _DOUBLED.sub(r"\1", _GLIDE.sub("", _DOUBLED.sub(r"\1", spoken)))


def vowels_merged(reading: str) -> str:
    """k1: the reading with vowels in three classes."""
    return _DOUBLED.sub(r"\1", reading.translate(_VOWEL_CLASS))


@lru_cache(maxsize=200_000)
def skeleton(reading: str) -> str:
    """k2: class of the first vowel, then the consonants."""
    merged = vowels_merged(reading)
    first = next((letter for letter in merged if letter in "aio"), "")
    return first + _DOUBLED.sub(r"\1", "".join(each for each in merged if each not in "aio"))


@lru_cache(maxsize=200_000)
def group_key(reading: str) -> str:
    """k3: the skeleton with d/t, g/k/h, z/s, v/f and b/p merged. The key of the index."""
    merged = skeleton(reading)
    return merged[:1] + _DOUBLED.sub(r"\1", merged[1:].translate(_MERGED)) if merged else ""
